from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.forms.guidance import GuidanceForm, guidance_values
from campaigns.forms.inspections import ReasonForm
from campaigns.guidance_enums import GuidanceAddressing, GuidanceKind, GuidanceState
from campaigns.guidance_workflow import GUIDANCE_WORKFLOW, programme_runs
from campaigns.models import Enclosure, Guidance, Programme, Question, ReadReceipt
from campaigns.selectors.guidance import (
    GuidanceFilter,
    filter_milestones,
    guidance_look,
    readers_of,
    unread_among,
)
from campaigns.selectors.inspections import file_items, photo_items
from campaigns.services.guidance import (
    addressed_units,
    begin_replacement,
    confirm_reading,
    publish_guidance,
    receipt_units,
    remind_unread,
    save_guidance,
    withdraw_guidance,
)
from core import clock
from core.paging import CappedPaginator
from core.workflow import WorkflowError
from organizations.enums import OFFICE_ROLES, UNIT_ROLES

from .enclosures import answer_saved, take_files, untaken_files
from .scope import PAGE_SIZE, get_guidance, own_guidance, try_step

_BOTH = ["GET", "HEAD", "POST"]


@require_safe
def guidance_list(request: HttpRequest) -> HttpResponse:
    """Guidance that the person reads, the newest first; what the unit has not read yet says so."""
    user = request.user
    asked = GuidanceFilter(request.GET, user, filter_milestones(user))
    rows = asked.apply(Guidance.objects.visible_to(user))
    writes = user.access.has(*OFFICE_ROLES)
    if writes:
        rows = rows.with_readers()
    page = CappedPaginator(rows.select_related("milestone"), PAGE_SIZE).get_page(request.GET.get("trang"))
    context = {
        "filter": asked,
        "page_obj": page,
        "rows": [(row, *guidance_look(row)) for row in page.object_list],
        "unread": unread_among(page.object_list, user),
        "writes": writes,
        "open_questions": Question.objects.visible_to(user).waiting().count(),
    }
    return render(request, "campaigns/guidance_list.html", context)


@require_safe
def guidance_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One guidance, with the receipt at its end."""
    guidance = get_guidance(request, pk)
    user = request.user
    look, word = guidance_look(guidance)
    shown = list(Enclosure.objects.filter(guidance=guidance))
    mine = receipt_units(guidance, user) if user.access.has(*UNIT_ROLES) else []
    read = ReadReceipt.objects.filter(guidance=guidance, unit__in=mine).select_related("user", "unit").first()
    withdrawal = guidance.transitions.filter(name="withdraw").last()
    writes = user.access.covers(guidance.unit.path, *OFFICE_ROLES)
    readers = readers_of(guidance) if writes and guidance.published_at else []
    context = {
        "guidance": guidance,
        "look": look,
        "word": word,
        "photos": photo_items(e for e in shown if e.is_photo),
        "files": file_items(e for e in shown if not e.is_photo),
        "mine": mine,
        "read": read,
        "withdrawal": withdrawal,
        "newer": guidance.replaced_by.visible_to(user).filter(published_at__isnull=False).first(),
        "actions": {a.name: a.decision for a in GUIDANCE_WORKFLOW.actions_for(user, guidance)},
        "writes": writes,
        "unit_count": len(readers) if readers else (addressed_units(guidance).count() if writes else 0),
        "read_count": sum(reader.read_at is not None for reader in readers),
        "questions": list(Question.objects.visible_to(user).filter(guidance=guidance).select_related("unit")[:20]),
    }
    return render(request, "campaigns/guidance_detail.html", context)


@require_http_methods(_BOTH)
def guidance_new(request: HttpRequest) -> HttpResponse:
    """Begin a guidance."""
    programmes = Programme.objects.filter(closed_at=None).visible_to(request.user).select_related("unit")
    initial = {
        "kind": GuidanceKind.DOCUMENT,
        "addressing": GuidanceAddressing.ALL,
        "programme": programmes.first(),
        "milestone": request.GET.get("moc", ""),
    }
    form = GuidanceForm(request.POST or None, programmes=programmes, initial=initial)
    if request.method == "POST" and form.is_valid():
        guidance = Guidance(programme=form.cleaned_data["programme"])
        if _write(request, form, guidance):
            return answer_saved(request, guidance, _("Đã lưu bản nháp. Xem lại rồi ban hành."))
    context = {"form": form, "guidance": None, "refused": untaken_files(request)}
    return render(request, "campaigns/guidance_form.html", context)


def _write(request: HttpRequest, form: GuidanceForm, guidance: Guidance) -> bool:
    data: dict[str, Any] = dict(form.cleaned_data)
    units = list(data.pop("units") or [])
    try:
        save_guidance(guidance=guidance, by=request.user, fields=data, units=units)
    except WorkflowError as error:
        form.add_error(None, error.message)
        return False
    return True


@require_http_methods(_BOTH)
def guidance_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft."""
    guidance = own_guidance(request, pk)
    if not guidance.is_draft:
        messages.info(request, _("Hướng dẫn đã ban hành nên không sửa được. Lập bản thay thế nếu cần."))
        return redirect(guidance)
    if not (decision := programme_runs(guidance, request.user)):
        messages.info(request, decision.reason)
        return redirect(guidance)
    programmes = Programme.objects.filter(pk=guidance.programme_id).select_related("unit")
    form = GuidanceForm(
        request.POST or None, programmes=programmes, guidance=guidance, initial=guidance_values(guidance)
    )
    if request.method == "POST" and form.is_valid() and _write(request, form, guidance):
        return answer_saved(request, guidance, _("Đã lưu bản nháp. Xem lại rồi ban hành."))
    context = {
        "form": form,
        "guidance": guidance,
        "refused": take_files(request, guidance) if request.method == "POST" else [],
        "documents": list(guidance.enclosures.documents()),
    }
    return render(request, "campaigns/guidance_form.html", context)


