"""Who works for units: read once for any number of them."""

from __future__ import annotations

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
    held = [(row.unit.path, row.user) for row in rows]
    return {
        unit.pk: list({user.pk: user for path, user in held if unit.path.startswith(path)}.values()) for unit in found
    }
