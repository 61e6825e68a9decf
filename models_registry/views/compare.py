from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from models_registry.differences import changes_between
from models_registry.models import ExemplarVersion
from models_registry.rules import is_insider

from .scope import get_exemplar


@require_safe
def exemplar_compare(request: HttpRequest, pk: int) -> HttpResponse:
    """What differs between any two versions; without a choice the last two."""
    exemplar = get_exemplar(request, pk)
    if not is_insider(exemplar, request.user):
        raise Http404
    versions = {v.number: v for v in exemplar.versions.select_related("made_by")}
    if not versions:
        raise Http404
    later = _asked(request, "den", versions) or max(versions)
    earlier = _asked(request, "tu", versions) or max(1, later - 1)
    before, after = versions[earlier], versions[later]
    context = {
        "exemplar": exemplar,
        "versions": versions.values(),
        "before": before,
        "after": after,
        "changes": changes_between(before.content, after.content),
    }
    return render(request, "models_registry/exemplar_compare.html", context)


def _asked(request: HttpRequest, name: str, versions: dict[int, ExemplarVersion]) -> int | None:
    """A number that was asked for and exists."""
    return next((number for number in versions if request.GET.get(name) == str(number)), None)
