"""Forms of what one side asks of the other, and of steps that need only a reason."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.forms import LineField, NumberField, OneChoiceField, PortalForm, ProseField
from models_registry.content import FLAG_LABELS, SECTIONS, section_of
from models_registry.enums import Category, ConfirmationRule

from .register import ExemplarForm


class HoldForm(PortalForm):
    """Why a record is held."""

    reason = ProseField(
        label=_("Lý do tạm dừng"),
        max_length=2000,
        attrs={"rows": 3},
        required_message=_("Ghi lý do tạm dừng, đơn vị sẽ đọc lý do này."),
        help_text=_("Ví dụ: đang có đơn phản ánh, chờ kết luận của xã."),
    )


class ReleaseForm(PortalForm):
    """Why a hold is released."""

    reason = ProseField(
        label=_("Lý do bỏ tạm dừng"),
        max_length=2000,
        attrs={"rows": 3},
        required_message=_("Ghi lý do bỏ tạm dừng, ví dụ: đã có kết luận, không vi phạm."),
    )


class PromoteForm(PortalForm):
    """What a good deed or new factor grows into."""

    category = OneChoiceField(
        label=_("Nâng lên"),
        choices=[(c.value, c.label) for c in (Category.EXEMPLAR, Category.MODEL)],
        widget=forms.RadioSelect,
        required_message=_("Chọn nâng lên “Điển hình tiên tiến” hoặc “Mô hình”."),
    )


class ChangeReasonForm(PortalForm):
    """Why a recognised record should read differently."""

    reason = ProseField(
        label=_("Lý do điều chỉnh"),
        max_length=2000,
        attrs={"rows": 3},
        required_message=_("Ghi lý do điều chỉnh để Phòng Nội vụ biết."),
        help_text=_("Ví dụ: ghi sai năm sinh; bổ sung kết quả sáu tháng đầu năm."),
    )


class DeclineChangeForm(PortalForm):
    """Why the record stays as it is."""

    note = ProseField(
        label=_("Lý do không áp dụng"),
        max_length=2000,
        attrs={"rows": 3},
        required_message=_("Ghi lý do không áp dụng, đơn vị sẽ đọc lý do này."),
    )


class AskConfirmationForm(PortalForm):
    """Who is asked to confirm."""

    unit = OneChoiceField(
        label=_("Xin ai xác nhận"), widget=forms.RadioSelect, required_message=_("Chọn nơi xin xác nhận.")
    )

    def __init__(self, *args: Any, choices: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [(str(pk), name) for pk, name in choices]  # type: ignore[attr-defined]


class ConfirmationForm(PortalForm):
    """The answer of who was asked; what must be mended is written into the note."""

    note = ProseField(
        label=_("Ghi chú hoặc điều cần sửa"),
        max_length=2000,
        attrs={"rows": 3},
        required=False,
        help_text=_("Bắt buộc khi gửi lại để sửa."),
    )


class ReviewSettingsForm(PortalForm):
    """The office's clocks and its rule of confirmation."""

    review_days = NumberField(label=_("Ngày làm việc để trả lời hồ sơ"), min=1, max=60)
    sudden_days = NumberField(label=_("Ngày làm việc để trả lời thành tích đột xuất"), min=1, max=60)
    answer_days = NumberField(label=_("Ngày làm việc đề nghị cho đơn vị bổ sung"), min=1, max=60)
    confirmation = OneChoiceField(
        label=_("Xác nhận trước khi gửi"), choices=ConfirmationRule.choices, widget=forms.RadioSelect
    )
    basis = LineField(
        label=_("Căn cứ"),
        max_length=300,
        required=False,
        help_text=_("Văn bản quy định các thời hạn này, ví dụ: Quy chế làm việc số 12/QC-PNV."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        review, sudden = data.get("review_days"), data.get("sudden_days")
        if review and sudden and sudden > review:
            self.add_error(
                "sudden_days", _("Thời hạn cho thành tích đột xuất không dài hơn thời hạn thường (%d ngày).") % review
            )
        return data


class StockRemarkForm(PortalForm):
    """One phrase of the office's list."""

    text = LineField(label=_("Câu mẫu"), max_length=300, required_message=_("Nhập câu mẫu."))


def form_parts(form: ExemplarForm) -> list[tuple[str, str, list[str]]]:
    """(code, title, names) of the sections of the form that have fields, each name once."""
    parts: dict[str, list[str]] = {}
    for name in form.fields:
        parts.setdefault(_section_of_field(name), []).append(name)
    return [(s.code, str(s.title), parts[s.code]) for s in SECTIONS if s.code in parts]


def _section_of_field(name: str) -> str:
    if name == "birth" or name in FLAG_LABELS:
        return "chung"
    if name.startswith("consent_"):
        return "anh-tep"
    if name.startswith("achievement-"):
        return "thanh-tich"
    return "tieu-chi" if name.startswith(("met_", "evidence_")) else section_of(name)


def posted_content(form: ExemplarForm) -> str:
    """What was posted for the fields of the form and nothing else, as it is kept with a request."""
    kept = QueryDict(mutable=True)
    for name in form.fields:
        if name in form.data:
            kept[name] = form.data[name]
    return kept.urlencode()
