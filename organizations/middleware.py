"""People whose role asks for a second factor and who have none set it up before anything else."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from . import factors, sessions

#: Where somebody may go who has still to set it up.
OPEN_NAMES = ("factor_setup", "sign_out", "confirm")


class SecondFactorMiddleware:
    """Sends a session that lacks its second factor to the page that sets it up; the sign-in decided.

    A session in which it was never proved is ended once it was set up elsewhere: it would be sent there for ever.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated and request.session.get(sessions.MUST_SET_UP):
            return self._unproved(request)
        return self.get_response(request)

    def _unproved(self, request: HttpRequest) -> HttpResponseBase:
        if factors.has_factor(request.user):  # type: ignore[arg-type]  # signed in
            sessions.end_here(request)
            messages.info(request, _("Xác thực hai lớp đã bật ở một phiên khác. Đăng nhập lại để nhập mã."))
            return redirect(settings.LOGIN_URL)
        if not _is_open(request.path):
            messages.info(request, _("Vai trò của tài khoản cần xác thực hai lớp. Cài đặt xong sẽ làm việc tiếp."))
            return redirect("organizations:factor_setup")
        return self.get_response(request)


def _is_open(path: str) -> bool:
    return path in {reverse(f"organizations:{name}") for name in OPEN_NAMES}
