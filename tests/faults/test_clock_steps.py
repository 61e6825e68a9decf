"""F8: the machine's clock jumps around the end of a year and of a deadline."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from django.core import mail

from core import clock
from models_registry.models import ExemplarTransition
from notifications.delivery import deliver
from notifications.models import Channel, OutboxMessage, Status
from tests.factories import do_step

pytestmark = pytest.mark.django_db
DAYS = (date(2026, 12, 31), date(2026, 6, 30))
STEPS = (timedelta(hours=1), timedelta(hours=-1), timedelta(minutes=-5))
CASES = [(day, step) for day in DAYS for step in STEPS]


def is_over(day: date) -> bool:
    return clock.now() > clock.end_of_day(day)


@pytest.mark.parametrize(("day", "step"), CASES)
def test_a_deadline_is_judged_by_the_clock_as_it_stands(stand_on, day: date, step: timedelta) -> None:
    stand_on(None)
    last_minute = datetime.combine(day, time(23, 59, 30), tzinfo=clock.VIETNAM)
    with time_machine.travel(last_minute, tick=False) as traveller:
        assert (is_over(day), clock.today()) == (False, day)
        traveller.shift(step)
        assert (is_over(day), clock.today() == day) == (step > timedelta(0), step < timedelta(0))
        traveller.shift(-step)
        assert is_over(day) is False
        traveller.shift(timedelta(seconds=30))
        assert (is_over(day), clock.today()) == (True, day + timedelta(days=1))


@pytest.mark.parametrize(("day", "step"), CASES)
def test_a_jump_sends_no_mail_twice_and_leaves_the_order_of_steps(stand_on, world, day: date, step: timedelta) -> None:
    stand_on(None)
    last_minute = datetime.combine(day, time(23, 59, 30), tzinfo=clock.VIETNAM)
    with time_machine.travel(last_minute, tick=False) as traveller:
        record = world.exemplar("submitted")
        given = {"not_before": clock.wall_now(), "created_at": clock.wall_now(), "title": "x", "step": "x"}
        OutboxMessage.objects.all().delete()
        OutboxMessage.objects.create(
            subject_type="khac", subject_id=1, recipient=world.officer, channel=Channel.EMAIL, **given
        )
        assert deliver() == 1
        traveller.shift(step)
        assert deliver() == 0
        do_step("withdraw", record, world.officer)
        traveller.shift(-step)
        assert deliver() == 0
    steps = list(ExemplarTransition.objects.filter(record=record).order_by("pk").values_list("name", flat=True))
    record.refresh_from_db()
    assert steps[-2:] == ["submit", "withdraw"]
    assert record.state == "draft"
    assert OutboxMessage.objects.get(subject_type="khac").status == Status.SENT
    assert len(mail.outbox) == 1
