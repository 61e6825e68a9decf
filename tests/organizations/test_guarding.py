"""What an attacker would try on accounts: stored passwords, old links, closed accounts, two sessions, full logs."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from importlib import import_module

import pytest
from axes.models import AccessAttempt
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection
from django.http import HttpResponseForbidden
from django.test import Client, RequestFactory
from django.utils import timezone

from core import clock
from core.audit.models import AuditEvent
from core.audit.models import EventKind as AuditKind
from core.audit.refusals import ROWS_A_MINUTE, RefusalLogMiddleware
from emulation_portal.tasks import clear_sessions
from organizations import factors, mailing, services, sessions, throttle
from organizations.account_models import AccountEvent, Tries
from organizations.devices import Origin
from organizations.enums import EventKind, Purpose, Role
from organizations.models import RoleAssignment, User
from organizations.services.people import may_manage
from tests.factories import PASSWORD, UserFactory, World
from tests.organizations.conftest import NEW, code_of, give_factor, is_in, sign_in

CANARY = "Chim-yen-canary-7391"
HERE = Origin("10.0.0.1", "Chrome trên Windows")


@pytest.fixture
def officer(db: None) -> User:
    return UserFactory(username="canbovh", email="canbovh@thidua.example")


def stored_words() -> Iterator[tuple[str, str]]:
    """(table, text) of every row of the database."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                yield table, " ".join(str(value) for value in row)


def holding(word: str) -> set[str]:
    return {table for table, text in stored_words() if word.casefold() in text.casefold()}


def test_no_table_holds_a_password_that_was_typed_anywhere(officer: User) -> None:
    """ASVS 14.2: failed sign-in, password in the box of the name, failed change, failed question, failed set-up."""
    client = sign_in("canbovh")
    anonymous = Client()
    for _twice in range(2):
        anonymous.post(f"/dang-nhap/?q={CANARY}", {"username": "canbovh", "password": CANARY, "code": CANARY})
        anonymous.post("/dang-nhap/", {"username": CANARY, "password": CANARY})
        data = {"current_password": CANARY, "new_password": CANARY + "1", "new_password_again": CANARY + "1"}
        client.post("/tai-khoan/mat-khau/", data)
        client.post("/tai-khoan/xac-nhan/", {"confirm_password": CANARY, "next": "/tai-khoan/"})
    assert AccessAttempt.objects.count() >= 2
    assert {(row.get_data, row.post_data) for row in AccessAttempt.objects.all()} == {("", "")}
    assert holding(CANARY) == set()


def test_stored_forms_of_earlier_versions_are_emptied(officer: User) -> None:
    AccessAttempt.objects.bulk_create(
        [AccessAttempt(username="canbovh", post_data=f"current_password={CANARY}", failures_since_start=1)]
    )
    assert holding(CANARY) == {"axes_accessattempt"}
    import_module("organizations.migrations.0004_guarding_accounts").empty_stored_forms(apps, None)
    assert holding(CANARY) == set()


def test_a_shared_address_stops_the_migration_with_the_names_of_its_accounts(officer: User) -> None:
    migration = import_module("organizations.migrations.0004_guarding_accounts")
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX email_of_one_account")
    UserFactory(username="khac", email=officer.email.upper())
    with pytest.raises(migration.SharedAddresses, match="canbovh, khac"):
        migration.refuse_shared_addresses(apps, None)
    assert User.objects.filter(email__iexact=officer.email).count() == 2


# A closed account stays closed


def test_a_password_change_does_not_open_an_account_that_was_closed_meanwhile(officer: User) -> None:
    stale = User.objects.get(pk=officer.pk)
    User.objects.filter(pk=officer.pk).update(is_active=False)
    with pytest.raises(services.AccountError, match="đã ngừng"):
        services.change_password(user=stale, password=NEW, origin=HERE)
    officer.refresh_from_db()
    assert (officer.is_active, officer.check_password(PASSWORD)) == (False, True)


def letter_of(user: User, purpose: str):
    return mailing.send(user=user, purpose=purpose, address=user.email)


