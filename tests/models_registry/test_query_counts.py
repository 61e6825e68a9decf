"""Every list costs one literal number of queries, at 1, 3 and 500 rows; a record page whatever its history."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import clock
from models_registry.duplicates import SHOWN_TO_OFFICE
from models_registry.enums import State
from models_registry.models import ExemplarTransition, ReviewComment
from models_registry.services import PhotoWords, describe_photos
from tests.factories import World, add_files, many_exemplars

Browse = Callable[[str], Client]
SIZES = (1, 3, 500)


def count(client: Client, url: str) -> int:
    """Queries of the second visit: the first one writes the session's clock and fills caches."""
    assert client.get(url).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    return len(queries)


def fill(world: World, rows: int, state: str) -> None:
    many_exemplars(rows, unit=world.commune_a, officer=world.officer, reviewer=world.reviewer, state=state)


@pytest.mark.parametrize("rows", SIZES)
@pytest.mark.parametrize(
    ("url", "who", "state", "queries"),
    [
        ("/dien-hinh/", "officer", State.DRAFT, LIST := 8),
        ("/dien-hinh/", "reviewer", State.SUBMITTED, LIST),
        ("/dien-hinh/?q=nguyen&trang-thai=recognised&nam=2023&sap-xep=ten", "nobody", State.RECOGNISED, 8),
        ("/dien-hinh/xet-duyet/", "reviewer", State.SUBMITTED, 9),
        ("/dien-hinh/xet-duyet/", "interior_head", State.SUBMITTED, 9),
        ("/dien-hinh/xet-duyet/cong-nhan/?hang=den-han&ca=1", "reviewer", State.SUBMITTED, 6),
    ],
)
def test_a_list_costs_the_same_at_every_size(
    world: World, browse: Browse, url: str, who: str, state: str, queries: int, rows: int
) -> None:
    fill(world, rows, state)
    assert count(browse(who), url) == queries


@pytest.mark.parametrize("rows", SIZES)
def test_a_record_beside_its_list_costs_the_same_at_every_size(world: World, browse: Browse, rows: int) -> None:
    fill(world, rows, State.SUBMITTED)
    exemplar = world.exemplar(State.SUBMITTED)
    assert count(browse("reviewer"), f"/dien-hinh/{exemplar.pk}/xet/") == 18


@pytest.mark.parametrize("others", [1, 3, 12])
def test_likely_duplicates_cost_one_query_however_many(world: World, browse: Browse, others: int) -> None:
    rows = [world.exemplar(State.SUBMITTED, full_name="Đoàn Thị Sả") for _number in range(1 + others)]
    client = browse("reviewer")
    text = client.get(f"/dien-hinh/{rows[0].pk}/xet/").content.decode()
    assert text.count("Đã có “Đoàn Thị Sả”") == min(others, SHOWN_TO_OFFICE)
    assert count(client, f"/dien-hinh/{rows[0].pk}/xet/") == 19


@pytest.mark.parametrize("events", [0, 50])
@pytest.mark.parametrize(("who", "queries"), [("officer", 13), ("reviewer", 13), ("nobody", 10)])
def test_a_record_page_costs_the_same_whatever_its_history(
    world: World, browse: Browse, who: str, queries: int, events: int
) -> None:
    exemplar = world.exemplar(State.RECOGNISED)
    log = exemplar.transitions.last()
    for number in range(events):
        row = ExemplarTransition.objects.create(
            record=exemplar, name="return", source="in_review", target="returned", actor=world.colleague, at=clock.now()
        )
        ReviewComment.objects.create(
            exemplar=exemplar, transition=row, target="title", text=f"{number}", author=world.reviewer, made_at=log.at
        )
    assert count(browse(who), f"/dien-hinh/{exemplar.pk}/") == queries


@pytest.mark.parametrize("files", [0, 8])
def test_photos_cost_a_record_page_nothing_more(world: World, browse: Browse, files: int) -> None:
    exemplar = world.exemplar(State.DRAFT)
    if files:
        photo, _document = add_files(exemplar, world.officer)
        describe_photos(exemplar=exemplar, by=world.officer, words={photo.pk: PhotoWords(caption="Ao cá")})
    assert count(browse("officer"), f"/dien-hinh/{exemplar.pk}/") == 12
