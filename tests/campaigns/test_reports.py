from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse

from campaigns import services
from campaigns.content import figure_lines, known_figures, missing_items, parts_of, report_of
from campaigns.differences import changes_between
from campaigns.enums import FileKind
from campaigns.models import TaskFile, TaskReport, UnitTask
from campaigns.services.reports import FigureInput, ReportInput, StaleReport, proposed_return_day
from core import clock
from core.files import FileRefused
from core.workflow import WorkflowError
from notifications.models import Channel, OutboxMessage, Status
from tests.campaigns.makers import task_of
from tests.campaigns.task_makers import FIGURES, OUTLINE, bring, review, write
from tests.factories import World, scan_upload

pytestmark = pytest.mark.django_db
DAY = datetime.date(2023, 6, 5)


@pytest.fixture(autouse=True)
def _june(stand_on: Callable[[datetime.date], None]) -> None:
    stand_on(DAY)


def save(task, by, **more):
    report = report_of(task)
    return services.save_report(task=task, by=by, data=ReportInput(**more), seen_version=report.version)


def test_the_first_save_makes_the_report_and_counts_from_there(world: World) -> None:
    task = task_of(review(world), world.commune_a)
    assert (report_of(task).pk, report_of(task).version) == (None, 0)
    save(task, world.officer, sections={"I": "Đã ban hành kế hoạch."})
    report = save(task, world.officer, sections={"IV": "Tiếp tục."})
    assert (report.version, report.sections, report.as_of, report.saved_by) == (
        2,
        {"I": "Đã ban hành kế hoạch.", "IV": "Tiếp tục."},
        DAY,
        world.officer,
    )


def test_a_save_over_a_newer_one_is_stale_and_writes_nothing(world: World) -> None:
    task = task_of(review(world), world.commune_a)
    save(task, world.officer, sections={"I": "Bản một."})
    with pytest.raises(StaleReport):
        services.save_report(task=task, by=world.officer, data=ReportInput(sections={"I": "Bản hai."}), seen_version=0)
    assert TaskReport.objects.get(task=task).sections == {"I": "Bản một."}


@pytest.mark.parametrize("who", ["unit_leader", "other_officer", "reviewer", "interior_head", "leader", "nobody"])
def test_only_officers_of_the_unit_write(world: World, who: str) -> None:
    task = task_of(review(world), world.commune_a)
    with pytest.raises(WorkflowError, match="Chỉ người được giao"):
        save(task, world.people[who], sections={"I": "x"})


@pytest.mark.parametrize("state", ["submitted", "accepted"])
def test_what_was_handed_in_is_not_written_any_more(world: World, state: str) -> None:
    task = bring(task_of(review(world), world.commune_a), state, by=world.officer, judge=world.reviewer)
    with pytest.raises(WorkflowError, match="đã nộp nên không sửa được"):
        save(task, world.officer, sections={"I": "x"})


# Figures


def test_counted_figures_stand_until_another_is_typed(world: World) -> None:
    world.exemplar("submitted")
    world.exemplar("recognised")
    world.exemplar("draft")
    task = task_of(review(world), world.commune_a)
    lines = {line.figure.code: line for line in figure_lines(task, report_of(task))}
    assert [(code, lines[code].value) for code in FIGURES] == [
        ("DK_CA_NHAN", 2),
        ("CN_TONG", 1),
        ("BD", None),
    ]
    assert [lines[code].differs for code in FIGURES] == [False, False, False]


def test_zero_is_a_figure(world: World) -> None:
    task = task_of(review(world), world.commune_a)
    write(task, world.officer, BD=0)
    assert missing_items(task) == []
    services.submit_report(task=task, by=world.officer)
    assert [(row["code"], row["known"], row["typed"]) for row in task.versions.get().figures] == [
        ("DK_CA_NHAN", "0", "0"),
        ("CN_TONG", "0", "0"),
        ("BD", None, "0"),
    ]


def test_a_figure_that_disagrees_with_the_registry_needs_a_reason(world: World) -> None:
    world.exemplar("submitted")
    task = task_of(review(world), world.commune_a)
    write(task, world.officer)
    save(task, world.officer, figures={"DK_CA_NHAN": FigureInput(Decimal(0))})
    assert [item.message for item in missing_items(task)] == [
        "Ghi lý do số “Cá nhân được đăng ký” khác số trong sổ (1)."
    ]
    save(task, world.officer, figures={"DK_CA_NHAN": FigureInput(Decimal(0), "Một hồ sơ đã rút.")})
    services.submit_report(task=task, by=world.officer)
    row = task.versions.get().figures[0]
    assert (row["known"], row["typed"], row["reason"]) == ("1", "0", "Một hồ sơ đã rút.")


