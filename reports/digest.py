"""The daily word on the log: how much happened, and the head of the chain, for a mailbox outside the portal to keep."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock
from core.audit import current_head
from core.audit.models import EventKind
from core.dates import format_date
from core.working_days import is_working_day
from notifications.services import Letter, post
from organizations.enums import Role
from organizations.models import RoleAssignment, User
from reports.journal import visible_events

if TYPE_CHECKING:
    from collections.abc import Iterable

SUBJECT = "audit-digest"


def post_digest(day: datetime.date | None = None) -> int:
    """Tell every head of an Interior Office about the days since the last working day; returns how many were told.

    Safe to repeat: one letter a person and day. Nothing on days off.
    """
    day = day or clock.today()
    if not is_working_day(day):
        return 0
    heads = list(_heads(day))
    for head in heads:
        post(
            subject_type=SUBJECT,
            subject_id=day.toordinal(),
            step="daily",
            recipients=[head],
            letter=digest_letter(head, day),
        )
    return len(heads)


def _heads(day: datetime.date) -> Iterable[User]:
    held = RoleAssignment.objects.held_on(day).filter(role=Role.INTERIOR_HEAD)
    return User.objects.filter(role_assignments__in=held, is_active=True).distinct().order_by("pk")


def digest_letter(head: User, day: datetime.date) -> Letter:
    """What one head reads on a day."""
    since = last_working_day_before(day)
    begins = datetime.datetime.combine(since, datetime.time.min, tzinfo=clock.VIETNAM)
    ends = clock.end_of_day(day - datetime.timedelta(days=1))
    rows = visible_events(head).filter(at__range=(begins, ends)).order_by().values_list("kind")
    counts = dict(rows.annotate(n=Count("pk")))
    lines = [f"– {label}: {counts.get(kind, 0)}" for kind, label in EventKind.choices]
    return Letter(
        title=_("Nhật ký từ %(since)s: %(steps)d bước xử lý, %(refused)d lần bị từ chối")
        % {
            "since": format_date(since),
            "steps": counts.get(EventKind.STEP, 0),
            "refused": counts.get(EventKind.REFUSAL, 0),
        },
        body="\n".join(
            [
                *lines,
                _("Đầu chuỗi nhật ký: %(head)s. Giữ thư này để sau đối chiếu.") % {"head": current_head()},
            ]
        ),
        path=reverse("reports:journal"),
    )


def last_working_day_before(day: datetime.date) -> datetime.date:
    """The working day before `day`."""
    earlier = day - datetime.timedelta(days=1)
    while not is_working_day(earlier):
        earlier -= datetime.timedelta(days=1)
    return earlier
