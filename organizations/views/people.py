from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from organizations import factors, services
from organizations.devices import origin_of
from organizations.enums import ACCOUNT_ROLES
from organizations.forms import FilterForm, InviteForm
from organizations.models import User
from organizations.selectors import account_changes, account_lines, accounts_found, accounts_within, standing
from organizations.services.people import is_invited, may_manage

PAGE_SIZE = 25


def require_role(request: HttpRequest) -> None:
    """Refuse who looks after no accounts."""
    if not request.user.access.has(*ACCOUNT_ROLES):
        raise PermissionDenied


def person_in_scope(request: HttpRequest, pk: int) -> User:
    """An account in the scope of who asks; any other is not found."""
    require_role(request)
    if pk >= 2**63:
        raise Http404
    return get_object_or_404(accounts_within(request.user), pk=pk)


@require_safe
def account_list(request: HttpRequest) -> HttpResponse:
    """Accounts of the own scope, with search and unit."""
    require_role(request)
    form = FilterForm(request.GET)
    form.is_valid()
    words, unit = form.cleaned_data.get("q", ""), form.cleaned_data.get("unit")
    found = accounts_found(request.user, words=words, unit=unit)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("trang"))
    reached = set(request.user.reach(*ACCOUNT_ROLES))
    context = {
        "page_obj": page,
        "lines": account_lines(page.object_list),
        "words": words,
        "unit": unit,
        "units": request.user.unit_tree.choices(reached),
    }
    return render(request, "organizations/account_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def account_invite(request: HttpRequest) -> HttpResponse:
    """Invite a person by mail."""
    require_role(request)
    form = InviteForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            user = services.invite(invitation=form.invitation(), by=request.user, origin=origin_of(request))
        except services.AccountError as error:
            form.add_error(None, str(error))
        else:
            words = _("Đã gửi thư mời tới %(address)s. Tên đăng nhập: %(name)s.")
            messages.success(request, words % {"address": user.email, "name": user.username})
            return redirect("organizations:account_detail", user.pk)
    return render(request, "organizations/account_invite.html", {"form": form})


@require_safe
def account_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: roles, how it stands, and what may be done to it."""
    person = person_in_scope(request, pk)
    may = may_manage(request.user, person)
    invited = is_invited(person)
    context = {
        "person": person,
        "standing": standing(person),
        "grants": person.role_assignments.select_related("unit").order_by("valid_from", "pk"),
        "changes": account_changes(person),
        "may_change": may,
        "has_factor": factors.has_factor(person),
        "today": clock.today(),
        "may_invite_again": may and invited,
        "may_cancel": may and invited and person.letters.open_at(clock.wall_now()).exists(),
        "may_deactivate": may and person.is_active,
        "may_reactivate": may and not person.is_active and not invited,
    }
    return render(request, "organizations/account_detail.html", context)


def _step(request: HttpRequest, pk: int, act: Callable[..., None], done: str) -> HttpResponse:
    person = person_in_scope(request, pk)
    try:
        act(user=person, by=request.user, origin=origin_of(request))
    except services.AccountError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done % {"name": person.full_name})
    return redirect("organizations:account_detail", pk)


@require_POST
def invitation_resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Mail a new link; the old one is worth nothing from then on."""
    return _step(
        request, pk, services.invite_again, _("Đã gửi lại thư mời cho %(name)s. Liên kết cũ không dùng được nữa.")
    )


@require_POST
def invitation_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the link of an invitation worthless."""
    return _step(
        request, pk, services.cancel_invitation, _("Đã hủy lời mời %(name)s. Liên kết trong thư không dùng được nữa.")
    )


@require_POST
def account_deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an account."""
    return _step(request, pk, services.deactivate, _("Đã ngừng tài khoản của %(name)s; mọi phiên đã kết thúc."))


@require_POST
def account_reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a closed account."""
    return _step(request, pk, services.reactivate, _("Đã mở lại tài khoản của %(name)s."))
