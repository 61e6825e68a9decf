"""A report as a paper in the layout of Decree 30/2020: sections, figures, room to sign."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from core.dates import format_date
from core.numbers import format_number
from core.papers import (
    Paper,
    add_heading,
    add_paragraph,
    add_section_title,
    add_signature,
    add_table,
    as_bytes,
    new_paper,
)
from organizations.enums import Role, UnitKind
from organizations.selectors import holders_over

from .assembly import assembly_of
from .content import as_number, report_content, report_of
from .enums import Tier

if TYPE_CHECKING:
    from .models import TaskReportVersion, UnitTask

#: Above this many columns a table of figures needs the paper across.
_NARROW = 4


def report_paper(task: UnitTask, version: TaskReportVersion | None) -> bytes:
    """The report as submitted, or as it is being written; number and day stay blank for the clerk."""
    content = version.content if version else report_content(task, report_of(task))
    milestone, subject = task.milestone, _("Kết quả %(title)s") % {"title": _lowered(task.milestone.title)}
    paper = new_paper(title=f"{_('Báo cáo')} – {milestone.title}")
    _head(paper, task, subject)
    _cite(paper, task)
    for section in content["sections"]:
        if section["text"].strip():
            add_section_title(paper, section["title"])
            add_paragraph(paper, section["text"].strip())
    if content["figures"]:
        _figures(paper, content["figures"], content["as_of"])
    if milestone.assembles_id:
        _units(paper, task)
    _foot(paper, task)
    return as_bytes(paper)


def _lowered(title: str) -> str:
    return title[:1].lower() + title[1:]


def _head(paper: Paper, task: UnitTask, subject: str) -> None:
    district, unit = task.milestone.programme.unit, task.unit
    is_commune = unit.kind == UnitKind.COMMUNE
    add_heading(
        paper,
        parent="" if is_commune else _("Ủy ban nhân dân %(unit)s") % {"unit": district.name_in_text},
        issuer=_("Ủy ban nhân dân %(unit)s") % {"unit": unit.name_in_text} if is_commune else unit.name,
        number="/BC-UBND" if is_commune else "/BC",
        place=(unit if is_commune else district).place_name,
        day=None,
        kind=_("Báo cáo"),
        subject=subject,
    )


def _cite(paper: Paper, task: UnitTask) -> None:
    programme = task.milestone.programme
    if not programme.plan_number:
        return
    cited = {"number": programme.plan_number, "day": format_date(programme.plan_date), "issuer": programme.issuer}
    opening = _("Thực hiện Kế hoạch số %(number)s ngày %(day)s của %(issuer)s, %(unit)s báo cáo kết quả như sau:")
    add_paragraph(paper, opening % {**cited, "unit": task.unit.name_in_text})


def _figures(paper: Paper, figures: Sequence[dict[str, Any]], as_of: str) -> None:
    year, month, day = as_of.split("-")
    told = {"day": f"{int(day)}/{int(month)}/{year}"}
    add_section_title(paper, _("Phụ lục. Số liệu tính đến ngày %(day)s") % told)
    rows = [(n, row["label"], _shown(row["typed"]), row["reason"]) for n, row in enumerate(figures, start=1)]
    headers = [_("TT"), _("Nội dung"), _("Số liệu"), _("Ghi chú")]
    add_table(paper, headers, rows, widths=(12, 80, 25, 48), numbers={2})


def _shown(value: str | None) -> str:
    number = as_number(value)
    return "" if number is None else format_number(number)


def _units(paper: Paper, task: UnitTask) -> None:
    """The table of the units whose totals are the figures of the district, and who is missing."""
    found = assembly_of(task)
    add_section_title(paper, _("Phụ lục. Số liệu của từng đơn vị"))
    headers = [_("Đơn vị"), *(str(figure.label) for figure in found.figures)]
    rows = [(row.task.unit.short_name, *(_value(cell.value) for cell in row.cells)) for row in found.rows]
    total = (_("Tổng cộng"), *(_value(cell.value) for cell in found.totals))
    size = 9 if len(found.figures) > _NARROW else 12
    add_table(paper, headers, [*rows, total], numbers=range(1, len(headers)), size=size)
    if found.missing:
        names = ", ".join(missing.unit.short_name for missing in found.missing)
        add_paragraph(paper, _("Chưa có báo cáo: %(names)s.") % {"names": names})


def _value(value: Any) -> str:
    return "" if value is None else format_number(value)


def _foot(paper: Paper, task: UnitTask) -> None:
    unit, is_district = task.unit, task.milestone.tier == Tier.DISTRICT
    is_commune = unit.kind == UnitKind.COMMUNE
    role = Role.INTERIOR_HEAD if is_district else Role.UNIT_LEADER
    signer = holders_over(unit, role).filter(home_unit=unit).first()
    add_signature(
        paper,
        authority=_("TM. Ủy ban nhân dân") if is_commune else "",
        title=_("Chủ tịch") if is_commune else _("Trưởng phòng") if is_district else _("Thủ trưởng đơn vị"),
        name=signer.full_name if signer else "",
        recipients=[_("Phòng Nội vụ huyện") if not is_district else _("Thường trực UBND huyện"), _("Lưu: VT")],
    )
