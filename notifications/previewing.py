"""What would be sent on a day: planned and worded by the same code as the real thing, without writing anything."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from core import clock
from core.working_days import is_working_day, working_days_after
from organizations.models import User

from . import wording
from .delivery import mail_for
from .digests import DUTIES, SUBJECT, digest_of, digests, gather_facts
from .hours import next_run_day
from .models import Channel, OutboxMessage, Reminder, ReminderSettings, Status, Tick
from .owed import Source, readable_ids, sources
from .planning import COLUMNS, PlannedRow, would_plan
from .reminder_models import ReminderState
from .sections import parts_for


@dataclass(frozen=True)
class PreviewedMessage:
    """What one person would get: words, and why the mail would stay away ("" when it would go)."""

    person: User
    digest: wording.Digest
    no_mail: str = ""

    def text(self, day: datetime.date) -> str:
        """The mail as plain text."""
        message = OutboxMessage(
            subject_type=SUBJECT,
            subject_id=day.toordinal(),
            step=DUTIES,
            recipient=self.person,
            channel=Channel.EMAIL,
            title=self.digest.title,
            body=self.digest.body,
            path=self.digest.path,
        )
        return str(mail_for(message, digest=self.digest).body)


@dataclass(frozen=True)
class Preview:
    """The rows of a day by person, in the order of their units; what sections tell; what nobody is told of.

    `off` holds the rows whose reminders are switched off: they are told of nothing until somebody switches them on.
    """

    day: datetime.date
    rows: dict[int, list[PlannedRow]] = field(default_factory=dict)
    off: dict[int, list[PlannedRow]] = field(default_factory=dict)
    left_out: list[PlannedRow] = field(default_factory=list)
    parts: dict[int, tuple[wording.Digest, ...]] = field(default_factory=dict)
    mail_on: bool = True

    @property
    def is_working_day(self) -> bool:
        return is_working_day(self.day)

    @property
    def people(self) -> list[int]:
        """Everybody who would get a message, those of the sections first."""
        return [*self.parts, *(pk for pk in self.rows if pk not in self.parts)]

    def messages(self, people: Collection[int], *, even_off: bool = False) -> list[PreviewedMessage]:
        """The messages of some people, worded by a fixed number of queries; `even_off` as if all were switched on."""
        by_person = {pk: self._rows_of(pk, even_off=even_off) for pk in people}
        facts = gather_facts([row for rows in by_person.values() for row in rows], self.day)
        users = User.objects.select_related("home_unit").in_bulk(list(people))
        found = []
        for pk, rows in by_person.items():
            parts = self.parts.get(pk, ())
            digest = wording.with_parts(digest_of(rows, facts, self.day), parts)
            if digest and pk in users:
                why = _why_no_part(users[pk], mail_on=self.mail_on) if parts else _why_no_mail(rows)
                found.append(PreviewedMessage(users[pk], digest, why))
        return found

    def _rows_of(self, person: int, *, even_off: bool) -> list[PlannedRow]:
        return [*self.rows.get(person, ()), *(self.off.get(person, ()) if even_off else ())]


def _why_no_part(person: User, *, mail_on: bool) -> str:
    """Why a message with a section is no mail."""
    if not mail_on:
        return _("Nhắc hạn qua thư điện tử đang tắt.")
    reached = person.email and person.mail_address_is_good
    return "" if reached else _("Tài khoản chưa có địa chỉ thư dùng được.")


def _why_no_mail(rows: list[PlannedRow]) -> str:
    """Why a message of reminders is no mail: every one of them stays on the portal."""
    mails = [row for row in rows if row.channel == Channel.EMAIL]
    reasons = [row.reason for row in mails if row.state != ReminderState.PLANNED]
    return reasons[0] if len(reasons) == len(mails) and reasons else ""


def preview(
    day: datetime.date,
    units: Collection[int] | None = None,
    readers: Collection[int] | None = None,
    *,
    asked_by: User | None = None,
) -> Preview:
    """What would be sent on `day` about what the given units owe or their offices follow.

    Apart from it what more would be sent were everything switched on.

    With what an earlier day planned and could not tell yet, and with the sections of those of `readers` who have one.
    All units and all readers by default; of what `asked_by` may not read nothing, as in the proof.
    """
    if not is_working_day(day):
        return Preview(day)
    planned = would_plan(day, units=units, reader=asked_by)
    newer = {_thing(row) for row in planned if row.is_on}
    given = ReminderSettings.objects.current()
    next_run = next_run_day(clock.now(), given)
    waiting = [row for row in _waiting_for(day, next_run, units, asked_by) if _thing(row) not in newer]
    parts = _parts(day, next_run, readers)
    return replace(_by_person(day, [*planned, *waiting]), parts=parts, mail_on=given.mail_on)


def count_told(subject_type: str, among: Q) -> int:
    """How many people the next run would tell of some things owed, were their reminders switched on."""
    next_run = next_run_day(clock.now(), ReminderSettings.objects.current())
    planned = would_plan(next_run, among=among, only={subject_type})
    return len({row.recipient_id for row in planned if row.state == ReminderState.PLANNED})


def _thing(row: PlannedRow) -> tuple[str, int, int, str]:
    """What one person is told of by one channel; a newer step about it overtakes the older one."""
    return row.subject_type, row.subject_id, row.recipient_id, row.channel


def _by_person(day: datetime.date, planned: Iterable[PlannedRow]) -> Preview:
    """Rows by person; those that nobody is told of are kept aside."""
    rows = sorted(planned, key=lambda row: (row.unit_id, row.recipient_id, row.key))
    told = {row.key[:4] for row in rows if row.state == ReminderState.PLANNED}
    found = Preview(day, left_out=[row for row in rows if row.channel == Channel.IN_APP and row.key[:4] not in told])
    for row in rows:
        if row.key[:4] in told:
            (found.rows if row.is_on else found.off).setdefault(row.recipient_id, []).append(row)
    return found


def _waiting_for(
    day: datetime.date, next_run: datetime.date, units: Collection[int] | None, asked_by: User | None = None
) -> list[PlannedRow]:
    """Reminders that earlier days planned and that the digests of `day` will tell.

    The next run takes all that is untold; that of the working day after it what came when its digest had left already.
    """
    rows = Reminder.objects.filter(state=ReminderState.PLANNED).order_by()
    if day == next_run:
        rows = rows.filter(Q(message=None) | _unsent("message__"), planned_for__lt=day)
    elif day == working_days_after(next_run, 1):
        gone = digests(next_run).filter(recipient=OuterRef("recipient"), channel=OuterRef("channel"))
        rows = rows.filter(Exists(gone.exclude(status=Status.PENDING)), message=None, planned_for__lte=next_run)
    else:
        return []
    if units is not None:
        rows = rows.filter(reduce(or_, _followed_from(units), Q(unit__in=units)))
    if asked_by is not None:
        rows = rows.filter(reduce(or_, [_about(source, readable_ids(source, asked_by)) for source in sources()]))
    return [PlannedRow(**values) for values in rows.values(*COLUMNS)]


def _followed_from(units: Collection[int]) -> Iterator[Q]:
    """Reminders about what other units owe and the offices of `units` follow."""
    for source in sources():
        for group in source.groups():
            if group.has_scope:
                yield _about(source, group.rows.filter(owed_scope__in=units).order_by().values("owed_id"))


def _about(source: Source, ids: QuerySet) -> Q:
    return Q(subject_type=source.subject_type, subject_id__in=ids)


def _unsent(prefix: str = "") -> Q:
    """Condition for messages that a worker has still to send."""
    own = Q(**{f"{prefix}status__in": (Status.PENDING, Status.CLAIMED)})
    return own & ~Q(**{f"{prefix}channel": Channel.IN_APP})


def _parts(
    day: datetime.date, next_run: datetime.date, readers: Collection[int] | None
) -> dict[int, tuple[wording.Digest, ...]]:
    """The sections of a day; in the next run also those of digests that could not leave on an earlier day."""
    since = Tick.objects.current().first_untold(day) if day == next_run else day
    found = parts_for(day, readers, since=since) if readers is None or readers else {}
    if day != next_run:
        return found
    unsent = OutboxMessage.objects.filter(_unsent(), subject_type=SUBJECT, step=DUTIES, subject_id__lt=day.toordinal())
    by_day: dict[datetime.date, set[int]] = defaultdict(set)
    for person, written in unsent.values_list("recipient", "created_at"):
        if readers is None or person in readers:
            by_day[written.astimezone(clock.VIETNAM).date()].add(person)
    for since, people in by_day.items():
        found |= parts_for(day, people, since=since)
    return found
