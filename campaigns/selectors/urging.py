"""What an act of urging shows of its units: what was missing that day, and from whom a task was taken over."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.enums import TaskState
from campaigns.models import TaskTransition, UrgedUnit, Urging

from .words import owed_word


@dataclass(frozen=True)
class UrgedLine:
    """One urged unit and what was missing then."""

    row: UrgedUnit
    word: str


def urged_lines(urging: Urging) -> list[UrgedLine]:
    """The units of an act in their order, as they stood when it was made: two queries whatever their number."""
    rows = list(urging.units.select_related("unit", "task__addressed"))
    steps = TaskTransition.objects.filter(record__in=[row.task_id for row in rows], at__lte=urging.made_at)
    stood = dict(steps.order_by("pk").values_list("record", "target"))
    return [UrgedLine(row, owed_word(stood.get(row.task_id) == TaskState.RETURNED)) for row in rows]