def test_a_reset_does_not_open_an_account_that_was_closed_meanwhile(officer: User) -> None:
    letter = letter_of(officer, Purpose.RESET)
    assert letter.user.is_active
    User.objects.filter(pk=officer.pk).update(is_active=False)
    assert services.set_password(letter=letter, password=NEW, origin=HERE) is False
    officer.refresh_from_db()
    assert (officer.is_active, officer.check_password(NEW)) == (False, False)


def test_an_invitation_is_worth_nothing_once_a_password_is_set(officer: User) -> None:
    invitation = letter_of(officer, Purpose.INVITATION)
    assert services.set_password(letter=invitation, password=NEW, origin=HERE) is False
    User.objects.filter(pk=officer.pk).update(is_active=False)
    assert services.set_password(letter=invitation, password=NEW, origin=HERE) is False
    officer.refresh_from_db()
    assert (officer.is_active, officer.check_password(PASSWORD)) == (False, True)


@pytest.mark.parametrize("how", ["password", "address"])
def test_a_change_of_password_or_address_cancels_every_link_that_sets_a_password(officer: User, how: str) -> None:
    letters = [letter_of(officer, purpose) for purpose in (Purpose.INVITATION, Purpose.RESET)]
    if how == "password":
        services.change_password(user=officer, password=NEW, origin=HERE)
    else:
        confirm = letter_of(officer, Purpose.EMAIL_CONFIRM)
        confirm.address = "moi@thidua.example"
        confirm.save()
        assert services.confirm_email(letter=confirm, user=officer, origin=HERE)
    for letter in letters:
        letter.refresh_from_db()
    assert [letter.cancelled_at is not None for letter in letters] == [True, True]


def test_an_address_that_somebody_took_at_the_same_moment_is_refused_in_words(officer: User, monkeypatch) -> None:
    UserFactory(username="khac", email="moi@thidua.example")
    confirm = letter_of(officer, Purpose.EMAIL_CONFIRM)
    confirm.address = "Moi@thidua.example"
    confirm.save()
    monkeypatch.setattr("organizations.services.own.is_taken", lambda address, but=None: False)
    with pytest.raises(services.AccountError, match="đã thuộc một tài khoản"):
        services.confirm_email(letter=confirm, user=officer, origin=HERE)
    officer.refresh_from_db()
    assert officer.email == "canbovh@thidua.example"


# Second factor


def test_setting_up_the_factor_ends_every_other_session(officer: User, settings) -> None:
    here, there = sign_in("canbovh"), sign_in("canbovh")
    page = here.get("/tai-khoan/hai-lop/")
    device = factors.device_for(officer, page.context["signed"])
    here.post("/tai-khoan/hai-lop/", {"signed_key": page.context["signed"], "code": code_of(device)})
    assert (factors.has_factor(officer), is_in(here), is_in(there)) == (True, True, False)


def test_a_session_that_must_set_up_what_is_set_up_elsewhere_is_sent_to_sign_in(world: World, settings) -> None:
    settings.SECOND_FACTOR_ROLES = ("reviewer",)
    client = sign_in(world.reviewer.username)
    assert client.get("/ban-lam-viec/").url == "/tai-khoan/hai-lop/"
    give_factor(world.reviewer)
    answers = [client.get(path) for path in ("/tai-khoan/hai-lop/", "/ban-lam-viec/")]
    assert [answer.url.partition("?")[0] for answer in answers] == ["/dang-nhap/", "/dang-nhap/"]
    assert client.get("/dang-nhap/").status_code == 200


def test_wrong_codes_are_counted_where_the_row_of_the_person_is_locked(officer: User) -> None:
    give_factor(officer)
    found = [services.try_code(user=officer, typed="000000", origin=HERE) for _try in range(7)]
    assert found == ["", "", "", "", "", None, None]
    assert AccountEvent.objects.filter(kind=EventKind.CODE_FAILED).count() == 5


def test_a_second_set_up_does_not_replace_the_first(officer: User) -> None:
    devices = [factors.device_for(officer, factors.new_key(officer)) for _two in range(2)]
    found = [
        services.set_up_factor(user=officer, device=device, code=code_of(device), origin=HERE, here=None)
        for device in devices
    ]
    assert (len(found[0]), found[1], officer.totpdevice_set.get().key) == (factors.CODES, [], devices[0].key)


