"""Roles, names, units and addresses of other people, changed by who looks after their accounts."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import clock
from core.audit import verify
from core.audit.models import AuditEvent
from notifications import services as outbox
from notifications.delivery import deliver
from notifications.models import Channel, OutboxMessage, Status
from organizations import services
from organizations.devices import Origin
from organizations.enums import AddressFault, Role
from organizations.models import AccountEvent, RoleAssignment, User
from organizations.selectors import account_changes
from tests.factories import UserFactory, World
from tests.organizations.conftest import NEW, give_factor, is_in, link_in_mail, sign_in

HERE = Origin("10.0.0.1", "Chrome trên Windows")
LIST = "/quan-tri/tai-khoan/"
DAY = datetime.timedelta(days=1)
QUERIES = 10


def give(world: World, who: str = "officer", by: str = "interior_head", **more) -> RoleAssignment:
    values = {"role": Role.EDITOR, "unit": world.commune_a, "valid_from": clock.today(), "valid_to": None} | more
    return services.give_role(user=world.people[who], grant=services.Grant(**values), by=world.people[by], origin=HERE)


def take(world: World, role: RoleAssignment, by: str = "interior_head", last_day: datetime.date | None = None) -> None:
    services.end_role(user=role.user, pk=role.pk, last_day=last_day, by=world.people[by], origin=HERE)


def correct(world: World, person: User, by: str = "interior_head", **more) -> bool:
    values = {"full_name": person.full_name, "home_unit": person.home_unit, "email": person.email} | more
    details = services.Details(**values)
    return services.correct_details(user=person, details=details, by=world.people[by], origin=HERE)


def held(person: User) -> set[str]:
    return {role for role, _unit, _path in User.objects.get(pk=person.pk).access.grants}


def kinds(person: User) -> list[str]:
    return list(AccountEvent.objects.filter(user=person).order_by("pk").values_list("kind", flat=True))


# Giving


def test_a_role_is_given_on_the_page_and_the_person_is_told(world: World, deliver_mails: Callable) -> None:
    client = sign_in("interior_head")
    data = {"role": "editor", "unit": world.commune_a.pk, "valid_from": clock.today().strftime("%d/%m/%Y")}
    answer = deliver_mails(lambda: client.post(f"{LIST}{world.officer.pk}/vai-tro/", data))
    assert answer.url == f"{LIST}{world.officer.pk}/"
    assert held(world.officer) == {"officer", "editor"}
    told = OutboxMessage.objects.filter(recipient=world.officer, step="roles_changed")
    assert sorted(told.values_list("channel", "path")) == [("email", "/tai-khoan/"), ("in_app", "/tai-khoan/")]
    assert "Biên tập" in mail.outbox[-1].body
    assert world.interior_head.full_name in mail.outbox[-1].body
    assert kinds(world.officer)[-1] == "role_given"
    assert [change.words.split(" · ")[1] for change in account_changes(world.officer)] == [world.commune_a.name]


def test_the_chain_names_role_unit_and_days_and_no_person(world: World) -> None:
    give(world)
    event = AuditEvent.objects.latest("number")
    assert (event.action, event.actor_id) == ("account.role_given", world.interior_head.pk)
    assert f'"role":"editor","to":"","unit":{world.commune_a.pk}' in event.data
    assert world.officer.full_name not in event.data
    assert verify().fault == ""


@pytest.mark.parametrize("role", [Role.INTERIOR_HEAD, Role.LEADER, Role.ADMINISTRATOR])
def test_no_role_above_the_own_is_given_by_service_or_form(world: World, role: str) -> None:
    """ASVS 8.2.1, 8.3.1."""
    with pytest.raises(services.AccountError):
        give(world, role=role, unit=world.district)
    data = {"role": role, "unit": world.district.pk, "valid_from": "1/1/2099"}
    sign_in("interior_head").post(f"{LIST}{world.officer.pk}/vai-tro/", data)
    assert held(world.officer) == {"officer"}


def test_nobody_raises_the_own_rights(world: World) -> None:
    """ASVS 8.3.1."""
    for who in ("interior_head", "administrator"):
        person = world.people[who]
        with pytest.raises(services.AccountError):
            give(world, who=who, by=who, role=Role.OFFICER)
        with pytest.raises(services.AccountError):
            correct(world, person, by=who, full_name="Tên Khác")
        client = sign_in(who)
        pages = ("vai-tro/", "sua/", "dia-chi-sai/", f"vai-tro/{person.role_assignments.get().pk}/")
        assert {client.get(f"{LIST}{person.pk}/{page}").status_code for page in pages} == {403}


def test_nothing_is_given_outside_the_scope_of_the_giver(world: World) -> None:
    """ASVS 8.4.1."""
    for unit in (world.far_commune, world.far_district):
        with pytest.raises(services.AccountError):
            give(world, unit=unit)
    with pytest.raises(services.AccountError):
        take(world, world.people["other_reviewer"].role_assignments.get())


def test_a_role_begins_today_or_later_and_is_held_once(world: World) -> None:
    with pytest.raises(services.AccountError, match="hôm nay trở đi"):
        give(world, valid_from=clock.today() - DAY)
    give(world)
    with pytest.raises(services.AccountError, match="đã giữ vai trò"):
        give(world, valid_from=clock.today() + DAY)


def test_who_needs_a_second_factor_for_a_new_role_is_signed_out_to_set_it_up(world: World, settings) -> None:
    settings.SECOND_FACTOR_ROLES = ("reviewer",)
    client = sign_in("officer")
    give(world, role=Role.EDITOR)
    assert is_in(client) is True
    give(world, role=Role.REVIEWER, unit=world.district)
    assert is_in(client) is False
    assert sign_in("officer").get("/ban-lam-viec/").url == "/tai-khoan/hai-lop/"


def test_who_has_the_second_factor_stays_signed_in(world: World, settings) -> None:
    client = sign_in("officer")
    settings.SECOND_FACTOR_ROLES = ("reviewer",)
    give_factor(world.officer)
    give(world, role=Role.REVIEWER, unit=world.district)
    assert is_in(client) is True


# Ending


def test_what_is_taken_at_once_is_dead_at_the_next_request(world: World) -> None:
    """ASVS 7.4.5, 8.3.1."""
    theirs, mine = sign_in("reviewer"), sign_in("interior_head")
    assert theirs.get("/dien-hinh/xet-duyet/").status_code == 200
    role = world.reviewer.role_assignments.get()
    mine.post(f"{LIST}{world.reviewer.pk}/vai-tro/{role.pk}/", {"when": "now", "last_day": ""})
    assert theirs.get("/dien-hinh/xet-duyet/").status_code == 302
    assert sign_in("reviewer").get("/dien-hinh/xet-duyet/").status_code == 403
    role.refresh_from_db()
    assert role.valid_to == clock.today() - DAY
    assert kinds(world.reviewer) == ["signed_in", "role_taken", "signed_in"]


def test_a_role_with_a_last_day_is_held_through_it(world: World, stand_on: Callable) -> None:
    stand_on(datetime.date(2023, 6, 5))
    role = world.officer.role_assignments.get()
    data = {"when": "later", "last_day": "10/6/2023"}
    client = sign_in("interior_head")
    assert client.post(f"{LIST}{world.officer.pk}/vai-tro/{role.pk}/", data).status_code == 302
    stand_on(datetime.date(2023, 6, 10))
    assert held(world.officer) == {"officer"}
    stand_on(datetime.date(2023, 6, 11))
    assert held(world.officer) == set()
    assert account_changes(world.officer)[0].words.endswith("đến hết 10/6/2023")


def test_a_role_that_began_today_is_removed_and_stays_in_the_history(world: World) -> None:
    take(world, give(world))
    assert held(world.officer) == {"officer"}
    reasons = RoleAssignment.history.filter(user=world.officer).order_by("history_id")
    assert list(reasons.values_list("history_change_reason", "history_user")) == [
        ("given", world.interior_head.pk),
        ("taken", world.interior_head.pk),
    ]
    assert RoleAssignment.objects.filter(user=world.officer, role="editor").count() == 0


def test_an_ended_role_is_not_ended_again_and_the_form_says_what_is_wanted(world: World, stand_on: Callable) -> None:
    stand_on(datetime.date(2023, 6, 5))
    role = world.officer.role_assignments.get()
    where, client = f"{LIST}{world.officer.pk}/vai-tro/{role.pk}/", sign_in("interior_head")

    def faults(**data: str) -> list[str]:
        return [fault.message for fault in client.post(where, data).context["form"].error_summary]

    assert faults(when="later", last_day="") == ["Nhập ngày cuối còn vai trò, hoặc chọn thu ngay."]
    assert faults(when="later", last_day="4/6/2023") == ["Chọn từ ngày 5/6/2023 trở đi, hoặc chọn thu ngay."]
    take(world, role)
    assert faults(when="now") == ["Vai trò này đã hết từ trước. Tải lại trang để xem tình trạng mới."]


def test_a_keeper_whose_own_role_was_taken_meanwhile_takes_nothing(world: World) -> None:
    """Of two administrators who take each other's role, the second comes too late."""
    other = UserFactory(home_unit=world.district, roles=[(Role.ADMINISTRATOR, world.district)])
    assert other.access.has("administrator")
    take(world, other.role_assignments.get(), by="administrator")
    role = world.administrator.role_assignments.get()
    with pytest.raises(services.AccountError, match="cấp khác"):
        services.end_role(user=world.administrator, pk=role.pk, last_day=None, by=other, origin=HERE)
    assert held(world.administrator) == {"administrator"}


