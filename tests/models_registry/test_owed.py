"""Whom the engine tells of an answer that the office promised."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest

from core import clock
from models_registry.enums import State
from models_registry.models import Exemplar
from models_registry.owed import ReturnSource
from notifications.models import Reminder
from notifications.planning import plan
from organizations.enums import Role
from organizations.models import RoleAssignment, User
from tests.factories import World

EIGHTH = datetime.date(2023, 6, 8)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _june(stand_on: Callable[[datetime.date], None]) -> None:
    stand_on(EIGHTH)


def in_hand(world: World, person: User | None, due: datetime.date = EIGHTH) -> None:
    state = State.IN_REVIEW if person else State.SUBMITTED
    row = world.exemplar(state)
    Exemplar.objects.filter(pk=row.pk).update(taken_by=person, taken_at=clock.now() if person else None, review_due=due)


def told() -> list[tuple[str, str]]:
    rows = Reminder.objects.filter(channel="in_app", subject_type="exemplar_review").order_by("recipient__username")
    return list(rows.values_list("recipient__username", "tier"))


@pytest.mark.parametrize("who", ["reviewer", "interior_head", "colleague"])
def test_who_has_a_record_in_hand_owns_the_answer_whatever_the_role(world: World, who: str) -> None:
    in_hand(world, world.people[who])
    plan(EIGHTH)
    assert told() == [(who, "owner")]


def test_the_head_who_took_it_is_the_owner_also_where_no_reviewer_works(world: World) -> None:
    in_hand(world, world.interior_head)
    RoleAssignment.objects.filter(role=Role.REVIEWER).delete()
    plan(EIGHTH)
    assert told() == [("interior_head", "owner")]


def test_the_head_who_took_it_is_told_once_when_it_is_late(world: World) -> None:
    in_hand(world, world.interior_head, EIGHTH - datetime.timedelta(days=1))
    plan(EIGHTH)
    assert told() == [("interior_head", "owner")]


def test_a_record_nobody_took_is_told_to_every_reviewer_and_not_yet_to_the_head(world: World) -> None:
    in_hand(world, None)
    plan(EIGHTH)
    assert told() == [("colleague", "owner"), ("reviewer", "owner")]


@pytest.mark.parametrize("gone", ["reviewer", "colleague"])
def test_who_left_with_a_record_in_hand_leaves_it_to_the_head(world: World, gone: str) -> None:
    in_hand(world, world.people[gone])
    RoleAssignment.objects.filter(user=world.people[gone]).update(valid_to=EIGHTH - datetime.timedelta(days=1))
    plan(EIGHTH)
    assert told() == [("interior_head", "unmanned")]


def test_without_reviewers_what_nobody_took_is_told_to_the_head(world: World) -> None:
    in_hand(world, None)
    RoleAssignment.objects.filter(role=Role.REVIEWER).delete()
    plan(EIGHTH)
    assert told() == [("interior_head", "unmanned")]


def test_a_returned_record_is_named_as_it_was_sent(world: World) -> None:
    row = world.exemplar(State.RETURNED)
    sent = row.full_name
    Exemplar.objects.filter(pk=row.pk).update(full_name="Tên đang sửa")
    assert ReturnSource().lines([row.pk])[row.pk].title == f"Bổ sung hồ sơ {sent}"
