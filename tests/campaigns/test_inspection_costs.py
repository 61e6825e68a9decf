from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.campaigns.inspection_makers import (
    JUNE_5,
    many_follow_ups,
    many_guidance,
    many_questions,
    many_visits,
)
from tests.factories import World

Browse = Callable[[str], Client]
pytestmark = pytest.mark.django_db
SIZES = (1, 3, 500)


@pytest.fixture(autouse=True)
def _june(stand_on: Callable[[datetime.date], None]) -> None:
    stand_on(JUNE_5)


def path(name: str, *args: Any) -> str:
    return reverse(f"campaigns:{name}", args=args)


# Cost


def count(client: Client, url: str) -> int:
    """Queries of the second visit: the first one writes the session's clock and fills caches."""
    assert client.get(url).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    return len(queries)


@pytest.mark.parametrize("rows", SIZES)
@pytest.mark.parametrize(
    ("name", "make", "who", "queries"),
    [
        ("inspection_list", many_visits, "officer", 7),
        ("inspection_list", many_visits, "reviewer", 7),
        ("plan_list", many_visits, "reviewer", 6),
        ("follow_up_list", many_follow_ups, "officer", 7),
        ("follow_up_list", many_follow_ups, "leader", 7),
        ("guidance_list", many_guidance, "officer", 10),
        ("guidance_list", many_guidance, "reviewer", 8),
        ("question_list", many_questions, "officer", 6),
        ("question_list", many_questions, "reviewer", 6),
    ],
)
def test_a_list_costs_the_same_at_every_size(
    world: World, browse: Browse, name: str, make: Callable[[World, int], Any], who: str, queries: int, rows: int
) -> None:
    make(world, rows)
    assert count(browse(who), path(name)) == queries


@pytest.mark.parametrize("rows", SIZES)
def test_a_plan_costs_the_same_at_every_size(world: World, browse: Browse, rows: int) -> None:
    visits = many_visits(world, rows)
    assert count(browse("reviewer"), path("plan_detail", visits[0].plan_id)) == 8


@pytest.mark.parametrize("rows", SIZES)
def test_the_readers_of_a_guidance_cost_the_same_at_every_size(world: World, browse: Browse, rows: int) -> None:
    guidance = many_guidance(world, 1, units=rows)[0]
    assert count(browse("reviewer"), path("guidance_readers", guidance.pk)) == 8


@pytest.mark.parametrize("rows", SIZES)
def test_the_desk_costs_the_same_at_every_size(world: World, browse: Browse, rows: int) -> None:
    many_follow_ups(world, rows)
    many_guidance(world, rows)
    many_questions(world, rows)
    costs = {who: count(browse(who), "/ban-lam-viec/") for who in ("officer", "reviewer")}
    assert costs == {"officer": 13, "reviewer": 16}
