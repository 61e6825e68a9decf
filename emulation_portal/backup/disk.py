"""Files of a backup: copied with their hash, written through to the disk, for their owner only."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

CHUNK = 1024 * 1024


def digest_of(file: Path) -> str:
    """Return the SHA-256 of a file."""
    total = hashlib.sha256()
    with file.open("rb") as source:
        while chunk := source.read(CHUNK):
            total.update(chunk)
    return total.hexdigest()


def copy_with_digest(source: Path, target: Path) -> str:
    """Copy a file through a temporary name and return the SHA-256 of what was written; it appears whole or not."""
    make_private_folder(target.parent)
    total = hashlib.sha256()
    with source.open("rb") as reader, _appearing_whole(target) as writer:
        while chunk := reader.read(CHUNK):
            total.update(chunk)
            writer.write(chunk)
    return total.hexdigest()


def write_private(target: Path, content: bytes) -> None:
    """Write a small file whole or not at all, readable by its owner only."""
    with _appearing_whole(target) as writer:
        writer.write(content)


@contextmanager
def _appearing_whole(target: Path) -> Iterator[BinaryIO]:
    """Write through a temporary name: the file appears whole and on the disk, or not at all."""
    part = target.with_name(f".{uuid4().hex}.part")
    try:
        with open(part, "xb", opener=_private) as writer:
            yield writer
            writer.flush()
            os.fsync(writer.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def make_private_folder(folder: Path) -> None:
    """Make a folder and what is missing above it, for their owner only."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    for place in reversed(missing):
        place.mkdir(mode=0o700, exist_ok=True)


def sync_folder(folder: Path) -> None:
    """Write the names in a folder through to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Write the names in a folder and all below it through to the disk."""
    for place, _folders, _files in os.walk(folder, topdown=False):
        sync_folder(Path(place))


def files_below(folder: Path) -> Iterator[str]:
    """Yield the names of all files below a folder, with slashes, hidden and temporary ones too."""
    for place, _folders, files in os.walk(folder):
        for name in files:
            yield (Path(place) / name).relative_to(folder).as_posix()


def remove_tree(folder: Path) -> None:
    """Take a folder away with all that it holds; what is gone already is no error."""
    with suppress(FileNotFoundError):
        shutil.rmtree(folder)
