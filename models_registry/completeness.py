"""What the review needs and a record still lacks, said before the officer tries to send it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .content import SECTIONS, content_of, section_of
from .enums import ANALYSED, Category, SubjectKind

if TYPE_CHECKING:
    from .models import Exemplar

_L = gettext_lazy
#: Field → the sentence that asks for it.
REQUIRED = {
    "title": _L("Đặt tên cho gương, ví dụ “Cứu hai em nhỏ đuối nước”."),
    "field": _L("Chọn lĩnh vực."),
    "summary": _L("Viết tóm tắt vài dòng: ai, làm gì, được gì."),
    "deeds": _L("Kể việc đã làm."),
    "results": _L("Ghi kết quả đạt được."),
}
#: A good deed is told in few words (R7): what, when, where.
REQUIRED_OF_GOOD_DEED = {
    "title": REQUIRED["title"],
    "field": REQUIRED["field"],
    "happened_on": _L("Ghi ngày xảy ra việc tốt, ví dụ 22/9/2021."),
    "deeds": _L("Kể việc đã làm."),
}
REQUIRED_OF_SUDDEN = {"happened_on": _L("Ghi ngày lập thành tích đột xuất, ví dụ 22/9/2021.")}
REQUIRED_OF_MODEL = {
    "model_start_year": _L("Nhập năm bắt đầu làm mô hình."),
    "model_scale": _L("Ghi quy mô mô hình, ví dụ: 8 công đất; 24 hộ tham gia."),
}
REQUIRED_OF_INDIVIDUAL = {
    "gender": _L("Chọn giới tính."),
    "birth_year": _L("Nhập năm sinh hoặc ngày sinh."),
    "occupation": _L("Nhập nghề nghiệp."),
}
REQUIRED_OF_ANALYSED = {
    "causes": _L("Nêu nguyên nhân thành công (Kế hoạch 197 yêu cầu với mô hình, điển hình)."),
    "measures": _L("Nêu biện pháp đã làm."),
    "lessons": _L("Rút ra bài học để nơi khác học tập, làm theo."),
}


@dataclass(frozen=True)
class Missing:
    """One thing to be supplied: where, and the sentence that asks for it."""

    target: str
    message: str

    @property
    def section(self) -> str:
        return section_of(self.target)


def missing_items(exemplar: Exemplar, content: dict | None = None) -> list[Missing]:
    """All that still lacks, in the order of the form; empty when the record may be sent."""
    content = content or content_of(exemplar)
    found = [
        *_missing_fields(exemplar, content["fields"]),
        *_missing_achievements(exemplar, content),
        *_missing_criteria(exemplar, content["criteria"]),
    ]
    order = [section.code for section in SECTIONS]
    return sorted(found, key=lambda item: order.index(item.section))


def required_fields(exemplar: Exemplar) -> dict[str, str]:
    """Field → sentence, of all fields that this record must have."""
    light = exemplar.category == Category.GOOD_DEED
    needed = dict(REQUIRED_OF_GOOD_DEED if light else REQUIRED)
    if exemplar.subject_kind == SubjectKind.INDIVIDUAL and not light:
        needed |= REQUIRED_OF_INDIVIDUAL
    if exemplar.category in ANALYSED:
        needed |= REQUIRED_OF_ANALYSED
    if exemplar.category == Category.MODEL:
        needed |= REQUIRED_OF_MODEL
    if exemplar.sudden:
        needed |= REQUIRED_OF_SUDDEN
    return {name: str(sentence) for name, sentence in needed.items()}


def _missing_fields(exemplar: Exemplar, fields: dict[str, str]) -> Iterator[Missing]:
    for name, text in required_fields(exemplar).items():
        if not fields.get(name):
            yield Missing(name, text)
    if exemplar.subject_kind == SubjectKind.INDIVIDUAL and not (fields.get("hamlet") or fields.get("workplace")):
        yield Missing("hamlet", _("Nhập nơi ở (ấp, khu phố) hoặc đơn vị công tác."))


def _missing_achievements(exemplar: Exemplar, content: dict) -> Iterator[Missing]:
    if exemplar.category in ANALYSED and not content["achievements"]:
        yield Missing("achievements", _("Ghi ít nhất một thành tích, có số liệu thì ghi số liệu."))


def _missing_criteria(exemplar: Exemplar, criteria: list[dict]) -> Iterator[Missing]:
    answered = [c for c in criteria if c["is_met"] is not None]
    for claim in answered:
        if claim["is_met"] and not claim["evidence"]:
            number = claim["code"].removeprefix("C")
            yield Missing(
                claim["code"],
                _("Tiêu chí %(number)s đã chọn “Đạt” nhưng chưa có minh chứng. Ghi một câu, hoặc chọn “Chưa đạt”.")
                % {"number": number},
            )
    if exemplar.category in ANALYSED and not any(c["is_met"] for c in answered):
        yield Missing("C1", _("Chọn ít nhất một tiêu chí đạt và ghi minh chứng."))
