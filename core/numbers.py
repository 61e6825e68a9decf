"""Numbers as Vietnamese offices write them: dot for thousands, comma for decimals."""

import re
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from core.text import clean_line, shorten

_LONGEST_NUMBER = 40
_MOST_DIGITS = 15
_NUMBER = re.compile(r"([+-]?)\s?(\d+|\d{1,3}(?:\.\d{3})+|\d{1,3}(?: \d{3})+)(?:,(\d+))?", re.ASCII)
_LIKE_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)
_ONLY_SIGNS = re.compile(r"[+-]?[\d., ]+", re.ASCII)


class NumberError(ValueError):
    """A typed number that cannot be taken; its message says why and what to type."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def _in_words(text: str) -> NumberError:
    return NumberError(
        _("Không đọc được số “%(typed)s”. Nhập bằng chữ số, ví dụ 12.500.000 hoặc 99,6. Không ghi chữ hay đơn vị.")
        % {"typed": shorten(text)}
    )


def _unclear(text: str) -> NumberError:
    return NumberError(
        _(
            "Số “%(typed)s” có thể hiểu nhiều cách. Dùng dấu chấm tách hàng nghìn (1.234), "
            "dấu phẩy cho phần lẻ (1,5), hoặc viết liền (1234)."
        )
        % {"typed": shorten(text)}
    )


def _too_big(text: str) -> NumberError:
    return NumberError(
        _("Số “%(typed)s” quá dài. Nhập nhiều nhất %(most)s chữ số.") % {"typed": shorten(text), "most": _MOST_DIGITS}
    )


def parse_decimal(text: str, *, decimals: int | None = None) -> Decimal:
    """Return the number typed as 1.234,5, 1234,5 or 1 234; `1,234` counts as a fraction only with `decimals` ≥ 3.

    Raises NumberError with a sentence for the person who typed it.
    """
    line = clean_line(text[: _LONGEST_NUMBER * 10]).replace("\u2212", "-")
    if not re.search("[0-9]", line) or not _ONLY_SIGNS.fullmatch(line):
        raise _in_words(text)
    if sum(char.isdecimal() for char in line) > _MOST_DIGITS:
        raise _too_big(text)
    match = _NUMBER.fullmatch(line)
    if match is None or ((decimals is None or decimals < 3) and _LIKE_THOUSANDS.fullmatch(line)):
        raise _unclear(text)
    whole = re.sub("[. ]", "", match[2])
    return Decimal(f"{match[1]}{whole}.{match[3] or 0}").normalize() + 0


def format_number(value: Decimal | int | float, decimals: int | None = None) -> str:
    """Return the number as 1.234,5; `decimals` fixes the digits after the comma (rounded half up)."""
    number = Decimal(str(value))
    if decimals is not None:
        number = number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    number = number + 0 if number else abs(number)
    whole, _point, fraction = f"{number:,f}".partition(".")
    fraction = fraction if decimals is not None else fraction.rstrip("0")
    return whole.replace(",", ".") + (f",{fraction}" if fraction else "")
