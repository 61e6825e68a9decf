"""The life of a movement: prepared, launched, ended.

A table and not dates alone: a step has its person, its role and its reason in the chained log, and a movement whose
last day is past runs on until somebody sums it up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.workflow import ALLOWED, Decision, Transition, WorkflowTable

from .enums import MovementState
from .movement_querysets import KEEPS

if TYPE_CHECKING:
    from .models import MovementTransition


def _log_model() -> type[MovementTransition]:
    return apps.get_model("campaigns", "MovementTransition")


def _has_start(movement: Any, user: Any) -> Decision:
    if movement.starts is None:
        return Decision(False, _("Ghi ngày bắt đầu của phong trào rồi phát động."))
    return ALLOWED


MOVEMENT_WORKFLOW = WorkflowTable(
    record="movement",
    noun=gettext_lazy("phong trào"),
    states=MovementState,
    log_model=_log_model,
    transitions=(
        Transition(
            name="launch",
            label=gettext_lazy("Phát động"),
            sources=frozenset({MovementState.PREPARED}),
            target=MovementState.LAUNCHED,
            roles=KEEPS,
            conditions=(_has_start,),
        ),
        Transition(
            name="end",
            label=gettext_lazy("Kết thúc"),
            sources=frozenset({MovementState.LAUNCHED}),
            target=MovementState.ENDED,
            roles=KEEPS,
            needs_reason=True,
        ),
        Transition(
            name="reopen",
            label=gettext_lazy("Mở lại"),
            sources=frozenset({MovementState.ENDED}),
            target=MovementState.LAUNCHED,
            roles=KEEPS,
            needs_reason=True,
        ),
    ),
)
STEP_WORDS = {
    "launch": gettext_lazy("Phát động phong trào"),
    "end": gettext_lazy("Kết thúc phong trào"),
    "reopen": gettext_lazy("Mở lại phong trào"),
}
