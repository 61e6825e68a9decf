"""Changes of other people's accounts: roles, name, unit, address. Each asks for the keeper's own password once more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.forms import PortalForm
from organizations import services
from organizations.devices import origin_of
from organizations.forms import AddressFaultForm, DetailsForm, GrantEndForm, GrantForm
from organizations.models import User
from organizations.services.people import may_manage
from organizations.views.confirming import recently_confirmed
from organizations.views.people import person_in_scope

METHODS = ["GET", "HEAD", "POST"]


def _kept(request: HttpRequest, pk: int) -> User:
    """An account in the scope that the signed-in person may change; one's own and those above are refused."""
    person = person_in_scope(request, pk)
    if not may_manage(request.user, person):
        raise PermissionDenied
    return person


def _done(
    request: HttpRequest, person: User, form: PortalForm, act: Callable[[dict[str, Any]], str]
) -> HttpResponse | None:
    """Try a step: the way back to the account, or None with the refusal in the form."""
    try:
        words = act({"user": person, "by": request.user, "origin": origin_of(request)})
    except services.AccountError as error:
        form.add_error(None, str(error))
        return None
    messages.success(request, words % {"name": person.full_name})
    return redirect("organizations:account_detail", person.pk)


@require_http_methods(METHODS)
@recently_confirmed
def account_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct name, home unit and address of a person."""
    person = _kept(request, pk)
    form = DetailsForm(request.POST if "full_name" in request.POST else None, by=request.user, person=person)

    def act(who: dict[str, Any]) -> str:
        changed = services.correct_details(details=form.details(), **who)
        return _("Đã sửa thông tin của %(name)s.") if changed else _("Thông tin của %(name)s vẫn như cũ.")

    if form.is_bound and form.is_valid() and (answer := _done(request, person, form, act)):
        return answer
    person.refresh_from_db()
    return render(request, "organizations/account_edit.html", {"form": form, "person": person})


@require_http_methods(METHODS)
@recently_confirmed
def role_give(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a person one more role."""
    person = _kept(request, pk)
    form = GrantForm(request.POST if "valid_from" in request.POST else None, by=request.user, person=person)

    def act(who: dict[str, Any]) -> str:
        services.give_role(grant=form.grant(), **who)
        return _("Đã giao vai trò cho %(name)s và báo người này.")

    if form.is_bound and form.is_valid() and (answer := _done(request, person, form, act)):
        return answer
    return render(request, "organizations/role_give.html", {"form": form, "person": person})


@require_http_methods(METHODS)
@recently_confirmed
def role_end(request: HttpRequest, pk: int, grant: int) -> HttpResponse:
    """Take a role of a person at once, or set its last day."""
    person = _kept(request, pk)
    if grant >= 2**63:
        raise Http404
    held = get_object_or_404(person.role_assignments.select_related("unit"), pk=grant)
    form = GrantEndForm(request.POST if "when" in request.POST else None, grant=held)

    def act(who: dict[str, Any]) -> str:
        services.end_role(pk=held.pk, last_day=form.last(), **who)
        return _("Đã đặt ngày hết vai trò của %(name)s.") if form.last() else _("Đã thu vai trò của %(name)s.")

    if form.is_bound and form.is_valid() and (answer := _done(request, person, form, act)):
        return answer
    return render(request, "organizations/role_end.html", {"form": form, "person": person, "held": held})


@require_http_methods(METHODS)
@recently_confirmed
def address_wrong(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark the address of a person as wrong, with the reason."""
    person = _kept(request, pk)
    form = AddressFaultForm(request.POST if "fault" in request.POST else None)

    def act(who: dict[str, Any]) -> str:
        services.mark_address_wrong(fault=form.cleaned_data["fault"], **who)
        return _("Từ nay cổng không gửi thư tới địa chỉ của %(name)s; thông báo trên cổng vẫn có.")

    if form.is_bound and form.is_valid() and (answer := _done(request, person, form, act)):
        return answer
    return render(request, "organizations/address_wrong.html", {"form": form, "person": person})


@require_POST
@recently_confirmed
def address_right(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the mark from the address of a person."""
    person = _kept(request, pk)
    try:
        services.mark_address_right(user=person, by=request.user, origin=origin_of(request))
    except services.AccountError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Cổng lại gửi thư tới địa chỉ của %(name)s.") % {"name": person.full_name})
    return redirect("organizations:account_detail", pk)
