from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from core.forms import PortalForm
from core.steps import read_version
from core.workflow import SetRefused, WorkflowError
from models_registry import policy
from models_registry.forms import BulkReturnForm, RecogniseForm, RejectForm
from models_registry.models import Exemplar, ExemplarTransition, ExemplarVersion
from models_registry.queue import Place, queue_rows
from models_registry.services import blocked_set, recognise_set, reject_set, return_set, undo_set
from models_registry.services.bulk import MOST
from organizations.enums import OFFICE_ROLES

from .queue import targets_of

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MICROSECOND = datetime.timedelta(microseconds=1)
Blocked = list[tuple[Exemplar, str]]


@dataclass(frozen=True)
class BulkStep:
    """A decision on a set: the step of the workflow, the words for it, its form and its service."""

    name: str
    verb: Any
    done: Any
    form: Callable[[Any, list[Exemplar]], PortalForm]
    act: Callable[[dict[str, Any], PortalForm], datetime.datetime]


def _return_form(data: Any, rows: list[Exemplar]) -> BulkReturnForm:
    shared = [targets_of({"kind": r.subject_kind, "category": r.category}) for r in _one_of_each_kind(rows)]
    targets = {t: label for t, label in shared[0].items() if all(t in one for one in shared)} if shared else {}
    days = policy.review_settings(rows[0].unit).answer_days if rows else 5
    return BulkReturnForm(data, targets=targets, days=days)


def _one_of_each_kind(rows: list[Exemplar]) -> Iterable[Exemplar]:
    return {(row.subject_kind, row.category): row for row in rows}.values()


