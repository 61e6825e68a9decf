"""On which day a step of a ladder falls, and which step a day calls for: pure functions of dates."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

from core.working_days import is_working_day

DAY = datetime.timedelta(days=1)
#: Longer than any row of days off: a step before the due date moves back by less than this.
LONGEST_REST = datetime.timedelta(days=31)


def step_day(due: datetime.date, offset: int) -> datetime.date:
    """The working day on which a step is due.

    Up to the due date it is the last working day not after it, so that nobody hears of a date when it is too late;
    after the due date the next working day.
    """
    day, way = due + offset * DAY, -DAY if offset <= 0 else DAY
    while not is_working_day(day):
        day += way
    return day


def newest_step(due: datetime.date, steps: Sequence[int], day: datetime.date) -> int | None:
    """The step that `day` calls for: the last one whose day has come. None before the first.

    A step is owed from its day until the day of the next one, so an outage sends the newest alone.
    """
    come = [offset for offset in sorted(steps) if step_day(due, offset) <= day]
    return come[-1] if come else None


def next_step_day(due: datetime.date, steps: Sequence[int], day: datetime.date) -> datetime.date | None:
    """The day after `day` on which the next message about `due` goes out; None when none follows."""
    later = [found for offset in steps if (found := step_day(due, offset)) > day]
    return min(later, default=None)


def latest_due(steps: Sequence[int], day: datetime.date) -> datetime.date:
    """No due date after this one calls for a step on `day`."""
    return day - min(steps, default=0) * DAY + LONGEST_REST


def steps_called_for(
    dues: Iterable[datetime.date], steps: Sequence[int], day: datetime.date, *, only_new: bool = False
) -> dict[datetime.date, int]:
    """Due date → the step that `day` calls for; due dates that call for none are left out.

    With `only_new` those alone whose step falls on `day` itself, not those that an earlier day called for.
    """
    found = {}
    for due in dues:
        step = newest_step(due, steps, day)
        if step is not None and not (only_new and step_day(due, step) < day):
            found[due] = step
    return found


def step_key(due: datetime.date, offset: int) -> str:
    """The key of a step: a moved due date gives new steps, one moved back finds its old ones."""
    return f"{due.isoformat()}:{offset:+d}"
