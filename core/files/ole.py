"""Old Word and Excel files: the directory of an OLE container ([MS-CFB]), read without a library."""

from __future__ import annotations

import struct
from array import array
from dataclasses import dataclass
from typing import IO

from core.files import refusals

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER_BYTES = 512
_ENTRY_BYTES = 128
_HIGHEST_SECTOR = 0xFFFFFFFA
_MAX_DIRECTORY_SECTORS = 2000
_MAX_TABLE_SECTORS = 500
_MAIN_STREAMS = {"doc": {"WordDocument"}, "xls": {"Workbook", "Book"}}
_MACRO_STORAGES = {"Macros", "VBA", "_VBA_PROJECT", "_VBA_PROJECT_CUR", "_XL4_MACROS"}
_STREAM, _ROOT = 2, 5
_WORD_BEGIN, _WORD_IS_LOCKED = 0xA5EC, 0x0100
_EXCEL_BEGIN, _EXCEL_LOCK = 0x0809, 0x002F


@dataclass(frozen=True, slots=True)
class Container:
    """The names in an OLE container, with the first sector of each stream."""

    file: IO[bytes]
    sector_bytes: int
    entries: dict[str, int]

    def first_bytes(self, name: str) -> bytes:
        """Return the first 512 bytes of a stream."""
        return _sector(self.file, self.sector_bytes, self.entries[name])[:512]


def _sector(file: IO[bytes], sector_bytes: int, number: int) -> bytes:
    file.seek((number + 1) * sector_bytes)
    return file.read(sector_bytes)


def _numbers(data: bytes) -> array[int]:
    return array("I", data[: len(data) // 4 * 4])


def read_container(file: IO[bytes]) -> Container:
    """Read the directory; raises ValueError or struct.error where the file is spoilt."""
    file.seek(0)
    header = file.read(_HEADER_BYTES)
    (shift,) = struct.unpack_from("<H", header, 30)
    if not header.startswith(MAGIC) or shift not in {9, 12}:
        raise ValueError("no OLE container")
    sector_bytes = 1 << shift
    table = _table_sectors(file, header, sector_bytes)
    (number,) = struct.unpack_from("<I", header, 48)
    entries: dict[str, int] = {}
    seen: set[int] = set()
    while number < _HIGHEST_SECTOR and number not in seen and len(seen) < _MAX_DIRECTORY_SECTORS:
        seen.add(number)
        entries |= _entries(_sector(file, sector_bytes, number))
        number = _next_sector(file, table, sector_bytes, number)
    return Container(file, sector_bytes, entries)


def _table_sectors(file: IO[bytes], header: bytes, sector_bytes: int) -> list[int]:
    """Return the sectors that hold the allocation table: 109 named in the header, more in a chain."""
    sectors = list(_numbers(header[76:]))
    number, count = struct.unpack_from("<II", header, 68)
    for _turn in range(min(count, _MAX_TABLE_SECTORS)):
        if number >= _HIGHEST_SECTOR:
            break
        *more, number = _numbers(_sector(file, sector_bytes, number))
        sectors += more
    return sectors


def _next_sector(file: IO[bytes], table: list[int], sector_bytes: int, number: int) -> int:
    place, rest = divmod(number, sector_bytes // 4)
    return _numbers(_sector(file, sector_bytes, table[place]))[rest]


def _entries(sector: bytes) -> dict[str, int]:
    found = {}
    for start in range(0, len(sector) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
        name_bytes, kind = struct.unpack_from("<HB", sector, start + 64)
        if kind in {1, _STREAM, _ROOT} and 2 <= name_bytes <= 64:
            name = sector[start : start + name_bytes - 2].decode("utf-16-le", "replace")
            (found[name],) = struct.unpack_from("<I", sector, start + 116)
    return found


def check_ole(file: IO[bytes], name: str, extension: str) -> None:
    """Refuse what is no old Word or Excel file as its ending says, has macros or is under a password."""
    kind = "Word" if extension == "doc" else "Excel"
    file.seek(0)
    if file.read(8) != MAGIC:
        raise refusals.document_mismatch(name, kind)
    container = read_container(file)
    if is_locked_package(container):
        raise refusals.document_locked(name)
    main = _MAIN_STREAMS[extension] & container.entries.keys()
    if not main:
        raise refusals.document_mismatch(name, kind)
    if _MACRO_STORAGES & container.entries.keys():
        raise refusals.document_with_macros(name)
    first = container.first_bytes(main.pop())
    if _word_is_locked(first) if extension == "doc" else _excel_is_locked(first):
        raise refusals.document_locked(name)


def is_locked_package(container: Container) -> bool:
    """Say whether the container is a DOCX or XLSX under a password."""
    return "EncryptedPackage" in container.entries


def _word_is_locked(first: bytes) -> bool:
    """Read fEncrypted of the file's head ([MS-DOC] 2.5.2)."""
    (mark,) = struct.unpack_from("<H", first, 0)
    (flags,) = struct.unpack_from("<H", first, 10)
    return mark == _WORD_BEGIN and bool(flags & _WORD_IS_LOCKED)


def _excel_is_locked(first: bytes) -> bool:
    """Look for FilePass among the first records ([MS-XLS] 2.4.117)."""
    position = 0
    while position + 4 <= len(first):
        kind, length = struct.unpack_from("<HH", first, position)
        if kind == _EXCEL_LOCK:
            return True
        if position == 0 and kind != _EXCEL_BEGIN:
            return False
        position += 4 + length
    return False
