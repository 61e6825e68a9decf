"""Who is told of guidance, of questions and of their answers, and whether it is still owed."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from core.dates import format_date
from core.text import shorten
from notifications.delivery import register_subject
from notifications.services import Letter, Owed, post, post_all
from organizations.enums import OFFICE_ROLES
from organizations.selectors import holders_over

from .guidance_enums import GuidanceState
from .models import Guidance, GuidanceUnit, Question, ReadReceipt
from .people import people_of_units

if TYPE_CHECKING:
    from collections.abc import Collection

    from notifications.models import OutboxMessage
    from organizations.models import Unit, User

GUIDANCE, QUESTION = "guidance", "question"
PUBLISHED, REMINDED, WITHDRAWN, REPLACED = "publish", "remind", "withdraw", "replace"
_QUOTED = 400


def _people(units: Collection[Unit], roles: tuple[str, ...] = ()) -> tuple[User, ...]:
    """Everybody who works for the units, once: one query."""
    people = people_of_units(units, *roles)
    return tuple({user.pk: user for found in people.values() for user in found}.values())


def _units(guidance: Guidance, *, unread: bool = False) -> list[Unit]:
    rows = GuidanceUnit.objects.filter(guidance=guidance).select_related("unit")
    return [row.unit for row in (rows.unread() if unread else rows)]


def tell_units(guidance: Guidance, units: list[Unit]) -> None:
    """A guidance was published: to officers and leaders of the units, who are told once."""
    body = shorten(guidance.text, _QUOTED)
    if guidance.replaces:
        body = _("Thay cho hướng dẫn “%(old)s”.\n\n%(body)s") % {"old": guidance.replaces.title, "body": body}
    title = _("Hướng dẫn mới: %(title)s") % {"title": guidance.title}
    _post(guidance, PUBLISHED, units, title, body)


def tell_withdrawn(guidance: Guidance, reason: str) -> None:
    """A guidance is out of force: to the people of the units that were to follow it."""
    title = _("Thu hồi hướng dẫn: %(title)s") % {"title": guidance.title}
    body = _("Hướng dẫn này không còn áp dụng. Lý do: %(reason)s") % {"reason": reason}
    _post(guidance, WITHDRAWN, _units(guidance), title, body)


def tell_replaced(old: Guidance, new: Guidance) -> None:
    """A guidance was replaced: to the people of its units that the new one does not address."""
    kept = set(new.addressed.values_list("unit", flat=True))
    title = _("Hướng dẫn hết áp dụng: %(title)s") % {"title": old.title}
    body = _("Phòng Nội vụ đã ban hành bản thay thế, không gửi cho đơn vị này. Không phải làm theo bản cũ nữa.")
    _post(old, REPLACED, [unit for unit in _units(old) if unit.pk not in kept], title, body)


def remind_unread(guidance: Guidance, day: datetime.date) -> tuple[int, int]:
    """Tell the people of the units that have not confirmed the reading, once a day.

    Returns how many units were told, and how many have nobody with an account.
    """
    unread = _units(guidance, unread=True)
    people = people_of_units(unread)
    units = [unit for unit in unread if people[unit.pk]]
    told = {"title": guidance.title, "date": _date_of(guidance.published_at)}
    body = _("Phòng Nội vụ ban hành hướng dẫn “%(title)s” ngày %(date)s. Đọc xong, bấm “Đã đọc” ở cuối trang.") % told
    _post(guidance, f"{REMINDED}:{day.isoformat()}", units, _("Chưa đọc hướng dẫn: %(title)s") % told, body)
    return len(units), len(unread) - len(units)


def _date_of(moment: datetime.datetime | None) -> str:
    return format_date(timezone.localtime(moment).date()) if moment else ""


def _post(guidance: Guidance, step: str, units: list[Unit], title: str, body: str) -> None:
    letter = Letter(title=shorten(title, 120), body=body, path=guidance.get_absolute_url())
    if people := _people(units):
        post_all([Owed(GUIDANCE, guidance.pk, step, people, letter)])


def tell_asked(question: Question) -> None:
    """A unit asked: to the office that answers."""
    told = {"unit": question.unit.short_name, "about": question.subject}
    letter = Letter(
        title=shorten(_("%(unit)s hỏi về %(about)s") % told, 120),
        body=question.text,
        path=question.get_absolute_url(),
    )
    people = holders_over(question.followed_at, *OFFICE_ROLES)
    post(subject_type=QUESTION, subject_id=question.pk, step="ask", recipients=people, letter=letter)


def tell_answered(question: Question) -> None:
    """The office answered: to the people of the unit."""
    letter = Letter(
        title=shorten(_("Đã trả lời câu hỏi về %(about)s") % {"about": question.subject}, 120),
        body=question.answer,
        path=question.get_absolute_url(),
    )
    people = people_of_units([question.unit])[question.unit_id]
    post(subject_type=QUESTION, subject_id=question.pk, step="answer", recipients=people, letter=letter)


def guidance_owed(message: OutboxMessage) -> bool:
    """Whether the guidance still stands and, for a reminder, the recipient's units have not all confirmed.

    That it stands no more is told whatever came after.
    """
    if message.step in (WITHDRAWN, REPLACED):
        return True
    guidance = Guidance.objects.filter(pk=message.subject_id, state=GuidanceState.PUBLISHED).first()
    if guidance is None:
        return False
    if message.step == PUBLISHED:
        return not ReadReceipt.objects.filter(guidance=guidance, user=message.recipient_id).exists()
    unread = _units(guidance, unread=True)
    return message.recipient_id in {user.pk for user in _people(unread)}


def question_owed(message: OutboxMessage) -> bool:
    """A question is told while it waits; an answer always."""
    question = Question.objects.filter(pk=message.subject_id).first()
    return question is not None and (message.step == "answer" or question.answered_at is None)


def register() -> None:
    """Let the outbox ask, at the moment of sending, whether a message is still owed."""
    register_subject(GUIDANCE, guidance_owed)
    register_subject(QUESTION, question_owed)
