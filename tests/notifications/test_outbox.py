from __future__ import annotations

import datetime
import smtplib
import threading
import uuid
from email import message_from_bytes, policy
from email.utils import parseaddr
from html.parser import HTMLParser

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction

from core import clock
from models_registry.enums import State
from notifications import delivery, mails
from notifications.delivery import BACK_OFF, BATCH, LEASE, claim_batch, deliver, mail_for, release_stuck
from notifications.models import Channel, OutboxMessage, Status
from notifications.services import UNDO_WINDOW, Letter, cancel, mark_read, post
from organizations.models import User
from tests.factories import UserFactory, World, do_step, make_world

MINUTE = datetime.timedelta(minutes=1)
LETTER = Letter(title="Nhắc việc: nộp báo cáo", body="Đơn vị còn nợ báo cáo.", path="/ban-lam-viec/")


def send(*people: User, letter: Letter = LETTER, step: str = "test:1", **more) -> None:
    post(subject_type="test", subject_id=1, step=step, recipients=people, letter=letter, **more)


def emails() -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(channel=Channel.EMAIL).order_by("pk"))


def only_email() -> OutboxMessage:
    (message,) = emails()
    return message


@pytest.fixture
def person(db: None) -> User:
    return UserFactory(username="canbo", email="canbo@thidua.example")


def deliver_at(moment: datetime.datetime) -> int:
    with time_machine.travel(moment, tick=False):
        return deliver()


class Refusing(BaseEmailBackend):
    """A mail server that answers every message with `error`."""

    error: Exception = OSError("no route to host")

    def send_messages(self, email_messages) -> int:
        raise self.error


@pytest.fixture
def server_says(monkeypatch: pytest.MonkeyPatch):
    def answer(error: Exception) -> None:
        refusing = type("Refusing", (Refusing,), {"error": error})
        monkeypatch.setattr(mails, "get_connection", refusing)

    return answer


# Rows


def test_a_letter_becomes_a_notice_and_a_mail(person: User) -> None:
    send(person)
    rows = OutboxMessage.objects.values_list("channel", "status", "title", "path")
    assert set(rows) == {(c, "pending", LETTER.title, LETTER.path) for c in ("in_app", "email")}


def test_a_person_without_an_address_gets_the_notice_alone(db: None) -> None:
    send(UserFactory(email=""))
    assert list(OutboxMessage.objects.values_list("channel", flat=True)) == ["in_app"]


def test_posting_the_same_step_again_adds_nothing(person: User) -> None:
    send(person)
    send(person, letter=Letter("Khác", "Khác", "/"))
    assert set(OutboxMessage.objects.values_list("title", flat=True)) == {LETTER.title}


def test_posting_again_reaches_those_who_were_not_there_before(person: User) -> None:
    send(person)
    send(person, UserFactory(username="moi"))
    assert OutboxMessage.objects.filter(channel=Channel.EMAIL).count() == 2


def test_another_step_of_the_same_subject_is_another_message(person: User) -> None:
    send(person)
    send(person, step="test:2")
    assert len(emails()) == 2


def test_rows_are_undone_with_their_cause(person: User) -> None:
    with transaction.atomic():
        send(person)
        transaction.set_rollback(True)
    assert OutboxMessage.objects.count() == 0


# Time


def test_a_mail_waits_until_its_time_of_the_real_clock(person: User) -> None:
    send(person, delay=UNDO_WINDOW)
    now = clock.wall_now()
    assert [deliver_at(now + datetime.timedelta(seconds=s)) for s in (0, 55, 61)] == [0, 0, 1]


def test_the_training_date_does_not_hold_a_mail_back(person: User, stand_on) -> None:
    stand_on(datetime.date(2023, 6, 5))
    send(person)
    assert deliver() == 1


def test_a_notice_is_seen_only_from_its_time_on(person: User) -> None:
    send(person, delay=UNDO_WINDOW)
    now = clock.wall_now()
    seen = [OutboxMessage.objects.notices_of(person, now + s * MINUTE).count() for s in (0, 2)]
    assert seen == [0, 1]


def test_what_has_not_gone_out_can_be_stopped(person: User) -> None:
    send(person, delay=UNDO_WINDOW)
    assert cancel(subject_type="test", subject_id=1) == 2
    assert deliver_at(clock.wall_now() + 2 * MINUTE) == 0


def test_what_went_out_or_was_read_is_not_taken_back(person: User) -> None:
    send(person)
    deliver()
    mark_read(user=person)
    assert cancel(subject_type="test", subject_id=1) == 0


def test_stopping_touches_no_other_subject(person: User) -> None:
    send(person, delay=UNDO_WINDOW)
    assert [cancel(subject_type="test", subject_id=2), cancel(subject_type="khac", subject_id=1)] == [0, 0]


