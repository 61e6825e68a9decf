"""A reviewer clears the queue without the mouse, in sets, and without JavaScript."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, Route, expect

from tests.browser.jobs import recognise, register_many
from tests.browser.people import WIDTHS, Person
from tests.browser.test_pages import faults

pytestmark = pytest.mark.browser
Meet = Callable[..., Person]
PLACE = "hang=moi-gui&q="
#: One decision a record; the undone one is taken again.
PLAN = (
    ["recognise"] * 5 + ["return"] * 2 + ["undo"] + ["recognise"] * 6 + ["return"] * 2 + ["reject"] + ["recognise"] * 3
)


class Keyboard:
    """The keys of one person, counted; what is typed as text is not."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.count = 0
        self.waits: list[float] = []

    def press(self, key: str) -> None:
        """Press a key or a chord."""
        self.count += 1
        self.person.page.keyboard.press(key)

    def write(self, text: str) -> None:
        """Type text."""
        self.person.page.keyboard.type(text)

    def go_on(self, key: str, *, timed: bool = True) -> None:
        """Press the key that decides; note how long it takes until the next record or the list is to be seen."""
        page = self.person.page
        page.evaluate("() => { document.body.dataset.old = 'yes'; }")
        began = time.perf_counter()
        self.press(key)
        page.locator("body:not([data-old]) h1").wait_for()
        if timed:
            self.waits.append(time.perf_counter() - began)
        expect(page.locator(".messages")).to_be_focused()
        expect(page.locator("[data-queue-keys][data-ready]")).to_be_attached()


def decide(keys: Keyboard, decision: str) -> None:
    """Take one decision by keys alone."""
    if decision == "recognise":
        keys.press("p")
        keys.go_on("Enter")
    elif decision == "return":
        keys.press("t")
        keys.write("Nêu rõ số liệu, thời gian.")
        keys.go_on("Control+Enter")
    elif decision == "reject":
        keys.press("b")
        keys.write("Trùng với hồ sơ đã có.")
        keys.go_on("Control+Enter")
    else:
        decide(keys, "recognise")
        keys.go_on("z", timed=False)
        keys.person.says("Đã hoàn tác")
        decide(keys, "recognise")


def test_twenty_records_are_cleared_without_the_mouse(meet: Meet, data_dir: Path) -> None:
    register_many(data_dir, [f"Đoàn Văn Kíp {number}" for number in range(20)])
    reviewer = meet("noivu")
    reviewer.go(f"/dien-hinh/xet-duyet/?{PLACE}doan%20van%20kip")
    reviewer.says("20 hồ sơ")
    keys = Keyboard(reviewer)
    keys.press("Enter")
    expect(reviewer.page.locator(".queue-record h1")).to_contain_text("Đoàn Văn Kíp")
    for decision in PLAN:
        decide(keys, decision)
    reviewer.look()
    reviewer.says("Không có hồ sơ nào hợp với “doan van kip”")
    done = {state: counted(reviewer, f"/dien-hinh/?q=doan%20van%20kip&trang-thai={state}") for state in STATES}
    assert done == STATES
    assert keys.count <= 15 * 2 + 4 * 4 + 1 * 4, keys.count
    waits = sorted(keys.waits)
    p95 = waits[math.ceil(len(waits) * 0.95) - 1]
    print(
        f"\nqueue: {keys.count} keys, next record p50 {waits[len(waits) // 2] * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms"
    )
    assert p95 < 3


def open_first(reviewer: Person, words: str) -> None:
    """Open the first record of a search by its key."""
    reviewer.go(f"/dien-hinh/xet-duyet/?{PLACE}{words}")
    reviewer.page.keyboard.press("Enter")
    expect(reviewer.page.locator(".queue-record h1")).to_be_visible()
    expect(reviewer.page.locator("[data-queue-keys][data-ready]")).to_be_attached()


def hold(page: Page, pattern: str) -> list[Route]:
    """Let every request to an address wait until somebody lets it go on."""
    held: list[Route] = []
    page.route(pattern, lambda route: held.append(route))
    return held


