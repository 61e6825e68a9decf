"""Restoring a backup: everything is judged before anything is overwritten, and the old state goes last.

Killed at any moment, the portal is in its old or its new state: first the files are added beside the old
ones (their names never mean two things), then the database is replaced in one transaction, and only when
its rows are counted do the files that no row names any more go.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from core.audit import current_head, verify
from core.heads import Head, read_heads

from .disk import copy_with_digest, digest_of, files_below
from .making import complete_backups, engine
from .manifest import MANIFEST, MEDIA, BackupError, Manifest, check_files, read_manifest
from .tables import applied_migrations, ask_django, row_counts, stored_names, table_names

AUDIT = "core_auditevent"


@dataclass(frozen=True)
class Restored:
    """What a restore did."""

    folder: Path
    manifest: Manifest
    files_added: int
    files_removed: int
    lacks_migrations: bool
    seconds: float


def find_backup(place: Path) -> Path:
    """Return the backup that is meant: the folder itself, or the newest complete one inside it."""
    if (place / MANIFEST).exists():
        return place
    found = complete_backups(place)
    if not found:
        raise BackupError(f"Không thấy bản sao lưu nào trong {place}.")
    return found[-1]


def restore_backup(place: Path, *, force: bool = False) -> Restored:
    """Judge a backup, put it in place of what is there, and say what was done."""
    began = time.monotonic()
    folder = find_backup(place)
    manifest = read_manifest(folder)
    check_files(folder, manifest)
    with _portal_stopped(force=force):
        _judge(manifest, force=force)
        added = _add_files(folder, manifest)
        _replace_database(folder, manifest, force=force)
        removed = _remove_unnamed()
        cache.clear()
    lacks = set(manifest.migrations) != _known_migrations()
    return Restored(folder, manifest, added, removed, lacks, time.monotonic() - began)


@contextmanager
def _portal_stopped(*, force: bool) -> Iterator[None]:
    """Hold the lock of script/server, and refuse a database that others use."""
    handle = os.open(Path(settings.DATA_DIR) / "server.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not force:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if others := engine().busy_with():
                raise BackupError(f"Cổng đang chạy ({others}): hãy dừng web và tiến trình nền, rồi chạy lại.")
        yield
    except BlockingIOError:
        raise BackupError("Cổng đang chạy với thư mục dữ liệu này: hãy dừng script/server, rồi chạy lại.") from None
    finally:
        os.close(handle)


def _known_migrations() -> set[str]:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return {f"{app}.{name}" for app, name in loader.disk_migrations}


def _judge(manifest: Manifest, *, force: bool) -> None:
    """Refuse a backup of another kind of database, of a newer program, or older than what is here."""
    if manifest.vendor != connection.vendor:
        raise BackupError(
            f"Bản sao lưu là của {manifest.vendor}, cổng này dùng {connection.vendor}: hãy đặt DATABASE_URL cùng loại."
        )
    if unknown := sorted(set(manifest.migrations) - _known_migrations()):
        raise BackupError(f"Bản sao lưu của phiên bản mới hơn ({unknown[0]}): hãy cập nhật chương trình trước.")
    if not force:
        _judge_heads(manifest.heads)


def _judge_heads(heads: dict[str, dict[str, Any]]) -> None:
    if not applied_migrations(ask_django):
        return  # an empty database
    for name, head in read_heads().items():
        reached = int(heads.get(name, {}).get("number", 0))
        if head.number > reached:
            raise BackupError(
                f"Dữ liệu hiện có mới hơn bản sao lưu ({name}: {head.number} > {reached}), khôi phục sẽ mất phần mới. "
                "Nếu đúng ý, sao lưu hiện trạng trước rồi chạy lại với --force."
            )


def _add_files(folder: Path, manifest: Manifest) -> int:
    """Bring every file of the backup beside those that are there; what is there unharmed stays."""
    added = 0
    for name, digest in manifest.files.items():
        if not name.startswith(f"{MEDIA}/"):
            continue
        place = Path(settings.MEDIA_ROOT) / name.removeprefix(f"{MEDIA}/")
        if place.exists() and digest_of(place) == digest:
            continue
        if copy_with_digest(folder / name, place) != digest:
            raise BackupError(f"Không chép đúng được {name}: hãy xem ổ đĩa. Dữ liệu cũ còn nguyên.")
        added += 1
    return added


def _replace_database(folder: Path, manifest: Manifest, *, force: bool) -> None:
    """Replace the database, judge what came in, and take the former one back when it is not what was promised."""
    known = current_head() if table_names(ask_django) and AUDIT in table_names(ask_django) else None
    aside = Path(settings.DATA_DIR) / f"truoc-khoi-phuc-{uuid4().hex}"
    replacement = engine().Replacement(folder, aside)
    replacement.put()
    try:
        _judge_content(manifest, None if force else known, force=force)
    except BaseException:
        replacement.take_back()
        raise
    replacement.forget()


def _judge_content(manifest: Manifest, known: Head | None, *, force: bool) -> None:
    """Compare rows, heads and the log with the manifest and with the head that stood here before."""
    if row_counts(ask_django) != manifest.counts or applied_migrations(ask_django) != manifest.migrations:
        raise BackupError("Dữ liệu sau khi khôi phục không khớp bản sao lưu. Đã trả lại dữ liệu cũ.")
    if AUDIT not in table_names(ask_django):
        return
    same_form = set(manifest.migrations) == _known_migrations()
    told = {name: Head(int(head["number"]), str(head.get("digest", ""))) for name, head in manifest.heads.items()}
    if same_form and read_heads() != told:
        raise BackupError("Đầu các sổ sau khi khôi phục khác với bản sao lưu. Đã trả lại dữ liệu cũ.")
    report = verify(known if known and known.number else None, with_records=same_form)
    if report.fault and not force:
        raise BackupError(
            f"Nhật ký trong bản sao lưu không khớp ({report.fault}). Đã trả lại dữ liệu cũ. "
            "Nếu vẫn muốn khôi phục, chạy lại với --force."
        )


def _remove_unnamed() -> int:
    """Take away the uploads of the former state, which no row names any more."""
    named = stored_names(ask_django) if table_names(ask_django) else set()
    unnamed = set(files_below(settings.MEDIA_ROOT)) - named
    for name in unnamed:
        (Path(settings.MEDIA_ROOT) / name).unlink(missing_ok=True)
    return len(unnamed)
