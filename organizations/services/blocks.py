"""Arranging emulation blocks: their members, head and deputies for a year, a year copied from the one before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core.audit import Subject, record
from core.audit.models import EventKind
from core.workflow import WorkflowError
from organizations.blocks import blocks_kept_by, copy_plan, units_of_year
from organizations.enums import Role
from organizations.models import BlockMembership, EmulationBlock, Unit

if TYPE_CHECKING:
    from organizations.models import User

MAX_DEPUTIES = 2


@dataclass(frozen=True)
class BlockInput:
    """What is written of a block itself."""

    name: str
    first_year: int | None = None
    last_year: int | None = None


@dataclass(frozen=True)
class MembersInput:
    """Who stands in a block for a year: units, one of them the head, at most two others deputies."""

    units: Sequence[Unit]
    head: Unit | None = None
    deputies: Sequence[Unit] = ()


@transaction.atomic
def save_block(*, block: EmulationBlock | None, given: BlockInput, by: User) -> EmulationBlock:
    """Make a block or write it anew; refused where members stand in a year outside of its own."""
    if block is None:
        _refuse_others(by)
        block = EmulationBlock(code=_next_code())
    else:
        _refuse_other_blocks(block, by)
        _refuse_years_with_members(block, given)
    block.name, block.first_year, block.last_year = given.name, given.first_year, given.last_year
    block._history_user = by  # type: ignore[attr-defined]  # read by simple_history
    try:
        with transaction.atomic():
            block.save()
    except IntegrityError:
        raise WorkflowError(_("Người khác vừa thêm một khối. Bấm lưu lần nữa.")) from None
    _note(block, by, "block.save", {"name": given.name, "years": [given.first_year, given.last_year]})
    return block


def _refuse_years_with_members(block: EmulationBlock, given: BlockInput) -> None:
    years = set(block.memberships.values_list("year", flat=True))
    outside = [
        year
        for year in years
        if (given.first_year and year < given.first_year) or (given.last_year and year > given.last_year)
    ]
    if outside:
        raise WorkflowError(_("Năm %(year)d khối vẫn còn thành viên. Đưa họ ra trước.") % {"year": min(outside)})


def _next_code() -> str:
    codes = EmulationBlock.objects.values_list("code", flat=True)
    numbers = [int(code[1:]) for code in codes if code[:1] == "K" and code[1:].isdecimal()]
    return f"K{max(numbers, default=0) + 1:02d}"


@transaction.atomic
def set_members(*, block: EmulationBlock, year: int, given: MembersInput, by: User) -> list[tuple[Unit, str]]:
    """Write the members of a block for a year, with head and deputies; returns the units that came from other blocks.

    A unit stands in one block a year, so naming it here takes it out of the other one, where it leads no longer.
    """
    _lock_blocks()
    _refuse_other_blocks(block, by)
    _judge(block, year, given, by)
    rows = {row.unit_id: row for row in BlockMembership.objects.filter(year=year).select_related("block", "unit")}
    moved = [(unit, rows[unit.pk].block) for unit in given.units if unit.pk in rows and rows[unit.pk].block != block]
    foreign = [unit for unit, other in moved if not blocks_kept_by(by).filter(pk=other.pk).exists()]
    if foreign:
        raise WorkflowError(_("%(unit)s đang thuộc khối của nơi khác.") % {"unit": foreign[0].name})
    before = [row.unit.short_name for row in rows.values() if row.block_id == block.pk]
    _replace(block, year, given, gone=[unit.pk for unit, _other in moved])
    told = {
        "year": year,
        "before": sorted(before),
        "members": sorted(unit.short_name for unit in given.units),
        "head": given.head.short_name if given.head else "",
        "deputies": [unit.short_name for unit in given.deputies],
    }
    _note(block, by, "block.members", told)
    return [(unit, other.name) for unit, other in moved]


def _judge(block: EmulationBlock, year: int, given: MembersInput, by: User) -> None:
    if not EmulationBlock.objects.in_year(year).filter(pk=block.pk).exists():
        raise WorkflowError(_("Khối này không có trong năm %(year)d.") % {"year": year})
    chosen = {unit.pk for unit in given.units}
    known = set(units_of_year(by, year).filter(pk__in=chosen).values_list("pk", flat=True))
    if unknown := [unit for unit in given.units if unit.pk not in known]:
        raise WorkflowError(
            _("%(unit)s không có trong năm %(year)d hoặc không thuộc phạm vi.")
            % {"unit": unknown[0].name, "year": year}
        )
    leading = [*([given.head] if given.head else []), *given.deputies]
    if strangers := [unit for unit in leading if unit.pk not in chosen]:
        raise WorkflowError(_("%(unit)s chưa được chọn làm thành viên của khối.") % {"unit": strangers[0].name})
    if len({unit.pk for unit in leading}) < len(leading):
        raise WorkflowError(_("Khối trưởng và các khối phó phải là những đơn vị khác nhau."))
    if len(given.deputies) > MAX_DEPUTIES:
        raise WorkflowError(_("Một khối có nhiều nhất hai khối phó."))


def _replace(block: EmulationBlock, year: int, given: MembersInput, *, gone: Collection[int]) -> None:
    """Rows that stay keep their keys, so that nothing that points at them is lost."""
    BlockMembership.objects.filter(year=year, unit_id__in=gone).exclude(block=block).delete()
    block.memberships.filter(year=year).exclude(unit__in=given.units).delete()
    block.memberships.filter(year=year).update(is_head=False, deputy_place=None)
    here = set(block.memberships.filter(year=year).values_list("unit_id", flat=True))
    BlockMembership.objects.bulk_create(
        BlockMembership(block=block, unit=unit, year=year) for unit in given.units if unit.pk not in here
    )
    if given.head:
        block.memberships.filter(year=year, unit=given.head).update(is_head=True)
    for place, unit in enumerate(given.deputies, start=1):
        block.memberships.filter(year=year, unit=unit).update(deputy_place=place)


@transaction.atomic
def copy_year(*, year: int, successors: Collection[int], by: User) -> int:
    """Copy the blocks of the year before; returns how many members stand in the new year.

    Heads and deputies rotate, so none is copied. Units that ended are left out; of their successors those named are
    taken into the block. Refused when the new year has members already.
    """
    _refuse_others(by)
    _lock_blocks()
    plan = copy_plan(by, year)
    if plan.standing:
        raise WorkflowError(_("Năm %(year)d đã có thành viên khối nên không chép đè.") % {"year": year})
    if not plan.is_open:
        raise WorkflowError(_("Năm %(year)d chưa có khối nào để chép.") % {"year": year - 1})
    places = {row.unit_id: row.block for row in plan.kept}
    for left in plan.left_out:
        for unit in left.successors:
            if unit.pk in successors:
                places.setdefault(unit.pk, left.membership.block)
    taken = set(BlockMembership.objects.filter(year=year, unit_id__in=places).values_list("unit_id", flat=True))
    rows = [BlockMembership(block=block, unit_id=pk, year=year) for pk, block in places.items() if pk not in taken]
    BlockMembership.objects.bulk_create(rows)
    told = {"year": year, "members": len(rows), "left_out": [row.membership.unit.short_name for row in plan.left_out]}
    record(kind=EventKind.SETTING, action="block.copy", actor=by, subject=Subject("block", None, str(year)), data=told)
    return len(rows)


def _lock_blocks() -> None:
    """Let changes of blocks take turns: all of them in the order of their keys."""
    list(EmulationBlock.objects.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


def _refuse_others(by: User) -> None:
    if not by.access.has(Role.INTERIOR_HEAD):
        raise WorkflowError(_("Chỉ Trưởng phòng Nội vụ sắp xếp được các khối thi đua."))


def _refuse_other_blocks(block: EmulationBlock, by: User) -> None:
    _refuse_others(by)
    if not blocks_kept_by(by).filter(pk=block.pk).exists():
        raise WorkflowError(_("Khối này thuộc nơi khác."))


def _note(block: EmulationBlock, by: User, action: str, data: dict[str, Any]) -> None:
    record(
        kind=EventKind.SETTING, action=action, actor=by, subject=Subject("block", block.pk, block.name[:60]), data=data
    )
