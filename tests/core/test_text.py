import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.old_encodings import is_vietnamese_syllable
from core.text import (
    clean_line,
    clean_prose,
    contains_emoji,
    legacy_encoding,
    name_sort_key,
    search_key,
    search_words,
    shorten,
    slugify,
    sort_key,
)

VIETNAMESE = st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằẳẵắặờởỡớợýỵ ĐỂỮÀ-.,0123456789", max_size=40)
ANY_TEXT = st.one_of(st.text(max_size=60), VIETNAMESE)


def nfd(text):
    return unicodedata.normalize("NFD", text)


def is_in_order(texts, key):
    keys = [key(text) for text in texts]
    return all(before < after for before, after in pairwise(keys))


@given(ANY_TEXT)
def test_cleaning_twice_changes_nothing_more(text):
    assert clean_line(clean_line(text)) == clean_line(text)
    assert clean_prose(clean_prose(text)) == clean_prose(text)


@given(ANY_TEXT)
def test_search_key_of_a_search_key_is_itself(text):
    assert search_key(search_key(text)) == search_key(text)


@given(VIETNAMESE)
def test_composed_and_decomposed_text_give_the_same_results(text):
    for function in (clean_line, clean_prose, search_key, sort_key, name_sort_key, slugify, legacy_encoding):
        assert function(nfd(text)) == function(unicodedata.normalize("NFC", text))


@given(ANY_TEXT)
def test_keys_are_short_and_of_plain_characters(text):
    assert set(sort_key(text)) <= set("0123456789")
    assert len(sort_key(text)) <= 3 * len(clean_line(text)) + 2
    words = clean_line(text).split()
    doubled = 3 * len(words[0]) if len(words) == 1 else 0
    assert len(name_sort_key(text)) <= 3 * len(clean_line(text)) + 6 + doubled
    assert set(slugify(text)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


@given(ANY_TEXT)
def test_a_clean_line_is_composed_and_on_one_line(text):
    line = clean_line(text)
    assert unicodedata.is_normalized("NFC", line)
    assert line == " ".join(line.split())


@given(VIETNAMESE)
def test_the_search_key_ignores_marks_and_case(text):
    assert search_key(text.upper()) == search_key(text)
    assert search_key(search_key(text)) == search_key(text)


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("  Nguyễn\u00a0Thị   Đượm ", "Nguyễn Thị Đượm"),
        ("\u00d0\u1ed3ng S\u01a1n", "Đồng Sơn"),
        ("Lê\u200b \u202eĐủ\u202c\ufeff\x00", "Lê Đủ"),
        (nfd("Hồ Văn Út Em"), "Hồ Văn Út Em"),
        ("một\r\nhai\tba", "một hai ba"),
        ("\u3164\u2800", ""),
        ("<b>Tám</b> & =1+1 {{7*7}}", "<b>Tám</b> & =1+1 {{7*7}}"),
        ("\ud800a", "a"),
        ("a\u200b\u0301", "á"),
    ],
)
def test_a_line_is_cleaned(typed, clean):
    assert clean_line(typed) == clean


def test_stacked_marks_are_cut():
    assert len(clean_line("Z" + "\u0310" * 200)) == 3


def test_prose_keeps_line_breaks_and_one_empty_line():
    assert clean_prose("\n Đoạn  một \r\n\r\n\r\n\r\nđoạn hai\u2028dòng ba\r\n") == "Đoạn một\n\nđoạn hai\ndòng ba"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Nguyễn Thị Đượm – xã Đồng Thạnh", "nguyen thi duom xa dong thanh"),
        ("HÒA  hoà, Thủy/thuỷ", "hoa hoa thuy thuy"),
        ("\u00d0\u1eb7ng", "dang"),
        ("Ấp 5 (Bình Nhì)", "ap 5 binh nhi"),
        ("…", ""),
    ],
)
def test_search_key(text, key):
    assert search_key(text) == key


def test_search_words_are_different_and_in_order():
    assert search_words("Vĩnh Hựu, vĩnh  BÌNH") == ["vinh", "huu", "binh"]


def test_slug():
    assert slugify("Mô hình: trồng kiểng lá (Đồng Sơn)") == "mo-hinh-trong-kieng-la-dong-son"


def test_letters_sort_in_the_order_of_the_alphabet():
    assert is_in_order("aăâbcdđeêghiklmnoôơpqrstuưvxy", sort_key)


def test_tones_sort_none_grave_hook_tilde_acute_dot():
    words = ["ma", "mà", "mả", "mã", "má", "mạ"]
    assert is_in_order(words, sort_key)


def test_tones_count_only_after_all_letters():
    words = ["Hạ", "Hà An", "Há An", "Ha Bình", "Hà Bình"]
    assert is_in_order(words, sort_key)


