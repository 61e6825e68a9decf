"""Typing with autosave: no letter is lost, and nothing moves under the fingers."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession, Dialog, Locator, expect

from tests.browser.jobs import start_draft
from tests.browser.people import Person, until

pytestmark = pytest.mark.browser
Meet = Callable[..., Person]

WORDS = (
    "Chị Hai nuôi bò, trồng cỏ trên đất giồng; ai cần giống thì chị cho mượn. Năm đầu bốn hộ làm theo, năm sau cả ấp "
    "cùng làm. Nước mặn lên sớm, chị bàn với tổ đắp đập, giữ nước ngọt cho vườn. Nhờ vậy vườn cây xanh lại, con em "
    "đi học đều, hộ nghèo giảm dần, bà con thêm tin nhau."
)
KEY_DELAY = 30
SAVED = re.compile(r"^(Đã có mạng lại và đã gửi: .+\. )?Đã lưu lúc \d\d:\d\d\.$")
_WATCH_FOCUS = """field => {
    window.lostFocus = 0;
    field.addEventListener("blur", () => { window.lostFocus += 1; });
}"""
_CARET = "field => [field.selectionStart, field.selectionEnd, window.lostFocus, field === document.activeElement]"


def status(officer: Person) -> Locator:
    """The line that says what became of the last save."""
    return officer.page.locator("[data-save-state]")


def slow_down(officer: Person, milliseconds: int) -> CDPSession:
    """Make each request wait."""
    wire = officer.page.context.new_cdp_session(officer.page)
    wire.send("Network.enable")
    wire.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": milliseconds, "downloadThroughput": -1, "uploadThroughput": -1},
    )
    return wire


def open_field(officer: Person, name: str, field: str = "#id_deeds") -> Locator:
    """Begin a draft and put the caret into a field."""
    start_draft(officer, name)
    place = officer.page.locator(field)
    place.click()
    place.evaluate(_WATCH_FOCUS)
    return place


def expect_kept(officer: Person, place: Locator, words: str) -> None:
    """The field holds these words with the caret behind them, and so does the record."""
    expect(place).to_have_value(words)
    until(lambda: words in officer.fetch(officer.page.url.removeprefix(officer.home)).text(), "the words are stored")
    expect(status(officer)).to_have_text(SAVED)
    assert place.evaluate(_CARET) == [len(words), len(words), 0, True]


def saving(officer: Person):
    """Wait for the answer to an autosave that begins inside the block."""
    return officer.page.expect_response("**/luu-tu-dong/")


def test_sixty_words_typed_on_a_slow_line_are_all_kept(meet: Meet) -> None:
    assert len(WORDS.split()) >= 60
    officer = meet("binhnhi")
    place = open_field(officer, "Hồ Thị Gõ")
    slow_down(officer, 2000)
    half = WORDS.index("Nước mặn")
    officer.page.keyboard.type(WORDS[:half], delay=KEY_DELAY)
    expect(status(officer)).to_have_text("Đang lưu…")
    officer.page.keyboard.type(WORDS[half:], delay=KEY_DELAY)
    expect_kept(officer, place, WORDS)


def test_a_word_composed_while_autosave_runs_is_kept(meet: Meet) -> None:
    officer = meet("binhnhi")
    place = open_field(officer, "Hồ Thị Ghép")
    wire = officer.page.context.new_cdp_session(officer.page)
    with saving(officer):
        for stage in ("t", "ti", "tiê", "tiên", "tiêng", "tiếng"):
            compose(wire, stage)
    compose(wire, "tiếng")
    wire.send("Input.insertText", {"text": "tiếng"})
    officer.page.keyboard.press("Space")
    for stage in ("V", "Vi", "Viê", "Viêt", "Việt"):
        compose(wire, stage)
    wire.send("Input.insertText", {"text": "Việt"})
    expect_kept(officer, place, "tiếng Việt")


def compose(wire: CDPSession, text: str) -> None:
    """One stage of a composition of the input method."""
    wire.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})


def test_a_typing_tool_that_rewrites_by_backspace_is_not_disturbed(meet: Meet) -> None:
    officer = meet("binhnhi")
    place = open_field(officer, "Hồ Thị Phím Lùi")
    slow_down(officer, 1000)
    keys = officer.page.keyboard
    keys.type("Chị tao", delay=KEY_DELAY)
    expect(status(officer)).to_have_text("Đang lưu…")
    for _letter in "ao":
        keys.press("Backspace", delay=KEY_DELAY)
    keys.insert_text("ạo")
    keys.type(" vieec", delay=KEY_DELAY)
    for _letter in "eec":
        keys.press("Backspace", delay=KEY_DELAY)
    keys.insert_text("ệc")
    keys.type(" làm", delay=KEY_DELAY)
    expect_kept(officer, place, "Chị tạo việc làm")


def test_what_is_typed_without_network_is_saved_when_it_returns(meet: Meet) -> None:
    officer = meet("binhnhi")
    place = open_field(officer, "Hồ Thị Mất Mạng")
    officer.forgive("ERR_INTERNET_DISCONNECTED")
    officer.page.context.set_offline(True)
    officer.page.keyboard.type("Gõ lúc mất mạng.")
    expect(status(officer)).to_contain_text("Chưa lưu được vì mất mạng.")
    expect(place).to_have_value("Gõ lúc mất mạng.")
    officer.page.context.set_offline(False)
    expect_kept(officer, place, "Gõ lúc mất mạng.")


def asks(officer: Person) -> list[str]:
    """Refuse to leave whenever the browser asks, and note that it asked."""
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    officer.page.on("dialog", stay)
    return asked


def try_to_leave(officer: Person, asked: list[str]) -> None:
    """Reload, and wait until the browser asks whether to."""
    officer.page.evaluate("() => { setTimeout(() => location.reload()); }")
    until(lambda: officer.page.title() and asked, "the browser asks", seconds=5)


def test_whoever_leaves_before_the_save_is_asked(meet: Meet) -> None:
    officer = meet("binhnhi")
    place = open_field(officer, "Hồ Thị Rời Trang")
    asked = asks(officer)
    officer.page.keyboard.type("Chưa kịp lưu")
    try_to_leave(officer, asked)
    assert asked == ["beforeunload"]
    expect_kept(officer, place, "Chưa kịp lưu")


def test_a_refused_value_counts_as_unsaved_and_is_offered_after_a_reload(meet: Meet) -> None:
    officer = meet("binhnhi")
    open_field(officer, "Hồ Thị Ghi Sai", "#id_achievement-1-figure")
    asked = asks(officer)
    officer.page.keyboard.type("bốn")
    officer.page.locator("#id_achievement-1-description").fill("Giúp hộ nghèo")
    officer.page.locator("#id_summary").fill("Tóm tắt ghi đúng.")
    expect(status(officer)).to_contain_text("trừ mục ghi chưa đúng")
    try_to_leave(officer, asked)
    assert asked == ["beforeunload"]
    again = officer.page.context.new_page()
    again.goto(officer.page.url)
    expect(again.locator("#id_summary")).to_have_value("Tóm tắt ghi đúng.")
    expect(again.locator("#id_achievement-1-figure")).to_have_value("")
    again.evaluate("() => window.scrollTo(0, document.body.scrollHeight)")
    again.reload()
    expect(again.locator("[data-kept-offer]")).to_be_in_viewport()
    again.locator("[data-kept-use]").click()
    expect(again.locator("#id_achievement-1-figure")).to_have_value("bốn")
    expect(again.locator("#id_achievement-1-description")).to_have_value("Giúp hộ nghèo")
    again.close()
    officer.page.locator("#id_achievement-1-figure").fill("4")
    officer.page.locator("#id_achievement-1-measure").fill("hộ")
    expect(status(officer)).to_have_text(SAVED)
    officer.go("/dien-hinh/")
    assert asked == ["beforeunload"]


def test_whoever_leaves_during_the_save_is_asked(meet: Meet) -> None:
    officer = meet("binhnhi")
    open_field(officer, "Hồ Thị Rời Sớm")
    asked = asks(officer)
    slow_down(officer, 2000)
    officer.page.keyboard.type("Đang trên đường")
    expect(status(officer)).to_have_text("Đang lưu…")
    try_to_leave(officer, asked)


def test_reload_and_back_show_what_was_typed(meet: Meet) -> None:
    officer = meet("binhnhi")
    place = open_field(officer, "Hồ Thị Quay Lại")
    with saving(officer):
        officer.page.keyboard.type("Câu thứ nhất.")
    officer.page.reload()
    expect(place).to_have_value("Câu thứ nhất.")
    place.click()
    officer.page.keyboard.press("Control+End")
    with saving(officer):
        officer.page.keyboard.type(" Câu thứ hai.")
    expect(status(officer)).to_have_text(SAVED)
    officer.go("/dien-hinh/")
    officer.page.go_back()
    expect(place).to_have_value("Câu thứ nhất. Câu thứ hai.")
    place.click()
    officer.page.keyboard.press("Control+End")
    with saving(officer):
        officer.page.keyboard.type(" Câu thứ ba.")
    expect(status(officer)).to_have_text(SAVED)
    officer.press("Lưu bản nháp")
    expect(place).to_have_value("Câu thứ nhất. Câu thứ hai. Câu thứ ba.")


def test_a_session_that_ends_while_typing_loses_nothing(meet: Meet, sit_beside: Callable[[Person], Person]) -> None:
    officer = meet()
    officer.sign_in("binhnhi")
    place = open_field(officer, "Hồ Thị Hết Phiên")
    officer.forgive("403")
    officer.page.context.clear_cookies()
    officer.page.keyboard.type("Phiên đã hết.")
    expect(status(officer)).to_contain_text("phiên làm việc đã hết")
    sit_beside(officer).sign_in("binhnhi")
    place.click()
    officer.page.keyboard.press("Control+End")
    officer.page.keyboard.type(" Viết tiếp.")
    expect(status(officer)).to_have_text(SAVED)
    expect(place).to_have_value("Phiên đã hết. Viết tiếp.")


def test_autosave_tells_of_another_tab_and_writes_nothing(meet: Meet, sit_beside: Callable[[Person], Person]) -> None:
    officer = meet("binhnhi")
    place = open_field(officer, "Hồ Thị Hai Thẻ")
    officer.forgive("409")
    other = sit_beside(officer)
    other.go(officer.page.url.removeprefix(officer.home))
    expect(status(officer)).to_have_text(SAVED)
    other.fill(deeds="Thẻ kia viết.")
    other.press("Lưu bản nháp")
    place.press_sequentially("Thẻ này viết.")
    expect(status(officer)).to_contain_text("vừa được sửa ở nơi khác")
    box = officer.page.locator("[data-clash-box]")
    expect(box).to_contain_text("Thẻ kia viết.")
    expect(place).to_have_value("Thẻ này viết.")
    assert "Thẻ này viết." not in officer.fetch(officer.page.url.removeprefix(officer.home)).text()
    box.get_by_role("button", name="Dùng bản kia").click()
    expect(place).to_have_value("Thẻ kia viết.")
    place.press_sequentially(" Và thẻ này.")
    expect(status(officer)).to_have_text(SAVED)
    until(lambda: "Và thẻ này." in officer.fetch(officer.page.url.removeprefix(officer.home)).text(), "it is stored")
