from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.forms.saving import typed_words
from core.paging import CappedPaginator
from core.workflow import WorkflowError
from models_registry.completeness import missing_items, required_fields
from models_registry.content import content_of
from models_registry.differences import changes_between
from models_registry.enums import State
from models_registry.forms import ChangeReasonForm, DeclineChangeForm, ExemplarForm
from models_registry.forms.requests import form_parts, posted_content
from models_registry.models import ChangeRequest, Exemplar
from models_registry.proposals import Proposal, open_change, proposed_content, read_proposal
from models_registry.rules import is_insider
from models_registry.services import apply_change, ask_for_change, decline_change, withdraw_change
from models_registry.workflow import EXEMPLAR_WORKFLOW
from organizations.enums import OFFICE_ROLES, Role

from .scope import get_exemplar, kept_words, may_reveal, open_exemplar, tell_refusal

PAGE_SIZE = 25


@require_safe
def change_list(request: HttpRequest) -> HttpResponse:
    """Requests to change recognised records that wait for the office, the oldest first."""
    rows = ChangeRequest.objects.waiting_for(request.user)
    page = CappedPaginator(rows, PAGE_SIZE).get_page(request.GET.get("trang"))
    return render(request, "models_registry/change_list.html", {"page_obj": page})


def why_no_change(exemplar: Exemplar, change: ChangeRequest | None) -> str:
    """Why no change can be asked for now; empty when one can."""
    if exemplar.state != State.RECOGNISED:
        return EXEMPLAR_WORKFLOW.wrong_state(exemplar)
    if exemplar.is_on_hold:
        return _("Hồ sơ đang tạm dừng: %(reason)s") % {"reason": exemplar.hold_reason}
    return _("Hồ sơ đã có một đề nghị điều chỉnh đang chờ Phòng Nội vụ.") if change else ""


