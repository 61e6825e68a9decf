"""Reading the schedule: timeline, grid, numbers, lists, one milestone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from campaigns.models import Milestone, UnitTask
from campaigns.querysets import READS_ALL
from campaigns.selectors.filters import ScheduleFilter
from campaigns.selectors.grid import grid
from campaigns.selectors.guidance import guidance_for
from campaigns.selectors.lists import GROUPS, NumbersRow, as_lines, numbers_by, task_lines
from campaigns.selectors.numbers import Numbers, completeness
from campaigns.selectors.timeline import timeline
from campaigns.selectors.words import ladder_words, milestone_standing
from campaigns.services import addressed_units
from core import clock
from core.paging import CappedPaginator
from organizations.enums import OFFICE_ROLES, UNIT_ROLES, Role

ROWS = 50


@require_safe
def schedule(request: HttpRequest) -> HttpResponse:
    """The programme on a timeline, and the list of its milestones by year."""
    wanted = ScheduleFilter(request.GET, request.user)
    context = {
        "wanted": wanted,
        "programme": wanted.programme,
        "timeline": timeline(wanted),
        "bases": list(wanted.programme.legal_bases.all()) if wanted.programme else [],
        "may_read_grid": bool(request.user.access.grants),
        "is_head": _is_head(request, wanted.programme),
    }
    return render(request, "campaigns/schedule.html", context)


def _is_head(request: HttpRequest, programme: object) -> bool:
    return programme is not None and request.user.access.covers(programme.unit.path, Role.INTERIOR_HEAD)  # type: ignore[attr-defined]


@require_safe
def progress_grid(request: HttpRequest) -> HttpResponse:
    """Units × milestones: who reported, who is late, who asked for more time."""
    wanted = ScheduleFilter(request.GET, request.user)
    office = request.user.access.has(*OFFICE_ROLES)
    context = {
        "wanted": wanted,
        "grid": grid(wanted, request.GET.get("trang", 1)),
        "may_urge": office,
        "late_toggle": wanted.query(cham=None if wanted.late_only else "1", xem=None),
        "counted_at": clock.now(),
    }
    return render(request, "campaigns/progress_grid.html", context)


@require_safe
def progress_numbers(request: HttpRequest) -> HttpResponse:
    """The five numbers by unit, block or milestone; every figure is a link to its list."""
    wanted = ScheduleFilter(request.GET, request.user)
    group = request.GET.get("theo", "")
    group = group if group in GROUPS else "moc"
    rows, whole = numbers_by(wanted, group)
    context = {"wanted": wanted, "group": group, "rows": rows, "whole": whole, "counted_at": clock.now()}
    return render(request, "campaigns/progress_numbers.html", context)


@require_safe
def progress_list(request: HttpRequest) -> HttpResponse:
    """The tasks that a figure counted."""
    wanted = ScheduleFilter(request.GET, request.user)
    page = CappedPaginator(task_lines(wanted.tasks()), ROWS).get_page(request.GET.get("trang"))
    context = {
        "wanted": wanted,
        "page_obj": page,
        "lines": as_lines(page.object_list),
    }
    return render(request, "campaigns/progress_list.html", context)


@require_safe
def milestone_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One milestone: what is asked, of whom, by when, the five numbers and how each unit stands."""
    found = Milestone.objects.visible_to(request.user).select_related("programme__unit", "block", "assembles")
    milestone = get_object_or_404(found, pk=pk)
    wanted = ScheduleFilter(request.GET.dict() | _asked_for(milestone), request.user)
    visible = UnitTask.objects.visible_to(request.user).filter(milestone=milestone)
    numbers = completeness(visible, wanted.today).by_milestone.get(milestone.pk, Numbers())
    page = CappedPaginator(task_lines(wanted.tasks()), ROWS).get_page(request.GET.get("trang"))
    unit, runs = milestone.programme.unit, not milestone.programme.is_closed
    context = {
        "milestone": milestone,
        "wanted": wanted,
        "standing": milestone_standing(milestone, numbers, wanted.today),
        "numbers": NumbersRow("", numbers, f"{_programme_query(wanted)}nam={milestone.due.year}&moc={milestone.pk}"),
        "page_obj": page,
        "lines": as_lines(page.object_list),
        "addressed": None if milestone.is_published or milestone.is_event else addressed_units(milestone).count(),
        "ladder": ladder_words(milestone.steps),
        "guidance": guidance_for(milestone, request.user),
        "may_ask": milestone.is_published and runs and request.user.access.has(*UNIT_ROLES),
        "exceptions": list(milestone.exceptions.select_related("unit")),
        "urgings": list(milestone.urgings.visible_to(request.user).select_related("made_by")[:5]),
        "may_urge": request.user.access.covers(unit.path, *OFFICE_ROLES) and runs and numbers.late > 0,
        "is_head": _is_head(request, milestone.programme) and runs,
        "shows_units": milestone.is_published and (numbers.expected > 0 or request.user.access.has(*READS_ALL)),
        "list_url": reverse("campaigns:milestone_detail", args=[milestone.pk]),
    }
    return render(request, "campaigns/milestone_detail.html", context)


def _asked_for(milestone: Milestone) -> dict[str, str]:
    return {"moc": str(milestone.pk), "chuong-trinh": str(milestone.programme_id), "nam": "tat-ca"}


def _programme_query(wanted: ScheduleFilter) -> str:
    several = len(wanted.programmes) > 1 and wanted.programme
    return f"chuong-trinh={wanted.programme.pk}&" if several and wanted.programme else ""
