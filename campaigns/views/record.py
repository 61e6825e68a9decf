"""Recording a visit, often on a phone with a bad net: saved while typed, merged when two devices write."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from campaigns.forms.visits import RecordForm
from campaigns.inspection_rules import missing_of
from campaigns.models import Visit
from campaigns.services.visits import (
    StaleVersion,
    describe_photos,
    finish_record,
    reopen_record,
    save_record,
    send_result,
)
from core.forms.merging import fingerprints, merge, read_fingerprints
from core.forms.saving import MERGES, Saved, is_of_another, kept_words, saved_time, typed_words, value_words
from core.steps import read_version
from core.text import clean_line
from core.workflow import WorkflowError

from .enclosures import take_files
from .scope import planned_visit, try_step, writable_visit

_CAPTION = re.compile(r"caption-([0-9]{1,15})")
CAPTION_LETTERS = 200


@require_http_methods(["GET", "HEAD", "POST"])
def visit_record(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of a record; a save keeps all that was read without a fault."""
    return _edit(request, pk, then=lambda visit: redirect("campaigns:visit_record", pk=visit.pk))


@require_POST
def visit_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Save the form, then read the whole before it is closed."""
    return _edit(request, pk, then=redirect)


def _edit(request: HttpRequest, pk: int, then: Callable[[Visit], HttpResponse]) -> HttpResponse:
    visit = writable_visit(request, pk)
    if not visit.is_open:
        return _closed(request, visit)
    if request.method != "POST":
        return _form_page(request, visit, Saved(RecordForm(visit=visit)))
    if is_of_another(request):
        return _kept(request, visit, _("Trình duyệt này vừa đăng nhập bằng tài khoản khác"))
    saved = _save(request, visit)
    if not saved.is_clean:
        return _form_page(request, visit, saved)
    messages.success(request, _("Đã lưu lúc %(time)s.") % {"time": saved_time(visit.saved_at)})
    return then(visit)


def _closed(request: HttpRequest, visit: Visit) -> HttpResponse:
    """A record that is not open any more; what was typed meanwhile is shown, so that it can be copied."""
    if request.method != "POST":
        messages.info(request, _("Biên bản đã chốt nên không ghi tiếp được. Dưới đây là nội dung đã ghi."))
        return redirect(visit)
    return _kept(request, visit, _("Biên bản đã được chốt ở nơi khác trong lúc viết"))


def _kept(request: HttpRequest, visit: Visit, happened: str) -> HttpResponse:
    typed = typed_words(RecordForm(request.POST, visit=visit))
    return kept_words(request, typed, happened, back=(visit.get_absolute_url(), _("Xem lần kiểm tra này")))


def _save(request: HttpRequest, visit: Visit) -> Saved[RecordForm]:
    refused = receive_files(request, visit)
    for _attempt in range(MERGES):
        saved = _merged(request, visit)
        saved.refused = refused
        if saved.conflicts or _write(request, visit, saved):
            return saved
    saved.form.add_error(
        None, _("Biên bản đang được nhiều nơi lưu cùng lúc. Nội dung vẫn ở trên trang; bấm lưu lần nữa.")
    )
    return saved


def _merged(request: HttpRequest, visit: Visit) -> Saved[RecordForm]:
    """Read what was posted, merged with what was saved elsewhere since the form was opened."""
    form = RecordForm(request.POST, visit=visit)
    if request.POST.get("version") == str(visit.version):
        form.is_valid()
        return Saved(form)
    base = read_fingerprints(request.POST.get("prints", ""))
    merged = merge(request.POST, base, form.initial, list(form.fields))
    form = RecordForm(merged.data, visit=visit)
    form.is_valid()
    return Saved(form, conflicts=merged.conflicts, taken=merged.taken)


def _write(request: HttpRequest, visit: Visit, saved: Saved[RecordForm]) -> bool:
    """Write what was read; False when another save came in between, so that it must be merged again."""
    try:
        save_record(visit=visit, by=request.user, data=saved.form.record_input(), seen_version=visit.version)
    except StaleVersion:
        return False
    except WorkflowError as error:
        saved.form.add_error(None, error.message)
        return True
    saved.written = True
    return True


def receive_files(request: HttpRequest, visit: Visit) -> list[tuple[str, str]]:
    """Keep each good file and the captions, whatever the others are; (input, sentence) for each refused one."""
    refused = take_files(request, visit)
    if captions := read_captions(request.POST):
        try:
            describe_photos(visit=visit, by=request.user, captions=captions)
        except WorkflowError:
            # The save of the text, which follows, meets the same refusal and says it.
            return refused
    return refused


def read_captions(post: Any) -> dict[int, str]:
    """Photo id → caption, of those that this page has changed."""
    found = {}
    for name in post:
        if match := _CAPTION.fullmatch(name):
            words = clean_line(post.get(name, ""))[:CAPTION_LETTERS]
            if words not in [clean_line(was) for was in post.getlist(f"caption-was-{match[1]}")]:
                found[int(match[1])] = words
    return found


def _form_page(request: HttpRequest, visit: Visit, saved: Saved[RecordForm]) -> HttpResponse:
    form = saved.form
    enclosures = list(visit.enclosures.all())
    context = {
        "visit": visit,
        "plan": visit.plan,
        "form": form,
        "rows": [(form[verdict], form[note]) for verdict, note in form.rows],
        "follow_rows": [(form[what], form[due]) for what, due in form.follow_rows],
        "conflict_rows": [
            (form[name].label, form[name].id_for_label or form[name].auto_id, value_words(form[name], value))
            for name, value in saved.conflicts.items()
        ],
        "refused": saved.refused,
        "partly_saved": saved.written,
        "unwritten": saved.unwritten,
        "prints": fingerprints(form.stored_values()),
        "photos": [e for e in enclosures if e.is_photo],
        "documents": [e for e in enclosures if not e.is_photo],
        "saved_time": saved_time(visit.saved_at),
        "missing": missing_of(visit),
    }
    return render(request, "campaigns/record_form.html", context)


@require_POST
def visit_autosave(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Save the form as it is being typed. Answers what was written, so that the tick tells the truth."""
    visit = writable_visit(request, pk)
    if is_of_another(request):
        return JsonResponse({"status": "other"}, status=409)
    if not visit.is_open:
        return JsonResponse({"status": "closed"}, status=409)
    if not request.POST.get("prints"):
        return JsonResponse({"status": "refused"}, status=409)
    saved = _save(request, visit)
    if saved.conflicts:
        return JsonResponse(_clash(visit, saved), status=409)
    if not saved.written:
        return JsonResponse({"status": "refused"}, status=409)
    return JsonResponse(_stored(visit, saved))


