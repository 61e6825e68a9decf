from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import clock
from models_registry.desk import desk_items, draft_counts
from models_registry.enums import State
from models_registry.models import ChangeRequest, Confirmation, Exemplar
from reports.selectors import Board, Figure, recognised_board
from tests.campaigns.makers import many_units, publish
from tests.factories import FieldFactory, World, many_exemplars

Browse = Callable[[str], Client]


@pytest.fixture
def spread(world: World) -> None:
    """Recognised records over units, fields and years, and one of the district itself above its communes."""
    health = FieldFactory(code="YT", name="Y tế", short_name="Y tế", position=2)
    made = [
        world.exemplar(State.RECOGNISED),
        world.exemplar(State.RECOGNISED, field=health, grassroots=True),
        world.in_commune_b(State.RECOGNISED, direct_labour=True, grassroots=True),
        world.in_commune_b(State.RECOGNISED),
        world.in_commune_b(State.ENDED),
        world.exemplar(State.REVOKED),
        world.exemplar(State.SUBMITTED),
        world.exemplar(State.DRAFT),
    ]
    Exemplar.objects.filter(pk=made[3].pk).update(recognised_on="2022-12-31")
    Exemplar.objects.filter(pk=made[0].pk).update(unit=world.district)


def figures(board: Board) -> Iterator[Figure]:
    for row in board.rows:
        yield from row.cells
        yield row.total
    yield from board.totals
    yield from (board.total, board.grassroots, board.direct_labour)


@pytest.mark.parametrize("year", [None, 2022, 2023, 2021])
@pytest.mark.parametrize("who", ["reviewer", "leader", "council_member", "unit_leader"])
def test_every_figure_of_the_board_equals_the_list_behind_it(
    world: World, spread: None, browse: Browse, who: str, year: int | None
) -> None:
    client = browse(who)
    board = recognised_board(world.people[who], year)
    addresses = {figure.url: figure.count for figure in figures(board)}
    found = {url: client.get(url).context["page_obj"].paginator.count for url in addresses}
    assert found == addresses


@pytest.mark.parametrize(("year", "total"), [(None, 4), (2023, 3), (2022, 1), (2021, 0)])
def test_the_board_counts_what_was_recognised_and_still_stands(
    world: World, spread: None, year: int | None, total: int
) -> None:
    assert recognised_board(world.leader, year).total.count == total


@pytest.mark.parametrize("year", [None, 2022, 2023])
def test_totals_add_up_both_ways(world: World, spread: None, year: int | None) -> None:
    board = recognised_board(world.leader, year)
    by_field = [sum(row.cells[place].count for row in board.rows) for place in range(len(board.fields))]
    assert by_field == [figure.count for figure in board.totals]
    assert sum(row.total.count for row in board.rows) == board.total.count == sum(by_field)


def test_the_tiles_of_the_desk_equal_their_lists(world: World, spread: None, browse: Browse) -> None:
    for who in ("officer", "unit_leader", "reviewer", "leader", "nobody", "council_member"):
        client = browse(who)
        tiles = {url: number for _label, number, url in client.get("/ban-lam-viec/").context["tiles"]}
        found = {url: client.get(url).context["page_obj"].paginator.count for url in tiles}
        assert found == tiles, who


def test_the_waiting_figures_of_the_board_equal_their_lists(world: World, spread: None, browse: Browse) -> None:
    client = browse("reviewer")
    waiting = {url: number for _label, number, url in client.get("/bao-cao/").context["waiting"]}
    assert {url: client.get(url).context["page_obj"].paginator.count for url in waiting} == waiting


@pytest.mark.parametrize("year", ["", "2023", "1999", "9999", "x", "²", "2023'", "20230", "-1"])
def test_any_year_in_the_address_is_answered(world: World, browse: Browse, year: str) -> None:
    answer = browse("leader").get("/bao-cao/", {"nam": year})
    assert (answer.status_code, answer.context["board"].year) == (200, 2023 if year == "2023" else None)