# Claims


def test_a_claim_is_taken_once(person: User) -> None:
    send(person)
    now = clock.wall_now()
    assert [len(claim_batch(now)), len(claim_batch(now))] == [1, 0]


def test_a_claim_holds_a_batch_and_no_more(db: None) -> None:
    send(*[UserFactory() for _ in range(BATCH + 3)])
    now = clock.wall_now()
    assert [len(claim_batch(now)), len(claim_batch(now)), len(claim_batch(now))] == [BATCH, 3, 0]


def test_one_delivery_sends_all_batches(db: None) -> None:
    send(*[UserFactory() for _ in range(BATCH + 3)])
    assert deliver() == BATCH + 3


def test_notices_are_never_claimed(person: User) -> None:
    send(person)
    assert {m.channel for m in claim_batch(clock.wall_now())} == {Channel.EMAIL}


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_share_no_message() -> None:
    post(
        subject_type="test",
        subject_id=1,
        step="test:1",
        recipients=[UserFactory() for _ in range(40)],
        letter=LETTER,
        delay=MINUTE,
    )
    later, start = clock.wall_now() + 2 * MINUTE, threading.Barrier(2)
    claimed: list[list[int]] = []

    def work() -> None:
        start.wait(timeout=10)
        mine = []
        while batch := claim_batch(later):
            mine += [m.pk for m in batch]
        claimed.append(mine)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=30)
    together = claimed[0] + claimed[1]
    assert (len(together), len(set(together))) == (40, 40)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_mail_once() -> None:
    people = [UserFactory() for _ in range(20)]
    post(subject_type="test", subject_id=1, step="t:1", recipients=people, letter=LETTER, delay=MINUTE)
    OutboxMessage.objects.update(not_before=clock.wall_now())
    start, sent = threading.Barrier(2), []

    def work() -> None:
        start.wait(timeout=10)
        sent.append(deliver())
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=30)
    assert (sum(sent), {m.status for m in emails()}) == (20, {Status.SENT})


def test_the_claim_of_a_dead_worker_is_given_back_after_the_lease(person: User) -> None:
    send(person)
    now = clock.wall_now()
    claim_batch(now)
    assert [release_stuck(now + LEASE), release_stuck(now + LEASE + MINUTE)] == [0, 1]


def test_what_a_dead_worker_held_goes_out_with_the_same_message_id(person: User) -> None:
    send(person)
    now = clock.wall_now()
    (held,) = claim_batch(now)
    assert deliver_at(now + LEASE + MINUTE) == 1
    assert mail.outbox[0].extra_headers["Message-ID"] == held.message_id


def test_a_worker_whose_claim_was_given_away_records_nothing(person: User) -> None:
    send(person)
    (held,) = claim_batch(clock.wall_now())
    OutboxMessage.objects.filter(pk=held.pk).update(claim=uuid.uuid4())
    assert delivery._finish(held, status=Status.SENT, sent_at=clock.now()) is False
    assert only_email().status == Status.CLAIMED


# Still owed


def test_a_mail_about_a_record_that_moved_on_is_skipped(world: World) -> None:
    exemplar = world.exemplar(State.SUBMITTED)
    do_step("withdraw", exemplar, world.officer)
    assert deliver() == 0
    assert {m.status for m in emails()} == {Status.SKIPPED}


@pytest.mark.parametrize("state", ["submitted", "in_review"])
def test_a_mail_about_a_record_that_still_stands_goes_out(world: World, state: str) -> None:
    world.exemplar(state)
    assert deliver() == 3


@pytest.mark.parametrize("state", ["returned", "recognised", "rejected"])
def test_a_decision_that_stands_is_told(world: World, state: str) -> None:
    world.exemplar(state)
    assert deliver_at(clock.wall_now() + 2 * MINUTE) == 1


def test_somebody_who_left_meanwhile_is_skipped(person: User) -> None:
    send(person)
    User.objects.update(is_active=False)
    assert (deliver(), only_email().status) == (0, Status.SKIPPED)


def test_somebody_who_lost_the_address_meanwhile_is_skipped(person: User) -> None:
    send(person)
    User.objects.update(email="")
    assert (deliver(), only_email().status) == (0, Status.SKIPPED)


# Faults


def test_a_fault_of_the_server_is_tried_again_later_and_later(person: User, server_says) -> None:
    send(person)
    server_says(OSError("no route to host"))
    waits = []
    with time_machine.travel("2026-06-05 08:00 +0700", tick=False) as travel:
        OutboxMessage.objects.update(not_before=clock.wall_now())
        for _attempt in BACK_OFF:
            deliver()
            waits.append(only_email().not_before - clock.wall_now())
            travel.move_to(only_email().not_before)
        assert (tuple(waits), only_email().status) == (BACK_OFF, Status.PENDING)


