"""The returned records of a person's units as calendar events."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.db.models import Max
from django.utils.translation import gettext as _

from notifications.calendar import CalendarItem, register_calendar, uid_of
from organizations.enums import Role

from .enums import State
from .models import Exemplar, ExemplarTransition

if TYPE_CHECKING:
    import datetime

    from organizations.models import User

#: The duty to mend, not the record: reminders name it the same way.
SUBJECT = "exemplar_return"


def register() -> None:
    """Offer returned records to the calendars of those who have to mend them."""
    register_calendar(SUBJECT, returned_records, records_with)


def returned_records(user: User) -> list[CalendarItem]:
    """The records that the officer has to mend, on their day."""
    units = user.reach(Role.OFFICER)
    return _items(unit_id__in=units) if units else []


def records_with(keys: Collection[int]) -> list[CalendarItem]:
    """Those of the records with these keys that are still to be mended; while one is on hold nobody owes it."""
    return _items(pk__in=keys)


def dates_of(exemplar: Exemplar, log: ExemplarTransition) -> tuple[CalendarItem, ...]:
    """The date that a letter about a step carries: the one by which a returned record is wanted back."""
    if log.name != "return" or exemplar.return_due is None:
        return ()
    return (_item(exemplar, log.at, log.pk),)


def _items(**which: Any) -> list[CalendarItem]:
    rows: Any = Exemplar.objects.filter(state=State.RETURNED, discarded_at=None, hold_since=None, **which)
    rows = rows.annotate(last_at=Max("transitions__at"), last_step=Max("transitions__pk"))
    return [_item(row, row.last_at, row.last_step) for row in rows.order_by("return_due", "pk")]


def _item(exemplar: Exemplar, changed_at: datetime.datetime, step: int) -> CalendarItem:
    """By its number alone: calendars lie outside the portal. The key of the last step counts the changes."""
    return CalendarItem(
        uid=uid_of(SUBJECT, exemplar.pk),
        title=_("Hạn bổ sung hồ sơ %(number)s") % {"number": exemplar.number},
        due=exemplar.return_due,  # type: ignore[arg-type]  # a constraint of returned records
        path=exemplar.get_absolute_url(),
        changed_at=changed_at,
        sequence=step,
    )
