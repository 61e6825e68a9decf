from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import clock
from organizations import services
from organizations.devices import Origin
from organizations.enums import GIVES, Role, UnitKind
from organizations.models import AccountEvent, RoleAssignment, Unit, User
from organizations.services.people import free_username, may_give, may_manage
from tests.factories import LONG_AGO, UnitFactory, UserFactory, World
from tests.organizations.conftest import NEW, is_in, link_in_mail, sign_in

HERE = Origin("10.0.0.1", "Chrome trên Windows")
BOTH = {"new_password": NEW, "new_password_again": NEW}
LIST = "/quan-tri/tai-khoan/"
QUERIES = 8


def form(world: World, **more) -> dict[str, object]:
    return {
        "full_name": "Lê Thị Mận",
        "email": "man@thidua.example",
        "home_unit": world.commune_a.pk,
        "roles": ["officer"],
        "scope": "",
        "valid_from": "1/6/2023",
        "valid_to": "",
    } | more


def invitation(world: World, **more) -> services.Invitation:
    values = {
        "full_name": "Lê Thị Mận",
        "email": "man@thidua.example",
        "home_unit": world.commune_a,
        "roles": ("officer",),
        "scope": world.commune_a,
        "valid_from": datetime.date(2023, 6, 1),
    }
    return services.Invitation(**(values | more))


# Inviting


def test_an_invited_person_sets_a_password_and_signs_in(world: World, deliver_mails: Callable) -> None:
    """ASVS 6.4.1: the first password is the person's own."""
    client = sign_in("interior_head")
    deliver_mails(lambda: client.post(f"{LIST}moi/", form(world)))
    person = User.objects.get(email="man@thidua.example")
    assert (person.username, person.is_active, mail.outbox[-1].to) == ("lethiman", False, ["man@thidua.example"])
    assert is_in(sign_in("lethiman", "")) is False
    assert Client().post(link_in_mail(), BOTH).url == "/dang-nhap/"
    assert is_in(sign_in("lethiman", NEW)) is True
    assert list(person.role_assignments.values_list("role", "unit", "valid_from", "valid_to")) == [
        ("officer", world.commune_a.pk, datetime.date(2023, 6, 1), None)
    ]


def test_an_invitation_is_good_for_72_hours_and_once(world: World, deliver_mails: Callable, stopped) -> None:
    """ASVS 6.4.1."""
    deliver_mails(lambda: services.invite(invitation=invitation(world), by=world.administrator, origin=HERE))
    link = link_in_mail()
    stopped.shift(72 * 3600 - 1)
    assert Client().get(link).status_code == 200
    stopped.shift(1)
    assert Client().post(link, BOTH).status_code == 410


def test_a_resent_invitation_replaces_the_first_and_a_cancelled_one_is_worthless(
    world: World, deliver_mails: Callable
) -> None:
    client, links = sign_in("administrator"), []
    deliver_mails(lambda: client.post(f"{LIST}moi/", form(world)))
    person = User.objects.get(email="man@thidua.example")
    links.append(link_in_mail())
    deliver_mails(lambda: client.post(f"{LIST}{person.pk}/gui-lai/"))
    links.append(link_in_mail())
    assert [Client().get(link).status_code for link in links] == [410, 200]
    client.post(f"{LIST}{person.pk}/huy-moi/")
    assert Client().post(links[1], BOTH).status_code == 410
    client.post(f"{LIST}{person.pk}/mo-lai/")
    person.refresh_from_db()
    assert (person.is_active, person.has_usable_password()) == (False, False)


def test_an_invitation_is_not_sent_before_its_row_stands(world: World) -> None:
    services.invite(invitation=invitation(world), by=world.administrator, origin=HERE)
    assert len(mail.outbox) == 0


def test_an_invited_person_cannot_ask_for_a_reset(world: World) -> None:
    person = services.invite(invitation=invitation(world), by=world.administrator, origin=HERE)
    services.request_reset(name=person.email, origin=HERE)
    assert list(person.letters.values_list("purpose", flat=True)) == ["invitation"]


def test_faults_are_said_in_one_round_with_what_is_wanted(world: World) -> None:
    data = form(world, full_name="www.ke.xau 1", email="x", home_unit="", roles=[], valid_from="31/2/2023")
    faults = sign_in("interior_head").post(f"{LIST}moi/", data).context["form"].error_summary
    assert [fault.message for fault in faults] == [
        "Họ và tên chỉ gồm chữ, ví dụ Nguyễn Văn An. Bỏ chữ số, liên kết và ký hiệu.",
        "Thư điện tử chưa đúng. Nhập theo dạng ten@donvi.gov.vn.",
        "Chọn đơn vị.",
        "Chọn ít nhất một mục ở vai trò.",
        "Ngày “31/2/2023” không có thật. Nhập theo ngày/tháng/năm, ví dụ 22/9/2021.",
    ]


