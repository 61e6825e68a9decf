from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.files.receiving import receive_each
from core.forms import saving
from core.forms.merging import fingerprints, merge, read_fingerprints
from core.forms.saving import MERGES, Saved, is_of_another, saved_time, typed_words
from core.workflow import WorkflowError
from models_registry.checking import checked_sections, plain_value, shown_value, task_look, task_word
from models_registry.completeness import missing_items, required_fields
from models_registry.content import content_of
from models_registry.duplicates import duplicates_of
from models_registry.enums import Category, State
from models_registry.forms import ExemplarForm
from models_registry.models import Exemplar
from models_registry.rules import remarks_of_return
from models_registry.selectors import current_remarks, form_sections, judged_remarks, record_page
from models_registry.services import add_document, add_photo, answer_remarks, save_draft
from models_registry.services.drafts import StaleVersion
from models_registry.workflow import EXEMPLAR_WORKFLOW

from .photo_words import write_photo_words
from .scope import kept_words, open_exemplar, own_binned

if TYPE_CHECKING:
    from collections.abc import Callable


@require_http_methods(["GET", "HEAD", "POST"])
def exemplar_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of a draft or returned record; a save keeps all that was read without a fault."""
    page = "exemplar_kind" if request.POST.get("then") == "kind" else "exemplar_edit"
    return _edit(request, pk, then=lambda exemplar: redirect(f"models_registry:{page}", pk=exemplar.pk))


def _edit(request: HttpRequest, pk: int, then: Callable[[Exemplar], HttpResponse]) -> HttpResponse:
    try:
        exemplar = open_exemplar(request, pk)
    except Http404:
        if binned := own_binned(request, pk):
            return _in_bin(request, binned)
        raise
    if not exemplar.is_editable:
        return _closed(request, exemplar)
    if request.method != "POST":
        form = ExemplarForm(exemplar=exemplar, remarks=remarks_of_return(exemplar))
        return _form_page(request, exemplar, Saved(form))
    if is_of_another(request):
        typed = typed_words(ExemplarForm(request.POST, exemplar=exemplar))
        return kept_words(request, exemplar, typed, _("Trình duyệt này vừa đăng nhập bằng tài khoản khác"))
    saved = _save(request, exemplar)
    if not saved.is_clean:
        return _form_page(request, exemplar, saved)
    if saved.taken:
        messages.info(request, _merged_words(exemplar))
    else:
        messages.success(request, _("Đã lưu lúc %(time)s.") % {"time": saved_time(exemplar.saved_at)})
    return then(exemplar)


def _closed(request: HttpRequest, exemplar: Exemplar) -> HttpResponse:
    """A record that is not open any more; what was typed meanwhile is shown, so that it can be copied."""
    if request.method != "POST":
        messages.info(request, _("Hồ sơ đã gửi nên không sửa được. Dưới đây là nội dung đã gửi."))
        return redirect(exemplar)
    form = ExemplarForm(request.POST, exemplar=exemplar)
    return kept_words(request, exemplar, typed_words(form), _("Hồ sơ đã được gửi ở nơi khác trong lúc viết"))


def _in_bin(request: HttpRequest, exemplar: Exemplar) -> HttpResponse:
    """A draft that was thrown away in another tab; what was typed in this one is shown, so that it can be copied."""
    happened, back = _("Bản nháp đang ở thùng rác"), reverse("models_registry:bin_list")
    if request.method != "POST":
        messages.info(request, _("Bản nháp đang ở thùng rác. Lấy lại trước khi làm tiếp."))
        return redirect(back)
    typed = typed_words(ExemplarForm(request.POST, exemplar=exemplar))
    return saving.kept_words(request, typed, happened, back=(back, _("Mở thùng rác")))


def _save(request: HttpRequest, exemplar: Exemplar) -> Saved[ExemplarForm]:
    refused = _receive_files(request, exemplar)
    for _attempt in range(MERGES):
        saved = _merged(request, exemplar)
        saved.refused = refused
        if saved.conflicts or _write(request, exemplar, saved):
            return saved
    saved.form.add_error(None, _("Hồ sơ đang được nhiều nơi lưu cùng lúc. Nội dung vẫn ở trên trang; bấm lưu lần nữa."))
    return saved


def _merged(request: HttpRequest, exemplar: Exemplar) -> Saved[ExemplarForm]:
    """Read what was posted, merged with what was saved elsewhere since the form was opened."""
    remarks = remarks_of_return(exemplar)
    form = ExemplarForm(request.POST, exemplar=exemplar, remarks=remarks)
    if request.POST.get("version") == str(exemplar.version):
        form.is_valid()
        return Saved(form)
    base = read_fingerprints(request.POST.get("prints", ""))
    merged = merge(request.POST, base, form.initial, list(form.fields))
    form = ExemplarForm(merged.data, exemplar=exemplar, remarks=remarks)
    form.is_valid()
    return Saved(form, conflicts=merged.conflicts, taken=merged.taken)


def _write(request: HttpRequest, exemplar: Exemplar, saved: Saved[ExemplarForm]) -> bool:
    """Write what was read; False when another save came in between, so that it must be merged again."""
    form = saved.form
    try:
        with transaction.atomic():
            save_draft(exemplar=exemplar, by=request.user, data=form.draft_input(), seen_version=exemplar.version)
            answer_remarks(exemplar=exemplar, by=request.user, answers=form.answers())
    except StaleVersion:
        return False
    except WorkflowError as error:
        saved.form.add_error(None, error.message)
        return True
    saved.written = True
    return True


def _receive_files(request: HttpRequest, exemplar: Exemplar) -> list[tuple[str, str]]:
    """Keep each good file, whatever the others are; returns (input, sentence) for each refused one."""
    adders = {"photos": add_photo, "documents": add_document}
    refused = receive_each(
        request,
        {name: name for name in adders},
        lambda name, upload: adders[name](exemplar=exemplar, by=request.user, upload=upload),
    )
    return refused + [("photos", sentence) for sentence in write_photo_words(request, exemplar)]


def _form_page(request: HttpRequest, exemplar: Exemplar, saved: Saved[ExemplarForm]) -> HttpResponse:
    content = content_of(exemplar)
    shown = [part | {"template": _template(part["code"])} for part in form_sections(exemplar, content)]
    logs = list(exemplar.transitions.all())
    comments = list(exemplar.comments.select_related("author"))
    form = saved.form
    remarks = current_remarks(exemplar, logs, comments)
    form.show_remarks()
    form.mark_needed(required_fields(exemplar))
    current = form.stored_values()
    context = {
        "exemplar": exemplar,
        "form": form,
        "sections": shown,
        "remarks": remarks,
        "conflicts": saved.conflicts,
        "refused": saved.refused,
        "partly_saved": saved.written,
        "unwritten": saved.unwritten,
        "prints": fingerprints(current),
        "photos": [a for a in content["attachments"] if a["kind"] == "photo"],
        "documents": [a for a in content["attachments"] if a["kind"] == "document"],
        "saved_time": saved_time(exemplar.saved_at),
        "may_change_kind": not exemplar.versions.exists(),
        "light": exemplar.category == Category.GOOD_DEED,
        "is_returned": exemplar.state == State.RETURNED,
    }
    return render(request, "models_registry/exemplar_form.html", context)


def _template(code: str) -> str:
    return f"models_registry/_form_{code.replace('-', '_')}.html"


def _merged_words(exemplar: Exemplar) -> str:
    return _("Đã lưu lúc %(time)s. Hồ sơ có sửa đổi ở nơi khác trong lúc viết; hai bên đã được gộp, không mất gì.") % {
        "time": saved_time(exemplar.saved_at)
    }


@require_POST
def exemplar_autosave(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Save the form as it is being typed. Answers what was written, so that the tick tells the truth."""
    try:
        exemplar = open_exemplar(request, pk)
    except Http404:
        if own_binned(request, pk):
            return JsonResponse({"status": "closed"}, status=409)
        raise
    if is_of_another(request):
        return JsonResponse({"status": "other"}, status=409)
    if not exemplar.is_editable:
        return JsonResponse({"status": "closed"}, status=409)
    if not request.POST.get("prints"):
        return JsonResponse({"status": "refused"}, status=409)
    saved = _save(request, exemplar)
    if saved.conflicts:
        return JsonResponse(_clash(exemplar, saved), status=409)
    if not saved.written:
        return JsonResponse({"status": "refused"}, status=409)
    return JsonResponse(_stored(exemplar, saved))


