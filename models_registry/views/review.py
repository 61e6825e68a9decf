from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from core.dates import format_date
from core.forms.saving import typed_words
from core.steps import done_already, read_version
from core.workflow import WorkflowError
from models_registry import selectors
from models_registry.forms import DoubtForm, EndForm, RecogniseForm, RejectForm, ReturnForm, RevokeForm
from models_registry.models import Criterion, Exemplar
from models_registry.queue import Place
from models_registry.services import (
    agree_with_criterion,
    doubt_criterion,
    end_exemplar,
    recognise_exemplar,
    reject_exemplar,
    return_exemplar,
    revoke_exemplar,
    take_exemplar,
    undo_decision,
)
from models_registry.services.review import SentAnew
from models_registry.workflow import EXEMPLAR_WORKFLOW

from .queue import go_on, return_form, review_page
from .scope import kept_words, office_exemplar, tell_refusal


def withdrawn_meanwhile(request: HttpRequest, pk: int) -> Exemplar | None:
    """The record if its unit took it back after it had been sent to this reviewer; None in every other case."""
    found = Exemplar.objects.drafts_in_scope(request.user).select_related("unit").filter(pk=pk).first()
    last = found.transitions.last() if found else None
    return found if last and last.name == "withdraw" else None


def _withdrawn(request: HttpRequest, exemplar: Exemplar, form: Form) -> HttpResponse:
    happened = _("Đơn vị vừa rút hồ sơ này")
    return kept_words(request, exemplar, typed_words(form), happened, readable=False)


def _overtaken(request: HttpRequest, exemplar: Exemplar, step: str, form: Form) -> HttpResponse:
    """Somebody else was faster: keep the words typed and say who. A double press of one's own just goes on."""
    if done_already(request, exemplar, step):
        return go_on(request, exemplar)[0]
    tell_refusal(request, exemplar, WorkflowError(EXEMPLAR_WORKFLOW.wrong_state(exemplar)))
    return kept_words(request, exemplar, typed_words(form), _("Hồ sơ vừa có bước xử lý khác"))


def _decide(
    request: HttpRequest, exemplar: Exemplar, step: str, form: Form, act: Callable[[], None], done: str
) -> HttpResponse:
    """Run a decision and go on to the next record; a refusal by a rule is told on the record."""
    try:
        act()
    except SentAnew:
        return kept_words(request, exemplar, typed_words(form), _("Đơn vị vừa gửi bản mới"))
    except WorkflowError as error:
        if not exemplar.is_waiting:
            return _overtaken(request, exemplar, step, form)
        tell_refusal(request, exemplar, error)
        return redirect(exemplar)
    way, following = go_on(request, exemplar)
    undo = reverse("models_registry:exemplar_undo", args=[exemplar.pk]) + Place.of(request.GET).query
    messages.success(request, f"{done} {following}".strip(), extra_tags=f"undo:{undo} within:60")
    return way


@require_POST
def exemplar_take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a record into review."""
    exemplar = office_exemplar(request, pk)
    try:
        take_exemplar(exemplar=exemplar, by=request.user)
    except WorkflowError as error:
        if not done_already(request, exemplar, "take"):
            tell_refusal(request, exemplar, error)
            return redirect(exemplar)
    return redirect(Place.of(request.GET).record_url(exemplar))


@require_POST
def exemplar_recognise(request: HttpRequest, pk: int) -> HttpResponse:
    """Recognise, with the three questions."""
    form = RecogniseForm(request.POST)
    if withdrawn := withdrawn_meanwhile(request, pk):
        return _withdrawn(request, withdrawn, form)
    exemplar = office_exemplar(request, pk)
    if not exemplar.is_waiting:
        return _overtaken(request, exemplar, "recognise", form)
    if not form.is_valid():
        return review_page(request, exemplar, recognise=form)
    return _decide(
        request,
        exemplar,
        "recognise",
        form,
        lambda: recognise_exemplar(
            exemplar=exemplar, by=request.user, answers=form.answers(), seen=read_version(request)
        ),
        _("Đã công nhận “%(name)s”, %(unit)s. Đơn vị được báo sau 60 giây.")
        % {"name": exemplar.full_name, "unit": exemplar.unit.name},
    )


@require_POST
def exemplar_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Return with remarks on fields and a date."""
    if withdrawn := withdrawn_meanwhile(request, pk):
        return _withdrawn(request, withdrawn, return_form(request, withdrawn))
    exemplar = office_exemplar(request, pk)
    form = return_form(request, exemplar)
    if not exemplar.is_waiting:
        return _overtaken(request, exemplar, "return", form)
    if not form.is_valid():
        return review_page(request, exemplar, return_=form)
    due = form.cleaned_data["due"]
    return _decide(
        request,
        exemplar,
        "return",
        form,
        lambda: return_exemplar(
            exemplar=exemplar, by=request.user, comments=form.comments(), due=due, seen=read_version(request)
        ),
        _returned(exemplar, form),
    )


