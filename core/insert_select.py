"""INSERT … SELECT … ON CONFLICT DO NOTHING, which the ORM does not write: rows made of rows, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet

#: A statement with its parameters; every value is a parameter.
Sql = tuple[str, tuple[Any, ...]]


def compiled(rows: QuerySet) -> Sql:
    """The SELECT of a queryset."""
    sql, params = rows.query.sql_with_params()
    return sql, tuple(params)


def insert_select(model: type[Model], columns: Sequence[str], select: Sql) -> int:
    """Insert what a SELECT with a WHERE gives, leaving out rows whose key is there; returns how many are new."""
    quote = connection.ops.quote_name
    sql, params = select
    names = ", ".join(quote(name) for name in columns)
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({names}) {sql} ON CONFLICT DO NOTHING"
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return max(cursor.rowcount, 0)
