from __future__ import annotations

import base64
import re
import threading
from collections.abc import Callable
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings as live
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import get_resolver
from django_otp.plugins.otp_totp.models import TOTPDevice

from organizations import factors
from organizations.enums import DECIDING_ROLES, Role, second_factor_roles
from organizations.models import AuthenticatorApp, RecoveryCode, User
from organizations.sealing import SealBrokenError, seal, unseal
from tests.factories import PASSWORD, UnitFactory, UserFactory
from tests.organizations.conftest import code_of, give_factor, is_in, sign_in


@pytest.fixture
def officer(db: None) -> User:
    return UserFactory(username="binhnhi")


def enter(client: Client, code: str):
    return client.post("/dang-nhap/ma/", {"code": code})


def set_up(client: Client, code: str = ""):
    """Open the page, read the secret like an app does, and type its code."""
    page = client.get("/tai-khoan/hai-lop/")
    key = page.context["signed"]
    device = factors.device_for(User.objects.get(pk=client.session["_auth_user_id"]), key)
    assert device
    return client.post("/tai-khoan/hai-lop/", {"signed_key": key, "code": code or code_of(device)}), device


# Signing in


def test_without_the_code_a_session_does_not_count_as_signed_in(officer: User) -> None:
    """ASVS 6.3.3."""
    give_factor(officer)
    client = Client()
    answer = client.post("/dang-nhap/", {"username": "binhnhi", "password": PASSWORD})
    assert (answer.url, is_in(client), client.get("/dang-nhap/ma/").status_code) == ("/dang-nhap/ma/", False, 200)


def test_the_code_leads_to_where_one_was(officer: User) -> None:
    device = give_factor(officer)
    client = Client()
    client.post("/dang-nhap/", {"username": "binhnhi", "password": PASSWORD, "next": "/dien-hinh/?q=an"})
    before = client.session.session_key
    answer = enter(client, code_of(device))
    assert (answer.url, is_in(client), client.session.session_key == before) == ("/dien-hinh/?q=an", True, False)


def test_a_code_with_a_space_counts_and_other_codes_do_not(officer: User, stopped) -> None:
    device = give_factor(officer)
    code = code_of(device)
    client = sign_in("binhnhi")
    found = [enter(client, typed).status_code for typed in ("000000", "abcdef", "١٢٣٤٥٦", "", f"{code[:3]} {code[3:]}")]
    assert (found, is_in(client)) == ([200, 200, 200, 200, 302], True)


def test_a_code_is_good_once_within_its_thirty_seconds(officer: User, stopped) -> None:
    """ASVS 6.5.1: replay refused."""
    code = code_of(give_factor(officer))
    assert [enter(sign_in("binhnhi"), code).status_code for _time in range(2)] == [302, 200]
    stopped.shift(60)
    assert enter(sign_in("binhnhi"), code_of(AuthenticatorApp.objects.get())).status_code == 302


def test_after_five_wrong_codes_codes_wait_from_every_address(officer: User, stopped) -> None:
    """ASVS 2.4.1, 6.3.1."""
    device = give_factor(officer)
    clients = [sign_in("binhnhi", REMOTE_ADDR=f"10.0.0.{n}") for n in range(6)]
    found = [enter(client, "000000") for client in clients[:5]]
    assert [(a.status_code, a.get("Retry-After")) for a in found] == [(200, None)] * 4 + [(429, "900")]
    assert enter(clients[5], code_of(device)).status_code == 429
    stopped.shift(901)
    assert enter(sign_in("binhnhi"), code_of(device)).status_code == 302


def test_the_code_must_follow_the_password_within_ten_minutes(officer: User, stopped) -> None:
    device = give_factor(officer)
    client = sign_in("binhnhi")
    stopped.shift(601)
    assert (enter(client, code_of(device)).url, is_in(client)) == ("/dang-nhap/", False)


