from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.enums import TaskState
from campaigns.models import Milestone, Programme, ReminderException, UnitTask
from core import clock
from notifications.models import Channel, OutboxMessage, Reminder, ReminderSettings
from notifications.planning import KEY, plan, would_plan
from organizations.enums import Role
from organizations.models import RoleAssignment, Unit, User
from tests.campaigns.makers import publish, task_of
from tests.factories import LONG_AGO, ProgrammeFactory, UnitFactory, UserFactory, World

EIGHTH = datetime.date(2023, 6, 8)
DAY = datetime.timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _june(stand_on: Callable[[datetime.date], None]) -> Iterator[None]:
    stand_on(EIGHTH)
    with time_machine.travel("2026-06-05 12:00 +0700", tick=False):
        yield


@pytest.fixture
def milestone(world: World) -> Milestone:
    return published(world)


def published(world: World, **values: object) -> Milestone:
    programme = ProgrammeFactory(unit=world.district, reminders_on=True)
    return publish(world, programme=programme, **values)


def rows(*names: str, **only: object) -> list[tuple]:
    return sorted(Reminder.objects.filter(channel=Channel.IN_APP, **only).values_list(*names))


def told(**only: object) -> list[tuple]:
    return rows("recipient__username", "tier", "offset", **only)


def test_officers_of_each_owing_unit_are_told_on_both_channels(world: World, milestone: Milestone) -> None:
    assert plan(EIGHTH) == 4
    found = Reminder.objects.order_by("recipient__username", "channel").values_list(
        "recipient__username", "channel", "unit__name", "step", "planned_for", "state"
    )
    assert list(found) == [
        ("officer", "email", "Xã Bình An", "2023-06-15:-7", EIGHTH, "planned"),
        ("officer", "in_app", "Xã Bình An", "2023-06-15:-7", EIGHTH, "planned"),
        ("other_officer", "email", "Xã Đồng Thạnh", "2023-06-15:-7", EIGHTH, "planned"),
        ("other_officer", "in_app", "Xã Đồng Thạnh", "2023-06-15:-7", EIGHTH, "planned"),
    ]


def test_a_second_run_writes_nothing(milestone: Milestone) -> None:
    assert [plan(EIGHTH), plan(EIGHTH)] == [4, 0]


def test_a_step_is_planned_once_while_it_lasts(milestone: Milestone) -> None:
    assert [plan(EIGHTH), plan(EIGHTH + DAY), plan(datetime.date(2023, 6, 12))] == [4, 0, 4]


def test_nothing_is_planned_on_a_day_off(milestone: Milestone) -> None:
    assert (plan(datetime.date(2023, 6, 10)), would_plan(datetime.date(2023, 6, 10))) == (0, [])


def test_nothing_is_planned_while_the_switch_is_off(milestone: Milestone) -> None:
    Programme.objects.update(reminders_on=False)
    assert (plan(EIGHTH), len(would_plan(EIGHTH))) == (0, 4)


def test_a_closed_programme_reminds_nobody(world: World, milestone: Milestone) -> None:
    Programme.objects.update(closed_at=clock.now(), closed_by=world.interior_head, summary="Đã xong.")
    assert (plan(EIGHTH), would_plan(EIGHTH)) == (0, [])


def test_after_days_of_outage_the_newest_step_alone_is_planned(milestone: Milestone) -> None:
    plan(datetime.date(2023, 5, 16))
    plan(datetime.date(2023, 6, 14))
    assert {offset for _n, _t, offset in told()} == {-30, -1}


def test_the_leader_is_told_from_three_days_late_and_the_office_from_seven(world: World, milestone: Milestone) -> None:
    UnitTask.objects.exclude(unit=world.commune_a).update(due=datetime.date(2024, 1, 1))
    plan(datetime.date(2023, 6, 16))
    assert told() == [("officer", "owner", 1)]
    plan(datetime.date(2023, 6, 19))
    assert told(offset=3) == [("officer", "owner", 3), ("unit_leader", "leader", 3)]
    plan(datetime.date(2023, 6, 22))
    assert told(offset=7) == [
        ("colleague", "office", 7),
        ("interior_head", "office", 7),
        ("officer", "owner", 7),
        ("reviewer", "office", 7),
        ("unit_leader", "leader", 7),
    ]


def test_people_of_another_district_are_told_nothing(world: World, milestone: Milestone) -> None:
    plan(datetime.date(2023, 6, 22))
    strangers = ["other_reviewer", "other_interior_head", "leader", "clerk", "council_member", "nobody"]
    assert not Reminder.objects.filter(recipient__username__in=strangers).exists()


