"""PostgreSQL: pg_dump in an exported snapshot, and a restore that replaces all tables in one transaction."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from core.heads import Head, read_heads

from .manifest import BackupError
from .tables import Ask, ask_django, quoted

FILE = "database.pgdump"
#: Schemas that a restore has put aside; nothing else may carry this name.
ASIDE = "truoc_khoi_phuc"
PLAIN = ("--no-owner", "--no-privileges", "--no-comments")


def _program(name: str) -> str:
    found = shutil.which(name)
    if not found:
        raise BackupError(f"Máy này thiếu chương trình {name}: hãy cài gói postgresql-client cùng số với máy chủ.")
    return found


def _environment() -> dict[str, str]:
    """Return the environment by which PostgreSQL's programs reach the same database: no secret on a command line."""
    there = connection.settings_dict
    options = {name: str(value) for name, value in there["OPTIONS"].items() if name.startswith("ssl")}
    given = {
        "PGHOST": there["HOST"],
        "PGPORT": str(there["PORT"] or ""),
        "PGUSER": there["USER"],
        "PGPASSWORD": there["PASSWORD"],
        "PGDATABASE": str(there["NAME"]),
        "PGCONNECT_TIMEOUT": "5",
        "LC_ALL": "C",
    } | {f"PG{name.upper()}": value for name, value in options.items()}
    return {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {
        name: value for name, value in given.items() if value
    }


def _run(words: list[str], *, stdin: Path | None = None) -> None:
    """Run one of PostgreSQL's programs to its end; what it complains of goes into the sentence."""
    source = stdin.open("rb") if stdin else subprocess.DEVNULL
    try:
        done = subprocess.run(words, env=_environment(), stdin=source, capture_output=True, check=False)
    finally:
        if not isinstance(source, int):
            source.close()
    if done.returncode:
        complaint = done.stderr.decode(errors="replace").strip().splitlines() or ["?"]
        raise BackupError(f"{Path(words[0]).name} không làm được (mã {done.returncode}): {complaint[0]}")


@contextmanager
def snapshot(folder: Path) -> Iterator[tuple[Ask, dict[str, Head]]]:
    """Dump the database into the folder and give the means to ask the same snapshot."""
    program = _program("pg_dump")
    with transaction.atomic(durable=True):
        ask_django_no_rows("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        ((mark,),) = ask_django("SELECT pg_export_snapshot()")
        ((schema,),) = ask_django("SELECT current_schema()")
        heads = read_heads() if connection.introspection.table_names() else {}
        _run(
            [program, "--format=custom", f"--snapshot={mark}", f"--schema={schema}", *PLAIN, f"--file={folder / FILE}"]
        )
        (folder / FILE).chmod(0o600)
        yield ask_django, heads


def ask_django_no_rows(statement: str) -> None:
    """Tell the portal's own connection something."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


def busy_with() -> str:
    """Say who else is connected to the database."""
    ((others,),) = ask_django(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    return f"còn {others} kết nối khác vào cơ sở dữ liệu" if others else ""


#: What a schema holds that is nobody's extension's, as `ALTER … SET SCHEMA` and `DROP …` name it. Extensions stay where
#: they are: their members belong to the server's own superuser, and the portal's owner may not move them.
_OWN_OBJECTS = """
SELECT CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
       format('%%I.%%I', n.nspname, c.relname)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = %s AND c.relkind IN ('r', 'p', 'v', 'm', 'S') AND NOT EXISTS (
       SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
          AND (d.deptype = 'e' OR c.relkind = 'S' AND d.deptype IN ('a', 'i')))
UNION ALL
SELECT 'ROUTINE', format('%%I.%%I(%%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid))
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE n.nspname = %s AND NOT EXISTS (
       SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
ORDER BY 1 DESC, 2"""
#: Words of a dump that need the extension for the search index.
_TRIGRAMS = b"gin_trgm_ops"


def own_objects(schema: str) -> list[tuple[str, str]]:
    """(kind, qualified name) of everything in a schema that belongs to no extension; tables before routines."""
    with connection.cursor() as cursor:
        cursor.execute(_OWN_OBJECTS, [schema, schema])
        return list(cursor.fetchall())


class Replacement:
    """The tables of a backup in place of the live ones, which stand aside until those are judged good."""

    def __init__(self, folder: Path, aside: Path) -> None:
        self.source, self.script = folder / FILE, aside
        ((self.schema,),) = ask_django("SELECT current_schema()")
        self.former = f"{ASIDE}_{self.schema}"

    def put(self) -> None:
        """Replace the tables in one transaction of one psql: killed at any moment, the old or the new stands."""
        restore, psql = _program("pg_restore"), _program("psql")
        self.forget()
        try:
            _run([restore, *PLAIN, f"--file={self.script}", str(self.source)])
            self.script.chmod(0o600)
            self._frame_script()
            connection.close()
            _run([psql, "-X", "-q", "--single-transaction", "-v", "ON_ERROR_STOP=1", "-f", str(self.script)])
        finally:
            self.script.unlink(missing_ok=True)

    def _frame_script(self) -> None:
        """Write before the dump what puts the live tables aside, and make the extension that its indexes need."""
        schema, former = quoted(self.schema), quoted(self.former)
        lines = ["SET lock_timeout = '30s';", f"CREATE SCHEMA {former};"]
        objects = own_objects(self.schema)
        lines += [f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE;" for kind, name in objects if kind == "TABLE"]
        lines += [f"ALTER {kind} {name} SET SCHEMA {former};" for kind, name in objects]
        if self._needs_trigrams():
            lines.append(f"CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA {schema};")
        framed = self.script.with_name(f"{self.script.name}.sql")
        with framed.open("wb") as out, self.script.open("rb") as dump:
            framed.chmod(0o600)
            out.write("\n".join(lines).encode() + b"\n")
            for line in dump:
                if line.rstrip() != f"CREATE SCHEMA {self.schema};".encode():  # it is there
                    out.write(line)
        framed.replace(self.script)

    def _needs_trigrams(self) -> bool:
        with self.script.open("rb") as dump:
            return any(_TRIGRAMS in line for line in dump)

    def take_back(self) -> None:
        """Let go what came in, and put the former tables back with all that hangs on them."""
        with transaction.atomic():
            for kind, name in own_objects(self.schema):
                ask_django_no_rows(f"DROP {kind} IF EXISTS {name} CASCADE")
            for kind, name in own_objects(self.former):
                ask_django_no_rows(f"ALTER {kind} {name} SET SCHEMA {quoted(self.schema)}")
            ask_django_no_rows(f"DROP SCHEMA {quoted(self.former)}")

    def forget(self) -> None:
        """Let the former schema go."""
        ask_django_no_rows(f"DROP SCHEMA IF EXISTS {quoted(self.former)} CASCADE")

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """Ask the live database."""
        return ask_django(statement)
