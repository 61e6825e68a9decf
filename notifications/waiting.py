"""Letters that wait for a digest, and the digest that takes them: each is told once, whoever is first and how often.

A digest that is worded when it is sent takes the news under a mark of its own (`carried_by`), so that every attempt
finds the same; when it does not leave after all they wait again (`let_go`).
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock
from core.text import shorten
from organizations.models import User

from .delivery import is_owed
from .enums import Status
from .models import OutboxMessage
from .wording import Digest, News

if TYPE_CHECKING:
    from django.db.models import QuerySet

NOTICES = "notifications:notice_list"
#: A digest names so many letters; the page of notices holds the rest.
LINES = 20
_TITLE, _BODY = 150, 200
#: Under duties there is less room.
CARRIED_LINES = 10
_CARRIED_TITLE, _CARRIED_BODY = 120, 100
_MARKS = uuid.UUID("5e0ad1a1-3c0c-4f0e-9b53-6a3a2f9c7d10")


def _waiting(user: User, day: datetime.date) -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(recipient=user).waiting_for_digest(day, clock.wall_now())


@transaction.atomic
def take_news(user: User, day: datetime.date, mark: uuid.UUID | None = None) -> list[OutboxMessage]:
    """Take what waits for a digest of `day`; nobody else gets it again. What is no longer owed is skipped.

    Call it in the transaction that writes the digest. Who takes again under the same mark gets what was taken before
    and what came since.
    """
    mark = mark or uuid.uuid4()
    pks = list(_waiting(user, day).values_list("pk", flat=True))
    if pks:
        mine = OutboxMessage.objects.filter(pk__in=pks, status=Status.WAITING)
        mine.update(status=Status.GATHERED, claim=mark)
    taken = _taken(user, mark).select_related("recipient")
    return _owed_of(list(taken.order_by("created_at", "pk")))


def _taken(user: User, mark: uuid.UUID) -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(recipient=user, status=Status.GATHERED, claim=mark)


def _owed_of(taken: list[OutboxMessage]) -> list[OutboxMessage]:
    over = [message.pk for message in taken if not is_owed(message)]
    if over:
        OutboxMessage.objects.filter(pk__in=over).update(status=Status.SKIPPED)
    return [message for message in taken if message.pk not in over]


def _mark_of(message: OutboxMessage) -> uuid.UUID:
    return uuid.uuid5(_MARKS, str(message.pk))


def with_news(message: OutboxMessage, digest: Digest) -> Digest:
    """The digest with the news that wait for its reader; the same again, and what came since, at every attempt.

    Only for whoever holds the message: a worker that lost it would take news for a mail that has left.
    """
    with transaction.atomic():
        held = OutboxMessage.objects.select_for_update().filter(claim=message.claim, status=Status.CLAIMED)
        if held.filter(pk=message.pk).first() is None:
            return digest
        news = take_news(message.recipient, clock.wall_now().date(), _mark_of(message))
    return replace(digest, news=_news_of(news)) if news else digest


def let_go(message: OutboxMessage) -> None:
    """The digest does not leave: what it had taken waits again, for the next one."""
    _taken(message.recipient, _mark_of(message)).update(status=Status.WAITING, claim=None)


def lines_of(news: Sequence[OutboxMessage]) -> list[str]:
    """The letters as lines of a digest: at most LINES of them, then how many more there are."""
    lines = [f"– {shorten(one.title, _TITLE)}\n  {shorten(' '.join(one.body.split()), _BODY)}" for one in news[:LINES]]
    return [*lines, _more(len(news) - LINES)] if len(news) > LINES else lines


def _more(rest: int) -> str:
    words = ngettext("Và %(n)d tin nữa trên trang thông báo.", "Và %(n)d tin nữa trên trang thông báo.", rest)
    return words % {"n": rest}


def _news_of(news: Sequence[OutboxMessage]) -> News:
    items = tuple(
        (shorten(one.title, _CARRIED_TITLE), shorten(" ".join(one.body.split()), _CARRIED_BODY))
        for one in news[:CARRIED_LINES]
    )
    rest = len(news) - CARRIED_LINES
    return News(items, _more(rest).rstrip(".") if rest > 0 else _("Mở trang thông báo"), reverse(NOTICES))
