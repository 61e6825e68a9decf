"""The figures that reports ask for: what the portal can count by itself, with its list, and what is only typed."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from organizations.models import Unit

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from .models import Milestone

#: No figure of a report is larger; a larger one is a slip of the hand.
LARGEST_FIGURE = 10**9

#: (units, first day, last day) → how many there were as of the last day.
Count = Callable[[Collection[int], datetime.date, datetime.date], int]
#: (unit, first day, last day) → the address of the list with exactly so many rows.
ListUrl = Callable[[Unit, datetime.date, datetime.date], str]


@dataclass(frozen=True)
class Figure:
    """A figure of the catalogue; without `count` only the unit knows it. `decimals` is its format."""

    code: str
    label: StrOrPromise
    hint: StrOrPromise = ""
    decimals: int = 0
    count: Count | None = None
    list_url: ListUrl | None = None

    @property
    def is_counted(self) -> bool:
        return self.count is not None


@dataclass(frozen=True)
class Period:
    """The days that a figure covers, both included; the last is the day as of which it is counted."""

    first: datetime.date
    last: datetime.date


_figures: dict[str, Figure] = {}


def register_figure(
    code: str,
    label: StrOrPromise,
    count: Count | None = None,
    list_url: ListUrl | None = None,
    *,
    hint: StrOrPromise = "",
    decimals: int = 0,
) -> None:
    """Add a figure to the catalogue. Higher apps call it when they are ready, for what they can count."""
    _figures[code] = Figure(code, label, hint, decimals, count, list_url)


def catalogue() -> dict[str, Figure]:
    """All figures by code, those that the portal counts first."""
    return dict(sorted(_figures.items(), key=lambda item: not item[1].is_counted))


def figures_of(milestone: Milestone) -> list[Figure]:
    """The figures that a milestone asks for, in its order; a code that nobody registered stands for itself."""
    if not milestone.asks_figures:
        return []
    return [_figures.get(code) or Figure(code, code) for code in milestone.figures]


def period_of(milestone: Milestone, as_of: datetime.date) -> Period:
    """A yearly duty covers its year, everything else the programme from its beginning, up to `as_of`."""
    first = datetime.date(milestone.due.year, 1, 1) if milestone.series else milestone.programme.starts
    return Period(min(first, as_of), as_of)


def units_of(unit: Unit, day: datetime.date) -> list[int]:
    """Ids of the unit and of what belonged to it on `day`."""
    return [unit.pk, *Unit.objects.valid_on(day).within(unit.path).exclude(pk=unit.pk).values_list("pk", flat=True)]


def register() -> None:
    """Name the figures that no list of the portal holds."""
    register_figure(
        "BD",
        _("Điển hình được bồi dưỡng"),
        hint=_("Số điển hình đơn vị đã có kế hoạch bồi dưỡng và đang theo dõi."),
    )
    register_figure("NR", _("Mô hình được nhân rộng"), hint=_("Số mô hình có ít nhất một nơi khác làm theo."))
    register_figure(
        "KT_GIAYKHEN", _("Giấy khen đã tặng"), hint=_("Giấy khen của xã, huyện cho điển hình trong kỳ báo cáo.")
    )
    register_figure(
        "TT_HOATDONG",
        _("Hoạt động tuyên truyền"),
        hint=_("Tin, bài, buổi nói chuyện, hội thi, pa nô giới thiệu điển hình."),
    )
