"""The acts of the main job, each as its person does it."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.papers import Upload, document, photo
from tests.browser.people import until

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.people import Person

STORY = {
    "gender": "female",
    "birth": "22/9/1975",
    "occupation": "Nông dân",
    "hamlet": "ấp Bình Trinh",
    "phone": "0912 345 678",
    "proposed_by": "Hội Nông dân xã",
    "summary": "Chị vận động mười hai hộ cùng trồng sả, lập tổ thu mua, giúp bốn hộ thoát nghèo.",
    "context": "Đất nhiễm mặn, lúa mất mùa ba vụ liền.",
    "deeds": "Chị trồng thử hai công sả, rồi chia giống và chỉ cách làm cho từng hộ.",
    "results": "Mỗi hộ lãi 40 triệu đồng một năm.",
    "achievement-1-description": "Giúp hộ nghèo thoát nghèo",
    "achievement-1-figure": "4",
    "achievement-1-measure": "hộ",
    "achievement-1-period": "2021–2022",
    "met_C1": "yes",
    "evidence_C1": "Giấy khen của Ủy ban nhân dân xã năm 2022.",
    "causes": "Cả tổ cùng làm, cùng bán.",
    "measures": "Ký hợp đồng bao tiêu với hợp tác xã.",
    "lessons": "Bắt đầu từ vài hộ làm thật tốt.",
    "consent_publish": "on",
    "consent_on": "1/6/2023",
    "consent_note": "Đăng câu chuyện và ảnh.",
}
_RECORD = re.compile(r"/dien-hinh/(\d+)/")


def number_in(url: str) -> int:
    """The key of the record that an address names."""
    found = _RECORD.search(url)
    assert found, url
    return int(found[1])


def start_draft(
    officer: Person,
    name: str,
    title: str = "Trồng sả trên đất mặn",
    *,
    category: str = "exemplar",
    subject: str = "individual",
) -> int:
    """Register a name: the draft is there, and its form is open."""
    officer.go("/dien-hinh/dang-ky/")
    officer.page.locator(f"input[name='category'][value='{category}']").check()
    officer.page.locator(f"input[name='subject_kind'][value='{subject}']").check()
    officer.fill(full_name=name)
    officer.page.locator("#id_field").select_option(label="Phát triển kinh tế")
    officer.press("Tạo bản nháp")
    unfold(officer)
    if title:
        officer.fill(title=title)
    return number_in(officer.page.url)


def unfold(officer: Person) -> None:
    """Open the parts of the form that a phone shows folded."""
    for part in officer.page.locator("details.form-section:not([open]) > summary").all()[::-1]:
        part.click()


def write(officer: Person, values: Mapping[str, str]) -> None:
    """Fill the form of a draft, choices by their value."""
    unfold(officer)
    for name, value in values.items():
        if name == "gender" or name.startswith("met_"):
            officer.page.locator(f"input[name='{name}'][value='{value}']").check()
        elif value == "on":
            officer.page.locator(f"#id_{name}").check()
        else:
            officer.page.locator(f"#id_{name}").fill(value)


def add_files(officer: Person, photos: list[Upload], documents: list[Upload]) -> None:
    """Choose a photo and a paper, and save."""
    officer.page.set_input_files("#id_photos", photos)  # type: ignore[arg-type]
    officer.page.set_input_files("#id_documents", documents)  # type: ignore[arg-type]
    officer.press("Lưu bản nháp")


def register(officer: Person, name: str, *, with_files: bool = True) -> int:
    """Register, fill all, send; returns the key of the record."""
    pk = start_draft(officer, name)
    write(officer, STORY)
    if with_files:
        add_files(officer, [photo()], [document()])
    officer.press("Xem lại và gửi")
    officer.press("Gửi xét duyệt")
    return pk


def ask_the_leader(officer: Person, pk: int) -> None:
    """Ask the leader of the own unit to confirm a draft."""
    officer.go(f"/dien-hinh/{pk}/xin-xac-nhan/")
    officer.page.locator("input[name='unit']").first.check()
    officer.press("Gửi lời xin xác nhận")


def file_paths(officer: Person, pk: int) -> list[str]:
    """Addresses of the files of an open record, the oldest first."""
    officer.go(f"/dien-hinh/{pk}/sua/")
    links = officer.page.locator("#anh-tep a[href^='/tep/'][href$='/tep/']")
    return sorted({link.get_attribute("href") or "" for link in links.all()}, key=lambda path: int(path.split("/")[2]))


def comment(reviewer: Person, target: str, words: str) -> None:
    """Open the box below a part of the record and write a remark."""
    field = reviewer.page.locator(f"#id_comment_{target}")
    box = reviewer.page.locator("details.comment-box", has=field)
    box.locator("summary").click()
    field.fill(words)


def take(reviewer: Person) -> None:
    """Take the open record into review, in place."""
    reviewer.page.get_by_role("button", name="Nhận thẩm định", exact=True).click()
    reviewer.says("đang thẩm định")


def open_recognition(reviewer: Person) -> Locator:
    """Open the line with the three questions of R23; returns its button."""
    line = reviewer.page.locator("details.queue-confirm")
    line.locator("summary").click()
    return line.locator("[data-confirm]")


def recognise(reviewer: Person) -> None:
    """Answer the three questions in one stroke: two presses."""
    button = open_recognition(reviewer)
    with reviewer.page.expect_navigation():
        button.click()
    reviewer.look()


def counted(person: Person, path: str) -> int:
    """How many records a list says it holds."""
    person.go(path)
    count = person.page.locator(".list-count")
    return int(count.inner_text().split()[0].replace(".", "")) if count.count() else 0


def end_undo_window(data_dir: Path) -> None:
    """Let the minute pass in which a decision can be undone: mails of decisions are due now."""
    with closing(sqlite3.connect(data_dir / "portal.sqlite3", timeout=20)) as database, database:
        database.execute(
            "UPDATE notifications_outboxmessage "
            "SET not_before = strftime('%Y-%m-%d %H:%M:%f', not_before, '-60 seconds') "
            "WHERE status = 'pending' AND not_before > strftime('%Y-%m-%d %H:%M:%f', 'now')"
        )


_REGISTER = """
from tests.factories import fill
from models_registry.services import create_draft, submit_exemplar
from organizations.models import User
officer = User.objects.get(username="longbinh")
for name in {names!r}:
    exemplar = create_draft(unit=officer.home_unit, by=officer, fields={{"full_name": name}})
    fill(exemplar, officer)
    submit_exemplar(exemplar=exemplar, by=officer)
"""


def register_many(data_dir: Path, names: list[str]) -> None:
    """Let `longbinh` register and send records through the services, in the database of the running portal."""
    env = os.environ | {"DATA_DIR": str(data_dir), "PORTAL_ENV": "local"}
    code = _REGISTER.format(names=names)
    done = subprocess.run([sys.executable, "manage.py", "shell", "-c", code], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def wait_for_mail(administrator: Person, subject: str) -> None:
    """Wait until the worker has put a mail into the folder."""
    until(
        lambda: subject in administrator.fetch("/quan-tri/hop-thu/").text(),
        f"a mail “{subject}” in the folder",
        seconds=40,
    )
