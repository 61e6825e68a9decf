"""The personal calendar: what it holds, how it is written, and that its address opens nothing else."""

from __future__ import annotations

import datetime
import gzip
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from icalendar import Calendar

from core import clock
from models_registry.enums import State
from notifications import calendar, feeds
from notifications.calendar import CalendarItem, as_payload, attachment_for, items_of, register_calendar
from notifications.delivery import mail_for
from notifications.feeds import hash_of, make_feed, owner_of, revoke_feed
from notifications.models import CalendarFeed, OutboxMessage
from notifications.services import Letter, post
from organizations.models import AccountEvent, User
from tests.factories import PASSWORD, UserFactory, World

JUNE = datetime.datetime(2023, 6, 1, 8, 0, tzinfo=clock.VIETNAM)
LONG = "Nộp báo cáo sơ kết ba năm thực hiện kế hoạch phát hiện, bồi dưỡng, tuyên truyền; xã Bình Nhì (Ẳ Ễ Ổ) " * 2


def item(number: int = 1, **more: Any) -> CalendarItem:
    given = {"title": f"Hạn nộp: mốc {number}", "due": datetime.date(2023, 6, 15), "path": "/ke-hoach/nhiem-vu/1/"}
    return CalendarItem(**{"uid": f"unit_task-{number}", "changed_at": JUNE, "sequence": 2} | given | more)


