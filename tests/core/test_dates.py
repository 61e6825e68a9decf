import datetime
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dates import DateError, PartialDate, format_date, parse_birth, parse_date

TODAY = datetime.date(2023, 6, 5)
PLAN = datetime.date(2021, 9, 22)


def refusal(parse, text):
    with pytest.raises(DateError) as refused:
        parse(text, TODAY)
    return refused.value.message


@pytest.mark.parametrize(
    "text",
    [
        "22/9/2021",
        "22/09/2021",
        "22-09-2021",
        "22.9.2021",
        "22 09 2021",
        "22092021",
        "2021-09-22",
        "2021-09-22 00:00:00",
        "ngày 22 tháng 9 năm 2021",
        "Ngày 22 tháng 09 năm 2021",
        "22 tháng 9 năm 2021",
        "ngay 22 thang 9 nam 2021",
        "ngày 22/9/2021",
        "  22 / 9 / 2021 \u00a0",
        unicodedata.normalize("NFD", "ngày 22 tháng 9 năm 2021"),
    ],
)
def test_a_date_is_read_in_every_usual_spelling(text):
    assert parse_date(text, TODAY) == PLAN


@pytest.mark.parametrize("text", ["22/9", "22.09", "ngày 22 tháng 9"])
def test_without_a_year_this_year_is_meant(text):
    assert parse_date(text, TODAY) == datetime.date(2023, 9, 22)


def test_without_a_given_day_the_clock_says_this_year():
    assert parse_date("22/9") == datetime.date(2023, 9, 22)


def test_the_day_always_comes_first():
    assert parse_date("05/06/2021", TODAY) == datetime.date(2021, 6, 5)


@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 12, 31)))
def test_a_formatted_date_is_read_back(date):
    assert parse_date(format_date(date), TODAY) == date
    assert parse_date(f"{date:%d%m%Y}", TODAY) == date


@pytest.mark.parametrize("text", ["31/02/2022", "9/22/2021", "29/2/2023", "0/1/2021", "1/0/2021", "20210922", "99/99"])
def test_a_date_that_does_not_exist_is_refused(text):
    expected = f"Ngày “{text}” không có thật. Nhập theo ngày/tháng/năm, ví dụ 22/9/2021."
    assert refusal(parse_date, text) == expected


@pytest.mark.parametrize(
    "text", ["hôm qua", "", "22", "1/2/3/4", "22/9/2021 lúc 8 giờ", "x" * 5000, "22\x00/9/a", "２２/9/2021"]
)
def test_what_is_not_a_date_is_refused(text):
    message = refusal(parse_date, text)
    assert message.startswith("Không đọc được ngày “")
    assert message.endswith("Nhập theo ngày/tháng/năm, ví dụ 22/9/2021.")
    assert len(message) < 130


def test_a_short_year_is_refused():
    assert refusal(parse_date, "22/9/21").startswith("Năm trong ngày “22/9/21” chưa đủ bốn chữ số.")


@pytest.mark.parametrize("year", ["1899", "2101", "20211", "9999999"])
def test_a_year_out_of_range_is_refused(year):
    expected = f"Năm {year} nằm ngoài khoảng nhận được. Nhập năm từ 1900 đến 2100."
    assert refusal(parse_date, f"1/1/{year}") == expected


@given(st.text(max_size=30))
def test_any_text_gives_a_date_or_a_sentence(text):
    for parse in (parse_date, parse_birth):
        assert sentence_or_value(parse, text)


def sentence_or_value(parse, text):
    try:
        return parse(text, TODAY)
    except DateError as error:
        return error.message.endswith(".")


@pytest.mark.parametrize("text", ["1975", " năm 1975 ", "9/1975", "09-1975", "tháng 9 năm 1975", "9.1975"])
def test_of_a_birth_the_year_is_enough(text):
    assert parse_birth(text, TODAY) == PartialDate(1975)


def test_a_full_birth_date_is_kept():
    assert parse_birth("22/9/1975", TODAY) == PartialDate(1975, datetime.date(1975, 9, 22))


def test_a_partial_date_shows_what_is_known():
    assert str(PartialDate(1975)) == "1975"
    assert str(PartialDate(1975, datetime.date(1975, 9, 22))) == "22/9/1975"


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("13/1975", "Ngày “13/1975” không có thật."),
        ("2024", "Năm 2024 nằm ngoài khoảng nhận được. Nhập năm từ 1900 đến 2023."),
        ("1850", "Năm 1850 nằm ngoài khoảng"),
        ("6/6/2023", "Ngày sinh (6/6/2023) không được sau hôm nay (5/6/2023)."),
        ("22/9", "Không đọc được ngày sinh “22/9”."),
        ("31/2/1975", "Ngày “31/2/1975” không có thật."),
        ("không rõ", "Không đọc được ngày sinh “không rõ”. Nhập ngày/tháng/năm, ví dụ 22/9/1975, hoặc chỉ năm"),
    ],
)
def test_a_wrong_birth_is_refused(text, start):
    assert refusal(parse_birth, text).startswith(start)
