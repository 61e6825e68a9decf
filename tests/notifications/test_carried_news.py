"""News that wait leave with the digest of duties: one mail a day and person, nothing lost, nothing told twice."""

from __future__ import annotations

import datetime
import smtplib
import threading
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection

from campaigns.models import Milestone
from core import clock
from notifications import delivery, kinds, mails
from notifications.delivery import claim_batch, deliver
from notifications.digests import DutyComposer, digests
from notifications.enums import NoticeKind
from notifications.kinds import register_kinds
from notifications.models import Channel, OutboxMessage, Reminder, Status
from notifications.news import post_digests
from notifications.services import Letter, post
from notifications.tasks import post_news_digests
from notifications.ticking import plan_day
from notifications.waiting import CARRIED_LINES
from organizations.models import User
from tests.campaigns.makers import publish
from tests.factories import ProgrammeFactory, World, make_world
from tests.notifications.test_digests import hand_in
from tests.notifications.test_outbox import Refusing

EIGHTH = datetime.date(2023, 6, 8)
DAY = datetime.timedelta(days=1)
BUSY = smtplib.SMTPDataError(452, b"later")
pytestmark = pytest.mark.django_db


def at(day: datetime.date, hour: int = 12, minute: int = 0) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(hour, minute), tzinfo=clock.VIETNAM)


@pytest.fixture(autouse=True)
def traveller(stand_on: Callable[[datetime.date | None], None], monkeypatch: pytest.MonkeyPatch):
    stand_on(None)
    monkeypatch.setattr(kinds, "_registered", dict(kinds._registered))
    register_kinds("tin", {"": NoticeKind.NEWS})
    with time_machine.travel(at(EIGHTH - DAY), tick=False) as traveller:
        yield traveller


@pytest.fixture
def milestone(world: World) -> Milestone:
    return publish(world, programme=ProgrammeFactory(unit=world.district, reminders_on=True))


def tell(person: User, *titles: str) -> None:
    for title in titles:
        number = OutboxMessage.objects.filter(subject_type="tin").count() + 1
        post(
            subject_type="tin", subject_id=number, step="x", recipients=[person], letter=Letter(title, "Nội dung.", "/")
        )


def news() -> list[str]:
    rows = OutboxMessage.objects.filter(subject_type="tin", channel=Channel.EMAIL).order_by("pk")
    return list(rows.values_list("status", flat=True))


def to(person: User) -> list[Any]:
    return [m for m in mail.outbox if m.to == [person.email]]


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception = BUSY) -> None:
    monkeypatch.setattr(mails, "get_connection", type("Failing", (Refusing,), {"error": error}))


def plan_the_eighth(traveller: Any) -> None:
    traveller.move_to(at(EIGHTH, 7, 5))
    plan_day(EIGHTH)


def test_a_digest_of_duties_carries_the_news_and_no_other_mail_leaves(world, milestone, traveller) -> None:
    tell(world.officer, "Tin một", "Tin hai")
    plan_the_eighth(traveller)
    assert post_digests() == 0
    deliver()
    assert (post_digests(), news()) == (0, ["gathered", "gathered"])
    (sent,) = to(world.officer)
    assert sent.subject == "Hạn 15/6: báo cáo sơ kết 3 năm – xã Bình An"
    assert sent.body.index("Làm tiếp:") < sent.body.index("Tin mới\n") < sent.body.index("Tin một")
    assert [text.count("Tin hai") for text in (sent.body, sent.alternatives[0][0])] == [1, 1]
    stored = digests(EIGHTH).get(recipient=world.officer, channel=Channel.EMAIL).body
    assert "Tin mới:\n– Tin một\n  Nội dung." in stored


def test_who_owes_nothing_gets_the_digest_of_news(world, milestone, traveller) -> None:
    tell(world.reviewer, "Tin một")
    plan_the_eighth(traveller)
    assert post_digests() == 1
    deliver()
    assert [m.subject for m in to(world.reviewer)] == ["1 tin mới trên cổng"]


def test_an_attempt_that_failed_loses_nothing_and_the_next_shows_the_same_and_what_came_since(
    world, milestone, traveller, monkeypatch
) -> None:
    tell(world.officer, "Tin một")
    plan_the_eighth(traveller)
    failing(monkeypatch)
    deliver()
    monkeypatch.undo()
    register_kinds("tin", {"": NoticeKind.NEWS})
    assert (post_digests(), news()) == (0, ["gathered"])
    tell(world.officer, "Tin hai")
    traveller.move_to(at(EIGHTH + DAY))
    plan_day(EIGHTH + DAY)
    assert post_digests() == 0
    deliver()
    (sent,) = to(world.officer)
    assert (sent.body.count("Tin một"), sent.body.count("Tin hai")) == (1, 1)


def test_a_digest_that_is_owed_no_more_leaves_the_news_to_the_other(world, milestone, traveller) -> None:
    tell(world.officer, "Tin một")
    plan_the_eighth(traveller)
    hand_in(world, milestone)
    deliver()
    assert (to(world.officer), news(), post_digests()) == ([], ["waiting"], 1)


