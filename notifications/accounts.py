"""Letters about accounts in the outbox: to the address of the letter, with a link made when they are sent."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse

from core import clock
from organizations import mailing
from organizations.enums import Purpose
from organizations.models import AccountLetter

from .delivery import Addressed, register_addressed
from .models import Channel, OutboxMessage
from .tasks import nudge

SUBJECT = "account"
_WHILE_INVITED = (Purpose.INVITATION,)
_ALSO_ON_PORTAL = (Purpose.ROLES_CHANGED, Purpose.DETAILS_CHANGED)


def register() -> None:
    """Carry the letters of organizations, and say at the moment of sending whether they are still owed."""
    mailing.use(carry)
    register_addressed(SUBJECT, addressed)


def carry(letter: AccountLetter, title: str, body: str) -> None:
    """Put a letter into the outbox, as a mail alone: a notice on the portal would show the link to open sessions.

    What others changed (`_ALSO_ON_PORTAL`) carries no link and makes a notice as well.
    """
    noted = letter.purpose in _ALSO_ON_PORTAL
    channels = [Channel.IN_APP] * noted + [Channel.EMAIL] * bool(letter.address)
    OutboxMessage.objects.bulk_create(
        OutboxMessage(
            subject_type=SUBJECT,
            subject_id=letter.pk,
            step=letter.purpose,
            recipient=letter.user,
            channel=channel,
            title=title,
            body=body,
            path=reverse("organizations:account") if noted else "",
            created_at=clock.now(),
            not_before=clock.wall_now(),
        )
        for channel in channels
    )
    transaction.on_commit(nudge)


def addressed(message: OutboxMessage) -> Addressed | None:
    """Address and link of a letter; None when it was used, cancelled, is too old, or its account was closed.

    Nor is it owed to an address of the account that was marked as wrong.
    """
    letter = AccountLetter.objects.open_at(clock.wall_now()).filter(pk=message.subject_id).first()
    if letter is None or not (message.recipient.is_active or letter.purpose in _WHILE_INVITED):
        return None
    if letter.address == message.recipient.email and not message.recipient.mail_address_is_good:
        return None
    return Addressed(letter.address, letter.path or message.path)
