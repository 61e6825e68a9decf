from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest

from campaigns.differences import changes_between
from campaigns.enums import TaskState
from campaigns.models import TaskReportVersion
from core import clock
from core.audit import verify
from emulation_portal.demo.reports import hand_in_reports
from notifications.models import OutboxMessage
from tests.campaigns.makers import task_of
from tests.campaigns.task_makers import review
from tests.factories import World

pytestmark = pytest.mark.django_db


def test_the_reports_of_the_demo_are_whole_and_handed_in_once(
    world: World, stand_on: Callable[[datetime.date], None]
) -> None:
    stand_on(datetime.date(2023, 6, 5))
    milestone = review(world)
    task, told = task_of(milestone, world.commune_a), OutboxMessage.objects.count()
    with clock.replay_at(datetime.datetime(2023, 6, 2, 10, tzinfo=clock.VIETNAM)):
        assert hand_in_reports(tasks=[task], by=world.officer) == [task]
        assert hand_in_reports(tasks=[task_of(milestone, world.commune_a)], by=world.officer) == []
    version = TaskReportVersion.objects.get()
    assert (task.state, task.first_submitted_on.isoformat(), version.as_of.isoformat()) == (
        TaskState.SUBMITTED,
        "2023-06-02",
        "2023-06-02",
    )
    assert all(row["text"] and "{" not in row["text"] for row in version.sections)
    assert [row["typed"] is not None for row in version.figures] == [True, True, True]
    assert [row["name"] for row in version.files] == ["bao-cao-co-chu-ky.pdf"]
    assert (verify().is_whole, OutboxMessage.objects.count()) == (True, told)
    assert changes_between(version.content, version.content) == []
