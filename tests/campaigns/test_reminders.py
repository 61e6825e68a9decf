from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Iterator
from copy import copy
from zipfile import ZipFile

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.http import HttpResponse, QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.enums import TaskState
from campaigns.models import Milestone, Programme, ReminderException, UnitTask
from campaigns.owed import Progress, TaskSource, use_progress
from campaigns.selectors.reminder_grid import UnitLadder
from campaigns.selectors.reminders import ProofFilter, sheet_columns, sheet_rows
from core import clock
from core.audit.models import AuditEvent
from core.spreadsheets import defused
from models_registry.enums import State
from models_registry.models import Exemplar
from notifications.delivery import deliver
from notifications.models import OutboxMessage, Reminder, ReminderSettings, Tick
from notifications.owed import source_of
from notifications.ticking import plan_day
from organizations.enums import Role
from organizations.models import User
from tests.campaigns.inspection_makers import make_follow_up
from tests.campaigns.makers import publish, task_of
from tests.factories import ProgrammeFactory, UnitFactory, UserFactory, World, do_step, save

EIGHTH = datetime.date(2023, 6, 8)
PROOF, PREVIEW = "campaigns:reminder_proof", "campaigns:reminder_preview"
IS_OFF, IS_CLOSED = "Chương trình đang tắt nhắc hạn.", "Chương trình đã đóng."
Browse = Callable[[str], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _june(stand_on: Callable[[datetime.date], None]) -> Iterator[None]:
    stand_on(EIGHTH)
    with time_machine.travel("2026-06-05 12:00 +0700", tick=False):
        yield


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
    ladders = {ladder.unit: ladder.steps for ladder in ladders_of(browse, milestone)}
    assert {unit: [step.word for step in steps] for unit, steps in ladders.items()} == {
        "Xã Bình An": ["Không nhắc", "Không nhắc", "Đã gửi", *["Chưa tới ngày"] * 6],
        "Xã Đồng Thạnh": ["Không nhắc", "Không nhắc", "Đã gửi", *["Đã nộp"] * 6],
    }
    assert {step.why for step in ladders["Xã Đồng Thạnh"][:2]} == {"Nhiệm vụ giao sau ngày này."}


def ladders_of(browse: Browse, milestone: Milestone) -> list[UnitLadder]:
    """The ladders on the page, which are there only when it could be shown."""
    ladders: list[UnitLadder] = browse("reviewer").get(reverse(PROOF), {"moc": milestone.pk}).context["ladders"]
    return ladders


@pytest.mark.parametrize(
    ("closed", "on", "newest", "next_one"),
    [
        (False, True, ("Chờ lượt nhắc", ""), ("Chưa tới ngày", "")),
        (False, False, ("Không nhắc", IS_OFF), ("Chưa tới ngày", IS_OFF)),
        (True, True, ("Không nhắc", IS_CLOSED), ("Không nhắc", IS_CLOSED)),
    ],
)
def test_a_step_waits_for_a_run_only_while_runs_tell_of_it(
    world: World, browse: Browse, milestone: Milestone, closed: bool, on: bool, newest: tuple, next_one: tuple
) -> None:
    closing = {"closed_at": clock.now(), "closed_by": world.interior_head, "summary": "Đã xong."} if closed else {}
    Programme.objects.update(reminders_on=on, **closing)
    steps = ladders_of(browse, milestone)[0].steps
    assert [(step.word, step.why) for step in steps[2:4]] == [newest, next_one]


def test_what_was_told_under_an_earlier_date_stays(world: World, browse: Browse, milestone: Milestone) -> None:
    plan_day(EIGHTH)
    UnitTask.objects.filter(unit=world.commune_a).update(due=datetime.date(2023, 6, 22), is_extended=True)
    found = [
        (ladder.unit, f"{ladder.due:%d/%m}", ladder.in_force, [step.word for step in ladder.steps[:4]])
        for ladder in ladders_of(browse, milestone)
    ]
    assert found == [
        ("Xã Bình An", "15/06", False, ["Không nhắc", "Không nhắc", "Đã gửi", "Không nhắc"]),
        ("Xã Bình An", "22/06", True, ["Không nhắc", "Chờ lượt nhắc", "Chưa tới ngày", "Chưa tới ngày"]),
        ("Xã Đồng Thạnh", "15/06", True, ["Không nhắc", "Không nhắc", "Đã gửi", "Chưa tới ngày"]),
    ]
    assert "không còn áp dụng" in browse("reviewer").get(reverse(PROOF), {"moc": milestone.pk}).content.decode()


def test_a_step_that_was_told_and_left_the_ladder_keeps_its_column(world, browse, milestone: Milestone) -> None:
    plan_day(EIGHTH)
    Milestone.objects.update(ladder=[-3, 0])
    steps = ladders_of(browse, milestone)[0].steps
    assert [(step.words, step.word) for step in steps] == [
        ("Trước hạn 7 ngày", "Đã gửi"),
        ("Trước hạn 3 ngày", "Chưa tới ngày"),
        ("Đúng hạn", "Chưa tới ngày"),
    ]


# Proof of every kind of duty


@pytest.fixture
def of_every_kind(world: World, milestone: Milestone) -> dict[str, int]:
    """Subject type → key of what one commune or its office was reminded of on 8/6."""
    task = task_of(milestone, world.commune_a)
    found = {
        "unit_task": task.pk,
        "exemplar_return": world.exemplar(State.RETURNED).pk,
        "exemplar_review": world.exemplar(State.SUBMITTED).pk,
        "inspection_follow_up": make_follow_up(world).pk,
    }
    for kind, pk in found.items():
        tell(world, kind, pk)
    return found


def tell(world: World, kind: str, pk: int, **values: object) -> Reminder:
    given = {"unit": world.commune_a, "recipient": world.officer, "channel": "in_app", "tier": "owner", "due": EIGHTH}
    given |= {"offset": 0, "step": "2023-06-08:+0", "planned_for": EIGHTH, "planned_at": clock.now()}
    skipped = {"state": "skipped", "reason": "Đã xong trước khi gửi."}
    return Reminder.objects.create(subject_type=kind, subject_id=pk, **{**given, **skipped, **values})


def told_on(page: HttpResponse) -> dict[str, str]:
    return {row.kind: row.what for row in page.context["rows"]}


def test_the_proof_holds_every_kind_of_duty_by_name(world: World, browse: Browse, of_every_kind: dict) -> None:
    returned, review = (Exemplar.objects.get(pk=of_every_kind[f"exemplar_{name}"]) for name in ("return", "review"))
    assert told_on(browse("reviewer").get(reverse(PROOF))) == {
        "Nhiệm vụ theo kế hoạch": "Sơ kết 3 năm",
        "Hồ sơ cần bổ sung": f"{returned.number}, {returned.full_name}",
        "Hồ sơ chờ trả lời": f"{review.number}, {review.full_name}",
        "Kiến nghị sau kiểm tra": "Lập sổ theo dõi nhân rộng.",
    }
    other = {who: len(browse(who).get(reverse(PROOF)).context["rows"]) for who in ("leader", "other_reviewer")}
    assert other == {"leader": 4, "other_reviewer": 0}


@pytest.mark.parametrize("kind", ["unit_task", "exemplar_return", "exemplar_review", "inspection_follow_up"])
def test_the_filter_by_kind_narrows_rows_and_export_alike(world, browse, of_every_kind: dict, kind: str) -> None:
    client, label = browse("reviewer"), str(source_of(kind).label)
    assert list(told_on(client.get(reverse(PROOF), {"loai": kind}))) == [label]
    sheet = sheet_of(client.get(reverse("campaigns:reminder_export"), {"loai": kind}).content)
    others = {str(source_of(one).label) for one in of_every_kind if one != kind}
    assert (label in sheet, [one for one in others if one in sheet]) == (True, [])


def test_a_milestone_and_another_kind_have_nothing_in_common(world, browse, milestone, of_every_kind: dict) -> None:
    asked = {"moc": milestone.pk, "loai": "exemplar_return"}
    page = browse("reviewer").get(reverse(PROOF), asked)
    assert (list(page.context["rows"]), "Không có lời nhắc nào khớp" in page.content.decode()) == ([], True)


def test_nobody_reads_a_reminder_about_a_record_that_is_hidden_from_them(world, browse, of_every_kind: dict) -> None:
    review = Exemplar.objects.get(pk=of_every_kind["exemplar_review"])
    do_step("withdraw", review, world.officer)
    client = browse("reviewer")
    page, sheet = client.get(reverse(PROOF)), client.get(reverse("campaigns:reminder_export"))
    assert ("Hồ sơ chờ trả lời" in told_on(page), review.number in sheet_of(sheet.content)) == (False, False)


def test_the_name_is_the_one_that_was_sent_while_the_unit_changes_it(world, browse, of_every_kind: dict) -> None:
    returned = Exemplar.objects.get(pk=of_every_kind["exemplar_return"])
    sent = returned.full_name
    save(returned, world.officer, {"full_name": "Trần Thị Khác"})
    assert told_on(browse("reviewer").get(reverse(PROOF)))["Hồ sơ cần bổ sung"] == f"{returned.number}, {sent}"


def test_the_newest_stand_first_whatever_their_kind(world: World, browse: Browse, of_every_kind: dict) -> None:
    for number in range(1, 40):
        kind = list(of_every_kind)[number % 4]
        day = EIGHTH - number * datetime.timedelta(days=1)
        tell(world, kind, of_every_kind[kind], planned_for=day, step=f"{day}:+0")
    pages = [browse("reviewer").get(reverse(PROOF), {"trang": n}).context["rows"] for n in (1, 2)]
    days = [row.reminder.planned_for for rows in pages for row in rows]
    assert (len(days), days, len({row.reminder.pk for rows in pages for row in rows})) == (
        43,
        sorted(days, reverse=True),
        43,
    )


@pytest.mark.parametrize("count", [1, 3, 500])
def test_every_kind_costs_the_same_at_every_size(world, browse, of_every_kind: dict, count: int) -> None:
    client, first = browse("reviewer"), Reminder.objects.order_by("pk")
    client.get(reverse("reports:desk"))
    Reminder.objects.bulk_create([copy_of(row, number) for number in range(1, count) for row in first])
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse(PROOF))
    assert len(captured) == 16


