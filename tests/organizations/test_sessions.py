from __future__ import annotations

import pytest
from django.conf import settings as live
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import clock
from organizations.devices import device_words, masked_address
from organizations.models import AccountEvent, User
from organizations.sessions import key_hash
from tests.factories import UserFactory
from tests.organizations.conftest import is_in, sign_in
from tests.organizations.test_sign_in import HOSTILE_NEXT

CHROME = "Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 Safari/537.36"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 16_0 like Mac OS X) AppleWebKit/605.1 Version/16.0 Mobile Safari/604.1"


@pytest.fixture
def officer(db: None) -> User:
    return UserFactory(username="binhnhi")


def browser(agent: str, address: str = "10.1.2.3") -> Client:
    return sign_in("binhnhi", headers={"User-Agent": agent}, REMOTE_ADDR=address)


def listed(client: Client) -> list[tuple[str, bool]]:
    return [(line.device, line.is_here) for line in client.get("/tai-khoan/").context["sessions"]]


def test_devices_are_told_in_words() -> None:
    cases = {
        CHROME: "Chrome trên Windows",
        CHROME + " Edg/109.0": "Edge trên Windows",
        CHROME + " coc_coc_browser/109": "Cốc Cốc trên Windows",
        PHONE: "Safari trên iPhone",
        "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0": "Firefox trên Linux",
        "<script>alert(1)</script>": "Thiết bị không rõ",
        "": "Thiết bị không rõ",
    }
    assert {agent: device_words(agent) for agent in cases} == cases


def test_addresses_are_shown_without_their_last_part() -> None:
    cases = {"10.1.2.3": "10.1.2.*", "2001:db8::1": "2001:0db8:0000:0000:*", "": "", None: ""}
    assert {address: masked_address(address) for address in cases} == cases


def test_the_own_sessions_are_listed_with_this_one_first(officer: User) -> None:
    """ASVS 7.5.2."""
    here, there = browser(CHROME), browser(PHONE)
    assert listed(here) == [("Chrome trên Windows", True), ("Safari trên iPhone", False)]
    assert listed(there) == [("Safari trên iPhone", True), ("Chrome trên Windows", False)]


def test_an_ended_session_is_dead_at_its_next_request(officer: User) -> None:
    """ASVS 7.4.1, 7.5.2."""
    here, there = browser(CHROME), browser(PHONE)
    other = next(line for line in here.get("/tai-khoan/").context["sessions"] if not line.is_here)
    assert here.post(f"/tai-khoan/phien/{other.pk}/ket-thuc/").url == "/tai-khoan/"
    assert (is_in(here), is_in(there), listed(here)) == (True, False, [("Chrome trên Windows", True)])


def test_all_others_are_ended_at_once(officer: User) -> None:
    """ASVS 7.4.5 for one's own."""
    here, *others = (browser(CHROME) for _number in range(4))
    here.post("/tai-khoan/phien/ket-thuc/")
    assert (is_in(here), [is_in(other) for other in others], Session.objects.count()) == (True, [False] * 3, 1)


def test_a_session_of_somebody_else_is_not_found(officer: User) -> None:
    """ASVS 8.2.2."""
    UserFactory(username="vinhbinh")
    mine, theirs = browser(CHROME), sign_in("vinhbinh")
    row = User.objects.get(username="vinhbinh").sessions.get()
    found = [mine.post(f"/tai-khoan/phien/{pk}/ket-thuc/").status_code for pk in (row.pk, 10**30)]
    assert (found, is_in(theirs)) == ([404, 404], True)


def test_signing_in_makes_a_new_session_and_the_planted_key_is_worth_nothing(officer: User) -> None:
    """ASVS 7.2.4: session fixation."""
    client = Client()
    planted = client.session
    planted["x"] = 1
    planted.save()
    client.cookies[live.SESSION_COOKIE_NAME] = planted.session_key
    sign_in("binhnhi", client=client)
    attacker = Client()
    attacker.cookies[live.SESSION_COOKIE_NAME] = planted.session_key
    assert (is_in(client), is_in(attacker)) == (True, False)


def test_our_table_holds_no_key_that_opens_a_session(officer: User) -> None:
    client = browser(CHROME)
    assert officer.sessions.get().key_hash == key_hash(client.session.session_key)
    assert client.session.session_key not in str(officer.sessions.values().get())


def test_a_closed_account_is_out_at_its_next_request(officer: User) -> None:
    """ASVS 7.4.2."""
    client = browser(CHROME)
    User.objects.update(is_active=False)
    assert is_in(client) is False


def test_signing_out_takes_the_session_off_the_list(officer: User) -> None:
    here, there = browser(CHROME), browser(PHONE)
    there.post("/dang-xuat/")
    assert listed(here) == [("Chrome trên Windows", True)]


def test_a_session_left_alone_too_long_is_not_listed(officer: User, stopped) -> None:
    """ASVS 7.3.1."""
    browser(PHONE)
    stopped.shift(11 * 3600)
    here = browser(CHROME)
    assert len(listed(here)) == 2
    stopped.shift(2 * 3600)
    assert listed(here) == [("Chrome trên Windows", True)]


# The log


