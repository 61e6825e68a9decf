"""Dates and words of a milestone moved by whole years."""

from __future__ import annotations

import datetime
import re

_YEAR = re.compile(r"(?<!\d)(?:19|20|21)\d\d(?!\d)")


def shift_date(day: datetime.date, years: int) -> datetime.date:
    """The same day so many years on; 29 February becomes 28 February where the year has none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def shift_words(text: str, years: int, first: int, last: int) -> str:
    """The text with each year from `first` to `last` moved on; other numbers stay (11/6/1948)."""

    def moved(match: re.Match[str]) -> str:
        year = int(match[0])
        return str(year + years) if first <= year <= last else match[0]

    return _YEAR.sub(moved, text)
