import datetime

import pytest

from campaigns.years import shift_date, shift_words, without_documents


@pytest.mark.parametrize(
    ("day", "years", "moved"),
    [
        ((2024, 2, 29), 1, (2025, 2, 28)),
        ((2024, 2, 29), 4, (2028, 2, 29)),
        ((2023, 12, 31), 5, (2028, 12, 31)),
        ((2024, 2, 29), -1, (2023, 2, 28)),
    ],
)
def test_a_day_moves_by_whole_years(day: tuple, years: int, moved: tuple) -> None:
    assert shift_date(datetime.date(*day), years) == datetime.date(*moved)


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("Kế hoạch năm 2023", "Kế hoạch năm 2028"),
        ("giai đoạn 2021–2025", "giai đoạn 2026–2030"),
        ("Phương hướng 2026–2030", "Phương hướng 2031–2035"),
        ("11/6/1948", "11/6/1948"),
        ("số 12023", "số 12023"),
        ("Nghị định 98/2023/NĐ-CP ngày 31/12/2023, năm 2023", "Nghị định 98/2023/NĐ-CP ngày 31/12/2023, năm 2028"),
        (
            "kỷ niệm 75 năm Ngày Truyền thống (11/6/1948 – 11/6/2023)",
            "kỷ niệm 80 năm Ngày Truyền thống (11/6/1948 – 11/6/2028)",
        ),
        ("Kỷ niệm 75 năm thành lập", "Kỷ niệm 80 năm thành lập"),
        ("Sơ kết 03 năm (2021–2023)", "Sơ kết 03 năm (2026–2028)"),
    ],
)
def test_only_years_of_the_period_move(text: str, moved: str) -> None:
    assert shift_words(text, 5, 2021, 2030) == moved


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Thực hiện Kế hoạch số 197/KH-UBND ngày 22/9/2021 của huyện.", "Thực hiện Kế hoạch của huyện."),
        ("Theo Luật 06/2022/QH15, Chỉ thị 34-CT/TW.", "Theo Luật, Chỉ thị 34-CT/TW."),
        ("24/24 ấp, lớp 12-A1, mục II.1", "24/24 ấp, lớp 12-A1, mục II.1"),
    ],
)
def test_documents_are_left_out_but_those_that_hold(text: str, left: str) -> None:
    assert without_documents(text, {"34-CT/TW"}) == left
