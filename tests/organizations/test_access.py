from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from core import clock
from organizations.access import Access, unit_tree
from organizations.enums import Role
from organizations.models import RoleAssignment, Unit, User
from organizations.querysets import path_end
from organizations.selectors import holders_over
from tests.factories import UnitFactory, UserFactory, World

DAY = datetime.timedelta(days=1)
paths = st.lists(st.text("0A", min_size=1, max_size=3).map(lambda s: s.ljust(4, "0")), min_size=1, max_size=3).map(
    "".join
)


def held(*grants: tuple[str, str]) -> Access:
    return Access(1, tuple((role, 1, path) for role, path in grants))


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_a_scope_covers_itself_and_what_lies_below() -> None:
    access = held(("officer", "00010002"))
    assert [access.covers(p, "officer") for p in ("00010002", "000100020001", "0001", "00010003")] == [
        True,
        True,
        False,
        False,
    ]


def test_a_role_does_not_lend_its_scope_to_another_role() -> None:
    access = held(("officer", "00010002"), ("reviewer", "00010003"))
    assert [access.covers("00010003", "officer"), access.covers("00010002", "reviewer")] == [False, False]


def test_a_scope_below_another_is_left_out() -> None:
    assert held(("officer", "0001"), ("officer", "00010002"), ("officer", "0003")).paths("officer") == ("0001", "0003")


@given(st.lists(paths, max_size=4), paths)
def test_what_covers_says_equals_what_the_index_range_finds(scopes: list[str], path: str) -> None:
    access = held(*[("officer", scope) for scope in scopes])
    assert access.covers(path, "officer") == any(s <= path < path_end(s) for s in scopes)


def test_units_within_a_path_are_its_subtree_alone(world: World) -> None:
    found = set(Unit.objects.within(world.district.path))
    assert found == {world.district, world.commune_a, world.commune_b, world.office}


def test_units_within_no_path_are_none(world: World) -> None:
    assert Unit.objects.within().count() == 0


def test_reach_is_the_units_of_the_scope(world: World) -> None:
    reached = set(world.reviewer.reach(Role.REVIEWER))
    assert reached == {u.pk for u in (world.district, world.commune_a, world.commune_b, world.office)}


def test_rights_of_a_request_cost_two_queries_whatever_is_asked(world: World) -> None:
    user = fresh(world.reviewer)
    with CaptureQueriesContext(connection) as queries:
        for _time in range(5):
            user.reach(Role.REVIEWER, Role.OFFICER)
            user.access.covers(world.commune_a.path, Role.OFFICER)
    assert len(queries) == 2


def test_somebody_without_the_role_pays_no_query_for_the_tree(world: World) -> None:
    user = fresh(world.nobody)
    with CaptureQueriesContext(connection) as queries:
        assert user.reach(Role.REVIEWER) == []
    assert len(queries) == 1


@pytest.mark.parametrize(("start", "end", "holds"), [(0, None, True), (-5, 0, True), (1, None, False), (-5, -1, False)])
def test_a_role_holds_on_its_first_and_last_day_and_between(
    world: World, start: int, end: int | None, holds: bool
) -> None:
    RoleAssignment.objects.create(
        user=world.nobody,
        role=Role.CLERK,
        unit=world.district,
        valid_from=clock.today() + start * DAY,
        valid_to=None if end is None else clock.today() + end * DAY,
    )
    assert fresh(world.nobody).access.has(Role.CLERK) is holds


def test_a_role_on_a_unit_that_is_gone_reaches_nothing_of_others(world: World) -> None:
    gone = UnitFactory(parent=world.district, valid_to=clock.today() - DAY)
    user = UserFactory(roles=[(Role.OFFICER, gone)])
    assert user.reach(Role.OFFICER) == [gone.pk]


@pytest.mark.parametrize(("on", "exists"), [(0, True), (-1, False), (10, True), (11, False)])
def test_a_unit_exists_on_its_first_and_last_day(world: World, on: int, exists: bool) -> None:
    first = datetime.date(2023, 1, 10)
    unit = UnitFactory(valid_from=first, valid_to=first + 10 * DAY)
    assert Unit.objects.valid_on(first + on * DAY).filter(pk=unit.pk).exists() is exists


def test_choices_stand_in_the_order_of_the_tree(world: World) -> None:
    tree = unit_tree(Unit.objects.all())
    chosen = tree.choices({world.commune_b.pk, world.district.pk})
    assert chosen == [(world.district.pk, "Huyện Thử"), (world.commune_b.pk, "Xã Đồng Thạnh")]


def test_a_district_has_parts_and_a_commune_has_none(world: World) -> None:
    tree = unit_tree(Unit.objects.all())
    assert [tree.has_parts(world.district.pk), tree.has_parts(world.commune_a.pk)] == [True, False]


def test_holders_over_a_unit_have_it_or_one_above_as_scope(world: World) -> None:
    assert set(holders_over(world.commune_a, Role.REVIEWER)) == {world.reviewer, world.colleague}


def test_holders_are_active(world: World) -> None:
    User.objects.filter(pk=world.colleague.pk).update(is_active=False)
    assert list(holders_over(world.commune_a, Role.REVIEWER)) == [world.reviewer]


def test_a_holder_of_two_scopes_is_named_once(world: World) -> None:
    RoleAssignment.objects.create(
        user=world.reviewer, role=Role.REVIEWER, unit=world.commune_a, valid_from=clock.today()
    )
    assert list(holders_over(world.commune_a, Role.REVIEWER)) == [world.reviewer, world.colleague]


def test_those_who_decide_have_the_shorter_session(world: World) -> None:
    deciding = {name for name, user in world.people.items() if user.decides and not name.startswith("other_")}
    assert deciding == {
        "reviewer",
        "colleague",
        "interior_head",
        "clerk",
        "council_member",
        "leader",
        "administrator",
    }


def test_nothing_personal_stands_in_the_name_of_a_row(world: World) -> None:
    assert world.officer.full_name not in f"{world.officer} {RoleAssignment.objects.first()}"
