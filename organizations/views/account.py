from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from organizations import factors, services, sessions
from organizations.account_models import AccountLetter, letter_key
from organizations.devices import origin_of
from organizations.enums import EventKind, Purpose
from organizations.events import record
from organizations.forms import EmailForm, PasswordChangeForm
from organizations.models import User
from organizations.parts import parts_for
from organizations.passwords import reminder
from organizations.views.confirming import recently_confirmed
from organizations.views.sign_in import answer

EVENTS_SHOWN = 10
PAGE_SIZE = 25


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """The own account: who one is, what one may do, how it is guarded, where it is open, what happened."""
    user = cast(User, request.user)
    context = {
        "grants": user.role_assignments.select_related("unit").order_by("valid_from", "pk"),
        "today": clock.today(),
        "has_factor": factors.has_factor(user),
        "factor_needed": user.needs_second_factor,
        "codes_left": factors.codes_left(user),
        "sessions": sessions.open_sessions(user, request.session.session_key),
        "events": user.events.select_related("actor")[:EVENTS_SHOWN],
        "reminder": reminder(user),
        "parts": parts_for(user),
    }
    return render(request, "organizations/account.html", context)


@require_safe
def access_log(request: HttpRequest) -> HttpResponse:
    """What happened to the own account, newest first."""
    page = Paginator(request.user.events.select_related("actor"), PAGE_SIZE).get_page(request.GET.get("trang"))
    return render(request, "organizations/access_log.html", {"page_obj": page})


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password_change(request: HttpRequest) -> HttpResponse:
    """Change the own password, which ends all other sessions."""
    form = PasswordChangeForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        try:
            _change_password(request, form.cleaned_data["new_password"])
        except services.AccountError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Đã đổi mật khẩu. Các phiên khác đã kết thúc."))
            return redirect("organizations:account")
    locked = any(error.code == "locked" for errors in form.errors.as_data().values() for error in errors)
    return answer(request, "organizations/password_change.html", {"form": form}, locked=locked)


@transaction.atomic
def _change_password(request: HttpRequest, password: str) -> None:
    here = request.session.session_key
    services.change_password(user=request.user, password=password, origin=origin_of(request), here=here)
    sessions.keep_after_password(request=request, user=request.user)
    sessions.mark_confirmed(request)


@require_http_methods(["GET", "HEAD", "POST"])
@recently_confirmed
def email_change(request: HttpRequest) -> HttpResponse:
    """Ask for another address; it counts once it is confirmed by the link mailed to it."""
    form = EmailForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["email"]
        if services.request_email(user=request.user, address=address, origin=origin_of(request)):
            words = _("Đã gửi thư tới %(address)s. Mở liên kết trong thư để xác nhận; trước đó địa chỉ cũ vẫn dùng.")
            messages.success(request, words % {"address": address})
            return redirect("organizations:account")
        form.add_error("email", _("Đã xin đổi 3 lần trong một giờ. Chờ một giờ rồi thử lại."))
    return render(request, "organizations/email_change.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def email_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm a new address, by its owner alone: a stranger at a mistyped address cannot."""
    letters = AccountLetter.objects.filter(user=cast(User, request.user), purpose=Purpose.EMAIL_CONFIRM)
    letter = get_object_or_404(letters, pk=letter_key(token))
    is_open = AccountLetter.objects.open_at(clock.wall_now()).filter(pk=letter.pk).exists()
    if request.method == "POST" and is_open:
        if _confirm_email(request, letter):
            messages.success(request, _("Từ nay thư gửi về %(address)s.") % {"address": letter.address})
            return redirect("organizations:account")
        is_open = False
    context = {"letter": letter, "is_open": is_open}
    return render(request, "organizations/email_confirm.html", context, status=200 if is_open else 410)


def _confirm_email(request: HttpRequest, letter: AccountLetter) -> bool:
    try:
        return services.confirm_email(letter=letter, user=request.user, origin=origin_of(request))
    except services.AccountError as error:
        messages.error(request, str(error))
        return False


@require_POST
@recently_confirmed
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of the own sessions."""
    if pk >= 2**63 or not sessions.end_one(user=request.user, pk=pk):
        raise Http404
    record(kind=EventKind.SESSION_ENDED, user=request.user, origin=origin_of(request), by=request.user)
    messages.success(request, _("Đã kết thúc phiên trên thiết bị đó."))
    return redirect("organizations:account")


@require_POST
@recently_confirmed
def sessions_end(request: HttpRequest) -> HttpResponse:
    """End all own sessions but this one."""
    count = sessions.end_all(user=request.user, but=request.session.session_key)
    record(kind=EventKind.SESSIONS_ENDED, user=request.user, origin=origin_of(request), by=request.user)
    words = ngettext("Đã kết thúc %(n)d phiên khác.", "Đã kết thúc %(n)d phiên khác.", count)
    messages.success(request, words % {"n": count})
    return redirect("organizations:account")
