"""A unit's report from the desk to its acceptance, at both widths, without a network and without scripts."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from tests.browser.papers import document
from tests.browser.people import WIDTHS, Person, until
from tests.browser.test_pages import faults

pytestmark = pytest.mark.browser
Meet = Callable[..., Person]
SAVED = re.compile(r"Đã lưu lúc \d\d:\d\d\.$")
_GIVE = """
import datetime
from campaigns.enums import Addressing, Duty
from campaigns.models import Milestone, Programme
from campaigns.services import publish_milestone
from organizations.models import User
programme = Programme.objects.select_related("unit").get(code="2021-2025")
milestone = Milestone.objects.create(
    programme=programme, code={code!r}, title={title!r}, short_title="Sơ kết thử", duty=Duty.REPORT,
    opens=datetime.date(2023, 6, 1), due=datetime.date(2023, 6, 15), closes=datetime.date(2023, 6, 30),
    addressing=Addressing.CHOSEN, asks_figures=True, asks_files=True, figures=["DK_CA_NHAN", "DK_TAP_THE", "BD"],
    outline=[
        {{"key": "I", "title": "I. Chỉ đạo", "hint": "Văn bản đã ban hành."}},
        {{"key": "II.1", "title": "II.1. Tuyên truyền", "hint": ""}},
    ],
)
milestone.chosen_units.set([User.objects.get(username="binhnhi").home_unit])
publish_milestone(milestone=milestone, by=User.objects.get(username="truongphong"))
"""


def give(data_dir: Path, code: str) -> str:
    """Give `binhnhi` a task through the services, in the database of the running portal; returns its title."""
    title = f"Sơ kết thử {code}"
    env = os.environ | {"DATA_DIR": str(data_dir), "PORTAL_ENV": "local"}
    command = [sys.executable, "manage.py", "shell", "-c", _GIVE.format(code=code, title=title)]
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return title


def open_task(person: Person, title: str) -> str:
    """The address of a task by its title."""
    person.go(f"/ke-hoach/nhiem-vu/?q={title}")
    found = person.page.locator(".cell-title a").first.get_attribute("href")
    assert found
    person.go(found)
    return found


def is_clean(person: Person) -> None:
    """Neither axe nor the eye finds anything on the page as it stands."""
    person.look()
    person.page.evaluate(AXE_SCRIPT)
    assert faults(person) == []


def write(officer: Person) -> None:
    """Fill the whole form but the figure that the registry knows."""
    officer.fill(section__I="Đã ban hành kế hoạch từ năm 2021.", section__II__1="Bốn buổi nói chuyện.")
    officer.page.fill("#id_figure-BD", "0")
    officer.page.set_input_files("#id_signed", [document("báo cáo có chữ ký.pdf")])  # type: ignore[list-item]
    expect(officer.page.locator("[data-rows=signed] [data-file]")).to_have_count(1)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_report_goes_from_the_desk_to_its_acceptance(meet: Meet, data_dir: Path, width: int) -> None:
    title = give(data_dir, f"R{width}")
    officer, office = meet("binhnhi", width=width), meet("noivu", width=width)
    officer.go("/ban-lam-viec/")
    officer.says(f"Nộp báo cáo: {title}")
    task = open_task(officer, title)
    is_clean(officer)
    officer.press("Viết báo cáo", role="link")
    known = officer.page.locator("[data-code=DK_CA_NHAN]")
    count = known.locator("[data-known]").inner_text()
    expect(known.locator(".figure-input")).to_have_value(count)
    listed = officer.fetch(known.locator("[data-known]").get_attribute("href") or "").text()
    assert f"{count} hồ sơ" in listed or count == "0"
    write(officer)
    expect(officer.page.locator("[data-save-state]")).to_have_text(SAVED)
    is_clean(officer)
    officer.press("Xem lại và nộp")
    is_clean(officer)
    officer.press("Nộp báo cáo")
    officer.says("báo cáo có chữ ký.pdf")
    is_clean(officer)
    # The office returns it with a reason and a day.
    office.go(f"{task}xet/")
    office.page.locator(".return-box summary").click()
    office.page.fill("#id_reason", "Ghi rõ số văn bản.")
    office.page.fill("#id_section-I", "Số, ngày của kế hoạch?")
    is_clean(office)
    office.press("Trả lại")
    office.says("hạn bổ sung 12/6/2023")
    officer.go(task)
    officer.says("Ghi rõ số văn bản.")
    is_clean(officer)
    officer.press("Bổ sung báo cáo", role="link")
    officer.says("Số, ngày của kế hoạch?")
    officer.page.fill("#id_section-I", "Kế hoạch số 12 ngày 5/10/2021.")
    officer.press("Xem lại và nộp")
    officer.press("Nộp lại")
    office.go(f"{task}xet/")
    office.says("Thay đổi so với bản trước")
    is_clean(office)
    office.press("Nhận báo cáo")
    office.says("Đã nhận báo cáo của xã Bình Nhì")
    officer.go(task)
    officer.says("Đã nhận")
    officer.says("Nộp báo cáo, bản 2")
    is_clean(officer)


def test_nothing_is_lost_without_a_network(meet: Meet, data_dir: Path) -> None:
    officer = meet("binhnhi")
    officer.forgive("Failed to load resource")
    task = open_task(officer, give(data_dir, "OFFLINE"))
    officer.go(f"{task}bao-cao/")
    officer.page.context.set_offline(True)
    officer.page.fill("#id_section-I", "Viết trong lúc mất mạng.")
    expect(officer.page.locator("[data-save-state]")).to_contain_text("mất mạng")
    officer.page.context.set_offline(False)
    until(lambda: "Viết trong lúc mất mạng." in officer.fetch(f"{task}bao-cao/").text(), "the words are stored")


def test_a_block_from_excel_is_shown_before_it_is_written(meet: Meet, data_dir: Path) -> None:
    officer = meet("binhnhi")
    task = open_task(officer, give(data_dir, "EXCEL"))
    officer.go(f"{task}bao-cao/")
    officer.page.locator("#id_figure-BD").evaluate(
        """field => {
            const data = new DataTransfer();
            data.setData("text", "Tập thể được đăng ký\\t3\\nBD\\t1.234\\nKhông có\\t5");
            field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    officer.says("Đọc được 2 trong 3 ô. Chưa có gì được lưu.")
    expect(officer.page.locator("#id_figure-BD")).to_have_value("")
    officer.page.get_by_role("button", name="Lưu 2 số").click()
    expect(officer.page.locator("#id_figure-BD")).to_have_value("1.234")
    # The registry counts otherwise, so the reason is asked for.
    expect(officer.page.locator("#id_reason-DK_TAP_THE")).to_be_visible()
    expect(officer.page.locator("[data-save-state]")).to_have_text(SAVED)


def test_a_number_that_may_be_meant_in_two_ways_waits_for_a_press(meet: Meet, data_dir: Path) -> None:
    officer = meet("binhnhi", width=360)
    task = open_task(officer, give(data_dir, "DOUBT"))
    officer.go(f"{task}bao-cao/")
    officer.page.locator("#id_figure-BD").evaluate(
        """field => {
            const data = new DataTransfer();
            data.setData("text", "Tập thể được đăng ký\\t1,234\\nBD\\t12.000");
            field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    officer.says("Đọc được 0 trong 2 ô. Chưa có gì được lưu.")
    officer.page.get_by_role("button", name="Đọc là 12.000").click()
    officer.page.get_by_role("button", name="Lưu 1 số").click()
    expect(officer.page.locator("#id_figure-BD")).to_have_value("12.000")
    expect(officer.page.locator("#id_figure-DK_TAP_THE")).not_to_have_value("1.234")


def test_the_whole_form_works_without_scripts(meet: Meet, data_dir: Path) -> None:
    title = give(data_dir, "PLAIN")
    officer = meet("binhnhi", script=False, width=360)
    officer.page.goto(f"{officer.home}/ke-hoach/nhiem-vu/?q={title}")
    officer.page.locator(".cell-title a").first.click()
    officer.page.get_by_role("link", name="Viết báo cáo").click()
    officer.fill(section__I="Đã ban hành kế hoạch.", section__II__1="Bốn buổi.")
    officer.page.fill("#id_figure-BD", "4")
    officer.page.set_input_files("#id_signed", [document()])  # type: ignore[list-item]
    officer.page.get_by_role("button", name="Xem lại và nộp").click()
    officer.page.get_by_role("button", name="Nộp báo cáo").click()
    officer.says("Đã nộp báo cáo")
