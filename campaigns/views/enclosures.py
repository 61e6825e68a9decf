"""Photos and files of inspections, guidance and movements: opened, sent up one by one, taken away."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.inspection_enums import EnclosureKind
from campaigns.models import Enclosure, FollowUp, Guidance, Movement, Visit
from campaigns.services.enclosures import Owner, add_enclosure, kinds_of, note_download, refuse_writer, remove_enclosure
from core.files import private_file_response
from core.files.receiving import ask_removal, receive, receive_each, refuse, wants_data
from core.text import clean_line
from core.workflow import WorkflowError

from .scope import kept_movement, own_follow_up, own_guidance, writable_visit

_VARIANTS = {"tep": "file", "anh-nho": "thumbnail"}
_ROWS = {"photo": "campaigns/_photo_row.html", "document": "campaigns/_file_row.html"}
_RELATED = ("visit__unit", "visit__plan", "follow_up__visit__unit", "guidance__programme__unit", "movement__unit")
#: Input of a form without scripts → what its files are.
_INPUTS = {"photos": EnclosureKind.PHOTO, "documents": EnclosureKind.DOCUMENT}


@require_safe
def enclosure(request: HttpRequest, pk: int, variant: str) -> FileResponse:
    """A photo or file, to those who may see it."""
    found = get_object_or_404(Enclosure.objects.visible_to(request.user).select_related(*_RELATED), pk=pk)
    stored = getattr(found, _VARIANTS.get(variant, ""), None)
    if not stored or not stored.storage.exists(stored.name):
        raise Http404
    if found.follow_up_id and not found.is_photo and request.method == "GET":
        note_download(enclosure=found, by=request.user)
    return private_file_response(
        stored, download_name=found.original_name, content_type=found.content_type, inline_image=found.is_photo
    )


@require_POST
def visit_file_add(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take one file of an open record."""
    return _add(request, writable_visit(request, pk))


@require_POST
def follow_up_file_add(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take one file of the evidence."""
    return _add(request, own_follow_up(request, pk))


@require_POST
def guidance_file_add(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take one file of a draft."""
    return _add(request, own_guidance(request, pk))


@require_POST
def movement_file_add(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take one file of a movement."""
    return _add(request, kept_movement(request, pk))


def _add(request: HttpRequest, owner: Owner) -> HttpResponseBase:
    return receive(
        request,
        kinds=kinds_of(owner),
        keep=lambda kind, upload, key: add_enclosure(
            owner=owner, by=request.user, upload=upload, kind=kind, upload_key=key
        ),
        row=lambda kept: render_to_string(_ROWS[kept.kind], {"photo": kept, "file": kept}, request),
    )


def take_files(request: HttpRequest, owner: Owner) -> list[tuple[str, str]]:
    """Keep each good file that came with a form, whatever the others are; (input, sentence) for each refused one."""
    return receive_each(
        request, _INPUTS, lambda kind, upload: add_enclosure(owner=owner, by=request.user, upload=upload, kind=kind)
    )


def answer_saved(request: HttpRequest, owner: Guidance | Movement, done: str) -> HttpResponse:
    """Say what was done, at the record; with files that were not taken, on its form, where others can be chosen."""
    refused = take_files(request, owner)
    if not refused:
        messages.success(request, done)
        return redirect(owner)
    for _name, sentence in refused:
        messages.warning(request, sentence)
    messages.success(request, _("Phần chữ đã lưu."))
    return redirect(_page_of(owner))


def untaken_files(request: HttpRequest) -> list[tuple[str, str]]:
    """(input, sentence) for each file that came with a form at fault, of a record that does not stand yet."""
    sentence = _("Chưa nhận “%(name)s” vì biểu mẫu còn mục phải sửa. Sửa xong, chọn lại tệp này.")
    names = [upload.name for upload in request.FILES.getlist("documents")]
    return [("documents", sentence % {"name": clean_line(name)}) for name in names]


def _page_of(owner: Owner) -> str:
    """The form in which the files of an owner are changed."""
    if isinstance(owner, Visit):
        return reverse("campaigns:visit_record", args=[owner.pk])
    if isinstance(owner, FollowUp):
        return reverse("campaigns:follow_up_report", args=[owner.pk])
    if isinstance(owner, Guidance):
        return reverse("campaigns:guidance_edit", args=[owner.pk])
    return reverse("campaigns:movement_edit", args=[owner.pk])


@require_http_methods(["GET", "HEAD", "POST"])
def enclosure_remove(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ask once, then delete a file that was not sent yet."""
    found = get_object_or_404(Enclosure.objects.visible_to(request.user).select_related(*_RELATED), pk=pk)
    owner = found.owner
    try:
        refuse_writer(owner, request.user)
    except WorkflowError as error:
        raise Http404 from error
    if found.sent_at:
        raise Http404
    if request.method != "POST":
        question = _("Bỏ “%(name)s”?") % {"name": found.original_name}
        gone = _("Tệp bị xóa hẳn, không lấy lại được.")
        return ask_removal(request, question=question, effect=gone, back=_page_of(owner))
    return _remove(request, found, _page_of(owner))


def _remove(request: HttpRequest, found: Enclosure, back: str) -> HttpResponseBase:
    pk = found.pk
    try:
        remove_enclosure(enclosure=found, by=request.user)
    except WorkflowError as error:
        if wants_data(request):
            return refuse(error.message, 409)
        messages.error(request, error.message)
        return redirect(back)
    if wants_data(request):
        return JsonResponse({"removed": pk})
    messages.success(request, _("Đã bỏ “%(name)s”.") % {"name": found.original_name})
    return redirect(back)
