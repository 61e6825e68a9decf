"""The same subject registered twice, or nearly the same: found by keys of names, told with why."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from core.dates import format_date
from core.text import search_key
from organizations.enums import UNIT_ROLES, UnitKind
from organizations.models import Unit

from .enums import SubjectKind
from .models import Exemplar, SubjectName
from .names import Name, names_of, read_title

if TYPE_CHECKING:
    from organizations.models import User

#: Rows of the index that one look-up reads at most; beyond it a name is too common to tell anything.
READ_AT_MOST = 200
SHOWN = 5
SHOWN_TO_OFFICE = 10
_NAMES = ("full_name", "head_name", "spouse_name")


@dataclass(frozen=True)
class Probe:
    """What is asked about: a record, or what somebody types."""

    names: list[Name]
    kind: str
    unit_id: int
    birth_year: int | None = None
    itself: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Duplicate:
    """A record that may be about the same subject, as the asking person may see it, with why."""

    exemplar: Exemplar
    name: str
    title: str
    why: str
    weight: int = field(repr=False)

    @property
    def sentence(self) -> str:
        """Model sentence 9 of ux.md, without the advice."""
        return _("Đã có “%(name)s”, %(unit)s, đăng ký ngày %(date)s.") % {
            "name": self.name,
            "unit": self.exemplar.unit.name_in_text,
            "date": format_date(self.exemplar.registered_on),
        }


def area_of(unit: Unit) -> Unit:
    """The district of a unit; where there is none, the top of its tree."""
    paths = [unit.path[:end] for end in range(len(unit.path), 0, -unit.steplen)]
    found = {u.path: u for u in Unit.objects.filter(path__in=paths)}
    above = [found[path] for path in paths]
    return next((u for u in above if u.kind == UnitKind.DISTRICT), above[-1])


def area_id_of(unit: Unit, user: User) -> int:
    """Key of the same area, from the tree that the person's access was read with: no query."""
    above = user.unit_tree.above(unit.path)
    return next((pk for pk, kind in above if kind == UnitKind.DISTRICT), above[-1][0])


def keys_of(fields: Any, kind: str) -> list[Name]:
    """The names of a subject, and of its story."""
    title = read_title(fields.get("title") or "")
    return [*names_of(fields, kind), *([title] if title else [])]


def index_names(exemplar: Exemplar, *, sent: bool) -> None:
    """Store the names of a record as they stand, or as they are sent now."""
    SubjectName.objects.filter(exemplar=exemplar, sent=sent).delete()
    SubjectName.objects.bulk_create(name_rows(exemplar, area_of(exemplar.unit), sent=sent))


def name_rows(exemplar: Exemplar, area: Unit, *, sent: bool) -> list[SubjectName]:
    """The rows that hold the names of a record, not yet stored."""
    return [
        SubjectName(
            exemplar=exemplar,
            area=area,
            key=key,
            part=name.part,
            marked=name.marked[:250],
            birth_year=exemplar.birth_year,
            sent=sent,
        )
        for name in _names(exemplar)
        for key in name.keys
    ]


def _names(exemplar: Exemplar) -> list[Name]:
    return keys_of({part: getattr(exemplar, part) for part in (*_NAMES, "title")}, exemplar.subject_kind)


def probe_of(exemplar: Exemplar) -> Probe:
    """What to ask about a record; what it grew from, and what grew from it, is no duplicate."""
    return Probe(_names(exemplar), exemplar.subject_kind, exemplar.unit_id, exemplar.birth_year, _itself(exemplar))


def _itself(exemplar: Exemplar) -> frozenset[int]:
    return frozenset(pk for pk in (exemplar.pk, exemplar.promoted_from_id) if pk)


def typed_probe(*, name: str, unit: Unit, kind: str, birth_year: int | None, itself: int | None) -> Probe:
    """What to ask about a name that is being typed."""
    own = frozenset({itself} if itself else ())
    return Probe(names_of({"full_name": name}, kind), kind, unit.pk, birth_year, own)


def find_duplicates(probe: Probe, unit: Unit, user: User, limit: int = SHOWN) -> list[Duplicate]:
    """Records within the district that `user` may read and that may be about the same subject, likeliest first."""
    keys = {key for name in probe.names for key in name.keys}
    if not keys:
        return []
    nearest = Case(When(exemplar__unit_id=probe.unit_id, then=Value(0)), default=Value(1))
    rows = _candidates(keys, [area_id_of(unit, user)], user).exclude(exemplar_id__in=probe.itself)
    best = _best(probe, rows.order_by(nearest, "-exemplar_id")[:READ_AT_MOST])
    shown = sorted(best.items(), key=lambda item: (-item[1][0], -item[0]))[:limit]
    return _read(shown, user)


def duplicates_of(exemplar: Exemplar, user: User, limit: int = SHOWN_TO_OFFICE) -> list[Duplicate]:
    """Records that may be about the same subject as `exemplar`, as far as `user` may read them: two queries."""
    return find_duplicates(probe_of(exemplar), exemplar.unit, user, limit)


