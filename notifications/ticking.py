"""One run of the engine: plan the day, write its digests, hand the due mails to the workers, note what was done.

The database says what is due, so a run that was lost, cut off or made twice costs nothing: the next one finds the same.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from django.db import transaction
from django.db.models import Count

from core import clock

from .delivery import due_now, release_stuck
from .digests import gather
from .hours import may_plan
from .models import Reminder, ReminderSettings, Tick
from .planning import plan

log = structlog.get_logger(__name__)

#: Messages of one Celery task, and how many of them are handed out by one run.
IDS_A_TASK = 100
MOST_IDS = 20_000


@dataclass(frozen=True)
class Planned:
    """What planning a day came to: new reminders, notices worded."""

    reminders: int
    notices: int


def plan_day(day: datetime.date) -> Planned | None:
    """Plan `day` and write its digests, unless another run is at it (None). Safe to repeat."""
    Tick.objects.bulk_create([Tick(pk=1)], ignore_conflicts=True)
    with transaction.atomic():
        tick = Tick.objects.select_for_update(skip_locked=True).filter(pk=1).first()
        if tick is None:
            return None
        if tick.planned_day is None or tick.planned_day < day:
            tick.planned_before, tick.planned_day = tick.planned_day, day
            tick.save(update_fields=["planned_before", "planned_day"])
        return Planned(plan(day), gather(day, tick.first_untold(day)))


def run(hand_out: Callable[[Sequence[int]], object]) -> Tick:
    """Carry out one run; mails are given to `hand_out` by at most IDS_A_TASK.

    Planning that fails does not hold the letters and digests of the day back; what failed is noted for page and log.
    """
    failed = [_attempt(_plan_in_time), _attempt(lambda: _hand_out_due(hand_out))]
    return note("; ".join(word for word in failed if word))


def _plan_in_time() -> None:
    if may_plan(clock.now(), ReminderSettings.objects.current()):
        plan_day(clock.today())


def _hand_out_due(hand_out: Callable[[Sequence[int]], object]) -> None:
    release_stuck(clock.wall_now())
    for batch in batches(due_ids()):
        hand_out(batch)


def _attempt(step: Callable[[], None]) -> str:
    """Do one part of a run; returns the name of what went wrong."""
    try:
        step()
    except Exception as problem:  # noqa: BLE001  whatever it is, the page and the log tell of it
        log.exception("reminder_run_failed")
        return type(problem).__name__
    return ""


def due_ids() -> list[int]:
    """Keys of the mails that may go out now, the oldest first."""
    return list(due_now(clock.wall_now()).order_by("pk").values_list("pk", flat=True)[:MOST_IDS])


def batches(pks: Sequence[int]) -> list[Sequence[int]]:
    """Keys in portions of one task."""
    return [pks[start : start + IDS_A_TASK] for start in range(0, len(pks), IDS_A_TASK)]


def note(error: str = "") -> Tick:
    """Note that a run took place now, with the figures of its day."""
    tick = Tick(pk=1, at=clock.wall_now(), day=clock.today(), error=error, **figures(clock.today()))
    Tick.objects.bulk_create(
        [tick],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["at", "day", "planned", "sent", "skipped", "failed", "error"],
    )
    return tick


def figures(day: datetime.date) -> dict[str, int]:
    """How many reminders were planned for a day, and how many of them were sent, skipped, and failed."""
    counts = dict(Reminder.objects.filter(planned_for=day).order_by().values_list("state").annotate(n=Count("pk")))
    told = {state: counts.get(state, 0) for state in ("sent", "skipped", "failed")}
    return {"planned": sum(counts.values()), **told}