def test_units_sort_as_officers_expect():
    names = ["Bình Nhì", "Đồng Sơn", "Đồng Thạnh", "Long Bình", "Thạnh Nhựt", "Vĩnh Hựu", "Yên Luông"]
    assert is_in_order(names, sort_key)


def test_numbers_sort_by_value_and_before_letters():
    names = ["Ấp 2", "Ấp 10", "Ấp 10A", "Ấp Bắc"]
    assert is_in_order(names, sort_key)


def test_a_shorter_name_sorts_first():
    assert sort_key("Bình") < sort_key("Bình An") < sort_key("Bìnha")


def test_people_sort_by_last_word_then_family_then_middle():
    people = ["Lê Thị An", "Nguyễn Văn An", "Trần Hà", "Lê Hả", "Nguyễn Hữu Tám", "Nguyễn Văn Tám", "Tâm", "Lê Tấm"]
    assert is_in_order(people, name_sort_key)


def test_the_name_key_of_nothing_sorts_first():
    assert name_sort_key("") < name_sort_key("An")


@pytest.mark.parametrize(
    "text",
    [
        "NguyÔn V¨n §ång",
        "céng hßa x· héi chñ nghÜa viÖt nam",
        "LuËt",
        "Th\xad¬ng",
        "Ubnd x· Long B×nh",
        "vÜnh b×nh",
        "Êp Phó Quíi",
        "Êp Xãm Thñ",
        "Hồ sơ của NguyÔn V¨n T¸m gửi huyện hôm nay, đã nhận đủ giấy tờ",
    ],
)
def test_tcvn3_is_recognised(text):
    assert legacy_encoding(text) == "TCVN3"


@pytest.mark.parametrize(
    "text",
    [
        "Nguyeãn Vaên Ñoàng",
        "NGUYEÃN VAÊN ÑOÀNG",
        "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam",
        "Thị traán Vónh Bình",
        "Xaõ Thaïnh Trò",
        "Thaïnh Trò",
        "Phan Thò Thu Söông",
    ],
)
def test_vni_is_recognised(text):
    assert legacy_encoding(text) == "VNI"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Emulation portal, café, naïve, résumé, 20 °C, 10 µm, © 2023",
        "Nguyễn Thị Đượm – xã Đồng Thạnh, Hoà Long, An Hòa, thuỷ/thủy, Quí, Quý",
        "Hòa, Là, Bé, né, thóat",
        "«Nguyễn Văn Tám» · ½ công, 1.000 m² ® ",
        "Où est le maïs ? L'été à la plage, garçon, forêt, château, bœuf, dîner, qu'il vît",
        "Noël",
        "Là où on va",
        "Thaï",
        "Loïc",
        "Größe für über Müller, niño, São Paulo, smørrebrød",
        "Y Moan Ênuôl, H'Hen Niê, Đắk Lắk, Krông Pắk",
        "ôtô, axít, xêri, kilôgam, bê tông, ca-bin",
        "\u00d0\u1ed3ng S\u01a1n, \u00d0o \u0111\u1ea1c, \u00d0o",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "👍 tốt",
    ],
)
def test_unicode_text_is_not_taken_for_an_old_encoding(text):
    assert legacy_encoding(text) is None


@pytest.mark.parametrize("word", ["nghiêng", "Quỳnh", "giếng", "khuỷu", "Đượm", "thóat", "ý", "yến", "hươu"])
def test_vietnamese_syllables_are_known(word):
    assert is_vietnamese_syllable(word)


@pytest.mark.parametrize("word", ["street", "wả", "hỏá", "", "Nguyeãn", "strong"])
def test_other_words_are_no_syllables(word):
    assert not is_vietnamese_syllable(word)


def test_emoji_are_found():
    assert contains_emoji("Tám 👍")
    assert contains_emoji("☺")
    assert not contains_emoji("Nguyễn Văn Tám – 5 công, 50% → 60% ©")


def test_a_long_text_is_shortened_for_quoting():
    assert shorten("a" * 100) == "a" * 39 + "…"
    assert shorten(" ngắn\n") == "ngắn"


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (40, "Báo cáo sơ kết 3 năm – Nguyễn Thị Hạnh"),
        (37, "Báo cáo sơ kết 3 năm – Nguyễn Thị…"),
        (34, "Báo cáo sơ kết 3 năm – Nguyễn Thị…"),
        (33, "Báo cáo sơ kết 3 năm – Nguyễn…"),
        (23, "Báo cáo sơ kết 3 năm…"),
        (21, "Báo cáo sơ kết 3 năm…"),
        (20, "Báo cáo sơ kết 3…"),
        (3, "Bá…"),
    ],
)
def test_a_text_is_cut_behind_a_whole_word(limit: int, words: str) -> None:
    assert shorten("Báo cáo sơ kết 3 năm – Nguyễn Thị Hạnh", limit) == words
    assert len(words) <= limit
