"""A third channel is a class and a line of the settings: it delivers, its failures wait and fail like mails."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db.models import Q
from django.utils.module_loading import import_string

from core import clock
from notifications.channels import ChannelDown, PermanentError, TemporaryError, adapter_of, sending
from notifications.delivery import BACK_OFF, deliver
from notifications.models import OutboxMessage, Reminder, ReminderSettings
from notifications.services import Letter, post
from notifications.ticking import plan_day
from organizations.models import User
from tests.campaigns.makers import publish
from tests.factories import ProgrammeFactory, UserFactory, World

PORTAL = ["notifications.channels.PortalChannel", "notifications.mails.EmailChannel"]
LETTER = Letter("Nhắc nộp báo cáo", "Đơn vị còn nợ báo cáo.", "/ban-lam-viec/")


class ShortMessages:
    """A channel of the tests: tells people whose user name begins with "so"."""

    code = "sms"
    label = "Tin nhắn thử"
    is_sent = True
    told: list[tuple[str, str]] = []
    batches: list[str] = []
    answer: Exception | None = None
    works = True

    def is_available(self) -> bool:
        return self.works

    def address_of(self, user: User) -> str:
        return f"09{user.pk:08d}" if user.username.startswith("so") else ""

    def unreached(self, prefix: str) -> Q:
        return ~Q(**{f"{prefix}username__startswith": "so"})

    @contextlib.contextmanager
    def batch(self) -> Iterator[None]:
        self.batches.append("open")
        yield
        self.batches.append("closed")

    def send(self, message: OutboxMessage) -> None:
        if self.answer:
            raise self.answer
        self.told.append((self.address_of(message.recipient), message.title))


@pytest.fixture
def short_messages(settings: Any, monkeypatch: pytest.MonkeyPatch) -> type[ShortMessages]:
    settings.NOTIFICATION_CHANNELS = [*PORTAL, f"{__name__}.ShortMessages"]
    for name, value in {"told": [], "batches": [], "answer": None, "works": True}.items():
        monkeypatch.setattr(ShortMessages, name, value)
    return ShortMessages


def tell(*people: User) -> None:
    post(subject_type="test", subject_id=1, step="t:1", recipients=people, letter=LETTER)


def rows() -> dict[str, str]:
    return dict(OutboxMessage.objects.values_list("channel", "status"))


@pytest.mark.django_db
def test_a_third_channel_delivers_beside_mail_and_portal(short_messages: type[ShortMessages]) -> None:
    person = UserFactory(username="so1")
    tell(person)
    assert rows() == {"in_app": "pending", "email": "pending", "sms": "pending"}
    assert deliver() == 2
    assert (rows(), short_messages.told) == (
        {"in_app": "pending", "email": "sent", "sms": "sent"},
        [(f"09{person.pk:08d}", LETTER.title)],
    )


@pytest.mark.django_db
def test_a_batch_is_opened_and_closed_once(short_messages: type[ShortMessages]) -> None:
    tell(UserFactory(username="so1"), UserFactory(username="so2"))
    deliver()
    assert (len(short_messages.told), short_messages.batches) == (2, ["open", "closed"])


@pytest.mark.django_db
def test_people_whom_a_channel_does_not_reach_have_no_row_for_it(short_messages: type[ShortMessages]) -> None:
    tell(UserFactory(username="khongso"))
    assert set(rows()) == {"in_app", "email"}


@pytest.mark.django_db
def test_a_passing_failure_of_a_channel_waits_like_a_mail(short_messages: type[ShortMessages]) -> None:
    tell(UserFactory(username="so1"))
    short_messages.answer = TemporaryError("busy")
    with time_machine.travel("2026-06-05 08:00 +0700", tick=False):
        OutboxMessage.objects.update(not_before=clock.wall_now())
        deliver()
        row = OutboxMessage.objects.get(channel="sms")
        assert (row.status, row.attempts, row.last_error) == ("pending", 1, "busy")
        assert row.not_before - clock.wall_now() == BACK_OFF[0]


@pytest.mark.django_db
def test_a_refusal_for_good_fails_at_once_and_alone(short_messages: type[ShortMessages]) -> None:
    tell(UserFactory(username="so1"))
    short_messages.answer = PermanentError("no such number")
    deliver()
    assert rows() == {"in_app": "pending", "email": "sent", "sms": "failed"}


@pytest.mark.django_db
def test_a_channel_that_is_down_costs_no_attempt_and_holds_no_mail_back(short_messages: type[ShortMessages]) -> None:
    tell(UserFactory(username="so1"))
    short_messages.answer = ChannelDown("no gateway")
    deliver()
    row = OutboxMessage.objects.get(channel="sms")
    assert (row.status, row.attempts, rows()["email"]) == ("pending", 0, "sent")


@pytest.mark.django_db
def test_rows_wait_while_a_channel_is_not_available(short_messages: type[ShortMessages]) -> None:
    tell(UserFactory(username="so1"))
    short_messages.works = False
    deliver()
    assert (rows()["sms"], [adapter.code for adapter in sending()]) == ("pending", ["email"])
    short_messages.works = True
    assert deliver() == 1


@pytest.mark.django_db
def test_rows_of_a_channel_that_was_taken_away_stay_and_stop_nothing(short_messages: Any, settings: Any) -> None:
    tell(UserFactory(username="so1"))
    settings.NOTIFICATION_CHANNELS = PORTAL
    assert (deliver(), rows()["sms"], adapter_of("sms")) == (1, "pending", None)


@pytest.fixture
def reminded(short_messages: type[ShortMessages], world: World, stand_on: Any) -> Iterator[World]:
    """A duty of two units on a day of its ladder; the officer of one can be told by the third channel."""
    stand_on(None)
    User.objects.filter(pk=world.officer.pk).update(username="so-officer")
    with time_machine.travel(datetime.datetime(2023, 6, 8, 12, tzinfo=clock.VIETNAM), tick=False):
        publish(world, programme=ProgrammeFactory(unit=world.district, reminders_on=True))
        yield world


def reminders(channel: str) -> list[tuple[str, str, str]]:
    rows = Reminder.objects.filter(channel=channel).order_by("recipient__username")
    return list(rows.values_list("recipient__username", "state", "reason"))


EIGHTH = datetime.date(2023, 6, 8)


def test_a_third_channel_carries_a_reminder(reminded: World, short_messages: Any) -> None:
    assert plan_day(EIGHTH).reminders == 5
    assert deliver() == 3
    assert short_messages.told == [(f"09{reminded.officer.pk:08d}", "Hạn 15/6: báo cáo sơ kết 3 năm – xã Bình An")]
    assert reminders("sms") == [("so-officer", "sent", "")]
    assert Reminder.objects.get(channel="sms").get_channel_display() == "Tin nhắn thử"


def test_what_holds_mails_back_holds_no_other_channel_back(reminded: World, short_messages: Any) -> None:
    User.objects.filter(pk=reminded.officer.pk).update(email="")
    ReminderSettings.objects.create(pk=1, mail_on=False)
    plan_day(EIGHTH)
    assert {state for _who, state, _why in reminders("email")} == {"skipped"}
    assert (deliver(), reminders("sms")) == (1, [("so-officer", "sent", "")])


def test_reminders_of_a_portal_without_mail_have_no_row_of_a_mail(reminded: World, settings: Any) -> None:
    settings.NOTIFICATION_CHANNELS = PORTAL[:1]
    assert plan_day(EIGHTH).reminders == 2
    assert set(Reminder.objects.values_list("channel", flat=True)) == {"in_app"}


@pytest.mark.parametrize("path", PORTAL)
def test_the_condition_of_a_channel_is_that_of_its_addresses(world: World, path: str) -> None:
    User.objects.filter(pk=world.officer.pk).update(email="")
    User.objects.filter(pk=world.reviewer.pk).update(address_fault="returned", address_fault_at=clock.now())
    adapter = import_string(path)()
    without = {user.pk for user in User.objects.all() if not adapter.address_of(user)}
    condition = adapter.unreached("")
    assert without == (set(User.objects.filter(condition).values_list("pk", flat=True)) if condition else set())


def test_the_page_of_choices_shows_the_channel(short_messages: Any, world: World, browse: Any) -> None:
    User.objects.filter(pk=world.officer.pk).update(username="so-officer")
    ways = browse("officer").get("/tai-khoan/thong-bao/").context["ways"]
    assert [(way.label, bool(way.address)) for way in ways] == [
        ("Trên cổng", True),
        ("Thư điện tử", True),
        ("Tin nhắn thử", True),
    ]
