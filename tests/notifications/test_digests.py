from __future__ import annotations

import datetime
import smtplib
from collections.abc import Callable

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from campaigns.enums import TaskState
from campaigns.models import Milestone, UnitTask
from core import clock
from notifications import mails, owed
from notifications.delivery import BACK_OFF, deliver
from notifications.desk import desk_items
from notifications.digests import dates_of, digests, gather
from notifications.models import Channel, OutboxMessage, Reminder, ReminderSettings, Status, Tick
from notifications.planning import plan
from notifications.previewing import PreviewedMessage, preview
from notifications.reminder_models import Tier
from notifications.tasks import tick
from notifications.ticking import IDS_A_TASK, batches, plan_day
from organizations.enums import Role
from organizations.models import RoleAssignment, User
from tests.campaigns.makers import publish, task_of
from tests.factories import ProgrammeFactory, UnitFactory, UserFactory, World
from tests.notifications.test_outbox import Refusing

EIGHTH = datetime.date(2023, 6, 8)
NOON = datetime.time(12, 0)
DAY = datetime.timedelta(days=1)
pytestmark = pytest.mark.django_db


def at(day: datetime.date, time: datetime.time = NOON) -> datetime.datetime:
    return datetime.datetime.combine(day, time, tzinfo=clock.VIETNAM)


@pytest.fixture(autouse=True)
def traveller(stand_on: Callable[[datetime.date | None], None]):
    stand_on(None)
    with time_machine.travel(at(EIGHTH), tick=False) as traveller:
        yield traveller


@pytest.fixture
def milestone(world: World) -> Milestone:
    return publish(world, programme=ProgrammeFactory(unit=world.district, reminders_on=True))


def hand_in(world: World, milestone: Milestone, unit=None) -> None:
    UnitTask.objects.filter(milestone=milestone, unit=unit or world.commune_a).update(
        state=TaskState.SUBMITTED,
        submitted_at=clock.now(),
        submitted_by=world.officer,
        first_submitted_on=clock.today(),
    )


def states(world: World, channel: str = "email") -> list[tuple[str, str]]:
    found = Reminder.objects.filter(recipient=world.officer, channel=channel).order_by("pk")
    return list(found.values_list("state", "reason"))


def test_each_person_gets_one_mail_and_one_notice_a_day(world: World, milestone: Milestone) -> None:
    publish(world, programme=milestone.programme, short_title="Kế hoạch tuyên truyền", due=datetime.date(2023, 6, 22))
    plan_day(EIGHTH)
    assert deliver() == 2
    assert [m.to for m in mail.outbox] == [["officer@thidua.example"], ["other_officer@thidua.example"]]
    assert {m.subject for m in mail.outbox} == {"Việc cần làm sáng 8/6: 2 sắp đến hạn"}
    notices = OutboxMessage.objects.notices_of(world.officer, clock.wall_now())
    assert [notice.title for notice in notices] == ["Việc cần làm sáng 8/6: 2 sắp đến hạn"]


def test_running_again_sends_nothing_more(world: World, milestone: Milestone) -> None:
    for _run in range(3):
        plan_day(EIGHTH)
        deliver()
    assert (len(mail.outbox), OutboxMessage.objects.count()) == (2, 4)


def test_what_was_sent_is_recorded_with_its_words(world: World, milestone: Milestone) -> None:
    plan_day(EIGHTH)
    deliver()
    message = digests(EIGHTH).get(recipient=world.officer, channel=Channel.EMAIL)
    assert (message.status, message.title, message.sent_to) == (
        Status.SENT,
        "Hạn 15/6: báo cáo sơ kết 3 năm – xã Bình An",
        "officer@thidua.example",
    )
    assert "đến hạn thứ Năm, 15/6/2023 (còn 7 ngày)" in message.body
    assert states(world) == [("sent", "")]
    assert states(world, "in_app") == [("sent", "")]


def test_what_was_handed_in_between_plan_and_send_is_not_told(world: World, milestone: Milestone) -> None:
    plan_day(EIGHTH)
    hand_in(world, milestone)
    assert deliver() == 1
    assert states(world) == [("skipped", "Đã xong trước khi gửi.")]
    assert digests(EIGHTH).get(recipient=world.officer, channel=Channel.EMAIL).status == Status.SKIPPED


