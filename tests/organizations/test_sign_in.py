from __future__ import annotations

import datetime
import json

import pytest
import time_machine
from django.conf import settings as live
from django.db import IntegrityError, transaction
from django.test import Client

from core import clock
from core.audit.models import AuditEvent
from organizations.models import AccountEvent, User
from tests.factories import PASSWORD, UserFactory

WRONG = "không phải mật khẩu"
MINUTES = 60
#: What people who mean harm put behind ?next=; none of it may lead out of the portal or run.
HOSTILE_NEXT = [
    "https://ke.xau/",
    "http://ke.xau/",
    "HTTPS://KE.XAU",
    "//ke.xau/",
    "///ke.xau/",
    "////ke.xau/",
    "/\\ke.xau/",
    "\\\\ke.xau/",
    "\\/ke.xau/",
    "/\\/ke.xau",
    "/\t/ke.xau/",
    "/\n/ke.xau/",
    "/\r/ke.xau/",
    "\t//ke.xau/",
    " //ke.xau/",
    " https://ke.xau/",
    "https:ke.xau",
    "https:/ke.xau",
    "https:///ke.xau",
    "http:\\\\ke.xau",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "\x00javascript:alert(1)",
    "\x01//ke.xau",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "ftp://ke.xau/",
    "mailto:x@ke.xau",
    "//ke.xau%2f@localhost/",
    "https://localhost@ke.xau/",
    "https://ke.xau#localhost",
    "https://ke.xau?localhost",
    "//ke。xau/",
    "https://[::1",
    "//[ke.xau/",
    "http://testserver.ke.xau/",
    "http://testserver@ke.xau/",
    "ke.xau",
    "..//ke.xau",
    "?next=//ke.xau",
    "#x",
    "",
]


@pytest.fixture
def officer(db: None) -> User:
    return UserFactory(username="binhnhi", email="canbo@thidua.example")


def sign_in(client: Client, name: str = "binhnhi", password: str = PASSWORD, address: str = "10.0.0.1", **more):
    data = {"username": name, "password": password, **more}
    return client.post("/dang-nhap/", data, REMOTE_ADDR=address)


def fail(times: int, name: str = "binhnhi", address: str = "10.0.0.1"):
    answer = None
    for _time in range(times):
        answer = sign_in(Client(), name, WRONG, address)
    return answer


# Signing in


def test_the_right_password_leads_to_the_desk(officer: User) -> None:
    answer = sign_in(Client())
    assert (answer.status_code, answer.url) == (302, "/ban-lam-viec/")


def test_a_wrong_password_stays_and_says_what_to_check(officer: User) -> None:
    answer = sign_in(Client(), password=WRONG)
    assert answer.status_code == 200
    assert "Còn 4 lần thử. Kiểm tra phím Caps Lock và bộ gõ tiếng Việt." in answer.content.decode()


def test_an_unknown_name_is_answered_like_a_wrong_password(officer: User) -> None:
    answers = [sign_in(Client(), name, WRONG, f"10.0.1.{n}") for n, name in enumerate(("binhnhi", "khongco"))]
    texts = [list(a.context["form"].non_field_errors()) for a in answers]
    assert texts[0] == texts[1]


def test_the_password_is_never_sent_back(officer: User) -> None:
    assert WRONG not in sign_in(Client(), password=WRONG).content.decode()


def test_the_name_that_was_typed_is_kept(officer: User) -> None:
    assert 'value="binhnhi"' in sign_in(Client(), password=WRONG).content.decode()


def test_an_e_mail_address_signs_in(officer: User) -> None:
    assert sign_in(Client(), "CanBo@thidua.example").status_code == 302


def test_an_address_belongs_to_one_account_however_it_is_written(officer: User) -> None:
    with pytest.raises(IntegrityError, match="email_of_one_account|UNIQUE"), transaction.atomic():
        UserFactory(username="khac", email=officer.email.upper())
    assert [UserFactory(username=name, email="").email for name in ("khac", "nua")] == ["", ""]


def test_an_inactive_account_does_not_sign_in(officer: User) -> None:
    User.objects.update(is_active=False)
    assert sign_in(Client()).status_code == 200