def copy_of(row: Reminder, number: int) -> Reminder:
    copied = copy(row)
    copied.pk, copied.step = None, f"2023-06-08:+{number}"
    return copied


def test_the_sheet_says_kind_reason_and_time(world: World, browse: Browse, milestone: Milestone) -> None:
    plan_day(EIGHTH)
    Reminder.objects.filter(unit=world.commune_b).delete()
    deliver(even_quiet=True)
    wanted = ProofFilter(QueryDict(f"moc={milestone.pk}"), world.reviewer)
    names = [name for name, _width in sheet_columns()]
    rows = {row["Cách gửi"]: row for row in (dict(zip(names, row, strict=True)) for row in sheet_rows(wanted))}
    mail, notice = rows["Thư điện tử"], rows["Trên cổng"]
    assert mail["Lúc gửi"].endswith(" 8/6/2023 tới officer@thidua.example")
    assert {name: notice[name] for name in ("Loại việc", "Việc", "Hạn", "Kết quả", "Lý do", "Lúc gửi")} == {
        "Loại việc": "Nhiệm vụ theo kế hoạch",
        "Việc": "Sơ kết 3 năm",
        "Hạn": datetime.date(2023, 6, 15),
        "Kết quả": "Đã gửi",
        "Lý do": "",
        "Lúc gửi": "Hiện trên cổng, chưa đọc",
    }


