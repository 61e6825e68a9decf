from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.enums import ExtensionState
from campaigns.models import Extension, UnitTask
from campaigns.services import ask_extension, change_due, grant_extension, refuse_extension, withdraw_report
from core import clock
from core.audit.models import AuditEvent
from core.dates import format_date
from core.workflow import WorkflowError
from notifications.models import Channel, OutboxMessage, Status
from tests.campaigns.makers import task_of
from tests.campaigns.task_makers import bring, review
from tests.factories import World

pytestmark = pytest.mark.django_db
DAY, LATER = datetime.date(2023, 6, 5), datetime.date(2023, 6, 20)


@pytest.fixture(autouse=True)
def _june(stand_on: Callable[[datetime.date], None]) -> None:
    stand_on(DAY)


@pytest.fixture
def task(world: World) -> UnitTask:
    return task_of(review(world), world.commune_a)


def ask(task: UnitTask, by: object, wanted: datetime.date = LATER, reason: str = "Chờ số liệu các ấp.") -> Extension:
    return ask_extension(task=task, by=by, wanted=wanted, reason=reason)


def grant(extension: Extension, by: object) -> None:
    grant_extension(extension=extension, by=by, day=LATER)


def refuse(extension: Extension, by: object) -> None:
    refuse_extension(extension=extension, by=by, answer="Đã nộp.")


def titles() -> list[tuple[str, str]]:
    rows = OutboxMessage.objects.filter(channel=Channel.EMAIL, status=Status.PENDING, subject_type="task_extension")
    return sorted(rows.values_list("recipient__username", "title"))


def test_a_granted_extension_moves_the_day_and_tells_the_unit(world: World, task: UnitTask) -> None:
    extension = ask(task, world.officer)
    assert titles() == [
        (who, "Xin lùi đến 20/6: sơ kết 3 năm – xã Bình An") for who in ("colleague", "interior_head", "reviewer")
    ]
    grant_extension(extension=extension, by=world.reviewer, day=datetime.date(2023, 6, 18), answer="Đến hết Chủ nhật.")
    task.refresh_from_db()
    assert (task.due, task.is_extended) == (datetime.date(2023, 6, 18), True)
    assert (extension.state, extension.granted, extension.answered_by) == (
        ExtensionState.GRANTED,
        datetime.date(2023, 6, 18),
        world.reviewer,
    )
    assert titles() == [("officer", "Lùi hạn đến 18/6: sơ kết 3 năm – xã Bình An")]
    assert list(AuditEvent.objects.filter(subject_type="extension").values_list("action", flat=True)) == [
        "extension.ask",
        "extension.grant",
    ]


def test_a_refused_extension_leaves_the_day_and_says_why(world: World, task: UnitTask) -> None:
    extension = ask(task, world.officer)
    refuse_extension(extension=extension, by=world.interior_head, answer="Huyện báo cáo tỉnh ngày 30/6.")
    task.refresh_from_db()
    assert (task.due, task.is_extended, extension.state) == (datetime.date(2023, 6, 15), False, "refused")
    assert titles() == [("officer", "Không lùi hạn: sơ kết 3 năm – xã Bình An")]


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (datetime.date(2023, 6, 15), "phải sau hạn đang có"),
        (datetime.date(2023, 6, 1), "phải sau hạn đang có"),
        (datetime.date(2026, 1, 1), "trong thời gian của chương trình"),
    ],
)
def test_the_day_lies_after_the_one_that_stands_and_within_the_programme(
    world: World, task: UnitTask, wanted: datetime.date, words: str
) -> None:
    with pytest.raises(WorkflowError, match=words):
        ask(task, world.officer, wanted)


def test_there_is_one_open_request_at_a_time_and_another_after_the_answer(world: World, task: UnitTask) -> None:
    first = ask(task, world.officer)
    with pytest.raises(WorkflowError, match="đang chờ trả lời"):
        ask(task, world.officer)
    refuse_extension(extension=first, by=world.reviewer, answer="Chưa cần.")
    assert ask(task, world.officer).state == ExtensionState.OPEN
    with pytest.raises(WorkflowError, match="đã được trả lời"):
        grant_extension(extension=first, by=world.reviewer, day=LATER)


@pytest.mark.parametrize("state", ["submitted", "returned", "accepted"])
def test_no_time_is_asked_for_what_was_handed_in(world: World, task: UnitTask, state: str) -> None:
    bring(task, state, by=world.officer, judge=world.reviewer)
    with pytest.raises(WorkflowError, match="chưa nộp lần nào"):
        ask(task, world.officer)


