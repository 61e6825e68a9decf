"""What waits for a person in the schedule, by deadline (ux.md (b) 3)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Case, F, Q, When
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock
from core.dates import format_date
from core.desk import DeskItem, group_of, in_order
from organizations.enums import OFFICE_ROLES, Role
from organizations.querysets import path_condition

from .enums import ExtensionState, TaskState, Tier
from .models import Extension, UnitTask
from .querysets import of_programmes_below
from .selectors.tasks import queue_of

if TYPE_CHECKING:
    from organizations.models import User

#: Rows of each kind on a desk; the lists hold the rest.
DESK_ROWS = 15
#: What a row names of its task.
_SHOWN = ("milestone", "unit", "addressed")


@dataclass(frozen=True)
class WaitingTask:
    """A report that waits for the office, or a request for more time: with whom and since when."""

    title: str
    note: str
    url: str
    since: datetime.datetime


def desk_items(user: User) -> list[DeskItem]:
    """What waits for `user` in the schedule, most urgent first.

    One query for the unit's side, two for the office's, one for those who lead.
    """
    items: list[DeskItem] = []
    if user.access.has(Role.OFFICER, *OFFICE_ROLES):
        items += [_owed_item(task) for task in _owed(user)]
    if user.access.has(*OFFICE_ROLES):
        items += [_report_item(task) for task in queue_of(user).select_related(*_SHOWN)[:DESK_ROWS]]
        items += [_extension_item(extension) for extension in _asked(user)]
    if user.access.has(Role.UNIT_LEADER, Role.LEADER):
        items += [_late_item(task) for task in _late_below(user)]
    return in_order(items)


def _owed(user: User) -> list[UnitTask]:
    day = Case(When(state=TaskState.RETURNED, then=F("return_due")), default=F("due"))
    rows = UnitTask.objects.written_by(user).owed().filter(milestone__programme__closed_at=None)
    return list(rows.annotate(day=day).select_related(*_SHOWN).order_by("day", "pk")[:DESK_ROWS])


def _owed_item(task: UnitTask) -> DeskItem:
    returned = task.state == TaskState.RETURNED
    if task.milestone.names_its_paper:
        title = _("Bổ sung: %(name)s") if returned else _("Nộp: %(name)s")
    else:
        title = _("Bổ sung báo cáo: %(name)s") if returned else _("Nộp báo cáo: %(name)s")
    due = task.owed_by
    return DeskItem(
        title=title % {"name": task.milestone.title},
        note=task.unit_label,
        url=reverse("campaigns:task_report", args=[task.pk]),
        action=_("Bổ sung") if returned else _("Viết báo cáo"),
        group=group_of(due),
        due=due,
    )


def _late_below(user: User) -> list[UnitTask]:
    """What is late of a unit that the person leads, or of the office of the district; not what is theirs to do."""
    units = path_condition(user.access.paths(Role.UNIT_LEADER), "unit__") & Q(milestone__tier=Tier.UNIT)
    district = of_programmes_below(user.access.paths(Role.LEADER), tier=Tier.DISTRICT)
    rows = UnitTask.objects.overdue(clock.today()).filter(units | district, milestone__programme__closed_at=None)
    own = path_condition(user.access.paths(Role.OFFICER), "unit__") & Q(milestone__tier=Tier.UNIT)
    return list(rows.exclude(own).select_related(*_SHOWN).order_by("due", "pk")[:DESK_ROWS])


def _late_item(task: UnitTask) -> DeskItem:
    due = task.owed_by
    return DeskItem(
        title=_("Nhắc nộp: %(name)s") % {"name": task.milestone.title},
        note=task.unit_label,
        url=task.get_absolute_url(),
        action=_("Xem nhiệm vụ"),
        group=group_of(due),
        due=due,
    )


def _report_item(task: UnitTask) -> DeskItem:
    return DeskItem(
        title=_("Nhận báo cáo của %(unit)s") % {"unit": task.named(task.unit.name_in_text)},
        note=task.milestone.title,
        url=reverse("campaigns:task_review", args=[task.pk]),
        action=_("Xem báo cáo"),
        group="week",
    )


def _asked(user: User) -> list[Extension]:
    rows = Extension.objects.filter(state=ExtensionState.OPEN, task__in=UnitTask.objects.judged_by(user))
    rows = rows.exclude(asked_by=user).select_related(*(f"task__{name}" for name in _SHOWN))
    return list(rows.order_by("asked_at", "pk")[:DESK_ROWS])


def _extension_item(extension: Extension) -> DeskItem:
    task = extension.task
    told = {"unit": task.named(task.unit.name_in_text), "day": format_date(extension.wanted)}
    return DeskItem(
        title=_("Trả lời %(unit)s xin lùi hạn đến %(day)s") % told,
        note=task.milestone.title,
        url=reverse("campaigns:extension_answer", args=[extension.pk]),
        action=_("Trả lời"),
        group=group_of(task.due),
        due=task.due,
    )


def waiting_for_others(user: User) -> list[WaitingTask]:
    """Reports of the own units that wait for the office, the longest first: one query."""
    rows = UnitTask.objects.written_by(user).filter(state=TaskState.SUBMITTED, milestone__tier=Tier.UNIT)
    rows = rows.select_related(*_SHOWN).order_by("submitted_at", "pk")[:DESK_ROWS]
    return [_waiting(task) for task in rows]


def _waiting(task: UnitTask) -> WaitingTask:
    note = _("%(unit)s · đang ở %(office)s") % {"unit": task.unit_label, "office": settings.PORTAL_OFFICE}
    assert task.submitted_at is not None
    return WaitingTask(task.milestone.title, note, task.get_absolute_url(), task.submitted_at)
