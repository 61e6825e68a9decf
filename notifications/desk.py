"""What waits on the desk because of mails: addresses that mail servers refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from core.desk import DeskItem
from core.text import shorten
from organizations.enums import ACCOUNT_ROLES
from organizations.querysets import path_condition

from .models import Channel, OutboxMessage, OutboxQuerySet, Status

if TYPE_CHECKING:
    from organizations.models import User

#: Addresses on one desk.
MOST = 10


def refused_addresses(user: User) -> OutboxQuerySet:
    """The failed mails that still matter to who looks after accounts: to an address that is still in use.

    A corrected address, or a mail that arrived there since, settles it; so does an account that was closed.
    """
    mails = OutboxMessage.objects.filter(channel=Channel.EMAIL)
    arrived = mails.filter(recipient=OuterRef("recipient"), sent_to=OuterRef("sent_to"), status=Status.SENT)
    scope = path_condition(user.access.paths(*ACCOUNT_ROLES), "recipient__home_unit__")
    failed = mails.filter(scope, status=Status.FAILED, recipient__is_active=True, sent_to=F("recipient__email"))
    return failed.exclude(sent_to="").filter(~Exists(arrived.filter(pk__gt=OuterRef("pk")))).select_related("recipient")


def desk_items(user: User) -> list[DeskItem]:
    """One thing to do for each address that is refused: one query, for those who look after accounts."""
    if not user.access.has(*ACCOUNT_ROLES):
        return []
    newest = {mail.recipient_id: mail for mail in refused_addresses(user).order_by("pk")[: MOST * 5]}
    return [_item(mail) for mail in list(newest.values())[:MOST]]


def _item(mail: OutboxMessage) -> DeskItem:
    person = mail.recipient
    return DeskItem(
        title=_("Sửa địa chỉ thư của %(name)s") % {"name": person.full_name},
        note=_("%(address)s bị từ chối: %(error)s")
        % {"address": mail.sent_to, "error": shorten(mail.last_error or _("không rõ lý do"), 80)},
        url=reverse("organizations:account_detail", args=[person.pk]),
        action=_("Mở tài khoản"),
        group="soon",
    )
