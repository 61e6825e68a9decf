"""The minutes of a visit (biên bản) as a paper of Decree 30."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core import papers
from core.dates import format_date

from .issuers import initials, office_name
from .models import Visit
from .selectors.inspections import checked_lines


def minutes_paper(visit: Visit) -> bytes:
    """The minutes as DOCX; the number is the clerk's and stays blank."""
    plan, district = visit.plan, visit.plan.programme.unit
    office = office_name(plan.made_by)
    title = _("Biên bản %(kind)s %(unit)s") % {"kind": plan.get_kind_display().lower(), "unit": visit.unit.name_in_text}
    paper = papers.new_paper(title=title)
    papers.add_heading(
        paper,
        parent=_("UBND %(district)s") % {"district": district.name_in_text},
        issuer=office,
        number=f"/BB-{initials(office)}",
        place=district.place_name,
        day=visit.done_on,
        kind=_("Biên bản"),
        subject=_("%(kind)s tại %(unit)s") % {"kind": plan.get_kind_display(), "unit": visit.unit.name_in_text},
    )
    _add_attendance(paper, visit)
    _add_findings(paper, visit)
    papers.add_paragraph(paper, _("Hai bên thống nhất nội dung trên và ký tên./."), before=6)
    papers.add_two_signatures(
        paper,
        left=(_("Đại diện đơn vị"), ""),
        right=(_("Đại diện đoàn"), plan.lead.full_name),
        recipients=[visit.unit.name, _("Lưu: VT")],
    )
    return papers.as_bytes(paper)


def _add_attendance(paper: papers.Paper, visit: Visit) -> None:
    plan = visit.plan
    ground = _("Thực hiện “%(plan)s”%(paper)s, ngày %(day)s đoàn làm việc với %(unit)s.") % {
        "plan": plan.title,
        "paper": f" ({plan.paper})" if plan.paper else "",
        "day": format_date(visit.done_on),
        "unit": visit.unit.name_in_text,
    }
    papers.add_paragraph(paper, ground, before=12)
    papers.add_section_title(paper, _("I. Thành phần"))
    names = [person.full_name for person in visit.team.order_by("full_name")]
    papers.add_paragraph(
        paper, _("1. Đoàn: %(names)s.") % {"names": "; ".join(filter(None, [*names, visit.team_note]))}
    )
    papers.add_paragraph(paper, _("2. Đơn vị: %(names)s.") % {"names": visit.met_with or _("(chưa ghi)")})


def _add_findings(paper: papers.Paper, visit: Visit) -> None:
    papers.add_section_title(paper, _("II. Kết quả từng nội dung"))
    rows = [(line.number, line.text, line.verdict, line.note) for line in checked_lines(visit, told=True)]
    headers = [_("TT"), _("Nội dung"), _("Kết quả"), _("Ghi chú")]
    papers.add_table(paper, headers, rows, widths=[12, 78, 28, 47])
    papers.add_section_title(paper, _("III. Nhận xét"))
    papers.add_paragraph(paper, visit.findings or _("(không có)"))
    papers.add_section_title(paper, _("IV. Kết luận"))
    papers.add_paragraph(paper, visit.conclusion)
    follow_ups = list(visit.follow_ups.order_by("position"))
    if follow_ups:
        papers.add_section_title(paper, _("V. Kiến nghị"))
        lines = [(n, row.what, format_date(row.due)) for n, row in enumerate(follow_ups, start=1)]
        papers.add_table(paper, [_("TT"), _("Việc cần làm"), _("Hạn")], lines, widths=[12, 118, 35])
