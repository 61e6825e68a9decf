from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.forms.inspections import EvidenceForm, ReasonForm, ReturnForm
from campaigns.inspection_enums import FollowUpState
from campaigns.inspection_workflow import FOLLOW_UP_WORKFLOW
from campaigns.models import Enclosure, FollowUp
from campaigns.querysets import READS_ALL
from campaigns.selectors.inspections import (
    InspectionFilter,
    file_items,
    follow_up_events,
    follow_up_look,
    photo_items,
)
from campaigns.services.follow_ups import (
    cancel_follow_up,
    close_follow_up,
    report_follow_up,
    return_follow_up,
)
from core.dates import format_date
from core.paging import CappedPaginator
from core.workflow import WorkflowError

from .enclosures import take_files
from .scope import PAGE_SIZE, get_follow_up, judged_follow_up, own_follow_up, try_step

_BOTH = ["GET", "HEAD", "POST"]


@require_safe
def follow_up_list(request: HttpRequest) -> HttpResponse:
    """Recommendations that the person reads, late first."""
    states = [choice for choice in FollowUpState.choices if choice[0] != FollowUpState.DRAFT]
    asked = InspectionFilter(request.GET, request.user, states)
    rows = asked.follow_ups(FollowUp.objects.visible_to(request.user).sent()).late_first()
    page = CappedPaginator(rows.select_related("visit__plan", "visit__unit"), PAGE_SIZE).get_page(
        request.GET.get("trang")
    )
    context = {
        "filter": asked,
        "page_obj": page,
        "rows": [(row, *follow_up_look(row)) for row in page.object_list],
        "reads_plans": request.user.access.has(*READS_ALL),
    }
    return render(request, "campaigns/follow_up_list.html", context)


@require_safe
def follow_up_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One recommendation: what, by when, what was reported, what became of it."""
    follow_up = get_follow_up(request, pk)
    look, word = follow_up_look(follow_up)
    shown = list(Enclosure.objects.visible_to(request.user).filter(follow_up=follow_up))
    context = {
        "follow_up": follow_up,
        "look": look,
        "word": word,
        "photos": photo_items(e for e in shown if e.is_photo),
        "files": file_items(e for e in shown if not e.is_photo),
        "events": follow_up_events(follow_up),
        "actions": {a.name: a.decision for a in FOLLOW_UP_WORKFLOW.actions_for(request.user, follow_up)},
    }
    return render(request, "campaigns/follow_up_detail.html", context)


@require_http_methods(_BOTH)
def follow_up_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell the office what was done, with photos and papers."""
    follow_up = own_follow_up(request, pk)
    if not follow_up.is_owed and request.method != "POST":
        messages.info(request, _("Kiến nghị này không còn chờ đơn vị báo cáo."))
        return redirect(follow_up)
    form = EvidenceForm(request.POST or None, initial={"evidence": follow_up.evidence})
    refused = take_files(request, follow_up) if request.method == "POST" else []
    if request.method == "POST" and form.is_valid() and not refused:
        try:
            report_follow_up(follow_up=follow_up, by=request.user, evidence=form.cleaned_data["evidence"])
        except WorkflowError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Đã gửi báo cáo. Phòng Nội vụ xem và xác nhận."))
            return redirect(follow_up)
    enclosures = list(follow_up.enclosures.all())
    context = {
        "follow_up": follow_up,
        "form": form,
        "refused": refused,
        "photos": [e for e in enclosures if e.is_photo],
        "documents": [e for e in enclosures if not e.is_photo],
    }
    return render(request, "campaigns/follow_up_report.html", context)


@require_POST
def follow_up_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm that it was done."""
    follow_up = judged_follow_up(request, pk)
    try_step(
        request,
        lambda: close_follow_up(follow_up=follow_up, by=request.user),
        _("Đã xác nhận hoàn thành. Đơn vị được báo và không bị nhắc nữa."),
    )
    return redirect(follow_up)


@require_http_methods(_BOTH)
def follow_up_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for more, with a new date."""
    follow_up = judged_follow_up(request, pk)
    form = ReturnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return_follow_up(follow_up=follow_up, by=request.user, **form.cleaned_data)
        except WorkflowError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Đã trả lại, hạn mới %(day)s.") % {"day": format_date(follow_up.due)})
            return redirect(follow_up)
    return _step_form(request, follow_up, form, _("Trả lại để làm tiếp"), _("Trả lại"))


@require_http_methods(_BOTH)
def follow_up_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Drop a recommendation."""
    follow_up = judged_follow_up(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            cancel_follow_up(follow_up=follow_up, by=request.user, reason=form.cleaned_data["reason"])
        except WorkflowError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Kiến nghị không còn hiệu lực; đơn vị được báo và không bị nhắc nữa."))
            return redirect(follow_up)
    return _step_form(request, follow_up, form, _("Thôi kiến nghị này"), _("Thôi kiến nghị"))


def _step_form(request: HttpRequest, follow_up: FollowUp, form: Any, heading: str, button: str) -> HttpResponse:
    context = {
        "form": form,
        "heading": heading,
        "button": button,
        "lead": f"{follow_up.unit.name} – {follow_up.visit.plan.title}",
        "back": follow_up.get_absolute_url(),
    }
    return render(request, "campaigns/step_form.html", context)