def test_one_of_two_handed_in_leaves_the_other(world: World, milestone: Milestone) -> None:
    other = publish(world, programme=milestone.programme, short_title="Tuyên truyền", due=datetime.date(2023, 6, 22))
    plan_day(EIGHTH)
    hand_in(world, milestone)
    deliver()
    to_officer = [m for m in mail.outbox if m.to == ["officer@thidua.example"]]
    assert [m.subject for m in to_officer] == ["Hạn 22/6: báo cáo tuyên truyền – xã Bình An"]
    told = Reminder.objects.filter(recipient=world.officer, channel=Channel.EMAIL)
    assert {row.subject_id: row.state for row in told} == {
        task_of(milestone, world.commune_a).pk: "skipped",
        task_of(other, world.commune_a).pk: "sent",
    }


def test_a_due_date_moved_between_plan_and_send_is_not_told_by_its_old_day(world: World, milestone: Milestone) -> None:
    plan_day(EIGHTH)
    UnitTask.objects.filter(unit=world.commune_a).update(due=datetime.date(2023, 6, 29), is_extended=True)
    assert deliver() == 1
    assert states(world) == [("skipped", "Hạn đã dời trước khi gửi.")]


def test_a_due_date_moved_and_moved_back_before_the_mail_left_is_told_the_next_day(
    world: World, milestone: Milestone, traveller
) -> None:
    plan_day(EIGHTH)
    tasks = UnitTask.objects.filter(milestone=milestone, unit=world.commune_a)
    tasks.update(due=datetime.date(2023, 6, 22))
    deliver()
    assert states(world) == [("skipped", "Hạn đã dời trước khi gửi.")]
    tasks.update(due=milestone.due)
    mails_until(traveller, EIGHTH + DAY, datetime.date(2023, 6, 11))
    assert (states(world), states(world, "in_app")) == ([("sent", "")], [("sent", "")])
    assert [m.subject for m in mail.outbox if m.to == [world.officer.email]] == [
        "Hạn 15/6: báo cáo sơ kết 3 năm – xã Bình An"
    ]


def test_a_report_taken_back_before_the_mail_left_is_told_the_next_day(
    world: World, milestone: Milestone, traveller
) -> None:
    plan_day(EIGHTH)
    hand_in(world, milestone)
    deliver()
    assert states(world) == [("skipped", "Đã xong trước khi gửi.")]
    tasks = UnitTask.objects.filter(milestone=milestone, unit=world.commune_a)
    tasks.update(state=TaskState.OPEN, submitted_at=None, submitted_by=None, first_submitted_on=None)
    mails_until(traveller, EIGHTH + DAY, datetime.date(2023, 6, 11))
    assert states(world) == [("sent", "")]
    assert len([m for m in mail.outbox if m.to == [world.officer.email]]) == 1


def mails_until(traveller, first: datetime.date, last: datetime.date) -> None:
    """Let the engine run twice on each of some days."""
    for number in range((last - first).days + 1):
        traveller.move_to(at(first + number * DAY))
        for _run in range(2):
            plan_day(first + number * DAY)
            deliver()


def test_a_person_who_left_between_plan_and_send_gets_nothing(world: World, milestone: Milestone) -> None:
    plan_day(EIGHTH)
    User.objects.filter(pk=world.officer.pk).update(is_active=False)
    assert deliver() == 1
    assert states(world) == [("skipped", "Người nhận không còn giữ việc này.")]


def test_a_person_whose_role_ended_between_plan_and_send_gets_nothing(
    world: World, milestone: Milestone, traveller
) -> None:
    plan_day(EIGHTH)
    world.officer.role_assignments.update(valid_to=EIGHTH - DAY)
    assert deliver() == 1
    assert states(world) == [("skipped", "Người nhận không còn giữ việc này.")]


