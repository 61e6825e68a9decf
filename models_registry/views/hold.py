from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.steps import done_already
from core.workflow import WorkflowError
from models_registry.forms import HoldForm, PromoteForm, ReleaseForm
from models_registry.rules import promotion_of
from models_registry.services import hold_exemplar, promote_exemplar, release_exemplar
from models_registry.workflow import EXEMPLAR_WORKFLOW

from .scope import office_exemplar, open_exemplar, tell_refusal

if TYPE_CHECKING:
    from django.forms import Form

    from models_registry.models import Exemplar


@require_http_methods(["GET", "HEAD", "POST"])
def exemplar_hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a hold on a record, with the reason that its unit reads."""
    exemplar = office_exemplar(request, pk)
    form = HoldForm(request.POST or None)
    done = _("Đã tạm dừng hồ sơ “%(name)s”. Đơn vị sẽ nhận được thông báo kèm lý do.") % {"name": exemplar.full_name}
    return _step(
        request,
        exemplar,
        "hold",
        form,
        lambda: hold_exemplar(exemplar=exemplar, by=request.user, **form.cleaned_data),
        done,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def exemplar_release(request: HttpRequest, pk: int) -> HttpResponse:
    """Release a hold."""
    exemplar = office_exemplar(request, pk)
    form = ReleaseForm(request.POST or None)
    done = _("Đã bỏ tạm dừng hồ sơ “%(name)s”. Đơn vị sẽ nhận được thông báo.") % {"name": exemplar.full_name}
    return _step(
        request,
        exemplar,
        "release",
        form,
        lambda: release_exemplar(exemplar=exemplar, by=request.user, **form.cleaned_data),
        done,
    )


def _step(
    request: HttpRequest, exemplar: Exemplar, name: str, form: Form, act: Callable[[], None], done: str
) -> HttpResponse:
    """Ask for what a step needs, take it, go back to the record."""
    decision = EXEMPLAR_WORKFLOW.check(name, exemplar, request.user)
    if not decision:
        if request.method != "POST" or not done_already(request, exemplar, name):
            tell_refusal(request, exemplar, WorkflowError(decision.reason))
        return redirect(exemplar)
    if request.method != "POST" or not form.is_valid():
        context = {"exemplar": exemplar, "form": form, "step": EXEMPLAR_WORKFLOW.by_name[name]}
        return render(request, "models_registry/exemplar_close.html", context)
    try:
        act()
    except WorkflowError as error:
        tell_refusal(request, exemplar, error)
    else:
        messages.success(request, done)
    return redirect(exemplar)


@require_http_methods(["GET", "HEAD", "POST"])
def exemplar_promote(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a recognised good deed or new factor grow into a draft of an exemplar or a model."""
    exemplar = open_exemplar(request, pk)
    decision = EXEMPLAR_WORKFLOW.check("promote", exemplar, request.user)
    if not decision:
        return _not_promoted(request, exemplar, decision.reason)
    form = PromoteForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "models_registry/exemplar_promote.html", {"exemplar": exemplar, "form": form})
    try:
        draft = promote_exemplar(exemplar=exemplar, by=request.user, category=form.cleaned_data["category"])
    except WorkflowError as error:
        return _not_promoted(request, exemplar, error.message)
    messages.success(
        request,
        _("Đã lập bản nháp %(number)s từ hồ sơ này. Nội dung cũ đã chép sang; viết thêm rồi gửi xét duyệt.")
        % {"number": draft.number},
    )
    return redirect("models_registry:exemplar_edit", pk=draft.pk)


def _not_promoted(request: HttpRequest, exemplar: Exemplar, reason: str) -> HttpResponse:
    """Say why not; when it has been promoted already, lead to where it went."""
    messages.info(request, reason)
    return redirect(promotion_of(exemplar) or exemplar)
