"""What the pages of tasks show: the last return, the history, the yearly duties of a unit."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from campaigns.enums import Duty, ExtensionState, TaskState
from campaigns.models import Milestone, TaskRemark, TaskTransition, UnitTask
from campaigns.task_journal import STEP_WORDS
from core.dates import format_date

if TYPE_CHECKING:
    from organizations.models import Unit, User

#: The look of each step in the timeline.
_LOOKS = {"submit": "submitted", "withdraw": "draft", "return": "returned", "accept": "done"}


def return_of(task: UnitTask) -> TaskTransition | None:
    """The last return of a task that is owed again; None in every other state."""
    if task.state != TaskState.RETURNED:
        return None
    return task.transitions.filter(name="return").select_related("actor").last()


def remarks_of_return(task: UnitTask) -> list[TaskRemark]:
    """The remarks of the last return, while it is owed again."""
    if task.state != TaskState.RETURNED:
        return []
    last = task.transitions.filter(name="return").last()
    return list(last.remarks.select_related("transition__actor")) if last else []


@dataclass(frozen=True)
class Event:
    """One line of a task's history."""

    at: datetime.datetime
    title: str
    actor: str
    note: str
    state: str


def history_of(task: UnitTask) -> list[Event]:
    """Everything that happened to a task, the last first: three queries."""
    steps = task.transitions.select_related("actor").prefetch_related("remarks")
    events = [_step_event(step) for step in steps]
    for extension in task.extensions.select_related("asked_by", "answered_by"):
        events += _extension_events(extension)
    milestone = task.milestone
    if milestone.published_at and milestone.published_by:
        note = _("Hạn nộp %(day)s") % {"day": format_date(milestone.due)}
        events.append(Event(milestone.published_at, _("Giao nhiệm vụ"), milestone.published_by.full_name, note, "open"))
    return sorted(events, key=lambda event: event.at, reverse=True)


def _step_event(step: TaskTransition) -> Event:
    lines = [step.reason, *(remark.text for remark in step.remarks.all())]
    if step.due:
        lines.append(_("Hạn bổ sung %(day)s") % {"day": format_date(step.due)})
    title = str(STEP_WORDS[step.name])
    if step.name == "submit":
        title = _("%(step)s, bản %(n)d") % {"step": title, "n": step.version or 1}
    return Event(step.at, title, step.actor.full_name, "\n".join(filter(None, lines)), _LOOKS[step.name])


def _extension_events(extension: Any) -> list[Event]:
    wanted = _("Xin lùi hạn đến %(day)s") % {"day": format_date(extension.wanted)}
    events = [Event(extension.asked_at, wanted, extension.asked_by.full_name, extension.reason, "waiting")]
    if extension.state == ExtensionState.OPEN:
        return events
    if extension.state == ExtensionState.GRANTED:
        title, look = _("Cho lùi hạn đến %(day)s") % {"day": format_date(extension.granted)}, "done"
    elif extension.state == ExtensionState.DROPPED:
        title, look = _("Không cần gia hạn nữa"), "ended"
    else:
        title, look = _("Không gia hạn"), "rejected"
    return [*events, Event(extension.answered_at, title, extension.answered_by.full_name, extension.answer, look)]


@dataclass(frozen=True)
class DutyRow:
    """One yearly duty of a unit with the tasks in which it is fulfilled."""

    duty: Duty
    tasks: list[UnitTask]


def duties_of(unit: Unit, year: int, user: User) -> list[DutyRow]:
    """The four yearly duties of a unit (R48), each with its tasks of the year, by day: one query."""
    rows = (
        UnitTask.objects.visible_to(user)
        .filter(unit=unit, milestone__due__year=year)
        .select_related("milestone__programme", "unit", "addressed")
        .order_by("due", "pk")
    )
    tasks = list(rows)
    return [DutyRow(duty, [task for task in tasks if task.milestone.duty == duty]) for duty in Duty]


def years_of(unit: Unit, user: User) -> list[int]:
    """The years in which a unit has tasks that the person reads, the last first."""
    tasks = UnitTask.objects.visible_to(user).filter(unit=unit)
    days: Iterable[datetime.date] = Milestone.objects.filter(pk__in=tasks.values("milestone")).dates("due", "year")
    return sorted({day.year for day in days}, reverse=True)


def next_to_judge(task: UnitTask, user: User) -> UnitTask | None:
    """The report that waits next in the queue of the office: the one that came first, without this one."""
    waiting = queue_of(user).exclude(pk=task.pk)
    return waiting.first()


def queue_of(user: User) -> Any:
    """Reports that wait for the person, the one that came first on top; own ones are for somebody else."""
    return (
        UnitTask.objects.judged_by(user)
        .filter(state=TaskState.SUBMITTED)
        .exclude(submitted_by=user)
        .order_by("submitted_at", "pk")
    )