def test_a_digest_that_could_not_leave_becomes_that_of_the_next_day(
    world: World, milestone: Milestone, monkeypatch, traveller
) -> None:
    plan_day(EIGHTH)
    busy = smtplib.SMTPDataError(452, b"later")
    monkeypatch.setattr(mails, "get_connection", type("Busy", (Refusing,), {"error": busy}))
    deliver()
    first = digests(EIGHTH).get(recipient=world.officer, channel=Channel.EMAIL)
    monkeypatch.undo()
    traveller.move_to(at(EIGHTH + DAY))
    plan_day(EIGHTH + DAY)
    deliver()
    (message,) = digests(EIGHTH + DAY).filter(recipient=world.officer, channel=Channel.EMAIL)
    assert (message.pk, message.message_id, message.attempts) == (first.pk, first.message_id, 2)
    assert [m.subject for m in mail.outbox if m.to == ["officer@thidua.example"]] == [
        "Hạn 15/6: báo cáo sơ kết 3 năm – xã Bình An"
    ]
    assert states(world) == [("sent", "")]


def test_a_newer_step_overtakes_one_that_could_not_leave(
    world: World, milestone: Milestone, monkeypatch, traveller
) -> None:
    plan_day(EIGHTH)
    monkeypatch.setattr(
        mails, "get_connection", type("Busy", (Refusing,), {"error": smtplib.SMTPDataError(452, b"later")})
    )
    deliver()
    monkeypatch.undo()
    monday = datetime.date(2023, 6, 12)
    traveller.move_to(at(monday))
    plan_day(monday)
    deliver()
    assert states(world) == [("skipped", "Đã có bậc nhắc mới hơn trước khi gửi được."), ("sent", "")]
    assert len([m for m in mail.outbox if m.to == ["officer@thidua.example"]]) == 1


def test_what_is_published_after_the_digest_left_waits_for_the_next_day(
    world: World, milestone: Milestone, traveller
) -> None:
    plan_day(EIGHTH)
    deliver()
    publish(world, programme=milestone.programme, short_title="Tuyên truyền", due=EIGHTH + DAY)
    plan_day(EIGHTH)
    assert deliver() == 0
    traveller.move_to(at(EIGHTH + DAY))
    plan_day(EIGHTH + DAY)
    deliver()
    assert [m.subject for m in mail.outbox[2:] if m.to == ["officer@thidua.example"]] == [
        "Hạn hôm nay, 9/6: báo cáo tuyên truyền – xã Bình An"
    ]


def test_the_notice_of_the_day_takes_in_what_was_published_later(world: World, milestone: Milestone) -> None:
    plan_day(EIGHTH)
    OutboxMessage.objects.update(read_at=clock.now())
    publish(world, programme=milestone.programme, short_title="Tuyên truyền", due=EIGHTH + DAY)
    plan_day(EIGHTH)
    (notice,) = OutboxMessage.objects.notices_of(world.officer, clock.wall_now())
    assert (notice.title, notice.read_at) == ("Việc cần làm sáng 8/6: 2 sắp đến hạn", None)


def test_a_refused_address_fails_at_once_and_its_reminders_say_why(
    world: World, milestone: Milestone, monkeypatch
) -> None:
    plan_day(EIGHTH)
    refusal = smtplib.SMTPRecipientsRefused({"officer@thidua.example": (550, b"No such user")})
    monkeypatch.setattr(mails, "get_connection", type("No", (Refusing,), {"error": refusal}))
    deliver()
    ((state, reason),) = states(world)
    assert (state, "No such user" in reason) == ("failed", True)


def test_an_address_that_was_taken_away_before_sending_is_the_reason(world: World, milestone: Milestone) -> None:
    plan_day(EIGHTH)
    User.objects.filter(pk=world.officer.pk).update(email="")
    deliver()
    assert states(world) == [("skipped", "Tài khoản chưa có địa chỉ thư dùng được.")]


def test_who_left_before_sending_has_the_duty_no_more(world: World, milestone: Milestone) -> None:
    plan_day(EIGHTH)
    User.objects.filter(pk=world.officer.pk).update(is_active=False, email="")
    deliver()
    assert states(world) == [("skipped", "Người nhận không còn giữ việc này.")]