def test_a_submitted_figure_stays_as_it_was_with_its_list(world: World) -> None:
    world.exemplar("submitted")
    task = bring(task_of(review(world), world.commune_a), "submitted", by=world.officer, judge=world.reviewer)
    world.exemplar("submitted")
    row = task.versions.get().figures[0]
    assert (row["known"], row["typed"]) == ("1", "1")
    assert row["url"] == (
        f"/dien-hinh/?don-vi={world.commune_a.pk}&doi-tuong=individual&ky=dang-ky&tu=2021-01-01&den=2023-06-05"
    )
    assert known_figures(task, DAY)["DK_CA_NHAN"].value == 2


def test_everything_missing_is_told_at_once(world: World) -> None:
    task = task_of(review(world), world.commune_a)
    assert [item.message for item in missing_items(task)] == [
        "Viết mục “II.1. Công tác tuyên truyền”.",
        "Viết mục “IV. Phương hướng”.",
        "Nhập số “Điển hình được bồi dưỡng”. Không có thì ghi 0.",
        "Thêm bản báo cáo có chữ ký, đóng dấu (bản chụp hoặc PDF).",
    ]


def test_the_index_says_how_far_each_part_is(world: World) -> None:
    task = task_of(review(world), world.commune_a)
    assert [part.word for part in parts_of(task, report_of(task))] == [
        "Chưa làm",
        "Chưa làm",
        "Chưa làm",
        "Còn thiếu 1 mục",
        "Chưa làm",
    ]
    write(task, world.officer)
    assert {part.word for part in parts_of(task, report_of(task))} == {"Xong"}


def test_files_that_nobody_asks_for_are_not_called_done(world: World, browse: Callable[[str], Client]) -> None:
    task = task_of(review(world, asks_files=False), world.commune_a)
    write(task, world.officer)
    assert [(part.look, part.word) for part in parts_of(task, report_of(task))][-1] == ("open", "Không bắt buộc")
    page = browse("officer").get(reverse("campaigns:task_report", args=[task.pk])).content.decode()
    index = page[page.index('<nav class="task-index') :]
    assert "Không bắt buộc" in index[: index.index("</nav>")]


# Versions


def test_versions_are_frozen_and_their_differences_told(world: World) -> None:
    task = bring(task_of(review(world), world.commune_a), "returned", by=world.officer, judge=world.reviewer)
    write(task, world.officer, BD=9)
    save(task, world.officer, sections={"IV": "IV. Phương hướng: đã làm xong cả."})
    services.add_file(task=task, by=world.officer, kind=FileKind.ANNEX, upload=scan_upload("phu-luc.png", "red"))
    services.submit_report(task=task, by=world.officer)
    first, second = task.versions.all()
    changes = changes_between(first.content, second.content)
    assert [change.label for change in changes] == ["IV. Phương hướng", "Số liệu", "Tệp kèm theo"]
    assert [(p.op, p.text) for p in changes[1].pieces if p.op != "same"] == [
        ("removed", "Điển hình được bồi dưỡng: 4"),
        ("added", "Điển hình được bồi dưỡng: 9"),
    ]


# What was saved or closed between the reading of a task and its lock


def loaded(task: UnitTask) -> UnitTask:
    """The task as a view holds it, with all that its steps read."""
    return UnitTask.objects.select_related("milestone__programme__unit", "unit", "report").get(pk=task.pk)


def test_a_text_that_was_saved_meanwhile_is_in_the_version_that_is_frozen(world: World) -> None:
    task = task_of(review(world), world.commune_a)
    write(task, world.officer)
    held = loaded(task)
    save(loaded(task), world.officer, sections={"IV": "Câu viết thêm ở thẻ khác."}, as_of=datetime.date(2023, 6, 1))
    services.submit_report(task=held, by=world.officer)
    version = task.versions.get()
    assert (version.sections[-1]["text"], version.as_of) == ("Câu viết thêm ở thẻ khác.", datetime.date(2023, 6, 1))


def test_a_first_save_behind_a_task_without_a_report_is_seen(world: World) -> None:
    task = task_of(review(world), world.commune_a)
    held = loaded(task)
    assert report_of(held).pk is None
    write(loaded(task), world.officer)
    services.submit_report(task=held, by=world.officer)
    assert task.versions.get().sections[-1]["text"] == "IV. Phương hướng: đã làm xong."


def closed(task: UnitTask, world: World) -> None:
    programmes = type(task.milestone.programme).objects.filter(pk=task.milestone.programme_id)
    programmes.update(closed_at=clock.now(), closed_by=world.interior_head, summary="Xong.")


@pytest.mark.parametrize("step", ["save", "submit", "withdraw", "return", "file", "extension"])
def test_nothing_lands_in_a_programme_that_was_closed_meanwhile(world: World, step: str) -> None:
    task = task_of(review(world), world.commune_a)
    write(task, world.officer)
    if step in ("withdraw", "return"):
        services.submit_report(task=task, by=world.officer)
    held = loaded(task)
    closed(task, world)
    due = DAY + datetime.timedelta(days=20)
    steps = {
        "save": lambda: save(held, world.officer, sections={"I": "x"}),
        "submit": lambda: services.submit_report(task=held, by=world.officer),
        "withdraw": lambda: services.withdraw_report(task=held, by=world.officer),
        "return": lambda: services.return_report(task=held, by=world.reviewer, reason="Thiếu.", due=due),
        "file": lambda: services.add_file(
            task=held, by=world.officer, kind=FileKind.ANNEX, upload=scan_upload("phu-luc.png", "red")
        ),
        "extension": lambda: services.ask_extension(task=held, by=world.officer, wanted=due, reason="Chờ."),
    }
    with pytest.raises(WorkflowError, match="Chương trình đã đóng"):
        steps[step]()


