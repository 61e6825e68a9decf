"""Timeline, grid, numbers and lists: every figure equals its list, states are words, costs are literal."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaigns.models import Extension, Milestone, Programme, UnitTask
from campaigns.selectors.filters import ScheduleFilter
from campaigns.selectors.grid import grid
from campaigns.selectors.lists import late_unit_names, numbers_by
from campaigns.selectors.numbers import Numbers, completeness
from campaigns.selectors.timeline import timeline
from campaigns.selectors.words import milestone_standing, task_standing
from core import clock
from organizations.models import BlockMembership, Unit
from tests.campaigns.makers import MilestoneFactory, bring_on, many_units, publish, task_of
from tests.factories import BlockMembershipFactory, ProgrammeFactory, UnitFactory, World

Browse = Callable[[str], Client]
DAY = datetime.date(2023, 6, 20)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _june(stand_on: Callable[[datetime.date], None]) -> None:
    stand_on(DAY)


def wanted(world: World, who: str = "reviewer", query: str = "") -> ScheduleFilter:
    world.people[who].__dict__.pop("access", None)
    return ScheduleFilter(QueryDict(query), world.people[who])


@pytest.fixture
def year(world: World) -> dict[str, Milestone]:
    """Two milestones of 2023 and one of 2022; A in time and accepted, B late or returned; a block of A."""
    programme = ProgrammeFactory(unit=world.district)
    first, last = datetime.date(2022, 1, 1), datetime.date(2022, 12, 31)
    made = {
        "review": publish(world, programme=programme, short_title="Sơ kết"),
        "plan": publish(world, programme=programme, short_title="KH", due=datetime.date(2023, 6, 30)),
        "before": publish(world, programme=programme, short_title="Cũ", opens=first, due=last, closes=last, series="S"),
    }
    bring_on(task_of(made["review"], world.commune_a), "accepted", world)
    bring_on(task_of(made["plan"], world.commune_b), "returned", world, on=datetime.date(2023, 6, 5))
    bring_on(task_of(made["before"], world.commune_a), "submitted", world, on=datetime.date(2023, 1, 3))
    BlockMembershipFactory(unit=world.commune_a, year=2023)
    return made


def figures(rows: list, whole: Any) -> Iterator[tuple[str, int]]:
    for row in [*rows, whole]:
        for count, url in [*row.figures, row.late]:
            yield url, count


@pytest.mark.parametrize("query", ["", "nam=2022", "nam=tat-ca", "nam=2023&loai=commune", "nam=2024"])
@pytest.mark.parametrize("group", ["moc", "don-vi", "khoi"])
@pytest.mark.parametrize("who", ["reviewer", "leader", "officer", "other_reviewer"])
def test_every_figure_equals_the_list_behind_it(
    world: World, year: dict, browse: Browse, who: str, group: str, query: str
) -> None:
    found = dict(figures(*numbers_by(wanted(world, who, query), group)))
    client = browse(who)
    lists = {url: client.get(url).context["page_obj"].paginator.count for url in found}
    assert lists == found


@pytest.mark.parametrize("group", ["moc", "don-vi", "khoi"])
def test_the_rows_add_up_to_the_whole(world: World, year: dict, group: str) -> None:
    rows, whole = numbers_by(wanted(world), group)
    assert sum((row.numbers for row in rows), Numbers()) == whole.numbers


def test_the_five_numbers_of_a_milestone(world: World, year: dict) -> None:
    rows, whole = numbers_by(wanted(world), "moc")
    found = [(row.numbers.expected, row.numbers.handed_in, row.numbers.in_time) for row in rows]
    assert found == [(2, 1, 1), (2, 1, 1)]
    assert (whole.numbers.rate, whole.numbers.rate_in_time, whole.numbers.late) == ("50%", "50%", 2)


def test_nothing_expected_has_no_rate() -> None:
    assert (Numbers().rate, Numbers(3, 1, 0).rate, Numbers(3, 2, 1).rate_in_time) == ("–", "33,3%", "33,3%")


def test_a_late_report_is_in_but_not_in_time(world: World, year: dict) -> None:
    found = completeness(UnitTask.objects.filter(milestone=year["before"]), DAY).total
    assert (found.expected, found.handed_in, found.in_time, found.late) == (2, 1, 0, 1)


@pytest.mark.parametrize(
    ("state", "due", "back", "asked", "words"),
    [
        ("accepted", 1, None, False, ("done", "Đã nhận")),
        ("submitted", 1, None, False, ("waiting", "Chờ nhận")),
        ("returned", 1, 25, False, ("returned", "Cần bổ sung")),
        ("returned", 1, 19, False, ("overdue", "Quá hạn 1 ngày")),
        ("open", 15, None, False, ("overdue", "Quá hạn 5 ngày")),
        ("open", 15, None, True, ("overdue", "Quá hạn 5 ngày, xin gia hạn")),
        ("open", 20, None, True, ("asked", "Xin gia hạn")),
        ("returned", 1, 25, True, ("returned", "Cần bổ sung")),
        ("open", 20, None, False, ("due_soon", "Hạn hôm nay")),
        ("open", 23, None, False, ("due_soon", "Còn 3 ngày")),
        ("open", 27, None, False, ("due_soon", "Còn 7 ngày")),
        ("open", 28, None, False, ("open", "Chưa nộp")),
    ],
)
def test_a_cell_says_how_a_task_stands(
    state: str, due: int, back: int | None, asked: bool, words: tuple[str, str]
) -> None:
    def day(number: int | None) -> datetime.date | None:
        return number and datetime.date(2023, 6, number)

    opens = datetime.date(2023, 6, 1)
    assert task_standing(state, day(due), day(back), asked, opens, DAY) == words


def test_a_task_that_is_not_open_yet_says_so() -> None:
    later = DAY + datetime.timedelta(days=1)
    assert task_standing("open", later, None, False, later, DAY).word == "Chưa đến kỳ"


@pytest.mark.parametrize(
    ("changes", "numbers", "words"),
    [
        ({"published_at": None}, Numbers(), "Chưa công bố"),
        ({"asks_text": False}, Numbers(), "Đã diễn ra"),
        ({"asks_text": False, "due": datetime.date(2023, 6, 21)}, Numbers(), "Sắp tới"),
        ({"opens": datetime.date(2023, 6, 21)}, Numbers(2), "Chưa đến kỳ"),
        ({}, Numbers(2, late=2), "2 đơn vị chậm"),
        ({}, Numbers(2, 2, 2, 2), "Đã xong"),
        ({}, Numbers(2, 2, 2, 1), "Đã nộp đủ"),
        ({"due": datetime.date(2023, 6, 19)}, Numbers(), "Đã qua hạn"),
        ({"due": datetime.date(2023, 6, 20)}, Numbers(2, 1), "Hạn hôm nay"),
        ({"due": datetime.date(2023, 6, 22)}, Numbers(2, 1), "Còn 2 ngày"),
        ({"closed": True}, Numbers(2, 1, late=1), "Chương trình đã đóng"),
        ({"closed": True}, Numbers(), "Chương trình đã đóng"),
        ({"closed": True}, Numbers(2, 2, 2, 1, late=1), "Đã nộp đủ"),
        ({"closed": True}, Numbers(2, 2, 2, 2), "Đã xong"),
    ],
)
def test_a_milestone_says_how_it_stands(changes: dict, numbers: Numbers, words: str) -> None:
    changes = dict(changes)
    values = {"opens": datetime.date(2023, 6, 1), "due": DAY, "asks_text": True, "published_at": clock.now()}
    values["programme"] = Programme(closed_at=clock.now() if changes.pop("closed", False) else None)
    assert milestone_standing(Milestone(**(values | changes)), numbers, DAY).word == words


def test_the_grid_has_a_cell_for_each_task_and_none_for_what_is_not_owed(world: World, year: dict) -> None:
    Extension.objects.create(
        task=task_of(year["review"], world.commune_b),
        wanted=DAY,
        reason="Bão.",
        asked_at=clock.now(),
        asked_by=world.other_officer,
    )
    year["plan"].tasks.filter(unit=world.commune_a).delete()
    found = grid(wanted(world))
    assert [column.milestone.short_title for column in found.columns] == ["Sơ kết", "KH"]
    assert {row.name: [cell and cell.standing.word for cell in row.cells] for row in found.rows} == {
        "Xã Bình An": ["Đã nhận", None],
        "Xã Đồng Thạnh": ["Quá hạn 5 ngày, xin gia hạn", "Quá hạn 8 ngày"],
    }
    assert [(c.numbers.handed_in, c.numbers.expected, c.numbers.late) for c in found.columns] == [(1, 2, 1), (1, 1, 1)]


def test_only_late_units_are_shown_on_one_click(world: World, year: dict, browse: Browse) -> None:
    client = browse("reviewer")
    page = client.get("/ke-hoach/bang-theo-doi/")
    assert [row.name for row in page.context["grid"].rows] == ["Xã Bình An", "Xã Đồng Thạnh"]
    late = client.get(f"/ke-hoach/bang-theo-doi/?{page.context['late_toggle']}")
    assert [row.name for row in late.context["grid"].rows] == ["Xã Đồng Thạnh"]
    back = parse_qs(late.context["late_toggle"])
    assert "cham" not in back


def test_the_telephone_sees_one_milestone_with_late_units_first(world: World, year: dict) -> None:
    found = grid(wanted(world))
    assert found.focus.milestone == year["review"]
    assert [(name, cell.standing.look) for name, cell in found.focus_lines] == [
        ("Xã Đồng Thạnh", "overdue"),
        ("Xã Bình An", "done"),
    ]
    other = grid(wanted(world, query=f"moc={year['plan'].pk}"))
    assert other.focus.milestone == year["plan"]
    assert len(other.columns) == 2


def shown_rows(client: Client, query: str) -> dict[str, list]:
    """What grid, numbers, list and timeline show for an address."""
    pages = {
        name: client.get(f"/ke-hoach/{name}?{query}").context for name in ("bang-theo-doi/", "so-lieu/", "danh-sach/")
    }
    return {
        "grid": [(row.name, [cell and cell.url for cell in row.cells]) for row in pages["bang-theo-doi/"]["grid"].rows],
        "numbers": [(row.name, row.numbers) for row in pages["so-lieu/"]["rows"]],
        "list": [line.task.pk for line in pages["danh-sach/"]["lines"]],
        "timeline": [line.label for line in client.get(f"/ke-hoach/?{query}").context["timeline"].lines],
    }


@pytest.mark.parametrize("query", ["nam=x&loai=y&khoi=z&moc=0&don-vi=q&xem=w&trang=99", "nam=99999999999", "moc=%00"])
def test_unknown_values_count_as_not_given(world: World, year: dict, browse: Browse, query: str) -> None:
    assert shown_rows(browse("reviewer"), query) == shown_rows(browse("reviewer"), "")
    assert shown_rows(browse("reviewer"), "nam=2022") != shown_rows(browse("reviewer"), "")


@pytest.mark.parametrize(
    ("who", "units"),
    [
        ("officer", ["Xã Bình An"]),
        ("unit_leader", ["Xã Bình An"]),
        ("other_officer", ["Xã Đồng Thạnh"]),
        ("reviewer", ["Xã Bình An", "Xã Đồng Thạnh"]),
        ("leader", ["Xã Bình An", "Xã Đồng Thạnh"]),
        ("council_member", ["Xã Bình An", "Xã Đồng Thạnh"]),
        ("other_reviewer", []),
    ],
)
def test_units_see_their_own_rows_and_the_district_all(world: World, year: dict, who: str, units: list[str]) -> None:
    assert [row.name for row in grid(wanted(world, who)).rows] == units


def test_the_timeline_groups_yearly_duties_and_draws_today(world: World, year: dict) -> None:
    MilestoneFactory(
        programme=year["before"].programme,
        short_title="Cũ 2024",
        series="S",
        opens=datetime.date(2024, 1, 1),
        due=datetime.date(2024, 12, 31),
        closes=datetime.date(2024, 12, 31),
    )
    found = timeline(wanted(world))
    assert [(line.label, len(line.bars)) for line in found.lines] == [("Cũ, hằng năm", 2), ("Sơ kết", 1), ("KH", 1)]
    assert [(year_, [e.standing.word for e in entries]) for year_, entries in found.by_year] == [
        (2022, ["1 đơn vị chậm"]),
        (2023, ["1 đơn vị chậm", "1 đơn vị chậm"]),
        (2024, ["Chưa công bố"]),
    ]
    starts = [x for _year, x in found.years]
    assert starts[2] < found.today_x < starts[3]


def test_officers_do_not_see_what_is_not_published(world: World, year: dict, browse: Browse) -> None:
    hidden = MilestoneFactory(programme=year["plan"].programme, title="Mốc chưa công bố")
    seen = {
        who: "Mốc chưa công bố" in browse(who).get("/ke-hoach/").content.decode()
        for who in ("officer", "leader", "reviewer", "nobody")
    }
    assert seen == {"officer": False, "leader": False, "reviewer": True, "nobody": False}
    assert browse("officer").get(hidden.get_absolute_url()).status_code == 404


def test_before_any_programme_the_pages_say_what_belongs_there(world: World, browse: Browse) -> None:
    client = browse("reviewer")
    assert "Chưa có chương trình nào" in client.get("/ke-hoach/").content.decode()
    assert "Chưa có nhiệm vụ nào" in client.get("/ke-hoach/bang-theo-doi/").content.decode()
    assert "Không có nhiệm vụ nào" in client.get("/ke-hoach/danh-sach/").content.decode()


def test_the_board_names_the_late_units_with_a_link_to_them(world: World, year: dict, browse: Browse) -> None:
    found = late_unit_names(world.leader)
    assert found.names == ["Xã Bình An", "Xã Đồng Thạnh"][1:]
    page = browse("leader").get("/bao-cao/").content.decode()
    assert "Xã\u00a0Đồng\u00a0Thạnh" in page
    shown = browse("leader").get(found.url).context["grid"]
    assert [row.name for row in shown.rows] == found.names


def test_the_desk_names_six_late_units_and_how_many_more_with_the_year_in_which_they_are_late(
    world: World, browse: Browse
) -> None:
    many_units(world, 6)
    milestone = publish(world)
    publish(world, programme=milestone.programme, due=datetime.date(2024, 6, 15), closes=datetime.date(2024, 6, 30))
    page = browse("leader").get("/ban-lam-viec/").content.decode()
    assert " và 2 đơn vị khác." in page
    shown = browse("leader").get(late_unit_names(world.leader).url).context["grid"]
    assert ([column.milestone.pk for column in shown.columns], len(shown.rows)) == ([milestone.pk], 8)


def count(client: Client, url: str) -> int:
    """Queries of the second visit: the first one writes the session's clock and fills caches."""
    assert client.get(url).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    return len(queries)


