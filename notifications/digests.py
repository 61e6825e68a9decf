"""Digests: one message a day, person and channel, made of the reminders and sections of the day, worded when sent.

`gather` turns waiting reminders into messages with a handful of statements, whatever their number. A notice on the
portal is worded at once; a mail at the moment of sending, so that what was handed in meanwhile drops out.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import (
    BigIntegerField,
    CharField,
    DateTimeField,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    SmallIntegerField,
    Subquery,
    Value,
)
from django.utils.translation import gettext as _

from core import clock
from core.insert_select import compiled, insert_select
from organizations.enums import OFFICE_ROLES, Role
from organizations.models import RoleAssignment

from . import channels, wording
from .calendar import CalendarItem, as_payload, items_about
from .delivery import register_composer
from .models import Channel, OutboxMessage, OutboxQuerySet, Status
from .owed import OwedLine, source_of
from .reminder_models import Reminder, ReminderQuerySet, ReminderSettings, ReminderState, Tick, Tier
from .sections import Parts, parts_for, readers_on
from .waiting import let_go, with_news

SUBJECT = "digest"
DUTIES = "duties"
#: Notices that are worded in one go.
AT_ONCE = 500


class Told(Protocol):
    """What the words need of a reminder, planned or only previewed."""

    @property
    def subject_type(self) -> str: ...
    @property
    def subject_id(self) -> int: ...
    @property
    def unit_id(self) -> int: ...
    @property
    def recipient_id(self) -> int: ...
    @property
    def due(self) -> datetime.date: ...
    @property
    def tier(self) -> str: ...


def day_of(message: OutboxMessage) -> datetime.date:
    """The local day of a digest: it stands in the key of the message."""
    return datetime.date.fromordinal(message.subject_id)


def digests(day: datetime.date) -> OutboxQuerySet:
    """The messages of a day that hold reminders."""
    return OutboxMessage.objects.filter(subject_type=SUBJECT, subject_id=day.toordinal(), step=DUTIES)


def _unsent() -> OutboxQuerySet:
    """Digests that wait for a worker, of any day, on the channels by which something is sent."""
    rows = OutboxMessage.objects.filter(subject_type=SUBJECT, step=DUTIES, status=Status.PENDING)
    return rows.exclude(channel=Channel.IN_APP)


def digests_on_their_way() -> OutboxQuerySet:
    """Mails with reminders, or with what is late, that a worker will send: they carry the news of their readers."""
    if Channel.EMAIL not in {adapter.code for adapter in channels.sending()}:
        return OutboxMessage.objects.none()
    unsent = (Status.PENDING, Status.CLAIMED)
    return OutboxMessage.objects.filter(subject_type=SUBJECT, channel=Channel.EMAIL, status__in=unsent)


def gather(day: datetime.date, since: datetime.date | None = None) -> int:
    """Put the reminders that wait into the digests of `day`; returns how many notices were worded. Safe to repeat.

    A digest of an earlier day that could not be sent yet becomes today's, with its attempts and its Message-ID; what a
    newer step has overtaken is left out. Reminders planned after the digest of the day has left wait for the next.
    With the sections that fell on the days from `since` on, on which nothing was planned.
    """
    _merge_unsent(day)
    _move_unsent(day)
    _leave_overtaken()
    _write_rows(day)
    parts = Parts(day, since)
    _write_rows_of_sections(day, parts)
    waiting = Reminder.objects.waiting()
    _of_same_person(digests(day), waiting).update(body="", read_at=None)
    row = digests(day).filter(status=Status.PENDING, recipient=OuterRef("recipient"), channel=OuterRef("channel"))
    waiting.update(message=_first(row))
    return sum(_word_notices(batch, parts) for batch in _unworded(day))


def _first(rows: QuerySet) -> Subquery:
    """The key of the first of `rows`, looked up by its index for each outer row.

    EXISTS would do, but PostgreSQL makes it a join, and without statistics (a new portal, a restored one) a join of
    nested loops: 4,000 mails with 4,000 reminders took 1 s, 21,000 take half a minute.
    """
    return Subquery(rows.order_by().values("pk")[:1])


def _of_same_person(messages: OutboxQuerySet, reminders: ReminderQuerySet) -> OutboxQuerySet:
    """Those of `messages` whose readers have one of `reminders` on the same channel."""
    theirs = reminders.filter(recipient=OuterRef("recipient"), channel=OuterRef("channel"))
    return messages.alias(theirs=_first(theirs)).filter(theirs__isnull=False, status=Status.PENDING)


def _merge_unsent(day: datetime.date) -> None:
    """Of several digests that could not leave the newest stays; what the others held waits for it again.

    One more comes about when a worker held a digest while the next day was planned; so does one beside that of `day`.
    """
    same = {"recipient": OuterRef("recipient"), "channel": OuterRef("channel")}
    unsent = _unsent().filter(subject_id__lt=day.toordinal())
    newer = _first(unsent.filter(subject_id__gt=OuterRef("subject_id"), **same))
    merged = unsent.alias(newer=newer, there=_first(digests(day).filter(**same)))
    merged = merged.exclude(newer=None, there=None)
    pks = list(merged.values_list("pk", flat=True))
    if not pks:
        return
    Reminder.objects.filter(message__in=pks, state=ReminderState.PLANNED).update(message=None)
    gone = OutboxMessage.objects.filter(pk__in=pks, status=Status.PENDING)
    gone.update(status=Status.SKIPPED, last_error=_("Gộp vào thư của ngày sau."))


def _move_unsent(day: datetime.date) -> None:
    _unsent().filter(subject_id__lt=day.toordinal()).update(subject_id=day.toordinal())


def _leave_overtaken() -> None:
    """A newer step about the same thing for the same person makes the one that still waits superfluous."""
    unsent = Q(message=None) | Q(message__status=Status.PENDING) & ~Q(channel=Channel.IN_APP)
    late = Reminder.objects.filter(unsent, _has_newer(), state=ReminderState.PLANNED)
    late.update(state=ReminderState.SKIPPED, reason=_("Đã có bậc nhắc mới hơn trước khi gửi được."))


def _has_newer() -> Exists:
    """Whether a later day planned a step about the same thing for the same person and channel."""
    same = ("subject_type", "subject_id", "recipient", "channel")
    return Exists(
        Reminder.objects.filter(**{name: OuterRef(name) for name in same}, planned_for__gt=OuterRef("planned_for"))
    )


def _write_rows(day: datetime.date) -> None:
    given = {
        "subject_type": _text(SUBJECT),
        "subject_id": Value(day.toordinal(), output_field=BigIntegerField()),
        "step": _text(DUTIES),
        "title": _text(_title(day)),
        "body": _text(""),
        "path": _text(settings.LOGIN_REDIRECT_URL),
        "created_at": Value(clock.now(), output_field=DateTimeField()),
        "not_before": Value(clock.wall_now(), output_field=DateTimeField()),
        "status": _text(Status.PENDING.value),
        "attempts": Value(0, output_field=SmallIntegerField()),
        "sent_to": _text(""),
        "last_error": _text(""),
    }
    columns = ["recipient_id", "channel", *given]
    constants = {f"new_{name}": value for name, value in given.items()}
    people = Reminder.objects.waiting().order_by().annotate(**constants).values(*columns[:2], *constants).distinct()
    insert_select(OutboxMessage, columns, compiled(people))


def _write_rows_of_sections(day: datetime.date, parts: Parts) -> None:
    """Write the messages of those whom nothing but a section has to say something; who has them is worded no more."""
    people = readers_on(day, parts.since)
    told = set(digests(day).filter(recipient__in=people).values_list("recipient_id", "channel")) if people else set()
    ways = _ways()
    lacking = {
        (pk, way.code)
        for pk, person in people.items()
        for way in ways
        if way.address_of(person) and (pk, way.code) not in told
    }
    worded = parts.of({pk for pk, _channel in lacking})
    OutboxMessage.objects.bulk_create(
        (
            OutboxMessage(
                subject_type=SUBJECT,
                subject_id=day.toordinal(),
                step=DUTIES,
                recipient=people[pk],
                channel=channel,
                title=_title(day),
                path=settings.LOGIN_REDIRECT_URL,
                created_at=clock.now(),
                not_before=clock.wall_now(),
            )
            for pk, channel in sorted(lacking)
            if pk in worded
        ),
        ignore_conflicts=True,
    )


def _ways() -> list[channels.Adapter]:
    """The channels on which reminders go out: mail only while it is switched on for them."""
    mail_on = ReminderSettings.objects.current().mail_on
    return [way for way in channels.enabled() if mail_on or way.code != Channel.EMAIL]


def _title(day: datetime.date) -> str:
    return _("Việc cần làm sáng %(day)s") % {"day": wording.short_day(day)}


def _text(words: str) -> Value:
    return Value(words, output_field=CharField())


def _unworded(day: datetime.date) -> Iterator[list[OutboxMessage]]:
    """Notices of the day without words, some hundreds at a time."""
    notices = digests(day).filter(channel=Channel.IN_APP, status=Status.PENDING, body="").order_by("pk")
    last = 0
    while batch := list(notices.filter(pk__gt=last)[:AT_ONCE]):
        yield batch
        last = batch[-1].pk


@transaction.atomic
def _word_notices(messages: Sequence[OutboxMessage], sections: Parts) -> int:
    """Word notices and record their reminders as told: a fixed number of statements, and those of the sections."""
    rows, day = list(_reminders_of(messages)), day_of(messages[0])
    facts = gather_facts(rows, day)
    dropped = drop_settled(rows, facts)
    own: dict[int | None, list[Reminder]] = defaultdict(list)
    for row in rows:
        if row.pk not in dropped:
            own[row.message_id].append(row)
    parts = sections.of([message.recipient_id for message in messages])
    for message in messages:
        digest = digest_of(own[message.pk], facts, day)
        _put_words(message, wording.with_parts(digest, parts.get(message.recipient_id, ())))
    OutboxMessage.objects.bulk_update(messages, ["title", "body", "path", "status"])
    told = Reminder.objects.filter(message__in=[message.pk for message in messages], state=ReminderState.PLANNED)
    told.update(state=ReminderState.SENT)
    _settle_replaced(messages)
    return len(messages)


def _settle_replaced(messages: Sequence[OutboxMessage]) -> None:
    """Earlier notices of the same people count as read when a newer step has been told of all that they tell."""
    last_words = Reminder.objects.filter(~_has_newer(), message=OuterRef("pk"))
    old = OutboxMessage.objects.filter(
        recipient__in=[message.recipient_id for message in messages],
        channel=Channel.IN_APP,
        subject_type=SUBJECT,
        step=DUTIES,
        subject_id__lt=messages[0].subject_id,
        read_at=None,
    )
    old.alias(last_words=_first(last_words)).filter(last_words__isnull=True).update(read_at=clock.wall_now())


def _reminders_of(messages: Iterable[OutboxMessage]) -> ReminderQuerySet:
    """Reminders that the given messages carry; those told before in the same notice as well."""
    states = [ReminderState.PLANNED, ReminderState.SENT]
    return Reminder.objects.filter(message__in=[message.pk for message in messages], state__in=states).order_by("pk")


def _put_words(message: OutboxMessage, digest: wording.Digest | None) -> None:
    if digest is None:
        message.status = Status.SKIPPED
        return
    message.title, message.body, message.path = digest.title, digest.body, digest.path


@dataclass(frozen=True)
class Facts:
    """What the words of some reminders need, read at once for all."""

    lines: dict[tuple[str, int], OwedLine]
    officers: dict[int, tuple[str, ...]]
    told_on: dict[tuple[str, int, datetime.date], tuple[datetime.date, ...]]


def gather_facts(rows: Collection[Told], day: datetime.date) -> Facts:
    """Read lines of what is still owed and, for those who are told of others' work, who was told before `day`."""
    ids: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        ids[row.subject_type].add(row.subject_id)
    lines = {
        (kind, pk): line
        for kind, wanted in ids.items()
        if (source := source_of(kind))
        for pk, line in source.lines(wanted).items()
    }
    escalated = [row for row in rows if row.tier != Tier.OWNER]
    return Facts(lines, _officers(escalated), _told_on(escalated, day))


