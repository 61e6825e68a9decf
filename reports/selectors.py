"""Figures for leaders: each one is counted by the queryset that its list shows (architecture.md, 9)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock
from core.numbers import format_number
from models_registry.enums import State
from models_registry.models import Exemplar, Field
from models_registry.querysets import past_promise
from organizations.enums import UnitKind
from organizations.models import Unit

if TYPE_CHECKING:
    from organizations.models import User


#: The programme began in this year; boards show no earlier one.
FIRST_YEAR = 2021


@dataclass(frozen=True)
class Figure:
    """A number and the address of the list that holds exactly so many rows."""

    count: int
    url: str


@dataclass(frozen=True)
class BoardRow:
    """Recognised exemplars of one unit by field, and in all."""

    name: str
    cells: list[Figure]
    total: Figure


@dataclass(frozen=True)
class Bar:
    """One bar of a ranking; `share` is its length in hundredths of the longest."""

    name: str
    figure: Figure
    share: int


@dataclass(frozen=True)
class Board:
    """Recognised exemplars by unit and field, with totals that add up both ways, and the fields as a ranking."""

    year: int | None
    fields: list[str]
    rows: list[BoardRow]
    by_field: list[Bar]
    totals: list[Figure]
    total: Figure
    grassroots: Figure
    direct_labour: Figure


def list_url(**parameters: object) -> str:
    """Address of the registry with the given filters."""
    query = urlencode({name: value for name, value in parameters.items() if value})
    return f"{reverse('models_registry:exemplar_list')}?{query}"


def recognised_board(user: User, year: int | None) -> Board:
    """Count what is recognised and visible to `user`, optionally of one year: three queries whatever the size."""
    rows = Exemplar.objects.listed_for(user).standing()
    if year:
        rows = rows.recognised_in(year)
    counts = {(unit, field): n for unit, field, n in _grouped(rows)}
    flags = rows.aggregate(
        grassroots=Count("pk", filter=Q(grassroots=True)), labour=Count("pk", filter=Q(direct_labour=True))
    )
    fields = list(Field.objects.values_list("pk", "short_name"))
    units = user.unit_tree.choices({unit for unit, _f in counts})
    base = {"trang-thai": State.RECOGNISED.value, "nam": year}

    def figure(count: int, **extra: object) -> Figure:
        return Figure(count, list_url(**base, **extra))

    def row(unit: int, name: str) -> BoardRow:
        asked = {"don-vi": unit, "rieng": user.unit_tree.has_parts(unit) and "1"}
        cells = [figure(counts.get((unit, f), 0), **asked, **{"linh-vuc": f}) for f, _n in fields]
        return BoardRow(name, cells, figure(_sum(counts, unit=unit), **asked))

    totals = [figure(_sum(counts, field=f), **{"linh-vuc": f}) for f, _n in fields]
    return Board(
        year=year,
        fields=[name for _p, name in fields],
        rows=[row(pk, name) for pk, name in units],
        by_field=ranking(zip((name for _p, name in fields), totals, strict=True)),
        totals=totals,
        total=figure(sum(counts.values())),
        grassroots=figure(flags["grassroots"], **{"uu-tien": "co-so"}),
        direct_labour=figure(flags["labour"], **{"uu-tien": "lao-dong"}),
    )


def ranking(figures: Iterable[tuple[str, Figure]]) -> list[Bar]:
    """Figures above zero as bars, longest first; those of the same length keep their order."""
    found = sorted(((name, f) for name, f in figures if f.count), key=lambda item: -item[1].count)
    return [Bar(name, f, round(100 * f.count / found[0][1].count)) for name, f in found]


def communes_without(board: Board, scopes: tuple[str, ...]) -> list[str]:
    """Names of the communes below `scopes` that have none in the board: one query."""
    communes = Unit.objects.valid_on(clock.today()).within(*scopes).filter(kind=UnitKind.COMMUNE)
    having = {row.name for row in board.rows}
    return [name for name in communes.values_list("short_name", flat=True) if name not in having]


def growth(board: Board, user: User) -> str:
    """How the board's year stands against the year before up to the same day, in words; "" without one to compare."""
    if board.year is None or board.year <= FIRST_YEAR:
        return ""
    before = datetime.date(board.year - 1, 1, 1), _same_day_before(board.year)
    earlier = Exemplar.objects.listed_for(user).standing().filter(recognised_on__range=before).count()
    words = {"n": format_number(abs(board.total.count - earlier)), "year": board.year - 1}
    if board.total.count == earlier:
        return _("bằng cùng kỳ %(year)s") % words
    return (
        _("tăng %(n)s so với cùng kỳ %(year)s")
        if board.total.count > earlier
        else _("giảm %(n)s so với cùng kỳ %(year)s")
    ) % words


def _same_day_before(year: int) -> datetime.date:
    today = clock.today()
    if year != today.year:
        return datetime.date(year - 1, 12, 31)
    return datetime.date(year - 1, today.month, min(today.day, 28) if today.month == 2 else today.day)


def _grouped(rows):
    return rows.order_by().values_list("unit", "field").annotate(n=Count("pk"))


def _sum(counts: dict[tuple[int, int], int], *, unit: int | None = None, field: int | None = None) -> int:
    return sum(n for (u, f), n in counts.items() if unit in (None, u) and field in (None, f))


def state_counts(user: User) -> dict[str, int]:
    """Records visible to `user` by state."""
    return desk_counts(user)[0]


def desk_counts(user: User) -> tuple[dict[str, int], int]:
    """Records visible to `user` by state, and how many of them are past the promised date: one query."""
    late = past_promise(clock.today())
    rows = (
        Exemplar.objects.listed_for(user)
        .order_by()
        .values_list("state")
        .annotate(n=Count("pk"), late=Count("pk", filter=late))
    )
    found = list(rows)
    return {state: n for state, n, _late in found}, sum(late for _state, _n, late in found)
