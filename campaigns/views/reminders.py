"""Reminders: what was told (the proof), what would be told (the preview), their switch and hours."""

from __future__ import annotations

import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.access_rows.reminders import READERS
from campaigns.forms.reminders import ReminderHoursForm
from campaigns.models import Programme, UnitTask
from campaigns.owed import SUBJECT
from campaigns.querysets import of_scopes
from campaigns.selectors.reminder_grid import unit_ladders
from campaigns.selectors.reminders import (
    ProofFilter,
    ProofPaginator,
    proof_rows,
    sheet_columns,
    sheet_rows,
)
from campaigns.services.reminders import save_hours, switch_reminders
from core import clock
from core.dates import DateError, format_date, parse_date
from core.spreadsheets import as_xlsx
from core.workflow import WorkflowError
from notifications.hours import may_plan, next_digest
from notifications.models import ReminderSettings, Tick
from notifications.previewing import count_told, preview
from notifications.reminder_models import ReminderState
from organizations.enums import Role
from organizations.models import RoleAssignment

PAGE_SIZE = 25
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _programmes(request: HttpRequest) -> list[tuple[Programme, bool]]:
    """Open programmes of the person's district, with whether they may be switched."""
    paths = request.user.access.paths(Role.INTERIOR_HEAD)
    rows = Programme.objects.visible_to(request.user).filter(closed_at=None).select_related("unit")
    return [(one, any(one.unit.path.startswith(path) for path in paths)) for one in rows]


@require_safe
def reminder_proof(request: HttpRequest) -> HttpResponse:
    """Which step was due, sent, failed or left out, and why; with the last and the next run."""
    wanted = ProofFilter(request.GET, request.user)
    page = ProofPaginator(wanted, PAGE_SIZE).get_page(request.GET.get("trang"))
    given = ReminderSettings.objects.current()
    context = {
        "wanted": wanted,
        "page_obj": page,
        "rows": proof_rows(page),
        "states": ReminderState.choices,
        "tick": Tick.objects.current(),
        "on_training_clock": clock.training_date() is not None,
        "next_digest": _next_digest(given),
        "programmes": _programmes(request),
        "may_set_hours": request.user.access.has(Role.INTERIOR_HEAD),
        **_ladders(request, wanted),
    }
    return render(request, "campaigns/reminder_proof.html", context)


def _ladders(request: HttpRequest, wanted: ProofFilter) -> dict[str, object]:
    """The ladders of the units of one milestone, a page of them; nothing without a milestone."""
    if wanted.milestone is None:
        return {}
    tasks = UnitTask.objects.filter(of_scopes(request.user.access.paths(*READERS)), milestone=wanted.milestone)
    if wanted.unit:
        tasks = tasks.filter(unit=wanted.unit)
    ordered = tasks.select_related("unit", "addressed").order_by("unit__sort_key", "pk")
    page = Paginator(ordered, PAGE_SIZE).get_page(request.GET.get("trang-don-vi"))
    return {"ladders": unit_ladders(wanted.milestone, list(page)), "ladder_page": page}


@require_safe
def reminder_export(request: HttpRequest) -> HttpResponse:
    """The proof as a spreadsheet, exactly what is filtered: evidence of urging (R38)."""
    wanted = ProofFilter(request.GET, request.user)
    content = as_xlsx(_("Sổ nhắc hạn"), sheet_columns(), sheet_rows(wanted))
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="so-nhac-han-{clock.today().isoformat()}.xlsx"'
    return answer


def _asked_day(request: HttpRequest) -> tuple[datetime.date, str]:
    """The day of the preview, and what is wrong with the one typed."""
    typed = request.GET.get("ngay", "").strip()
    if not typed:
        return clock.today(), ""
    try:
        return parse_date(typed), ""
    except DateError as error:
        return clock.today(), error.message


