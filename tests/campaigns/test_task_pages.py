from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.content import report_of
from campaigns.enums import TaskState
from campaigns.models import TaskReport, UnitTask
from campaigns.services import ask_extension, return_report, submit_report, withdraw_report
from core import clock
from core.forms.merging import fingerprints
from organizations.models import BlockMembership
from tests.campaigns.makers import task_of
from tests.campaigns.task_makers import bring, district_review, many_tasks, review, write
from tests.factories import BlockMembershipFactory, World, scan_upload

pytestmark = pytest.mark.django_db
DAY = datetime.date(2023, 6, 5)


@pytest.fixture(autouse=True)
def _june(stand_on: Callable[[datetime.date], None]) -> None:
    stand_on(DAY)


def page(name: str, *args: object) -> str:
    return reverse(f"campaigns:{name}", args=args)


def own(world: World, **values: object) -> UnitTask:
    return task_of(review(world, **values), world.commune_a)


FORM = {
    "section-I": "Đã ban hành kế hoạch.",
    "section-II-1": "Bốn buổi nói chuyện.",
    "section-IV": "Tiếp tục.",
    "as_of": "5/6/2023",
    "figure-DK_CA_NHAN": "0",
    "reason-DK_CA_NHAN": "",
    "figure-CN_TONG": "0",
    "reason-CN_TONG": "",
    "figure-BD": "4",
}


def test_a_save_keeps_what_was_read_and_says_what_was_not(world: World, browse: Callable[[str], Client]) -> None:
    task, officer = own(world), browse("officer")
    answer = officer.post(page("task_report", task.pk), {**FORM, "figure-BD": "bốn", "version": "0"})
    assert answer.status_code == 200
    assert [error.message[:29] for error in answer.context["form"].error_summary] == ["Không đọc được số “bốn”. Nhập"]
    report = TaskReport.objects.get(task=task)
    assert (report.sections["II.1"], report.figures["DK_CA_NHAN"]["typed"], "BD" in report.figures) == (
        "Bốn buổi nói chuyện.",
        None,
        False,
    )


def test_the_whole_way_without_scripts(world: World, browse: Callable[[str], Client]) -> None:
    task, officer = own(world), browse("officer")
    answer = officer.post(page("task_check", task.pk), {**FORM, "version": "0", "signed": scan_upload("ky.png")})
    assert answer.url == page("task_check", task.pk)
    checked = officer.get(answer.url)
    assert (checked.context["missing"], bool(checked.context["decision"])) == ([], True)
    sent = officer.post(page("task_submit", task.pk))
    assert officer.get(sent.url).context["version"].files[0]["name"] == "ky.jpg"
    assert officer.post(page("task_submit", task.pk)).url == sent.url


@pytest.mark.parametrize(
    ("day", "back", "before", "after"),
    [
        (
            datetime.date(2023, 6, 15),
            False,
            "Rút thì coi như chưa nộp; nộp lại sau hạn 15/6/2023 thì ghi là nộp muộn.",
            "Đã rút báo cáo, coi như chưa nộp. Nộp lại sau hạn 15/6/2023 thì ghi là nộp muộn.",
        ),
        (
            datetime.date(2023, 6, 16),
            False,
            "Rút thì coi như chưa nộp. Hạn 15/6/2023 đã qua nên nộp lại thì ghi là nộp muộn.",
            "Đã rút báo cáo, coi như chưa nộp. Hạn 15/6/2023 đã qua nên nộp lại thì ghi là nộp muộn.",
        ),
        (
            datetime.date(2023, 6, 16),
            True,
            "Rút thì báo cáo lại là cần bổ sung, hạn 12/6/2023; ngày nộp lần đầu vẫn được giữ.",
            "Đã rút báo cáo. Nộp lại chậm nhất ngày 12/6/2023; ngày nộp lần đầu vẫn được giữ.",
        ),
    ],
)
def test_taking_a_report_back_says_what_it_means_before_and_after(
    world: World,
    browse: Callable[[str], Client],
    stand_on: Callable[[datetime.date], None],
    day: datetime.date,
    back: bool,
    before: str,
    after: str,
) -> None:
    task = bring(own(world), "returned" if back else "submitted", by=world.officer, judge=world.reviewer)
    if back:
        write(task, world.officer, BD=5)
        submit_report(task=task, by=world.officer)
    stand_on(day)
    pages = {who: browse(who).get(task.get_absolute_url()).context["withdrawal"] for who in ("officer", "reviewer")}
    assert pages == {"officer": before, "reviewer": ""}
    told = browse("officer").post(page("task_withdraw", task.pk), follow=True)
    assert [str(message) for message in told.context["messages"]] == [after]