def test_a_mail_is_tried_for_a_day_and_then_failed(world: World, milestone: Milestone, monkeypatch, traveller) -> None:
    ReminderSettings.objects.create(pk=1, quiet_from=datetime.time(23, 59, 59), quiet_to=datetime.time(0, 0))
    plan_day(EIGHTH)
    busy = smtplib.SMTPDataError(450, b"later")
    monkeypatch.setattr(mails, "get_connection", type("Busy", (Refusing,), {"error": busy}))
    waits = []
    for wait in (datetime.timedelta(0), *BACK_OFF):
        traveller.shift(wait)
        plan_day(clock.today())
        deliver()
        waits.append(states(world)[0][0])
    assert waits == ["planned"] * len(BACK_OFF) + ["failed"]
    assert datetime.timedelta(hours=24) <= sum(BACK_OFF, datetime.timedelta()) < datetime.timedelta(hours=26)


@pytest.mark.parametrize(
    ("moment", "leaves"),
    [
        (at(EIGHTH, datetime.time(6, 29, 59)), False),
        (at(EIGHTH, datetime.time(6, 30)), True),
        (at(EIGHTH, datetime.time(17, 59, 59)), True),
        (at(EIGHTH, datetime.time(18, 0)), False),
        (at(datetime.date(2023, 6, 10)), False),
        (at(datetime.date(2023, 9, 4)), False),
    ],
)
def test_no_reminder_leaves_in_quiet_hours_or_on_days_off(world, milestone, traveller, moment, leaves) -> None:
    plan_day(EIGHTH)
    digests(EIGHTH).update(not_before=at(datetime.date(2023, 1, 1)))
    traveller.move_to(moment)
    assert bool(deliver()) is leaves


def test_other_letters_leave_by_night(world: World, milestone: Milestone, traveller) -> None:
    plan_day(EIGHTH)
    OutboxMessage.objects.create(
        subject_type="khac", subject_id=1, step="x", recipient=world.officer, channel=Channel.EMAIL,
        title="x", body="x", created_at=clock.now(), not_before=clock.wall_now(),
    )  # fmt: skip
    traveller.move_to(at(EIGHTH, datetime.time(23, 0)))
    assert deliver() == 1


@pytest.mark.parametrize(("time", "planned"), [((6, 59, 59), 0), ((7, 0), 4), ((17, 59), 4), ((18, 0), 0)])
def test_a_run_plans_from_the_hour_of_the_digest_until_the_quiet_hours(milestone, traveller, time, planned) -> None:
    traveller.move_to(at(EIGHTH, datetime.time(*time)))
    tick()
    assert Reminder.objects.count() == planned


def test_a_run_notes_its_figures(world: World, milestone: Milestone) -> None:
    tick()
    noted = Tick.objects.get()
    assert (noted.at, noted.day, noted.planned, noted.sent, noted.error) == (clock.wall_now(), EIGHTH, 4, 4, "")
    assert (noted.is_late, noted.next_at - noted.at) == (False, datetime.timedelta(minutes=5))


def test_a_run_whose_planning_fails_still_hands_out_mails_and_says_so(world, milestone, monkeypatch) -> None:
    plan_day(EIGHTH)
    handed: list[list[int]] = []
    monkeypatch.setattr("notifications.ticking.plan_day", lambda day: 1 / 0)
    monkeypatch.setattr("notifications.tasks.deliver_batch.apply_async", lambda args, expires: handed.append(args[0]))
    tick()
    assert (len(handed), len(handed[0]), Tick.objects.get().error) == (1, 2, "ZeroDivisionError")


def test_a_lost_queue_costs_nothing(world, milestone, monkeypatch) -> None:
    def away(**kwargs) -> None:
        raise OSError("no broker")

    monkeypatch.setattr("notifications.tasks.deliver_batch.apply_async", away)
    tick()
    assert (Tick.objects.get().error, deliver()) == ("", 2)


def test_mails_are_handed_out_a_hundred_at_a_time() -> None:
    assert [len(batch) for batch in batches(list(range(250)))] == [IDS_A_TASK, IDS_A_TASK, 50]


