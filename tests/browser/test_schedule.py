"""The story of the schedule: the head sees who is late, urges in three clicks, and takes the letter along."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from docx import Document
from playwright.sync_api import expect

from tests.browser.people import WIDTHS, Person
from tests.browser.schedule_scenes import LATE, milestone_path

pytestmark = pytest.mark.browser
Meet = Callable[..., Person]


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("width", WIDTHS)
def test_timeline_and_grid_say_who_is_late(meet: Meet, width: int, script: bool) -> None:
    head = meet("truongphong", width=width, script=script)
    head.go("/ke-hoach/")
    head.says("3 đơn vị chậm")
    expect(head.page.locator(".timeline-chart")).to_be_visible(visible=width > 767)
    if script:
        head.go("/ke-hoach/bang-theo-doi/")
        head.press("Chỉ đơn vị chậm", "link")
    else:
        head.go("/ke-hoach/bang-theo-doi/?cham=1")
    table, names = head.page.locator(".grid-wide"), head.page.locator(".grid-phone .todo-title")
    expect(table).to_be_visible(visible=width > 767)
    if width > 767:
        expect(table.locator("tbody tr")).to_have_count(3)
        late = table.locator("tbody tr").filter(has_text="Vĩnh Hựu")
        expect(late).to_contain_text("Quá hạn 66 ngày, xin gia hạn")
        expect(table.locator("thead th[scope=col]").first).to_have_css("position", "sticky")
    else:
        expect(names).to_have_count(3)
        head.says("Quá hạn 66 ngày, xin gia hạn")
        assert head.page.evaluate("document.documentElement.scrollWidth") <= width
        shown = [name.bounding_box() for name in names.all()]
        assert all(box and box["width"] > 40 and box["height"] < 40 for box in shown), shown


def test_late_units_are_urged_in_three_clicks_and_the_letter_is_there(meet: Meet) -> None:
    head, clicks = meet("truongphong"), 0
    head.go("/ke-hoach/bang-theo-doi/")
    head.press(re.compile("^Đôn đốc KH tuyên truyền 2023"), "link", within=head.page.locator(".grid-wide"))
    clicks += 1
    expect(head.page.locator("input[name=chon]:checked")).to_have_count(3)
    head.says("Đôn đốc gần nhất")
    head.page.fill("#id_text", "Đề nghị các xã nộp kế hoạch trước ngày 9/6/2023.")
    head.press("Gửi đôn đốc")
    clicks += 1
    head.says("Đã đôn đốc 3 đơn vị")
    with head.page.expect_download() as waiting:
        head.page.get_by_role("link", name="Tải công văn (DOCX)").click()
    clicks += 1
    paper = Document(io.BytesIO(waiting.value.path().read_bytes()))
    words = "\n".join(p.text for p in paper.paragraphs)
    assert clicks <= 3
    assert waiting.value.suggested_filename == "Công văn đôn đốc KH tuyên truyền 2023.docx"
    assert "Đề nghị các xã nộp kế hoạch trước ngày 9/6/2023." in words
    assert "- Ủy ban nhân dân xã Yên Luông" in words
    head.go(milestone_path(head, LATE) + "don-doc/")
    head.says("Hôm nay, không gửi lại")
    expect(head.page.locator("input[name=chon]:enabled")).to_have_count(0)
    assert head.complaints == []


def test_a_leader_reads_the_names_of_late_units_one_click_after_signing_in(meet: Meet) -> None:
    leader = meet("lanhdao")
    leader.page.set_viewport_size({"width": 1280, "height": 720})
    leader.go("/ban-lam-viec/")
    leader.press("Báo cáo", "link", within=leader.page.locator(".site-nav"))
    for name in ("Yên Luông", "Long Vĩnh", "Vĩnh Hựu"):
        place = leader.page.locator(".board-late").bounding_box()
        assert place is not None
        assert place["y"] + place["height"] <= 720
        assert name in leader.page.locator(".board-late").inner_text().replace("\u00a0", " ")


def test_an_officer_sees_the_own_unit_and_no_other(meet: Meet) -> None:
    officer = meet("binhnhi")
    officer.go("/ke-hoach/bang-theo-doi/")
    expect(officer.page.locator(".grid-wide tbody tr")).to_have_count(1)
    officer.does_not_say("Vĩnh Hựu")
    assert officer.fetch("/ke-hoach/don-doc/").status == 403


def test_boxes_are_counted_while_they_are_ticked(meet: Meet) -> None:
    head = meet("truongphong")
    head.go("/ke-hoach/")
    head.press("Quản lý chương trình", "link")
    head.press("Thêm mốc", "link")
    head.page.get_by_label("Theo loại đơn vị").check()
    head.page.get_by_label("Xã, thị trấn").check()
    expect(head.page.locator("[data-unit-count]")).to_have_text("13 đơn vị được giao")
    head.page.get_by_label("Trường học").check()
    expect(head.page.locator("[data-unit-count]")).to_have_text("20 đơn vị được giao")
    assert head.complaints == []