def autosave(client: Client, task: UnitTask, form: dict, opened: dict, version: int) -> tuple[int, dict]:
    answer = client.post(
        page("task_autosave", task.pk), {**form, "version": str(version), "prints": fingerprints(opened) or "{}"}
    )
    return answer.status_code, answer.json()


def test_two_tabs_are_merged_and_a_clash_is_shown(world: World, browse: Callable[[str], Client]) -> None:
    task, officer = own(world), browse("officer")
    opened = dict.fromkeys(FORM, "") | {"as_of": "5/6/2023", "figure-DK_CA_NHAN": "0", "figure-CN_TONG": "0"}
    first = opened | {"section-I": "Bản của thẻ một."}
    assert autosave(officer, task, first, opened, 0)[1]["status"] == "saved"
    second = opened | {"section-IV": "Bản của thẻ hai."}
    status, answer = autosave(officer, task, second, opened, 0)
    assert (status, answer["status"], [t["name"] for t in answer["taken"]]) == (200, "saved", ["section-I"])
    third = opened | {"section-I": "Bản khác hẳn."}
    status, answer = autosave(officer, task, third, opened, 0)
    assert (status, answer["status"]) == (409, "conflict")
    assert [(c["name"], c["value"]) for c in answer["clashes"]] == [("section-I", "Bản của thẻ một.")]
    assert TaskReport.objects.get(task=task).sections == {
        "I": "Bản của thẻ một.",
        "II.1": "",
        "IV": "Bản của thẻ hai.",
    }


def test_a_counted_figure_that_grew_is_followed_and_not_taken_for_typed(
    world: World, browse: Callable[[str], Client]
) -> None:
    task, officer = own(world), browse("officer")
    opened = dict.fromkeys(FORM, "") | {"as_of": "5/6/2023", "figure-DK_CA_NHAN": "0", "figure-CN_TONG": "0"}
    world.exemplar("submitted")
    _status, answer = autosave(officer, task, opened | {"section-I": "Viết."}, opened, 0)
    assert {"name": "figure-DK_CA_NHAN", "value": "1"} in answer["taken"]
    assert report_of(UnitTask.objects.get(pk=task.pk)).figures["DK_CA_NHAN"] == {"typed": None, "reason": ""}


def test_another_day_changes_the_counted_figures(
    world: World, browse: Callable[[str], Client], stand_on: Callable[[datetime.date], None]
) -> None:
    stand_on(datetime.date(2023, 6, 2))
    world.exemplar("submitted")
    stand_on(DAY)
    task, officer = own(world), browse("officer")
    opened = dict.fromkeys(FORM, "") | {"as_of": "5/6/2023", "figure-DK_CA_NHAN": "1", "figure-CN_TONG": "0"}
    _status, answer = autosave(officer, task, opened | {"as_of": "1/6/2023"}, opened, 0)
    assert {"name": "figure-DK_CA_NHAN", "value": "0"} in answer["taken"]
    assert answer["figures"][0] | {"url": ""} == {
        "code": "DK_CA_NHAN",
        "known": "0",
        "url": "",
        "differs": False,
    }


def test_words_for_a_report_that_was_submitted_meanwhile_are_given_back(
    world: World, browse: Callable[[str], Client]
) -> None:
    task = bring(own(world), "submitted", by=world.officer, judge=world.reviewer)
    answer = browse("officer").post(page("task_report", task.pk), {**FORM, "version": "1"})
    assert (answer.status_code, b"B\xe1\xbb\x91n bu\xe1\xbb\x95i" in answer.content) == (409, True)


def test_a_form_of_another_person_is_not_saved(world: World, browse: Callable[[str], Client]) -> None:
    task = own(world)
    answer = browse("officer").post(page("task_report", task.pk), {**FORM, "version": "0", "writer": "999"})
    assert (answer.status_code, TaskReport.objects.count()) == (409, 0)


