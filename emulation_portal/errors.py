"""The error pages in the portal's own look; each gives the mark by which the log finds the request."""

from __future__ import annotations

import logging
import sys
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token

from core.deadline import TimeIsUp

from .posted import posted_words

log = logging.getLogger(__name__)

#: Why the portal pauses → seconds after which another try makes sense.
RETRY_AFTER_SECONDS = {"held": 10, "slow": 30, "away": 30}
#: PostgreSQL: the lock was not to be had in time; two transactions waited for each other.
HELD_CODES = {"55P03", "40P01"}
CANCELLED = "57014"


def _page(request: HttpRequest, name: str, status: int, *, alone: bool = False, **context: Any) -> HttpResponse:
    """Render an error page; one that stands alone is rendered without the request, whose user needs the database."""
    mark = getattr(request, "mark", "")
    try:
        body: str = loader.render_to_string(name, context | {"request_mark": mark}, None if alone else request)
    except Exception:
        log.exception("error page could not be rendered")
        body = _bare(status, mark)
    response = HttpResponse(body, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _bare(status: int, mark: str) -> str:
    """Return a page that needs no template, no database and no built file."""
    words = _("Trang này đang gặp sự cố. Xin thử lại sau ít phút.")
    help_line = _("Mã lần truy cập: %(mark)s") % {"mark": mark}
    return (
        f'<!doctype html><html lang="vi"><meta charset="utf-8"><title>{status}</title>'
        f"<h1>{status}</h1><p>{escape(words)}</p><p>{escape(help_line)}</p></html>"
    )


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that cannot be read, or 413 for one that is too large or has too many parts."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return _page(request, "413.html", 413)
    return _page(request, "400.html", 400)


@requires_csrf_token
def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an action that the user's role does not allow, with the reason when there is one."""
    return _page(request, "403.html", 403, explanation=str(exception or ""))


@requires_csrf_token
def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a missing page and another unit's record with the same words."""
    return _page(request, "404.html", 404)


def method_not_allowed(request: HttpRequest) -> HttpResponse:
    """Answer an address that takes only what a button sends, opened as a page."""
    return _page(request, "405.html", 405)


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an unexpected fault; a database that does not answer is a pause and not a fault."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return service_unavailable(request)
    return _page(request, "500.html", 500, alone=True)


def service_unavailable(request: HttpRequest) -> HttpResponse:
    """Answer 503: why, what was kept, when to try again; what was typed is given back."""
    reason = pause_reason(sys.exc_info()[1])
    response = _page(request, "503.html", 503, alone=True, reason=reason, posted=_posted_if_read(request))
    response["Retry-After"] = str(RETRY_AFTER_SECONDS[reason])
    return response


def pause_reason(error: BaseException | None) -> str:
    """Tell a lock that somebody holds ("held") and work that took too long ("slow") from a database that is away."""
    cause = getattr(error, "__cause__", None)
    words = str(cause or error or "")
    if getattr(cause, "pgcode", None) in HELD_CODES or "locked" in words:
        return "held"
    slow = isinstance(error, TimeIsUp) or getattr(cause, "pgcode", None) == CANCELLED or words == "interrupted"
    return "slow" if slow else "away"


def _posted_if_read(request: HttpRequest) -> list[dict[str, str]]:
    """What was typed, unless the body itself could not be read."""
    try:
        return posted_words(request) if request.method == "POST" else []
    except Exception:  # noqa: BLE001 - the answer is 503 whatever the body was
        return []


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is missing or old, and give back what was typed (never a password)."""
    return _page(request, "403_csrf.html", 403, posted=posted_words(request))


def session_ended(request: HttpRequest) -> HttpResponse:
    """Answer a form sent after the session ended: nothing was done, and what was typed is given back."""
    return _page(request, "401.html", 401, posted=posted_words(request), back=request.path)
