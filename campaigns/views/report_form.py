"""Writing a report: the form, its saving while it is typed, the page before submitting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from campaigns.content import figure_lines, file_row, missing_items, parts_of, report_of, sections_of
from campaigns.enums import FileKind
from campaigns.forms.report import ReportForm
from campaigns.letters import named_remarks
from campaigns.models import TaskReport, UnitTask
from campaigns.selectors.tasks import remarks_of_return, return_of
from campaigns.services import add_file, save_report
from campaigns.services.reports import StaleReport
from campaigns.workflow import TASK_WORKFLOW
from core.files.receiving import receive_each
from core.forms.merging import fingerprints, merge, read_fingerprints
from core.forms.saving import MERGES, Saved, is_of_another, kept_words, saved_time, typed_words
from core.workflow import WorkflowError

from .task_scope import refuse_writing, written_task


@require_http_methods(["GET", "HEAD", "POST"])
def task_report(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of an owed report; a save keeps all that was read without a fault."""
    page = "task_paste" if request.POST.get("then") == "paste" else "task_report"
    return _edit(request, pk, lambda task: redirect(f"campaigns:{page}", pk=task.pk))


def _edit(request: HttpRequest, pk: int, then: Callable[[UnitTask], HttpResponse]) -> HttpResponse:
    task = written_task(request, pk)
    report = report_of(task)
    if not task.is_owed or task.is_closed:
        return _closed(request, task)
    if request.method != "POST":
        return _form_page(request, task, Saved(_empty_form(task, report)))
    if is_of_another(request):
        return _kept(request, task, _("Trình duyệt này vừa đăng nhập bằng tài khoản khác"))
    saved = _save(request, task)
    if not saved.is_clean:
        return _form_page(request, task, saved)
    if saved.taken:
        words = _("Đã lưu lúc %(time)s. Báo cáo có sửa đổi ở nơi khác trong lúc viết; hai bên đã được gộp.")
        messages.info(request, words % {"time": saved_time(task.report.saved_at)})
    else:
        messages.success(request, _("Đã lưu lúc %(time)s.") % {"time": saved_time(task.report.saved_at)})
    return then(task)


def _empty_form(task: UnitTask, report: TaskReport) -> ReportForm:
    return ReportForm(task=task, report=report, remarks=remarks_of_return(task))


def _closed(request: HttpRequest, task: UnitTask) -> HttpResponse:
    """A report that is not open any more; what was typed meanwhile is shown, so that it can be copied."""
    if request.method != "POST":
        refuse_writing(request, task)
        return redirect(task)
    closed, sent = _("Chương trình đã đóng trong lúc viết"), _("Báo cáo đã được nộp ở nơi khác trong lúc viết")
    return _kept(request, task, closed if task.is_closed else sent)


def _kept(request: HttpRequest, task: UnitTask, happened: str) -> HttpResponse:
    typed = typed_words(ReportForm(request.POST, task=task, report=report_of(task)))
    return kept_words(request, typed, happened, back=(task.get_absolute_url(), _("Xem nhiệm vụ")))


def _save(request: HttpRequest, task: UnitTask) -> Saved[ReportForm]:
    refused = _receive_files(request, task)
    for _attempt in range(MERGES):
        saved = _merged(request, task)
        saved.refused = refused
        if saved.conflicts or _write(request, task, saved):
            return saved
        task.report = TaskReport.objects.select_related("saved_by").get(task=task)
    saved.form.add_error(
        None, _("Báo cáo đang được nhiều nơi lưu cùng lúc. Nội dung vẫn ở trên trang; bấm lưu lần nữa.")
    )
    return saved


def _merged(request: HttpRequest, task: UnitTask) -> Saved[ReportForm]:
    """Read what was posted, merged with what stands now; a figure that was only shown follows what is counted today."""
    report, remarks = report_of(task), remarks_of_return(task)
    form = ReportForm(request.POST, task=task, report=report, remarks=remarks)
    if "prints" not in request.POST and request.POST.get("version") == str(report.version):
        form.is_valid()
        return Saved(form)
    base = read_fingerprints(request.POST.get("prints", ""))
    merged = merge(request.POST, base, form.initial, list(form.fields))
    form = ReportForm(merged.data, task=task, report=report, remarks=remarks)
    form.is_valid()
    return Saved(form, conflicts=merged.conflicts, taken=merged.taken)


def _write(request: HttpRequest, task: UnitTask, saved: Saved[ReportForm]) -> bool:
    """Write what was read; False when another save came in between, so that it must be merged again."""
    form = saved.form
    try:
        save_report(task=task, by=request.user, data=form.report_input(), seen_version=form.report.version)
    except StaleReport:
        return False
    except WorkflowError as error:
        form.add_error(None, error.message)
        return True
    saved.written = True
    return True


