"""The form on a bad day: cut lines, ended sessions, double presses; and on a phone, counted."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession, expect

from tests.browser.jobs import number_in, start_draft, write
from tests.browser.papers import photo
from tests.browser.people import PASSWORD, Person, until
from tests.browser.test_autosave import SAVED, WORDS, open_field, status

pytestmark = pytest.mark.browser
Meet = Callable[..., Person]
CUTS = 100 if os.environ.get("PORTAL_TEST_FULL") else 10
KEPT = "() => Object.keys(localStorage).filter((name) => name.startsWith('portal-kept:'))"
_COUNT_TAPS = "window.addEventListener('pointerdown', () => window.tapped());"


def here(officer: Person) -> str:
    """Address of the page that is open."""
    return officer.page.url.removeprefix(officer.home)


def stored(officer: Person, words: str) -> None:
    """Wait until the record holds these words."""
    until(lambda: words in officer.fetch(here(officer)).text(), f"“{words[:40]}” is stored")


def test_no_word_is_lost_when_the_network_is_cut_at_random(meet: Meet) -> None:
    officer, dice = meet("binhnhi"), random.Random(197)  # noqa: S311 - a repeatable trial
    place = open_field(officer, "Hồ Thị Đứt Mạng")
    officer.forgive("ERR_INTERNET_DISCONNECTED")
    words = (WORDS.split() * 7)[: 4 * CUTS]
    for cut in range(CUTS):
        for number, word in enumerate(words[4 * cut : 4 * cut + 4]):
            if number == dice.randrange(4):
                officer.page.context.set_offline(True)
            officer.page.keyboard.type(f"{word} ", delay=dice.choice((0, 5, 15)))
        officer.page.wait_for_timeout(dice.choice((0, 0, 50, 400)))
        officer.page.context.set_offline(False)
    text = " ".join(words)
    expect(place).to_have_value(text + " ")
    expect(status(officer)).to_have_text(SAVED)
    stored(officer, text)
    until(lambda: officer.page.evaluate(KEPT) == [], "nothing is left in the browser")


def test_what_a_crash_left_unsent_is_offered_and_taken_only_on_a_press(meet: Meet, sit_beside: Callable) -> None:
    officer = meet("binhnhi")
    place = open_field(officer, "Hồ Thị Sập Máy")
    expect(status(officer)).to_have_text(SAVED)
    officer.forgive("ERR_INTERNET_DISCONNECTED")
    path = here(officer)
    officer.page.context.set_offline(True)
    place.press_sequentially("Viết lúc mất mạng.")
    officer.page.locator("#id_phone").press_sequentially("0912345678")
    expect(status(officer)).to_contain_text("Nội dung đang giữ trên máy này")
    until(lambda: officer.page.evaluate(KEPT) != [], "a copy is kept")
    assert "0912345678" not in officer.page.evaluate("() => JSON.stringify(localStorage)")
    again = sit_beside(officer)
    officer.page.close()
    again.page.context.set_offline(False)
    again.go(path)
    offer = again.page.locator("[data-kept-offer]")
    expect(offer).to_contain_text("Có nội dung chưa gửi lên máy chủ từ")
    expect(offer).to_contain_text("“Việc làm”")
    expect(again.page.locator("#id_deeds")).to_have_value("")
    offer.get_by_role("button", name="Dùng nội dung này").click()
    expect(again.page.locator("#id_deeds")).to_have_value("Viết lúc mất mạng.")
    stored(again, "Viết lúc mất mạng.")
    until(lambda: again.page.evaluate(KEPT) == [], "the copy is wiped")


def test_the_first_page_keeps_the_name_while_the_line_is_dead(meet: Meet) -> None:
    officer = meet("binhnhi")
    officer.go("/dien-hinh/dang-ky/")
    officer.page.context.set_offline(True)
    officer.fill(full_name="Hồ Thị Mới")
    officer.page.get_by_role("button", name="Tạo bản nháp").click()
    officer.says("Đang mất mạng. Nội dung đang giữ trên máy này")
    expect(officer.page.locator("#id_full_name")).to_have_value("Hồ Thị Mới")
    officer.page.context.set_offline(False)
    officer.page.reload()
    officer.page.get_by_role("button", name="Dùng nội dung này").click()
    expect(officer.page.locator("#id_full_name")).to_have_value("Hồ Thị Mới")
    officer.press("Tạo bản nháp")
    until(lambda: officer.page.evaluate(KEPT) == [], "the copy is wiped")


def sign_in_here(officer: Person, username: str) -> None:
    """Fill the dialog."""
    dialog = officer.page.locator("dialog[open]")
    dialog.get_by_label("Tên đăng nhập").fill(username)
    dialog.get_by_label("Mật khẩu").fill(PASSWORD)
    dialog.get_by_role("button", name="Đăng nhập và viết tiếp").click()


def test_a_session_that_ends_is_mended_in_place_and_another_person_mixes_nothing_up(meet: Meet) -> None:
    officer = meet()
    officer.sign_in("binhnhi")
    place = open_field(officer, "Hồ Thị Hết Giờ")
    expect(status(officer)).to_have_text(SAVED)
    for words in ("403", "401", "404", "409"):
        officer.forgive(words)
    officer.page.context.clear_cookies()
    place.press_sequentially("Viết khi phiên đã hết.")
    expect(status(officer)).to_contain_text("phiên làm việc đã hết")
    expect(place).to_be_focused()
    officer.page.get_by_role("button", name="Đăng nhập lại").click()
    sign_in_here(officer, "vinhbinh")
    expect(officer.page.locator("[data-sign-in-error]")).to_contain_text("không phải của người đang viết")
    officer.page.context.clear_cookies()
    sign_in_here(officer, "binhnhi")
    expect(status(officer)).to_have_text(SAVED)
    expect(place).to_have_value("Viết khi phiên đã hết.")
    expect(place).to_be_focused()
    stored(officer, "Viết khi phiên đã hết.")


def test_a_press_after_the_session_ended_asks_and_then_goes_on(meet: Meet) -> None:
    officer = meet()
    officer.sign_in("binhnhi")
    place = open_field(officer, "Hồ Thị Bấm Muộn")
    expect(status(officer)).to_have_text(SAVED)
    officer.forgive("403")
    officer.forgive("401")
    officer.page.context.clear_cookies()
    place.fill("Chữ cuối trước khi bấm.")
    officer.page.get_by_role("button", name="Xem lại và gửi").click()
    expect(officer.page.locator("dialog[open]")).to_be_visible()
    sign_in_here(officer, "binhnhi")
    officer.page.wait_for_url("**/xem-lai/")
    officer.says("Chữ cuối trước khi bấm.")


def test_without_scripts_the_words_come_back_after_the_session_ended(meet: Meet) -> None:
    officer = meet(script=False)
    officer.sign_in("binhnhi")
    start_draft(officer, "Hồ Thị Không Mã", title="")
    officer.fill(deeds="Chữ gõ không có mã.")
    officer.page.context.clear_cookies()
    officer.press("Lưu bản nháp")
    assert "Chữ gõ không có mã." in officer.page.content()


DEED = {"hamlet": "ấp Bình Trinh", "happened_on": "3/5/2023", "deeds": "Trả lại ví tiền nhặt được trên đường."}


def test_a_double_press_sends_once_and_back_shows_it_is_sent(meet: Meet) -> None:
    officer = meet("binhnhi")
    pk = start_draft(officer, "Hồ Thị Bấm Đôi", category="good_deed")
    write(officer, DEED)
    officer.press("Xem lại và gửi")
    officer.page.get_by_role("button", name="Gửi xét duyệt").dblclick()
    officer.page.wait_for_url("**/bien-nhan/")
    officer.says("Hẹn trả lời")
    officer.page.go_back()
    officer.page.wait_for_load_state()
    assert officer.fetch(f"/dien-hinh/{pk}/phien-ban/2/").status == 404
    assert officer.go(f"/dien-hinh/{pk}/xem-lai/").url == f"{officer.home}/dien-hinh/{pk}/"


def test_a_line_for_an_achievement_is_added_in_place(meet: Meet) -> None:
    officer = meet("binhnhi")
    start_draft(officer, "Hồ Thị Thêm Dòng")
    officer.page.get_by_role("button", name="Thêm dòng thành tích").click()
    officer.page.keyboard.type("Dòng thứ ba")
    expect(officer.page.locator("#id_achievement-3-description")).to_have_value("Dòng thứ ba")
    expect(officer.page.get_by_label("Thành tích dòng 3")).to_be_focused()
    stored(officer, "Dòng thứ ba")


def slow_line(officer: Person) -> CDPSession:
    """400 kbit/s, 400 ms, a processor four times slower."""
    wire = officer.page.context.new_cdp_session(officer.page)
    wire.send("Network.enable")
    line = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
    wire.send("Network.emulateNetworkConditions", line)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    return wire


def test_a_good_deed_with_a_photo_takes_few_taps_and_pages_on_a_phone(meet: Meet) -> None:
    officer = meet(width=360)
    page, taps, pages = officer.page, [], []
    page.context.expose_function("tapped", lambda: taps.append(1))
    page.context.add_init_script(_COUNT_TAPS)
    page.on("framenavigated", lambda frame: pages.append(frame.url))
    officer.go("/dang-nhap/")
    pages.clear()
    for name, words in (("username", "binhnhi"), ("password", PASSWORD)):
        page.locator(f"#id_{name}").click()
        page.keyboard.type(words)
    page.keyboard.press("Enter")
    page.wait_for_url("**/ban-lam-viec/")
    page.get_by_text("Ghi nhanh việc tốt").click()
    page.locator("#viec-tot-ten").click()
    page.keyboard.type("Nguyễn Văn Tám")
    officer.press("Tạo bản nháp")
    page.locator("#id_field").click()
    page.locator("#id_field").select_option(label="Phát triển kinh tế")
    taps.append(1)  # the line chosen in the list of the phone
    for name, words in ({"title": "Trả lại của rơi"} | DEED).items():
        page.locator(f"#id_{name}").click()
        page.keyboard.type(words)
    with page.expect_file_chooser() as chooser:
        page.locator("#id_photos").click()
    chooser.value.set_files([photo()])  # type: ignore[list-item]
    officer.press("Xem lại và gửi")
    officer.press("Gửi xét duyệt")
    officer.says("Đã gửi hồ sơ")
    shown = [url.removeprefix(officer.home) for url in dict.fromkeys(pages)]
    print(f"good deed on a phone: {len(taps)} taps, {len(shown)} pages: {shown}")
    assert len(taps) <= 14
    assert len(shown) <= 4


def test_the_form_is_usable_in_six_seconds_on_a_slow_line(meet: Meet) -> None:
    officer = meet("binhnhi", width=360)
    pk = start_draft(officer, "Hồ Thị Mạng Chậm", category="good_deed")
    expect(status(officer)).to_have_text(SAVED)
    wire, bytes_in = slow_line(officer), []
    wire.on("Network.loadingFinished", lambda event: bytes_in.append(event["encodedDataLength"]))
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    began = time.monotonic()
    officer.page.goto(f"{officer.home}/dien-hinh/{pk}/sua/", wait_until="commit")
    officer.page.locator("#id_deeds").click()
    officer.page.keyboard.type("a")
    expect(officer.page.locator("#id_deeds")).to_have_value("a")
    seconds = time.monotonic() - began
    expect(status(officer)).to_have_text(SAVED, timeout=20_000)
    print(f"form on a slow line, cold: usable in {seconds:.1f} s; {sum(bytes_in) / 1000:.1f} kB with the first save")
    assert number_in(officer.page.url) == pk
    assert seconds <= 6
