from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.paging import CappedPaginator
from core.workflow import WorkflowError
from models_registry.differences import changes_between
from models_registry.duplicates import duplicates_of
from models_registry.forms import ExemplarFilter
from models_registry.models import Exemplar
from models_registry.rules import is_insider
from models_registry.selectors import field_choices, frozen_page, record_page
from models_registry.services import look_at_private_fields, withdraw_consent
from models_registry.workflow import EXEMPLAR_WORKFLOW
from organizations.enums import UNIT_ROLES, Role

from .changes import why_no_change
from .scope import get_exemplar, look_token, may_reveal, tell_refusal

PAGE_SIZE = 25
#: Sending has its own page, which says what is missing; judging it here would read the content again.
_SENDING = frozenset({"submit", "resubmit"})
#: Pages that can show private fields, by what the form of the look says.
_LOOK_PAGES = {"de-nghi": "models_registry:change_review"}


@require_safe
def exemplar_list(request: HttpRequest) -> HttpResponse:
    """The registry: what the person may read, filtered, newest first or by name."""
    wanted = ExemplarFilter(request.GET, request.user, field_choices())
    by_name = request.GET.get("sap-xep") == "ten"
    order = ("sort_key", "-registered_on", "-pk") if by_name else ("-registered_on", "-pk")
    rows = wanted.apply(Exemplar.objects.listed_for(request.user)).for_list().order_by(*order)
    page = CappedPaginator(rows, PAGE_SIZE).get_page(request.GET.get("trang"))
    return render(
        request,
        "models_registry/exemplar_list.html",
        {
            "page_obj": page,
            "filter": wanted,
            "by_name": by_name,
            "own_units": set(request.user.reach(*UNIT_ROLES)),
            "is_officer": request.user.access.has(Role.OFFICER),
        },
    )


@require_safe
def exemplar_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The record page: the story first, then how it came about."""
    exemplar = get_exemplar(request, pk)
    page = record_page(exemplar, request.user, reveal=may_reveal(request, exemplar))
    actions = EXEMPLAR_WORKFLOW.actions_for(request.user, exemplar, without=_SENDING)
    is_officer = request.user.access.covers(exemplar.unit.path, Role.OFFICER)
    return render(
        request,
        "models_registry/exemplar_detail.html",
        {
            "page": page,
            "exemplar": exemplar,
            "actions": {a.name: a.decision for a in actions},
            "duplicates": duplicates_of(exemplar, request.user) if page.insider and exemplar.is_waiting else [],
            "may_edit": exemplar.is_editable and is_officer,
            "is_officer": is_officer,
            "no_change": why_no_change(exemplar, page.links.change) if is_officer else "",
        },
    )


@require_POST
def private_look(request: HttpRequest, pk: int) -> HttpResponse:
    """Log one look at the private fields, then show them for two minutes to this person only."""
    exemplar = get_exemplar(request, pk)
    if not is_insider(exemplar, request.user):
        raise Http404
    look_at_private_fields(exemplar=exemplar, by=request.user)
    page = _LOOK_PAGES.get(request.POST.get("trang", ""), "models_registry:exemplar_detail")
    return redirect(f"{reverse(page, args=[pk])}?hien={look_token(request, exemplar)}")


@require_POST
def consent_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that the subject no longer agrees to be shown."""
    exemplar = get_exemplar(request, pk)
    if not is_insider(exemplar, request.user):
        raise Http404
    try:
        withdraw_consent(exemplar=exemplar, by=request.user)
    except WorkflowError as error:
        tell_refusal(request, exemplar, error)
    else:
        messages.success(request, _("Đã ghi việc rút lại sự đồng ý. Câu chuyện không còn trên trang công khai."))
    return redirect(exemplar)


@require_safe
def exemplar_version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One version as it was sent, and what changed since the one before or the one asked for."""
    exemplar = get_exemplar(request, pk)
    if not is_insider(exemplar, request.user):
        raise Http404
    versions = {v.number: v for v in exemplar.versions.select_related("made_by")}
    version = versions.get(number)
    if version is None:
        raise Http404
    asked = request.GET.get("so-voi", "")
    earlier = versions.get(int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else number - 1)
    changes = changes_between(earlier.content, version.content) if earlier else []
    return render(
        request,
        "models_registry/exemplar_version.html",
        {
            "exemplar": exemplar,
            "version": version,
            "earlier": earlier,
            "versions": versions.values(),
            "changes": changes,
            "page": frozen_page(version.content),
        },
    )
