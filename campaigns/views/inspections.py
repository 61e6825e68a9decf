from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.forms.inspections import PlanForm, PostponeForm, ReasonForm, TeamForm, VisitsForm, plan_values
from campaigns.inspection_enums import InspectionKind, VisitState
from campaigns.inspection_rules import may_plan, may_record, missing_of
from campaigns.inspection_workflow import VISIT_WORKFLOW
from campaigns.models import InspectionPlan, Programme, Visit
from campaigns.querysets import READS_ALL
from campaigns.selectors.inspections import (
    InspectionFilter,
    checked_lines,
    file_items,
    follow_up_look,
    photo_items,
    plan_visits,
    visit_events,
    visit_look,
)
from campaigns.services.inspections import (
    add_visits,
    announce_plan,
    cancel_visit,
    postpone_visit,
    save_plan,
    set_team,
    why_no_planning,
)
from campaigns.services.visits import times_finished
from core import clock
from core.dates import format_date
from core.paging import CappedPaginator
from core.workflow import WorkflowError
from organizations.enums import OFFICE_ROLES

from .scope import PAGE_SIZE, get_plan, get_visit, own_plan, planned_visit, try_step

_BOTH = ["GET", "HEAD", "POST"]


@require_safe
def inspection_list(request: HttpRequest) -> HttpResponse:
    """Visits that the person reads, late first."""
    asked = InspectionFilter(request.GET, request.user, VisitState.choices)
    rows = asked.visits(Visit.objects.visible_to(request.user)).late_first(clock.today())
    page = CappedPaginator(rows.select_related("plan", "unit"), PAGE_SIZE).get_page(request.GET.get("trang"))
    context = {
        "filter": asked,
        "page_obj": page,
        "rows": [(visit, *visit_look(visit)) for visit in page.object_list],
        "reads_plans": request.user.access.has(*READS_ALL),
        "plans": request.user.access.has(*OFFICE_ROLES),
    }
    return render(request, "campaigns/inspection_list.html", context)


@require_safe
def plan_list(request: HttpRequest) -> HttpResponse:
    """Plans of inspection and survey, the newest first, with their progress."""
    rows = InspectionPlan.objects.visible_to(request.user).with_progress(clock.today()).select_related("lead")
    page = CappedPaginator(rows.order_by("-starts", "-pk"), PAGE_SIZE).get_page(request.GET.get("trang"))
    context = {"page_obj": page, "plans": request.user.access.has(*OFFICE_ROLES)}
    return render(request, "campaigns/plan_list.html", context)


@require_http_methods(_BOTH)
def plan_new(request: HttpRequest) -> HttpResponse:
    """Begin a plan."""
    programmes = _programmes(request)
    initial = {"kind": InspectionKind.INSPECTION, "lead": request.user.pk, "programme": programmes.first()}
    form = PlanForm(request.POST or None, programmes=programmes, initial=initial)
    if request.method == "POST" and form.is_valid():
        plan = InspectionPlan(programme=form.cleaned_data["programme"])
        if _write_plan(request, form, plan):
            messages.success(request, _("Đã lập kế hoạch. Chọn đơn vị và ngày để đoàn đến."))
            return redirect("campaigns:visits_add", pk=plan.pk)
    return render(request, "campaigns/plan_form.html", {"form": form, "plan": None})


def _programmes(request: HttpRequest) -> Any:
    return Programme.objects.filter(closed_at=None).visible_to(request.user).select_related("unit")


def _write_plan(request: HttpRequest, form: PlanForm, plan: InspectionPlan) -> bool:
    data = dict(form.cleaned_data)
    lines = data.pop("checklist")
    try:
        save_plan(plan=plan, by=request.user, fields=data, checklist=lines)
    except WorkflowError as error:
        form.add_error("checklist", error.message)
        return False
    return True


@require_http_methods(_BOTH)
def plan_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a plan."""
    plan = own_plan(request, pk)
    if why := why_no_planning(plan):
        messages.info(request, why)
        return redirect(plan)
    programmes = Programme.objects.filter(pk=plan.programme_id).select_related("unit")
    form = PlanForm(request.POST or None, programmes=programmes, plan=plan, initial=plan_values(plan))
    if request.method == "POST" and form.is_valid() and _write_plan(request, form, plan):
        messages.success(request, _("Đã lưu kế hoạch."))
        return redirect(plan)
    return render(request, "campaigns/plan_form.html", {"form": form, "plan": plan})


@require_safe
def plan_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One plan: units × dates with how far they are."""
    plan = get_plan(request, pk)
    visits = plan_visits(plan)
    standing = [visit for visit in visits if visit.state != VisitState.CANCELLED]
    done = [visit for visit in standing if visit.state in (VisitState.RECORDED, VisitState.SENT)]
    context = {
        "plan": plan,
        "rows": [(visit, *visit_look(visit)) for visit in visits],
        "count": len(standing),
        "done": len(done),
        "late": sum(visit.is_late for visit in standing),
        "lines": list(plan.lines.all()),
        "plans": may_plan(request.user, plan) and not plan.programme.is_closed,
    }
    return render(request, "campaigns/plan_detail.html", context)


