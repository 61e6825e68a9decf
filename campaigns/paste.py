"""A block of figures copied from Excel: which figure each row is, and what its number means (ux.md (b) 4)."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
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
#: A dot that can only be the decimal one, and a comma that can only part thousands: the other way of writing numbers.
_FOREIGN = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.(?:\d{1,2}|\d{4,}))", re.ASCII)
#: What lists and tables write before the name of a figure, as `search_key` leaves it.
_LEAD = re.compile(r"^(?:(?:\d+|[ivx]+|[a-e])(?: \d+)* )?(?:(?:tong )?so )?")
_NUMBERLIKE = re.compile(r"[+-]?\d[\d., ]*", re.ASCII)


@dataclass(frozen=True)
class PastedCell:
    """One cell of the block: the figure it belongs to (None: no figure fits), its value or what is wrong with it."""

    words: str
    line: FigureLine | None
    value: Decimal | None
    fault: str = ""

    @property
    def is_good(self) -> bool:
        return self.line is not None and self.value is not None


def read_block(text: str, lines: Sequence[FigureLine], *, first: int = 0) -> list[PastedCell]:
    """Read a block of cells parted by tabs and line ends, as Excel copies it.

    Rows with a name are matched by it, by code or by label without accents. A column or a row of numbers alone is taken
    in the order of the grid from line `first` on, an empty cell keeping its place. What may be read in two ways is
    marked and never guessed. `1.234,5` and `1234.5` are told apart by the way the whole block is written.
    """
    rows = _without_empty_ends([[clean_line(cell) for cell in row] for row in _rows(text)][:MOST_ROWS])
    foreign = any(_FOREIGN.fullmatch(cell) for row in rows for cell in row)
    rows = _upright(rows, lines)
    if any(_named(row) for row in rows):
        return _once(_by_name(row, lines, foreign) for row in rows if _says_something(row, lines))
    return _in_order(rows, lines, lines[first:], foreign)


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


def _by_name(row: list[str], lines: Sequence[FigureLine], foreign: bool) -> PastedCell:
    """The number behind the name; what stands before it counts rows, and notes behind it are no numbers."""
    words = " ".join(filter(None, row))
    place = next((n for n, cell in enumerate(row) if _match(cell, lines)), None)
    if place is None:
        return _cell("", None, words, foreign)
    behind = [cell for cell in row[place + 1 :] if cell]
    numbers = [cell for cell in behind if _is_number(cell)]
    line = _match(row[place], lines)
    if len(numbers) > 1:
        fault = _("Dòng này có nhiều số: %(numbers)s. Chỉ chép một cột số.") % {"numbers": "; ".join(numbers)}
        return PastedCell(words, line, None, fault)
    return _cell(next(iter([*numbers, *behind]), ""), line, words, foreign)


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


def _in_order(
    rows: list[list[str]], lines: Sequence[FigureLine], places: Sequence[FigureLine], foreign: bool
) -> list[PastedCell]:
    if len(rows) > 1 and any(sum(map(bool, row)) > 1 for row in rows):
        fault = _("Có nhiều cột số nên không biết lấy cột nào. Chép một cột, hoặc cột tên và một cột số.")
    elif any(_match(cell, lines) for row in rows for cell in row):
        fault = _("Tên và số phải ở cùng một dòng. Chép cả cột tên và cột số.")
    else:
        cells = rows[0] if len(rows) == 1 else ["".join(row) for row in rows]
        wanted = [*places, *[None] * len(cells)]
        return [_cell(cell, place, cell or "–", foreign) for cell, place in zip(cells, wanted, strict=False)]
    return [PastedCell(" ".join(filter(None, row)), None, None, fault) for row in rows if any(row)]


def _cell(number: str, line: FigureLine | None, words: str, foreign: bool) -> PastedCell:
    if line is None:
        return PastedCell(words, None, None, _("Không có số liệu nào tên như vậy trong bảng."))
    if number in _NOTHING:
        return PastedCell(words, line, None, _("Ô trống. Không có thì ghi 0."))
    try:
        value = read_number(number, foreign=foreign)
    except NumberError as error:
        return PastedCell(words, line, None, error.message)
    fault = _fault(value, line)
    return (
        PastedCell(words, line, None, fault % {"typed": shorten(number)}) if fault else PastedCell(words, line, value)
    )


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
    """Read a cell; in a block written the other way commas part thousands and the dot is the decimal sign."""
    return parse_decimal(_swapped(text) if foreign else text, decimals=3)


def _swapped(text: str) -> str:
    return text.replace(",", "").replace(".", ",")


def _once(cells: Iterator[PastedCell]) -> list[PastedCell]:
    """A figure that comes twice is taken the first time; the second says so."""
    seen: set[str] = set()
    found = []
    for cell in cells:
        if cell.line and cell.line.figure.code in seen:
            found.append(PastedCell(cell.words, cell.line, None, _("Số liệu này đã có ở dòng trên.")))
            continue
        if cell.line:
            seen.add(cell.line.figure.code)
        found.append(cell)
    return found
