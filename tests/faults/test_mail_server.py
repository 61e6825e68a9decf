"""F11: the kinds of fault of a mail server: nothing lost, nothing in the clear, no mail held back by another."""

from __future__ import annotations

import datetime
import re
import time
from pathlib import Path

import pytest

from core import clock
from notifications import smtp
from notifications.delivery import BACK_OFF, deliver
from notifications.models import Channel, OutboxMessage, Status
from tests.factories import UserFactory
from tests.faults.post_office import PostOffice, open_office, own_certificate

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("faults")]
WAITS, FAILED, SENT = Status.PENDING.value, Status.FAILED.value, Status.SENT.value

#: Kind of fault → (what the server does, how the mail stands after one try, whether an attempt is counted).
FAULTS: dict[str, tuple[dict[str, str], str, bool]] = {
    "black hole": ({"banner": "hang"}, WAITS, False),
    "slow banner": ({"banner": "slow"}, SENT, True),
    "bad greeting": ({"banner": "554 go away"}, WAITS, False),
    "421 in the banner": ({"banner": "421 busy"}, WAITS, False),
    "421 at EHLO": ({"ehlo": "421 busy"}, WAITS, False),
    "421 at MAIL": ({"mail": "421 busy"}, WAITS, False),
    "421 at RCPT": ({"rcpt": "421 busy"}, WAITS, True),
    "421 at DATA": ({"data": "421 busy"}, WAITS, True),
    "450 at RCPT": ({"rcpt": "450 mailbox busy"}, WAITS, True),
    "452 at RCPT": ({"rcpt": "452 mailbox full"}, WAITS, True),
    "550 at RCPT": ({"rcpt": "550 5.1.1 no such user"}, FAILED, True),
    "5.7.1 after the content": ({"content": "554 5.7.1 not wanted"}, FAILED, True),
    "cut after DATA": ({"content": "cut"}, WAITS, True),
    "cut after the dot": ({"content": "cut after the dot"}, WAITS, True),
    "silence at RCPT": ({"rcpt": "hang"}, WAITS, True),
    "a byte at a time": ({"ehlo": "drip"}, WAITS, False),
}


def mail_to(name: str, number: int = 1) -> OutboxMessage:
    person = UserFactory(username=name, email=f"{name}@thidua.example")
    now = clock.wall_now()
    return OutboxMessage.objects.create(
        subject_type="test", subject_id=number, step="x", recipient=person, channel=Channel.EMAIL,
        title="Nhắc việc", body="Nộp báo cáo.", created_at=now, not_before=now,
    )  # fmt: skip


@pytest.fixture
def server_at(settings, monkeypatch):
    """Let the portal send by a server on a port, and wait no longer than a test may."""
    settings.EMAIL_BACKEND = "notifications.smtp.BoundedBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 1
    monkeypatch.setattr(smtp, "LONGEST_TALK", 2.0)

    def at(port: int) -> None:
        settings.EMAIL_PORT = port

    return at


def stands(message: OutboxMessage) -> tuple[str, bool]:
    message.refresh_from_db()
    return message.status, message.attempts > 0


@pytest.mark.parametrize("kind", list(FAULTS))
def test_a_fault_of_the_server_loses_no_mail(server_at, kind: str) -> None:
    faults, status, counted = FAULTS[kind]
    message, office = mail_to("canbo"), PostOffice(faults)
    began = time.monotonic()
    with open_office(office) as port:
        server_at(port)
        deliver()
    took = time.monotonic() - began
    print(f"F11 {kind}: {status} after {took:.1f} s")
    assert (*stands(message), took < 8) == (status, counted, True)
    waits = message.not_before - clock.wall_now()
    assert (status != WAITS) or datetime.timedelta(seconds=40) < waits <= BACK_OFF[0]


def test_a_server_that_is_not_there_loses_no_mail(server_at) -> None:
    message = mail_to("canbo")
    with open_office(PostOffice()) as port:
        pass
    server_at(port)
    deliver()
    assert stands(message) == (WAITS, False)


def test_after_a_cut_behind_the_dot_the_copy_carries_the_same_number(server_at) -> None:
    message = mail_to("canbo")
    office = PostOffice({"content": "cut after the dot"})
    with open_office(office) as port:
        server_at(port)
        deliver()
        office.faults.clear()
        OutboxMessage.objects.update(not_before=clock.wall_now())
        deliver()
    numbers = [re.search(rb"(?im)^message-id:\s*(\S+)", mail).group(1).decode() for mail in office.taken]
    assert (stands(message)[0], numbers) == (SENT, [message.message_id] * 2)


def test_a_mail_on_which_the_server_hangs_holds_no_other_back_and_ends_as_failed(server_at) -> None:
    others = [mail_to(f"canbo{number}", number) for number in range(2)]
    silent = mail_to("im", 2)
    others += [mail_to(f"canbo{number}", number) for number in range(3, 30)]
    office = PostOffice(silent=("im@thidua.example",))
    with open_office(office) as port:
        server_at(port)
        assert deliver() == len(others)
        assert (stands(silent), {stands(mail)[0] for mail in others}) == ((WAITS, True), {SENT})
        for _try in BACK_OFF:
            OutboxMessage.objects.update(not_before=clock.wall_now())
            deliver()
    assert stands(silent)[0] == FAILED


def test_a_server_that_cuts_every_mail_is_left_alone_after_three(server_at) -> None:
    mails = [mail_to(f"canbo{number}", number) for number in range(10)]
    with open_office(PostOffice({"content": "cut"})) as port:
        server_at(port)
        deliver()
    assert [stands(mail) for mail in mails] == [(WAITS, True)] * 2 + [(WAITS, False)] * 8


@pytest.mark.parametrize("fault", ["not offered", "refused", "cut", "certificate of nobody"])
def test_without_tls_nothing_is_sent_in_the_clear(server_at, settings, tmp_path: Path, fault: str) -> None:
    settings.EMAIL_USE_TLS, settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = True, "cong", "mat-khau"
    message = mail_to("canbo")
    said = {"refused": {"starttls": "454 not now"}, "cut": {"starttls": "cut"}}.get(fault, {})
    office = PostOffice(said, offers_tls=fault != "not offered", context=own_certificate(tmp_path))
    with open_office(office) as port:
        server_at(port)
        deliver()
    words = {heard.split(" ")[0].split(":")[0].upper() for heard in office.heard}
    assert (stands(message), office.taken, words & {"MAIL", "RCPT", "DATA", "AUTH"}) == ((WAITS, False), [], set())


@pytest.mark.parametrize("place", [0, 50, 99])
def test_one_bad_address_among_a_hundred_holds_no_other_mail_back(server_at, place: int) -> None:
    bad = [mail_to("khong" if number == place else f"canbo{number}", number) for number in range(100)][place]
    office = PostOffice(refused=("khong@thidua.example",))
    began = time.monotonic()
    with open_office(office) as port:
        server_at(port)
        sent = deliver()
    took = time.monotonic() - began
    print(f"F11 one bad address among 100: {sent} others in {took:.1f} s")
    assert (sent, stands(bad), took < 10) == (99, (FAILED, True), True)
