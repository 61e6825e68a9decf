"""The portal without a mouse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.jobs import number_in, register_many
from tests.browser.people import PASSWORD, Person

pytestmark = pytest.mark.browser
Meet = Callable[..., Person]
_RING = """element => {
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    return [parseFloat(style.outlineWidth), style.outlineStyle, style.outlineColor,
        box.top >= 0 && box.bottom <= innerHeight];
}"""
FOCUS = "rgb(11, 87, 208)"


def here(person: Person) -> Locator:
    """What has the focus."""
    return person.page.locator(":focus")


def tab_to(person: Person, target: Locator, most: int = 60) -> None:
    """Press Tab until something has the focus; each stop on the way shows a ring, inside the window."""
    for _press in range(most):
        person.page.keyboard.press("Tab")
        width, style, colour, in_sight = here(person).evaluate(_RING)
        assert (width >= 2, style, colour, in_sight) == (True, "solid", FOCUS, True), here(person).evaluate(
            "element => element.outerHTML.slice(0, 200)"
        )
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"not reached by {most} × Tab: {target}")


def enter(person: Person) -> None:
    """Press Enter on what leads to another page."""
    with person.page.expect_navigation():
        person.page.keyboard.press("Enter")
    person.look()


@pytest.mark.parametrize("width", [360, 1280])
def test_an_officer_registers_by_keyboard_alone(meet: Meet, width: int) -> None:
    officer = meet(width=width)
    page = officer.page
    officer.go("/dang-nhap/")
    tab_to(officer, page.locator("#id_username"))
    page.keyboard.type("binhnhi")
    page.keyboard.press("Tab")
    expect(page.locator("#id_password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    enter(officer)

    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    expect(page.locator(".skip-link")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#noi-dung")).to_be_focused()
    tab_to(officer, page.locator("main").get_by_role("link", name="Đăng ký điển hình", exact=True))
    enter(officer)

    tab_to(officer, page.get_by_role("button", name="Tạo bản nháp"))
    enter(officer)
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page).to_have_title("Lỗi: Đăng ký điển hình – " + page.title().partition(" – ")[2])
    tab_to(officer, page.locator(".error-summary a"))
    page.keyboard.press("Enter")
    expect(page.locator("#id_full_name")).to_be_focused()

    page.keyboard.type("Lê Thị Phím")
    enter(officer)
    expect(page.locator(".messages")).to_be_focused()
    officer.says("Đã tạo bản nháp “Lê Thị Phím”")


def test_menus_open_and_close_by_keyboard(meet: Meet) -> None:
    reviewer = meet("noivu")
    reviewer.go("/ban-lam-viec/")
    menu = reviewer.page.locator(".user-menu summary")
    tab_to(reviewer, menu)
    reviewer.page.keyboard.press("Enter")
    expect(reviewer.page.get_by_role("button", name="Đăng xuất")).to_be_visible()
    reviewer.page.keyboard.press("Escape")
    expect(reviewer.page.get_by_role("button", name="Đăng xuất")).to_be_hidden()
    expect(menu).to_be_focused()


def skip_to(person: Person, words: str, place: str) -> None:
    """Take the skip link of these words; its place has the focus and is in sight."""
    page = person.page
    tab_to(person, page.get_by_role("link", name=words, exact=True))
    page.keyboard.press("Enter")
    expect(page.locator(place)).to_be_focused()
    expect(page.locator(place)).to_be_in_viewport()


def test_a_reviewer_decides_by_keyboard_alone(meet: Meet, data_dir: Path) -> None:
    name = "Kiều Văn Khuyên"
    register_many(data_dir, [name, *(f"Kiều Thị Đông {number}" for number in range(25))])
    reviewer = meet("noivu2")
    page = reviewer.page
    reviewer.go("/dien-hinh/xet-duyet/?hang=moi-gui")
    page.keyboard.press("/")
    page.keyboard.type("kieu van khuyen")
    enter(reviewer)
    tab_to(reviewer, page.locator(".queue-item", has_text=name))
    enter(reviewer)

    reviewer.go(f"/dien-hinh/{number_in(page.url)}/xet/?hang=moi-gui")
    assert page.locator(".queue-item").count() >= 25
    skip_to(reviewer, "Tới nội dung chính", "#noi-dung")
    skip_to(reviewer, "Tới hồ sơ đang xét", "#ho-so")
    tab_to(reviewer, page.locator("details.comment-box summary").first, most=15)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Nêu rõ thời gian.")
    expect(here(reviewer)).to_have_value("Nêu rõ thời gian.")
    tab_to(reviewer, page.locator(".queue-confirm summary"), most=150)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(".queue-confirm [data-confirm]")).to_be_focused()
    tab_to(reviewer, page.locator("#id_due"))
    page.keyboard.press("Control+A")
    page.keyboard.type("31/2/2023")
    enter(reviewer)
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator(".error-summary a")).to_have_count(1)
    expect(page.locator("#id_comment_full_name")).to_have_value("Nêu rõ thời gian.")

    reviewer.go(f"/dien-hinh/{number_in(page.url)}/xet/?hang=moi-gui")
    skip_to(reviewer, "Tới phần quyết định", "#quyet-dinh")
    tab_to(reviewer, page.locator(".queue-confirm summary"), most=3)