def flag_duplicates(rows: Iterable[Exemplar], user: User) -> set[int]:
    """Those of the listed records that have a likely duplicate: two queries for the whole page."""
    listed = list(rows)
    own = SubjectName.objects.filter(exemplar__in=listed, sent=True)
    probes: dict[int, list[SubjectName]] = {}
    for name in own.select_related("exemplar"):
        probes.setdefault(name.exemplar_id, []).append(name)
    keys = {name.key for names in probes.values() for name in names}
    areas = {name.area_id for names in probes.values() for name in names}
    found = list(_candidates(keys, areas, user).order_by()[: READ_AT_MOST * 5]) if keys else []
    return {pk for pk, names in probes.items() if _best(_stored_probe(names), found)}


def _stored_probe(rows: list[SubjectName]) -> Probe:
    """The probe of a record, read back from its stored names."""
    exemplar = rows[0].exemplar
    names = [Name(row.part, row.marked, (row.key,)) for row in rows]
    return Probe(names, exemplar.subject_kind, exemplar.unit_id, rows[0].birth_year, _itself(exemplar))


def _candidates(keys: Collection[str], areas: Collection[int], user: User) -> QuerySet[SubjectName]:
    """Stored names under `keys` that `user` may read: as they stand in the own units, as they were sent elsewhere."""
    # Asked row by row of the index, so that what is read ends with the limit and not with the commonness of a name.
    visible = Exists(Exemplar.objects.listed_for(user).filter(pk=OuterRef("exemplar_id")))
    own = Q(exemplar__unit_id__in=user.reach(*UNIT_ROLES))
    return (
        SubjectName.objects.filter(visible, area_id__in=areas, key__in=keys)
        .filter((own & Q(sent=False)) | (~own & Q(sent=True)))
        .select_related("exemplar")
        .only(
            "key", "part", "marked", "birth_year", "exemplar__unit", "exemplar__subject_kind", "exemplar__promoted_from"
        )
    )


def _best(probe: Probe, rows: Iterable[SubjectName]) -> dict[int, tuple[int, str]]:
    """Record → the weightiest reason for which it may be the same."""
    best: dict[int, tuple[int, str]] = {}
    for row in rows:
        if row.exemplar_id in probe.itself or row.exemplar.promoted_from_id in probe.itself:
            continue
        for name in probe.names:
            told = judge(probe, name, row) if row.key in name.keys else None
            if told and told[0] > best.get(row.exemplar_id, (0, ""))[0]:
                best[row.exemplar_id] = told
    return best


def judge(probe: Probe, name: Name, row: SubjectName) -> tuple[int, str] | None:
    """(weight, why) when two names under one key are likely one subject; None when they are more likely two people.

    Common names are many: outside the commune a name must agree letter by letter, or the year of birth must.
    """
    near = row.exemplar.unit_id == probe.unit_id
    if row.part == "title":
        return (1, _("Cùng tên gương, cùng đơn vị")) if near else None
    same = is_same(name.marked, row.marked)
    years = {probe.birth_year, row.birth_year} - {None}
    born = len(years) == 1 and probe.birth_year == row.birth_year
    if (len(years) == 2 and not (same and near)) or not (near or born or _tells(probe, name, row, same)):
        return None
    weight = 4 * same + 2 * born + near + 1
    return weight, _why(name, row, same=same, near=near, born=born)


def _tells(probe: Probe, name: Name, row: SubjectName, same: bool) -> bool:
    """Whether a name alone says enough: whole, equal to the letter, and of people rather than of groups."""
    groups = SubjectKind.COLLECTIVE in (probe.kind, row.exemplar.subject_kind)
    return same and not groups and len(name.marked.split()) >= 3


def is_same(one: str, other: str) -> bool:
    """Whether two names agree letter by letter, or one was typed without marks and agrees so far."""
    if one == other:
        return True
    bare_one, bare_other = (" ".join(sorted(search_key(text).split())) for text in (one, other))
    return bare_one == bare_other and (_is_bare(one) or _is_bare(other))


def _is_bare(text: str) -> bool:
    return text.isascii()


def _why(name: Name, row: SubjectName, *, same: bool, near: bool, born: bool) -> str:
    whole = {"full_name"}
    if row.part in whole and name.part in whole and row.exemplar.subject_kind != SubjectKind.HOUSEHOLD:
        said = _("Cùng tên") if same else _("Gần giống tên")
    else:
        said = _("Có tên trong hồ sơ này") if same else _("Có tên gần giống trong hồ sơ này")
    places = [_("cùng đơn vị")] if near else []
    return ", ".join([said, *places, *([_("cùng năm sinh")] if born else [])])


def _read(found: list[tuple[int, tuple[int, str]]], user: User) -> list[Duplicate]:
    """The records with the words that `user` may read."""
    own = set(user.reach(*UNIT_ROLES))
    listed = Exemplar.objects.listed_for(user).for_list("unit__name", "unit__kind")
    rows = listed.in_bulk([pk for pk, _told in found])
    return [_told(rows[pk], own, *reason) for pk, reason in found if pk in rows]


def _told(row: Exemplar, own: set[int], weight: int, why: str) -> Duplicate:
    name, title = row.words_for(own=row.unit_id in own)
    return Duplicate(row, name, title, why, weight)
