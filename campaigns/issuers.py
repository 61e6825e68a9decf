"""Who issues a paper of a unit: the names, the sign and the signature that Decree 30 and the Party's rules ask for.

Papers are drafts for the unit's clerk: what the portal cannot know (the sign of most bodies, some titles) stays blank.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from organizations.enums import UnitKind
from organizations.models import Unit, User

#: Papers are Vietnamese whatever the language of the screen.
COMMITTEE = "Ủy ban nhân dân"
#: Places that a people's committee governs.
_PLACES = (UnitKind.COMMUNE, UnitKind.DISTRICT, UnitKind.PROVINCE)
#: Bodies of the people's committee of the district.
_OF_THE_COMMITTEE = (UnitKind.DEPARTMENT, UnitKind.PUBLIC_SERVICE)
#: Who signs for a body, by the first words of its name; the first that fits. For a company or a cooperative that
#: depends on its charter, so the title stays blank.
_HEADS = (
    ("Ủy ban Kiểm tra", "Chủ nhiệm"),
    ("Ủy ban", "Chủ tịch"),
    ("Hội đồng", "Chủ tịch"),
    ("Hội", "Chủ tịch"),
    ("Liên đoàn", "Chủ tịch"),
    ("Phòng", "Trưởng phòng"),
    ("Văn phòng", "Chánh Văn phòng"),
    ("Thanh tra", "Chánh Thanh tra"),
    ("Trung tâm", "Giám đốc"),
    ("Trường", "Hiệu trưởng"),
    ("Ban Quản lý", "Giám đốc"),
    ("Ban Chỉ huy", "Chỉ huy trưởng"),
    ("Ban", "Trưởng ban"),
    ("Chi cục", "Chi cục trưởng"),
    ("Công an", "Trưởng Công an"),
    ("Tòa án", "Chánh án"),
    ("Viện Kiểm sát", "Viện trưởng"),
    ("Huyện Đoàn", "Bí thư"),
    ("Kho bạc", "Giám đốc"),
    ("Bảo hiểm xã hội", "Giám đốc"),
    ("Ngân hàng", "Giám đốc"),
    ("Agribank", "Giám đốc"),
    ("Bưu điện", "Giám đốc"),
    ("Điện lực", "Giám đốc"),
    ("Tổ hợp tác", "Tổ trưởng"),
)
_SMALL_WORDS = frozenset({"và", "của", "các"})


@dataclass(frozen=True)
class Issuer:
    """The body whose paper it is; `lines` is its name as the head of the paper breaks it."""

    parent: str
    lines: str
    name: str
    sign: str
    place: str
    authority: str
    title: str
    party: bool = False

    def blank_number(self, kind: str) -> str:
        """Type and sign behind a number that the clerk gives: /BC-UBND, for the Party -BC/."""
        return f"-{kind}/{self.sign}" if self.party else f"/{kind}-{self.sign}"


def issuer_of(unit: Unit, district: Unit) -> Issuer:
    """The body that signs for a unit of a district."""
    name = full_name(unit, district)
    governs = name.startswith(f"{COMMITTEE} ")
    return Issuer(
        parent=_parent(unit, district),
        lines=name.replace(f"{COMMITTEE} ", f"{COMMITTEE}\n", 1) if governs else name,
        name=name,
        sign="UBND" if governs else initials(name) if name.startswith("Phòng ") else "",
        place=(unit if unit.kind in _PLACES else district).place_name,
        authority=f"TM. {COMMITTEE}" if governs else "",
        title=_head_of(name),
        party=unit.kind == UnitKind.PARTY,
    )


def full_name(unit: Unit, district: Unit) -> str:
    """The name outside the district, as letters write it: Công an huyện Gò Công Tây, Ủy ban nhân dân xã Vĩnh Hựu."""
    if unit.kind in _PLACES:
        return f"{COMMITTEE} {unit.name_in_text}"
    word = district.name_in_text.partition(" ")[0]
    named = unit.name.endswith(f" {word}")
    return f"{unit.name.removesuffix(word)}{district.name_in_text}" if named else unit.name


def _parent(unit: Unit, district: Unit) -> str:
    """The body above, in the short form that the Decree allows; only where it is the same for every such unit."""
    if unit.kind == UnitKind.PARTY:
        return _("Huyện ủy %(place)s") % {"place": district.place_name}
    if unit.kind in _OF_THE_COMMITTEE:
        return _("UBND %(unit)s") % {"unit": district.name_in_text}
    return ""


def _head_of(name: str) -> str:
    return next((title for first, title in _HEADS if f"{name} ".startswith(f"{first} ")), "")


def office_name(maker: User) -> str:
    """The office from which a paper of the district comes: the unit of who made it."""
    return maker.home_unit.name if maker.home_unit else _("Phòng Nội vụ")


def initials(name: str) -> str:
    """The sign of an office: PNV for Phòng Nội vụ, PGDĐT for Phòng Giáo dục và Đào tạo."""
    words = [word for word in name.split() if word[0].isalpha() and word not in _SMALL_WORDS]
    return "".join(word[0] for word in words).upper()
