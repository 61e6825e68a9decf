"""The base of all forms: crispy helper, error summary, marks for optional fields, no browser bubbles."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from core.forms.messages import replace_messages


@dataclass(frozen=True)
class FormError:
    """One line of the error summary; `target_id` is empty when the fault belongs to no visible field."""

    target_id: str
    label: str
    message: str


def _target_id(bound: forms.BoundField) -> str:
    """Return the id of the element that takes the focus: of radios and boxes the first option."""
    if bound.is_hidden or not bound.auto_id:
        return ""
    return bound.id_for_label or f"{bound.auto_id}_0"


class PortalFormMixin(forms.BaseForm):
    """Makes any form one of the portal's; the page writes the form tag, the token and the buttons."""

    use_required_attribute = False
    required_css_class = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for field in self.fields.values():
            self._prepare(field)

    @staticmethod
    def _prepare(field: forms.Field) -> None:
        field.is_optional = not field.required and not isinstance(field, forms.BooleanField)  # type: ignore[attr-defined]
        if not getattr(field, "is_portal_field", False):
            field.widget.attrs.pop("maxlength", None)
            replace_messages(field)

    @property
    def helper(self) -> FormHelper:
        """The crispy helper: fields only, no form tag, no token, no browser checks."""
        if not hasattr(self, "_helper"):
            self._helper = self.build_helper()
        return self._helper

    def build_helper(self) -> FormHelper:
        """Return a new helper; override to give a layout."""
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        return helper

    @property
    def error_summary(self) -> list[FormError]:
        """Every fault once: those of the whole form first, then in the order of the fields."""
        return list(dict.fromkeys(self._faults()))

    def _faults(self) -> Iterator[FormError]:
        for message in self.non_field_errors():
            yield FormError("", "", str(message))
        for bound in self:
            for message in bound.errors:
                yield FormError(_target_id(bound), str(bound.label), str(message))


class PortalForm(PortalFormMixin, forms.Form):
    """A form of the portal that stands on no model."""


class PortalModelForm(PortalFormMixin, forms.ModelForm):
    """A form of the portal over one model row."""