@pytest.fixture
def offer(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the calendar hold exactly these duties."""
    monkeypatch.setattr(calendar, "_providers", {})
    monkeypatch.setattr(calendar, "_by_key", {})

    def put(*items: CalendarItem) -> None:
        register_calendar("unit_task", lambda user: items, lambda keys: items)

    put()
    return put


@pytest.fixture
def person(db: None) -> User:
    return UserFactory(username="canbo", email="canbo@thidua.example")


def read(person: User) -> Calendar:
    return Calendar.from_ical(calendar.feed_of(person))


def events(person: User) -> list[Any]:
    return list(read(person).walk("VEVENT"))


def fetch(token: str, **more: Any) -> Any:
    return Client().get(f"/lich/{token}.ics", **more)


# What it holds


def test_a_duty_is_a_whole_day_under_its_lasting_name(person: User, offer: Any, settings: Any) -> None:
    settings.SITE_URL, settings.MAIL_DOMAIN = "https://thidua.example", "thidua.example"
    offer(item())
    (event,) = events(person)
    assert {name: event[name].to_ical().decode() for name in event} == {
        "UID": "unit_task-1@thidua.example",
        "DTSTAMP": "20230601T010000Z",
        "LAST-MODIFIED": "20230601T010000Z",
        "SEQUENCE": "2",
        "DTSTART": "20230615",
        "DTEND": "20230616",
        "SUMMARY": "Hạn nộp: mốc 1",
        "DESCRIPTION": "Mở trên cổng: https://thidua.example/ke-hoach/nhiem-vu/1/",
        "URL": "https://thidua.example/ke-hoach/nhiem-vu/1/",
        "TRANSP": "TRANSPARENT",
    }
    assert b"DTSTART;VALUE=DATE:20230615\r\n" in calendar.feed_of(person)


def test_the_calendar_says_its_name_and_when_to_ask_again(person: User, offer: Any) -> None:
    text = calendar.feed_of(person).decode().replace("\r\n ", "")
    lines = text.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT6H" in lines
    assert [line for line in lines if line.startswith("X-WR-CALNAME:Hạn việc – ")] != []
    assert [line for line in lines if line.startswith(("METHOD", "BEGIN:VALARM"))] == []


def test_a_moved_date_changes_the_event_in_place(person: User, offer: Any) -> None:
    offer(item())
    before = events(person)
    later = JUNE + datetime.timedelta(days=2)
    offer(item(due=datetime.date(2023, 6, 20), sequence=3, changed_at=later))
    (event,) = events(person)
    assert event["UID"] == before[0]["UID"]
    assert (event["SEQUENCE"], event["DTSTART"].dt) == (3, datetime.date(2023, 6, 20))
    assert event["LAST-MODIFIED"].dt > before[0]["LAST-MODIFIED"].dt


def test_vietnamese_lines_are_folded_at_75_octets_and_read_back_whole(person: User, offer: Any) -> None:
    offer(item(title=LONG))
    lines = calendar.feed_of(person).split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    for line in lines:
        line.decode("utf-8")  # no letter is cut in two
    (event,) = events(person)
    assert str(event["SUMMARY"]) == " ".join(LONG.split())


@pytest.mark.parametrize("sign", ["\r\n", "\n", "\u2028", "\r\nATTENDEE:mailto:x@y", "\\n", ";", ","])
def test_a_title_adds_no_line_of_its_own(person: User, offer: Any, sign: str) -> None:
    offer(item(title=f"Mốc{sign}BEGIN:VALARM"))
    (event,) = events(person)
    assert (sorted(event), event.subcomponents) == (sorted({**event}), [])
    assert {"ATTENDEE", "BEGIN"} & set(event) == set()


def test_the_same_duties_give_the_same_bytes(person: User, offer: Any) -> None:
    offer(item(1), item(2))
    with time_machine.travel("2026-06-05 08:00 +0700", tick=False):
        first = calendar.feed_of(person)
    with time_machine.travel("2027-01-01 00:00 +0700", tick=False):
        assert calendar.feed_of(person) == first


# The address


def test_a_token_has_256_random_bits_and_is_stored_as_its_hash(person: User) -> None:
    tokens = {make_feed(user=person) for _ in range(20)}
    assert ({len(token) for token in tokens}, len(tokens)) == ({43}, 20)
    feed = CalendarFeed.objects.get()
    assert (feed.token_hash in {hash_of(token) for token in tokens}, feed.token_hash in tokens) == (True, False)


def test_a_new_address_ends_the_former_one(person: User, offer: Any) -> None:
    old, new = make_feed(user=person), make_feed(user=person)
    assert (owner_of(old), owner_of(new)) == (None, person)
    assert [fetch(token).status_code for token in (old, new)] == [404, 200]


def test_a_revoked_address_opens_nothing(person: User, offer: Any) -> None:
    token = make_feed(user=person)
    assert [revoke_feed(user=person), revoke_feed(user=person)] == [True, False]
    assert fetch(token).status_code == 404


def test_making_and_revoking_stand_in_the_own_log(person: User) -> None:
    make_feed(user=person)
    revoke_feed(user=person)
    kinds = AccountEvent.objects.filter(user=person).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["feed_made", "feed_revoked"]


def test_the_calendar_of_a_closed_account_is_gone(person: User, offer: Any) -> None:
    token = make_feed(user=person)
    User.objects.update(is_active=False)
    assert fetch(token).status_code == 404


def test_unknown_revoked_and_closed_get_one_and_the_same_answer(person: User, offer: Any) -> None:
    revoked = make_feed(user=person)
    revoke_feed(user=person)
    other = UserFactory(username="nghi", is_active=False)
    closed = make_feed(user=other)
    answers = [fetch(token) for token in (revoked, closed, "x", "A" * 43, "é" * 500)]
    assert {(a.status_code, a.content, a.headers["Content-Type"], a.headers["Cache-Control"]) for a in answers} == {
        (404, "Không có lịch nào ở địa chỉ này.".encode(), "text/plain; charset=utf-8", "private, no-store")
    }


# It opens nothing else


def test_a_calendar_makes_no_session_and_sets_no_cookie(person: User, offer: Any) -> None:
    """ASVS 8.2, security.md lesson 8: a restricted token never gives a session."""
    client = Client()
    answer = client.get(f"/lich/{make_feed(user=person)}.ics")
    assert (answer.status_code, len(answer.cookies), len(client.cookies), Session.objects.count()) == (200, 0, 0, 0)
    assert client.get("/ban-lam-viec/").url == "/dang-nhap/?next=/ban-lam-viec/"
    assert answer.wsgi_request.user.is_anonymous


def test_a_token_is_worth_nothing_anywhere_else(person: User, offer: Any) -> None:
    token = make_feed(user=person)
    client = Client(headers={"Authorization": f"Bearer {token}"})
    client.cookies["sessionid"] = token
    paths = [f"/tai-khoan/?token={token}", f"/dat-mat-khau/{token}/", f"/tai-khoan/thu-dien-tu/{token}/", "/thong-bao/"]
    assert {client.get(path).status_code for path in paths} <= {302, 404}
    assert client.post(f"/lich/{token}.ics").status_code == 405


def test_a_signed_in_browser_reads_the_calendar_of_the_token_and_not_its_own(
    world: World, browse: Any, offer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendar, "_providers", {"unit_task": lambda user: [item(title=f"Của {user.username}")]})
    client = browse("reviewer")
    client.get("/tai-khoan/")
    answer = client.get(f"/lich/{make_feed(user=world.officer)}.ics")
    assert ("Của officer".encode() in answer.content, len(answer.cookies)) == (True, 0)


def test_the_address_is_kept_out_of_caches_search_engines_and_logs(
    person: User, offer: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    """ASVS 14.2.1, 14.3.2, 16.2.5."""
    token = make_feed(user=person)
    answer = fetch(token)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    fetch("khong-co")
    told = "".join(capfd.readouterr())
    assert [word for word in (token, "khong-co") if word in told] == []


def test_the_page_shows_the_address_once(world: World, browse: Any, offer: Any) -> None:
    client = browse("officer")
    page = client.post("/tai-khoan/lich/", {"confirm_password": PASSWORD})
    (address,) = [word for word in page.content.decode().split(">") if word.startswith("http") and ".ics" in word]
    path = "/lich/" + address.partition("/lich/")[2].partition("<")[0]
    assert Client().get(path).status_code == 200
    again = client.get("/tai-khoan/").content.decode()
    assert (path in again, "Thu hồi địa chỉ lịch" in again) == (False, True)
    client.post("/tai-khoan/lich/thu-hoi/")
    assert Client().get(path).status_code == 404
    assert "Chưa tạo địa chỉ lịch." in client.get("/tai-khoan/").content.decode()


# Asked again and again


def test_a_calendar_that_did_not_change_is_not_sent_again(person: User, offer: Any) -> None:
    offer(item())
    token = make_feed(user=person)
    first = fetch(token)
    again = fetch(token, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert again.headers["Cache-Control"] == "private, no-store"
    offer(item(sequence=3))
    assert fetch(token, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_a_packed_calendar_is_the_same_and_known_again(person: User, offer: Any) -> None:
    offer(*[item(n, title=LONG) for n in range(10)])
    token = make_feed(user=person)
    plain, packed = fetch(token), fetch(token, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    asked = {"If-None-Match": packed.headers["ETag"], "Accept-Encoding": "gzip"}
    assert (packed.headers["ETag"][:2], fetch(token, headers=asked).status_code) == ("W/", 304)


def test_head_answers_without_content(person: User, offer: Any) -> None:
    answer = Client().head(f"/lich/{make_feed(user=person)}.ics")
    assert (answer.status_code, answer.content, "ETag" in answer.headers) == (200, b"", True)


@pytest.fixture
def _one_hour() -> Iterator[None]:
    with time_machine.travel("2026-06-05 08:05 +0700", tick=False):
        yield


@pytest.mark.usefixtures("_one_hour")
def test_an_address_that_guesses_has_to_wait(person: User, offer: Any, settings: Any) -> None:
    settings.CALENDAR_MISS_LIMIT = 10
    assert {fetch(f"x{n}").status_code for n in range(10)} == {404}
    held = fetch("x")
    assert (held.status_code, held.headers["Retry-After"], fetch("x", REMOTE_ADDR="10.1.2.3").status_code) == (
        429,
        "3600",
        404,
    )
    with time_machine.travel("2026-06-05 09:00 +0700", tick=False):
        assert fetch("x").status_code == 404


@pytest.mark.usefixtures("_one_hour")
def test_a_revoked_calendar_that_a_program_keeps_asking_for_blocks_no_colleague(
    person: User, offer: Any, settings: Any
) -> None:
    """A whole office asks from one network address."""
    settings.CALENDAR_MISS_LIMIT = 10
    revoked, token = make_feed(user=person), make_feed(user=UserFactory(username="khac"))
    revoke_feed(user=person)
    assert [fetch(revoked).status_code for _ in range(12)] == [404] * 10 + [429] * 2
    assert fetch(token).status_code == 200


@pytest.mark.usefixtures("_one_hour")
def test_one_calendar_is_not_asked_without_end(person: User, offer: Any, settings: Any) -> None:
    settings.CALENDAR_LOOK_LIMIT = 10
    token, other = make_feed(user=person), make_feed(user=UserFactory(username="khac"))
    assert [fetch(token).status_code for _ in range(11)] == [200] * 10 + [429]
    assert fetch(other).status_code == 200


def test_the_count_of_guesses_keeps_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(feeds.cache, "set", lambda key, value, timeout: seen.append(key))
    feeds.note_miss("203.0.113.77")
    assert ("203.0.113" in seen[0], seen[0].startswith("calendar:")) == (False, True)


# In mails


def mail_with(person: User, *dates: CalendarItem) -> Any:
    letter = Letter("Bổ sung trước 15/6", "Cần bổ sung.", "/dien-hinh/1/", dates=dates)
    post(subject_type="chua-biet", subject_id=1, step="t:1", recipients=[person], letter=letter)
    return OutboxMessage.objects.get(channel="email")


def attachment_of(message: OutboxMessage) -> Any:
    plain = message_from_bytes(mail_for(message).message().as_bytes(), policy=policy.default)
    (part,) = plain.iter_attachments()
    return part


def test_a_mail_about_a_duty_carries_its_day(person: User, settings: Any) -> None:
    part = attachment_of(mail_with(person, item()))
    assert (part.get_content_type(), part.get_param("method"), part.get_param("charset")) == (
        "text/calendar",
        "PUBLISH",
        "utf-8",
    )
    assert part.get_filename() == "han-viec.ics"
    content = part.get_payload(decode=True)
    found = Calendar.from_ical(content)
    (event,) = found.walk("VEVENT")
    assert (str(found["METHOD"]), event["UID"]) == ("PUBLISH", f"unit_task-1@{settings.MAIL_DOMAIN}")
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_the_event_of_a_mail_names_who_published_it(person: User, settings: Any) -> None:
    """RFC 5546, 3.2.1: an event that is published names its organizer."""
    settings.MAIL_FROM, settings.PORTAL_OFFICE = "Cổng <cong@thidua.example>", "Phòng Nội vụ huyện Gò Công Tây"
    (event,) = Calendar.from_ical(attachment_of(mail_with(person, item())).get_payload(decode=True)).walk("VEVENT")
    assert (str(event["ORGANIZER"]), event["ORGANIZER"].params["CN"]) == (
        "mailto:cong@thidua.example",
        "Phòng Nội vụ huyện Gò Công Tây",
    )


def test_the_event_of_a_mail_is_that_of_the_feed(person: User, offer: Any) -> None:
    offer(item())
    (in_mail,) = Calendar.from_ical(attachment_of(mail_with(person, item())).get_payload(decode=True)).walk("VEVENT")
    (in_feed,) = events(person)
    del in_mail["ORGANIZER"]
    assert in_mail.to_ical() == in_feed.to_ical()


def test_a_mail_without_a_date_carries_nothing(person: User) -> None:
    message = mail_with(person)
    assert (message.calendar, mail_for(message).attachments, attachment_for([])) == (None, [], None)


def test_a_digest_carries_all_its_days(person: User) -> None:
    part = attachment_of(mail_with(person, item(1), item(2)))
    assert len(Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")) == 2


def test_a_payload_needs_only_name_and_day(person: User) -> None:
    message = mail_with(person)
    message.calendar = [{"uid": "unit_task-7", "due": "2023-06-15"}]
    (found,) = items_of(message)
    assert (found.uid, found.due, found.title, found.path) == (
        "unit_task-7",
        datetime.date(2023, 6, 15),
        message.title,
        message.path,
    )


def test_a_payload_is_read_back_as_it_was(person: User) -> None:
    message = mail_with(person, item(1), item(2))
    message.refresh_from_db()
    assert (items_of(message), message.calendar) == ([item(1), item(2)], as_payload([item(1), item(2)]))


def test_a_notice_on_the_portal_holds_no_dates(person: User) -> None:
    mail_with(person, item())
    assert OutboxMessage.objects.get(channel="in_app").calendar is None


def test_a_returned_record_is_mailed_with_its_day(world: World) -> None:
    exemplar = world.exemplar(State.RETURNED)
    message = OutboxMessage.objects.get(step__startswith="return:", recipient=world.officer, channel="email")
    (event,) = Calendar.from_ical(attachment_of(message).get_payload(decode=True)).walk("VEVENT")
    assert (event["DTSTART"].dt, exemplar.number in str(event["SUMMARY"])) == (exemplar.return_due, True)
    assert exemplar.full_name not in event.to_ical().decode()