def _held(people: Collection[int]) -> dict[int, list[RoleAssignment]]:
    """The roles that people hold now, by person."""
    held: dict[int, list[RoleAssignment]] = defaultdict(list)
    for one in RoleAssignment.objects.held_on(clock.today()).filter(user__in=people).select_related("unit"):
        held[one.user_id].append(one)
    return held


def _officers(rows: Collection[Told]) -> dict[int, tuple[str, ...]]:
    if not rows:
        return {}
    held = RoleAssignment.objects.held_on(clock.today()).filter(
        role=Role.OFFICER, user__is_active=True, unit__in={row.unit_id for row in rows}
    )
    names: dict[int, list[str]] = defaultdict(list)
    for unit, name in held.order_by("user__full_name").values_list("unit", "user__full_name"):
        names[unit].append(name)
    return {unit: tuple(found) for unit, found in names.items()}


def _told_on(
    rows: Collection[Told], day: datetime.date
) -> dict[tuple[str, int, datetime.date], tuple[datetime.date, ...]]:
    if not rows:
        return {}
    sent = Reminder.objects.filter(
        tier=Tier.OWNER,
        state=ReminderState.SENT,
        planned_for__lt=day,
        subject_type__in={row.subject_type for row in rows},
        subject_id__in={row.subject_id for row in rows},
    )
    days: dict[tuple[str, int, datetime.date], list[datetime.date]] = defaultdict(list)
    told = sent.order_by("planned_for").values_list("subject_type", "subject_id", "due", "planned_for").distinct()
    for kind, pk, due, told_on in told:
        days[kind, pk, due].append(told_on)
    return {key: tuple(found) for key, found in days.items()}