def test_a_role_of_somebody_else_is_not_ended_through_another_account(world: World) -> None:
    """ASVS 8.2.2."""
    foreign = world.people["other_reviewer"].role_assignments.get()
    client = sign_in("interior_head")
    assert client.post(f"{LIST}{world.officer.pk}/vai-tro/{foreign.pk}/", {"when": "now"}).status_code == 404
    with pytest.raises(services.AccountError):
        services.end_role(user=world.officer, pk=foreign.pk, last_day=None, by=world.interior_head, origin=HERE)


# Name, unit, address


def test_corrections_stand_in_the_history_with_who_made_them(world: World, deliver_mails: Callable) -> None:
    person, client = world.officer, sign_in("interior_head")
    before = (person.full_name, person.home_unit.name)
    data = {"full_name": "Đỗ Thị Hường", "home_unit": world.commune_b.pk, "email": person.email}
    deliver_mails(lambda: client.post(f"{LIST}{person.pk}/sua/", data))
    person = User.objects.get(pk=person.pk)
    assert (person.full_name, person.home_unit) == ("Đỗ Thị Hường", world.commune_b)
    assert [(change.words, change.by) for change in account_changes(person)] == [
        (f"Họ và tên: {before[0]} → Đỗ Thị Hường", world.interior_head.full_name),
        (f"Đơn vị: {before[1]} → {world.commune_b.name}", world.interior_head.full_name),
    ]
    assert mail.outbox[-1].to == [person.email]
    assert "họ và tên, đơn vị" in mail.outbox[-1].body
    assert AuditEvent.objects.latest("number").action == "account.details_changed"
    assert correct(world, person) is False