def _receive_files(request: HttpRequest, task: UnitTask) -> list[tuple[str, str]]:
    """Keep each good file, whatever the others are; returns (input, sentence) for each refused one."""
    return receive_each(
        request,
        {kind: kind for kind in FileKind.values},
        lambda kind, upload: add_file(task=task, by=request.user, kind=kind, upload=upload),
    )


def _form_page(request: HttpRequest, task: UnitTask, saved: Saved[ReportForm]) -> HttpResponse:
    form, report = saved.form, report_of(task)
    form.show_remarks()
    now = ReportForm(task=task, report=report)
    files = list(task.files.present())
    context = {
        "task": task,
        "report": report,
        "form": form,
        "parts": parts_of(task, report),
        "lines": now.lines,
        "conflicts": saved.conflicts,
        "refused": saved.refused,
        "partly_saved": saved.written,
        "unwritten": saved.unwritten,
        "prints": fingerprints(now.initial),
        "saved_time": saved_time(report.saved_at),
        "returned": return_of(task),
        "remarks": {remark.target: remark for remark in form.remarks},
        "file_groups": [(kind, [file for file in files if file.kind == kind]) for kind in FileKind],
    }
    return render(request, "campaigns/report_form.html", context)


@require_POST
def task_autosave(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Save the form as it is being typed. Answers what was written, so that the tick tells the truth."""
    task = written_task(request, pk)
    if is_of_another(request):
        return JsonResponse({"status": "other"}, status=409)
    if not task.is_owed:
        return JsonResponse({"status": "closed"}, status=409)
    if not request.POST.get("prints"):
        return JsonResponse({"status": "refused"}, status=409)
    saved = _save(request, task)
    if saved.conflicts:
        return JsonResponse(_clash(task, saved), status=409)
    if not saved.written:
        return JsonResponse({"status": "refused"}, status=409)
    return JsonResponse(_stored(request, task, saved))


def _stored(request: HttpRequest, task: UnitTask, saved: Saved[ReportForm]) -> dict[str, Any]:
    """What the page is told after a save: what stands now, what came from elsewhere, what is still to be done."""
    form, report = saved.form, report_of(task)
    current = ReportForm(task=task, report=report).initial
    unwritten = saved.unwritten
    faulty = [name for name in form.errors if name in form.fields]
    # With another day the counted figures change: those that were only shown are filled in anew.
    moved = [n for n in current if n.startswith("figure-") and n not in unwritten and n not in saved.taken]
    taken = saved.taken + [n for n in moved if current[n] != request.POST.get(n, "").strip()]
    return {
        "status": "partly" if form.errors or saved.refused else "saved",
        "version": report.version,
        "prints": fingerprints(current),
        "time": saved_time(report.saved_at),
        "faulty": [str(form[name].label) for name in faulty],
        "unwritten": unwritten,
        "taken": [{"name": name, "value": current[name]} for name in taken],
        "sections": [{"code": p.code, "look": p.look, "word": p.word} for p in parts_of(task, report)],
        "figures": figures_told(task, report),
    }


def figures_told(task: UnitTask, report: TaskReport) -> list[dict[str, Any]]:
    """What the grid of figures shows beside each field, for the script that keeps it up to date."""
    return [
        {
            "code": line.figure.code,
            "known": str(line.known.value) if line.known else None,
            "url": line.known.url if line.known else "",
            "differs": line.differs,
        }
        for line in figure_lines(task, report)
    ]


def _clash(task: UnitTask, saved: Saved[ReportForm]) -> dict[str, Any]:
    """Both sides changed a field: the other's texts, with all that is needed to go on once one is chosen."""
    form, report = saved.form, report_of(task)
    current = form.stored_values()
    return {
        "status": "conflict",
        "version": report.version,
        "prints": fingerprints(current),
        "who": report.saved_by.full_name if report.saved_by else "",
        "time": saved_time(report.saved_at),
        "taken": [{"name": name, "value": current[name]} for name in saved.taken],
        "clashes": [
            {"name": name, "label": str(form[name].label), "value": value or "", "words": value or ""}
            for name, value in saved.conflicts.items()
        ],
    }


@require_http_methods(["GET", "HEAD", "POST"])
def task_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Check the report before submitting. A POST comes from the form's own button: it saves first."""
    if request.method == "POST":
        return _edit(request, pk, lambda task: redirect("campaigns:task_check", pk=task.pk))
    task = written_task(request, pk)
    if not task.is_owed:
        return redirect(task)
    if task.is_closed:
        return _closed(request, task)
    report = report_of(task)
    returned = return_of(task)
    context = {
        "task": task,
        "report": report,
        "files": [file_row(file) for file in task.files.present()],
        "sections": [(section, report.sections.get(section.key, "")) for section in sections_of(task.milestone)],
        "lines": figure_lines(task, report),
        "missing": missing_items(task, report),
        "decision": TASK_WORKFLOW.check("submit", task, request.user),
        "returned": returned,
        "told_remarks": named_remarks(task, returned) if returned else [],
    }
    return render(request, "campaigns/report_check.html", context)
