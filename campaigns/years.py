"""Dates and words of a milestone moved by whole years."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection

_YEAR = re.compile(r"(?<!\d)(?:19|20|21)\d\d(?!\d)")
#: The number of a document with the words that belong to it: “ số 197/KH-UBND ngày 22/9/2021”.
_DOCUMENT = re.compile(
    r"(?:\s+số)?\s*(?<![\w/])(?P<number>\d+(?:/\d{4})?[/-][A-ZĐ]{2,}\d*(?:[-/][A-ZĐ]+)*)(?![\w/])"
    r"(?:\s+ngày\s+\d{1,2}/\d{1,2}/\d{4})?"
)
#: What is counted in years from a day that stays: “kỷ niệm 75 năm”, “75 năm Ngày Truyền thống”.
_ANNIVERSARY = re.compile(r"(?:(?<=kỷ niệm )|(?<=lần thứ ))\d{1,4}(?= năm\b)|\b\d{1,4}(?= năm ngày\b)", re.IGNORECASE)


def shift_date(day: datetime.date, years: int) -> datetime.date:
    """The same day so many years on; 29 February becomes 28 February where the year has none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def shift_words(text: str, years: int, first: int, last: int) -> str:
    """The text with each year from `first` to `last` moved on, and anniversaries that are counted with them.

    Other numbers stay (11/6/1948), those of documents with their days too (98/2023/NĐ-CP ngày 31/12/2023).
    """

    def moved(match: re.Match[str]) -> str:
        year = int(match[0])
        return str(year + years) if first <= year <= last else match[0]

    def aged(match: re.Match[str]) -> str:
        count = int(match[0]) + years
        return str(count).zfill(len(match[0])) if count > 0 else match[0]

    parts, end = [], 0
    for document in _DOCUMENT.finditer(text):
        parts += [_ANNIVERSARY.sub(aged, _YEAR.sub(moved, text[end : document.start()])), document[0]]
        end = document.end()
    return "".join([*parts, _ANNIVERSARY.sub(aged, _YEAR.sub(moved, text[end:]))])


def without_documents(text: str, kept: Collection[str]) -> str:
    """The text without the numbers and days of documents, but those of `kept`: “Kế hoạch 197/KH-UBND” → “Kế hoạch”."""
    return _DOCUMENT.sub(lambda found: found[0] if found["number"] in kept else "", text).strip()
