from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaigns.calendar import owed_tasks, tasks_with
from campaigns.enums import ExtensionState, TaskState, Tier
from campaigns.models import Extension, Programme, UnitTask
from campaigns.services import ask_extension, grant_extension, refuse_extension
from core import clock
from notifications.feeds import make_feed
from notifications.models import OutboxMessage
from tests.campaigns.makers import MilestoneFactory, publish, task_of
from tests.campaigns.task_makers import bring, review
from tests.factories import ProgrammeFactory, World

pytestmark = pytest.mark.django_db
DUE, LATER = datetime.date(2023, 6, 15), datetime.date(2023, 6, 22)


@pytest.fixture(autouse=True)
def _june(stand_on: Callable[[datetime.date], None]) -> None:
    stand_on(datetime.date(2023, 6, 5))


def handed_in(world: World, **values: Any) -> dict[str, Any]:
    evidence = {"submitted_at": clock.now(), "submitted_by": world.officer, "first_submitted_on": clock.today()}
    return evidence | values


def titles(world: World, who: str) -> list[str]:
    return [item.title for item in owed_tasks(world.people[who])]


def test_the_people_of_a_unit_have_its_tasks_and_nobody_elses(world: World) -> None:
    publish(world)
    found = {who: titles(world, who) for who in ("officer", "unit_leader", "other_officer", "reviewer", "nobody")}
    mine = ["Hạn nộp: Sơ kết 3 năm – Xã Bình An"]
    assert found == {
        "officer": mine,
        "unit_leader": mine,
        "other_officer": ["Hạn nộp: Sơ kết 3 năm – Xã Đồng Thạnh"],
        "reviewer": [],
        "nobody": [],
    }


def test_a_task_keeps_its_name_and_counts_its_changes(world: World) -> None:
    task = task_of(publish(world), world.commune_a)
    (before,) = owed_tasks(world.officer)
    answer = {"asked_at": clock.now(), "asked_by": world.officer, "answered_by": world.reviewer, "wanted": LATER}
    moment = clock.wall_now() + datetime.timedelta(hours=1)
    Extension.objects.create(
        task=task, state=ExtensionState.GRANTED, granted=LATER, reason="Chờ số liệu.", answered_at=moment, **answer
    )
    UnitTask.objects.filter(pk=task.pk).update(due=LATER, is_extended=True)
    (after,) = owed_tasks(world.officer)
    assert (before.uid, before.due, after.due) == (after.uid, DUE, LATER)
    assert (after.sequence > before.sequence, after.changed_at) == (True, moment)


def test_a_milestone_that_is_moved_counts_as_a_change(world: World) -> None:
    milestone = publish(world)
    (before,) = owed_tasks(world.officer)
    milestone.due = LATER
    milestone.save()
    milestone.tasks.update(due=LATER)
    (after,) = owed_tasks(world.officer)
    assert (after.sequence > before.sequence, after.changed_at > before.changed_at) == (True, True)


def test_a_returned_report_is_there_on_the_day_of_its_return(world: World) -> None:
    task = task_of(publish(world), world.commune_a)
    UnitTask.objects.filter(pk=task.pk).update(**handed_in(world, state=TaskState.RETURNED, return_due=LATER))
    (item,) = owed_tasks(world.officer)
    assert (item.title, item.due) == ("Hạn bổ sung: Sơ kết 3 năm – Xã Bình An", LATER)


def test_what_was_handed_in_is_gone(world: World) -> None:
    task = task_of(publish(world), world.commune_a)
    UnitTask.objects.filter(pk=task.pk).update(**handed_in(world, state=TaskState.SUBMITTED))
    assert (owed_tasks(world.officer), tasks_with([task.pk])) == ([], [])


def test_a_closed_programme_asks_for_nothing(world: World) -> None:
    publish(world)
    Programme.objects.update(closed_at=clock.now(), closed_by=world.interior_head, summary="Đã xong.")
    assert owed_tasks(world.officer) == []


def test_the_office_has_what_the_district_owes(world: World) -> None:
    milestone = MilestoneFactory(programme=ProgrammeFactory(unit=world.district), tier=Tier.DISTRICT)
    milestone.published_at, milestone.published_by = clock.now(), world.interior_head
    milestone.save()
    UnitTask.objects.create(milestone=milestone, addressed=world.district, unit=world.district, due=DUE)
    assert {who: len(titles(world, who)) for who in ("reviewer", "interior_head", "officer", "other_reviewer")} == {
        "reviewer": 1,
        "interior_head": 1,
        "officer": 0,
        "other_reviewer": 0,
    }


def test_the_item_for_a_mail_is_that_of_the_feed(world: World) -> None:
    publish(world)
    (item,) = owed_tasks(world.officer)
    assert tasks_with([int(item.uid.rpartition("-")[2])]) == [item]


def dates_in_mails(subject_type: str, step: str) -> list[tuple[str, str, int]]:
    rows = OutboxMessage.objects.filter(subject_type=subject_type, step__startswith=step, channel="email")
    return [(one["uid"], one["due"], one["sequence"]) for row in rows for one in row.calendar or ()]


def test_the_letter_of_a_return_carries_the_event_of_the_feed(world: World) -> None:
    task = task_of(review(world), world.commune_a)
    bring(task, TaskState.RETURNED, by=world.officer, judge=world.reviewer)
    (item,) = owed_tasks(world.officer)
    assert item.due == datetime.date(2023, 6, 12)
    assert dates_in_mails("task_step", "return") == [(item.uid, "2023-06-12", item.sequence)]
    assert dates_in_mails("task_step", "submit") == []


def test_the_letter_of_an_extension_moves_the_event_of_the_feed(world: World) -> None:
    task = task_of(review(world), world.commune_a)
    (before,) = owed_tasks(world.officer)
    extension = ask_extension(task=task, by=world.officer, wanted=LATER, reason="Chờ số liệu.")
    grant_extension(extension=extension, by=world.reviewer, day=LATER)
    (item,) = owed_tasks(world.officer)
    assert dates_in_mails("task_extension", "answer") == [(before.uid, "2023-06-22", item.sequence)]
    assert item.sequence > before.sequence


def test_an_extension_that_is_refused_carries_no_day(world: World) -> None:
    task = task_of(review(world), world.commune_a)
    extension = ask_extension(task=task, by=world.officer, wanted=LATER, reason="Chờ số liệu.")
    refuse_extension(extension=extension, by=world.reviewer, answer="Đã đủ thời gian.")
    assert (dates_in_mails("task_extension", "ask"), dates_in_mails("task_extension", "answer")) == ([], [])


@pytest.mark.parametrize("count", [1, 3, 500])
def test_a_calendar_costs_the_same_at_every_size(world: World, count: int) -> None:
    programme = ProgrammeFactory(unit=world.district)
    first = publish(world, programme=programme)
    more = MilestoneFactory.build_batch(
        count - 1, programme=programme, published_at=clock.now(), published_by=world.interior_head
    )
    made = type(first).objects.bulk_create(more)
    UnitTask.objects.bulk_create(
        UnitTask(milestone=row, addressed=world.commune_a, unit=world.commune_a, due=DUE) for row in made
    )
    token = make_feed(user=world.officer)
    with CaptureQueriesContext(connection) as queries:
        answer = Client().get(f"/lich/{token}.ics")
    assert (answer.content.count(b"BEGIN:VEVENT"), len(queries)) == (count, 6)