def test_after_the_last_attempt_the_message_has_failed_and_says_why(person: User, server_says) -> None:
    send(person)
    server_says(OSError("no route to host"))
    OutboxMessage.objects.update(attempts=len(BACK_OFF))
    deliver()
    message = only_email()
    assert (message.status, message.attempts, message.last_error, message.claim) == (
        Status.FAILED,
        len(BACK_OFF) + 1,
        "no route to host",
        None,
    )


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPRecipientsRefused({"canbo@thidua.example": (550, b"unknown")}),
        smtplib.SMTPDataError(554, b"spam"),
    ],
)
def test_a_refusal_for_good_fails_at_once(person: User, server_says, error: Exception) -> None:
    send(person)
    server_says(error)
    assert (deliver(), only_email().status) == (0, Status.FAILED)


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPRecipientsRefused({"canbo@thidua.example": (450, b"busy")}),
        smtplib.SMTPDataError(451, b"greylisted"),
        ConnectionRefusedError("refused"),
        TimeoutError("slow"),
    ],
)
def test_a_passing_refusal_is_tried_again(person: User, server_says, error: Exception) -> None:
    send(person)
    server_says(error)
    deliver()
    assert (only_email().status, only_email().attempts) == (Status.PENDING, 1)


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPAuthenticationError(535, b"wrong password"),
        smtplib.SMTPSenderRefused(553, b"not allowed", "thidua@localhost"),
        smtplib.SMTPConnectError(421, b"busy"),
    ],
)
def test_a_server_that_refuses_as_a_whole_costs_no_message_an_attempt(db: None, server_says, error: Exception) -> None:
    send(UserFactory(), UserFactory())
    server_says(error)
    before = clock.wall_now()
    assert deliver() == 0
    assert [(m.status, m.attempts, m.claim, m.not_before > before) for m in emails()] == [
        ("pending", 0, None, True)
    ] * 2


