"""What is told when one side asks something of the other: a confirmation, a change of a recognised record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from core.text import shorten
from notifications.delivery import register_subject
from notifications.enums import NoticeKind
from notifications.kinds import register_kinds
from notifications.services import Letter, cancel, post
from organizations.enums import OFFICE_ROLES, UNIT_ROLES, Role
from organizations.models import User
from organizations.selectors import holders_over

from .enums import RequestState
from .models import ChangeRequest, Confirmation

if TYPE_CHECKING:
    from notifications.models import OutboxMessage

CHANGE = "change_request"
CONFIRMATION = "confirmation"
_TITLE = 200


def tell_office_of_change(change: ChangeRequest) -> None:
    """A unit asks to change a recognised record: to the reviewers over it, but not to who asked."""
    exemplar = change.exemplar
    title = _("Đề nghị điều chỉnh: %(name)s – %(unit)s") % {
        "name": exemplar.full_name,
        "unit": exemplar.unit.short_name,
    }
    body = _("%(unit)s đề nghị điều chỉnh hồ sơ “%(title)s” (%(number)s). Lý do: %(reason)s") % {
        "unit": exemplar.unit.name,
        "title": exemplar.headline,
        "number": exemplar.number,
        "reason": change.reason,
    }
    people = holders_over(exemplar.unit, *OFFICE_ROLES).exclude(pk=change.asked_by_id)
    _post(CHANGE, change.pk, "asked", people, title, body, reverse("models_registry:change_review", args=[exemplar.pk]))


def take_back_change(change: ChangeRequest) -> None:
    """The request was answered or withdrawn: nobody is told of it any more."""
    cancel(subject_type=CHANGE, subject_id=change.pk, step="asked")


def tell_unit_of_declined_change(change: ChangeRequest) -> None:
    """The office leaves the record as it is: to the officers of the unit."""
    exemplar = change.exemplar
    title = _("Không điều chỉnh: hồ sơ %(name)s") % {"name": exemplar.full_name}
    body = _("Phòng Nội vụ không áp dụng đề nghị điều chỉnh hồ sơ “%(title)s”. Lý do: %(reason)s") % {
        "title": exemplar.headline,
        "reason": change.decision_note,
    }
    people = holders_over(exemplar.unit, Role.OFFICER)
    _post(CHANGE, change.pk, "declined", people, title, body, exemplar.get_absolute_url())


def ask_for_confirmation(confirmation: Confirmation) -> None:
    """To the leaders of the own unit, or to the people of the Front or union that is asked."""
    exemplar = confirmation.exemplar
    roles = {Role.UNIT_LEADER} if confirmation.asked_of_id == exemplar.unit_id else UNIT_ROLES
    title = _("Xin xác nhận: hồ sơ %(name)s – %(unit)s") % {
        "name": exemplar.full_name,
        "unit": exemplar.unit.short_name,
    }
    body = _("%(unit)s xin xác nhận hồ sơ “%(title)s” trước khi gửi Phòng Nội vụ.") % {
        "unit": exemplar.unit.name,
        "title": exemplar.headline,
    }
    path = reverse("models_registry:confirmation_answer", args=[exemplar.pk])
    people = holders_over(confirmation.asked_of, *roles).exclude(pk=confirmation.asked_by_id)
    _post(CONFIRMATION, confirmation.pk, "asked", people, title, body, path)


def take_back_confirmation(confirmation: Confirmation) -> None:
    """The question was answered or withdrawn: nobody is told of it any more."""
    cancel(subject_type=CONFIRMATION, subject_id=confirmation.pk, step="asked")


def tell_unit_of_confirmation(confirmation: Confirmation) -> None:
    """The answer: to the officers of the unit."""
    take_back_confirmation(confirmation)
    exemplar = confirmation.exemplar
    names = {
        "name": exemplar.full_name,
        "title": exemplar.headline,
        "who": confirmation.asked_of.name,
        "note": confirmation.note,
    }
    if confirmation.state == RequestState.GRANTED:
        title, body = _("Đã xác nhận: hồ sơ %(name)s"), _("%(who)s đã xác nhận hồ sơ “%(title)s”. %(note)s")
    else:
        title = _("Chưa xác nhận: hồ sơ %(name)s")
        body = _("%(who)s chưa xác nhận hồ sơ “%(title)s”. Điều cần sửa: %(note)s")
    people = holders_over(exemplar.unit, Role.OFFICER)
    words = (title % names, (body % names).strip())
    _post(CONFIRMATION, confirmation.pk, "answered", people, *words, exemplar.get_absolute_url())


def _post(subject: str, pk: int, step: str, people: QuerySet[User], title: str, body: str, path: str) -> None:
    letter = Letter(title=shorten(title, _TITLE), body=body, path=path)
    post(subject_type=subject, subject_id=pk, step=step, recipients=people, letter=letter)


def _change_owed(message: OutboxMessage) -> bool:
    return message.step != "asked" or _is_open(ChangeRequest, message)


def _confirmation_owed(message: OutboxMessage) -> bool:
    return message.step != "asked" or _is_open(Confirmation, message)


def _is_open(model: type[ChangeRequest] | type[Confirmation], message: OutboxMessage) -> bool:
    return model._base_manager.filter(pk=message.subject_id, state=RequestState.OPEN).exists()


def register() -> None:
    """Let the outbox ask whether a question is still open at the moment of sending; name the kinds of the letters."""
    register_subject(CHANGE, _change_owed, opens_exemplar=True)
    register_subject(CONFIRMATION, _confirmation_owed, opens_exemplar=True)
    register_kinds(CHANGE, {"asked": NoticeKind.REQUEST, "declined": NoticeKind.DECISION})
    register_kinds(CONFIRMATION, {"asked": NoticeKind.REQUEST, "answered": NoticeKind.DECISION})
