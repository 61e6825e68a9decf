"""How many pages a PDF has, told by a process of its own within bounds of time and memory."""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Iterator

log = structlog.get_logger(__name__)

#: The process bounds its own work (core/files/page_counter.py); this is for a machine that does not let it run.
WAIT_SECONDS = 6
MOST_PAGES = 100_000
_COUNTER = Path(__file__).with_name("page_counter.py")


def count_pages(file: IO[bytes]) -> int | None:
    """Pages of a PDF; None when they cannot be told: a broken table, a trap, a lack of time or memory."""
    try:
        with _on_disk(file) as source:
            command = [sys.executable, "-I", str(_COUNTER)]
            done = subprocess.run(
                command, stdin=source, capture_output=True, timeout=WAIT_SECONDS, env={}, check=True, text=True
            )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        log.info("pdf_pages_unknown", error=type(error).__qualname__)
        return None
    finally:
        file.seek(0)
    pages = int(done.stdout) if done.stdout.isascii() and done.stdout.isdigit() else 0
    return pages if 0 < pages <= MOST_PAGES else None


@contextmanager
def _on_disk(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """The content at its beginning as a file of the system; a small upload is held in memory and is copied."""
    file.seek(0)
    try:
        file.fileno()
    except (AttributeError, io.UnsupportedOperation):
        with tempfile.TemporaryFile() as copy:
            copy.write(file.read())
            copy.flush()
            copy.seek(0)
            yield copy
    else:
        yield file
