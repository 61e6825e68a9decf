"""Private files on their way to a browser: under a type of ours, as a download, never run in our pages."""

from __future__ import annotations

from django.core.files.base import File
from django.http import FileResponse, Http404

from core.files.names import content_disposition

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "jpg": "image/jpeg",
    "webp": "image/webp",
}
_KNOWN = frozenset(CONTENT_TYPES.values())
_UNKNOWN = "application/octet-stream"
# Even a file that slips through every check can do nothing in a page of ours.
_POLICY = "sandbox; default-src 'none'"


def private_file_response(
    stored_file: File, *, download_name: str, content_type: str, inline_image: bool = False
) -> FileResponse:
    """Return the file for one who may see it (the caller has asked); 404 when the store has lost it.

    Only the types of CONTENT_TYPES leave as themselves, and only images may be shown in a page.
    """
    known_type = content_type if content_type in _KNOWN else _UNKNOWN
    try:
        response = FileResponse(stored_file.open("rb"), content_type=known_type)
    except FileNotFoundError as error:
        raise Http404 from error
    inline = inline_image and known_type.startswith("image/")
    response.headers["Content-Disposition"] = content_disposition(download_name, inline=inline)
    response.headers["X-Content-Type-Options"] = "nosniff"
    # django-csp and the other middleware leave a header that is already there as it is.
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
