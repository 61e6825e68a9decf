"""More time: asked on the unit's side, answered on the office's."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.enums import ExtensionState
from campaigns.forms.steps import ExtensionForm, GrantForm, RefuseForm
from campaigns.models import Extension, UnitTask
from campaigns.rules import may_judge
from campaigns.services import ask_extension, grant_extension, refuse_extension
from campaigns.services.extensions import ended_words, why_no_extension
from core.dates import format_date
from core.workflow import WorkflowError

from .task_scope import RELATED, written_task


@require_http_methods(["GET", "HEAD", "POST"])
def extension_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for more time, with a day and a reason."""
    task = written_task(request, pk)
    if task.is_closed and request.method != "POST":
        messages.info(request, why_no_extension(task, request.user))
        return redirect(task)
    form = ExtensionForm(request.POST or None)
    why_not = why_no_extension(task, request.user)
    if request.method == "POST" and form.is_valid():
        try:
            ask_extension(task=task, by=request.user, **form.cleaned_data)
        except WorkflowError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Đã gửi đề nghị gia hạn. Trong lúc chờ, hạn cũ vẫn còn hiệu lực."))
            return redirect(task)
    return render(request, "campaigns/extension_ask.html", {"task": task, "form": form, "why_not": why_not})


def _open_extension(request: HttpRequest, pk: int) -> Extension:
    """A request that the person answers; 404 for everybody else."""
    related = [f"task__{name}" for name in RELATED]
    tasks = UnitTask.objects.visible_to(request.user)
    rows = Extension.objects.filter(task__in=tasks).select_related("asked_by", *related)
    extension = get_object_or_404(rows, pk=pk)
    if not may_judge(extension.task, request.user):
        raise Http404
    return extension


@require_safe
def extension_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """A request with the two answers."""
    extension = _open_extension(request, pk)
    return _page(request, extension, GrantForm(initial={"day": format_date(extension.wanted)}), RefuseForm())


def _page(request: HttpRequest, extension: Extension, grant: GrantForm, refuse: RefuseForm) -> HttpResponse:
    if extension.state != ExtensionState.OPEN:
        messages.info(request, ended_words(extension))
        return redirect(extension.task)
    refuse.prefix = "khong"
    context = {"extension": extension, "task": extension.task, "grant": grant, "refuse": refuse}
    return render(request, "campaigns/extension_answer.html", context)


@require_POST
def extension_grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Give more time, perhaps until another day."""
    extension = _open_extension(request, pk)
    form = GrantForm(request.POST)
    if form.is_valid():
        try:
            grant_extension(extension=extension, by=request.user, **form.cleaned_data)
        except WorkflowError as error:
            form.add_error(None, error.message)
        else:
            day = format_date(form.cleaned_data["day"])
            messages.success(request, _("Đã lùi hạn đến %(day)s. Đơn vị được báo ngay.") % {"day": day})
            return redirect(extension.task)
    return _page(request, extension, form, RefuseForm())


@require_POST
def extension_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Give no more time, with the reason."""
    extension = _open_extension(request, pk)
    form = RefuseForm(request.POST, prefix="khong")
    if form.is_valid():
        try:
            refuse_extension(extension=extension, by=request.user, answer=form.cleaned_data["answer"])
        except WorkflowError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Đã trả lời không gia hạn. Đơn vị được báo ngay."))
            return redirect(extension.task)
    return _page(request, extension, GrantForm(initial={"day": format_date(extension.wanted)}), form)
