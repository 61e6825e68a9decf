"""The log of the system as the head of the office reads it: own scope, filtered, newest first."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q

from core import clock
from core.audit import current_head
from core.audit.models import AuditEvent, AuditEventQuerySet, EventKind
from core.audit.words import action_word, names_of
from core.dates import DateError, parse_date
from core.text import clean_line
from organizations.enums import Role
from organizations.models import User

PAGE_ROWS = 50
_LONGEST = 100
_ACCOUNT = "user"


@dataclass(frozen=True)
class JournalFilter:
    """What the address asks for; what cannot be read counts as not given, and is named in `fault`."""

    kind: str = ""
    q: str = ""
    since: datetime.date | None = None
    until: datetime.date | None = None
    before: int | None = None
    fault: str = ""
    typed: Mapping[str, str] | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.kind or self.q or self.since or self.until)

    def address(self, **more: object) -> str:
        """The filter as a query string, with further parameters."""
        given = {"loai": self.kind, "q": self.q, **(self.typed or {}), **more}
        return urlencode({name: value for name, value in given.items() if value})


@dataclass(frozen=True)
class JournalPage:
    """Events as they are shown; `older` is the number from which the next page begins."""

    rows: list[AuditEvent]
    older: int | None
    head: str


def read_filter(query: Mapping[str, str]) -> JournalFilter:
    """Read kind, words and days of an address."""
    kind = query.get("loai", "")
    faults, days = [], {}
    for name in ("tu", "den"):
        text = clean_line(query.get(name, ""))[:_LONGEST]
        try:
            days[name] = parse_date(text) if text else None
        except DateError as error:
            days[name] = None
            faults.append(error.message)
    before = query.get("truoc", "")
    return JournalFilter(
        kind=kind if kind in EventKind.values else "",
        q=clean_line(query.get("q", ""))[:_LONGEST],
        since=days["tu"],
        until=days["den"],
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None,
        fault=" ".join(faults),
        typed={name: query[name] for name in ("tu", "den") if query.get(name)},
    )


def visible_events(user: User) -> AuditEventQuerySet:
    """Events within the scope of a head of the Interior Office."""
    return AuditEvent.objects.within(user.reach(Role.INTERIOR_HEAD))


def journal_page(user: User, wanted: JournalFilter) -> JournalPage:
    """One page of the log, by number from the newest: two queries, and one for each kind of record that has names."""
    found = list(_narrowed(visible_events(user), wanted).select_related("actor").order_by("-number")[: PAGE_ROWS + 1])
    rows = found[:PAGE_ROWS]
    for row in rows:
        row.word = action_word(row.action)  # type: ignore[attr-defined]
    _name_subjects(rows)
    return JournalPage(rows, rows[-1].number if len(found) > PAGE_ROWS else None, str(current_head()))


def _name_subjects(rows: list[AuditEvent]) -> None:
    """Put names where the log holds keys: one query for each kind of record on the page that has names."""
    for kind in {row.subject_type for row in rows}:
        told = [row for row in rows if row.subject_type == kind and row.subject_id]
        names = names_of(kind, {row.subject_id for row in told if row.subject_id})
        for row in told:
            row.subject_label = names.get(row.subject_id or 0, row.subject_label)


def _narrowed(rows: AuditEventQuerySet, wanted: JournalFilter) -> AuditEventQuerySet:
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.q:
        rows = rows.filter(
            Q(subject_label__icontains=wanted.q)
            | Q(
                subject_type=_ACCOUNT,
                subject_id__in=User.objects.filter(
                    Q(full_name__icontains=wanted.q) | Q(username__iexact=wanted.q)
                ).values("pk"),
            )
            | Q(actor__full_name__icontains=wanted.q)
            | Q(actor__username__iexact=wanted.q)
        )
    if wanted.since:
        rows = rows.filter(at__gte=datetime.datetime.combine(wanted.since, datetime.time.min, tzinfo=clock.VIETNAM))
    if wanted.until:
        rows = rows.filter(at__lte=clock.end_of_day(wanted.until))
    if wanted.before:
        rows = rows.filter(number__lt=wanted.before)
    return rows