def _returned(exemplar: Exemplar, form: ReturnForm) -> str:
    count = len(form.comments())
    return ngettext(
        "Đã trả lại hồ sơ “%(name)s”, %(unit)s, với %(count)d nhận xét, hạn bổ sung hết ngày %(due)s.",
        "Đã trả lại hồ sơ “%(name)s”, %(unit)s, với %(count)d nhận xét, hạn bổ sung hết ngày %(due)s.",
        count,
    ) % {
        "name": exemplar.full_name,
        "unit": exemplar.unit.name,
        "count": count,
        "due": format_date(form.cleaned_data["due"]),
    }


@require_POST
def exemplar_reject(request: HttpRequest, pk: int) -> HttpResponse:
    """Reject with a reason."""
    form = RejectForm(request.POST)
    if withdrawn := withdrawn_meanwhile(request, pk):
        return _withdrawn(request, withdrawn, form)
    exemplar = office_exemplar(request, pk)
    if not exemplar.is_waiting:
        return _overtaken(request, exemplar, "reject", form)
    if not form.is_valid():
        return review_page(request, exemplar, reject=form)
    return _decide(
        request,
        exemplar,
        "reject",
        form,
        lambda: reject_exemplar(
            exemplar=exemplar, by=request.user, reason=form.cleaned_data["reason"], seen=read_version(request)
        ),
        _("Đã ghi “Không công nhận” cho hồ sơ “%(name)s”, %(unit)s. Đơn vị được báo kèm lý do sau 60 giây.")
        % {"name": exemplar.full_name, "unit": exemplar.unit.name},
    )


@require_POST
def exemplar_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo one's own decision of the last minute and show the record again; a double press just shows it."""
    exemplar = office_exemplar(request, pk)
    try:
        undo_decision(exemplar=exemplar, by=request.user)
    except WorkflowError as error:
        if not done_already(request, exemplar, "undo"):
            tell_refusal(request, exemplar, error)
            return redirect(exemplar)
    else:
        words = _("Đã hoàn tác: hồ sơ “%(name)s” lại chờ xét, đơn vị không nhận thông báo về bước vừa rồi.")
        messages.success(request, words % {"name": exemplar.full_name})
    return redirect(Place.of(request.GET).record_url(exemplar))


@require_POST
def criterion_doubt(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Mark a claimed criterion “chưa đồng ý”, perhaps with a note."""
    form = DoubtForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    return _mark_criterion(
        request, pk, code, lambda e, c: doubt_criterion(exemplar=e, criterion=c, by=request.user, note=note), form
    )


@require_POST
def criterion_agree(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Take the mark off a criterion."""
    return _mark_criterion(
        request, pk, code, lambda e, c: agree_with_criterion(exemplar=e, criterion=c, by=request.user)
    )


def _mark_criterion(
    request: HttpRequest, pk: int, code: str, act: Callable[[Exemplar, Criterion], None], form: Form | None = None
) -> HttpResponse:
    exemplar = office_exemplar(request, pk)
    criterion = get_object_or_404(Criterion, code=code)
    if form is not None and form.errors:
        messages.error(request, " ".join(error.message for error in form.error_summary))  # type: ignore[attr-defined]
    else:
        try:
            act(exemplar, criterion)
        except WorkflowError as error:
            tell_refusal(request, exemplar, error)
            return redirect(exemplar)
    return redirect(f"{Place.of(request.GET).record_url(exemplar)}#xet-{code}")


@require_http_methods(["GET", "HEAD", "POST"])
def exemplar_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a recognised exemplar with a reason."""
    exemplar = office_exemplar(request, pk)
    form = EndForm(request.POST or None)
    return _close(
        request, exemplar, "end", form, lambda: end_exemplar(exemplar=exemplar, by=request.user, **form.cleaned_data)
    )


@require_http_methods(["GET", "HEAD", "POST"])
def exemplar_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke a recognition with reason and paper."""
    exemplar = office_exemplar(request, pk)
    form = RevokeForm(request.POST or None)
    return _close(
        request,
        exemplar,
        "revoke",
        form,
        lambda: revoke_exemplar(exemplar=exemplar, by=request.user, **form.cleaned_data),
    )


def _close(
    request: HttpRequest, exemplar: Exemplar, name: str, form: EndForm | RevokeForm, act: Callable[[], None]
) -> HttpResponse:
    decision = EXEMPLAR_WORKFLOW.check(name, exemplar, request.user)
    if not decision:
        tell_refusal(request, exemplar, WorkflowError(decision.reason))
        return redirect(exemplar)
    if request.method != "POST" or not form.is_valid():
        step = EXEMPLAR_WORKFLOW.by_name[name]
        context = {"exemplar": exemplar, "form": form, "step": step}
        return render(request, "models_registry/exemplar_close.html", context)
    try:
        act()
    except WorkflowError as error:
        tell_refusal(request, exemplar, error)
    else:
        messages.success(request, _("Đã ghi: %(step)s.") % {"step": selectors.STEP_WORDS[name].lower()})
    return redirect(exemplar)
