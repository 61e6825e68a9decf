"""What breaks each constraint of tasks and their reports, for the test of all constraints."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.models import F

from campaigns.models import Extension, TaskFile, TaskRemark, TaskReport, TaskReportVersion, UnitTask
from campaigns.services import ask_extension, grant_extension, return_report
from core import clock
from tests.campaigns.makers import task_of
from tests.campaigns.task_makers import bring, review, write
from tests.factories import World

Break = Callable[[World], Any]
LATER = datetime.date(2030, 1, 1)


def again(row: models.Model, **values: Any) -> None:
    """Store the row a second time, changed only by `values`."""
    row.pk = None
    row._state.adding = True
    for name, value in values.items():
        setattr(row, name, value)
    row.save(force_insert=True)


def a_task(world: World, state: str = "open") -> UnitTask:
    """A task of commune A in a state, due long after today whatever day the tests run."""
    days = {"opens": datetime.date(2021, 1, 1), "due": datetime.date(2029, 1, 1), "closes": LATER}
    milestone = review(world, **days)
    type(milestone.programme).objects.filter(pk=milestone.programme_id).update(ends=LATER)
    return bring(task_of(milestone, world.commune_a), state, by=world.officer, judge=world.reviewer)


def set_on(state: str, /, **values: Any) -> Break:
    """Write `values` over a task in a state."""
    return lambda world: UnitTask.objects.filter(pk=a_task(world, state).pk).update(**values)


def an_extension(world: World, granted: bool = False) -> Extension:
    extension = ask_extension(task=a_task(world), by=world.officer, wanted=datetime.date(2029, 2, 1), reason="Chờ.")
    if granted:
        grant_extension(extension=extension, by=world.reviewer, day=datetime.date(2029, 2, 1))
    return extension


def set_on_extension(granted: bool, /, **values: Any) -> Break:
    return lambda world: Extension.objects.filter(pk=an_extension(world, granted).pk).update(**values)


def a_remark(world: World) -> TaskRemark:
    task, day = a_task(world, "submitted"), clock.today() + datetime.timedelta(days=1)
    return_report(task=task, by=world.reviewer, reason="Thiếu.", due=day, remarks={"figures": "Ghi rõ."})
    return TaskRemark.objects.get()


def a_file(world: World) -> TaskFile:
    task = a_task(world)
    write(task, world.officer)
    TaskFile.objects.update(upload_key="0b9f8a52-7d3e-4f62-9c1a-2f7f0d9f1a11")
    return TaskFile.objects.get()


BREAKS: dict[str, list[Break]] = {
    "one_task_a_unit": [lambda world: again(a_task(world))],
    "handed_in_task_has_submitter": [
        set_on("submitted", submitted_at=None),
        set_on("submitted", submitted_by=None),
        set_on("submitted", first_submitted_on=None),
    ],
    "accepted_task_has_acceptor": [
        set_on("accepted", accepted_by=None),
        set_on("accepted", accepted_at=None),
        set_on("submitted", accepted_at=clock.now()),
    ],
    "returned_task_has_date": [set_on("returned", return_due=None), set_on("submitted", return_due=LATER)],
    "nobody_accepts_what_they_submitted": [set_on("accepted", submitted_by=F("accepted_by"))],
    "one_open_extension_a_task": [lambda world: again(an_extension(world))],
    "answered_extension_has_answerer": [
        set_on_extension(True, answered_by=None),
        set_on_extension(True, answered_at=None),
        set_on_extension(False, answered_at=clock.now()),
    ],
    "granted_extension_has_date": [set_on_extension(True, granted=None), set_on_extension(False, granted=LATER)],
    "saved_report_has_writer": [
        lambda world: TaskReport.objects.filter(task=a_task(world, "submitted")).update(saved_by=None),
        lambda world: TaskReport.objects.filter(task=a_task(world, "submitted")).update(version=0),
    ],
    "one_report_version_a_number": [
        lambda world: again(TaskReportVersion.objects.get(task=a_task(world, "submitted")))
    ],
    "one_remark_a_part_and_return": [lambda world: again(a_remark(world))],
    "report_remark_has_text": [lambda world: TaskRemark.objects.filter(pk=a_remark(world).pk).update(text="")],
    "same_file_once_a_report": [lambda world: again(a_file(world), upload_key="")],
    "one_report_file_an_upload": [lambda world: again(a_file(world), sha256="0" * 64)],
}
