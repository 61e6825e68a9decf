"""A report as a paper in the layout of Decree 30/2020: head, sections, room to sign, figures as appendices."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from core.dates import format_date
from core.forms.checks import noun
from core.numbers import format_number
from core.papers import (
    Paper,
    add_appendix,
    add_heading,
    add_paragraph,
    add_section_title,
    add_signature,
    add_table,
    as_bytes,
    day_in_words,
    new_paper,
)
from organizations.enums import Role
from organizations.selectors import holders_over

from .assembly import Assembly, assembly_of
from .content import as_number, report_content, report_of
from .enums import Tier
from .issuers import Issuer, issuer_of

if TYPE_CHECKING:
    from .models import TaskReportVersion, UnitTask

#: Types of papers that the title of a milestone may begin with, and their signs.
_KINDS = {"Báo cáo": "BC", "Kế hoạch": "KH"}
#: What stands where nothing is written yet.
_TO_WRITE = "…" * 12
#: Millimetres: the text across a page on its side, the columns of number and name.
_ACROSS, _NUMBER, _UNIT = 252, 11, 55


@dataclass(frozen=True)
class _Named:
    """A paper by its type, the sign of the type, and what it is about."""

    kind: str
    sign: str
    subject: str


def paper_kind(task: UnitTask) -> str:
    """The type of the paper that a task asks for: Kế hoạch for “Kế hoạch tuyên truyền năm 2023”, else Báo cáo."""
    return _named(task).kind


def _named(task: UnitTask) -> _Named:
    title = task.milestone.title
    for kind, sign in _KINDS.items():
        if title.startswith(f"{kind} "):
            rest = title.removeprefix(kind).strip()
            return _Named(kind, sign, rest[:1].upper() + rest[1:])
    return _Named(_("Báo cáo"), "BC", _("Kết quả %(title)s") % {"title": noun(title)})


def report_paper(task: UnitTask, version: TaskReportVersion | None) -> bytes:
    """The report as submitted, or as it is being written; number and day stay blank for the clerk.

    What is still to be written has its title with dots under it. The figures are appendices behind the signature.
    """
    content = version.content if version else report_content(task, report_of(task))
    named, issuer = _named(task), issuer_of(task.unit, task.milestone.programme.unit)
    paper = new_paper(title=f"{named.kind} – {task.milestone.title}")
    _head(paper, named, issuer)
    _open(paper, task, named, issuer)
    _sections(paper, task, content["sections"], keep_empty=version is None)
    _close(paper, named, issuer)
    _foot(paper, task, issuer)
    _appendices(paper, task, content, _reference(named, issuer), version)
    return as_bytes(paper)


def _head(paper: Paper, named: _Named, issuer: Issuer) -> None:
    add_heading(
        paper,
        parent=issuer.parent,
        issuer=issuer.lines,
        number=issuer.blank_number(named.sign),
        place=issuer.place,
        day=None,
        kind=named.kind,
        subject=named.subject,
        party=issuer.party,
    )


def _open(paper: Paper, task: UnitTask, named: _Named, issuer: Issuer) -> None:
    programme = task.milestone.programme
    if not programme.plan_number:
        return
    cited = {"number": programme.plan_number, "day": "", "issuer": programme.issuer, "unit": issuer.name}
    if programme.plan_date:
        cited["day"] = f" {day_in_words(programme.plan_date)}"
    opening = (
        _("Thực hiện Kế hoạch số %(number)s%(day)s của %(issuer)s, %(unit)s báo cáo kết quả như sau:")
        if named.sign == "BC"
        else _("Thực hiện Kế hoạch số %(number)s%(day)s của %(issuer)s, %(unit)s xây dựng kế hoạch như sau:")
    )
    add_paragraph(paper, opening % cited, before=6)


def _sections(paper: Paper, task: UnitTask, sections: Sequence[dict[str, Any]], *, keep_empty: bool) -> None:
    above = ""
    for section in sections:
        text, chapter = section["text"].strip(), section.get("chapter", "")
        if not (text or keep_empty):
            continue
        if chapter and chapter != above:
            add_section_title(paper, chapter)
        above = chapter
        # Without an outline the report is one text, whose title would say nothing.
        if task.milestone.outline:
            add_section_title(paper, _title_below(chapter, section))
        add_paragraph(paper, text or _TO_WRITE)


def _title_below(chapter: str, section: dict[str, Any]) -> str:
    """The title of a section as it stands under its chapter: 1. below II., not II.1."""
    title: str = section["title"]
    return title.removeprefix(f"{section['key'].rpartition('.')[0]}.") if chapter else title


def _close(paper: Paper, named: _Named, issuer: Issuer) -> None:
    words = (
        _("Trên đây là báo cáo của %(unit)s./.") if named.sign == "BC" else _("Trên đây là kế hoạch của %(unit)s./.")
    )
    add_paragraph(paper, words % {"unit": issuer.name}, before=6)


def _foot(paper: Paper, task: UnitTask, issuer: Issuer) -> None:
    is_district = task.milestone.tier == Tier.DISTRICT
    role = Role.INTERIOR_HEAD if is_district else Role.UNIT_LEADER
    signer = holders_over(task.unit, role).filter(home_unit=task.unit).first()
    add_signature(
        paper,
        authority=issuer.authority,
        title=issuer.title,
        name=signer.full_name if signer else "",
        recipients=[_("Thường trực UBND huyện") if is_district else _("Phòng Nội vụ huyện"), _("Lưu: VT")],
    )


def _reference(named: _Named, issuer: Issuer) -> str:
    """The line under the title of an appendix: which paper it belongs to; number and day are the clerk's."""
    blank = "\u00a0" * 4
    return _("Kèm theo %(kind)s số %(number)s %(day)s của %(unit)s") % {
        "kind": named.kind,
        "number": blank + issuer.blank_number(named.sign),
        "day": day_in_words(None),
        "unit": issuer.name,
    }


