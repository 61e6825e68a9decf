"""What stands in the tables of the portal: how many rows, which files, which migrations."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import FileField

Ask = Callable[[str], Iterable[tuple[Any, ...]]]


def quoted(name: str) -> str:
    """Return a table's or column's name for a statement."""
    return connection.ops.quote_name(name)


def ask_django(statement: str) -> list[tuple[Any, ...]]:
    """Ask the portal's own connection."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def table_names(ask: Ask) -> list[str]:
    """Return the tables of the database, its own bookkeeping excepted."""
    if connection.vendor == "postgresql":
        found = ask("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1")
    else:
        found = ask("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1")
    return [name for (name,) in found]


def row_counts(ask: Ask) -> dict[str, int]:
    """Count the rows of every table."""
    return {name: next(iter(ask(f"SELECT count(*) FROM {quoted(name)}")))[0] for name in table_names(ask)}


def applied_migrations(ask: Ask) -> list[str]:
    """Return the applied migrations as app.name."""
    if "django_migrations" not in table_names(ask):
        return []
    return [f"{app}.{name}" for app, name in ask("SELECT app, name FROM django_migrations ORDER BY 1, 2")]


def stored_names(ask: Ask) -> set[str]:
    """Return the names of all files that rows refer to; a column that is not migrated in yet is left out."""
    there, names = _columns(ask), set()
    for table, column in _file_columns():
        if (table, column) in there:
            statement = f"SELECT DISTINCT {quoted(column)} FROM {quoted(table)} WHERE {quoted(column)} <> ''"
            names |= {name for (name,) in ask(statement)}
    return names


def _columns(ask: Ask) -> set[tuple[str, str]]:
    if connection.vendor == "postgresql":
        found = ask(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
        )
    else:
        found = ask("SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'")
    return {(table, column) for table, column in found}


def _file_columns() -> list[tuple[str, str]]:
    """Return table and column of every file field."""
    return [
        (model._meta.db_table, str(field.column))
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_fields
        if isinstance(field, FileField)
    ]
