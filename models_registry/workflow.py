"""The life of an exemplar (product.md): one table, from which buttons, rights, help and tests come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from core.workflow import Transition, WorkflowTable
from organizations.enums import OFFICE_ROLES, Role

from . import rules
from .enums import HOLDABLE, UNDOABLE, State

if TYPE_CHECKING:
    from .models import ExemplarTransition

_OFFICER = frozenset({Role.OFFICER})
_OFFICE = frozenset(OFFICE_ROLES)
_OPEN = frozenset({State.SUBMITTED, State.IN_REVIEW})


def _log_model() -> type[ExemplarTransition]:
    return apps.get_model("models_registry", "ExemplarTransition")


EXEMPLAR_WORKFLOW = WorkflowTable(
    record="exemplar",
    noun=_("hồ sơ"),
    states=State,
    log_model=_log_model,
    transitions=(
        Transition(
            name="submit",
            label=_("Gửi xét duyệt"),
            sources=frozenset({State.DRAFT}),
            target=State.SUBMITTED,
            roles=_OFFICER,
            conditions=(
                rules.is_kept,
                rules.not_on_hold,
                rules.is_complete,
                rules.changed_since_return,
                rules.is_confirmed,
            ),
        ),
        Transition(
            name="resubmit",
            label=_("Gửi lại"),
            sources=frozenset({State.RETURNED}),
            target=State.SUBMITTED,
            roles=_OFFICER,
            conditions=(
                rules.is_kept,
                rules.not_on_hold,
                rules.is_complete,
                rules.changed_since_return,
                rules.is_confirmed,
            ),
        ),
        Transition(
            name="withdraw",
            label=_("Rút lại"),
            sources=frozenset({State.SUBMITTED}),
            target=State.DRAFT,
            roles=_OFFICER,
            conditions=(rules.not_on_hold,),
        ),
        Transition(
            name="take",
            label=_("Nhận thẩm định"),
            sources=frozenset({State.SUBMITTED}),
            target=State.IN_REVIEW,
            roles=_OFFICE,
            conditions=(rules.four_eyes,),
        ),
        Transition(
            name="recognise",
            label=_("Công nhận"),
            sources=_OPEN,
            target=State.RECOGNISED,
            roles=_OFFICE,
            conditions=(rules.four_eyes, rules.not_on_hold),
        ),
        Transition(
            name="return",
            label=_("Trả lại để bổ sung"),
            sources=_OPEN,
            target=State.RETURNED,
            roles=_OFFICE,
            conditions=(rules.four_eyes,),
        ),
        Transition(
            name="reject",
            label=_("Không công nhận"),
            sources=_OPEN,
            target=State.REJECTED,
            roles=_OFFICE,
            needs_reason=True,
            conditions=(rules.four_eyes,),
        ),
        Transition(
            name="withdraw_consent",
            label=_("Ghi việc rút lại đồng ý công bố"),
            sources=frozenset({State.RECOGNISED}),
            target=State.RECOGNISED,
            roles=_OFFICER | _OFFICE,
            conditions=(rules.has_consent,),
        ),
        Transition(
            name="undo",
            label=_("Hoàn tác"),
            sources=UNDOABLE,
            target=None,
            roles=_OFFICE,
            conditions=(rules.may_be_undone,),
        ),
        Transition(
            name="hold",
            label=_("Tạm dừng"),
            sources=HOLDABLE,
            target=None,
            roles=_OFFICE,
            needs_reason=True,
            conditions=(rules.not_on_hold,),
        ),
        Transition(
            name="release",
            label=_("Bỏ tạm dừng"),
            sources=HOLDABLE,
            target=None,
            roles=_OFFICE,
            needs_reason=True,
            conditions=(rules.is_held,),
        ),
        Transition(
            name="promote",
            label=_("Nâng lên điển hình, mô hình"),
            sources=frozenset({State.RECOGNISED}),
            target=None,
            roles=_OFFICER,
            conditions=(rules.is_promotable, rules.not_on_hold),
        ),
        Transition(
            name="amend",
            label=_("Áp dụng đề nghị điều chỉnh"),
            sources=frozenset({State.RECOGNISED}),
            target=None,
            roles=_OFFICE,
            conditions=(rules.four_eyes, rules.not_on_hold, rules.asks_for_change),
        ),
        Transition(
            name="end",
            label=_("Kết thúc"),
            sources=frozenset({State.RECOGNISED}),
            target=State.ENDED,
            roles=_OFFICE,
            needs_reason=True,
            conditions=(rules.four_eyes,),
        ),
        Transition(
            name="revoke",
            label=_("Hủy công nhận"),
            sources=frozenset({State.RECOGNISED}),
            target=State.REVOKED,
            roles=_OFFICE,
            needs_reason=True,
            conditions=(rules.four_eyes,),
        ),
    ),
)
