"""How a view of tasks comes by its record: through `visible_to`, so that another unit's is a 404."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from campaigns.enums import TaskState
from campaigns.models import UnitTask
from campaigns.rules import may_judge, may_write
from campaigns.task_journal import STEP_WORDS
from core import steps
from core.workflow import WorkflowError

RELATED = (
    "milestone__programme__unit",
    "milestone__assembles",
    "unit",
    "addressed",
    "submitted_by",
    "accepted_by",
    "report__saved_by",
)


def get_task(request: HttpRequest, pk: int) -> UnitTask:
    """The task if the person may read it; else 404, in the words for one that does not exist."""
    return get_object_or_404(UnitTask.objects.visible_to(request.user).select_related(*RELATED), pk=pk)


def written_task(request: HttpRequest, pk: int) -> UnitTask:
    """A task whose report the person writes; 404 for everybody else."""
    task = get_task(request, pk)
    if not may_write(task, request.user):
        raise Http404
    return task


def judged_task(request: HttpRequest, pk: int) -> UnitTask:
    """A task whose report the person accepts or returns, once something was submitted; 404 for everybody else."""
    task = get_task(request, pk)
    came_in = task.state != TaskState.OPEN or task.versions.exists()
    if not may_judge(task, request.user) or not came_in:
        raise Http404
    return task


def refuse_writing(request: HttpRequest, task: UnitTask) -> None:
    """Say why a report is read only."""
    if task.is_closed:
        messages.info(request, _("Chương trình đã đóng nên không nhận báo cáo nữa. Nội dung đã soạn vẫn tải về được."))
    else:
        messages.info(request, _("Báo cáo đã nộp nên không sửa được. Dưới đây là bản đã nộp."))


def tell_refusal(request: HttpRequest, task: UnitTask, error: WorkflowError) -> None:
    """Say why nothing was done; when somebody else was faster, say who, what and when."""
    steps.tell_refusal(request, task, error, STEP_WORDS)
