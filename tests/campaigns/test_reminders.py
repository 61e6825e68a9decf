from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from zipfile import ZipFile

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.enums import TaskState
from campaigns.models import Milestone, Programme, UnitTask
from campaigns.owed import Progress, TaskSource, use_progress
from core import clock
from core.audit.models import AuditEvent
from core.spreadsheets import defused
from notifications.delivery import deliver
from notifications.models import OutboxMessage, Reminder, ReminderSettings, Tick
from notifications.ticking import plan_day
from organizations.enums import Role
from organizations.models import User
from tests.campaigns.makers import publish, task_of
from tests.factories import ProgrammeFactory, UnitFactory, UserFactory, World

EIGHTH = datetime.date(2023, 6, 8)
PROOF, PREVIEW = "campaigns:reminder_proof", "campaigns:reminder_preview"
Browse = Callable[[str], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _june(stand_on: Callable[[datetime.date], None]) -> None:
    stand_on(EIGHTH)


@pytest.fixture
def milestone(world: World) -> Milestone:
    return publish(world, programme=ProgrammeFactory(unit=world.district, reminders_on=True))


def many(world: World, count: int) -> None:
    for number in range(count):
        unit = UnitFactory(parent=world.district, name=f"Xã thứ {number:03}")
        UserFactory(home_unit=unit, roles=[(Role.OFFICER, unit)])


# Words


def test_the_line_of_a_task_says_what_is_owed_and_what_is_missing(world: World, milestone: Milestone) -> None:
    task = task_of(milestone, world.commune_a)
    line = TaskSource().lines([task.pk])[task.pk]
    assert (line.title, line.short, line.unit_name, line.due) == (
        "Nộp báo cáo sơ kết 3 năm",
        "báo cáo sơ kết 3 năm",
        "xã Bình An",
        datetime.date(2023, 6, 15),
    )
    assert (line.missing, line.plan) == ("(1) nội dung báo cáo", "Kế hoạch 197/KH-UBND")


@pytest.mark.parametrize(
    ("short", "words"),
    [
        ("KH tuyên truyền 2023", "kế hoạch tuyên truyền 2023"),
        ("BC tuyên truyền 2023", "báo cáo tuyên truyền 2023"),
        ("Đăng ký 2023", "đăng ký 2023"),
        ("Sơ kết 3 năm", "báo cáo sơ kết 3 năm"),
        ("MTTQ giám sát", "báo cáo MTTQ giám sát"),
    ],
)
def test_a_duty_is_named_as_inside_a_sentence(world: World, short: str, words: str) -> None:
    milestone = publish(world, programme=ProgrammeFactory(unit=world.district), short_title=short)
    task = task_of(milestone, world.commune_a)
    assert TaskSource().lines([task.pk])[task.pk].short == words


def test_the_reports_say_how_far_they_are(world: World, milestone: Milestone, monkeypatch) -> None:
    monkeypatch.setattr("campaigns.owed._progress", [])
    task = task_of(milestone, world.commune_a)
    use_progress(lambda ids: {task.pk: Progress("Hiện đã có 2 trong 5 mục.", "bài học kinh nghiệm")})
    line = TaskSource().lines([task.pk])[task.pk]
    assert (line.note, line.missing) == ("Hiện đã có 2 trong 5 mục.", "bài học kinh nghiệm")


# Proof


def test_the_proof_shows_what_was_sent_and_what_was_left_out_and_why(
    world: World, browse: Browse, milestone: Milestone
) -> None:
    User.objects.filter(pk=world.officer.pk).update(email="")
    plan_day(EIGHTH)
    deliver(even_quiet=True)
    page = browse("reviewer").get(reverse(PROOF)).content.decode()
    assert "Tài khoản chưa có địa chỉ thư dùng được." in page
    assert "tới other_officer@thidua.example" in page
    assert "Trước hạn 7 ngày" in page


def test_the_ladders_of_a_milestone_show_every_step(world: World, browse: Browse, milestone: Milestone) -> None:
    plan_day(EIGHTH)
    UnitTask.objects.filter(unit=world.commune_b).update(
        state=TaskState.SUBMITTED,
        submitted_at=clock.now(),
        submitted_by=world.other_officer,
        first_submitted_on=EIGHTH,
    )
    answer = browse("reviewer").get(reverse(PROOF), {"moc": milestone.pk})
    ladders = {ladder.unit: [step.word for step in ladder.steps] for ladder in answer.context["ladders"]}
    ahead = ["Chưa tới ngày"] * 6
    assert ladders == {
        "Xã Bình An": ["Không nhắc", "Không nhắc", "Đã gửi", *ahead],
        "Xã Đồng Thạnh": ["Đã nộp", "Đã nộp", "Đã gửi", *["Đã nộp"] * 6],
    }


@pytest.mark.parametrize("who", ["reviewer", "interior_head", "leader"])
def test_the_proof_of_another_district_is_empty(world: World, browse: Browse, milestone: Milestone, who: str) -> None:
    plan_day(EIGHTH)
    found = {name: len(browse(name).get(reverse(PROOF)).context["rows"]) for name in (who, f"other_{who}")
             if name in world.people}  # fmt: skip
    assert found == {who: 4} | {f"other_{who}": 0 for _once in [1] if f"other_{who}" in world.people}


def test_the_filter_narrows_rows_and_export_alike(world: World, browse: Browse, milestone: Milestone) -> None:
    plan_day(EIGHTH)
    asked = {"moc": milestone.pk, "don-vi": world.commune_a.pk, "ket-qua": "planned"}
    client = browse("reviewer")
    rows = client.get(reverse(PROOF), asked).context["rows"]
    assert [(row.reminder.unit.name, row.word) for row in rows] == [("Xã Bình An", "Chờ gửi")]
    sheet = sheet_of(client.get(reverse("campaigns:reminder_export"), asked).content)
    assert ("Xã Bình An" in sheet, "Xã Đồng Thạnh" in sheet) == (True, False)


def sheet_of(content: bytes) -> str:
    with ZipFile(io.BytesIO(content)) as book:
        return book.read("xl/worksheets/sheet1.xml").decode()


@pytest.mark.parametrize("text", ["=1+1", "+84", "-3", "@x", "\tx"])
def test_cells_that_a_program_would_run_are_defused(text: str) -> None:
    assert (defused(text), defused(f"a{text}")) == (f"'{text}", f"a{text}")


@pytest.mark.parametrize(("late", "told"), [(5, False), (13, True)])
def test_a_run_that_is_late_shows_in_red(world: World, browse: Browse, late: int, told: bool) -> None:
    Tick.objects.create(pk=1, at=clock.wall_now() - datetime.timedelta(minutes=late), day=EIGHTH)
    page = browse("leader").get(reverse(PROOF)).content.decode()
    assert ("Trễ: bộ hẹn giờ không chạy" in page) is told


@pytest.mark.parametrize(("name", "asked", "queries"), [(PROOF, False, 12), (PROOF, True, 16), (PREVIEW, False, 23)])
def test_the_pages_cost_the_same_for_many_units(
    world: World, browse: Browse, milestone: Milestone, name: str, asked: bool, queries: int
) -> None:
    client = browse("reviewer")
    client.get(reverse("reports:desk"))

    def cost(published: Milestone) -> int:
        Milestone.objects.exclude(pk=published.pk).update(published_at=None, published_by=None)
        plan_day(EIGHTH)
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse(name), {"moc": published.pk} if asked else {})
        return len(captured)

    few = cost(milestone)
    many(world, 60)
    assert (few, cost(publish(world, programme=milestone.programme))) == (queries, queries)


