"""Pages of tasks in their states, on the demo's schedule."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlencode

from tests.browser.papers import document
from tests.browser.people import Person

LIST = "/ke-hoach/nhiem-vu/"
REVIEW, NURTURE = "Sơ kết 03 năm", "Bồi dưỡng"
Way = Callable[[Person], object]


def task_of(person: Person, words: str, state: str = "") -> str:
    """The address of the first task of the person's list with these words, in a state."""
    person.go(f"{LIST}?{urlencode({'q': words, 'trang-thai': state})}")
    found = person.page.locator(".cell-title a").first.get_attribute("href")
    assert found, (words, state)
    return found


def on_task(words: str, state: str = "", tail: str = "") -> Way:
    """A page of a task."""
    return lambda person: person.go(task_of(person, words, state) + tail)


def fill_report(officer: Person) -> None:
    """Write into every part of the form, and choose the signed paper."""
    for field in officer.page.locator(".form-section textarea").all():
        field.fill("Đã thực hiện đúng kế hoạch; có sổ ghi chép và người theo dõi.")
    for field in officer.page.locator(".figure-input").all():
        if not field.input_value():
            field.fill("2")
    officer.page.set_input_files("#id_signed", [document("báo cáo có chữ ký.pdf")])  # type: ignore[list-item]
    officer.page.locator("[data-rows=signed] [data-file]").wait_for()


def submitted(officer: Person) -> None:
    """The receipt of a report on a small task."""
    officer.go(task_of(officer, NURTURE, "open") + "bao-cao/")
    fill_report(officer)
    officer.press("Xem lại và nộp")
    officer.press(re.compile("Nộp"))


def with_a_block(officer: Person) -> None:
    """The preview of a pasted block with a fault and two numbers that may be meant in two ways."""
    officer.go(task_of(officer, REVIEW, "open") + "bao-cao/dan-so/")
    officer.page.fill("#id_block", "12.000\n1,234\nbốn\n3\t\n")
    officer.press("Xem trước")


def with_faults(officer: Person) -> None:
    """The form with a figure that cannot be read."""
    officer.go(task_of(officer, REVIEW, "open") + "bao-cao/")
    officer.page.fill("#id_figure-BD", "bốn")
    officer.press("Lưu lại")


def removing_a_file(officer: Person) -> None:
    """The question before a file is taken off a report."""
    officer.go(task_of(officer, REVIEW, "open") + "bao-cao/")
    officer.page.set_input_files("#id_annex", [document("phụ lục.pdf")])  # type: ignore[list-item]
    row = officer.page.locator("[data-rows=annex] [data-remove]").first
    officer.go((row.get_attribute("href") or "").removeprefix(officer.home))


def returning_wrongly(office: Person) -> None:
    """The return form without a reason."""
    office.go(task_of(office, "", "submitted") + "xet/")
    office.page.locator(".return-box summary").click()
    office.press("Trả lại")


def answering(office: Person) -> None:
    """A request for more time."""
    office.go(task_of(office, "", "xin-gia-han"))
    office.press("Trả lời đề nghị", role="link")


def duties(officer: Person) -> None:
    """The yearly duties of the own unit."""
    officer.go(task_of(officer, REVIEW))
    officer.press(re.compile("Mọi nhiệm vụ năm"), role="link")


#: (address, state, who looks, how).
PAGES: list[tuple[str, str, str, Way]] = [
    ("task_list", "of the office", "noivu", lambda person: person.go(LIST)),
    ("task_list", "of an officer", "binhnhi", lambda person: person.go(f"{LIST}?trang-thai=open")),
    ("task_list", "nothing found", "noivu", lambda person: person.go(f"{LIST}?q=khongcogi")),
    ("task_detail", "open", "binhnhi", on_task(REVIEW, "open")),
    ("task_detail", "submitted", "noivu", on_task("", "submitted")),
    ("task_report", "new", "binhnhi", on_task(REVIEW, "open", "bao-cao/")),
    ("task_report", "error", "binhnhi", with_faults),
    ("task_check", "error", "binhnhi", on_task(REVIEW, "open", "bao-cao/xem-lai/")),
    ("task_paste", "preview", "binhnhi", with_a_block),
    ("task_receipt", "filled", "binhnhi", submitted),
    ("task_version", "filled", "noivu", on_task("", "submitted", "ban/1/")),
    ("task_file_remove", "filled", "binhnhi", removing_a_file),
    ("task_queue", "filled", "noivu", lambda person: person.go(f"{LIST}cho-nhan/")),
    ("task_review", "filled", "noivu", on_task("", "submitted", "xet/")),
    ("task_review", "error", "noivu", returning_wrongly),
    ("task_assembly", "filled", "noivu", on_task("của huyện", "", "tong-hop/")),
    ("extension_ask", "filled", "binhnhi", on_task(REVIEW, "open", "gia-han/")),
    ("extension_answer", "filled", "noivu", answering),
    ("unit_duties", "filled", "binhnhi", duties),
]
#: Addresses that only send on, or give a file or data.
WITHOUT_PAGE = {
    "task_autosave",
    "task_paste_save",
    "task_file_add",
    "task_file",
    "task_document",
    "task_submit",
    "task_withdraw",
    "task_gather",
    "task_accept",
    "task_return",
    "extension_grant",
    "extension_refuse",
}
