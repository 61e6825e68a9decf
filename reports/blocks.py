"""The grid of an emulation block: what its members registered and handed in, each figure counted as its list is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.enums import HANDED_IN
from campaigns.models import UnitTask
from campaigns.selectors.lists import programme_of
from models_registry.enums import State
from models_registry.models import Exemplar
from organizations.blocks import memberships_of
from organizations.models import BlockMembership, EmulationBlock
from reports.selectors import Figure, list_url

if TYPE_CHECKING:
    from organizations.models import User

_KINDS = ("registered", "recognised", "expected", "handed_in", "in_time")
#: Which tasks the list of the schedule shows.
_SHOWN = {"expected": "", "handed_in": "nop", "in_time": "dung-han"}
_NONE: dict[str, int] = dict.fromkeys(_KINDS, 0)


@dataclass(frozen=True)
class GridRow:
    """One member, or the whole block, with its figures in the order of the columns."""

    name: str
    duty: str
    cells: list[Figure]


@dataclass(frozen=True)
class BlockGrid:
    """A block in a year; `total` adds up what stands above it."""

    block: EmulationBlock
    year: int
    columns: list[str]
    rows: list[GridRow]
    total: GridRow


def grid_of(user: User, block: EmulationBlock, year: int) -> BlockGrid:
    """The grid of a block: three queries whatever its size."""
    members = memberships_of(block, year)
    units = [row.unit_id for row in members]
    tasks, programmes = _tasks(user, units, year)
    counts = _merge(_exemplars(user, units, year), tasks)
    given = {"nam": year, **programme_of(programmes)}
    rows = [_row(user, row, given, counts.get(row.unit_id, _NONE)) for row in members]
    whole = {kind: sum(found.get(kind, 0) for found in counts.values()) for kind in _KINDS}
    columns = [_("Đăng ký"), _("Công nhận"), _("Nhiệm vụ"), _("Đã nộp"), _("Đúng hạn")]
    total = GridRow(_("Cộng"), "", _figures(whole, given, {"khoi": block.pk}, {"khoi": block.pk}))
    return BlockGrid(block, year, columns, rows, total)


def _exemplars(user: User, units: list[int], year: int) -> dict[int, dict[str, int]]:
    """Registered and recognised exemplars of the year by unit: one query."""
    rows = Exemplar.objects.listed_for(user).filter(unit__in=units).order_by()
    grouped = rows.values_list("unit_id").annotate(
        registered=Count("pk", filter=Q(registered_on__year=year)),
        recognised=Count("pk", filter=Q(state=State.RECOGNISED, recognised_on__year=year)),
    )
    return {unit: {"registered": a, "recognised": b} for unit, a, b in grouped}


def _tasks(user: User, units: list[int], year: int) -> tuple[dict[int, dict[str, int]], set[int]]:
    """Tasks due in the year, those handed in and those in time, by the unit they were given to: one query.

    With the programmes that they belong to.
    """
    rows = UnitTask.objects.visible_to(user).filter(addressed__in=units, milestone__due__year=year).order_by()
    handed = Q(state__in=sorted(HANDED_IN))
    grouped = rows.values_list("addressed_id", "milestone__programme_id").annotate(
        n=Count("pk"),
        handed=Count("pk", filter=handed),
        timely=Count("pk", filter=handed & Q(first_submitted_on__lte=F("due"))),
    )
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    programmes = set()
    for unit, programme, expected, handed_in, in_time in grouped:
        programmes.add(programme)
        counts[unit].update(expected=expected, handed_in=handed_in, in_time=in_time)
    return {unit: dict(found) for unit, found in counts.items()}, programmes


def _merge(*parts: Mapping[int, Mapping[str, int]]) -> dict[int, dict[str, int]]:
    merged: dict[int, dict[str, int]] = {}
    for part in parts:
        for unit, counts in part.items():
            merged.setdefault(unit, {}).update(counts)
    return merged


def _row(user: User, member: BlockMembership, given: Mapping[str, object], counts: Mapping[str, int]) -> GridRow:
    duty = _("Khối trưởng") if member.is_head else _("Khối phó") if member.is_deputy else ""
    alone = "1" if user.unit_tree.has_parts(member.unit_id) else ""
    registry = {"don-vi": member.unit_id, "rieng": alone}
    return GridRow(member.unit.short_name, duty, _figures(counts, given, registry, {"duoc-giao": member.unit_id}))


def _figures(
    counts: Mapping[str, int], given: Mapping[str, object], registry: Mapping[str, object], tasks: Mapping[str, object]
) -> list[Figure]:
    year = given["nam"]
    recognised = {"trang-thai": State.RECOGNISED.value, "nam": year}
    urls = [list_url(**{"nam-dang-ky": year}, **registry), list_url(**recognised, **registry)]
    urls += [_task_url(**given, **tasks, xem=shown) for shown in _SHOWN.values()]
    return [Figure(counts.get(kind, 0), url) for kind, url in zip(_KINDS, urls, strict=True)]


def _task_url(**parameters: object) -> str:
    given = urlencode({name: value for name, value in parameters.items() if value})
    return f"{reverse('campaigns:progress_list')}?{given}"
