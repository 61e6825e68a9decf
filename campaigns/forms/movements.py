from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.enums import MovementLevel
from campaigns.models import Movement
from campaigns.movement_querysets import KEEPS
from campaigns.services.movements import MovementInput
from core import clock
from core.forms import LineField, ModelOneChoiceField, OneChoiceField, PortalForm, ProseField, VietnameseDateField
from organizations.enums import Role
from organizations.models import Unit, User


class MovementForm(PortalForm):
    """What a movement is: a head chooses level and unit, an officer writes the movements of the own unit."""

    name = LineField(label=gettext_lazy("Tên phong trào"), max_length=250, allow_emoji=False)
    level = OneChoiceField(label=gettext_lazy("Cấp phát động"), choices=MovementLevel.choices)
    unit = ModelOneChoiceField(Unit.objects.none(), label=gettext_lazy("Đơn vị phát động hoặc thực hiện"))
    launched_by = LineField(
        label=gettext_lazy("Cơ quan phát động ở cấp trên"),
        max_length=200,
        allow_emoji=False,
        required=False,
        help_text=gettext_lazy("Để trống khi chính đơn vị trên phát động. Ví dụ: Thủ tướng Chính phủ."),
    )
    number = LineField(
        label=gettext_lazy("Số văn bản"),
        max_length=60,
        allow_emoji=False,
        required=False,
        help_text=gettext_lazy("Ví dụ: 12/KH-UBND."),
    )
    paper_date = VietnameseDateField(label=gettext_lazy("Ngày văn bản"), required=False, not_after=clock.today)
    starts = VietnameseDateField(label=gettext_lazy("Từ ngày"), required=False)
    ends = VietnameseDateField(label=gettext_lazy("Đến ngày"), required=False)
    parent = ModelOneChoiceField(
        Movement.objects.none(),
        label=gettext_lazy("Thuộc phong trào cấp trên"),
        required=False,
        empty_label=gettext_lazy("Không thuộc phong trào nào"),
    )
    slogan = LineField(label=gettext_lazy("Khẩu hiệu"), max_length=250, required=False)
    criteria = ProseField(
        label=gettext_lazy("Tiêu chí, tiêu chuẩn thi đua"),
        max_length=6000,
        required=False,
        attrs={"rows": 6},
        help_text=gettext_lazy("Mỗi ý một dòng."),
    )
    summary = ProseField(label=gettext_lazy("Sơ kết, tổng kết"), max_length=12000, required=False, attrs={"rows": 6})

    def __init__(self, *args: Any, by: User, movement: Movement | None = None, **kwargs: Any) -> None:
        self.stored = stored = movement or Movement()
        values = {name: getattr(stored, name) for name in MovementInput.__dataclass_fields__}
        kept = Unit.objects.within(*by.access.paths(*KEEPS)).valid_on(clock.today())
        if movement is None:
            values["unit"] = kept.first()
        super().__init__(*args, initial=values, **kwargs)
        self._bound_to(stored, by, kept)

    def _bound_to(self, stored: Movement, by: User, kept: Any) -> None:
        """Offer the units and movements within reach; an officer leads movements of the own level alone."""
        units = kept if stored.unit_id is None else kept | Unit.objects.filter(pk=stored.unit_id)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        near = Movement.objects.visible_to(by)
        self.fields["parent"].queryset = near.exclude(pk=stored.pk) if stored.pk else near  # type: ignore[attr-defined]
        if not by.access.has(Role.INTERIOR_HEAD):
            del self.fields["level"], self.fields["launched_by"]
        if not stored.pk:
            del self.fields["summary"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("starts"), data.get("ends")
        if first and last and last < first:
            self.add_error("ends", _("Ngày cuối phải từ ngày đầu trở đi."))
        return data

    def given(self) -> MovementInput:
        """What was typed, for the service; what the form did not ask stays as it is stored."""
        data: dict[str, Any] = {name: getattr(self.stored, name) for name in MovementInput.__dataclass_fields__}
        if self.stored.pk is None:
            data["level"] = MovementLevel.COMMUNE
        return MovementInput(**data | {name: self.cleaned_data[name] for name in data if name in self.fields})


class EndForm(PortalForm):
    """Why a movement ends, and what it brought."""

    reason = LineField(
        label=gettext_lazy("Lý do kết thúc"),
        max_length=300,
        help_text=gettext_lazy("Ví dụ: hết thời gian theo kế hoạch."),
    )
    summary = ProseField(
        label=gettext_lazy("Tổng kết"),
        max_length=12000,
        attrs={"rows": 8},
        help_text=gettext_lazy("Đã làm gì, kết quả bằng số, gương nổi bật, bài học."),
    )


class ReasonForm(PortalForm):
    """A reason."""

    reason = LineField(label=gettext_lazy("Lý do"), max_length=300)


class JoinForm(PortalForm):
    """A unit joins: which one, since when, by which plan."""

    unit = ModelOneChoiceField(Unit.objects.none(), label=gettext_lazy("Đơn vị tham gia"))
    joined_on = VietnameseDateField(label=gettext_lazy("Ngày đăng ký tham gia"), not_after=clock.today)
    plan_number = LineField(
        label=gettext_lazy("Số kế hoạch của đơn vị"),
        max_length=60,
        allow_emoji=False,
        required=False,
        help_text=gettext_lazy("Ví dụ: 08/KH-UBND ngày 20/2/2023."),
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"joined_on": clock.today(), "unit": units.first()}, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
