"""The report on a task: saved while it is written, submitted, taken back, returned, accepted."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns import letters
from campaigns.assembly import accepted_versions, gather
from campaigns.content import as_text, report_content, report_of, sections_of
from campaigns.enums import OWED, TaskState
from campaigns.models import TaskFile, TaskRemark, TaskReport, TaskReportVersion
from campaigns.owed import SUBJECT as REMINDED
from campaigns.rules import may_write
from campaigns.workflow import TASK_WORKFLOW
from core import clock
from core.dates import format_date
from core.workflow import WorkflowError, apply, lock
from core.working_days import working_days_after
from notifications.services import settle_notices

from .extensions import drop_requests
from .locking import lock_task

if TYPE_CHECKING:
    from campaigns.models import TaskTransition, UnitTask
    from organizations.models import User

#: Working days that a return gives when the office does not say otherwise.
RETURN_DAYS = 5


@dataclass(frozen=True)
class FigureInput:
    """A figure as it was read from the form; `typed` None follows what the portal counts."""

    typed: Decimal | int | None
    reason: str = ""


@dataclass(frozen=True)
class ReportInput:
    """What a save writes: only what is given is touched."""

    sections: dict[str, str] = field(default_factory=dict)
    figures: dict[str, FigureInput] = field(default_factory=dict)
    as_of: datetime.date | None = None


class StaleReport(Exception):
    """Somebody saved the report after the form was opened."""


def refuse_closed(task: UnitTask, by: User) -> None:
    """Raise when `by` may not change the report of a task, or nobody may any more."""
    if not may_write(task, by):
        raise WorkflowError(_("Chỉ người được giao nhiệm vụ này viết được báo cáo."))
    if task.state not in OWED:
        raise WorkflowError(_("Báo cáo đã nộp nên không sửa được. Rút lại nếu chưa được nhận, hoặc chờ kết quả."))
    if task.milestone.programme.is_closed:
        raise WorkflowError(_("Chương trình đã đóng nên không nhận báo cáo nữa."))


@transaction.atomic
def save_report(*, task: UnitTask, by: User, data: ReportInput, seen_version: int) -> TaskReport:
    """Write what was typed into the report of an owed task and count its version; the first save makes the report.

    Refused when the task is not open to the person; raises `StaleReport` when another save came after `seen_version`.
    """
    lock_task(task)
    refuse_closed(task, by)
    report, _made = TaskReport.objects.get_or_create(task=task, defaults={"as_of": clock.today()})
    task.report = report
    if report.version != seen_version:
        raise StaleReport
    _write(report, data)
    report.version += 1
    report.saved_at, report.saved_by = clock.now(), by
    report.save()
    return report


def _write(report: TaskReport, data: ReportInput) -> None:
    report.sections = {**report.sections, **data.sections}
    rows = {code: {"typed": as_text(row.typed), "reason": row.reason} for code, row in data.figures.items()}
    report.figures = {**report.figures, **rows}
    if data.as_of:
        report.as_of = data.as_of


@transaction.atomic
def submit_report(*, task: UnitTask, by: User) -> TaskTransition:
    """Freeze the report as a numbered version and hand it to who accepts it; an open request for more time ends.

    Refused while something is missing, before the milestone opens and after its programme was closed. After its day a
    report is still taken: `first_submitted_on` shows that it was late.
    """
    lock_task(task)
    # Held to the end, so that a programme that is closed meanwhile has counted this report, or refuses it.
    lock(task.milestone.programme)
    number = task.versions.count() + 1
    changes = {
        "submitted_at": clock.now(),
        "submitted_by": by,
        "first_submitted_on": task.first_submitted_on or clock.today(),
        "return_due": None,
    }
    log = apply(TASK_WORKFLOW, "submit", task, by=by, changes=changes)
    _freeze(task, by, number)
    _note(log, version=number)
    drop_requests(task=task, by=by)
    letters.take_back(task)
    settle_notices(subject_type=REMINDED, subject_id=task.pk)
    letters.tell_judges(task, log)
    return log


def _freeze(task: UnitTask, by: User, number: int) -> None:
    report = report_of(task)
    content = report_content(task, report)
    TaskReportVersion.objects.create(
        task=task,
        number=number,
        sections=content["sections"],
        figures=content["figures"],
        files=content["files"],
        as_of=report.as_of,
        made_at=clock.now(),
        made_by=by,
    )
    TaskFile.objects.filter(task=task, removed_at=None, sent_in=None).update(sent_in=number)


def _note(log: TaskTransition, **values: object) -> None:
    """Write what a step's row holds besides; the chain of the log mirrors none of it."""
    for name, value in values.items():
        setattr(log, name, value)
    log.save(update_fields=list(values))


