from __future__ import annotations

import datetime
import threading
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from core import clock
from models_registry.enums import State
from notifications import delivery, kinds, news
from notifications.enums import NoticeKind, Rhythm
from notifications.kinds import kind_of, register_kinds
from notifications.models import OutboxMessage, Preference
from notifications.news import post_digests
from notifications.preferences import choose_rhythms, first_digest, rhythms_of
from notifications.services import Letter, Owed, cancel, post, post_all
from notifications.waiting import LINES, take_news
from organizations.models import User
from tests.factories import UserFactory, World

FRIDAY = datetime.date(2026, 6, 5)
MONDAY = FRIDAY + datetime.timedelta(days=3)
LETTER = Letter("Hướng dẫn mới: lập hồ sơ", "Phòng Nội vụ ban hành hướng dẫn.", "/thong-bao/")


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_registered", dict(kinds._registered))
    register_kinds("tin", {"": NoticeKind.NEWS, "xin": NoticeKind.REQUEST})


@pytest.fixture
def _on_friday() -> Any:
    with time_machine.travel(f"{FRIDAY} 10:00 +0700", tick=False):
        yield


@pytest.fixture
def person(db: None) -> User:
    return UserFactory(username="canbo", email="canbo@thidua.example")


def tell(*people: User, pk: int = 1, subject: str = "tin", step: str = "publish", **more: Any) -> None:
    post(subject_type=subject, subject_id=pk, step=step, recipients=people, letter=LETTER, **more)


def choose(person: User, rhythm: str, kind: str = "news") -> None:
    choose_rhythms(user=person, rhythms={kind: rhythm})


def mails(**which: Any) -> list[tuple[str, str]]:
    rows = OutboxMessage.objects.filter(channel="email", **which).order_by("pk")
    return list(rows.values_list("subject_type", "status"))


# Kinds


def test_what_nobody_named_is_a_duty() -> None:
    assert (kind_of("chua-biet", "x:1").code, kind_of("exemplar", "return:7").code) == ("duty", "duty")


def test_steps_are_told_apart_by_their_name() -> None:
    found = [kind_of("tin", step).code for step in ("xin:1", "xin", "xinh:1", "khac")]
    assert found == ["request", "request", "news", "news"]


@pytest.mark.parametrize(
    ("subject", "step", "kind"),
    [
        ("exemplar", "submit:1", "duty"),
        ("exemplar", "late:2023-06-05", "duty"),
        ("exemplar", "recognise:1", "decision"),
        ("confirmation", "asked", "request"),
        ("change_request", "declined", "decision"),
        ("task_extension", "ask", "request"),
        ("guidance", "publish", "news"),
        ("guidance", "remind:2023-06-05", "news"),
        ("visit", "announce", "duty"),
        ("visit", "postpone:1", "duty"),
        ("visit", "send:1", "decision"),
        ("inspection_step", "report:1", "duty"),
        ("inspection_step", "return:1", "duty"),
        ("inspection_step", "close:1", "decision"),
        ("inspection_step", "cancel:1", "decision"),
        ("digest", "duties", "duty"),
        ("audit-digest", "daily", "duty"),
    ],
)
def test_letters_of_the_apps_have_their_kinds(subject: str, step: str, kind: str) -> None:
    assert kind_of(subject, step).code == kind


def test_rows_carry_the_kind_of_their_letter(world: World) -> None:
    world.exemplar(State.RECOGNISED)
    found = set(OutboxMessage.objects.values_list("step", "kind"))
    assert {(step.partition(":")[0], kind) for step, kind in found} == {("submit", "duty"), ("recognise", "decision")}


# What is written


@pytest.mark.parametrize(
    ("rhythm", "status"), [("at_once", "pending"), ("daily", "waiting"), ("weekly", "waiting"), ("portal", None)]
)
def test_a_letter_follows_what_its_reader_chose(person: User, rhythm: str, status: str | None) -> None:
    choose(person, rhythm)
    tell(person)
    rows = dict(OutboxMessage.objects.values_list("channel", "status"))
    assert rows == {"in_app": "pending"} | ({"email": status} if status else {})


def test_news_wait_for_the_daily_digest_unless_something_else_was_chosen(person: User) -> None:
    assert rhythms_of(person) == {
        "duty": Rhythm.AT_ONCE,
        "decision": Rhythm.AT_ONCE,
        "request": Rhythm.AT_ONCE,
        "news": Rhythm.DAILY,
    }


def test_a_duty_leaves_at_once_whatever_was_chosen(person: User) -> None:
    for kind in ("decision", "request", "news"):
        choose(person, "portal", kind)
    tell(person, subject="chua-biet")
    assert mails() == [("chua-biet", "pending")]
    with pytest.raises(ValueError, match="no choice"):
        choose(person, "portal", "duty")


