"""The movements and blocks of the demo: what ux and the browser tests rely on, all before its training date."""

from __future__ import annotations

import datetime

import pytest

from campaigns.models import Joining, Movement
from campaigns.reference import load_programmes
from core.audit import verify
from core.audit.models import AuditEvent
from emulation_portal.demo.movements import seed_movements
from emulation_portal.demo.seeding import read, seed_accounts
from models_registry.models import EmulationExample
from organizations.models import BlockMembership
from organizations.reference import load_blocks, load_units
from tests.factories import ExemplarFactory

TRAINING_DATE = datetime.date(2023, 6, 5)


@pytest.fixture
def seeded(db: None) -> dict:
    """The demo's movements over its units and people, with stand-ins for the exemplars that they name."""
    units = load_units()
    load_blocks(units)
    load_programmes()
    seed_accounts(units)
    data = read("movements.json")
    people = {row["username"]: row for row in read("accounts.json")["accounts"]}
    assert "noivu" in people
    for movement in data["movements"]:
        for example in movement["examples"]:
            make_exemplar(units, example)
    seed_movements(data, units)
    return data


def make_exemplar(units: dict, example: dict) -> None:
    from organizations.models import User  # noqa: PLC0415  beside its only use

    officer = User.objects.filter(role_assignments__role="officer", home_unit=units[example["unit"]]).first()
    ExemplarFactory(
        unit=units[example["unit"]],
        full_name=example["full_name"],
        officer=officer,
        reviewer=User.objects.get(username="noivu"),
        state="recognised",
    )


def test_every_state_of_a_movement_stands_in_the_demo(seeded: dict) -> None:
    made = Movement.objects.filter(is_reference=False)
    assert sorted(made.values_list("state", "level")) == [
        ("ended", "district"),
        ("launched", "commune"),
        ("launched", "district"),
        ("prepared", "district"),
    ]
    main = made.get(name__startswith="Thi đua chào mừng 75 năm")
    assert (main.joinings.count(), main.examples.count(), main.launched_on) == (7, 2, datetime.date(2023, 2, 10))


def test_nothing_of_them_lies_after_the_training_date(seeded: dict) -> None:
    days = [
        *Movement.objects.exclude(launched_on=None).values_list("launched_on", flat=True),
        *Joining.objects.values_list("joined_on", flat=True),
        *(at.date() for at in EmulationExample.objects.values_list("added_at", flat=True)),
    ]
    assert max(days) <= TRAINING_DATE
    logged = AuditEvent.objects.filter(action__startswith="movement.").values_list("at", flat=True)
    assert max(at.date() for at in logged) <= TRAINING_DATE


def test_blocks_have_heads_and_deputies_that_rotate(seeded: dict) -> None:
    for year in (2022, 2023):
        rows = BlockMembership.objects.filter(year=year)
        assert rows.filter(is_head=True).count() == 14
        assert rows.filter(deputy_place=1).count() == 10
        assert rows.filter(deputy_place=2).count() == 3
    leading = BlockMembership.objects.filter(block__code="K14", is_head=True).values_list("unit_id", flat=True)
    assert len(set(leading)) == 3


def test_seeding_again_changes_nothing(seeded: dict) -> None:
    before = AuditEvent.objects.count()
    seed_movements(seeded, load_units())
    assert AuditEvent.objects.count() == before
    assert verify().fault == ""