def test_a_signed_in_person_goes_on_at_once(officer: User) -> None:
    client = Client()
    client.force_login(officer, "django.contrib.auth.backends.ModelBackend")
    assert client.get("/dang-nhap/").url == "/ban-lam-viec/"


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("", PASSWORD),
        ("binhnhi", ""),
        ("", ""),
        ("x" * 151, PASSWORD),
        ("x" * 100_000, "y" * 100_000),
        ("<script>alert(1)</script>", WRONG),
        ("😀", "😀"),
        ("bình nhì\u0301", WRONG),
        ("a\x00b", WRONG),
        ("binhnhi", "a\x00b"),
        ("' OR 1=1 --", WRONG),
        ("@", WRONG),
        ("%@%", WRONG),
        ("a@" + "b" * 140, WRONG),
        ("\u200b", WRONG),
    ],
)
def test_any_input_is_answered_with_a_sentence(officer: User, name: str, password: str) -> None:
    answer = sign_in(Client(), name, password)
    form = answer.context["form"]
    assert (answer.status_code, bool(form.errors), "<script>alert" in answer.content.decode()) == (200, True, False)


# Sessions


def test_signing_in_gives_a_new_session_key(officer: User) -> None:
    client = Client()
    session = client.session
    session["seen"] = 1
    session.save()
    client.cookies[live.SESSION_COOKIE_NAME] = session.session_key
    sign_in(client)
    assert client.session.session_key != session.session_key


def test_signing_out_ends_the_session_on_the_server(officer: User) -> None:
    client = Client()
    sign_in(client)
    stolen = Client()
    stolen.cookies[live.SESSION_COOKIE_NAME] = client.cookies[live.SESSION_COOKIE_NAME].value
    client.post("/dang-xuat/")
    assert stolen.get("/ban-lam-viec/").status_code == 302


@pytest.mark.parametrize("method", ["get", "head", "put", "delete"])
def test_signing_out_is_a_post_alone(officer: User, method: str) -> None:
    client = Client()
    sign_in(client)
    assert getattr(client, method)("/dang-xuat/").status_code == 405
    assert client.get("/dang-nhap/").status_code == 302


def test_a_form_of_another_site_does_not_sign_in(officer: User) -> None:
    assert sign_in(Client(enforce_csrf_checks=True)).status_code == 403


# Where one goes on


@pytest.mark.parametrize("wanted", HOSTILE_NEXT)
def test_a_hostile_next_leads_to_the_desk(officer: User, wanted: str) -> None:
    assert sign_in(Client(), next=wanted).url == "/ban-lam-viec/"


@pytest.mark.parametrize("wanted", HOSTILE_NEXT)
def test_a_hostile_next_is_not_carried_in_the_page(db: None, wanted: str) -> None:
    answer = Client().get("/dang-nhap/", {"next": wanted})
    assert (answer.status_code, answer.context["next"]) == (200, "")


@pytest.mark.parametrize("wanted", ["/dien-hinh/", "/dien-hinh/?q=b%C3%ACnh&trang=2", "/dien-hinh/7/#lich-su"])
def test_one_goes_on_to_where_one_was(officer: User, wanted: str) -> None:
    assert sign_in(Client(), next=wanted).url == wanted


def test_a_page_that_needs_an_account_leads_back_to_itself(officer: User) -> None:
    client = Client()
    asked = client.get("/dien-hinh/?q=binh")
    assert client.post(asked.url, {"username": "binhnhi", "password": PASSWORD}).url == "/dien-hinh/?q=binh"


def test_an_endless_next_is_no_fault_of_the_server(officer: User) -> None:
    assert sign_in(Client(), next="/" + "a" * 20_000).status_code < 500


# Throttling


def test_after_five_failures_the_name_waits_at_this_address(officer: User) -> None:
    answer = fail(5)
    assert (answer.status_code, answer["Retry-After"]) == (429, "900")
    assert sign_in(Client()).status_code == 429


def test_the_wait_is_said_in_minutes(officer: User) -> None:
    assert "Đăng nhập lại sau 15 phút" in fail(5).content.decode()


def test_a_stranger_elsewhere_does_not_lock_the_owner_out(officer: User) -> None:
    fail(6, address="10.9.9.9")
    assert sign_in(Client(), address="10.0.0.1").status_code == 302


def test_another_name_at_the_same_address_does_not_wait(officer: User) -> None:
    UserFactory(username="vinhbinh")
    fail(5)
    assert sign_in(Client(), "vinhbinh").status_code == 302


