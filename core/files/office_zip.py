"""DOCX and XLSX: judged from the zip's directory and the first bytes of its parts; nothing is unpacked to disk."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from io import BytesIO
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from core.files import limits, ole, refusals
from core.files.uploads import measure

_CONTENT_TYPES = "[Content_Types].xml"
_RELATIONSHIPS = "_rels/.rels"
_MAX_CONTENT_TYPES_BYTES = limits.MEGABYTE
_PROLOG_BYTES = 64 * 1024
_END_RECORD = struct.Struct("<4s4H2LH")
_ENCRYPTED = 0x1
_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_MACROS = re.compile(r"macro|vbaProject|ms-office\.activeX", re.IGNORECASE)
_MACRO_PARTS = re.compile(r"(?:^|/)(?:vbaProject\w*\.bin|vbaData\.xml|macrosheets/.*|activeX/.*)$", re.IGNORECASE)
_EMBEDDED = re.compile(r"(?:word|xl)/embeddings/[^/]+\.(docx|xlsx)$", re.IGNORECASE)
_ODD_NAME = re.compile(r"(?:^|[/\\])\.\.(?:[/\\]|$)|^[/\\]|^[A-Za-z]:|[\x00-\x1f\x7f\\]")
# Zip, program (Windows, Linux), RAR, 7z, cabinet.
_FOREIGN_HEADS = (b"PK\x03\x04", b"PK\x05\x06", b"MZ", b"\x7fELF", b"Rar!", b"7z\xbc\xaf", b"MSCF")
# What may stand before the first element; a DOCTYPE may not. Possessive, so that it cannot run wild.
_PROLOG = re.compile(r"\ufeff?+(?>\s++|<\?.*?\?>|<!--.*?-->)*+<[\w:]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class OfficeKind:
    """What a DOCX or XLSX must hold."""

    label: str
    main_part: re.Pattern[str]
    main_type: str


KINDS = {
    "docx": OfficeKind("Word", re.compile(r"word/document\d*\.xml"), _OPEN_XML + "wordprocessingml.document.main+xml"),
    "xlsx": OfficeKind("Excel", re.compile(r"xl/workbook\d*\.xml"), _OPEN_XML + "spreadsheetml.sheet.main+xml"),
}


def check_office_zip(file: IO[bytes], name: str, extension: str, *, embedded: bool = False) -> None:
    """Refuse what is no DOCX or XLSX, is made to harm who unpacks it, has macros or is under a password."""
    kind = KINDS[extension]
    size = measure(file)
    _check_beginning(file, name, kind)
    _check_end_record(file, name, size)
    with ZipFile(file) as archive:
        parts = archive.infolist()
        _check_directory(parts, name, size)
        _check_macro_parts(parts, name)
        _check_kind(archive, name, kind)
        _check_heads(archive, parts, name, embedded=embedded)


def _check_beginning(file: IO[bytes], name: str, kind: OfficeKind) -> None:
    head = file.read(8)
    if head.startswith(ole.MAGIC):
        if ole.is_locked_package(ole.read_container(file)):
            raise refusals.document_locked(name)
        raise refusals.document_mismatch(name, kind.label)
    if not head.startswith(b"PK\x03\x04"):
        raise refusals.document_mismatch(name, kind.label)


def _check_end_record(file: IO[bytes], name: str, size: int) -> None:
    """Read the last record before the directory itself, which may be made to cost memory."""
    file.seek(max(0, size - _END_RECORD.size))
    mark, disk, first_disk, here, entries, length, start, _comment = _END_RECORD.unpack(file.read())
    if mark != b"PK\x05\x06":
        raise refusals.document_damaged(name)
    if entries > limits.OFFICE_MAX_ENTRIES or length > limits.OFFICE_MAX_DIRECTORY_BYTES:
        raise refusals.document_unsafe(name)
    if (disk, first_disk, here) != (0, 0, entries) or start + length + _END_RECORD.size != size:
        raise refusals.document_unsafe(name)
    file.seek(0)


def _check_directory(parts: list[ZipInfo], name: str, size: int) -> None:
    names = [part.filename for part in parts]
    if len({part.casefold() for part in names}) != len(names) or len(names) > limits.OFFICE_MAX_ENTRIES:
        raise refusals.document_unsafe(name)
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise refusals.document_locked(name)
    # Parts that overlap let a small file declare more packed bytes than it has.
    too_much = sum(part.file_size for part in parts) > limits.OFFICE_MAX_UNPACKED_BYTES
    if too_much or sum(part.compress_size for part in parts) > size or any(_is_odd(part) for part in parts):
        raise refusals.document_unsafe(name)


def _is_odd(part: ZipInfo) -> bool:
    # `orig_filename` still has what zipfile cuts off at a NUL.
    named_oddly = _ODD_NAME.search(part.orig_filename) is not None
    bomb = (
        part.file_size > limits.OFFICE_RATIO_MATTERS_FROM
        and part.file_size > limits.OFFICE_MAX_RATIO * part.compress_size
    )
    return named_oddly or bomb or part.compress_type not in {ZIP_STORED, ZIP_DEFLATED}


def _check_macro_parts(parts: list[ZipInfo], name: str) -> None:
    if any(_MACRO_PARTS.search(part.filename) for part in parts):
        raise refusals.document_with_macros(name)


def _check_kind(archive: ZipFile, name: str, kind: OfficeKind) -> None:
    names = archive.namelist()
    if _CONTENT_TYPES not in names or _RELATIONSHIPS not in names:
        raise refusals.document_mismatch(name, kind.label)
    with archive.open(_CONTENT_TYPES) as part:
        declared = _decode(part.read(_MAX_CONTENT_TYPES_BYTES))
    if _MACROS.search(declared):
        raise refusals.document_with_macros(name)
    if kind.main_type not in declared or not any(kind.main_part.fullmatch(part) for part in names):
        raise refusals.document_mismatch(name, kind.label)


def _decode(data: bytes) -> str:
    """Return the text of an XML part: UTF-16 by its mark, else UTF-8; other encodings are not used by offices."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data[: len(data) // 2 * 2].decode("utf-16", "replace")
    return data.decode("utf-8", "replace")


