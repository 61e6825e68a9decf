"""Whether a file is one whole PDF, with nothing before or after it, and not locked."""

from __future__ import annotations

import os
import re
from typing import IO

from core.files import refusals

_HEADER = re.compile(rb"%PDF-[12]\.\d")
_END = b"%%EOF"
_TAIL = 64 * 1024 + 22
_BLANK = b" \t\r\n\x00\x0c\x1a"
_LOCK = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
_PIECE = 1024 * 1024
_OVERLAP = 64
_ZIP_END = b"PK\x05\x06"


def check_pdf(file: IO[bytes], name: str) -> None:
    """Refuse what is no PDF, breaks off, carries foreign parts or is under a password."""
    _check_beginning(file, name)
    _check_end(file, name)
    if _is_locked(file):
        raise refusals.document_locked(name)


def _check_beginning(file: IO[bytes], name: str) -> None:
    file.seek(0)
    head = file.read(1024)
    if not _HEADER.search(head):
        raise refusals.document_mismatch(name, "PDF")
    if not _HEADER.match(head):
        raise refusals.document_with_strange_parts(name)


def _check_end(file: IO[bytes], name: str) -> None:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _TAIL))
    tail = file.read(_TAIL)
    end = tail.rfind(_END)
    if end < 0:
        raise refusals.document_damaged(name)
    if tail[end + len(_END) :].strip(_BLANK) or _ends_as_zip(tail):
        raise refusals.document_with_strange_parts(name)


def _ends_as_zip(tail: bytes) -> bool:
    """Say whether a zip directory ends exactly where the file does, its comment hiding the end of the PDF."""
    start = tail.find(_ZIP_END)
    while start >= 0:
        comment = int.from_bytes(tail[start + 20 : start + 22], "little")
        if start + 22 + comment == len(tail):
            return True
        start = tail.find(_ZIP_END, start + 1)
    return False


def _is_locked(file: IO[bytes]) -> bool:
    file.seek(0)
    before = b""
    while piece := file.read(_PIECE):
        if _LOCK.search(before + piece):
            return True
        before = piece[-_OVERLAP:]
    return False
