"""The demo of inspections and guidance: true to the training date, invented, made once."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from campaigns.inspection_enums import FollowUpState, VisitState
from campaigns.models import FollowUp, Guidance, InspectionPlan, Question, Visit
from campaigns.reference import load_programmes
from core.audit import verify
from emulation_portal.demo import inspections
from emulation_portal.demo.guidance import seed_guidance
from emulation_portal.demo.inspections import seed_inspections
from emulation_portal.demo.seeding import seed_accounts
from notifications.models import OutboxMessage
from organizations.reference import load_units
from tests.factories import photo_upload

TODAY = datetime.date(2023, 6, 5)
pytestmark = pytest.mark.django_db


@pytest.fixture
def units(stand_on: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    stand_on(TODAY)
    monkeypatch.setattr(inspections, "draw_picture", lambda *_words: photo_upload().read())
    found = load_units()
    load_programmes()
    seed_accounts(found)
    return found


def test_one_survey_has_two_results_one_recommendation_due_and_one_visit_to_come(units: Any) -> None:
    assert seed_inspections(units) == 3
    assert sorted(Visit.objects.values_list("state", flat=True)) == [
        VisitState.PLANNED,
        VisitState.SENT,
        VisitState.SENT,
    ]
    states = FollowUp.objects.order_by("visit", "position").values_list("state", "due")
    assert list(states) == [
        (FollowUpState.OPEN, datetime.date(2023, 6, 9)),
        (FollowUpState.REPORTED, datetime.date(2023, 5, 31)),
        (FollowUpState.CLOSED, datetime.date(2023, 6, 2)),
    ]


def test_one_guidance_is_read_by_some_and_one_question_is_answered(units: Any) -> None:
    assert seed_guidance(units) == 2
    guidance = Guidance.objects.get(kind="document")
    assert (guidance.receipts.count(), guidance.addressed.count() > 60) == (5, True)
    assert sorted(Question.objects.values_list("state", flat=True)) == ["answered", "open"]


def test_a_second_run_makes_nothing_and_nothing_is_later_than_the_training_date(units: Any) -> None:
    for _run in range(2):
        made = seed_inspections(units), seed_guidance(units)
    assert (made, InspectionPlan.objects.count(), Guidance.objects.count()) == ((0, 0), 1, 2)
    assert not OutboxMessage.objects.filter(channel="email", status="pending").exists()
    assert max(OutboxMessage.objects.values_list("created_at", flat=True)).date() <= TODAY
    assert verify().is_whole