@transaction.atomic
def withdraw_report(*, task: UnitTask, by: User) -> TaskTransition:
    """Take a report back while nobody accepted it; what was returned before is owed again by the day given then.

    What the office never judged counts as not handed in: the next one is the first, in time or late by its own day.
    """
    lock_task(task)
    given = day_given(task)
    changes = {"return_due": given} if given else {"first_submitted_on": None}
    target = TaskState.RETURNED if given else TaskState.OPEN
    log = apply(TASK_WORKFLOW, "withdraw", task, by=by, changes=changes, target=target)
    letters.take_back(task)
    return log


def day_given(task: UnitTask) -> datetime.date | None:
    """The day by which a submitted report is owed again once withdrawn; None when the office never returned it."""
    sent = task.transitions.filter(name="submit").last()
    if sent is None or sent.source != TaskState.RETURNED:
        return None
    returned = task.transitions.filter(name="return").last()
    return returned.due if returned else None


def proposed_return_day() -> datetime.date:
    """The day that the page of a return proposes."""
    return working_days_after(clock.today(), RETURN_DAYS)


class SentAnew(WorkflowError):
    """Another version came in after the page was drawn on which a decision was taken; `number` is that of the last."""

    def __init__(self, number: int) -> None:
        words = _(
            "Sau khi trang này được mở, bản %(n)d đã được nộp nên chưa ghi quyết định. Đọc bản %(n)d rồi chọn lại."
        )
        super().__init__(words % {"n": number})


def _lock_seen(task: UnitTask, seen: int | None) -> int:
    """Lock a task on which somebody decides; returns the number of its last version, which must be the one `seen`.

    Where none is named nothing is compared.
    """
    lock_task(task)
    number = task.versions.count()
    if task.state == TaskState.SUBMITTED and seen not in (None, number):
        raise SentAnew(number)
    return number


@transaction.atomic
def return_report(
    *,
    task: UnitTask,
    by: User,
    reason: str,
    due: datetime.date,
    remarks: Mapping[str, str] | None = None,
    seen: int | None = None,
) -> TaskTransition:
    """Give a report back with a reason, remarks on parts if there are any, and the day by which it is owed again.

    Refused without a reason, for a day that is not after today, and for another version than was `seen`.
    """
    if due <= clock.today():
        raise WorkflowError(_("Hạn bổ sung phải sau hôm nay (%(today)s).") % {"today": format_date(clock.today())})
    number = _lock_seen(task, seen)
    log = apply(TASK_WORKFLOW, "return", task, by=by, reason=reason, changes={"return_due": due})
    _note(log, due=due, version=number)
    known = {section.field for section in sections_of(task.milestone)} | {"figures", "files"}
    TaskRemark.objects.bulk_create(
        TaskRemark(task=task, transition=log, target=target, text=text.strip())
        for target, text in (remarks or {}).items()
        if target in known and text.strip()
    )
    letters.take_back(task)
    letters.tell_unit(task, log)
    return log


@transaction.atomic
def accept_report(*, task: UnitTask, by: User, seen: int | None = None) -> TaskTransition:
    """Accept a report: the unit owes nothing more.

    Refused to who submitted it, and for another version than was `seen`.
    """
    number = _lock_seen(task, seen)
    changes = {"accepted_at": clock.now(), "accepted_by": by}
    log = apply(TASK_WORKFLOW, "accept", task, by=by, changes=changes)
    _note(log, version=number)
    letters.take_back(task)
    letters.tell_unit(task, log)
    return log


@transaction.atomic
def gather_texts(*, task: UnitTask, by: User) -> int:
    """Put what the units wrote into the empty sections of the district's report; returns how many were filled.

    A section in which something stands already is left alone.
    """
    lock_task(task)
    refuse_closed(task, by)
    report = report_of(task)
    empty = {s.key for s in sections_of(task.milestone) if not report.sections.get(s.key, "").strip()}
    found = gather(task.milestone, accepted_versions(task.milestone.assembles)) if task.milestone.assembles else []
    texts = {
        part.key: "\n\n".join(f"{unit}:\n{text}" for unit, text in part.texts)
        for part in found
        if part.key in empty and part.texts
    }
    if texts:
        save_report(task=task, by=by, data=ReportInput(sections=texts), seen_version=report.version)
    return len(texts)
