"""Tasks: the list, one task with its history, what was submitted, and the unit's own steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from campaigns.content import figures_of, sections_of
from campaigns.differences import changes_between
from campaigns.enums import ExtensionState, TaskState
from campaigns.forms.task_filter import TaskFilter
from campaigns.letters import named_remarks
from campaigns.models import TaskReportVersion, UnitTask
from campaigns.querysets import READS_ALL
from campaigns.report_papers import paper_kind, report_paper
from campaigns.rules import may_judge, may_write
from campaigns.selectors.tasks import duties_of, history_of, return_of, years_of
from campaigns.selectors.words import withdrawal_words, withdrawn_words
from campaigns.services import submit_report, withdraw_report
from campaigns.services.extensions import why_no_extension
from campaigns.services.reports import day_given
from campaigns.workflow import TASK_WORKFLOW
from core import clock
from core.files import CONTENT_TYPES, content_disposition
from core.paging import CountedPaginator
from core.steps import done_already
from core.text import slugify
from core.workflow import WorkflowError
from organizations.enums import OFFICE_ROLES, UNIT_ROLES
from organizations.models import Unit

from .task_scope import get_task, tell_refusal, written_task

if TYPE_CHECKING:
    from organizations.models import User

PAGE_SIZE = 25
#: Years that an address may ask for.
_FIRST_YEAR, _LAST_YEAR = 2000, 2100
#: Sending has its own page, which says what is missing.
_SENDING = frozenset({"submit"})


@require_safe
def task_list(request: HttpRequest) -> HttpResponse:
    """The tasks that the person reads, late ones first, with how many are in each state."""
    wanted = TaskFilter(request.GET, request.user)
    rows = wanted.narrowed(UnitTask.objects.visible_to(request.user))
    tabs, count = wanted.tabs(rows)
    shown = wanted.in_order(wanted.in_state(rows)).select_related("milestone__programme", "unit", "addressed")
    context = {
        "page_obj": CountedPaginator(shown, PAGE_SIZE, count).get_page(request.GET.get("trang")),
        "filter": wanted,
        "tabs": tabs,
        "is_office": request.user.access.has(*OFFICE_ROLES),
        "shows_units": len(wanted.units) > 1,
    }
    return render(request, "campaigns/task_list.html", context)


@require_safe
def task_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One task: what is asked, by when, what was submitted, what happened."""
    task, user = get_task(request, pk), request.user
    versions = list(task.versions.select_related("made_by"))
    writes = may_write(task, user)
    actions = {a.name: a.decision for a in TASK_WORKFLOW.actions_for(user, task, without=_SENDING)}
    returned = return_of(task)
    context = {
        "task": task,
        "sections": sections_of(task.milestone),
        "figures": figures_of(task.milestone),
        "versions": versions,
        "version": versions[-1] if versions else None,
        "history": history_of(task),
        "returned": returned,
        "told_remarks": named_remarks(task, returned) if returned else [],
        "writes": writes,
        "judges": may_judge(task, user) and task.state == TaskState.SUBMITTED,
        "actions": actions,
        "withdrawal": withdrawal_words(task, day_given(task), clock.today()) if actions.get("withdraw") else "",
        "open_extension": task.extensions.filter(state=ExtensionState.OPEN).select_related("asked_by").first(),
        "may_extend": writes and not why_no_extension(task, user),
        "answers": may_judge(task, user) and not task.is_closed,
        "may_draft": writes and task.is_owed and not task.is_closed,
        "has_draft": writes and task.is_owed and hasattr(task, "report"),
    }
    return render(request, "campaigns/task_detail.html", context)


def version_of(task: UnitTask, number: int) -> TaskReportVersion:
    """One submitted version; 404 for a number that there is not."""
    return get_object_or_404(task.versions.select_related("made_by"), number=number)


@require_safe
def task_version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One version as it was submitted, and what changed since the one before."""
    task = get_task(request, pk)
    version = version_of(task, number)
    earlier = task.versions.filter(number=number - 1).first()
    context = {
        "task": task,
        "version": version,
        "versions": list(task.versions.all()),
        "earlier": earlier,
        "changes": changes_between(earlier.content, version.content) if earlier else [],
    }
    return render(request, "campaigns/report_version.html", context)


@require_safe
def task_document(request: HttpRequest, pk: int) -> HttpResponse:
    """The last submitted report as DOCX; for who writes it, while it is owed, as it is being written."""
    task = get_task(request, pk)
    version = task.versions.last()
    drafts = may_write(task, request.user) and task.is_owed
    if version is None and not drafts:
        raise Http404
    content = report_paper(task, None if drafts else version)
    name = slugify(f"{paper_kind(task)} {task.milestone.short_title} {task.unit_label}")
    response = HttpResponse(content, content_type=CONTENT_TYPES["docx"])
    response["Content-Disposition"] = content_disposition(f"{name}.docx")
    return response


@require_POST
def task_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Submit the report; a second press gets the receipt of the first."""
    task = written_task(request, pk)
    try:
        submit_report(task=task, by=request.user)
    except WorkflowError as error:
        if not done_already(request, task, "submit"):
            tell_refusal(request, task, error)
            return redirect("campaigns:task_check", pk=pk)
    return redirect("campaigns:task_receipt", pk=pk)


@require_safe
def task_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """What was submitted last: when, by whom, to whom, which files arrived."""
    task = written_task(request, pk)
    version = task.versions.select_related("made_by").last()
    if task.is_owed or version is None:
        return redirect(task)
    context = {"task": task, "version": version, "sent_to": settings.PORTAL_OFFICE}
    return render(request, "campaigns/task_receipt.html", context)


@require_POST
def task_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a report back while nobody accepted it."""
    task = written_task(request, pk)
    try:
        withdraw_report(task=task, by=request.user)
    except WorkflowError as error:
        if not done_already(request, task, "withdraw"):
            tell_refusal(request, task, error)
            return redirect(task)
    messages.success(request, withdrawn_words(task, clock.today()))
    return redirect("campaigns:task_report", pk=pk)


def _reads_duties(user: User, unit: Unit) -> bool:
    """Whether a unit lies in the person's scope, or answers for a task of a programme there as a successor."""
    if user.access.covers(unit.path, *READS_ALL, *UNIT_ROLES):
        return True
    return UnitTask.objects.answered_outside(user, *READS_ALL).filter(unit=unit).exists()


@require_safe
def unit_duties(request: HttpRequest, unit: int, year: int) -> HttpResponse:
    """The four yearly duties of one unit with where each stands."""
    found = get_object_or_404(Unit, pk=unit)
    user = request.user
    if not _reads_duties(user, found) or not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise Http404
    context = {
        "unit": found,
        "year": year,
        "duties": duties_of(found, year, user),
        "years": years_of(found, user),
    }
    return render(request, "campaigns/unit_duties.html", context)