def entries_of(rows: Iterable[Told], facts: Facts) -> list[wording.Entry]:
    """What of `rows` is still owed, by the same day, as the words need it; each thing once."""
    found = {}
    for row in rows:
        line = facts.lines.get((row.subject_type, row.subject_id))
        if line is not None and not _why_settled(row, line):
            told_on = facts.told_on.get((row.subject_type, row.subject_id, row.due), ())
            found[row.subject_type, row.subject_id] = wording.Entry(
                line=line,
                tier=row.tier,
                officers=facts.officers.get(row.unit_id, ()),
                told_on=told_on,
            )
    return list(found.values())


def digest_of(rows: Collection[Told], facts: Facts, day: datetime.date) -> wording.Digest | None:
    """The digest of what of `rows` is still owed; None when nothing is."""
    entries = entries_of(rows, facts)
    return wording.digest_for(entries, day) if entries else None


def drop_settled(rows: Collection[Reminder], facts: Facts) -> set[int]:
    """Record what is owed no more, by another day, by others or without reminding: left out, with the reason.

    Returns the keys.
    """
    found: dict[str, list[int]] = defaultdict(list)
    held = _held({row.recipient_id for row in rows})
    for row in rows:
        line = facts.lines.get((row.subject_type, row.subject_id))
        why = _why_settled(row, line)
        if line and not why and not any(_concerns(role, row.tier, line) for role in held.get(row.recipient_id, ())):
            why = _("Người nhận không còn giữ việc này.")
        if why:
            found[why].append(row.pk)
    for why, pks in found.items():
        unsent = Reminder.objects.filter(pk__in=pks, state=ReminderState.PLANNED)
        unsent.update(state=ReminderState.SKIPPED, reason=why)
    return {pk for pks in found.values() for pk in pks}


