"""What the pages of guidance show, and what other pages ask about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from campaigns.guidance_enums import GuidanceKind, GuidanceState
from campaigns.models import Guidance, GuidanceUnit, Milestone, ReadReceipt
from campaigns.people import people_of_units
from core.text import clean_line
from organizations.enums import OFFICE_ROLES, UNIT_ROLES

from .inspections import Choice

if TYPE_CHECKING:
    import datetime

    from campaigns.guidance_querysets import GuidanceQuerySet
    from organizations.models import User

MAX_QUERY = 100
UNREAD = "chua-doc"
GUIDANCE_LOOKS = {
    GuidanceState.DRAFT: "draft",
    GuidanceState.PUBLISHED: "done",
    GuidanceState.REPLACED: "ended",
    GuidanceState.WITHDRAWN: "revoked",
}


def guidance_look(guidance: Guidance) -> tuple[str, str]:
    """Look and word of a guidance."""
    return GUIDANCE_LOOKS[GuidanceState(guidance.state)], str(guidance.get_state_display())


def guidance_for(milestone: Milestone, user: User) -> list[Guidance]:
    """Standing guidance on a milestone that the person reads, the newest first: one query."""
    return list(Guidance.objects.visible_to(user).standing().filter(milestone=milestone).order_by("-published_at"))


class GuidanceFilter:
    """What the address of the list asks for: words, milestone, kind, state. Nothing given shows what stands."""

    def __init__(self, query: Mapping[str, str], user: User, milestones: list[tuple[int, str]]) -> None:
        self.user = user
        self.q = clean_line(query.get("q", ""))[:MAX_QUERY]
        self.milestones = {str(pk): title for pk, title in milestones}
        self.milestone = _known(query.get("moc"), self.milestones)
        self.kind = _known(query.get("loai"), GuidanceKind.values)
        self.state = _known(query.get("trang-thai"), [value for value, _label in self.states])

    @property
    def states(self) -> list[tuple[str, str]]:
        """The states that the person can meet, and for units what is still to be read."""
        drafts = self.user.access.has(*OFFICE_ROLES)
        met = [(s.value, str(s.label)) for s in GuidanceState if drafts or s != GuidanceState.DRAFT]
        return [(UNREAD, _("Đơn vị chưa đọc")), *met] if self.user.access.has(*UNIT_ROLES) else met

    def apply(self, rows: GuidanceQuerySet) -> GuidanceQuerySet:
        """Narrow `rows` to what was asked for."""
        if self.state == UNREAD:
            rows = rows.unread_by(self.user.reach(*UNIT_ROLES))
        elif self.state:
            rows = rows.filter(state=self.state)
        else:
            rows = rows.filter(state__in=[GuidanceState.DRAFT, GuidanceState.PUBLISHED])
        if self.milestone:
            rows = rows.filter(milestone_id=int(self.milestone))
        if self.kind:
            rows = rows.filter(kind=self.kind)
        return rows.matching(self.q) if self.q else rows

    @property
    def values(self) -> dict[str, str]:
        """The parameters that are set."""
        given = {"q": self.q, "moc": self.milestone, "loai": self.kind, "trang-thai": self.state}
        return {name: value for name, value in given.items() if value}

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but words is asked for."""
        return bool(self.values.keys() - {"q"})

    @property
    def chips(self) -> list[tuple[str, str]]:
        """(label, address without it) of each filter that is set."""
        labels: dict[str, Mapping[str, Any]] = {
            "moc": self.milestones,
            "loai": dict(GuidanceKind.choices),
            "trang-thai": dict(self.states),
            "q": {self.q: f"“{self.q}”"},
        }
        return [
            (str(labels[name][value]), f"?{urlencode({n: v for n, v in self.values.items() if n != name})}")
            for name, value in self.values.items()
        ]

    @property
    def selects(self) -> list[tuple[str, str, list[Choice]]]:
        """(parameter, label, options) of each select."""
        return [
            ("moc", _("Mốc kế hoạch"), _options(self.milestones.items(), self.milestone)),
            ("loai", _("Loại"), _options(GuidanceKind.choices, self.kind)),
            ("trang-thai", _("Trạng thái"), _options(self.states, self.state)),
        ]


def _known(value: str | None, allowed: Any) -> str | None:
    return value if value in allowed else None


def _options(choices: Iterable[tuple[Any, Any]], chosen: str | None) -> list[Choice]:
    return [Choice(str(value), str(label), str(value) == chosen) for value, label in choices]


def unread_among(rows: Iterable[Guidance], user: User) -> set[int]:
    """Keys of those that the person's unit still has to read: one query, none for who works in no unit."""
    if not user.access.has(*UNIT_ROLES):
        return set()
    units = user.reach(*UNIT_ROLES)
    return set(Guidance.objects.unread_by(units).filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))


def filter_milestones(user: User) -> list[tuple[int, str]]:
    """Milestones that guidance which the person reads is about: one query."""
    rows = Guidance.objects.visible_to(user).filter(milestone__isnull=False)
    return list(Milestone.objects.filter(guidance__in=rows).distinct().values_list("pk", "short_title"))


@dataclass(frozen=True)
class Reader:
    """One addressed unit: who read it and when, nobody when `read_at` is None; whether anybody there has an account."""

    unit: str
    who: str
    read_at: datetime.datetime | None
    has_people: bool = True


def readers_of(guidance: Guidance, *, unread_only: bool = False) -> list[Reader]:
    """The addressed units, unread first, each with its first reader: three queries."""
    first: dict[int, ReadReceipt] = {}
    for receipt in ReadReceipt.objects.filter(guidance=guidance).select_related("user").order_by("read_at", "pk"):
        first.setdefault(receipt.unit_id, receipt)
    rows = GuidanceUnit.objects.filter(guidance=guidance).select_related("unit").order_by("unit__path")
    if unread_only:
        rows = rows.unread()
    people = people_of_units(row.unit for row in rows)
    found = [
        Reader(row.unit.short_name, read.user.full_name, read.read_at)
        if (read := first.get(row.unit_id))
        else Reader(row.unit.short_name, "", None, bool(people[row.unit_id]))
        for row in rows
    ]
    return sorted(found, key=lambda reader: reader.read_at is not None)
