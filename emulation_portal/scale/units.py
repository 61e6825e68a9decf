"""Units and their people in any number: provinces, districts, communes with an officer each, an office a district."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from core.text import sort_key
from organizations.enums import Role, UnitKind
from organizations.models import RoleAssignment, Unit, User

SINCE = datetime.date(2021, 1, 1)
#: Marks what was generated: codes of units begin with it, and names of accounts with its small letters.
MARK = "QM"
BATCH = 1000
#: No password opens a generated account.
_NO_PASSWORD = "!"


@dataclass(frozen=True)
class Size:
    """How many provinces, districts in each, communes in each of those."""

    provinces: int
    districts: int
    communes: int


SIZES = {
    "district": Size(1, 1, 80),
    "province": Size(1, 23, 100),
    "national": Size(70, 10, 15),
}


def make_units(size: Size) -> int:
    """Make what is missing of the units of a size, with their people; returns how many units owe something."""
    have = set(Unit.objects.filter(code__startswith=MARK).values_list("code", flat=True))
    first = Unit.objects.get_root_nodes().exclude(code__startswith=MARK).count()
    Unit.objects.bulk_create((u for u in _units(size, first) if u.code not in have), batch_size=BATCH)
    _make_people()
    return Unit.objects.filter(code__startswith=MARK, kind=UnitKind.COMMUNE).count()


def _units(size: Size, first: int) -> Iterator[Unit]:
    for province in range(1, size.provinces + 1):
        top = _unit("", first + province, f"{MARK}{province:02}", UnitKind.PROVINCE, size.districts)
        yield top
        for district in range(1, size.districts + 1):
            middle = _unit(top.path, district, f"{top.code}.{district:02}", UnitKind.DISTRICT, size.communes)
            yield middle
            for commune in range(1, size.communes + 1):
                yield _unit(middle.path, commune, f"{middle.code}.{commune:03}", UnitKind.COMMUNE, 0)


_WORDS = {UnitKind.PROVINCE: "Tỉnh", UnitKind.DISTRICT: "Huyện", UnitKind.COMMUNE: "Xã"}


def _unit(above: str, step: int, code: str, kind: UnitKind, children: int) -> Unit:
    depth = len(above) // Unit.steplen + 1
    name = f"{_WORDS[kind]} {code.removeprefix(MARK)}"
    return Unit(
        path=Unit._get_path(above, depth, step),
        depth=depth,
        numchild=children,
        code=code,
        name=name,
        short_name=name,
        kind=kind,
        valid_from=SINCE,
        sort_key=sort_key(name),
    )


def _make_people() -> None:
    """An officer for each commune and a leader for every tenth; two reviewers, a head and a leader a district."""
    units = Unit.objects.filter(code__startswith=MARK)
    plans = {pk: _roles_of(kind, code) for pk, code, kind in units.values_list("pk", "code", "kind")}
    rows = (
        User(
            username=name,
            email=f"{name}@quymo.example",
            full_name=f"Cán bộ {name}",
            home_unit_id=unit,
            password=_NO_PASSWORD,
        )
        for unit, roles in plans.items()
        for name, _role in roles
    )
    User.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    keys = dict(User.objects.filter(username__startswith=MARK.lower()).values_list("username", "pk"))
    given = (
        RoleAssignment(user_id=keys[name], role=role, unit_id=unit, valid_from=SINCE)
        for unit, roles in plans.items()
        for name, role in roles
    )
    RoleAssignment.objects.bulk_create(given, batch_size=BATCH, ignore_conflicts=True)


def _roles_of(kind: str, code: str) -> list[tuple[str, Role]]:
    name = code.lower()
    if kind == UnitKind.COMMUNE:
        leader = [(f"{name}.ld", Role.UNIT_LEADER)] if code.endswith("0") else []
        return [(f"{name}.cb", Role.OFFICER), *leader]
    if kind == UnitKind.DISTRICT:
        office = [(f"{name}.cv{number}", Role.REVIEWER) for number in (1, 2)]
        return [*office, (f"{name}.tp", Role.INTERIOR_HEAD), (f"{name}.lanhdao", Role.LEADER)]
    return []
