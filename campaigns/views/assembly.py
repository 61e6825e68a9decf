"""The district's report: what it is assembled from, and taking the units' texts over as a draft."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from campaigns.assembly import assembly_of
from campaigns.models import UnitTask
from campaigns.rules import may_write
from campaigns.services import gather_texts
from campaigns.services.reports import StaleReport
from core.workflow import WorkflowError

from .task_scope import get_task, tell_refusal, written_task


def _assembled(task: UnitTask) -> UnitTask:
    if task.milestone.assembles_id is None:
        raise Http404
    return task


@require_safe
def task_assembly(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is in, who is missing, the figures of every unit with totals, the texts by section."""
    task = _assembled(get_task(request, pk))
    context = {
        "task": task,
        "assembly": assembly_of(task),
        "may_gather": may_write(task, request.user) and task.is_owed and not task.is_closed,
    }
    return render(request, "campaigns/task_assembly.html", context)


@require_POST
def task_gather(request: HttpRequest, pk: int) -> HttpResponse:
    """Fill the empty sections of the district's report with what the units wrote."""
    task = _assembled(written_task(request, pk))
    try:
        count = gather_texts(task=task, by=request.user)
    except WorkflowError as error:
        tell_refusal(request, task, error)
        return redirect(task)
    except StaleReport:
        messages.error(request, _("Báo cáo vừa được lưu ở nơi khác; chưa lấy mục nào. Bấm lần nữa."))
        return redirect("campaigns:task_assembly", pk=pk)
    if not count:
        messages.info(request, _("Không có mục trống nào để lấy nội dung vào; chữ đã viết được giữ nguyên."))
    else:
        words = ngettext("Đã lấy nội dung vào %(n)d mục.", "Đã lấy nội dung vào %(n)d mục.", count)
        messages.success(request, words % {"n": count} + " " + _("Biên tập lại trước khi nộp."))
    return redirect("campaigns:task_report", pk=pk)
