from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from core import clock
from organizations import services
from organizations.account_models import AccountLetter, letter_key
from organizations.devices import origin_of
from organizations.enums import Purpose
from organizations.forms import ForgottenForm, NewPasswordForm
from organizations.throttle import resets_must_wait
from organizations.views.sign_in import answer

_SETS_PASSWORD = (Purpose.INVITATION, Purpose.RESET)


@login_not_required
@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def password_forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link by mail; the answer is the same whether the account exists or not."""
    form = ForgottenForm(request.POST or None)
    locked = request.method == "POST" and resets_must_wait(request)
    if request.method == "POST" and not locked and form.is_valid():
        services.request_reset(name=form.cleaned_data["name"], origin=origin_of(request))
        return redirect("organizations:password_letter_sent")
    context = {"form": form, "locked": locked}
    response = answer(request, "organizations/password_forgotten.html", context, locked=locked)
    if locked:
        response["Retry-After"] = "3600"
    return response


@login_not_required
@require_safe
def password_letter_sent(request: HttpRequest) -> HttpResponse:
    """What to do next, for everybody alike."""
    hours = int(settings.PASSWORD_RESET_AGE.total_seconds() // 3600)
    return render(request, "organizations/password_letter_sent.html", {"hours": hours})


@login_not_required
@never_cache
@csrf_protect
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password_set(request: HttpRequest, token: str) -> HttpResponse:
    """Set a password by the link of an invitation or a reset; looking at the page does not use the link up."""
    letter = AccountLetter.objects.select_related("user").filter(pk=letter_key(token)).first()
    if letter is None or letter.purpose not in _SETS_PASSWORD:
        raise Http404
    form = NewPasswordForm(request.POST or None, user=letter.user)
    if not _works(letter):
        return render(request, "organizations/link_spent.html", {"letter": letter}, status=410)
    if request.method == "POST" and form.is_valid():
        return _redeem(request, letter, form.cleaned_data["new_password"])
    context = {"form": form, "letter": letter, "is_invited": letter.purpose == Purpose.INVITATION}
    return render(request, "organizations/password_set.html", context)


def _works(letter: AccountLetter) -> bool:
    """Whether a link still works: not used, not cancelled, not too old; a closed account is not opened by a reset."""
    is_open = AccountLetter.objects.open_at(clock.wall_now()).filter(pk=letter.pk).exists()
    return is_open and (letter.user.is_active or letter.purpose == Purpose.INVITATION)


def _redeem(request: HttpRequest, letter: AccountLetter, password: str) -> HttpResponse:
    if not services.set_password(letter=letter, password=password, origin=origin_of(request)):
        return render(request, "organizations/link_spent.html", {"letter": letter}, status=410)
    messages.success(request, _("Đã đặt mật khẩu. Đăng nhập bằng mật khẩu mới."))
    return redirect(settings.LOGIN_URL)
