from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.working_days import is_working_day
from notifications.ladder import latest_due, newest_step, next_step_day, step_day, step_key, steps_called_for

#: The calendar of working days is a table.
pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
STEPS = (-30, -14, -7, -3, -1, 0, 1, 3, 7)
days = st.dates(datetime.date(2021, 1, 1), datetime.date(2026, 12, 1))
ladders = st.lists(st.integers(-120, 120), min_size=1, max_size=9, unique=True).map(sorted)


def on(day: int, month: int, year: int = 2023) -> datetime.date:
    return datetime.date(year, month, day)


@pytest.mark.parametrize(
    ("due", "offset", "day"),
    [
        (on(15, 6), 0, on(15, 6)),
        (on(15, 6), -7, on(8, 6)),
        (on(15, 6), -30, on(16, 5)),
        # The day before Monday is a Sunday: told on Friday.
        (on(12, 6), -1, on(9, 6)),
        # A due date on a Saturday is told on Friday, its first day late on Monday.
        (on(17, 6), 0, on(16, 6)),
        (on(17, 6), 1, on(19, 6)),
        # Friday's +1 is a Saturday: Monday.
        (on(16, 6), 1, on(19, 6)),
        # Tết 2023 was off from 20/1 to 26/1, and a weekend followed.
        (on(23, 1), 0, on(19, 1)),
        (on(25, 1), -3, on(19, 1)),
        (on(19, 1), 1, on(27, 1)),
        # 29 February, and a year without one.
        (on(29, 2, 2024), -1, on(28, 2, 2024)),
        (on(1, 3, 2024), -1, on(29, 2, 2024)),
        (on(1, 3), -1, on(28, 2)),
        # 4/5/2024 was a working Saturday.
        (on(4, 5, 2024), 0, on(4, 5, 2024)),
    ],
)
def test_a_step_goes_on_a_working_day(due: datetime.date, offset: int, day: datetime.date) -> None:
    assert step_day(due, offset) == day


@given(days, st.integers(-120, 120))
def test_up_to_the_due_date_a_step_is_never_later_and_after_it_never_earlier(due: datetime.date, offset: int) -> None:
    found, meant = step_day(due, offset), due + offset * DAY
    assert is_working_day(found)
    assert found <= meant if offset <= 0 else found >= meant
    between = (min(found, meant) + n * DAY for n in range(abs((found - meant).days)))
    skipped = [day for day in between if day != found]
    assert not any(is_working_day(day) for day in skipped)


@given(days, ladders)
def test_the_days_of_a_ladder_never_go_back(due: datetime.date, steps: list[int]) -> None:
    found = [step_day(due, offset) for offset in steps]
    assert found == sorted(found)


@given(days, ladders, st.integers(-150, 150))
def test_a_day_calls_for_the_last_step_whose_day_has_come(due: datetime.date, steps: list[int], shift: int) -> None:
    day = due + shift * DAY
    step = newest_step(due, steps, day)
    come = [offset for offset in steps if step_day(due, offset) <= day]
    assert step == (max(come) if come else None)


@given(days, ladders)
def test_each_step_is_owed_from_its_day_until_that_of_the_next(due: datetime.date, steps: list[int]) -> None:
    for offset in steps:
        day, following = step_day(due, offset), next_step_day(due, steps, step_day(due, offset))
        assert newest_step(due, steps, day - DAY) != newest_step(due, steps, day)
        if following:
            assert newest_step(due, steps, following - DAY) == newest_step(due, steps, day)


@given(days, ladders)
def test_running_every_day_calls_for_each_step_once_and_in_order(due: datetime.date, steps: list[int]) -> None:
    start = due + (min(steps) - 40) * DAY
    called = [newest_step(due, steps, start + n * DAY) for n in range(max(steps) - min(steps) + 80)]
    seen = [step for n, step in enumerate(called) if step is not None and step not in called[:n]]
    assert seen == sorted(seen)
    assert seen[-1] == max(steps)


@given(days, ladders, st.integers(-150, 150))
def test_no_due_date_beyond_the_window_calls_for_anything(day: datetime.date, steps: list[int], shift: int) -> None:
    due = day + shift * DAY
    if newest_step(due, steps, day) is not None:
        assert due <= latest_due(steps, day)


@pytest.mark.parametrize(
    ("day", "step"),
    [
        (on(15, 5), None),
        (on(16, 5), -30),
        (on(31, 5), -30),
        (on(1, 6), -14),
        (on(7, 6), -14),
        (on(8, 6), -7),
        (on(15, 6), 0),
        (on(16, 6), 1),
        (on(18, 6), 1),
        (on(19, 6), 3),
        (on(22, 6), 7),
        (on(30, 12), 7),
    ],
)
def test_first_and_last_day_of_each_window(day: datetime.date, step: int | None) -> None:
    # +3 falls on Sunday 18/6 and moves to Monday 19/6.
    assert newest_step(on(15, 6), STEPS, day) == step


def test_after_three_days_of_outage_only_the_newest_step_is_called_for() -> None:
    # Nobody ran from 12/6 to 15/6: the steps -3 and -1 are gone, the day itself is told.
    assert newest_step(on(15, 6), STEPS, on(15, 6)) == 0


def test_only_new_leaves_out_what_an_earlier_day_called_for() -> None:
    dues = [on(15, 6), on(16, 6)]
    assert steps_called_for(dues, STEPS, on(8, 6)) == {on(15, 6): -7, on(16, 6): -14}
    assert steps_called_for(dues, STEPS, on(8, 6), only_new=True) == {on(15, 6): -7}


def test_the_key_of_a_step_holds_the_due_date() -> None:
    assert (step_key(on(15, 6), -7), step_key(on(15, 6), 0), step_key(on(1, 7), 3)) == (
        "2023-06-15:-7",
        "2023-06-15:+0",
        "2023-07-01:+3",
    )
