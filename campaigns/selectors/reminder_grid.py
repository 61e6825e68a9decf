"""The proof by milestone × unit × step: how each step of a unit's ladder stands, and why."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from campaigns.models import Milestone, UnitTask
from campaigns.owed import SUBJECT
from core import clock
from notifications.ladder import newest_step, step_day
from notifications.models import Reminder
from notifications.reminder_models import ReminderState, Tier

from .reminders import LOOKS, step_words


@dataclass(frozen=True)
class Step:
    """One cell of a unit's ladder: how it stands, in which look, when."""

    words: str
    look: str
    word: str
    day: datetime.date
    why: str = ""


@dataclass(frozen=True)
class UnitLadder:
    """The steps of one unit for one milestone and one due date; the date in force, or one of which it was told."""

    unit: str
    due: datetime.date
    steps: list[Step]
    in_force: bool


#: (task, due date, offset) → state and reason of each reminder.
Told = dict[tuple[int, datetime.date, int], list[tuple[str, str]]]


def unit_ladders(milestone: Milestone, tasks: Sequence[UnitTask]) -> list[UnitLadder]:
    """The ladders of some tasks of one milestone, one for each due date they had or were told of: one query for all."""
    told: Told = defaultdict(list)
    rows = Reminder.objects.filter(subject_type=SUBJECT, subject_id__in=[task.pk for task in tasks])
    rows = rows.filter(tier__in=(Tier.OWNER, Tier.UNMANNED)).order_by("pk")
    for pk, due, offset, state, reason in rows.values_list("subject_id", "due", "offset", "state", "reason"):
        told[pk, due, offset].append((state, reason))
    offsets = sorted({*milestone.steps, *(offset for _pk, _due, offset in told)})
    dues: dict[int, set[datetime.date]] = {task.pk: {_due(task)} for task in tasks}
    for pk, due, _offset in told:
        dues[pk].add(due)
    return [_ladder(milestone, task, due, offsets, told) for task in tasks for due in sorted(dues[task.pk])]


def _due(task: UnitTask) -> datetime.date:
    return task.owed_by or task.due


def _ladder(milestone: Milestone, task: UnitTask, due: datetime.date, offsets: Sequence[int], told: Told) -> UnitLadder:
    in_force, steps = due == _due(task), []
    for offset in offsets:
        day, rows = step_day(due, offset), told.get((task.pk, due, offset))
        look, word, why = _told(rows) if rows else ("open", _("Không nhắc"), "")
        if in_force and not rows:
            told_later = any((task.pk, due, later) in told for later in offsets if later > offset)
            look, word, why = _untold(milestone, task, offset, day, told_later=told_later)
        steps.append(Step(step_words(offset), look, word, day, why))
    return UnitLadder(task.named(task.unit.name), due, steps, in_force)


#: What of several channels and people counts for a step: one that reached somebody, else what is worse.
_WORTH = (ReminderState.SENT, ReminderState.PLANNED, ReminderState.FAILED, ReminderState.SKIPPED)


def _told(rows: list[tuple[str, str]]) -> tuple[str, str, str]:
    state, reason = min(rows, key=lambda one: _WORTH.index(ReminderState(one[0])))
    failed = next((why for other, why in rows if other == ReminderState.FAILED), "")
    return LOOKS[state], str(ReminderState(state).label), reason or failed


def _untold(
    milestone: Milestone, task: UnitTask, offset: int, day: datetime.date, *, told_later: bool
) -> tuple[str, str, str]:
    """Why nobody was told of a step, as far as it is known: handed in by then, still to come, not to come."""
    today, due = clock.today(), _due(task)
    if not task.is_owed and task.first_submitted_on and task.first_submitted_on <= day:
        return "open", _("Đã nộp"), ""
    stopped = _stopped(milestone)
    if day > today and not milestone.programme.closed_at:
        return "open", _("Chưa tới ngày"), stopped
    if task.is_owed and newest_step(due, milestone.steps, today) == offset:
        return ("hold", _("Không nhắc"), stopped) if stopped else ("waiting", _("Chờ lượt nhắc"), "")
    if day > today:
        return "hold", _("Không nhắc"), stopped
    if milestone.published_at and day < milestone.published_at.astimezone(clock.VIETNAM).date():
        return "hold", _("Không nhắc"), _("Nhiệm vụ giao sau ngày này.")
    return "hold", _("Không nhắc"), _("Đã nhắc ở bậc sau.") if told_later else _("Lúc đó chưa nhắc theo hạn này.")


def _stopped(milestone: Milestone) -> str:
    """Why no run tells of the milestone any more; "" while runs do."""
    if milestone.programme.closed_at:
        return _("Chương trình đã đóng.")
    return "" if milestone.programme.reminders_on else _("Chương trình đang tắt nhắc hạn.")
