"""Dates as Vietnamese offices write them: day first, always."""

import calendar
import datetime
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core import clock
from core.text import clean_line, search_key, shorten

EARLIEST_YEAR = 1900
LATEST_YEAR = 2100
_LONGEST_DATE = 60

_SEPARATOR = r"\s*[/.\- ]\s*"
_DAY_MONTH = re.compile(rf"(\d{{1,2}}){_SEPARATOR}(\d{{1,2}})(?:{_SEPARATOR}(\d+))?", re.ASCII)
_COMPACT = re.compile(r"(\d{2})(\d{2})(\d{4})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})(?:[ t]00:00(?::00(?:\.0+)?)?)?", re.ASCII)
_IN_WORDS = re.compile(r"(?:ngay )?(\d{1,2}) thang (\d{1,2})(?: nam (\d+))?", re.ASCII)
_YEAR = re.compile(r"(?:nam )?(\d{4})", re.ASCII)
_MONTH_YEAR = re.compile(rf"(?:thang )?(\d{{1,2}})(?:{_SEPARATOR}| nam )(\d{{4}})", re.ASCII)


class DateError(ValueError):
    """A typed date that cannot be taken; its message says why and what to type."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class PartialDate:
    """A birth date of which perhaps only the year is known."""

    year: int
    date: datetime.date | None = None

    def __str__(self) -> str:
        return format_date(self.date) if self.date else str(self.year)


def format_date(value: datetime.date | None) -> str:
    """Return the date as 22/9/2021, and nothing for none."""
    if value is None:
        return ""
    return f"{value.day}/{value.month}/{value.year}"


def _unreadable(text: str) -> DateError:
    return DateError(
        _("Không đọc được ngày “%(typed)s”. Nhập theo ngày/tháng/năm, ví dụ 22/9/2021.") % {"typed": shorten(text)}
    )


def _unreal(text: str) -> DateError:
    return DateError(
        _("Ngày “%(typed)s” không có thật. Nhập theo ngày/tháng/năm, ví dụ 22/9/2021.") % {"typed": shorten(text)}
    )


def _short_year(text: str) -> DateError:
    return DateError(
        _("Năm trong ngày “%(typed)s” chưa đủ bốn chữ số. Nhập theo ngày/tháng/năm, ví dụ 22/9/2021.")
        % {"typed": shorten(text)}
    )


def _check_year(year: int, earliest: int, latest: int) -> None:
    if not earliest <= year <= latest:
        raise DateError(
            _("Năm %(year)s nằm ngoài khoảng nhận được. Nhập năm từ %(earliest)s đến %(latest)s.")
            % {"year": year, "earliest": earliest, "latest": latest}
        )


def _parts(text: str) -> tuple[int, int, str] | None:
    """Return (day, month, year as typed or ""), or None when the text is not written like a date."""
    folded = re.sub(r"^(?:ngày|ngay) (?=[0-9]+ ?[/.\-])", "", text.lower())
    if match := _YEAR_FIRST.fullmatch(folded):
        return int(match[3]), int(match[2]), match[1]
    match = _COMPACT.fullmatch(folded) or _DAY_MONTH.fullmatch(folded) or _IN_WORDS.fullmatch(search_key(text))
    return (int(match[1]), int(match[2]), match[3] or "") if match else None


def _exists(day: int, month: int, year: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(max(year, 1), month)[1]


def _read(text: str, this_year: int | None) -> datetime.date:
    line = clean_line(text[: _LONGEST_DATE * 4])
    parts = _parts(line) if len(line) <= _LONGEST_DATE else None
    if parts is None or (this_year is None and not parts[2]):
        raise _unreadable(text)
    day, month, typed_year = parts
    year = int(typed_year) if typed_year else this_year or EARLIEST_YEAR
    if typed_year and len(typed_year) < 4:
        raise _short_year(text)
    if not _exists(day, month, year):
        raise _unreal(text)
    _check_year(year, EARLIEST_YEAR, LATEST_YEAR)
    return datetime.date(year, month, day)


def parse_date(text: str, today: datetime.date | None = None) -> datetime.date:
    """Return the date typed day first in any usual spelling; without a year it is that of `today`.

    Raises DateError with a sentence for the person who typed it.
    """
    if today is None:
        today = clock.today()
    return _read(text, today.year)


def _birth_year_only(text: str) -> int | None:
    line = clean_line(text[: _LONGEST_DATE * 4]).lower()
    if match := _YEAR.fullmatch(line) or _YEAR.fullmatch(search_key(line)):
        return int(match[1])
    match = _MONTH_YEAR.fullmatch(line) or _MONTH_YEAR.fullmatch(search_key(line))
    if match is None:
        return None
    if not 1 <= int(match[1]) <= 12:
        raise _unreal(text)
    return int(match[2])


def parse_birth(text: str, today: datetime.date | None = None) -> PartialDate:
    """Return the birth typed as a full date, a month and year (only the year is kept) or a year.

    Raises DateError; a birth after `today` is refused.
    """
    if today is None:
        today = clock.today()
    year = _birth_year_only(text)
    if year is not None:
        _check_year(year, EARLIEST_YEAR, today.year)
        return PartialDate(year)
    date = _read_birth_date(text)
    if date > today:
        raise DateError(
            _("Ngày sinh (%(date)s) không được sau hôm nay (%(today)s). Nhập lại, ví dụ 22/9/1975, hoặc chỉ năm 1975.")
            % {"date": format_date(date), "today": format_date(today)}
        )
    return PartialDate(date.year, date)


def _read_birth_date(text: str) -> datetime.date:
    line = clean_line(text[: _LONGEST_DATE * 4])
    if len(line) > _LONGEST_DATE or not (parts := _parts(line)) or not parts[2]:
        raise DateError(
            _("Không đọc được ngày sinh “%(typed)s”. Nhập ngày/tháng/năm, ví dụ 22/9/1975, hoặc chỉ năm, ví dụ 1975.")
            % {"typed": shorten(text)}
        )
    return _read(text, None)