@pytest.mark.parametrize(("most", "cut"), [(3, True), (4, False), (5, False)])
def test_a_sheet_that_is_cut_says_so_in_its_last_row(world, of_every_kind, monkeypatch, most: int, cut: bool) -> None:
    monkeypatch.setattr("campaigns.selectors.reminders.MOST_ROWS", most)
    monkeypatch.setattr("campaigns.selectors.reminders.CHUNK", 2)
    rows = list(sheet_rows(ProofFilter(QueryDict(), world.reviewer)))
    said = [row[0] for row in rows if len(row) == 1]
    assert len(rows) == (4 if most > 3 else most + 1)
    words = "Bảng chỉ ghi 3 lời nhắc mới nhất, còn lời nhắc cũ hơn chưa ghi. "
    words += "Lọc theo mốc, đơn vị hoặc loại việc rồi tải lại để có đủ."
    assert (said, len(rows[-1]) == 1) == ([words] if cut else [], cut)


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


def test_before_the_first_run_nothing_is_late(world: World, browse: Browse) -> None:
    page = browse("leader").get(reverse(PROOF)).content.decode()
    assert ("Trễ: bộ hẹn giờ" in page, "Lượt đầu chạy trong 5 phút sau khi máy chủ khởi động" in page) == (False, True)


