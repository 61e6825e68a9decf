from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.paging import CappedPaginator
from core.workflow import WorkflowError
from models_registry.models import Exemplar
from models_registry.services import discard_draft, restore_draft
from models_registry.services.bin import KEPT
from organizations.enums import Role

from .scope import open_exemplar, own_binned, tell_refusal

PAGE_SIZE = 25


@require_safe
def bin_list(request: HttpRequest) -> HttpResponse:
    """Drafts that the own units threw away, the latest first."""
    rows = Exemplar.objects.binned(request.user).select_related("unit", "discarded_by").order_by("-discarded_at", "-pk")
    page = CappedPaginator(rows, PAGE_SIZE).get_page(request.GET.get("trang"))
    for row in page:
        row.removed_on = (row.discarded_at + KEPT).date()
    context = {"page_obj": page, "is_officer": request.user.access.has(Role.OFFICER), "days": KEPT.days}
    return render(request, "models_registry/bin_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def exemplar_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once, then put a draft that was never sent into the bin."""
    try:
        exemplar = open_exemplar(request, pk)
    except Http404:
        if not own_binned(request, pk):
            raise
        messages.info(request, _("Bản nháp đã ở thùng rác."))
        return redirect("models_registry:bin_list")
    if not exemplar.can_be_discarded:
        messages.info(request, _("Hồ sơ đã gửi thì được giữ lại; chỉ bỏ được bản nháp chưa gửi lần nào."))
        return redirect(exemplar)
    if request.method != "POST":
        return render(request, "models_registry/exemplar_discard.html", {"exemplar": exemplar, "days": KEPT.days})
    try:
        discard_draft(exemplar=exemplar, by=request.user)
    except WorkflowError as error:
        tell_refusal(request, exemplar, error)
        return redirect(exemplar)
    undo = reverse("models_registry:exemplar_restore", args=[exemplar.pk])
    messages.success(
        request,
        _("Đã chuyển bản nháp “%(name)s” vào thùng rác. Lấy lại được trong %(days)d ngày.")
        % {"name": exemplar.full_name, "days": KEPT.days},
        extra_tags=f"undo:{undo}",
    )
    return redirect("models_registry:bin_list")


@require_POST
def exemplar_restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a draft out of the bin."""
    found = Exemplar.objects.binned(request.user).select_related("unit")
    exemplar = get_object_or_404(found, pk=pk)
    if not request.user.access.covers(exemplar.unit.path, Role.OFFICER):
        raise Http404
    try:
        restore_draft(exemplar=exemplar, by=request.user)
    except WorkflowError as error:
        messages.error(request, error.message)
        return redirect("models_registry:bin_list")
    messages.success(request, _("Đã lấy lại bản nháp “%(name)s”.") % {"name": exemplar.full_name})
    return redirect(exemplar)
