"""The day is that of Vietnam, to the second, whatever the zone of the machine."""

from __future__ import annotations

import datetime
import os
import time
from collections.abc import Iterator

import pytest
import time_machine
from django.core import mail

from core import clock
from notifications.delivery import deliver
from notifications.models import OutboxMessage, Reminder, Tick
from notifications.ticking import figures, note, plan_day
from tests.campaigns.makers import publish
from tests.factories import ProgrammeFactory, World

pytestmark = pytest.mark.django_db
DUE = datetime.date(2023, 6, 15)
DAY = datetime.timedelta(days=1)
#: The last second of the due date in Vietnam and the first of the day after it, as seconds: a travel to a moment with a
#: zone would set that of the machine itself.
LAST_SECOND = datetime.datetime(2023, 6, 15, 16, 59, 59, tzinfo=datetime.UTC).timestamp()
MOMENTS = (LAST_SECOND, LAST_SECOND + 1)
ZONES = ["UTC", "Asia/Ho_Chi_Minh", "America/New_York"]


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest) -> Iterator[str]:
    """The zone of the machine, as its C library knows it; Django itself had set that of the portal."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    os.environ.pop("TZ")
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


def told_at(world: World, moment: float) -> tuple[datetime.date, int, str]:
    """Day and step of the reminder that the officer is told by a run at a moment, and the subject of the mail."""
    with time_machine.travel(moment, tick=False):
        plan_day(clock.today())
        deliver(even_quiet=True)
        note()
    row = Reminder.objects.filter(recipient=world.officer, channel="email", state="sent").latest("pk")
    return row.planned_for, row.offset, [m.subject for m in mail.outbox if m.to == [world.officer.email]][-1]


@pytest.fixture
def reminded(world: World, stand_on) -> World:
    stand_on(None)
    publish(world, programme=ProgrammeFactory(unit=world.district, reminders_on=True))
    return world


TODAY = (DUE, 0, "Hạn hôm nay, 15/6: báo cáo sơ kết 3 năm – xã Bình An")
TOMORROW = (DUE + DAY, 1, "Quá hạn 1 ngày: báo cáo sơ kết 3 năm – xã Bình An")


def test_a_run_tells_the_day_of_vietnam(reminded: World, zone: str) -> None:
    assert [told_at(reminded, moment) for moment in MOMENTS] == [TODAY, TOMORROW]


def test_the_figures_of_a_day_are_those_of_its_runs(reminded: World, zone: str) -> None:
    for moment in MOMENTS:
        told_at(reminded, moment)
    one = {"planned": 4, "sent": 4, "skipped": 0, "failed": 0}
    assert [figures(DUE - DAY)["planned"], figures(DUE), figures(DUE + DAY)] == [0, one, one]
    assert (Tick.objects.get().day, Tick.objects.get().sent) == (DUE + DAY, 4)
    digests = OutboxMessage.objects.filter(subject_type="digest", status="sent")
    assert set(digests.values_list("subject_id", flat=True)) == {DUE.toordinal(), DUE.toordinal() + 1}


def test_a_clock_with_the_date_of_the_machine_would_be_found_out(reminded: World, zone: str, monkeypatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: datetime.date.today())  # noqa: DTZ011  that is what must not be
    found = [told_at(reminded, moment) for moment in MOMENTS]
    assert (found == [TODAY, TOMORROW]) is (zone == "Asia/Ho_Chi_Minh")
