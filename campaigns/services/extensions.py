"""More time for a task: asked by the unit with a reason, granted (perhaps for another day) or refused by the office."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from campaigns import letters
from campaigns.enums import ExtensionState, TaskState
from campaigns.models import Extension
from campaigns.rules import may_judge, may_write
from core import clock
from core.audit import Subject, record
from core.audit.models import EventKind
from core.dates import format_date
from core.workflow import WorkflowError

from .locking import lock_task

if TYPE_CHECKING:
    from campaigns.models import Milestone, Programme, UnitTask
    from organizations.models import User


def why_no_extension(task: UnitTask, by: User) -> str:
    """Why `by` cannot ask for more time for a task; "" when nothing speaks against it."""
    if not may_write(task, by):
        return _("Chỉ người được giao nhiệm vụ này xin gia hạn được.")
    if task.state != TaskState.OPEN:
        return _("Chỉ xin gia hạn khi báo cáo chưa nộp lần nào hoặc đã rút về.")
    if task.milestone.programme.is_closed:
        return _("Chương trình đã đóng nên không gia hạn được.")
    if any(row.state == ExtensionState.OPEN for row in task.extensions.all()):
        return _("Đã có một đề nghị gia hạn đang chờ trả lời.")
    return ""


@transaction.atomic
def ask_extension(*, task: UnitTask, by: User, wanted: datetime.date, reason: str) -> Extension:
    """Ask the office for more time: one open request at a time, for a day after the present one and not past."""
    lock_task(task)
    if why := why_no_extension(task, by):
        raise WorkflowError(why)
    if not reason.strip():
        raise WorkflowError(_("Ghi lý do xin gia hạn để Phòng Nội vụ xem xét."))
    _refuse_day(task, wanted)
    try:
        with transaction.atomic():
            extension = Extension.objects.create(
                task=task, wanted=wanted, reason=reason.strip(), asked_at=clock.now(), asked_by=by
            )
    except IntegrityError:
        raise WorkflowError(_("Đã có một đề nghị gia hạn đang chờ trả lời.")) from None
    _log(extension, "extension.ask", by, extension.reason)
    letters.tell_judges_of_extension(extension)
    return extension


def _refuse_day(task: UnitTask, day: datetime.date) -> None:
    """A new day lies after the one that stands, not in the past, and within the programme."""
    if day <= task.due or day < clock.today():
        raise WorkflowError(
            _("Ngày xin lùi phải sau hạn đang có (%(due)s) và không ở quá khứ.") % {"due": format_date(task.due)}
        )
    if day > task.milestone.programme.ends:
        raise WorkflowError(
            _("Ngày xin lùi phải trong thời gian của chương trình (đến %(day)s).")
            % {"day": format_date(task.milestone.programme.ends)}
        )


@transaction.atomic
def grant_extension(*, extension: Extension, by: User, day: datetime.date, answer: str = "") -> None:
    """Move the day of the task, to the one that was asked for or another; the unit is told."""
    task = _lock_open(extension, by)
    if task.state != TaskState.OPEN:
        raise WorkflowError(_("Đơn vị đã nộp báo cáo nên không cần gia hạn nữa. Chọn “Không gia hạn”."))
    if task.milestone.programme.is_closed:
        raise WorkflowError(_("Chương trình đã đóng nên không gia hạn được."))
    _refuse_day(task, day)
    task.due, task.is_extended = day, True
    task.save(update_fields=["due", "is_extended"])
    extension.granted = day
    _close(extension, ExtensionState.GRANTED, by, answer)


@transaction.atomic
def refuse_extension(*, extension: Extension, by: User, answer: str) -> None:
    """Leave the day of the task as it is and say why; the unit is told."""
    _lock_open(extension, by)
    if not answer.strip():
        raise WorkflowError(_("Ghi lý do không gia hạn để đơn vị biết."))
    _close(extension, ExtensionState.REFUSED, by, answer)


def _lock_open(extension: Extension, by: User) -> UnitTask:
    """Lock the task, then read the request anew; raise when it is answered already or by the wrong person."""
    task = extension.task
    lock_task(task)
    if not may_judge(task, by):
        raise WorkflowError(_("Chỉ Phòng Nội vụ trả lời được đề nghị gia hạn."))
    extension.refresh_from_db(fields=["state", "answer"])
    if extension.state != ExtensionState.OPEN:
        raise WorkflowError(ended_words(extension))
    if extension.asked_by_id == by.pk:
        raise WorkflowError(_("Đề nghị do chính đồng chí gửi. Người khác phải trả lời đề nghị này."))
    return task


def ended_words(extension: Extension) -> str:
    """Why a request is not answered any more."""
    if extension.state == ExtensionState.DROPPED:
        return _("Không cần trả lời đề nghị gia hạn này nữa: %(why)s") % {"why": extension.answer}
    return _("Đề nghị gia hạn này đã được trả lời.")


def drop_requests(*, task: UnitTask, by: User) -> None:
    """End the open request of a task whose report comes in: the office answers nothing, the unit is told nothing."""
    _drop(Q(task=task), by, _("đơn vị đã nộp báo cáo."))


def drop_open(*, programme: Programme, by: User) -> None:
    """End the open requests of a programme that is closed: nothing of it can be granted any more."""
    _drop(Q(task__milestone__programme=programme), by, _("chương trình đã đóng."))


def drop_fulfilled(*, milestone: Milestone, by: User) -> None:
    """End the open requests for a day that the moved due date gives anyway."""
    fulfilled = Q(task__milestone=milestone, wanted__lte=F("task__due"))
    _drop(fulfilled, by, _("hạn đã lùi đến ngày %(due)s."))


def _drop(which: Q, by: User, why: str) -> None:
    """End open requests without an answer; `why` may name the day by which the task is due now."""
    rows = Extension.objects.filter(which, state=ExtensionState.OPEN)
    for extension in rows.select_related("task__unit", "task__milestone").order_by("pk"):
        told = {"due": format_date(extension.task.due)}
        _end(extension, ExtensionState.DROPPED, by, why % told)


def _close(extension: Extension, state: ExtensionState, by: User, answer: str) -> None:
    _end(extension, state, by, answer.strip())
    letters.tell_unit_of_extension(extension)


_ACTIONS = {
    ExtensionState.GRANTED: "extension.grant",
    ExtensionState.REFUSED: "extension.refuse",
    ExtensionState.DROPPED: "extension.drop",
}


def _end(extension: Extension, state: ExtensionState, by: User, answer: str = "") -> None:
    extension.state, extension.answer = state, answer
    extension.answered_at, extension.answered_by = clock.now(), by
    extension.save(update_fields=["state", "answer", "answered_at", "answered_by", "granted"])
    _log(extension, _ACTIONS[state], by, answer)
    letters.take_back_extension(extension)


def _log(extension: Extension, action: str, by: User, reason: str) -> None:
    task = extension.task
    record(
        kind=EventKind.SETTING,
        action=action,
        actor=by,
        subject=Subject("extension", extension.pk, str(task), task.log_unit_id),
        reason=reason,
        data={"task": task.pk, "wanted": str(extension.wanted), "granted": str(extension.granted or "")},
    )