@pytest.mark.parametrize("units", [1, 3, 500])
@pytest.mark.parametrize(
    ("url", "who", "queries"),
    [
        ("/ke-hoach/", "reviewer", 8),
        ("/ke-hoach/bang-theo-doi/", "reviewer", 9),
        ("/ke-hoach/bang-theo-doi/?cham=1&nam=tat-ca&loai=commune", "leader", 9),
        ("/ke-hoach/bang-theo-doi/", "officer", 9),
        ("/ke-hoach/so-lieu/?theo=don-vi", "reviewer", 8),
        ("/ke-hoach/so-lieu/?theo=khoi", "reviewer", 8),
        ("/ke-hoach/danh-sach/", "reviewer", 8),
    ],
)
def test_a_page_costs_the_same_at_every_size(
    world: World, browse: Browse, url: str, who: str, queries: int, units: int
) -> None:
    many_units(world, units)
    programme = ProgrammeFactory(unit=world.district)
    publish(world, programme=programme)
    publish(world, programme=programme, due=datetime.date(2023, 6, 30))
    assert count(browse(who), url) == queries


@pytest.mark.parametrize("units", [1, 3, 500])
@pytest.mark.parametrize(("who", "queries"), [("interior_head", 13), ("officer", 12)])
def test_a_milestone_costs_the_same_at_every_size(
    world: World, browse: Browse, who: str, queries: int, units: int
) -> None:
    many_units(world, units)
    milestone = publish(world)
    assert count(browse(who), milestone.get_absolute_url()) == queries


