from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import clock
from models_registry import services
from models_registry.enums import State
from models_registry.models import Exemplar
from showcase.selectors import public_exemplars, story_path
from tests.factories import WAYS, ProgrammeFactory, World, add_files, do_step, many_exemplars

AGREED = {"consent_publish": True}
PRIVATE = ["0987654321", "22/9/1975", "22-9-1975", "1975-09-22"]


def shown(world: World, **more) -> Exemplar:
    return world.exemplar(State.RECOGNISED, **{**AGREED, "consent_on": clock.today(), **more})


@pytest.mark.parametrize("agreed", [True, False])
@pytest.mark.parametrize("state", list(WAYS))
def test_only_what_was_recognised_and_agreed_to_is_public(world: World, state: str, agreed: bool) -> None:
    consent = {"consent_publish": agreed, "consent_on": clock.today()}
    exemplar = world.exemplar(state, **consent)
    public = state == "recognised" and agreed
    assert list(public_exemplars()) == ([exemplar] if public else [])
    assert Client().get(story_path(exemplar)).status_code == (200 if public else 404)


def test_a_record_on_hold_is_not_public(world: World) -> None:
    exemplar = shown(world)
    services.hold_exemplar(exemplar=exemplar, by=world.reviewer, reason="Đang có đơn thư.")
    assert Client().get(story_path(exemplar)).status_code == 404


def test_withdrawn_consent_takes_the_story_away_at_once(world: World) -> None:
    exemplar = shown(world)
    services.withdraw_consent(exemplar=exemplar, by=world.officer)
    pages = ["/", "/guong-dien-hinh/", "/guong-dien-hinh/?q=guong"]
    assert [exemplar.headline in Client().get(page).content.decode() for page in pages] == [False] * 3


def test_no_private_value_is_public(world: World) -> None:
    exemplar = shown(world)
    text = Client().get(story_path(exemplar)).content.decode()
    assert [value for value in [*PRIVATE, "•"] if value in text] == []


def test_remarks_and_documents_are_not_public(world: World) -> None:
    exemplar = world.exemplar(State.DRAFT, consent_publish=True, consent_on=clock.today())
    add_files(exemplar, world.officer)
    do_step("submit", exemplar, world.officer)
    do_step("return", exemplar, world.reviewer)
    services.save_draft(
        exemplar=exemplar,
        by=world.officer,
        data=services.DraftInput(fields={"summary": "Ngày 3/5/2023."}),
        seen_version=exemplar.version,
    )
    do_step("resubmit", exemplar, world.officer)
    do_step("recognise", exemplar, world.reviewer)
    text = Client().get(story_path(exemplar)).content.decode()
    assert [word for word in ("Ghi rõ ngày xảy ra.", "xac-nhan") if word in text] == []


def test_only_photos_of_public_records_open_without_an_account(world: World) -> None:
    exemplar = world.exemplar(State.DRAFT, consent_publish=True, consent_on=clock.today())
    photo, document = add_files(exemplar, world.officer)
    urls = [f"/guong-dien-hinh/anh/{f.pk}/{variant}/" for f in (photo, document) for variant in ("nho", "to")]
    found = []
    for step in (None, "submit", "recognise", "revoke"):
        if step:
            do_step(step, exemplar, world.officer if step == "submit" else world.reviewer)
        answers = [Client().get(url) for url in urls]
        for answer in answers:
            if answer.streaming:
                b"".join(answer.streaming_content)
        found.append([answer.status_code for answer in answers])
    assert found == [[404] * 4, [404] * 4, [200, 200, 404, 404], [404] * 4]


@pytest.mark.parametrize("slug", ["x", "guong-khac", "a" * 300])
def test_an_old_address_leads_to_the_present_one(world: World, slug: str) -> None:
    exemplar = shown(world)
    answer = Client().get(f"/guong-dien-hinh/{exemplar.pk}-{slug}/")
    assert (answer.status_code, answer.url) == (301, story_path(exemplar))


@pytest.mark.parametrize("title", ["!!!", "😀", "‏", "Đ", "x" * 200])
def test_a_story_has_an_address_whatever_its_title(world: World, title: str) -> None:
    exemplar = shown(world, title=title)
    assert Client().get(story_path(exemplar)).status_code == 200


def test_the_public_list_is_found_without_accents(world: World) -> None:
    exemplar = shown(world)
    answer = Client().get("/guong-dien-hinh/", {"q": "DUOI nuoc"})
    assert list(answer.context["page_obj"]) == [exemplar]


@pytest.mark.parametrize(
    "query",
    [
        {"q": "a\x00b"},
        {"q": "x" * 5000},
        {"q": "%_\\"},
        {"q": "<script>alert(1)</script>"},
        {"linh-vuc": "x' OR 1=1"},
        {"trang": "0"},
        {"trang": "-1"},
        {"trang": "²"},
        {"trang": "9" * 50},
        {"trang": "cuối"},
    ],
)
def test_any_question_to_the_public_list_is_answered(world: World, query: dict[str, str]) -> None:
    shown(world)
    answer = Client().get("/guong-dien-hinh/", query)
    assert (answer.status_code, "<script>alert" in answer.content.decode()) == (200, False)


def test_markup_in_a_story_is_shown_as_text(world: World) -> None:
    exemplar = shown(world, title="<b>đậm</b>", deeds="<img src=x onerror=alert(1)>")
    text = Client().get(story_path(exemplar)).content.decode()
    assert ("<b>đậm</b>" in text, "<img src=x" in text) == (False, False)


def test_the_figures_of_the_front_page_equal_their_lists(world: World) -> None:
    shown(world)
    world.exemplar(State.RECOGNISED)
    shown_there = {row.url: row.count for row in Client().get("/").context["front"].fields}
    lists = {url: Client().get(url).context["page_obj"].paginator.count for url in shown_there}
    assert lists == shown_there
    assert list(shown_there.values()) == [1]


@pytest.mark.parametrize("rows", [1, 3, 500])
@pytest.mark.parametrize(("url", "queries"), [("/", 5), ("/guong-dien-hinh/", 4)])
def test_public_pages_cost_the_same_at_every_size(world: World, url: str, queries: int, rows: int) -> None:
    many_exemplars(rows, unit=world.commune_a, officer=world.officer, reviewer=world.reviewer, state=State.RECOGNISED)
    client = Client()
    client.get(url)
    with CaptureQueriesContext(connection) as found:
        client.get(url)
    assert len(found) == queries


def test_the_front_page_is_of_the_period_that_has_begun(world: World) -> None:
    def page() -> str:
        return Client().get("/").content.decode()

    ProgrammeFactory(
        unit=world.district,
        name="Chương trình giai đoạn sau",
        plan_number="",
        plan_date=None,
        issuer="",
        starts=datetime.date(2026, 1, 1),
        ends=datetime.date(2030, 12, 31),
    )
    assert "Chương trình giai đoạn sau" not in page()
    ProgrammeFactory(unit=world.district, name="Chương trình đang chạy", plan_number="", plan_date=None, issuer="")
    assert "Chương trình đang chạy" in page()
    assert "Kế hoạch số" not in page()
    ProgrammeFactory(unit=world.district, starts=datetime.date(2022, 1, 1))
    assert "197/KH-UBND" in page()
    assert "22/9/2021" in page()
