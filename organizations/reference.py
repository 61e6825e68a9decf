"""Loading of units, blocks and the calendar from their data files; what the office edits itself stays as it is."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from core.text import sort_key
from core.working_days import announce_change
from organizations.enums import DayKind
from organizations.models import BlockMembership, CalendarDay, EmulationBlock, Unit

DATA = Path(__file__).resolve().parent / "data"


def read(name: str) -> Any:
    """Content of a data file of this app."""
    return json.loads((DATA / name).read_text(encoding="utf-8"))


@transaction.atomic
def load_units() -> dict[str, Unit]:
    """Make or update the units of `units.json`; parents stand before their children. Returns key → unit."""
    rows = read("units.json")
    units: dict[str, Unit] = {}
    for row in rows:
        units[row["key"]] = _load_unit(row, units.get(row["parent"]))
    for row in rows:
        units[row["key"]].successors.set(units[key] for key in row["successors"])
    return units


def _load_unit(row: dict[str, Any], parent: Unit | None) -> Unit:
    values = {name: row[name] for name in ("name", "short_name", "kind", "valid_to")}
    values["sort_key"] = sort_key(row["name"])
    unit = Unit.objects.filter(code=row["code"], valid_from=row["valid_from"]).first()
    if unit is None:
        new = Unit(code=row["code"], valid_from=row["valid_from"], **values)
        if parent is None:
            unit = Unit.objects.add_root(instance=new)
        else:
            # The parent is read again: its count of children changed with the last one.
            unit = Unit.objects.add_child(Unit.objects.get(pk=parent.pk), instance=new)
        return Unit.objects.get(pk=unit.pk)
    for name, value in values.items():
        setattr(unit, name, value)
    unit.save()
    return unit


@transaction.atomic
def load_blocks(units: dict[str, Unit]) -> None:
    """Make the emulation blocks that are missing, and their members of the years in which no block has any.

    A year that has members is the office's own: it was arranged, or copied, and stays as it is.
    """
    arranged = set(BlockMembership.objects.values_list("year", flat=True).distinct())
    for row in read("blocks.json"):
        block, _made = EmulationBlock.objects.get_or_create(code=row["code"], defaults={"name": row["name"]})
        for year in row["years"]:
            if year["year"] not in arranged:
                _make_members(block, year, units)


def _make_members(block: EmulationBlock, year: dict[str, Any], units: dict[str, Unit]) -> None:
    BlockMembership.objects.bulk_create(
        BlockMembership(block=block, unit=units[key], year=year["year"], is_head=key == year["head"])
        for key in year["members"]
    )


@transaction.atomic
def load_calendar() -> int:
    """Make the days of `holidays_vn.json` that no row speaks of; returns how many. The office's own days stay."""
    data = read("holidays_vn.json")
    known = set(CalendarDay.objects.values_list("date", flat=True))
    rows = [row for row in _calendar_rows(data) if row.date not in known]
    for row in rows:
        row.save()
    if rows:
        transaction.on_commit(announce_change)
    return len(rows)


def _calendar_rows(data: dict[str, Any]) -> list[CalendarDay]:
    source = "Lịch nghỉ hằng năm (gói holidays)"
    rows = [
        CalendarDay(date=date.fromisoformat(day["date"]), kind=DayKind.HOLIDAY, name=day["name"], source=source)
        for days in data["years"].values()
        for day in days
    ]
    worked = [day for days in data["makeup_working_saturdays"].values() for day in days]
    return rows + [
        CalendarDay(date=date.fromisoformat(day), kind=DayKind.WORKING, name="Làm bù", source=source) for day in worked
    ]