def test_each_reader_of_one_letter_gets_it_as_chosen(db: None) -> None:
    people = {rhythm: UserFactory(username=rhythm) for rhythm in Rhythm.values}
    for rhythm, someone in people.items():
        choose(someone, rhythm)
    tell(*people.values())
    rows = OutboxMessage.objects.filter(channel="email")
    assert dict(rows.values_list("recipient__username", "status")) == {
        "at_once": "pending",
        "daily": "waiting",
        "weekly": "waiting",
    }


@pytest.mark.parametrize("count", [1, 3, 60])
def test_choices_are_read_with_one_query_whatever_the_number(db: None, count: int) -> None:
    people = [UserFactory(username=f"n{n}") for n in range(count)]
    letters = [Owed("tin", n, "publish", tuple(people), LETTER) for n in range(3)]
    with CaptureQueriesContext(connection) as queries:
        post_all(letters)
    assert len([q for q in queries if "preference" in q["sql"]]) == 1


def test_duties_alone_ask_for_no_choices(person: User) -> None:
    with CaptureQueriesContext(connection) as queries:
        tell(person, subject="chua-biet")
    assert [q for q in queries if "preference" in q["sql"]] == []


def test_a_letter_that_waits_can_be_taken_back(person: User) -> None:
    tell(person)
    assert cancel(subject_type="tin", subject_id=1) == 2
    assert mails() == [("tin", "skipped")]


def test_what_waits_is_not_sent_by_itself(person: User) -> None:
    tell(person)
    assert (delivery.deliver(), mails()) == (0, [("tin", "waiting")])


# Days


@pytest.mark.parametrize(
    ("rhythm", "written", "first"),
    [
        (Rhythm.DAILY, "2026-06-05", "2026-06-06"),
        (Rhythm.WEEKLY, "2026-06-05", "2026-06-08"),
        (Rhythm.WEEKLY, "2026-06-07", "2026-06-08"),
        (Rhythm.WEEKLY, "2026-06-08", "2026-06-15"),
        (Rhythm.AT_ONCE, "2026-06-05", None),
        (Rhythm.PORTAL, "2026-06-05", None),
    ],
)
def test_the_first_digest_of_a_letter(rhythm: Rhythm, written: str, first: str | None) -> None:
    day = first_digest(rhythm, datetime.date.fromisoformat(written))
    assert day == (datetime.date.fromisoformat(first) if first else None)


# Digests


@pytest.mark.usefixtures("_on_friday")
def test_a_digest_gathers_what_waits_and_is_sent_by_the_outbox(person: User) -> None:
    tell(person, pk=1)
    tell(person, pk=2)
    with time_machine.travel(f"{MONDAY} 07:30 +0700", tick=False):
        assert (post_digests(), delivery.deliver()) == (1, 1)
    assert mails() == [("tin", "gathered"), ("tin", "gathered"), ("news_digest", "sent")]
    (sent,) = mail.outbox
    assert sent.subject == "2 tin mới trên cổng"
    assert sent.body.count(LETTER.title) == 2
    assert "Mở trên cổng:" in sent.body


@pytest.mark.usefixtures("_on_friday")
def test_no_digest_leaves_on_the_day_of_the_letter_or_on_a_day_off(person: User) -> None:
    tell(person)
    saturday = FRIDAY + datetime.timedelta(days=1)
    assert [post_digests(FRIDAY), post_digests(saturday), post_digests(MONDAY)] == [0, 0, 1]


@pytest.mark.usefixtures("_on_friday")
def test_a_weekly_letter_waits_for_monday_and_goes_later_when_monday_was_missed(person: User) -> None:
    choose(person, "weekly")
    tell(person)
    thursday = FRIDAY - datetime.timedelta(days=1)
    assert [post_digests(thursday), post_digests(MONDAY + datetime.timedelta(days=1))] == [0, 1]


@pytest.mark.usefixtures("_on_friday")
def test_one_digest_a_person_and_day_and_what_comes_later_waits(person: User) -> None:
    tell(person, pk=1)
    assert [post_digests(MONDAY), post_digests(MONDAY)] == [1, 0]
    tell(person, pk=2)
    OutboxMessage.objects.filter(subject_id=2).update(gather_from=MONDAY)
    assert (post_digests(MONDAY), mails(subject_id=2)) == (0, [("tin", "waiting")])
    assert post_digests(MONDAY + datetime.timedelta(days=1)) == 1


