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
    """The failed mails that still matter to who looks after accounts: the last one to each address still in use.

    A corrected address, or a mail that arrived there since, settles it; so does an account that was closed.
    """
    mails = OutboxMessage.objects.filter(channel=Channel.EMAIL)
    settled = mails.filter(status__in=(Status.SENT, Status.FAILED), pk__gt=OuterRef("pk"))
    later = settled.filter(recipient=OuterRef("recipient"), sent_to=OuterRef("sent_to"))
    scope = path_condition(user.access.paths(*ACCOUNT_ROLES), "recipient__home_unit__")
    failed = mails.filter(scope, status=Status.FAILED, recipient__is_active=True, sent_to=F("recipient__email"))
    return failed.exclude(sent_to="").filter(~Exists(later)).select_related("recipient")


def desk_items(user: User) -> list[DeskItem]:
    """One thing to do for each address that is refused, the newest first: one query, for who looks after accounts."""
    if not user.access.has(*ACCOUNT_ROLES):
        return []
    return [_item(mail) for mail in refused_addresses(user).order_by("-pk")[:MOST]]


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
