from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.inspection_calendar import owed_follow_ups
from campaigns.inspection_owed import FollowUpSource
from campaigns.models import FollowUp, FollowUpTransition
from core.workflow import WorkflowError
from notifications.calendar import items_about
from notifications.delivery import is_owed
from notifications.models import OutboxMessage, Preference
from notifications.owed import sources
from organizations.models import User
from tests.campaigns.inspection_makers import (
    JUNE_5,
    do_follow_up_step,
    do_visit_step,
    make_follow_up,
    make_visit,
)
from tests.factories import World

pytestmark = pytest.mark.django_db
PEOPLE = ("officer", "unit_leader", "reviewer", "colleague", "interior_head", "council_member", "leader", "clerk")
PEOPLE += ("nobody", "other_officer", "other_reviewer", "administrator")


@pytest.fixture(autouse=True)
def _june(stand_on: Callable[[datetime.date], None]) -> None:
    stand_on(JUNE_5)


def letters(kind: str, step: str) -> list[str]:
    rows = OutboxMessage.objects.filter(subject_type=kind, step__startswith=step, channel="in_app")
    return sorted(rows.values_list("recipient__username", flat=True))


# Recommendations


def test_a_report_goes_to_the_office_and_its_answer_to_the_unit(world: World) -> None:
    follow_up = make_follow_up(world, "reported")
    assert letters("inspection_step", "report") == ["colleague", "interior_head", "reviewer"]
    do_follow_up_step("return", follow_up, world.reviewer)
    assert (follow_up.due, follow_up.first_due) == (datetime.date(2023, 6, 12), datetime.date(2023, 6, 9))
    assert letters("inspection_step", "return") == ["officer", "unit_leader"]
    stale = OutboxMessage.objects.filter(step__startswith="report", channel="email").first()
    assert stale is not None
    assert is_owed(stale) is False


def test_what_was_reported_is_not_closed_by_who_reported_it(world: World) -> None:
    follow_up = make_follow_up(world, "reported")
    FollowUp.objects.filter(pk=follow_up.pk).update(reported_by=world.reviewer)
    with pytest.raises(WorkflowError, match="không tự xác nhận"):
        do_follow_up_step("close", follow_up, world.reviewer)


def test_the_engine_is_offered_what_is_owed_and_nothing_else(world: World) -> None:
    source = next(s for s in sources() if s.subject_type == "inspection_follow_up")
    assert isinstance(source, FollowUpSource)
    states = {state: make_follow_up(world, state).pk for state in ("draft", "open", "reported", "returned", "closed")}
    owed = {states["open"], states["returned"]}
    [group] = source.groups()
    rows = {row["owed_id"]: row for row in group.rows.values("owed_id", "owed_unit", "owed_due")}
    assert set(rows) == owed
    assert rows[states["open"]] == {
        "owed_id": states["open"],
        "owed_unit": world.commune_a.pk,
        "owed_due": datetime.date(2023, 6, 9),
    }
    lines = source.lines(list(states.values()))
    assert set(lines) == owed
    assert lines[states["open"]].title == "Thực hiện và báo cáo kiến nghị: Lập sổ theo dõi nhân rộng."


# Dates


@pytest.mark.parametrize(("state", "due"), [("open", 9), ("returned", 12)])
def test_those_who_owe_a_recommendation_have_its_day(world: World, state: str, due: int) -> None:
    follow_up = make_follow_up(world, state)
    found = {who: owed_follow_ups(User.objects.get(pk=world.people[who].pk)) for who in PEOPLE}
    assert {who for who, items in found.items() if items} == {"officer", "unit_leader"}
    (item,) = found["officer"]
    assert (item.uid, item.title, item.due, item.path) == (
        f"inspection_follow_up-{follow_up.pk}",
        "Hạn kiến nghị 1: Khảo sát việc nhân rộng mô hình – Xã Bình An",
        datetime.date(2023, 6, due),
        follow_up.get_absolute_url(),
    )
    assert items_about("inspection_follow_up", [follow_up.pk]) == [item]


@pytest.mark.parametrize("state", ["draft", "reported", "closed", "cancelled"])
def test_what_nobody_owes_has_no_day(world: World, state: str) -> None:
    follow_up = make_follow_up(world, state)
    assert (owed_follow_ups(world.officer), items_about("inspection_follow_up", [follow_up.pk])) == ([], [])


def test_letters_about_recommendations_carry_their_days(world: World) -> None:
    follow_up = make_follow_up(world)
    (before,) = owed_follow_ups(world.officer)
    do_follow_up_step("report", follow_up, world.officer)
    do_follow_up_step("return", follow_up, world.reviewer)
    (after,) = owed_follow_ups(world.officer)
    carried = {
        step: [one["sequence"] for one in mail.calendar or ()]
        for step in ("send", "report", "return")
        for mail in OutboxMessage.objects.filter(step__startswith=step, channel="email")
    }
    assert carried == {"send": [before.sequence], "report": [], "return": [after.sequence]}
    assert (before.uid, after.sequence > before.sequence) == (after.uid, True)


def test_the_line_of_a_recommendation_says_its_next_reminders(world: World) -> None:
    follow_up = make_follow_up(world)
    assert FollowUpSource().lines([follow_up.pk])[follow_up.pk].steps == (-7, -1, 0, 1, 3, 7)


@pytest.mark.parametrize("count", [1, 3, 500])
def test_the_days_of_recommendations_cost_the_same_at_every_size(world: World, count: int) -> None:
    first = make_follow_up(world)
    others = [FollowUp(**values_of(first, position)) for position in range(2, count + 1)]
    step = first.transitions.get(name="open")
    log = {name: getattr(step, name) for name in ("name", "source", "target", "actor_id", "actor_unit_id", "at")}
    made = FollowUp.objects.bulk_create(others)
    FollowUpTransition.objects.bulk_create(FollowUpTransition(record=row, **log) for row in made)
    person = User.objects.get(pk=world.officer.pk)
    assert person.access
    with CaptureQueriesContext(connection) as queries:
        assert len(owed_follow_ups(person)) == count
    assert len(queries) == 1


def values_of(row: FollowUp, position: int) -> dict[str, object]:
    same = {name: getattr(row, name) for name in ("visit", "what", "due", "first_due", "state")}
    return {**same, "position": position}


# Kind


@pytest.mark.parametrize(("asks", "kind"), [(True, "duty"), (False, "decision")])
def test_a_result_that_asks_for_something_cannot_be_muted(world: World, asks: bool, kind: str) -> None:
    visit = make_visit(world, "recorded")
    if not asks:
        visit.follow_ups.all().delete()
    Preference.objects.create(user=world.officer, kind="decision", rhythm="portal")
    do_visit_step("send", visit, world.colleague)
    rows = OutboxMessage.objects.filter(subject_type="visit", step__startswith="send", recipient=world.officer)
    assert {(row.channel, row.kind) for row in rows} == {("in_app", kind), *([("email", kind)] if asks else [])}


@pytest.mark.parametrize(("day", "late"), [(8, False), (9, False), (10, True)])
def test_a_recommendation_is_late_from_the_day_after(
    world: World, stand_on: Callable[[datetime.date], None], day: int, late: bool
) -> None:
    make_follow_up(world)
    assert FollowUp.objects.overdue(datetime.date(2023, 6, day)).exists() is late