def test_a_corrected_address_is_told_to_the_old_one_and_kills_open_links(world: World, deliver_mails: Callable) -> None:
    person, old = world.officer, world.officer.email
    deliver_mails(lambda: services.request_reset(name=old, origin=HERE))
    link = link_in_mail()
    deliver_mails(lambda: correct(world, person, email="moi@thidua.example"))
    assert Client().get(link).status_code == 410
    assert [message.to for message in mail.outbox[-2:]] == [[old], ["moi@thidua.example"]]
    assert kinds(person)[-1] == "address_corrected"


def test_the_invited_get_their_letter_at_the_corrected_address(world: World, deliver_mails: Callable) -> None:
    wanted = services.Invitation(
        "Lê Thị Mận", "sai@thidua.example", world.commune_a, ("officer",), world.commune_a, clock.today()
    )
    person = deliver_mails(lambda: services.invite(invitation=wanted, by=world.interior_head, origin=HERE))
    first = link_in_mail()
    deliver_mails(lambda: correct(world, person, email="dung@thidua.example"))
    assert [message.to for message in mail.outbox] == [["sai@thidua.example"], ["dung@thidua.example"]]
    assert [Client().get(link).status_code for link in (first, link_in_mail())] == [410, 200]
    Client().post(link_in_mail(), {"new_password": NEW, "new_password_again": NEW})
    assert is_in(sign_in("lethiman", NEW)) is True


def test_an_address_of_another_and_a_unit_outside_the_scope_are_refused(world: World) -> None:
    for more in ({"email": world.reviewer.email.upper()}, {"home_unit": world.far_commune}):
        with pytest.raises(services.AccountError):
            correct(world, world.officer, **more)


# Addresses marked as wrong


