from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import LineField, ModelOneChoiceField, PortalField, PortalForm, YearField
from organizations.blocks import memberships_of, units_of_year
from organizations.models import BlockMembership, EmulationBlock, Unit, User
from organizations.services.blocks import BlockInput, MembersInput

_LAST_YEAR = 2100


class BlockForm(PortalForm):
    """Name and years of a block."""

    name = LineField(label=gettext_lazy("Tên khối"), max_length=200, allow_emoji=False)
    first_year = YearField(
        label=gettext_lazy("Có từ năm"),
        required=False,
        min=2000,
        max=_LAST_YEAR,
        help_text=gettext_lazy("Để trống khi khối có từ đầu."),
    )
    last_year = YearField(
        label=gettext_lazy("Đến hết năm"),
        required=False,
        min=2000,
        max=_LAST_YEAR,
        help_text=gettext_lazy("Để trống khi khối còn hoạt động."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first_year"), data.get("last_year")
        if first and last and last < first:
            self.add_error("last_year", _("Năm cuối phải từ năm đầu trở đi."))
        return data

    def given(self) -> BlockInput:
        """What was typed, for the service."""
        return BlockInput(**self.cleaned_data)


class UnitsField(PortalField, forms.ModelMultipleChoiceField):
    """Any number of units, as boxes; each says in which block it stands now."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Unit.objects.none(), **kwargs)
        self.places: dict[int, str] = {}

    def label_from_instance(self, obj: Any) -> str:
        """The name of the unit, with the other block in which it stands."""
        place = self.places.get(obj.pk)
        return f"{obj.name} ({_('đang ở')} {place})" if place else obj.name


class BlockMembersForm(PortalForm):
    """The members of a block for a year, its head and deputies."""

    units = UnitsField(label=gettext_lazy("Thành viên"), required=False)
    head = ModelOneChoiceField(
        Unit.objects.none(), label=gettext_lazy("Khối trưởng"), required=False, empty_label=gettext_lazy("Chưa cử")
    )
    deputy_1 = ModelOneChoiceField(
        Unit.objects.none(), label=gettext_lazy("Khối phó"), required=False, empty_label=gettext_lazy("Chưa cử")
    )
    deputy_2 = ModelOneChoiceField(
        Unit.objects.none(),
        label=gettext_lazy("Khối phó thứ hai"),
        required=False,
        empty_label=gettext_lazy("Không có"),
    )

    def __init__(self, *args: Any, block: EmulationBlock, year: int, by: User, **kwargs: Any) -> None:
        members = memberships_of(block, year)
        places = {row.deputy_place: row.unit_id for row in members if row.deputy_place}
        initial = {
            "units": [row.unit_id for row in members],
            "head": next((row.unit_id for row in members if row.is_head), None),
            "deputy_1": places.get(1),
            "deputy_2": places.get(2),
        }
        super().__init__(*args, initial=initial, **kwargs)
        others = BlockMembership.objects.filter(year=year).exclude(block=block)
        units = self.fields["units"]
        units.places = dict(others.values_list("unit_id", "block__name"))  # type: ignore[attr-defined]
        for name in self.fields:
            self.fields[name].queryset = units_of_year(by, year)  # type: ignore[attr-defined]

    def given(self) -> MembersInput:
        """What was chosen, for the service."""
        data = self.cleaned_data
        deputies = [unit for unit in (data["deputy_1"], data["deputy_2"]) if unit]
        return MembersInput(units=list(data["units"]), head=data["head"], deputies=deputies)