@require_http_methods(["GET", "HEAD", "POST"])
def change_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask to change a recognised record: the whole form over what stands, with the reason."""
    exemplar = open_exemplar(request, pk)
    refusal = why_no_change(exemplar, open_change(exemplar))
    if request.method != "POST":
        if refusal:
            messages.info(request, refusal)
            return redirect(exemplar)
        return _ask_page(request, exemplar, ExemplarForm(exemplar=exemplar), ChangeReasonForm())
    form, reason = ExemplarForm(request.POST, exemplar=exemplar), ChangeReasonForm(request.POST)
    if refusal:
        return kept_words(request, exemplar, [*typed_words(reason), *typed_words(form)], refusal)
    if not _judge(exemplar, form, reason):
        return _ask_page(request, exemplar, form, reason)
    return _ask(request, exemplar, form, reason)


def _judge(exemplar: Exemplar, form: ExemplarForm, reason: ChangeReasonForm) -> bool:
    """Whether the whole request can stand; faults go beside their fields."""
    if not (form.is_valid() & reason.is_valid()):
        return False
    content = content_of(exemplar)
    after, changed = proposed_content(exemplar, form, form.draft_input(), content)
    for item in missing_items(changed, after):
        form.add_error(None, item.message)
    if not changes_between(content, after):
        form.add_error(None, _("Nội dung chưa khác gì hồ sơ đang có. Sửa mục cần điều chỉnh rồi gửi đề nghị."))
    return form.is_valid()


def _ask(request: HttpRequest, exemplar: Exemplar, form: ExemplarForm, reason: ChangeReasonForm) -> HttpResponse:
    seen = request.POST.get("version", "")
    try:
        ask_for_change(
            exemplar=exemplar,
            by=request.user,
            posted=posted_content(form),
            reason=reason.cleaned_data["reason"],
            seen_version=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0,
        )
    except WorkflowError as error:
        return kept_words(request, exemplar, [*typed_words(reason), *typed_words(form)], error.message)
    messages.success(
        request, _("Đã gửi đề nghị điều chỉnh. Hồ sơ giữ nguyên cho tới khi Phòng Nội vụ áp dụng đề nghị.")
    )
    return redirect(exemplar)


def _ask_page(request: HttpRequest, exemplar: Exemplar, form: ExemplarForm, reason: ChangeReasonForm) -> HttpResponse:
    form.mark_needed(required_fields(exemplar))
    context = {
        "exemplar": exemplar,
        "form": form,
        "reason_form": reason,
        "parts": form_parts(form),
        "faults": [*reason.error_summary, *form.error_summary] if form.is_bound else [],
    }
    return render(request, "models_registry/change_ask.html", context)


def _change_of(request: HttpRequest, pk: int) -> ChangeRequest | None:
    """The open request of a record that the person reads as its unit or as the office; else 404."""
    exemplar = get_exemplar(request, pk)
    if not is_insider(exemplar, request.user):
        raise Http404
    return open_change(exemplar)


@require_safe
def change_review(request: HttpRequest, pk: int) -> HttpResponse:
    """What is asked beside what stands, with the two decisions for the office."""
    change = _change_of(request, pk)
    if change is None:
        messages.info(request, _("Hồ sơ không có đề nghị điều chỉnh nào đang chờ."))
        return redirect("models_registry:exemplar_detail", pk=pk)
    revealed = may_reveal(request, change.exemplar)
    return _review_page(request, read_proposal(change, reveal=revealed), DeclineChangeForm())


def _review_page(request: HttpRequest, proposal: Proposal, form: DeclineChangeForm, status: int = 200) -> HttpResponse:
    exemplar = proposal.change.exemplar
    access = request.user.access
    context = {
        "exemplar": exemplar,
        "proposal": proposal,
        "is_masked": any(part.masked for part in proposal.changes),
        "form": form,
        "decision": EXEMPLAR_WORKFLOW.check("amend", exemplar, request.user),
        "is_office": access.covers(exemplar.unit.path, *OFFICE_ROLES),
        "may_withdraw": access.covers(exemplar.unit.path, Role.OFFICER),
    }
    return render(request, "models_registry/change_review.html", context, status=status)


def _shown_change(request: HttpRequest, pk: int, *roles: str) -> ChangeRequest | None:
    """The open request, when it is the one that the page showed."""
    exemplar = get_exemplar(request, pk)
    if not request.user.access.covers(exemplar.unit.path, *roles):
        raise Http404
    change = open_change(exemplar)
    return change if change and request.POST.get("change") == str(change.pk) else None


def _gone(request: HttpRequest, pk: int) -> HttpResponse:
    messages.info(request, _("Đề nghị này không còn chờ nữa: đã được xử lý hoặc đã rút."))
    return redirect("models_registry:exemplar_detail", pk=pk)


@require_POST
def change_apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Apply a request exactly as it was shown; when the record changed meanwhile it is shown again."""
    change = _shown_change(request, pk, *OFFICE_ROLES)
    if change is None:
        return _gone(request, pk)
    proposal = read_proposal(change)
    if proposal.data is None or proposal.faults or request.POST.get("mark") != proposal.mark:
        messages.error(request, _("Hồ sơ vừa thay đổi nên chưa áp dụng. Đọc lại phần so sánh rồi quyết định."))
        return _review_page(request, proposal, DeclineChangeForm(), status=409)
    try:
        apply_change(change=change, by=request.user, data=proposal.data, seen_mark=proposal.mark)
    except WorkflowError as error:
        tell_refusal(request, change.exemplar, error)
        return redirect(change.exemplar)
    messages.success(request, _("Đã áp dụng điều chỉnh. Bản trước vẫn xem được ở mục Quá trình."))
    return redirect(change.exemplar)


@require_POST
def change_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave the record as it is, with a reason."""
    change = _shown_change(request, pk, *OFFICE_ROLES)
    form = DeclineChangeForm(request.POST)
    if change is None:
        return _gone(request, pk)
    if not form.is_valid():
        return _review_page(request, read_proposal(change), form)
    try:
        decline_change(change=change, by=request.user, note=form.cleaned_data["note"])
    except WorkflowError as error:
        tell_refusal(request, change.exemplar, error)
        return redirect(change.exemplar)
    messages.success(request, _("Đã ghi không áp dụng đề nghị. Đơn vị sẽ nhận được thông báo kèm lý do."))
    return redirect("models_registry:change_list")


@require_POST
def change_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The officer no longer wants the change."""
    change = _shown_change(request, pk, Role.OFFICER)
    if change is None:
        return _gone(request, pk)
    try:
        withdraw_change(change=change, by=request.user)
    except WorkflowError as error:
        tell_refusal(request, change.exemplar, error)
    else:
        messages.success(request, _("Đã rút đề nghị điều chỉnh. Hồ sơ giữ nguyên như cũ."))
    return redirect(change.exemplar)
