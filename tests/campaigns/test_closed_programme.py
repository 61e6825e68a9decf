"""A closed programme: read only, nothing in it is something to do, and the figures of what was handed in stay."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import Milestone, TaskReport, UnitTask
from campaigns.services import close_programme
from tests.campaigns.makers import task_of
from tests.campaigns.task_makers import bring, review, write
from tests.factories import World

Browse = Callable[[str], Client]
BACK, LATE = datetime.date(2023, 6, 5), datetime.date(2023, 6, 26)
CLOSED = "Chương trình đã đóng nên không nhận báo cáo nữa. Nội dung đã soạn vẫn tải về được."
pytestmark = pytest.mark.django_db


@pytest.fixture
def task(world: World, stand_on: Callable[[datetime.date], None]) -> UnitTask:
    """The task of A with a draft, late; B was returned to; then the programme was closed."""
    stand_on(BACK)
    milestone = review(world)
    bring(task_of(milestone, world.commune_b), "returned", by=world.other_officer, judge=world.reviewer)
    task = task_of(milestone, world.commune_a)
    write(task, world.officer)
    stand_on(LATE)
    close_programme(programme=milestone.programme, by=world.interior_head, summary="Xong.", reason="Hết giai đoạn.")
    return UnitTask.objects.get(pk=task.pk)


def page(name: str, *args: object) -> str:
    return reverse(f"campaigns:{name}", args=args)


def messages_of(answer: object) -> list[str]:
    return [str(message) for message in answer.context["messages"]]  # type: ignore[attr-defined]


def test_the_task_offers_nothing_but_its_draft_and_is_not_late(task: UnitTask, browse: Browse) -> None:
    shown = browse("officer").get(task.get_absolute_url()).content.decode()
    offered = [page(name, task.pk) in shown for name in ("task_report", "extension_ask", "task_document")]
    assert offered == [False, False, True]
    assert 'chương trình đã đóng ngày <time datetime="2023-06-26">26/6/2023</time> nên không nhận nữa' in shown
    assert [words in shown for words in ("Quá hạn", "quá hạn", "vẫn nhận")] == [False, False, False]


@pytest.mark.parametrize("name", ["task_report", "task_check", "task_paste"])
def test_writing_leads_to_the_task_with_the_reason(task: UnitTask, browse: Browse, name: str) -> None:
    answer = browse("officer").get(page(name, task.pk), follow=True)
    assert (answer.redirect_chain[0][0], messages_of(answer)) == (task.get_absolute_url(), [CLOSED])


def test_what_was_typed_meanwhile_is_shown_to_be_copied_and_not_written(task: UnitTask, browse: Browse) -> None:
    version = TaskReport.objects.get(task=task).version
    form = {"section-I": "Câu vừa gõ.", "as_of": "26/6/2023", "version": str(version)}
    shown = browse("officer").post(page("task_report", task.pk), form).content.decode()
    assert ("Chương trình đã đóng trong lúc viết" in shown, "Câu vừa gõ." in shown) == (True, True)
    assert TaskReport.objects.get(task=task).version == version


def test_asking_for_time_leads_to_the_task_with_the_reason(task: UnitTask, browse: Browse) -> None:
    answer = browse("officer").get(page("extension_ask", task.pk), follow=True)
    assert messages_of(answer) == ["Chương trình đã đóng nên không gia hạn được."]


def test_the_list_counts_what_is_closed_apart_from_what_is_to_do(task: UnitTask, browse: Browse) -> None:
    answer = browse("reviewer").get(page("task_list"))
    counted = {tab.label: tab.count for tab in answer.context["tabs"] if tab.count}
    assert counted == {"Tất cả": 2, "Chương trình đã đóng": 2}
    rows = browse("reviewer").get(page("task_list"), {"trang-thai": "da-dong"}).context["page_obj"].object_list
    assert {row.pk for row in rows} == set(UnitTask.objects.values_list("pk", flat=True))


def test_the_milestone_says_that_it_is_closed_and_who_handed_nothing_in(task: UnitTask, browse: Browse) -> None:
    answer = browse("reviewer").get(task.milestone.get_absolute_url())
    shown = answer.content.decode()
    assert answer.context["standing"].word == "Chương trình đã đóng"
    words = {line.task.unit.name: line.standing for line in answer.context["lines"]}
    assert words == {"Xã Bình An": ("ended", "Chưa nộp"), "Xã Đồng Thạnh": ("ended", "Chưa bổ sung")}
    count, url = answer.context["numbers"].missing
    assert (count, browse("reviewer").get(url).context["page_obj"].paginator.count) == (1, 1)
    assert ["đơn vị chậm" in shown, "vẫn nhận" in shown] == [False, False]
    seen = browse("officer").get(task.milestone.get_absolute_url()).content.decode()
    assert page("milestone_ask", task.milestone_id) not in seen


def test_the_grid_shows_no_lateness_and_the_numbers_keep_what_was_not_handed_in(task: UnitTask, browse: Browse) -> None:
    grid = browse("reviewer").get(page("progress_grid"))
    assert {row.cells[0].standing.word for row in grid.context["grid"].rows} == {"Chưa nộp", "Chưa bổ sung"}
    assert "2 chậm" not in grid.content.decode()
    whole = browse("reviewer").get(page("progress_numbers")).context["whole"].numbers
    assert (whole.expected, whole.handed_in, whole.late) == (2, 1, 2)


def test_a_running_programme_counts_as_before(world: World, browse: Browse, stand_on) -> None:
    stand_on(BACK)
    milestone: Milestone = review(world)
    stand_on(LATE)
    tabs = browse("reviewer").get(page("task_list")).context["tabs"]
    assert {tab.label: tab.count for tab in tabs if tab.count} == {"Tất cả": 2, "Quá hạn": 2, "Chưa nộp": 2}
    assert browse("reviewer").get(milestone.get_absolute_url()).context["standing"].word == "2 đơn vị chậm"
