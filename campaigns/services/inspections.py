"""Planning of inspections and surveys: plan, checklist, units, dates, team."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns import inspection_letters as letters
from campaigns.inspection_enums import VisitState
from campaigns.inspection_rules import has_minutes, may_plan, team_candidates
from campaigns.inspection_workflow import VISIT_WORKFLOW
from campaigns.models import ChecklistLine, InspectionPlan, Visit
from core import clock
from core.audit import Subject, record
from core.audit.models import EventKind
from core.workflow import WorkflowError, apply, lock
from organizations.models import Unit

if TYPE_CHECKING:
    from organizations.models import User

PLAN_FIELDS = ("kind", "title", "paper_number", "paper_date", "purpose", "starts", "ends", "lead")


def why_no_planning(plan: InspectionPlan) -> str:
    """Why a plan takes no more units and changes; "" while its programme runs. Visits that it has go on."""
    if plan.programme.is_closed:
        return _("Chương trình đã đóng nên không lập, sửa hay thông báo kế hoạch kiểm tra, khảo sát nữa.")
    return ""


def _refuse_stranger(plan: InspectionPlan, by: User) -> None:
    if not may_plan(by, plan):
        raise WorkflowError(_("Chỉ Phòng Nội vụ lập và sửa kế hoạch kiểm tra, khảo sát."))


def _refuse_planning(plan: InspectionPlan, by: User) -> None:
    _refuse_stranger(plan, by)
    if why := why_no_planning(plan):
        raise WorkflowError(why)


@transaction.atomic
def save_plan(*, plan: InspectionPlan, by: User, fields: dict[str, Any], checklist: Sequence[str]) -> InspectionPlan:
    """Make or change a plan and its checklist.

    Refused outside the own office, in a closed programme, when an answered line would go, and for the checklist once a
    visit was recorded: its minutes show it.
    """
    _refuse_planning(plan, by)
    fresh = plan.pk is None
    if fresh:
        plan.made_by, plan.made_at = by, clock.now()
    else:
        lock(plan)
    for name in PLAN_FIELDS:
        if name in fields:
            setattr(plan, name, fields[name])
    plan.save()
    _save_checklist(plan, list(dict.fromkeys(checklist)))
    if not fresh:
        _log(plan, by, "change")
    return plan


def _save_checklist(plan: InspectionPlan, wanted: list[str]) -> None:
    standing = {line.text: line for line in plan.lines.all()}
    if wanted == list(standing):
        return
    if has_minutes(plan):
        raise WorkflowError(
            _("Đã có đơn vị chốt biên bản nên nội dung kiểm tra giữ nguyên. Lập kế hoạch khác cho nội dung mới.")
        )
    gone = [line for text, line in standing.items() if text not in wanted]
    answered = [line.text for line in gone if line.answers.exclude(verdict="", note="").exists()]
    if answered:
        raise WorkflowError(
            _("Nội dung “%(text)s” đã được ghi kết quả ở một đơn vị nên không bỏ hoặc sửa lời được. Thêm dòng mới.")
            % {"text": answered[0]}
        )
    for line in gone:
        line.answers.all().delete()
        line.delete()
    for position, text in enumerate(wanted, start=1):
        if text in standing:
            ChecklistLine.objects.filter(pk=standing[text].pk).exclude(position=position).update(position=position)
        else:
            ChecklistLine.objects.create(plan=plan, position=position, text=text)


def _log(plan: InspectionPlan, by: User, what: str, **data: Any) -> None:
    record(
        kind=EventKind.SETTING,
        action=f"inspection_plan.{what}",
        actor=by,
        subject=Subject("inspection_plan", plan.pk, str(plan), plan.programme.unit_id),
        data=data or None,
    )


@transaction.atomic
def add_visits(
    *,
    plan: InspectionPlan,
    by: User,
    units: Collection[Unit],
    planned_on: datetime.date,
    team: Collection[User],
    team_note: str = "",
) -> list[Visit]:
    """Put units into a plan, with one date and team; those of an announced plan are told at once.

    Refused for a unit that already stands in the plan, that is not valid on the day or lies outside the district.
    """
    lock(plan)
    _refuse_planning(plan, by)
    _refuse_date(plan, planned_on)
    _refuse_units(plan, units, planned_on)
    _refuse_team(plan, team)
    visits = Visit.objects.bulk_create(
        Visit(plan=plan, unit=unit, planned_on=planned_on, team_note=team_note) for unit in units
    )
    through = Visit.team.through
    through._default_manager.bulk_create(through(visit_id=v.pk, user_id=p.pk) for v in visits for p in team)
    _log(plan, by, "add_units", units=[unit.pk for unit in units], day=planned_on.isoformat())
    if plan.is_announced:
        letters.announce(visits)
    return visits


def _refuse_date(plan: InspectionPlan, day: datetime.date) -> None:
    if not plan.starts <= day <= plan.ends:
        raise WorkflowError(_("Ngày dự kiến phải nằm trong thời gian của kế hoạch. Sửa ngày hoặc thời gian kế hoạch."))


def _refuse_units(plan: InspectionPlan, units: Collection[Unit], day: datetime.date) -> None:
    wanted = [unit.pk for unit in units]
    district = Unit.objects.filter(pk__in=wanted).within(plan.programme.unit.path).valid_on(day)
    if not wanted or district.count() != len(wanted):
        raise WorkflowError(_("Chọn đơn vị của huyện còn hoạt động vào ngày dự kiến."))
    twice = plan.visits.exclude(state=VisitState.CANCELLED).filter(unit__in=wanted).select_related("unit").first()
    if twice:
        raise WorkflowError(_("%(unit)s đã có trong kế hoạch này.") % {"unit": twice.unit.short_name})


def _refuse_team(plan: InspectionPlan, team: Collection[User]) -> None:
    known = set(team_candidates(plan.programme.unit).values_list("pk", flat=True))
    if not team or any(person.pk not in known for person in team):
        raise WorkflowError(_("Chọn ít nhất một thành viên đoàn là người của Phòng Nội vụ hoặc Hội đồng TĐ-KT."))


@transaction.atomic
def announce_plan(*, plan: InspectionPlan, by: User) -> int:
    """Show each unit its visit and tell its people; returns how many units. Safe to repeat."""
    lock(plan)
    _refuse_planning(plan, by)
    visits = list(plan.visits.filter(state=VisitState.PLANNED).select_related("unit", "plan"))
    if not visits:
        raise WorkflowError(_("Kế hoạch chưa có đơn vị nào. Thêm đơn vị rồi thông báo."))
    if plan.is_announced:
        return len(visits)
    plan.announced_at, plan.announced_by = clock.now(), by
    plan.save(update_fields=["announced_at", "announced_by"])
    _log(plan, by, "announce", units=len(visits))
    letters.announce(visits)
    return len(visits)


@transaction.atomic
def set_team(*, visit: Visit, by: User, team: Collection[User], team_note: str) -> None:
    """Change who goes to a unit, while nothing was recorded for good."""
    lock(visit)
    _refuse_stranger(visit.plan, by)
    if not visit.is_open:
        raise WorkflowError(VISIT_WORKFLOW.wrong_state(visit))
    _refuse_team(visit.plan, team)
    before = sorted(visit.team.values_list("pk", flat=True))
    wanted = sorted(person.pk for person in team)
    if (before, visit.team_note) == (wanted, team_note):
        return
    visit.team.set(team)
    visit.team_note = team_note
    visit.save(update_fields=["team_note"])
    _log(visit.plan, by, "team", visit=visit.pk, unit=visit.unit_id, before=before, team=wanted)


@transaction.atomic
def postpone_visit(*, visit: Visit, by: User, day: datetime.date, reason: str) -> None:
    """Move a visit to another day, with a reason; the unit of an announced plan is told."""
    lock(visit)
    if day == visit.planned_on:
        raise WorkflowError(_("Ngày mới trùng ngày cũ. Chọn một ngày khác."))
    _refuse_date(visit.plan, day)
    log = apply(VISIT_WORKFLOW, "postpone", visit, by=by, reason=reason, changes={"planned_on": day})
    if visit.plan.is_announced:
        letters.tell_unit(visit, log)


@transaction.atomic
def cancel_visit(*, visit: Visit, by: User, reason: str) -> None:
    """Take a visit off the plan, with a reason; what was typed stays readable for the office."""
    log = apply(VISIT_WORKFLOW, "cancel", visit, by=by, reason=reason, changes={"cancel_reason": reason.strip()})
    letters.take_back(visit)
    if visit.plan.is_announced:
        letters.tell_unit(visit, log)
