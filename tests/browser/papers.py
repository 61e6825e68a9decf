"""What an officer has on the telephone or the disk: a photo with the place where it was taken, a scanned paper."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw
from PIL.ExifTags import GPS, IFD, Base

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
Upload = dict[str, str | bytes]


def photo(name: str = "IMG_2041.jpg") -> Upload:
    """A JPEG as a telephone makes it, with maker and place in its EXIF."""
    picture = Image.new("RGB", (1600, 1200), "#6b8e5a")
    ImageDraw.Draw(picture).ellipse((500, 300, 1100, 900), fill="#c9b458")
    exif = Image.Exif()
    exif[Base.Make] = "Máy ảnh thử"
    exif[IFD.GPSInfo] = {GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: (10.0, 21.0, 30.0)}
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=85, exif=exif)
    return {"name": name, "mimeType": "image/jpeg", "buffer": file.getvalue()}


def document(name: str = "giấy khen 2022.pdf") -> Upload:
    """A small PDF."""
    return {"name": name, "mimeType": "application/pdf", "buffer": PDF}


def traces(data: bytes) -> dict[int, object]:
    """EXIF that a stored photo still carries, orientation and colour aside."""
    with Image.open(io.BytesIO(data)) as picture:
        return dict(picture.getexif().get_ifd(IFD.GPSInfo)) | {
            tag: value for tag, value in picture.getexif().items() if tag == Base.Make
        }
