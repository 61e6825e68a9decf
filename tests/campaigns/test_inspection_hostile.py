"""Hostile words in every field of every form of inspections and guidance: no answer 5xx, nothing strange is stored."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable

import pytest
from django.test import Client

from campaigns.models import Enclosure, FollowUp, Guidance, InspectionPlan, Question, Visit
from tests.campaigns.test_inspection_access import MAKERS, POST_ONLY, TABLE, url_of
from tests.factories import World
from tests.faults.test_fuzz_pages import WORDS

Browse = Callable[[str], Client]
pytestmark = pytest.mark.django_db
FIELDS = (
    *("kind", "title", "programme", "paper_number", "paper_date", "purpose", "starts", "ends", "lead", "checklist"),
    *("units", "planned_on", "team", "team_note", "day", "reason", "due", "evidence", "answer", "publish", "text"),
    *("unit", "milestone", "addressing", "unit_kinds", "done_on", "met_with", "findings", "conclusion", "version"),
    *("prints", "verdict-1", "note-1", "follow-1-what", "follow-1-due", "caption-1", "caption-was-1", "upload_key"),
)
QUERIES = ("q", "trang", "trang-thai", "don-vi", "nam", "moc", "loai")
LISTS = ("/kiem-tra/", "/kiem-tra/kien-nghi/", "/kiem-tra/ke-hoach/", "/huong-dan/", "/huong-dan/cau-hoi/")
NEW = ("/kiem-tra/ke-hoach/them/", "/huong-dan/them/")


@pytest.fixture(autouse=True)
def _june(stand_on: Callable[[datetime.date], None]) -> None:
    stand_on(datetime.date(2023, 6, 5))


def sendable(word: str) -> str:
    return word.encode("utf-8", "replace").decode()


@pytest.mark.parametrize("name", TABLE)
def test_no_form_answers_with_a_fault_of_the_server(world: World, browse: Browse, name: str) -> None:
    kind, allowed = TABLE[name]
    who = next(person for person in ("reviewer", "officer") if person in allowed)
    url, dice, client = url_of(name, MAKERS[kind](world).pk), random.Random(name), browse(who)
    for _turn in range(12):
        words = {field: sendable(dice.choice(WORDS)) for field in FIELDS}
        answer = client.post(url, words)
        assert answer.status_code < 500, (url, words)
        if f"campaigns:{name}" not in POST_ONLY:
            answer = client.get(url)
            assert answer.status_code < 500
        if answer.streaming:
            b"".join(answer.streaming_content)
    for model in (InspectionPlan, Visit, FollowUp, Guidance, Question, Enclosure):
        for row in model._base_manager.values():
            assert not any("\x00" in value or "\u202e" in value for value in row.values() if isinstance(value, str))


def test_no_list_and_no_new_form_answers_with_a_fault_of_the_server(world: World, browse: Browse) -> None:
    client = browse("reviewer")
    for word in map(sendable, WORDS):
        for path in LISTS:
            assert client.get(path, dict.fromkeys(QUERIES, word)).status_code == 200
        for path in NEW:
            assert client.get(path, {"moc": word}).status_code == 200
            assert client.post(path, dict.fromkeys(FIELDS, word)).status_code in (200, 302)
