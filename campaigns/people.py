"""Who works for units: read once for any number of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from core import clock
from organizations.enums import UNIT_ROLES
from organizations.models import RoleAssignment

from .querysets import above

if TYPE_CHECKING:
    from organizations.models import Unit, User


def people_of_units(units: Iterable[Unit], *roles: str) -> dict[int, list[User]]:
    """Unit id → active people who hold one of `roles` over it today (officers and leaders by default): one query."""
    found = list(units)
    paths = {path for unit in found for path in above(unit.path)}
    rows = (
        RoleAssignment.objects.held_on(clock.today())
        .filter(role__in=roles or sorted(UNIT_ROLES), unit__path__in=paths, user__is_active=True)
        .select_related("user", "unit")
        .order_by("user_id", "pk")
    )
    held: dict[str, list[User]] = defaultdict(list)
    for row in rows:
        held[row.unit.path].append(row.user)
    return {unit.pk: _once(user for path in above(unit.path) for user in held.get(path, ())) for unit in found}


def _once(users: Iterable[User]) -> list[User]:
    """Each person once, the oldest account first."""
    return sorted({user.pk: user for user in users}.values(), key=lambda user: user.pk)
