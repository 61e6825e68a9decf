"""Emulation blocks by year: who arranges them, heads and deputies, moving, copying to the next year."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.audit.models import AuditEvent
from core.workflow import WorkflowError
from organizations.blocks import blocks_of_year, copy_plan
from organizations.enums import UnitKind
from organizations.models import BlockMembership, EmulationBlock, Unit
from organizations.services.blocks import BlockInput, MembersInput, copy_year, save_block, set_members
from tests.factories import BlockMembershipFactory, EmulationBlockFactory, UnitFactory, World

Browse = Callable[[str], Client]


@pytest.fixture
def block(world: World) -> EmulationBlock:
    """Communes A and B in 2023, led by A."""
    first = BlockMembershipFactory(unit=world.commune_a, is_head=True, block__name="Khối xã")
    BlockMembershipFactory(unit=world.commune_b, block=first.block)
    return first.block


def members(block: EmulationBlock, year: int = 2023) -> list[tuple[Unit, bool, int | None]]:
    rows = block.memberships.filter(year=year).order_by("unit__path").select_related("unit")
    return [(row.unit, row.is_head, row.deputy_place) for row in rows]


def test_a_head_arranges_members_head_and_deputies(world: World, block: EmulationBlock) -> None:
    kept = block.memberships.get(unit=world.commune_a).pk
    given = MembersInput(
        [world.commune_a, world.commune_b, world.office], head=world.office, deputies=[world.commune_b, world.commune_a]
    )
    assert set_members(block=block, year=2023, given=given, by=world.interior_head) == []
    assert members(block) == [(world.commune_a, False, 2), (world.commune_b, False, 1), (world.office, True, None)]
    assert block.memberships.get(unit=world.commune_a).pk == kept
    event = AuditEvent.objects.get(action="block.members")
    assert '"head":"Phòng Nội vụ"' in event.data
    assert event.actor == world.interior_head


def test_roles_rotate_and_other_years_stay(world: World, block: EmulationBlock) -> None:
    BlockMembershipFactory(unit=world.commune_a, block=block, year=2022, is_head=True)
    given = MembersInput([world.commune_a, world.commune_b], head=world.commune_b, deputies=[world.commune_a])
    for _turn in range(2):
        set_members(block=block, year=2023, given=given, by=world.interior_head)
    assert members(block) == [(world.commune_a, False, 1), (world.commune_b, True, None)]
    assert members(block, 2022) == [(world.commune_a, True, None)]


def test_a_unit_named_here_leaves_its_other_block(world: World, block: EmulationBlock) -> None:
    other = EmulationBlockFactory(name="Khối khác")
    moved = set_members(
        block=other, year=2023, given=MembersInput([world.commune_a], head=world.commune_a), by=world.interior_head
    )
    assert moved == [(world.commune_a, "Khối xã")]
    assert members(block) == [(world.commune_b, False, None)]
    assert members(other) == [(world.commune_a, True, None)]


def test_what_cannot_be_is_refused_and_nothing_changes(world: World, block: EmulationBlock) -> None:
    a, b, office = world.commune_a, world.commune_b, world.office
    ended = UnitFactory(parent=world.district, name="Xã Cũ", valid_to=datetime.date(2022, 12, 31))
    block.last_year = 2025
    block.save()
    cases = [
        (2023, MembersInput([a], head=b), "Xã Đồng Thạnh chưa được chọn"),
        (2023, MembersInput([a, b], head=a, deputies=[a]), "phải là những đơn vị khác nhau"),
        (2023, MembersInput([a, b, office], deputies=[a, b, office]), "nhiều nhất hai khối phó"),
        (2023, MembersInput([ended]), "Xã Cũ không có trong năm 2023"),
        (2023, MembersInput([world.far_commune]), "Xã Xa không có trong năm 2023 hoặc không thuộc phạm vi"),
        (2023, MembersInput([world.district]), "Huyện Thử không có"),
        (2026, MembersInput([a]), "Khối này không có trong năm 2026"),
    ]
    before = members(block)
    for year, given, words in cases:
        with pytest.raises(WorkflowError, match=words):
            set_members(block=block, year=year, given=given, by=world.interior_head)
    assert members(block) == before


@pytest.mark.parametrize("who", ["reviewer", "officer", "administrator", "other_interior_head"])
def test_nobody_else_arranges_a_block(world: World, block: EmulationBlock, who: str) -> None:
    with pytest.raises(WorkflowError):
        set_members(block=block, year=2023, given=MembersInput([]), by=world.people[who])
    assert len(members(block)) == 2


def test_a_head_takes_no_unit_from_a_block_that_reaches_beyond(world: World, block: EmulationBlock) -> None:
    mixed = BlockMembershipFactory(unit=world.far_commune).block
    BlockMembershipFactory(unit=world.office, block=mixed)
    with pytest.raises(WorkflowError, match="đang thuộc khối của nơi khác"):
        set_members(block=block, year=2023, given=MembersInput([world.office]), by=world.interior_head)


def test_a_block_is_named_and_closed(world: World, block: EmulationBlock) -> None:
    new = save_block(block=None, given=BlockInput("Khối mới", first_year=2024), by=world.interior_head)
    assert (new.code[0], EmulationBlock.objects.in_year(2023).filter(pk=new.pk).exists()) == ("K", False)
    with pytest.raises(WorkflowError, match="Năm 2023 khối vẫn còn thành viên"):
        save_block(block=block, given=BlockInput("Khối xã", last_year=2022), by=world.interior_head)
    save_block(block=block, given=BlockInput("Khối các xã", last_year=2023), by=world.interior_head)
    assert [row.name for row in EmulationBlock.objects.in_year(2023)] == ["Khối các xã"]
    assert [row.name for row in EmulationBlock.objects.in_year(2024)] == ["Khối mới"]


# The next year


@pytest.fixture
def merged(world: World, block: EmulationBlock) -> Unit:
    """Commune B ends with 2023 and goes on in a new one."""
    successor = UnitFactory(parent=world.district, name="Xã Mới", valid_from=datetime.date(2024, 1, 1))
    Unit.objects.filter(pk=world.commune_b.pk).update(valid_to=datetime.date(2023, 12, 31))
    world.commune_b.successors.add(successor)
    return successor


def test_a_copy_names_who_is_left_out_and_who_follows(world: World, block: EmulationBlock, merged: Unit) -> None:
    plan = copy_plan(world.interior_head, 2024)
    assert [row.unit for row in plan.kept] == [world.commune_a]
    assert [(row.membership.unit, row.successors) for row in plan.left_out] == [(world.commune_b, [merged])]


def test_a_year_is_copied_once_without_its_head(world: World, block: EmulationBlock, merged: Unit) -> None:
    assert copy_year(year=2024, successors=[merged.pk], by=world.interior_head) == 2
    assert members(block, 2024) == [(world.commune_a, False, None), (merged, False, None)]
    with pytest.raises(WorkflowError, match="đã có thành viên khối"):
        copy_year(year=2024, successors=[], by=world.interior_head)


def test_a_successor_that_was_not_chosen_and_a_stranger_stay_out(
    world: World, block: EmulationBlock, merged: Unit
) -> None:
    assert copy_year(year=2024, successors=[world.office.pk], by=world.interior_head) == 1


def test_an_empty_year_cannot_be_copied(world: World, block: EmulationBlock) -> None:
    with pytest.raises(WorkflowError, match="Năm 2021 chưa có khối nào"):
        copy_year(year=2022, successors=[], by=world.interior_head)
    with pytest.raises(WorkflowError, match="Chỉ Trưởng phòng Nội vụ"):
        copy_year(year=2024, successors=[], by=world.reviewer)


# The pages


def test_the_year_page_shows_members_head_and_deputies(world: World, block: EmulationBlock, browse: Browse) -> None:
    block.memberships.filter(unit=world.commune_b).update(deputy_place=1)
    text = browse("officer").get("/khoi-thi-dua/").content.decode()
    assert ("Khối thi đua năm 2023" in text, "Khối xã" in text, "Xã Đồng Thạnh" in text) == (True, True, True)
    assert ("thanh-vien/" in text, "/bang/" in text) == (False, False)
    text = browse("interior_head").get("/khoi-thi-dua/?nam=2024").content.decode()
    assert "Chép khối của năm 2023" in text
    assert "Khối xã" not in browse("other_interior_head").get("/khoi-thi-dua/").content.decode()


def test_members_are_arranged_by_their_page(world: World, block: EmulationBlock, browse: Browse) -> None:
    other = EmulationBlockFactory(name="Khối khác")
    client, url = browse("interior_head"), f"/khoi-thi-dua/{other.pk}/2023/thanh-vien/"
    assert "Xã Bình An (đang ở Khối xã)" in client.get(url).content.decode()
    posted = {"units": [str(world.commune_a.pk)], "head": str(world.commune_b.pk)}
    text = client.post(url, posted).content.decode()
    assert "Xã Đồng Thạnh chưa được chọn làm thành viên của khối." in text
    answer = client.post(url, {"units": [str(world.commune_a.pk)], "head": str(world.commune_a.pk)}, follow=True)
    assert "Đã chuyển Xã Bình An từ Khối xã." in answer.content.decode()
    assert members(other) == [(world.commune_a, True, None)]


def test_a_year_is_copied_by_its_page(world: World, block: EmulationBlock, merged: Unit, browse: Browse) -> None:
    client, url = browse("interior_head"), "/khoi-thi-dua/nam/2024/chep/"
    text = client.get(url).content.decode()
    assert "Đưa đơn vị kế tục Xã Mới vào khối này" in text
    assert client.post(url, {"successor": [str(merged.pk), "x", "9" * 30]}).status_code == 302
    assert len(members(block, 2024)) == 2
    assert "nên không chép đè" in client.get(url).content.decode()
    assert "Năm 2021 chưa có khối nào để chép" in client.get("/khoi-thi-dua/nam/2022/chep/").content.decode()
    for year in (1999, 2025, 99999):
        assert client.get(f"/khoi-thi-dua/nam/{year}/chep/").status_code == 404


def test_a_block_is_added_and_renamed_by_its_page(world: World, block: EmulationBlock, browse: Browse) -> None:
    client = browse("interior_head")
    wrong = {"name": "Khối mới", "first_year": "2024", "last_year": "2023"}
    assert "Năm cuối phải từ năm đầu" in client.post("/khoi-thi-dua/moi/", wrong).content.decode()
    assert client.post("/khoi-thi-dua/moi/", {"name": "Khối mới"}).status_code == 302
    assert client.post(f"/khoi-thi-dua/{block.pk}/sua/", {"name": "Khối các xã"}).status_code == 302
    assert set(EmulationBlock.objects.values_list("name", flat=True)) == {"Khối mới", "Khối các xã"}


@pytest.mark.parametrize("tail", ["sua/", "2023/thanh-vien/"])
def test_a_block_of_others_is_not_found(world: World, block: EmulationBlock, browse: Browse, tail: str) -> None:
    assert browse("interior_head").get(f"/khoi-thi-dua/{block.pk}/{tail}").status_code == 200
    assert browse("other_interior_head").get(f"/khoi-thi-dua/{block.pk}/{tail}").status_code == 404
    for pk in (987_654, 2**63):
        assert browse("interior_head").get(f"/khoi-thi-dua/{pk}/{tail}").status_code == 404
    for who in ("reviewer", "administrator", "officer"):
        assert browse(who).get(f"/khoi-thi-dua/{block.pk}/{tail}").status_code == 403
    assert browse("interior_head").get(f"/khoi-thi-dua/{block.pk}/2030/thanh-vien/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3, 500])
def test_the_year_page_costs_the_same_at_every_size(world: World, browse: Browse, rows: int) -> None:
    make_blocks(world, rows)
    client = browse("interior_head")
    client.get("/khoi-thi-dua/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/khoi-thi-dua/")
    assert len(queries) == 8


def make_blocks(world: World, rows: int) -> list[EmulationBlock]:
    """One block with `rows` members."""
    block = EmulationBlockFactory()
    root = Unit.objects.get(pk=world.district.pk)
    made = [
        Unit(
            code=f"Z{n}",
            name=f"Đơn vị {n}",
            short_name=f"Đơn vị {n}",
            kind=UnitKind.SCHOOL,
            valid_from=datetime.date(2020, 1, 1),
            path=f"{root.path}Z{n:03d}",
            depth=root.depth + 1,
        )
        for n in range(rows)
    ]
    Unit.objects.bulk_create(made)
    found = Unit.objects.filter(code__startswith="Z")
    BlockMembership.objects.bulk_create(BlockMembership(block=block, unit=unit, year=2023) for unit in found)
    return [block]


def test_the_members_of_a_year_come_in_two_queries(world: World, block: EmulationBlock) -> None:
    user = world.interior_head
    user.access, user.unit_tree  # noqa: B018 - read once for each request
    with CaptureQueriesContext(connection) as queries:
        found = blocks_of_year(user, 2023)
    assert (len(queries), [len(item.members) for item in found]) == (2, [2])


def test_the_pages_of_a_block_carry_its_name(world: World, block: EmulationBlock, browse: Browse) -> None:
    client = browse("interior_head")
    text = client.get(f"/khoi-thi-dua/{block.pk}/2023/thanh-vien/").content.decode()
    assert "<h1>Khối xã, năm 2023</h1>" in text
    assert "<h1>Khối xã</h1>" in client.get(f"/khoi-thi-dua/{block.pk}/sua/").content.decode()
    assert "<h1>Thêm khối thi đua</h1>" in client.get("/khoi-thi-dua/moi/").content.decode()
