"""Making a backup: under a hidden name, renamed when all of it is on the disk."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from django.conf import settings
from django.db import connection

from core import clock
from emulation_portal.version import version

from . import postgres, sqlite
from .disk import copy_with_digest, digest_of, files_below, make_private_folder, remove_tree, sync_folder, sync_tree
from .manifest import MEDIA, BackupError, Manifest, read_manifest, write_manifest
from .notes import BackupNote, note_backup
from .tables import applied_migrations, row_counts, stored_names

HIDDEN = ".dang-sao-luu-"
LOCK = ".khoa"
#: How often the whole is begun anew because a file went away between the rows and their copy.
TRIES = 3


@dataclass(frozen=True)
class Made:
    """A backup that was completed."""

    folder: Path
    manifest: Manifest
    seconds: float


def engine() -> ModuleType:
    """Return how the live database is copied and replaced."""
    return postgres if connection.vendor == "postgresql" else sqlite


def make_backup(parent: Path, *, keep: int | None = None) -> Made:
    """Make one backup inside a folder, complete or not there at all, and let old ones go."""
    began = time.monotonic()
    with _alone_in(parent):
        for leftover in parent.glob(f"{HIDDEN}*"):
            remove_tree(leftover)
        taken_at = clock.wall_now()
        target = parent / _name(parent, taken_at.strftime("%Y%m%d-%H%M%S"))
        hidden = parent / f"{HIDDEN}{target.name}"
        try:
            manifest = _fill(hidden, parent)
            sync_tree(hidden)
            hidden.rename(target)
            sync_folder(parent)
        finally:
            remove_tree(hidden)
        for old in complete_backups(parent)[:-keep] if keep else []:
            remove_tree(old)
    note_backup(BackupNote(taken_at, manifest.size, len(manifest.files)))
    return Made(target, manifest, time.monotonic() - began)


def _name(parent: Path, stamp: str) -> str:
    """Return a name that is not taken; within one second backups are numbered."""
    number = 1
    while (parent / (name := f"sao-luu-{stamp}-{number}")).exists():
        number += 1
    return name


@contextmanager
def _alone_in(parent: Path) -> Iterator[None]:
    """Let one backup at a time work in a folder; a killed one leaves its lock free."""
    try:
        make_private_folder(parent)
        handle = os.open(parent / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        raise BackupError(f"Không ghi được vào thư mục {parent}.") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise BackupError(f"Một lần sao lưu khác đang chạy trong {parent}.") from None
    finally:
        os.close(handle)


def complete_backups(parent: Path) -> list[Path]:
    """Return the complete backups of a folder, oldest first."""
    return sorted(place for place in parent.glob("sao-luu-*") if place.is_dir())


def _fill(hidden: Path, parent: Path) -> Manifest:
    """Copy the files that are there now, then the rows, then the files that came between."""
    copier = _Copier(hidden / MEDIA, parent)
    make_private_folder(hidden / MEDIA)
    for name in sorted(files_below(settings.MEDIA_ROOT)):
        copier.copy(name)
    for attempt in range(1, TRIES + 1):
        with engine().snapshot(hidden) as (ask, heads):
            names, counts, migrations = stored_names(ask), row_counts(ask), applied_migrations(ask)
        lost = sorted(name for name in names if not copier.copy(name))
        if not lost or attempt == TRIES:
            break
    copier.drop_all_but(names)
    files = {f"{MEDIA}/{name}": copier.digests[name] for name in sorted(names) if name in copier.digests}
    files[engine().FILE] = digest_of(hidden / engine().FILE)
    manifest = Manifest(
        taken_at=clock.wall_now(),
        vendor=connection.vendor,
        database=engine().FILE,
        version=version(),
        counts=counts,
        migrations=migrations,
        heads={name: {"number": head.number, "digest": head.digest} for name, head in heads.items()},
        files=files,
        size=sum((hidden / name).stat().st_size for name in files),
        lost=lost,
    )
    write_manifest(hidden, manifest)
    return manifest


class _Copier:
    """Copies uploads by name; what the last backup holds unharmed is linked and takes no room again.

    An upload is never changed in place, so a name always means the same content.
    """

    def __init__(self, target: Path, parent: Path) -> None:
        self.target = target
        self.digests: dict[str, str] = {}
        self.before, self.known = self._last(parent)

    @staticmethod
    def _last(parent: Path) -> tuple[Path, dict[str, str]]:
        try:
            last = complete_backups(parent)[-1]
            return last, read_manifest(last).files
        except (IndexError, BackupError):
            return parent, {}

    def copy(self, name: str) -> bool:
        """Copy a file unless that was done; tell whether the backup holds it."""
        if name in self.digests:
            return True
        place = self.target / name
        if not (digest := self._link(name, place)):
            try:
                digest = copy_with_digest(Path(settings.MEDIA_ROOT) / name, place)
            except FileNotFoundError:
                return False
        self.digests[name] = digest
        return True

    def _link(self, name: str, place: Path) -> str:
        """Link a file of the last backup when it is still what it was; return its hash, or nothing."""
        known, former = self.known.get(f"{MEDIA}/{name}"), self.before / MEDIA / name
        if not known or not former.exists() or digest_of(former) != known:
            return ""
        make_private_folder(place.parent)
        try:
            os.link(former, place)
        except OSError:  # a file system without links
            return copy_with_digest(former, place)
        return known

    def drop_all_but(self, names: set[str]) -> None:
        """Take away what no row refers to."""
        for name in set(self.digests) - names:
            (self.target / name).unlink()