# Files


def test_the_same_upload_arrives_once(world: World) -> None:
    task = task_of(review(world), world.commune_a)
    key = "0b9f8a52-7d3e-4f62-9c1a-2f7f0d9f1a11"
    add = {"task": task, "by": world.officer, "kind": FileKind.SIGNED, "upload_key": key}
    first = services.add_file(upload=scan_upload(), **add)
    assert services.add_file(upload=scan_upload(), **add) == first
    with pytest.raises(FileRefused, match="đã có trong báo cáo này"):
        services.add_file(task=task, by=world.officer, kind=FileKind.ANNEX, upload=scan_upload("khac.png"))


def test_a_submitted_file_stays_for_the_version_that_shows_it(world: World) -> None:
    task = bring(task_of(review(world), world.commune_a), "returned", by=world.officer, judge=world.reviewer)
    file = task.files.get()
    services.remove_file(file=file, by=world.officer)
    assert (list(task.files.present()), TaskFile.objects.get().sent_in) == ([], 1)
    with pytest.raises(ProtectedError):
        task.delete()


def test_a_file_that_was_never_submitted_is_gone_for_good(
    world: World, django_capture_on_commit_callbacks: Callable
) -> None:
    task = task_of(review(world), world.commune_a)
    file = services.add_file(task=task, by=world.officer, kind=FileKind.SIGNED, upload=scan_upload())
    storage, name = file.file.storage, file.file.name
    with django_capture_on_commit_callbacks(execute=True):
        services.remove_file(file=file, by=world.officer)
    assert (TaskFile.objects.count(), storage.exists(name)) == (0, False)


# Letters


def told() -> list[tuple[str, str, str]]:
    rows = OutboxMessage.objects.filter(channel=Channel.EMAIL, status=Status.PENDING).order_by("pk")
    return [(row.recipient.username, row.title, row.body) for row in rows.select_related("recipient")]


def test_the_office_is_told_what_came_in_and_no_more_once_it_is_taken_back(world: World) -> None:
    task = bring(task_of(review(world), world.commune_a), "submitted", by=world.officer, judge=world.reviewer)
    assert sorted((who, title) for who, title, _body in told()) == [
        (who, "Đã nộp: sơ kết 3 năm – xã Bình An") for who in ("colleague", "interior_head", "reviewer")
    ]
    services.withdraw_report(task=task, by=world.officer)
    assert told() == []


def test_the_unit_reads_reason_remarks_and_day(world: World) -> None:
    task = bring(task_of(review(world), world.commune_a), "submitted", by=world.officer, judge=world.reviewer)
    services.return_report(
        task=task,
        by=world.reviewer,
        reason="Thiếu ấp Bình Trinh.",
        due=datetime.date(2023, 6, 12),
        remarks={"section-II-1": "Ghi rõ số buổi.", "khac": "không có mục này", "figures": " "},
    )
    assert told() == [
        (
            "officer",
            "Bổ sung trước 12/6: sơ kết 3 năm – xã Bình An",
            "Báo cáo “Sơ kết 03 năm (2021–2023)” của xã Bình An cần bổ sung.\n\n"
            "Lý do: Thiếu ấp Bình Trinh.\n\n"
            "– II.1. Công tác tuyên truyền: Ghi rõ số buổi.\n\n"
            "Nộp lại chậm nhất ngày 12/6/2023. Nội dung và tệp đã nộp vẫn còn trong báo cáo.",
        )
    ]


def test_the_unit_is_told_that_its_report_was_accepted(world: World) -> None:
    bring(task_of(review(world), world.commune_a), "accepted", by=world.officer, judge=world.reviewer)
    assert [(who, title) for who, title, _body in told()] == [("officer", "Đã nhận: sơ kết 3 năm – xã Bình An")]


def test_the_office_proposes_five_working_days(stand_on: Callable[[datetime.date], None]) -> None:
    assert proposed_return_day() == datetime.date(2023, 6, 12)
    assert clock.today() == DAY


def test_a_report_without_required_sections_is_not_empty_all_the_same(world: World) -> None:
    outline = [row | {"required": False} for row in OUTLINE]
    milestone = review(world, outline=outline, asks_figures=False, figures=[], asks_files=False)
    task = task_of(milestone, world.commune_a)
    assert [item.message for item in missing_items(task)] == ["Viết ít nhất một mục của báo cáo."]
    save(task, world.officer, sections={"IV": "Tiếp tục."})
    assert missing_items(task) == []
