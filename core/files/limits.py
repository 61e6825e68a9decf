"""How large a file may be; each number is a Django setting with a default."""

from django.conf import settings

MEGABYTE = 1024 * 1024

# Pictures: the stored one, its small one for lists, and a scanned page, which must stay readable (A4 at 200 dpi).
PHOTO_SIDE = 1600
THUMBNAIL_SIDE = 400
SCAN_SIDE = 2400
# A real progressive JPEG has about ten scans; each costs a pass over the whole picture.
JPEG_MAX_SCANS = 100

OFFICE_MAX_ENTRIES = 2000
OFFICE_MAX_DIRECTORY_BYTES = MEGABYTE
OFFICE_MAX_UNPACKED_BYTES = 200 * MEGABYTE
OFFICE_MAX_RATIO = 200
# Small parts of one repeated letter pack very well and harm nobody.
OFFICE_RATIO_MATTERS_FROM = 5 * MEGABYTE
OFFICE_MAX_EMBEDDED_BYTES = 10 * MEGABYTE
OFFICE_MAX_EMBEDDED_FILES = 20


def _setting(name: str, default: int) -> int:
    return int(getattr(settings, name, default))


def _any_file_bytes() -> int:
    return _setting("MAX_FILE_BYTES", 25 * MEGABYTE)


def photo_max_bytes() -> int:
    """Return the largest photo taken, in bytes (PHOTO_MAX_BYTES)."""
    return _setting("PHOTO_MAX_BYTES", _any_file_bytes())


def document_max_bytes() -> int:
    """Return the largest document taken, in bytes (DOCUMENT_MAX_BYTES)."""
    return _setting("DOCUMENT_MAX_BYTES", _any_file_bytes())


def photo_max_pixels() -> int:
    """Return the most pixels of an ordinary JPEG, which is shrunk while it is read (PHOTO_MAX_PIXELS)."""
    return _setting("PHOTO_MAX_PIXELS", 110_000_000)


def photo_max_pixels_at_once() -> int:
    """Return the most pixels of a PNG or HEIC, which is unpacked whole (PHOTO_MAX_PIXELS_AT_ONCE)."""
    return min(photo_max_pixels(), _setting("PHOTO_MAX_PIXELS_AT_ONCE", 40_000_000))


def photo_max_pixels_heavy() -> int:
    """Return the most pixels of a WebP or progressive JPEG, held three times over (PHOTO_MAX_PIXELS_HEAVY)."""
    return min(photo_max_pixels_at_once(), _setting("PHOTO_MAX_PIXELS_HEAVY", 20_000_000))


def photos_a_record() -> int:
    """Return how many photos a record may have (PHOTOS_A_RECORD)."""
    return _setting("PHOTOS_A_RECORD", 10)


def documents_a_record() -> int:
    """Return how many documents a record may have (DOCUMENTS_A_RECORD)."""
    return _setting("DOCUMENTS_A_RECORD", 10)
