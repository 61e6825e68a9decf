"""The programme on a line of years: server-drawn bars and, behind them, the list by year."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from campaigns.models import Milestone, Programme, UnitTask

from .filters import ScheduleFilter
from .numbers import Numbers, completeness
from .words import Standing, milestone_standing

#: Measures of the drawing in its own units.
LEFT, WIDTH, HEAD, ROW = 232, 960, 34, 26
_YEAR_AT_END = re.compile(r"[ /]\d{4}(?:–\d{4})?$")


@dataclass(frozen=True)
class Entry:
    """One milestone with its numbers and how it stands."""

    milestone: Milestone
    numbers: Numbers
    standing: Standing


@dataclass(frozen=True)
class Bar:
    """One milestone as a bar: where it begins and how long it is."""

    entry: Entry
    x: int
    width: int
    y: int


@dataclass(frozen=True)
class Line:
    """One row of the drawing: a milestone of its own, or a yearly duty with a bar each year."""

    label: str
    y: int
    bars: list[Bar]

    @property
    def text_y(self) -> int:
        """The foot of the label."""
        return self.y + 17


@dataclass(frozen=True)
class Timeline:
    """The drawing and the list of one programme."""

    years: list[tuple[int, int]]
    by_year: list[tuple[int, list[Entry]]]
    lines: list[Line]
    today_x: int | None
    height: int
    total: Numbers
    width: int = WIDTH
    left: int = LEFT


def timeline(wanted: ScheduleFilter) -> Timeline | None:
    """The whole period of the programme: two queries whatever the number of units; None without a programme."""
    programme = wanted.programme
    if programme is None:
        return None
    tasks = UnitTask.objects.visible_to(wanted.user).filter(milestone__programme=programme)
    found = completeness(tasks, wanted.today)
    entries = []
    for milestone in wanted.of_programme:
        numbers = found.by_milestone.get(milestone.pk, Numbers())
        entries.append(Entry(milestone, numbers, milestone_standing(milestone, numbers, wanted.today)))
    lines = _lines(programme, entries)
    inside = programme.starts <= wanted.today <= programme.ends
    return Timeline(
        years=[(year, _x(programme, datetime.date(year, 1, 1))) for year in wanted.years],
        by_year=[(y, listed) for y in wanted.years if (listed := [e for e in entries if e.milestone.due.year == y])],
        lines=lines,
        today_x=_x(programme, wanted.today) if inside else None,
        height=HEAD + ROW * len(lines) + 8,
        total=found.total,
    )


def _x(programme: Programme, day: datetime.date) -> int:
    days = (programme.ends - programme.starts).days or 1
    share = min(max((day - programme.starts).days / days, 0), 1)
    return round(LEFT + share * (WIDTH - LEFT - 8))


def _lines(programme: Programme, entries: list[Entry]) -> list[Line]:
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.milestone.series or f"#{entry.milestone.pk}", []).append(entry)
    lines = []
    ordered = sorted(groups.values(), key=lambda group: group[0].milestone.position)
    for place, group in enumerate(ordered):
        y = HEAD + place * ROW
        lines.append(Line(_label(group), y, [_bar(programme, entry, y) for entry in group]))
    return lines


def _label(group: list[Entry]) -> str:
    title = group[0].milestone.short_title
    if not group[0].milestone.series:
        return title
    return _("%(title)s, hằng năm") % {"title": _YEAR_AT_END.sub("", title)}


def _bar(programme: Programme, entry: Entry, y: int) -> Bar:
    first, last = _x(programme, entry.milestone.opens), _x(programme, entry.milestone.due)
    return Bar(entry, min(first, last - 6), max(last - first, 6), y + 4)
