"""Every cell of the table: transition × state × role × scope, refused and allowed, through the services."""

from __future__ import annotations

import contextlib

import pytest
from django.db import transaction

from core import clock
from core.workflow import WorkflowError
from models_registry.enums import Category, State
from models_registry.models import Exemplar, ExemplarTransition
from models_registry.workflow import EXEMPLAR_WORKFLOW
from organizations.enums import Role
from tests.factories import WAYS, World, ask_for_change, do_step, save

STEPS = [step.name for step in EXEMPLAR_WORKFLOW.transitions]
OFFICE = {"reviewer", "interior_head"}
#: The table of product.md, written out a second time: step → (states it starts from, its target, who may).
LIFE = {
    "submit": ({"draft"}, "submitted", {"officer"}),
    "resubmit": ({"returned"}, "submitted", {"officer"}),
    "withdraw": ({"submitted"}, "draft", {"officer"}),
    "take": ({"submitted"}, "in_review", OFFICE),
    "recognise": ({"submitted", "in_review"}, "recognised", OFFICE),
    "return": ({"submitted", "in_review"}, "returned", OFFICE),
    "reject": ({"submitted", "in_review"}, "rejected", OFFICE),
    "end": ({"recognised"}, "ended", OFFICE),
    "revoke": ({"recognised"}, "revoked", OFFICE),
    "undo": ({"recognised", "returned", "rejected"}, None, OFFICE),
    "hold": ({"submitted", "in_review", "returned", "recognised"}, None, OFFICE),
    "release": ({"submitted", "in_review", "returned", "recognised"}, None, OFFICE),
    "promote": ({"recognised"}, None, {"officer"}),
    "amend": ({"recognised"}, None, OFFICE),
    "withdraw_consent": ({"recognised"}, "recognised", OFFICE | {"officer"}),
}
#: The second reviewer; all others of the world are named by their role, and those of other units by no role here.
ROLE_OF = {"colleague": "reviewer"}
CELLS = [(step, state) for step in LIFE for state in State.values]


class RolledBack(Exception):
    """Ends an attempt, so that the next one finds the record as it was."""


def attempt(step: str, exemplar: Exemplar, who) -> tuple[str, list[tuple]]:
    """The state and the new log rows after an attempt, which is then undone."""
    before = set(exemplar.transitions.values_list("pk", flat=True))
    found: tuple[str, list[tuple]] = ("", [])
    record = Exemplar.objects.select_related("unit").get(pk=exemplar.pk)
    try:
        with transaction.atomic():
            with contextlib.suppress(WorkflowError):
                do_step(step, record, who)
            rows = ExemplarTransition.objects.filter(record=exemplar).exclude(pk__in=before).order_by("pk")
            logged = list(rows.values_list("name", "source", "target", "actor__username", "actor_unit"))
            found = (Exemplar.objects.get(pk=exemplar.pk).state, logged)
            raise RolledBack
    except RolledBack:
        return found


def ready(world: World, step: str, state: str) -> Exemplar:
    kind = {"category": Category.NEW_FACTOR} if step == "promote" else {}
    exemplar = world.exemplar(state, consent_publish=True, consent_on=clock.today(), **kind)
    if step == "amend" and state == "recognised":
        ask_for_change(exemplar, world.officer, results="Hai em đều khỏe, được về nhà.")
    if step == "release" and state in LIFE[step][0]:
        do_step("hold", exemplar, world.reviewer)
    if (step, state) == ("resubmit", "returned"):
        save(exemplar, world.officer, {"summary": "Ngày 3/5/2023, anh cứu hai em nhỏ."})
    return exemplar


def expected_log(step: str, state: str, who) -> list[tuple]:
    decides = step in ("recognise", "return", "reject")
    took = [("take", "submitted", "in_review")] if decides and state == "submitted" else []
    source = "in_review" if took else state
    return [(*row, who.username, who.home_unit_id) for row in [*took, (step, source, target_of(step, state))]]


def target_of(step: str, state: str) -> str:
    """Where a step leads: rows without a target stay, and undoing goes back to where the decision came from."""
    return LIFE[step][1] or ("in_review" if step == "undo" else state)


def may_take(step: str, name: str) -> bool:
    """Whether a person's role has the step; a decision is undone only by who took it, the reviewer of the world."""
    return ROLE_OF.get(name, name) in LIFE[step][2] and (step != "undo" or name == "reviewer")


def test_the_table_is_the_one_of_the_product_paper() -> None:
    written = {t.name: (set(t.sources), t.target, set(t.roles)) for t in EXEMPLAR_WORKFLOW.transitions}
    assert written == LIFE


