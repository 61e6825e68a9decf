"""What the head of the office decides about reminders: the switch of a programme, and the hours for all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import Programme
from core.audit import Subject, record
from core.audit.models import EventKind
from core.audit.words import register_words
from core.workflow import WorkflowError
from notifications.models import ReminderSettings
from organizations.enums import Role

if TYPE_CHECKING:
    from organizations.models import User

_HEAD = frozenset({Role.INTERIOR_HEAD.value})


@transaction.atomic
def switch_reminders(*, programme: Programme, on: bool, by: User) -> bool:
    """Switch the reminders of a programme on or off; returns whether that changed anything.

    Refused for others than the head of the office over it, and for a closed programme.
    """
    programme = Programme.objects.select_for_update(of=("self",)).select_related("unit").get(pk=programme.pk)
    if not by.access.covers(programme.unit.path, Role.INTERIOR_HEAD):
        raise WorkflowError(_("Chỉ Trưởng phòng Nội vụ bật, tắt được nhắc hạn."))
    if programme.is_closed:
        raise WorkflowError(_("Chương trình đã đóng nên không nhắc hạn nữa."))
    if programme.reminders_on == on:
        return False
    programme.reminders_on = on
    programme.save(update_fields=["reminders_on"])
    record(
        kind=EventKind.SETTING,
        action="reminders.on" if on else "reminders.off",
        actor=by,
        roles=_HEAD,
        subject=Subject("programme", programme.pk, programme.code, programme.unit_id),
    )
    return True


@transaction.atomic
def save_hours(*, by: User, values: Mapping[str, Any]) -> ReminderSettings:
    """Write when reminders leave, and whether mails are sent at all."""
    stored = ReminderSettings.objects.current()
    for name, value in values.items():
        setattr(stored, name, value)
    stored.save()
    record(kind=EventKind.SETTING, action="reminders.hours", actor=by, roles=_HEAD, data={"mail_on": stored.mail_on})
    return stored


def register() -> None:
    """Name the decisions on the page of the log."""
    register_words(
        {
            "reminders.on": gettext_lazy("Bật nhắc hạn của chương trình"),
            "reminders.off": gettext_lazy("Tắt nhắc hạn của chương trình"),
            "reminders.hours": gettext_lazy("Đổi giờ gửi nhắc hạn"),
        }
    )