@pytest.mark.parametrize("milestones", [1, 12])
def test_the_grid_costs_the_same_whatever_the_milestones(world: World, browse: Browse, milestones: int) -> None:
    programme = ProgrammeFactory(unit=world.district)
    for _number in range(milestones):
        publish(world, programme=programme)
    assert count(browse("reviewer"), "/ke-hoach/bang-theo-doi/") == 9


def test_links_of_the_grid_lead_somewhere(world: World, year: dict, browse: Browse) -> None:
    client = browse("reviewer")
    found = grid(wanted(world))
    links = [cell.url for row in found.rows for cell in row.cells if cell] + [row.url for row in found.rows]
    links += [url for column in found.columns for url in (column.list_url, column.late_url, column.urge_url) if url]
    assert {client.get(url).status_code for url in links} == {200}
    for column in found.columns:
        shown = client.get(column.late_url).context["page_obj"].paginator.count
        assert (shown, urlsplit(column.late_url).path) == (column.numbers.late, "/ke-hoach/danh-sach/")


# After a merger, and with two programmes


@pytest.fixture
def taken_over(world: World, year: dict[str, Milestone]) -> Unit:
    """A successor in no block that answers for the tasks of A, which stands in one."""
    successor = UnitFactory(parent=world.district, name="Xã Mới")
    for milestone in year.values():
        UnitTask.objects.filter(milestone=milestone, addressed=world.commune_a).update(unit=successor)
    return successor


