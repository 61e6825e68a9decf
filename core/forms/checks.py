"""The rules behind the fields as plain functions, so that an import judges a cell as the form judges a box.

Each takes the typed text and the name of the field as it stands in a sentence ("họ và tên"), returns the clean
value and raises Django's ValidationError with one Vietnamese sentence.
"""

import datetime
import re
from collections.abc import Callable
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.dates import DateError, PartialDate, format_date, parse_birth, parse_date
from core.numbers import NumberError, format_number, parse_decimal
from core.text import clean_line, clean_prose, contains_emoji, legacy_encoding, shorten

_FONTS = {"TCVN3": ".VnTime", "VNI": "VNI-Times"}
_MOBILE = re.compile(r"0[35789]\d{8}", re.ASCII)
_LANDLINE = re.compile(r"02\d{9}", re.ASCII)
_COUNTRY = re.compile(r"(?:\+|00)84(?=\d)|84(?=\d{9,10}$)", re.ASCII)


def upper_first(text: str) -> str:
    """Return the text with a capital first letter."""
    return text[:1].upper() + text[1:]


def noun(label: str) -> str:
    """Return a label as it stands inside a sentence: “Họ và tên” → “họ và tên”, “UBND xã” unchanged."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _refuse_legacy(text: str) -> None:
    if encoding := legacy_encoding(text):
        raise ValidationError(
            _("Chữ đang ở bảng mã cũ %(encoding)s (phông %(font)s). Chuyển sang Unicode rồi dán lại.")
            % {"encoding": encoding, "font": _FONTS[encoding]},
            code="legacy_encoding",
        )


def _refuse_emoji(text: str, name: str) -> None:
    if contains_emoji(text):
        raise ValidationError(
            _("%(name)s có biểu tượng cảm xúc. Chỉ dùng chữ, số và dấu câu.") % {"name": upper_first(name)},
            code="emoji",
        )


def _refuse_long(text: str, name: str, max_length: int | None) -> None:
    if max_length is not None and len(text) > max_length:
        raise ValidationError(
            _("%(name)s đang dài %(typed)s ký tự, nhiều nhất là %(limit)s. Rút gọn bớt %(excess)s ký tự.")
            % {
                "name": upper_first(name),
                "typed": format_number(len(text)),
                "limit": format_number(max_length),
                "excess": format_number(len(text) - max_length),
            },
            code="max_length",
        )


def _check_text(text: str, clean: Callable[[str], str], name: str, max_length: int | None, allow_emoji: bool) -> str:
    _refuse_legacy(text)
    cleaned = clean(text)
    if not allow_emoji:
        _refuse_emoji(cleaned, name)
    _refuse_long(cleaned, name, max_length)
    return cleaned


def check_line(text: str, *, name: str, max_length: int | None = None, allow_emoji: bool = True) -> str:
    """Return one clean line; markup stays as the text it is."""
    return _check_text(text, clean_line, name, max_length, allow_emoji)


def check_prose(text: str, *, name: str, max_length: int | None = None, allow_emoji: bool = True) -> str:
    """Return clean text of several lines."""
    return _check_text(text, clean_prose, name, max_length, allow_emoji)


def _beyond(sentence: str, name: str, value: str, limit: str, limit_name: str) -> ValidationError:
    bound = f"{limit_name} ({limit})" if limit_name else limit
    return ValidationError(sentence % {"name": upper_first(name), "value": value, "bound": bound}, code="bound")


def check_date(
    text: str,
    *,
    name: str,
    today: datetime.date | None = None,
    not_before: datetime.date | None = None,
    not_after: datetime.date | None = None,
    not_before_name: str = "",
    not_after_name: str = "",
) -> datetime.date:
    """Return the date typed day first, within the bounds; `…_name` says what a bound is ("ngày lập hồ sơ")."""
    try:
        value = parse_date(text, today)
    except DateError as error:
        raise ValidationError(error.message, code="invalid") from None
    if not_before is not None and value < not_before:
        sentence = _("%(name)s (%(value)s) không được trước %(bound)s. Nhập lại ngày.")
        raise _beyond(sentence, name, format_date(value), format_date(not_before), not_before_name)
    if not_after is not None and value > not_after:
        sentence = _("%(name)s (%(value)s) không được sau %(bound)s. Nhập lại ngày.")
        raise _beyond(sentence, name, format_date(value), format_date(not_after), not_after_name)
    return value


def check_birth(text: str, *, today: datetime.date | None = None) -> PartialDate:
    """Return the birth typed as a full date, a month and year, or a year."""
    try:
        return parse_birth(text, today)
    except DateError as error:
        raise ValidationError(error.message, code="invalid") from None


def _refuse_outside(value: Decimal, name: str, minimum: Decimal | int | None, maximum: Decimal | int | None) -> None:
    if minimum is not None and value < minimum:
        sentence = _("%(name)s (%(value)s) không được nhỏ hơn %(bound)s. Nhập lại số.")
        raise _beyond(sentence, name, format_number(value), format_number(minimum), "")
    if maximum is not None and value > maximum:
        sentence = _("%(name)s (%(value)s) không được lớn hơn %(bound)s. Nhập lại số.")
        raise _beyond(sentence, name, format_number(value), format_number(maximum), "")


def check_number(
    text: str,
    *,
    name: str,
    minimum: Decimal | int | None = None,
    maximum: Decimal | int | None = None,
    decimals: int = 0,
) -> Decimal:
    """Return the number typed the Vietnamese way, within the bounds and with at most `decimals` after the comma."""
    try:
        value = parse_decimal(text, decimals=decimals)
    except NumberError as error:
        raise ValidationError(error.message, code="invalid") from None
    if value != round(value, decimals):
        wanted = _("một số nguyên, ví dụ 1.234") if decimals == 0 else _("nhiều nhất %s chữ số sau dấu phẩy") % decimals
        raise ValidationError(
            _("%(name)s là “%(typed)s”. Nhập %(wanted)s.")
            % {"name": upper_first(name), "typed": shorten(text), "wanted": wanted},
            code="decimals",
        )
    _refuse_outside(value, name, minimum, maximum)
    return value


def check_year(text: str, *, name: str, minimum: int, maximum: int) -> int:
    """Return a year of four digits within the bounds."""
    line = clean_line(text[:100])
    if not re.fullmatch("[0-9]{4}", line) or not minimum <= int(line) <= maximum:
        raise ValidationError(
            _("%(name)s “%(typed)s” chưa đúng. Nhập bốn chữ số, từ %(minimum)s đến %(maximum)s.")
            % {"name": upper_first(name), "typed": shorten(text), "minimum": minimum, "maximum": maximum},
            code="invalid",
        )
    return int(line)


def check_phone(text: str) -> str:
    """Return a Vietnamese telephone number as digits from 0: ten for a mobile, eleven for a landline."""
    digits = re.sub(r"\(0\)|[\s.()\-\u2010-\u2015]", "", clean_line(text[:200]))
    digits = _COUNTRY.sub("0", digits, count=1)
    digits = re.sub("^00(?=[235789])", "0", digits)
    if not (_MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits)):
        raise ValidationError(
            _(
                "Số điện thoại “%(typed)s” chưa đúng. Nhập 10 chữ số bắt đầu bằng 03, 05, 07, 08 hoặc 09, "
                "ví dụ 0912 345 678; máy bàn là 11 chữ số bắt đầu bằng 02."
            )
            % {"typed": shorten(text)},
            code="invalid",
        )
    return digits