# Preview


def test_the_preview_words_every_message_of_a_day_and_writes_nothing(
    world: World, browse: Browse, milestone: Milestone
) -> None:
    Programme.objects.update(reminders_on=False)
    answer = browse("interior_head").get(reverse(PREVIEW), {"ngay": "12/6/2023"})
    assert [m.digest.title for m in answer.context["messages_of_day"]] == [
        "Hạn 15/6: báo cáo sơ kết 3 năm – xã Bình An",
        "Hạn 15/6: báo cáo sơ kết 3 năm – xã Đồng Thạnh",
    ]
    assert "Nhắc hạn đang tắt" in answer.content.decode()
    assert (Reminder.objects.count(), OutboxMessage.objects.count()) == (0, 0)


def test_a_previewed_message_is_the_mail_that_is_sent(
    world: World, browse: Browse, milestone: Milestone, mailoutbox
) -> None:
    url = reverse("campaigns:reminder_message", args=[world.officer.pk])
    contexts = browse("reviewer").get(url, {"ngay": "8/6/2023"}).context
    seen = next(context for context in contexts if "back_url" in context)
    plan_day(EIGHTH)
    deliver(even_quiet=True)
    (mail,) = [m for m in mailoutbox if m.to == [world.officer.email]]
    assert (seen["message"].digest.title, seen["text"]) == (mail.subject, mail.body)


def test_a_message_of_another_district_does_not_exist(world: World, browse: Browse, milestone: Milestone) -> None:
    url = reverse("campaigns:reminder_message", args=[world.officer.pk])
    found = [browse(who).get(url).status_code for who in ("reviewer", "leader", "other_reviewer", "officer")]
    assert found == [200, 200, 404, 403]


