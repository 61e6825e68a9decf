"""Digests that could not leave on their day, and readers whose duty it is no more when they leave."""

from __future__ import annotations

import datetime
import smtplib
import uuid
from collections.abc import Callable

import pytest
import time_machine
from django.core import mail

from campaigns.enums import TaskState
from campaigns.models import Milestone, UnitTask
from core import clock
from notifications import mails
from notifications.delivery import deliver
from notifications.digests import digests
from notifications.models import Channel, OutboxMessage, Reminder, ReminderSettings, Status
from notifications.previewing import preview
from notifications.ticking import plan_day
from organizations.enums import Role
from organizations.models import RoleAssignment
from tests.campaigns.makers import publish, task_of
from tests.campaigns.task_makers import bring
from tests.factories import ProgrammeFactory, World
from tests.notifications.test_outbox import Refusing

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
#: Thursday: a week before the due date.
EIGHTH = datetime.date(2023, 6, 8)
MONDAY = datetime.date(2023, 6, 19)


def at(day: datetime.date, hour: int = 12, minute: int = 0) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(hour, minute), tzinfo=clock.VIETNAM)


@pytest.fixture(autouse=True)
def traveller(stand_on: Callable[[datetime.date | None], None]):
    stand_on(None)
    with time_machine.travel(at(EIGHTH), tick=False) as traveller:
        yield traveller


@pytest.fixture
def milestone(world: World) -> Milestone:
    return publish(world, programme=ProgrammeFactory(unit=world.district, reminders_on=True))


@pytest.fixture
def busy(monkeypatch) -> Callable[[], None]:
    """Make the mail server answer 452; what is returned lets it take mails again."""
    error = smtplib.SMTPDataError(452, b"later")
    monkeypatch.setattr(mails, "get_connection", type("Busy", (Refusing,), {"error": error}))
    return monkeypatch.undo


def to_officer(world: World) -> list[str]:
    return [m.subject for m in mail.outbox if m.to == [world.officer.email]]


def states(world: World) -> list[tuple[str, str]]:
    found = Reminder.objects.filter(recipient=world.officer, channel=Channel.EMAIL).order_by("pk")
    return list(found.values_list("state", "reason"))


def test_a_digest_of_yesterday_does_not_leave_before_the_hour_of_today(world, milestone, busy, traveller) -> None:
    due = milestone.due
    traveller.move_to(at(due))
    plan_day(due)
    deliver()
    busy()
    traveller.move_to(at(due + DAY, 6, 40))
    assert deliver() == 0
    traveller.move_to(at(due + DAY, 7, 0))
    plan_day(due + DAY)
    deliver()
    assert to_officer(world) == ["Quá hạn 1 ngày: báo cáo sơ kết 3 năm – xã Bình An"]


def test_a_digest_held_by_a_worker_while_the_next_day_is_planned_is_merged_later(
    world: World, milestone: Milestone, traveller
) -> None:
    publish(world, programme=milestone.programme, short_title="Tuyên truyền", due=EIGHTH + 8 * DAY)
    plan_day(EIGHTH)
    emails = OutboxMessage.objects.filter(channel=Channel.EMAIL)
    emails.update(status=Status.CLAIMED, claim=uuid.uuid4(), claimed_at=clock.wall_now())
    friday, monday = EIGHTH + DAY, EIGHTH + 4 * DAY
    traveller.move_to(at(friday))
    plan_day(friday)
    assert emails.filter(recipient=world.officer).count() == 2
    emails.update(status=Status.PENDING, claim=None, claimed_at=None)
    traveller.move_to(at(monday))
    assert plan_day(monday) is not None
    deliver()
    assert len(to_officer(world)) == 1
    old, sent = emails.filter(recipient=world.officer).order_by("pk")
    assert (old.status, old.last_error, sent.status) == (Status.SKIPPED, "Gộp vào thư của ngày sau.", Status.SENT)
    assert not Reminder.objects.filter(recipient=world.officer, channel=Channel.EMAIL, state="planned").exists()


def test_two_digests_of_one_day_become_one_mail(world: World, milestone: Milestone, traveller) -> None:
    plan_day(EIGHTH)
    emails = OutboxMessage.objects.filter(channel=Channel.EMAIL, recipient=world.officer)
    emails.update(status=Status.CLAIMED, claim=uuid.uuid4(), claimed_at=clock.wall_now())
    friday = EIGHTH + DAY
    traveller.move_to(at(friday))
    publish(world, programme=milestone.programme, short_title="Tuyên truyền", due=friday)
    plan_day(friday)
    emails.filter(status=Status.CLAIMED).update(status=Status.PENDING, claim=None, claimed_at=None)
    plan_day(friday)
    deliver()
    assert to_officer(world) == ["Việc cần làm sáng 9/6: 2 sắp đến hạn"]
    assert [state for state, _why in states(world)] == ["sent", "sent"]


@pytest.mark.parametrize("days", [1, 2])
def test_the_summary_of_monday_is_told_when_the_portal_runs_again(world, milestone, traveller, days) -> None:
    friday, back = MONDAY - 3 * DAY, MONDAY + days * DAY
    traveller.move_to(at(friday))
    plan_day(friday)
    deliver()
    traveller.move_to(at(back))
    assert world.leader.pk in preview(back).people
    for _run in range(2):
        plan_day(back)
    deliver()
    told = [m for m in mail.outbox if m.to == [world.leader.email]]
    assert [m.subject for m in told] == [f"Tiến độ sáng {back.day}/6: 2 lượt chậm ở 1 mốc"]
    traveller.move_to(at(back + DAY))
    plan_day(back + DAY)
    deliver()
    assert len([m for m in mail.outbox if m.to == [world.leader.email]]) == 1