def test_a_block_is_shown_first_and_saved_only_then(world: World, browse: Callable[[str], Client]) -> None:
    task, officer = own(world), browse("officer")
    shown = officer.post(page("task_paste", task.pk), {"block": "3\n1\nbốn"})
    assert ([c.is_good for c, _answer in shown.context["rows"]], TaskReport.objects.count()) == ([True, True, False], 0)
    assert shown.content.decode().count(">3\n1\nbốn</textarea>") == 2
    told = officer.post(page("task_paste", task.pk), {"block": "BD\t7"}, headers={"accept": "application/json"})
    assert told.json() == {
        "cells": [
            {
                "words": "BD · 7",
                "label": "Điển hình được bồi dưỡng",
                "field": "figure-BD",
                "value": "7",
                "fault": "",
                "choices": [],
            }
        ]
    }
    answer = officer.post(page("task_paste_save", task.pk), {"block": "0\n1\nbốn"})
    assert answer.url == page("task_report", task.pk) + "#so-lieu"
    figures = TaskReport.objects.get(task=task).figures
    assert {code: row["typed"] for code, row in figures.items()} == {"DK_CA_NHAN": None, "CN_TONG": "1"}


DOUBTFUL = {"block": "Cá nhân được đăng ký\t12.000\nBD\t1,234"}


def test_a_doubtful_number_waits_for_the_person(world: World, browse: Callable[[str], Client]) -> None:
    task, officer = own(world), browse("officer")
    told = officer.post(page("task_paste", task.pk), DOUBTFUL, headers={"accept": "application/json"}).json()["cells"]
    assert [(cell["value"], cell["choices"]) for cell in told] == [("", ["12.000", "12"]), ("", ["1.234"])]
    shown = officer.post(page("task_paste", task.pk), DOUBTFUL).content.decode()
    assert (shown.count('type="radio" form="luu-so"'), "Lưu các số đã chọn" in shown) == (5, True)
    half = officer.post(page("task_paste_save", task.pk), DOUBTFUL | {"reading-DK_CA_NHAN": "12000"})
    assert [str(message) for message in half.context["messages"]] == [
        "Chưa lưu: còn ô đọc được hai cách. Chọn số đúng, hoặc “Không lấy”, rồi lưu lại."
    ]
    assert (half.content.decode().count(" checked"), TaskReport.objects.count()) == (1, 0)
    whole = {"reading-DK_CA_NHAN": "12000", "reading-BD": "bo"}
    assert officer.post(page("task_paste_save", task.pk), DOUBTFUL | whole).status_code == 302
    figures = TaskReport.objects.get(task=task).figures
    assert {code: row["typed"] for code, row in figures.items()} == {"DK_CA_NHAN": "12000"}


def test_a_file_arrives_alone_and_a_bad_one_says_why(world: World, browse: Callable[[str], Client]) -> None:
    task, officer = own(world), browse("officer")
    good = officer.post(page("task_file_add", task.pk), {"kind": "signed", "file": scan_upload("ky.png")})
    assert (good.status_code, good.json()["name"], "data-file=" in good.json()["html"]) == (201, "ky.jpg", True)
    bad = SimpleUploadedFile("bao-cao.docx.exe", b"MZ\x90\x00" * 20)
    refused = officer.post(page("task_file_add", task.pk), {"kind": "annex", "file": bad})
    assert (refused.status_code, "bao-cao.docx.exe" in refused.json()["message"]) == (422, True)


# The list


