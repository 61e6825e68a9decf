from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.guidance_enums import GuidanceAddressing, GuidanceKind
from campaigns.models import Guidance, Milestone, Programme
from core import clock
from core.forms import LineField, ModelOneChoiceField, OneChoiceField, PortalForm, ProseField, VietnameseDateField
from organizations.enums import UnitKind
from organizations.models import Unit

from .choices import ManyChoicesField, ManyRowsField


class GuidanceForm(PortalForm):
    """A guidance and whom it is for."""

    kind = OneChoiceField(label=gettext_lazy("Loại"), choices=GuidanceKind.choices, widget=forms.RadioSelect)
    title = LineField(label=gettext_lazy("Tiêu đề"), max_length=200, allow_emoji=False)
    paper_number = LineField(
        label=gettext_lazy("Số văn bản"),
        max_length=50,
        required=False,
        help_text=gettext_lazy("Văn thư chưa cấp số thì để trống."),
    )
    paper_date = VietnameseDateField(label=gettext_lazy("Ngày văn bản"), required=False)
    programme = ModelOneChoiceField(Programme.objects.none(), label=gettext_lazy("Chương trình"))
    milestone = ModelOneChoiceField(
        Milestone.objects.none(),
        label=gettext_lazy("Mốc kế hoạch"),
        required=False,
        empty_label=gettext_lazy("Không gắn với mốc nào"),
        label_from=lambda milestone: milestone.title,
    )
    text = ProseField(label=gettext_lazy("Nội dung"), max_length=20000, attrs={"rows": 12})
    addressing = OneChoiceField(
        label=gettext_lazy("Gửi tới"), choices=GuidanceAddressing.choices, widget=forms.RadioSelect
    )
    unit_kinds = ManyChoicesField(
        label=gettext_lazy("Loại đơn vị"),
        choices=[choice for choice in UnitKind.choices if choice[0] not in (UnitKind.PROVINCE, UnitKind.DISTRICT)],
        required=False,
        help_text=gettext_lazy("Chỉ dùng khi gửi theo loại đơn vị."),
    )
    units = ManyRowsField(
        Unit.objects.none(),
        label=gettext_lazy("Đơn vị"),
        required=False,
        label_from=lambda unit: unit.short_name,
        help_text=gettext_lazy("Chỉ dùng khi chọn từng đơn vị."),
    )

    def __init__(self, *args: Any, programmes: Any, guidance: Guidance | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["programme"].queryset = programmes
        fields["milestone"].queryset = Milestone.objects.filter(programme__in=programmes)
        districts = [programme.unit for programme in programmes]
        paths = [unit.path for unit in districts]
        units = Unit.objects.within(*paths).valid_on(clock.today())
        fields["units"].queryset = units.exclude(pk__in=[unit.pk for unit in districts])
        if guidance is not None:
            fields["programme"].disabled = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        addressing = data.get("addressing")
        if addressing == GuidanceAddressing.KINDS and not data.get("unit_kinds"):
            self.add_error("unit_kinds", _("Chọn ít nhất một loại đơn vị."))
        if addressing == GuidanceAddressing.CHOSEN and not data.get("units") and "units" not in self.errors:
            self.add_error("units", _("Chọn ít nhất một đơn vị."))
        milestone, programme = data.get("milestone"), data.get("programme")
        if milestone and programme and milestone.programme_id != programme.pk:
            self.add_error("milestone", _("Mốc này thuộc chương trình khác. Chọn lại mốc."))
        return data


def guidance_values(guidance: Guidance) -> dict[str, Any]:
    """What the form of a draft opens with."""
    names = ("kind", "title", "paper_number", "paper_date", "text", "addressing", "unit_kinds")
    values = {name: getattr(guidance, name) for name in names}
    units = list(guidance.chosen_units.values_list("pk", flat=True))
    return values | {"programme": guidance.programme_id, "milestone": guidance.milestone_id, "units": units}


class QuestionForm(PortalForm):
    """What a unit asks."""

    unit = ModelOneChoiceField(
        Unit.objects.none(), label=gettext_lazy("Đơn vị hỏi"), label_from=lambda unit: unit.short_name
    )
    text = ProseField(
        label=gettext_lazy("Câu hỏi"),
        max_length=4000,
        attrs={"rows": 5},
        help_text=gettext_lazy("Mỗi lần một câu. Không ghi thông tin riêng của người khác."),
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = list(units[:2])
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        if len(found) == 1:
            # The unit is known: it is not asked.
            self.fields["unit"].widget = forms.HiddenInput()
            self.fields["unit"].initial = found[0].pk


class QuestionAnswerForm(PortalForm):
    """The answer, and whether all units read it."""

    answer = ProseField(label=gettext_lazy("Trả lời"), max_length=12000, attrs={"rows": 8})
    publish = forms.BooleanField(label=gettext_lazy("Công bố thành hỏi đáp cho mọi đơn vị"), required=False)
    title = LineField(
        label=gettext_lazy("Tiêu đề hỏi đáp"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Chỉ cần khi công bố. Tên đơn vị đã hỏi không hiện."),
    )
    asked = ProseField(
        label=gettext_lazy("Câu hỏi khi công bố"),
        max_length=4000,
        required=False,
        attrs={"rows": 4},
        help_text=gettext_lazy("Bỏ tên người, tên đơn vị và chuyện riêng trước khi mọi đơn vị đọc."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("publish") and not data.get("title") and "title" not in self.errors:
            self.add_error("title", _("Ghi tiêu đề hỏi đáp, ví dụ: Cách đếm mô hình được nhân rộng."))
        if data.get("publish") and not data.get("asked") and "asked" not in self.errors:
            self.add_error("asked", _("Ghi câu hỏi như mọi đơn vị sẽ đọc."))
        return data
