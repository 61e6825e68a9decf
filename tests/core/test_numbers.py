from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.numbers import NumberError, format_number, parse_decimal


def refusal(text):
    with pytest.raises(NumberError) as refused:
        parse_decimal(text)
    return refused.value.message


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234,5", "1234.5"),
        ("1234,5", "1234.5"),
        ("1 234", "1234"),
        ("1\u00a0234,50", "1234.5"),
        ("12.500.000", "12500000"),
        ("99,6", "99.6"),
        ("0,125", "0.125"),
        ("-5", "-5"),
        ("\u22125", "-5"),
        ("+84", "84"),
        ("007", "7"),
        ("0", "0"),
        ("1.234", "1234"),
    ],
)
def test_a_number_is_read_the_vietnamese_way(text, value):
    assert parse_decimal(text) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["1,234", "1.5", "1,234.5", "1.23.456", "1,2,3", "12.34", "1.234 567", "5,", ",5", "1..2"]
)
def test_a_number_with_several_readings_is_refused(text):
    assert refusal(text).startswith(f"Số “{text}” có thể hiểu nhiều cách. Dùng dấu chấm tách hàng nghìn (1.234)")


def test_three_decimals_are_read_where_the_field_wants_them():
    assert parse_decimal("1,234", decimals=3) == Decimal("1.234")


@pytest.mark.parametrize(
    "text", ["12 triệu", "5 đồng", "10%", "1e5", "NaN", "Infinity", "", "mười", "=1+1", "１２", "12\x00đ"]
)
def test_words_and_units_are_refused(text):
    assert refusal(text).endswith("Nhập bằng chữ số, ví dụ 12.500.000 hoặc 99,6. Không ghi chữ hay đơn vị.")


def test_a_number_too_long_is_refused():
    assert refusal("9" * 31).endswith("quá dài. Nhập nhiều nhất 15 chữ số.")


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (Decimal("1234.5"), None, "1.234,5"),
        (1234567, None, "1.234.567"),
        (0, None, "0"),
        (Decimal("-0.00"), None, "0"),
        (-1234, None, "-1.234"),
        (99.6, None, "99,6"),
        (Decimal("12.50"), None, "12,5"),
        (Decimal("2.345"), 2, "2,35"),
        (Decimal("-0.001"), 2, "0,00"),
        (1, 1, "1,0"),
        (Decimal("1E+3"), None, "1.000"),
        (True, None, "1"),
    ],
)
def test_a_number_is_shown_the_vietnamese_way(value, decimals, shown):
    assert format_number(Decimal(value) if value is True else value, decimals) == shown


@given(st.decimals(min_value=-(10**10), max_value=10**10, places=2))
def test_a_shown_number_is_read_back(value):
    assert parse_decimal(format_number(value), decimals=3) == value


@given(st.text(alphabet="0123456789.,+- \u00a0ađ", max_size=25))
def test_any_text_gives_a_number_or_a_sentence(text):
    assert sentence_or_number(text)


def sentence_or_number(text):
    try:
        return parse_decimal(text).is_finite()
    except NumberError as error:
        return error.message.endswith(".")
