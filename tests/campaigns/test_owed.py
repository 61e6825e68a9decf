"""Whom the engine tells of a task: the people of its unit, or the office of the district; and of which it is silent."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest
import time_machine
from django.core import mail

from campaigns.calendar import owed_tasks, tasks_with
from campaigns.enums import TaskState, Tier
from campaigns.models import Milestone, Programme, ReminderException, UnitTask
from campaigns.rules import may_write
from core import clock
from notifications.delivery import deliver
from notifications.models import OutboxMessage, Reminder
from notifications.planning import plan
from notifications.ticking import plan_day
from organizations.enums import OFFICE_ROLES, Role, UnitKind
from organizations.models import RoleAssignment, User
from tests.campaigns.makers import publish, task_of
from tests.factories import ProgrammeFactory, UserFactory, World

EIGHTH = datetime.date(2023, 6, 8)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _june(stand_on) -> Iterator[None]:
    stand_on(None)
    with time_machine.travel(datetime.datetime(2023, 6, 8, 12, tzinfo=clock.VIETNAM), tick=False):
        yield


@pytest.fixture
def milestone(world: World) -> Milestone:
    return publish(world, programme=ProgrammeFactory(unit=world.district, reminders_on=True))


@pytest.fixture
def districts(world: World) -> Milestone:
    """The district's own report, kept at the unit of its office, where an officer works as well."""
    world.people["office_officer"] = UserFactory(
        username="office_officer", home_unit=world.office, roles=[(Role.OFFICER, world.office)]
    )
    programme = ProgrammeFactory(unit=world.district, reminders_on=True)
    return publish(world, programme=programme, tier=Tier.DISTRICT, unit_kinds=[UnitKind.DEPARTMENT.value])


def told(**only: object) -> list[tuple[str, str]]:
    rows = Reminder.objects.filter(channel="in_app", **only).order_by("recipient__username")
    return list(rows.values_list("recipient__username", "tier"))


OFFICE = [("colleague", "owner"), ("interior_head", "owner"), ("reviewer", "owner")]


def test_the_districts_report_is_told_to_those_who_write_it(world: World, districts: Milestone) -> None:
    plan(EIGHTH)
    assert told() == OFFICE
    task = task_of(districts, world.office)
    assert all(may_write(task, User.objects.get(username=name)) for name, _tier in told())


def test_both_tiers_are_told_to_their_own_writers(world: World, milestone: Milestone, districts: Milestone) -> None:
    plan(EIGHTH)
    mine = {"subject_id__in": UnitTask.objects.filter(milestone=milestone).values("pk")}
    assert told(**mine) == [("officer", "owner"), ("other_officer", "owner")]
    assert told(unit=world.office) == OFFICE


def test_late_districts_report_is_told_to_who_leads_the_district(world: World, districts: Milestone) -> None:
    plan(datetime.date(2023, 6, 16))
    assert told() == OFFICE
    plan(datetime.date(2023, 6, 19))
    assert told(offset=3) == [*OFFICE[:2], ("leader", "leader"), OFFICE[2]]


def test_without_an_office_the_leader_of_the_district_is_told_at_once(world: World, districts: Milestone) -> None:
    RoleAssignment.objects.filter(role__in=OFFICE_ROLES).delete()
    plan(EIGHTH)
    assert told() == [("leader", "unmanned")]


def test_a_ladder_of_its_own_keeps_the_audience(world: World, milestone: Milestone, districts: Milestone) -> None:
    Milestone.objects.update(ladder=[-5])
    plan(EIGHTH)
    assert told() == []
    plan(datetime.date(2023, 6, 9))
    assert told() == [
        ("colleague", "owner"),
        ("interior_head", "owner"),
        ("officer", "owner"),
        ("other_officer", "owner"),
        ("reviewer", "owner"),
    ]


def test_a_returned_districts_report_is_told_to_the_office(world: World, districts: Milestone) -> None:
    UnitTask.objects.update(
        state=TaskState.RETURNED,
        return_due=EIGHTH,
        submitted_at=clock.now(),
        submitted_by=world.reviewer,
        first_submitted_on=EIGHTH,
    )
    plan(EIGHTH)
    assert told(step=f"{EIGHTH}:+0") == OFFICE


def test_the_mail_about_the_districts_report_asks_for_no_paper(world: World, districts: Milestone) -> None:
    plan_day(EIGHTH)
    deliver()
    (sent,) = [message for message in mail.outbox if message.to == [world.reviewer.email]]
    assert sent.subject == "Hạn 15/6: báo cáo sơ kết 3 năm – Phòng Nội vụ"
    assert "Đã nộp bản giấy?" not in sent.body
    (part,) = sent.attachments
    assert b"SUMMARY:" in part.get_payload(decode=True)


def test_the_leader_is_not_told_that_the_officers_of_the_unit_have_it(world: World, districts: Milestone) -> None:
    plan_day(datetime.date(2023, 6, 19))
    notice = OutboxMessage.objects.get(recipient=world.leader, channel="in_app")
    assert "quá hạn 4 ngày" in notice.body
    assert world.people["office_officer"].full_name not in notice.body


def test_the_calendar_of_the_district_is_that_of_its_office(world: World, districts: Milestone) -> None:
    names = ("office_officer", "reviewer", "interior_head", "leader", "officer")
    assert {name: len(owed_tasks(world.people[name])) for name in names} == {
        "office_officer": 0,
        "reviewer": 1,
        "interior_head": 1,
        "leader": 0,
        "officer": 0,
    }


# Closed and excepted after planning


def results(world: World) -> set[tuple[str, str]]:
    rows = Reminder.objects.filter(recipient=world.officer, channel="email")
    return set(rows.values_list("state", "reason"))


def test_a_programme_closed_after_planning_sends_no_mail_and_says_why(world: World, milestone: Milestone) -> None:
    plan_day(EIGHTH)
    Programme.objects.update(closed_at=clock.now(), closed_by=world.interior_head, summary="Đã xong.")
    assert deliver() == 0
    assert results(world) == {("skipped", "Chương trình đã đóng.")}
    assert tasks_with([task_of(milestone, world.commune_a).pk]) == []


def except_commune(world: World, milestone: Milestone) -> None:
    ReminderException.objects.create(
        milestone=milestone,
        unit=world.commune_a,
        reason="Đã báo cáo trực tiếp.",
        made_by=world.interior_head,
        made_at=clock.now(),
    )


def test_a_unit_excepted_after_planning_gets_no_mail_and_the_reason_stands(world: World, milestone: Milestone) -> None:
    plan_day(EIGHTH)
    except_commune(world, milestone)
    assert deliver() == 1
    assert [message.to for message in mail.outbox] == [[world.other_officer.email]]
    assert results(world) == {("skipped", "Đã báo cáo trực tiếp.")}


def test_what_is_excepted_drops_out_of_a_mail_about_more(world: World, milestone: Milestone) -> None:
    publish(world, programme=milestone.programme, short_title="Tuyên truyền", due=datetime.date(2023, 6, 22))
    plan_day(EIGHTH)
    except_commune(world, milestone)
    deliver()
    (sent,) = [message for message in mail.outbox if message.to == [world.officer.email]]
    assert sent.subject == "Hạn 22/6: báo cáo tuyên truyền – xã Bình An"
    assert results(world) == {("skipped", "Đã báo cáo trực tiếp."), ("sent", "")}
    (part,) = sent.attachments
    assert part.get_payload(decode=True).count(b"BEGIN:VEVENT") == 1
