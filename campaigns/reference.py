"""Loading of programmes, their milestones and legal bases, and movements from their data files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.db import transaction

from campaigns.enums import MovementState
from campaigns.models import LegalBasis, Milestone, Movement, Programme
from core.text import search_key
from organizations.models import Unit

DATA = Path(__file__).resolve().parent / "data"
_PROGRAMME = ("name", "plan_number", "plan_date", "issuer", "starts", "ends")
_MOVEMENT = ("name", "launched_by", "starts", "ends", "position")
_BASIS = ("title", "issuer", "issued_on")
_MILESTONE = [
    *("title", "short_title", "text", "quote", "tier", "duty", "series", "opens", "due", "closes", "anchor"),
    *("dates_set_by_office", "addressing", "unit_kinds", "asks_text", "asks_figures", "asks_files"),
    *("outline", "figures"),
]


def _read(name: str) -> Any:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


@transaction.atomic
def load_programmes() -> None:
    """Make the programmes that are missing with their milestones, make or update movements.

    A programme that exists is the office's own and stays as it is with its milestones; so does a movement that the
    office edited or ended. A movement's parent stands before it.
    """
    data, plan = _read("programme.json"), _read("milestones.json")
    for row in data["programmes"]:
        unit = Unit.objects.filter(code=row["unit"]).earliest("valid_from")
        values = {name: row[name] for name in _PROGRAMME} | {"unit": unit}
        programme, _made = Programme.objects.get_or_create(code=row["code"], defaults=values)
        if row["code"] == plan["programme"] and not programme.milestones.exists():
            load_milestones(programme, plan)
    for row in data["movements"]:
        _load_movement(row)


def _load_movement(row: dict[str, Any]) -> None:
    """Make or update one movement; the office's own words stay, its place in the district is added."""
    values = {name: row[name] for name in _MOVEMENT} | {"level": row["level"], "state": MovementState.LAUNCHED}
    values["launched_by"] = row["launched_by"] or ""
    values["parent"] = Movement.objects.get(code=row["parent"]) if row["parent"] else None
    values["search_text"] = search_key(f"{values['name']} {values['launched_by']}")
    values["is_reference"] = True
    stored = Movement.objects.filter(code=row["code"]).first()
    if stored is None:
        Movement.objects.create(code=row["code"], unit=_unit(row["unit"]), **values)
    elif stored.edited_by_id is None and not stored.transitions.exists():
        for name, value in values.items():
            setattr(stored, name, value)
        stored.unit = stored.unit or _unit(row["unit"])
        stored.save()


def _unit(code: str | None) -> Unit | None:
    return Unit.objects.filter(code=code).order_by("valid_from").first() if code else None


def load_milestones(programme: Programme, plan: dict[str, Any]) -> None:
    """Write the plan's milestones, unpublished, and what the plan cites, into a programme that has none yet."""
    for row in plan["legal_bases"]:
        basis, _made = LegalBasis.objects.get_or_create(
            number=row["number"], defaults={name: row[name] for name in _BASIS}
        )
        programme.legal_bases.add(basis)
    made: dict[str, Milestone] = {}
    for position, row in enumerate(plan["milestones"], start=1):
        values = {name: row[name] for name in _MILESTONE} | {"assembles": made.get(row["assembles"] or "")}
        milestone = Milestone.objects.create(programme=programme, code=row["code"], position=position, **values)
        made[row["code"]] = milestone
        if row["chosen"]:
            milestone.chosen_units.set(Unit.objects.filter(code__in=row["chosen"]).within(programme.unit.path))