def test_a_changed_password_or_a_closed_account_ends_the_wait_for_the_code(officer: User) -> None:
    """ASVS 7.4.2, 7.4.3."""
    device = give_factor(officer)
    first, second = sign_in("binhnhi"), sign_in("binhnhi")
    officer.set_password("khác hẳn mật khẩu trước đó")
    officer.save()
    assert enter(first, code_of(device)).url == "/dang-nhap/"
    User.objects.update(is_active=False)
    assert (enter(second, code_of(device)).url, is_in(second)) == ("/dang-nhap/", False)


def test_the_code_page_without_a_password_leads_to_the_sign_in_page(db: None) -> None:
    """ASVS 2.3.1."""
    assert [Client().get("/dang-nhap/ma/").url, enter(Client(), "123456").url] == ["/dang-nhap/", "/dang-nhap/"]


def test_a_form_of_another_site_brings_no_code(officer: User) -> None:
    """ASVS 3.5.1."""
    assert enter(Client(enforce_csrf_checks=True), "123456").status_code == 403


# Recovery codes


def test_a_recovery_code_signs_in_once(officer: User) -> None:
    """ASVS 6.5.1."""
    give_factor(officer)
    code, *_others = factors.make_codes(user=officer)
    typed = code.lower().replace("-", " ")
    assert [enter(sign_in("binhnhi"), each).status_code for each in (typed, code)] == [302, 200]
    assert factors.codes_left(officer) == 9


def test_recovery_codes_are_stored_hashed_alone(officer: User) -> None:
    """ASVS 6.5.2: argon2id at the cost that OWASP names as the least."""
    codes = factors.make_codes(user=officer)
    stored = str(list(RecoveryCode.objects.values()))
    assert (
        len(set(codes)),
        {c.code_hash.rpartition("$")[0].rpartition("$")[0] for c in RecoveryCode.objects.all()},
    ) == (
        10,
        {"argon2$argon2id$v=19$m=7168,t=5,p=1"},
    )
    assert [code for code in codes if code in stored or code.replace("-", "") in stored] == []