def test_news_of_a_failed_attempt_wait_again_when_nothing_is_owed_at_the_next(
    world, milestone, traveller, monkeypatch
) -> None:
    tell(world.officer, "Tin một")
    plan_the_eighth(traveller)
    failing(monkeypatch)
    deliver()
    monkeypatch.undo()
    hand_in(world, milestone)
    traveller.shift(datetime.timedelta(minutes=5))
    deliver()
    assert (news(), post_digests()) == (["waiting"], 1)


def test_news_of_a_mail_that_is_refused_for_good_wait_again(world, milestone, traveller, monkeypatch) -> None:
    tell(world.officer, "Tin một")
    plan_the_eighth(traveller)
    failing(monkeypatch, smtplib.SMTPRecipientsRefused({world.officer.email: (550, b"No such user")}))
    deliver()
    state = digests(EIGHTH).get(recipient=world.officer, channel=Channel.EMAIL).status
    assert (state, news()) == (Status.FAILED, ["waiting"])


def test_news_that_are_no_longer_owed_are_left_out(world, milestone, traveller, monkeypatch) -> None:
    monkeypatch.setitem(delivery._still_owed, "tin", lambda message: message.title != "Tin một")
    tell(world.officer, "Tin một", "Tin hai")
    plan_the_eighth(traveller)
    deliver()
    (sent,) = to(world.officer)
    assert ("Tin một" in sent.body, "Tin hai" in sent.body, news()) == (False, True, ["skipped", "gathered"])


def test_more_news_than_there_is_room_for_are_counted(world, milestone, traveller) -> None:
    tell(world.officer, *(f"Tin số {n}." for n in range(CARRIED_LINES + 3)))
    plan_the_eighth(traveller)
    deliver()
    (sent,) = to(world.officer)
    assert (sent.body.count("Tin số"), "Và 3 tin nữa trên trang thông báo:" in sent.body) == (CARRIED_LINES, True)


def test_a_worker_that_lost_its_claim_takes_no_news(world, milestone, traveller) -> None:
    tell(world.officer, "Tin một")
    plan_the_eighth(traveller)
    (held,) = [m for m in claim_batch(clock.wall_now()) if m.recipient_id == world.officer.pk]
    traveller.shift(delivery.LEASE + datetime.timedelta(seconds=1))
    delivery.release_stuck(clock.wall_now())
    digest = DutyComposer().compose(held)
    assert (digest.news, news()) == (None, ["waiting"])


def test_a_worker_that_died_after_taking_leaves_the_news_to_the_next(world, milestone, traveller) -> None:
    tell(world.officer, "Tin một")
    plan_the_eighth(traveller)
    (held,) = [m for m in claim_batch(clock.wall_now()) if m.recipient_id == world.officer.pk]
    DutyComposer().compose(held)
    assert (post_digests(), news()) == (0, ["gathered"])
    traveller.shift(delivery.LEASE + datetime.timedelta(seconds=1))
    deliver()
    (sent,) = to(world.officer)
    assert sent.body.count("Tin một") == 1


def test_the_summary_of_leaders_carries_the_news(world, milestone, traveller) -> None:
    tell(world.leader, "Tin một")
    monday = datetime.date(2023, 6, 19)
    traveller.move_to(at(monday, 7, 5))
    plan_day(monday)
    assert post_digests() == 0
    deliver()
    (sent,) = to(world.leader)
    assert ("Tin một" in sent.body, news()) == (True, ["gathered"])


def test_without_mail_the_news_do_not_wait_for_a_digest_of_duties(world, milestone, traveller, monkeypatch) -> None:
    tell(world.officer, "Tin một")
    plan_the_eighth(traveller)
    monkeypatch.setattr("notifications.channels.sending", list)
    assert post_digests() == 1


@pytest.mark.parametrize(("hour", "sent"), [((6, 59), 0), ((7, 0), 1)])
def test_news_wait_for_the_hour_of_the_digests(world: World, traveller, hour, sent) -> None:
    tell(world.reviewer, "Tin một")
    traveller.move_to(at(EIGHTH, *hour))
    assert post_news_digests() == sent


@pytest.mark.django_db(transaction=True)
def test_two_workers_and_a_digest_of_news_at_once_tell_everything_once(traveller) -> None:
    world = make_world()
    publish(world, programme=ProgrammeFactory(unit=world.district, reminders_on=True))
    tell(world.officer, "Tin một")
    tell(world.other_officer, "Tin hai")
    plan_the_eighth(traveller)
    start = threading.Barrier(3)

    def at_once(work: Callable[[], object]) -> None:
        start.wait(timeout=10)
        work()
        connection.close()

    workers = [threading.Thread(target=at_once, args=(work,)) for work in (deliver, deliver, post_digests)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    assert sorted(m.subject.partition(" – ")[2] for m in mail.outbox) == ["xã Bình An", "xã Đồng Thạnh"]
    assert [sum(m.body.count(title) for m in mail.outbox) for title in ("Tin một", "Tin hai")] == [1, 1]
    assert (news(), Reminder.objects.exclude(state="sent").count()) == (["gathered", "gathered"], 0)
