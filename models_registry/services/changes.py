from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core import clock
from core.workflow import WorkflowError, apply, lock
from models_registry import letters, letters_requests
from models_registry.content import content_mark, content_of
from models_registry.enums import RequestState, State
from models_registry.models import ChangeRequest
from models_registry.workflow import EXEMPLAR_WORKFLOW
from organizations.enums import OFFICE_ROLES, Role

from .drafts import write_content
from .life import freeze

if TYPE_CHECKING:
    from models_registry.models import Exemplar
    from organizations.models import User

    from .drafts import DraftInput


@transaction.atomic
def ask_for_change(*, exemplar: Exemplar, by: User, posted: str, reason: str, seen_version: int) -> ChangeRequest:
    """Ask the office to change a recognised record; the record itself stays frozen. One request at a time."""
    lock(exemplar)
    _refuse_to_ask(exemplar, by, reason)
    if exemplar.version != seen_version:
        raise WorkflowError(_("Hồ sơ vừa được điều chỉnh. Xem lại nội dung mới rồi gửi đề nghị."))
    try:
        with transaction.atomic():
            change = ChangeRequest.objects.create(
                exemplar=exemplar,
                reason=reason.strip(),
                posted=posted,
                base=exemplar.version,
                asked_by=by,
                asked_at=clock.now(),
            )
    except IntegrityError:
        raise WorkflowError(_("Hồ sơ đã có một đề nghị điều chỉnh đang chờ Phòng Nội vụ.")) from None
    letters_requests.tell_office_of_change(change)
    return change


def _refuse_to_ask(exemplar: Exemplar, by: User, reason: str) -> None:
    if not by.access.covers(exemplar.unit.path, Role.OFFICER):
        raise WorkflowError(_("Chỉ cán bộ phụ trách của đơn vị đề nghị điều chỉnh được hồ sơ này."))
    if exemplar.state != State.RECOGNISED:
        raise WorkflowError(EXEMPLAR_WORKFLOW.wrong_state(exemplar))
    if exemplar.is_on_hold:
        raise WorkflowError(_("Hồ sơ đang tạm dừng: %(reason)s") % {"reason": exemplar.hold_reason})
    if not reason.strip():
        raise WorkflowError(_("Ghi lý do điều chỉnh để Phòng Nội vụ biết."))


@transaction.atomic
def withdraw_change(*, change: ChangeRequest, by: User) -> None:
    """The unit no longer wants the change; the office is told nothing more."""
    _lock_open(change)
    if not by.access.covers(change.exemplar.unit.path, Role.OFFICER):
        raise WorkflowError(_("Chỉ cán bộ phụ trách của đơn vị rút được đề nghị này."))
    change.state = RequestState.WITHDRAWN
    change.save(update_fields=["state"])
    letters_requests.take_back_change(change)


@transaction.atomic
def apply_change(*, change: ChangeRequest, by: User, data: DraftInput, seen_mark: str) -> None:
    """Write what was asked into the record, freeze a new version, tell the unit.

    `seen_mark` is the fingerprint of the content beside which the request was shown; refused when it has changed.
    """
    _lock_open(change)
    exemplar = change.exemplar
    if content_mark(content_of(exemplar)) != seen_mark:
        raise WorkflowError(_("Hồ sơ vừa thay đổi. Đọc lại phần so sánh dưới đây rồi quyết định."))
    if not (allowed := EXEMPLAR_WORKFLOW.check("amend", exemplar, by)):
        raise WorkflowError(allowed.reason)
    # Written before the step, whose row of the field history holds what stands after it.
    write_content(exemplar, change.asked_by, data)
    log = apply(EXEMPLAR_WORKFLOW, "amend", exemplar, by=by, reason=change.reason)
    log.version = freeze(exemplar, change.asked_by).number
    log.save(update_fields=["version"])
    _decide(change, by, RequestState.GRANTED, "")
    letters_requests.take_back_change(change)
    letters.tell_unit(exemplar, log)


@transaction.atomic
def decline_change(*, change: ChangeRequest, by: User, note: str) -> None:
    """Leave the record as it is, with a reason that the unit reads."""
    _lock_open(change)
    exemplar = change.exemplar
    if not by.access.covers(exemplar.unit.path, *OFFICE_ROLES):
        raise WorkflowError(_("Việc này không thuộc vai trò của tài khoản đang dùng."))
    if by.pk == change.asked_by_id:
        raise WorkflowError(_("Đề nghị do chính đồng chí gửi. Người khác của Phòng Nội vụ phải xét đề nghị này."))
    if not note.strip():
        raise WorkflowError(_("Ghi lý do không đồng ý, đơn vị sẽ đọc lý do này."))
    _decide(change, by, RequestState.REFUSED, note.strip())
    letters_requests.take_back_change(change)
    letters_requests.tell_unit_of_declined_change(change)


def _lock_open(change: ChangeRequest) -> None:
    """Lock the record, then read the request anew: two reviewers decide once."""
    lock(change.exemplar)
    change.refresh_from_db(fields=["state", "posted", "reason", "base"])
    if change.state != RequestState.OPEN:
        words = RequestState(change.state).label.lower()
        raise WorkflowError(_("Đề nghị này không còn chờ nữa (%(state)s).") % {"state": words})


def _decide(change: ChangeRequest, by: User, state: str, note: str) -> None:
    change.state, change.decision_note = state, note
    change.decided_by, change.decided_at = by, clock.now()
    change.save(update_fields=["state", "decision_note", "decided_by", "decided_at"])