def test_new_recovery_codes_make_the_old_ones_worthless(officer: User) -> None:
    give_factor(officer)
    old = factors.make_codes(user=officer)
    client = Client()
    client = sign_in("binhnhi")
    enter(client, old[0])
    new = client.post("/tai-khoan/hai-lop/ma-du-phong/").context["codes"]
    assert [factors.check(user=officer, typed=code) for code in (old[1], new[0])] == ["", "recovery"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_of_two_who_use_one_code_at_once_one_wins(kind: str) -> None:
    """ASVS 2.3.4, 6.5.1."""
    user = UserFactory(username="binhnhi")
    code = code_of(give_factor(user)) if kind == "app" else factors.make_codes(user=user)[0]
    barrier, found = threading.Barrier(2), []

    def use() -> None:
        barrier.wait()
        found.append(factors.check(user=user, typed=code))
        connection.close()

    threads = [threading.Thread(target=use) for _number in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(found) == ["", kind]


# Setting up


def test_the_page_shows_the_secret_as_picture_and_text_without_any_style(officer: User) -> None:
    page = sign_in("binhnhi").get("/tai-khoan/hai-lop/")
    picture, key = page.context["qr"], page.context["key"]
    assert (picture[:4], "style" in picture, bool(re.fullmatch(r"([A-Z2-7]{4} ){7}[A-Z2-7]{4}", key))) == (
        "<svg",
        False,
        True,
    )
    assert AuthenticatorApp.objects.count() == 0


def test_the_right_code_turns_it_on_and_shows_ten_codes_once(officer: User, deliver_mails: Callable) -> None:
    client = sign_in("binhnhi")
    answer, _device = deliver_mails(lambda: set_up(client))
    assert (answer.status_code, len(answer.context["codes"]), AuthenticatorApp.objects.count()) == (200, 10, 1)
    assert client.get("/tai-khoan/hai-lop/").url == "/tai-khoan/"
    assert officer.events.first().kind == "factor_set"
    assert officer.letters.get().purpose == "factor_changed"


def test_a_wrong_code_turns_nothing_on_and_keeps_the_secret(officer: User) -> None:
    client = sign_in("binhnhi")
    answer, device = set_up(client, "000000")
    assert (answer.status_code, AuthenticatorApp.objects.count()) == (200, 0)
    assert answer.context["key"] == factors.key_in_groups(device)


def test_the_code_of_setting_up_does_not_sign_in_as_well(officer: User, stopped) -> None:
    """ASVS 6.5.1."""
    _answer, device = set_up(sign_in("binhnhi"))
    assert enter(sign_in("binhnhi"), code_of(device)).status_code == 200


def test_a_secret_of_somebody_else_or_an_old_one_is_not_taken(officer: User, stopped) -> None:
    other = factors.new_key(UserFactory())
    mine = factors.new_key(officer)
    assert [factors.device_for(officer, key) is None for key in (other, "giả", "", mine)] == [True, True, True, False]
    stopped.shift(901)
    assert factors.device_for(officer, mine) is None


def test_it_can_be_turned_off_where_no_role_asks_for_it(officer: User) -> None:
    client = sign_in("binhnhi")
    set_up(client)
    client.post("/tai-khoan/hai-lop/tat/")
    assert (AuthenticatorApp.objects.count(), RecoveryCode.objects.count(), is_in(sign_in("binhnhi"))) == (0, 0, True)


# Required by a role


def test_the_setting_names_roles_or_those_who_decide(settings) -> None:
    cases = {(): frozenset(), ("deciding",): DECIDING_ROLES, ("editor",): frozenset({"editor"})}
    found = {}
    for value in cases:
        settings.SECOND_FACTOR_ROLES = value
        found[value] = second_factor_roles()
    assert found == cases


@pytest.fixture
def reviewer(db: None, settings) -> User:
    settings.SECOND_FACTOR_ROLES = ("deciding",)
    return UserFactory(username="noivu", roles=[(Role.REVIEWER, UnitFactory())])


def test_who_must_have_it_sets_it_up_before_anything_else(reviewer: User) -> None:
    """ASVS 6.3.3."""
    client = Client()
    answer = client.post("/dang-nhap/", {"username": "noivu", "password": PASSWORD})
    pages = ("/ban-lam-viec/", "/dien-hinh/", "/tai-khoan/", "/tai-khoan/mat-khau/", "/thong-bao/")
    assert (answer.url, {client.get(page).url for page in pages}) == ("/tai-khoan/hai-lop/", {"/tai-khoan/hai-lop/"})
    assert client.post("/thong-bao/da-doc/").url == "/tai-khoan/hai-lop/"
    set_up(client)
    assert is_in(client) is True


def test_who_must_have_it_cannot_turn_it_off(reviewer: User) -> None:
    client = sign_in("noivu")
    set_up(client)
    client.post("/tai-khoan/hai-lop/tat/")
    assert AuthenticatorApp.objects.count() == 1


def test_who_need_not_have_it_is_not_asked(reviewer: User) -> None:
    UserFactory(username="xa", roles=[(Role.OFFICER, UnitFactory())])
    assert is_in(sign_in("xa")) is True


def test_a_reset_by_the_operator_ends_sessions_and_is_told_and_logged(officer: User, capsys) -> None:
    """ASVS 6.3.3, 16.3.1."""
    device = give_factor(officer)
    client = sign_in("binhnhi")
    enter(client, code_of(device))
    call_command("reset_second_factor", "binhnhi")
    assert (is_in(client), AuthenticatorApp.objects.count(), officer.events.first().kind) == (False, 0, "factor_reset")
    assert officer.letters.get().purpose == "factor_changed"
    for name in ("binhnhi", "khongco"):
        with pytest.raises(CommandError):
            call_command("reset_second_factor", name)


def test_no_code_or_secret_is_logged(officer: User, caplog) -> None:
    """ASVS 16.2.5."""
    answer, device = set_up(sign_in("binhnhi"))
    enter(sign_in("binhnhi"), "987654")
    secrets = [*answer.context["codes"], device.key, factors.key_in_groups(device), "987654"]
    assert [secret for secret in secrets if secret in caplog.text] == []


def test_guesses_are_not_slowed_by_a_clock_that_never_ends() -> None:
    assert live.OTP_TOTP_THROTTLE_FACTOR == 0


def test_a_form_sent_after_the_session_ended_gives_no_secret_back(officer: User) -> None:
    key = factors.new_key(officer)
    answer = Client().post("/tai-khoan/hai-lop/", {"signed_key": key, "code": "123456"})
    assert (answer.status_code, key in answer.content.decode()) == (401, False)


def test_there_is_no_other_door_to_sign_in_by() -> None:
    """ASVS 6.3.4: no admin site, no second sign-in."""
    routes = str(get_resolver().reverse_dict.keys()) + str([str(p.pattern) for p in get_resolver().url_patterns])
    assert [word for word in ("admin", "login", "api") if word in routes] == []


# The secret in the database


def stored_key() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM otp_totp_totpdevice")
        return cursor.fetchone()[0]


def test_the_secret_is_stored_under_lock(officer: User) -> None:
    """ASVS 13.3.1: a copy of the database does not yield codes."""
    app = give_factor(officer)
    secret, stored = app.bin_key, stored_key()
    assert (stored[:3], len(stored)) == ("e1$", 67)
    assert all(form not in stored for form in (secret.hex(), base64.b32encode(secret).decode()))


def test_what_the_page_showed_is_what_is_stored(officer: User) -> None:
    client = sign_in("binhnhi")
    _answer, device = set_up(client)
    assert AuthenticatorApp.objects.get().bin_key == device.bin_key


def test_a_secret_opens_neither_for_another_person_nor_when_it_was_changed(officer: User) -> None:
    sealed = seal(b"x" * 20, "1")
    wrong = [
        (sealed, "2"),
        (sealed[:-3] + "AAA", "1"),
        (sealed[:9], "1"),
        ("e1$", "1"),
        ("e1$ế", "1"),
        ("ab" * 20, "1"),
    ]
    for text, owner in wrong:
        with pytest.raises(SealBrokenError):
            unseal(text, owner)
    assert seal(b"x" * 20, "1") != sealed


def test_a_new_secret_key_takes_over_step_by_step(officer: User, settings, stopped, capsys) -> None:
    """docs/accounts.md, A new SECRET_KEY."""
    device, old, new = give_factor(officer), settings.SECRET_KEY, "n" * 60
    code = code_of(device)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = new, [old]
    assert enter(sign_in("binhnhi"), code).status_code == 302
    call_command("reseal_factors")
    assert capsys.readouterr().out == "Đã khóa lại 1 ứng dụng xác thực bằng SECRET_KEY hiện nay.\n"
    settings.SECRET_KEY_FALLBACKS = []
    stopped.shift(60)
    assert enter(sign_in("binhnhi"), code_of(AuthenticatorApp.objects.get())).status_code == 302


def test_with_the_key_lost_recovery_codes_still_open_and_the_command_names_the_person(officer: User, settings) -> None:
    code = code_of(give_factor(officer))
    recovery = factors.make_codes(user=officer)[0]
    settings.SECRET_KEY = "n" * 60
    assert enter(sign_in("binhnhi"), code).status_code == 200
    assert enter(sign_in("binhnhi"), recovery).status_code == 302
    with pytest.raises(CommandError, match="binhnhi"):
        call_command("reseal_factors")


def test_the_migration_locks_what_stood_in_clear_and_goes_back(officer: User) -> None:
    step = import_module("organizations.migrations.0009_seal_secrets_of_apps")
    TOTPDevice.objects.create(user=officer, key="0a" * 20, name="app")
    for _again in range(2):
        step.seal_all(apps, None)
    assert AuthenticatorApp.objects.get().bin_key == bytes.fromhex("0a" * 20)
    for _again in range(2):
        step.unseal_all(apps, None)
    assert stored_key() == "0a" * 20