def test_a_person_with_two_roles_is_told_once(world: World, milestone: Milestone) -> None:
    for role in (Role.UNIT_LEADER, Role.REVIEWER):
        RoleAssignment.objects.create(user=world.officer, role=role, unit=world.commune_a, valid_from=LONG_AGO)
    plan(datetime.date(2023, 6, 22))
    found = Reminder.objects.filter(recipient=world.officer, unit=world.commune_a)
    assert sorted(found.values_list("channel", "tier")) == [("email", "owner"), ("in_app", "owner")]


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "is_told"),
    [
        (LONG_AGO, EIGHTH - DAY, False),
        (LONG_AGO, EIGHTH, True),
        (EIGHTH, None, True),
        (EIGHTH + DAY, None, False),
    ],
)
def test_roles_count_as_held_on_the_day(world: World, milestone: Milestone, valid_from, valid_to, is_told) -> None:
    RoleAssignment.objects.filter(user=world.officer).update(valid_from=valid_from, valid_to=valid_to)
    plan(EIGHTH)
    assert bool(told(recipient=world.officer)) is is_told


def test_a_unit_whose_only_officer_left_is_told_to_leader_and_office(world: World, milestone: Milestone) -> None:
    User.objects.filter(pk=world.officer.pk).update(is_active=False)
    plan(EIGHTH)
    assert told(unit=world.commune_a) == [
        ("colleague", "unmanned", -7),
        ("interior_head", "unmanned", -7),
        ("reviewer", "unmanned", -7),
        ("unit_leader", "unmanned", -7),
    ]


def test_officers_of_a_closed_unit_are_told_nothing_and_the_office_is(world: World, milestone: Milestone) -> None:
    Unit.objects.filter(pk=world.commune_a.pk).update(valid_to=EIGHTH - DAY)
    plan(EIGHTH)
    assert told(unit=world.commune_a) == [
        ("colleague", "unmanned", -7),
        ("interior_head", "unmanned", -7),
        ("reviewer", "unmanned", -7),
    ]


def test_a_successor_is_told_of_what_it_took_over(world: World, milestone: Milestone) -> None:
    UnitTask.objects.filter(unit=world.commune_a).update(unit=world.commune_b)
    plan(EIGHTH)
    assert told() == [("other_officer", "owner", -7)] * 2


def test_without_an_address_the_notice_stays_and_the_mail_says_why_it_is_left_out(
    world: World, milestone: Milestone
) -> None:
    User.objects.filter(pk=world.officer.pk).update(email="")
    plan(EIGHTH)
    found = Reminder.objects.filter(recipient=world.officer).order_by("channel")
    assert list(found.values_list("channel", "state", "reason")) == [
        ("email", "skipped", "Tài khoản chưa có địa chỉ thư dùng được."),
        ("in_app", "planned", ""),
    ]


def test_mail_that_is_switched_off_is_there_as_left_out(milestone: Milestone) -> None:
    ReminderSettings.objects.create(pk=1, mail_on=False)
    plan(EIGHTH)
    found = set(Reminder.objects.values_list("channel", "state", "reason"))
    assert found == {
        ("email", "skipped", "Nhắc hạn qua thư điện tử đang tắt."),
        ("in_app", "planned", ""),
    }


def test_an_excepted_unit_is_left_out_with_its_reason(world: World, milestone: Milestone) -> None:
    ReminderException.objects.create(
        milestone=milestone,
        unit=world.commune_a,
        reason="Đã báo cáo trực tiếp.",
        made_by=world.reviewer,
        made_at=clock.now(),
    )
    plan(EIGHTH)
    found = set(Reminder.objects.values_list("unit", "state", "reason"))
    assert found == {
        (world.commune_a.pk, "skipped", "Đã báo cáo trực tiếp."),
        (world.commune_b.pk, "planned", ""),
    }


def test_a_milestone_may_have_its_own_ladder(world: World) -> None:
    published(world, ladder=[-5])
    assert (plan(EIGHTH), plan(datetime.date(2023, 6, 9))) == (0, 4)


def test_a_due_date_moved_forward_gives_new_steps_and_moved_back_tells_nothing_twice(
    world: World, milestone: Milestone
) -> None:
    plan(EIGHTH)
    UnitTask.objects.update(due=datetime.date(2023, 6, 22), is_extended=True)
    assert plan(EIGHTH) == 4
    UnitTask.objects.update(due=datetime.date(2023, 6, 15), is_extended=False)
    assert plan(EIGHTH) == 0
    assert sorted({step for (step,) in rows("step")}) == ["2023-06-15:-7", "2023-06-22:-14"]


