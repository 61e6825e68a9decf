"""Who is told at each step of a visit and of a recommendation, in which words, and whether it is still owed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from core.dates import format_date
from core.text import shorten
from notifications.delivery import register_subject
from notifications.services import Letter, Owed, cancel, post, post_all
from organizations.enums import OFFICE_ROLES
from organizations.selectors import holders_over

from .inspection_calendar import follow_ups_of, follow_ups_with
from .inspection_enums import VisitState
from .models import FollowUp, FollowUpTransition, Visit, VisitTransition
from .people import people_of_units

if TYPE_CHECKING:
    import datetime

    from notifications.models import OutboxMessage
    from organizations.models import User

VISIT, FOLLOW_UP = "visit", "inspection_step"
ANNOUNCED = "announce"
_ASIDE = {"answer"}


def _day(day: datetime.date | None) -> str:
    return f"{day.day}/{day.month}" if day else ""


def _of(visit: Visit) -> dict[str, str]:
    return {
        "kind": visit.plan.get_kind_display(),
        "kind_in_text": visit.plan.get_kind_display().lower(),
        "plan": visit.plan.title,
        "unit": visit.unit.name_in_text,
        "Unit": visit.unit.name,
        "day": _day(visit.planned_on),
        "date": format_date(visit.planned_on),
    }


def _letter(title: str, body: str, path: str) -> Letter:
    return Letter(title=shorten(title, 120), body=body, path=path)


def _announcement(visit: Visit) -> Letter:
    told = _of(visit)
    body = _(
        "Theo kế hoạch “%(plan)s”, đoàn %(kind_in_text)s làm việc với %(unit)s ngày %(date)s. "
        "Nội dung kiểm tra và thành viên đoàn có trong trang này để đơn vị chuẩn bị."
    )
    return _letter(_("%(day)s: đoàn %(kind_in_text)s đến %(unit)s") % told, body % told, visit.get_absolute_url())


def announce(visits: Sequence[Visit]) -> None:
    """The plan was announced, or units were added to it: to officers and leaders of each unit; one query for all."""
    people = people_of_units(visit.unit for visit in visits)
    post_all(
        Owed(VISIT, visit.pk, ANNOUNCED, tuple(people[visit.unit_id]), _announcement(visit))
        for visit in visits
        if people[visit.unit_id]
    )


def tell_unit(visit: Visit, log: VisitTransition) -> None:
    """A visit of an announced plan was put off, cancelled, or its result was sent: to officers and leaders."""
    told = _of(visit) | {"reason": log.reason}
    titles = {
        "postpone": _("%(day)s: dời ngày %(kind_in_text)s %(unit)s"),
        "cancel": _("Hủy %(kind_in_text)s %(unit)s ngày %(day)s"),
        "send": _("Kết quả %(kind_in_text)s %(unit)s"),
    }
    bodies = {
        "postpone": _("Ngày làm việc mới của đoàn %(kind_in_text)s: %(date)s. Lý do dời: %(reason)s"),
        "cancel": _("Lần %(kind_in_text)s ngày %(date)s không thực hiện nữa. Lý do: %(reason)s"),
        "send": _(
            "Phòng Nội vụ gửi kết quả %(kind_in_text)s theo kế hoạch “%(plan)s”. Đơn vị đọc và có thể gửi ý kiến."
        ),
    }
    body = bodies[log.name] % told
    due = _due_lines(visit) if log.name == "send" else ""
    dates = tuple(follow_ups_of(visit.pk)) if due else ()
    letter = _letter(titles[log.name] % told, f"{body}\n\n{due}".strip(), visit.get_absolute_url())
    post(
        subject_type=VISIT,
        subject_id=visit.pk,
        step=_step(log),
        recipients=people_of_units([visit.unit])[visit.unit_id],
        letter=replace(letter, dates=dates, is_duty=bool(due)),
    )


def _due_lines(visit: Visit) -> str:
    lines = [f"– {format_date(one.due)}: {shorten(one.what, 160)}" for one in visit.follow_ups.order_by("due", "pk")]
    return "\n".join([_("Việc cần làm sau kiểm tra:"), *lines]) if lines else ""


def take_back(visit: Visit) -> None:
    """A visit is off: what was announced about it is told no more."""
    cancel(subject_type=VISIT, subject_id=visit.pk)


def tell_office(visit: Visit, log: VisitTransition) -> None:
    """The unit answered: to the reviewers over it."""
    told = _of(visit) | {"text": log.reason}
    post(
        subject_type=VISIT,
        subject_id=visit.pk,
        step=_step(log),
        recipients=_office(visit, log.actor_id),
        letter=_letter(
            _("%(Unit)s có ý kiến về kết quả %(kind_in_text)s") % told,
            _("Ý kiến của đơn vị: %(text)s") % told,
            visit.get_absolute_url(),
        ),
    )


def tell_about(follow_up: FollowUp, log: FollowUpTransition) -> None:
    """A recommendation was reported (to the office), or closed, returned or dropped (to the unit)."""
    told = {
        "unit": follow_up.unit.name_in_text,
        "Unit": follow_up.unit.name,
        "what": shorten(follow_up.what, 160),
        "day": _day(follow_up.due),
        "date": format_date(follow_up.due),
        "reason": log.reason,
        "evidence": follow_up.evidence,
    }
    titles = {
        "report": _("%(Unit)s báo cáo thực hiện kiến nghị"),
        "close": _("Đã xác nhận: kiến nghị của %(unit)s hoàn thành"),
        "return": _("Hạn %(day)s: làm tiếp kiến nghị – %(unit)s"),
        "cancel": _("Kiến nghị không thực hiện nữa – %(unit)s"),
    }
    bodies = {
        "report": _("Kiến nghị: %(what)s\n\nKết quả đơn vị báo cáo: %(evidence)s"),
        "close": _("Phòng Nội vụ xác nhận đơn vị đã hoàn thành: %(what)s"),
        "return": _("Kiến nghị: %(what)s\n\nCần làm tiếp: %(reason)s\n\nHạn mới: %(date)s"),
        "cancel": _("Kiến nghị “%(what)s” không phải thực hiện nữa. Lý do: %(reason)s"),
    }
    to_office = log.name == "report"
    people: Iterable[User] = (
        _office(follow_up.visit, log.actor_id) if to_office else people_of_units([follow_up.unit])[follow_up.unit_id]
    )
    letter = _letter(titles[log.name] % told, bodies[log.name] % told, follow_up.get_absolute_url())
    dates = tuple(follow_ups_with([follow_up.pk])) if log.name == "return" else ()
    post(
        subject_type=FOLLOW_UP,
        subject_id=follow_up.pk,
        step=_step(log),
        recipients=people,
        letter=replace(letter, dates=dates),
    )


def _office(visit: Visit, but: int) -> Iterable[User]:
    return holders_over(visit.unit, *OFFICE_ROLES).exclude(pk=but)


def _step(log: VisitTransition | FollowUpTransition) -> str:
    return f"{log.name}:{log.pk}"


def visit_owed(message: OutboxMessage) -> bool:
    """Whether a message about a visit is still owed: the visit stands, and no later step has overtaken it."""
    name, _colon, _key = message.step.partition(":")
    visit = Visit.objects.filter(pk=message.subject_id).first()
    if visit is None or name in _ASIDE:
        return visit is not None
    last = visit.transitions.exclude(name__in=_ASIDE).last()
    if name == ANNOUNCED:
        return visit.state == VisitState.PLANNED and last is None
    return last is not None and message.step == _step(last)


def follow_up_owed(message: OutboxMessage) -> bool:
    """Whether a message about a step of a recommendation is still its last."""
    last = FollowUpTransition.objects.filter(record=message.subject_id).order_by("pk").last()
    return last is not None and message.step == _step(last)


def register() -> None:
    """Let the outbox ask, at the moment of sending, whether a message is still owed."""
    register_subject(VISIT, visit_owed)
    register_subject(FOLLOW_UP, follow_up_owed)
