"""Sign-in as the default of every page, and the page for an address that only a button may send to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed

from emulation_portal.errors import method_not_allowed, session_ended


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Sends who is not signed in to the sign-in page; a form that was filled meanwhile is given back, not dropped."""

    def handle_no_permission(  # type: ignore[override]  # a page is an answer too
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        """Answer a POST with what was typed and a way to sign in, anything else with the sign-in page."""
        if request.method == "POST":
            return session_ended(request)
        return super().handle_no_permission(request, view_func)


class NotAllowedPageMiddleware:
    """Gives who opens an address that takes only POST a page with a way back, in place of an empty answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or request.method != "GET":
            return response
        page = method_not_allowed(request)
        page["Allow"] = response["Allow"]
        return page