def test_wording_notices_costs_the_same_for_many(world: World, milestone: Milestone) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            gather(EIGHTH)
        return len(queries)

    plan(EIGHTH)
    few = cost()
    for number in range(40):
        unit = UnitFactory(parent=world.district, name=f"Xã thứ {number}")
        UserFactory(home_unit=unit, roles=[(Role.OFFICER, unit)])
    publish(world, programme=milestone.programme, short_title="Tuyên truyền")
    plan(EIGHTH)
    assert (cost(), OutboxMessage.objects.filter(channel=Channel.IN_APP).count()) == (few, 42)


def test_leaders_get_one_summary_on_the_first_working_day_of_the_week(world, milestone, traveller) -> None:
    monday = datetime.date(2023, 6, 19)
    for day in (monday, monday, monday + DAY):
        traveller.move_to(at(day))
        plan_day(day)
        deliver()
    (message,) = [m for m in mail.outbox if m.to == ["leader@thidua.example"]]
    assert message.subject == "Tiến độ sáng 19/6: 2 lượt chậm ở 1 mốc"
    assert "Sơ kết 3 năm: 2 đơn vị chậm (Xã Bình An, Xã Đồng Thạnh)." in message.body


def test_a_summary_is_worded_once_however_often_the_clock_ticks(world, milestone, traveller, monkeypatch) -> None:
    monday, worded = datetime.date(2023, 6, 19), []
    traveller.move_to(at(monday))

    def late_lines(paths, day):
        found = owed.late_lines(paths, day)
        worded.extend([day] if found else [])
        return found

    monkeypatch.setattr("notifications.summaries.late_lines", late_lines)
    for _tick in range(3):
        plan_day(monday)
    assert (len(worded), digests(monday).filter(recipient=world.leader).count()) == (1, 2)


def test_a_summary_is_worded_again_when_it_is_sent(world, milestone, traveller) -> None:
    monday = datetime.date(2023, 6, 19)
    traveller.move_to(at(monday))
    plan_day(monday)
    hand_in(world, milestone)
    hand_in(world, milestone, world.commune_b)
    deliver()
    assert not [m for m in mail.outbox if m.to == ["leader@thidua.example"]]


def test_after_a_monday_off_the_summary_comes_on_the_next_working_day(world, milestone, traveller) -> None:
    # 1/5/2023 was a Monday off, as were 2/5 and 3/5.
    UnitTask.objects.update(due=datetime.date(2023, 4, 20))
    for day in (1, 3, 4, 5):
        traveller.move_to(at(datetime.date(2023, 5, day)))
        plan_day(datetime.date(2023, 5, day))
        deliver()
    found = OutboxMessage.objects.filter(subject_type="digest", channel=Channel.EMAIL, recipient=world.leader)
    assert [datetime.date.fromordinal(m.subject_id) for m in found] == [datetime.date(2023, 5, 4)]


@pytest.fixture
def busy_leader(world: World) -> User:
    """The leader of the district, who is an officer of a commune as well."""
    RoleAssignment.objects.create(
        user=world.leader, role=Role.OFFICER, unit=world.commune_b, valid_from=datetime.date(2021, 1, 1)
    )
    return world.leader


def told_to(person: User) -> list[tuple[str, str]]:
    """Subject and words of every mail and title and words of every notice that a person got."""
    mails = [(message.subject, str(message.body)) for message in mail.outbox if message.to == [person.email]]
    notices = OutboxMessage.objects.notices_of(person, clock.wall_now())
    return mails + [(notice.title, notice.body) for notice in notices]


def test_a_leader_with_duties_reads_them_and_the_summary_in_one_mail(
    world: World, milestone: Milestone, busy_leader: User, traveller
) -> None:
    publish(world, programme=milestone.programme, short_title="Tuyên truyền", due=datetime.date(2023, 6, 22))
    monday = datetime.date(2023, 6, 19)
    traveller.move_to(at(monday))
    for _run in range(2):
        plan_day(monday)
        deliver()
    told = told_to(busy_leader)
    assert [title for title, _words in told] == ["Việc cần làm sáng 19/6: 1 quá hạn, 1 sắp đến hạn"] * 2
    for _title, words in told:
        assert "Còn 3 ngày (22/6/2023): Nộp báo cáo tuyên truyền – xã Đồng Thạnh." in words
        assert "Tiến độ sáng 19/6: 2 lượt chậm ở 1 mốc" in words
        assert "Sơ kết 3 năm: 2 đơn vị chậm (Xã Bình An, Xã Đồng Thạnh)." in words


