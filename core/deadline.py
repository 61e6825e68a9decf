"""How long a page may take: a deadline that every statement of its view is held to.

A thread of the web server cannot be ended from outside, so the limit sits where the time goes: in the
database. A statement that begins late gets only what is left of the view's time (`SET statement_timeout`
on PostgreSQL, a progress handler on SQLite), and one that begins after the end is refused. Python's own
loops over many rows call `check()`. Time spent reading the body is not the view's.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db import DatabaseError, OperationalError, connections
from django.db.backends.signals import connection_created

#: How many steps of SQLite's machine pass between two looks at the clock: about a millisecond.
STEPS_BETWEEN_LOOKS = 20_000
#: Statements that undo or close what stands: an expired deadline must not hold them back.
CLOSING = ("ROLLBACK", "RELEASE", "SAVEPOINT")
#: Set on a connection whose limit was lowered.
LOWERED = "portal_limit_lowered"

_view_ends: ContextVar[float | None] = ContextVar("view_ends", default=None)
_statement_ends: ContextVar[float | None] = ContextVar("statement_ends", default=None)


class TimeIsUp(OperationalError):
    """The view's time is over before its work is."""


def remaining() -> float | None:
    """Return the seconds that are left of the view's time, or None outside a view."""
    ends = _view_ends.get()
    return None if ends is None else ends - time.monotonic()


def check() -> None:
    """Stop a long loop of Python when the time is over."""
    left = remaining()
    if left is not None and left <= 0:
        raise TimeIsUp("the view's time is over")


@contextmanager
def within(seconds: float | None) -> Iterator[None]:
    """Hold what runs inside to a deadline; afterwards the connections are as they were."""
    view = _view_ends.set(None if seconds is None else time.monotonic() + seconds)
    statement = _statement_ends.set(None)
    try:
        yield
    finally:
        _view_ends.reset(view)
        _statement_ends.reset(statement)
        _lift_limits()


def begin(seconds: float) -> None:
    """Let the time of the current view begin now."""
    _view_ends.set(time.monotonic() + seconds)


def hold_to_deadline(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Run a statement within what is left of the view's time (an execute wrapper of Django)."""
    left = remaining()
    if left is None or sql.lstrip().upper().startswith(CLOSING):
        return execute(sql, params, many, context)
    check()
    allowed = float(settings.DATABASE_LIMITS.statement)
    _statement_ends.set(time.monotonic() + min(left, allowed))
    connection = context["connection"]
    if connection.vendor == "postgresql" and left < allowed:
        _lower_limit(connection, left)
    return execute(sql, params, many, context)


def _lower_limit(connection: Any, seconds: float) -> None:
    """Give the next statement only this long: for the transaction, or until `within` ends."""
    scope = "LOCAL" if connection.in_atomic_block else "SESSION"
    setattr(connection, LOWERED, True)
    with connection.wrap_database_errors, connection.connection.cursor() as cursor:
        cursor.execute(f"SET {scope} statement_timeout = {max(1, int(seconds * 1000))}")


def _lift_limits() -> None:
    """Give connections their usual limit back; one that cannot take it is closed and opened anew when needed."""
    for connection in connections.all(initialized_only=True):
        if not getattr(connection, LOWERED, False) or connection.in_atomic_block:
            continue
        setattr(connection, LOWERED, False)
        try:
            with connection.cursor() as cursor:
                cursor.execute("RESET statement_timeout")
        except DatabaseError:
            connection.close()


def _is_over() -> int:
    """Tell SQLite (by 1) to give a statement up."""
    ends = _statement_ends.get()
    return int(ends is not None and time.monotonic() >= ends)


def watch_connection(sender: Any, connection: Any, **kwargs: Any) -> None:
    """Prepare a connection that was just opened."""
    if hold_to_deadline not in connection.execute_wrappers:
        connection.execute_wrappers.append(hold_to_deadline)
    if connection.vendor == "sqlite":
        connection.connection.set_progress_handler(_is_over, STEPS_BETWEEN_LOOKS)


def watch_connections() -> None:
    """Prepare every connection of this process from now on."""
    connection_created.connect(watch_connection, dispatch_uid="portal-deadline")
