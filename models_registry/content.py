"""What a record says, section by section: one description of it for page, review, versions and completeness."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.dates import format_date
from core.numbers import format_number

from .enums import Category, SubjectKind

if TYPE_CHECKING:
    from .models import Attachment, Exemplar

_I, _C, _H = SubjectKind.INDIVIDUAL, SubjectKind.COLLECTIVE, SubjectKind.HOUSEHOLD
_ALL = frozenset(SubjectKind)
_EVERY = frozenset(Category)
_MODEL = frozenset({Category.MODEL})
#: All but the light form of a good deed (R7).
_FULL = _EVERY - {Category.GOOD_DEED}

#: Shown masked: to the unit and the office on request, to nobody else (domain.md (g), Personal data).
PRIVATE = frozenset({"birth_date", "phone"})


@dataclass(frozen=True)
class FieldSpec:
    """One field of the content; `prose` keeps its line breaks and is compared word by word."""

    name: str
    label: Any
    kinds: frozenset[str] = _ALL
    prose: bool = False
    labels: tuple[tuple[str, Any], ...] = ()
    categories: frozenset[str] = _EVERY

    def is_for(self, kind: str, category: str) -> bool:
        """Whether a record of this kind of subject and category has the field."""
        return kind in self.kinds and category in self.categories

    def label_for(self, kind: str) -> str:
        """The label that fits the kind of subject."""
        return str(dict(self.labels).get(kind, self.label))


@dataclass(frozen=True)
class Section:
    """A part of the form and of the page, in the order in which officers think."""

    code: str
    title: Any
    fields: tuple[FieldSpec, ...] = ()
    categories: frozenset[str] = _EVERY


_L = gettext_lazy
SECTIONS = (
    Section(
        "chung",
        _L("Thông tin chung"),
        (
            FieldSpec("full_name", _L("Họ và tên"), labels=((_C, _L("Tên tập thể")), (_H, _L("Tên hộ gia đình")))),
            FieldSpec("title", _L("Tên gương")),
            FieldSpec("gender", _L("Giới tính"), frozenset({_I}), categories=_FULL),
            FieldSpec("birth_year", _L("Năm sinh"), frozenset({_I}), categories=_FULL),
            FieldSpec("birth_date", _L("Ngày sinh"), frozenset({_I}), categories=_FULL),
            FieldSpec("head_name", _L("Người đứng đầu"), frozenset({_C, _H}), labels=((_H, _L("Chủ hộ")),)),
            FieldSpec("spouse_name", _L("Vợ / chồng"), frozenset({_H}), categories=_FULL),
            FieldSpec("founded_year", _L("Năm thành lập"), frozenset({_C}), categories=_FULL),
            FieldSpec("member_count", _L("Số thành viên"), frozenset({_C, _H}), categories=_FULL),
            FieldSpec("occupation", _L("Nghề nghiệp"), frozenset({_I, _H}), categories=_FULL),
            FieldSpec("position", _L("Chức vụ, chức danh"), frozenset({_I}), categories=_FULL),
            FieldSpec("workplace", _L("Đơn vị công tác"), frozenset({_I}), categories=_FULL),
            FieldSpec("hamlet", _L("Địa chỉ (ấp, khu phố)")),
            FieldSpec("phone", _L("Điện thoại liên hệ")),
            FieldSpec("proposed_by", _L("Nơi giới thiệu"), categories=_FULL),
            FieldSpec("model_owner", _L("Chủ mô hình"), categories=_MODEL),
            FieldSpec("model_start_year", _L("Năm bắt đầu"), categories=_MODEL),
            FieldSpec("model_scale", _L("Quy mô"), categories=_MODEL),
            FieldSpec("happened_on", _L("Ngày lập thành tích")),
            FieldSpec("field", _L("Lĩnh vực")),
            FieldSpec("sub_field", _L("Lĩnh vực cụ thể"), categories=_FULL),
            FieldSpec("movement", _L("Phong trào thi đua"), categories=_FULL),
            FieldSpec("political_task", _L("Nhiệm vụ chính trị phục vụ"), categories=_FULL),
            FieldSpec("flags", _L("Diện ưu tiên, ghi chú")),
        ),
    ),
    Section(
        "thanh-tich",
        _L("Thành tích và câu chuyện"),
        (
            FieldSpec("summary", _L("Tóm tắt"), prose=True, categories=_FULL),
            FieldSpec("context", _L("Hoàn cảnh"), prose=True, categories=_FULL),
            FieldSpec("deeds", _L("Việc làm"), prose=True),
            FieldSpec("results", _L("Kết quả"), prose=True),
            FieldSpec("economic_value", _L("Giá trị kinh tế"), prose=True, categories=_FULL),
            FieldSpec("social_meaning", _L("Ý nghĩa xã hội"), prose=True, categories=_FULL),
        ),
    ),
    Section("tieu-chi", _L("Bảy tiêu chí"), categories=_FULL),
    Section(
        "bai-hoc",
        _L("Nguyên nhân, biện pháp, bài học"),
        (
            FieldSpec("causes", _L("Nguyên nhân thành công"), prose=True),
            FieldSpec("measures", _L("Biện pháp đã làm"), prose=True),
            FieldSpec("lessons", _L("Bài học kinh nghiệm"), prose=True),
        ),
        categories=_FULL,
    ),
    Section("anh-tep", _L("Ảnh, tệp và đồng ý công bố"), (FieldSpec("consent", _L("Đồng ý công bố")),)),
)

FIELDS = {spec.name: spec for section in SECTIONS for spec in section.fields}
FLAG_LABELS = {
    "grassroots": _L("Ở cấp cơ sở"),
    "direct_labour": _L("Trực tiếp lao động, sản xuất"),
    "sudden": _L("Thành tích đột xuất"),
    "carried_over": _L("Được tôn vinh trước năm 2021"),
}
#: Parts that a remark can be bound to besides the fields and the criteria.
PART_LABELS = {
    "achievements": _L("Thành tích có số liệu"),
    "photos": _L("Ảnh"),
    "documents": _L("Tệp đính kèm"),
}


def target_label(target: str, kind: str = _I) -> str:
    """What a remark is bound to, in words."""
    if target in FIELDS:
        return FIELDS[target].label_for(kind)
    if target in PART_LABELS:
        return str(PART_LABELS[target])
    return _("Tiêu chí %(number)s") % {"number": target.removeprefix("C")}


def section_of(target: str) -> str:
    """Code of the section in which the target of a remark or fault stands."""
    if target == "achievements":
        return "thanh-tich"
    if target in ("photos", "documents"):
        return "anh-tep"
    return next((s.code for s in SECTIONS if any(f.name == target for f in s.fields)), "tieu-chi")


def sections_for(content: dict[str, Any]) -> list[Section]:
    """The sections that a record of this category has."""
    return [section for section in SECTIONS if category_of(content) in section.categories]


def specs_for(section: Section, content: dict[str, Any]) -> Iterator[FieldSpec]:
    """The fields of a section that a record of this kind and category has."""
    return (spec for spec in section.fields if spec.is_for(content["kind"], category_of(content)))


def category_of(content: dict[str, Any]) -> str:
    """The category of a content; versions frozen before categories had forms of their own hold none."""
    return content.get("category", Category.EXEMPLAR)


def content_of(exemplar: Exemplar) -> dict[str, Any]:
    """The whole content as plain data: what a version freezes and a page shows. Three queries."""
    kind, category = exemplar.subject_kind, exemplar.category
    return {
        "kind": kind,
        "category": category,
        "fields": field_texts(exemplar),
        "criteria": [
            {"code": c.criterion.code, "label": c.criterion.label, "is_met": c.is_met, "evidence": c.evidence}
            for c in exemplar.claims.select_related("criterion").order_by("criterion__position")
            if category in _FULL
        ],
        "achievements": [achievement_texts(a) for a in exemplar.achievements.order_by("position") if category in _FULL],
        "attachments": [attachment_facts(a) for a in exemplar.attachments.present().order_by("position", "pk")],
    }


def attachment_facts(attachment: Attachment) -> dict[str, Any]:
    """A photo or file as a page shows it; pages only where known, so that older contents stay what they are."""
    facts = {
        "id": attachment.pk,
        "kind": attachment.kind,
        "name": attachment.original_name,
        "caption": attachment.caption,
        "people": attachment.people,
        "size": attachment.size,
        "width": attachment.width,
        "height": attachment.height,
    }
    return facts | {"pages": attachment.pages} if attachment.pages else facts


def field_texts(exemplar: Exemplar) -> dict[str, str]:
    """Every field that this kind and category has, in words."""
    kind, category = exemplar.subject_kind, exemplar.category
    return {name: _text(exemplar, name) for name in FIELDS if has_field(name, kind, category)}


def achievement_texts(row: Any) -> dict[str, str]:
    """One line of the achievements in words, stored or read from a form."""
    figure = "" if row.figure is None else format_number(row.figure)
    return {"description": row.description, "figure": figure, "measure": row.measure, "period": row.period}


def mask(value: str) -> str:
    """The last two signs, the others covered."""
    return "•" * max(len(value) - 2, 4) + value[-2:]


def content_mark(content: dict[str, Any]) -> str:
    """Fingerprint of a content: any edit gives another one."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def has_field(name: str, kind: str, category: str) -> bool:
    """Whether a record of this kind of subject and category has a field."""
    section = next(s for s in SECTIONS if FIELDS[name] in s.fields)
    return category in section.categories and FIELDS[name].is_for(kind, category)


def _text(exemplar: Exemplar, name: str) -> str:
    special = {"flags": flags_text, "consent": consent_text}
    if name in special:
        return special[name](exemplar)
    if name == "gender":
        return str(exemplar.get_gender_display())
    value = getattr(exemplar, name)
    if value is None:
        return ""
    return format_date(value) if name in ("birth_date", "happened_on") else str(value)


def flags_text(exemplar: Exemplar) -> str:
    """The flags that are set, in words."""
    return "; ".join(str(word) for name, word in FLAG_LABELS.items() if getattr(exemplar, name))


def consent_text(exemplar: Exemplar) -> str:
    """Whether the subject agreed to be shown, since when and for what."""
    if not exemplar.consent_publish:
        return _("Chưa có sự đồng ý công bố")
    agreed = _("Đồng ý công bố, ngày %(date)s") % {"date": format_date(exemplar.consent_on)}
    return f"{agreed} ({exemplar.consent_note})" if exemplar.consent_note else agreed


def is_blank(content: dict[str, Any], name: str) -> bool:
    """Whether nothing was said in a field; without consent the consent line counts as nothing."""
    value = content["fields"].get(name, "")
    return not value or (name == "consent" and value == _("Chưa có sự đồng ý công bố"))
