"""The lock of a task, for the services that judge by more than its own row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from campaigns.models import Milestone
from core.workflow import lock

if TYPE_CHECKING:
    from campaigns.models import UnitTask


def lock_task(task: UnitTask) -> None:
    """Re-read a task under its row lock, with milestone and programme; its report is read anew when it is asked for.

    `lock` leaves related rows as they were loaded, and somebody may have saved or closed them meanwhile.
    """
    lock(task)
    task.milestone = Milestone.objects.select_related("programme__unit", "assembles").get(pk=task.milestone_id)
    report = type(task)._meta.get_field("report")
    if report.is_cached(task):
        report.delete_cached_value(task)
