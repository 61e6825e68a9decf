"""Refusals leave a line: who was kept from what (ASVS 16.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from django.db import DatabaseError
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from core.audit.chain import Subject, record
from core.audit.models import EventKind
from core.audit.turns import left_out

log = structlog.get_logger(__name__)

#: Answers that keep somebody from something; 404 is also that of another unit's record.
REFUSED = frozenset({403, 404, 405, 413, 429})
#: Lines of one person within a minute, whatever was refused; one for each address and status: a loop must not fill
#: the log. The next line says how many were left out.
ROWS_A_MINUTE = 10


class RefusalLogMiddleware:
    """Adds one event for a refused request of a signed-in person. Stands inside authentication.

    This is the one write that a refused GET may cause; unknown addresses and static files leave none.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code in REFUSED and request.resolver_match and request.user.is_authenticated:
            _note(request, response.status_code)
        return response


def _note(request: HttpRequest, status: int) -> None:
    """Add the line; whatever goes wrong with it is logged, and the answer stays what it is."""
    match: Any = request.resolver_match
    left = left_out(f"refusal:{request.user.pk}:{match.view_name}:{status}")
    if left is None or left_out(f"refusals:{request.user.pk}", rows=ROWS_A_MINUTE) is None:
        return
    pk = match.kwargs.get("pk")
    told = {"method": request.method, "view": match.view_name}
    try:
        record(
            kind=EventKind.REFUSAL,
            action=f"refused.{status}",
            actor=request.user,
            subject=Subject(kind=match.url_name[:30], pk=pk if isinstance(pk, int) and pk < 2**63 else None),
            data=told | {"left_out": left} if left else told,
        )
    except DatabaseError as error:
        log.warning("refusal_not_recorded", error=type(error).__qualname__, view=match.view_name, status=status)
