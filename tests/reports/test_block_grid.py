"""The grid of an emulation block: every figure is the length of the list behind it, totals add up."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaigns.models import UnitTask
from core import clock
from models_registry.enums import State
from organizations.models import EmulationBlock
from reports.blocks import grid_of
from tests.campaigns.makers import publish, task_of
from tests.factories import BlockMembershipFactory, UnitFactory, World, many_exemplars
from tests.organizations.test_blocks import make_blocks

Browse = Callable[[str], Client]
NAMES = ("officer", "unit_leader", "reviewer", "interior_head", "clerk", "council_member", "leader", "editor")
NAMES += ("administrator", "nobody", "other_reviewer", "other_interior_head")


@pytest.fixture
def block(world: World) -> EmulationBlock:
    """Communes A (head) and B in 2023: exemplars of A, one task each, A's handed in late."""
    first = BlockMembershipFactory(unit=world.commune_a, is_head=True)
    BlockMembershipFactory(unit=world.commune_b, block=first.block, deputy_place=1)
    people = {"officer": world.officer, "reviewer": world.reviewer}
    many_exemplars(3, unit=world.commune_a, state=State.RECOGNISED, **people)
    many_exemplars(2, unit=world.commune_a, state=State.SUBMITTED, **people)
    many_exemplars(1, unit=world.commune_b, state=State.RECOGNISED, **people)
    many_exemplars(4, unit=world.office, state=State.RECOGNISED, **people)
    milestone = publish(world)
    evidence = {"state": "submitted", "submitted_at": clock.now(), "submitted_by": world.officer}
    tasks = UnitTask.objects.filter(pk=task_of(milestone, world.commune_a).pk)
    tasks.update(first_submitted_on=datetime.date(2023, 6, 16), **evidence)
    tasks = UnitTask.objects.filter(pk=task_of(milestone, world.commune_b).pk)
    tasks.update(first_submitted_on=datetime.date(2023, 6, 15), **evidence)
    return first.block


def counts(world: World, block: EmulationBlock, who: str, year: int = 2023) -> list[list[int]]:
    grid = grid_of(world.people[who], block, year)
    return [[figure.count for figure in row.cells] for row in [*grid.rows, grid.total]]


def test_figures_of_members_add_up_to_the_block(world: World, block: EmulationBlock) -> None:
    assert counts(world, block, "reviewer") == [[5, 3, 1, 1, 0], [1, 1, 1, 1, 1], [6, 4, 2, 2, 1]]
    assert counts(world, block, "council_member")[0][:2] == [3, 3]
    assert counts(world, block, "reviewer", 2022) == [[0] * 5]


@pytest.mark.parametrize("who", ["reviewer", "leader", "council_member"])
def test_every_registry_figure_is_the_length_of_its_list(
    world: World, block: EmulationBlock, browse: Browse, who: str
) -> None:
    grid = grid_of(world.people[who], block, 2023)
    client = browse(who)
    figures = [figure for row in [*grid.rows, grid.total] for figure in row.cells[:2] if figure.count]
    assert len(figures) == 6
    for figure in figures:
        assert client.get(figure.url).context["page_obj"].paginator.count == figure.count, figure.url


def test_every_task_figure_is_the_length_of_its_list(world: World, block: EmulationBlock, browse: Browse) -> None:
    grid = grid_of(world.reviewer, block, 2023)
    client = browse("reviewer")
    for figure in (figure for row in [*grid.rows, grid.total] for figure in row.cells[2:]):
        assert client.get(figure.url).context["page_obj"].paginator.count == figure.count, figure.url


def test_tasks_that_a_successor_took_over_stay_with_the_block(
    world: World, block: EmulationBlock, browse: Browse
) -> None:
    """A successor founded in the middle of the year stands in no block."""
    successor = UnitFactory(parent=world.district, name="Xã Mới")
    UnitTask.objects.filter(addressed=world.commune_a).update(unit=successor)
    assert [row[2:] for row in counts(world, block, "reviewer")] == [[1, 1, 0], [1, 1, 1], [2, 2, 1]]
    test_every_task_figure_is_the_length_of_its_list(world, block, browse)


def test_tasks_of_two_programmes_in_one_year_are_in_one_list(
    world: World, block: EmulationBlock, browse: Browse
) -> None:
    publish(world)
    assert [row[2:] for row in counts(world, block, "reviewer")] == [[2, 1, 0], [2, 1, 1], [4, 2, 1]]
    test_every_task_figure_is_the_length_of_its_list(world, block, browse)


def test_the_grid_opens_for_those_who_read_the_whole_block(world: World, block: EmulationBlock, browse: Browse) -> None:
    url = f"/khoi-thi-dua/{block.pk}/2023/bang/"
    found = {who: browse(who).get(url).status_code for who in NAMES}
    reads, far = {"reviewer", "interior_head", "leader", "council_member"}, {"other_reviewer", "other_interior_head"}
    assert found == {who: 200 if who in reads else 404 if who in far else 403 for who in NAMES}
    client = browse("leader")
    assert "Khối trưởng" in client.get(url).content.decode()
    assert "Khối chưa có thành viên" in client.get(f"/khoi-thi-dua/{block.pk}/2022/bang/").content.decode()
    for wrong in (f"/khoi-thi-dua/{2**63}/2023/bang/", f"/khoi-thi-dua/{block.pk}/1999/bang/"):
        assert client.get(wrong).status_code == 404


@pytest.mark.parametrize("rows", [1, 3, 500])
def test_the_grid_costs_the_same_at_every_size(world: World, browse: Browse, rows: int) -> None:
    block = make_blocks(world, rows)[0]
    url = f"/khoi-thi-dua/{block.pk}/2023/bang/"
    client = browse("reviewer")
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    assert len(queries) == 9
