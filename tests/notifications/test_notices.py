from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from models_registry.enums import State
from notifications import kinds
from notifications.enums import NoticeKind
from notifications.models import OutboxMessage
from notifications.services import Letter, post
from tests.factories import World


def tell(world: World, count: int) -> None:
    for number in range(count):
        letter = Letter(f"Việc {number}", "Nội dung", "/ban-lam-viec/")
        post(subject_type="test", subject_id=number, step="t:1", recipients=[world.officer], letter=letter)


@pytest.mark.parametrize("rows", [1, 3, 500])
def test_the_list_of_notices_costs_the_same_at_every_size(world: World, browse, rows: int) -> None:
    tell(world, rows)
    client: Client = browse("officer")
    client.get("/thong-bao/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/thong-bao/")
    assert len(queries) == 6


def shown(client: Client, query: str = "") -> list[str]:
    return [notice.title for notice in client.get(f"/thong-bao/{query}").context["page_obj"]]


def tell_of_kinds(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_registered", {("tin", ""): NoticeKind.NEWS})
    tell(world, 2)
    post(subject_type="tin", subject_id=1, step="a", recipients=[world.officer], letter=Letter("Tin A", "x", "/"))


def test_notices_are_filtered_by_kind_and_by_what_is_unread(world: World, browse, monkeypatch) -> None:
    tell_of_kinds(world, monkeypatch)
    client: Client = browse("officer")
    read = OutboxMessage.objects.get(title="Việc 0", channel="in_app")
    client.post(f"/thong-bao/{read.pk}/da-doc/")
    assert shown(client) == ["Tin A", "Việc 1", "Việc 0"]
    assert shown(client, "?xem=chua-doc") == ["Tin A", "Việc 1"]
    assert (shown(client, "?loai=news"), shown(client, "?loai=duty")) == (["Tin A"], ["Việc 1", "Việc 0"])
    assert (shown(client, "?loai=duty&xem=chua-doc"), shown(client, "?loai=request")) == (["Việc 1"], [])
    assert shown(client, "?loai=khac&xem=gi-do") == ["Tin A", "Việc 1", "Việc 0"]


def test_the_parts_of_the_list_show_what_they_hold(world: World, browse, monkeypatch) -> None:
    tell_of_kinds(world, monkeypatch)
    client: Client = browse("officer")
    client.post("/thong-bao/da-doc/", {"loai": "news"})
    tabs = client.get("/thong-bao/?loai=duty").context["tabs"]
    assert [(tab.count, tab.current) for tab in tabs.tabs] == [
        (3, False),
        (2, False),
        (2, True),
        (0, False),
        (0, False),
        (1, False),
    ]
    assert (tabs.total, tabs.shown, tabs.unread) == (3, 2, 2)


def test_one_notice_is_marked_as_read_and_the_list_stays_as_it_was(world: World, browse) -> None:
    tell(world, 2)
    notice = OutboxMessage.objects.filter(channel="in_app").first()
    client: Client = browse("officer")
    answer = client.post(f"/thong-bao/{notice.pk}/da-doc/", {"next": "/thong-bao/?xem=chua-doc&trang=1"})
    assert answer.url == "/thong-bao/?xem=chua-doc&trang=1"
    assert client.get("/thong-bao/").context["unread_count"] == 1


@pytest.mark.parametrize("place", ["https://ke-xau.example/", "//ke-xau.example", "javascript:alert(1)", ""])
def test_marking_as_read_leads_nowhere_else(world: World, browse, place: str) -> None:
    tell(world, 1)
    assert browse("officer").post("/thong-bao/da-doc/", {"next": place}).url == "/thong-bao/"


def test_marking_a_kind_as_read_leaves_the_others(world: World, browse, monkeypatch) -> None:
    tell_of_kinds(world, monkeypatch)
    client: Client = browse("officer")
    client.post("/thong-bao/da-doc/", {"loai": "news"})
    assert shown(client, "?xem=chua-doc") == ["Việc 1", "Việc 0"]


def test_empty_parts_say_what_they_are(world: World, browse) -> None:
    client: Client = browse("officer")
    assert "Chưa có thông báo nào" in client.get("/thong-bao/").content.decode()
    tell(world, 1)
    client.post("/thong-bao/da-doc/")
    assert "Đã đọc hết thông báo" in client.get("/thong-bao/?xem=chua-doc").content.decode()
    assert "Chưa có thông báo nào thuộc loại này" in client.get("/thong-bao/?loai=news").content.decode()


def test_one_sees_the_own_notices_alone(world: World, browse) -> None:
    tell(world, 1)
    seen = {who: len(browse(who).get("/thong-bao/").context["page_obj"]) for who in ("officer", "reviewer", "nobody")}
    assert seen == {"officer": 1, "reviewer": 0, "nobody": 0}


def test_the_number_beside_the_bell_counts_what_is_unread(world: World, browse) -> None:
    tell(world, 3)
    client = browse("officer")
    before = client.get("/thong-bao/").context["unread_count"]
    client.post("/thong-bao/da-doc/")
    assert [before, client.get("/thong-bao/").context["unread_count"]] == [3, 0]


def test_opening_a_notice_reads_it_and_leads_to_its_page(world: World, browse) -> None:
    exemplar = world.exemplar(State.SUBMITTED)
    notice = OutboxMessage.objects.get(recipient=world.reviewer, channel="in_app")
    answer = browse("reviewer").post(f"/thong-bao/{notice.pk}/")
    notice.refresh_from_db()
    assert (answer.url, notice.read_at is not None) == (exemplar.get_absolute_url(), True)


@pytest.mark.parametrize("page", ["0", "-1", "x", "²", "9" * 40])
def test_any_page_number_is_answered(world: World, browse, page: str) -> None:
    assert browse("officer").get("/thong-bao/", {"trang": page}).status_code == 200
