"""Decisions about milestones: content, yearly repetition, due dates after publishing, exceptions."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from campaigns.models import Milestone, ReminderException, UnitTask
from campaigns.services import (
    add_exception,
    change_due,
    publish_milestone,
    remove_exception,
    repeat_milestone,
    save_milestone,
)
from core.audit.models import AuditEvent
from core.workflow import WorkflowError
from tests.campaigns.makers import MilestoneFactory, bring_on, publish, task_of
from tests.factories import ProgrammeFactory, World

DAY = datetime.date(2023, 6, 5)
VALUES: dict[str, Any] = {
    "title": "Sơ kết",
    "short_title": "Sơ kết",
    "duty": "report",
    "opens": datetime.date(2023, 6, 1),
    "due": datetime.date(2023, 6, 15),
    "closes": datetime.date(2023, 6, 30),
    "unit_kinds": ["commune"],
}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _june(stand_on: Callable[[datetime.date], None]) -> None:
    stand_on(DAY)


def test_a_new_milestone_gets_a_code_and_dates_of_the_office(world: World) -> None:
    programme = ProgrammeFactory(unit=world.district)
    saved = [
        save_milestone(
            milestone=Milestone(programme=programme), by=world.interior_head, values=VALUES, chosen=[world.office]
        )
        for _time in range(2)
    ]
    assert [(m.code, m.dates_set_by_office, m.is_published) for m in saved] == [
        ("MR1", True, False),
        ("MR2", True, False),
    ]
    assert list(saved[0].chosen_units.all()) == [world.office]


@pytest.mark.parametrize("due", [datetime.date(2020, 12, 31), datetime.date(2026, 1, 1)])
def test_a_milestone_outside_the_period_is_refused(world: World, due: datetime.date) -> None:
    milestone = Milestone(programme=ProgrammeFactory(unit=world.district))
    dates = {"opens": due, "due": due, "closes": due}
    with pytest.raises(WorkflowError, match="trong giai đoạn"):
        save_milestone(milestone=milestone, by=world.interior_head, values=VALUES | dates, chosen=[])


@pytest.mark.parametrize("due", [datetime.date(2021, 1, 1), datetime.date(2025, 12, 31)])
def test_the_first_and_the_last_day_of_the_period_are_inside(world: World, due: datetime.date) -> None:
    milestone = Milestone(programme=ProgrammeFactory(unit=world.district))
    dates = {"opens": due, "due": due, "closes": due}
    saved = save_milestone(milestone=milestone, by=world.interior_head, values=VALUES | dates, chosen=[])
    assert saved.due == due


def test_the_dates_of_a_published_milestone_stay_when_it_is_edited(world: World) -> None:
    milestone = publish(world)
    values = VALUES | {"title": "Tên mới", "due": datetime.date(2023, 7, 1)}
    save_milestone(milestone=milestone, by=world.interior_head, values=values, chosen=[])
    milestone.refresh_from_db()
    assert (milestone.title, str(milestone.due)) == ("Tên mới", "2023-06-15")


def test_a_yearly_milestone_is_repeated_into_the_years_that_have_none(world: World) -> None:
    milestone = publish(world, code="KH-2023", title="Kế hoạch năm 2023", short_title="KH 2023")
    made = repeat_milestone(milestone=milestone, by=world.interior_head)
    assert [(m.code, m.title, str(m.due), m.is_published) for m in made] == [
        ("KH-2023-2021", "Kế hoạch năm 2021", "2021-06-15", False),
        ("KH-2023-2022", "Kế hoạch năm 2022", "2022-06-15", False),
        ("KH-2023-2024", "Kế hoạch năm 2024", "2024-06-15", False),
        ("KH-2023-2025", "Kế hoạch năm 2025", "2025-06-15", False),
    ]
    assert repeat_milestone(milestone=milestone, by=world.interior_head) == []


def test_the_29th_of_february_is_repeated_as_the_28th(world: World) -> None:
    leap = datetime.date(2024, 2, 29)
    milestone = MilestoneFactory(
        programme=ProgrammeFactory(unit=world.district), opens=leap, due=leap, closes=leap, anchor=leap
    )
    made = repeat_milestone(milestone=milestone, by=world.interior_head)
    assert {str(m.due) for m in made} == {"2021-02-28", "2022-02-28", "2023-02-28", "2025-02-28"}


def dues(milestone: Milestone) -> dict[str, str]:
    return {task.unit.name: str(task.due) for task in milestone.tasks.select_related("unit")}


def test_a_later_due_date_moves_all_tasks_but_those_that_were_extended(world: World) -> None:
    milestone = publish(world)
    UnitTask.objects.filter(unit=world.commune_b).update(is_extended=True, due=datetime.date(2023, 6, 25))
    task = bring_on(task_of(milestone, world.commune_a), "submitted", world, on=datetime.date(2023, 6, 3))
    before = task.history.count()
    moved = change_due(milestone=milestone, by=world.interior_head, due=datetime.date(2023, 7, 10), reason="Bão.")
    milestone.refresh_from_db()
    assert (moved, str(milestone.due), str(milestone.closes)) == (1, "2023-07-10", "2023-07-10")
    assert dues(milestone) == {"Xã Bình An": "2023-07-10", "Xã Đồng Thạnh": "2023-06-25"}
    assert (task.history.count() - before, task.history.latest().history_user) == (1, world.interior_head)
    event = AuditEvent.objects.get(action="milestone.due")
    assert (event.reason, '"tasks":1' in event.data) == ("Bão.", True)


def test_an_earlier_due_date_leaves_those_in_peace_that_handed_in(world: World) -> None:
    milestone = publish(world)
    bring_on(task_of(milestone, world.commune_a), "accepted", world, on=datetime.date(2023, 6, 14))
    day = datetime.date(2023, 6, 10)
    assert change_due(milestone=milestone, by=world.interior_head, due=day, reason="Tỉnh cần sớm.") == 1
    assert dues(milestone) == {"Xã Bình An": "2023-06-15", "Xã Đồng Thạnh": "2023-06-10"}


def test_a_due_date_moved_there_and_back_is_where_it_was(world: World) -> None:
    milestone = publish(world)
    for day in (datetime.date(2023, 6, 20), datetime.date(2023, 6, 15)):
        change_due(milestone=milestone, by=world.interior_head, due=day, reason="Sửa.")
        milestone.refresh_from_db()
    assert set(dues(milestone).values()) == {"2023-06-15"}


@pytest.mark.parametrize(
    ("due", "reason", "words"),
    [
        (datetime.date(2023, 6, 20), " ", "Ghi lý do"),
        (datetime.date(2023, 6, 15), "Vì.", "trùng"),
        (datetime.date(2023, 5, 31), "Vì.", "từ ngày mở"),
        (datetime.date(2026, 1, 1), "Vì.", "trong giai đoạn"),
    ],
)
def test_a_due_date_that_cannot_be_is_refused(world: World, due: datetime.date, reason: str, words: str) -> None:
    milestone = publish(world)
    with pytest.raises(WorkflowError, match=words):
        change_due(milestone=milestone, by=world.interior_head, due=due, reason=reason)
    assert set(dues(milestone).values()) == {"2023-06-15"}


def test_an_exception_has_a_reason_and_can_be_taken_back(world: World) -> None:
    milestone = publish(world)
    with pytest.raises(WorkflowError, match="lý do"):
        add_exception(milestone=milestone, by=world.interior_head, unit=world.commune_a, reason=" ")
    row = add_exception(milestone=milestone, by=world.interior_head, unit=world.commune_a, reason="Mới lập.")
    add_exception(milestone=milestone, by=world.interior_head, unit=world.commune_a, reason="Mới sáp nhập.")
    row.refresh_from_db()
    assert (row.reason, ReminderException.objects.count()) == ("Mới sáp nhập.", 1)
    remove_exception(exception=row, by=world.interior_head)
    assert ReminderException.objects.count() == 0


def test_nobody_but_the_head_decides(world: World) -> None:
    milestone = publish(world)
    by = world.reviewer
    for act in (
        lambda: save_milestone(milestone=milestone, by=by, values=VALUES, chosen=[]),
        lambda: repeat_milestone(milestone=milestone, by=by),
        lambda: change_due(milestone=milestone, by=by, due=datetime.date(2023, 7, 1), reason="Vì."),
        lambda: add_exception(milestone=milestone, by=by, unit=world.commune_a, reason="Vì."),
    ):
        with pytest.raises(WorkflowError, match="Chỉ Trưởng phòng"):
            act()


def test_a_milestone_that_was_read_before_it_was_published_does_not_undo_that(world: World) -> None:
    fresh = MilestoneFactory(programme=ProgrammeFactory(unit=world.district))
    read_before = Milestone.objects.get(pk=fresh.pk)
    publish_milestone(milestone=fresh, by=world.interior_head)
    change_due(milestone=fresh, by=world.interior_head, due=datetime.date(2023, 6, 20), reason="Trùng họp.")
    save_milestone(milestone=read_before, by=world.interior_head, values=VALUES, chosen=[])
    fresh.refresh_from_db()
    assert (fresh.is_published, fresh.due, fresh.title) == (True, datetime.date(2023, 6, 20), "Sơ kết")