def test_the_summary_is_told_when_the_duties_are_done_before_the_mail_leaves(
    world: World, milestone: Milestone, busy_leader: User, traveller
) -> None:
    monday = datetime.date(2023, 6, 19)
    traveller.move_to(at(monday))
    plan_day(monday)
    hand_in(world, milestone, world.commune_b)
    deliver()
    (subject, words), _notice = told_to(busy_leader)
    assert subject == "Tiến độ sáng 19/6: 1 lượt chậm ở 1 mốc"
    assert "Sơ kết 3 năm: 1 đơn vị chậm (Xã Bình An)." in words


def test_a_summary_that_could_not_leave_on_monday_is_in_the_digest_of_tuesday(
    world: World, milestone: Milestone, busy_leader: User, traveller, monkeypatch
) -> None:
    monday = datetime.date(2023, 6, 19)
    traveller.move_to(at(monday))
    plan_day(monday)
    monkeypatch.setattr(mails, "get_connection", type("Away", (Refusing,), {"error": OSError("away")}))
    deliver()
    monkeypatch.undo()
    traveller.move_to(at(monday + DAY))
    plan_day(monday + DAY)
    deliver()
    (subject, words), *_notices = told_to(busy_leader)
    assert "báo cáo sơ kết 3 năm" in subject
    assert "Tiến độ sáng 20/6: 2 lượt chậm ở 1 mốc" in words


def test_a_leader_reads_on_which_earlier_days_the_officer_was_told(
    world: World, milestone: Milestone, traveller
) -> None:
    for day in (EIGHTH, datetime.date(2023, 6, 19)):
        traveller.move_to(at(day))
        foretold = {m.person.pk: m.text(day) for m in preview_of(world, day)}
        plan_day(day)
        deliver()
    (sent,) = [message for message in mail.outbox if message.to == [world.unit_leader.email]]
    assert "Đã nhắc ngày 8/6." in sent.body
    assert sent.body == foretold[world.unit_leader.pk]


def preview_of(world: World, day: datetime.date) -> list[PreviewedMessage]:
    found = preview(day, [world.commune_a.pk, world.commune_b.pk], [world.leader.pk])
    return found.messages(found.people)


def titles_of(world: World, day: datetime.date) -> dict[int, str]:
    return {message.person.pk: message.digest.title for message in preview_of(world, day)}


def test_the_preview_of_today_shows_a_mail_that_could_not_leave_yesterday(
    world: World, milestone: Milestone, monkeypatch, traveller
) -> None:
    plan_day(EIGHTH)
    monkeypatch.setattr(mails, "get_connection", type("Away", (Refusing,), {"error": OSError("away")}))
    deliver()
    monkeypatch.undo()
    assert titles_of(world, EIGHTH + DAY) == {}
    traveller.move_to(at(EIGHTH + DAY, datetime.time(6, 45)))
    foretold = {m.person.email: (m.digest.title, m.text(EIGHTH + DAY)) for m in preview_of(world, EIGHTH + DAY)}
    traveller.move_to(at(EIGHTH + DAY))
    plan_day(EIGHTH + DAY)
    deliver()
    assert len(mail.outbox) == 2
    assert {message.to[0]: (message.subject, message.body) for message in mail.outbox} == foretold