def test_the_summary_is_no_mail_while_reminders_by_mail_are_off(world: World, milestone: Milestone, traveller) -> None:
    ReminderSettings.objects.create(pk=1, mail_on=False)
    traveller.move_to(at(MONDAY))
    plan_day(MONDAY)
    assert [m.channel for m in digests(MONDAY).filter(recipient=world.leader)] == [Channel.IN_APP]


def test_a_programme_that_reminds_nobody_is_in_no_summary(world: World, milestone: Milestone, traveller) -> None:
    milestone.programme.reminders_on = False
    milestone.programme.save()
    traveller.move_to(at(MONDAY))
    plan_day(MONDAY)
    assert not digests(MONDAY).exists()


def test_an_officer_who_moved_to_another_unit_is_not_told_of_the_duties_of_the_old(
    world: World, milestone: Milestone
) -> None:
    plan_day(EIGHTH)
    world.officer.role_assignments.update(valid_to=EIGHTH - DAY)
    RoleAssignment.objects.create(user=world.officer, role=Role.OFFICER, unit=world.commune_b, valid_from=EIGHTH)
    deliver()
    assert (to_officer(world), states(world)) == ([], [("skipped", "Người nhận không còn giữ việc này.")])


def test_a_role_that_ended_takes_its_duties_along_though_another_is_held(world: World, milestone: Milestone) -> None:
    RoleAssignment.objects.create(user=world.officer, role=Role.EDITOR, unit=world.district, valid_from=EIGHTH)
    plan_day(EIGHTH)
    world.officer.role_assignments.filter(role=Role.OFFICER).update(valid_to=EIGHTH - DAY)
    deliver()
    assert (to_officer(world), states(world)) == ([], [("skipped", "Người nhận không còn giữ việc này.")])


def test_a_task_that_was_handed_over_before_the_mail_left_is_not_told_to_the_former_unit(
    world: World, milestone: Milestone
) -> None:
    plan_day(EIGHTH)
    UnitTask.objects.filter(milestone=milestone, unit=world.commune_b).delete()
    UnitTask.objects.filter(pk=task_of(milestone, world.commune_a).pk).update(unit=world.commune_b)
    deliver()
    assert (to_officer(world), states(world)) == ([], [("skipped", "Việc đã giao cho đơn vị khác trước khi gửi.")])


@pytest.mark.parametrize("who", ["officer", "unit_leader", "reviewer", "interior_head"])
def test_everybody_who_is_told_at_plan_time_is_told_at_sending(world, milestone, traveller, who: str) -> None:
    """The roles that are asked at sending are those by which the engine plans."""
    late = milestone.due + 8 * DAY
    traveller.move_to(at(late))
    plan_day(late)
    planned = set(Reminder.objects.filter(channel=Channel.EMAIL).values_list("recipient__username", flat=True))
    deliver()
    sent = set(
        Reminder.objects.filter(channel=Channel.EMAIL, state="sent").values_list("recipient__username", flat=True)
    )
    assert (who in planned, planned - sent) == (True, set())


def test_a_report_handed_in_is_left_out_of_a_merged_digest(world: World, milestone: Milestone, traveller) -> None:
    plan_day(EIGHTH)
    task = UnitTask.objects.filter(pk=task_of(milestone, world.commune_a).pk)
    task.update(state=TaskState.SUBMITTED, submitted_at=clock.now(), submitted_by=world.officer,
                first_submitted_on=clock.today())  # fmt: skip
    traveller.move_to(at(EIGHTH + DAY))
    plan_day(EIGHTH + DAY)
    deliver()
    assert states(world) == [("skipped", "Đã xong trước khi gửi.")]


def unread(world: World) -> list[str]:
    notices = OutboxMessage.objects.notices_of(world.officer, clock.wall_now()).unread()
    return list(notices.filter(subject_type="digest").values_list("title", flat=True))


def test_a_newer_step_settles_the_notice_of_the_older(world: World, milestone: Milestone, traveller) -> None:
    plan_day(EIGHTH)
    traveller.move_to(at(EIGHTH + 4 * DAY))
    plan_day(EIGHTH + 4 * DAY)
    assert len(unread(world)) == 1
    assert OutboxMessage.objects.filter(recipient=world.officer, channel="in_app", subject_type="digest").count() == 2


def test_a_notice_that_tells_of_something_else_as_well_stays_unread(world, milestone, traveller) -> None:
    publish(world, programme=milestone.programme, short_title="Tuyên truyền", due=EIGHTH + 14 * DAY)
    plan_day(EIGHTH)
    traveller.move_to(at(EIGHTH + 4 * DAY))
    plan_day(EIGHTH + 4 * DAY)
    assert len(unread(world)) == 2


@pytest.mark.parametrize("more", [False, True], ids=["alone", "with another duty"])
def test_a_report_that_is_handed_in_settles_the_notice_of_it_alone(world, milestone, more: bool) -> None:
    if more:
        publish(world, programme=milestone.programme, short_title="Tuyên truyền", due=EIGHTH + 14 * DAY)
    plan_day(EIGHTH)
    bring(task_of(milestone, world.commune_a), "submitted", by=world.officer, judge=world.reviewer)
    assert len(unread(world)) == more
