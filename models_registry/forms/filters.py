"""The filter of the registry, read by hand: a list page must not pay for a form (performance.md, 6)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeGuard
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from campaigns.models import Movement
from core import clock
from core.dates import format_date
from core.text import clean_line
from models_registry.enums import UNSENT, Category, State, SubjectKind, state_label
from organizations.enums import UNIT_ROLES
from organizations.models import EmulationBlock

if TYPE_CHECKING:
    from models_registry.querysets import ExemplarQuerySet
    from organizations.models import User

MAX_QUERY = 100
#: What a period counts → how the rows are narrowed to it; the links of figures use it (models_registry.figures).
_PERIODS = {"dang-ky": "registered_between", "cong-nhan": "recognised_between"}
#: Parameters that go with another one.
_TOGETHER = {"tu": "ky", "den": "ky"}
_FLAGS = {"co-so": "grassroots", "lao-dong": "direct_labour", "dot-xuat": "sudden"}


@dataclass(frozen=True)
class Choice:
    """One option of a select."""

    value: str
    label: str
    selected: bool


class ExemplarFilter:
    """What the address asks for. Unknown values count as not given; nothing given shows all."""

    def __init__(self, query: Mapping[str, str], user: User, fields: list[tuple[int, str]]) -> None:
        self.user = user
        self.q = clean_line(query.get("q", ""))[:MAX_QUERY]
        self.units = dict(user.unit_tree.choices({pk for pk, *_rest in user.unit_tree.rows}))
        self.fields = dict(fields)
        self.state = _known(query.get("trang-thai"), [value for value, _label in self.states])
        self.kind = _known(query.get("doi-tuong"), SubjectKind.values)
        self.category = _known(query.get("loai"), Category.values)
        self.unit = _known_id(query.get("don-vi"), self.units)
        self.field = _known_id(query.get("linh-vuc"), self.fields)
        self.year = _known(query.get("nam"), [str(y) for y in self.years])
        self.flag = _known(query.get("uu-tien"), list(_FLAGS))
        self.late = _known(query.get("han"), ["qua"])
        self.movement = self._movement(query.get("phong-trao"))
        self.period = _known(query.get("ky"), list(_PERIODS))
        self.first, self.last = _day(query.get("tu")), _day(query.get("den"))
        if not (self.period and self.first and self.last and self.first <= self.last):
            self.period = self.first = self.last = None
        self.registered = _known(query.get("nam-dang-ky"), [str(y) for y in self.years])
        self.block = self._block(query.get("khoi"))
        self.alone = "1" if self.unit and query.get("rieng") == "1" else None

    def _movement(self, value: str | None) -> Movement | None:
        """The movement that a figure counted; read only when an address names one."""
        return Movement.objects.visible_to(self.user).filter(pk=int(value)).first() if _is_key(value) else None

    def _block(self, value: str | None) -> EmulationBlock | None:
        """The block whose members of the asked year a figure counted; read only when an address names one."""
        return EmulationBlock.objects.filter(pk=int(value)).first() if _is_key(value) else None

    @property
    def states(self) -> list[tuple[str, str]]:
        """The states that the person can meet, in the words that fit the role."""
        works_in_unit = self.user.access.has(*UNIT_ROLES)
        met = State if works_in_unit else [state for state in State if state not in UNSENT]
        return [(state.value, state_label(state, for_unit=works_in_unit)) for state in met]

    @property
    def years(self) -> range:
        """Years of recognition that can be asked for: from before the programme until now."""
        return range(clock.today().year, 2015, -1)

    def apply(self, rows: ExemplarQuerySet) -> ExemplarQuerySet:
        """Narrow `rows` to what was asked for."""
        exact = {
            "state": self.state,
            "subject_kind": self.kind,
            "category": self.category,
            "field_id": self.field,
        }
        rows = rows.filter(**{name: value for name, value in exact.items() if value})
        if self.movement:
            rows = rows.filter(movement=self.movement)
        if self.registered:
            rows = rows.registered_in(int(self.registered))
        if self.block:
            year = self.registered or self.year or clock.today().year
            rows = rows.filter(unit__in=self.block.memberships.filter(year=year).values("unit"))
        if self.unit:
            rows = rows.filter(unit_id__in=self._unit_ids())
        if self.year:
            rows = rows.recognised_in(int(self.year))
        if self.late:
            rows = rows.past_promise(clock.today())
        if self.period:
            rows = getattr(rows, _PERIODS[self.period])(self.first, self.last)
        if self.flag:
            rows = rows.filter(**{_FLAGS[self.flag]: True})
        return rows.matching(self.q, self.user) if self.q else rows

    def _unit_ids(self) -> list[int]:
        """The unit with what belongs to it, or the unit alone when a figure counted it alone."""
        if self.alone:
            return [self.unit] if self.unit else []
        path = next(path for pk, path, _n, _k in self.user.unit_tree.rows if pk == self.unit)
        return self.user.unit_tree.ids_within(path)

    @property
    def values(self) -> dict[str, str]:
        """The parameters that are set, as they stand in an address."""
        given = {
            "q": self.q,
            "trang-thai": self.state,
            "doi-tuong": self.kind,
            "loai": self.category,
            "don-vi": self.unit,
            "linh-vuc": self.field,
            "nam": self.year,
            "uu-tien": self.flag,
            "han": self.late,
            "rieng": self.alone,
            "phong-trao": self.movement and self.movement.pk,
            "ky": self.period,
            "tu": self.first and self.first.isoformat(),
            "den": self.last and self.last.isoformat(),
            "nam-dang-ky": self.registered,
            "khoi": self.block and self.block.pk,
        }
        return {name: str(value) for name, value in given.items() if value}

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but words is asked for."""
        return bool(self.values.keys() - {"q"})

    def querystring(self, without: str = "") -> str:
        """The parameters as a query string, optionally without one of them."""
        return urlencode(
            {name: value for name, value in self.values.items() if without not in (name, _TOGETHER.get(name))}
        )

    @property
    def chips(self) -> list[tuple[str, str]]:
        """(label, address without it) of each filter that is set."""
        shown = [(name, value) for name, value in self.values.items() if name not in ("tu", "den")]
        return [(self._describe(name, value), f"?{self.querystring(name)}") for name, value in shown]

    def _describe(self, name: str, value: str) -> str:
        labels: dict[str, dict[str, Any]] = {
            "trang-thai": dict(self.states),
            "doi-tuong": dict(SubjectKind.choices),
            "loai": dict(Category.choices),
            "don-vi": {str(pk): label for pk, label in self.units.items()},
            "linh-vuc": {str(pk): label for pk, label in self.fields.items()},
            "uu-tien": dict(self.flag_labels()),
        }
        if name == "q":
            return f"“{value}”"
        if name == "phong-trao" and self.movement:
            return _("Phong trào: %(name)s") % {"name": self.movement.name}
        if name == "khoi" and self.block:
            return self.block.name
        if name == "nam-dang-ky":
            return _("Đăng ký năm %(year)s") % {"year": value}
        if name == "han":
            return _("Quá hẹn trả lời")
        if name == "rieng":
            return _("Không tính đơn vị trực thuộc")
        if name == "ky":
            words = (
                _("Đăng ký từ %(first)s đến %(last)s")
                if value == "dang-ky"
                else _("Công nhận từ %(first)s đến %(last)s")
            )
            return words % {"first": format_date(self.first), "last": format_date(self.last)}
        if name == "nam":
            return _("Công nhận năm %(year)s") % {"year": value}
        return str(labels[name][value])

    @staticmethod
    def flag_labels() -> list[tuple[str, str]]:
        return [("co-so", _("Cấp cơ sở")), ("lao-dong", _("Trực tiếp lao động")), ("dot-xuat", _("Đột xuất"))]

    @property
    def selects(self) -> list[tuple[str, str, list[Choice]]]:
        """(parameter, label, options) of each select, in the order of the page."""
        return [
            ("trang-thai", _("Trạng thái"), _options(self.states, self.state)),
            ("don-vi", _("Đơn vị"), _options(self.units.items(), self.unit)),
            ("linh-vuc", _("Lĩnh vực"), _options(self.fields.items(), self.field)),
            ("doi-tuong", _("Đối tượng"), _options(SubjectKind.choices, self.kind)),
            ("loai", _("Loại"), _options(Category.choices, self.category)),
            ("nam", _("Năm công nhận"), _options([(str(y), str(y)) for y in self.years], self.year)),
            ("uu-tien", _("Diện ưu tiên"), _options(self.flag_labels(), self.flag)),
        ]


def _is_key(value: str | None) -> TypeGuard[str]:
    return value is not None and value.isascii() and value.isdigit() and len(value) < 10


def _known(value: str | None, allowed: list[str]) -> str | None:
    return value if value in allowed else None


def _day(value: str | None) -> datetime.date | None:
    """The day of an address, written 2023-06-05; anything else counts as not given."""
    try:
        return datetime.date.fromisoformat(value) if value and len(value) == 10 else None
    except ValueError:
        return None


def _known_id(value: str | None, allowed: dict[int, str]) -> int | None:
    return (
        int(value)
        if value and value.isascii() and value.isdigit() and len(value) < 10 and int(value) in allowed
        else None
    )


def _options(choices: Iterable[tuple[Any, Any]], chosen: object) -> list[Choice]:
    return [Choice(str(value), str(label), str(value) == str(chosen)) for value, label in choices]
