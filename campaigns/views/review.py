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
from campaigns.services.reports import SentAnew, proposed_return_day
from campaigns.workflow import TASK_WORKFLOW
from core.dates import format_date
from core.forms.saving import kept_words, typed_words
from core.steps import done_already, read_version
from core.workflow import WorkflowError

from .task_scope import judged_task, tell_refusal

PAGE_SIZE = 25


@require_safe
def task_queue(request: HttpRequest) -> HttpResponse:
    """Reports that wait for the person, the one that came first on top."""
    rows = queue_of(request.user).select_related("milestone", "unit", "addressed", "submitted_by")
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
    if read_version(request) not in (None, version.number):
        kept = _("Lý do và nhận xét đã gõ vẫn còn ở cuối trang.")
        messages.error(request, f"{SentAnew(version.number).message} {kept}")
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
        accept_report(task=task, by=request.user, seen=read_version(request))
    except SentAnew as error:
        messages.error(request, error.message)
        return redirect("campaigns:task_review", pk=pk)
    except WorkflowError as error:
        if not done_already(request, task, "accept"):
            tell_refusal(request, task, error)
            return redirect(task)
    messages.success(request, _("Đã nhận báo cáo của %(unit)s.") % {"unit": task.named(task.unit.name_in_text)})
    return _go_on(request, task)


@require_POST
def task_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Return a report with a reason and a day, then go on with the next that waits."""
    task = judged_task(request, pk)
    form = ReturnForm(request.POST, task=task)
    if task.state != TaskState.SUBMITTED:
        return _overtaken(request, task, form)
    if not form.is_valid():
        return _page(request, task, form)
    data, seen = form.cleaned_data, read_version(request)
    given = {"reason": data["reason"], "due": data["due"], "remarks": form.remarks()}
    try:
        return_report(task=task, by=request.user, seen=seen, **given)
    except SentAnew:
        return _page(request, task, form)
    except WorkflowError as error:
        if task.state != TaskState.SUBMITTED:
            return _overtaken(request, task, form)
        form.add_error(None, error.message)
        return _page(request, task, form)
    told = {"unit": task.named(task.unit.name_in_text), "day": format_date(data["due"])}
    messages.success(request, _("Đã trả lại báo cáo của %(unit)s, hạn bổ sung %(day)s.") % told)
    return _go_on(request, task)


def _overtaken(request: HttpRequest, task: UnitTask, form: ReturnForm) -> HttpResponse:
    """Somebody else was faster: keep the words typed and say who. A double press of one's own just goes on."""
    if done_already(request, task, "return"):
        return _go_on(request, task)
    tell_refusal(request, task, WorkflowError(TASK_WORKFLOW.wrong_state(task)))
    typed = typed_words(form)
    if not typed:
        return redirect(task)
    back = (task.get_absolute_url(), _("Xem nhiệm vụ"))
    return kept_words(request, typed, _("Báo cáo vừa có bước xử lý khác"), back=back)


def _go_on(request: HttpRequest, task: UnitTask) -> HttpResponse:
    following = next_to_judge(task, request.user)
    return redirect("campaigns:task_review", pk=following.pk) if following else redirect("campaigns:task_queue")
