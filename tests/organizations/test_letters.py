from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from notifications.models import OutboxMessage
from organizations import mailing, services
from organizations.devices import Origin
from organizations.models import AccountLetter, User
from tests.factories import PASSWORD, UserFactory
from tests.organizations.conftest import NEW, code_of, give_factor, is_in, link_in_mail, sign_in

Deliver = Callable[[Callable], object]
HERE = Origin("10.0.0.1", "Chrome trên Windows")
BOTH = {"new_password": NEW, "new_password_again": NEW}


@pytest.fixture
def officer(db: None) -> User:
    return UserFactory(username="binhnhi", email="canbo@thidua.example")


def ask(name: str, address: str = "10.0.0.1"):
    return Client(REMOTE_ADDR=address).post("/quen-mat-khau/", {"name": name})


# A forgotten password


def test_a_link_by_mail_sets_a_new_password(officer: User, deliver_mails: Deliver) -> None:
    """ASVS 6.4.1, 6.4.3."""
    deliver_mails(lambda: ask("binhnhi"))
    link = link_in_mail()
    assert (mail.outbox[-1].to, Client().get(link).status_code) == (["canbo@thidua.example"], 200)
    answer = Client().post(link, BOTH)
    assert (answer.url, [is_in(sign_in("binhnhi", word)) for word in (PASSWORD, NEW)]) == (
        "/dang-nhap/",
        [False, True],
    )


def test_a_reset_does_not_skip_the_second_factor(officer: User, deliver_mails: Deliver) -> None:
    """ASVS 6.4.3."""
    device = give_factor(officer)
    deliver_mails(lambda: ask("binhnhi"))
    client = Client()
    client.post(link_in_mail(), BOTH)
    assert is_in(client) is False
    sign_in("binhnhi", NEW, client)
    assert is_in(client) is False
    client.post("/dang-nhap/ma/", {"code": code_of(device)})
    assert is_in(client) is True


def test_a_reset_ends_every_session(officer: User, deliver_mails: Deliver) -> None:
    """ASVS 7.4.3."""
    thief = sign_in("binhnhi")
    deliver_mails(lambda: ask("binhnhi"))
    Client().post(link_in_mail(), BOTH)
    assert (is_in(thief), officer.sessions.count()) == (False, 0)


def test_a_link_works_once(officer: User, deliver_mails: Deliver) -> None:
    """ASVS 6.4.1."""
    deliver_mails(lambda: ask("binhnhi"))
    link = link_in_mail()
    assert [Client().post(link, BOTH).status_code for _time in range(2)] == [302, 410]
    assert Client().get(link).status_code == 410


def test_a_link_works_for_an_hour(officer: User, deliver_mails: Deliver, stopped) -> None:
    """ASVS 6.4.1."""
    deliver_mails(lambda: ask("binhnhi"))
    link = link_in_mail()
    stopped.shift(3599)
    before = Client().get(link).status_code
    stopped.shift(1)
    assert (before, Client().get(link).status_code, Client().post(link, BOTH).status_code) == (200, 410, 410)
    assert is_in(sign_in("binhnhi")) is True


def test_looking_at_the_page_does_not_use_the_link_up(officer: User, deliver_mails: Deliver) -> None:
    deliver_mails(lambda: ask("binhnhi"))
    link = link_in_mail()
    assert [Client().get(link).status_code for _time in range(3)] == [200, 200, 200]


def test_a_weak_password_does_not_use_the_link_up(officer: User, deliver_mails: Deliver) -> None:
    deliver_mails(lambda: ask("binhnhi"))
    link = link_in_mail()
    weak = {"new_password": "binhnhi", "new_password_again": "binhnhi"}
    assert [Client().post(link, data).status_code for data in (weak, BOTH)] == [200, 302]


def test_other_links_are_worthless_once_one_was_used(officer: User, deliver_mails: Deliver) -> None:
    links = []
    for _time in range(2):
        deliver_mails(lambda: ask("binhnhi"))
        links.append(link_in_mail())
    assert [Client().post(link, BOTH).status_code for link in links] == [302, 410]


@pytest.mark.parametrize("token", ["x", "1", "1:abc", "0:", "a" * 5000, "1:" + "A" * 43, "%00", "é"])
def test_a_forged_link_is_not_found(officer: User, token: str) -> None:
    services.request_reset(name="binhnhi", origin=HERE)
    assert Client().get(f"/dat-mat-khau/{token}/").status_code == 404


