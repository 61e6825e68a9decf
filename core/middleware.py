"""What happens around every request: its mark, its headers, its size, its session's clock."""

from __future__ import annotations

import hashlib
import re
import time
import uuid
from collections.abc import Callable
from typing import Any, ClassVar

import structlog
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.urls import get_resolver
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from core import clock, deadline

GetResponse = Callable[[HttpRequest], HttpResponseBase]
REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
MARK_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

log = structlog.get_logger("portal.request")


def mark_of(request_id: str) -> str:
    """Return six characters, none easily misheard on the telephone, that stand for a request id in the log."""
    number = int.from_bytes(hashlib.sha256(request_id.encode()).digest()[:8], "big")
    letters = []
    for _place in range(6):
        number, rest = divmod(number, len(MARK_LETTERS))
        letters.append(MARK_LETTERS[rest])
    return "".join(letters)


def _request_id(request: HttpRequest) -> str:
    """Return the id that our own proxy gave, or a new one; a client's own word is not taken."""
    given = request.headers.get("X-Request-ID", "")
    return given if settings.PROXY_COUNT and REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


class RequestMarkMiddleware:
    """Gives each request an id and a mark, puts them on all its log lines, and logs one line about it.

    The line holds the route and not the path, no address, no user and no text: nothing personal.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.request_id = _request_id(request)  # type: ignore[attr-defined]
        request.mark = mark_of(request.request_id)  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.request_id, mark=request.mark)  # type: ignore[attr-defined]
        began = time.perf_counter()
        response = self.get_response(request)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        self._log(request, response, time.perf_counter() - began)
        return response

    @staticmethod
    def _log(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
        route = getattr(request.resolver_match, "route", None)
        milliseconds = round(seconds * 1000)
        log.info("answered", method=request.method, route=route, status=response.status_code, ms=milliseconds)


class SecurityHeadersMiddleware:
    """Adds the headers that Django, django-csp and django-permissions-policy do not, to every answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("X-Frame-Options", "DENY")
        if settings.SECURE_HSTS_SECONDS and request.is_secure():
            response.headers.setdefault("Strict-Transport-Security", self._promise())
        return response

    @staticmethod
    def _promise() -> str:
        """The promise of https, also on answers that never reach Django's own middleware."""
        words = [f"max-age={settings.SECURE_HSTS_SECONDS}"]
        words += ["includeSubDomains"] if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else []
        words += ["preload"] if settings.SECURE_HSTS_PRELOAD else []
        return "; ".join(words)


class MethodsMiddleware:
    """Refuses what no page of the portal takes: TRACE, CONNECT, PUT and whatever else a client makes up."""

    TAKEN: ClassVar[tuple[str, ...]] = ("GET", "HEAD", "OPTIONS", "POST")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method in self.TAKEN:
            return self.get_response(request)
        return HttpResponseNotAllowed(self.TAKEN)


class DeadlineMiddleware:
    """Holds a view to VIEW_SECONDS, counted from the moment when the body has been read.

    Stands last: the check of the form's token, which reads the body, comes before this one's `process_view`.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with deadline.within(None):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Let the view's time begin."""
        deadline.begin(settings.VIEW_SECONDS)


class TextGZipMiddleware(GZipMiddleware):
    """Compresses text; photos and documents are compressed already and keep their length."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if not kind.startswith("text/") and kind not in {"application/json", "image/svg+xml"}:
            return response
        return super().process_response(request, response)


class BodyLimitMiddleware:
    """Refuses a body larger than MAX_REQUEST_BYTES before anything reads it."""

    READ_AWAY = 200 * 1024 * 1024

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if _body_length(request) <= settings.MAX_REQUEST_BYTES:
            return self.get_response(request)
        # A browser that is still sending shows no answer: read on (to a limit), then answer.
        left = self.READ_AWAY
        while left > 0 and (chunk := request.read(64 * 1024)):
            left -= len(chunk)
        refuse: Any = get_resolver().resolve_error_handler(400)  # the project's page; core imports no project
        return refuse(request, exception=RequestDataTooBig())


def _body_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


class NoStoreMiddleware:
    """Keeps every answer to a signed-in browser out of caches, shared ones and the browser's own."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        name = settings.SESSION_COOKIE_NAME
        if name in request.COOKIES or name in response.cookies:
            response.headers.pop("Cache-Control", None)
            patch_cache_control(response, private=True, no_store=True)
        return response


class SessionClockMiddleware:
    """Ends a session 12 hours after sign-in, or earlier when it was left alone (2 hours for those who decide).

    Judged by the real time: the training clock stands still. The session row is touched at most every
    five minutes; this is the only write that a GET may cause.
    """

    KEY: ClassVar[str] = "clock"

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            self._judge(request)
        return self.get_response(request)

    def _judge(self, request: HttpRequest) -> None:
        now = int(clock.wall_now().timestamp())
        times = request.session.get(self.KEY)
        if times is None:
            request.session[self.KEY] = {"began": now, "seen": now}
        elif self._is_over(request, now, times):
            self._end(request)
        elif now - times["seen"] >= settings.SESSION_TOUCH_EVERY.total_seconds():
            request.session[self.KEY] = times | {"seen": now}

    @staticmethod
    def _is_over(request: HttpRequest, now: int, times: dict[str, Any]) -> bool:
        if now - times["began"] >= settings.SESSION_ABSOLUTE_AGE.total_seconds():
            return True
        left_alone = now - times["seen"]
        if left_alone < settings.SESSION_IDLE_AGE_DECIDING.total_seconds():
            return False  # nobody's limit is shorter: the roles need not be read
        deciding = getattr(request.user, "decides", False)
        return deciding or left_alone >= settings.SESSION_IDLE_AGE.total_seconds()

    @staticmethod
    def _end(request: HttpRequest) -> None:
        request.session.flush()
        request.user = AnonymousUser()
        messages.info(request, _("Phiên làm việc đã hết. Hãy đăng nhập lại để làm tiếp."))
