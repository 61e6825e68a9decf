"""Rows made of rows in one statement, which the ORM does not write: INSERT … SELECT and UPDATE … FROM a SELECT."""

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


def update_select(
    model: type[Model],
    columns: Sequence[str],
    select: Sql,
    *,
    key: Sequence[str],
    condition: Sql,
    emptied: Sequence[str] = (),
) -> int:
    """Give rows the values of the row of a SELECT that has the same key; returns how many changed.

    The SELECT names its `columns`; `emptied` become NULL; `condition` may speak of the table as "old" and of the SELECT
    as "new".
    """
    quote = connection.ops.quote_name
    sql, params = select
    where, more = condition
    given = [f"{quote(name)} = new.{quote(name)}" for name in columns if name not in key]
    values = ", ".join([*given, *(f"{quote(name)} = NULL" for name in emptied)])
    same = " AND ".join(f"old.{quote(name)} = new.{quote(name)}" for name in key)
    table = quote(model._meta.db_table)
    statement = f"UPDATE {table} AS old SET {values} FROM ({sql}) AS new WHERE {same} AND {where}"
    with connection.cursor() as cursor:
        cursor.execute(statement, (*params, *more))
        return max(cursor.rowcount, 0)
