"""The review queue: tabs, order, next record, second returns, doubts."""

from __future__ import annotations

import datetime
from collections import Counter

import pytest
from django.http import QueryDict

from core import clock
from core.workflow import WorkflowError
from models_registry import services
from models_registry.enums import QueueTab, State
from models_registry.models import Criterion, Exemplar
from models_registry.queue import Place, late_remarks, next_in_queue, queue_rows, queue_tabs, rows_beside
from models_registry.selectors import doubts_of
from models_registry.templatetags.queue import review_clock
from tests.factories import World, do_step, save

TODAY = datetime.date(2023, 6, 5)


def in_days(exemplar: Exemplar, days: int) -> Exemplar:
    """Promise the answer for a day so far from today."""
    exemplar.review_due = clock.today() + datetime.timedelta(days=days)
    exemplar.save(update_fields=["review_due"])
    return exemplar


def sent_again(world: World, **more: object) -> Exemplar:
    exemplar = world.exemplar(State.RETURNED, **more)
    save(exemplar, world.officer, {"summary": "Ngày 3/5/2023."})
    do_step("resubmit", exemplar, world.officer)
    return exemplar


def return_again(exemplar: Exemplar, world: World, **comments: str) -> None:
    due = clock.today() + datetime.timedelta(days=5)
    services.return_exemplar(exemplar=exemplar, by=world.reviewer, comments=comments, due=due)


def tab_of(world: World, exemplar: Exemplar) -> str:
    return queue_tabs(world.reviewer, Place(), exemplar).place.tab


def one_of_each(world: World) -> dict[str, Exemplar]:
    held = world.exemplar(State.SUBMITTED, sudden=True)
    do_step("hold", held, world.reviewer)
    return {
        "dot-xuat": world.exemplar(State.SUBMITTED, sudden=True),
        "den-han": in_days(world.exemplar(State.IN_REVIEW), -1),
        "moi-gui": world.exemplar(State.SUBMITTED),
        "gui-lai": sent_again(world),
        "dang-giu": held,
    }


# Tabs


def test_every_waiting_record_is_in_exactly_one_tab_and_counts_equal_lists(world: World) -> None:
    rows = one_of_each(world)
    for state in (State.DRAFT, State.RETURNED, State.RECOGNISED, State.REJECTED):
        world.exemplar(state)
    found = {tab.code: tab.count for tab in queue_tabs(world.reviewer, Place()).tabs}
    lists = {str(tab): [e.pk for e in queue_rows(world.reviewer, Place(str(tab)))] for tab in QueueTab}
    assert lists == {tab: [exemplar.pk] for tab, exemplar in rows.items()}
    assert found == dict.fromkeys(QueueTab.values, 1)
    assert Counter(pk for keys in lists.values() for pk in keys) == Counter(e.pk for e in rows.values())


def test_the_tabs_are_counted_in_one_query(world: World, django_assert_num_queries) -> None:
    one_of_each(world)
    reviewer = world.reviewer
    queue_tabs(reviewer, Place())
    with django_assert_num_queries(1):
        queue_tabs(reviewer, Place())


@pytest.mark.parametrize(("days", "tab"), [(-30, "den-han"), (0, "den-han"), (2, "den-han"), (3, "moi-gui")])
def test_a_record_is_due_from_two_working_days_before_its_promised_day(world: World, days: int, tab: str) -> None:
    assert clock.today() == TODAY
    assert tab_of(world, in_days(world.exemplar(State.SUBMITTED), days)) == tab


def test_two_working_days_reach_over_the_week_end(world: World, stand_on) -> None:
    exemplar = world.exemplar(State.SUBMITTED)
    exemplar.review_due = datetime.date(2023, 6, 13)
    exemplar.save(update_fields=["review_due"])
    found = {}
    for day in (8, 9):
        stand_on(datetime.date(2023, 6, day))
        found[day] = tab_of(world, exemplar)
    assert found == {8: "moi-gui", 9: "den-han"}


def test_a_return_that_was_undone_makes_no_record_sent_again(world: World) -> None:
    exemplar = world.exemplar(State.RETURNED)
    do_step("undo", exemplar, world.reviewer)
    assert tab_of(world, exemplar) == "moi-gui"


def test_the_first_tab_with_work_is_opened(world: World) -> None:
    assert queue_tabs(world.reviewer, Place()).place.tab == "moi-gui"
    sent_again(world)
    assert queue_tabs(world.reviewer, Place()).place.tab == "gui-lai"


def test_a_search_that_misses_the_open_record_gives_way_to_the_whole_queue(world: World) -> None:
    exemplar = world.exemplar(State.SUBMITTED)
    assert queue_tabs(world.reviewer, Place("moi-gui", "khongcogi"), exemplar).place == Place("moi-gui")


@pytest.mark.parametrize("asked", ["", "hang=khac", "hang=dot-xuat%00", "hang=__class__"])
def test_an_unknown_tab_is_none(asked: str) -> None:
    assert Place.of(QueryDict(asked)).tab in ("", "dot-xuat")
    assert Place.of(QueryDict("hang=den-han&q=vinh%20huu")) == Place("den-han", "vinh huu")


