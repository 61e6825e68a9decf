"""Working days of Vietnam: the office's own calendar where it has one, else the public holidays of the package.

The app that keeps the calendar registers a reader (`register_overrides`). Its answer is kept in the process and judged
against a mark in the shared cache at most once a second, so that a day that one process changes counts in all of them a
second later, without a query for each page (docs/calendar.md).
"""

from __future__ import annotations

import datetime
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import holidays
import structlog
from django.core.cache import cache as shared_cache

log = structlog.get_logger(__name__)

_MARK = "working_days:mark"
#: Seconds between two looks at the mark.
LOOK_EVERY = 1.0
#: Seconds after which the calendar is read anew whatever the mark says: a writer may die before it sets one.
READ_EVERY = 600.0


class Overrides(NamedTuple):
    """The kept calendar: `closed` days off, `worked` week-end days that are worked, and the `years` it speaks for."""

    closed: frozenset[datetime.date] = frozenset()
    worked: frozenset[datetime.date] = frozenset()
    years: frozenset[int] = frozenset()


@dataclass
class _Kept:
    """What this process holds, and when it last looked."""

    overrides: Overrides | None = None
    mark: str = ""
    looked: float = 0.0
    read: float = 0.0


_kept = _Kept()
_reader: Callable[[], Overrides] = Overrides


def register_overrides(reader: Callable[[], Overrides]) -> None:
    """Name the reader of the kept calendar; years that it does not speak for follow the package."""
    global _reader
    _reader = reader
    forget()


def forget() -> None:
    """Let this process read the calendar anew at the next question."""
    _kept.overrides, _kept.looked = None, 0.0


def announce_change() -> None:
    """Tell every process that the calendar changed; to be called after the change is committed."""
    forget()
    try:
        shared_cache.set(_MARK, uuid.uuid4().hex, None)
    except Exception as error:  # noqa: BLE001 - Redis and files fail in ways of their own
        log.warning("calendar_change_without_cache", error=type(error).__qualname__)


def overrides() -> Overrides:
    """The kept calendar, not older than a second plus what a lost cache costs (READ_EVERY)."""
    now = time.monotonic()
    if _kept.overrides is not None and now - _kept.looked < LOOK_EVERY:
        return _kept.overrides
    mark = _mark()
    if _kept.overrides is None or mark != _kept.mark or now - _kept.read >= READ_EVERY:
        # The mark was read before the rows: a change between the two is noticed at the next look.
        _kept.overrides, _kept.mark, _kept.read = _reader(), mark, now
    _kept.looked = now
    return _kept.overrides


def _mark() -> str:
    """The mark in the shared cache, set when there is none; without a cache the calendar in hand stays."""
    try:
        return shared_cache.get(_MARK) or shared_cache.get_or_set(_MARK, uuid.uuid4().hex, None) or ""
    except Exception as error:  # noqa: BLE001 - as above
        log.warning("calendar_without_cache", error=type(error).__qualname__)
        return _kept.mark


@cache
def _package() -> holidays.HolidayBase:
    return holidays.country_holidays("VN")


def public_holidays(year: int) -> tuple[dict[datetime.date, str], frozenset[datetime.date]]:
    """What the package knows of a year: days off with their names, and the week-end days worked in exchange."""
    found = holidays.country_holidays("VN", years=year, language="vi")
    worked = frozenset(day for day in found.weekend_workdays if day.year == year)
    return {day: name for day, name in found.items() if day.year == year}, worked


def is_working_day(day: datetime.date) -> bool:
    """Whether offices work on `day`: by the kept calendar, or by the package for a year that it does not know."""
    return _works(day, overrides())


def _works(day: datetime.date, known: Overrides) -> bool:
    if day.year not in known.years:
        return _package().is_working_day(day)
    return day in known.worked or (day.weekday() < 5 and day not in known.closed)


def working_days_after(day: datetime.date, count: int) -> datetime.date:
    """The `count`-th working day after `day`, `day` itself not counted; before it when `count` is negative."""
    known = overrides()
    step = datetime.timedelta(days=1 if count >= 0 else -1)
    for _turn in range(abs(count)):
        day += step
        while not _works(day, known):
            day += step
    return day


def working_days_between(first: datetime.date, last: datetime.date) -> int:
    """Working days after `first` up to and with `last`; 0 when `last` is not later."""
    known = overrides()
    days = (first + datetime.timedelta(days=n) for n in range(1, (last - first).days + 1))
    return sum(_works(day, known) for day in days)
