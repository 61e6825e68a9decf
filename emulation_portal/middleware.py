"""Sign-in as the default of every page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseBase

from emulation_portal.errors import session_ended


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Sends who is not signed in to the sign-in page; a form that was filled meanwhile is given back, not dropped."""

    def handle_no_permission(  # type: ignore[override]  # a page is an answer too
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        """Answer a POST with what was typed and a way to sign in, anything else with the sign-in page."""
        if request.method == "POST":
            return session_ended(request)
        return super().handle_no_permission(request, view_func)
