from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.steps import done_already
from core.workflow import WorkflowError
from models_registry.enums import UNSENT, State
from models_registry.services import resubmit_exemplar, submit_exemplar, withdraw_exemplar

from .scope import open_exemplar, tell_refusal


@require_POST
def exemplar_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a draft or a returned record to the office; a second press gets the receipt of the first."""
    exemplar = open_exemplar(request, pk)
    send = resubmit_exemplar if exemplar.state == State.RETURNED else submit_exemplar
    try:
        send(exemplar=exemplar, by=request.user)
    except WorkflowError as error:
        if not done_already(request, exemplar, "submit", "resubmit"):
            tell_refusal(request, exemplar, error)
            return redirect("models_registry:exemplar_check", pk=pk)
    return redirect("models_registry:exemplar_receipt", pk=pk)


@require_safe
def exemplar_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """What was sent last: number, to whom, which files arrived, and by when the office answers."""
    exemplar = open_exemplar(request, pk)
    version = exemplar.versions.select_related("made_by").order_by("-number").first()
    if exemplar.state in UNSENT or version is None:
        return redirect("models_registry:exemplar_edit", pk=pk)
    context = {
        "exemplar": exemplar,
        "version": version,
        "files": version.content["attachments"],
        "sent_to": settings.PORTAL_OFFICE,
    }
    return render(request, "models_registry/exemplar_receipt.html", context)


@require_POST
def exemplar_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a record back while the office has not taken it."""
    exemplar = open_exemplar(request, pk)
    try:
        withdraw_exemplar(exemplar=exemplar, by=request.user)
    except WorkflowError as error:
        tell_refusal(request, exemplar, error)
        return redirect(exemplar)
    messages.success(request, _("Đã rút hồ sơ về bản nháp. Sửa xong thì gửi lại."))
    return redirect("models_registry:exemplar_edit", pk=pk)
