"""Tasks in any number: a programme for each generated district, its milestones, a task for each commune in each."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from campaigns.enums import Duty, TaskState
from campaigns.models import Milestone, Programme, UnitTask
from core import clock
from organizations.enums import Role, UnitKind
from organizations.models import RoleAssignment, Unit
from organizations.querysets import path_end

from .units import BATCH, MARK, SINCE

ENDS = datetime.date(2025, 12, 31)
#: The due dates of milestones lie so far apart; the middle one is due on MIDDLE.
MIDDLE, APART = datetime.date(2023, 6, 15), datetime.timedelta(days=28)


def make_tasks(milestones: int) -> int:
    """Make what is missing of the tasks; returns how many there are. Of what was due, one in twenty is still owed."""
    heads = dict(
        RoleAssignment.objects.filter(role=Role.INTERIOR_HEAD, unit__code__startswith=MARK).values_list("unit", "user")
    )
    districts = list(Unit.objects.filter(pk__in=heads).values_list("pk", "code", "path"))
    Programme.objects.bulk_create(
        (_programme(pk, code) for pk, code, _path in districts), batch_size=BATCH, ignore_conflicts=True
    )
    programmes = dict(Programme.objects.filter(code__startswith=MARK).values_list("unit", "pk"))
    made = (_milestone(programmes[pk], heads[pk], n, milestones) for pk, *_rest in districts for n in range(milestones))
    Milestone.objects.bulk_create(made, batch_size=BATCH, ignore_conflicts=True)
    for pk, _code, path in districts:
        rows = _tasks(programmes[pk], heads[pk], path)
        UnitTask.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return UnitTask.objects.filter(milestone__programme__code__startswith=MARK).count()


def _programme(unit: int, code: str) -> Programme:
    return Programme(
        code=code, name="Chương trình quy mô lớn", unit_id=unit, issuer="Ủy ban nhân dân huyện", starts=SINCE,
        ends=ENDS, reminders_on=True,
    )  # fmt: skip


def _milestone(programme: int, head: int, number: int, count: int) -> Milestone:
    due = MIDDLE + (number - count // 2) * APART
    return Milestone(
        programme_id=programme,
        code=f"M{number:02}",
        title=f"Báo cáo kỳ {number + 1}",
        short_title=f"Báo cáo kỳ {number + 1}",
        duty=Duty.REPORT,
        opens=due - APART,
        due=due,
        closes=due + APART,
        unit_kinds=[UnitKind.COMMUNE.value],
        published_at=clock.now(),
        published_by_id=head,
    )


def _tasks(programme: int, head: int, path: str) -> Iterator[UnitTask]:
    """Tasks of one district; who handed in, and when, follows from the numbers of unit and milestone."""
    units = list(
        Unit.objects.filter(path__gt=path, path__lt=path_end(path), kind=UnitKind.COMMUNE).values_list("pk", flat=True)
    )
    officers = dict(RoleAssignment.objects.filter(role=Role.OFFICER, unit__in=units).values_list("unit", "user"))
    today, now = clock.today(), clock.now()
    for milestone, due in Milestone.objects.filter(programme=programme).values_list("pk", "due"):
        for number, unit in enumerate(units):
            task = UnitTask(milestone_id=milestone, addressed_id=unit, unit_id=unit, due=due)
            if due < today and (number * 7 + milestone) % 20:
                task.state, task.first_submitted_on = TaskState.ACCEPTED, due
                task.submitted_at = task.accepted_at = now
                task.submitted_by_id, task.accepted_by_id = officers[unit], head
            yield task