def _stored(visit: Visit, saved: Saved[RecordForm]) -> dict[str, Any]:
    """What the page is told after a save: what stands now, what came from elsewhere, what is still at fault."""
    form, current = saved.form, saved.form.stored_values()
    faulty = [name for name in form.errors if name in form.fields]
    return {
        "status": "partly" if form.errors or saved.refused else "saved",
        "version": visit.version,
        "prints": fingerprints(current),
        "time": saved_time(visit.saved_at),
        "faulty": [str(form[name].label) for name in faulty] + ([_("Ảnh")] if saved.refused else []),
        "unwritten": saved.unwritten,
        "taken": _taken(saved.taken, current),
        "sections": [],
    }


def _taken(names: list[str], current: Mapping[str, Any]) -> list[dict[str, str]]:
    return [{"name": name, "value": str(current.get(name) or "")} for name in names]


def _clash(visit: Visit, saved: Saved[RecordForm]) -> dict[str, Any]:
    """Both sides changed a field: the other's texts, with all that is needed to go on once one is chosen."""
    form, current = saved.form, saved.form.stored_values()
    return {
        "status": "conflict",
        "version": visit.version,
        "prints": fingerprints(current),
        "who": visit.saved_by.full_name if visit.saved_by else "",
        "time": saved_time(visit.saved_at),
        "taken": _taken(saved.taken, current),
        "clashes": [
            {
                "name": name,
                "label": str(form[name].label),
                "value": str(value or ""),
                "words": value_words(form[name], value),
            }
            for name, value in saved.conflicts.items()
        ],
    }


@require_POST
def visit_finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the record."""
    visit = writable_visit(request, pk)
    done = _("Đã chốt biên bản. Một người khác của Phòng Nội vụ xem rồi gửi kết quả cho đơn vị.")
    try_step(request, lambda: finish_record(visit=visit, by=request.user), done)
    return redirect(visit)


@require_POST
def visit_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a closed record again."""
    visit = writable_visit(request, pk)
    if try_step(request, lambda: reopen_record(visit=visit, by=request.user), _("Đã mở lại biên bản.")):
        return redirect("campaigns:visit_record", pk=visit.pk)
    return redirect(visit)


@require_POST
def visit_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the unit read the result."""
    visit = planned_visit(request, pk)
    done = _("Đã gửi kết quả cho %(unit)s. Kiến nghị sau kiểm tra được nhắc theo hạn.") % {
        "unit": visit.unit.name_in_text
    }
    try_step(request, lambda: send_result(visit=visit, by=request.user, seen=read_version(request)), done)
    return redirect(visit)