@pytest.mark.parametrize("typed", ["32/6/2023", "abc", "10/6/2023", "29/2/2023", "=1+1"])
def test_a_day_that_cannot_be_read_or_is_off_is_no_error(world: World, browse: Browse, typed: str) -> None:
    assert browse("reviewer").get(reverse(PREVIEW), {"ngay": typed}).status_code == 200


def test_the_preview_of_a_monday_shows_the_summary_of_the_leaders(
    world: World, browse: Browse, milestone: Milestone
) -> None:
    answer = browse("interior_head").get(reverse(PREVIEW), {"ngay": "19/6/2023"})
    summary = answer.context["messages_of_day"][0]
    assert (summary.person, summary.digest.title) == (world.leader, "Tiến độ sáng 19/6: 2 lượt chậm ở 1 mốc")
    url = reverse("campaigns:reminder_message", args=[world.leader.pk])
    page = browse("interior_head").get(url, {"ngay": "19/6/2023"}).content.decode()
    assert "Sơ kết 3 năm: 2 đơn vị chậm" in page


# Switch and hours


def test_the_head_switches_reminders_after_a_page_that_says_what_it_means(
    world: World, browse: Browse, milestone: Milestone
) -> None:
    Programme.objects.update(reminders_on=False)
    url = reverse("campaigns:reminder_switch", args=[milestone.programme_id])
    client = browse("interior_head")
    assert "2 người sẽ nhận một thư" in client.get(url).content.decode()
    assert Programme.objects.get().reminders_on is False
    client.post(url, {"bat": "1"})
    assert Programme.objects.get().reminders_on is True
    client.post(url, {"bat": "0"})
    assert Programme.objects.get().reminders_on is False
    switched = AuditEvent.objects.filter(kind="setting", action__startswith="reminders.").order_by("number")
    assert list(switched.values_list("action", flat=True)) == ["reminders.on", "reminders.off"]


@pytest.mark.parametrize(
    ("who", "status"), [("reviewer", 403), ("leader", 403), ("other_interior_head", 404), ("interior_head", 302)]
)
def test_nobody_but_the_head_of_the_district_switches(world, browse, milestone, who: str, status: int) -> None:
    url = reverse("campaigns:reminder_switch", args=[milestone.programme_id])
    assert browse(who).post(url, {"bat": "0"}).status_code == status
    assert Programme.objects.get().reminders_on is (status != 302)


def test_the_head_sets_the_hours(world: World, browse: Browse) -> None:
    asked = {"digest_at": "07:30", "quiet_from": "17:00", "quiet_to": "07:00"}
    browse("interior_head").post(reverse("campaigns:reminder_hours"), asked)
    stored = ReminderSettings.objects.get()
    assert (stored.digest_at, stored.quiet_from, stored.mail_on) == (datetime.time(7, 30), datetime.time(17), False)


def test_an_hour_within_the_quiet_ones_is_refused_with_words(world: World, browse: Browse) -> None:
    asked = {"digest_at": "05:00", "quiet_from": "17:00", "quiet_to": "07:00"}
    page = browse("interior_head").post(reverse("campaigns:reminder_hours"), asked).content.decode()
    assert ("Giờ gửi phải nằm ngoài giờ yên lặng." in page, ReminderSettings.objects.count()) == (True, 0)


# Command


def said(*words: str) -> str:
    out = io.StringIO()
    call_command("send_reminders", *words, stdout=out)
    return out.getvalue()


def test_the_command_prints_and_changes_nothing(world: World, milestone: Milestone) -> None:
    assert said("--date", "2023-06-12", "--dry-run") == (
        f"{world.officer.full_name} <officer@thidua.example>: Hạn 15/6: báo cáo sơ kết 3 năm – xã Bình An\n"
        f"{world.other_officer.full_name} <other_officer@thidua.example>: "
        "Hạn 15/6: báo cáo sơ kết 3 năm – xã Đồng Thạnh\n"
        "12/6/2023: 2 người sẽ được nhắc.\n"
    )
    assert (Reminder.objects.count(), OutboxMessage.objects.count()) == (0, 0)


def test_the_command_plans_and_sends_once(world: World, milestone: Milestone, mailoutbox) -> None:
    assert said("--date", "2023-06-12") == ("12/6/2023: 4 lời nhắc mới, 2 thư đã gửi, 0 lời nhắc không gửi được.\n")
    assert said("--date", "2023-06-12") == ("12/6/2023: 0 lời nhắc mới, 0 thư đã gửi, 0 lời nhắc không gửi được.\n")
    assert len(mailoutbox) == 2


def test_the_command_rests_on_days_off(world: World, milestone: Milestone) -> None:
    assert said("--date", "2023-06-10") == "10/6/2023 là ngày nghỉ: không gửi lời nhắc nào.\n"
