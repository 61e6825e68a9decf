"""The one table of access: address × role × record. The middleware enforces it, docs/access.md and the all-address
test are made from it; an address without its row answers nobody.

Which records a person meets behind an address is decided by the record's own `visible_to` and rules; the row names
the rule, so that page, document and test say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase

GET = frozenset({"GET", "HEAD"})
POST = frozenset({"POST"})
BOTH = GET | POST


@dataclass(frozen=True)
class Row:
    """Who may call an address: `roles` None means everybody with an account, `public` everybody.

    `record` names the rule by which one record, file or notice behind the address is found or not (404).
    """

    name: str
    methods: frozenset[str]
    what: str
    roles: frozenset[str] | None = None
    record: str = ""
    public: bool = False


_rows: dict[str, Row] = {}
_rules: dict[str, str] = {}


def register(rows: Iterable[Row], rules: dict[str, str] | None = None) -> None:
    """Add the rows of an app, and what its rules on records mean."""
    _rules.update(rules or {})
    for row in rows:
        if row.name in _rows and _rows[row.name] != row:
            raise ImproperlyConfigured(f"two rows of access for {row.name}")
        _rows[row.name] = row


def all_rows() -> list[Row]:
    """Every row, by name."""
    return sorted(_rows.values(), key=lambda row: row.name)


def all_rules() -> dict[str, str]:
    """Every rule on records: its name and what it means."""
    return dict(sorted(_rules.items()))


def row_of(name: str) -> Row:
    """The row of an address."""
    try:
        return _rows[name]
    except KeyError:
        raise ImproperlyConfigured(f"no row of access for the address {name!r}") from None


class AccessTableMiddleware:
    """Asks the table before every view: the method, then the role. Stands behind sign-in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        match: Any = request.resolver_match
        row = row_of(match.view_name)
        if request.method not in row.methods:
            return HttpResponseNotAllowed(sorted(row.methods))
        if row.roles is not None and not request.user.access.has(*row.roles):  # type: ignore[union-attr]
            raise PermissionDenied
        return None
