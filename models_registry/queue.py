"""The review queue: its tabs, where a reviewer stands in it, what a record shows to who judges it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import CharField, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Value
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock
from core.text import clean_line
from organizations.enums import Role

from .content import category_of, sections_for, specs_for, target_label
from .differences import Change
from .enums import Category, QueueTab
from .models import Exemplar, ExemplarTransition, ReviewComment

if TYPE_CHECKING:
    from organizations.models import User

    from .querysets import ExemplarQuerySet
    from .selectors import RecordPage, ShownSection

#: Rows beside a record, the record in their middle.
BESIDE = 25
_TABS = {str(tab) for tab in QueueTab}


@dataclass(frozen=True)
class Place:
    """Where a reviewer works: a tab, perhaps searched; kept in every address of the queue."""

    tab: str = ""
    q: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> Place:
        """The place that an address names; an unknown tab counts as none."""
        tab = asked.get("hang", "")
        return cls(tab if tab in _TABS else "", clean_line(asked.get("q", ""))[:100])

    @property
    def query(self) -> str:
        """The place as the end of an address."""
        kept = {name: value for name, value in (("hang", self.tab), ("q", self.q)) if value}
        return f"?{urlencode(kept)}" if kept else ""

    @property
    def url(self) -> str:
        """Address of the list."""
        return reverse("models_registry:review_queue") + self.query

    def record_url(self, exemplar: Exemplar) -> str:
        """Address at which a record is judged from here."""
        return reverse("models_registry:exemplar_review", args=[exemplar.pk]) + self.query


@dataclass(frozen=True)
class Tab:
    """A tab with how many records it holds."""

    code: str
    label: str
    count: int
    url: str
    current: bool


@dataclass(frozen=True)
class Tabs:
    """The tabs of the queue for one person, and the place that was asked for or the first with work.

    `position` is where the record in hand stands in the present tab; `beside` holds counts of other things by name.
    """

    place: Place
    tabs: list[Tab]
    position: int = 1
    beside: dict[str, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Records in the present tab."""
        return next((tab.count for tab in self.tabs if tab.current), 0)

    @property
    def label(self) -> str:
        """The words of the present tab."""
        return next(tab.label for tab in self.tabs if tab.current)

    @property
    def following(self) -> Tab | None:
        """The next part of the queue with work that can be done, when the present one is empty."""
        return next((tab for tab in self.tabs if tab.count and tab.code != QueueTab.HELD), None)


def queue_rows(user: User, place: Place) -> ExemplarQuerySet:
    """The records of a place in the order of the clock."""
    found = Exemplar.objects.reviewable_by(user).matching(place.q, user)
    return found.in_queue_tab(place.tab, clock.today()).for_queue().by_clock()


def queue_tabs(user: User, place: Place, holding: Exemplar | None = None, **beside: QuerySet[Any]) -> Tabs:
    """The tabs with their counts, in one query; with `holding` the place is where that record is.

    `beside` are other rows to be counted in the same query, by name.
    """
    rows = Exemplar.objects.reviewable_by(user).matching(place.q, user).with_queue_tab(clock.today())
    here, ahead = (Q(pk=holding.pk), rows.is_before(holding)) if holding else (Q(pk=None), Q(pk=None))
    counts = {"count": Count("pk"), "here": Count("pk", filter=here), "ahead": Count("pk", filter=ahead)}
    others = [_counted(name, other) for name, other in beside.items()]
    found = list(rows.order_by().values("tab").annotate(**counts).union(*others, all=True))
    if not holding:
        return _tabs(place, found)
    at = next((row for row in found if row["here"]), None)
    if at is None:
        # The search does not find the record: it is shown in the whole queue.
        return queue_tabs(user, Place(), holding) if place.q else _tabs(place, found)
    return replace(_tabs(replace(place, tab=at["tab"]), found), position=at["ahead"] + 1)


def _counted(name: str, rows: QuerySet[Any]) -> QuerySet[Any]:
    """How many rows there are, as one more row of the query for the tabs."""
    as_tab = rows.select_related(None).order_by().annotate(tab=Value(name, output_field=CharField()))
    none = Value(0, output_field=IntegerField())
    return as_tab.values("tab").annotate(count=Count("pk"), here=none, ahead=none)


def _tabs(place: Place, found: Iterable[dict[str, Any]]) -> Tabs:
    counts = {row["tab"]: row["count"] for row in found}
    first = next((str(tab) for tab in QueueTab if counts.get(tab)), str(QueueTab.NEW))
    place = replace(place, tab=place.tab or first)
    tabs = [
        Tab(str(tab), str(tab.label), counts.get(tab, 0), replace(place, tab=str(tab)).url, tab == place.tab)
        for tab in QueueTab
    ]
    return Tabs(place, tabs, beside={name: count for name, count in counts.items() if name not in _TABS})


