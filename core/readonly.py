"""Requests that read cannot write: held at the cursor and by the database itself (security.md 1.2).

The cursor lets only reading statements pass, so that a fault names the statement. The database refuses what the first
word does not show: on PostgreSQL by a read-only transaction, on SQLite by `PRAGMA query_only`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import structlog
from django.db import Error, connection
from django.db.backends.signals import connection_created
from django.http import HttpRequest
from django.http.response import HttpResponseBase

log = structlog.get_logger(__name__)

_ACTIVE = "portal_reads_only"
_READS = re.compile(r"[\s(]*(SELECT|SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO SAVEPOINT|WITH|EXPLAIN)\b", re.IGNORECASE)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

#: Addresses (by name) whose GET may write one row, each with the reason; docs/audit.md prints them.
WRITING_READS: dict[str, str] = {}


def register_writing_read(name: str, reason: str) -> None:
    """Let the GET of one address write; only for what the law wants logged."""
    WRITING_READS[name] = reason


class WriteInRead(Exception):
    """A request that only reads tried to write."""


def _refuse_writes(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    if not _READS.match(sql):
        raise WriteInRead(" ".join(sql.split(None, 3)[:3]))
    return execute(sql, params, many, context)


@contextmanager
def read_only() -> Iterator[None]:
    """Let nothing inside write to the database."""
    connection.close_if_health_check_failed()  # raw statements are run below, which Django would not judge first
    connection.ensure_connection()
    with _database_refuses(), connection.execute_wrapper(_refuse_writes):
        yield


@contextmanager
def _database_refuses() -> Iterator[None]:
    before, after = _statements()
    _run(connection, *before)
    setattr(connection, _ACTIVE, True)
    try:
        yield
    finally:
        setattr(connection, _ACTIVE, False)
        _let_write(after)


def _let_write(statements: tuple[str, ...]) -> None:
    """Make the connection writable again; one that cannot be asked any more is closed, never kept read-only."""
    if connection.connection is None:
        return
    try:
        _run(connection, *statements)
    except Error as error:
        log.warning("connection_closed_after_read", error=type(error).__qualname__)
        connection.close()


def guard_new_connection(sender: Any, connection: Any, **kwargs: Any) -> None:
    """A connection that is made anew while a page is read is guarded like the one that was lost."""
    if getattr(connection, _ACTIVE, False):
        _run(connection, *_session_statements(connection)[0])


def watch_connections() -> None:
    """Hear of every new connection."""
    connection_created.connect(guard_new_connection, dispatch_uid="read_only_connections")


def _statements() -> tuple[tuple[str, ...], tuple[str, ...]]:
    if connection.vendor != "sqlite" and connection.in_atomic_block:
        # Inside a transaction only a savepoint can be made read-only, and only for itself.
        mark = "portal_read"
        return (
            (f"SAVEPOINT {mark}", "SET LOCAL transaction_read_only = on"),
            (f"ROLLBACK TO SAVEPOINT {mark}", f"RELEASE SAVEPOINT {mark}"),
        )
    return _session_statements(connection)


def _session_statements(connection: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if connection.vendor == "sqlite":
        return ("PRAGMA query_only = ON",), ("PRAGMA query_only = OFF",)
    return ("SET default_transaction_read_only = on",), ("SET default_transaction_read_only = off",)


def _run(connection: Any, *statements: str) -> None:
    """Run statements past Django's log of queries: they are no part of what a page costs."""
    with connection.wrap_database_errors, closing(connection.connection.cursor()) as cursor:
        for statement in statements:
            cursor.execute(statement)


class ReadOnlyMiddleware:
    """Runs the view of a reading request read-only. Stands last: sessions are not its business."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        if request.method not in SAFE_METHODS or (match and match.view_name in WRITING_READS):
            return None
        with read_only():
            return view(request, *args, **kwargs)
