"""Pages of inspections and guidance in their states: (name of the address, state, who looks, how it comes about)."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.papers import photo
from tests.browser.people import Person

Way = Callable[[Person], object]


def at(path: str) -> Way:
    """The page of an address."""
    return lambda person: person.go(path)


def first_of(path: str, tail: str = "") -> Way:
    """The page of the first row of a list, or one below it."""

    def way(person: Person) -> None:
        person.go(path)
        href = person.page.locator(".cell-title a").first.get_attribute("href") or ""
        person.go(href + tail)

    return way


def visit_of(unit: str, tail: str = "") -> Way:
    """A page of the demo's visit to a unit."""

    def way(person: Person) -> None:
        person.go("/kiem-tra/ke-hoach/1/")
        href = person.page.get_by_role("link", name=unit, exact=True).get_attribute("href") or ""
        person.go(href + tail)

    return way


def with_faults(person: Person) -> None:
    """A record that is saved with faults in it."""
    visit_of("Xã Long Bình", "ghi/")(person)
    person.fill(done_on="31/2/2023", follow__1__due="9/6/2023")
    person.press("Lưu")


def removing_a_photo(person: Person) -> None:
    """A photo of an open record, about to be taken away."""
    visit_of("Xã Long Bình", "ghi/")(person)
    person.page.set_input_files("#id_photos", [photo()])  # type: ignore[arg-type]
    row = person.page.locator("[data-rows='photo'] > li").first
    row.wait_for()
    person.go(row.locator("[data-remove]").get_attribute("href") or "")


def empty_plan(person: Person) -> None:
    """A plan without anything."""
    person.go("/kiem-tra/ke-hoach/them/")
    person.press("Lưu và chọn đơn vị")


def drafting(person: Person) -> None:
    """A draft of a guidance, open for changes."""
    person.go("/huong-dan/them/")
    person.fill(title="Hướng dẫn thử", text="Nội dung thử.")
    person.press("Lưu bản nháp")
    person.press("Sửa bản nháp", role="link")


def empty_guidance(person: Person) -> None:
    """A guidance without anything."""
    person.go("/huong-dan/them/")
    person.press("Lưu bản nháp")


OPEN, REPORTED = "/kiem-tra/kien-nghi/?trang-thai=open", "/kiem-tra/kien-nghi/?trang-thai=reported"
ROWS: list[tuple[str, str, str, Way]] = [
    ("campaigns:inspection_list", "filled", "noivu", at("/kiem-tra/")),
    ("campaigns:inspection_list", "filtered", "noivu", at("/kiem-tra/?nam=2022&trang-thai=late")),
    ("campaigns:inspection_list", "of a unit", "binhnhi", at("/kiem-tra/")),
    ("campaigns:inspection_list", "empty", "mttq", at("/kiem-tra/")),
    ("campaigns:plan_list", "filled", "lanhdao", at("/kiem-tra/ke-hoach/")),
    ("campaigns:plan_new", "error", "noivu", empty_plan),
    ("campaigns:plan_detail", "filled", "noivu", at("/kiem-tra/ke-hoach/1/")),
    ("campaigns:plan_edit", "filled", "noivu", at("/kiem-tra/ke-hoach/1/sua/")),
    ("campaigns:visits_add", "filled", "noivu", at("/kiem-tra/ke-hoach/1/don-vi/")),
    ("campaigns:visit_detail", "sent", "binhnhi", first_of("/kiem-tra/")),
    ("campaigns:visit_detail", "planned", "longbinh", first_of("/kiem-tra/")),
    ("campaigns:visit_detail", "of the office", "noivu", visit_of("Xã Bình Nhì")),
    ("campaigns:visit_team", "filled", "noivu", visit_of("Xã Long Bình", "doan/")),
    ("campaigns:visit_postpone", "filled", "noivu", visit_of("Xã Long Bình", "doi-ngay/")),
    ("campaigns:visit_cancel", "filled", "noivu", visit_of("Xã Long Bình", "huy/")),
    ("campaigns:visit_record", "error", "noivu", with_faults),
    ("campaigns:visit_answer", "filled", "vinhbinh", first_of("/kiem-tra/", "y-kien/")),
    ("campaigns:visit_minutes", "filled", "binhnhi", first_of("/kiem-tra/", "bien-ban/")),
    ("campaigns:follow_up_list", "filled", "noivu", at("/kiem-tra/kien-nghi/")),
    ("campaigns:follow_up_detail", "open", "binhnhi", first_of(OPEN)),
    ("campaigns:follow_up_detail", "reported", "noivu", first_of(REPORTED)),
    ("campaigns:follow_up_report", "filled", "binhnhi", first_of(OPEN, "bao-cao/")),
    ("campaigns:follow_up_return", "filled", "noivu", first_of(REPORTED, "tra-lai/")),
    ("campaigns:follow_up_cancel", "filled", "noivu", first_of(OPEN, "thoi/")),
    ("campaigns:enclosure_remove", "filled", "noivu", removing_a_photo),
    ("campaigns:guidance_list", "filled", "noivu", at("/huong-dan/")),
    ("campaigns:guidance_list", "of a unit", "binhnhi", at("/huong-dan/?trang-thai=chua-doc")),
    ("campaigns:guidance_list", "nothing found", "binhnhi", at("/huong-dan/?q=khongcogi")),
    ("campaigns:guidance_new", "error", "noivu", empty_guidance),
    ("campaigns:guidance_edit", "filled", "noivu", drafting),
    ("campaigns:guidance_detail", "of a unit", "mttq", first_of("/huong-dan/?q=so+ket")),
    ("campaigns:guidance_detail", "of the office", "noivu", first_of("/huong-dan/?q=so+ket+03")),
    ("campaigns:guidance_withdraw", "filled", "noivu", first_of("/huong-dan/?q=so+ket+03", "thu-hoi/")),
    ("campaigns:guidance_readers", "filled", "noivu", first_of("/huong-dan/?q=so+ket+03", "nguoi-doc/")),
    ("campaigns:guidance_ask", "filled", "binhnhi", first_of("/huong-dan/", "hoi/")),
    ("campaigns:question_list", "filled", "noivu", at("/huong-dan/cau-hoi/")),
    ("campaigns:question_list", "empty", "mttq", at("/huong-dan/cau-hoi/")),
    ("campaigns:question_detail", "answered", "longbinh", first_of("/huong-dan/cau-hoi/")),
    ("campaigns:question_answer", "filled", "noivu", first_of("/huong-dan/cau-hoi/", "tra-loi/")),
]
#: Addresses that answer with no page of their own; a question on a milestone is asked on the page of a guidance's.
WITHOUT_PAGE = {
    "campaigns:plan_announce",
    "campaigns:visit_autosave",
    "campaigns:visit_check",
    "campaigns:visit_file_add",
    "campaigns:visit_finish",
    "campaigns:visit_reopen",
    "campaigns:visit_send",
    "campaigns:visit_minutes_file",
    "campaigns:follow_up_file_add",
    "campaigns:follow_up_close",
    "campaigns:enclosure",
    "campaigns:guidance_file_add",
    "campaigns:guidance_publish",
    "campaigns:guidance_replace",
    "campaigns:guidance_read",
    "campaigns:guidance_remind",
    "campaigns:milestone_ask",
}
