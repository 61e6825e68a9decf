from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest

from campaigns.inspection_enums import FollowUpState, VisitState
from campaigns.inspection_workflow import FOLLOW_UP_WORKFLOW, VISIT_WORKFLOW
from core.workflow import WorkflowError
from tests.campaigns.inspection_makers import (
    JUNE_5,
    do_follow_up_step,
    do_visit_step,
    fill_record,
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


# Every cell of the tables

VISIT_CELLS = {
    ("planned", "postpone"): "planned",
    ("planned", "cancel"): "cancelled",
    ("planned", "record"): "recorded",
    ("recorded", "reopen"): "planned",
    ("recorded", "send"): "sent",
    ("sent", "answer"): "sent",
}
FOLLOW_UP_CELLS = {
    ("open", "report"): "reported",
    ("returned", "report"): "reported",
    ("reported", "close"): "closed",
    ("reported", "return"): "returned",
    ("reported", "cancel"): "cancelled",
    ("open", "cancel"): "cancelled",
    ("returned", "cancel"): "cancelled",
}


@pytest.mark.parametrize("step", [t.name for t in VISIT_WORKFLOW.transitions])
@pytest.mark.parametrize("state", VisitState.values)
def test_every_cell_of_the_table_of_visits(world: World, state: str, step: str) -> None:
    visit = make_visit(world, state)
    if state == "planned":
        fill_record(visit, world.reviewer)
    by = {"send": world.colleague, "answer": world.officer}.get(step, world.reviewer)
    if (state, step) in VISIT_CELLS:
        do_visit_step(step, visit, by)
    else:
        with pytest.raises(WorkflowError):
            do_visit_step(step, visit, by)
    visit.refresh_from_db()
    assert visit.state == VISIT_CELLS.get((state, step), state)


@pytest.mark.parametrize("step", [t.name for t in FOLLOW_UP_WORKFLOW.transitions if t.name != "open"])
@pytest.mark.parametrize("state", FollowUpState.values)
def test_every_cell_of_the_table_of_recommendations(world: World, state: str, step: str) -> None:
    follow_up = make_follow_up(world, state)
    by = world.officer if step == "report" else world.reviewer
    if (state, step) in FOLLOW_UP_CELLS:
        do_follow_up_step(step, follow_up, by)
    else:
        with pytest.raises(WorkflowError):
            do_follow_up_step(step, follow_up, by)
    follow_up.refresh_from_db()
    assert follow_up.state == FOLLOW_UP_CELLS.get((state, step), state)


@pytest.mark.parametrize("step", ["report", "close", "return", "cancel"])
def test_steps_of_a_recommendation_belong_to_their_roles(world: World, step: str) -> None:
    follow_up = make_follow_up(world, "open" if step == "report" else "reported")
    allowed = {"officer"} if step == "report" else {"reviewer", "colleague", "interior_head"}
    for who in set(PEOPLE) - allowed:
        with pytest.raises(WorkflowError, match="không thuộc vai trò"):
            do_follow_up_step(step, follow_up, world.people[who])