def test_keys_pressed_while_a_decision_is_under_way_are_refused_and_said(meet: Meet, data_dir: Path) -> None:
    register_many(data_dir, [f"Đoàn Thị Vội {number}" for number in range(3)])
    reviewer = meet("noivu")
    page = reviewer.page
    open_first(reviewer, "doan%20thi%20voi")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.evaluate(TELL_WHAT_IS_SAID)
    held = hold(page, "**/cong-nhan/**")
    for key in ("p", "Enter", "Enter", "b", "z", "p", "Enter"):
        page.keyboard.press(key)
    held[0].continue_()
    page.locator("body:not([data-old]) .queue-record h1").wait_for()
    reviewer.says("Đoàn Thị Vội 1")
    expect(page.locator("[data-queue-keys][data-ready]")).to_be_attached()
    assert (len(asked), set(told)) == (1, {"shown: Đang ghi quyết định. Phím vừa bấm chưa được tính."})
    left = counted(reviewer, "/dien-hinh/?q=doan%20thi%20voi&trang-thai=submitted")
    assert left == 2


def test_keys_pressed_before_the_script_is_there_are_taken_once_it_is(meet: Meet, data_dir: Path) -> None:
    register_many(data_dir, [f"Đoàn Thị Chờ {number}" for number in range(3)])
    reviewer = meet("noivu")
    page = reviewer.page
    open_first(reviewer, "doan%20thi%20cho")
    held = hold(page, "**/js/queue*.js")
    page.reload(wait_until="commit")
    expect(page.locator(".queue-record h1")).to_contain_text("Đoàn Thị Chờ 0")
    page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length")
    page.evaluate("() => { document.body.dataset.old = 'yes'; }")
    page.keyboard.press("p")
    page.keyboard.press("Enter")
    expect(page.locator("details[data-key=p]")).not_to_have_attribute("open", "")
    held.pop().continue_()
    page.unroute("**/js/queue*.js")
    page.locator("body:not([data-old]) .queue-record h1").wait_for()
    reviewer.says("Đã công nhận “Đoàn Thị Chờ 0”")


def test_nothing_is_confirmed_on_a_record_that_was_not_yet_to_be_seen(meet: Meet, data_dir: Path) -> None:
    register_many(data_dir, [f"Đoàn Thị Khuất {number}" for number in range(2)])
    reviewer = meet("noivu")
    page = reviewer.page
    # The browser tells of no painting: as on a machine so slow that the keys come before the record.
    page.add_init_script("performance.getEntriesByName = () => []; " + EARLY_KEYS)
    open_first(reviewer, "doan%20thi%20khuat")
    expect(page.locator("details[data-key=p]")).to_have_attribute("open", "")
    expect(page.locator("[data-queue-says]")).to_be_visible()
    reviewer.says("Phím xác nhận bấm trước khi trang hiện ra nên chưa được tính.")
    page.evaluate(AXE_SCRIPT)
    assert faults(reviewer) == []
    assert counted(reviewer, "/dien-hinh/?q=doan%20thi%20khuat&trang-thai=submitted") == 2


#: Lets the page say on the console what it says on its status line, and that it is shown.
TELL_WHAT_IS_SAID = """() => {
    document.body.dataset.old = "yes";
    const says = document.querySelector("[data-queue-says]");
    const tell = () => console.info((says.matches(".visually-hidden") ? "" : "shown: ") + says.textContent);
    new MutationObserver(tell).observe(says, { childList: true });
}"""
#: “p, Enter” as soon as the body is there, before any module runs.
EARLY_KEYS = """
    document.addEventListener("readystatechange", () => {
        if (document.readyState !== "interactive" || !document.querySelector(".queue-record")) return;
        const press = key => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
        ["p", "Enter"].forEach(press);
    });
"""


#: What the twenty records have become.
STATES = {"recognised": 15, "returned": 4, "rejected": 1}


def counted(person: Person, path: str) -> int:
    """How many records a list says it holds."""
    person.go(path)
    return int(person.page.locator(".list-count").inner_text().split()[0])


