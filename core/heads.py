"""Heads of append-only records: where each of them ends, so that a backup can say what it reaches to.

An app registers its head in `ready()`. A restore compares: whoever holds a later head than the backup would
lose what lies between, and is told so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

#: Hex digits of a hash that are printed; 64 bits cannot be met by trying.
PRINTED = 16


@dataclass(frozen=True)
class Head:
    """The last row of an append-only record: its number (0: none yet) and, when it has one, its hash."""

    number: int
    digest: str = ""

    def __str__(self) -> str:
        """As papers and letters print it."""
        return f"{self.number}:{self.digest[:PRINTED]}" if self.digest else str(self.number)


_heads: dict[str, Callable[[], Head]] = {}


def register_head(name: str, read: Callable[[], Head]) -> None:
    """Let an app name an append-only record and how its head is read from the default database."""
    _heads[name] = read


def read_heads() -> dict[str, Head]:
    """Return every head as it stands in the current transaction."""
    return {name: read() for name, read in sorted(_heads.items())}
