"""What would be sent on a day: planned and worded by the same code as the real thing, without writing anything."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from core.working_days import is_working_day
from organizations.models import User

from . import wording
from .delivery import mail_for
from .digests import DUTIES, SUBJECT, digest_of, gather_facts
from .models import Channel, OutboxMessage
from .planning import PlannedRow, would_plan
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
    """The rows of a day by person, in the order of their units; what sections tell; what nobody is told of."""

    day: datetime.date
    rows: dict[int, list[PlannedRow]] = field(default_factory=dict)
    left_out: list[PlannedRow] = field(default_factory=list)
    parts: dict[int, tuple[wording.Digest, ...]] = field(default_factory=dict)

    @property
    def is_working_day(self) -> bool:
        return is_working_day(self.day)

    @property
    def people(self) -> list[int]:
        """Everybody who would get a message, those of the sections first."""
        return [*self.parts, *(pk for pk in self.rows if pk not in self.parts)]

    def messages(self, people: Collection[int]) -> list[PreviewedMessage]:
        """The messages of some people, worded: a fixed number of queries."""
        wanted = [row for person in people for row in self.rows.get(person, [])]
        facts = gather_facts(wanted, self.day)
        users = User.objects.select_related("home_unit").in_bulk(list(people))
        found = []
        for pk in people:
            rows, parts = self.rows.get(pk, []), self.parts.get(pk, ())
            digest = wording.with_parts(digest_of(rows, facts, self.day), parts)
            if digest and pk in users:
                found.append(PreviewedMessage(users[pk], digest, _why_no_mail(users[pk], rows, told_more=bool(parts))))
        return found


def _why_no_mail(person: User, rows: list[PlannedRow], *, told_more: bool) -> str:
    """Why no mail goes: there is no address, or every reminder in it stays on the portal."""
    if told_more:
        reached = person.email and person.mail_address_is_good
        return "" if reached else _("Tài khoản chưa có địa chỉ thư dùng được.")
    mails = [row for row in rows if row.channel == Channel.EMAIL]
    reasons = [row.reason for row in mails if row.state != ReminderState.PLANNED]
    return reasons[0] if len(reasons) == len(mails) and reasons else ""


def preview(day: datetime.date, units: Collection[int], readers: Collection[int] = ()) -> Preview:
    """What would be sent on `day` about what the given units owe, switched on or not.

    With the sections of those of `readers` who have one.
    """
    found = as_preview(day, would_plan(day, units=units))
    if not readers or not found.is_working_day:
        return found
    return replace(found, parts=parts_for(day, readers))


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
