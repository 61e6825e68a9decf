"""Builds good and hostile files in code, so that the repository holds no binaries."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

OFFICE_TYPE = "application/vnd.openxmlformats-officedocument."
WORD_TYPE = OFFICE_TYPE + "wordprocessingml.document.main+xml"
EXCEL_TYPE = OFFICE_TYPE + "spreadsheetml.sheet.main+xml"
MAIN_PARTS = {"docx": ("word/document.xml", WORD_TYPE), "xlsx": ("xl/workbook.xml", EXCEL_TYPE)}
PROGRAM = b"MZ\x90\x00\x03" + bytes(200) + b"This program cannot be run in DOS mode."
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"xref\n0 3\ntrailer<</Size 3/Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
)


def pdf_of(pages: int, claimed: int | None = None) -> bytes:
    """A whole PDF of blank pages; `claimed` is the number that its table gives instead."""
    kids = " ".join(f"{number} 0 R" for number in range(3, 3 + pages))
    rows = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {pages if claimed is None else claimed}>>",
        *["<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>"] * pages,
    ]
    body, places = b"%PDF-1.4\n", []
    for number, row in enumerate(rows, start=1):
        places.append(len(body))
        body += f"{number} 0 obj{row}endobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(rows) + 1}\n0000000000 65535 f \n{table}trailer<</Size {len(rows) + 1}/Root 1 0 R>>\n"
    return body + f"{end}startxref\n{len(body)}\n%%EOF\n".encode()


LOCKED_PDF = PDF.replace(b"/Root 1 0 R", b"/Root 1 0 R/Encrypt 5 0 R")


def upload(name: str, content: bytes, content_type: str = "application/octet-stream") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type)


def raw_upload(name: str, content: bytes) -> SimpleUploadedFile:
    """An upload whose name keeps what Django would have cut off."""
    made = upload("a", content)
    made._name = name
    return made


# --- pictures ---------------------------------------------------------------------------------------------------------


def drawing(size: tuple[int, int] = (64, 48), mode: str = "RGB") -> Image.Image:
    """A picture whose upper left quarter is red on white, so that its turn can be told."""
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2 - 1, size[1] // 2 - 1), fill=(220, 20, 20))
    return image if mode == "RGB" else image.convert(mode)


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def exif_with_place(orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SECRETPHONE"
    exif.get_ifd(0x8825).update({1: "N", 2: (10.0, 20.0, 30.0), 3: "E", 4: (106.0, 40.0, 5.0)})
    return exif.tobytes()


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of_claimed_size(width: int, height: int) -> bytes:
    """A tiny PNG of one bit a pixel that claims any size."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", body) + png_chunk(b"IEND", b"")


def png_of_16_bits_grey(value: int) -> bytes:
    header = struct.pack(">IIBBBBB", 8, 8, 16, 0, 0, 0, 0)
    rows = (b"\x00" + struct.pack(">H", value) * 8) * 8
    body = zlib.compress(rows)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", body) + png_chunk(b"IEND", b"")


def webp_of_claimed_size(width: int, height: int) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\x02\x00\x00\x00" + size
    return b"RIFF" + struct.pack("<I", len(body)) + body


def jpeg_of_many_scans(scans: int) -> bytes:
    """A progressive JPEG whose last scan is repeated: each costs a pass over the whole picture."""
    data = encoded(drawing((64, 64)), "JPEG", progressive=True)
    start = data.rindex(b"\xff\xda")
    return data[:start] + data[start:-2] * scans + b"\xff\xd9"


def heic() -> bytes:
    return struct.pack(">I", 24) + b"ftypheic\x00\x00\x00\x00mif1heic" + bytes(200)


# --- office files -----------------------------------------------------------------------------------------------------