# Logs that cannot be filled


def test_failed_questions_are_logged_as_often_as_they_are_counted(officer: User) -> None:
    client = sign_in("canbovh")
    for _try in range(9):
        client.post("/tai-khoan/xac-nhan/", {"confirm_password": "sai", "next": "/tai-khoan/"})
    assert AccountEvent.objects.filter(kind=EventKind.CONFIRM_FAILED).count() == 5


def test_a_loop_over_numbers_leaves_one_row_that_the_next_one_completes(world: World, browse, stopped) -> None:
    client = browse("officer")
    for number in range(900_000, 900_020):
        client.get(f"/dien-hinh/{number}/")
    stopped.shift(61)
    client.get("/dien-hinh/900000/")
    rows = AuditEvent.objects.filter(kind=AuditKind.REFUSAL).order_by("number")
    assert [json.loads(row.data).get("left_out") for row in rows] == [None, 19]


def test_one_person_leaves_a_limited_number_of_refusals_a_minute(world: World, monkeypatch) -> None:
    guard = RefusalLogMiddleware(lambda request: HttpResponseForbidden())
    for number in range(30):
        request = RequestFactory().get("/")
        request.user = world.officer
        name = f"view_{number}"
        request.resolver_match = type("Match", (), {"kwargs": {}, "view_name": name, "url_name": name})()
        guard(request)
    assert AuditEvent.objects.filter(kind=AuditKind.REFUSAL).count() == ROWS_A_MINUTE


@pytest.mark.parametrize("broken", ["cache", "database"])
def test_what_goes_wrong_with_the_line_of_a_refusal_does_not_change_the_answer(
    world: World, browse, monkeypatch, broken: str
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise (ConnectionError if broken == "cache" else IntegrityError)("away")

    client = browse("officer")
    if broken == "cache":
        monkeypatch.setattr("core.audit.turns.cache.add", fail)
    else:
        monkeypatch.setattr("core.audit.refusals.record", fail)
    assert client.get("/quan-tri/tai-khoan/").status_code == 403
    assert AuditEvent.objects.filter(kind=AuditKind.REFUSAL).count() == (1 if broken == "cache" else 0)


def test_the_chain_holds_no_name_of_an_account_and_its_page_shows_it(world: World, browse) -> None:
    services.change_password(user=world.officer, password=NEW, origin=HERE)
    row = AuditEvent.objects.filter(kind=AuditKind.ACCOUNT).last()
    assert (row.subject_label, row.subject_id, row.reason) == ("", world.officer.pk, "")
    assert json.loads(row.data) == {"event": AccountEvent.objects.latest("pk").pk}
    page = browse("interior_head").get("/quan-tri/nhat-ky/?loai=account").content.decode()
    assert f'<td class="cell-meta">{world.officer.full_name}</td>' in page


# The rest


def test_dead_sessions_are_not_read_and_are_cleared_every_day(officer: User) -> None:
    now = timezone.now()
    Session.objects.create(session_key="c" * 32, session_data="", expire_date=now - datetime.timedelta(1))
    Session.objects.create(session_key="s" * 32, session_data="", expire_date=now + datetime.timedelta(1))
    old = clock.wall_now() - datetime.timedelta(days=3)
    Tries.objects.create(mark="cũ", count=1, since=old, last_at=old)
    throttle.note_reset("10.0.0.1")
    assert set(sessions._keys_by_hash().values()) == {"s" * 32}
    clear_sessions()
    assert (list(Session.objects.values_list("session_key", flat=True)), Tries.objects.count()) == (["s" * 32], 1)


def test_a_role_that_begins_later_already_keeps_lower_hands_off(world: World) -> None:
    head, person = world.people["interior_head"], world.officer
    before = may_manage(head, person)
    RoleAssignment.objects.create(
        user=person,
        role=Role.ADMINISTRATOR,
        unit=person.home_unit,
        valid_from=clock.today() + datetime.timedelta(days=30),
    )
    assert (before, may_manage(head, person)) == (True, False)