def test_what_was_left_out_is_told_once_it_is_called_for_after_all(
    stand_on, world: World, milestone: Milestone
) -> None:
    """Left out on one day by an exception and by mail that was off; both ended while the same step was due."""
    given = {
        "milestone": milestone,
        "reason": "Đã nộp bản giấy.",
        "made_by": world.interior_head,
        "made_at": clock.now(),
    }
    exception = ReminderException.objects.create(unit=world.commune_a, **given)
    ReminderSettings.objects.update_or_create(pk=1, defaults={"mail_on": False})
    plan(EIGHTH)
    assert Reminder.objects.filter(state="skipped").count() == 3
    exception.delete()
    ReminderSettings.objects.update(mail_on=True)
    tomorrow = EIGHTH + DAY
    stand_on(tomorrow)
    foretold = {row.key for row in would_plan(tomorrow)}
    assert [plan(tomorrow), plan(tomorrow)] == [3, 0]
    taken_up = Reminder.objects.filter(planned_for=tomorrow, state="planned", reason="", message=None)
    assert set(taken_up.values_list(*KEY)) == foretold
    assert taken_up.count() == 3


def test_what_was_told_is_not_taken_up_again(milestone: Milestone) -> None:
    plan(EIGHTH)
    message = OutboxMessage.objects.create(
        subject_type="x", subject_id=1, step="x", recipient=User.objects.first(), channel="in_app", title="x",
        body="x", created_at=clock.now(), not_before=clock.now(),
    )  # fmt: skip
    Reminder.objects.filter(channel="in_app").update(state="sent", message=message)
    Reminder.objects.filter(channel="email").update(state="failed", reason="x", message=message)
    assert (plan(EIGHTH + DAY), would_plan(EIGHTH + DAY)) == (0, [])


def test_what_was_left_out_long_ago_is_not_taken_up_again(milestone: Milestone) -> None:
    plan(EIGHTH)
    Reminder.objects.update(state="skipped", reason="x", planned_for=EIGHTH - 41 * DAY)
    assert (plan(EIGHTH), would_plan(EIGHTH)) == (0, [])


def test_a_returned_report_is_owed_by_the_date_of_its_return(world: World, milestone: Milestone) -> None:
    task = task_of(milestone, world.commune_a)
    UnitTask.objects.filter(pk=task.pk).update(
        state=TaskState.RETURNED,
        return_due=EIGHTH + DAY,
        submitted_at=clock.now(),
        submitted_by=world.officer,
        first_submitted_on=EIGHTH,
    )
    plan(EIGHTH)
    assert rows("step", unit=world.commune_a) == [("2023-06-09:-1",)]


@pytest.mark.parametrize("state", [TaskState.SUBMITTED, TaskState.ACCEPTED])
def test_what_was_handed_in_is_not_owed(world: World, milestone: Milestone, state: TaskState) -> None:
    given = {"submitted_at": clock.now(), "submitted_by": world.officer, "first_submitted_on": EIGHTH}
    if state == TaskState.ACCEPTED:
        given |= {"accepted_at": clock.now(), "accepted_by": world.reviewer}
    UnitTask.objects.update(state=state, **given)
    assert plan(EIGHTH) == 0


def test_the_preview_shows_what_planning_would_write(world: World, milestone: Milestone) -> None:
    User.objects.filter(pk=world.officer.pk).update(email="")
    seen = {row.key: (row.state, row.reason, row.tier) for row in would_plan(EIGHTH)}
    plan(EIGHTH)
    names = ("subject_type", "subject_id", "step", "recipient_id", "channel", "state", "reason", "tier")
    written = {row[:5]: row[5:] for row in Reminder.objects.values_list(*names)}
    assert seen == written


def test_the_preview_of_a_later_day_shows_the_steps_of_that_day_alone(milestone: Milestone) -> None:
    assert len(would_plan(datetime.date(2023, 6, 9))) == 0
    assert {row.offset for row in would_plan(datetime.date(2023, 6, 12))} == {-3}


def test_what_an_earlier_day_planned_is_not_planned_again(stand_on, milestone: Milestone) -> None:
    plan(EIGHTH)
    stand_on(EIGHTH + DAY)
    assert would_plan(EIGHTH + DAY) == []


def test_the_cost_of_planning_does_not_grow_with_the_units(world: World) -> None:
    def cost(milestone: Milestone) -> int:
        Reminder.objects.all().delete()
        Milestone.objects.exclude(pk=milestone.pk).update(published_at=None, published_by=None)
        with CaptureQueriesContext(connection) as queries:
            plan(EIGHTH)
        return len(queries)

    cost(published(world))  # the calendar of working days is read once for a process
    few = cost(published(world))
    for number in range(60):
        unit = UnitFactory(parent=world.district, name=f"Xã thứ {number}")
        UserFactory(home_unit=unit, roles=[(Role.OFFICER, unit)])
    assert (cost(published(world)), Reminder.objects.count()) == (few, 124)
