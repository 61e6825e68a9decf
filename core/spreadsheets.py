"""Writing of spreadsheets: text cells that no program takes for a formula, row by row, with little memory."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterable, Sequence

import xlsxwriter

from core import clock

#: Characters that make a program read a cell as a formula once the file is saved as CSV.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Cell = str | int | datetime.date | None


def defused(text: str) -> str:
    """The text with a mark before it when a program would run it."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def as_xlsx(title: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A workbook of one sheet: heading row with (name, width) of the columns, then the rows; dates are dates."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"constant_memory": True, "default_date_format": "d/m/yyyy"})
    book.set_properties({"title": title, "created": clock.wall_now().replace(tzinfo=None)})
    sheet = book.add_worksheet(title[:31])
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    body = book.add_format({"text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "d/m/yyyy", "valign": "top"})
    for column, (name, width) in enumerate(columns):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, head)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            if isinstance(value, datetime.date):
                sheet.write_datetime(number, column, datetime.datetime.combine(value, datetime.time()), day)
            elif isinstance(value, int):
                sheet.write_number(number, column, value, body)
            elif value:
                sheet.write_string(number, column, defused(value), body)
    book.close()
    return target.getvalue()
