"""The database itself refuses to change the log: triggers, installed by a migration on both databases."""

from __future__ import annotations

from typing import Any

TABLE = "core_auditevent"
_WORDS = "audit rows are only added"

_POSTGRES = (
    f"""CREATE OR REPLACE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{_WORDS}'; END $$""",
    f"""CREATE TRIGGER {TABLE}_rows BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse()""",
    f"""CREATE TRIGGER {TABLE}_whole BEFORE TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse()""",
)
_POSTGRES_OFF = (
    f"DROP TRIGGER IF EXISTS {TABLE}_rows ON {TABLE}",
    f"DROP TRIGGER IF EXISTS {TABLE}_whole ON {TABLE}",
    f"DROP FUNCTION IF EXISTS {TABLE}_refuse()",
)
_SQLITE = tuple(
    f"CREATE TRIGGER {TABLE}_{act} BEFORE {act} ON {TABLE} BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END"
    for act in ("UPDATE", "DELETE")
)
_SQLITE_OFF = tuple(f"DROP TRIGGER IF EXISTS {TABLE}_{act}" for act in ("UPDATE", "DELETE"))


def install(connection: Any) -> None:
    """Put the triggers on the table of events."""
    _run(connection, _POSTGRES if connection.vendor == "postgresql" else _SQLITE)


def remove(connection: Any) -> None:
    """Take the triggers off; for migrations backwards and for tests that empty tables."""
    _run(connection, _POSTGRES_OFF if connection.vendor == "postgresql" else _SQLITE_OFF)


def _run(connection: Any, statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
