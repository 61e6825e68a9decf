"""The leaders' summary: on the first working day of a week, one mail with what is late, by milestone."""

from __future__ import annotations

import datetime

from django.conf import settings

from core import clock
from organizations.enums import Role
from organizations.models import RoleAssignment, User

from . import wording
from .delivery import register_composer
from .digests import SUBJECT, day_of
from .hours import is_first_working_day_of_week
from .models import Channel, OutboxMessage, Status
from .owed import late_lines
from .waiting import let_go, with_news

WEEKLY = "weekly"


def write_summaries(day: datetime.date) -> int:
    """Write the mail for each leader in whose scope something is late; returns how many leaders. Safe to repeat."""
    if not is_first_working_day_of_week(day):
        return 0
    written = [(person, digest) for person in leaders(day) if (digest := summary_for(person, day))]
    OutboxMessage.objects.bulk_create(
        (
            OutboxMessage(
                subject_type=SUBJECT,
                subject_id=day.toordinal(),
                step=WEEKLY,
                recipient=person,
                channel=channel,
                title=digest.title,
                body=digest.body,
                path=settings.LOGIN_REDIRECT_URL,
                created_at=clock.now(),
                not_before=clock.wall_now(),
            )
            for person, digest in written
            for channel in (Channel.IN_APP, Channel.EMAIL)
            if channel == Channel.IN_APP or person.email
        ),
        ignore_conflicts=True,
    )
    return len(written)


def leaders(day: datetime.date) -> list[User]:
    """Active people who lead a district on `day`."""
    held = RoleAssignment.objects.held_on(day).filter(role=Role.LEADER)
    return list(User.objects.filter(role_assignments__in=held, is_active=True).distinct().order_by("pk"))


def summary_for(person: User, day: datetime.date) -> wording.Digest | None:
    """What one leader reads; None when nothing is late in the scope."""
    held = person.role_assignments.held_on(day).filter(role=Role.LEADER)
    lines = late_lines(sorted(set(held.values_list("unit__path", flat=True))), day)
    return wording.monday_summary(lines, day) if lines else None


class SummaryComposer:
    """Words the summary anew at the moment of sending."""

    def compose(self, message: OutboxMessage) -> wording.Digest | None:
        """The summary as it stands now, with the news that wait; None when nothing is late any more."""
        digest = summary_for(message.recipient, day_of(message))
        return with_news(message, digest) if digest else None

    def settled(self, message: OutboxMessage, status: str, reason: str) -> None:
        """Nothing but the message itself keeps what became of it; news that did not leave wait again."""
        if status != Status.SENT:
            let_go(message)


def register() -> None:
    """Let the outbox word summaries when they are sent."""
    register_composer(SUBJECT, WEEKLY, SummaryComposer())