def test_the_evening_preview_of_tomorrow_shows_what_was_published_after_hours(
    world: World, milestone: Milestone, traveller
) -> None:
    plan_day(EIGHTH)
    deliver()
    traveller.move_to(at(EIGHTH, datetime.time(19, 0)))
    publish(world, programme=milestone.programme, short_title="Tuyên truyền", due=datetime.date(2023, 6, 14))
    foretold = titles_of(world, EIGHTH + DAY)
    mails_until(traveller, EIGHTH + DAY, EIGHTH + DAY)
    notices = digests(EIGHTH + DAY).filter(channel=Channel.IN_APP)
    assert foretold == dict(notices.values_list("recipient", "title"))
    assert set(foretold.values()) == {
        "Hạn 14/6: báo cáo tuyên truyền – xã Bình An",
        "Hạn 14/6: báo cáo tuyên truyền – xã Đồng Thạnh",
    }


def test_the_preview_leaves_out_what_a_newer_step_overtakes(
    world: World, milestone: Milestone, monkeypatch, traveller
) -> None:
    plan_day(EIGHTH)
    monkeypatch.setattr(mails, "get_connection", type("Away", (Refusing,), {"error": OSError("away")}))
    deliver()
    monkeypatch.undo()
    monday = datetime.date(2023, 6, 12)
    traveller.move_to(at(monday, datetime.time(6, 45)))
    found = preview(monday).rows[world.officer.pk]
    assert {row.offset for row in found} == {-3}


def test_a_summary_that_could_not_leave_is_in_the_preview_of_the_next_day(
    world: World, milestone: Milestone, traveller, monkeypatch
) -> None:
    monday = datetime.date(2023, 6, 19)
    traveller.move_to(at(monday))
    plan_day(monday)
    monkeypatch.setattr(mails, "get_connection", type("Away", (Refusing,), {"error": OSError("away")}))
    deliver()
    monkeypatch.undo()
    traveller.move_to(at(monday + DAY, datetime.time(6, 45)))
    assert titles_of(world, monday + DAY)[world.leader.pk] == "Tiến độ sáng 20/6: 2 lượt chậm ở 1 mốc"


# Addresses to correct


def failed_mail(world: World, milestone: Milestone, monkeypatch) -> None:
    plan_day(EIGHTH)
    refusal = smtplib.SMTPRecipientsRefused({"officer@thidua.example": (550, b"No such user")})
    monkeypatch.setattr(mails, "get_connection", type("No", (Refusing,), {"error": refusal}))
    deliver()
    monkeypatch.undo()


def addresses_to_correct(person: User) -> list[str]:
    return [item.title for item in desk_items(User.objects.get(pk=person.pk))]


def test_an_address_that_is_refused_is_a_task_for_the_office(world, milestone, monkeypatch) -> None:
    failed_mail(world, milestone, monkeypatch)
    (item,) = [item for item in desk_items(world.interior_head) if world.officer.full_name in item.title]
    assert (item.title, item.url) == (
        f"Sửa địa chỉ thư của {world.officer.full_name}",
        f"/quan-tri/tai-khoan/{world.officer.pk}/",
    )
    assert "officer@thidua.example bị từ chối" in item.note


def test_the_task_is_done_when_the_address_is_another(world, milestone, monkeypatch) -> None:
    failed_mail(world, milestone, monkeypatch)
    User.objects.update(email="")
    User.objects.filter(pk=world.officer.pk).update(email="moi@thidua.example")
    assert addresses_to_correct(world.interior_head) == []


def test_a_duty_whose_mail_failed_is_told_once_at_the_corrected_address(
    world: World, milestone: Milestone, monkeypatch, traveller
) -> None:
    failed_mail(world, milestone, monkeypatch)
    sent_before = len(mail.outbox)
    mails_until(traveller, EIGHTH, EIGHTH)
    assert (len(mail.outbox), plan(EIGHTH)) == (sent_before, 0)
    User.objects.filter(pk=world.officer.pk).update(email="moi@thidua.example")
    traveller.move_to(at(EIGHTH + DAY, datetime.time(6, 45)))
    foretold = titles_of(world, EIGHTH + DAY)
    mails_until(traveller, EIGHTH + DAY, datetime.date(2023, 6, 11))
    assert foretold == {world.officer.pk: "Hạn 15/6: báo cáo sơ kết 3 năm – xã Bình An"}
    assert [m.to for m in mail.outbox[sent_before:]] == [["moi@thidua.example"]]
    assert states(world) == [("sent", "")]


