"""Documents: the ending and the content must agree; scans are stored anew like photos."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import IO

from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from core.files import limits, refusals
from core.files.delivery import CONTENT_TYPES
from core.files.headers import picture_format
from core.files.names import clean_name, extension_of, with_extension
from core.files.office_zip import check_office_zip
from core.files.ole import check_ole
from core.files.pdf import check_pdf
from core.files.pdf_pages import count_pages
from core.files.photos import PHOTO_EXTENSIONS, check_photo, inspect_scan
from core.files.uploads import ask_scanner, checksum, content_of, damaged_if_unreadable, measure, storage_name

_CHECKS: dict[str, Callable[[IO[bytes], str], None]] = {
    "pdf": check_pdf,
    "docx": partial(check_office_zip, extension="docx"),
    "xlsx": partial(check_office_zip, extension="xlsx"),
    "doc": partial(check_ole, extension="doc"),
    "xls": partial(check_ole, extension="xls"),
}
_MACRO_EXTENSIONS = {"docm", "dotm", "xlsm", "xltm", "xlam"}
SCAN_EXTENSIONS = PHOTO_EXTENSIONS
DOCUMENT_EXTENSIONS = {*_CHECKS, *SCAN_EXTENSIONS}


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """A document as it is to be stored: the sender's own bytes, or a scan as JPEG with its size in pixels.

    `pages` are those of a PDF, None where they cannot be told.
    """

    name: str
    extension: str
    content_type: str
    size: int
    sha256: str
    source: File
    width: int | None = None
    height: int | None = None
    pages: int | None = None

    @property
    def is_image(self) -> bool:
        return self.width is not None

    @property
    def download_name(self) -> str:
        """The sender's name for it, with the ending of the stored format."""
        return with_extension(self.name, self.extension) if self.is_image else self.name

    @property
    def file(self) -> File:
        """The content at its beginning, for a FileField, under a random name; streamed, not copied."""
        self.source.seek(0)
        return File(self.source.file, name=storage_name(self.extension))


def inspect_document(upload: UploadedFile) -> DocumentFile:
    """Return the document as it is to be stored; raises FileRefused with the sentence to show."""
    name = clean_name(upload.name)
    file = content_of(upload)
    extension = extension_of(name)
    if extension in SCAN_EXTENSIONS:
        return _inspect_scan(file, name)
    size = _check_size(file, name)
    if extension in _MACRO_EXTENSIONS:
        raise refusals.document_with_macros(name)
    if extension not in _CHECKS:
        raise refusals.document_unreadable(name)
    with damaged_if_unreadable(refusals.document_damaged(name)):
        _CHECKS[extension](file, name)
    ask_scanner(file, name)
    pages = count_pages(file) if extension == "pdf" else None
    return DocumentFile(name, extension, CONTENT_TYPES[extension], size, checksum(file), File(file), pages=pages)


def _check_size(file: IO[bytes], name: str) -> int:
    size = measure(file)
    if size == 0:
        raise refusals.empty(name)
    if size > limits.document_max_bytes():
        raise refusals.document_too_big(name, size, limits.document_max_bytes())
    return size


def _inspect_scan(file: IO[bytes], name: str) -> DocumentFile:
    _check_size(file, name)
    if not picture_format(file.read(16)):
        raise refusals.document_mismatch(name, _("ảnh"))
    check_photo(file, name)
    scan = inspect_scan(file, name)
    source = ContentFile(scan.content)
    return DocumentFile(
        name, "jpg", CONTENT_TYPES["jpg"], len(scan.content), scan.sha256, source, scan.width, scan.height
    )