@dataclass(frozen=True)
class Beside:
    """The list beside a record, and where the record stands in it."""

    rows: list[Exemplar]
    previous: Exemplar | None
    following: Exemplar | None


def rows_beside(user: User, tabs: Tabs, exemplar: Exemplar) -> Beside:
    """The rows around the record at `tabs.position`."""
    start = max(0, tabs.position - 1 - BESIDE // 2)
    shown = list(queue_rows(user, tabs.place)[start : start + BESIDE])
    at = next((n for n, row in enumerate(shown) if row.pk == exemplar.pk), 0)
    return Beside(
        rows=shown,
        previous=shown[at - 1] if at else None,
        following=shown[at + 1] if at + 1 < len(shown) else None,
    )


def next_in_queue(user: User, place: Place, decided: Exemplar) -> Exemplar | None:
    """The record that follows one just decided upon; after the last the first; None when the place is empty."""
    rows = queue_rows(user, place).exclude(pk=decided.pk)
    return rows.after(decided).first() or rows.first()


# What a record shows to who judges it


@dataclass(frozen=True)
class Part:
    """One part that can be remarked on: `shape` says how its value is shown; `change` is against the judged version."""

    target: str
    label: str
    shape: str
    value: Any
    change: Change | None = None


@dataclass(frozen=True)
class ReviewSection:
    """A section of the record: parts with something in them, and (name, label) of the empty ones."""

    code: str
    title: str
    parts: list[Part]
    blank: list[tuple[str, str]]


def review_sections(page: RecordPage, changes: list[Change]) -> list[ReviewSection]:
    """The record as one judges it, every part with its change since the last return."""
    by_target = {change.target: change for change in changes}
    return [_review_section(section, page, by_target) for section in page.sections]


def _review_section(section: ShownSection, page: RecordPage, changes: dict[str, Change]) -> ReviewSection:
    parts = [
        Part(line.name, line.label, "prose" if line.prose else "text", line.value, changes.get(line.name))
        for line in section.lines
    ]
    filled = {part.target for part in parts}
    spec_section = next(s for s in sections_for(page.content) if s.code == section.code)
    empty = [
        (spec.name, spec.label_for(page.content["kind"]))
        for spec in specs_for(spec_section, page.content)
        if spec.name not in filled
    ]
    # What was emptied is a change too and stands with the changed parts.
    parts += [Part(name, label, "text", "", changes[name]) for name, label in empty if name in changes]
    parts += _special_parts(section.code, page, changes)
    return ReviewSection(section.code, section.title, parts, [row for row in empty if row[0] not in changes])


def _special_parts(code: str, page: RecordPage, changes: dict[str, Change]) -> list[Part]:
    content = page.content
    if code == "tieu-chi":
        claims = [Part(c["code"], c["label"], "criterion", c, changes.get(c["code"])) for c in content["criteria"]]
        return claims or [Part("C1", _("Bảy tiêu chí"), "text", _("Chưa trả lời tiêu chí nào."))]
    special = {
        "thanh-tich": [("achievements", content["achievements"])] if category_of(content) != Category.GOOD_DEED else [],
        "anh-tep": [("photos", page.photos), ("documents", page.documents)],
    }
    return [Part(name, target_label(name), name, rows, changes.get(name)) for name, rows in special.get(code, [])]


@dataclass(frozen=True)
class Answered:
    """The remarks of the last return, and how many the unit has answered in words or by a change."""

    remarks: list[dict[str, Any]]

    @property
    def count(self) -> int:
        """Remarks that were answered."""
        return sum(bool(r["changed"] or r["comment"].answer) for r in self.remarks)


def answered_remarks(page: RecordPage, changes: list[Change]) -> Answered:
    """The remarks that a record sent again was to answer, each with whether its part has changed."""
    changed = {change.target for change in changes}
    return Answered([remark | {"changed": remark["comment"].target in changed} for remark in page.remarks])


# Second returns


def late_remarks(user: User) -> QuerySet[ReviewComment]:
    """Remarks of this year's later returns on parts that no earlier return had remarked on, newest first.

    Every fault belongs into the first return (ux.md (a)); who leads the office sees where it did not.
    """
    returns = ExemplarTransition.objects.in_force().filter(name="return")
    earlier = returns.filter(record=OuterRef("exemplar"), pk__lt=OuterRef("transition"))
    said = ReviewComment.objects.filter(
        exemplar=OuterRef("exemplar"),
        target=OuterRef("target"),
        transition__lt=OuterRef("transition"),
        transition__undone_by=None,
    )
    return (
        ReviewComment.objects.filter(
            exemplar__unit_id__in=user.reach(Role.INTERIOR_HEAD),
            made_at__year=clock.today().year,
            transition__undone_by=None,
        )
        .filter(Exists(earlier), ~Exists(said))
        .order_by("-pk")
    )
