from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from core import clock
from organizations import factors, services, sessions
from organizations.demo import demo_accounts
from organizations.devices import origin_of
from organizations.enums import EventKind
from organizations.events import record
from organizations.forms import CodeForm, SignInForm
from organizations.models import User
from organizations.passwords import reminder
from organizations.throttle import codes_must_wait

#: Where a session keeps who gave the right password and still owes the code.
PENDING = "owes_code"
#: The code must come within this long after the password, in seconds.
PENDING_AGE = 10 * 60


@login_not_required
@never_cache
@csrf_protect
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in and go on to where one was; a person who is signed in already goes on at once."""
    target = safe_target(request)
    if request.user.is_authenticated:
        return redirect(target)
    form = SignInForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid() and form.user:
        return _after_password(request, form.user, target)
    locked = any(error.code == "locked" for error in form.non_field_errors().as_data())
    context = {
        "form": form,
        "next": target if target != settings.LOGIN_REDIRECT_URL else "",
        "demo_accounts": demo_accounts(),
        "demo_password": settings.DEMO_PASSWORD,
    }
    return answer(request, "organizations/sign_in.html", context, locked=locked)


def _after_password(request: HttpRequest, user: User, target: str) -> HttpResponse:
    if not factors.has_factor(user):
        return _begin(request, user, target, must_set_up=user.needs_second_factor)
    request.session.cycle_key()
    request.session[PENDING] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "at": clock.wall_now().timestamp(),
        "next": target,
    }
    return redirect("organizations:sign_in_code")


def _begin(request: HttpRequest, user: User, target: str, *, must_set_up: bool = False) -> HttpResponse:
    sessions.begin(request=request, user=user, must_set_up=must_set_up)
    if words := reminder(user):
        messages.info(request, words)
    return redirect("organizations:factor_setup" if must_set_up else target)


def answer(request: HttpRequest, name: str, context: dict[str, Any], *, locked: bool) -> HttpResponse:
    """A page of signing in: 429 with the time to wait when too much was tried."""
    response = render(request, name, context, status=429 if locked else 200)
    if locked:
        response["Retry-After"] = str(int(settings.AXES_COOLOFF_TIME.total_seconds()))
    return response


def _owing(request: HttpRequest) -> tuple[User, str] | None:
    """Who gave the password of this session a short while ago, and where they want to go."""
    pending = request.session.get(PENDING)
    if not pending or clock.wall_now().timestamp() - pending["at"] > PENDING_AGE:
        return None
    user = User.objects.filter(pk=pending["user"], is_active=True).first()
    if user is None or user.get_session_auth_hash() != pending["hash"]:
        return None
    return user, pending["next"]


@login_not_required
@never_cache
@csrf_protect
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """The second step: a code of the app or a recovery code; only then the session counts as signed in."""
    owing = _owing(request)
    if owing is None:
        return redirect(settings.LOGIN_REDIRECT_URL if request.user.is_authenticated else settings.LOGIN_URL)
    user, target = owing
    form = CodeForm(request.POST or None)
    locked = codes_must_wait(user)
    if request.method == "POST" and not locked and form.is_valid():
        used = _try_code(request, user, form.cleaned_data["code"])
        if used:
            return _after_code(request, user, target, used)
        locked = codes_must_wait(user)
        if used is not None:
            form.add_error("code", _("Mã chưa đúng, đã hết hạn hoặc đã dùng. Chờ mã mới trong ứng dụng rồi nhập lại."))
    return answer(request, "organizations/sign_in_code.html", {"form": form, "locked": locked}, locked=locked)


def _try_code(request: HttpRequest, user: User, typed: str) -> str | None:
    try:
        return services.try_code(user=user, typed=typed, origin=origin_of(request))
    except services.AccountError:  # closed since the password was given: as wrong as any other code
        return ""


def _after_code(request: HttpRequest, user: User, target: str, used: str) -> HttpResponse:
    request.session.pop(PENDING, None)
    response = _begin(request, user, target)
    if used == "recovery":
        record(kind=EventKind.CODE_USED, user=user, origin=origin_of(request), by=user)
        left = factors.codes_left(user)
        messages.warning(
            request, _("Đã dùng một mã dự phòng, còn %(left)d mã. Tạo mã mới khi gần hết.") % {"left": left}
        )
    return response


def safe_target(request: HttpRequest) -> str:
    """Where to go after signing in: a path of this portal, else the desk."""
    return local_path(request.POST.get("next") or request.GET.get("next") or "") or settings.LOGIN_REDIRECT_URL


def local_path(wanted: str) -> str:
    """The wanted address when it is a path of this portal, else nothing."""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/"):
        return wanted
    return ""


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    record(kind=EventKind.SIGNED_OUT, user=request.user, origin=origin_of(request), by=request.user)
    sessions.end_here(request)
    return redirect("showcase:front")
