"""Facts that stand in the first bytes of a picture, read before anything is unpacked."""

from __future__ import annotations

import re
import struct
from typing import IO

HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}

# A marker of a JPEG that has a length; inside packed data FF is followed by 00 or a restart mark.
_JPEG_MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])", re.DOTALL)
_END_OF_IMAGE, _START_OF_SCAN = b"\xd9", b"\xda"


def picture_format(head: bytes) -> str:
    """Return JPEG, PNG, WEBP or HEIF by the first bytes, "" for anything else."""
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    return "HEIF" if head[4:8] == b"ftyp" and head[8:12] in HEIF_BRANDS else ""


def webp_size(head: bytes) -> tuple[int, int]:
    """Return width and height from the first 30 bytes of a WebP (RFC 9649); raises ValueError."""
    kind = head[12:16]
    if len(head) < 30:
        raise ValueError("short WebP")
    if kind == b"VP8X":
        return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    if kind == b"VP8L" and head[20] == 0x2F:
        (bits,) = struct.unpack_from("<I", head, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and head[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", head, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise ValueError("unknown WebP")


def count_jpeg_scans(file: IO[bytes], most: int) -> int:
    """Return the number of scans of a JPEG, counting no further than one above `most`."""
    file.seek(0)
    data = file.read()
    scans, position = 0, 2
    while scans <= most and (marker := _JPEG_MARKER.search(data, position)):
        if marker[1] == _END_OF_IMAGE:
            break
        scans += marker[1] == _START_OF_SCAN
        position = marker.end() + int.from_bytes(data[marker.end() : marker.end() + 2], "big")
    file.seek(0)
    return scans
