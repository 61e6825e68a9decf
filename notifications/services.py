from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from core import clock

from . import channels
from .calendar import CalendarItem, as_payload
from .enums import Channel, NoticeKind, Rhythm, Status
from .kinds import KINDS, Kind, kind_of
from .models import OutboxMessage
from .preferences import Rhythms, first_digest
from .reminder_models import Reminder
from .tasks import nudge

if TYPE_CHECKING:
    from organizations.models import User

#: Decisions can be undone for this long, so nothing leaves before it (decisions.md, Undo).
UNDO_WINDOW = datetime.timedelta(seconds=60)
#: What can still be taken back.
_NOT_OUT = (Status.PENDING, Status.WAITING)


@dataclass(frozen=True)
class Letter:
    """What is told: title (also the subject of the mail), plain text, and the page it leads to.

    `dates` go with the mail as calendar events. With `is_duty` it cannot be muted, whatever the kind of its step.
    """

    title: str
    body: str
    path: str
    dates: tuple[CalendarItem, ...] = ()
    is_duty: bool = False


def post(
    *,
    subject_type: str,
    subject_id: int,
    step: str,
    recipients: Iterable[User],
    letter: Letter,
    delay: datetime.timedelta = datetime.timedelta(0),
) -> None:
    """Write the rows for a notice and a mail to each recipient, in the transaction of their cause.

    Safe to repeat: a row that exists stays as it is. People without an address get the notice alone.
    """
    owed = Owed(subject_type, subject_id, step, tuple(recipients), letter)
    post_all([owed], delay=delay)


@dataclass(frozen=True)
class Owed:
    """One letter about one step of one subject, with who gets it."""

    subject_type: str
    subject_id: int
    step: str
    recipients: tuple[User, ...]
    letter: Letter

    @property
    def kind(self) -> Kind:
        """The kind by which its readers choose."""
        return KINDS[NoticeKind.DUTY] if self.letter.is_duty else kind_of(self.subject_type, self.step)


def post_all(owed: Iterable[Owed], *, delay: datetime.timedelta = datetime.timedelta(0)) -> None:
    """Write the rows of many letters at once; like `post` for each.

    What people chose for the kind of a letter counts at this moment: a letter may wait for a digest, or be a notice on
    the portal alone. Duties leave at once whatever was chosen.
    """
    owed = list(owed)
    desk = _Writing(owed, delay)
    rows = [row for one in owed for person in one.recipients for row in desk.rows_for(one, person)]
    OutboxMessage.objects.bulk_create(rows, ignore_conflicts=True)
    if not delay:
        transaction.on_commit(nudge)


def _left_out(person: User) -> dict[str, str]:
    """A mail to an address that was marked as wrong is left out from the start, and says why."""
    why = _("Địa chỉ thư bị đánh dấu sai: %(why)s.") % {"why": person.get_address_fault_display()}
    return {"status": Status.SKIPPED, "last_error": why}


class _Writing:
    """What the rows of one call share: the moment, the enabled channels, what the people chose."""

    def __init__(self, owed: list[Owed], delay: datetime.timedelta) -> None:
        self.created, self.wall = clock.now(), clock.wall_now()
        self.not_before = self.wall + delay
        self.adapters = channels.enabled()
        people = {person.pk for one in owed for person in one.recipients}
        self.rhythms = Rhythms(people, {one.kind.code: one.kind for one in owed}.values())

    def rows_for(self, one: Owed, person: User) -> list[OutboxMessage]:
        """The rows of one letter to one person."""
        reached = [adapter for adapter in self.adapters if adapter.address_of(person)]
        notices = [adapter for adapter in reached if not adapter.is_sent]
        sent = [adapter for adapter in reached if adapter.is_sent]
        rhythm = self.rhythms.of(person.pk, one.kind)
        day = first_digest(rhythm, self.wall.date())
        rows = [self._row(one, person, adapter) for adapter in notices]
        if person.email and not person.mail_address_is_good:
            rows += [self._row(one, person, a, **_left_out(person)) for a in self.adapters if a.code == Channel.EMAIL]
        if day:
            # One row stands for the letter; the digest itself goes by every channel.
            return rows + [self._row(one, person, a, status=Status.WAITING, gather_from=day) for a in sent[:1]]
        return rows if rhythm == Rhythm.PORTAL else rows + [self._row(one, person, adapter) for adapter in sent]

    def _row(self, one: Owed, person: User, adapter: channels.Adapter, **values: Any) -> OutboxMessage:
        return OutboxMessage(
            subject_type=one.subject_type,
            subject_id=one.subject_id,
            step=one.step,
            recipient=person,
            channel=adapter.code,
            kind=one.kind.code,
            title=one.letter.title,
            body=one.letter.body,
            path=one.letter.path,
            calendar=as_payload(one.letter.dates) if adapter.is_sent else None,
            created_at=self.created,
            not_before=self.not_before,
            **values,
        )


def cancel(*, subject_type: str, subject_id: int, step: str = "") -> int:
    """Take back what is not sent or not read yet about a subject, or about one step of it; returns how many."""
    return cancel_all(subject_type=subject_type, subject_ids=[subject_id], step=step)


def cancel_all(*, subject_type: str, subject_ids: Collection[int], step: str = "") -> int:
    """The same about several subjects of one kind: one statement."""
    waiting = OutboxMessage.objects.filter(
        subject_type=subject_type, subject_id__in=subject_ids, status__in=_NOT_OUT, read_at=None
    )
    if step:
        waiting = waiting.filter(step=step)
    return waiting.update(status=Status.SKIPPED)


def settle_notices(*, subject_type: str, subject_id: int) -> int:
    """A duty was done: notices of digests that tell of nothing else count as read; returns how many."""
    about = Reminder.objects.filter(subject_type=subject_type, subject_id=subject_id, message__isnull=False)
    others = Reminder.objects.filter(message=OuterRef("pk")).exclude(subject_type=subject_type, subject_id=subject_id)
    notices = OutboxMessage.objects.filter(pk__in=about.values("message"), channel=Channel.IN_APP, read_at=None)
    return notices.filter(~Exists(others)).update(read_at=clock.wall_now())


def cancel_steps(*, subject_type: str, steps: Iterable[str]) -> int:
    """Take back what is not sent or not read yet about steps whose names are unique; returns how many."""
    waiting = OutboxMessage.objects.filter(
        subject_type=subject_type, step__in=list(steps), status__in=_NOT_OUT, read_at=None
    )
    return waiting.update(status=Status.SKIPPED)


def mark_read(*, user: User, pks: Iterable[int] | None = None, kind: str = "") -> None:
    """Mark notices of `user` as read: those given or all, of one kind or every."""
    notices = OutboxMessage.objects.notices_of(user, clock.wall_now()).unread()
    if pks is not None:
        notices = notices.filter(pk__in=pks)
    if kind:
        notices = notices.filter(kind=kind)
    notices.update(read_at=clock.now())
