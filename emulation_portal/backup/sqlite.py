"""SQLite: one pinned snapshot copied by its own backup interface, and written back in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from core.heads import Head, read_heads

from .manifest import BackupError
from .tables import Ask, ask_django

FILE = "database.sqlite3"


def asking(there: sqlite3.Connection) -> Ask:
    """Return how to ask a connection of SQLite's own."""

    def ask(statement: str) -> Iterable[tuple[Any, ...]]:
        return there.execute(statement).fetchall()

    return ask


@contextmanager
def snapshot(folder: Path) -> Iterator[tuple[Ask, dict[str, Head]]]:
    """Copy the database into the folder and give the means to ask the copy, with the heads of that moment.

    The write lock is held only while the heads are read and the snapshot is pinned; writers go on during
    the copying.
    """
    with closing(sqlite3.connect(_live_file(), timeout=60)) as live:
        with transaction.atomic():  # IMMEDIATE: nobody writes until the snapshot is pinned
            live.execute("BEGIN")
            live.execute("SELECT count(*) FROM sqlite_master").fetchone()
            heads = read_heads() if connection.introspection.table_names() else {}
        with closing(sqlite3.connect(folder / FILE)) as copy:
            live.backup(copy)
            live.rollback()
            copy.execute("PRAGMA journal_mode=DELETE")
            if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise BackupError("Cơ sở dữ liệu đang dùng bị hỏng (PRAGMA integrity_check): chưa sao lưu.")
            yield asking(copy), heads
    (folder / FILE).chmod(0o600)


def _live_file() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def busy_with() -> str:
    """Say who else uses the database; SQLite cannot tell, its write lock is asked for when writing."""
    return ""


class Replacement:
    """The content of a backup put into the live database, and the former one kept until that is judged good."""

    def __init__(self, folder: Path, aside: Path) -> None:
        self.source, self.aside = folder / FILE, aside

    def put(self) -> None:
        """Replace the content in one transaction: killed at any moment, the file holds the old or the new."""
        connection.close()
        with closing(sqlite3.connect(_live_file(), timeout=60)) as live:
            live.execute("PRAGMA synchronous=FULL")
            with closing(sqlite3.connect(self.aside)) as former:
                live.backup(former)
                former.execute("PRAGMA journal_mode=DELETE")
            self.aside.chmod(0o600)
            self._copy_into(live, self.source)

    @staticmethod
    def _copy_into(live: sqlite3.Connection, source: Path) -> None:
        live.execute("PRAGMA journal_mode=WAL")
        with closing(sqlite3.connect(f"file:{source}?mode=ro&immutable=1", uri=True)) as new:
            new.backup(live)
        live.execute("PRAGMA journal_mode=WAL")
        live.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def take_back(self) -> None:
        """Put the former content back."""
        connection.close()
        with closing(sqlite3.connect(_live_file(), timeout=60)) as live:
            self._copy_into(live, self.aside)

    def forget(self) -> None:
        """Let the former content go."""
        self.aside.unlink(missing_ok=True)

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """Ask the live database."""
        return ask_django(statement)