def test_late_tasks_stand_first_and_every_tab_counts_its_list(
    world: World, browse: Callable[[str], Client], stand_on: Callable[[datetime.date], None]
) -> None:
    done = own(world, title="Tuyên truyền năm 2023", due=datetime.date(2023, 6, 2))
    bring(done, "accepted", by=world.officer, judge=world.reviewer)
    review(world)
    stand_on(datetime.date(2023, 6, 16))
    answer = browse("reviewer").get(page("task_list"))
    rows = [(t.milestone.title, t.unit.name, t.rank) for t in answer.context["page_obj"]]
    assert [rank for *_rest, rank in rows] == [0, 0, 0, 3]
    for tab in answer.context["tabs"]:
        found = browse("reviewer").get(page("task_list") + tab.url).context["page_obj"].paginator.count
        assert found == tab.count, tab.label
    assert {tab.label: tab.count for tab in answer.context["tabs"]} == {
        "Tất cả": 4,
        "Quá hạn": 3,
        "Chưa nộp": 3,
        "Đã nộp, chờ nhận": 0,
        "Cần bổ sung": 0,
        "Đã nhận": 1,
        "Xin gia hạn": 0,
        "Chương trình đã đóng": 0,
    }


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("q=so ket dong thanh", 1),
        ("q=SƠ KẾT", 2),
        ("q=khong co gi", 0),
        ("don-vi=x", 2),
        ("don-vi=99999999999", 2),
        ("moc=0", 2),
        ("trang-thai=xin-gia-han", 1),
        ("trang-thai=bậy", 2),
        ("trang=999", 2),
    ],
)
def test_the_list_is_narrowed_by_its_address(
    world: World, browse: Callable[[str], Client], query: str, count: int
) -> None:
    task = own(world)
    ask_extension(task=task, by=world.officer, wanted=datetime.date(2023, 6, 20), reason="Chờ.")
    assert browse("reviewer").get(f"{page('task_list')}?{query}").context["page_obj"].paginator.count == count


def test_the_list_is_narrowed_by_block_of_the_year(world: World, browse: Callable[[str], Client]) -> None:
    milestone = review(world)
    member = BlockMembershipFactory(unit=world.commune_a, year=2023)
    BlockMembership.objects.create(unit=world.commune_b, block=member.block, year=2022)
    url = f"{page('task_list')}?khoi={member.block_id}&moc={milestone.pk}&don-vi={world.commune_a.pk}"
    answer = browse("reviewer").get(url)
    assert [t.unit for t in answer.context["page_obj"]] == [world.commune_a]
    assert len(answer.context["filter"].chips) == 3


# The office


def test_the_office_goes_from_one_report_to_the_next(world: World, browse: Callable[[str], Client]) -> None:
    milestone = review(world)
    first, second = task_of(milestone, world.commune_a), task_of(milestone, world.commune_b)
    bring(first, "submitted", by=world.officer, judge=None)
    bring(second, "submitted", by=world.other_officer, judge=None)
    office = browse("reviewer")
    assert [t.pk for t in office.get(page("task_queue")).context["page_obj"]] == [first.pk, second.pk]
    assert office.get(page("task_review", first.pk)).context["form"].initial == {"due": "12/6/2023"}
    empty = office.post(page("task_return", first.pk), {"due": "5/6/2023", "reason": ""})
    assert (empty.status_code, sorted(empty.context["form"].errors)) == (200, ["due", "reason"])
    posted = {"due": "12/6/2023", "reason": "Thiếu.", "section-IV": "Ghi rõ năm."}
    assert office.post(page("task_return", first.pk), posted).url == page("task_review", second.pk)
    assert office.post(page("task_return", first.pk), posted).url == page("task_review", second.pk)
    assert office.post(page("task_accept", second.pk)).url == page("task_queue")
    first.refresh_from_db()
    assert (first.state, first.return_due, first.remarks.get().text) == (
        TaskState.RETURNED,
        datetime.date(2023, 6, 12),
        "Ghi rõ năm.",
    )


RETURN = {"due": "12/6/2023", "reason": "Thiếu ấp Bình Trinh.", "section-IV": "Ghi rõ năm."}


def sent_anew(world: World) -> UnitTask:
    """A report that was taken back, changed and handed in again while the office had its first version before it."""
    task = bring(own(world), "submitted", by=world.officer, judge=None)
    withdraw_report(task=task, by=world.officer)
    write(task, world.officer, BD=99)
    submit_report(task=task, by=world.officer)
    return task


def told(answer: HttpResponse) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_the_page_of_a_review_names_the_version_that_it_shows(world: World, browse: Callable[[str], Client]) -> None:
    task = sent_anew(world)
    shown = browse("reviewer").get(page("task_review", task.pk))
    assert shown.content.decode().count('name="ban" value="2"') == 2


