from __future__ import annotations

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.text import clean_line, search_key
from models_registry.duplicates import Duplicate, find_duplicates, typed_probe
from models_registry.enums import SubjectKind
from organizations.enums import Role
from organizations.models import Unit

#: Questions that one person may ask in a minute; a fast writer asks about twenty.
ASKED_A_MINUTE = 60
_LONGEST = 150


@require_safe
def name_duplicates(request: HttpRequest) -> HttpResponse:
    """Records that may be about the person whose name is being typed: a fragment of HTML, empty when there are none."""
    if not _may_ask(request.user.pk):
        return HttpResponse(status=429)
    return render(request, "models_registry/_duplicate_list.html", {"duplicates": _asked(request)})


def _may_ask(user_id: int) -> bool:
    """Count a question in the cache, so that nobody reads the register name by name."""
    key = f"duplicates:{user_id}"
    cache.add(key, 0, timeout=60)
    try:
        return cache.incr(key) <= ASKED_A_MINUTE
    except ValueError:
        return True


def _asked(request: HttpRequest) -> list[Duplicate]:
    name = clean_line(request.GET.get("ten", ""))[:_LONGEST]
    unit = _unit(request)
    if unit is None or len(search_key(name).replace(" ", "")) < 2:
        return []
    kind = request.GET.get("doi-tuong", "")
    probe = typed_probe(
        name=name,
        unit=unit,
        kind=kind if kind in SubjectKind.values else SubjectKind.INDIVIDUAL,
        birth_year=_number(request.GET.get("nam-sinh", ""), 4),
        itself=_number(request.GET.get("bo-qua", ""), 9),
    )
    return find_duplicates(probe, unit, request.user)


def _unit(request: HttpRequest) -> Unit | None:
    """The unit that is asked for, if the person registers for it; else the home unit or the first."""
    units = {unit.pk: unit for unit in Unit.objects.filter(pk__in=request.user.reach(Role.OFFICER))}
    asked = units.get(_number(request.GET.get("don-vi", ""), 9) or 0) or units.get(request.user.home_unit_id or 0)
    return asked or next(iter(units.values()), None)


def _number(text: str, digits: int) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None
