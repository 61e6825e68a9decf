from __future__ import annotations

import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.dates import format_date
from core.forms import LineField, OneChoiceField, PortalForm, VietnameseDateField
from organizations.calendar import FIRST_YEAR, LAST_YEAR
from organizations.enums import DayKind
from organizations.services.calendar import DayInput

_BOUNDS: dict[str, Any] = {
    "not_before": datetime.date(FIRST_YEAR, 1, 1),
    "not_after": datetime.date(LAST_YEAR, 12, 31),
}


class CalendarDayForm(PortalForm):
    """One day of the calendar."""

    first = VietnameseDateField(label=gettext_lazy("Ngày"), **_BOUNDS)
    kind = OneChoiceField(
        label=gettext_lazy("Loại ngày"), choices=DayKind.choices, empty_label=gettext_lazy("Chọn loại ngày")
    )
    name = LineField(label=gettext_lazy("Tên ngày"), max_length=100, help_text=gettext_lazy("Ví dụ: Mùng hai Tết."))
    source = LineField(
        label=gettext_lazy("Căn cứ"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Số và ngày của thông báo nghỉ, ví dụ: 5034/TB-LĐTBXH ngày 28/12/2022."),
    )

    def given(self) -> DayInput:
        """What was typed, for the service."""
        data = self.cleaned_data
        last = data.get("last") or data["first"]
        return DayInput(first=data["first"], last=last, kind=data["kind"], name=data["name"], source=data["source"])


class CalendarDaysForm(CalendarDayForm):
    """One day, or a stretch of days with the same name."""

    last = VietnameseDateField(
        label=gettext_lazy("Đến hết ngày"),
        required=False,
        help_text=gettext_lazy("Để trống khi chỉ có một ngày."),
        **_BOUNDS,
    )
    field_order = ("first", "last", "kind", "name", "source")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", _("Ngày cuối phải từ %(day)s trở đi.") % {"day": format_date(first)})
        return data