def test_one_address_belongs_to_one_account(world: World) -> None:
    data = form(world, email="Officer@thidua.example")
    faults = sign_in("interior_head").post(f"{LIST}moi/", data).context["form"].error_summary
    assert [fault.message for fault in faults] == ["Địa chỉ thư này đã thuộc một tài khoản. Dùng địa chỉ khác."]


def test_extra_fields_of_a_form_change_nothing(world: World) -> None:
    """ASVS 15.3.3."""
    sign_in("interior_head").post(
        f"{LIST}moi/", form(world, is_superuser="on", is_staff="on", is_active="on", username="quantri", password="x")
    )
    person = User.objects.get(email="man@thidua.example")
    assert (person.is_superuser, person.is_staff, person.is_active, person.username) == (
        False,
        False,
        False,
        "lethiman",
    )


def test_user_names_are_made_of_names_and_never_twice(world: World) -> None:
    names = ("Lê Thị Mận", "Đỗ Ưu", "李", "officer")
    assert [free_username(name) for name in names] == ["lethiman", "douu", "canbo", "officer2"]


# Who gives what


def test_nobody_gives_a_role_above_the_own(world: World) -> None:
    """ASVS 8.2.1: the whole table, over the own district."""
    path = world.commune_a.path
    found = {
        who: {role for role in Role if may_give(world.people[who], [role], path)}
        for who in ("interior_head", "administrator", "reviewer", "leader", "officer")
    }
    assert found == {
        "interior_head": GIVES[Role.INTERIOR_HEAD],
        "administrator": set(Role),
        "reviewer": set(),
        "leader": set(),
        "officer": set(),
    }
    assert GIVES[Role.INTERIOR_HEAD] & {"interior_head", "leader", "administrator"} == set()


def test_a_role_above_the_own_is_refused_by_form_and_service(world: World) -> None:
    """ASVS 8.3.1."""
    client = sign_in("interior_head")
    for role in ("administrator", "leader", "interior_head"):
        assert client.post(f"{LIST}moi/", form(world, roles=["officer", role])).status_code == 200
        with pytest.raises(services.AccountError):
            services.invite(invitation=invitation(world, roles=(role,)), by=world.interior_head, origin=HERE)
    assert User.objects.filter(email="man@thidua.example").count() == 0


def test_nothing_is_given_outside_the_own_scope(world: World) -> None:
    """ASVS 8.4.1."""
    client = sign_in("interior_head")
    outside = [{"home_unit": world.far_commune.pk}, {"scope": world.far_district.pk}]
    assert [client.post(f"{LIST}moi/", form(world, **more)).status_code for more in outside] == [200, 200]
    for more in ({"home_unit": world.far_commune}, {"scope": world.far_district}):
        with pytest.raises(services.AccountError):
            services.invite(invitation=invitation(world, **more), by=world.interior_head, origin=HERE)


def test_roles_of_two_scopes_do_not_add_up(world: World) -> None:
    """Head here and administrator elsewhere gives no administrator here."""
    person = UserFactory(roles=[(Role.INTERIOR_HEAD, world.district), (Role.ADMINISTRATOR, world.far_district)])
    found = [may_give(person, ["administrator"], unit.path) for unit in (world.commune_a, world.far_commune)]
    assert found == [False, True]


# Closing and opening


def test_a_closed_account_is_out_at_once_and_may_be_opened_again(world: World) -> None:
    """ASVS 7.4.2, 7.4.5."""
    theirs, mine = sign_in("officer"), sign_in("interior_head")
    mine.post(f"{LIST}{world.officer.pk}/ngung/")
    assert (is_in(theirs), is_in(sign_in("officer")), world.officer.sessions.count()) == (False, False, 0)
    mine.post(f"{LIST}{world.officer.pk}/mo-lai/")
    assert is_in(sign_in("officer")) is True
    kinds = AccountEvent.objects.filter(user=world.officer, actor=world.interior_head).values_list("kind", flat=True)
    assert sorted(kinds) == ["deactivated", "reactivated"]


