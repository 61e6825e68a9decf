"""Recommendations of inspections as duties of units, offered to the engine of reminders."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, cast

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.text import shorten
from notifications.owed import Ladder, OwedGroup, OwedLine, register_source

from .models import FollowUp

if TYPE_CHECKING:
    from organizations.models import User

SUBJECT = "inspection_follow_up"
#: Recommendations are short and due soon: reminded a week before, on the day before and on the day, then as late.
LADDER = Ladder(steps=(-7, -1, 0, 1, 3, 7), leader_from=3, office_from=7)


class FollowUpSource:
    """What units owe after a visit."""

    subject_type = SUBJECT
    label = cast("str", gettext_lazy("Kiến nghị sau kiểm tra"))

    def groups(self) -> Sequence[OwedGroup]:
        """One group: all have the same ladder."""
        rows = FollowUp.objects.owed().annotate(owed_id=F("pk"), owed_unit=F("visit__unit"), owed_due=F("due"))
        return [OwedGroup(LADDER, rows)]

    def lines(self, ids: Collection[int]) -> dict[int, OwedLine]:
        """Words for those that are still owed: one query."""
        rows = FollowUp.objects.owed().filter(pk__in=ids).select_related("visit__unit", "visit__plan")
        return {row.pk: _line(row) for row in rows}

    def readable_by(self, user: User) -> QuerySet[FollowUp]:
        """Those of the scope."""
        return FollowUp.objects.visible_to(user)

    def names(self, ids: Collection[int]) -> dict[int, str]:
        """What was to be done."""
        rows = FollowUp.objects.filter(pk__in=ids).order_by().values_list("pk", "what")
        return {pk: shorten(what, 100) for pk, what in rows}


def _line(row: FollowUp) -> OwedLine:
    assert row.due is not None
    return OwedLine(
        subject_id=row.pk,
        due=row.due,
        title=_("Thực hiện và báo cáo kiến nghị: %(what)s") % {"what": shorten(row.what, 100)},
        note=row.visit.plan.title,
        path=row.get_absolute_url(),
        unit_name=row.visit.unit.name_in_text,
        unit_short=row.visit.unit.short_name_in_text,
        unit_id=row.visit.unit_id,
        unit_path=row.visit.unit.path,
        short=_("việc “%(what)s” theo kiến nghị sau kiểm tra") % {"what": shorten(row.what, 60)},
        missing=_("báo cáo kết quả thực hiện"),
        plan=row.visit.plan.paper,
        steps=LADDER.steps,
    )


def register() -> None:
    """Offer it."""
    register_source(FollowUpSource())
