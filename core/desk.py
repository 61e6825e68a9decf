"""One thing to do on a person's desk, whatever app it comes from (ux.md (b) 3)."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from core import clock

_SOON = 3
_ORDER = ("overdue", "soon", "week", "later")


@dataclass(frozen=True)
class DeskItem:
    """One thing to do: verb first, with its record, date and button."""

    title: str
    note: str
    url: str
    action: str
    group: str
    due: datetime.date | None = None


def group_of(due: datetime.date | None) -> str:
    """The group of a deadline: past, within three days, within this week, later or none."""
    today = clock.today()
    if due is None:
        return "later"
    if due < today:
        return "overdue"
    if due <= today + datetime.timedelta(days=_SOON):
        return "soon"
    return "week" if due <= today + datetime.timedelta(days=6 - today.weekday()) else "later"


def in_order(items: Iterable[DeskItem]) -> list[DeskItem]:
    """The most urgent first: by group, then by date."""
    return sorted(items, key=lambda item: (_ORDER.index(item.group), item.due or datetime.date.max))


_sources: list[Callable[[Any], list[DeskItem]]] = []


def register_items(source: Callable[[Any], list[DeskItem]]) -> None:
    """Let a part above the desk put things to do on it; `source` takes the person."""
    if source not in _sources:
        _sources.append(source)


def registered_items(user: Any) -> list[DeskItem]:
    """What the registered parts have for a person."""
    return [item for source in _sources for item in source(user)]