@pytest.mark.parametrize(("name", "asked", "queries"), [(PROOF, False, 13), (PROOF, True, 17), (PREVIEW, False, 31)])
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


def test_a_preview_of_what_is_off_costs_the_same_for_many_units(
    world: World, browse: Browse, milestone: Milestone
) -> None:
    Programme.objects.update(reminders_on=False)
    client = browse("reviewer")
    client.get(reverse("reports:desk"))

    def cost(published: Milestone) -> tuple[int, int]:
        Milestone.objects.exclude(pk=published.pk).update(published_at=None, published_by=None)
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(reverse(PREVIEW))
        return len(captured), answer.context["off_page"].paginator.count

    few = cost(milestone)
    many(world, 60)
    assert (few, cost(publish(world, programme=milestone.programme))) == ((31, 2), (31, 62))


# Preview

BOTH = ["Hạn 15/6: báo cáo sơ kết 3 năm – xã Bình An", "Hạn 15/6: báo cáo sơ kết 3 năm – xã Đồng Thạnh"]


def titles(answer, name: str = "messages_of_day") -> list[str]:
    return [message.digest.title for message in answer.context[name]]


def test_what_is_switched_off_stands_apart_and_can_be_read(world: World, browse: Browse, milestone: Milestone) -> None:
    Programme.objects.update(reminders_on=False)
    client = browse("interior_head")
    answer = client.get(reverse(PREVIEW), {"ngay": "12/6/2023"})
    page = answer.content.decode()
    assert (titles(answer), titles(answer, "messages_if_on")) == ([], BOTH)
    assert "Khi Trưởng phòng bật hết, 2 người nhận các thư sau." in page
    assert ("chương trình đang tắt nhắc hạn" in page, "mọi việc đã xong" in page) == (True, False)
    url = reverse("campaigns:reminder_message", args=[world.officer.pk])
    assert f'href="{url}?ngay=12/6/2023&amp;neu-bat=1"' in page
    asked = {"ngay": "12/6/2023"}
    assert (client.get(url, asked).status_code, client.get(url, asked | {"neu-bat": "1"}).status_code) == (404, 200)


def switched_off_clone(world: World, due: datetime.date = datetime.date(2023, 6, 19)) -> Milestone:
    programme = ProgrammeFactory(unit=world.district, reminders_on=False)
    return publish(world, programme=programme, short_title="Tuyên truyền", due=due)


def test_a_clone_that_is_off_is_in_no_mail_of_the_day(world: World, browse: Browse, milestone: Milestone) -> None:
    switched_off_clone(world)
    answer = browse("interior_head").get(reverse(PREVIEW), {"ngay": "12/6/2023"})
    assert titles(answer) == BOTH
    assert titles(answer, "messages_if_on") == ["Việc cần làm sáng 12/6: 2 sắp đến hạn"] * 2
    plan_day(datetime.date(2023, 6, 12))
    sent = OutboxMessage.objects.filter(subject_type="digest", channel="in_app")
    assert sorted(sent.values_list("title", flat=True)) == BOTH


def test_what_goes_whatever_the_switch_is_in_the_mails_of_the_day(
    world: World, browse: Browse, milestone: Milestone
) -> None:
    Programme.objects.update(reminders_on=False)
    record = world.exemplar(State.RETURNED)
    Exemplar.objects.filter(pk=record.pk).update(return_due=datetime.date(2023, 6, 13))
    answer = browse("interior_head").get(reverse(PREVIEW), {"ngay": "12/6/2023"})
    assert titles(answer) == [f"Hạn 13/6: bổ sung hồ sơ {record.full_name} – xã Bình An"]
    assert len(titles(answer, "messages_if_on")) == 2


def test_a_day_on_which_everything_is_excepted_says_so(world: World, browse: Browse, milestone: Milestone) -> None:
    for unit in (world.commune_a, world.commune_b):
        ReminderException.objects.create(
            milestone=milestone, unit=unit, reason="Đã nộp.", made_by=world.interior_head, made_at=clock.now()
        )
    page = browse("interior_head").get(reverse(PREVIEW), {"ngay": "12/6/2023"}).content.decode()
    assert "2 việc không nhắc vì đơn vị được miễn nhắc" in page
    assert "mọi việc đã xong" not in page


