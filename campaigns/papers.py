"""The official letter that urges late units (công văn đôn đốc), in the layout of Decree 30/2020."""

from __future__ import annotations

import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.issuers import full_name, initials, office_name
from campaigns.models import LegalBasis, Programme, Urging
from campaigns.selectors.urging import UrgedLine, urged_lines
from core.dates import format_date
from core.papers import (
    Paper,
    add_addressees,
    add_heading,
    add_paragraph,
    add_signature,
    add_table,
    as_bytes,
    day_in_words,
    new_paper,
)
from organizations.enums import Role
from organizations.selectors import holders_over

#: More addressees than these are not named twice: the list below names them.
_MOST_ADDRESSEES = 10
#: Types of documents that a legal basis may be of (domain.md (d)).
_TYPES = (
    *("Nghị quyết", "Nghị định", "Quyết định", "Chỉ thị", "Thông tư", "Thông tri", "Thông báo", "Kế hoạch"),
    *("Hướng dẫn", "Kết luận", "Chương trình", "Đề án", "Quy định", "Quy chế", "Công văn"),
)
#: Types that are cited without number and issuer (Decree 30/2020, Annex I, II.6).
_LAWS = ("Luật ", "Bộ luật ", "Pháp lệnh ")


def urging_letter(urging: Urging) -> bytes:
    """The letter of one act of urging; number and day stay blank for the clerk."""
    milestone = urging.milestone
    programme = milestone.programme
    issuer = office_name(urging.made_by)
    subject = _("đôn đốc thực hiện “%(title)s”") % {"title": milestone.title}
    paper = new_paper(title=subject)
    add_heading(
        paper,
        parent=_("UBND %(unit)s") % {"unit": programme.unit.name_in_text},
        issuer=issuer,
        number=f"/{initials(issuer)}",
        place=programme.unit.place_name,
        day=None,
        kind="",
        subject=subject,
    )
    lines = urged_lines(urging)
    add_addressees(paper, _addressees([full_name(line.row.unit, programme.unit) for line in lines]))
    for line in bases_in_words(programme, timezone.localdate(urging.made_at)):
        add_paragraph(paper, line, italic=True)
    add_paragraph(paper, urging.text)
    add_paragraph(paper, _("Danh sách đơn vị chậm và hạn đã giao:"))
    _add_units(paper, programme, lines)
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
    lines = [_("Căn cứ %(basis)s") % {"basis": _cited(basis)} for basis in cited]
    return [f"{line}{'.' if place == len(lines) else ';'}" for place, line in enumerate(lines, start=1)]


def _cited(basis: LegalBasis) -> str:
    """A document as papers cite it: type, number, day, issuer, then what it is about; a law by its title and day."""
    told = {"number": basis.number, "day": day_in_words(basis.issued_on)}
    if basis.title.startswith(_LAWS):
        return _("%(title)s %(day)s") % {**told, "title": basis.title}
    kind = next((name for name in _TYPES if basis.title.startswith(f"{name} ")), "")
    if not kind:
        return _("%(title)s (số %(number)s %(day)s)") % {**told, "title": basis.title}
    about = basis.title.removeprefix(kind).strip()
    if not about.startswith("của "):
        about = about if about.startswith("về ") else _("về %(about)s") % {"about": about}
        about = _("của %(issuer)s %(about)s") % {"issuer": basis.issuer, "about": about}
    return _("%(kind)s số %(number)s %(day)s %(about)s") % {**told, "kind": kind, "about": about}


def _addressees(names: list[str]) -> list[str]:
    return names if len(names) <= _MOST_ADDRESSEES else [_("Các cơ quan, đơn vị, địa phương trong danh sách dưới đây")]


def _in_force(basis: LegalBasis, day: datetime.date) -> bool:
    begun = basis.in_force_from is None or basis.in_force_from <= day
    return begun and (basis.in_force_to is None or basis.in_force_to >= day)


def _add_units(paper: Paper, programme: Programme, lines: list[UrgedLine]) -> None:
    rows = []
    for place, line in enumerate(lines, start=1):
        row = line.row
        name = row.named(full_name(row.unit, programme.unit))
        rows.append((place, name, line.word, format_date(row.due), (row.urged_on - row.due).days))
    add_table(
        paper,
        [_("TT"), _("Đơn vị"), _("Tình trạng"), _("Hạn"), _("Số ngày quá hạn")],
        rows,
        widths=(12, 69, 30, 28, 26),
        centred={0, 2, 3, 4},
    )
