"""Photos: known by content, measured before they are unpacked, stored anew without what they tell about the sender."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from typing import IO, Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageCms

from core.files import headers, limits, refusals
from core.files.names import clean_name, extension_of, with_extension
from core.files.uploads import ask_scanner, content_of, damaged_if_unreadable, measure, storage_name

PHOTO_EXTENSIONS = {"jpg", "jpeg", "jpe", "jfif", "png", "webp", "heic", "heif"}
WEBP_QUALITY = 82
THUMBNAIL_QUALITY = 60
JPEG_QUALITY = 85
# The profiles of telephones and monitors have a few kilobytes; longer ones are not worth the risk.
_MAX_PROFILE_BYTES = 64 * 1024
_ORIENTATION = 0x0112
_TURNS: dict[Any, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# One picture is unpacked at a time in each process, so that eight uploads at once cost the memory of one.
_unpacking = threading.Lock()
# Pillow refuses above the double of this number, whoever opens a picture; the limits of this module are stricter.
Image.MAX_IMAGE_PIXELS = limits.photo_max_pixels()


@dataclass(frozen=True, slots=True)
class Picture:
    """An encoded picture and its size in pixels."""

    content: bytes
    width: int
    height: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """A photo as it is to be stored: WebP, upright, sRGB, with no metadata; and its thumbnail."""

    name: str
    content: bytes
    width: int
    height: int
    sha256: str
    thumbnail: Picture
    content_type: str = "image/webp"

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def download_name(self) -> str:
        """The sender's name for it, with the ending of the stored format."""
        return with_extension(self.name, "webp")

    @property
    def file(self) -> ContentFile:
        """A new file for a FileField, under a random name."""
        return ContentFile(self.content, name=storage_name("webp"))

    @property
    def thumbnail_file(self) -> ContentFile:
        """A new file of the thumbnail for a FileField, under a random name."""
        return ContentFile(self.thumbnail.content, name=storage_name("webp"))


def inspect_photo(upload: UploadedFile) -> PhotoFile:
    """Return the photo re-encoded for the store; raises FileRefused with the sentence to show."""
    name = clean_name(upload.name)
    file = content_of(upload)
    check_photo(file, name)
    image = open_upright(file, name, limits.PHOTO_SIDE)
    main = _encode(image, "WEBP", WEBP_QUALITY)
    image.thumbnail((limits.THUMBNAIL_SIDE, limits.THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    thumbnail = _encode(image, "WEBP", THUMBNAIL_QUALITY)
    return PhotoFile(name, main.content, main.width, main.height, main.sha256, thumbnail)


def inspect_scan(file: IO[bytes], name: str) -> Picture:
    """Return a scanned page, already checked by `check_photo`, as a JPEG that every office program opens."""
    return _encode(open_upright(file, name, limits.SCAN_SIDE), "JPEG", JPEG_QUALITY)


def check_photo(file: IO[bytes], name: str) -> None:
    """Refuse by size, ending and first bytes; nothing is unpacked."""
    size = measure(file)
    if size == 0:
        raise refusals.empty(name)
    if size > limits.photo_max_bytes():
        raise refusals.photo_too_big(name, size, limits.photo_max_bytes())
    extension = extension_of(name)
    kind = headers.picture_format(file.read(16))
    if not kind or (extension and extension not in PHOTO_EXTENSIONS):
        raise refusals.photo_unreadable(name)
    if kind == "HEIF" and not _can_read_heif():
        raise refusals.photo_heic(name)
    ask_scanner(file, name)


def _can_read_heif() -> bool:
    """Say whether pillow-heif is installed, and make it known to Pillow."""
    if find_spec("pillow_heif") is None:
        return False
    import_module("pillow_heif").register_heif_opener()
    return True


def open_upright(file: IO[bytes], name: str, side: int) -> Image.Image:
    """Return the first frame within a square of `side`, turned as the camera was held, in RGB, without metadata."""
    with _unpacking, damaged_if_unreadable(refusals.photo_damaged(name)), _open(file, name) as image:
        small = _shrink(image, side)
        turn = _turn(image)
        plain = _to_srgb(_flatten(small), image.info.get("icc_profile"))
        plain = plain.transpose(turn) if turn is not None else plain
    plain.info.clear()
    return plain


def _open(file: IO[bytes], name: str) -> Image.Image:
    """Open a picture whose size, by its header, is within the limit of its format."""
    file.seek(0)
    head = file.read(30)
    kind = headers.picture_format(head)
    limit = _pixel_limit(kind, file)
    if kind == "WEBP":
        _check_pixels(headers.webp_size(head), limit, name)
    try:
        image = Image.open(file, formats=[kind])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise refusals.too_many_pixels(name, limit) from error
    _check_pixels(image.size, limit, name)
    return image


def _pixel_limit(kind: str, file: IO[bytes]) -> int:
    if kind == "WEBP":
        return limits.photo_max_pixels_heavy()
    if kind != "JPEG":
        return limits.photo_max_pixels_at_once()
    scans = headers.count_jpeg_scans(file, limits.JPEG_MAX_SCANS)
    if scans > limits.JPEG_MAX_SCANS:
        raise ValueError("a JPEG made to take long")
    return limits.photo_max_pixels() if scans <= 1 else limits.photo_max_pixels_heavy()


def _check_pixels(size: tuple[int, int], limit: int, name: str) -> None:
    if size[0] * size[1] > limit:
        raise refusals.too_many_pixels(name, limit)


def _shrink(image: Image.Image, side: int) -> Image.Image:
    """Return the first frame, no larger than the square; a JPEG is shrunk while it is unpacked."""
    if image.has_transparency_data:
        image = image if image.mode in {"RGBA", "LA"} else image.convert("RGBA")
    elif image.mode == "P":
        image = image.convert("RGB")
    elif image.mode == "1":
        image = image.convert("L")
    elif image.mode.startswith("I"):
        # Sixteen bits of grey: the upper eight are kept.
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    return image


def _turn(image: Image.Image) -> Image.Transpose | None:
    try:
        return _TURNS.get(image.getexif().get(_ORIENTATION))
    except Exception:  # noqa: BLE001 - spoilt EXIF fails in many ways and must not cost the photo
        return None


def _flatten(image: Image.Image) -> Image.Image:
    """Return RGB, what was transparent shown on white paper."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    paper = Image.new("RGB", image.size, "white")
    layer = image.convert("RGBA")
    paper.paste(layer, mask=layer.getchannel("A"))
    return paper


def _to_srgb(image: Image.Image, profile: object) -> Image.Image:
    """Return the picture in sRGB when it came with a small RGB profile; else as it is."""
    if not isinstance(profile, bytes) or len(profile) > _MAX_PROFILE_BYTES:
        return image
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if source.profile.xcolor_space.strip() != "RGB":
            return image
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB")) or image
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image


def _encode(image: Image.Image, kind: str, quality: int) -> Picture:
    buffer = BytesIO()
    image.save(buffer, kind, quality=quality, exif=b"", icc_profile=b"")
    return Picture(buffer.getvalue(), image.width, image.height)
