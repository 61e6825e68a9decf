"""What waits for a person about inspections and guidance, as items of the desk (ux.md (b) 3)."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock
from core.desk import DeskItem, group_of
from core.text import shorten
from organizations.enums import OFFICE_ROLES, UNIT_ROLES, Role
from organizations.querysets import path_condition

from .inspection_enums import FollowUpState, VisitState
from .models import FollowUp, Guidance, Question, Visit

if TYPE_CHECKING:
    from organizations.models import User

#: Rows of each kind on a desk; the lists hold the rest.
DESK_ROWS = 15
#: Days before a visit from which it stands on the desks.
AHEAD = datetime.timedelta(days=14)


def inspection_items(user: User) -> list[DeskItem]:
    """Everything of this part that waits for `user`; a fixed number of queries for each side of the desk."""
    items: list[DeskItem] = []
    if user.access.has(*UNIT_ROLES):
        items += _unit_items(user)
    if user.access.has(*OFFICE_ROLES, Role.COUNCIL_MEMBER):
        items += _visit_items(user)
    if user.access.has(*OFFICE_ROLES):
        items += _office_items(user)
    return items


def _unit_items(user: User) -> list[DeskItem]:
    own = path_condition(user.access.paths(*UNIT_ROLES), "unit__")
    coming = Visit.objects.filter(
        own,
        state=VisitState.PLANNED,
        plan__announced_at__isnull=False,
        planned_on__range=(clock.today(), clock.today() + AHEAD),
    )
    items = [_coming_item(row) for row in coming.select_related("plan", "unit").order_by("planned_on")[:DESK_ROWS]]
    if not user.access.has(Role.OFFICER):
        return items
    owed = FollowUp.objects.filter(path_condition(user.access.paths(Role.OFFICER), "visit__unit__")).owed()
    unread = Guidance.objects.unread_by(user.reach(Role.OFFICER)).order_by("published_at")
    items += [
        _owed_item(row) for row in owed.select_related("visit__plan", "visit__unit").order_by("due", "pk")[:DESK_ROWS]
    ]
    return items + [_guidance_item(row) for row in unread.select_related("milestone")[:DESK_ROWS]]


def _coming_item(row: Visit) -> DeskItem:
    return DeskItem(
        title=_("Chuẩn bị làm việc với đoàn %(kind)s") % {"kind": row.plan.get_kind_display().lower()},
        note=row.plan.title,
        url=row.get_absolute_url(),
        action=_("Xem nội dung"),
        group=group_of(row.planned_on),
        due=row.planned_on,
    )


def _owed_item(row: FollowUp) -> DeskItem:
    again = row.state == FollowUpState.RETURNED
    title = _("Làm tiếp kiến nghị: %(what)s") if again else _("Thực hiện kiến nghị: %(what)s")
    return DeskItem(
        title=title % {"what": shorten(row.what, 90)},
        note=row.visit.plan.title,
        url=row.get_absolute_url(),
        action=_("Báo cáo"),
        group=group_of(row.due),
        due=row.due,
    )


def _guidance_item(row: Guidance) -> DeskItem:
    return DeskItem(
        title=_("Đọc hướng dẫn “%(title)s”") % {"title": row.title},
        note=row.milestone.short_title if row.milestone else row.get_kind_display(),
        url=row.get_absolute_url(),
        action=_("Đọc"),
        group="week",
    )


def _visit_items(user: User) -> list[DeskItem]:
    """Visits that the person goes to, those soon and those late."""
    rows = Visit.objects.filter(
        team=user.pk, state=VisitState.PLANNED, planned_on__lte=clock.today() + AHEAD
    ).select_related("plan", "unit")
    return [_team_item(row) for row in rows.order_by("planned_on", "pk")[:DESK_ROWS]]


def _team_item(row: Visit) -> DeskItem:
    return DeskItem(
        title=_("%(kind)s %(unit)s và ghi biên bản")
        % {"kind": row.plan.get_kind_display(), "unit": row.unit.name_in_text},
        note=row.plan.title,
        url=reverse("campaigns:visit_record", args=[row.pk]),
        action=_("Ghi biên bản"),
        group=group_of(row.planned_on),
        due=row.planned_on,
    )


def _office_items(user: User) -> list[DeskItem]:
    paths = user.access.paths(*OFFICE_ROLES)
    to_send = Visit.objects.filter(
        path_condition(paths, "unit__"), ~Q(recorded_by=user.pk), state=VisitState.RECORDED
    ).select_related("plan", "unit")
    reported = FollowUp.objects.filter(
        path_condition(paths, "visit__unit__"), state=FollowUpState.REPORTED
    ).select_related("visit__unit")
    asked = Question.objects.of_offices(paths).waiting()
    return [
        *(_sending_item(row) for row in to_send.order_by("recorded_at")[:DESK_ROWS]),
        *(_judging_item(row) for row in reported.order_by("reported_at")[:DESK_ROWS]),
        *(_question_item(row) for row in asked.select_related("unit", "guidance", "milestone")[:DESK_ROWS]),
    ]


def _sending_item(row: Visit) -> DeskItem:
    return DeskItem(
        title=_("Xem và gửi kết quả %(kind)s %(unit)s")
        % {"kind": row.plan.get_kind_display().lower(), "unit": row.unit.name_in_text},
        note=row.plan.title,
        url=row.get_absolute_url(),
        action=_("Xem và gửi"),
        group="week",
    )


def _judging_item(row: FollowUp) -> DeskItem:
    return DeskItem(
        title=_("Xác nhận kết quả kiến nghị của %(unit)s") % {"unit": row.unit.name_in_text},
        note=shorten(row.what, 120),
        url=row.get_absolute_url(),
        action=_("Xem kết quả"),
        group="week",
    )


def _question_item(row: Question) -> DeskItem:
    return DeskItem(
        title=_("Trả lời câu hỏi của %(unit)s") % {"unit": row.unit.name_in_text},
        note=shorten(row.text, 120),
        url=reverse("campaigns:question_answer", args=[row.pk]),
        action=_("Trả lời"),
        group="week",
    )