def _why_settled(row: Told, line: OwedLine | None) -> str:
    """Why a reminder is not told after all, whoever reads it; "" when it is."""
    if line is None:
        return _("Đã xong trước khi gửi.")
    if line.left_out:
        return line.left_out
    if line.due != row.due:
        return _("Hạn đã dời trước khi gửi.")
    return "" if line.unit_id == row.unit_id else _("Việc đã giao cho đơn vị khác trước khi gửi.")


#: Tier → roles of the unit itself, roles over it, by which a person is told.
_ROLES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    Tier.OWNER: (frozenset({Role.OFFICER}), frozenset(OFFICE_ROLES)),
    Tier.LEADER: (frozenset({Role.UNIT_LEADER}), frozenset({Role.INTERIOR_HEAD, Role.LEADER})),
    Tier.OFFICE: (frozenset(), frozenset({*OFFICE_ROLES, Role.LEADER})),
}
_ROLES[Tier.UNMANNED] = (_ROLES[Tier.LEADER][0], _ROLES[Tier.LEADER][1] | _ROLES[Tier.OFFICE][1])


def _concerns(held: RoleAssignment, tier: str, line: OwedLine) -> bool:
    """Whether by a role a person is still told of a duty in a tier."""
    of_unit, over_it = _ROLES[tier]
    if held.unit_id == line.unit_id and held.role in of_unit:
        return True
    return held.role in over_it and (line.scope_path or line.unit_path).startswith(held.unit.path)


