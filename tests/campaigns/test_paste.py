from __future__ import annotations

import unicodedata
from decimal import Decimal

import pytest

from campaigns.content import FigureLine
from campaigns.figures import Figure
from campaigns.paste import LONGEST_BLOCK, decided, read_block
from core.text import shorten

LINES = [
    FigureLine(Figure("DK_CA_NHAN", "Cá nhân được đăng ký"), None, None, ""),
    FigureLine(Figure("BD", "Điển hình được bồi dưỡng"), None, None, ""),
    FigureLine(Figure("TY_LE", "Tỷ lệ", decimals=2), None, None, ""),
]


def read(text: str) -> list[tuple[str, str | None]]:
    return [
        (c.line.figure.code if c.line else "", None if c.value is None else str(c.value))
        for c in read_block(text, LINES)
    ]


@pytest.mark.parametrize("text", ["3\n4\n5,5", "3\t4\t5,5", "\n3\r\n4\r\n5,5\r\n"])
def test_numbers_alone_are_taken_in_the_order_of_the_grid(text: str) -> None:
    assert read(text) == [("DK_CA_NHAN", "3"), ("BD", "4"), ("TY_LE", "5.5")]


def test_rows_with_names_are_matched_without_accents_and_by_code() -> None:
    assert read("TT\tNội dung\tSố\n1\tdien hinh duoc boi duong\t0\n2\tDK_CA_NHAN\t12") == [
        ("BD", "0"),
        ("DK_CA_NHAN", "12"),
    ]


@pytest.mark.parametrize(
    "row",
    [
        "1\tCá nhân được đăng ký\t\t12\tGhi chú",
        "1. Cá nhân được đăng ký\tngười\t12",
        "- Số cá nhân được đăng ký:\t12",
        "TỔNG SỐ CÁ NHÂN ĐƯỢC ĐĂNG KÝ\t12",
        unicodedata.normalize("NFD", "Cá nhân được đăng ký\t12"),
        '"Cá nhân\nđược đăng ký"\t12',
    ],
)
def test_a_row_is_read_with_what_tables_write_around_name_and_number(row: str) -> None:
    assert read(row) == [("DK_CA_NHAN", "12")]


def test_names_in_a_row_with_the_numbers_under_them_are_read_too() -> None:
    assert read("Cá nhân được đăng ký\tTỷ lệ\n12\t99,5") == [("DK_CA_NHAN", "12"), ("TY_LE", "99.5")]


def test_an_empty_cell_of_a_column_keeps_its_place() -> None:
    for block in ("3\n\n5,5\n", "3\t\t5,5"):
        assert read(block) == [("DK_CA_NHAN", "3"), ("BD", None), ("TY_LE", "5.5")]


def test_a_column_begins_at_the_field_into_which_it_is_pasted() -> None:
    assert [c.line and c.line.figure.code for c in read_block("4\n5", LINES, first=1)] == ["BD", "TY_LE"]
    assert read_block("TY_LE\t5", LINES, first=2)[0].value == 5


@pytest.mark.parametrize(
    ("block", "fault"),
    [
        ("Cá nhân được đăng ký\t12\t15", "Dòng này có nhiều số: 12; 15."),
        ("1\t12\n2\t15", "Có nhiều cột số"),
        ("Cá nhân được đăng ký\nTỷ lệ\n12\n3", "Tên và số phải ở cùng một dòng."),
        ("1\tCá nhân được đăng ký\t", "Ô trống."),
        ("Cá nhân được đăng ký\t–", "Ô trống."),
    ],
)
def test_what_may_be_read_in_two_ways_is_marked_and_not_guessed(block: str, fault: str) -> None:
    cells = read_block(block, LINES)
    assert [cell.value for cell in cells] == [None] * len(cells)
    assert all(cell.fault.startswith(fault) for cell in cells)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0\n0\n1.234,5", "1234.5"),
        ("0\n0\n1234.5", "1234.5"),
        ("0\n0\n1,234.5", "1234.5"),
        ("1.234\n0\n1", "1"),
        ("0\n0\n1.234", "1234"),
        ("0\n0\n1,5", "1.5"),
    ],
)
def test_both_ways_of_writing_numbers_are_told_apart(text: str, value: str) -> None:
    assert read(text)[2] == ("TY_LE", value)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1,234\n5\n99.5", ["1234", "5", "99.5"]),
        ("1.234\n5\n99,5", ["1234", "5", "99.5"]),
        ("12.000\n0\n1.490,5", ["12000", "0", "1490.5"]),
        ("1.234.567\n0\n1,490.5", ["1234567", "0", "1490.5"]),
        ("1,234,567\n0\n99,5", ["1234567", "0", "99.5"]),
        ("0\n15\n0.500", ["0", "15", "0.5"]),
        ("0\n12 000\n0,500", ["0", "12000", "0.5"]),
    ],
)
def test_each_number_is_read_in_its_own_way_where_it_has_one(text: str, values: list[str]) -> None:
    assert [value for _code, value in read(text)] == values


