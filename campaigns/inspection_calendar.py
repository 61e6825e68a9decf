"""What units owe after inspections as calendar events."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.db.models import Max
from django.utils.translation import gettext as _

from notifications.calendar import CalendarItem, register_calendar, uid_of

from .inspection_owed import SUBJECT
from .models import FollowUp

if TYPE_CHECKING:
    from organizations.models import User

    from .inspection_querysets import FollowUpQuerySet


def register() -> None:
    """Offer recommendations to the calendars of those who have to act on them."""
    register_calendar(SUBJECT, owed_follow_ups, follow_ups_with)


def owed_follow_ups(user: User) -> list[CalendarItem]:
    """What the person's units still owe, on its day."""
    return _items(FollowUp.objects.of_own_units(user))


def follow_ups_with(keys: Collection[int]) -> list[CalendarItem]:
    """Those of the recommendations with these keys that are still owed."""
    return _items(FollowUp.objects.filter(pk__in=keys))


def follow_ups_of(visit: int) -> list[CalendarItem]:
    """What is owed after one visit."""
    return _items(FollowUp.objects.filter(visit=visit))


def _items(rows: FollowUpQuerySet) -> list[CalendarItem]:
    rows = rows.owed().select_related("visit__unit", "visit__plan")
    steps = rows.annotate(last_at=Max("transitions__at"), last_step=Max("transitions__pk"))
    return [_item(row) for row in steps.order_by("due", "pk")]


def _item(row: Any) -> CalendarItem:
    """By plan and place in its list: what was found stays in the portal. The last step counts the changes."""
    told = {"n": row.position, "plan": row.visit.plan.title, "unit": row.visit.unit.short_name}
    return CalendarItem(
        uid=uid_of(SUBJECT, row.pk),
        title=_("Hạn kiến nghị %(n)d: %(plan)s – %(unit)s") % told,
        due=row.due,
        path=row.get_absolute_url(),
        changed_at=row.last_at,
        sequence=row.last_step,
    )
