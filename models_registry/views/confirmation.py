from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.workflow import WorkflowError
from models_registry.content import content_mark
from models_registry.enums import ConfirmationRule, RequestState
from models_registry.forms import AskConfirmationForm, ConfirmationForm
from models_registry.models import Confirmation, Exemplar
from models_registry.policy import askable_units, review_settings
from models_registry.rules import may_answer
from models_registry.selectors import record_page
from models_registry.services import answer_confirmation, ask_confirmation
from organizations.enums import UNIT_ROLES
from organizations.models import Unit

from .scope import get_exemplar, open_exemplar, tell_refusal


def units_to_ask(exemplar: Exemplar) -> list[tuple[int, str]]:
    """(id, words) of who may be asked under the office's rule; both sides when it asks for nobody."""
    rule = review_settings(exemplar.unit).confirmation
    found: list[tuple[int, str]] = []
    if rule != ConfirmationRule.FRONT:
        found.append((exemplar.unit_id, _("Lãnh đạo %(unit)s") % {"unit": exemplar.unit.name_in_text}))
    if rule != ConfirmationRule.LEADER:
        front = askable_units(exemplar).exclude(pk=exemplar.unit_id)
        found += [(unit.pk, unit.name) for unit in front]
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def confirmation_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the unit's leader, the Front or a union to confirm a draft before it is sent."""
    exemplar = open_exemplar(request, pk)
    if not exemplar.is_editable:
        messages.info(request, _("Hồ sơ đã gửi nên không cần xin xác nhận nữa."))
        return redirect(exemplar)
    choices = units_to_ask(exemplar)
    form = AskConfirmationForm(request.POST or None, choices=choices)
    if request.method != "POST" or not form.is_valid():
        return render(request, "models_registry/confirmation_ask.html", {"exemplar": exemplar, "form": form})
    unit = Unit.objects.get(pk=form.cleaned_data["unit"])
    try:
        ask_confirmation(exemplar=exemplar, by=request.user, of=unit)
    except WorkflowError as error:
        tell_refusal(request, exemplar, error)
    else:
        who = dict(choices)[unit.pk]
        messages.success(request, _("Đã gửi lời xin xác nhận tới: %(who)s. Sửa hồ sơ thì phải xin lại.") % {"who": who})
    return redirect(exemplar)


def _open_for(request: HttpRequest, exemplar: Exemplar) -> Confirmation | None:
    """The question that the person may answer; 404 for those who were never asked."""
    asked = [
        c
        for c in exemplar.confirmations.select_related("asked_of", "asked_by").order_by("-pk")
        if _answers(request, exemplar, c)
    ]
    if not asked:
        raise Http404
    return next((c for c in asked if c.state == RequestState.OPEN), None)


def _was_asked(request: HttpRequest, pk: int) -> bool:
    """Whether the person could once answer about a record that is closed to them now: a double press, an old letter."""
    # By the key's own field, which knows what no key can be.
    asked = Confirmation.objects.filter(exemplar__pk=pk, asked_of__in=request.user.reach(*UNIT_ROLES))
    return any(may_answer(row, request.user) for row in asked.select_related("asked_of", "exemplar"))


def _answers(request: HttpRequest, exemplar: Exemplar, confirmation: Confirmation) -> bool:
    confirmation.exemplar = exemplar
    return may_answer(confirmation, request.user)


@require_http_methods(["GET", "HEAD", "POST"])
def confirmation_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a draft and confirm it, or send it back with a note."""
    try:
        exemplar = get_exemplar(request, pk)
    except Http404:
        if not _was_asked(request, pk):
            raise
        messages.info(request, _("Việc xin xác nhận này đã được trả lời hoặc đã rút."))
        return redirect("reports:desk")
    confirmation = _open_for(request, exemplar)
    if confirmation is None or not exemplar.is_editable:
        messages.info(request, _("Việc xin xác nhận này đã được trả lời hoặc đã rút."))
        return redirect(exemplar)
    form = ConfirmationForm(request.POST or None)
    if request.method != "POST":
        return _answer_page(request, exemplar, confirmation, form)
    answer = request.POST.get("answer")
    if answer not in (RequestState.GRANTED, RequestState.REFUSED):
        form.add_error(None, _("Bấm “Xác nhận” hoặc “Gửi lại để sửa”."))
    elif form.is_valid() and answer == RequestState.REFUSED and not form.cleaned_data["note"]:
        form.add_error("note", _("Ghi điều cần sửa để đơn vị biết."))
    if not form.is_valid():
        return _answer_page(request, exemplar, confirmation, form)
    return _answer(request, confirmation, form, granted=answer == RequestState.GRANTED)


def _answer(request: HttpRequest, confirmation: Confirmation, form: ConfirmationForm, *, granted: bool) -> HttpResponse:
    exemplar = confirmation.exemplar
    try:
        answer_confirmation(
            confirmation=confirmation,
            by=request.user,
            granted=granted,
            note=form.cleaned_data["note"],
            seen_mark=request.POST.get("mark", ""),
        )
    except WorkflowError as error:
        form.add_error(None, error.message)
        return _answer_page(request, exemplar, confirmation, form, status=409)
    told = _("Đã xác nhận hồ sơ “%(name)s”.") if granted else _("Đã gửi lại hồ sơ “%(name)s” để đơn vị sửa.")
    messages.success(request, told % {"name": exemplar.full_name})
    return redirect("reports:desk")


def _answer_page(
    request: HttpRequest, exemplar: Exemplar, confirmation: Confirmation, form: ConfirmationForm, status: int = 200
) -> HttpResponse:
    page = record_page(exemplar, request.user)
    context = {
        "exemplar": exemplar,
        "page": page,
        "confirmation": confirmation,
        "form": form,
        "mark": content_mark(page.content),
    }
    return render(request, "models_registry/confirmation_answer.html", context, status=status)