@require_http_methods(_BOTH)
def visits_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Put units into a plan, with a date and a team."""
    plan = own_plan(request, pk)
    if why := why_no_planning(plan):
        messages.info(request, why)
        return redirect(plan)
    form = VisitsForm(request.POST or None, plan=plan, initial={"team": [plan.lead_id]})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = add_visits(
                plan=plan,
                by=request.user,
                units=list(data["units"]),
                planned_on=data["planned_on"],
                team=list(data["team"]),
                team_note=data["team_note"],
            )
        except WorkflowError as error:
            form.add_error(None, error.message)
        else:
            told = _("Đã thêm %(n)d đơn vị vào ngày %(day)s.")
            messages.success(request, told % {"n": len(made), "day": format_date(data["planned_on"])})
            return redirect(plan)
    return render(request, "campaigns/visits_add.html", {"form": form, "plan": plan})


@require_POST
def plan_announce(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell the units of a plan of their visits."""
    plan = own_plan(request, pk)
    done = _("Đã thông báo: mỗi đơn vị thấy ngày làm việc, thành viên đoàn và nội dung kiểm tra.")
    try_step(request, lambda: announce_plan(plan=plan, by=request.user), done)
    return redirect(plan)


@require_safe
def visit_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One visit: when, who, what; the findings for those who are told."""
    visit = get_visit(request, pk)
    return render(request, "campaigns/visit_detail.html", visit_page(request, visit))


def visit_page(request: HttpRequest, visit: Visit) -> dict[str, Any]:
    """Everything that the page of a visit and its minutes show to a person."""
    user = request.user
    told = Visit.objects.told_to(user).filter(pk=visit.pk).exists()
    enclosures = list(visit.enclosures.all()) if told else []
    follow_ups = list(visit.follow_ups.order_by("position")) if told else []
    writes = may_record(user, visit)
    look, word = visit_look(visit)
    return {
        "visit": visit,
        "plan": visit.plan,
        "told": told,
        "look": look,
        "word": word,
        "lines": checked_lines(visit, told=told),
        "team": list(visit.team.order_by("full_name")),
        "photos": photo_items(e for e in enclosures if e.is_photo),
        "files": file_items(e for e in enclosures if not e.is_photo),
        "follow_ups": [(row, *follow_up_look(row)) for row in follow_ups],
        "events": visit_events(visit, user, told=told),
        "actions": {a.name: a.decision for a in VISIT_WORKFLOW.actions_for(user, visit)},
        "finished": times_finished(visit) if visit.state == VisitState.RECORDED else None,
        "writes": writes,
        "plans": may_plan(user, visit.plan),
        "missing": missing_of(visit) if writes and visit.is_open and visit.version else [],
    }


@require_http_methods(_BOTH)
def visit_team(request: HttpRequest, pk: int) -> HttpResponse:
    """Change who goes."""
    visit = planned_visit(request, pk)
    initial = {"team": list(visit.team.values_list("pk", flat=True)), "team_note": visit.team_note}
    form = TeamForm(request.POST or None, plan=visit.plan, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        step = partial(set_team, visit=visit, by=request.user, team=list(data["team"]), team_note=data["team_note"])
        try_step(request, step, _("Đã lưu thành viên đoàn."))
        return redirect(visit)
    return _step_form(request, visit, form, _("Thành viên đoàn"), _("Lưu thành viên"))


@require_http_methods(_BOTH)
def visit_postpone(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a visit to another day."""
    visit = planned_visit(request, pk)
    form = PostponeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            postpone_visit(visit=visit, by=request.user, **form.cleaned_data)
        except WorkflowError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Đã dời sang ngày %(day)s.") % {"day": format_date(visit.planned_on)})
            return redirect(visit)
    return _step_form(request, visit, form, _("Dời ngày"), _("Dời ngày"))


@require_http_methods(_BOTH)
def visit_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a visit off its plan."""
    visit = planned_visit(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            cancel_visit(visit=visit, by=request.user, reason=form.cleaned_data["reason"])
        except WorkflowError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Đã hủy lần này. Có thể đưa đơn vị vào kế hoạch lần khác."))
            return redirect(visit)
    return _step_form(request, visit, form, _("Hủy lần kiểm tra, khảo sát"), _("Hủy lần này"))


def _step_form(request: HttpRequest, visit: Visit, form: Any, heading: str, button: str) -> HttpResponse:
    context = {
        "form": form,
        "heading": heading,
        "button": button,
        "lead": f"{visit.unit.name} – {visit.plan.title}",
        "back": visit.get_absolute_url(),
    }
    return render(request, "campaigns/step_form.html", context)