def test_a_duty_whose_mail_failed_at_a_second_address_waits_for_a_third(
    world: World, milestone: Milestone, monkeypatch, traveller
) -> None:
    failed_mail(world, milestone, monkeypatch)
    User.objects.filter(pk=world.officer.pk).update(email="moi@thidua.example")
    traveller.move_to(at(EIGHTH + DAY))
    refusal = smtplib.SMTPRecipientsRefused({"moi@thidua.example": (550, b"No such user")})
    monkeypatch.setattr(mails, "get_connection", type("No", (Refusing,), {"error": refusal}))
    for _run in range(2):
        plan_day(EIGHTH + DAY)
        deliver()
    assert (states(world)[0][0], plan(EIGHTH + DAY)) == ("failed", 0)


def test_what_failed_at_an_address_marked_as_wrong_is_not_told_again(
    world: World, milestone: Milestone, monkeypatch, traveller
) -> None:
    failed_mail(world, milestone, monkeypatch)
    User.objects.filter(pk=world.officer.pk).update(
        email="moi@thidua.example", address_fault="returned", address_fault_at=clock.now()
    )
    assert (plan(EIGHTH + DAY), states(world)[0][0]) == (0, "failed")


def test_the_task_is_done_when_a_later_mail_arrives(world, milestone, monkeypatch, traveller) -> None:
    failed_mail(world, milestone, monkeypatch)
    monday = datetime.date(2023, 6, 12)
    traveller.move_to(at(monday))
    plan_day(monday)
    deliver()
    assert [m.to for m in mail.outbox if m.to == ["officer@thidua.example"]]
    assert world.officer.full_name not in " ".join(addresses_to_correct(world.interior_head))


def test_many_failures_of_one_address_hide_no_other(world, milestone, monkeypatch) -> None:
    failed_mail(world, milestone, monkeypatch)
    failed = OutboxMessage.objects.get(recipient=world.officer, channel=Channel.EMAIL)
    again = {"channel": Channel.EMAIL, "status": Status.FAILED, "created_at": clock.now(), "not_before": clock.now()}
    for number in range(60):
        OutboxMessage.objects.create(
            subject_type="tin", subject_id=number, step="x", recipient=world.officer, sent_to=failed.sent_to, **again
        )
    other = world.other_officer
    OutboxMessage.objects.create(
        subject_type="tin", subject_id=1, step="x", recipient=other, sent_to=other.email, last_error="550", **again
    )
    head = User.objects.get(pk=world.interior_head.pk)
    assert head.access
    with CaptureQueriesContext(connection) as captured:
        items = desk_items(head)
    names = [f"Sửa địa chỉ thư của {person.full_name}" for person in (other, world.officer)]
    assert ([item.title for item in items], len(captured)) == (names, 1)


def test_nobody_of_another_district_or_without_the_rights_sees_the_task(world, milestone, monkeypatch) -> None:
    failed_mail(world, milestone, monkeypatch)
    assert [addresses_to_correct(world.people[who]) for who in ("reviewer", "officer", "leader")] == [[], [], []]
    far = UserFactory(home_unit=world.far_district, roles=[(Role.INTERIOR_HEAD, world.far_district)])
    assert addresses_to_correct(far) == []


def test_a_digest_carries_the_days_of_what_is_the_readers_own(world: World, milestone: Milestone) -> None:
    other = publish(world, programme=milestone.programme, short_title="Tuyên truyền", due=datetime.date(2023, 6, 22))
    plan_day(EIGHTH)
    hand_in(world, other)
    deliver()
    (sent,) = [m for m in mail.outbox if m.to == ["officer@thidua.example"]]
    (part,) = sent.attachments
    days = [event["DTSTART"].dt for event in Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")]
    assert days == [milestone.due]


def test_a_digest_of_others_lateness_carries_no_days(world: World, milestone: Milestone) -> None:
    reminders = [Reminder(tier=tier, subject_type="unit_task", subject_id=1) for tier in Tier.values if tier != "owner"]
    assert dates_of(reminders) == []
