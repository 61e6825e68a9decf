from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.workflow import WorkflowError
from models_registry.forms import ReviewSettingsForm, StockRemarkForm
from models_registry.models import ReviewSettings, StockRemark
from models_registry.services import (
    add_stock_remark,
    change_stock_remark,
    move_stock_remark,
    remove_stock_remark,
    save_review_settings,
)
from organizations.enums import OFFICE_ROLES, Role
from organizations.models import Unit


def _office(request: HttpRequest) -> Unit:
    """The unit whose review the person keeps: the highest scope of the role; 403 for everybody else."""
    paths = request.user.access.paths(*OFFICE_ROLES)
    if not paths:
        raise PermissionDenied
    return Unit.objects.get(path=paths[0])


@require_http_methods(["GET", "HEAD", "POST"])
def review_settings_page(request: HttpRequest) -> HttpResponse:
    """The office's clocks and its rule of confirmation for the head; the stock remarks for every reviewer."""
    office = _office(request)
    stored = ReviewSettings.objects.filter(office=office).first() or ReviewSettings(office=office)
    is_head = request.user.access.covers(office.path, Role.INTERIOR_HEAD)
    names = ("review_days", "sudden_days", "answer_days", "confirmation", "basis")
    form = ReviewSettingsForm(request.POST or None, initial={name: getattr(stored, name) for name in names})
    if request.method == "POST":
        if not is_head:
            raise PermissionDenied
        if form.is_valid():
            save_review_settings(office=office, by=request.user, values=form.cleaned_data)
            messages.success(request, _("Đã lưu cài đặt xét duyệt. Thời hạn mới áp dụng cho hồ sơ gửi từ bây giờ."))
            return redirect("models_registry:review_settings")
    return _page(request, office, form, StockRemarkForm())


def _page(request: HttpRequest, office: Unit, form: ReviewSettingsForm, remark_form: StockRemarkForm) -> HttpResponse:
    context = {
        "office": office,
        "form": form,
        "remark_form": remark_form,
        "remarks": list(office.stock_remarks.all()),
        "is_head": request.user.access.covers(office.path, Role.INTERIOR_HEAD),
    }
    return render(request, "models_registry/review_settings.html", context)


@require_POST
def stock_remark_add(request: HttpRequest) -> HttpResponse:
    """Add a phrase."""
    office = _office(request)
    form = StockRemarkForm(request.POST)
    if form.is_valid():
        try:
            add_stock_remark(office=office, by=request.user, text=form.cleaned_data["text"])
        except WorkflowError as error:
            form.add_error("text", error.message)
    if not form.is_valid():
        stored = ReviewSettings.objects.filter(office=office).first() or ReviewSettings(office=office)
        names = ("review_days", "sudden_days", "answer_days", "confirmation", "basis")
        settings_form = ReviewSettingsForm(initial={name: getattr(stored, name) for name in names})
        return _page(request, office, settings_form, form)
    messages.success(request, _("Đã thêm câu mẫu."))
    return _back()


@require_POST
def stock_remark_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a phrase anew, move it or take it off, by the button that was pressed."""
    remark = get_object_or_404(StockRemark.objects.select_related("office"), pk=pk, office=_office(request))
    act = request.POST.get("act")
    try:
        if act in ("up", "down"):
            move_stock_remark(remark=remark, by=request.user, up=act == "up")
        elif act == "remove":
            remove_stock_remark(remark=remark, by=request.user)
            messages.success(request, _("Đã bỏ câu mẫu “%(text)s”.") % {"text": remark.text})
        else:
            _rewrite(request, remark)
    except WorkflowError as error:
        messages.error(request, error.message)
    return _back()


def _rewrite(request: HttpRequest, remark: StockRemark) -> None:
    form = StockRemarkForm(request.POST)
    if not form.is_valid():
        raise WorkflowError(form.error_summary[0].message)
    change_stock_remark(remark=remark, by=request.user, text=form.cleaned_data["text"])
    messages.success(request, _("Đã lưu câu mẫu."))


def _back() -> HttpResponse:
    answer = redirect("models_registry:review_settings")
    answer["Location"] += "#cau-mau"
    return answer
