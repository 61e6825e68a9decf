"""Emulation blocks as their pages show them: a year with its members, and what a copy to the next year would bring."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

from core import clock
from organizations.enums import Role, UnitKind
from organizations.models import BlockMembership, EmulationBlock, Unit
from organizations.querysets import EmulationBlockQuerySet, UnitQuerySet

if TYPE_CHECKING:
    from organizations.models import User

#: Years that an address may ask for.
FIRST_YEAR = 2021
#: Kinds that stand over the units of a district and compete in no block.
_ABOVE = (UnitKind.PROVINCE, UnitKind.DISTRICT)
WORDS = {
    "block.save": gettext_lazy("Ghi khối thi đua"),
    "block.members": gettext_lazy("Sắp xếp thành viên khối thi đua"),
    "block.copy": gettext_lazy("Chép khối thi đua sang năm mới"),
}


def last_year() -> int:
    """The last year that may be arranged: the next one."""
    return clock.today().year + 1


def area_paths(user: User) -> list[str]:
    """The district around the person's units and scopes, or the scope itself where it is wider."""
    paths = [path for _role, _unit, path in user.access.grants]
    if user.home_unit is not None:
        paths.append(user.home_unit.path)
    districts = [path for _pk, path, _name, kind in user.unit_tree.rows if kind == UnitKind.DISTRICT]
    return [next((d for d in districts if path.startswith(d)), path) for path in paths]


def blocks_seen_by(user: User) -> EmulationBlockQuerySet:
    """The blocks of the person's district."""
    return EmulationBlock.objects.within(*area_paths(user)).distinct()


def blocks_kept_by(user: User) -> EmulationBlockQuerySet:
    """The blocks that a head of the office may arrange: all their members lie in the own scope."""
    paths = user.access.paths(Role.INTERIOR_HEAD)
    return EmulationBlock.objects.kept_within(*paths) if paths else EmulationBlock.objects.none()


def units_of_year(user: User, year: int) -> UnitQuerySet:
    """The units of the head's scope that exist at some time of a year and may stand in a block."""
    first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    units = Unit.objects.within(*user.access.paths(Role.INTERIOR_HEAD)).filter(valid_from__lte=last)
    return units.exclude(valid_to__lt=first).exclude(kind__in=_ABOVE)


@dataclass(frozen=True)
class BlockOfYear:
    """A block in a year: its members in the order of the tree."""

    block: EmulationBlock
    members: list[BlockMembership] = field(default_factory=list)

    @property
    def head(self) -> BlockMembership | None:
        """The unit that leads the block."""
        return next((row for row in self.members if row.is_head), None)

    @property
    def deputies(self) -> list[BlockMembership]:
        """The units that stand in for the head, in their order."""
        rows = [row for row in self.members if row.deputy_place is not None]
        return sorted(rows, key=lambda row: row.deputy_place or 0)


def memberships_of(block: EmulationBlock, year: int) -> list[BlockMembership]:
    """The members of a block in a year, in the order of the tree: one query."""
    return list(block.memberships.filter(year=year).select_related("unit").order_by("unit__path"))


def blocks_of_year(user: User, year: int) -> list[BlockOfYear]:
    """All blocks that the person sees in a year with their members: two queries."""
    blocks = list(blocks_seen_by(user).in_year(year))
    rows: dict[int, list[BlockMembership]] = defaultdict(list)
    found = BlockMembership.objects.filter(block__in=blocks, year=year).select_related("unit").order_by("unit__path")
    for row in found:
        rows[row.block_id].append(row)
    return [BlockOfYear(block, rows[block.pk]) for block in blocks]


@dataclass(frozen=True)
class LeftOut:
    """A member that does not exist any more in the new year, with the units that took its place."""

    membership: BlockMembership
    successors: list[Unit]


@dataclass(frozen=True)
class CopyPlan:
    """What copying the blocks of the year before would bring to `year`."""

    year: int
    kept: list[BlockMembership]
    left_out: list[LeftOut]
    standing: int

    @property
    def is_open(self) -> bool:
        """Whether there is something to copy and nothing stands in the way."""
        return not self.standing and bool(self.kept or self.left_out)


def copy_plan(user: User, year: int) -> CopyPlan:
    """Members of the year before in the blocks that the head keeps: who goes on, who is left out, who follows them."""
    blocks = blocks_kept_by(user).in_year(year)
    rows = BlockMembership.objects.filter(block__in=blocks, year=year - 1).select_related("unit", "block")
    lasting = set(units_of_year(user, year).values_list("pk", flat=True))
    ordered = list(rows.order_by("block__code", "unit__path").prefetch_related("unit__successors"))
    gone = [row for row in ordered if row.unit_id not in lasting]
    return CopyPlan(
        year=year,
        kept=[row for row in ordered if row.unit_id in lasting],
        left_out=[LeftOut(row, [u for u in row.unit.successors.all() if u.pk in lasting]) for row in gone],
        standing=BlockMembership.objects.filter(block__in=blocks_kept_by(user), year=year).count(),
    )
