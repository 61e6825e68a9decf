"""The digest of news, for whom no digest of duties carries them (waiting.py).

Days are wall dates, like all clocks of the outbox: on a training clock that stands still a digest "of tomorrow" would
never leave.
"""

from __future__ import annotations

import datetime

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock
from core.working_days import is_working_day
from organizations.models import User

from . import channels, tasks
from .digests import digests_on_their_way
from .enums import NoticeKind
from .models import OutboxMessage
from .waiting import NOTICES, lines_of, take_news

SUBJECT = "news_digest"


def post_digests(day: datetime.date | None = None) -> int:
    """Send everybody one digest of the news that waits; returns how many people got one.

    On working days. Safe to repeat and for two at once: one digest a person and day, and what comes too late for it
    waits for the next. Who is about to get a digest of duties finds the news in it.
    """
    day = day or clock.wall_now().date()
    if not is_working_day(day):
        return 0
    waiting = OutboxMessage.objects.waiting_for_digest(day, clock.wall_now()).order_by()
    told = OutboxMessage.objects.filter(subject_type=SUBJECT, subject_id=day.toordinal())
    people = User.objects.filter(pk__in=waiting.values("recipient")).exclude(pk__in=told.values("recipient"))
    people = people.exclude(pk__in=digests_on_their_way().values("recipient"))
    return sum(_post_digest(person, day) for person in people.order_by("pk"))


def _post_digest(person: User, day: datetime.date) -> bool:
    """Write one digest with what it holds, or nothing of both when another worker was first."""
    try:
        with transaction.atomic():
            news = take_news(person, day)
            rows = _digest_rows(person, day, news) if news else []
            OutboxMessage.objects.bulk_create(rows)
    except IntegrityError:
        return False
    if rows:
        transaction.on_commit(tasks.nudge)
    return bool(rows)


def _digest_rows(person: User, day: datetime.date, news: list[OutboxMessage]) -> list[OutboxMessage]:
    title = ngettext("%(n)d tin mới trên cổng", "%(n)d tin mới trên cổng", len(news)) % {"n": len(news)}
    note = _("Đổi nhịp nhận tin ở trang Tài khoản, mục Nhận thông báo.")
    return [
        OutboxMessage(
            subject_type=SUBJECT,
            subject_id=day.toordinal(),
            step="news",
            recipient=person,
            channel=adapter.code,
            kind=NoticeKind.NEWS,
            title=title,
            body="\n".join([*lines_of(news), "", note]),
            path=reverse(NOTICES),
            created_at=clock.now(),
            not_before=clock.wall_now(),
        )
        for adapter in channels.enabled()
        if adapter.is_sent and adapter.address_of(person)
    ]
