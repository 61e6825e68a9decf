"""Papers in the layout of Decree 30/2020/NĐ-CP, Annex I, as DOCX: page, header, body, tables, signature, recipients.

The number and the day of a paper are the clerk's: without them the places stay blank, none is ever invented.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Collection, Iterable, Sequence

from django.utils.translation import gettext as _
from docx import Document
from docx.document import Document as Paper
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

__all__ = [
    "Paper",
    "add_addressees",
    "add_appendix",
    "add_heading",
    "add_paragraph",
    "add_section_title",
    "add_signature",
    "add_two_signatures",
    "add_table",
    "as_bytes",
    "dated",
    "day_in_words",
    "new_paper",
]

FONT = "Times New Roman"
BODY = 14
#: Millimetres, within the limits of Annex I: top and bottom 20–25, left 30–35, right 15–20.
MARGINS = {"top_margin": 20, "bottom_margin": 20, "left_margin": 30, "right_margin": 15}
A4 = (210, 297)
STATE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
PARTY = "ĐẢNG CỘNG SẢN VIỆT NAM"
_BLANK = "\u00a0" * 8
#: What the schema of a section has behind the numbering of its pages.
_BEHIND_NUMBERING = (
    *("w:cols", "w:formProt", "w:vAlign", "w:noEndnote", "w:titlePg", "w:textDirection", "w:bidi", "w:rtlGutter"),
    *("w:docGrid", "w:printerSettings", "w:sectPrChange"),
)
_ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "justify": WD_ALIGN_PARAGRAPH.JUSTIFY,
}


def new_paper(*, title: str = "", landscape: bool = False) -> Paper:
    """An empty A4 paper: Times New Roman 14, page number centred in the top margin from page 2 on."""
    paper = Document()
    paper.core_properties.title, paper.core_properties.author = title, ""
    paper.core_properties.comments = ""
    _set_style(paper)
    section = paper.sections[0]
    _lay(section, landscape)
    for name, size in MARGINS.items():
        setattr(section, name, Mm(size))
    section.header_distance = Mm(10)
    section.different_first_page_header_footer = True
    _number_pages(section.header.paragraphs[0])
    return paper


def dated(place: str, day: datetime.date | None) -> str:
    """The line of place and date."""
    return f"{place}, {day_in_words(day)}"


def day_in_words(day: datetime.date | None) -> str:
    """A date as papers write it: zero before days 1–9 and months 1 and 2 only; blank places without a day."""
    if day is None:
        return _("ngày %(blank)s tháng %(blank)s năm %(blank)s") % {"blank": _BLANK}
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return _("ngày %(day)s tháng %(month)s năm %(year)s") % {
        "day": f"{day.day:02d}",
        "month": month,
        "year": day.year,
    }


def add_heading(
    paper: Paper,
    *,
    parent: str,
    issuer: str,
    number: str,
    place: str,
    day: datetime.date | None,
    kind: str,
    subject: str,
    party: bool = False,
) -> None:
    """The head of a paper: agencies, state and motto, number, place and date, then type and subject.

    `number` begins with its sign while the clerk has not given it: "Số:    /UBND-NV"; `issuer` may have two lines.
    Without `kind` the paper is an official letter (công văn): its subject stands as "V/v …" under the number. A body of
    the Party heads its papers with the Party's name.
    """
    left_width, right_width = _split(paper, 65)
    table = _borderless(paper, (left_width, right_width))
    left, right = table.rows[0].cells
    if parent:
        _line(left, parent.upper(), size=12)
    for part in issuer.split("\n"):
        _line(left, part.upper(), size=12, bold=True)
    _rule(left, left_width, 22)
    _line(right, PARTY if party else STATE, size=13 if party else 12, bold=True)
    if not party:
        _line(right, MOTTO, size=13, bold=True)
    _rule(right, right_width, 62)
    left, right = table.add_row().cells
    _line(left, _numbered(number, party), size=13)
    _line(right, dated(place, day), size=13, italic=True)
    if not kind:
        _line(left, _("V/v %(subject)s") % {"subject": subject}, size=12)
        return
    add_paragraph(paper, kind.upper(), bold=True, align="center", indent=False, before=18, after=0)
    add_paragraph(paper, subject, bold=True, align="center", indent=False, after=0)
    _rule(paper, _text_width(paper), 50)


def _numbered(number: str, party: bool) -> str:
    shown = _BLANK + number if number[:1] in ("", "/", "-") else number
    return (_("Số %(number)s") if party else _("Số: %(number)s")) % {"number": shown}


def add_addressees(paper: Paper, names: Sequence[str]) -> None:
    """“Kính gửi:” with one addressee on the line, several as a list under it."""
    if len(names) == 1:
        text = _("Kính gửi: %(name)s") % {"name": names[0]}
        add_paragraph(paper, text, align="center", indent=False, before=18, after=12)
        return
    head = add_paragraph(paper, _("Kính gửi:"), align="left", indent=False, before=18)
    head.paragraph_format.left_indent = Mm(35)
    for place, name in enumerate(names, start=1):
        line = add_paragraph(
            paper, f"- {name}{'.' if place == len(names) else ';'}", align="left", indent=False, after=0
        )
        line.paragraph_format.left_indent = Mm(45)
    paper.add_paragraph().paragraph_format.space_after = Pt(0)


def add_paragraph(
    paper: Paper,
    text: str,
    *,
    bold: bool = False,
    italic: bool = False,
    align: str = "justify",
    indent: bool = True,
    size: int = BODY,
    before: int = 0,
    after: int = 6,
) -> Paragraph:
    """One paragraph of the body for each line of `text`; `indent` is the first line's. Returns the last."""
    written = None
    for part in text.split("\n") or [""]:
        written = paper.add_paragraph()
        _write(written, part, size=size, bold=bold, italic=italic)
        shape = written.paragraph_format
        written.alignment = _ALIGN[align]
        shape.first_line_indent = Mm(12.7) if indent else None
        shape.space_before, shape.space_after = Pt(before), Pt(after)
    assert written is not None
    return written


