"""The only source of time of the portal.

Two clocks. `now()` and `today()` are the clock of the work: due dates, review periods, dates on
records. With a training date their date stands still while the time of day goes on. `wall_now()` is
the real time, for technical clocks that must go forward: the outbox, sessions, throttling, health;
on the training clock a message to be sent "in an hour" at 23:30 would never be sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

_replayed: ContextVar[datetime | None] = ContextVar("replayed", default=None)


@contextmanager
def replay_at(moment: datetime) -> Iterator[None]:
    """Let the clock of the work stand at an aware moment, so that a past step is made by today's services."""
    token = _replayed.set(moment)
    try:
        yield
    finally:
        _replayed.reset(token)


def wall_now() -> datetime:
    """Return the real time in Vietnam, whatever the training date is."""
    return timezone.now().astimezone(VIETNAM)


def training_date() -> date | None:
    """Return the date on which the training clock stands, or None for the real clock."""
    return settings.TRAINING_DATE


def now() -> datetime:
    """Return the time of the work in Vietnam: the training date, when there is one, with the real time of day."""
    if moment := _replayed.get():
        return moment.astimezone(VIETNAM)
    real = wall_now()
    fixed = training_date()
    return datetime.combine(fixed, real.timetz()) if fixed else real


def today() -> date:
    """Return the date of the work in Vietnam."""
    return now().date()


def end_of_day(day: date) -> datetime:
    """Return the last moment of a day in Vietnam; a due date means until then."""
    return datetime.combine(day, time.max, tzinfo=VIETNAM)