@pytest.mark.parametrize(("step", "state"), CELLS)
def test_each_step_is_for_its_roles_in_their_scope_from_its_states_and_leaves_one_log_row(
    world: World, step: str, state: str
) -> None:
    exemplar = ready(world, step, state)
    sources, target = LIFE[step][0], target_of(step, state)
    before = list(exemplar.transitions.values_list("pk", flat=True))
    for name, who in world.people.items():
        if state in sources and may_take(step, name):
            assert attempt(step, exemplar, who) == (target, expected_log(step, state, who)), name
        else:
            with pytest.raises(WorkflowError):
                do_step(step, exemplar, who)
    assert Exemplar.objects.get(pk=exemplar.pk).state == state
    assert list(exemplar.transitions.values_list("pk", flat=True)) == before


@pytest.mark.parametrize("state", list(WAYS))
def test_offered_actions_are_exactly_the_steps_of_the_state_and_role(world: World, state: str) -> None:
    exemplar = world.exemplar(state)
    for name, who in world.people.items():
        # A record without consent still offers the step, with the reason against it.
        wanted = [step for step in STEPS if state in LIFE[step][0] and ROLE_OF.get(name, name) in LIFE[step][2]]
        assert [a.name for a in EXEMPLAR_WORKFLOW.actions_for(who, exemplar)] == wanted, name


@pytest.mark.parametrize("step", ["reject", "end", "revoke", "hold", "release"])
def test_steps_that_need_a_reason_are_those_that_close_or_hold_a_record(step: str) -> None:
    assert EXEMPLAR_WORKFLOW.by_name[step].needs_reason is True


def test_no_other_step_needs_a_reason() -> None:
    assert {t.name for t in EXEMPLAR_WORKFLOW.transitions if t.needs_reason} == {
        "reject",
        "end",
        "revoke",
        "hold",
        "release",
    }


def test_the_log_row_tells_actor_unit_reason_and_time_of_the_work_clock(world: World) -> None:
    exemplar = world.exemplar(State.SUBMITTED)
    do_step("reject", exemplar, world.reviewer)
    row = exemplar.transitions.last()
    assert (row.actor, row.actor_unit, row.reason, row.at.astimezone(clock.VIETNAM).date()) == (
        world.reviewer,
        world.office,
        "Việc làm chưa có xác nhận.",
        clock.today(),
    )


def test_every_log_row_after_sending_names_the_version_that_was_sent_or_judged(world: World) -> None:
    exemplar = world.exemplar(State.RETURNED)
    save(exemplar, world.officer, {"summary": "Ngày 3/5/2023."})
    do_step("resubmit", exemplar, world.officer)
    do_step("recognise", exemplar, world.colleague)
    assert list(exemplar.transitions.values_list("name", "version")) == [
        ("submit", 1),
        ("take", 1),
        ("return", 1),
        ("resubmit", 2),
        ("take", 2),
        ("recognise", 2),
    ]


def test_a_refused_decision_leaves_no_row_of_taking_the_record(world: World) -> None:
    exemplar = world.exemplar(State.SUBMITTED)
    do_step("hold", exemplar, world.reviewer)
    with pytest.raises(WorkflowError):
        do_step("recognise", exemplar, world.reviewer)
    assert list(exemplar.transitions.values_list("name", flat=True)) == ["submit", "hold"]


def test_a_stale_copy_of_a_record_cannot_be_decided_again(world: World) -> None:
    exemplar = world.exemplar(State.SUBMITTED)
    stale = Exemplar.objects.select_related("unit").get(pk=exemplar.pk)
    do_step("reject", exemplar, world.reviewer)
    with pytest.raises(WorkflowError) as caught:
        do_step("recognise", stale, world.colleague)
    assert caught.value.message == "Hồ sơ đang ở trạng thái “Không công nhận” nên không làm được việc này."


def test_a_withdrawn_record_can_be_sent_again_and_keeps_its_first_version(world: World) -> None:
    exemplar = world.exemplar(State.SUBMITTED)
    do_step("withdraw", exemplar, world.officer)
    save(exemplar, world.officer, {"title": "Cứu ba em nhỏ"})
    do_step("submit", exemplar, world.officer)
    titles = [v.content["fields"]["title"] for v in exemplar.versions.all()]
    assert titles == ["Cứu hai em nhỏ đuối nước", "Cứu ba em nhỏ"]


def test_a_role_that_ended_yesterday_gives_nothing_today(world: World) -> None:
    exemplar = world.exemplar(State.SUBMITTED)
    ended = clock.today().replace(day=clock.today().day - 1)
    world.reviewer.role_assignments.filter(role=Role.REVIEWER).update(valid_to=ended)
    fresh = type(world.reviewer).objects.get(pk=world.reviewer.pk)
    assert EXEMPLAR_WORKFLOW.actions_for(fresh, exemplar) == []


def test_a_role_that_ends_today_still_holds_today(world: World) -> None:
    exemplar = world.exemplar(State.SUBMITTED)
    world.reviewer.role_assignments.filter(role=Role.REVIEWER).update(valid_to=clock.today())
    fresh = type(world.reviewer).objects.get(pk=world.reviewer.pk)
    assert [a.name for a in EXEMPLAR_WORKFLOW.actions_for(fresh, exemplar)] == [
        "take",
        "recognise",
        "return",
        "reject",
        "hold",
        "release",
    ]
