"""The life of a unit's task (product.md): one table, from which buttons, rights, help and tests come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from core.workflow import Transition, WorkflowTable
from organizations.enums import OFFICE_ROLES, Role

from . import rules
from .enums import TaskState

if TYPE_CHECKING:
    from .models import TaskTransition

_OFFICE = frozenset(OFFICE_ROLES)
#: Officers answer for their units, the office for the district itself: `rules.is_writer` tells which.
_WRITERS = frozenset({Role.OFFICER}) | _OFFICE


def _log_model() -> type[TaskTransition]:
    return apps.get_model("campaigns", "TaskTransition")


TASK_WORKFLOW = WorkflowTable(
    record="unit_task",
    noun=_("báo cáo"),
    states=TaskState,
    log_model=_log_model,
    held=rules.held_over,
    transitions=(
        Transition(
            name="submit",
            label=_("Nộp báo cáo"),
            sources=frozenset({TaskState.OPEN, TaskState.RETURNED}),
            target=TaskState.SUBMITTED,
            roles=_WRITERS,
            conditions=(
                rules.is_writer,
                rules.is_published,
                rules.is_open,
                rules.programme_runs,
                rules.is_complete,
                rules.changed_since_return,
            ),
        ),
        Transition(
            name="withdraw",
            label=_("Rút báo cáo"),
            sources=frozenset({TaskState.SUBMITTED}),
            # Back to where it came from: open, or returned with the day that was given.
            target=None,
            roles=_WRITERS,
            conditions=(rules.is_writer, rules.programme_runs),
        ),
        Transition(
            name="return",
            label=_("Trả lại để bổ sung"),
            sources=frozenset({TaskState.SUBMITTED}),
            target=TaskState.RETURNED,
            roles=_OFFICE,
            needs_reason=True,
            # What goes back after the end could not be handed in again.
            conditions=(rules.is_judge, rules.four_eyes, rules.programme_runs),
        ),
        Transition(
            name="accept",
            label=_("Nhận báo cáo"),
            sources=frozenset({TaskState.SUBMITTED}),
            target=TaskState.ACCEPTED,
            roles=_OFFICE,
            conditions=(rules.is_judge, rules.four_eyes),
        ),
    ),
)
