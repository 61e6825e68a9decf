import datetime

import pytest

from campaigns.years import shift_date, shift_words


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
    ],
)
def test_only_years_of_the_period_move(text: str, moved: str) -> None:
    assert shift_words(text, 5, 2021, 2030) == moved