@pytest.mark.parametrize(
    "text",
    [
        "1.1\tCá nhân được đăng ký\t12.000\n1.2\tĐiển hình được bồi dưỡng\t15",
        "Cá nhân được đăng ký\t12.000\nBD\t15\nTỉ lệ phủ\t99.5",
        "Cá nhân được đăng ký\t12.000\nBD\t15\nBD\t99.5",
        "Cá nhân được đăng ký\t12.000\nBD\t15\nTỷ lệ\t99.5\t1,234.5",
        "Cá nhân được đăng ký\t12.000\nBD\t15\nTỷ lệ\t",
        "12.000\n15\n\n99.5",
    ],
)
def test_cells_that_are_not_taken_as_numbers_decide_nothing(text: str) -> None:
    taken = [(cell.line.figure.code, cell.value) for cell in read_block(text, LINES) if cell.is_good and cell.line]
    assert taken == [("DK_CA_NHAN", 12000), ("BD", 15)]


@pytest.mark.parametrize(
    ("text", "place", "choices"),
    [
        ("12.000\n15\n99.5", 0, [12000, 12]),
        ("12.500\n15\n1,490.5", 0, [12500]),
        ("12.000\n1,234\n0", 0, [12000, 12]),
        ("12.000\n1,234\n0", 1, [1234]),
        ("1,000\n15\n99,5", 0, [1, 1000]),
        ("BD\t12.000\nTY_LE\t0.5", 0, [12000, 12]),
    ],
)
def test_a_number_that_the_others_make_doubtful_is_offered_in_both_readings(
    text: str, place: int, choices: list[int]
) -> None:
    cell = read_block(text, LINES)[place]
    assert (cell.value, list(cell.choices)) == (None, choices)
    assert cell.fault.endswith("vì trong khối có số viết theo cách khác. Chọn số đúng.")


def test_a_doubtful_number_that_no_figure_can_have_says_why() -> None:
    cell = read_block("-12.500\n15\n99.5", LINES)[0]
    assert (cell.choices, cell.fault) == ((), "Số “-12.500” nhỏ hơn 0.")


@pytest.mark.parametrize(
    ("answer", "value", "choices"),
    [("12000", 12000, 0), ("12", 12, 0), ("bo", None, 0), ("13", None, 2), ("", None, 2)],
)
def test_a_person_decides_on_a_doubtful_number(answer: str, value: int | None, choices: int) -> None:
    cell = decided(read_block("12.000\n15\n99.5", LINES)[0], answer)
    assert (cell.value, len(cell.choices)) == (value, choices)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("khoảng 12", "Không đọc được số “khoảng 12”."),
        ("1,5", "Số “1,5” phải là số nguyên."),
        ("-3", "Số “-3” nhỏ hơn 0."),
        ("#REF!", "Không đọc được số “#REF!”."),
        ("9" * 20, "quá dài"),
        ("1000000001", "Số “1000000001” lớn hơn 1.000.000.000."),
        ("TY_LE\t1,2345", "Số “1,2345” chỉ ghi đến 2 chữ số sau dấu phẩy."),
    ],
)
def test_what_cannot_be_taken_says_why(text: str, fault: str) -> None:
    cell = read_block(text, LINES)[0]
    assert (cell.value, fault in cell.fault) == (None, True), shorten(cell.fault, 200)


def test_too_many_cells_and_repeated_names_are_marked_and_none_is_lost() -> None:
    assert [c.fault for c in read_block("1\n2\n3\n4", LINES)] == [
        "",
        "",
        "",
        "Không có số liệu nào tên như vậy trong bảng.",
    ]
    assert [c.fault for c in read_block("BD\t1\nBD\t2", LINES)] == ["", "Số liệu này đã có ở dòng trên."]
    assert [c.value for c in read_block("BD\t1\nBD\t2", LINES)] == [Decimal(1), None]


def test_an_empty_cell_beside_a_name_asks_for_zero() -> None:
    assert read_block("BD\t\nTY_LE\t1", LINES)[0].fault == "Ô trống. Không có thì ghi 0."


@pytest.mark.parametrize("text", ["", "\n\n\t\t\n", "\x00"])
def test_nothing_gives_nothing(text: str) -> None:
    assert read_block(text, LINES) == []


def test_a_number_at_the_end_of_the_longest_block_is_not_cut_in_two() -> None:
    junk = "x\ty\n" * 50 + "y" * (LONGEST_BLOCK - 208) + "\t1\n"
    assert len(junk) == LONGEST_BLOCK - 5
    assert read(junk + "BD\t1234")[-1] == ("", None)
    assert read(junk + "BD\t12")[-1] == ("BD", "12")


def test_a_line_that_is_not_known_shows_name_and_number_apart() -> None:
    assert [cell.words for cell in read_block("Không có dòng này\t3", LINES)] == ["Không có dòng này · 3"]