def add_section_title(paper: Paper, text: str) -> None:
    """The title of a section of the body, kept with what follows."""
    add_paragraph(paper, text, bold=True, align="left", before=6).paragraph_format.keep_with_next = True


def add_table(
    paper: Paper,
    headers: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    widths: Sequence[int] = (),
    numbers: Collection[int] = (),
    centred: Collection[int] = (),
    size: int = 12,
    total: Sequence[object] = (),
) -> Table:
    """A bordered table whose head repeats on each page; `widths` in millimetres, `numbers` the columns set right.

    `total` is a last row, in bold.
    """
    table = paper.add_table(rows=1, cols=len(headers))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for cell, text in zip(table.rows[0].cells, headers, strict=True):
        _fill(cell, text, size=size, bold=True, align="center")
    _mark_row(table.rows[0], "w:tblHeader")
    aligned = ["right" if n in numbers else "center" if n in centred else "left" for n in range(len(headers))]
    for row in rows:
        _add_row(table, row, aligned, size=size)
    if total:
        _add_row(table, total, aligned, size=size, bold=True)
    if widths:
        _set_widths(table, [Mm(width) for width in widths])
    paper.add_paragraph().paragraph_format.space_after = Pt(0)
    return table


def _add_row(table: Table, row: Sequence[object], aligned: Sequence[str], *, size: int, bold: bool = False) -> None:
    added = table.add_row()
    _mark_row(added, "w:cantSplit")
    for cell, value, align in zip(added.cells, row, aligned, strict=True):
        _fill(cell, str(value), size=size, bold=bold, align=align)


def add_signature(paper: Paper, *, authority: str, title: str, name: str, recipients: Sequence[str]) -> None:
    """The foot of a paper: recipients at the left, authority ("TL. CHỦ TỊCH"), title, room to sign and name.

    It stays in one piece, and with the last words of the body.
    """
    left, right = _foot(paper, 75)
    _list_recipients(left, recipients)
    _sign(right, [authority, title], name)
    for cell in (left, right):
        cell.paragraphs[0].paragraph_format.space_before = Pt(6)