def test_keys_move_mark_find_and_can_be_switched_off(meet: Meet, data_dir: Path) -> None:
    register_many(data_dir, [f"Đoàn Thị Phím {number}" for number in range(3)])
    reviewer = meet("noivu")
    page = reviewer.page
    reviewer.go(f"/dien-hinh/xet-duyet/?{PLACE}thi%20phim")
    items = page.locator(".queue-item")
    for key, at in (("j", 0), ("j", 1), ("ArrowDown", 2), ("k", 1), ("ArrowUp", 0)):
        page.keyboard.press(key)
        expect(items.nth(at)).to_be_focused()
    page.keyboard.press("x")
    expect(page.get_by_text("Đã chọn: Đoàn Thị Phím 0")).to_be_attached()
    page.locator("input[name=chon]").nth(0).click()
    page.locator("input[name=chon]").nth(0).click()
    page.locator("input[name=chon]").nth(2).click(modifiers=["Shift"])
    expect(page.locator("[data-chosen-count]")).to_have_text("(3)")
    page.keyboard.press("/")
    expect(page.locator("#tim-hang")).to_be_focused()
    page.keyboard.type("pjz?")
    expect(page.locator("#tim-hang")).to_have_value("pjz?")
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.locator("dialog.queue-help")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Phím tắt: đang bật").click()
    reviewer.go(f"/dien-hinh/xet-duyet/?{PLACE}thi%20phim")
    expect(page.get_by_role("button", name="Phím tắt: đang tắt")).to_be_visible()
    page.keyboard.press("?")
    page.keyboard.press("j")
    expect(page.locator("dialog.queue-help")).to_be_hidden()
    expect(items.nth(0)).not_to_be_focused()
    page.get_by_role("button", name="Phím tắt: đang tắt").click()


def test_a_mark_on_a_criterion_and_taking_keep_the_remark_that_is_being_written(meet: Meet, data_dir: Path) -> None:
    register_many(data_dir, ["Đoàn Văn Khướu"])
    reviewer = meet("noivu")
    page = reviewer.page
    reviewer.go(f"/dien-hinh/xet-duyet/?{PLACE}khuou")
    page.keyboard.press("Enter")
    expect(page.locator(".queue-record h1")).to_contain_text("Đoàn Văn Khướu")
    page.keyboard.press("t")
    page.keyboard.type("Nêu rõ.")
    page.locator(".queue-stock select").first.select_option(index=1)
    written = "Nêu rõ.\nNêu rõ số liệu, thời gian, nơi chứng kiến."
    expect(page.locator("details.comment-box[open] textarea").first).to_have_value(written)
    doubt = page.locator("#chua-dong-y-C1")
    doubt.locator("summary").click()
    doubt.locator("input[name=note]").fill("Giấy khen năm nào?")
    doubt.get_by_role("button").click()
    expect(page.locator("#chua-dong-y-C1")).to_contain_text("Giấy khen năm nào?")
    expect(page.locator("#chua-dong-y-C1")).to_be_focused()
    page.get_by_role("button", name="Nhận thẩm định", exact=True).click()
    expect(page.locator("#nguoi-tham-dinh")).to_contain_text("đang thẩm định")
    expect(page.locator("details.comment-box[open] textarea").first).to_have_value(written)
    page.evaluate(AXE_SCRIPT)
    found = {}
    for width in sorted(WIDTHS, reverse=True):
        page.set_viewport_size({"width": width, "height": 800})
        reviewer.look()
        found[width] = faults(reviewer)
    assert found == {width: [] for width in WIDTHS}


def test_a_set_is_decided_and_undone_at_once(meet: Meet, data_dir: Path) -> None:
    register_many(data_dir, [f"Đoàn Thị Nghiêu {number}" for number in range(4)])
    reviewer = meet("noivu")
    reviewer.go(f"/dien-hinh/xet-duyet/?{PLACE}nghieu")
    reviewer.page.get_by_label("Chọn cả 4 kết quả của “Mới gửi”").check()
    reviewer.press("Công nhận…")
    reviewer.press("Có cho cả ba câu, công nhận 4 hồ sơ")
    reviewer.says("Đã công nhận 4 hồ sơ")
    reviewer.press(re.compile("Hoàn tác"))
    reviewer.says("Đã hoàn tác: 4 hồ sơ lại chờ xét")
    reviewer.says("4 hồ sơ")


@pytest.mark.parametrize("width", WIDTHS)
def test_without_javascript_a_record_is_judged_and_undone(meet: Meet, data_dir: Path, width: int) -> None:
    name = f"Đoàn Văn Chay {width}"
    register_many(data_dir, [name])
    reviewer = meet("noivu", script=False, width=width)
    reviewer.go(f"/dien-hinh/xet-duyet/?{PLACE}chay%20{width}")
    reviewer.press_where(name)
    reviewer.press("Nhận thẩm định")
    recognise(reviewer)
    reviewer.says(f"Đã công nhận “{name}”")
    reviewer.press(re.compile("Hoàn tác"))
    reviewer.says("Đã hoàn tác")
    reviewer.page.get_by_text("Dùng câu mẫu").click()
    reviewer.page.get_by_label("Nêu rõ số liệu, thời gian, nơi chứng kiến.").check()
    reviewer.press("Trả lại")
    reviewer.says("với 1 nhận xét")
