"""Every cell of the table of tasks: step × state × person × tier, refused and allowed, through the services."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from campaigns import services
from campaigns.differences import changes_between
from campaigns.enums import FileKind, TaskState
from campaigns.inspection_workflow import VISIT_WORKFLOW
from campaigns.models import Movement, TaskTransition, UnitTask, Visit
from campaigns.movement_workflow import MOVEMENT_WORKFLOW
from campaigns.services.reports import ReportInput
from campaigns.workflow import TASK_WORKFLOW
from core import clock
from core.audit import verify
from core.workflow import WorkflowError, WorkflowTable
from models_registry.models import Exemplar
from models_registry.workflow import EXEMPLAR_WORKFLOW
from tests.campaigns.makers import task_of
from tests.campaigns.task_makers import bring, district_review, review, write
from tests.factories import World, scan_upload

pytestmark = pytest.mark.django_db
DAY = datetime.date(2023, 6, 5)
STEPS = [row.name for row in TASK_WORKFLOW.transitions]
OFFICE = {"reviewer", "interior_head", "colleague"}
#: The table written out a second time: step → (states, target, who may on a unit's task, who on the district's own).
LIFE = {
    "submit": ({"open", "returned"}, "submitted", {"officer"}, OFFICE),
    "withdraw": ({"submitted"}, "open", {"officer"}, OFFICE),
    "return": ({"submitted"}, "returned", OFFICE, {"interior_head"}),
    "accept": ({"submitted"}, "accepted", OFFICE, {"interior_head"}),
}


@pytest.fixture(autouse=True)
def _june(stand_on: Callable[[datetime.date], None]) -> None:
    stand_on(DAY)


class RolledBack(Exception):
    """Ends an attempt, so that the next one finds the task as it was."""


def do_step(step: str, task: UnitTask, by: object) -> None:
    due = clock.today() + datetime.timedelta(days=3)
    more = {"return": {"reason": "Bổ sung số liệu.", "due": due}}.get(step, {})
    getattr(services, f"{step}_report")(task=task, by=by, **more)


def attempt(step: str, task: UnitTask, who: object) -> tuple[str, list[tuple]]:
    """The state and the new log rows after an attempt, which is then undone."""
    before = set(task.transitions.values_list("pk", flat=True))
    fresh = UnitTask.objects.select_related("milestone__programme", "unit").get(pk=task.pk)
    found: tuple[str, list[tuple]] = ("", [])
    try:
        with transaction.atomic():
            with contextlib.suppress(WorkflowError):
                do_step(step, fresh, who)
            rows = TaskTransition.objects.filter(record=task).exclude(pk__in=before)
            logged = list(rows.values_list("name", "source", "target", "actor__username"))
            found = (UnitTask.objects.get(pk=task.pk).state, logged)
            raise RolledBack
    except RolledBack:
        return found


def may(step: str, state: str, who: str, tier: int) -> bool:
    return state in LIFE[step][0] and who in LIFE[step][tier]


@pytest.mark.parametrize("state", TaskState.values)
@pytest.mark.parametrize("step", STEPS)
def test_every_cell_of_a_task_of_a_unit(world: World, step: str, state: str) -> None:
    task = bring(task_of(review(world), world.commune_a), state, by=world.officer, judge=world.reviewer)
    if state in ("open", "returned"):
        write(task, world.officer, BD=5)
    for name, person in world.people.items():
        allowed = may(step, state, name, 2)
        wanted = (LIFE[step][1], [(step, state, LIFE[step][1], name)]) if allowed else (state, [])
        assert attempt(step, task, person) == wanted, name


@pytest.mark.parametrize("state", TaskState.values)
@pytest.mark.parametrize("step", STEPS)
def test_every_cell_of_the_task_of_the_district(world: World, step: str, state: str) -> None:
    task = bring(district_review(world, review(world)), state, by=world.reviewer, judge=world.interior_head)
    if state in ("open", "returned"):
        write(task, world.reviewer, BD=5)
    for name, person in world.people.items():
        allowed = may(step, state, name, 3)
        wanted = (LIFE[step][1], [(step, state, LIFE[step][1], name)]) if allowed else (state, [])
        assert attempt(step, task, person) == wanted, name


def test_the_table_has_no_other_step_and_no_step_without_its_words() -> None:
    assert {row.name: set(row.sources) for row in TASK_WORKFLOW.transitions} == {n: row[0] for n, row in LIFE.items()}
    assert all(str(row.label) for row in TASK_WORKFLOW.transitions)


@pytest.mark.parametrize("step", ["accept", "return"])
def test_the_head_does_not_judge_an_own_report(world: World, step: str) -> None:
    task = bring(district_review(world, review(world)), "submitted", by=world.interior_head, judge=None)
    with pytest.raises(WorkflowError, match="do chính đồng chí nộp"):
        do_step(step, task, world.interior_head)


def refusal(task: UnitTask, by: object) -> str:
    with pytest.raises(WorkflowError) as caught:
        services.submit_report(task=task, by=by)
    return caught.value.message


def test_nothing_is_handed_in_before_the_first_day_and_everything_on_it(
    world: World, stand_on: Callable[[datetime.date], None]
) -> None:
    task = task_of(review(world), world.commune_a)
    write(task, world.officer)
    stand_on(datetime.date(2023, 5, 31))
    assert refusal(task, world.officer) == "Mốc này nhận báo cáo từ ngày 1/6/2023. Viết trước được."
    stand_on(datetime.date(2023, 6, 1))
    services.submit_report(task=task, by=world.officer)
    assert task.state == TaskState.SUBMITTED


@pytest.mark.parametrize(("day", "late"), [("2023-06-15", False), ("2023-06-16", True), ("2023-07-20", True)])
def test_a_late_report_is_taken_and_says_so(
    world: World, stand_on: Callable[[datetime.date], None], day: str, late: bool
) -> None:
    task = task_of(review(world), world.commune_a)
    stand_on(datetime.date.fromisoformat(day))
    write(task, world.officer)
    services.submit_report(task=task, by=world.officer)
    assert (task.came_late, task.first_submitted_on.isoformat()) == (late, day)


def close(task: UnitTask, world: World) -> None:
    programme = task.milestone.programme
    programme.closed_at, programme.closed_by, programme.summary = clock.now(), world.interior_head, "Xong."
    programme.save()


@pytest.mark.parametrize(("step", "who"), [("withdraw", "officer"), ("return", "reviewer")])
def test_a_report_of_a_closed_programme_does_not_go_back_to_where_it_could_not_be_handed_in_again(
    world: World, step: str, who: str
) -> None:
    task = bring(task_of(review(world), world.commune_a), "submitted", by=world.officer, judge=world.reviewer)
    close(task, world)
    with pytest.raises(WorkflowError, match="Chương trình đã đóng"):
        do_step(step, task, world.people[who])
    services.accept_report(task=task, by=world.reviewer)


def test_a_closed_programme_takes_no_report(world: World) -> None:
    task = task_of(review(world), world.commune_a)
    write(task, world.officer)
    close(task, world)
    assert refusal(task, world.officer) == "Chương trình đã đóng nên không nhận báo cáo nữa."


def test_a_milestone_that_was_not_given_out_takes_no_report(world: World) -> None:
    task = task_of(review(world), world.commune_a)
    write(task, world.officer)
    type(task.milestone).objects.filter(pk=task.milestone_id).update(published_at=None, published_by=None)
    assert refusal(UnitTask.objects.get(pk=task.pk), world.officer) == ("Mốc này chưa được giao nên chưa nhận báo cáo.")


def test_a_report_that_was_returned_is_not_handed_in_as_it_was(world: World) -> None:
    task = bring(task_of(review(world), world.commune_a), "returned", by=world.officer, judge=world.reviewer)
    assert "chưa thay đổi" in refusal(task, world.officer)
    write(task, world.officer, BD=5)
    services.submit_report(task=task, by=world.officer)
    assert (task.state, task.return_due) == (TaskState.SUBMITTED, None)


def differences(task: UnitTask) -> list[tuple[str, list[tuple[str, str]]]]:
    """What the reviewer is shown of the last version: the label of each part, what went and what came."""
    first, second = task.versions.all()
    changes = changes_between(first.content, second.content)
    return [(c.label, [(p.op, p.text) for p in c.pieces if p.op != "same"]) for c in changes]


def test_a_corrected_file_of_the_same_name_mends_a_returned_report(world: World) -> None:
    task = bring(task_of(review(world), world.commune_a), "returned", by=world.officer, judge=world.reviewer)
    old = task.files.get()
    services.remove_file(file=old, by=world.officer)
    upload = scan_upload(f"bao-cao-{task.pk}.png", colour="#ffffff")
    new = services.add_file(task=task, by=world.officer, kind=FileKind.SIGNED, upload=upload)
    assert new.original_name == old.original_name
    services.submit_report(task=task, by=world.officer)
    words = f"{new.original_name} – Bản có chữ ký, đóng dấu"
    shown = [("removed", words), ("added", f"{words} (tệp mới, cùng tên)")]
    assert differences(task) == [("Tệp kèm theo", shown)]


def test_another_day_of_the_figures_mends_a_returned_report(world: World) -> None:
    task = bring(task_of(review(world), world.commune_a), "returned", by=world.officer, judge=world.reviewer)
    moved = ReportInput(as_of=datetime.date(2023, 6, 1))
    services.save_report(task=task, by=world.officer, data=moved, seen_version=task.report.version)
    services.submit_report(task=task, by=world.officer)
    shown = [("removed", "5/6/2023"), ("added", "1/6/2023")]
    assert differences(task) == [("Số liệu tính đến ngày", shown)]


def test_a_withdrawn_report_is_owed_again_by_the_day_that_was_given(world: World) -> None:
    task = bring(task_of(review(world), world.commune_a), "returned", by=world.officer, judge=world.reviewer)
    given = task.return_due
    write(task, world.officer, BD=5)
    services.submit_report(task=task, by=world.officer)
    services.withdraw_report(task=task, by=world.officer)
    task.refresh_from_db()
    assert (task.state, task.return_due, task.first_submitted_on) == (TaskState.RETURNED, given, DAY)


def test_a_report_that_was_taken_back_counts_as_not_handed_in(
    world: World, stand_on: Callable[[datetime.date], None]
) -> None:
    task = bring(task_of(review(world), world.commune_a), "submitted", by=world.officer, judge=world.reviewer)
    services.withdraw_report(task=task, by=world.officer)
    task.refresh_from_db()
    assert (task.state, task.first_submitted_on, task.came_late) == (TaskState.OPEN, None, False)
    stand_on(datetime.date(2023, 6, 16))
    services.submit_report(task=task, by=world.officer)
    assert (task.came_late, UnitTask.objects.in_time().count()) == (True, 0)


def test_a_report_that_was_taken_back_and_handed_in_by_its_day_is_in_time(
    world: World, stand_on: Callable[[datetime.date], None]
) -> None:
    task = bring(task_of(review(world), world.commune_a), "submitted", by=world.officer, judge=world.reviewer)
    services.withdraw_report(task=task, by=world.officer)
    stand_on(datetime.date(2023, 6, 15))
    services.submit_report(task=task, by=world.officer)
    assert (task.came_late, UnitTask.objects.in_time().get()) == (False, task)


@pytest.mark.parametrize("days", [-1, 0])
def test_a_return_gives_a_day_after_today(world: World, days: int) -> None:
    task = bring(task_of(review(world), world.commune_a), "submitted", by=world.officer, judge=world.reviewer)
    with pytest.raises(WorkflowError, match="phải sau hôm nay"):
        services.return_report(task=task, by=world.reviewer, reason="Thiếu.", due=DAY + datetime.timedelta(days=days))


def test_a_return_without_a_reason_is_refused(world: World) -> None:
    task = bring(task_of(review(world), world.commune_a), "submitted", by=world.officer, judge=world.reviewer)
    with pytest.raises(WorkflowError, match="Ghi lý do"):
        services.return_report(task=task, by=world.reviewer, reason=" ", due=DAY + datetime.timedelta(days=1))


def test_the_chain_of_the_log_agrees_with_the_steps(world: World) -> None:
    task = bring(task_of(review(world), world.commune_a), "returned", by=world.officer, judge=world.reviewer)
    assert verify().is_whole
    TaskTransition.objects.filter(record=task, name="return").update(reason="Khác.")
    assert not verify().is_whole
    TaskTransition.objects.filter(record=task, name="return").update(reason="Thiếu số liệu của ấp Bình Trinh.")
    UnitTask.objects.filter(pk=task.pk).update(state=TaskState.SUBMITTED, return_due=None)
    assert not verify().is_whole


@pytest.mark.parametrize(
    ("table", "record", "words"),
    [
        (TASK_WORKFLOW, UnitTask(state="returned"), "Báo cáo đang ở trạng thái “Cần bổ sung”"),
        (VISIT_WORKFLOW, Visit(state="sent"), "Lần kiểm tra đang ở trạng thái “Đã gửi kết quả”"),
        (MOVEMENT_WORKFLOW, Movement(state="ended"), "Phong trào đang ở trạng thái “Đã kết thúc”"),
        (EXEMPLAR_WORKFLOW, Exemplar(state="draft"), "Hồ sơ đang ở trạng thái “Bản nháp”"),
    ],
)
def test_a_refused_step_names_what_it_is_about(table: WorkflowTable, record: Any, words: str) -> None:
    assert table.wrong_state(record) == f"{words} nên không làm được việc này."
