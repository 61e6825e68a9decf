"""Changing the calendar of working days; clocks that were promised before stay as they were promised."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core import clock
from core.audit import Subject, record
from core.audit.models import EventKind
from core.dates import format_date
from core.workflow import WorkflowError
from core.working_days import announce_change
from organizations.calendar import package_days
from organizations.enums import CALENDAR_ROLES, DayKind
from organizations.models import CalendarDay

if TYPE_CHECKING:
    from organizations.models import User

#: The longest stretch that is written in one step: Tết with its days in exchange.
LONGEST = 14
PACKAGE_SOURCE = "Lịch nghỉ dự tính (gói holidays)"
_WEEK_END = 5


@dataclass(frozen=True)
class DayInput:
    """What is written of a stretch of days: `last` included."""

    first: datetime.date
    last: datetime.date
    kind: str
    name: str
    source: str = ""

    @property
    def days(self) -> list[datetime.date]:
        """Every day of the stretch."""
        return [self.first + datetime.timedelta(days=n) for n in range((self.last - self.first).days + 1)]


@transaction.atomic
def put_days(*, given: DayInput, by: User) -> list[CalendarDay]:
    """Write a stretch of days into the calendar; a day that stands there already is refused, one taken off comes back.

    In a year that the calendar does not know yet the days of the package are written down first, so that one added
    day does not take the others away.
    """
    _refuse_others(by)
    _judge(given)
    _lock()
    for year in sorted({day.year for day in given.days}):
        _fill(year, by)
    standing = {row.date: row for row in CalendarDay.objects.filter(date__in=given.days)}
    taken = [row for row in standing.values() if not row.is_dropped]
    if taken:
        raise WorkflowError(_taken_words(taken))
    try:
        with transaction.atomic():
            rows = [_write(standing.get(day) or CalendarDay(date=day), given, by) for day in given.days]
    except IntegrityError:
        raise WorkflowError(_("Người khác vừa ghi một trong các ngày này. Mở lại lịch để xem.")) from None
    _note(by, "calendar_day.put", _told(given))
    transaction.on_commit(announce_change)
    return rows


@transaction.atomic
def change_day(*, day: CalendarDay, given: DayInput, by: User) -> CalendarDay:
    """Write a day anew; a new date takes the old one off the calendar and puts the new one on it."""
    _refuse_others(by)
    _judge(given)
    _lock()
    day.refresh_from_db()
    if day.is_dropped:
        raise WorkflowError(_("Ngày %(day)s đã được bỏ khỏi lịch. Thêm lại ngày đó nếu cần.") % _day_words(day.date))
    if given.first != day.date:
        _drop(day, by)
        return put_days(given=given, by=by)[0]
    row = _write(day, given, by)
    _note(by, "calendar_day.put", _told(given))
    transaction.on_commit(announce_change)
    return row


@transaction.atomic
def drop_day(*, day: CalendarDay, by: User) -> None:
    """Take a day off the calendar: it is again what its weekday says. The row stays, so that loading the reference
    data does not bring it back."""
    _refuse_others(by)
    _lock()
    day.refresh_from_db()
    if day.is_dropped:
        raise WorkflowError(_("Ngày %(day)s đã được bỏ khỏi lịch rồi.") % _day_words(day.date))
    _drop(day, by)
    transaction.on_commit(announce_change)


@transaction.atomic
def fill_year(*, year: int, by: User) -> int:
    """Write down the days of the package for a year without days; returns how many."""
    _refuse_others(by)
    _lock()
    count = _fill(year, by)
    if not count:
        raise WorkflowError(_("Năm %(year)d đã có lịch nghỉ. Thêm hoặc sửa từng ngày.") % {"year": year})
    transaction.on_commit(announce_change)
    return count


def _fill(year: int, by: User) -> int:
    if CalendarDay.objects.of_year(year).exists():
        return 0
    days = package_days(year)
    for date, kind, name in days:
        row = DayInput(first=date, last=date, kind=kind, name=name, source=PACKAGE_SOURCE)
        _write(CalendarDay(date=date), row, by)
    _note(by, "calendar_day.fill", {"year": year, "days": len(days)})
    return len(days)


def _write(row: CalendarDay, given: DayInput, by: User) -> CalendarDay:
    row.kind, row.name, row.source, row.is_dropped = given.kind, given.name, given.source, False
    return _save(row, by)


def _drop(day: CalendarDay, by: User) -> None:
    day.is_dropped = True
    _save(day, by)
    _note(by, "calendar_day.drop", {"day": day.date.isoformat(), "kind": day.kind, "name": day.name})


def _save(row: CalendarDay, by: User) -> CalendarDay:
    row.edited_by, row.edited_at = by, clock.now()
    row._history_user = by  # type: ignore[attr-defined]  # read by simple_history
    row.save()
    return row


def _judge(given: DayInput) -> None:
    if given.last < given.first:
        raise WorkflowError(_("Ngày cuối phải từ ngày đầu trở đi."))
    if len(given.days) > LONGEST:
        raise WorkflowError(_("Mỗi lần ghi nhiều nhất %(n)d ngày. Chia thành nhiều lần.") % {"n": LONGEST})
    if given.kind == DayKind.WORKING:
        weekdays = [day for day in given.days if day.weekday() < _WEEK_END]
        if weekdays:
            raise WorkflowError(
                _("%(day)s không phải Thứ Bảy hay Chủ nhật nên vốn là ngày làm việc. Chỉ ghi làm bù cho cuối tuần.")
                % _day_words(weekdays[0])
            )


def _taken_words(taken: Iterable[CalendarDay]) -> str:
    row = min(taken, key=lambda found: found.date)
    words = _("Ngày %(day)s đã có trong lịch: %(kind)s, %(name)s. Mở ngày đó để sửa.")
    return words % {**_day_words(row.date), "kind": row.get_kind_display(), "name": row.name}


def _day_words(day: datetime.date) -> dict[str, str]:
    return {"day": format_date(day)}


def _told(given: DayInput) -> dict[str, Any]:
    days = {"first": given.first.isoformat(), "last": given.last.isoformat()}
    return {**days, "kind": given.kind, "name": given.name, "source": given.source}


def _note(by: User, action: str, data: dict[str, Any]) -> None:
    record(
        kind=EventKind.SETTING,
        action=action,
        actor=by,
        subject=Subject("calendar", None, _("Lịch làm việc")),
        data=data,
    )


def _lock() -> None:
    """Let changes of the calendar take turns: all rows in the order of their keys."""
    list(CalendarDay.objects.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


def _refuse_others(by: User) -> None:
    if not by.access.has(*CALENDAR_ROLES):
        raise WorkflowError(_("Chỉ Trưởng phòng Nội vụ và quản trị hệ thống sửa được lịch làm việc."))