def test_a_head_does_not_close_people_above_and_nobody_closes_oneself(world: World) -> None:
    names = ("interior_head", "administrator", "leader", "officer")
    may = {
        who: [name for name in names if may_manage(world.people[who], world.people[name])]
        for who in ("interior_head", "administrator")
    }
    assert may == {
        "interior_head": ["officer"],
        "administrator": ["interior_head", "leader", "officer"],
    }
    client = sign_in("interior_head")
    client.post(f"{LIST}{world.administrator.pk}/ngung/")
    assert User.objects.get(pk=world.administrator.pk).is_active is True


def test_closing_takes_open_links_too(world: World, deliver_mails: Callable) -> None:
    deliver_mails(lambda: services.request_reset(name="officer", origin=HERE))
    link = link_in_mail()
    services.deactivate(user=world.officer, by=world.administrator, origin=HERE)
    assert Client().post(link, BOTH).status_code == 410


# The list


def many(count: int, first: int, unit: Unit) -> None:
    people = User.objects.bulk_create(
        User(username=f"nhieu{n}", full_name=f"Trần Văn Đông {n}", email=f"d{n}@x.example", home_unit=unit)
        for n in range(first, first + count)
    )
    RoleAssignment.objects.bulk_create(
        RoleAssignment(user=person, role="officer", unit=unit, valid_from=LONG_AGO) for person in people
    )


@pytest.mark.parametrize("query", ["", "?q=tran+dong&unit="])
def test_the_list_costs_the_same_for_one_row_and_for_five_hundred(world: World, query: str) -> None:
    client, counts = sign_in("interior_head"), []
    for first, more in ((0, 1), (1, 2), (3, 497)):
        many(more, first, world.commune_a)
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST + query)
        counts.append(len(queries))
    assert counts == [QUERIES] * 3


def test_the_list_is_searched_without_marks_and_narrowed_to_a_unit(world: World) -> None:
    UserFactory(full_name="Đỗ Thị Hường", home_unit=world.commune_b, email="huong@thidua.example")
    UserFactory(full_name="Đỗ Thị Hường", home_unit=world.far_commune)
    client = sign_in("interior_head")

    def names(query: str) -> list[str]:
        return [line.user.full_name for line in client.get(LIST + query).context["lines"]]

    assert names("?q=do+huong") == ["Đỗ Thị Hường"]
    assert names("?q=HUONG@thidua") == ["Đỗ Thị Hường"]
    assert names(f"?q=huong&unit={world.commune_a.pk}") == []
    assert names(f"?unit={world.far_commune.pk}") == []


def test_the_list_stands_in_the_order_of_vietnamese_names(world: World) -> None:
    names = ("Huỳnh Thị Thu Hiền", "Hà Thị Tuyết Nhung", "Hồ Hữu Toàn", "Đặng Văn An", "Ông Văn Ân", "Lê Thị An")
    for name in names:
        UserFactory(full_name=name, home_unit=world.commune_b)
    page = sign_in("interior_head").get(f"{LIST}?unit={world.commune_b.pk}")
    shown = [line.user.full_name for line in page.context["lines"] if line.user.full_name in names]
    assert shown == [
        *("Đặng Văn An", "Lê Thị An", "Ông Văn Ân", "Huỳnh Thị Thu Hiền", "Hà Thị Tuyết Nhung", "Hồ Hữu Toàn"),
    ]


def test_odd_questions_are_answered(world: World) -> None:
    """ASVS 15.3.5."""
    client = sign_in("interior_head")
    for query in ("?q=%00", "?unit=1e9", "?unit=-1", f"?unit={10**30}", "?trang=x", "?q[]=1", "?q=" + "a" * 5000):
        assert client.get(LIST + query).status_code == 200, query


# The first account


def test_a_new_install_has_no_account_until_the_operator_makes_one(db: None, capsys) -> None:
    """ASVS 6.3.2."""
    assert User.objects.count() == 0
    with pytest.raises(CommandError):
        call_command("create_operator", "quanly", full_name="Lê Văn Quản", email="quan@thidua.example")
    unit = UnitFactory(name="Huyện Thử", kind=UnitKind.DISTRICT)
    call_command("create_operator", "quanly", full_name="Lê Văn Quản", email="quan@thidua.example")
    link = capsys.readouterr().out.split()[-1].partition("//")[2].partition("/")
    assert Client().post("/" + link[2], BOTH).status_code == 302
    assert is_in(sign_in("quanly", NEW)) is True
    assert list(RoleAssignment.objects.values_list("role", "unit", "valid_from")) == [
        ("administrator", unit.pk, clock.today())
    ]
    with pytest.raises(CommandError):
        call_command("create_operator", "quanly", full_name="Lê Văn Quản", email="khac@thidua.example")