#: Last part of the address → what is done there.
STEPS = {
    "cong-nhan": BulkStep(
        "recognise",
        gettext_lazy("Công nhận"),
        gettext_lazy("Đã công nhận %(count)d hồ sơ. Các đơn vị được báo sau 60 giây."),
        lambda data, rows: RecogniseForm(data),
        lambda shared, form: recognise_set(**shared, answers=form.answers()),  # type: ignore[attr-defined]
    ),
    "tra-lai": BulkStep(
        "return",
        gettext_lazy("Trả lại"),
        gettext_lazy("Đã trả lại %(count)d hồ sơ để bổ sung. Các đơn vị được báo sau 60 giây."),
        _return_form,
        lambda shared, form: return_set(**shared, **form.cleaned_data),
    ),
    "khong-cong-nhan": BulkStep(
        "reject",
        gettext_lazy("Không công nhận"),
        gettext_lazy("Đã ghi “Không công nhận” cho %(count)d hồ sơ. Các đơn vị được báo kèm lý do sau 60 giây."),
        lambda data, rows: RejectForm(data),
        lambda shared, form: reject_set(**shared, reason=form.cleaned_data["reason"]),
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
def bulk_decide(request: HttpRequest, step: str) -> HttpResponse:
    """Ask once for a decision on the chosen set, with its count and names; take it for all or for none."""
    if step not in STEPS:
        raise Http404
    bulk, place = STEPS[step], Place.of(request.GET)
    rows = _chosen(request, place)
    blocked = blocked_set(exemplars=rows, by=request.user, step=bulk.name)
    if request.method == "POST" and len(blocked) == len(rows) and _done_already(request, rows, bulk.name):
        return redirect(place.url)
    asked_again = request.method != "POST" or "moi" in request.POST
    form = bulk.form(None if asked_again else request.POST, rows)
    form.initial.update({name: value for name in form.fields if (value := request.POST.get(name))})
    if asked_again or blocked or not rows or not form.is_valid():
        return _ask(request, bulk, place, rows, blocked, form)
    try:
        shared = {"exemplars": rows, "by": request.user, "seen": {row.pk: row.seen for row in rows}}
        until = bulk.act(shared, form)
    except SetRefused as refusal:
        return _ask(request, bulk, place, rows, refusal.blocked, form)
    except WorkflowError as error:
        messages.error(request, error.message)
        return redirect(place.url)
    undo = reverse("models_registry:bulk_undo", args=[(until - _EPOCH) // _MICROSECOND]) + place.query
    messages.success(request, bulk.done % {"count": len(rows)}, extra_tags=f"undo:{undo} within:60")
    return redirect(place.url)


def _done_already(request: HttpRequest, rows: list[Exemplar], step: str) -> bool:
    """Whether the last step of every record is this one by the same person: a double press."""
    steps = ExemplarTransition.objects.filter(record__in=rows).order_by("pk")
    last = {record: (name, actor) for record, name, actor in steps.values_list("record", "name", "actor")}
    return bool(rows) and set(last.values()) == {(step, request.user.pk)}


def _chosen(request: HttpRequest, place: Place) -> list[Any]:
    """The chosen records, each with the number of the version that the page showed, or will show."""
    rows: list[Any] = list(_found(request, place))
    for row in rows:
        row.seen = read_version(request, f"ban_{row.pk}") or row.last_version
    return rows


def _found(request: HttpRequest, place: Place) -> Iterable[Exemplar]:
    """The records that were marked, or all of the tab and search; at most one set, in the order of the clock."""
    versions = ExemplarVersion.objects.filter(exemplar=OuterRef("pk")).order_by("-number")
    last = Subquery(versions.values("number")[:1])
    asked = request.POST if request.method == "POST" else request.GET
    if asked.get("ca") and place.tab:
        return queue_rows(request.user, place).annotate(last_version=last)[:MOST]
    keys = {int(key) for key in asked.getlist("chon") if key.isascii() and key.isdigit() and len(key) < 19}
    found = Exemplar.objects.visible_to(request.user).filter(unit_id__in=request.user.reach(*OFFICE_ROLES))
    return found.filter(pk__in=sorted(keys)[:MOST]).for_queue().by_clock().annotate(last_version=last)


def _ask(
    request: HttpRequest, bulk: BulkStep, place: Place, rows: list[Exemplar], blocked: Blocked, form: PortalForm
) -> HttpResponse:
    barred = {row.pk for row, _reason in blocked}
    context = {
        "bulk": bulk,
        "place": place,
        "rows": rows,
        "blocked": blocked,
        "form": form,
        "free": [row for row in rows if row.pk not in barred],
        "back_url": _back_url(place, rows),
        "blocked_words": _blocked_words(bulk, rows, blocked),
    }
    return render(request, "models_registry/bulk_decide.html", context)


def _back_url(place: Place, rows: list[Exemplar]) -> str:
    """The list with the marks still set; beyond what an address holds, without them."""
    marks = urlencode([("chon", row.pk) for row in rows[:100]])
    return f"{place.url}{'&' if place.query else '?'}{marks}"


def _blocked_words(bulk: BulkStep, rows: list[Exemplar], blocked: Blocked) -> str:
    count = len(blocked)
    return ngettext(
        "Chưa làm gì với hồ sơ nào: %(count)d trong %(all)d hồ sơ không làm được bước “%(verb)s”.",
        "Chưa làm gì với hồ sơ nào: %(count)d trong %(all)d hồ sơ không làm được bước “%(verb)s”.",
        count,
    ) % {"count": count, "all": len(rows), "verb": bulk.verb}


@require_POST
def bulk_undo(request: HttpRequest, stamp: int) -> HttpResponse:
    """Undo one's own decision on a set of the last minute; a double press just shows the queue."""
    place = Place.of(request.GET)
    try:
        until = _EPOCH + stamp * _MICROSECOND
    except OverflowError:
        raise Http404 from None
    mine = ExemplarTransition.objects.filter(actor_id=request.user.pk, undo_until=until)
    if not mine.exists():
        raise Http404
    if not mine.in_force().exists():
        return redirect(place.url)
    try:
        records = undo_set(until=until, by=request.user)
    except WorkflowError as error:
        messages.error(request, error.message)
        return redirect(place.url)
    words = ngettext(
        "Đã hoàn tác: %(count)d hồ sơ lại chờ xét, các đơn vị không nhận thông báo về bước vừa rồi.",
        "Đã hoàn tác: %(count)d hồ sơ lại chờ xét, các đơn vị không nhận thông báo về bước vừa rồi.",
        len(records),
    )
    messages.success(request, words % {"count": len(records)})
    return redirect(place.url)
