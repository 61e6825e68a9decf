"""A block of figures copied from Excel: which figure each row is, and what its number means (ux.md (b) 4)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from core.numbers import NumberError, format_number, parse_decimal
from core.text import clean_line, search_key, shorten

from .figures import LARGEST_FIGURE

if TYPE_CHECKING:
    from .content import FigureLine

LONGEST_BLOCK = 20_000
MOST_ROWS = 200
#: A dot that can only be the decimal one, and a comma that can only part thousands: the other way of writing numbers.
_FOREIGN = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.(?:\d{1,2}|\d{4,}))", re.ASCII)
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


def read_block(text: str, lines: Sequence[FigureLine]) -> list[PastedCell]:
    """Read a block of cells parted by tabs and line ends.

    Rows with a name are matched by it, by code or by label without accents; numbers alone are taken in the order of the
    grid, down a column or along a row. `1.234,5` and `1234.5` are told apart by the way the whole block is written.
    """
    rows = [[clean_line(cell) for cell in row.split("\t")] for row in _whole_rows(text)][:MOST_ROWS]
    rows = [row for row in rows if any(row)]
    foreign = any(_FOREIGN.fullmatch(cell) for row in rows for cell in row)
    if any(_named(row) for row in rows):
        return _once(_by_name(row, lines, foreign) for row in rows)
    cells = [cell for row in rows for cell in row if cell]
    places = [*lines, *[None] * len(cells)]
    return [_cell(cell, place, cell, foreign) for cell, place in zip(cells, places, strict=False)]


def _whole_rows(text: str) -> list[str]:
    """The rows that lie wholly within the longest block: half a number would be another number."""
    rows = text[: LONGEST_BLOCK + 1].splitlines()
    return rows if len(text) <= LONGEST_BLOCK else rows[:-1]


def _named(row: list[str]) -> bool:
    return len([cell for cell in row if cell]) > 1 and any(
        cell and not _NUMBERLIKE.fullmatch(cell) for cell in row[:-1]
    )


def _by_name(row: list[str], lines: Sequence[FigureLine], foreign: bool) -> PastedCell:
    filled = [cell for cell in row if cell]
    name = next((cell for cell in filled if not _NUMBERLIKE.fullmatch(cell)), "")
    number = next((cell for cell in reversed(filled) if cell != name), "")
    return _cell(number, _match(name, lines), " ".join(filled), foreign)


def _match(name: str, lines: Sequence[FigureLine]) -> FigureLine | None:
    key = search_key(name)
    return next(
        (line for line in lines if key and key in (search_key(str(line.figure.label)), search_key(line.figure.code))),
        None,
    )


def _cell(number: str, line: FigureLine | None, words: str, foreign: bool) -> PastedCell:
    if line is None:
        return PastedCell(words, None, None, _("Không có số liệu nào tên như vậy trong bảng."))
    if not number:
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
