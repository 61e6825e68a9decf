"""When reminders may leave: working days, from the hour of the digest until the quiet hours begin."""

from __future__ import annotations

import datetime

from core import clock
from core.working_days import is_working_day

from .reminder_models import ReminderSettings


def is_quiet(now: datetime.datetime, given: ReminderSettings) -> bool:
    """Whether no reminder leaves at `now` (time of the work): by night and on days off."""
    local = now.astimezone(clock.VIETNAM)
    return not is_working_day(local.date()) or not given.quiet_to <= local.time() < given.quiet_from


def may_plan(now: datetime.datetime, given: ReminderSettings) -> bool:
    """Whether the digests of the day are written at `now`: from their hour on, outside the quiet hours."""
    return not is_quiet(now, given) and now.astimezone(clock.VIETNAM).time() >= given.digest_at


def next_digest(now: datetime.datetime, given: ReminderSettings) -> datetime.datetime:
    """When the next digests are written, as time of the work."""
    local = now.astimezone(clock.VIETNAM)
    day = local.date() if local.time() < given.digest_at else local.date() + datetime.timedelta(days=1)
    while not is_working_day(day):
        day += datetime.timedelta(days=1)
    return datetime.datetime.combine(day, given.digest_at, tzinfo=clock.VIETNAM)


def next_run_day(now: datetime.datetime, given: ReminderSettings) -> datetime.date:
    """The day of the digests that the next run writes: that of `now` while its hours last."""
    return now.astimezone(clock.VIETNAM).date() if may_plan(now, given) else next_digest(now, given).date()


def is_first_working_day_of_week(day: datetime.date) -> bool:
    """Whether the leaders get their summary on `day`: on Monday, or the first working day after it."""
    monday = day - datetime.timedelta(days=day.weekday())
    earlier = (monday + datetime.timedelta(days=n) for n in range(day.weekday()))
    return is_working_day(day) and not any(is_working_day(other) for other in earlier)