def _stored(exemplar: Exemplar, saved: Saved[ExemplarForm]) -> dict[str, Any]:
    """What the page is told after a save: what stands now, what came from elsewhere, what is still to be done."""
    form, current = saved.form, saved.form.stored_values()
    faulty = [name for name in form.errors if name in form.fields]
    return {
        "status": "partly" if form.errors or saved.refused else "saved",
        "version": exemplar.version,
        "prints": fingerprints(current),
        "time": saved_time(exemplar.saved_at),
        "faulty": [str(form[name].label) for name in faulty] + ([_("Ảnh")] if saved.refused else []),
        "unwritten": saved.unwritten,
        "taken": [{"name": name, "value": plain_value(current.get(name))} for name in saved.taken],
        "sections": [{"code": s["code"], "look": task_look(s), "word": task_word(s)} for s in form_sections(exemplar)],
    }


def _clash(exemplar: Exemplar, saved: Saved[ExemplarForm]) -> dict[str, Any]:
    """Both sides changed a field: the other's texts, with all that is needed to go on once one is chosen."""
    form, current = saved.form, saved.form.stored_values()
    return {
        "status": "conflict",
        "version": exemplar.version,
        "prints": fingerprints(current),
        "who": exemplar.saved_by.full_name,
        "time": saved_time(exemplar.saved_at),
        "taken": [{"name": name, "value": plain_value(current.get(name))} for name in saved.taken],
        "clashes": [
            {
                "name": name,
                "label": str(form[name].label),
                "value": plain_value(value),
                "words": shown_value(form[name], value),
            }
            for name, value in saved.conflicts.items()
        ],
    }


@require_http_methods(["GET", "HEAD", "POST"])
def exemplar_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Check the answers before sending. A POST comes from the form's own button: it saves first."""
    if request.method == "POST":
        return _edit(request, pk, then=lambda exemplar: redirect("models_registry:exemplar_check", pk=exemplar.pk))
    exemplar = open_exemplar(request, pk)
    if not exemplar.is_editable:
        return redirect(exemplar)
    page = record_page(exemplar, request.user)
    missing = missing_items(exemplar, page.content)
    name = "submit" if exemplar.state == State.DRAFT else "resubmit"
    context = {
        "exemplar": exemplar,
        "page": page,
        "sections": checked_sections(page.content, {item.target for item in missing}),
        "missing": missing,
        "remarks": judged_remarks(exemplar, page),
        "send_label": _("Gửi lại") if exemplar.state == State.RETURNED else _("Gửi xét duyệt"),
        "decision": EXEMPLAR_WORKFLOW.check(name, exemplar, request.user),
        "duplicates": duplicates_of(exemplar, request.user),
    }
    return render(request, "models_registry/exemplar_check.html", context)
