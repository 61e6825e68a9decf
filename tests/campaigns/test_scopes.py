"""Roles over a part of the district: one commune, or the Interior Office itself (docs/visibility.md)."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.calendar import owed_tasks
from campaigns.letters import judges_of, writers_of
from campaigns.models import TaskFile, UnitTask
from campaigns.owed import TaskSource, late_by_milestone
from campaigns.services import accept_report, ask_extension, grant_extension, hand_over
from campaigns.workflow import TASK_WORKFLOW
from core.workflow import WorkflowError
from notifications.digests import gather
from notifications.models import Reminder
from notifications.planning import plan
from organizations.enums import Role
from organizations.models import Unit, User
from tests.campaigns.makers import bring_on, publish, task_of
from tests.campaigns.task_makers import district_review, review
from tests.factories import ProgrammeFactory, UnitFactory, UserFactory, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _june(stand_on: Callable[[datetime.date], None]) -> None:
    stand_on(datetime.date(2023, 6, 5))


def holder(world: World, role: Role, unit: Unit, name: str = "holder") -> User:
    person = UserFactory(username=name, home_unit=world.office, roles=[(role, unit)])
    world.people[name] = person
    return person


def keys(rows: Any) -> set[int]:
    return set(rows.values_list("pk", flat=True))


@pytest.fixture
def tasks(world: World) -> dict[str, UnitTask]:
    """A task of each commune, submitted, and the district's own report assembled from them."""
    milestone = review(world)
    a, b = task_of(milestone, world.commune_a), task_of(milestone, world.commune_b)
    return {"a": bring_on(a, "submitted", world), "b": b, "district": district_review(world, milestone)}


def test_a_reviewer_of_one_commune_reads_and_judges_its_tasks_alone(
    world: World, tasks: dict[str, UnitTask], browse: Callable[[str], Client]
) -> None:
    person = holder(world, Role.REVIEWER, world.commune_a)
    wanted = {tasks["a"].pk}
    assert (keys(UnitTask.objects.visible_to(person)), keys(UnitTask.objects.judged_by(person))) == (wanted, wanted)
    assert not UnitTask.objects.written_by(person).exists()
    assert set(TaskFile.objects.visible_to(person).values_list("task", flat=True)) == wanted
    assert (person in judges_of(tasks["a"]), person in judges_of(tasks["b"])) == (True, False)
    assert TASK_WORKFLOW.check("accept", tasks["a"], person)
    pages = {name: reverse("campaigns:task_detail", args=[task.pk]) for name, task in tasks.items()}
    assert {name: browse("holder").get(page).status_code for name, page in pages.items()} == {
        "a": 200,
        "b": 404,
        "district": 404,
    }
    assert browse("holder").get(reverse("campaigns:task_review", args=[tasks["a"].pk])).status_code == 200
    accept_report(task=tasks["a"], by=person)


def test_a_council_member_of_a_cluster_reads_its_tasks(world: World) -> None:
    cluster = UnitFactory(parent=world.district, name="Cụm số 1", kind="department")
    inside = UnitFactory(parent=cluster, name="Xã trong cụm")
    milestone = publish(world)
    person = holder(world, Role.COUNCIL_MEMBER, cluster)
    assert keys(UnitTask.objects.visible_to(person)) == {task_of(milestone, inside).pk}
    assert not UnitTask.objects.judged_by(person).exists()


def test_a_reviewer_of_the_office_writes_the_report_of_the_district(
    world: World, tasks: dict[str, UnitTask], browse: Callable[[str], Client]
) -> None:
    task, person = tasks["district"], holder(world, Role.REVIEWER, world.office)
    wanted = {task.pk}
    assert (keys(UnitTask.objects.visible_to(person)), keys(UnitTask.objects.written_by(person))) == (wanted, wanted)
    assert not UnitTask.objects.judged_by(person).exists()
    assert person in writers_of(task)
    assert [item.path for item in owed_tasks(person)] == [task.get_absolute_url()]
    assert browse("holder").get(reverse("campaigns:task_report", args=[task.pk])).status_code == 200
    head = holder(world, Role.INTERIOR_HEAD, world.office, "office_head")
    assert (keys(UnitTask.objects.judged_by(head)), head in judges_of(task)) == (wanted, True)


def test_a_request_for_more_time_is_answered_by_the_reviewer_of_the_commune(world: World) -> None:
    task = task_of(publish(world), world.commune_a)
    near, far = (holder(world, Role.REVIEWER, unit, unit.code) for unit in (world.commune_a, world.commune_b))
    asked = ask_extension(task=task, by=world.officer, wanted=datetime.date(2023, 7, 1), reason="Thiếu người.")
    with pytest.raises(WorkflowError, match="Chỉ Phòng Nội vụ"):
        grant_extension(extension=asked, by=far, day=datetime.date(2023, 7, 1))
    grant_extension(extension=asked, by=near, day=datetime.date(2023, 7, 1))


def test_a_task_handed_over_within_the_district_is_followed_where_it_lies_now(world: World) -> None:
    programme = ProgrammeFactory(unit=world.district, reminders_on=True)
    milestone = publish(world, programme=programme)
    task = task_of(milestone, world.commune_a)
    old, new = (holder(world, Role.REVIEWER, unit, unit.code) for unit in (world.commune_a, world.commune_b))
    hand_over(task=task, unit=world.commune_b, by=world.interior_head, reason="Nhập.")
    assert not UnitTask.objects.visible_to(old).exists()
    assert task.pk in keys(UnitTask.objects.visible_to(new))
    for day in (datetime.date(2023, 6, 22), datetime.date(2023, 6, 23)):
        plan(day)
        gather(day)
    told = Reminder.objects.filter(subject_id=task.pk, tier="office", channel="in_app").exclude(state="skipped")
    assert (new.pk in told.values_list("recipient", flat=True), told.filter(recipient=old).exists()) == (True, False)


def test_a_successor_outside_stays_closed_to_the_office_of_the_other_district(world: World) -> None:
    world.commune_a.successors.add(world.far_commune)
    milestone = publish(world)
    task = task_of(milestone, world.commune_a)
    hand_over(task=task, unit=world.far_commune, by=world.interior_head, reason="Sáp nhập.")
    task = task_of(milestone, world.far_commune)
    scopes = (world.district, world.far_district, world.far_commune)
    near, far, commune = (holder(world, Role.REVIEWER, unit, unit.code) for unit in scopes)
    both = UserFactory(roles=[(Role.REVIEWER, world.commune_b), (Role.REVIEWER, world.far_district)])
    people = (near, far, commune, both)
    assert [UnitTask.objects.visible_to(one).filter(pk=task.pk).exists() for one in people] == [
        True,
        False,
        False,
        False,
    ]
    assert [one in judges_of(task) for one in people] == [True, False, False, False]
    assert TaskSource().lines([task.pk])[task.pk].scope_path == world.district.path


def test_proof_and_monday_summary_keep_to_the_scope(
    world: World, browse: Callable[[str], Client], stand_on: Callable[[datetime.date], None]
) -> None:
    milestone = publish(world, programme=ProgrammeFactory(unit=world.district, reminders_on=True))
    holder(world, Role.REVIEWER, world.commune_a)
    stand_on(datetime.date(2023, 6, 22))
    page = browse("holder").get("/ke-hoach/nhac-han/", {"moc": milestone.pk})
    assert [one.unit for one in page.context["ladders"]] == ["Xã Bình An"]
    (line,) = late_by_milestone([world.commune_a.path], datetime.date(2023, 6, 22))
    assert line.units == ("Xã Bình An",)