@require_POST
def guidance_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish a draft."""
    guidance = own_guidance(request, pk)
    done = _("Đã ban hành. Các đơn vị được báo và xác nhận khi đọc xong.")
    try_step(request, lambda: publish_guidance(guidance=guidance, by=request.user), done)
    return redirect(guidance)


@require_POST
def guidance_replace(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the newer one, with the old content to change."""
    guidance = own_guidance(request, pk)
    try:
        new = begin_replacement(guidance=guidance, by=request.user)
    except WorkflowError as error:
        messages.error(request, error.message)
        return redirect(guidance)
    if new.state != GuidanceState.DRAFT:
        return redirect(new)
    messages.info(
        request, _("Bản nháp thay thế chép lời và tệp từ bản cũ. Bản cũ còn áp dụng tới khi ban hành bản này.")
    )
    return redirect("campaigns:guidance_edit", pk=new.pk)


@require_http_methods(_BOTH)
def guidance_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a guidance out of force."""
    guidance = own_guidance(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_guidance(guidance=guidance, by=request.user, reason=form.cleaned_data["reason"])
        except WorkflowError as error:
            form.add_error(None, error.message)
        else:
            told = _("Đã thu hồi. Trang hướng dẫn nêu rõ lý do; các đơn vị được báo.")
            messages.success(request, told if guidance.published_at else _("Đã bỏ bản nháp."))
            return redirect(guidance)
    context = {
        "form": form,
        "heading": _("Bỏ bản nháp") if guidance.is_draft else _("Thu hồi hướng dẫn"),
        "button": _("Bỏ bản nháp") if guidance.is_draft else _("Thu hồi"),
        "lead": guidance.title,
        "back": guidance.get_absolute_url(),
    }
    return render(request, "campaigns/step_form.html", context)


@require_POST
def guidance_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm for the unit that it was read."""
    guidance = get_guidance(request, pk)
    if not receipt_units(guidance, request.user):
        raise Http404
    try_step(request, lambda: confirm_reading(guidance=guidance, by=request.user), _("Đã ghi nhận đơn vị đã đọc."))
    return redirect(guidance)


@require_safe
def guidance_readers(request: HttpRequest, pk: int) -> HttpResponse:
    """Which units have read it, which have not."""
    guidance = own_guidance(request, pk)
    readers = readers_of(guidance)
    context = {
        "guidance": guidance,
        "readers": readers,
        "read": sum(reader.read_at is not None for reader in readers),
        "reminded_today": guidance.reminded_on == clock.today(),
    }
    return render(request, "campaigns/guidance_readers.html", context)


@require_POST
def guidance_remind(request: HttpRequest, pk: int) -> HttpResponse:
    """Remind the units that have not read it, once a day."""
    guidance = own_guidance(request, pk)
    try:
        told, silent = remind_unread(guidance=guidance, by=request.user)
    except WorkflowError as error:
        messages.error(request, error.message)
    else:
        words = ngettext("Đã nhắc %(n)d đơn vị chưa đọc.", "Đã nhắc %(n)d đơn vị chưa đọc.", told)
        messages.success(request, words % {"n": told})
        if silent:
            words = ngettext(
                "%(n)d đơn vị chưa có tài khoản nên chưa nhắc được; gọi hoặc gửi giấy.",
                "%(n)d đơn vị chưa có tài khoản nên chưa nhắc được; gọi hoặc gửi giấy.",
                silent,
            )
            messages.warning(request, words % {"n": silent})
    return redirect("campaigns:guidance_readers", pk=guidance.pk)