def _check_heads(archive: ZipFile, parts: list[ZipInfo], name: str, *, embedded: bool) -> None:
    """Look at the beginning of each part: no DTD in XML, no program, no archive but an embedded Office file."""
    inner: list[tuple[ZipInfo, str]] = []
    for part in (part for part in parts if not part.is_dir()):
        match = _EMBEDDED.fullmatch(part.filename)
        if match and not embedded:
            inner.append((part, match[1].lower()))
        elif not _begins_well(archive, part):
            raise refusals.document_unsafe(name)
    if len(inner) > limits.OFFICE_MAX_EMBEDDED_FILES:
        raise refusals.document_unsafe(name)
    for part, extension in inner:
        _check_embedded(archive, part, name, extension)


def _begins_well(archive: ZipFile, part: ZipInfo) -> bool:
    is_xml = part.filename.lower().endswith((".xml", ".rels", ".vml"))
    with archive.open(part) as stream:
        head = stream.read(_PROLOG_BYTES if is_xml else 8)
    if head.startswith(_FOREIGN_HEADS):
        return False
    return not is_xml or not head or _PROLOG.match(_decode(head)) is not None


def _check_embedded(archive: ZipFile, part: ZipInfo, name: str, extension: str) -> None:
    """Hold the table behind a chart to the same rules; one level only, unpacked in memory to a limit."""
    if part.file_size > limits.OFFICE_MAX_EMBEDDED_BYTES:
        raise refusals.document_unsafe(name)
    with archive.open(part) as stream:
        content = stream.read(limits.OFFICE_MAX_EMBEDDED_BYTES)
    check_office_zip(BytesIO(content), name, extension, embedded=True)
