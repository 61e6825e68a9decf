"""The grid of units × milestones: two queries over tasks whatever their number."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.core.paginator import Page
from django.db.models import Exists, OuterRef
from django.urls import reverse

from campaigns.enums import ExtensionState
from campaigns.models import Extension, Milestone
from campaigns.querysets import UnitTaskQuerySet
from core.paging import CountedPaginator

from .filters import ALL_YEARS, ScheduleFilter
from .numbers import Completeness, Numbers, completeness
from .words import Standing, milestone_standing, task_standing

#: Units on a page: more than a district has.
ROWS = 100
#: Looks of cells, the worst first.
_LOOKS = ("overdue", "asked", "returned", "due_soon", "open", "draft", "waiting", "done")
_ORDER = {look: place for place, look in enumerate(_LOOKS)}
_COLUMNS = ("pk", "unit_id", "milestone_id", "state", "due", "return_due")


@dataclass(frozen=True)
class Column:
    """One milestone at the head of the grid, with its numbers and the links behind them."""

    milestone: Milestone
    numbers: Numbers
    standing: Standing
    list_url: str
    late_url: str
    urge_url: str


@dataclass(frozen=True)
class Cell:
    """How one unit stands with one milestone; without a task it owes nothing.

    A successor may answer for several: the worst standing is shown, with their number and the list of them.
    """

    standing: Standing
    url: str
    due: datetime.date
    count: int = 1


@dataclass(frozen=True)
class Row:
    """One unit and its cells in the order of the columns; `url` is the list of all that it owes."""

    unit: int
    name: str
    cells: list[Cell | None]
    numbers: Numbers
    url: str


@dataclass(frozen=True)
class Grid:
    """The grid of one page of units, with one of its milestones for telephones."""

    columns: list[Column]
    page: Page
    rows: list[Row]
    total: Numbers
    focus: Column | None
    focus_lines: list[tuple[str, Cell]]


def grid(wanted: ScheduleFilter, page: str | int = 1) -> Grid:
    """The grid that the address asks for; with "late only" just the units that are late with something shown."""
    focus, wanted.milestone = wanted.milestone, None
    found, tasks = completeness(wanted.tasks(), wanted.today), wanted.tasks_in_any_state()
    wanted.milestone = focus
    units = [(pk, name) for pk, name in wanted.user.unit_tree.choices(set(found.by_unit)) if _shown(wanted, found, pk)]
    paginator = CountedPaginator(units, ROWS, len(units))
    shown = paginator.get_page(page)
    cells = _cells(wanted, tasks.filter(unit__in=[pk for pk, _name in shown.object_list]))
    columns = [_column(wanted, milestone, found) for milestone in wanted.milestones]
    rows = [
        Row(pk, name, [cells.get((pk, c.milestone.pk)) for c in columns], found.by_unit[pk], _row_url(wanted, pk))
        for pk, name in shown.object_list
    ]
    chosen = _focus(wanted, columns)
    return Grid(columns, shown, rows, found.total, chosen, _lines(rows, columns, chosen))


def _shown(wanted: ScheduleFilter, found: Completeness, unit: int) -> bool:
    return not wanted.late_only or found.by_unit[unit].late > 0


def _column(wanted: ScheduleFilter, milestone: Milestone, found: Completeness) -> Column:
    numbers = found.by_milestone.get(milestone.pk, Numbers())
    listed = reverse("campaigns:progress_list")
    return Column(
        milestone,
        numbers,
        milestone_standing(milestone, numbers, wanted.today),
        f"{listed}?{wanted.query(moc=milestone.pk, cham=None, xem='nop')}",
        f"{listed}?{wanted.query(moc=milestone.pk, cham=None, xem='cham')}",
        reverse("campaigns:urge", args=[milestone.pk]) if numbers.late and not milestone.programme.is_closed else "",
    )


def _row_url(wanted: ScheduleFilter, unit: int) -> str:
    query = {"chuong-trinh": wanted.programme_value, "don-vi": unit, "nam": ALL_YEARS}
    return f"{reverse('campaigns:progress_list')}?{urlencode({name: value for name, value in query.items() if value})}"


def _cells(wanted: ScheduleFilter, tasks: UnitTaskQuerySet) -> dict[tuple[int, int], Cell]:
    asked = Extension.objects.filter(task=OuterRef("pk"), state=ExtensionState.OPEN)
    rows = tasks.order_by("pk").annotate(asked=Exists(asked)).values_list(*_COLUMNS, "asked")
    milestones = {m.pk: m for m in wanted.milestones}
    found: dict[tuple[int, int], list[Cell]] = defaultdict(list)
    for pk, unit, milestone, state, due, back, waits in rows:
        found[unit, milestone].append(_cell(wanted, pk, (state, due, back, waits), milestones[milestone]))
    return {key: _worst(wanted, key, cells) for key, cells in found.items()}


def _worst(wanted: ScheduleFilter, key: tuple[int, int], cells: list[Cell]) -> Cell:
    """One cell for all that a unit owes by a milestone."""
    worst = min(cells, key=_urgency)
    if len(cells) == 1:
        return worst
    unit, milestone = key
    query = wanted.query(don_vi=unit, moc=milestone, cham=None, xem=None)
    return replace(worst, url=f"{reverse('campaigns:progress_list')}?{query}", count=len(cells))


def _urgency(cell: Cell) -> tuple[int, datetime.date]:
    return _ORDER.get(cell.standing.look, len(_ORDER)), cell.due


def _cell(wanted: ScheduleFilter, task: int, how: tuple, milestone: Milestone) -> Cell:
    """A cell leads to its task: whoever sees a unit in the grid reads its tasks."""
    state, due, return_due, asked = how
    url = reverse("campaigns:task_detail", args=[task])
    closed = milestone.programme.is_closed
    standing = task_standing(state, due, return_due, asked, milestone.opens, wanted.today, closed=closed)
    return Cell(standing, url, return_due or due)


def _focus(wanted: ScheduleFilter, columns: list[Column]) -> Column | None:
    """The milestone shown on telephones: the one asked for, else the first with late units, else the next due."""
    if wanted.milestone:
        return next((c for c in columns if c.milestone.pk == wanted.milestone.pk), None)
    late = [c for c in columns if c.numbers.late]
    ahead = [c for c in columns if c.milestone.due >= wanted.today]
    return next(iter([*late, *ahead, *reversed(columns)]), None)


def _lines(rows: list[Row], columns: list[Column], focus: Column | None) -> list[tuple[str, Cell]]:
    """Units with their cell of one milestone, late ones first."""
    if focus is None:
        return []
    place = columns.index(focus)
    lines = [(row.name, cell) for row in rows if (cell := row.cells[place])]
    return sorted(lines, key=lambda line: _urgency(line[1]))