def test_no_mail_goes_to_an_address_marked_as_wrong_and_the_reason_is_seen(
    world: World, deliver_mails: Callable
) -> None:
    client, person = sign_in("interior_head"), world.officer
    client.post(f"{LIST}{person.pk}/dia-chi-sai/", {"fault": "returned"})
    person = User.objects.get(pk=person.pk)
    assert (person.mail_address_is_good, person.address_fault) == (False, AddressFault.RETURNED)
    assert "Thư bị trả lại. Cổng không gửi thư tới đây." in client.get(f"{LIST}{person.pk}/").content.decode()
    letter = outbox.Letter("Việc mới", "Nội dung", "/ban-lam-viec/")
    deliver_mails(lambda: outbox.post(subject_type="x", subject_id=1, step="a", recipients=[person], letter=letter))
    rows = OutboxMessage.objects.filter(recipient=person, subject_type="x").order_by("channel")
    assert list(rows.values_list("channel", "status", "last_error")) == [
        (Channel.EMAIL, Status.SKIPPED, "Địa chỉ thư bị đánh dấu sai: Thư bị trả lại."),
        (Channel.IN_APP, Status.PENDING, ""),
    ]
    deliver_mails(lambda: services.request_reset(name=person.username, origin=HERE))
    assert mail.outbox == []


def test_what_waits_when_an_address_is_marked_is_left_out_at_sending(world: World) -> None:
    letter = outbox.Letter("Việc mới", "Nội dung", "/ban-lam-viec/")
    outbox.post(subject_type="x", subject_id=1, step="a", recipients=[world.officer], letter=letter)
    services.mark_address_wrong(user=world.officer, fault="unread", by=world.interior_head, origin=HERE)
    deliver()
    row = OutboxMessage.objects.get(subject_type="x", channel=Channel.EMAIL)
    assert (row.status, row.last_error, mail.outbox) == (Status.SKIPPED, "Hộp thư không còn dùng", [])


def test_links_that_went_to_a_wrong_address_are_worth_nothing(world: World, deliver_mails: Callable) -> None:
    deliver_mails(lambda: services.request_reset(name="officer", origin=HERE))
    link = link_in_mail()
    services.mark_address_wrong(user=world.officer, fault="not_theirs", by=world.interior_head, origin=HERE)
    assert Client().get(link).status_code == 410


def test_the_mark_goes_by_hand_and_with_another_address(world: World) -> None:
    client = sign_in("interior_head")
    services.mark_address_wrong(user=world.officer, fault="unread", by=world.interior_head, origin=HERE)
    client.post(f"{LIST}{world.officer.pk}/dia-chi-dung/")
    assert User.objects.get(pk=world.officer.pk).mail_address_is_good is True
    services.mark_address_wrong(user=world.officer, fault="unread", by=world.interior_head, origin=HERE)
    correct(world, world.officer, email="moi@thidua.example")
    person = User.objects.get(pk=world.officer.pk)
    assert (person.mail_address_is_good, person.address_fault_at) == (True, None)
    assert [row.words for row in account_changes(person)][0].startswith("Thư điện tử: ")


# The page


def test_the_page_of_an_account_costs_the_same_with_a_long_history(world: World) -> None:
    client, counts = sign_in("interior_head"), []
    for rounds in (1, 15):
        for number in range(rounds):
            correct(world, world.officer, full_name=f"Nguyễn Văn {'An' * (number + rounds)}")
            take(world, give(world))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"{LIST}{world.officer.pk}/").status_code == 200
        counts.append(len(queries))
    assert counts == [QUERIES, QUERIES]


def test_buttons_stand_only_where_they_may_be_pressed(world: World) -> None:
    client = sign_in("interior_head")
    pages = {who: client.get(f"{LIST}{world.people[who].pk}/").content.decode() for who in ("officer", "leader")}
    assert {who: "Giao thêm vai trò" in page for who, page in pages.items()} == {"officer": True, "leader": False}
    assert {who: "Kết thúc<span" in page for who, page in pages.items()} == {"officer": True, "leader": False}


def test_a_form_waits_while_the_password_is_asked_for(world: World, stopped) -> None:
    """ASVS 7.5.1."""
    client = sign_in("interior_head")
    stopped.shift(11 * 60)
    data = {"role": "editor", "unit": str(world.commune_a.pk), "valid_from": clock.today().strftime("%d/%m/%Y")}
    asked = client.post(f"{LIST}{world.officer.pk}/vai-tro/", data)
    assert {"role": "editor", "unit": data["unit"], "valid_from": data["valid_from"]} == dict(asked.context["carried"])
    assert held(world.officer) == {"officer"}
