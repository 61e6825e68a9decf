"""What the portal remembers of its last backup, for the page of the administrator."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from .disk import write_private


@dataclass(frozen=True)
class BackupNote:
    """The last backup that was completed."""

    made_at: datetime
    size: int
    files: int


def _place() -> Path:
    return Path(settings.DATA_DIR) / "last_backup.json"


def note_backup(note: BackupNote) -> None:
    """Remember a backup that was completed."""
    write_private(_place(), json.dumps(asdict(note) | {"made_at": note.made_at.isoformat()}).encode())


def last_backup() -> BackupNote | None:
    """Return the last backup, or None when there is none or nothing is known of it."""
    try:
        found: dict[str, Any] = json.loads(_place().read_text(encoding="utf-8"))
        return BackupNote(datetime.fromisoformat(found["made_at"]), int(found["size"]), int(found["files"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
