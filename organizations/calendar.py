"""The calendar of working days as it is read: by the clocks of the portal, and as a page of one year."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.working_days import Overrides, public_holidays
from organizations.enums import DayKind
from organizations.models import CalendarDay

#: The years that the office may look at and fill.
FIRST_YEAR, LAST_YEAR = 2021, 2035
#: From this month on, a next year without days is named.
_WARN_FROM_MONTH = 9
WORDS = {
    "calendar_day.put": gettext_lazy("Ghi ngày vào lịch làm việc"),
    "calendar_day.drop": gettext_lazy("Bỏ ngày khỏi lịch làm việc"),
    "calendar_day.fill": gettext_lazy("Lấy lịch nghỉ dự tính của một năm"),
}


def read_overrides() -> Overrides:
    """The kept calendar for core.working_days: one query."""
    rows = list(CalendarDay.objects.values_list("date", "kind", "is_dropped"))
    kept = [(day, kind) for day, kind, dropped in rows if not dropped]
    return Overrides(
        closed=frozenset(day for day, kind in kept if kind == DayKind.HOLIDAY),
        worked=frozenset(day for day, kind in kept if kind == DayKind.WORKING),
        years=frozenset(day.year for day, _kind, _dropped in rows),
    )


def years_without_days() -> list[int]:
    """This year and, from September on, the next one, when the calendar has no day of it."""
    today = clock.today()
    wanted = [today.year, *([today.year + 1] if today.month >= _WARN_FROM_MONTH else [])]
    return [year for year in wanted if not CalendarDay.objects.of_year(year).exists()]


@dataclass(frozen=True)
class Cell:
    """One day of a month: `look` is work, rest (week-end), holiday or extra (worked week-end day)."""

    day: datetime.date
    look: str
    name: str = ""


@dataclass(frozen=True)
class Month:
    """A month as weeks from Monday to Sunday; None stands for a day of another month."""

    number: int
    weeks: list[list[Cell | None]]
    working_days: int


@dataclass(frozen=True)
class Year:
    """A year as its page shows it; `days` None means that the package is followed."""

    number: int
    months: list[Month]
    days: list[CalendarDay]
    dropped: list[CalendarDay]
    is_known: bool

    @property
    def working_days(self) -> int:
        """Working days of the whole year."""
        return sum(month.working_days for month in self.months)


def year_page(number: int) -> Year:
    """The calendar of a year, by its rows, or by the package when it has none: one query."""
    rows = list(CalendarDay.objects.of_year(number).select_related("edited_by"))
    kept = [row for row in rows if not row.is_dropped]
    marks = {row.date: (row.kind, row.name) for row in kept} if rows else _marks_of_package(number)
    return Year(
        number=number,
        months=[_month(number, month, marks) for month in range(1, 13)],
        days=kept,
        dropped=[row for row in rows if row.is_dropped],
        is_known=bool(rows),
    )


def package_days(year: int) -> list[tuple[datetime.date, str, str]]:
    """(day, kind, name) of a year as the package gives them."""
    closed, worked = public_holidays(year)
    days = [(day, DayKind.HOLIDAY.value, name[:100]) for day, name in closed.items()]
    return sorted([*days, *((day, DayKind.WORKING.value, _("Làm bù")) for day in worked)])


def _marks_of_package(year: int) -> dict[datetime.date, tuple[str, str]]:
    return {day: (kind, name) for day, kind, name in package_days(year)}


def _month(year: int, month: int, marks: dict[datetime.date, tuple[str, str]]) -> Month:
    weeks = [
        [_cell(day, marks) if day.month == month else None for day in week]
        for week in calendar.Calendar().monthdatescalendar(year, month)
    ]
    return Month(month, weeks, _count(cell for week in weeks for cell in week))


def _cell(day: datetime.date, marks: dict[datetime.date, tuple[str, str]]) -> Cell:
    kind, name = marks.get(day, ("", ""))
    if kind == DayKind.HOLIDAY:
        return Cell(day, "holiday", name)
    if kind == DayKind.WORKING:
        return Cell(day, "extra", name)
    return Cell(day, "work" if day.weekday() < 5 else "rest")


def _count(cells: Iterable[Cell | None]) -> int:
    return sum(cell is not None and cell.look in ("work", "extra") for cell in cells)