def _appendices(
    paper: Paper, task: UnitTask, content: dict[str, Any], reference: str, version: TaskReportVersion | None
) -> None:
    if not content["figures"]:
        return
    as_of = datetime.date.fromisoformat(content["as_of"])
    several = task.milestone.assembles_id is not None
    title = _("Số liệu tính đến ngày %(day)s") % {"day": format_date(as_of)}
    add_appendix(paper, number="I" if several else "", title=title, of=reference)
    _add_figures(paper, content["figures"])
    if several:
        add_appendix(paper, number="II", title=_("Số liệu của từng đơn vị"), of=reference, landscape=True)
        _add_units(paper, assembly_of(task, version))


def _add_figures(paper: Paper, figures: Sequence[dict[str, Any]]) -> None:
    rows = [(n, row["label"], _shown(row["typed"]), row["reason"]) for n, row in enumerate(figures, start=1)]
    headers = [_("TT"), _("Nội dung"), _("Số liệu"), _("Ghi chú")]
    add_table(paper, headers, rows, widths=(12, 80, 25, 48), numbers={2}, centred={0})


def _shown(value: str | None) -> str:
    number = as_number(value)
    return "" if number is None else format_number(number)


def _add_units(paper: Paper, found: Assembly) -> None:
    """The table of the units whose totals are the figures of the district, and who is missing."""
    headers = [_("TT"), _("Đơn vị"), *(str(figure.label) for figure in found.figures)]
    rows: list[tuple[object, ...]] = [
        (n, row.task.unit_label, *(_value(cell.value) for cell in row.cells))
        for n, row in enumerate(found.rows, start=1)
    ]
    total = ("", _("Tổng cộng"), *(_value(cell.value) for cell in found.totals))
    room = _ACROSS - _NUMBER - _UNIT
    widths = (_NUMBER, _UNIT, *[room // max(len(found.figures), 1)] * len(found.figures))
    numbers = range(2, len(headers))
    add_table(paper, headers, rows, widths=widths, numbers=numbers, centred={0}, size=11, total=total)
    if found.missing:
        names = ", ".join(missing.unit_label for missing in found.missing)
        add_paragraph(paper, _("Chưa có báo cáo: %(names)s.") % {"names": names}, size=12)


def _value(value: Any) -> str:
    return "" if value is None else format_number(value)