@pytest.mark.usefixtures("_on_friday")
def test_what_is_no_longer_owed_is_left_out(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(delivery._still_owed, "tin", lambda message: message.subject_id != 1)
    tell(person, pk=1)
    tell(person, pk=2)
    post_digests(MONDAY)
    assert mails() == [("tin", "skipped"), ("tin", "gathered"), ("news_digest", "pending")]


@pytest.mark.usefixtures("_on_friday")
def test_somebody_who_left_gets_no_digest(person: User) -> None:
    tell(person)
    User.objects.update(is_active=False)
    assert (post_digests(MONDAY), mails()) == (0, [("tin", "skipped")])


@pytest.mark.usefixtures("_on_friday")
def test_a_digest_names_twenty_letters_and_how_many_more(person: User) -> None:
    for pk in range(LINES + 3):
        tell(person, pk=pk)
    post_digests(MONDAY)
    body = OutboxMessage.objects.get(subject_type="news_digest").body
    assert (body.count(LETTER.title), "Và 3 tin nữa trên trang thông báo." in body) == (LINES, True)


@pytest.mark.usefixtures("_on_friday")
def test_another_digest_takes_the_news_once(person: User) -> None:
    tell(person)
    assert [len(take_news(person, MONDAY)), len(take_news(person, MONDAY)), post_digests(MONDAY)] == [1, 0, 0]


@pytest.mark.usefixtures("_on_friday")
def test_news_that_a_digest_took_come_back_when_the_digest_is_rolled_back(person: User) -> None:
    tell(person)
    with transaction.atomic():
        take_news(person, MONDAY)
        transaction.set_rollback(True)
    assert (mails(), post_digests(MONDAY)) == ([("tin", "waiting")], 1)


@pytest.mark.usefixtures("_on_friday")
def test_when_another_worker_was_first_nothing_is_lost(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(person)
    take = news.take_news

    def take_late(user: User, day: datetime.date) -> list[OutboxMessage]:
        row = {"subject_type": news.SUBJECT, "subject_id": day.toordinal(), "step": "news", "channel": "email"}
        now = {"created_at": clock.now(), "not_before": clock.wall_now(), "title": "x", "body": "x"}
        OutboxMessage.objects.create(recipient=user, **row, **now)
        return take(user, day)

    monkeypatch.setattr(news, "take_news", take_late)
    assert post_digests(MONDAY) == 0
    assert mails(subject_type="tin") == [("tin", "waiting")]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_one_digest_of_all() -> None:
    people = [UserFactory(username=f"n{n}") for n in range(6)]
    tell(*people)
    OutboxMessage.objects.filter(status="waiting").update(gather_from=FRIDAY)
    start = threading.Barrier(2)

    def work() -> None:
        start.wait(timeout=10)
        post_digests(MONDAY)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    assert OutboxMessage.objects.filter(subject_type="news_digest").count() == 6
    assert set(mails(subject_type="tin")) == {("tin", "gathered")}


def test_news_leave_on_the_training_clock_too(person: User, stand_on: Any) -> None:
    stand_on(datetime.date(2023, 6, 5))
    with time_machine.travel(f"{FRIDAY} 10:00 +0700", tick=False):
        tell(person)
    with time_machine.travel(f"{MONDAY} 07:30 +0700", tick=False):
        assert post_digests() == 1


# The page


def test_the_page_shows_duties_without_a_choice_and_keeps_the_rest(world: World, browse: Any) -> None:
    client = browse("officer")
    page = client.get("/tai-khoan/thong-bao/")
    assert [kind.code for kind in page.context["fixed"]] == ["duty"]
    assert list(page.context["form"].fields) == ["decision", "request", "news"]
    answer = client.post("/tai-khoan/thong-bao/", {"decision": "daily", "request": "at_once", "news": "portal"})
    assert answer.url == "/tai-khoan/thong-bao/"
    assert {code: rhythm.value for code, rhythm in rhythms_of(world.officer).items()} == {
        "duty": "at_once",
        "decision": "daily",
        "request": "at_once",
        "news": "portal",
    }


@pytest.mark.parametrize("more", [{"news": "never"}, {"news": ""}, {"decision": "portal' --"}])
def test_an_unknown_rhythm_is_asked_again_and_nothing_is_kept(world: World, browse: Any, more: dict[str, str]) -> None:
    given = {"decision": "daily", "request": "at_once", "news": "portal"} | more
    page = browse("officer").post("/tai-khoan/thong-bao/", given)
    assert (page.status_code, bool(page.context["form"].errors), Preference.objects.count()) == (200, True, 0)


def test_a_forged_choice_for_duties_is_not_kept(world: World, browse: Any) -> None:
    given = {"duty": "portal", "decision": "daily", "request": "at_once", "news": "portal"}
    browse("officer").post("/tai-khoan/thong-bao/", given)
    assert set(Preference.objects.values_list("kind", flat=True)) == {"decision", "request", "news"}


def test_the_choices_of_others_stay(world: World, browse: Any) -> None:
    choose(world.reviewer, "weekly")
    browse("officer").post("/tai-khoan/thong-bao/", {"decision": "daily", "request": "daily", "news": "daily"})
    assert rhythms_of(world.reviewer)["news"] == Rhythm.WEEKLY
