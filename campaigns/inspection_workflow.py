"""The lives of a visit and of a recommendation: two tables, from which buttons, rights and tests come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from core.workflow import Transition, WorkflowTable
from organizations.enums import OFFICE_ROLES, UNIT_ROLES, Role

from . import inspection_rules as rules
from .inspection_enums import FollowUpState, VisitState

if TYPE_CHECKING:
    from .models import FollowUpTransition, VisitTransition

_OFFICE = frozenset(OFFICE_ROLES)
_RECORDERS = frozenset(OFFICE_ROLES | {Role.COUNCIL_MEMBER})


def _visit_log() -> type[VisitTransition]:
    return apps.get_model("campaigns", "VisitTransition")


def _follow_up_log() -> type[FollowUpTransition]:
    return apps.get_model("campaigns", "FollowUpTransition")


VISIT_WORKFLOW = WorkflowTable(
    record="visit",
    noun=_("lần kiểm tra"),
    states=VisitState,
    log_model=_visit_log,
    transitions=(
        Transition(
            name="postpone",
            label=_("Dời ngày"),
            sources=frozenset({VisitState.PLANNED}),
            target=VisitState.PLANNED,
            roles=_OFFICE,
            needs_reason=True,
        ),
        Transition(
            name="cancel",
            label=_("Hủy lần kiểm tra"),
            sources=frozenset({VisitState.PLANNED}),
            target=VisitState.CANCELLED,
            roles=_OFFICE,
            needs_reason=True,
        ),
        Transition(
            name="record",
            label=_("Chốt biên bản"),
            sources=frozenset({VisitState.PLANNED}),
            target=VisitState.RECORDED,
            roles=_RECORDERS,
            conditions=(rules.is_team_member_or_office, rules.is_complete),
        ),
        Transition(
            name="reopen",
            label=_("Mở lại biên bản"),
            sources=frozenset({VisitState.RECORDED}),
            target=VisitState.PLANNED,
            roles=_RECORDERS,
            conditions=(rules.is_team_member_or_office,),
        ),
        Transition(
            name="send",
            label=_("Gửi kết quả cho đơn vị"),
            sources=frozenset({VisitState.RECORDED}),
            target=VisitState.SENT,
            roles=_OFFICE,
            conditions=(rules.is_by_another, rules.dates_are_to_come),
        ),
        Transition(
            name="answer",
            label=_("Gửi ý kiến của đơn vị"),
            sources=frozenset({VisitState.SENT}),
            target=VisitState.SENT,
            roles=frozenset(UNIT_ROLES),
            needs_reason=True,
            conditions=(rules.has_not_answered,),
        ),
    ),
)

FOLLOW_UP_WORKFLOW = WorkflowTable(
    record="follow_up",
    noun=_("kiến nghị"),
    states=FollowUpState,
    log_model=_follow_up_log,
    transitions=(
        Transition(
            name="open",
            label=_("Gửi kiến nghị"),
            sources=frozenset({FollowUpState.DRAFT}),
            target=FollowUpState.OPEN,
            roles=_OFFICE,
            conditions=(rules.visit_is_sent,),
        ),
        Transition(
            name="report",
            label=_("Báo cáo kết quả thực hiện"),
            sources=frozenset({FollowUpState.OPEN, FollowUpState.RETURNED}),
            target=FollowUpState.REPORTED,
            roles=frozenset({Role.OFFICER}),
        ),
        Transition(
            name="close",
            label=_("Xác nhận đã hoàn thành"),
            sources=frozenset({FollowUpState.REPORTED}),
            target=FollowUpState.CLOSED,
            roles=_OFFICE,
            conditions=(rules.is_not_the_reporter,),
        ),
        Transition(
            name="return",
            label=_("Trả lại để làm tiếp"),
            sources=frozenset({FollowUpState.REPORTED}),
            target=FollowUpState.RETURNED,
            roles=_OFFICE,
            needs_reason=True,
        ),
        Transition(
            name="cancel",
            label=_("Thôi kiến nghị này"),
            sources=frozenset({FollowUpState.OPEN, FollowUpState.RETURNED, FollowUpState.REPORTED}),
            target=FollowUpState.CANCELLED,
            roles=_OFFICE,
            needs_reason=True,
        ),
    ),
)