def test_a_version_that_nobody_saw_is_not_accepted(world: World, browse: Callable[[str], Client]) -> None:
    task, office = sent_anew(world), browse("reviewer")
    answer = office.post(page("task_accept", task.pk), {"ban": "1"}, follow=True)
    assert answer.redirect_chain == [(page("task_review", task.pk), 302)]
    assert told(answer) == [
        "Sau khi trang này được mở, bản 2 đã được nộp nên chưa ghi quyết định. Đọc bản 2 rồi chọn lại."
    ]
    task.refresh_from_db()
    assert task.state == TaskState.SUBMITTED
    office.post(page("task_accept", task.pk), {"ban": "2"})
    task.refresh_from_db()
    assert (task.state, task.transitions.last().version) == (TaskState.ACCEPTED, 2)


@pytest.mark.parametrize("more", [{}, {"due": ""}])
def test_a_version_that_nobody_saw_is_not_returned_and_the_reason_stays(
    world: World, browse: Callable[[str], Client], more: dict[str, str]
) -> None:
    task, office = sent_anew(world), browse("reviewer")
    answer = office.post(page("task_return", task.pk), RETURN | more | {"ban": "1"})
    assert told(answer) == [
        "Sau khi trang này được mở, bản 2 đã được nộp nên chưa ghi quyết định. Đọc bản 2 rồi chọn lại. "
        "Lý do và nhận xét đã gõ vẫn còn ở cuối trang."
    ]
    assert (answer.context["version"].number, answer.context["form"]["reason"].value()) == (2, RETURN["reason"])
    assert '<details class="return-box" open>' in answer.content.decode()
    task.refresh_from_db()
    assert (task.state, task.remarks.count()) == (TaskState.SUBMITTED, 0)
    office.post(page("task_return", task.pk), RETURN | {"ban": "2"})
    task.refresh_from_db()
    assert (task.state, task.remarks.get().text) == (TaskState.RETURNED, "Ghi rõ năm.")


@pytest.mark.parametrize("back", [False, True])
def test_a_reason_for_a_report_that_was_taken_back_is_given_back(
    world: World, browse: Callable[[str], Client], back: bool
) -> None:
    task = bring(own(world), "returned" if back else "submitted", by=world.officer, judge=world.reviewer)
    if back:
        write(task, world.officer, BD=5)
        submit_report(task=task, by=world.officer)
    withdraw_report(task=task, by=world.officer)
    office = browse("colleague")
    answer = office.post(page("task_return", task.pk), RETURN | {"ban": "1"})
    assert answer.status_code == 409
    assert [words for _label, words in answer.context["typed"]] == [RETURN["reason"], "12/6/2023", "Ghi rõ năm."]
    assert "Bước gần nhất: rút báo cáo" in told(answer)[0]
    assert office.post(page("task_accept", task.pk), {"ban": "1"}).url == task.get_absolute_url()
    assert office.get(page("task_review", task.pk)).url == task.get_absolute_url()


def test_a_reason_that_a_rule_refuses_stays_in_the_form(world: World, browse: Callable[[str], Client]) -> None:
    task = bring(own(world), "submitted", by=world.officer, judge=None)
    programmes = type(task.milestone.programme).objects.all()
    programmes.update(closed_at=clock.now(), closed_by=world.interior_head, summary="Xong.")
    form = browse("reviewer").post(page("task_return", task.pk), RETURN | {"ban": "1"}).context["form"]
    assert [error.message for error in form.error_summary] == ["Chương trình đã đóng nên không nhận báo cáo nữa."]
    assert form["reason"].value() == RETURN["reason"]


# Yearly duties and the desk


def test_the_duties_of_a_year_stand_on_one_page(world: World, browse: Callable[[str], Client]) -> None:
    own(world)
    own(world, duty="propagate", title="Kế hoạch tuyên truyền", due=datetime.date(2023, 6, 30))
    own(world, duty="register", due=datetime.date(2024, 6, 2), closes=datetime.date(2024, 7, 1))
    answer = browse("officer").get(page("unit_duties", world.commune_a.pk, 2023))
    found = {str(row.duty.label): [t.milestone.title for t in row.tasks] for row in answer.context["duties"]}
    assert found == {
        "Phát hiện, đăng ký": [],
        "Bồi dưỡng, xây dựng": [],
        "Tuyên truyền, nhân rộng": ["Kế hoạch tuyên truyền"],
        "Báo cáo": ["Sơ kết 03 năm (2021–2023)"],
    }
    assert answer.context["years"] == [2024, 2023]


