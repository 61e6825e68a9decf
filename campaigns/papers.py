"""The official letter that urges late units (công văn đôn đốc), in the layout of Decree 30/2020."""

from __future__ import annotations

import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import LegalBasis, Programme, Urging
from core.dates import format_date
from core.papers import (
    Paper,
    add_addressees,
    add_heading,
    add_paragraph,
    add_signature,
    add_table,
    as_bytes,
    new_paper,
)
from organizations.enums import Role
from organizations.selectors import holders_over


def initials(name: str) -> str:
    """The sign of an office: PNV for Phòng Nội vụ."""
    return "".join(word[0] for word in name.split() if word[0].isalpha()).upper()


def urging_letter(urging: Urging) -> bytes:
    """The letter of one act of urging; number and day stay blank for the clerk."""
    milestone = urging.milestone
    programme = milestone.programme
    office = urging.made_by.home_unit
    office_name = office.name if office else _("Phòng Nội vụ")
    subject = _("đôn đốc thực hiện “%(title)s”") % {"title": milestone.title}
    paper = new_paper(title=subject)
    add_heading(
        paper,
        parent=_("Ủy ban nhân dân %(unit)s") % {"unit": programme.unit.name_in_text},
        issuer=office_name,
        number=f"/{initials(office_name)}",
        place=programme.unit.place_name,
        day=None,
        kind="",
        subject=subject,
    )
    units = list(urging.units.select_related("unit", "task"))
    add_addressees(paper, [row.unit.name for row in units])
    for line in bases_in_words(programme, timezone.localdate(urging.made_at)):
        add_paragraph(paper, line, italic=True)
    add_paragraph(paper, urging.text)
    add_paragraph(paper, _("Danh sách đơn vị chậm và hạn đã giao:"))
    _add_units(paper, [(row.unit.name, row.due, (row.urged_on - row.due).days) for row in units])
    add_paragraph(paper, _("Đề nghị các đơn vị quan tâm thực hiện./."))
    head = holders_over(programme.unit, Role.INTERIOR_HEAD).first()
    add_signature(
        paper,
        authority="",
        title=_("Trưởng phòng"),
        name=head.full_name if head else "",
        recipients=[_("Như trên"), _("Thường trực UBND huyện (báo cáo)"), _("Lưu: VT")],
    )
    return as_bytes(paper)


def bases_in_words(programme: Programme, day: datetime.date) -> list[str]:
    """The lines “Căn cứ …” in force on a day, oldest first; the last ends with a full stop."""
    cited = [basis for basis in programme.legal_bases.all() if _in_force(basis, day)]
    lines = [
        _("Căn cứ %(title)s (số %(number)s ngày %(day)s)")
        % {"title": basis.title, "number": basis.number, "day": format_date(basis.issued_on)}
        for basis in cited
    ]
    return [f"{line}{'.' if place == len(lines) else ';'}" for place, line in enumerate(lines, start=1)]


def _in_force(basis: LegalBasis, day: datetime.date) -> bool:
    begun = basis.in_force_from is None or basis.in_force_from <= day
    return begun and (basis.in_force_to is None or basis.in_force_to >= day)


def _add_units(paper: Paper, rows: list[tuple[str, datetime.date, int]]) -> None:
    add_table(
        paper,
        [_("TT"), _("Đơn vị"), _("Hạn"), _("Số ngày quá hạn")],
        [(place, name, format_date(due), days) for place, (name, due, days) in enumerate(rows, start=1)],
        widths=(12, 85, 32, 36),
        numbers={0, 3},
    )
