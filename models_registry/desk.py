"""What waits for a person in the registry, by deadline (ux.md (b) 3)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Case, Count, Exists, F, IntegerField, Min, OuterRef, Q, Subquery, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock
from core.dates import format_date
from core.desk import DeskItem, group_of, in_order
from core.working_days import working_days_between
from organizations.enums import OFFICE_ROLES, UNIT_ROLES, Role

from .enums import WAITING, RequestState, State
from .models import ChangeRequest, Confirmation, Exemplar, ExemplarTransition, ReviewComment

if TYPE_CHECKING:
    from models_registry.querysets import ExemplarQuerySet
    from organizations.models import User

#: Rows of each kind on a desk; the lists hold the rest.
DESK_ROWS = 15
#: Working days after which a record that somebody took counts as held too long.
HELD_LONG = 5


@dataclass(frozen=True)
class DraftCount:
    """How many drafts a unit holds, since when, how many of them wait for a confirmation; nothing else is known."""

    unit: str
    count: int
    oldest_days: int
    unconfirmed: int


@dataclass(frozen=True)
class WaitingItem:
    """A record that waits for somebody else: with whom, since when, until when an answer is promised."""

    exemplar: Exemplar
    name: str
    holder: str
    promised: datetime.date | None
    late: str
    held: str


def draft_counts(user: User) -> list[DraftCount]:
    """Drafts within the scope of a reviewer, by unit; numbers and ages only (decisions.md, Drafts)."""
    asked = Q(confirmations__state=RequestState.OPEN)
    rows = (
        Exemplar.objects.drafts_in_scope(user)
        .values("unit__short_name")
        .annotate(
            count=Count("pk", distinct=True),
            oldest=Min("registered_on"),
            unconfirmed=Count("pk", filter=asked, distinct=True),
        )
        .order_by("oldest", "unit__short_name")
    )
    today = clock.today()
    return [DraftCount(r["unit__short_name"], r["count"], (today - r["oldest"]).days, r["unconfirmed"]) for r in rows]


def desk_items(user: User) -> list[DeskItem]:
    """What waits for `user` in the registry, most urgent first; one query for each side of the desk."""
    items: list[DeskItem] = []
    if user.access.has(*UNIT_ROLES):
        items += _unit_items(user)
    if user.access.has(*OFFICE_ROLES):
        items += _office_items(user)
    return in_order(items)


def _unit_items(user: User) -> list[DeskItem]:
    asked = Confirmation.objects.waiting_for(user).order_by().filter(exemplar=OuterRef("pk"))
    returns = ExemplarTransition.objects.in_force().filter(record=OuterRef("exemplar"), name="return").order_by("-pk")
    given = ReviewComment.objects.filter(exemplar=OuterRef("pk"), transition=Subquery(returns.values("pk")[:1]))
    remarks = given.order_by().values("exemplar").annotate(n=Count("pk"))
    writes = Q(unit_id__in=user.reach(Role.OFFICER), state__in=[State.RETURNED, State.DRAFT])
    rows = (
        Exemplar.objects.filter(discarded_at=None)
        .annotate(asked=Exists(asked), remarks=Subquery(remarks.values("n"), IntegerField()))
        .filter(writes | Q(asked=True))
        .for_list()
        .order_by("-asked", F("return_due").asc(nulls_last=True), "-saved_at")[:DESK_ROWS]
    )
    return [_confirmation_item(row) if row.asked else _writing_item(row) for row in rows]


def _confirmation_item(row: Exemplar) -> DeskItem:
    return DeskItem(
        title=_("Xác nhận hồ sơ %(name)s trước khi gửi") % {"name": row.full_name},
        note=f"{row.unit.short_name} – {row.headline}",
        url=reverse("models_registry:confirmation_answer", args=[row.pk]),
        action=_("Đọc và trả lời"),
        group="soon",
    )


def _writing_item(row: Any) -> DeskItem:
    if row.state != State.RETURNED:
        return DeskItem(
            title=_("Viết tiếp bản nháp %(name)s") % {"name": row.full_name},
            note=row.headline if row.title else _("Chưa đặt tên gương"),
            url=_edit_url(row),
            action=_("Viết tiếp"),
            group="later",
        )
    count = row.remarks or 0
    told = ngettext("%(count)d nhận xét", "%(count)d nhận xét", count) % {"count": count}
    return DeskItem(
        title=_("Bổ sung hồ sơ %(name)s: %(told)s") % {"name": row.full_name, "told": told},
        note=row.headline,
        url=_edit_url(row),
        action=_("Bổ sung"),
        group=group_of(row.return_due),
        due=row.return_due,
    )


def _edit_url(exemplar: Exemplar) -> str:
    return reverse("models_registry:exemplar_edit", args=[exemplar.pk])


def _office_items(user: User) -> list[DeskItem]:
    reach = user.reach(*OFFICE_ROLES)
    again = ExemplarTransition.objects.in_force().filter(record=OuterRef("pk"), name="resubmit")
    wanted = ChangeRequest.objects.waiting_for(user).order_by().filter(exemplar=OuterRef("pk"))
    # What is on hold stands still, so it comes last; a request for a change has no clock of its own.
    rank = Case(When(hold_since__isnull=False, then=Value(2)), When(sudden=True, then=Value(0)), default=Value(1))
    rows = (
        Exemplar.objects.filter(unit_id__in=reach)
        .annotate(again=Exists(again), change_wanted=Exists(wanted), rank=rank)
        .filter(Q(state__in=WAITING) | Q(state=State.RECOGNISED, hold_since=None, change_wanted=True))
        .for_list()
        .select_related("unit", "field", "search", "taken_by")
        .only(*_LISTED, "taken_at", "taken_by__full_name")
        .order_by("rank", F("review_due").asc(nulls_last=True), "submitted_at", "pk")[: DESK_ROWS * 2]
    )
    return [_review_item(row) if row.is_waiting else _change_item(row) for row in rows]


_LISTED = (
    "state",
    "full_name",
    "title",
    "submitted_at",
    "review_due",
    "sudden",
    "hold_since",
    "unit__short_name",
    "unit__path",
    "field__short_name",
    "search__sent_name",
    "search__sent_title",
)


def _change_item(row: Exemplar) -> DeskItem:
    return DeskItem(
        title=_("Xét đề nghị điều chỉnh hồ sơ %(name)s") % {"name": row.full_name},
        note=f"{row.unit.short_name} – {row.headline}",
        url=reverse("models_registry:change_review", args=[row.pk]),
        action=_("Xét đề nghị"),
        group="week",
    )


def _review_item(row: Any) -> DeskItem:
    title = _("Xét ngay thành tích đột xuất của %(name)s") if row.sudden else _("Xét hồ sơ %(name)s")
    due = None if row.is_on_hold else row.review_due
    return DeskItem(
        title=title % {"name": row.full_name},
        note=" · ".join([f"{row.unit.short_name} – {row.headline}", *_review_marks(row)]),
        url=reverse("models_registry:exemplar_review", args=[row.pk]),
        action=_("Xét"),
        group=group_of(due),
        due=due,
    )


def _review_marks(row: Any) -> list[str]:
    """What a reviewer should know of a waiting record before opening it."""
    marks = [_("gửi lại sau bổ sung")] if row.again else []
    if row.is_on_hold:
        marks.append(_("tạm dừng từ %(date)s") % {"date": format_date(row.hold_since)})
    elif row.taken_by:
        held = working_days_between(row.taken_at.date(), clock.today())
        words = _("%(who)s thẩm định đã %(days)d ngày làm việc") if held > HELD_LONG else _("%(who)s đang thẩm định")
        marks.append(words % {"who": row.taken_by.full_name, "days": held})
    return marks


def waiting_for_others(user: User) -> list[WaitingItem]:
    """Records of the own units that wait for the office or are on hold, the longest promised first."""
    rows = (
        Exemplar.objects.of_own_units(user)
        .filter(Q(state__in=WAITING) | Q(hold_since__isnull=False))
        .select_related("unit", "field", "taken_by", "hold_by")
        .order_by(F("review_due").asc(nulls_last=True), "submitted_at", "pk")[:DESK_ROWS]
    )
    return [_waiting_item(row) for row in rows]


def _waiting_item(row: Exemplar) -> WaitingItem:
    promised = row.review_due if row.is_waiting and not row.is_on_hold else None
    return WaitingItem(row, row.full_name, holder(row), promised, late_words(row), held_words(row))


def held_words(row: Exemplar) -> str:
    """What the unit reads about a record on hold: since when, by whom and why."""
    if not row.is_on_hold:
        return ""
    return _("đang tạm dừng từ %(date)s, do %(who)s ghi: %(reason)s") % {
        "date": format_date(row.hold_since),
        "who": row.hold_by.full_name,
        "reason": row.hold_reason,
    }


def holder(row: Exemplar) -> str:
    """Who has a record that was sent: the reviewer who took it, or the office."""
    return row.taken_by.full_name if row.taken_by else settings.PORTAL_OFFICE


def is_late(row: Exemplar) -> bool:
    """Whether the promised date is past and nothing stops the clock."""
    return bool(row.is_waiting and not row.is_on_hold and row.review_due and row.review_due < clock.today())


def late_words(row: Exemplar) -> str:
    """What the unit reads about a record past its promised date: since when, who has it, whom to call."""
    if not is_late(row):
        return ""
    days = (clock.today() - row.review_due).days  # type: ignore[operator]
    words = [ngettext("Quá hẹn trả lời %(n)d ngày", "Quá hẹn trả lời %(n)d ngày", days) % {"n": days}]
    if row.taken_by:
        words.append(_("người thẩm định: %(who)s") % {"who": row.taken_by.full_name})
    if phone := next((line for line in settings.OFFICE_CONTACT if any(char.isdigit() for char in line)), ""):
        words.append(_("hỏi %(office)s: %(contact)s") % {"office": settings.PORTAL_OFFICE, "contact": phone})
    return "; ".join(words)


@dataclass(frozen=True)
class LateRecord:
    """A record past its promised date, for those who lead the office."""

    exemplar: Exemplar
    holder: str
    days: int


def late_records(user: User, limit: int = DESK_ROWS) -> list[LateRecord]:
    """Records past the promised date within the scope of the office, the latest first."""
    rows = late_for_office(user).select_related("unit", "taken_by").order_by("review_due", "pk")[:limit]
    today = clock.today()
    return [LateRecord(row, holder(row), (today - row.review_due).days) for row in rows]


def late_for_office(user: User) -> ExemplarQuerySet:
    """Records past the promised date that `user` answers for."""
    return Exemplar.objects.reviewable_by(user).past_promise(clock.today())