@require_safe
def reminder_preview(request: HttpRequest) -> HttpResponse:
    """Every message that would be sent on a day, and apart what more were all switched on; nothing is written."""
    day, fault = _asked_day(request)
    found = preview(day, request.user.reach(*READERS), _leaders_in_reach(request), asked_by=request.user)
    page = Paginator(found.people, PAGE_SIZE).get_page(request.GET.get("trang"))
    off_page = Paginator(list(found.off), PAGE_SIZE).get_page(request.GET.get("trang-tat"))
    context = {
        "day": day,
        "typed": request.GET.get("ngay", format_date(day)),
        "fault": fault,
        "page_obj": page,
        "messages_of_day": found.messages(list(page)),
        "off_page": off_page,
        "messages_if_on": found.messages(list(off_page), even_off=True),
        "left_out": len({row.key[:3] for row in found.left_out}),
        "is_day_off": not found.is_working_day,
        "today": clock.today(),
    }
    return render(request, "campaigns/reminder_preview.html", context)


def _leaders_in_reach(request: HttpRequest) -> set[int]:
    """Leaders whose scope the person's own scope covers, or shares."""
    held = RoleAssignment.objects.filter(role=Role.LEADER, unit__in=request.user.reach(*READERS))
    return set(held.values_list("user", flat=True))


@require_safe
def reminder_message(request: HttpRequest, pk: int) -> HttpResponse:
    """One message as it would be sent on a day, word by word; with `neu-bat` as it were, were all switched on."""
    day, _fault = _asked_day(request)
    if_on = "neu-bat" in request.GET
    seen = preview(day, request.user.reach(*READERS), _leaders_in_reach(request) & {pk}, asked_by=request.user)
    found = seen.messages([pk], even_off=if_on)
    if not found:
        raise Http404
    (message,) = found
    back = f"{reverse('campaigns:reminder_preview')}?ngay={format_date(day)}"
    context = {"message": message, "text": message.text(day), "day": day, "back_url": back, "if_on": if_on}
    return render(request, "campaigns/reminder_message.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def reminder_switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch the reminders of a programme on or off, after saying what that means today."""
    programme = get_object_or_404(
        Programme.objects.managed_by(request.user).filter(closed_at=None).select_related("unit"), pk=pk
    )
    if request.method == "POST":
        return _switched(request, programme)
    people = count_told(SUBJECT, Q(milestone__programme=programme))
    next_at = _next_digest(ReminderSettings.objects.current())
    context = {"programme": programme, "people": people, "next_digest": next_at}
    return render(request, "campaigns/reminder_switch.html", context)


def _switched(request: HttpRequest, programme: Programme) -> HttpResponse:
    on = request.POST.get("bat") == "1"
    try:
        switch_reminders(programme=programme, on=on, by=request.user)
    except WorkflowError as error:
        messages.error(request, error.message)
    else:
        moment = _next_digest(ReminderSettings.objects.current())
        when = f"{moment:%H:%M} {format_date(moment.date())}" if moment else _("trong vài phút tới")
        told = _("Đã bật nhắc hạn. Lượt gửi tới: %(when)s.") if on else _("Đã tắt nhắc hạn của chương trình.")
        messages.success(request, told % {"when": when})
    return redirect("campaigns:reminder_proof")


def _next_digest(given: ReminderSettings) -> datetime.datetime | None:
    """When the next digests are written; None while each run writes them."""
    return None if may_plan(clock.now(), given) else next_digest(clock.now(), given)


@require_http_methods(["GET", "HEAD", "POST"])
def reminder_hours(request: HttpRequest) -> HttpResponse:
    """When reminders leave, and whether mails are sent at all."""
    form = ReminderHoursForm(request.POST or None, instance=ReminderSettings.objects.current())
    if request.method == "POST" and form.is_valid():
        save_hours(by=request.user, values=form.cleaned_data)
        messages.success(request, _("Đã lưu giờ gửi nhắc hạn."))
        return redirect("campaigns:reminder_proof")
    return render(request, "campaigns/reminder_hours.html", {"form": form})
