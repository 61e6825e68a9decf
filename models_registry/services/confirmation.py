from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.workflow import WorkflowError, lock
from models_registry import letters_requests as letters
from models_registry.content import content_mark, content_of
from models_registry.enums import RequestState
from models_registry.models import Confirmation
from models_registry.policy import askable_units
from models_registry.rules import may_answer

from .drafts import refuse_closed

if TYPE_CHECKING:
    from models_registry.models import Exemplar
    from organizations.models import Unit, User


@transaction.atomic
def ask_confirmation(*, exemplar: Exemplar, by: User, of: Unit) -> Confirmation:
    """Ask the unit's own leader, the Front or a union to confirm the content as it stands.

    Asking the same again after an edit replaces the open question; asking while one is open for this content is
    refused.
    """
    lock(exemplar)
    refuse_closed(exemplar, by)
    if not askable_units(exemplar).filter(pk=of.pk).exists():
        raise WorkflowError(_("Chỉ xin xác nhận của lãnh đạo đơn vị, Mặt trận hoặc đoàn thể."))
    mark = content_mark(content_of(exemplar))
    open_ones = exemplar.confirmations.filter(asked_of=of, state=RequestState.OPEN)
    if open_ones.filter(content_mark=mark).exists():
        raise WorkflowError(_("Đã xin %(unit)s xác nhận nội dung này, đang chờ trả lời.") % {"unit": of.name})
    close_questions(exemplar, of=of)
    confirmation = Confirmation.objects.create(
        exemplar=exemplar, asked_of=of, asked_by=by, asked_at=clock.now(), content_mark=mark
    )
    letters.ask_for_confirmation(confirmation)
    return confirmation


@transaction.atomic
def answer_confirmation(*, confirmation: Confirmation, by: User, granted: bool, note: str, seen_mark: str) -> None:
    """Confirm what was read, or send it back with a note. Refused when the content changed meanwhile."""
    exemplar = confirmation.exemplar
    lock(exemplar)
    confirmation.refresh_from_db(fields=["state", "content_mark"])
    _refuse_to_answer(exemplar, confirmation, by)
    now_mark = content_mark(content_of(exemplar))
    if granted and now_mark != seen_mark:
        raise WorkflowError(_("Đơn vị vừa sửa hồ sơ. Đọc lại nội dung mới dưới đây rồi xác nhận."))
    if not granted and not note.strip():
        raise WorkflowError(_("Ghi điều cần sửa để đơn vị biết."))
    confirmation.state = RequestState.GRANTED if granted else RequestState.REFUSED
    confirmation.content_mark, confirmation.note = now_mark, note.strip()
    confirmation.answered_by, confirmation.answered_at = by, clock.now()
    confirmation.save(update_fields=["state", "content_mark", "note", "answered_by", "answered_at"])
    letters.tell_unit_of_confirmation(confirmation)


def close_questions(exemplar: Exemplar, of: Unit | None = None) -> None:
    """Nobody needs to answer any more what was asked about the record: letters that have not left stay here."""
    asked = exemplar.confirmations.filter(state=RequestState.OPEN)
    for confirmation in asked.filter(asked_of=of) if of else asked:
        confirmation.state = RequestState.WITHDRAWN
        confirmation.save(update_fields=["state"])
        letters.take_back_confirmation(confirmation)


def _refuse_to_answer(exemplar: Exemplar, confirmation: Confirmation, by: User) -> None:
    if not may_answer(confirmation, by):
        raise WorkflowError(_("Việc này không thuộc vai trò của tài khoản đang dùng."))
    if confirmation.state != RequestState.OPEN:
        raise WorkflowError(_("Việc xin xác nhận này đã được trả lời hoặc đã rút."))
    if not exemplar.is_editable or exemplar.discarded_at:
        raise WorkflowError(_("Hồ sơ không còn là bản nháp nên không cần xác nhận nữa."))
    if by.pk == confirmation.asked_by_id:
        raise WorkflowError(_("Người xin xác nhận không tự xác nhận được."))
