"""What the units of the demo report: invented texts and figures, written and handed in like people's own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from campaigns.content import report_content, sections_of
from campaigns.enums import FileKind, TaskState
from campaigns.figures import figures_of
from campaigns.models import TaskFile, TaskReport, TaskReportVersion, UnitTask
from campaigns.workflow import TASK_WORKFLOW
from core import clock
from core.files import inspect_document
from core.text import slugify
from core.workflow import apply_all
from emulation_portal.demo.pictures import draw_paper
from organizations.models import User

if TYPE_CHECKING:
    from core.files.documents import DocumentFile

_FILE = Path(__file__).resolve().parent / "reports.json"
#: What the conditions of the step read of a task.
_RELATED = ("milestone__programme__unit", "unit", "report")


@cache
def _data() -> dict[str, Any]:
    return json.loads(_FILE.read_text(encoding="utf-8"))


@transaction.atomic
def hand_in_reports(*, tasks: Sequence[UnitTask], by: User) -> list[UnitTask]:
    """Write the reports of open tasks that one person answers, and submit them on the day of the clock.

    Call it within `clock.replay_at`. Safe to repeat: a task that is not open, and a report that somebody began, stay as
    they are. Returns the tasks that were handed in. Nobody is told: what is replayed is long past.
    """
    fresh = [
        task for task in tasks if task.state == TaskState.OPEN and not TaskReport.objects.filter(task=task).exists()
    ]
    if not fresh:
        return []
    for task in fresh:
        write_report(task=task, by=by)
    changes = {"submitted_at": clock.now(), "submitted_by": by, "first_submitted_on": clock.today()}
    apply_all(
        TASK_WORKFLOW, "submit", fresh, by=by, changes=changes, related=_RELATED, noted=lambda task: {"version": 1}
    )
    TaskReportVersion.objects.bulk_create(_version(task, by) for task in fresh)
    TaskFile.objects.filter(task__in=fresh).update(sent_in=1)
    return fresh


def write_report(*, task: UnitTask, by: User) -> TaskReport:
    """Write a whole report on an owed task of the demo, with its signed paper where one is asked."""
    task.report = TaskReport.objects.create(
        task=task,
        sections={s.key: _text(task, s.key) for s in sections_of(task.milestone)},
        figures={f.code: _figure(task, f.code, f.is_counted) for f in figures_of(task.milestone)},
        as_of=clock.today(),
        version=1,
        saved_at=clock.now(),
        saved_by=by,
    )
    if task.milestone.asks_files:
        _sign(task, by)
    return task.report


def _version(task: UnitTask, by: User) -> TaskReportVersion:
    content = report_content(task, task.report)
    parts = {name: content[name] for name in ("sections", "figures", "files")}
    return TaskReportVersion(task=task, number=1, as_of=task.report.as_of, made_at=clock.now(), made_by=by, **parts)


def _chance(task: UnitTask, what: str, count: int) -> int:
    """A number below `count`, the same at every seeding."""
    mark = hashlib.sha256(f"{task.unit.code}/{task.milestone.code}/{what}".encode()).digest()
    return int.from_bytes(mark[:4]) % count


def _text(task: UnitTask, key: str) -> str:
    data, unit = _data(), task.unit.name_in_text
    own = data["units"].get(slugify(task.unit.short_name), {}).get(key)
    series = task.milestone.series or task.milestone.code
    choices = data["sections"].get(key) or data["texts"].get(series) or data["texts"]["BD"]
    text = own or choices[_chance(task, key, len(choices))]
    return text.replace("{unit}", unit).replace("{Unit}", unit[:1].upper() + unit[1:])


def _figure(task: UnitTask, code: str, is_counted: bool) -> dict[str, Any]:
    """A typed figure; what the registry counts is left to it."""
    if is_counted:
        return {"typed": None, "reason": ""}
    low, high = _data()["figures"][code]
    return {"typed": str(low + _chance(task, code, high - low + 1)), "reason": ""}


def _sign(task: UnitTask, by: User) -> None:
    """Keep the signed paper of a report, as an upload would be; units share its words, so it is judged once."""
    paper = _paper(task.milestone.short_title)
    TaskFile.objects.create(
        task=task,
        kind=FileKind.SIGNED,
        file=paper.file,
        original_name=paper.download_name,
        content_type=paper.content_type,
        size=paper.size,
        sha256=paper.sha256,
        uploaded_by=by,
        uploaded_at=clock.now(),
    )


@cache
def _paper(title: str) -> DocumentFile:
    content = draw_paper("report", title)
    return inspect_document(SimpleUploadedFile("bao-cao-co-chu-ky.pdf", content, content_type="application/pdf"))
