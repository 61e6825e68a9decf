from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from core.dates import format_date
from core.workflow import WorkflowError
from organizations.calendar import FIRST_YEAR, LAST_YEAR, year_page, years_without_days
from organizations.calendar_forms import CalendarDayForm, CalendarDaysForm
from organizations.models import CalendarDay
from organizations.services.calendar import change_day, drop_day, fill_year, put_days

#: Years offered beside the one that is shown.
_AROUND = 2


def _asked_year(request: HttpRequest) -> int:
    text = request.GET.get("nam", "")
    known = len(text) == 4 and text.isascii() and text.isdigit() and FIRST_YEAR <= int(text) <= LAST_YEAR
    return int(text) if known else min(max(clock.today().year, FIRST_YEAR), LAST_YEAR)


def _day(pk: int) -> CalendarDay:
    if pk >= 2**63:
        raise Http404
    return get_object_or_404(CalendarDay.objects.kept().select_related("edited_by"), pk=pk)


def _year_url(year: int) -> str:
    return f"{reverse('organizations:calendar_year')}?nam={year}"


@require_safe
def calendar_year(request: HttpRequest) -> HttpResponse:
    """The year as twelve months, its days off and worked week-end days, and which years have none yet."""
    number = _asked_year(request)
    first = min(max(number - _AROUND, FIRST_YEAR), LAST_YEAR - 2 * _AROUND)
    context = {
        "year": year_page(number),
        "years": range(first, first + 2 * _AROUND + 1),
        "missing": years_without_days(),
        "today": clock.today(),
    }
    return render(request, "organizations/calendar_year.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def calendar_add(request: HttpRequest) -> HttpResponse:
    """Add a day or a stretch of days."""
    form = CalendarDaysForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            rows = put_days(given=form.given(), by=request.user)
        except WorkflowError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Đã ghi %(n)d ngày vào lịch làm việc.") % {"n": len(rows)})
            return redirect(_year_url(rows[0].date.year))
    context = {"form": form, "back_url": _year_url(_asked_year(request))}
    return render(request, "organizations/calendar_day.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def calendar_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a day: kind, name, source, or move it to another date."""
    day = _day(pk)
    initial = {"first": day.date, "kind": day.kind, "name": day.name, "source": day.source}
    form = CalendarDayForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            row = change_day(day=day, given=form.given(), by=request.user)
        except WorkflowError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Đã lưu ngày %(day)s.") % {"day": format_date(row.date)})
            return redirect(_year_url(row.date.year))
    context = {"form": form, "day": day, "back_url": _year_url(day.date.year), "rows": _history(day)}
    return render(request, "organizations/calendar_day.html", context)


def _history(day: CalendarDay) -> list[dict[str, object]]:
    """What the day was after each change, newest first, for the timeline component."""
    rows = day.history.select_related("history_user").order_by("-history_date", "-pk")
    return [
        {
            "at": row.history_date,
            "title": _("Bỏ khỏi lịch") if row.is_dropped else f"{row.get_kind_display()}: {row.name}",
            "actor": row.history_user.full_name if row.history_user else _("Dữ liệu tham chiếu"),
            "note": row.source,
        }
        for row in rows
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def calendar_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then take a day off the calendar."""
    day = _day(pk)
    if request.method == "POST":
        try:
            drop_day(day=day, by=request.user)
        except WorkflowError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("Đã bỏ ngày %(day)s khỏi lịch.") % {"day": format_date(day.date)})
        return redirect(_year_url(day.date.year))
    context = {"day": day, "back_url": _year_url(day.date.year), "is_weekend": day.date.weekday() > 4}
    return render(request, "organizations/calendar_drop.html", context)


@require_POST
def calendar_fill(request: HttpRequest, year: int) -> HttpResponse:
    """Write down the days that the package expects for a year without any."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    try:
        count = fill_year(year=year, by=request.user)
    except WorkflowError as error:
        messages.error(request, error.message)
    else:
        words = _("Đã ghi %(n)d ngày dự tính của năm %(year)d. Sửa từng ngày khi có thông báo nghỉ chính thức.")
        messages.success(request, words % {"n": count, "year": year})
    return redirect(_year_url(year))
