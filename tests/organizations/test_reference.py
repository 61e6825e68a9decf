from __future__ import annotations

import datetime

import pytest
from django.core.management import call_command

from campaigns.models import Movement, Programme
from models_registry.models import Criterion, Field, SubField
from organizations.models import BlockMembership, EmulationBlock, Unit
from organizations.reference import load_blocks, load_units, read

pytestmark = pytest.mark.django_db
MODELS = (Unit, EmulationBlock, BlockMembership, Programme, Movement, Field, SubField, Criterion)
MERGER = datetime.date(2025, 7, 1)


def everything() -> dict:
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in MODELS}


@pytest.fixture
def loaded(capsys) -> None:
    call_command("load_reference")


def test_loading_twice_changes_nothing(loaded) -> None:
    before = everything()
    call_command("load_reference")
    assert everything() == before


def test_loading_fills_every_table(loaded) -> None:
    assert {name for name, rows in everything().items() if not rows} == set()


def test_each_row_of_the_file_is_one_unit(loaded) -> None:
    rows = read("units.json")
    assert set(Unit.objects.values_list("code", "valid_from", "name")) == {
        (r["code"], datetime.date.fromisoformat(r["valid_from"]), r["name"]) for r in rows
    }
    assert Unit.objects.count() == len(rows)


def test_the_three_reused_commune_codes_are_two_units_each(loaded) -> None:
    codes = list(Unit.objects.filter(valid_from=MERGER, kind="commune").values_list("code", flat=True))
    reused = {code for code in codes if Unit.objects.filter(code=code).exclude(valid_from=MERGER).exists()}
    names = {code: {u.name for u in Unit.objects.filter(code=code)} for code in reused}
    assert len([code for code, found in names.items() if len(found) == 2]) >= 3


@pytest.mark.parametrize("day", [datetime.date(2023, 6, 5), datetime.date(2025, 6, 30), MERGER])
def test_on_no_day_do_two_units_share_a_code(loaded, day: datetime.date) -> None:
    codes = list(Unit.objects.valid_on(day).values_list("code", flat=True))
    assert len(codes) == len(set(codes))


def test_every_unit_lies_below_its_parent_of_the_file(loaded) -> None:
    rows = {r["key"]: r for r in read("units.json")}
    units = {key: Unit.objects.get(code=r["code"], valid_from=r["valid_from"]) for key, r in rows.items()}
    parents = {key: Unit.objects.get_parent(unit) for key, unit in units.items()}
    assert parents == {key: units.get(row["parent"]) for key, row in rows.items()}


def test_a_changed_name_is_brought_up_to_date_without_a_new_row(loaded) -> None:
    Unit.objects.filter(code="823").update(name="Tên cũ")
    count = Unit.objects.count()
    load_units()
    assert (Unit.objects.get(code="823").name, Unit.objects.count()) == ("Huyện Gò Công Tây", count)


def test_a_year_that_the_office_arranged_is_not_loaded_over(loaded) -> None:
    membership = BlockMembership.objects.filter(is_head=True, year=2023).first()
    other = membership.block.memberships.filter(year=2023, is_head=False).first()
    membership.block.memberships.filter(pk=membership.pk).update(is_head=False)
    membership.block.memberships.filter(pk=other.pk).update(is_head=True)
    BlockMembership.objects.filter(year=2022).delete()
    EmulationBlock.objects.filter(pk=membership.block_id).update(name="Khối khác tên")
    load_blocks(load_units())
    heads = BlockMembership.objects.filter(block=membership.block, year=2023, is_head=True)
    assert [h.unit_id for h in heads] == [other.unit_id]
    assert BlockMembership.objects.filter(year=2022, is_head=True).count() == EmulationBlock.objects.count()
    assert EmulationBlock.objects.get(pk=membership.block_id).name == "Khối khác tên"


def test_there_are_seven_criteria_in_their_order(loaded) -> None:
    assert list(Criterion.objects.values_list("code", flat=True)) == [f"C{n}" for n in range(1, 8)]


def test_the_tree_of_units_is_sound(loaded) -> None:
    assert Unit.objects.find_problems() == ([], [], [], [], [])