def test_nothing_stored_opens_an_account(officer: User, deliver_mails: Deliver, caplog) -> None:
    """ASVS 16.2.5, 11.5.1: neither tables, outbox nor log hold the link."""
    deliver_mails(lambda: ask("binhnhi"))
    token = link_in_mail().rstrip("/").rpartition("/")[2]
    stored = f"{list(OutboxMessage.objects.values())} {list(AccountLetter.objects.values())} {caplog.text}"
    assert (token in stored, len(token.rpartition(":")[2])) == (False, 43)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_redeem_one_link_at_once_one_wins() -> None:
    """ASVS 2.3.4 (pretalx #2393)."""
    user = UserFactory(username="binhnhi")
    letter = mailing.send(user=user, purpose="reset", address=user.email)
    barrier, found = threading.Barrier(2), []

    def redeem(password: str) -> None:
        own = AccountLetter.objects.select_related("user").get(pk=letter.pk)
        barrier.wait()
        found.append((services.set_password(letter=own, password=password, origin=HERE), password))
        connection.close()

    threads = [threading.Thread(target=redeem, args=(f"{NEW} {n}",)) for n in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    won = [password for done, password in found if done]
    user.refresh_from_db()
    assert (len(won), user.check_password(won[0]), user.events.filter(kind="password_reset").count()) == (1, True, 1)


# Nobody learns which accounts exist


def test_the_answer_is_the_same_for_accounts_that_exist_and_for_none(officer: User) -> None:
    """ASVS 6.3.8 in spirit; enumeration by the reset page."""
    UserFactory(username="dong", is_active=False)
    UserFactory(username="khongthu", email="")
    names = ("binhnhi", "canbo@thidua.example", "khongco", "khong@thidua.example", "dong", "khongthu")
    answers = [ask(name) for name in names]
    assert {(a.status_code, a.url, a.content) for a in answers} == {(302, "/quen-mat-khau/da-gui/", b"")}
    assert [letter.user.username for letter in AccountLetter.objects.all()] == ["binhnhi", "binhnhi"]


_LETTERS, _OUTBOX = "organizations_accountletter", "notifications_outboxmessage"


def test_the_work_of_an_answer_tells_little(officer: User) -> None:
    """No hash, no mail server; for a name without an account a letter is written too, and taken back."""
    written = []
    for name in ("khongco", "binhnhi"):
        with CaptureQueriesContext(connection) as queries:
            ask(name)
        inserts = [query["sql"].split('"')[1] for query in queries if query["sql"].startswith("INSERT")]
        written.append([table for table in inserts if table in (_LETTERS, _OUTBOX)])
    assert written == [[_LETTERS, _OUTBOX]] * 2
    assert officer.letters.count() == 1


def test_a_person_gets_at_most_three_links_an_hour(officer: User, stopped) -> None:
    """ASVS 2.4.1: by name."""
    for number in range(5):
        ask("binhnhi", f"10.0.0.{number}")
    assert officer.letters.count() == 3
    stopped.shift(3601)
    ask("binhnhi")
    assert officer.letters.count() == 4


def test_an_address_asks_at_most_so_often_an_hour(officer: User, settings, stopped) -> None:
    """ASVS 2.4.1: by address, over all names."""
    settings.PASSWORD_RESET_ADDRESS_LIMIT = 3
    answers = [ask(f"ten{number}") for number in range(4)]
    assert ([a.status_code for a in answers], answers[-1]["Retry-After"]) == ([302, 302, 302, 429], "3600")
    assert ask("ten", "10.0.0.2").status_code == 302
    stopped.shift(3601)
    assert ask("ten").status_code == 302


@pytest.mark.parametrize("path", ["/quen-mat-khau/", "/dat-mat-khau/x/", "/dang-nhap/ma/", "/dang-nhap/"])
def test_forms_of_another_site_are_refused_before_signing_in(db: None, path: str) -> None:
    """ASVS 3.5.1."""
    assert Client(enforce_csrf_checks=True).post(path, {"name": "binhnhi"}).status_code == 403


# Another address


def change_email(client: Client, address: str):
    return client.post("/tai-khoan/thu-dien-tu/", {"email": address})


def test_a_new_address_counts_once_its_owner_confirmed_it(officer: User, deliver_mails: Deliver) -> None:
    client = sign_in("binhnhi")
    deliver_mails(lambda: change_email(client, "moi@thidua.example"))
    officer.refresh_from_db()
    assert (mail.outbox[-1].to, officer.email) == (["moi@thidua.example"], "canbo@thidua.example")
    link = link_in_mail()
    assert client.get(link).status_code == 200
    deliver_mails(lambda: client.post(link))
    officer.refresh_from_db()
    assert (officer.email, mail.outbox[-1].to) == ("moi@thidua.example", ["canbo@thidua.example"])
    assert client.post(link).status_code == 410


def test_a_stranger_at_a_mistyped_address_cannot_confirm_it(officer: User, deliver_mails: Deliver) -> None:
    UserFactory(username="vinhbinh")
    deliver_mails(lambda: change_email(sign_in("binhnhi"), "nham@thidua.example"))
    link = link_in_mail()
    assert [Client().get(link).status_code, sign_in("vinhbinh").post(link).status_code] == [302, 404]


def test_an_address_of_another_account_is_told_to_that_address_alone(officer: User, deliver_mails: Deliver) -> None:
    """CVE-2025-53640 in small: no page says whose address it is."""
    UserFactory(username="vinhbinh", email="vb@thidua.example")
    client = sign_in("binhnhi")
    pages = []
    for address in ("trong@thidua.example", "VB@thidua.example"):
        deliver_mails(lambda address=address: change_email(client, address))
        text = client.get("/tai-khoan/").content.decode()
        pages.append((f"Đã gửi thư tới {address}" in text, "/thu-dien-tu/" in mail.outbox[-1].body))
    assert pages == [(True, True), (True, False)]


def test_addresses_are_asked_for_three_times_an_hour(officer: User) -> None:
    """The one letter to a typed address: from a confirmed session, with fixed words, seldom."""
    client = sign_in("binhnhi")
    found = [change_email(client, f"moi{number}@thidua.example").status_code for number in range(4)]
    assert (found, officer.letters.count()) == ([302, 302, 302, 200], 3)


def test_only_the_newest_link_confirms(officer: User, deliver_mails: Deliver) -> None:
    client, links = sign_in("binhnhi"), []
    for number in range(2):
        deliver_mails(lambda number=number: change_email(client, f"moi{number}@thidua.example"))
        links.append(link_in_mail())
    assert [client.post(link).status_code for link in links] == [410, 302]


def test_a_changed_address_makes_links_to_the_old_one_worthless(officer: User, deliver_mails: Deliver) -> None:
    client = sign_in("binhnhi")
    deliver_mails(lambda: ask("binhnhi"))
    reset = link_in_mail()
    deliver_mails(lambda: change_email(client, "moi@thidua.example"))
    client.post(link_in_mail())
    assert Client().post(reset, BOTH).status_code == 410


# The mails themselves


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Nguyễn\r\nBcc: x@ke.xau", "Nguyễn Bcc: x ke xau"),
        ("Nhấp https://ke.xau/vào", "Nhấp ke xau vào"),
        ("www.ke.xau", "www ke xau"),
        ("<a href=x>An</a>", "a href=x An a"),
        ("TS. Nguyễn Văn An", "TS. Nguyễn Văn An"),
        ("[An](http://ke.xau)", "An ke xau"),
    ],
)
def test_names_in_mails_are_one_line_without_links(name: str, plain: str) -> None:
    """ASVS 1.3.11; CVE-free lesson 24 of security.md."""
    assert " ".join(mailing.harmless(name).split()) == plain


def test_a_letter_that_was_used_is_not_sent_any_more(officer: User, deliver_mails: Deliver) -> None:
    def ask_and_use() -> None:
        services.request_reset(name="binhnhi", origin=HERE)
        AccountLetter.objects.update(used_at="2026-01-01T00:00:00+07:00")

    deliver_mails(ask_and_use)
    assert (len(mail.outbox), OutboxMessage.objects.get().status) == (0, "skipped")


def test_letters_make_no_notice_on_the_portal(officer: User) -> None:
    services.request_reset(name="binhnhi", origin=HERE)
    assert list(OutboxMessage.objects.values_list("channel", flat=True)) == ["email"]