def count(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    return len(queries)


@pytest.mark.parametrize("rows", [1, 3, 500])
@pytest.mark.parametrize(
    ("url", "who", "state", "queries"),
    [
        ("/bao-cao/", "leader", State.RECOGNISED, 12),
        ("/ban-lam-viec/", "officer", State.DRAFT, 13),
        ("/ban-lam-viec/", "reviewer", State.SUBMITTED, 16),
        ("/ban-lam-viec/", "nobody", State.RECOGNISED, 5),
    ],
)
def test_board_and_desk_cost_the_same_at_every_size(
    world: World, browse: Browse, url: str, who: str, state: str, queries: int, rows: int
) -> None:
    many_exemplars(rows, unit=world.commune_a, officer=world.officer, reviewer=world.reviewer, state=state)
    assert count(browse(who), url) == queries


def test_what_is_overdue_stands_first_on_the_desk(world: World, browse: Browse) -> None:
    draft = world.exemplar(State.DRAFT)
    late, due = world.exemplar(State.RETURNED), world.exemplar(State.RETURNED)
    Exemplar.objects.filter(pk=late.pk).update(return_due=clock.today().replace(day=1))
    groups = browse("officer").get("/ban-lam-viec/").context["groups"]
    assert [(title, [item.title for item in items]) for _code, title, items in groups[:2]] == [
        ("Quá hạn", [f"Bổ sung hồ sơ {late.full_name}: 1 nhận xét"]),
        ("Sau đó", [f"Bổ sung hồ sơ {due.full_name}: 1 nhận xét", f"Viết tiếp bản nháp {draft.full_name}"]),
    ]


def test_what_is_due_today_is_not_overdue(world: World, browse: Browse) -> None:
    due = world.exemplar(State.RETURNED)
    Exemplar.objects.filter(pk=due.pk).update(return_due=clock.today())
    ((_code, title, _items),) = browse("officer").get("/ban-lam-viec/").context["groups"]
    assert title == "Hôm nay và 3 ngày tới"


def test_the_desk_tells_what_is_past_its_promise_to_unit_owner_and_head(world: World, browse: Browse) -> None:
    late = world.exemplar(State.IN_REVIEW)
    world.exemplar(State.SUBMITTED)
    Exemplar.objects.filter(pk=late.pk).update(review_due=clock.today() - datetime.timedelta(days=2))
    told = {
        who: browse(who).get("/ban-lam-viec/").context for who in ("officer", "reviewer", "interior_head", "leader")
    }
    assert [i.late.split(";")[0] for i in told["officer"]["waiting"]] == ["Quá hẹn trả lời 2 ngày", ""]
    assert {who: [row.exemplar.pk for row in told[who]["late"]] for who in told} == {
        "officer": [], "reviewer": [], "interior_head": [late.pk], "leader": []
    }  # fmt: skip
    assert [(code, len(items)) for code, _title, items in told["reviewer"]["groups"]][0] == ("overdue", 1)
    for who in ("reviewer", "interior_head", "leader"):
        tile = {label: (number, url) for label, number, url in told[who]["tiles"]}["Quá hẹn trả lời"]
        listed = browse(who).get(tile[1]).context["page_obj"].paginator.count
        assert (tile[0], listed) == (1, 1), who


def test_a_request_for_a_change_waits_on_the_desk_of_the_office_alone(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.RECOGNISED)
    ChangeRequest.objects.create(
        exemplar=exemplar, reason="Sai số", posted="x", base=1, asked_by=world.officer, asked_at=clock.now()
    )
    found = {who: len(desk_items(world.people[who])) for who in ("officer", "reviewer", "other_reviewer", "leader")}
    assert found == {"officer": 0, "reviewer": 1, "other_reviewer": 0, "leader": 0}


def test_a_confirmation_waits_on_the_desk_of_who_was_asked(world: World) -> None:
    draft = world.exemplar(State.DRAFT)
    asked = {"exemplar": draft, "asked_by": world.officer, "asked_at": clock.now(), "content_mark": "x"}
    Confirmation.objects.create(asked_of=world.commune_a, **asked)
    Confirmation.objects.create(asked_of=world.commune_b, **asked)
    people = ("unit_leader", "other_officer", "other_unit_leader", "reviewer")
    found = {who: [i.action for i in desk_items(world.people[who])] for who in people}
    # A commune that is no Front unit cannot answer, even when a row asks it.
    assert found == {"unit_leader": ["Đọc và trả lời"], "other_officer": [], "other_unit_leader": [], "reviewer": []}
    assert [row.unconfirmed for row in draft_counts(world.reviewer)] == [1]


def test_the_desk_tells_a_leader_in_one_line_who_is_late(
    world: World, browse: Browse, stand_on: Callable[[datetime.date], None]
) -> None:
    stand_on(datetime.date(2023, 6, 5))
    many_units(world, 8)
    programme = publish(world).programme_id
    assert "chậm kế hoạch" not in browse("leader").get("/ban-lam-viec/").content.decode()
    stand_on(datetime.date(2023, 6, 16))
    for person in ("leader", "reviewer"):
        words = browse(person).get("/ban-lam-viec/").content.decode()
        assert ["10 đơn vị chậm kế hoạch" in words, "và 4 đơn vị khác" in words] == [True, True]
        assert f"/ke-hoach/bang-theo-doi/?chuong-trinh={programme}&amp;cham=1&amp;nam=2023" in words
    assert "chậm kế hoạch" not in browse("officer").get("/ban-lam-viec/").content.decode()
