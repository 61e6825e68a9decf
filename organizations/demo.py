"""The demo accounts that the sign-in page shows; none outside the demo."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings

from organizations.enums import Role
from organizations.models import User


class DemoAccount(NamedTuple):
    """One row of the list of demo accounts."""

    username: str
    who: str
    unit: str


def demo_accounts() -> list[DemoAccount]:
    """The accounts of the demo in the order of the contract; empty where there is no demo."""
    names = list(settings.DEMO_USERNAMES)
    users = User.objects.filter(username__in=names).select_related("home_unit").prefetch_related("role_assignments")
    found = {user.username: user for user in users}
    return [_row(found[name]) for name in names if name in found]


def _row(user: User) -> DemoAccount:
    roles = ", ".join(dict.fromkeys(str(Role(a.role).label) for a in user.role_assignments.all()))
    return DemoAccount(user.username, roles, user.home_unit.name if user.home_unit else "")