def test_a_place_is_kept_in_addresses() -> None:
    assert Place("den-han", "a&b").query == "?hang=den-han&q=a%26b"
    assert Place().query == ""


# Order and next record


def test_the_clock_goes_before_the_age(world: World) -> None:
    late, soon, old, new = (in_days(world.exemplar(State.SUBMITTED), days) for days in (3, 4, 5, 5))
    new.submitted_at += datetime.timedelta(hours=1)
    new.save(update_fields=["submitted_at"])
    in_order = [late.pk, soon.pk, old.pk, new.pk]
    assert [e.pk for e in queue_rows(world.reviewer, Place("moi-gui"))] == in_order


def test_the_next_record_is_the_one_behind_and_after_the_last_the_first(world: World) -> None:
    place = Place("moi-gui")
    rows = [in_days(world.exemplar(State.SUBMITTED), days) for days in (3, 4, 5)]
    found = []
    for row in (rows[1], rows[2], rows[0]):
        do_step("recognise", row, world.reviewer)
        following = next_in_queue(world.reviewer, place, row)
        found.append(following and following.pk)
    assert found == [rows[2].pk, rows[0].pk, None]


def test_the_list_beside_a_record_keeps_it_in_its_middle(world: World) -> None:
    rows = [in_days(world.exemplar(State.SUBMITTED), 3) for _number in range(30)]
    tabs = queue_tabs(world.reviewer, Place(), rows[20])
    beside = rows_beside(world.reviewer, tabs, rows[20])
    assert (tabs.position, len(beside.rows), beside.rows[12].pk) == (21, 22, rows[20].pk)
    assert (beside.previous.pk, beside.following.pk) == (rows[19].pk, rows[21].pk)


@pytest.mark.parametrize(
    ("days", "words"),
    [(-1, "quá hạn 1 ngày"), (0, "trả lời trong hôm nay"), (2, "còn 2 ngày"), (9, "còn 9 ngày")],
)
def test_the_clock_is_said_in_words(world: World, days: int, words: str) -> None:
    exemplar = in_days(world.exemplar(State.SUBMITTED), days)
    assert review_clock(exemplar).rpartition("</svg>")[2].removesuffix("</span>").rpartition(">")[2] == words


def test_the_clock_of_a_held_record_stands_still(world: World) -> None:
    exemplar = in_days(world.exemplar(State.SUBMITTED), -9)
    do_step("hold", exemplar, world.reviewer)
    assert "tạm dừng từ 5/6/2023" in review_clock(exemplar)


# Second returns


def test_a_second_return_on_a_part_not_remarked_on_before_is_late(world: World) -> None:
    exemplar = sent_again(world)
    return_again(exemplar, world, summary="Vẫn thiếu ngày.", title="Ngắn quá.")
    assert [c.target for c in late_remarks(world.interior_head)] == ["title"]
    assert list(late_remarks(world.people["other_interior_head"])) == []
    assert list(late_remarks(world.reviewer)) == []


def test_a_return_that_was_undone_is_not_late_and_makes_none_late(world: World) -> None:
    exemplar = sent_again(world)
    return_again(exemplar, world, title="Ngắn quá.")
    do_step("undo", exemplar, world.reviewer)
    assert list(late_remarks(world.interior_head)) == []
    other = world.exemplar(State.RETURNED)
    do_step("undo", other, world.reviewer)
    return_again(other, world, title="Ngắn quá.")
    assert list(late_remarks(world.interior_head)) == []


# Doubts


def test_a_doubt_belongs_to_the_version_that_was_judged(world: World) -> None:
    exemplar = world.exemplar(State.SUBMITTED)
    criterion = Criterion.objects.get(code="C1")
    services.doubt_criterion(exemplar=exemplar, criterion=criterion, by=world.reviewer, note=" Giấy khen năm nào? ")
    services.doubt_criterion(exemplar=exemplar, criterion=criterion, by=world.colleague, note="Giấy khen năm nào?")
    assert {code: (d.note, d.author) for code, d in doubts_of(exemplar).items()} == {
        "C1": ("Giấy khen năm nào?", world.colleague)
    }
    do_step("return", exemplar, world.reviewer)
    save(exemplar, world.officer, {"summary": "Ngày 3/5/2023."})
    do_step("resubmit", exemplar, world.officer)
    assert (doubts_of(exemplar), exemplar.doubts.count()) == ({}, 1)


def test_a_doubt_is_taken_off_again(world: World) -> None:
    exemplar = world.exemplar(State.SUBMITTED)
    criterion = Criterion.objects.get(code="C1")
    services.doubt_criterion(exemplar=exemplar, criterion=criterion, by=world.reviewer)
    for _twice in range(2):
        services.agree_with_criterion(exemplar=exemplar, criterion=criterion, by=world.reviewer)
    assert doubts_of(exemplar) == {}


@pytest.mark.parametrize(
    ("who", "state"), [("officer", "submitted"), ("reviewer", "recognised"), ("leader", "submitted")]
)
def test_only_who_may_decide_doubts(world: World, who: str, state: str) -> None:
    exemplar = world.exemplar(state)
    with pytest.raises(WorkflowError):
        services.doubt_criterion(exemplar=exemplar, criterion=Criterion.objects.get(), by=world.people[who])
    assert exemplar.doubts.count() == 0
