"""The office's side: reports that wait, one after another."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campaigns.differences import changes_between
from campaigns.enums import TaskState
from campaigns.forms.steps import ReturnForm
from campaigns.models import UnitTask
from campaigns.selectors.tasks import next_to_judge, queue_of
from campaigns.services import accept_report, return_report
from campaigns.services.reports import proposed_return_day
from campaigns.workflow import TASK_WORKFLOW
from core.dates import format_date
from core.steps import done_already
from core.workflow import WorkflowError

from .task_scope import judged_task, tell_refusal

PAGE_SIZE = 25


@require_safe
def task_queue(request: HttpRequest) -> HttpResponse:
    """Reports that wait for the person, the one that came first on top."""
    rows = queue_of(request.user).select_related("milestone", "unit", "submitted_by")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("trang"))
    return render(request, "campaigns/task_queue.html", {"page_obj": page})


@require_safe
def task_review(request: HttpRequest, pk: int) -> HttpResponse:
    """One submitted report with the two decisions."""
    task = judged_task(request, pk)
    if task.state != TaskState.SUBMITTED:
        return redirect(task)
    form = ReturnForm(task=task, initial={"due": format_date(proposed_return_day())})
    return _page(request, task, form)


def _page(request: HttpRequest, task: UnitTask, form: ReturnForm) -> HttpResponse:
    *before, version = task.versions.select_related("made_by")
    context = {
        "task": task,
        "version": version,
        "changes": changes_between(before[-1].content, version.content) if before else [],
        "form": form,
        "accept": TASK_WORKFLOW.check("accept", task, request.user),
        "next": next_to_judge(task, request.user),
        "waiting": queue_of(request.user).count(),
    }
    return render(request, "campaigns/task_review.html", context)


@require_POST
def task_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept a report, then go on with the next that waits."""
    task = judged_task(request, pk)
    try:
        accept_report(task=task, by=request.user)
    except WorkflowError as error:
        if not done_already(request, task, "accept"):
            tell_refusal(request, task, error)
            return redirect(task)
    messages.success(request, _("Đã nhận báo cáo của %(unit)s.") % {"unit": task.unit.name_in_text})
    return _go_on(request, task)


@require_POST
def task_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Return a report with a reason and a day, then go on with the next that waits."""
    task = judged_task(request, pk)
    if done_already(request, task, "return"):
        return _go_on(request, task)
    if task.state != TaskState.SUBMITTED:
        tell_refusal(request, task, WorkflowError(TASK_WORKFLOW.wrong_state(task)))
        return redirect(task)
    form = ReturnForm(request.POST, task=task)
    if not form.is_valid():
        return _page(request, task, form)
    data = form.cleaned_data
    try:
        return_report(task=task, by=request.user, reason=data["reason"], due=data["due"], remarks=form.remarks())
    except WorkflowError as error:
        tell_refusal(request, task, error)
        return redirect(task)
    told = {"unit": task.unit.name_in_text, "day": format_date(data["due"])}
    messages.success(request, _("Đã trả lại báo cáo của %(unit)s, hạn bổ sung %(day)s.") % told)
    return _go_on(request, task)


def _go_on(request: HttpRequest, task: UnitTask) -> HttpResponse:
    following = next_to_judge(task, request.user)
    return redirect("campaigns:task_review", pk=following.pk) if following else redirect("campaigns:task_queue")
