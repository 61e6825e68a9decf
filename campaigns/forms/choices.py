"""Fields over several rows, with sentences of the portal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import PortalField


class ManyRowsField(PortalField, forms.ModelMultipleChoiceField):
    """Check boxes over the rows of a queryset; `label_from` turns a row into the words of its box."""

    widget = forms.CheckboxSelectMultiple
    required_sentence = gettext_lazy("Chọn ít nhất một %(name)s.")

    def __init__(self, queryset: Any = None, *, label_from: Callable[[Any], str] = str, **kwargs: Any) -> None:
        self.label_from = label_from
        super().__init__(queryset=queryset, **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        """Return the words of a box."""
        return self.label_from(obj)

    def clean(self, value: Any) -> Any:
        """Return the rows, or refuse what is not in the list."""
        try:
            return super().clean(value)
        except ValidationError as error:
            if error.code == "required":
                raise ValidationError(
                    str(self.required_message or self.required_sentence % {"name": self.noun})
                ) from None
            raise ValidationError(
                _("Có mục không nằm trong danh sách %(name)s. Chọn lại trong danh sách.") % {"name": self.noun}
            ) from None


class ManyChoicesField(PortalField, forms.MultipleChoiceField):
    """Check boxes over fixed choices."""

    widget = forms.CheckboxSelectMultiple

    def validate(self, value: list[str]) -> None:
        """Refuse what is not in the list."""
        PortalField.validate(self, value)
        if any(not self.valid_value(one) for one in value):
            raise ValidationError(
                _("Có mục không nằm trong danh sách %(name)s. Chọn lại trong danh sách.") % {"name": self.noun}
            )
