"""Forms with which the accounts of other people are looked after."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.dates import format_date
from core.forms import FIRST_OPTION, LineField, ModelOneChoiceField, OneChoiceField, PortalForm, VietnameseDateField
from organizations.enums import ACCOUNT_ROLES, GIVES, AddressFault, Role
from organizations.forms.own import email_field
from organizations.mailing import harmless
from organizations.models import RoleAssignment, Unit, User
from organizations.services import Details, Grant, Invitation


def check_person_name(name: str) -> None:
    """Refuse what is no name, above all what a mail program would make a link of."""
    if harmless(name) != name or any(char.isdigit() for char in name):
        raise ValidationError(_("Họ và tên chỉ gồm chữ, ví dụ Nguyễn Văn An. Bỏ chữ số, liên kết và ký hiệu."))


def units_of(by: User) -> QuerySet[Unit]:
    """Units of today over which a person may give roles."""
    return Unit.objects.within(*by.access.paths(*ACCOUNT_ROLES)).valid_on(clock.today())


def roles_of(by: User) -> list[tuple[str, Any]]:
    """Roles that a person may give somewhere; the service judges where."""
    given = {role for own in ACCOUNT_ROLES if by.access.has(own) for role in GIVES[own]}
    return [choice for choice in Role.choices if choice[0] in given]


class InviteForm(PortalForm):
    """Who is invited, where, as what and for how long; choices are those the inviter may give."""

    full_name = LineField(label=gettext_lazy("Họ và tên"), max_length=150, allow_emoji=False)
    email = email_field()
    home_unit = ModelOneChoiceField(Unit.objects.none(), label=gettext_lazy("Đơn vị"))
    roles = forms.MultipleChoiceField(label=gettext_lazy("Vai trò"), widget=forms.CheckboxSelectMultiple)
    scope = ModelOneChoiceField(
        Unit.objects.none(),
        label=gettext_lazy("Phạm vi"),
        required=False,
        empty_label=gettext_lazy("Như đơn vị ở trên"),
    )
    valid_from = VietnameseDateField(label=gettext_lazy("Từ ngày"))
    valid_to = VietnameseDateField(label=gettext_lazy("Đến hết ngày"), required=False)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("home_unit", "scope"):
            self.fields[name].queryset = units_of(by)  # type: ignore[attr-defined]
        self.fields["roles"].choices = roles_of(by)  # type: ignore[attr-defined]
        self.fields["valid_from"].initial = clock.today()

    def clean_full_name(self) -> str:
        name = self.cleaned_data["full_name"]
        check_person_name(name)
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        check_period(self, data)
        return data

    def invitation(self) -> Invitation:
        """What was filled in, for the service."""
        data = self.cleaned_data
        return Invitation(
            full_name=data["full_name"],
            email=data["email"],
            home_unit=data["home_unit"],
            roles=tuple(data["roles"]),
            scope=data["scope"] or data["home_unit"],
            valid_from=data["valid_from"],
            valid_to=data["valid_to"],
        )


def check_period(form: PortalForm, data: dict[str, Any]) -> None:
    """Refuse a last day before the first."""
    first, last = data.get("valid_from"), data.get("valid_to")
    if first and last and last < first:
        form.add_error("valid_to", _("Ngày cuối phải sau ngày đầu. Sửa lại một trong hai ngày."))


class GrantForm(PortalForm):
    """One more role for a person, over a unit, from a day on; choices are those the giver may give."""

    role = OneChoiceField(label=gettext_lazy("Vai trò"))
    unit = ModelOneChoiceField(Unit.objects.none(), label=gettext_lazy("Phạm vi"))
    valid_from = VietnameseDateField(label=gettext_lazy("Từ ngày"), not_before=clock.today)
    valid_to = VietnameseDateField(label=gettext_lazy("Đến hết ngày"), required=False)

    def __init__(self, *args: Any, by: User, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", FIRST_OPTION), *roles_of(by)]  # type: ignore[attr-defined]
        self.fields["unit"].queryset = units_of(by)  # type: ignore[attr-defined]
        self.fields["unit"].initial = person.home_unit
        self.fields["valid_from"].initial = clock.today()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        check_period(self, data)
        return data

    def grant(self) -> Grant:
        """What was filled in, for the service."""
        data = self.cleaned_data
        return Grant(data["role"], data["unit"], data["valid_from"], data["valid_to"])


class GrantEndForm(PortalForm):
    """When a role ends: at once, or with a day that is still its own."""

    NOW, LATER = "now", "later"
    when = OneChoiceField(
        label=gettext_lazy("Khi nào"),
        choices=[
            (NOW, gettext_lazy("Thu ngay, mọi phiên đang mở của người này kết thúc")),
            (LATER, gettext_lazy("Đến hết một ngày")),
        ],
        widget=forms.RadioSelect,
        initial=NOW,
    )
    last_day = VietnameseDateField(label=gettext_lazy("Ngày cuối còn vai trò"), required=False)

    def __init__(self, *args: Any, grant: RoleAssignment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.earliest = max(clock.today(), grant.valid_from)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("when") != self.LATER or "last_day" in self.errors:
            return data
        if data.get("last_day") is None:
            self.add_error("last_day", _("Nhập ngày cuối còn vai trò, hoặc chọn thu ngay."))
        elif data["last_day"] < self.earliest:
            words = _("Chọn từ ngày %(day)s trở đi, hoặc chọn thu ngay.")
            self.add_error("last_day", words % {"day": format_date(self.earliest)})
        return data

    def last(self) -> datetime.date | None:
        """The last day, None for at once."""
        return self.cleaned_data["last_day"] if self.cleaned_data["when"] == self.LATER else None


class DetailsForm(PortalForm):
    """Name, home unit and address of somebody else, corrected."""

    full_name = LineField(label=gettext_lazy("Họ và tên"), max_length=150, allow_emoji=False)
    home_unit = ModelOneChoiceField(Unit.objects.none(), label=gettext_lazy("Đơn vị"))
    email = email_field()

    def __init__(self, *args: Any, by: User, person: User, **kwargs: Any) -> None:
        kwargs["initial"] = {"full_name": person.full_name, "home_unit": person.home_unit, "email": person.email}
        super().__init__(*args, **kwargs)
        self.fields["home_unit"].queryset = units_of(by)  # type: ignore[attr-defined]
        self.fields["email"].help_text = _(
            "Dùng khi người này không tự đổi được. Liên kết trong thư đã gửi thôi dùng được; địa chỉ cũ nhận thư báo."
        )

    def clean_full_name(self) -> str:
        name = self.cleaned_data["full_name"]
        check_person_name(name)
        return name

    def details(self) -> Details:
        """What was filled in, for the service."""
        data = self.cleaned_data
        return Details(data["full_name"], data["home_unit"], data["email"])


class AddressFaultForm(PortalForm):
    """Why mails no longer go to an address."""

    fault = OneChoiceField(label=gettext_lazy("Lý do"), choices=AddressFault.choices, widget=forms.RadioSelect)


class FilterForm(forms.Form):
    """Search and unit of the list of accounts; what cannot be read counts as not given."""

    q = forms.CharField(required=False, max_length=100)
    unit = forms.IntegerField(required=False, min_value=1, max_value=2**53)
