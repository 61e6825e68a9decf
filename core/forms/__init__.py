"""Forms of the portal: base classes, fields with Vietnamese sentences, and their rules as functions."""

from core.forms.base import FormError, PortalForm, PortalFormMixin, PortalModelForm
from core.forms.checks import (
    check_birth,
    check_date,
    check_line,
    check_number,
    check_phone,
    check_prose,
    check_year,
)
from core.forms.fields import (
    FIRST_OPTION,
    BirthField,
    LineField,
    ModelOneChoiceField,
    NumberField,
    OneChoiceField,
    PhoneField,
    PortalField,
    ProseField,
    VietnameseDateField,
    YearField,
)

__all__ = [
    "FIRST_OPTION",
    "BirthField",
    "FormError",
    "LineField",
    "ModelOneChoiceField",
    "NumberField",
    "OneChoiceField",
    "PhoneField",
    "PortalField",
    "PortalForm",
    "PortalFormMixin",
    "PortalModelForm",
    "ProseField",
    "VietnameseDateField",
    "YearField",
    "check_birth",
    "check_date",
    "check_line",
    "check_number",
    "check_phone",
    "check_prose",
    "check_year",
]
