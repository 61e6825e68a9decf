from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest

from campaigns.inspection_owed import FollowUpSource
from campaigns.models import FollowUp
from core.workflow import WorkflowError
from notifications.delivery import is_owed
from notifications.models import OutboxMessage
from notifications.owed import sources
from tests.campaigns.inspection_makers import (
    JUNE_5,
    do_follow_up_step,
    make_follow_up,
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


@pytest.mark.parametrize(("day", "late"), [(8, False), (9, False), (10, True)])
def test_a_recommendation_is_late_from_the_day_after(
    world: World, stand_on: Callable[[datetime.date], None], day: int, late: bool
) -> None:
    make_follow_up(world)
    assert FollowUp.objects.overdue(datetime.date(2023, 6, day)).exists() is late
