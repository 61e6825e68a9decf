"""The paper that lies with a backup: what it holds, with hashes, and how far it reaches."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from .disk import digest_of, files_below, write_private

KIND = "emulation-portal-backup"
FORMAT = 1
MANIFEST = "manifest.json"
SEAL = "manifest.sha256"
MEDIA = "media"


class BackupError(Exception):
    """A backup that cannot be made, read or used; the message is a Vietnamese sentence for the operator."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. `files` are all files of it but the manifest itself, with their SHA-256."""

    taken_at: datetime
    vendor: str
    database: str
    version: str
    counts: dict[str, int]
    migrations: list[str]
    heads: dict[str, dict[str, Any]]
    files: dict[str, str]
    size: int
    lost: list[str] = field(default_factory=list)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest and its seal."""
    words = asdict(manifest) | {"kind": KIND, "format": FORMAT, "taken_at": manifest.taken_at.isoformat()}
    text = json.dumps(words, ensure_ascii=False, indent=1, sort_keys=True).encode()
    write_private(folder / MANIFEST, text)
    write_private(folder / SEAL, f"{hashlib.sha256(text).hexdigest()}  {MANIFEST}\n".encode())


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a backup once its seal holds and its form is known."""
    try:
        text, seal = (folder / MANIFEST).read_bytes(), (folder / SEAL).read_bytes()
    except OSError:
        raise BackupError(f"{folder} không phải bản sao lưu: thiếu {MANIFEST} hoặc {SEAL}.") from None
    if seal != f"{hashlib.sha256(text).hexdigest()}  {MANIFEST}\n".encode():
        raise BackupError(f"Bản sao lưu {folder} bị hỏng: {MANIFEST} không khớp mã kiểm {SEAL}.")
    found = json.loads(text)
    if found.pop("kind", "") != KIND or found.pop("format", 0) != FORMAT:
        raise BackupError(f"{folder} là bản sao lưu của chương trình khác hoặc của phiên bản mới hơn.")
    return Manifest(**found | {"taken_at": datetime.fromisoformat(found["taken_at"])})


def check_files(folder: Path, manifest: Manifest) -> None:
    """Compare every file with its hash; a missing, extra or changed one makes the backup useless."""
    held = set(files_below(folder)) - {MANIFEST, SEAL}
    if missing := sorted(set(manifest.files) - held):
        raise BackupError(f"Bản sao lưu {folder} bị hỏng: thiếu {len(missing)} tệp, ví dụ {missing[0]}.")
    if extra := sorted(held - set(manifest.files)):
        raise BackupError(f"Bản sao lưu {folder} bị hỏng: thừa {len(extra)} tệp, ví dụ {extra[0]}.")
    for name, digest in manifest.files.items():
        if ".." in PurePosixPath(name).parts or digest_of(folder / name) != digest:
            raise BackupError(f"Bản sao lưu {folder} bị hỏng: {name} không khớp mã kiểm.")
