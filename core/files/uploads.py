"""What photos and documents share: their size, their sum, their place in the store."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import structlog
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.module_loading import import_string

from core.files import refusals
from core.files.refusals import FileRefused

CHUNK = 64 * 1024

log = structlog.get_logger("portal.files")


def content_of(upload: UploadedFile) -> IO[bytes]:
    """Return the file under an upload, at its beginning."""
    file: IO[bytes] = upload.file  # type: ignore[assignment]
    file.seek(0)
    return file


def measure(file: IO[bytes]) -> int:
    """Return the bytes that are really there, whatever the request said, and go back to the beginning."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return size


def checksum(file: IO[bytes]) -> str:
    """Return the SHA-256 of a file in hexadecimal, read in pieces."""
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def storage_name(extension: str) -> str:
    """Return a random name for the store, which owes nothing to the sender's."""
    return f"{secrets.token_hex(16)}.{extension}"


@contextmanager
def damaged_if_unreadable(damaged: FileRefused) -> Iterator[None]:
    """Raise `damaged` for any failure inside that is not a refusal already."""
    try:
        yield
    except FileRefused:
        raise
    except Exception as error:  # noqa: BLE001 - the readers fail on spoilt files in many undocumented ways
        log.info("file not readable", error=type(error).__name__)
        raise damaged from error


def ask_scanner(file: IO[bytes], name: str) -> None:
    """Show the file to the office's virus scanner if FILE_SCANNER names one; `scanner(file)` is true if clean."""
    path = getattr(settings, "FILE_SCANNER", "")
    if not path:
        return
    file.seek(0)
    try:
        clean = import_string(path)(file)
    except Exception as error:
        log.exception("virus scanner failed")
        raise refusals.scanner_is_down(name) from error
    file.seek(0)
    if not clean:
        raise refusals.found_by_scanner(name)
