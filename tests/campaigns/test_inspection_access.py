"""Whose record each address of inspections and guidance opens, for everybody; refused steps change nothing."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import Enclosure, FollowUp, Guidance, InspectionPlan, Question, Visit
from tests.campaigns.inspection_access import BY_RECORD, BY_ROLE, POST_ONLY
from tests.campaigns.inspection_makers import (
    JUNE_5,
    make_follow_up,
    make_guidance,
    make_question,
    make_visit,
    paper_for,
    programme_of,
)
from tests.campaigns.makers import publish
from tests.factories import World

Browse = Callable[[str], Client]
pytestmark = pytest.mark.django_db
NAMES = ("officer", "unit_leader", "reviewer", "interior_head", "clerk", "council_member", "leader", "editor")
NAMES += ("administrator", "nobody", "other_officer", "other_reviewer", "colleague")
UNIT = {"officer", "unit_leader"}
OFFICE = {"reviewer", "interior_head", "colleague"}
READERS = OFFICE | {"leader", "council_member"}
#: Address → what record it is asked for, and who is let in.
TABLE: dict[str, tuple[str, set[str]]] = {
    "plan_detail": ("plan", READERS),
    "plan_edit": ("plan", OFFICE),
    "visits_add": ("plan", OFFICE),
    "plan_announce": ("plan", OFFICE),
    "visit_detail": ("planned", READERS | UNIT),
    "visit_team": ("planned", OFFICE),
    "visit_postpone": ("planned", OFFICE),
    "visit_cancel": ("planned", OFFICE),
    "visit_record": ("planned", OFFICE),
    "visit_autosave": ("planned", OFFICE),
    "visit_check": ("planned", OFFICE),
    "visit_file_add": ("planned", OFFICE),
    "visit_finish": ("planned", OFFICE),
    "visit_reopen": ("recorded", OFFICE),
    "visit_send": ("recorded", OFFICE),
    "visit_answer": ("sent", UNIT),
    "visit_minutes": ("sent", READERS | UNIT),
    "visit_minutes_file": ("recorded", READERS),
    "follow_up_detail": ("follow_up", READERS | UNIT),
    "follow_up_report": ("follow_up", {"officer"}),
    "follow_up_file_add": ("follow_up", {"officer"}),
    "follow_up_close": ("reported", OFFICE),
    "follow_up_return": ("reported", OFFICE),
    "follow_up_cancel": ("follow_up", OFFICE),
    "enclosure": ("evidence", UNIT),
    "enclosure_remove": ("evidence", {"officer"}),
    "guidance_detail": ("guidance", READERS | UNIT),
    "guidance_edit": ("draft", OFFICE),
    "guidance_file_add": ("draft", OFFICE),
    "guidance_publish": ("draft", OFFICE),
    "guidance_replace": ("guidance", OFFICE),
    "guidance_withdraw": ("guidance", OFFICE),
    "guidance_read": ("guidance", UNIT),
    "guidance_readers": ("guidance", OFFICE),
    "guidance_remind": ("guidance", OFFICE),
    "guidance_ask": ("guidance", UNIT),
    "milestone_ask": ("milestone", UNIT | {"other_officer"}),
    "question_detail": ("question", READERS | UNIT),
    "question_answer": ("question", OFFICE),
}
MAKERS: dict[str, Callable[[World], Any]] = {
    "plan": lambda world: make_visit(world).plan,
    "planned": make_visit,
    "recorded": lambda world: make_visit(world, "recorded"),
    "sent": lambda world: make_visit(world, "sent"),
    "follow_up": make_follow_up,
    "reported": lambda world: make_follow_up(world, "reported"),
    "evidence": lambda world: paper_for(make_follow_up(world), world.officer),
    "guidance": make_guidance,
    "draft": lambda world: make_guidance(world, "draft"),
    "milestone": lambda world: publish(world, programme=programme_of(world)),
    "question": make_question,
}
KEPT = (InspectionPlan, Visit, FollowUp, Guidance, Question, Enclosure)


@pytest.fixture(autouse=True)
def _june(stand_on: Callable[[datetime.date], None]) -> None:
    stand_on(JUNE_5)


def url_of(name: str, pk: int) -> str:
    return reverse(f"campaigns:{name}", args=[pk, "tep"] if name == "enclosure" else [pk])


def test_every_address_of_a_record_has_a_row() -> None:
    assert {f"campaigns:{name}" for name in TABLE} == set(BY_ROLE) | BY_RECORD


def stored() -> list[Any]:
    return [list(model._base_manager.order_by("pk").values()) for model in KEPT]


@pytest.mark.parametrize("name", TABLE)
def test_an_address_opens_for_exactly_these(world: World, browse: Browse, name: str) -> None:
    kind, allowed = TABLE[name]
    row = MAKERS[kind](world)
    url, only_post = url_of(name, row.pk), f"campaigns:{name}" in POST_ONLY
    before = stored()
    refused = {}
    for who in sorted(set(NAMES) - allowed):
        answer = browse(who).post(url) if only_post else browse(who).get(url)
        refused[who] = answer.status_code
        if f"campaigns:{name}" not in POST_ONLY and name not in ("enclosure", "visit_detail"):
            assert browse(who).post(url, {"reason": "x", "title": "x", "answer": "x"}).status_code in (403, 404, 405)
    assert set(refused.values()) <= {403, 404}, refused
    assert stored() == before
    statuses = {}
    for who in sorted(allowed):
        client = browse(who)
        if only_post and len(statuses) == 1:
            break
        answer = client.post(url) if only_post else client.get(url)
        statuses[who] = answer.status_code
        if answer.streaming:
            b"".join(answer.streaming_content)
    assert set(statuses.values()) <= {200, 302, 400, 409}, statuses


@pytest.mark.parametrize("name", TABLE)
def test_a_record_that_does_not_exist_is_not_found(world: World, browse: Browse, name: str) -> None:
    who = "officer" if TABLE[name][1] <= UNIT | {"other_officer"} else "reviewer"
    for pk in (987_654, 2**63, 10**30):
        call = browse(who).post if f"campaigns:{name}" in POST_ONLY else browse(who).get
        assert call(url_of(name, pk)).status_code == 404


def test_a_member_of_the_council_records_the_visits_of_the_own_team(world: World, browse: Browse) -> None:
    visit = make_visit(world)
    url = url_of("visit_record", visit.pk)
    assert browse("council_member").get(url).status_code == 404
    visit.team.add(world.council_member)
    assert browse("council_member").get(url).status_code == 200