def test_a_letter_that_cannot_be_written_does_not_stop_the_others(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [UserFactory() for _ in range(3)]
    send(*people)
    write = delivery.mail_for

    def fail_for_the_first(message, connection=None):
        if message.recipient_id == people[0].pk:
            raise ValueError("spoilt")
        return write(message, connection)

    monkeypatch.setattr(delivery, "mail_for", fail_for_the_first)
    assert deliver() == 2


def test_one_bad_address_does_not_stop_the_others(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [UserFactory() for _ in range(3)]
    send(*people)

    class Picky(BaseEmailBackend):
        def send_messages(self, email_messages) -> int:
            if email_messages[0].to == [people[0].email]:
                raise smtplib.SMTPRecipientsRefused({people[0].email: (550, b"unknown")})
            return 1

    monkeypatch.setattr(mails, "get_connection", Picky)
    assert deliver() == 2
    assert sorted(m.status for m in emails()) == ["failed", "sent", "sent"]


def test_every_attempt_carries_the_same_message_id(person: User) -> None:
    send(person)
    message = only_email()
    again = OutboxMessage.objects.select_related("recipient").get(pk=message.pk)
    assert mail_for(message).extra_headers["Message-ID"] == mail_for(again).extra_headers["Message-ID"]


def test_message_ids_of_two_people_differ(db: None) -> None:
    send(UserFactory(), UserFactory())
    assert len({m.message_id for m in emails()}) == 2


# The mail


class Words(HTMLParser):
    """The words that a reader sees in a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.hidden = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.hidden += tag in ("head", "style", "title")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("head", "style", "title")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.found += data.split()


def parts(letter: Letter) -> tuple[str, str]:
    send(UserFactory(), letter=letter)
    sent = mail_for(emails()[-1])
    return sent.body, sent.alternatives[0][0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "letter",
    [
        LETTER,
        Letter("Hồ sơ <b>đậm</b> & “ngoặc”", "Dòng một\nDòng hai <script>alert(1)</script>\n\nÝ khác", "/dien-hinh/1/"),
        Letter("x" * 200, "y " * 500, ""),
    ],
)
def test_text_and_html_say_the_same_words(letter: Letter) -> None:
    text, html = parts(letter)
    assert Words(html).found == text.split()


@pytest.mark.django_db
def test_markup_in_a_letter_is_shown_as_text() -> None:
    _text, html = parts(Letter("<b>x</b>", "<script>alert(1)</script>", "/"))
    assert ("<script>" in html, "&lt;script&gt;" in html) == (False, True)


@pytest.mark.django_db
def test_the_text_part_has_no_html_entities() -> None:
    text, _html = parts(Letter("A & B “ngoặc” <c>", "D & E's", "/"))
    assert ("D & E's" in text, "&amp;" in text, "&#x27;" in text) == (True, False, False)


@pytest.mark.django_db
def test_the_mail_leads_to_its_page() -> None:
    text, html = parts(LETTER)
    assert ["/ban-lam-viec/" in text, 'href="http' in html] == [True, True]


@pytest.mark.parametrize("sign", ["\r\n", "\n", "\r", "\u2028", "\x0b", "\r\nBcc: ke.xau@example.com"])
def test_a_line_break_in_a_name_adds_no_header(person: User, sign: str) -> None:
    send(person, letter=Letter(f"Hồ sơ Lê Văn{sign}Bcc: x@example.com", "x", "/"))
    plain = message_from_bytes(mail_for(only_email()).message().as_bytes(), policy=policy.default)
    assert (plain["Bcc"], plain["To"]) == (None, "canbo@thidua.example")
    assert plain["Subject"].split()[:4] == ["Hồ", "sơ", "Lê", "Văn"]


def test_the_subject_opens_with_the_title(person: User) -> None:
    send(person)
    deliver()
    assert (mail.outbox[0].subject, mail.outbox[0].to) == (LETTER.title, ["canbo@thidua.example"])


@pytest.mark.parametrize("title", ["Hạn hôm nay, 15/6: báo cáo sơ kết 3 năm – xã Vĩnh Hựu", "x" * 60, "Ẳ" * 60])
def test_a_subject_begins_on_its_own_line_and_is_read_back_whole(person: User, title: str) -> None:
    """RFC 5322, 2.2.3: some programs show an empty first line as a blank before the subject."""
    send(person)
    message = only_email()
    message.title = title
    plain = mail_for(message).message().as_bytes()
    line = next(line for line in plain.splitlines() if line.startswith(b"Subject:"))
    assert (len(line) > len("Subject: "), max(map(len, plain.partition(b"\n\n")[0].splitlines())) <= 78) == (True, True)
    assert message_from_bytes(plain, policy=policy.default)["Subject"] == title


def test_the_mail_says_that_a_machine_wrote_it(person: User, settings) -> None:
    send(person)
    message = mail_for(only_email()).message()
    assert (message["Auto-Submitted"], parseaddr(message["From"])[1]) == (
        "auto-generated",
        parseaddr(settings.MAIL_FROM)[1],
    )


def test_no_machine_answers_and_people_reach_the_office(person: User, settings) -> None:
    settings.MAIL_FROM, settings.MAIL_REPLY_TO = "Cổng <cong@thidua.example>", "Phòng Nội vụ <noivu@thidua.example>"
    send(person)
    message = mail_for(only_email()).message()
    assert (message["X-Auto-Response-Suppress"], parseaddr(message["Reply-To"])[1]) == (
        "OOF, AutoReply",
        "noivu@thidua.example",
    )
    settings.MAIL_REPLY_TO = settings.MAIL_FROM
    assert mail_for(only_email()).message()["Reply-To"] is None


@pytest.mark.parametrize(
    ("subject_type", "list_id"),
    [
        ("digest", "<digest.thidua.example>"),
        ("news_digest", "<news-digest.thidua.example>"),
        ("exemplar", None),
        ("account", None),
    ],
)
def test_digests_name_the_page_on_which_their_rhythm_is_chosen(
    person: User, settings, subject_type: str, list_id: str | None
) -> None:
    """RFC 2919 and 2369; other letters are written to one person and belong to no list."""
    settings.SITE_URL, settings.MAIL_DOMAIN = "https://thidua.example", "thidua.example"
    send(person)
    message = only_email()
    message.subject_type = subject_type
    found = mail_for(message).message()
    link = "<https://thidua.example/tai-khoan/thong-bao/>"
    assert (found["List-Id"], found["List-Unsubscribe"]) == (list_id, link if list_id else None)


def test_no_private_value_stands_in_a_letter(world: World) -> None:
    for state in ("returned", "recognised", "rejected", "revoked"):
        world.exemplar(state)
    texts = " ".join(f"{m.title} {m.body}" for m in OutboxMessage.objects.all())
    assert [v for v in ("0987654321", "22/9/1975") if v in texts] == []


# Reading


def test_one_notice_is_marked_as_read(person: User) -> None:
    send(person)
    send(person, step="test:2")
    first = OutboxMessage.objects.notices_of(person, clock.wall_now()).last()
    mark_read(user=person, pks=[first.pk])
    assert OutboxMessage.objects.notices_of(person, clock.wall_now()).unread().count() == 1


def test_nobody_marks_the_notices_of_others(person: User) -> None:
    send(person)
    mark_read(user=UserFactory(), pks=list(OutboxMessage.objects.values_list("pk", flat=True)))
    assert OutboxMessage.objects.filter(read_at=None).count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_message_goes_out_when_its_cause_is_stored() -> None:
    world = make_world()
    world.exemplar(State.SUBMITTED)
    assert len(mail.outbox) == 3
