"""Urging: once a day, each person once, one row a unit, and the official letter of it."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx import Document

from campaigns.desk import desk_items
from campaigns.models import Extension, LegalBasis, Milestone, TaskReport, UnitTask, UrgedUnit, Urging
from campaigns.papers import bases_in_words, urging_letter
from campaigns.services import (
    ask_extension,
    close_programme,
    hand_over,
    late_units,
    proposed_text,
    refuse_extension,
    save_report,
    submit_report,
    urge,
)
from campaigns.services.reports import ReportInput
from campaigns.services.urging import still_owed
from core.audit.models import AuditEvent
from core.workflow import WorkflowError
from notifications.delivery import mail_for
from notifications.models import OutboxMessage
from organizations.enums import Role
from organizations.models import RoleAssignment, User
from tests.campaigns.makers import bring_on, many_units, publish, task_of
from tests.factories import UserFactory, World

LATE = datetime.date(2023, 6, 20)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _late(stand_on: Callable[[datetime.date], None]) -> None:
    stand_on(LATE)


def keys(milestone: Milestone) -> list[int]:
    return list(milestone.tasks.overdue(LATE).values_list("pk", flat=True))


def test_the_late_units_are_listed_with_their_people_longest_late_first(world: World) -> None:
    milestone = publish(world)
    UnitTask.objects.filter(unit=world.commune_b).update(due=datetime.date(2023, 6, 18))
    rows = late_units(milestone)
    assert [(row.task.unit.name, row.days, [p.username for p in row.people], row.last_urged) for row in rows] == [
        ("Xã Bình An", 5, ["officer", "unit_leader"], None),
        ("Xã Đồng Thạnh", 2, ["other_officer", "other_unit_leader"], None),
    ]


@pytest.mark.parametrize(("day", "late"), [(15, 0), (16, 2)])
def test_a_unit_is_late_from_the_day_after(world: World, stand_on, day: int, late: int) -> None:
    stand_on(datetime.date(2023, 6, day))
    assert len(late_units(publish(world))) == late


def test_a_returned_report_is_late_by_its_own_day(world: World) -> None:
    milestone = publish(world)
    bring_on(task_of(milestone, world.commune_a), "returned", world, on=datetime.date(2023, 6, 12))
    rows = {row.task.unit.name: row.since for row in late_units(milestone)}
    assert rows == {"Xã Bình An": datetime.date(2023, 6, 19), "Xã Đồng Thạnh": datetime.date(2023, 6, 15)}


def test_each_person_is_told_once_and_each_unit_has_its_row(world: World) -> None:
    milestone = publish(world)
    both = UserFactory(username="both", roles=[(Role.OFFICER, world.commune_a), (Role.OFFICER, world.commune_b)])
    urging = urge(milestone=milestone, tasks=keys(milestone), by=world.reviewer, text="Đề nghị nộp ngay.")
    rows = urging.units.values_list("unit__name", "due", "urged_on", "told")
    due = datetime.date(2023, 6, 15)
    assert sorted(rows) == [("Xã Bình An", due, LATE, 3), ("Xã Đồng Thạnh", due, LATE, 3)]
    sent = OutboxMessage.objects.filter(subject_type="urging", channel="email")
    assert sorted(sent.values_list("recipient__username", flat=True)) == [
        "both",
        "officer",
        "other_officer",
        "other_unit_leader",
        "unit_leader",
    ]
    mail = sent.get(recipient=both)
    assert mail.title == "Đôn đốc: Sơ kết 3 năm"
    assert mail.path == f"/ke-hoach/nhiem-vu/?moc={milestone.pk}"
    assert mail.body == (
        "Đề nghị nộp ngay.\n\n"
        "- Xã Bình An: chưa nộp, hạn 15/6/2023, quá hạn 5 ngày.\n"
        "- Xã Đồng Thạnh: chưa nộp, hạn 15/6/2023, quá hạn 5 ngày."
    )
    own = sent.get(recipient=world.officer)
    assert own.path == task_of(milestone, world.commune_a).get_absolute_url()
    text = str(mail_for(own).body)
    assert (text.count("Kính gửi"), "Mở trên cổng:" in text, "Mở hồ sơ" in text) == (1, True, False)
    assert AuditEvent.objects.get(action="urging.send").actor == world.reviewer


def test_nobody_is_urged_twice_on_one_day_but_again_on_the_next(world: World, stand_on) -> None:
    milestone = publish(world)
    first = task_of(milestone, world.commune_a)
    urge(milestone=milestone, tasks=[first.pk], by=world.reviewer, text="Nộp.")
    before = OutboxMessage.objects.count()
    with pytest.raises(WorkflowError, match="đã đôn đốc Xã Bình An"):
        urge(milestone=milestone, tasks=keys(milestone), by=world.interior_head, text="Nộp.")
    assert (OutboxMessage.objects.count(), Urging.objects.count(), UrgedUnit.objects.count()) == (before, 1, 1)
    assert [row.refused for row in late_units(milestone)] == ["Đã đôn đốc hôm nay.", ""]
    stand_on(LATE + datetime.timedelta(days=1))
    urge(milestone=milestone, tasks=[first.pk], by=world.reviewer, text="Nộp.")
    assert UrgedUnit.objects.filter(task=first).count() == 2
    assert [row.last_urged for row in late_units(milestone)] == [datetime.date(2023, 6, 21), None]


def test_a_unit_that_handed_in_meanwhile_stops_the_whole_sending(world: World) -> None:
    milestone = publish(world)
    chosen = keys(milestone)
    bring_on(task_of(milestone, world.commune_a), "submitted", world)
    told = OutboxMessage.objects.count()
    with pytest.raises(WorkflowError, match="chưa gửi cho đơn vị nào"):
        urge(milestone=milestone, tasks=chosen, by=world.reviewer, text="Nộp.")
    assert (Urging.objects.count(), OutboxMessage.objects.count()) == (0, told)


@pytest.mark.parametrize(
    ("who", "text", "words"),
    [
        ("officer", "Nộp.", "Chỉ Phòng Nội vụ"),
        ("leader", "Nộp.", "Chỉ Phòng Nội vụ"),
        ("other_reviewer", "Nộp.", "Chỉ Phòng Nội vụ"),
        ("reviewer", " ", "Nhập nội dung"),
    ],
)
def test_an_urging_that_may_not_be_is_refused(world: World, who: str, text: str, words: str) -> None:
    milestone = publish(world)
    with pytest.raises(WorkflowError, match=words):
        urge(milestone=milestone, tasks=keys(milestone), by=world.people[who], text=text)


def test_urging_nobody_is_refused(world: World) -> None:
    with pytest.raises(WorkflowError, match="ít nhất một đơn vị"):
        urge(milestone=publish(world), tasks=[], by=world.reviewer, text="Nộp.")


def test_a_unit_without_an_account_stands_in_the_letter_alone(world: World) -> None:
    RoleAssignment.objects.filter(unit=world.commune_b).delete()
    milestone = publish(world)
    urging = urge(milestone=milestone, tasks=keys(milestone), by=world.reviewer, text="Nộp.")
    assert urging.units.get(unit=world.commune_b).told == 0


def test_a_mail_is_owed_while_a_unit_of_the_reader_owes(world: World) -> None:
    milestone = publish(world)
    urge(milestone=milestone, tasks=keys(milestone), by=world.reviewer, text="Nộp.")
    mails = {
        name: OutboxMessage.objects.get(subject_type="urging", recipient__username=name, channel="email")
        for name in ("officer", "other_officer")
    }
    bring_on(task_of(milestone, world.commune_a), "submitted", world, on=LATE)
    assert {name: still_owed(mail) for name, mail in mails.items()} == {"officer": False, "other_officer": True}


@pytest.mark.parametrize("units", [1, 60])
def test_the_preview_costs_the_same_whatever_the_units(world: World, units: int) -> None:
    many_units(world, units)
    milestone = publish(world)
    with CaptureQueriesContext(connection) as queries:
        rows = late_units(milestone)
    assert (len(rows), len(queries)) == (units + 2, 4)


def lines(data: bytes) -> list[str]:
    paper = Document(io.BytesIO(data))
    body = [p.text for p in paper.paragraphs]
    cells = [p.text for t in paper.tables for row in t.rows for cell in row.cells for p in cell.paragraphs]
    return [text.replace("\u00a0", "") for text in [*cells, *body] if text.strip("\u00a0 ")]


def test_the_official_letter_says_who_owes_what_since_when(world: World) -> None:
    milestone = publish(world, title="Sơ kết 03 năm (2021–2023)")
    basis = {"title": "Kế hoạch xây dựng điển hình", "issuer": "UBND", "issued_on": datetime.date(2021, 9, 22)}
    milestone.programme.legal_bases.create(number="197/KH-UBND", **basis)
    ended = LegalBasis.objects.create(number="1/CŨ", **basis | {"in_force_to": datetime.date(2022, 1, 1)})
    milestone.programme.legal_bases.add(ended)
    User.objects.filter(pk=world.interior_head.pk).update(full_name="Lê Thị Trưởng")
    urging = urge(milestone=milestone, tasks=keys(milestone), by=world.reviewer, text="Đề nghị nộp ngay.")
    assert lines(urging_letter(urging)) == [
        "UBND HUYỆN THỬ",
        "PHÒNG NỘI VỤ",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Số: /PNV",
        "V/v đôn đốc thực hiện “Sơ kết 03 năm (2021–2023)”",
        "Thử, ngày  tháng  năm ",
        *("TT", "Đơn vị", "Tình trạng", "Hạn", "Số ngày quá hạn"),
        *("1", "Ủy ban nhân dân xã Bình An", "Chưa nộp", "15/6/2023", "5"),
        *("2", "Ủy ban nhân dân xã Đồng Thạnh", "Chưa nộp", "15/6/2023", "5"),
        "Nơi nhận:",
        "- Như trên;",
        "- Thường trực UBND huyện (báo cáo);",
        "- Lưu: VT.",
        "TRƯỞNG PHÒNG",
        "Lê Thị Trưởng",
        "Kính gửi:",
        "- Ủy ban nhân dân xã Bình An;",
        "- Ủy ban nhân dân xã Đồng Thạnh.",
        "Căn cứ Kế hoạch số 197/KH-UBND ngày 22 tháng 9 năm 2021 của UBND về xây dựng điển hình.",
        "Đề nghị nộp ngay.",
        "Danh sách đơn vị chậm và hạn đã giao:",
        "Đề nghị các đơn vị quan tâm thực hiện./.",
    ]


def test_the_letter_says_the_same_a_year_later(world: World, stand_on) -> None:
    milestone = publish(world)
    urging = urge(milestone=milestone, tasks=keys(milestone), by=world.reviewer, text="Nộp.")
    before = lines(urging_letter(urging))
    bring_on(task_of(milestone, world.commune_a), "accepted", world, on=LATE)
    stand_on(datetime.date(2024, 6, 20))
    assert lines(urging_letter(urging)) == before


def test_many_units_are_addressed_by_their_list(world: World) -> None:
    many_units(world, 10)
    milestone = publish(world)
    urging = urge(milestone=milestone, tasks=keys(milestone), by=world.reviewer, text="Nộp.")
    told = lines(urging_letter(urging))
    assert "Kính gửi: Các cơ quan, đơn vị, địa phương trong danh sách dưới đây" in told
    assert "Ủy ban nhân dân xã Bình An" in told


@pytest.mark.parametrize(
    ("title", "cited"),
    [
        (
            "Chỉ thị của Bộ Chính trị về tiếp tục đổi mới",
            "Chỉ thị số 34-CT/TW ngày 07 tháng 4 năm 2014 của Bộ Chính trị về tiếp tục đổi mới.",
        ),
        ("Luật Thi đua, Khen thưởng", "Luật Thi đua, Khen thưởng ngày 07 tháng 4 năm 2014."),
        ("Bộ luật Lao động", "Bộ luật Lao động ngày 07 tháng 4 năm 2014."),
        ("Pháp lệnh Dân quân tự vệ", "Pháp lệnh Dân quân tự vệ ngày 07 tháng 4 năm 2014."),
        ("Đổi mới thi đua", "Đổi mới thi đua (số 34-CT/TW ngày 07 tháng 4 năm 2014)."),
    ],
)
def test_a_legal_basis_is_cited_as_papers_do(world: World, title: str, cited: str) -> None:
    programme = publish(world).programme
    day = datetime.date(2014, 4, 7)
    programme.legal_bases.create(number="34-CT/TW", title=title, issuer="Trung ương", issued_on=day)
    assert bases_in_words(programme, LATE) == [f"Căn cứ {cited}"]


def proposed(milestone: Milestone) -> str:
    return proposed_text(milestone, late_units(milestone))


def test_the_proposed_words_name_milestone_and_day(world: World) -> None:
    milestone = publish(world)
    plan = publish(world, programme=milestone.programme, title="Kế hoạch tuyên truyền năm 2023")
    begin = "Đến ngày 20/6/2023, Phòng Nội vụ chưa nhận được"
    assert proposed(milestone).startswith(f"{begin} báo cáo “Sơ kết 03 năm (2021–2023)” của đơn vị. Đề nghị")
    assert proposed(plan).startswith(f"{begin} “Kế hoạch tuyên truyền năm 2023” của đơn vị. Đề nghị")


def test_a_report_that_was_received_and_returned_is_not_called_missing(world: World) -> None:
    milestone = publish(world)
    bring_on(task_of(milestone, world.commune_a), "returned", world, on=datetime.date(2023, 6, 12))
    assert [(row.task.unit.name, row.word) for row in late_units(milestone)] == [
        ("Xã Đồng Thạnh", "Chưa nộp"),
        ("Xã Bình An", "Chưa bổ sung"),
    ]
    assert "ghi “Chưa nộp” và bản bổ sung của các đơn vị ghi “Chưa bổ sung” dưới đây" in proposed(milestone)
    milestone.tasks.filter(unit=world.commune_b).delete()
    text = proposed(milestone)
    assert text.startswith("Đến ngày 20/6/2023, Phòng Nội vụ chưa nhận lại báo cáo “Sơ kết 03 năm (2021–2023)” đã trả")
    assert "gia hạn" not in text


def test_a_unit_that_asks_for_more_time_is_not_told_to_ask_for_it(
    world: World, browse: Callable[[str], Client], stand_on
) -> None:
    milestone = publish(world)
    for unit, officer, words in (
        (world.commune_a, world.officer, "; đơn vị có khó khăn mà chưa xin gia hạn thì gửi đề nghị gia hạn kèm lý do."),
        (world.commune_b, world.other_officer, "trong 03 ngày làm việc."),
    ):
        ask_extension(
            task=task_of(milestone, unit), by=officer, wanted=datetime.date(2023, 6, 30), reason="Chờ số liệu."
        )
        assert proposed(milestone).endswith(words)
    page = browse("reviewer").get(reverse("campaigns:urge", args=[milestone.pk])).content.decode()
    assert page.count("Chưa nộp, xin gia hạn đến 30/6/2023") == 2
    urging = urge(milestone=milestone, tasks=keys(milestone), by=world.reviewer, text="Nộp.")
    mail = OutboxMessage.objects.get(subject_type="urging", channel="email", recipient=world.officer)
    assert "- Xã Bình An: chưa nộp, xin gia hạn đến 30/6/2023, hạn 15/6/2023, quá hạn 5 ngày." in mail.body
    refuse_extension(extension=Extension.objects.earliest("pk"), by=world.reviewer, answer="Đã muộn.")
    assert lines(urging_letter(urging)).count("Chưa nộp, xin gia hạn đến 30/6/2023") == 2


def test_page_and_letter_tell_what_was_returned_and_from_whom_a_task_came(
    world: World, browse: Callable[[str], Client], stand_on
) -> None:
    milestone = publish(world)
    task = task_of(milestone, world.commune_a)
    bring_on(task, "returned", world, on=datetime.date(2023, 6, 12))
    hand_over(task=task, unit=world.commune_b, by=world.interior_head, reason="Sáp nhập.")
    page = browse("reviewer").get(reverse("campaigns:urge", args=[milestone.pk])).content.decode()
    assert ('<td class="cell-meta">Chưa bổ sung</td>' in page, "nhận từ" in page) == (True, True)
    urging = urge(milestone=milestone, tasks=keys(milestone), by=world.reviewer, text="Nộp.")
    mail = OutboxMessage.objects.get(subject_type="urging", channel="email", recipient=world.other_officer)
    assert "- Xã Đồng Thạnh (nhận từ Xã Bình An): chưa bổ sung, hạn 19/6/2023, quá hạn 1 ngày." in mail.body
    stand_on(datetime.date(2023, 6, 21))
    mend(UnitTask.objects.get(pk=task.pk), world.other_officer)
    told = lines(urging_letter(urging))
    place = told.index("Ủy ban nhân dân xã Đồng Thạnh (nhận từ Xã Bình An)")
    assert told[place + 1 : place + 4] == ["Chưa bổ sung", "19/6/2023", "1"]
    detail = browse("reviewer").get(reverse("campaigns:urging_detail", args=[urging.pk])).content.decode()
    assert ("Chưa bổ sung" in detail, "nhận từ" in detail) == (True, True)


def mend(task: UnitTask, by: User) -> None:
    data = ReportInput(sections={"noi-dung": "Đã bổ sung."})
    save_report(task=task, by=by, data=data, seen_version=TaskReport.objects.get(task=task).version)
    submit_report(task=task, by=by)


def test_the_desk_calls_a_plan_a_plan(world: World) -> None:
    milestone = publish(world)
    publish(world, programme=milestone.programme, title="Kế hoạch tuyên truyền năm 2023")
    titles = {item.title for item in desk_items(world.officer)}
    assert titles == {"Nộp báo cáo: Sơ kết 03 năm (2021–2023)", "Nộp: Kế hoạch tuyên truyền năm 2023"}


def test_nobody_is_urged_for_a_closed_programme(world: World, browse: Callable[[str], Client]) -> None:
    milestone = publish(world)
    urge_url, grid_url = reverse("campaigns:urge", args=[milestone.pk]), reverse("campaigns:progress_grid")
    pages = (milestone.get_absolute_url(), grid_url)
    assert [urge_url in browse("reviewer").get(page).content.decode() for page in pages] == [True, True]
    close_programme(programme=milestone.programme, by=world.interior_head, summary="Xong.", reason="Hết giai đoạn.")
    milestone.refresh_from_db()
    with pytest.raises(WorkflowError, match="Chương trình đã đóng"):
        urge(milestone=milestone, tasks=keys(milestone), by=world.reviewer, text="Khẩn trương.")
    answers = [browse("reviewer").get(urge_url, follow=True), browse("reviewer").post(urge_url, follow=True)]
    told = [(answer.redirect_chain[0][0], [str(m) for m in answer.context["messages"]]) for answer in answers]
    assert told == [(milestone.get_absolute_url(), ["Chương trình đã đóng nên không đôn đốc nữa."])] * 2
    assert [urge_url in browse("reviewer").get(page).content.decode() for page in pages] == [False, False]
