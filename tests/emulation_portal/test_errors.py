from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils.html import escape

from tests.factories import World


def returning(world: World, client: Client) -> str:
    """The answer to a return that is sent after the session has ended."""
    exemplar = world.exemplar("submitted")
    words = {"comment_deeds": "Nêu rõ “ai” làm.", "due": "12/6/2023", "stock_for": "full_name", "ban": "1"}
    return client.post(f"/dien-hinh/{exemplar.pk}/tra-lai/", words).content.decode()


def test_words_come_back_after_the_session_without_the_marks_of_the_form(world: World, client: Client) -> None:
    page = returning(world, client)
    assert escape("Nêu rõ “ai” làm.") in page
    assert "12/6/2023" in page
    assert "full_name" not in page
    assert page.count("<textarea") == 2


@pytest.mark.parametrize(("answer", "kept"), [("granted", 0), ("Đã nhận đủ, không còn thiếu.", 1)])
def test_a_written_answer_comes_back_but_not_a_pressed_one(
    world: World, client: Client, answer: str, kept: int
) -> None:
    exemplar = world.exemplar("draft")
    page = client.post(f"/dien-hinh/{exemplar.pk}/xac-nhan/", {"answer": answer}).content.decode()
    assert page.count("<textarea") == kept


@pytest.mark.parametrize("url", ["/dien-hinh/1/dieu-chinh/rut/", "/thong-bao/da-doc/", "/tai-khoan/lich/"])
def test_an_address_for_a_button_opened_as_a_page_gives_a_way_back(
    world: World, browse: Callable[[str], Client], url: str
) -> None:
    answer = browse("officer").get(url)
    page = answer.content.decode()
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert ("Địa chỉ này chỉ dùng khi bấm nút trên trang." in page, 'href="/ban-lam-viec/"' in page) == (True, True)
