from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
import time_machine

from core import clock

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
ONE_SECOND_BEFORE_MIDNIGHT = datetime(2026, 3, 9, 23, 59, 59, tzinfo=VIETNAM)
MIDNIGHT = datetime(2026, 3, 10, 0, 0, 0, tzinfo=VIETNAM)


@pytest.mark.parametrize(("moment", "day"), [(ONE_SECOND_BEFORE_MIDNIGHT, 9), (MIDNIGHT, 10)])
def test_real_day_changes_at_midnight_in_vietnam(stand_on, moment, day):
    stand_on(None)
    with time_machine.travel(moment, tick=False):
        assert clock.today() == date(2026, 3, day)
        assert clock.now() == moment


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Ho_Chi_Minh"])
def test_the_machines_own_time_zone_does_not_matter(stand_on, zone):
    stand_on(None)
    with time_machine.travel(ONE_SECOND_BEFORE_MIDNIGHT.astimezone(ZoneInfo(zone)), tick=False):
        assert clock.today() == date(2026, 3, 9)
        assert clock.now().tzinfo == VIETNAM


def test_training_clock_keeps_the_date_and_the_real_time_of_day(stand_on):
    stand_on(date(2023, 6, 5))
    with time_machine.travel(datetime(2026, 11, 23, 18, 30, tzinfo=UTC), tick=False):
        assert clock.now() == datetime(2023, 6, 5, 1, 30, tzinfo=VIETNAM)
        assert clock.today() == date(2023, 6, 5)
        assert clock.training_date() == date(2023, 6, 5)
        assert clock.training_date() is not None


def test_training_clock_stays_on_its_date_past_midnight(stand_on):
    stand_on(date(2023, 6, 5))
    with time_machine.travel(MIDNIGHT, tick=False):
        assert clock.now() == datetime(2023, 6, 5, 0, 0, tzinfo=VIETNAM)


def test_wall_clock_ignores_the_training_date(stand_on):
    stand_on(date(2023, 6, 5))
    with time_machine.travel(MIDNIGHT, tick=False):
        assert clock.wall_now() == MIDNIGHT


def test_without_training_date_the_clock_is_real(stand_on):
    stand_on(None)
    assert clock.training_date() is None
    assert clock.training_date() is None


def test_a_due_date_lasts_until_the_end_of_that_day_in_vietnam():
    end = clock.end_of_day(date(2023, 6, 15))
    assert end == datetime.combine(date(2023, 6, 15), time.max, tzinfo=VIETNAM)
    assert end.astimezone(UTC).date() == date(2023, 6, 15)
    assert end < datetime(2023, 6, 16, tzinfo=VIETNAM)