def test_sign_ins_and_failures_stand_in_the_own_log(officer: User) -> None:
    """ASVS 16.3.1, 16.2.1."""
    sign_in("binhnhi", "sai", headers={"User-Agent": PHONE}, REMOTE_ADDR="10.9.9.9")
    client = browser(CHROME)
    rows = officer.events.values_list("kind", "device", "address", "actor")
    assert list(rows) == [
        ("signed_in", "Chrome trên Windows", "10.1.2.3", officer.pk),
        ("sign_in_failed", "Safari trên iPhone", "10.9.9.9", None),
    ]
    text = client.get("/tai-khoan/nhat-ky/").content.decode()
    assert ("Đăng nhập sai mật khẩu" in text, "10.9.9.*" in text, "10.9.9.9" in text) == (True, True, False)


def test_a_try_on_a_name_that_does_not_exist_is_kept_without_the_name(officer: User) -> None:
    sign_in("matkhaugonham", "sai")
    assert list(AccountEvent.objects.values_list("user", "kind")) == [(None, "sign_in_failed")]


def test_whoever_has_to_wait_does_not_fill_the_log(officer: User) -> None:
    for _try in range(12):
        sign_in("binhnhi", "sai")
    assert officer.events.filter(kind="sign_in_failed").count() == 5


def test_the_log_is_ones_own(officer: User) -> None:
    UserFactory(username="vinhbinh")
    sign_in("vinhbinh", "sai")
    client = browser(CHROME)
    assert [event.kind for event in client.get("/tai-khoan/nhat-ky/").context["page_obj"]] == ["signed_in"]


def log_rows(user: User, count: int) -> None:
    AccountEvent.objects.bulk_create(
        AccountEvent(user=user, kind="signed_in", at=clock.wall_now(), device="Chrome", address="10.0.0.1", actor=user)
        for _number in range(count)
    )


@pytest.mark.parametrize(("path", "queries"), [("/tai-khoan/nhat-ky/", 6), ("/tai-khoan/", 12)])
def test_the_log_costs_the_same_for_one_row_and_for_five_hundred(officer: User, path: str, queries: int) -> None:
    client, counts = browser(CHROME), []
    for more in (0, 2, 497):
        log_rows(officer, more)
        with CaptureQueriesContext(connection) as found:
            client.get(path)
        counts.append(len(found))
    assert counts == [queries] * 3


def test_a_list_of_sessions_costs_the_same_for_one_and_for_fifty(officer: User) -> None:
    client, counts = browser(CHROME), []
    for more in (0, 2, 47):
        for _number in range(more):
            browser(PHONE)
        with CaptureQueriesContext(connection) as found:
            client.get("/tai-khoan/")
        counts.append(len(found))
    assert counts == [12] * 3


# The password once more


def test_a_page_of_sensitive_changes_asks_again_after_ten_minutes(officer: User, stopped) -> None:
    """ASVS 7.5.1."""
    client = browser(CHROME)
    stopped.shift(599)
    assert client.get("/tai-khoan/thu-dien-tu/").status_code == 200
    stopped.shift(1)
    asked = client.get("/tai-khoan/thu-dien-tu/")
    assert asked.url == "/tai-khoan/xac-nhan/?next=/tai-khoan/thu-dien-tu/"
    data = {"confirm_password": "mật khẩu của phép thử", "next": "/tai-khoan/thu-dien-tu/"}
    assert client.post("/tai-khoan/xac-nhan/", data).url == "/tai-khoan/thu-dien-tu/"
    assert client.get("/tai-khoan/thu-dien-tu/").status_code == 200


def test_a_form_waits_for_the_password_and_is_done_then(officer: User, stopped) -> None:
    """ASVS 7.5.1: nothing typed is lost, nothing is done before."""
    client = browser(CHROME)
    stopped.shift(601)
    page = client.post("/tai-khoan/thu-dien-tu/", {"email": "moi@thidua.example"})
    assert (page.status_code, page.context["carried"]) == (200, [("email", "moi@thidua.example")])
    assert officer.letters.count() == 0
    wrong = client.post("/tai-khoan/thu-dien-tu/", {"email": "moi@thidua.example", "confirm_password": "sai"})
    assert (wrong.status_code, officer.letters.count()) == (200, 0)
    data = {"email": "moi@thidua.example", "confirm_password": "mật khẩu của phép thử"}
    assert client.post("/tai-khoan/thu-dien-tu/", data).url == "/tai-khoan/"
    assert officer.letters.get().address == "moi@thidua.example"


def test_the_question_for_the_password_leads_nowhere_else(officer: User) -> None:
    """ASVS 3.7.2: the 44 hostile values of the sign-in page."""
    client = browser(CHROME)
    found = {
        client.post("/tai-khoan/xac-nhan/", {"confirm_password": "mật khẩu của phép thử", "next": wanted}).url
        for wanted in HOSTILE_NEXT
    }
    assert (found, len(HOSTILE_NEXT)) == ({"/tai-khoan/"}, 44)


def test_guessing_at_the_question_is_throttled(officer: User) -> None:
    """ASVS 2.4.1, 6.3.1."""
    client = browser(CHROME)
    found = [client.post("/tai-khoan/xac-nhan/", {"confirm_password": "sai"}) for _try in range(5)]
    assert ([a.status_code for a in found], found[-1]["Retry-After"]) == ([200, 200, 200, 200, 429], "900")
