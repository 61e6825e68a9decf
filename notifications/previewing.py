"""What would be sent on a day: planned and worded by the same code as the real thing, without writing anything."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from core.working_days import is_working_day
from organizations.models import User

from . import wording
from .delivery import mail_for
from .digests import DUTIES, SUBJECT, digest_of, gather_facts
from .hours import is_first_working_day_of_week
from .models import Channel, OutboxMessage
from .planning import PlannedRow, would_plan
from .reminder_models import ReminderState
from .summaries import WEEKLY, leaders, summary_for


@dataclass(frozen=True)
class PreviewedMessage:
    """What one person would get: words, and why the mail would stay away ("" when it would go)."""

    person: User
    kind: str
    digest: wording.Digest
    no_mail: str = ""

    def text(self, day: datetime.date) -> str:
        """The mail as plain text."""
        message = OutboxMessage(
            subject_type=SUBJECT,
            subject_id=day.toordinal(),
            step=self.kind,
            recipient=self.person,
            channel=Channel.EMAIL,
            title=self.digest.title,
            body=self.digest.body,
            path=self.digest.path,
        )
        return str(mail_for(message, digest=self.digest).body)


@dataclass(frozen=True)
class Preview:
    """The rows of a day by person, in the order of their units, and what is left out for everybody."""

    day: datetime.date
    rows: dict[int, list[PlannedRow]] = field(default_factory=dict)
    left_out: list[PlannedRow] = field(default_factory=list)

    @property
    def is_working_day(self) -> bool:
        return is_working_day(self.day)

    def messages(self, people: Collection[int]) -> list[PreviewedMessage]:
        """The messages of some people, worded: a fixed number of queries."""
        wanted = [row for person in people for row in self.rows.get(person, [])]
        facts = gather_facts(wanted)
        users = User.objects.in_bulk(list(people))
        found = []
        for pk in people:
            digest = digest_of(self.rows.get(pk, []), facts, self.day)
            if digest and pk in users:
                found.append(PreviewedMessage(users[pk], DUTIES, digest, _why_no_mail(self.rows[pk])))
        return found


def _why_no_mail(rows: list[PlannedRow]) -> str:
    mails = [row for row in rows if row.channel == Channel.EMAIL]
    reasons = [row.reason for row in mails if row.state != ReminderState.PLANNED]
    return reasons[0] if len(reasons) == len(mails) and reasons else ""


def preview(day: datetime.date, units: Collection[int]) -> Preview:
    """What would be sent on `day` about what the given units owe, switched on or not."""
    return as_preview(day, would_plan(day, units=units))


def as_preview(day: datetime.date, planned: Iterable[PlannedRow]) -> Preview:
    """Rows by person; those that nobody is told of are kept aside."""
    rows = sorted(planned, key=lambda row: (row.unit_id, row.recipient_id))
    noticed = {row.key[:4] for row in rows if row.channel == Channel.IN_APP and row.state == ReminderState.PLANNED}
    by_person: dict[int, list[PlannedRow]] = defaultdict(list)
    for row in rows:
        if row.key[:4] in noticed:
            by_person[row.recipient_id].append(row)
    left_out = [row for row in rows if row.channel == Channel.IN_APP and row.key[:4] not in noticed]
    return Preview(day, dict(by_person), left_out)


def previewed_summaries(day: datetime.date, people: Collection[int]) -> list[PreviewedMessage]:
    """The summaries that leaders among `people` would get on `day`."""
    if not is_first_working_day_of_week(day):
        return []
    found = [(person, summary_for(person, day)) for person in leaders(day) if person.pk in people]
    return [PreviewedMessage(person, WEEKLY, digest) for person, digest in found if digest]
