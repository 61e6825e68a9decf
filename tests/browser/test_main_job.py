"""The main job of the first step, as an officer, a reviewer, a neighbour and a leader live it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import expect

from core.text import search_key
from tests.browser.jobs import (
    STORY,
    add_files,
    comment,
    counted,
    end_undo_window,
    file_paths,
    number_in,
    recognise,
    start_draft,
    take,
    wait_for_mail,
    write,
)
from tests.browser.papers import document, photo, traces
from tests.browser.people import WIDTHS, Person

pytestmark = pytest.mark.browser
Meet = Callable[..., Person]
HALF = ("gender", "birth", "occupation", "hamlet", "summary")


def sees_nothing(neighbour: Person, name: str, pk: int, files: list[str]) -> None:
    """An officer of another unit finds neither the draft nor anything of it."""
    assert counted(neighbour, f"/dien-hinh/?q={search_key(name)}") == 0
    neighbour.does_not_say(name)
    assert neighbour.go(f"/dien-hinh/{pk}/").status == 404
    assert {neighbour.fetch(path).status for path in files} == {404}


def numbers(person: Person) -> tuple[int, str]:
    """The figures of a person's desk, and how many records the list holds."""
    everything = counted(person, "/dien-hinh/")
    person.go("/ban-lam-viec/")
    return everything, " ".join(person.page.locator("main .figure-number").all_inner_texts())


def finds_own_draft(officer: Person, name: str) -> None:
    """After signing in again the draft waits on the desk."""
    officer.sign_in("binhnhi")
    expect(officer.page).to_have_url(officer.home + "/ban-lam-viec/")
    officer.press_where(name)
    assert officer.page.url.startswith(officer.home + "/dien-hinh/")


def returns_it(reviewer: Person, name: str) -> None:
    """Take the record from the queue and return it with two remarks and a date."""
    reviewer.go("/dien-hinh/xet-duyet/")
    reviewer.go(f"/dien-hinh/xet-duyet/?hang=moi-gui&q={search_key(name)}")
    reviewer.press_where(name)
    take(reviewer)
    comment(reviewer, "results", "Nêu rõ số liệu, thời gian.")
    comment(reviewer, "lessons", "Nơi khác làm theo bằng cách nào?")
    reviewer.fill(due="12/6/2023")
    reviewer.press("Trả lại")
    reviewer.says(re.compile("Đã trả lại hồ sơ .* với 2 nhận xét.* 12/6/2023"))


def corrects_it(officer: Person, pk: int) -> None:
    """See each remark beside its field, correct, send again."""
    officer.go(f"/dien-hinh/{pk}/sua/")
    officer.says("Phòng Nội vụ trả lại với 2 nhận xét")
    for field, words in (("results", "Nêu rõ số liệu, thời gian."), ("lessons", "Nơi khác làm theo bằng cách nào?")):
        expect(officer.page.locator(f"#div_id_{field} .field-comment")).to_contain_text(words)
    expect(officer.page.locator(".field-comment")).to_have_count(2)
    write(officer, {"results": "Năm 2022 mỗi hộ lãi 45 triệu đồng.", "lessons": "Mời tổ khác đến xem vườn mẫu."})
    officer.press("Xem lại và gửi")
    officer.press("Gửi lại")


def recognises_it(reviewer: Person, pk: int) -> None:
    """See what changed, answer the three questions, recognise."""
    reviewer.go(f"/dien-hinh/{pk}/xet/")
    reviewer.says("2 trong 2 nhận xét đã được trả lời")
    changed = reviewer.page.locator(".review-line .diff")
    expect(changed.locator("ins").first).to_contain_text("2022")
    expect(changed).to_have_count(2)
    recognise(reviewer)
    reviewer.says("Đã công nhận")


def board_total(leader: Person) -> int:
    """The number of all recognised exemplars on the board."""
    leader.go("/bao-cao/")
    return int(total_link(leader).inner_text().split()[0].replace(".", ""))


def total_link(leader: Person):
    """The figure of the board that counts everything recognised, of every year, unit and field."""
    return leader.page.locator("main a[href$='/dien-hinh/?trang-thai=recognised']").first


#: One name for each run, none made of words that the record of another run holds: search finds words anywhere.
NAMES = {360: "Đặng Thị Ngọc Huỳnh", 1280: "Châu Văn Quới", None: "Triệu Thị Nhuần"}


@pytest.mark.parametrize("width", WIDTHS)
def test_the_main_job_runs_from_the_first_name_to_the_public_page(meet: Meet, data_dir: Path, width: int) -> None:
    live_the_main_job(partial(meet, width=width), data_dir, NAMES[width])


def test_the_main_job_runs_without_javascript(meet: Meet, data_dir: Path) -> None:
    live_the_main_job(partial(meet, script=False), data_dir, NAMES[None])


def live_the_main_job(seat: Meet, data_dir: Path, name: str) -> None:
    neighbour, leader = seat("vinhbinh"), seat("lanhdao")
    before, recognised = numbers(neighbour), board_total(leader)

    officer = seat()
    officer.sign_in("binhnhi")
    pk = start_draft(officer, name)
    write(officer, {field: STORY[field] for field in HALF})
    add_files(officer, [photo()], [document()])
    files = file_paths(officer, pk)
    assert len(files) == 2
    answers = [officer.fetch(path) for path in files]  # the smaller file may be there first
    pictures = [answer.body() for answer in answers if answer.headers["content-type"].startswith("image/")]
    assert [traces(picture) for picture in pictures] == [{}]
    officer.sign_out()

    sees_nothing(neighbour, name, pk, files)
    assert numbers(neighbour) == before
    finds_own_draft(officer, name)
    officer.go(f"/dien-hinh/{pk}/sua/")
    write(officer, {field: value for field, value in STORY.items() if field not in HALF})
    officer.press("Xem lại và gửi")
    officer.press("Gửi xét duyệt")
    officer.says("Đã gửi hồ sơ")
    sees_nothing(neighbour, name, pk, files)

    administrator = seat("quantri")
    wait_for_mail(administrator, f"hồ sơ {name}")
    reviewer = seat("noivu")
    returns_it(reviewer, name)
    corrects_it(officer, pk)
    recognises_it(reviewer, pk)
    end_undo_window(data_dir)

    assert counted(neighbour, f"/dien-hinh/?q={search_key(name)}") == 1
    neighbour.press(name, role="link")
    assert number_in(neighbour.page.url) == pk
    neighbour.does_not_say("0912")
    assert {neighbour.fetch(path).status for path in files} == {200, 404}

    assert board_total(leader) == recognised + 1
    with leader.page.expect_navigation():
        total_link(leader).click()
    assert counted(leader, leader.page.url.removeprefix(leader.home)) == recognised + 1

    visitor = seat()
    visitor.go(f"/guong-dien-hinh/?q={search_key(name)}")
    visitor.press_where(name)
    visitor.says("Năm 2022 mỗi hộ lãi 45 triệu đồng.")
    visitor.does_not_say("0912")

    wait_for_mail(administrator, f"Đã công nhận: {name}")
    administrator.go("/quan-tri/hop-thu/")
    administrator.press_where(f"Đã công nhận: {name}")
    administrator.says(name)
