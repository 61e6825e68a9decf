"""The lives of a guidance and of a question."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.apps import apps
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.workflow import ALLOWED, Decision, Transition, WorkflowTable
from organizations.enums import OFFICE_ROLES

from .guidance_enums import GuidanceState, QuestionState

if TYPE_CHECKING:
    from organizations.models import User

    from .models import Guidance, GuidanceTransition, Question, QuestionTransition

_OFFICE = frozenset(OFFICE_ROLES)


def _guidance_log() -> type[GuidanceTransition]:
    return apps.get_model("campaigns", "GuidanceTransition")


def _question_log() -> type[QuestionTransition]:
    return apps.get_model("campaigns", "QuestionTransition")


def programme_runs(guidance: Guidance, _user: User) -> Decision:
    """Units are told nothing new for a programme that is history; what was told may still be withdrawn."""
    if not guidance.programme.is_closed:
        return ALLOWED
    return Decision(False, gettext("Chương trình đã đóng nên không soạn, ban hành, thay hay nhắc đọc hướng dẫn nữa."))


def _held_over(question: Question, user: User, roles: Collection[str]) -> frozenset[str]:
    """Which of `roles` the person holds where the question is answered: a successor may lie outside the district."""
    return user.access.roles_over(question.followed_at.path, *roles)


GUIDANCE_WORKFLOW = WorkflowTable(
    record="guidance",
    noun=_("hướng dẫn"),
    states=GuidanceState,
    log_model=_guidance_log,
    transitions=(
        Transition(
            name="publish",
            label=_("Ban hành"),
            sources=frozenset({GuidanceState.DRAFT}),
            target=GuidanceState.PUBLISHED,
            roles=_OFFICE,
            conditions=(programme_runs,),
        ),
        Transition(
            name="replace",
            label=_("Thay bằng bản mới"),
            sources=frozenset({GuidanceState.PUBLISHED}),
            target=GuidanceState.REPLACED,
            roles=_OFFICE,
            conditions=(programme_runs,),
        ),
        Transition(
            name="withdraw",
            label=_("Thu hồi"),
            sources=frozenset({GuidanceState.DRAFT, GuidanceState.PUBLISHED}),
            target=GuidanceState.WITHDRAWN,
            roles=_OFFICE,
            needs_reason=True,
        ),
    ),
)

QUESTION_WORKFLOW = WorkflowTable(
    record="question",
    noun=_("câu hỏi"),
    states=QuestionState,
    log_model=_question_log,
    held=_held_over,
    transitions=(
        Transition(
            name="answer",
            label=_("Trả lời"),
            sources=frozenset({QuestionState.OPEN}),
            target=QuestionState.ANSWERED,
            roles=_OFFICE,
        ),
    ),
)
