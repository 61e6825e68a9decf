"""A survey from the plan to the closed recommendation, recorded on a phone with a bad net; a guidance is read."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, expect

from tests.browser.papers import document, photo
from tests.browser.people import WIDTHS, Person

pytestmark = pytest.mark.browser
Meet = Callable[..., Person]
SAVED = re.compile(r"Đã lưu lúc \d\d:\d\d\.")


def faults(person: Person) -> dict[int, list[str]]:
    """What axe finds on the page at both widths; the window has its own width again afterwards."""
    own = person.page.viewport_size
    assert own is not None
    found = {}
    for width in sorted(WIDTHS):
        person.page.set_viewport_size({"width": width, "height": 800})
        person.look()
        violations = Axe().run(person.page).response["violations"]
        found[width] = [f"{fault['id']}: {fault['nodes'][0]['html'][:120]}" for fault in violations]
    person.page.set_viewport_size(own)
    return {width: lines for width, lines in found.items() if lines}


def state(person: Person) -> Locator:
    """The line that says what became of the last save."""
    return person.page.locator("[data-save-state]")


def plan_a_survey(office: Person, title: str, unit: str) -> str:
    """Plan a survey with one visit, announce it; returns the address of the visit."""
    office.go("/kiem-tra/ke-hoach/them/")
    office.page.locator("input[name='kind'][value='survey']").check()
    office.fill(title=title, starts="1/6/2023", ends="30/6/2023", checklist="Có sổ theo dõi\nCó mô hình nhân rộng")
    office.press("Lưu và chọn đơn vị")
    office.page.get_by_label(unit, exact=True).check()
    office.fill(planned_on="5/6/2023")
    assert faults(office) == {}
    office.press("Thêm đơn vị")
    office.press("Thông báo cho đơn vị")
    office.says("Đã thông báo cho đơn vị ngày")
    assert faults(office) == {}
    office.press(unit, role="link")
    return office.page.url.removeprefix(office.home)


def answer_checklist(office: Person) -> None:
    """Answer both lines with one touch each, the second with its reason."""
    verdicts = office.page.locator(".verdict")
    verdicts.nth(0).get_by_label("Đạt", exact=True).check()
    verdicts.nth(1).get_by_label("Chưa đạt", exact=True).check()
    verdicts.nth(1).get_by_role("textbox").fill("Chưa có nơi làm theo")


def record_on_the_phone(office: Person, path: str) -> None:
    """Write the record with a photo, while the net goes away and comes back."""
    office.go(f"{path}ghi/")
    office.fill(done_on="5/6/2023", met_with="Bà Lê Thị Thử")
    expect(state(office)).to_have_text(SAVED)
    targets = office.page.locator(".verdict .choice").evaluate_all(
        "boxes => boxes.map(box => box.getBoundingClientRect().height)"
    )
    assert min(targets) >= 44
    office.forgive("ERR_")
    office.page.context.set_offline(True)
    answer_checklist(office)
    expect(state(office)).to_contain_text("Chưa lưu được vì mất mạng.")
    office.page.set_input_files("#id_photos", [photo("IMG_1.jpg")])  # type: ignore[arg-type]
    office.page.context.set_offline(False)
    expect(office.page.locator("[data-rows='photo'] > li")).to_have_count(1)
    expect(state(office)).to_contain_text("Đã lưu lúc")
    office.fill(conclusion="Đạt yêu cầu.", follow__1__what="Lập sổ nhân rộng", follow__1__due="9/6/2023")
    expect(state(office)).to_have_text(SAVED)
    assert faults(office) == {}
    office.press("Xem lại và chốt")
    office.says("Chưa có nơi làm theo")
    office.press("Chốt biên bản")


def test_a_survey_is_recorded_on_a_phone_sent_answered_and_followed_up(meet: Meet) -> None:
    phone, head, unit = meet("noivu", width=360), meet("truongphong"), meet("dongson", width=360)
    path = plan_a_survey(phone, "Khảo sát thử trên điện thoại", "Xã Đồng Sơn")
    unit.go(path)
    unit.says("Có mô hình nhân rộng")
    unit.does_not_say("Đạt yêu cầu.")
    record_on_the_phone(phone, path)
    phone.says("Người ghi biên bản không tự gửi kết quả.")
    head.go(path)
    assert faults(head) == {}
    head.press("Gửi kết quả cho đơn vị")
    unit.go(path)
    unit.says("Đạt yêu cầu.")
    expect(unit.page.locator(".photo-grid img")).to_have_count(1)
    assert faults(unit) == {}
    unit.press("Gửi ý kiến của đơn vị", role="link")
    unit.fill(reason="Xã nhất trí.")
    unit.press("Gửi ý kiến")
    follow_up(unit, head)


def follow_up(unit: Person, head: Person) -> None:
    """The unit reports on the recommendation from its desk, the office confirms it."""
    unit.go("/ban-lam-viec/")
    unit.press_where("Thực hiện kiến nghị: Lập sổ nhân rộng")
    unit.press("Báo cáo kết quả thực hiện", role="link")
    unit.page.set_input_files("#id_documents", [document()])  # type: ignore[arg-type]
    expect(unit.page.locator("[data-rows='document'] > li")).to_have_count(1)
    unit.fill(evidence="Đã lập sổ, ghi ba nơi làm theo.")
    assert faults(unit) == {}
    unit.press("Gửi báo cáo")
    path = unit.page.url.removeprefix(unit.home)
    head.go(path)
    assert faults(head) == {}
    head.press("Xác nhận đã hoàn thành")
    unit.go(path)
    unit.says("Đã hoàn thành")


def test_a_guidance_is_read_and_the_office_sees_who_read_it(meet: Meet) -> None:
    unit, office = meet("thanhtri", width=360), meet("noivu2")
    unit.go("/ban-lam-viec/")
    unit.press_where("Đọc hướng dẫn “Hướng dẫn báo cáo sơ kết 03 năm (2021–2023)”")
    assert faults(unit) == {}
    path = unit.page.url.removeprefix(unit.home)
    unit.press("Đã đọc")
    unit.says("đã xác nhận đọc lúc")
    unit.press("Hỏi Phòng Nội vụ", role="link")
    unit.fill(text="Có cần gửi bản giấy không?")
    unit.press("Gửi câu hỏi")
    office.go(f"{path}nguoi-doc/")
    row = office.page.locator("tr", has_text="Xã Thạnh Trị")
    expect(row).to_contain_text("Đã đọc")
    office.press("Nhắc đơn vị chưa đọc")
    office.says("Hôm nay đã nhắc; mỗi ngày một lần.")
    assert faults(office) == {}
    office.go("/huong-dan/cau-hoi/")
    office.press_where("Xã Thạnh Trị")
    office.press("Trả lời", role="link")
    office.fill(answer="Có, một bản có chữ ký.")
    office.press("Gửi trả lời")
    unit.page.reload()
    unit.says("Có, một bản có chữ ký.")


def test_a_record_is_written_without_scripts(meet: Meet) -> None:
    with_script, plain = meet("noivu"), meet("noivu", script=False)
    path = plan_a_survey(with_script, "Khảo sát thử không có mã", "Xã Bình Phú")
    plain.page.goto(f"{plain.home}{path}ghi/")
    plain.page.locator("#id_done_on").fill("5/6/2023")
    answer_checklist(plain)
    plain.page.set_input_files("#id_photos", [photo("IMG_2.jpg")])  # type: ignore[arg-type]
    plain.page.locator("#id_conclusion").fill("Đạt yêu cầu.")
    plain.page.get_by_role("button", name="Xem lại và chốt").click()
    expect(plain.page.locator("main")).to_contain_text("Chưa có nơi làm theo")
    expect(plain.page.locator(".photo-grid img")).to_have_count(1)
