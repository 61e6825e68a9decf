from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.files import FileRefused, private_file_response
from core.files.receiving import ask_removal, receive, refuse, wants_data
from core.workflow import WorkflowError
from models_registry.content import attachment_facts
from models_registry.models import Attachment
from models_registry.services import add_document, add_photo, move_photo, note_download, put_back, remove_attachment
from organizations.enums import Role

from .register import open_exemplar
from .scope import tell_refusal

_VARIANTS = {"tep": "file", "anh-nho": "thumbnail"}
_SERVICES = {"photo": add_photo, "document": add_document}
_ROWS = {"photo": "models_registry/_photo_row.html", "document": "models_registry/_file_row.html"}


@require_safe
def attachment(request: HttpRequest, pk: int, variant: str) -> FileResponse:
    """A photo or file, to those who may see it."""
    found = get_object_or_404(Attachment.objects.visible_to(request.user).select_related("exemplar"), pk=pk)
    stored = getattr(found, _VARIANTS.get(variant, ""), None)
    if not stored or not stored.storage.exists(stored.name):
        raise Http404
    if not found.is_photo and request.method == "GET":
        note_download(attachment=found, by=request.user)
    return private_file_response(
        stored,
        download_name=found.original_name,
        content_type=found.content_type,
        inline_image=found.is_photo,
    )


@require_POST
def attachment_add(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take one file of an open record; answers its row, or a sentence why it was not taken.

    A repeated `upload_key` answers as the first time: the answer to the first may have been lost.
    """
    exemplar = open_exemplar(request, pk)
    return receive(
        request,
        kinds=_SERVICES,
        keep=lambda kind, upload, key: _SERVICES[kind](
            exemplar=exemplar, by=request.user, upload=upload, upload_key=key
        ),
        row=lambda kept: _row(request, kept),
    )


def _row(request: HttpRequest, kept: Attachment) -> str:
    row = attachment_facts(kept)
    return render_to_string(_ROWS[kept.kind], {"photo": row, "file": row}, request)


@require_POST
def attachment_move(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Move a photo one place up or down: the first one stands for the record in lists."""
    found = _own_open(request, pk)
    if not found.is_photo:
        raise Http404
    try:
        order = move_photo(attachment=found, by=request.user, up=request.POST.get("huong") == "len")
    except WorkflowError as error:
        return refuse(error.message, 409)
    if wants_data(request):
        return JsonResponse({"order": order})
    return redirect("models_registry:exemplar_edit", pk=found.exemplar_id)


def _own_open(request: HttpRequest, pk: int) -> Attachment:
    """A present file of an open record that the person may write in; else 404."""
    found = get_object_or_404(
        Attachment.objects.visible_to(request.user).present().select_related("exemplar__unit"), pk=pk
    )
    if not request.user.access.covers(found.exemplar.unit.path, Role.OFFICER) or not found.exemplar.is_editable:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def attachment_remove(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ask once, then take a file off an open record of the own unit."""
    found = _own_open(request, pk)
    exemplar = found.exemplar
    if request.method != "POST":
        return _ask_removal(request, found)
    try:
        remove_attachment(attachment=found, by=request.user)
    except WorkflowError as error:
        if wants_data(request):
            return refuse(error.message, 409)
        tell_refusal(request, exemplar, error)
    else:
        undo = reverse("models_registry:attachment_restore", args=[pk])
        if wants_data(request):
            return JsonResponse({"removed": pk, "undo": undo})
        words = _("Đã bỏ “%(name)s” khỏi hồ sơ.") % {"name": found.original_name}
        messages.success(request, words, extra_tags=f"undo:{undo} within:60")
    return redirect("models_registry:exemplar_edit", pk=exemplar.pk)


def _ask_removal(request: HttpRequest, found: Attachment) -> HttpResponseBase:
    sent = _("Các bản đã gửi trước đây vẫn giữ tệp này; bản gửi sau không còn.")
    unsent = _("Trong 60 giây sau khi bỏ còn lấy lại được; sau đó tệp bị xóa hẳn.")
    return ask_removal(
        request,
        question=_("Bỏ “%(name)s” khỏi hồ sơ?") % {"name": found.original_name},
        effect=sent if found.sent_in else unsent,
        lead=found.exemplar.full_name,
        back=reverse("models_registry:exemplar_edit", args=[found.exemplar_id]),
        anchor="#anh-tep",
    )


@require_POST
def attachment_restore(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Put a file back that was taken off within the last minute; a double press finds it there."""
    rows = Attachment.objects.select_related("exemplar__unit")
    found = rows.taken_off_by(request.user).filter(pk=pk).first() or _own_open(request, pk)
    try:
        put_back(attachment=found, by=request.user)
    except (FileRefused, WorkflowError) as error:
        if wants_data(request):
            return refuse(error.message, 409)
        messages.error(request, error.message)
    else:
        if wants_data(request):
            return JsonResponse({"id": pk, "html": _row(request, found)})
        messages.success(request, _("Đã lấy lại “%(name)s”.") % {"name": found.original_name})
    return redirect("models_registry:exemplar_edit", pk=found.exemplar_id)