def test_a_report_ends_the_request_for_more_time_and_nobody_answers_it(
    world: World, task: UnitTask, browse: Callable[[str], Client]
) -> None:
    extension = ask(task, world.officer)
    bring(task, "submitted", by=world.officer, judge=world.reviewer)
    extension.refresh_from_db()
    assert (extension.state, extension.answered_by, titles()) == (ExtensionState.DROPPED, world.officer, [])
    for answer in (grant, refuse):
        with pytest.raises(WorkflowError, match="đơn vị đã nộp báo cáo"):
            answer(extension, world.reviewer)
    office = browse("reviewer")
    told = office.get(reverse("campaigns:extension_answer", args=[extension.pk]), follow=True)
    assert [str(message) for message in told.context["messages"]] == [
        "Không cần trả lời đề nghị gia hạn này nữa: đơn vị đã nộp báo cáo."
    ]
    assert [event.title for event in told.context["history"]][0] == "Không cần gia hạn nữa"
    desk = office.get("/ban-lam-viec/").context["groups"]
    assert [item.title for _code, _title, items in desk for item in items] == ["Nhận báo cáo của xã Bình An"]
    tabs = office.get(reverse("campaigns:task_list")).context["tabs"]
    assert next(tab.count for tab in tabs if tab.label == "Xin gia hạn") == 0
    assert AuditEvent.objects.filter(subject_type="extension").latest("number").action == "extension.drop"


@pytest.mark.parametrize(("days", "state"), [(0, ExtensionState.DROPPED), (-1, ExtensionState.OPEN)])
def test_a_moved_due_date_ends_the_requests_that_it_fulfils(
    world: World, task: UnitTask, days: int, state: ExtensionState
) -> None:
    extension = ask(task, world.officer)
    due = extension.wanted + datetime.timedelta(days=days)
    change_due(milestone=task.milestone, by=world.interior_head, due=due, reason="Bão.")
    extension.refresh_from_db()
    assert extension.state == state
    if state == ExtensionState.DROPPED:
        assert extension.answer == f"hạn đã lùi đến ngày {format_date(due)}."
        with pytest.raises(WorkflowError, match="hạn đã lùi đến"):
            refuse(extension, world.reviewer)


def test_after_a_withdrawal_more_time_may_be_asked_again(world: World, task: UnitTask) -> None:
    ask(task, world.officer)
    bring(task, "submitted", by=world.officer, judge=world.reviewer)
    withdraw_report(task=task, by=world.officer)
    assert ask(task, world.officer).state == ExtensionState.OPEN


def test_a_request_that_outlived_an_earlier_report_is_refused_alone(world: World, task: UnitTask) -> None:
    bring(task, "submitted", by=world.officer, judge=world.reviewer)
    asked = {"asked_at": clock.now(), "asked_by": world.officer}
    extension = Extension.objects.create(task=task, wanted=LATER, reason="Chờ số liệu.", **asked)
    with pytest.raises(WorkflowError, match="không cần gia hạn nữa"):
        grant(extension, world.reviewer)
    refuse(extension, world.reviewer)
    assert extension.state == ExtensionState.REFUSED


@pytest.mark.parametrize("who", ["unit_leader", "other_officer", "reviewer", "nobody"])
def test_only_who_writes_asks(world: World, task: UnitTask, who: str) -> None:
    with pytest.raises(WorkflowError, match="Chỉ người được giao"):
        ask(task, world.people[who])


@pytest.mark.parametrize("who", ["officer", "unit_leader", "leader", "other_reviewer", "clerk"])
def test_only_the_office_answers(world: World, task: UnitTask, who: str) -> None:
    extension = ask(task, world.officer)
    with pytest.raises(WorkflowError, match="Chỉ Phòng Nội vụ"):
        grant_extension(extension=extension, by=world.people[who], day=LATER)


def test_a_request_and_a_refusal_have_reasons(world: World, task: UnitTask) -> None:
    with pytest.raises(WorkflowError, match="Ghi lý do xin gia hạn"):
        ask(task, world.officer, reason="  ")
    with pytest.raises(WorkflowError, match="Ghi lý do không gia hạn"):
        refuse_extension(extension=ask(task, world.officer), by=world.reviewer, answer=" ")


def test_a_day_moved_forward_keeps_the_first_one_of_the_milestone(world: World, task: UnitTask) -> None:
    grant_extension(extension=ask(task, world.officer), by=world.reviewer, day=LATER)
    bring(task, "submitted", by=world.officer, judge=world.reviewer)
    assert (task.milestone.due, task.due, task.came_late) == (datetime.date(2023, 6, 15), LATER, False)


def test_no_more_time_is_given_in_a_closed_programme(world: World, task: UnitTask) -> None:
    extension = ask(task, world.officer)
    programme = task.milestone.programme
    programme.closed_at, programme.closed_by, programme.summary = clock.now(), world.interior_head, "Xong."
    programme.save()
    with pytest.raises(WorkflowError, match="Chương trình đã đóng"):
        grant_extension(extension=extension, by=world.reviewer, day=LATER)
    refuse_extension(extension=extension, by=world.reviewer, answer="Chương trình đã đóng.")


def test_a_day_of_another_year_is_named_with_it_in_the_subject(world: World, task: UnitTask) -> None:
    ask(task, world.officer, wanted=datetime.date(2024, 1, 31))
    assert {title for _who, title in titles()} == {"Xin lùi đến 31/1/2024: sơ kết 3 năm – xã Bình An"}