def zipped(parts: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def office_parts(kind: str = "docx") -> dict[str, bytes]:
    part, content_type = MAIN_PARTS[kind]
    types = f'<?xml version="1.0"?><Types><Override PartName="/{part}" ContentType="{content_type}"/></Types>'
    return {
        "[Content_Types].xml": types.encode(),
        "_rels/.rels": b'<?xml version="1.0"?><Relationships/>',
        part: b'<?xml version="1.0" encoding="UTF-8"?>\n<!-- made -->\n<document><p>Xin ch\xc3\xa0o</p></document>',
    }


def office(kind: str = "docx", **more: bytes) -> bytes:
    """A small DOCX or XLSX; further parts by name, their slashes written as two underlines."""
    return zipped(office_parts(kind) | {name.replace("__", "/"): content for name, content in more.items()})


def office_with(name: str, content: bytes, kind: str = "docx") -> bytes:
    return zipped(office_parts(kind) | {name: content})


def with_renamed_part(data: bytes, old: bytes, new: bytes) -> bytes:
    """Rename a part in place, in both headers: zipfile itself would clean the name."""
    assert len(old) == len(new)
    return data.replace(old, new)


def with_encrypted_flag(data: bytes) -> bytes:
    """Set the flag “encrypted” on each entry of the directory."""
    changed = bytearray(data)
    position = data.find(b"PK\x01\x02")
    while position >= 0:
        changed[position + 8] |= 1
        position = data.find(b"PK\x01\x02", position + 1)
    return bytes(changed)


def with_claimed_entries(data: bytes, entries: int) -> bytes:
    return data[:-14] + struct.pack("<HH", entries, entries) + data[-10:]


def with_overlapping_parts(copies: int = 50) -> bytes:
    """Many directory entries for the same packed bytes (the bomb of D. Fifield, small)."""
    data = office_with("word/kernel.bin", bytes(range(256)) * 64)
    directory_at = int.from_bytes(data[-6:-2], "little")
    directory = data[directory_at:-22]
    last = directory[directory.rindex(b"PK\x01\x02") :]
    clones = b"".join(last.replace(b"kernel.bin", b"kern%02d.bin" % number) for number in range(copies))
    count = 4 + copies
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory + clones), directory_at, 0)
    return data[:directory_at] + directory + clones + end


# --- old office files -------------------------------------------------------------------------------------------------

SECTOR = 512
END_OF_CHAIN, FREE, TABLE_SECTOR = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def _ole_entry(name: str, kind: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\x00\x00"
    links = struct.pack("<III", FREE, FREE, FREE)
    return struct.pack("<64sHBB", text, len(text), kind, 1) + links + bytes(36) + struct.pack("<IQ", start, size)


def ole(streams: dict[str, bytes], storages: tuple[str, ...] = ()) -> bytes:
    """An OLE container: one sector of table, the directory, then the streams, each at least 4096 bytes."""
    directory_sectors = (1 + len(streams) + len(storages) + 3) // 4
    table = [TABLE_SECTOR, *range(2, 1 + directory_sectors), END_OF_CHAIN]
    entries, body = [_ole_entry("Root Entry", 5, END_OF_CHAIN, 0)], b""
    for name, content in streams.items():
        padded = content.ljust(max(4096, -(-len(content) // SECTOR) * SECTOR), b"\x00")
        entries.append(_ole_entry(name, 2, len(table), len(padded)))
        count = len(padded) // SECTOR
        table += [*range(len(table) + 1, len(table) + count), END_OF_CHAIN]
        body += padded
    entries += [_ole_entry(name, 1, 0, 0) for name in storages]
    directory = b"".join(entries).ljust(directory_sectors * SECTOR, b"\x00")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    head += bytes(6) + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END_OF_CHAIN, 0, END_OF_CHAIN, 0)
    head += struct.pack("<I", 0) + b"\xff" * (108 * 4)
    packed = struct.pack(f"<{len(table)}I", *table).ljust(SECTOR, b"\xff")
    return head + packed + directory + body


def old_word(flags: int = 0, storages: tuple[str, ...] = ()) -> bytes:
    return ole({"WordDocument": struct.pack("<HHHHHH", 0xA5EC, 193, 0, 0, 0, flags), "1Table": b""}, storages)


def old_excel(locked: bool = False, storages: tuple[str, ...] = ()) -> bytes:
    records = struct.pack("<HHHH", 0x0809, 4, 0x0600, 5)
    records += struct.pack("<HHH", 0x002F, 2, 0) if locked else struct.pack("<HHH", 0x00E1, 2, 0x04B0)
    return ole({"Workbook": records}, storages)


def locked_package() -> bytes:
    """What Word saves for a DOCX under a password."""
    return ole({"EncryptionInfo": b"\x04\x00\x04\x00", "EncryptedPackage": bytes(5000)})
