from datetime import date

import pytest

from core.working_days import is_working_day, working_days_after

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "day",
    [
        date(2023, 6, 10),  # a Saturday
        date(2023, 6, 11),  # a Sunday
        date(2023, 4, 29),  # the tenth day of the third lunar month
        date(2023, 4, 30),
        date(2023, 5, 1),
        date(2023, 9, 2),
        date(2023, 1, 22),  # Tết
    ],
)
def test_offices_are_closed_at_weekends_and_on_public_holidays(day: date) -> None:
    assert is_working_day(day) is False


@pytest.mark.parametrize("day", [date(2023, 6, 5), date(2023, 6, 9), date(2023, 1, 3)])
def test_offices_work_on_ordinary_weekdays(day: date) -> None:
    assert is_working_day(day) is True


def test_a_holiday_that_falls_on_a_weekend_is_made_up_for() -> None:
    assert is_working_day(date(2023, 5, 3)) is False


def test_the_day_itself_is_not_counted() -> None:
    assert working_days_after(date(2023, 6, 5), 1) == date(2023, 6, 6)


def test_five_working_days_step_over_the_weekend() -> None:
    assert working_days_after(date(2023, 6, 5), 5) == date(2023, 6, 12)


def test_working_days_step_over_holidays() -> None:
    assert working_days_after(date(2023, 4, 28), 1) == date(2023, 5, 4)


def test_counting_goes_on_into_the_next_year() -> None:
    assert working_days_after(date(2023, 12, 29), 1) == date(2024, 1, 2)
