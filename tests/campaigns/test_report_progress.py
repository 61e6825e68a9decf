"""What a reminder says of a report: how much is there, what is missing, for many at once."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns import services
from campaigns.enums import TaskState
from campaigns.models import UnitTask
from campaigns.owed import Progress, TaskSource
from campaigns.report_progress import progress_of
from campaigns.services.reports import FigureInput, ReportInput
from notifications.reminder_models import Tier
from notifications.wording import Entry, digest_for
from tests.campaigns.makers import bring_on, many_units, publish, task_of
from tests.campaigns.task_makers import district_review, review, write
from tests.factories import World

FIFTH = datetime.date(2023, 6, 5)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _june(stand_on: Callable[[datetime.date], None]) -> None:
    stand_on(FIFTH)


@pytest.fixture
def task(world: World) -> UnitTask:
    return task_of(review(world), world.commune_a)


def of(task: UnitTask) -> Progress:
    return progress_of([task.pk])[task.pk]


def save(task: UnitTask, world: World, sections: dict[str, str], **figures: int) -> None:
    typed = {code: FigureInput(value) for code, value in figures.items()}
    version = task.report.version if hasattr(task, "report") else 0
    services.save_report(
        task=task, by=world.officer, data=ReportInput(sections=sections, figures=typed), seen_version=version
    )


def test_a_report_that_nobody_began_lacks_everything_but_what_the_portal_counts(task: UnitTask) -> None:
    assert of(task) == Progress(
        "Hiện chưa có phần nào trong 4 phần phải nộp (mục viết, số liệu, tệp).",
        "(1) mục “II.1. Công tác tuyên truyền”; (2) mục “IV. Phương hướng”; (3) số “Điển hình được bồi dưỡng”; "
        "(4) tệp báo cáo có chữ ký",
    )


def test_what_was_written_is_counted_and_named_no_more(world: World, task: UnitTask) -> None:
    save(task, world, {"II.1": "Đã làm.", "IV": "   "}, BD=0)
    assert of(task) == Progress(
        "Hiện đã có 2 trong 4 phần phải nộp (mục viết, số liệu, tệp).",
        "(1) mục “IV. Phương hướng”; (2) tệp báo cáo có chữ ký",
    )


def test_a_report_that_lacks_nothing_waits_to_be_sent(world: World, task: UnitTask) -> None:
    write(task, world.officer)
    assert of(task) == Progress("Báo cáo đã đủ nội dung, chỉ còn gửi nộp.")


def test_a_returned_report_is_to_be_mended(world: World, task: UnitTask) -> None:
    bring_on(task, TaskState.RETURNED, world)
    assert of(task) == Progress("Sửa theo lý do trả lại rồi gửi lại báo cáo.")


def test_no_more_than_four_things_are_named(world: World) -> None:
    outline = [{"key": f"{n}", "title": f"Phần {n}", "required": True} for n in range(1, 7)]
    task = task_of(publish(world, outline=outline), world.commune_a)
    assert of(task).missing == "(1) mục “Phần 1”; (2) mục “Phần 2”; (3) mục “Phần 3”; (4) mục “Phần 4”; …"
    line = TaskSource().lines([task.pk])[task.pk]
    told = digest_for([Entry(line, Tier.OWNER)], FIFTH)
    assert told.paragraphs[1:] == (
        "Hiện chưa có phần nào trong 6 phần phải nộp (mục viết, số liệu, tệp).",
        "Còn thiếu: (1) mục “Phần 1”; (2) mục “Phần 2”; (3) mục “Phần 3”; (4) mục “Phần 4”; …",
    )


def test_a_single_thing_is_named_without_a_count(world: World) -> None:
    assert of(task_of(publish(world), world.commune_a)) == Progress("", "(1) nội dung báo cáo")


def test_a_report_of_counted_figures_alone_says_what_is_asked(world: World) -> None:
    task = task_of(publish(world, asks_text=False, asks_figures=True, figures=["CN_TONG"]), world.commune_a)
    assert progress_of([task.pk]) == {}
    assert TaskSource().lines([task.pk])[task.pk].missing == "(1) số liệu"


def test_totals_of_the_units_are_asked_of_nobody(world: World) -> None:
    whole = district_review(world, review(world))
    assert "số “" not in of(whole).missing


def test_a_file_that_was_taken_away_is_missing_again(world: World, task: UnitTask) -> None:
    write(task, world.officer)
    task.files.update(removed_at=datetime.datetime(2023, 6, 5, tzinfo=datetime.UTC))
    assert of(task).missing == "(1) tệp báo cáo có chữ ký"


@pytest.mark.parametrize("count", [1, 3, 500])
def test_two_queries_say_it_for_all(world: World, count: int) -> None:
    many_units(world, max(count - 2, 0))
    ids = list(review(world).tasks.values_list("pk", flat=True)[:count])
    with CaptureQueriesContext(connection) as queries:
        found = progress_of(ids)
    assert (len(queries), len(found)) == (2, count)
