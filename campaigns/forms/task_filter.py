"""The filter of the list of tasks, read by hand: a list page must not pay for a form (performance.md, 6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Case, Count, Exists, F, OuterRef, Q, Value, When
from django.utils.translation import gettext as _

from campaigns.enums import OWED, ExtensionState, TaskState
from campaigns.models import Extension, Milestone, UnitTask
from campaigns.querysets import READS_ALL, overdue_on
from core import clock
from core.text import clean_line, search_key, search_words
from organizations.enums import UNIT_ROLES
from organizations.models import EmulationBlock

if TYPE_CHECKING:
    from campaigns.querysets import UnitTaskQuerySet
    from organizations.models import User

MAX_QUERY = 100
LATE, EXTENSION, CLOSED = "qua-han", "xin-gia-han", "da-dong"
_CLOSED = Q(state__in=sorted(OWED), milestone__programme__closed_at__isnull=False)


@dataclass(frozen=True)
class Choice:
    """One option of a select."""

    value: str
    label: str
    selected: bool


@dataclass(frozen=True)
class Tab:
    """One state with how many tasks are in it and the address that shows them."""

    label: str
    count: int
    url: str
    current: bool


class TaskFilter:
    """What the address asks for. Unknown values count as not given; nothing given shows all."""

    def __init__(self, query: Mapping[str, str], user: User) -> None:
        self.user = user
        self.q = clean_line(query.get("q", ""))[:MAX_QUERY]
        self.milestone = _known_id(query.get("moc"), self.milestones)
        self.unit = _known_id(query.get("don-vi"), self.units)
        self.block = _known_id(query.get("khoi"), self.blocks)
        self.state = _known(query.get("trang-thai"), [value for value, _label in self.states])

    @cached_property
    def milestones(self) -> dict[int, str]:
        """Published milestones of the programmes that the person reads, by day."""
        rows = Milestone.objects.published().readable_by(self.user).order_by("due", "pk")
        return dict(rows.values_list("pk", "title"))

    @cached_property
    def units(self) -> dict[int, str]:
        """The units whose tasks the person reads."""
        near = set(self.user.reach(*UNIT_ROLES, *READS_ALL))
        if self.user.access.has(*READS_ALL):
            near.update(UnitTask.objects.answered_outside(self.user, *READS_ALL).values_list("unit", flat=True))
        return dict(self.user.unit_tree.choices(near))

    @cached_property
    def blocks(self) -> dict[int, str]:
        """The emulation blocks; officers of one unit have no use for them."""
        if not self.user.access.has(*READS_ALL):
            return {}
        return dict(EmulationBlock.objects.order_by("name").values_list("pk", "name"))

    @property
    def states(self) -> list[tuple[str, str]]:
        """States in the words of the list, what is late before everything else."""
        stored = [(state.value, str(state.label)) for state in TaskState]
        return [(LATE, _("Quá hạn")), *stored, (EXTENSION, _("Xin gia hạn")), (CLOSED, _("Chương trình đã đóng"))]

    def narrowed(self, rows: UnitTaskQuerySet) -> UnitTaskQuerySet:
        """Narrow `rows` to all that was asked for but the state."""
        if self.milestone:
            rows = rows.filter(milestone=self.milestone)
        if self.unit:
            path = next(path for pk, path, _n, _k in self.user.unit_tree.rows if pk == self.unit)
            rows = rows.filter(unit_id__in=self.user.unit_tree.ids_within(path))
        if self.block:
            rows = rows.of_block(self.block)
        for word in search_words(self.q):
            rows = rows.filter(self._holding(word))
        return rows

    def _holding(self, word: str) -> Q:
        """Tasks whose milestone or unit has a word in its name, without accents."""
        milestones = [pk for pk, title in self.milestones.items() if word in search_key(title)]
        units = [pk for pk, name in self.units.items() if word in search_key(name)]
        return Q(milestone__in=milestones) | Q(unit__in=units)

    def in_state(self, rows: UnitTaskQuerySet) -> UnitTaskQuerySet:
        """Narrow `rows` to the state that was asked for."""
        return rows.filter(_conditions()[self.state]) if self.state else rows

    @staticmethod
    def in_order(rows: UnitTaskQuerySet) -> UnitTaskQuerySet:
        """What is late first, then what is owed by its day, then what waits, then what is done or closed."""
        rank = Case(
            When(_CLOSED, then=Value(3)),
            When(overdue_on(clock.today()), then=Value(0)),
            When(state__in=[TaskState.OPEN, TaskState.RETURNED], then=Value(1)),
            When(state=TaskState.SUBMITTED, then=Value(2)),
            default=Value(3),
        )
        day = Case(When(state=TaskState.RETURNED, then=F("return_due")), default=F("due"))
        return rows.annotate(rank=rank, day=day).order_by("rank", "day", "unit__path", "pk")

    def tabs(self, rows: UnitTaskQuerySet) -> tuple[list[Tab], int]:
        """How many tasks are in each state and how many were asked for: one query."""
        counted = {
            f"n{n}": Count("pk", filter=condition) for n, condition in enumerate(_conditions().values(), start=1)
        }
        found = rows.order_by().aggregate(n0=Count("pk"), **counted)
        words = [("", _("Tất cả")), *self.states]
        tabs = [
            Tab(label, found[f"n{n}"], self._tab_url(v), v == (self.state or "")) for n, (v, label) in enumerate(words)
        ]
        return tabs, next(tab.count for tab in tabs if tab.current)

    def _tab_url(self, state: str) -> str:
        given = {name: value for name, value in self.values.items() if name != "trang-thai"}
        return "?" + urlencode(given | ({"trang-thai": state} if state else {}))

    @property
    def values(self) -> dict[str, str]:
        """The parameters that are set, as they stand in an address."""
        given = {
            "q": self.q,
            "moc": self.milestone,
            "don-vi": self.unit,
            "khoi": self.block,
            "trang-thai": self.state,
        }
        return {name: str(value) for name, value in given.items() if value}

    @property
    def is_narrowed(self) -> bool:
        """Whether a select is set."""
        return bool(self.values.keys() - {"q", "trang-thai"})

    @property
    def chips(self) -> list[tuple[str, str]]:
        """(label, address without it) of each filter that is set."""
        return [
            (self._describe(name, value), "?" + urlencode({n: v for n, v in self.values.items() if n != name}))
            for name, value in self.values.items()
            if name != "trang-thai"
        ]

    def _describe(self, name: str, value: str) -> str:
        labels: dict[str, dict[int, str]] = {"moc": self.milestones, "don-vi": self.units, "khoi": self.blocks}
        return f"“{value}”" if name == "q" else labels[name][int(value)]

    @property
    def selects(self) -> list[tuple[str, str, list[Choice]]]:
        """(parameter, label, options) of each select; those with nothing to choose are left out."""
        found = [
            ("moc", _("Mốc"), _options(self.milestones.items(), self.milestone)),
            ("don-vi", _("Đơn vị"), _options(self.units.items(), self.unit)),
            ("khoi", _("Khối thi đua"), _options(self.blocks.items(), self.block)),
        ]
        return [select for select in found if len(select[2]) > 1]


def _conditions() -> dict[str, Q]:
    """What each tab of the list counts; what a closed programme left owed is nothing to do and has its own tab."""
    asked = Extension.objects.filter(task=OuterRef("pk"), state=ExtensionState.OPEN)
    return {
        LATE: overdue_on(clock.today()) & ~_CLOSED,
        **{state.value: Q(state=state) & ~_CLOSED for state in TaskState},
        EXTENSION: Q(Exists(asked)) & ~_CLOSED,
        CLOSED: _CLOSED,
    }


def _known(value: str | None, allowed: list[str]) -> str | None:
    return value if value in allowed else None


def _known_id(value: str | None, allowed: dict[int, str]) -> int | None:
    good = bool(value) and str(value).isascii() and str(value).isdigit() and len(str(value)) < 10
    return int(str(value)) if good and int(str(value)) in allowed else None


def _options(choices: Iterable[tuple[Any, Any]], chosen: object) -> list[Choice]:
    return [Choice(str(value), str(label), str(value) == str(chosen)) for value, label in choices]
