"""The secret key of an embedded installation."""

import os
from pathlib import Path

from django.core.management.utils import get_random_secret_key


def read_or_make_secret(file: Path) -> str:
    """Return the key kept in the file, made on the first call and readable by its owner only."""
    part = file.with_name(f"{file.name}.{os.getpid()}")
    if not file.exists():
        part.touch(mode=0o600)
        part.write_text(get_random_secret_key(), encoding="utf-8")
        try:
            os.link(part, file)  # fails when another process was first: then its key holds
        except FileExistsError:
            pass
        finally:
            part.unlink()
    return file.read_text(encoding="utf-8").strip()