def test_a_block_keeps_what_was_given_to_its_members(
    world: World, year: dict, taken_over: Unit, browse: Browse
) -> None:
    rows, whole = numbers_by(wanted(world), "khoi")
    assert [row.numbers.expected for row in rows] == [2, 2]
    found = dict(figures(rows, whole))
    client = browse("reviewer")
    assert {url: client.get(url).context["page_obj"].paginator.count for url in found} == found
    block = BlockMembership.objects.get().block_id
    listed = client.get("/ke-hoach/nhiem-vu/", {"khoi": block}).context["page_obj"]
    assert {task.unit for task in listed} == {taken_over}


def test_a_list_is_narrowed_to_whom_tasks_were_given_to(
    world: World, year: dict, taken_over: Unit, browse: Browse
) -> None:
    page = browse("reviewer").get("/ke-hoach/danh-sach/", {"duoc-giao": world.commune_a.pk, "nam": "tat-ca"})
    assert {line.task.addressed for line in page.context["lines"]} == {world.commune_a}
    assert f'name="duoc-giao" value="{world.commune_a.pk}"' in page.content.decode()
    assert "Xã Bình An" in page.context["wanted"].in_words()


@pytest.fixture
def next_period(world: World, year: dict[str, Milestone]) -> Milestone:
    """A milestone of the next period's programme, which B answers late."""
    programme = ProgrammeFactory(
        unit=world.district, starts=datetime.date(2026, 1, 1), ends=datetime.date(2030, 12, 31)
    )
    day = datetime.date(2026, 3, 31)
    return publish(world, programme=programme, opens=datetime.date(2026, 1, 1), due=day, closes=day)


