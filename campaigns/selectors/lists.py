"""Lists of tasks behind the figures, the numbers by unit, block or milestone, and who is late."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.enums import ExtensionState
from campaigns.models import Extension, UnitTask
from campaigns.querysets import UnitTaskQuerySet
from core import clock
from organizations.models import BlockMembership

from .filters import ALL_PROGRAMMES, ALL_YEARS, NO_BLOCK, ScheduleFilter
from .numbers import Numbers, by_block, completeness
from .words import Standing, task_standing

if TYPE_CHECKING:
    import datetime

    from organizations.models import User

GROUPS = ("don-vi", "khoi", "moc")
NAMES_IN_A_LINE = 6


@dataclass(frozen=True)
class TaskLine:
    """One task in a list."""

    task: UnitTask
    standing: Standing


def task_lines(tasks: UnitTaskQuerySet) -> UnitTaskQuerySet:
    """Tasks with what their lines show, the soonest due first."""
    asked = Extension.objects.filter(task=OuterRef("pk"), state=ExtensionState.OPEN)
    rows = tasks.select_related("unit", "addressed", "milestone__programme").annotate(asked=Exists(asked))
    return rows.order_by("milestone__due", "milestone", "unit__path", "pk")


def as_lines(tasks: Iterable[UnitTask]) -> list[TaskLine]:
    """The lines of some tasks that `task_lines` read."""
    today = clock.today()
    return [TaskLine(task, _standing(task, today)) for task in tasks]


def _standing(task: UnitTask, today: datetime.date) -> Standing:
    asked, opens = task.asked, task.milestone.opens  # type: ignore[attr-defined]  # asked is annotated
    return task_standing(task.state, task.due, task.return_due, asked, opens, today, closed=task.is_closed)


@dataclass(frozen=True)
class NumbersRow:
    """The five numbers of one unit, block or milestone; `query` is what the lists behind them are asked for."""

    name: str
    numbers: Numbers
    query: str

    @property
    def figures(self) -> list[tuple[int, str]]:
        """Expected, in and in time, each with its list."""
        listed = reverse("campaigns:progress_list")
        counts = ((self.numbers.expected, ""), (self.numbers.handed_in, "nop"), (self.numbers.in_time, "dung-han"))
        return [(count, f"{listed}?{self.query}{f'&xem={shown}' if shown else ''}") for count, shown in counts]

    @property
    def late(self) -> tuple[int, str]:
        """What is late, with its list."""
        return self.numbers.late, f"{reverse('campaigns:progress_list')}?{self.query}&xem=cham"

    @property
    def missing(self) -> tuple[int, str]:
        """What was never handed in, with its list."""
        count = self.numbers.expected - self.numbers.handed_in
        return count, f"{reverse('campaigns:progress_list')}?{self.query}&xem=chua"


def numbers_by(wanted: ScheduleFilter, group: str) -> tuple[list[NumbersRow], NumbersRow]:
    """The five numbers by unit, block or milestone, and of all: one query over tasks, one more for blocks.

    A block answers for what was given to its members of the year, whoever took it over.
    """
    year_of_blocks = wanted.year if group == "khoi" else None
    found = completeness(wanted.tasks(), wanted.today, "addressed_id" if year_of_blocks else "unit_id")
    whole = NumbersRow(_("Cộng"), found.total, wanted.query(xem=None, cham=None))
    if group == "moc":
        rows = [
            NumbersRow(m.title, found.by_milestone[m.pk], wanted.query(moc=m.pk, xem=None, cham=None))
            for m in wanted.milestones
            if m.pk in found.by_milestone
        ]
    elif year_of_blocks:
        members = BlockMembership.objects.filter(year=year_of_blocks).values_list("unit", "block")
        blocks = by_block(found, dict(members))
        rows = [
            NumbersRow(name, blocks[pk], wanted.query(khoi=pk or NO_BLOCK, xem=None, cham=None))
            for pk, name in [*wanted.blocks, (0, _("Chưa xếp khối"))]
            if pk in blocks
        ]
    else:
        rows = [
            NumbersRow(name, found.by_unit[pk], wanted.query(don_vi=pk, xem=None, cham=None))
            for pk, name in wanted.user.unit_tree.choices(set(found.by_unit))
        ]
    return rows, whole


@dataclass(frozen=True)
class LateUnits:
    """Names of the units that are late today with anything, and the grid that shows them."""

    names: list[str]
    url: str

    @property
    def first(self) -> list[str]:
        """As many names as fit a line."""
        return self.names[:NAMES_IN_A_LINE]

    @property
    def others(self) -> int:
        """How many a line leaves out."""
        return len(self.names) - len(self.first)


def late_unit_names(user: User) -> LateUnits:
    """Who is late in the person's scope: one query."""
    tasks = UnitTask.objects.visible_to(user).filter(milestone__programme__closed_at=None)
    late = tasks.overdue(clock.today()).order_by()
    found = list(late.values_list("unit", "milestone__programme", "milestone__due__year").distinct())
    names = [name for _pk, name in user.unit_tree.choices({unit for unit, *_where in found})]
    years = {year for _unit, _programme, year in found}
    year: int | str = years.pop() if len(years) == 1 else ALL_YEARS
    query = urlencode({**programme_of({programme for _unit, programme, _year in found}), "cham": 1, "nam": year})
    return LateUnits(names, f"{reverse('campaigns:progress_grid')}?{query}")


def programme_of(counted: Collection[int]) -> dict[str, object]:
    """What the address of a list says of the programme for figures that were counted over some programmes."""
    if not counted:
        return {}
    return {"chuong-trinh": next(iter(counted)) if len(counted) == 1 else ALL_PROGRAMMES}
