from __future__ import annotations

import unicodedata

import pytest

from core.files import clean_name
from core.files.names import extension_of, short_name, with_extension
from core.files.refusals import size_in_words


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("Báo cáo.pdf", "Báo cáo.pdf"),
        (unicodedata.normalize("NFD", "Vĩnh Hựu.docx"), "Vĩnh Hựu.docx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\hoa\\anh.jpg", "anh.jpg"),
        ("a.pdf\r\nSet-Cookie: x=1", "a.pdf Set-Cookie- x=1"),
        ("bao\u202egpj.exe", "baogpj.exe"),
        ("zero\u200bwidth\x00\x07.pdf", "zerowidth.pdf"),
        ("..htaccess", "htaccess"),
        (" . ", "tep-khong-ten"),
        ("", "tep-khong-ten"),
        (None, "tep-khong-ten"),
        ("CON", "tep-CON"),
        ("nul.pdf", "tep-nul.pdf"),
        ("Con gái.jpg", "Con gái.jpg"),
        ('a"b<c>.pdf', "a-b-c-.pdf"),
        ("ten.pdf. . ", "ten.pdf"),
    ],
)
def test_a_name_is_cleaned(raw: str | None, clean: str) -> None:
    assert clean_name(raw) == clean


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_name_of_three_hundred_vietnamese_letters_is_cut_before_its_ending(form: str) -> None:
    cleaned = clean_name(unicodedata.normalize(form, "ẫ" * 300 + ".docx"))
    assert cleaned == "ẫ" * 115 + ".docx"


def test_an_ending_is_read_and_replaced() -> None:
    assert extension_of("Bao.Cao.PDF") == "pdf"
    assert extension_of(".pdf") == ""
    assert extension_of("không đuôi") == ""
    assert with_extension("IMG_1.HEIC", "webp") == "IMG_1.webp"


def test_a_long_name_in_a_message_keeps_its_ending_in_sight() -> None:
    short = short_name("x" * 100 + ".docx.exe")
    assert len(short) == 60
    assert short.endswith("x.docx.exe")


@pytest.mark.parametrize(
    ("size", "words"), [(31 * 2**20, "31 MB"), (25 * 2**20 + 1, "25,1 MB"), (26_738_688, "25,5 MB")]
)
def test_a_size_is_never_said_smaller_than_it_is(size: int, words: str) -> None:
    assert size_in_words(size) == words
