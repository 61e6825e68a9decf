"""Form fields that clean what Vietnamese officers type and answer in sentences that name the wanted form."""

import datetime
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.dates import EARLIEST_YEAR, PartialDate, format_date
from core.forms.checks import (
    check_birth,
    check_date,
    check_line,
    check_number,
    check_phone,
    check_prose,
    check_year,
    noun,
)
from core.numbers import format_number
from core.text import shorten

FIRST_OPTION = gettext_lazy("Chọn trong danh sách")
Bound = datetime.date | Callable[[], datetime.date] | None


class PortalField(forms.Field):
    """What all fields of the portal share: the required sentence, extra attributes, no browser limits."""

    is_portal_field = True
    is_optional = False
    required_sentence = gettext_lazy("Nhập %(name)s.")
    default_attrs: dict[str, str] = {}

    def __init__(self, *, required_message: Any = "", attrs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        self.required_message = required_message
        self.extra_attrs = attrs or {}
        super().__init__(**kwargs)

    @property
    def noun(self) -> str:
        """The label as it stands inside a sentence."""
        return noun(str(self.label or _("mục này")))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Give the widget the usual and the extra attributes, never `maxlength`."""
        return self.default_attrs | self.extra_attrs

    def validate(self, value: Any) -> None:
        """Refuse an empty required field with its own sentence."""
        if self.required and value in self.empty_values:
            sentence = str(self.required_message or self.required_sentence % {"name": self.noun})
            raise ValidationError(sentence, code="required")


class LineField(PortalField, forms.CharField):
    """One line of text, cleaned; too long, in an old encoding or (for names) with emoji is refused."""

    check = staticmethod(check_line)

    def __init__(self, *, max_length: int | None = None, allow_emoji: bool = True, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)
        self.max_length = max_length
        self.allow_emoji = allow_emoji

    def to_python(self, value: Any) -> str:
        """Return the clean text."""
        if value in self.empty_values:
            return ""
        return self.check(str(value), name=self.noun, max_length=self.max_length, allow_emoji=self.allow_emoji)


class ProseField(LineField):
    """Text of several lines, cleaned and judged like a line."""

    widget = forms.Textarea
    check = staticmethod(check_prose)


class _TypedField(PortalField):
    """A value typed as text: what was typed comes back as typed, a stored value in the portal's format."""

    widget = forms.TextInput

    def read(self, text: str) -> Any:
        raise NotImplementedError

    def show(self, value: Any) -> str:
        return str(value)

    def to_python(self, value: Any) -> Any:
        if value is None or isinstance(value, str):
            return self.read(value) if value and value.strip() else None
        return value

    def prepare_value(self, value: Any) -> Any:
        return value if value is None or isinstance(value, str) else self.show(value)


def _resolve(bound: Bound) -> datetime.date | None:
    return bound() if callable(bound) else bound


class VietnameseDateField(_TypedField):
    """A date typed day first in any usual spelling, within optional bounds (dates or callables)."""

    default_attrs = {"inputmode": "numeric", "autocomplete": "off"}

    def __init__(
        self,
        *,
        not_before: Bound = None,
        not_after: Bound = None,
        not_before_name: Any = "",
        not_after_name: Any = "",
        **kwargs: Any,
    ) -> None:
        self.not_before, self.not_after = not_before, not_after
        self.not_before_name, self.not_after_name = not_before_name, not_after_name
        super().__init__(**kwargs)

    def read(self, text: str) -> datetime.date:
        """Return the date, or refuse it with a sentence."""
        return check_date(
            text,
            name=self.noun,
            today=clock.today(),
            not_before=_resolve(self.not_before),
            not_after=_resolve(self.not_after),
            not_before_name=str(self.not_before_name),
            not_after_name=str(self.not_after_name),
        )

    def show(self, value: datetime.date) -> str:
        """Return the date as 22/9/2021."""
        return format_date(value)


class BirthField(_TypedField):
    """A birth date of which the year is enough; gives a PartialDate or None."""

    default_attrs = {"inputmode": "numeric", "autocomplete": "off"}

    def read(self, text: str) -> PartialDate:
        """Return the birth, or refuse it with a sentence."""
        return check_birth(text, today=clock.today())


class NumberField(_TypedField):
    """A number typed the Vietnamese way; gives an int without decimals, else a Decimal."""

    default_attrs = {"inputmode": "decimal", "autocomplete": "off"}
    required_sentence = gettext_lazy("Nhập %(name)s bằng chữ số.")

    def __init__(
        self,
        *,
        min: Decimal | int | None = None,
        max: Decimal | int | None = None,
        decimals: int = 0,
        **kwargs: Any,
    ) -> None:
        self.minimum, self.maximum, self.decimals = min, max, decimals
        super().__init__(**kwargs)

    def read(self, text: str) -> int | Decimal:
        """Return the number, or refuse it with a sentence."""
        value = check_number(text, name=self.noun, minimum=self.minimum, maximum=self.maximum, decimals=self.decimals)
        return value if self.decimals else int(value)

    def show(self, value: Decimal | int | float) -> str:
        """Return the number as 1.234,5."""
        return format_number(value)


class YearField(_TypedField):
    """A year of four digits; the default bounds are 1900 and this year."""

    default_attrs = {"inputmode": "numeric", "autocomplete": "off"}

    def __init__(self, *, min: int = EARLIEST_YEAR, max: int | None = None, **kwargs: Any) -> None:
        self.minimum, self.maximum = min, max
        super().__init__(**kwargs)

    def read(self, text: str) -> int:
        """Return the year, or refuse it with a sentence."""
        return check_year(text, name=self.noun, minimum=self.minimum, maximum=self.maximum or clock.today().year)


class PhoneField(PortalField, forms.CharField):
    """A Vietnamese telephone number, stored as digits from 0."""

    default_attrs = {"inputmode": "tel", "autocomplete": "off"}

    def to_python(self, value: Any) -> str:
        """Return the digits, or "" when nothing was typed."""
        text = str(value or "").strip()
        return check_phone(text) if text else ""


def _not_in_list(name: str, value: Any) -> ValidationError:
    return ValidationError(
        _("“%(typed)s” không có trong danh sách %(name)s. Chọn một mục trong danh sách.")
        % {"typed": shorten(str(value)), "name": name},
        code="invalid_choice",
    )


class OneChoiceField(PortalField, forms.ChoiceField):
    """One choice of a fixed list; `empty_label` puts an empty first line into a select."""

    required_sentence = gettext_lazy("Chọn %(name)s.")

    def __init__(self, *, choices: Any = (), empty_label: Any = None, **kwargs: Any) -> None:
        self.empty_label = empty_label
        super().__init__(choices=self._with_empty(choices), **kwargs)

    def _with_empty(self, choices: Any) -> Any:
        if self.empty_label is None:
            return choices
        read = choices if callable(choices) else lambda: getattr(choices, "choices", choices)
        return lambda: [("", self.empty_label), *_filled(read())]

    def validate(self, value: str) -> None:
        """Refuse nothing chosen, or a value that is not in the list."""
        PortalField.validate(self, value)
        if value and not self.valid_value(value):
            raise _not_in_list(self.noun, value)


def _filled(choices: Iterable[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    return [choice for choice in choices if choice[0] not in ("", None)]


class ModelOneChoiceField(PortalField, forms.ModelChoiceField):
    """One row of a queryset; `label_from` turns a row into the words of its option."""

    required_sentence = gettext_lazy("Chọn %(name)s.")

    def __init__(
        self,
        queryset: Any,
        *,
        empty_label: Any = FIRST_OPTION,
        label_from: Callable[[Any], str] | None = None,
        **kwargs: Any,
    ) -> None:
        self.label_from = label_from
        super().__init__(queryset=queryset, empty_label=empty_label, **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        """Return the words of an option."""
        return self.label_from(obj) if self.label_from else super().label_from_instance(obj)

    def to_python(self, value: Any) -> Any:
        """Return the row, or refuse a value that is not in the list."""
        try:
            return super().to_python(value)
        except ValidationError:
            raise _not_in_list(self.noun, value) from None
