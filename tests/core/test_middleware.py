import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.http import client_address
from core.middleware import mark_of
from organizations.models import User
from tests.core import probe_urls

pytestmark = [
    pytest.mark.urls("tests.core.probe_urls"),
    pytest.mark.usefixtures("probe_rows"),
    pytest.mark.django_db,
]

MORNING = datetime(2026, 3, 9, 7, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
TOO_LARGE = "Lần gửi này lớn hơn mức cổng nhận được."
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
}


@pytest.fixture
def browser():
    return Client(raise_request_exception=False)


@pytest.fixture
def officer(db):
    return User.objects.create_user("canbo", "canbo@example.vn", "mat-khau-dai-12", full_name="Trần Thị Cán Bộ")


@pytest.fixture
def static_file(settings, browser):
    (settings.STATIC_ROOT / "probe.css").write_text("body{}", encoding="utf-8")
    yield "/static/probe.css"
    (settings.STATIC_ROOT / "probe.css").unlink()


def policy_of(response):
    return {part.strip() for part in response["Content-Security-Policy"].split(";")}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/cong-khai/", 200),
        ("/rieng/", 302),
        ("/khong-co/", 404),
        ("/cam/", 403),
        ("/loi/value/", 500),
        ("/healthz", 503),
    ],
)
def test_every_answer_carries_the_security_headers(browser, path, status):
    response = browser.get(path)
    assert response.status_code == status
    assert policy_of(response) == POLICY
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]
    assert re.fullmatch(r"[0-9a-f]{32}", response["X-Request-ID"])


def test_static_files_carry_them_too(static_file):
    response = Client().get(static_file)
    assert b"".join(response) == b"body{}"
    response.close()
    assert policy_of(response) == POLICY
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in response


def test_a_bad_host_name_is_refused_with_the_headers(browser):
    response = browser.get("/cong-khai/", headers={"host": "ke-gian.example"})
    assert response.status_code == 400
    assert policy_of(response) == POLICY


def test_mark_has_six_letters_and_belongs_to_the_request_id():
    assert mark_of("a" * 32) == mark_of("a" * 32)
    assert mark_of("a" * 32) != mark_of("b" * 32)
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{6}", mark_of("a" * 32))


def test_request_id_of_a_client_is_not_taken_without_a_proxy(browser):
    assert browser.get("/cong-khai/", headers={"x-request-id": "tu-dat-lay-1"})["X-Request-ID"] != "tu-dat-lay-1"


def test_request_id_of_our_proxy_is_taken_when_it_is_well_formed(browser, settings):
    settings.PROXY_COUNT = 1
    assert browser.get("/cong-khai/", headers={"x-request-id": "tu-proxy-123"})["X-Request-ID"] == "tu-proxy-123"
    assert browser.get("/cong-khai/", headers={"x-request-id": "xấu\nhơn"})["X-Request-ID"] != "xấu\nhơn"


