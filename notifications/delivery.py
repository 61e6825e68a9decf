"""Delivery: claim by compare-and-set, check that it is still owed, send by the channel, record (docs/outbox.md)."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from email.header import Header
from typing import Any, Protocol
from urllib.parse import urljoin

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from core import clock
from organizations.enums import AddressFault

from . import channels
from .calendar import attachment_for, items_of
from .enums import NoticeKind
from .hours import is_quiet
from .models import Channel, OutboxMessage, OutboxQuerySet, ReminderSettings, Status
from .wording import Digest

log = structlog.get_logger(__name__)

BATCH = 20
#: A claim older than this belongs to a worker that died; one mail takes less (`smtp.LONGEST_TALK`).
LEASE = datetime.timedelta(seconds=35)
#: Waits between attempts; after the last one the message has failed, which the administrator sees with the mails.
BACK_OFF = tuple(datetime.timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 480, 720))

#: subject type → whether a message about it is still owed at the moment of sending.
_still_owed: dict[str, Callable[[OutboxMessage], bool]] = {}
#: Subject types whose link opens the record of an exemplar (hồ sơ).
_exemplars: set[str] = set()


def register_subject(
    subject_type: str, still_owed: Callable[[OutboxMessage], bool], *, opens_exemplar: bool = False
) -> None:
    """Let an app say, at the moment of sending, whether a message about its records is still owed."""
    _still_owed[subject_type] = still_owed
    if opens_exemplar:
        _exemplars.add(subject_type)


@dataclass(frozen=True)
class Addressed:
    """Where a message goes that is not about a record, and the page its link opens."""

    email: str
    path: str


#: subject type → address and link of a message at the moment of sending, None when it is owed no more.
_addressed: dict[str, Callable[[OutboxMessage], Addressed | None]] = {}


def register_addressed(subject_type: str, addressed: Callable[[OutboxMessage], Addressed | None]) -> None:
    """Let an app name address and link itself, when a link must not be stored in the outbox."""
    _addressed[subject_type] = addressed


class Composer(Protocol):
    """Words a message at the moment of sending and hears what became of it."""

    def compose(self, message: OutboxMessage) -> Digest | None:
        """The words as they stand now; None when nothing of it is owed any more."""

    def settled(self, message: OutboxMessage, status: str, reason: str) -> None:
        """The message was sent, has failed or was left out; runs in the transaction that records it."""

    def not_yet(self) -> Q:
        """Which of its messages may not leave at this moment, whatever their time."""


#: (subject type, step) → who words such messages.
_composers: dict[tuple[str, str], Composer] = {}


def register_composer(subject_type: str, step: str, composer: Composer) -> None:
    """Let a kind of message be worded when it is sent; such messages wait while the hours are quiet."""
    _composers[subject_type, step] = composer


def _composer_of(message: OutboxMessage) -> Composer | None:
    return _composers.get((message.subject_type, message.step))


def _target_of(message: OutboxMessage) -> Addressed:
    own = _addressed.get(message.subject_type)
    return (own(message) if own else None) or Addressed(message.recipient.email, message.path)


def deliver(pks: Collection[int] | None = None, *, even_quiet: bool = False) -> int:
    """Send what is due on every channel; returns how many were sent.

    With `pks` only of those. Messages that are worded when they are sent wait while the hours are quiet.
    """
    release_stuck(clock.wall_now())
    return sum(_deliver_on(adapter.code, pks, even_quiet=even_quiet) for adapter in channels.sending())


def _deliver_on(channel: str, pks: Collection[int] | None, *, even_quiet: bool) -> int:
    """Send what is due on one channel, in small batches over one connection each; returns how many were sent."""
    sent = 0
    while batch := claim_batch(clock.wall_now(), pks, channel=channel, even_quiet=even_quiet):
        done, goes_on = _send_batch(batch)
        sent += done
        if not goes_on:
            break
    return sent


def release_stuck(now: datetime.datetime) -> int:
    """Give claims of dead workers back; the copy they may have sent carries the same Message-ID."""
    stuck = OutboxMessage.objects.stuck(now - LEASE)
    return stuck.update(status=Status.PENDING, claim=None, claimed_at=None)


def due_now(now: datetime.datetime, *, channel: str = Channel.EMAIL, even_quiet: bool = False) -> OutboxQuerySet:
    """Messages of a channel that may go out at `now` (wall time), without reminders while the hours are quiet."""
    due = OutboxMessage.objects.due(now, channel)
    for (subject_type, step), composer in _composers.items():
        due = due.exclude(composer.not_yet(), subject_type=subject_type, step=step)
    if even_quiet or not is_quiet(clock.now(), ReminderSettings.objects.current()):
        return due
    return due.exclude(subject_type__in={subject_type for subject_type, _step in _composers})


def claim_batch(
    now: datetime.datetime,
    among: Collection[int] | None = None,
    *,
    channel: str = Channel.EMAIL,
    even_quiet: bool = False,
) -> list[OutboxMessage]:
    """Claim a batch of due messages of one channel: only rows still pending change, so two workers never share one."""
    due = due_now(now, channel=channel, even_quiet=even_quiet)
    if among is not None:
        due = due.filter(pk__in=among)
    pks = list(due.order_by("pk").values_list("pk", flat=True)[:BATCH])
    if not pks:
        return []
    mark = uuid.uuid4()
    due.filter(pk__in=pks).update(status=Status.CLAIMED, claim=mark, claimed_at=now)
    held = OutboxMessage.objects.filter(pk__in=pks, claim=mark, status=Status.CLAIMED)
    return list(held.select_related("recipient__home_unit").order_by("pk"))


def _send_batch(batch: list[OutboxMessage]) -> tuple[int, bool]:
    """Send a batch of one channel; returns how many left and whether the other side is worth asking on."""
    adapter, sent = channels.adapter_of(batch[0].channel), 0
    assert adapter is not None  # only batches of enabled channels are claimed
    try:
        with adapter.batch():
            for message in batch:
                sent += _send_one(message, adapter)
    except channels.ChannelDown as error:
        _give_back(batch, error)
        return sent, False
    return sent, True


def _send_one(message: OutboxMessage, adapter: channels.Adapter) -> bool:
    """Send one message under a renewed claim; whoever lost the claim meanwhile sends nothing."""
    if not _renew(message):
        return False
    try:
        if not is_worded(message):
            _finish(message, status=Status.SKIPPED, last_error=_why_not(message))
            return False
        message.sent_to = adapter.address_of(message.recipient)
        adapter.send(message)
    except channels.ChannelDown:
        raise
    except Exception as error:  # noqa: BLE001  one bad message must not hold back the others
        _postpone(message, error)
        return False
    return _finish(message, status=Status.SENT, sent_at=clock.now(), attempts=message.attempts + 1, last_error="")


def is_worded(message: OutboxMessage) -> bool:
    """Give a message the words of this moment; False when it is not owed any more."""
    if not is_owed(message):
        return False
    composer = _composer_of(message)
    if composer is None:
        return True
    message.digest = composer.compose(message)
    if message.digest is None:
        return False
    message.title, message.body, message.path = message.digest.title, message.digest.body, message.digest.path
    return True


def _renew(message: OutboxMessage) -> bool:
    return _held(message).update(claimed_at=clock.wall_now()) == 1


def _held(message: OutboxMessage) -> OutboxQuerySet:
    return OutboxMessage.objects.filter(pk=message.pk, claim=message.claim, status=Status.CLAIMED)


def _give_back(batch: list[OutboxMessage], error: Exception) -> None:
    """Put what was not sent of a batch back, to be tried again after the first wait; no attempt is counted."""
    again = clock.wall_now() + BACK_OFF[0]
    unsent = OutboxMessage.objects.filter(pk__in=[m.pk for m in batch], claim=batch[0].claim, status=Status.CLAIMED)
    unsent.update(status=Status.PENDING, claim=None, claimed_at=None, not_before=again, last_error=str(error)[:300])
    log.error("mail_server_refuses", waiting=len(batch), error=type(error).__name__)


def is_owed(message: OutboxMessage) -> bool:
    """Whether the recipient is still active and the app that wrote the message still wants it sent."""
    if own := _addressed.get(message.subject_type):
        return own(message) is not None
    check = _still_owed.get(message.subject_type)
    person, adapter = message.recipient, channels.adapter_of(message.channel)
    reached = person.is_active and adapter is not None and bool(adapter.address_of(person))
    return reached and (check is None or check(message))


def _why_not(message: OutboxMessage) -> str:
    """Why a mail is left out, when it is for its address."""
    person = message.recipient
    if person.address_fault:
        return str(AddressFault(person.address_fault).label)
    lacks = person.is_active and not person.email and message.subject_type not in _addressed
    return _("Tài khoản chưa có địa chỉ thư dùng được.") if lacks and message.channel == Channel.EMAIL else ""


def _finish(message: OutboxMessage, **values: object) -> bool:
    """Record what became of a claimed message, and tell its composer; nothing when the claim was lost."""
    composer, status = _composer_of(message), str(values["status"])
    words = {name: getattr(message, name) for name in ("title", "body", "path", "sent_to")}
    with transaction.atomic():
        if _held(message).update(claim=None, claimed_at=None, **words, **values) != 1:
            return False
        if composer and status != Status.PENDING:
            composer.settled(message, status, str(values.get("last_error", "")))
        return True


def _postpone(message: OutboxMessage, error: Exception) -> None:
    attempts = message.attempts + 1
    failed = isinstance(error, channels.PermanentError) or attempts > len(BACK_OFF)
    values: dict[str, object] = {"attempts": attempts, "last_error": str(error)[:300]}
    if failed:
        values["status"] = Status.FAILED
    else:
        values |= {"status": Status.PENDING, "not_before": clock.wall_now() + BACK_OFF[attempts - 1]}
    _finish(message, **values)
    log.warning("mail_not_sent", message=message.pk, attempts=attempts, failed=failed, error=type(error).__name__)


class PortalMail(EmailMultiAlternatives):
    """A mail whose subject begins on the line of its name: Django leaves no room for "Subject: " in the first line."""

    def message(self) -> Any:  # type: ignore[override]  # the stubs are those of a later Django
        written = super().message()
        written.replace_header("Subject", Header(str(self.subject), "utf-8", header_name="Subject"))
        return written


def mail_for(
    message: OutboxMessage, connection: BaseEmailBackend | None = None, digest: Digest | None = None
) -> EmailMultiAlternatives:
    """The mail of a message: text and HTML with the same words, its dates as events; one link, or those of a digest."""
    target, digest = _target_of(message), digest or message.digest
    template = "notifications/digest" if digest else "notifications/mail"
    with translation.override(settings.LANGUAGE_CODE):
        context = {
            "message": message,
            "digest": digest,
            "site": settings.SITE_URL.rstrip("/"),
            "is_account": message.subject_type in _addressed,
            "opens_exemplar": message.subject_type in _exemplars and message.kind != NoticeKind.NEWS,
            "link": urljoin(settings.SITE_URL, target.path) if target.path else "",
            "office": settings.PORTAL_OFFICE,
            "contact": settings.OFFICE_CONTACT,
            "portal": settings.PORTAL_TITLE,
        }
        text = render_to_string(f"{template}.txt", context)
        html = render_to_string(f"{template}.html", context)
    mail = PortalMail(
        subject=" ".join(message.title.split()),
        body=text,
        from_email=settings.MAIL_FROM,
        to=[target.email],
        reply_to=[settings.MAIL_REPLY_TO] if settings.MAIL_REPLY_TO != settings.MAIL_FROM else None,
        headers=_headers_of(message),
        connection=connection,
    )
    mail.attach_alternative(html, "text/html")
    if dates := attachment_for(items_of(message)):
        mail.attach(dates)
    return mail


def _headers_of(message: OutboxMessage) -> dict[str, str]:
    """A machine wrote it, so no machine answers; digests name the page on which their rhythm is chosen."""
    headers = {
        "Message-ID": message.message_id,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }
    if message.is_digest:
        headers["List-Id"] = f"<{message.subject_type.replace('_', '-')}.{settings.MAIL_DOMAIN}>"
        headers["List-Unsubscribe"] = f"<{urljoin(settings.SITE_URL, reverse('notifications:preferences'))}>"
    return headers
