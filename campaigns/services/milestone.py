"""What the head of the office decides about milestones: their content, yearly repetition, due dates, exceptions."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.models import Milestone, Programme, ReminderException, UnitTask
from campaigns.years import shift_date, shift_words
from core import clock
from core.dates import format_date
from core.history import keep_history
from core.workflow import WorkflowError, lock
from organizations.models import Unit

from .programme import note, refuse_closed, refuse_others

if TYPE_CHECKING:
    from organizations.models import User

#: The dates of a published milestone change by `change_due` alone, because tasks stand on them.
DATES = ("opens", "due", "closes")
_REPEATED = [
    *("title", "short_title", "text", "quote", "tier", "duty", "addressing", "unit_kinds", "block_id"),
    *("asks_text", "asks_figures", "asks_files", "outline", "figures", "ladder", "position"),
]


@transaction.atomic
def save_milestone(*, milestone: Milestone, by: User, values: Mapping[str, Any], chosen: Iterable[Unit]) -> Milestone:
    """Write a milestone, new or known; of a published one the dates stay. Refused outside the programme's period."""
    programme = milestone.programme
    refuse_others(programme, by)
    refuse_closed(programme)
    fresh = milestone.pk is None
    if not fresh:
        lock(milestone)
    kept = DATES if milestone.is_published else ()
    for name, value in values.items():
        if name not in kept:
            setattr(milestone, name, value)
    _refuse_outside(programme, milestone.due)
    if fresh:
        milestone.code = next_code(programme)
        milestone.position = programme.milestones.count() + 1
        milestone.dates_set_by_office = True
    milestone.save()
    milestone.chosen_units.set(chosen)
    note(programme, by, "milestone.add" if fresh else "milestone.save", milestone=milestone.code)
    return milestone


def _refuse_outside(programme: Programme, due: datetime.date) -> None:
    if not programme.starts <= due <= programme.ends:
        raise WorkflowError(
            _("Hạn nộp phải trong giai đoạn của chương trình, từ %(first)s đến %(last)s.")
            % {"first": format_date(programme.starts), "last": format_date(programme.ends)}
        )


def next_code(programme: Programme) -> str:
    """A code that no milestone of the programme has."""
    taken = set(programme.milestones.values_list("code", flat=True))
    return next(code for number in range(1, len(taken) + 2) if (code := f"MR{number}") not in taken)


@transaction.atomic
def repeat_milestone(*, milestone: Milestone, by: User) -> list[Milestone]:
    """Repeat a yearly milestone into the years of the period that have none of its series; returns the new ones.

    They come unpublished. 29 February becomes the 28th where the year has none.
    """
    programme = Programme.objects.select_for_update(of=("self",)).select_related("unit").get(pk=milestone.programme_id)
    refuse_others(programme, by)
    refuse_closed(programme)
    if not milestone.series:
        milestone.series = milestone.code[:20]
        milestone.save(update_fields=["series"])
    same = programme.milestones.filter(series=milestone.series).values_list("due", flat=True)
    years = set(range(programme.starts.year, programme.ends.year + 1)) - {due.year for due in same}
    made = [copy for year in sorted(years) if (copy := _copy_into(milestone, programme, year - milestone.due.year))]
    if made:
        note(programme, by, "milestone.repeat", milestone=milestone.code, years=[copy.due.year for copy in made])
    return made


def _copy_into(milestone: Milestone, programme: Programme, years: int) -> Milestone | None:
    due = shift_date(milestone.due, years)
    if not programme.starts <= due <= programme.ends:
        return None
    copy = Milestone(programme=programme, series=milestone.series, dates_set_by_office=True)
    for name in _REPEATED:
        setattr(copy, name, getattr(milestone, name))
    for name in ("title", "short_title", "text"):
        setattr(copy, name, shift_words(getattr(milestone, name), years, milestone.due.year, milestone.due.year))
    for name in (*DATES, "anchor"):
        day = getattr(milestone, name)
        setattr(copy, name, day and shift_date(day, years))
    copy.code = f"{milestone.series[:15]}-{due.year}"
    if programme.milestones.filter(code=copy.code).exists():
        copy.code = next_code(programme)
    copy.save()
    copy.chosen_units.set(milestone.chosen_units.all())
    return copy


@transaction.atomic
def change_due(*, milestone: Milestone, by: User, due: datetime.date, reason: str) -> int:
    """Move the due date of a published milestone and of its tasks that were not extended; returns how many moved.

    Moved forward it holds for every such task, moved back only for those that handed nothing in yet, so that nobody
    becomes late afterwards. Refused without a reason or outside the period.
    """
    milestone = Milestone.objects.select_for_update(of=("self",)).select_related("programme__unit").get(pk=milestone.pk)
    refuse_others(milestone.programme, by)
    refuse_closed(milestone.programme)
    _refuse_outside(milestone.programme, due)
    if not reason.strip():
        raise WorkflowError(_("Ghi lý do đổi hạn để lưu hồ sơ."))
    before = milestone.due
    if due == before:
        raise WorkflowError(_("Hạn mới trùng với hạn đang có."))
    if due < milestone.opens:
        raise WorkflowError(_("Hạn nộp phải từ ngày mở đến ngày đóng."))
    milestone.due, milestone.closes = due, max(due, milestone.closes)
    milestone.save(update_fields=["due", "closes"])
    moved = _move_tasks(milestone, before, by)
    dates = {"milestone": milestone.code, "before": before.isoformat(), "due": due.isoformat()}
    note(milestone.programme, by, "milestone.due", reason=reason.strip(), tasks=moved, **dates)
    return moved


def _move_tasks(milestone: Milestone, before: datetime.date, by: User) -> int:
    rows = milestone.tasks.select_for_update().filter(is_extended=False).order_by("pk")
    if milestone.due < before:
        rows = rows.filter(first_submitted_on=None)
    tasks = list(rows)
    UnitTask.objects.filter(pk__in=[task.pk for task in tasks]).update(due=milestone.due)
    for task in tasks:
        task.due = milestone.due
    keep_history(tasks, by)
    return len(tasks)


@transaction.atomic
def add_exception(*, milestone: Milestone, by: User, unit: Unit, reason: str) -> ReminderException:
    """Leave one unit out of the reminders of a milestone, with the reason; urging by hand stays possible."""
    refuse_others(milestone.programme, by)
    refuse_closed(milestone.programme)
    if not reason.strip():
        raise WorkflowError(_("Ghi lý do không nhắc đơn vị này."))
    row, _made = ReminderException.objects.update_or_create(
        milestone=milestone,
        unit=unit,
        defaults={"reason": reason.strip(), "made_by": by, "made_at": clock.now()},
    )
    reason, names = reason.strip(), {"milestone": milestone.code}
    note(milestone.programme, by, "milestone.exception", reason=reason, unit=unit.pk, **names)
    return row


@transaction.atomic
def remove_exception(*, exception: ReminderException, by: User) -> None:
    """Remind the unit again from now on."""
    milestone = exception.milestone
    refuse_others(milestone.programme, by)
    refuse_closed(milestone.programme)
    exception.delete()
    note(milestone.programme, by, "milestone.remind_again", milestone=milestone.code, unit=exception.unit_id)
