from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms import LineField, NumberField, PortalForm, ProseField, VietnameseDateField

from .fields import LadderField


class ProgrammeForm(PortalForm):
    """The plan's particulars, the period and the rhythm of reminders."""

    name = LineField(label=_("Tên chương trình"), max_length=200)
    plan_number = LineField(
        label=_("Số kế hoạch"), max_length=50, required=False, help_text=_("Để trống khi văn thư chưa cấp số.")
    )
    plan_date = VietnameseDateField(label=_("Ngày ban hành"), required=False)
    issuer = LineField(label=_("Cơ quan ban hành"), max_length=200)
    signer = LineField(label=_("Người ký"), max_length=150, required=False)
    signer_title = LineField(label=_("Chức vụ người ký"), max_length=150, required=False)
    starts = VietnameseDateField(label=_("Từ ngày"), required_message=_("Nhập ngày bắt đầu."))
    ends = VietnameseDateField(label=_("Đến ngày"), required_message=_("Nhập ngày kết thúc."))
    ladder = LadderField(
        label=_("Bậc nhắc"),
        help_text=_("Số ngày so với hạn: âm là trước hạn, 0 là đúng hạn. Ví dụ: -30, -14, -7, -3, -1, 0, 1, 3, 7."),
        required_message=_("Ghi ít nhất một bậc nhắc, ví dụ 0."),
    )
    leader_from = NumberField(label=_("Báo lãnh đạo đơn vị từ ngày quá hạn thứ"), min=1, max=120)
    office_from = NumberField(label=_("Báo Phòng Nội vụ từ ngày quá hạn thứ"), min=1, max=120)
    reminders_on = forms.BooleanField(
        label=_("Gửi nhắc hạn"), required=False, help_text=_("Tắt thì cổng không tự gửi nhắc của chương trình này.")
    )

    def clean(self) -> dict[str, Any]:
        """The period ends after it begins."""
        found = self.cleaned_data
        if found.get("starts") and found.get("ends") and found["ends"] < found["starts"]:
            self.add_error("ends", gettext("Ngày cuối phải sau ngày đầu."))
        return found


class BasisForm(PortalForm):
    """A document that the programme cites."""

    number = LineField(label=_("Số, ký hiệu"), max_length=60)
    title = LineField(label=_("Trích yếu"), max_length=400)
    issuer = LineField(label=_("Cơ quan ban hành"), max_length=200)
    issued_on = VietnameseDateField(label=_("Ngày ban hành"))
    in_force_from = VietnameseDateField(label=_("Có hiệu lực từ"), required=False)
    in_force_to = VietnameseDateField(label=_("Hết hiệu lực sau"), required=False)

    def clean(self) -> dict[str, Any]:
        """In force to after from."""
        first, last = self.cleaned_data.get("in_force_from"), self.cleaned_data.get("in_force_to")
        if first and last and last < first:
            self.add_error("in_force_to", gettext("Ngày cuối phải sau ngày đầu."))
        return self.cleaned_data


class GoalsForm(PortalForm):
    """How many exemplars each unit aims at; an empty box means no goal."""

    def __init__(self, *args: Any, units: Iterable[tuple[int, str]], **kw: Any) -> None:
        super().__init__(*args, **kw)
        for pk, name in units:
            field = NumberField(label=name, min=0, max=9999, required=False)
            self.fields[f"unit_{pk}"] = field
            self._prepare(field)

    def goals(self) -> dict[int, int | None]:
        """Unit id → the number, None for none."""
        return {int(name.removeprefix("unit_")): value for name, value in self.cleaned_data.items()}


class CloseForm(PortalForm):
    """The summary of a programme, and why it is closed while something is owed; asked for only then."""

    summary = ProseField(
        label=_("Tóm tắt kết quả"), max_length=5000, required_message=_("Ghi tóm tắt kết quả trước khi đóng.")
    )
    reason = ProseField(
        label=_("Lý do đóng khi còn nhiệm vụ chưa nộp"),
        max_length=1000,
        required_message=_("Ghi lý do đóng chương trình khi các đơn vị còn nhiệm vụ chưa nộp."),
    )

    def __init__(self, *args: Any, is_owed: bool, **kw: Any) -> None:
        super().__init__(*args, **kw)
        if not is_owed:
            del self.fields["reason"]
