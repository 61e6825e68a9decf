"""What must hold for a step of a task's life; each rule answers with a reason (docs/workflow.md)."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock
from core.dates import format_date
from core.workflow import ALLOWED, Decision
from organizations.enums import OFFICE_ROLES, UNIT_ROLES, Role

from .content import missing_items, report_content, report_of
from .differences import changes_between
from .enums import TaskState, Tier

if TYPE_CHECKING:
    from organizations.models import User

    from .models import UnitTask

_WRITERS = {Tier.UNIT: frozenset({Role.OFFICER}), Tier.DISTRICT: frozenset(OFFICE_ROLES)}
_JUDGES = {Tier.UNIT: frozenset(OFFICE_ROLES), Tier.DISTRICT: frozenset({Role.INTERIOR_HEAD})}


def held_over(task: UnitTask, user: User, roles: Collection[str]) -> frozenset[str]:
    """Which of `roles` the person holds over a task: those of a unit over who answers now, others where it is followed.

    A successor may lie outside the district whose office the report goes to.
    """
    own, others = UNIT_ROLES & set(roles), set(roles) - UNIT_ROLES
    found = user.access.roles_over(task.unit.path, *own) if own else frozenset()
    return found | (user.access.roles_over(task.followed_at.path, *others) if others else frozenset())


def may_write(task: UnitTask, user: User) -> bool:
    """Whether the person answers this task: officers of the unit, for the district's own the office."""
    return bool(held_over(task, user, _WRITERS[Tier(task.milestone.tier)]))


def may_judge(task: UnitTask, user: User) -> bool:
    """Whether the person accepts reports on this task: the office, for the district's own its head."""
    return bool(held_over(task, user, _JUDGES[Tier(task.milestone.tier)]))


def opens_source(task: UnitTask, user: User) -> bool:
    """Whether the list behind a counted figure holds for the person what was counted.

    It shows the records of the unit that the task was given to, which its successor does not read.
    """
    readers = (*UNIT_ROLES, *OFFICE_ROLES, Role.LEADER)
    return not task.is_handed_over or user.access.covers(task.addressed.path, *readers)


def is_writer(task: UnitTask, user: User) -> Decision:
    """The right side of the tier hands in."""
    if may_write(task, user):
        return ALLOWED
    return Decision(False, _("Việc này không thuộc vai trò của tài khoản đang dùng."))


def is_judge(task: UnitTask, user: User) -> Decision:
    """The right side of the tier accepts."""
    if may_judge(task, user):
        return ALLOWED
    return Decision(False, _("Báo cáo của huyện do Trưởng phòng Nội vụ nhận."))


def is_published(task: UnitTask, _user: User) -> Decision:
    """Nothing is handed in for a milestone that is not given out."""
    if task.milestone.is_published:
        return ALLOWED
    return Decision(False, _("Mốc này chưa được giao nên chưa nhận báo cáo."))


def is_open(task: UnitTask, _user: User) -> Decision:
    """Reports are taken from the first day on; the first day counts."""
    if clock.today() >= task.milestone.opens:
        return ALLOWED
    return Decision(
        False, _("Mốc này nhận báo cáo từ ngày %(day)s. Viết trước được.") % {"day": format_date(task.milestone.opens)}
    )


def programme_runs(task: UnitTask, _user: User) -> Decision:
    """Late reports are taken until the programme itself is closed."""
    if not task.milestone.programme.is_closed:
        return ALLOWED
    return Decision(False, _("Chương trình đã đóng nên không nhận báo cáo nữa."))


def is_complete(task: UnitTask, _user: User) -> Decision:
    """All that the milestone asks for is there."""
    missing = missing_items(task)
    if not missing:
        return ALLOWED
    words = ngettext("Còn %(count)d mục cần bổ sung.", "Còn %(count)d mục cần bổ sung.", len(missing))
    return Decision(False, words % {"count": len(missing)})


def changed_since_return(task: UnitTask, _user: User) -> Decision:
    """A returned report is not handed in again as it was."""
    if task.state != TaskState.RETURNED:
        return ALLOWED
    last = task.versions.last()
    if last is None or changes_between(last.content, report_content(task, report_of(task))):
        return ALLOWED
    return Decision(False, _("Nội dung chưa thay đổi so với bản bị trả lại. Sửa theo nhận xét rồi nộp lại."))


def four_eyes(task: UnitTask, user: User) -> Decision:
    """Nobody decides on a report that they handed in."""
    if task.submitted_by_id != user.pk:
        return ALLOWED
    return Decision(False, _("Báo cáo do chính đồng chí nộp. Người khác phải nhận báo cáo này."))
