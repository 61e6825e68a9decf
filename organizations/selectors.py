from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects
from django.utils.translation import gettext as _

from core import clock
from core.dates import format_date
from core.text import name_sort_key, search_key, search_words

from .enums import ACCOUNT_ROLES, OFFICE_ROLES, Role
from .models import RoleAssignment, Unit, User
from .querysets import UnitQuerySet, path_condition


def holders_over(unit: Unit, *roles: str) -> QuerySet[User]:
    """Active people who hold one of `roles` over `unit` today, their scope being the unit or one above it."""
    ancestors = [unit.path[:end] for end in range(Unit.steplen, len(unit.path) + 1, Unit.steplen)]
    held = RoleAssignment.objects.held_on(clock.today()).filter(role__in=roles, unit__path__in=ancestors)
    return User.objects.filter(is_active=True, role_assignments__in=held).distinct().order_by("pk")


def office_units(unit: Unit) -> UnitQuerySet:
    """The units within `unit` that are its Interior Office: where those work who hold the office's roles over it."""
    return Unit.objects.filter(pk__in=holders_over(unit, *OFFICE_ROLES).values("home_unit")).within(unit.path)


def names_of_people(keys: Collection[int]) -> dict[int, str]:
    """The full names of accounts by key."""
    return dict(User.objects.filter(pk__in=keys).values_list("pk", "full_name"))


def accounts_within(by: User) -> QuerySet[User]:
    """Accounts whose home unit lies in the scope of a person who looks after accounts."""
    condition = path_condition(by.access.paths(*ACCOUNT_ROLES), "home_unit__")
    return User.objects.filter(condition).select_related("home_unit")


def accounts_found(by: User, *, words: str = "", unit: int | None = None) -> list[int]:
    """Keys of the accounts within whose name or address holds all `words`, from the subtree of a unit, in the order
    of Vietnamese names.

    Words are compared and names put in order here, on every database alike; a district has a few hundred accounts.
    """
    found = accounts_within(by)
    if unit:
        path = next((path for pk, path, _name, _kind in by.unit_tree.rows if pk == unit), None)
        found = found.filter(path_condition([path], "home_unit__")) if path else found.none()
    wanted = search_words(words)
    texts = found.order_by().values_list("pk", "full_name", "username", "email")
    kept = [row for row in texts if all(word in search_key(" ".join(row[1:])) for word in wanted)]
    return [pk for pk, name, *_rest in sorted(kept, key=lambda row: (name_sort_key(row[1]), row[0]))]


@dataclass(frozen=True)
class AccountLine:
    """One row of the list of accounts."""

    user: User
    roles: str
    standing: str


def account_lines(keys: Collection[int]) -> list[AccountLine]:
    """Rows of the list in the order of `keys`, with the roles held today in words: two queries for all."""
    found = User.objects.select_related("home_unit").in_bulk(keys)
    people = [found[key] for key in keys if key in found]
    today = clock.today()
    prefetch_related_objects(people, "role_assignments")
    return [AccountLine(user, _roles_in_words(user, today), standing(user)) for user in people]


def _roles_in_words(user: User, today: datetime.date) -> str:
    held = [a for a in user.role_assignments.all() if a.valid_from <= today and (not a.valid_to or a.valid_to >= today)]
    return ", ".join(dict.fromkeys(str(Role(a.role).label) for a in held))


@dataclass(frozen=True)
class AccountChange:
    """One line of what others changed about an account: when, by whom, in words."""

    at: datetime.datetime
    by: str
    words: str


_COMPARED = ("full_name", "home_unit", "email", "address_fault")
CHANGES_SHOWN = 20


def account_changes(person: User) -> list[AccountChange]:
    """The newest changes of name, unit, address and roles, from the field history: two queries."""
    found = [*_detail_changes(person), *_role_changes(person)]
    return sorted(found, key=lambda change: change.at, reverse=True)[:CHANGES_SHOWN]


def _detail_changes(person: User) -> Iterator[AccountChange]:
    rows = person.history.select_related("history_user", "home_unit").order_by("-history_date", "-history_id")
    newest = list(rows[: CHANGES_SHOWN + 1])
    for row, before in pairwise(newest):
        for name in _COMPARED:
            old, new = _shown(before, name), _shown(row, name)
            if old != new:
                values = {"field": _field_words()[name], "old": old or "–", "new": new or "–"}
                yield AccountChange(row.history_date, _keeper(row), _("%(field)s: %(old)s → %(new)s") % values)


def _shown(row: Any, name: str) -> str:
    if name == "home_unit":
        return row.home_unit.name if row.home_unit else ""
    return str(row.get_address_fault_display()) if name == "address_fault" else getattr(row, name)


def _field_words() -> dict[str, str]:
    return {
        "full_name": _("Họ và tên"),
        "home_unit": _("Đơn vị"),
        "email": _("Thư điện tử"),
        "address_fault": _("Địa chỉ thư sai"),
    }


def _role_changes(person: User) -> Iterator[AccountChange]:
    rows = RoleAssignment.history.filter(user=person).select_related("history_user", "unit")
    for row in rows.order_by("-history_date", "-history_id")[:CHANGES_SHOWN]:
        values = {"role": Role(row.role).label, "unit": row.unit.name, "last": format_date(row.valid_to)}
        yield AccountChange(row.history_date, _keeper(row), _role_words(row.history_change_reason) % values)


def _role_words(reason: str | None) -> str:
    if reason == "given":
        return _("Giao vai trò %(role)s · %(unit)s")
    if reason == "taken":
        return _("Thu vai trò %(role)s · %(unit)s")
    return _("Vai trò %(role)s · %(unit)s đến hết %(last)s")


def _keeper(row: Any) -> str:
    return row.history_user.full_name if row.history_user else ""


def standing(user: User) -> str:
    """How an account stands, in words."""
    if user.is_active:
        return _("Đang dùng")
    return _("Đã ngừng") if user.has_usable_password() else _("Chờ nhận lời mời")
