"""Files of reports: added one by one, opened by those who may, taken away again."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.enums import FileKind
from campaigns.models import TaskFile
from campaigns.rules import may_write
from campaigns.services import add_file, note_download, remove_file
from core.files import private_file_response
from core.files.receiving import ask_removal, receive, refuse, wants_data
from core.workflow import WorkflowError

from .task_scope import tell_refusal, written_task

_RELATED = ("task__unit", "task__milestone__programme__unit")


@require_safe
def task_file(request: HttpRequest, pk: int) -> FileResponse:
    """A file of a report, to those who may see it."""
    found = get_object_or_404(TaskFile.objects.visible_to(request.user).select_related(*_RELATED), pk=pk)
    if not found.file.storage.exists(str(found.file.name)):
        raise Http404
    if request.method == "GET":
        note_download(file=found, by=request.user)
    return private_file_response(
        found.file, download_name=found.original_name, content_type=found.content_type, inline_image=False
    )


@require_POST
def task_file_add(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take one file of an owed report; answers its row, or a sentence why it was not taken.

    A repeated `upload_key` answers as the first time: the answer to the first may have been lost.
    """
    task = written_task(request, pk)
    return receive(
        request,
        kinds=FileKind.values,
        keep=lambda kind, upload, key: add_file(task=task, by=request.user, kind=kind, upload=upload, upload_key=key),
        row=lambda kept: render_to_string("campaigns/_task_file_row.html", {"file": kept}, request),
    )


def _own_open(request: HttpRequest, pk: int) -> TaskFile:
    """A present file of an owed report that the person writes; else 404."""
    found = get_object_or_404(TaskFile.objects.visible_to(request.user).present().select_related(*_RELATED), pk=pk)
    if not may_write(found.task, request.user) or not found.task.is_owed:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def task_file_remove(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ask once, then take a file off an owed report."""
    found = _own_open(request, pk)
    task = found.task
    if request.method != "POST":
        return _ask_removal(request, found)
    try:
        remove_file(file=found, by=request.user)
    except WorkflowError as error:
        if wants_data(request):
            return refuse(error.message, 409)
        tell_refusal(request, task, error)
    else:
        if wants_data(request):
            return JsonResponse({"removed": pk})
        messages.success(request, _("Đã bỏ “%(name)s” khỏi báo cáo.") % {"name": found.original_name})
    return redirect("campaigns:task_report", pk=task.pk)


def _ask_removal(request: HttpRequest, found: TaskFile) -> HttpResponseBase:
    sent = _("Các bản đã nộp trước đây vẫn giữ tệp này; bản nộp sau không còn.")
    unsent = _("Tệp bị xóa hẳn, không lấy lại được.")
    return ask_removal(
        request,
        question=_("Bỏ “%(name)s” khỏi báo cáo?") % {"name": found.original_name},
        effect=sent if found.sent_in else unsent,
        lead=found.task.milestone.title,
        back=reverse("campaigns:task_report", args=[found.task_id]),
        anchor="#tep",
    )
