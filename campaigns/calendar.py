"""The tasks of a person's units as calendar events."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from notifications.calendar import CalendarItem, register_calendar, uid_of
from organizations.enums import OFFICE_ROLES

from .enums import TaskState, Tier
from .models import Extension, Milestone, TaskTransition, UnitTask
from .querysets import UnitTaskQuerySet, of_scopes

if TYPE_CHECKING:
    from organizations.models import User

SUBJECT = "unit_task"
_LOGS = ("steps", "answers", "changes", "plans")


def register() -> None:
    """Offer tasks to the calendars of those who have to answer them."""
    register_calendar(SUBJECT, owed_tasks, tasks_with)


def owed_tasks(user: User) -> list[CalendarItem]:
    """What the person's units still owe, on its day; for the office what the district itself owes."""
    own = Q(pk__in=UnitTask.objects.of_own_units(user).values("pk"), milestone__tier=Tier.UNIT)
    paths = user.access.paths(*OFFICE_ROLES)
    district = of_scopes(paths, tier=Tier.DISTRICT)
    return _items(_owed().filter(own | district))


def tasks_with(keys: Collection[int]) -> list[CalendarItem]:
    """Those of the tasks with these keys that are still owed."""
    return _items(_owed().filter(pk__in=keys))


def _owed() -> UnitTaskQuerySet:
    return UnitTask.objects.owed().filter(milestone__programme__closed_at=None)


def _items(rows: QuerySet[UnitTask]) -> list[CalendarItem]:
    rows = rows.select_related("milestone", "unit", "addressed").annotate(**_changes())
    return [_item(row) for row in rows.order_by("due", "pk")]


def _logs() -> dict[str, tuple[QuerySet[Any], str, str]]:
    """Everything that can move a task's day, each an append-only log: (rows of the task, its key, its time)."""
    this: Any = OuterRef("pk")
    return {
        "steps": (TaskTransition.objects.filter(record=this), "record", "at"),
        "answers": (Extension.objects.filter(task=this, answered_at__isnull=False), "task", "answered_at"),
        "changes": (UnitTask.history.filter(id=this), "id", "history_date"),
        "plans": (Milestone.history.filter(id=OuterRef("milestone")), "id", "history_date"),
    }


def _changes() -> dict[str, Any]:
    """How many rows each log has and when its last was written, as annotations."""
    found: dict[str, Any] = {}
    for name, (rows, key, time) in _logs().items():
        of_key = rows.order_by().values(key)
        found[f"{name}_count"] = Coalesce(Subquery(of_key.annotate(n=Count("pk")).values("n")), 0)
        found[f"{name}_at"] = Subquery(of_key.annotate(last=Max(time)).values("last"))
    return found


def _item(row: Any) -> CalendarItem:
    day: datetime.date = row.owed_by
    returned = row.state == TaskState.RETURNED
    words = _("Hạn bổ sung: %(name)s – %(unit)s") if returned else _("Hạn nộp: %(name)s – %(unit)s")
    times = [getattr(row, f"{name}_at") for name in _LOGS] + [row.milestone.published_at]
    return CalendarItem(
        uid=uid_of(SUBJECT, row.pk),
        title=words % {"name": row.milestone.short_title, "unit": row.unit_label},
        due=day,
        path=row.get_absolute_url(),
        changed_at=max(time for time in times if time),
        sequence=sum(getattr(row, f"{name}_count") for name in _LOGS),
    )