def add_two_signatures(
    paper: Paper, *, left: tuple[str, str], right: tuple[str, str], recipients: Sequence[str]
) -> None:
    """The foot of minutes: two (title, name) beside each other, the recipients below them at the left."""
    cells = _foot(paper, _text_width(paper) // 2)
    for cell, (title, name) in zip(cells, (left, right), strict=True):
        _sign(cell, [title], name)
    _list_recipients(_borderless(paper, [_text_width(paper)]).rows[0].cells[0], recipients)


def _foot(paper: Paper, left: int) -> Sequence[_Cell]:
    """A row of two cells in one piece, kept with the last words of the body."""
    if paper.paragraphs:
        paper.paragraphs[-1].paragraph_format.keep_with_next = True
    row = _borderless(paper, _split(paper, left)).rows[0]
    _mark_row(row, "w:cantSplit")
    return row.cells


def _list_recipients(cell: _Cell, recipients: Sequence[str]) -> None:
    _line(cell, _("Nơi nhận:"), size=12, bold=True, italic=True, align="left")
    for place, line in enumerate(recipients, start=1):
        _line(cell, f"- {line}{'.' if place == len(recipients) else ';'}", size=11, align="left")


def _sign(cell: _Cell, titles: Sequence[str], name: str) -> None:
    """Who signs, with room to do so."""
    for text in filter(None, titles):
        _line(cell, text.upper(), size=14, bold=True)
    for _row in range(4):
        _line(cell, "", size=14)
    _line(cell, name, size=14, bold=True)


def add_appendix(paper: Paper, *, number: str, title: str, of: str, landscape: bool = False) -> None:
    """Begin an appendix behind the signature, on pages of its own that count from 1: name, title, the paper it is of.

    `number` is "I", "II" …, or "" for the only one.
    """
    section = paper.add_section(WD_SECTION.NEW_PAGE)
    _lay(section, landscape)
    section.different_first_page_header_footer = True
    _count_from_one(section)
    name = _("Phụ lục %(number)s") % {"number": number}
    add_paragraph(paper, name.strip(), bold=True, align="center", indent=False, after=0)
    add_paragraph(paper, title.upper(), bold=True, align="center", indent=False, after=0)
    add_paragraph(paper, f"({of})", italic=True, align="center", indent=False, after=12)


def _count_from_one(section: Section) -> None:
    """Number the pages of a section anew; a section begins as a copy of the one before it, its numbering too."""
    start = OxmlElement("w:pgNumType")
    start.set(qn("w:start"), "1")
    properties = section._sectPr
    properties.remove_all("w:pgNumType")
    properties.insert_element_before(start, *_BEHIND_NUMBERING)


def as_bytes(paper: Paper) -> bytes:
    """The file."""
    stream = io.BytesIO()
    paper.save(stream)
    return stream.getvalue()


def _lay(section: Section, landscape: bool) -> None:
    width, height = reversed(A4) if landscape else A4
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(width), Mm(height)


def _set_style(paper: Paper) -> None:
    style = paper.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(BODY)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(script), FONT)
    shape = style.paragraph_format
    shape.line_spacing_rule, shape.space_after = WD_LINE_SPACING.SINGLE, Pt(6)


def _number_pages(paragraph: Paragraph) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run()
    run.font.size = Pt(13)
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        mark = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            mark.set(qn("w:fldCharType"), kind)
        mark.text = text
        run._r.append(mark)


def _text_width(paper: Paper) -> int:
    section = paper.sections[-1]
    room = section.page_width - section.left_margin - section.right_margin  # type: ignore[operator]
    return round(room / Mm(1))


def _split(paper: Paper, left: int) -> tuple[int, int]:
    return left, _text_width(paper) - left


def _borderless(paper: Paper, widths: Sequence[int]) -> Table:
    table = paper.add_table(rows=1, cols=len(widths))
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    _set_widths(table, [Mm(width) for width in widths])
    margins = OxmlElement("w:tblCellMar")
    for side in ("w:left", "w:right"):
        margin = OxmlElement(side)
        margin.set(qn("w:w"), "0")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.append(margins)
    return table


def _set_widths(table: Table, widths: Sequence[Mm]) -> None:
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
        for cell in column.cells:
            cell.width = width


def _mark_row(row: object, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))  # type: ignore[attr-defined]


def _fill(cell: _Cell, text: str, *, size: int, bold: bool = False, align: str = "left") -> None:
    _line(cell, text, size=size, bold=bold, align=align)
    shape = cell.paragraphs[0].paragraph_format
    shape.space_before = shape.space_after = Pt(2)
    cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER


def _line(
    cell: _Cell, text: str, *, size: int, bold: bool = False, italic: bool = False, align: str = "center"
) -> None:
    """Write a line into a cell: into its own empty first paragraph, then into new ones."""
    first = cell.paragraphs[0]
    paragraph = first if not first.runs and len(cell.paragraphs) == 1 else cell.add_paragraph()
    _write(paragraph, text, size=size, bold=bold, italic=italic)
    paragraph.alignment = _ALIGN[align]
    paragraph.paragraph_format.space_after = Pt(0)


def _write(paragraph: Paragraph, text: str, *, size: int, bold: bool, italic: bool) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.bold, run.italic = Pt(size), bold or None, italic or None


def _rule(within: Paper | _Cell, width: int, length: int) -> None:
    """A line `length` mm long, centred under what stands before it: the upper border of an empty paragraph."""
    paragraph = within.add_paragraph()
    shape = paragraph.paragraph_format
    shape.left_indent = shape.right_indent = Mm((width - length) / 2)
    shape.space_before, shape.space_after = Pt(2), Pt(0)
    paragraph.add_run().font.size = Pt(4)
    border = OxmlElement("w:top")
    for key, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        border.set(qn(f"w:{key}"), value)
    borders = OxmlElement("w:pBdr")
    borders.append(border)
    paragraph._p.get_or_add_pPr().append(borders)