def test_the_wait_ends_after_fifteen_minutes(officer: User) -> None:
    with time_machine.travel("2026-06-05 08:00 +0700", tick=False) as travel:
        fail(5)
        travel.shift(14 * MINUTES)
        before = sign_in(Client()).status_code
        travel.shift(2 * MINUTES)
        assert (before, sign_in(Client()).status_code) == (429, 302)


def test_trying_while_waiting_does_not_make_the_wait_longer(officer: User) -> None:
    with time_machine.travel("2026-06-05 08:00 +0700", tick=False) as travel:
        fail(5)
        travel.shift(10 * MINUTES)
        fail(3)
        travel.shift(6 * MINUTES)
        assert sign_in(Client()).status_code == 302


def test_a_success_forgets_the_failures_before_it(officer: User) -> None:
    fail(4)
    sign_in(Client())
    assert fail(4).status_code == 200


def test_a_count_does_not_tell_that_a_name_and_an_address_belong_together(officer: User) -> None:
    fail(3)
    answers = [fail(1, name=name) for name in ("canbo@thidua.example", "khongco@thidua.example")]
    assert ["Còn 4 lần thử" in answer.content.decode() for answer in answers] == [True, True]


def test_a_name_counts_the_same_however_it_is_typed(officer: User) -> None:
    fail(3)
    fail(2, name=" BinhNhi ")
    assert sign_in(Client()).status_code == 429


def test_all_addresses_of_one_ipv6_line_count_as_one(officer: User) -> None:
    for number in range(5):
        fail(1, address=f"2001:db8:1:2::{number:x}")
    answers = [sign_in(Client(), address=address) for address in ("2001:db8:1:2:ffff::9", "2001:db8:1:3::1")]
    assert [answer.status_code for answer in answers] == [429, 302]


def test_a_name_tried_from_everywhere_waits_and_is_not_shut_for_the_day(officer: User, settings) -> None:
    settings.SIGN_IN_NAME_LIMIT = 6
    with time_machine.travel("2026-06-05 08:00 +0700", tick=False) as travel:
        for number in range(6):
            fail(1, address=f"10.7.0.{number}")
        held = sign_in(Client(), address="10.8.0.1").status_code
        travel.shift(16 * MINUTES)
        assert (held, sign_in(Client(), address="10.8.0.1").status_code) == (429, 302)


def test_unknown_names_fill_the_chain_with_one_row_a_minute_that_counts_the_rest(db: None) -> None:
    with time_machine.travel("2026-06-05 08:00 +0700", tick=False) as travel:
        for number in range(9):
            fail(1, name=f"khongco{number}")
        travel.shift(61)
        fail(1, name="khongco")
    data = [json.loads(event.data) for event in AuditEvent.objects.order_by("number")]
    assert [row.get("left_out") for row in data] == [None, 8]
    assert AccountEvent.objects.count() == 10


def test_one_address_that_tries_many_names_waits_as_a_whole(officer: User, settings) -> None:
    settings.SIGN_IN_ADDRESS_LIMIT = 8
    for number in range(8):
        fail(1, name=f"ten{number}")
    assert sign_in(Client()).status_code == 429


def test_another_address_does_not_wait_with_it(officer: User, settings) -> None:
    settings.SIGN_IN_ADDRESS_LIMIT = 8
    for number in range(8):
        fail(1, name=f"ten{number}")
    assert sign_in(Client(), address="10.0.0.2").status_code == 302


def test_the_address_is_free_again_after_the_window(officer: User, settings) -> None:
    settings.SIGN_IN_ADDRESS_LIMIT = 8
    with time_machine.travel("2026-06-05 08:00 +0700", tick=False) as travel:
        for number in range(8):
            fail(1, name=f"ten{number}")
        travel.shift(16 * MINUTES)
        assert sign_in(Client()).status_code == 302


def test_an_address_in_a_forwarding_header_of_the_client_is_not_believed(officer: User) -> None:
    for number in range(5):
        client = Client(headers={"X-Forwarded-For": f"1.2.3.{number}"})
        sign_in(client, password=WRONG)
    assert sign_in(Client()).status_code == 429


def test_the_training_date_does_not_stop_the_clock_of_waiting(officer: User, stand_on) -> None:
    stand_on(datetime.date(2023, 6, 5))
    with time_machine.travel("2026-06-05 23:55 +0700", tick=False) as travel:
        fail(5)
        travel.shift(16 * MINUTES)
        assert (clock.today(), sign_in(Client()).status_code) == (datetime.date(2023, 6, 5), 302)