def test_text_is_compressed_and_photos_are_not(browser):
    packed = browser.get("/cong-khai/", headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    photo = browser.get("/anh/", headers={"accept-encoding": "gzip"})
    assert "Content-Encoding" not in photo
    assert photo["Content-Length"] == "1000"


def test_a_body_over_the_limit_is_answered_413_before_it_is_parsed(browser, settings):
    settings.MAX_REQUEST_BYTES = 1000
    response = browser.post("/gui/", {"bai": "x" * 2000})
    assert response.status_code == 413
    assert TOO_LARGE in response.content.decode()


def test_text_fields_over_djangos_limit_are_answered_413(browser, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    response = browser.post("/gui/", {"bai": "x" * 2000})
    assert response.status_code == 413
    assert TOO_LARGE in response.content.decode()


def test_too_many_fields_are_refused_in_the_same_words(browser, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
    response = browser.post("/gui/", {f"o{number}": "1" for number in range(10)})
    assert response.status_code == 413
    assert TOO_LARGE in response.content.decode()


@pytest.mark.parametrize("kind", ["operational", "interface"])
def test_a_database_that_is_away_is_a_pause_and_not_a_fault(browser, kind):
    response = browser.get(f"/loi/{kind}/")
    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert probe_urls.SECRET not in response.content.decode()


def test_a_fault_shows_the_mark_and_nothing_of_its_text(browser):
    response = browser.get("/loi/value/")
    assert response.status_code == 500
    assert mark_of(response["X-Request-ID"]) in response.content.decode()
    assert probe_urls.SECRET not in response.content.decode()


def test_csrf_failure_gives_back_what_was_typed_but_no_password():
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(
        "/gui/", {"bai": "<b>Chuyện dài</b>", "password": "bi-mat-123", "new_password1": "bi-mat-456"}
    )
    page = response.content.decode()
    assert response.status_code == 403
    assert "&lt;b&gt;Chuyện dài&lt;/b&gt;" in page
    assert "<b>Chuyện dài</b>" not in page
    assert "bi-mat" not in page
    assert response["Cache-Control"] == "no-store"


def test_public_answers_may_be_kept_and_signed_in_ones_never(client, officer):
    assert "Cache-Control" not in client.get("/cong-khai/")
    client.force_login(officer)
    for path in ("/cong-khai/", "/rieng/", "/anh/", "/khong-co/"):
        assert client.get(path)["Cache-Control"] == "private, no-store"


def test_a_page_asks_for_sign_in_by_default(client):
    response = client.get("/rieng/")
    assert response.status_code == 302
    assert response["Location"] == "/dang-nhap/?next=/rieng/"


@pytest.fixture
def signed_in(client, officer):
    """A browser that signed in at seven o'clock and then asked for a page."""
    with time_machine.travel(MORNING, tick=False):
        client.force_login(officer)
        client.get("/rieng/")
    return client


def status_after(client, hours=0.0, minutes=0.0):
    with time_machine.travel(MORNING + timedelta(hours=hours, minutes=minutes), tick=False):
        return client.get("/rieng/").status_code


@pytest.fixture
def deciding(monkeypatch):
    monkeypatch.setattr(User, "decides", True)


def test_an_officer_left_alone_for_eleven_hours_goes_on(signed_in):
    assert status_after(signed_in, hours=11.9) == 200


def test_no_session_outlives_twelve_hours_however_busy(signed_in):
    for hour in range(1, 12):
        assert status_after(signed_in, hours=hour) == 200
    assert status_after(signed_in, hours=12) == 302


def test_one_who_decides_is_signed_out_after_two_idle_hours(signed_in, deciding):
    assert status_after(signed_in, hours=1.9) == 200
    assert status_after(signed_in, hours=3.8) == 200
    assert status_after(signed_in, hours=5.8) == 302


def test_the_end_of_a_session_is_said_and_leaves_no_row(signed_in, deciding):
    with time_machine.travel(MORNING + timedelta(hours=3), tick=False):
        response = signed_in.get("/rieng/")
    words = [str(message) for message in get_messages(response.wsgi_request)]
    assert words == ["Phiên làm việc đã hết. Hãy đăng nhập lại để làm tiếp."]
    assert Session.objects.count() == 0


def test_signing_in_after_the_end_starts_a_new_twelve_hours(signed_in, officer):
    assert status_after(signed_in, hours=12) == 302
    with time_machine.travel(MORNING + timedelta(hours=13), tick=False):
        signed_in.force_login(officer)
        assert signed_in.get("/rieng/").status_code == 200
    assert status_after(signed_in, hours=24.9) == 200
    assert status_after(signed_in, hours=25) == 302


def test_the_session_row_is_written_at_most_every_five_minutes(signed_in):
    def writes(minutes):
        moment = MORNING + timedelta(minutes=minutes)
        with time_machine.travel(moment, tick=False), CaptureQueriesContext(connection) as queries:
            signed_in.get("/rieng/")
        return sum(query["sql"].startswith(("UPDATE", "INSERT")) for query in queries)

    assert writes(4.9) == 0
    assert writes(5.1) == 1
    assert writes(9) == 0


def test_the_training_clock_does_not_stop_the_session_clock(signed_in, stand_on):
    stand_on(date(2023, 6, 5))
    assert status_after(signed_in, hours=13) == 302


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "", "10.0.0.9"),
        (0, "203.0.113.7", "10.0.0.9"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "1.1.1.1, 203.0.113.7", "203.0.113.7"),
        (2, "1.1.1.1, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        (2, "203.0.113.7", "10.0.0.9"),
        (1, "khong-phai-dia-chi", "10.0.0.9"),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_the_client_is_who_called_the_outermost_of_our_proxies(rf, settings, proxies, forwarded, seen):
    settings.PROXY_COUNT = proxies
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    assert client_address(rf.get("/", REMOTE_ADDR="10.0.0.9", headers=headers)) == seen
