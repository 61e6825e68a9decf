"""The movements of the demo with the units that joined, and the deputies of its emulation blocks."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from campaigns.models import Movement
from campaigns.movement_letters import MOVEMENT
from campaigns.services import movements as services
from campaigns.services.enclosures import add_enclosure
from campaigns.services.movements import MovementInput
from core import clock
from emulation_portal.demo.pictures import draw_paper
from emulation_portal.demo.replaying import settle_messages
from models_registry.models import Exemplar
from models_registry.services import add_example
from organizations.blocks import memberships_of
from organizations.models import BlockMembership, EmulationBlock, Unit, User
from organizations.services.blocks import MembersInput, set_members

#: Blocks with so many members have one deputy, or two.
_ONE_DEPUTY, _TWO_DEPUTIES = 3, 8


def _day(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


def _at(text: str) -> datetime.datetime:
    return datetime.datetime.combine(datetime.date.fromisoformat(text), datetime.time(9, 0), tzinfo=clock.VIETNAM)


@transaction.atomic
def seed_movements(data: dict[str, Any], units: dict[str, Unit]) -> None:
    """Replay the movements that are not there yet, and name deputies where a year has none."""
    people = {user.username: user for user in User.objects.all()}
    for row in data["movements"]:
        if not Movement.objects.filter(name=row["name"]).exists():
            _seed_movement(row, units, people)
    named = data["deputies"]
    for year, day in named["years"].items():
        _seed_deputies(int(year), day, people[named["by"]])


def _seed_movement(row: dict[str, Any], units: dict[str, Unit], people: dict[str, User]) -> None:
    by = people[row["by"]]
    with clock.replay_at(_at(row["written_on"])):
        movement = services.add_movement(given=_given(row, units), by=by)
        for paper in row.get("documents", []):
            upload = SimpleUploadedFile(paper["name"], draw_paper(row["number"], paper["title"]))
            add_enclosure(owner=movement, by=by, upload=upload, kind="document")
    if row["launched_on"]:
        with clock.replay_at(_at(row["launched_on"])):
            services.launch_movement(movement=movement, by=by)
    for joining in row["joinings"]:
        _join(movement, joining, units, people)
    for example in row["examples"]:
        _name_example(movement, example, units, by)
    if ended := row.get("ended"):
        with clock.replay_at(_at(ended["on"])):
            services.end_movement(movement=movement, by=by, reason=ended["reason"], summary=ended["summary"])
    settle_messages(MOVEMENT, [movement.pk])


def _given(row: dict[str, Any], units: dict[str, Unit]) -> MovementInput:
    words = {name: row[name] for name in ("name", "level", "launched_by", "number", "slogan", "criteria")}
    days: dict[str, Any] = {name: _day(row[name]) for name in ("paper_date", "starts", "ends")}
    parent = Movement.objects.filter(code=row["parent"]).first() if row["parent"] else None
    return MovementInput(unit=units[row["unit"]], parent=parent, **words, **days)


def _join(movement: Movement, row: dict[str, Any], units: dict[str, Unit], people: dict[str, User]) -> None:
    with clock.replay_at(_at(row["on"])):
        services.join_movement(
            movement=movement,
            unit=units[row["unit"]],
            by=people[row["by"]],
            joined_on=clock.today(),
            plan_number=row["plan_number"],
        )


def _name_example(movement: Movement, row: dict[str, Any], units: dict[str, Unit], by: User) -> None:
    exemplar = Exemplar.objects.standing().get(unit=units[row["unit"]], full_name=row["full_name"])
    with clock.replay_at(_at(row["on"])):
        add_example(movement=movement, exemplar=exemplar, by=by, note=row["note"])


def _seed_deputies(year: int, day: str, by: User) -> None:
    """The units that follow the head in the order of the tree are its deputies; none in a year that has some."""
    if BlockMembership.objects.filter(year=year, deputy_place__isnull=False).exists():
        return
    with clock.replay_at(_at(day)):
        for block in EmulationBlock.objects.filter(memberships__year=year).distinct():
            _name_deputies(block, year, by)


def _name_deputies(block: EmulationBlock, year: int, by: User) -> None:
    members = memberships_of(block, year)
    head = next((place for place, row in enumerate(members) if row.is_head), None)
    if head is None or len(members) < _ONE_DEPUTY:
        return
    units = [row.unit for row in members]
    after = [*units[head + 1 :], *units[:head]]
    deputies = after[: 2 if len(units) >= _TWO_DEPUTIES else 1]
    set_members(block=block, year=year, given=MembersInput(units, units[head], deputies), by=by)
