from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from .querysets import path_end


@dataclass(frozen=True)
class Access:
    """What one person may reach: (role, scope unit id, scope path) for each role held today."""

    user_id: int
    grants: tuple[tuple[str, int, str], ...] = ()

    def has(self, *roles: str) -> bool:
        """Whether any of `roles` is held, whatever its scope."""
        return any(role in roles for role, _unit, _path in self.grants)

    def paths(self, *roles: str) -> tuple[str, ...]:
        """Scope paths of `roles`, without those that lie below another one."""
        found = sorted({path for role, _unit, path in self.grants if role in roles})
        return tuple(p for p in found if not any(p != q and p.startswith(q) for q in found))

    def covers(self, path: str, *roles: str) -> bool:
        """Whether one of `roles` reaches the unit at `path`."""
        return any(path.startswith(scope) for scope in self.paths(*roles))

    def roles_over(self, path: str, *roles: str) -> frozenset[str]:
        """Those of `roles` that reach the unit at `path`."""
        return frozenset(role for role, _unit, scope in self.grants if role in roles and path.startswith(scope))


@dataclass(frozen=True)
class UnitTree:
    """All units in tree order, read once: subtree ids and choice lists come from it without further queries."""

    rows: tuple[tuple[int, str, str, str], ...]

    def ids_within(self, *paths: str) -> list[int]:
        """Ids of the units in the subtrees at `paths`."""
        return [pk for pk, path, _name, _kind in self.rows if any(p <= path < path_end(p) for p in paths)]

    def of_kind(self, kind: str) -> list[int]:
        """Ids of the units of one kind."""
        return [pk for pk, _path, _name, found in self.rows if found == kind]

    def choices(self, ids: set[int]) -> list[tuple[int, str]]:
        """(id, name) of the given units in tree order."""
        return [(pk, name) for pk, _path, name, _kind in self.rows if pk in ids]

    def above(self, path: str) -> list[tuple[int, str]]:
        """(id, kind) of the unit at `path` and of those over it, the nearest first."""
        over = [(pk, kind) for pk, found, _name, kind in self.rows if path.startswith(found)]
        return over[::-1]

    def has_parts(self, pk: int) -> bool:
        """Whether units stand below a unit."""
        path = next(path for row, path, _name, _kind in self.rows if row == pk)
        return len(self.ids_within(path)) > 1


def unit_tree(units: QuerySet) -> UnitTree:
    """Read id, path, short name and kind of `units`: one query."""
    return UnitTree(rows=tuple(units.values_list("pk", "path", "short_name", "kind")))
