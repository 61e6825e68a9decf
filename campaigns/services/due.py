"""Moving the due date of a published milestone, and with it the days of its tasks."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from campaigns import letters
from campaigns.enums import ExtensionState
from campaigns.models import Extension, Milestone, UnitTask
from core import clock
from core.dates import format_date
from core.history import keep_history
from core.workflow import WorkflowError

from .extensions import drop_fulfilled
from .milestone import refuse_outside
from .programme import note, refuse_closed, refuse_others

if TYPE_CHECKING:
    from organizations.models import User


@transaction.atomic
def change_due(*, milestone: Milestone, by: User, due: datetime.date, reason: str) -> int:
    """Move the due date of a published milestone and of its tasks, whose officers hear of it; returns how many moved.

    A unit with an extension keeps its own day where that is later. Moved back it does not hold for those that handed
    in after the new day, so that nobody becomes late afterwards. Refused without a reason, outside the period, in the
    past.
    """
    milestone = Milestone.objects.select_for_update(of=("self",)).select_related("programme__unit").get(pk=milestone.pk)
    refuse_others(milestone.programme, by)
    refuse_closed(milestone.programme)
    if not reason.strip():
        raise WorkflowError(_("Ghi lý do đổi hạn để lưu hồ sơ."))
    _refuse_day(milestone, due)
    before = milestone.due
    milestone.due, milestone.closes, milestone.dates_set_by_office = due, max(due, milestone.closes), True
    milestone.save(update_fields=["due", "closes", "dates_set_by_office"])
    moved = _move_tasks(milestone, before, by)
    dates = {"milestone": milestone.code, "before": before.isoformat(), "due": due.isoformat()}
    note(milestone.programme, by, "milestone.due", reason=reason.strip(), tasks=len(moved), **dates)
    drop_fulfilled(milestone=milestone, by=by)
    letters.tell_due(milestone, before, reason.strip(), moved)
    return len(moved)


def _refuse_day(milestone: Milestone, due: datetime.date) -> None:
    refuse_outside(milestone.programme, due)
    if due == milestone.due:
        raise WorkflowError(_("Hạn mới trùng với hạn đang có."))
    if due < milestone.opens:
        raise WorkflowError(_("Hạn nộp phải từ ngày mở (%(day)s).") % {"day": format_date(milestone.opens)})
    if due < clock.today():
        raise WorkflowError(_("Hạn mới không được trước hôm nay (%(day)s).") % {"day": format_date(clock.today())})


def _move_tasks(milestone: Milestone, before: datetime.date, by: User) -> Sequence[UnitTask]:
    locked = milestone.tasks.select_for_update().order_by("pk")
    if milestone.due < before:
        locked = locked.filter(Q(first_submitted_on=None) | Q(first_submitted_on__lte=milestone.due))
    rows = list(locked)
    granted = _granted_days(milestone)
    moved: dict[datetime.date, list[UnitTask]] = defaultdict(list)
    for task in rows:
        own = granted.get(task.pk, task.due) if task.is_extended else milestone.due
        if (day := max(own, milestone.due)) != task.due:
            task.due = day
            moved[day].append(task)
    for day, tasks in moved.items():
        UnitTask.objects.filter(pk__in=[task.pk for task in tasks]).update(due=day)
    found = [task for tasks in moved.values() for task in tasks]
    keep_history(found, by)
    return found


def _granted_days(milestone: Milestone) -> dict[int, datetime.date]:
    """Task id → the day of its last extension."""
    rows = Extension.objects.filter(task__milestone=milestone, state=ExtensionState.GRANTED, granted__isnull=False)
    return dict(rows.order_by("pk").values_list("task", "granted"))  # type: ignore[arg-type]
