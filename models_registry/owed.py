"""What the registry is owed: a returned record by its unit, an answer by the office."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from notifications.owed import Audience, Ladder, OwedGroup, OwedLine, register_source

from .enums import WAITING, State
from .models import Exemplar, ExemplarTransition, ReviewComment

if TYPE_CHECKING:
    from organizations.models import User

RETURN = "exemplar_return"
REVIEW = "exemplar_review"
#: The unit hears before its day; three days late its leader, a week late the office as well.
RETURN_LADDER = Ladder((-3, -1, 0, 1, 3, 7), leader_from=3, office_from=7)
#: The reviewer hears the day before; from the first day late the head of the office as well.
REVIEW_LADDER = Ladder((-1, 0, 1, 3, 7), leader_from=1, office_from=7)


class _Records:
    """What is the same for all duties about records."""

    def readable_by(self, user: User) -> QuerySet[Exemplar]:
        """Records that the person may read as they stand now."""
        return Exemplar.objects.visible_to(user)

    def names(self, ids: Collection[int]) -> dict[int, str]:
        """Number and name, the name as it was sent: what the unit changes meanwhile is its own."""
        rows = Exemplar.objects.filter(pk__in=ids).order_by().select_related("search")
        return {row.pk: f"{row.number}, {row.words_for(own=False)[0]}" for row in rows}


class ReturnSource(_Records):
    """Records sent back to be completed."""

    subject_type = RETURN
    label = gettext_lazy("Hồ sơ cần bổ sung")

    def groups(self) -> Sequence[OwedGroup]:
        """All returned records: one ladder."""
        return [OwedGroup(RETURN_LADDER, _owed(_returned(), due="return_due"))]

    def lines(self, ids: Collection[int]) -> dict[int, OwedLine]:
        """Words for those that are still returned."""
        rows = _returned().filter(pk__in=ids).select_related("unit", "search").annotate(remarks=_remarks())
        return {row.pk: _return_line(row) for row in rows.order_by()}


class ReviewSource(_Records):
    """Answers that the office promised by a day; a hold stops the clock."""

    subject_type = REVIEW
    label = gettext_lazy("Hồ sơ chờ trả lời")

    def groups(self) -> Sequence[OwedGroup]:
        """All waiting records: one ladder, told to who took the record, else to every reviewer."""
        rows = _owed(_waiting(), due="review_due").annotate(owed_person=F("taken_by_id"))
        return [OwedGroup(REVIEW_LADDER, rows, audience=Audience.OFFICE)]

    def lines(self, ids: Collection[int]) -> dict[int, OwedLine]:
        """Words for those that still wait."""
        rows = _waiting().filter(pk__in=ids).select_related("unit", "taken_by")
        return {row.pk: _review_line(row) for row in rows.order_by()}


def _returned() -> QuerySet[Exemplar]:
    return Exemplar.objects.filter(state=State.RETURNED, discarded_at=None, hold_since=None)


def _waiting() -> QuerySet[Exemplar]:
    return Exemplar.objects.filter(state__in=sorted(WAITING), hold_since=None, review_due__isnull=False)


def _owed(rows: QuerySet[Exemplar], *, due: str) -> QuerySet[Exemplar]:
    return rows.annotate(owed_id=F("pk"), owed_unit=F("unit_id"), owed_due=F(due))


def _remarks() -> Subquery:
    """How many remarks came with the last return."""
    returns = ExemplarTransition.objects.in_force().filter(record=OuterRef("exemplar"), name="return").order_by("-pk")
    given = ReviewComment.objects.filter(
        Q(transition=Subquery(returns.values("pk")[:1])), exemplar=OuterRef("pk")
    ).order_by()
    return Subquery(given.values("exemplar").annotate(n=Count("pk")).values("n"))


def _return_line(row: Exemplar) -> OwedLine:
    # The name as it was sent: others than the unit read this as well.
    words = _("bổ sung hồ sơ %(name)s") % {"name": row.words_for(own=False)[0]}
    count = getattr(row, "remarks", None) or 0
    note = ngettext("Còn %(n)d nhận xét cần sửa.", "Còn %(n)d nhận xét cần sửa.", count) % {"n": count} if count else ""
    assert row.return_due is not None
    return OwedLine(
        subject_id=row.pk,
        due=row.return_due,
        title=words[:1].upper() + words[1:],
        note=note,
        path=reverse("models_registry:exemplar_edit", args=[row.pk]),
        unit_name=row.unit.name_in_text,
        unit_short=row.unit.short_name_in_text,
        unit_id=row.unit_id,
        unit_path=row.unit.path,
        short=words,
        steps=RETURN_LADDER.steps,
    )


def _review_line(row: Exemplar) -> OwedLine:
    words = _("trả lời hồ sơ %(name)s") % {"name": row.full_name}
    holder = _("Người thẩm định: %(who)s.") % {"who": row.taken_by.full_name} if row.taken_by else ""
    assert row.review_due is not None
    return OwedLine(
        subject_id=row.pk,
        due=row.review_due,
        title=words[:1].upper() + words[1:],
        note=holder or _("Chưa có người nhận thẩm định."),
        path=reverse("models_registry:exemplar_review", args=[row.pk]),
        unit_name=row.unit.name_in_text,
        unit_short=row.unit.short_name_in_text,
        unit_id=row.unit_id,
        unit_path=row.unit.path,
        short=words,
        steps=REVIEW_LADDER.steps,
        audience=Audience.OFFICE,
    )


def register() -> None:
    """Offer returned records and promised answers to the engine of reminders."""
    register_source(ReturnSource())
    register_source(ReviewSource())
