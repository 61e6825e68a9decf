"""Two at once: two tabs of one record, two reviewers of one decision."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.jobs import comment, open_recognition, recognise, register, start_draft
from tests.browser.people import Person

pytestmark = pytest.mark.browser
Meet = Callable[..., Person]
Beside = Callable[[Person], Person]


def without_autosave(person: Person) -> None:
    """Keep the script that saves from the tab, so that only pressed buttons save."""
    person.forgive("ERR_FAILED")
    person.page.route("**/js/autosave.*", lambda route: route.abort())


def two_tabs(officer: Person, sit_beside: Beside, name: str) -> tuple[Person, Person, str]:
    """One draft, opened twice."""
    pk = start_draft(officer, name)
    other = sit_beside(officer)
    for tab in (officer, other):
        without_autosave(tab)
        tab.go(f"/dien-hinh/{pk}/sua/")
    return officer, other, f"/dien-hinh/{pk}/sua/"


def test_two_tabs_that_change_different_fields_are_merged(meet: Meet, sit_beside: Beside) -> None:
    first, second, path = two_tabs(meet("binhnhi"), sit_beside, "Phan Thị Gộp")
    first.fill(summary="Tóm tắt của thẻ thứ nhất.")
    first.press("Lưu bản nháp")
    second.fill(deeds="Việc làm của thẻ thứ hai.")
    second.press("Lưu bản nháp")
    second.says("hai bên đã được gộp, không mất gì")
    for tab in (first, second):
        tab.go(path)
        expect(tab.page.locator("#id_summary")).to_have_value("Tóm tắt của thẻ thứ nhất.")
        expect(tab.page.locator("#id_deeds")).to_have_value("Việc làm của thẻ thứ hai.")


def test_two_tabs_that_change_one_field_show_both_texts(meet: Meet, sit_beside: Beside) -> None:
    first, second, path = two_tabs(meet("binhnhi"), sit_beside, "Phan Thị Chạm")
    first.fill(summary="Tóm tắt của thẻ thứ nhất.")
    first.press("Lưu bản nháp")
    second.fill(summary="Tóm tắt của thẻ thứ hai.", deeds="Việc làm của thẻ thứ hai.")
    second.press("Lưu bản nháp")
    second.says("Chưa có gì bị mất")
    expect(second.page.locator("#id_summary")).to_have_value("Tóm tắt của thẻ thứ hai.")
    expect(second.page.locator("#id_deeds")).to_have_value("Việc làm của thẻ thứ hai.")
    expect(second.page.locator(".note-hold:not([data-clash-note], .kept-offer)")).to_contain_text(
        "Tóm tắt của thẻ thứ nhất."
    )
    second.fill(summary="Tóm tắt của cả hai thẻ.")
    second.press("Lưu bản nháp")
    first.go(path)
    expect(first.page.locator("#id_summary")).to_have_value("Tóm tắt của cả hai thẻ.")
    expect(first.page.locator("#id_deeds")).to_have_value("Việc làm của thẻ thứ hai.")


def test_of_two_reviewers_who_decide_at_once_one_is_told_who_was_faster(meet: Meet) -> None:
    pk = register(meet("binhnhi"), "Phan Văn Hai Ý", with_files=False)
    fast, slow = meet("noivu"), meet("noivu2")
    for reviewer in (fast, slow):
        reviewer.go(f"/dien-hinh/{pk}/xet/")
    comment(slow, "summary", "Nêu rõ thời gian.")
    recognise(fast)
    slow.press("Trả lại")
    slow.says("Bước gần nhất: công nhận")
    slow.says(fast_name(fast))
    slow.go(f"/dien-hinh/{pk}/")
    slow.says("Đã công nhận")


def fast_name(person: Person) -> str:
    """Full name of the person at the window."""
    return person.page.locator(".user-name").inner_text()


def test_a_double_press_decides_once(meet: Meet) -> None:
    pk = register(meet("binhnhi"), "Phan Văn Hai Lần", with_files=False)
    reviewer = meet("noivu")
    reviewer.go(f"/dien-hinh/{pk}/xet/")
    button = open_recognition(reviewer)
    with reviewer.page.expect_navigation():
        button.dblclick(no_wait_after=True)
    reviewer.says("Đã công nhận “Phan Văn Hai Lần”")
    reviewer.go(f"/dien-hinh/{pk}/")
    expect(reviewer.page.locator(".timeline").get_by_text("Công nhận", exact=True)).to_have_count(1)
