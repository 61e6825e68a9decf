"""Of which kind the letters of this app are; what is not named here asks for something and is a duty."""

from __future__ import annotations

from notifications.enums import NoticeKind
from notifications.kinds import register_kinds

from .guidance_letters import GUIDANCE, PUBLISHED, QUESTION, REMINDED, REPLACED, WITHDRAWN
from .inspection_letters import FOLLOW_UP, VISIT
from .movement_letters import ENDED, LAUNCHED, MOVEMENT, REOPENED


def register() -> None:
    """Name the kinds of letters about reports, more time, guidance, questions, visits, follow-ups and movements."""
    register_kinds("task_step", {"accept": NoticeKind.DECISION})
    register_kinds("task_given", {"publish": NoticeKind.NEWS})
    register_kinds("task_extension", {"ask": NoticeKind.REQUEST, "answer": NoticeKind.DECISION})
    register_kinds(GUIDANCE, dict.fromkeys((PUBLISHED, REMINDED, WITHDRAWN, REPLACED), NoticeKind.NEWS))
    register_kinds(QUESTION, {"ask": NoticeKind.REQUEST, "answer": NoticeKind.DECISION})
    register_kinds(MOVEMENT, dict.fromkeys((LAUNCHED, ENDED, REOPENED), NoticeKind.NEWS))
    register_kinds(VISIT, {"send": NoticeKind.DECISION})
    register_kinds(FOLLOW_UP, {"close": NoticeKind.DECISION, "cancel": NoticeKind.DECISION})
