"""What an act of urging shows of its units: what was missing that day, and from whom a task was taken over."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from campaigns.enums import TaskState
from campaigns.models import Extension, TaskTransition, UrgedUnit, Urging

from .words import owed_word


@dataclass(frozen=True)
class UrgedLine:
    """One urged unit and what was missing then."""

    row: UrgedUnit
    word: str


def urged_lines(urging: Urging) -> list[UrgedLine]:
    """The units of an act in their order, as they stood when it was made: three queries whatever their number."""
    rows = list(urging.units.select_related("unit", "task__addressed"))
    steps = TaskTransition.objects.filter(record__in=[row.task_id for row in rows], at__lte=urging.made_at)
    stood = dict(steps.order_by("pk").values_list("record", "target"))
    asked = Extension.objects.filter(
        Q(answered_at=None) | Q(answered_at__gt=urging.made_at),
        task__in=[row.task_id for row in rows],
        asked_at__lte=urging.made_at,
    )
    wanted = dict(asked.order_by().values_list("task", "wanted"))
    return [
        UrgedLine(row, owed_word(stood.get(row.task_id) == TaskState.RETURNED, wanted.get(row.task_id))) for row in rows
    ]