def test_the_preview_of_tomorrow_tells_what_waits_for_it(world: World, browse: Browse, milestone: Milestone) -> None:
    """Published after the digest of the day had left: its mail waits for the next working day."""
    plan_day(EIGHTH)
    deliver(even_quiet=True)
    publish(world, programme=milestone.programme, short_title="Tuyên truyền", due=datetime.date(2023, 6, 9))
    plan_day(EIGHTH)
    client = browse("interior_head")
    assert titles(client.get(reverse(PREVIEW), {"ngay": "9/6/2023"})) == [
        "Hạn hôm nay, 9/6: báo cáo tuyên truyền – xã Bình An",
        "Hạn hôm nay, 9/6: báo cáo tuyên truyền – xã Đồng Thạnh",
    ]
    later = titles(client.get(reverse(PREVIEW), {"ngay": "12/6/2023"}))
    assert not any("9/6" in title for title in later)


def test_the_preview_words_every_message_of_a_day_and_writes_nothing(
    world: World, browse: Browse, milestone: Milestone
) -> None:
    answer = browse("interior_head").get(reverse(PREVIEW), {"ngay": "12/6/2023"})
    assert (titles(answer), titles(answer, "messages_if_on")) == (BOTH, [])
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


def previewed(client: Client, **asked: str) -> dict[str, object]:
    """The day that the preview shows, the titles of its messages, and whether it is off."""
    context = client.get(reverse(PREVIEW), asked).context
    titles = [message.digest.title for message in context["messages_of_day"]]
    return {"day": context["day"], "titles": titles, "off": context["is_day_off"]}


@pytest.mark.parametrize("typed", ["32/6/2023", "abc", "29/2/2023", "=1+1"])
def test_a_day_that_cannot_be_read_shows_today_and_says_why(
    world: World, browse: Browse, milestone: Milestone, typed: str
) -> None:
    client = browse("reviewer")
    today = previewed(client)
    assert (previewed(client, ngay=typed), len(today["titles"])) == (today, 2)
    assert client.get(reverse(PREVIEW), {"ngay": typed}).context["fault"] != ""


def test_a_day_off_sends_nothing(world: World, browse: Browse, milestone: Milestone) -> None:
    found = previewed(browse("reviewer"), ngay="10/6/2023")
    assert found == {"day": datetime.date(2023, 6, 10), "titles": [], "off": True}


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
    record = world.exemplar(State.SUBMITTED)
    Exemplar.objects.filter(pk=record.pk).update(review_due=EIGHTH)
    UnitTask.objects.filter(milestone=switched_off_clone(world), unit=world.commune_a).update(due=EIGHTH)
    url = reverse("campaigns:reminder_switch", args=[milestone.programme_id])
    client = browse("interior_head")
    assert "2 người sẽ nhận một thư" in client.get(url).content.decode()
    mine = Programme.objects.filter(pk=milestone.programme_id)
    assert mine.get().reminders_on is False
    client.post(url, {"bat": "1"})
    assert mine.get().reminders_on is True
    client.post(url, {"bat": "0"})
    assert mine.get().reminders_on is False
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


def test_the_command_prints_what_the_leaders_read_on_a_monday(world: World, milestone: Milestone) -> None:
    printed = said("--date", "2023-06-19", "--dry-run")
    assert f"{world.leader.full_name} <leader@thidua.example>: Tiến độ sáng 19/6: 2 lượt chậm ở 1 mốc\n" in printed


def test_the_command_prints_nothing_of_what_is_off(world: World, milestone: Milestone) -> None:
    Programme.objects.update(reminders_on=False)
    assert said("--date", "2023-06-12", "--dry-run") == "12/6/2023: 0 người sẽ được nhắc.\n"


def test_the_command_rests_on_days_off(world: World, milestone: Milestone) -> None:
    assert said("--date", "2023-06-10") == "10/6/2023 là ngày nghỉ: không gửi lời nhắc nào.\n"


def test_a_day_that_is_past_is_not_planned_by_hand(world: World, milestone: Milestone) -> None:
    with pytest.raises(CommandError, match="2/6/2023 đã qua"):
        said("--date", "2023-06-02")
    assert not Reminder.objects.exists()


def test_planning_an_earlier_day_does_not_set_the_clock_of_the_engine_back(world: World, milestone: Milestone) -> None:
    for day in (datetime.date(2023, 6, 5), datetime.date(2023, 6, 2)):
        plan_day(day)
    assert Tick.objects.current().first_untold(datetime.date(2023, 6, 6)) == datetime.date(2023, 6, 6)