def test_the_desk_tells_each_side_what_it_owes(
    world: World, browse: Callable[[str], Client], stand_on: Callable[[datetime.date], None]
) -> None:
    milestone = review(world)
    task = task_of(milestone, world.commune_a)
    bring(task_of(milestone, world.commune_b), "submitted", by=world.other_officer, judge=None)
    ask_extension(task=task, by=world.officer, wanted=datetime.date(2023, 6, 20), reason="Chờ.")

    def titles(who: str) -> list[tuple[str, list[str]]]:
        groups = browse(who).get("/ban-lam-viec/").context["groups"]
        return [(code, [item.title for item in items]) for code, _title, items in groups]

    assert titles("officer") == [("later", ["Nộp báo cáo: Sơ kết 03 năm (2021–2023)"])]
    assert titles("reviewer") == [
        ("week", ["Nhận báo cáo của xã Đồng Thạnh"]),
        ("later", ["Trả lời xã Bình An xin lùi hạn đến 20/6/2023"]),
    ]
    waiting = browse("other_officer").get("/ban-lam-viec/").context["waiting_tasks"]
    assert [item.title for item in waiting] == ["Sơ kết 03 năm (2021–2023)"]
    stand_on(datetime.date(2023, 6, 15))
    assert titles("officer")[0][0] == "soon"
    assert titles("unit_leader") == []
    stand_on(datetime.date(2023, 6, 16))
    assert titles("officer")[0][0] == "overdue"
    assert titles("unit_leader") == [("overdue", ["Nhắc nộp: Sơ kết 03 năm (2021–2023)"])]


def test_the_desk_tells_who_leads_the_district_that_its_own_report_is_late(
    world: World, browse: Callable[[str], Client], stand_on: Callable[[datetime.date], None]
) -> None:
    task = district_review(world, review(world))
    stand_on(datetime.date(2023, 7, 3))
    (group,) = browse("leader").get("/ban-lam-viec/").context["groups"]
    assert [(item.title, item.url) for item in group[2]] == [
        ("Nhắc nộp: Sơ kết 03 năm của huyện", task.get_absolute_url())
    ]
    assert browse("leader").get(task.get_absolute_url()).status_code == 200


# Cost


def cost(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    return len(queries)


@pytest.mark.parametrize("rows", [1, 3, 500])
def test_lists_and_desk_cost_the_same_at_every_size(world: World, browse: Callable[[str], Client], rows: int) -> None:
    milestone = many_tasks(world, rows)
    some = task_of(milestone, world.commune_a)
    bring(some, "submitted", by=world.officer, judge=world.reviewer)
    now = some.submitted_at
    UnitTask.objects.filter(milestone=milestone).update(
        state="submitted", submitted_at=now, submitted_by=world.officer, first_submitted_on=DAY
    )
    found = {
        "list": cost(browse("reviewer"), page("task_list")),
        "queue": cost(browse("reviewer"), page("task_queue")),
        "desk": cost(browse("reviewer"), "/ban-lam-viec/"),
        "task": cost(browse("reviewer"), page("task_detail", some.pk)),
        "form": cost(browse("other_officer"), page("task_report", task_of(review(world), world.commune_b).pk)),
    }
    assert found == {"list": 10, "queue": 7, "desk": 16, "task": 11, "form": 17}


@pytest.mark.parametrize("name", ["task_detail", "task_check"])
def test_why_a_report_came_back_is_read_with_its_remarks(
    world: World, browse: Callable[[str], Client], name: str
) -> None:
    task = bring(task_of(review(world), world.commune_a), "submitted", by=world.officer, judge=world.reviewer)
    due = DAY + datetime.timedelta(days=7)
    remarks = {"section-II-1": "Ghi rõ số buổi.", "files": "Chụp lại trang 1."}
    return_report(task=task, by=world.reviewer, reason="Thiếu.", due=due, remarks=remarks)
    words = browse("officer").get(page(name, task.pk)).content.decode()
    for part, text in (("II.1. Công tác tuyên truyền", "Ghi rõ số buổi."), ("Tệp kèm theo", "Chụp lại trang 1.")):
        assert f'<span class="fw-strong">{part}:</span> {text}' in words