@pytest.mark.parametrize(
    ("query", "period"),
    [("", 2021), ("nam=2026", 2026), ("nam=2022", 2021), ("nam=9999", 2021), ("nam=tat-ca", 2021), ("moc={moc}", 2026)],
)
def test_without_a_programme_the_year_or_the_milestone_chooses_it(
    world: World, next_period: Milestone, query: str, period: int
) -> None:
    chosen = wanted(world, query=query.format(moc=next_period.pk)).programme
    assert chosen is not None
    assert chosen.starts.year == period


def test_links_of_the_grid_stay_in_their_programme(world: World, next_period: Milestone, browse: Browse) -> None:
    client = browse("reviewer")
    page = client.get("/ke-hoach/bang-theo-doi/", {"chuong-trinh": next_period.programme_id})
    for row in page.context["grid"].rows:
        lines = client.get(row.url).context["lines"]
        assert [line.task.milestone_id for line in lines] == [next_period.pk]
    assert f'<input type="hidden" name="chuong-trinh" value="{next_period.programme_id}">' in page.content.decode()


@pytest.mark.parametrize("day", [DAY, datetime.date(2026, 6, 1)])
def test_the_link_to_late_units_shows_all_of_them(
    world: World, next_period: Milestone, browse: Browse, stand_on: Callable[[datetime.date], None], day: datetime.date
) -> None:
    stand_on(day)
    world.reviewer.forget_access()
    late = late_unit_names(world.reviewer)
    page = browse("reviewer").get(late.url).context
    assert [row.name for row in page["grid"].rows] == late.names
    shown = {column.milestone.programme.starts.year for column in page["grid"].columns}
    assert shown == ({2021} if day == DAY else {2021, 2026})


def test_all_programmes_have_one_list(world: World, next_period: Milestone, browse: Browse) -> None:
    query = {"chuong-trinh": "tat-ca", "nam": "tat-ca"}
    page = browse("reviewer").get("/ke-hoach/danh-sach/", query)
    assert page.context["page_obj"].paginator.count == UnitTask.objects.count() == 8
    assert page.context["wanted"].years == list(range(2021, 2031))
    assert browse("reviewer").get("/ke-hoach/", query).status_code == 200
