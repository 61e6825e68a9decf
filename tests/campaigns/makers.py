"""Makers of programmes, milestones and tasks; tasks come by publishing."""

from __future__ import annotations

import datetime
from typing import Any

import factory
from factory.django import DjangoModelFactory

from campaigns.enums import Duty
from campaigns.models import Milestone, UnitTask
from campaigns.services import publish_milestone
from core import clock
from organizations.enums import UnitKind
from organizations.models import Unit
from tests.factories import ProgrammeFactory, World


class MilestoneFactory(DjangoModelFactory):
    """The June review of units; addressed to the communes of its programme's district."""

    class Meta:
        model = Milestone

    programme = factory.SubFactory(ProgrammeFactory)
    code = factory.Sequence(lambda n: f"M{n}")
    title = "Sơ kết 03 năm (2021–2023)"
    short_title = "Sơ kết 3 năm"
    duty = Duty.REPORT
    opens = datetime.date(2023, 6, 1)
    due = datetime.date(2023, 6, 15)
    closes = datetime.date(2023, 6, 30)
    unit_kinds = factory.LazyFunction(lambda: [UnitKind.COMMUNE.value])


def publish(world: World, **values: Any) -> Milestone:
    """A published milestone of the world's first district: one task for each of its communes."""
    values.setdefault("programme", None)
    programme = values.pop("programme") or ProgrammeFactory(unit=world.district)
    milestone = MilestoneFactory(programme=programme, **values)
    publish_milestone(milestone=milestone, by=world.people["interior_head"])
    milestone.refresh_from_db()
    return milestone


def task_of(milestone: Milestone, unit: Any) -> UnitTask:
    """The task of one unit."""
    return UnitTask.objects.select_related("milestone__programme", "unit").get(milestone=milestone, unit=unit)


def bring_on(task: UnitTask, state: str, world: World, on: datetime.date = datetime.date(2023, 6, 2)) -> UnitTask:
    """Take a task to a state through the services, by the people of the world, all on one day."""
    officer = world.people["officer" if task.unit_id == world.commune_a.pk else "other_officer"]
    from tests.campaigns.task_makers import bring  # noqa: PLC0415  it stands on these makers

    with clock.replay_at(datetime.datetime.combine(on, datetime.time(9), tzinfo=clock.VIETNAM)):
        return bring(task, state, by=officer, judge=world.people["reviewer"])


def many_units(world: World, count: int) -> list[Unit]:
    """Communes of the district, made at once; the tree does not count them."""
    base = world.district.path
    return Unit.objects.bulk_create(
        Unit(
            code=f"N{number}",
            name=f"Xã thứ {number}",
            short_name=f"Xã thứ {number}",
            kind=UnitKind.COMMUNE,
            valid_from=datetime.date(2020, 1, 1),
            sort_key=f"{number:06d}",
            path=base + Unit._int2str(100 + number).rjust(Unit.steplen, "0"),
            depth=world.district.depth + 1,
        )
        for number in range(count)
    )
