"""A block of figures pasted from Excel: shown first, written only when the person says so."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from campaigns.content import FigureLine, figure_lines, report_of
from campaigns.models import UnitTask
from campaigns.paste import LEFT_OUT, PastedCell, decided, read_block
from campaigns.services import save_report
from campaigns.services.reports import FigureInput, ReportInput, StaleReport
from core.numbers import format_number
from core.workflow import WorkflowError

from .task_scope import refuse_writing, tell_refusal, written_task


@require_http_methods(["GET", "HEAD", "POST"])
def task_paste(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What a pasted block would write; nothing is saved here. A script asks for the same as data."""
    task = written_task(request, pk)
    if not task.is_owed or task.is_closed:
        refuse_writing(request, task)
        return redirect(task)
    block = request.POST.get("block", "")
    lines = figure_lines(task, report_of(task))
    cells = read_block(block, lines, first=_place(request, lines))
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"cells": [_told(cell) for cell in cells]})
    return _preview(request, task, cells, lines)


def _preview(request: HttpRequest, task: UnitTask, cells: list[PastedCell], lines: list[FigureLine]) -> HttpResponse:
    context = {
        "task": task,
        "pasted": request.POST.get("block", ""),
        "rows": [(cell, request.POST.get(cell.answer_field)) for cell in cells],
        "lines": lines,
        "good": sum(cell.is_good for cell in cells),
        "doubtful": sum(bool(cell.choices) for cell in cells),
        "left_out": LEFT_OUT,
    }
    return render(request, "campaigns/report_paste.html", context)


def _place(request: HttpRequest, lines: list[FigureLine]) -> int:
    """The line of the field into which a script saw the block pasted; else the first."""
    field = request.POST.get("field", "")
    return next((place for place, line in enumerate(lines) if line.field == field), 0)


def _told(cell: PastedCell) -> dict[str, Any]:
    return {
        "words": cell.words,
        "label": str(cell.line.figure.label) if cell.line else "",
        "field": cell.line.field if cell.line else "",
        "value": "" if cell.value is None else format_number(cell.value),
        "fault": cell.fault,
        "choices": [shown for _posted, shown in cell.readings],
    }


@require_POST
def task_paste_save(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the numbers of a block that were read without a fault, once each doubtful one was decided on."""
    task = written_task(request, pk)
    report = report_of(task)
    lines = figure_lines(task, report)
    found = read_block(request.POST.get("block", ""), lines)
    cells = [decided(cell, request.POST.get(cell.answer_field, "")) for cell in found]
    if task.is_owed and any(cell.choices for cell in cells):
        messages.error(request, _("Chưa lưu: còn ô đọc được hai cách. Chọn số đúng, hoặc “Không lấy”, rồi lưu lại."))
        return _preview(request, task, found, lines)
    data = ReportInput(figures={c.line.figure.code: _input(c.line, c) for c in cells if c.line and c.is_good})
    try:
        save_report(task=task, by=request.user, data=data, seen_version=report.version)
    except WorkflowError as error:
        tell_refusal(request, task, error)
    except StaleReport:
        messages.error(request, _("Báo cáo vừa được lưu ở nơi khác; chưa ghi số nào. Bấm lưu lần nữa."))
        return redirect("campaigns:task_paste", pk=pk)
    else:
        count = len(data.figures)
        messages.success(request, ngettext("Đã lưu %(n)d số.", "Đã lưu %(n)d số.", count) % {"n": count})
    return redirect(_form_url(task))


def _form_url(task: UnitTask) -> str:
    return f"{reverse('campaigns:task_report', args=[task.pk])}#so-lieu"


def _input(line: FigureLine, cell: PastedCell) -> FigureInput:
    if line.known and cell.value == line.known.value:
        return FigureInput(typed=None)
    return FigureInput(typed=cell.value, reason=line.reason)
