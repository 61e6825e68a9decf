"""What the address of a schedule page asks for, read by hand: unknown values count as not given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from campaigns.enums import TaskState
from campaigns.models import Milestone, Programme, UnitTask
from campaigns.querysets import UnitTaskQuerySet
from core import clock
from organizations.enums import UnitKind
from organizations.models import EmulationBlock

if TYPE_CHECKING:
    from organizations.models import User

#: What a figure counts, as the list behind it is asked for.
SHOWN = {
    "nop": _("Đã nộp"),
    "dung-han": _("Nộp đúng hạn"),
    "cham": _("Đang chậm"),
    "chua": _("Chưa nộp"),
    "cho": _("Chờ nhận"),
    "nhan": _("Đã nhận"),
}
ALL_YEARS = ALL_PROGRAMMES = "tat-ca"
NO_BLOCK = "khong"


@dataclass(frozen=True)
class Choice:
    """One option of a select."""

    value: str
    label: str
    selected: bool


def _years_of(programme: Programme) -> range:
    return range(programme.starts.year, programme.ends.year + 1)


class ScheduleFilter:
    """Programme, year, milestone, kind, block, unit and what to show; two queries, for milestones and blocks.

    `unit` answers for a task now, `addressed` is the one it was given to.
    """

    def __init__(self, query: Mapping[str, str], user: User) -> None:
        self.user = user
        self.today = clock.today()
        found = Milestone.objects.visible_to(user).select_related("programme__unit").order_by("due", "position", "pk")
        self.all_milestones = list(found)
        self.programmes = list({m.programme_id: m.programme for m in self.all_milestones}.values())
        self.every_programme = query.get("chuong-trinh") == ALL_PROGRAMMES and len(self.programmes) > 1
        self.programme = self._programme(query)
        self.year = self._year(query.get("nam", ""))
        self.milestone = self._milestone(query.get("moc", ""))
        self.kind = query.get("loai", "") if query.get("loai") in UnitKind.values else ""
        known = {NO_BLOCK, *(str(pk) for pk, _name in self.blocks)}
        self.block = query.get("khoi", "") if query.get("khoi") in known else ""
        self.unit = self._unit(query.get("don-vi", ""))
        self.addressed = self._unit(query.get("duoc-giao", ""))
        self.shown = query.get("xem", "") if query.get("xem") in SHOWN else ""
        self.late_only = query.get("cham") == "1"

    @cached_property
    def blocks(self) -> list[tuple[int, str]]:
        """All emulation blocks."""
        return list(EmulationBlock.objects.values_list("pk", "name"))

    @cached_property
    def years(self) -> list[int]:
        """The years of the programme, or of all of them."""
        asked = self.programmes if self.every_programme else [self.programme] if self.programme else []
        return sorted({year for programme in asked for year in _years_of(programme)})

    @property
    def milestones(self) -> list[Milestone]:
        """Those of the programme and year that units answer, soonest first."""
        return [m for m in self._in_question if m.is_published and self.year in (None, m.due.year)]

    @property
    def _in_question(self) -> list[Milestone]:
        return self.all_milestones if self.every_programme else self.of_programme

    @property
    def of_programme(self) -> list[Milestone]:
        """All of the programme, also events and what is not published yet."""
        return [m for m in self.all_milestones if self.programme and m.programme_id == self.programme.pk]

    def _programme(self, query: Mapping[str, str]) -> Programme | None:
        """The one asked for, else that of the milestone, else one of the year; of several the one that runs today."""
        asked, milestone, year = (query.get(name, "") for name in ("chuong-trinh", "moc", "nam"))
        named = [p for p in self.programmes if str(p.pk) == asked]
        named = named or [m.programme for m in self.all_milestones if str(m.pk) == milestone]
        of_year = [p for p in self.programmes if year in map(str, _years_of(p))]
        near = named or of_year or self.programmes
        running = [p for p in near if p.starts <= self.today <= p.ends]
        return next(iter([*running, *near]), None)

    @property
    def programme_value(self) -> str:
        """The programme as an address names it; "" while there is one only."""
        if self.every_programme:
            return ALL_PROGRAMMES
        return str(self.programme.pk) if self.programme and len(self.programmes) > 1 else ""

    @property
    def programme_name(self) -> str:
        """The name of the programme that is shown; "" of all."""
        return self.programme.name if self.programme and not self.every_programme else ""

    def _year(self, asked: str) -> int | None:
        if asked == ALL_YEARS or not self.years:
            return None
        if asked in {str(year) for year in self.years}:
            return int(asked)
        return min(max(self.today.year, self.years[0]), self.years[-1])

    def _milestone(self, asked: str) -> Milestone | None:
        found = next((m for m in self._in_question if str(m.pk) == asked), None)
        if found:
            self.year = None if self.year is None else found.due.year
        return found

    def _unit(self, asked: str) -> int | None:
        known = {str(pk): pk for pk, *_rest in self.user.unit_tree.rows} if asked else {}
        return known.get(asked)

    def tasks(self) -> UnitTaskQuerySet:
        """The tasks that the person may see and the address asks for."""
        return self._narrow(self.tasks_in_any_state())

    def tasks_in_any_state(self) -> UnitTaskQuerySet:
        """The same whatever of them is to be shown."""
        rows = UnitTask.objects.visible_to(self.user)
        wanted = [self.milestone] if self.milestone else self.milestones
        rows = rows.filter(milestone__in=[m.pk for m in wanted])
        if self.kind:
            rows = rows.filter(unit__kind=self.kind)
        if self.block:
            rows = rows.without_block() if self.block == NO_BLOCK else rows.of_block(int(self.block))
        if self.unit:
            rows = rows.filter(unit=self.unit)
        if self.addressed:
            rows = rows.filter(addressed=self.addressed)
        return rows

    def _narrow(self, rows: UnitTaskQuerySet) -> UnitTaskQuerySet:
        match self.shown:
            case "nop":
                return rows.handed_in()
            case "dung-han":
                return rows.in_time()
            case "cham":
                return rows.overdue(self.today)
            case "chua":
                return rows.filter(state=TaskState.OPEN)
            case "cho":
                return rows.filter(state=TaskState.SUBMITTED)
            case "nhan":
                return rows.filter(state=TaskState.ACCEPTED)
        return rows

    def query(self, **changes: object) -> str:
        """The address's query with some values changed; None drops one."""
        values: dict[str, object] = {
            "chuong-trinh": self.programme_value,
            "nam": self.year or ALL_YEARS,
            "moc": self.milestone.pk if self.milestone else None,
            "loai": self.kind,
            "khoi": self.block,
            "don-vi": self.unit,
            "duoc-giao": self.addressed,
            "xem": self.shown,
            "cham": "1" if self.late_only else None,
        }
        values |= {name.replace("_", "-"): value for name, value in changes.items()}
        return urlencode({name: value for name, value in values.items() if value})

    def in_words(self) -> str:
        """What the address asks for besides one milestone, in one line for a sheet of paper."""
        chosen = [*self.kind_choices(), *self.block_choices(), *self.shown_choices()]
        parts = [str(_("Năm %(year)s") % {"year": self.year}) if self.year else str(_("Cả giai đoạn"))]
        parts += [choice.label for choice in chosen if choice.selected]
        if units := {pk for pk in (self.unit, self.addressed) if pk}:
            parts += [name for _pk, name in self.user.unit_tree.choices(units)]
        if self.late_only:
            parts.append(str(_("chỉ đơn vị chậm")))
        return " · ".join(parts)

    def year_choices(self) -> list[Choice]:
        """The select of years."""
        whole = Choice(ALL_YEARS, str(_("Cả giai đoạn")), self.year is None)
        return [*(Choice(str(y), str(y), y == self.year) for y in self.years), whole]

    def kind_choices(self) -> list[Choice]:
        """The select of kinds of units."""
        return [Choice(value, str(label), value == self.kind) for value, label in UnitKind.choices]

    def block_choices(self) -> list[Choice]:
        """The select of blocks."""
        named = [*((str(pk), name) for pk, name in self.blocks), (NO_BLOCK, str(_("Chưa xếp khối")))]
        return [Choice(value, name, value == self.block) for value, name in named]

    def shown_choices(self) -> list[Choice]:
        """The select of what to show."""
        return [Choice(value, str(label), value == self.shown) for value, label in SHOWN.items()]

    def milestone_choices(self) -> list[Choice]:
        """The select of milestones."""
        here = self.milestone.pk if self.milestone else None
        return [Choice(str(m.pk), m.short_title, m.pk == here) for m in self.milestones]