def dates_of(rows: Iterable[Reminder]) -> list[CalendarItem]:
    """The due dates of what is the reader's own to do, for a calendar; one or two queries for each kind of duty."""
    own: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        if row.tier == Tier.OWNER:
            own[row.subject_type].add(row.subject_id)
    return [item for subject_type, keys in own.items() for item in items_about(subject_type, keys)]


class DutyComposer:
    """Words the mail of a digest at the moment of sending, and records what became of it."""

    def compose(self, message: OutboxMessage) -> wording.Digest | None:
        """The digest as it stands now, with the news that wait; None when nothing of it is owed any more."""
        day, person = day_of(message), message.recipient_id
        rows = list(Reminder.objects.filter(message=message, state=ReminderState.PLANNED))
        facts = gather_facts(rows, day)
        dropped = drop_settled(rows, facts)
        left = [row for row in rows if row.pk not in dropped]
        message.calendar = as_payload(dates_of(left))
        written_on = message.created_at.astimezone(clock.VIETNAM).date()
        since = min(written_on, Tick.objects.current().first_untold(day))
        parts = parts_for(day, [person], since=since).get(person, ())
        digest = wording.with_parts(digest_of(left, facts, day), parts)
        return with_news(message, digest) if digest else None

    def not_yet(self) -> Q:
        """Digests of earlier days: what they say is of their day; planning of today takes them along."""
        return Q(subject_id__lt=clock.today().toordinal())

    def settled(self, message: OutboxMessage, status: str, reason: str) -> None:
        """The message was sent, failed or was left out: so were its reminders. News that did not leave wait again."""
        if status != Status.SENT:
            let_go(message)
        state = {Status.SENT: ReminderState.SENT, Status.FAILED: ReminderState.FAILED}.get(
            Status(status), ReminderState.SKIPPED
        )
        words = "" if state == ReminderState.SENT else reason or _("Người nhận không còn giữ việc này.")
        open_rows = Reminder.objects.filter(message=message, state=ReminderState.PLANNED)
        open_rows.update(state=state, reason=words[:300])


def register() -> None:
    """Let the outbox word digests when they are sent."""
    register_composer(SUBJECT, DUTIES, DutyComposer())
