"""What an act of urging shows of its units: what was missing that day, and from whom a task was taken over."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from campaigns.enums import TaskState
from campaigns.models import TaskTransition, UrgedUnit, Urging


@dataclass(frozen=True)
class UrgedLine:
    """One urged unit and what was missing then."""

    row: UrgedUnit
    word: str


def owed_word(is_returned: bool) -> str:
    """What a unit has not done: a report that was received and returned is not one that never came."""
    return _("Chưa bổ sung") if is_returned else _("Chưa nộp")


def urged_lines(urging: Urging) -> list[UrgedLine]:
    """The units of an act in their order, as they stood when it was made: two queries whatever their number."""
    rows = list(urging.units.select_related("unit", "task__addressed"))
    steps = TaskTransition.objects.filter(record__in=[row.task_id for row in rows], at__lte=urging.made_at)
    stood = dict(steps.order_by("pk").values_list("record", "target"))
    return [UrgedLine(row, owed_word(stood.get(row.task_id) == TaskState.RETURNED)) for row in rows]
