"""A block of figures copied from Excel: which figure each row is, and what its number means (ux.md (b) 4)."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from itertools import zip_longest
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from core.numbers import NumberError, format_number, parse_decimal
from core.text import clean_line, search_key, shorten

from .figures import LARGEST_FIGURE

if TYPE_CHECKING:
    from .content import FigureLine

#: How offices write an empty cell.
_NOTHING = ("", "-", "–", "—")
LONGEST_BLOCK = 20_000
MOST_ROWS = 200
#: A number that another way of writing makes a thousand times larger or smaller.
_GROUP = re.compile(r"[+-]?[1-9]\d{0,2}(?P<sign>[.,])\d{3}", re.ASCII)
#: What lists and tables write before the name of a figure, as `search_key` leaves it.
_LEAD = re.compile(r"^(?:(?:\d+|[ivx]+|[a-e])(?: \d+)* )?(?:(?:tong )?so )?")
_NUMBERLIKE = re.compile(r"[+-]?\d[\d., ]*", re.ASCII)


#: The answer of a person who takes neither reading of a cell.
LEFT_OUT = "bo"


@dataclass(frozen=True)
class PastedCell:
    """One cell of the block: the figure it belongs to (None: no figure fits), its value or what is wrong with it.

    `choices` are the readings of a number that may be meant in two ways; the person says which.
    """

    words: str
    line: FigureLine | None
    value: Decimal | None
    fault: str = ""
    choices: tuple[Decimal, ...] = ()

    @property
    def is_good(self) -> bool:
        return self.line is not None and self.value is not None

    @property
    def answer_field(self) -> str:
        """The name under which the preview asks which reading is meant."""
        return f"reading-{self.line.figure.code}" if self.line else ""

    @property
    def readings(self) -> list[tuple[str, str]]:
        """The choices as they are posted and as people read them."""
        return [(_posted(choice), format_number(choice)) for choice in self.choices]


def _posted(choice: Decimal) -> str:
    return f"{choice:f}"


@dataclass(frozen=True)
class _Found:
    """A cell with what stands in it before it is read as a number; with a fault it is not read."""

    words: str
    line: FigureLine | None
    number: str = ""
    fault: str = ""


def read_block(text: str, lines: Sequence[FigureLine], *, first: int = 0) -> list[PastedCell]:
    """Read a block of cells parted by tabs and line ends, as Excel copies it.

    Rows with a name are matched by it, by code or by label without accents. A column or a row of numbers alone is taken
    in the order of the grid from line `first` on, an empty cell keeping its place. `1.234,5` and `1,234.5` are told
    apart cell by cell; a number that the other cells make doubtful is marked, with both readings to choose from.
    """
    rows = _without_empty_ends([[clean_line(cell) for cell in row] for row in _rows(text)][:MOST_ROWS])
    rows = _upright(rows, lines)
    if any(_named(row) for row in rows):
        found = [_by_name(row, lines) for row in rows if _says_something(row, lines)]
    else:
        found = _in_order(rows, lines, lines[first:])
    found = _once(found)
    ways = {way for cell in found if cell.line and not cell.fault for way in _ways(cell.number)}
    return [_cell(one, ways) for one in found]


def decided(cell: PastedCell, answer: str) -> PastedCell:
    """The cell with the reading that a person chose, or left out; without an answer its choices stay."""
    if answer == LEFT_OUT:
        return replace(cell, choices=())
    value = next((choice for choice in cell.choices if _posted(choice) == answer), None)
    return cell if value is None else replace(cell, value=value, fault="", choices=())


def _rows(text: str) -> list[list[str]]:
    """The rows that lie wholly within the longest block: half a number would be another number."""
    whole = text[: LONGEST_BLOCK + 1].splitlines(keepends=True)
    whole = whole if len(text) <= LONGEST_BLOCK else whole[:-1]
    try:
        # Excel puts a cell with a line end in it between quotes.
        return list(csv.reader(whole, delimiter="\t", strict=True))
    except csv.Error:
        return [row.rstrip("\r\n").split("\t") for row in whole]


def _without_empty_ends(rows: list[list[str]]) -> list[list[str]]:
    filled = [place for place, row in enumerate(rows) if any(row)]
    return rows[filled[0] : filled[-1] + 1] if filled else []


def _upright(rows: list[list[str]], lines: Sequence[FigureLine]) -> list[list[str]]:
    """Names in one row with their numbers in the next, turned into a row for each name."""
    if len(rows) != 2 or sum(_match(cell, lines) is not None for cell in rows[0]) < 2:
        return rows
    names, numbers = rows
    return [[name, number] for name, number in zip_longest(names, numbers, fillvalue="") if name or number]


def _is_number(cell: str) -> bool:
    return _NUMBERLIKE.fullmatch(cell) is not None


def _named(row: list[str]) -> bool:
    return len([cell for cell in row if cell]) > 1 and any(cell and not _is_number(cell) for cell in row[:-1])


def _says_something(row: list[str], lines: Sequence[FigureLine]) -> bool:
    """Whether a row is more than a heading: it has a number, or names a figure."""
    return any(char.isdigit() for cell in row for char in cell) or any(_match(cell, lines) for cell in row)


def _by_name(row: list[str], lines: Sequence[FigureLine]) -> _Found:
    """The number behind the name; what stands before it counts rows, and notes behind it are no numbers."""
    words = " · ".join(filter(None, row))
    place = next((n for n, cell in enumerate(row) if _match(cell, lines)), None)
    if place is None:
        return _Found(words, None)
    behind = [cell for cell in row[place + 1 :] if cell]
    numbers = [cell for cell in behind if _is_number(cell)]
    line = _match(row[place], lines)
    if len(numbers) > 1:
        fault = _("Dòng này có nhiều số: %(numbers)s. Chỉ chép một cột số.") % {"numbers": "; ".join(numbers)}
        return _Found(words, line, fault=fault)
    return _Found(words, line, next(iter([*numbers, *behind]), ""))


def _match(name: str, lines: Sequence[FigureLine]) -> FigureLine | None:
    """The figure of a name, also behind a number or dash of a list and “Số”."""
    if not any(char.isalpha() for char in name):
        return None
    key = search_key(name)
    keys = {key, _LEAD.sub("", key)}
    return next((line for line in lines if keys & _names(str(line.figure.label), line.figure.code)), None)


@lru_cache(maxsize=256)
def _names(label: str, code: str) -> frozenset[str]:
    return frozenset({search_key(label), search_key(code)})


def _in_order(rows: list[list[str]], lines: Sequence[FigureLine], places: Sequence[FigureLine]) -> list[_Found]:
    if len(rows) > 1 and any(sum(map(bool, row)) > 1 for row in rows):
        fault = _("Có nhiều cột số nên không biết lấy cột nào. Chép một cột, hoặc cột tên và một cột số.")
    elif any(_match(cell, lines) for row in rows for cell in row):
        fault = _("Tên và số phải ở cùng một dòng. Chép cả cột tên và cột số.")
    else:
        cells = rows[0] if len(rows) == 1 else ["".join(row) for row in rows]
        wanted = [*places, *[None] * len(cells)]
        return [_Found(cell or "–", place, cell) for cell, place in zip(cells, wanted, strict=False)]
    return [_Found(" ".join(filter(None, row)), None, fault=fault) for row in rows if any(row)]


def _once(found: Iterable[_Found]) -> list[_Found]:
    """A figure that comes twice is taken the first time; the second says so."""
    seen: set[str] = set()
    once = []
    for one in found:
        code = one.line.figure.code if one.line else ""
        fault = _("Số liệu này đã có ở dòng trên.") if code in seen else one.fault
        once.append(replace(one, fault=fault))
        seen |= {code} - {""}
    return once


# Numbers


class _Way(Enum):
    """The two ways of writing 1.234,5."""

    VIETNAMESE = "vietnamese"
    FOREIGN = "foreign"


def _written(decimal: str, group: str) -> re.Pattern[str]:
    """Numbers that can only be meant with these signs."""
    return re.compile(
        rf"[+-]?(?:\d+{decimal}(?:\d{{1,2}}|\d{{4,}})|(?:0|\d{{4,}}){decimal}\d{{3}}"
        rf"|\d{{1,3}}(?:{group}\d{{3}})+{decimal}\d+|\d{{1,3}}(?:{group}\d{{3}}){{2,}})",
        re.ASCII,
    )


_ONLY = {_Way.VIETNAMESE: _written(",", r"\."), _Way.FOREIGN: _written(r"\.", ",")}
#: What `12.000` and `12,000` are where nothing speaks against it.
_AS_GROUP = {".": _Way.VIETNAMESE, ",": _Way.FOREIGN}


def _ways(number: str) -> set[_Way]:
    """The way in which a number is written, if it says so; one that may be meant in two ways counts by its sign."""
    bare = number.replace(" ", "")
    if group := _GROUP.fullmatch(bare):
        return {_AS_GROUP[group["sign"]]}
    return {way for way, pattern in _ONLY.items() if pattern.fullmatch(bare)}


def _cell(found: _Found, ways: Collection[_Way]) -> PastedCell:
    line, number = found.line, found.number
    fault = found.fault or _no_number(line, number)
    if line is None or fault:
        return PastedCell(found.words, line, None, fault)
    if _GROUP.fullmatch(number.replace(" ", "")) and len(ways) > 1:
        return _doubtful(found.words, line, number)
    try:
        value = read_number(number, foreign=_Way.FOREIGN in _ways(number))
    except NumberError as error:
        return PastedCell(found.words, line, None, error.message)
    fault = _fault(value, line) % {"typed": shorten(number)}
    return PastedCell(found.words, line, None if fault else value, fault)


def _no_number(line: FigureLine | None, number: str) -> str:
    if line is None:
        return _("Không có số liệu nào tên như vậy trong bảng.")
    return _("Ô trống. Không có thì ghi 0.") if number in _NOTHING else ""


def _doubtful(words: str, line: FigureLine, number: str) -> PastedCell:
    """A number in a block that is written in both ways: those readings are offered that the figure can have."""
    readings = [read_number(number, foreign=foreign) for foreign in (False, True)]
    choices = tuple(value for value in readings if not _fault(value, line))
    told = {"typed": shorten(number), "one": format_number(readings[0]), "other": format_number(readings[1])}
    fault = _("“%(typed)s” có thể là %(one)s hoặc %(other)s, vì trong khối có số viết theo cách khác. Chọn số đúng.")
    return PastedCell(words, line, None, (fault if choices else _fault(readings[0], line)) % told, choices)


def _fault(value: Decimal, line: FigureLine) -> str:
    """What the form would not take either."""
    decimals = line.figure.decimals
    if value < 0:
        return _("Số “%(typed)s” nhỏ hơn 0.")
    if value > LARGEST_FIGURE:
        return _("Số “%%(typed)s” lớn hơn %(most)s.") % {"most": format_number(LARGEST_FIGURE)}
    if not decimals and value != value.to_integral_value():
        return _("Số “%(typed)s” phải là số nguyên.")
    if value != round(value, decimals):
        return _("Số “%%(typed)s” chỉ ghi đến %(n)d chữ số sau dấu phẩy.") % {"n": decimals}
    return ""


def read_number(text: str, *, foreign: bool) -> Decimal:
    """Read a cell; in one written the other way commas part thousands and the dot is the decimal sign."""
    return parse_decimal(_swapped(text) if foreign else text, decimals=3)


def _swapped(text: str) -> str:
    return text.replace(",", "").replace(".", ",")
