from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import time
from typing import Any

import pytest
from django.core.files.uploadedfile import TemporaryUploadedFile
from PIL import Image, ImageCms
from pillow_heif import register_heif_opener

from core.files import FileRefused, PhotoFile, inspect_photo
from tests.core import hostile_files as made

register_heif_opener()

TAKEN = "Nhận ảnh JPG, PNG, WebP, HEIC. Các tệp khác vẫn được giữ."
RED, WHITE = (220, 20, 20), (255, 255, 255)


def taken(content: bytes, name: str = "IMG_2041.jpg") -> PhotoFile:
    return inspect_photo(made.upload(name, content, "text/html"))


def refusal(content: bytes, name: str = "IMG_2041.jpg") -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        taken(content, name)
    assert name in caught.value.message
    return caught.value


def stored(photo: PhotoFile) -> Image.Image:
    image = Image.open(io.BytesIO(photo.content))
    assert (image.format, image.mode, image.size) == ("WEBP", "RGB", (photo.width, photo.height))
    return image


def is_near(pixel: Any, colour: tuple[int, int, int], by: int = 24) -> bool:
    return all(abs(one - other) <= by for one, other in zip(pixel, colour, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_stored_as_webp_with_a_thumbnail(kind: str) -> None:
    photo = taken(made.encoded(made.drawing((3200, 1800)), kind), f"Ảnh xã.{kind.lower()}")
    assert (photo.width, photo.height) == (1600, 900)
    assert (photo.thumbnail.width, photo.thumbnail.height) == (400, 225)
    assert photo.sha256 == hashlib.sha256(photo.content).hexdigest()
    assert (photo.download_name, photo.content_type) == ("Ảnh xã.webp", "image/webp")
    assert photo.size == len(photo.content)
    assert photo.file.read() == photo.content
    assert Image.open(photo.thumbnail_file).size == (400, 225)
    assert is_near(stored(photo).getpixel((100, 100)), RED)
    assert is_near(stored(photo).getpixel((1500, 800)), WHITE)


def test_a_small_photo_is_not_enlarged() -> None:
    photo = taken(made.encoded(made.drawing((64, 48))))
    assert (photo.width, photo.height, photo.thumbnail.width) == (64, 48, 64)


def test_the_content_decides_and_not_the_ending_of_a_picture() -> None:
    assert taken(made.encoded(made.drawing(), "WEBP"), "tu-zalo.jpg").width == 64
    assert taken(made.encoded(made.drawing(), "PNG"), "khong-duoi").width == 64


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_place_telephone_and_other_metadata_do_not_reach_the_store(kind: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = made.encoded(made.drawing(), kind, exif=made.exif_with_place(), icc_profile=profile)
    assert b"SECRETPHONE" in content
    photo = taken(content + b"SECRETTAIL")
    for kept in (photo.content, photo.thumbnail.content):
        assert b"SECRET" not in kept
        assert b"EXIF" not in kept
        assert b"ICCP" not in kept
        image = Image.open(io.BytesIO(kept))
        assert not image.getexif()
        assert image.info.get("icc_profile") is None


def test_jpeg_comments_and_xmp_do_not_reach_the_store() -> None:
    content = made.encoded(made.drawing(), comment=b"SECRETCOMMENT", xmp=b"<x:xmpmeta>SECRETXMP</x:xmpmeta>")
    assert b"SECRETXMP" in content
    assert b"SECRET" not in taken(content).content


@pytest.mark.parametrize(
    ("orientation", "red_at", "size"),
    [
        (1, (5, 5), (64, 48)),
        (2, (58, 5), (64, 48)),
        (3, (58, 42), (64, 48)),
        (4, (5, 42), (64, 48)),
        (5, (5, 5), (48, 64)),
        (6, (42, 5), (48, 64)),
        (7, (42, 58), (48, 64)),
        (8, (5, 58), (48, 64)),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_photo_is_turned_as_the_camera_was_held(
    kind: str, orientation: int, red_at: tuple[int, int], size: tuple[int, int]
) -> None:
    photo = taken(made.encoded(made.drawing(), kind, exif=made.exif_with_place(orientation)))
    assert (photo.width, photo.height) == size
    corners = [(x, y) for x in (5, size[0] - 6) for y in (5, size[1] - 6)]
    assert [at for at in corners if is_near(stored(photo).getpixel(at), RED, 60)] == [red_at]


# Pillow warns of spoilt EXIF; outside the tests a warning is no error.
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("spoilt", [b"II*\x00\xff\xff\xff\xff", b"\xff" * 40, b"MM"])
def test_spoilt_exif_does_not_cost_the_photo(spoilt: bytes) -> None:
    assert taken(made.encoded(made.drawing(), exif=b"Exif\x00\x00" + spoilt)).width == 64


@pytest.mark.parametrize(
    ("mode", "kind"), [("CMYK", "JPEG"), ("L", "JPEG"), ("1", "PNG"), ("P", "PNG"), ("LA", "PNG"), ("RGBA", "WEBP")]
)
def test_every_colour_mode_becomes_rgb(mode: str, kind: str) -> None:
    image = stored(taken(made.encoded(made.drawing(mode=mode), kind)))
    assert is_near(image.getpixel((60, 44)), WHITE)
    assert not is_near(image.getpixel((5, 5)), WHITE)


def test_a_cmyk_photo_keeps_its_red() -> None:
    assert is_near(stored(taken(made.encoded(made.drawing(mode="CMYK")))).getpixel((8, 8)), RED, 40)


def test_what_is_transparent_is_shown_on_white() -> None:
    clear = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    palette = Image.new("P", (40, 40), 0)
    palette.putpalette([0, 0, 0, 255, 0, 0])
    for content in (made.encoded(clear, "PNG"), made.encoded(palette, "PNG", transparency=0)):
        assert is_near(stored(taken(content)).getpixel((20, 20)), WHITE, 3)


def test_sixteen_bits_of_grey_keep_their_brightness() -> None:
    assert is_near(stored(taken(made.png_of_16_bits_grey(0x8080))).getpixel((4, 4)), (128, 128, 128), 4)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "MPO"])
def test_of_several_frames_the_first_is_kept(kind: str) -> None:
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("white", "blue", "black")]
    content = made.encoded(frames[0], kind, save_all=True, append_images=frames[1:])
    image = stored(taken(content))
    assert is_near(image.getpixel((20, 20)), WHITE, 4)
    assert getattr(image, "n_frames", 1) == 1


def test_colours_of_a_wide_profile_are_brought_to_srgb() -> None:
    swapped = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    plain = taken(made.encoded(made.drawing(), "PNG", icc_profile=swapped))
    assert is_near(stored(plain).getpixel((8, 8)), RED)
    for spoilt in (b"x" * 500, swapped[:200], b"x" * 100_000, swapped[:16] + b"CMYK" + swapped[20:]):
        assert taken(made.encoded(made.drawing(), "PNG", icc_profile=spoilt)).width == 64


# --- what is refused


def test_a_photo_over_the_limit_gets_the_model_sentence() -> None:
    assert refusal(made.encoded(made.drawing()).ljust(31 * 2**20, b"\x00")).message == (
        "Ảnh “IMG_2041.jpg” nặng 31 MB, lớn hơn mức 25 MB. Các tệp khác đã tải lên xong. "
        "Chọn ảnh nhỏ hơn hoặc chụp lại ở cỡ vừa."
    )


@pytest.mark.parametrize(
    "content", [made.SVG, made.HTML, made.PROGRAM, made.PDF, b"GIF89a" + bytes(50), b"BM", b"\xff\xd8"]
)
def test_what_is_no_photo_is_refused(content: bytes) -> None:
    assert refusal(content).message == f"Không đọc được “IMG_2041.jpg”. {TAKEN}"


@pytest.mark.parametrize("name", ["anh.jpg.exe", "anh.svg", "anh.html", "anh.pdf"])
def test_a_photo_under_another_ending_is_refused(name: str) -> None:
    assert refusal(made.encoded(made.drawing()), name).message == f"Không đọc được “{name}”. {TAKEN}"


def test_an_empty_photo_is_refused() -> None:
    assert refusal(b"").reason == "empty"


@pytest.mark.parametrize(
    "content", [made.png_of_claimed_size(30_000, 30_000), made.webp_of_claimed_size(16_000, 16_000)]
)
def test_a_picture_of_many_points_is_refused_by_its_header(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image.Image, "thumbnail", lambda *_: pytest.fail("unpacked"))
    began = time.perf_counter()
    refused = refusal(content)
    assert time.perf_counter() - began < 0.5
    assert refused.reason == "pixels"
    assert "triệu điểm ảnh, quá mức hệ thống mở được. Thu nhỏ ảnh hoặc chụp lại ở cỡ vừa." in refused.message


@pytest.mark.parametrize(("width", "reason"), [(6000, "damaged"), (8000, "pixels")])
def test_a_png_may_have_forty_million_points(width: int, reason: str) -> None:
    assert refusal(made.png_of_claimed_size(width, 6000)).reason == reason


def test_an_ordinary_jpeg_may_have_more_points_than_a_progressive_one(settings: Any) -> None:
    settings.PHOTO_MAX_PIXELS_HEAVY = 64 * 48 - 1
    assert taken(made.encoded(made.drawing())).width == 64
    assert refusal(made.encoded(made.drawing(), progressive=True)).reason == "pixels"
    settings.PHOTO_MAX_PIXELS = 64 * 48 - 1
    assert refusal(made.encoded(made.drawing())).reason == "pixels"


def test_a_jpeg_made_to_take_long_is_refused() -> None:
    assert taken(made.jpeg_of_many_scans(50)).width == 64
    assert refusal(made.jpeg_of_many_scans(200)).reason == "damaged"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.97])
def test_a_photo_that_breaks_off_is_refused_kindly(kind: str, share: float) -> None:
    noise = Image.effect_noise((400, 300), 90).convert("RGB")
    content = made.encoded(noise, kind)
    assert refusal(content[: int(len(content) * share)]).message == (
        f"Ảnh “IMG_2041.jpg” bị hỏng hoặc chưa chép đủ. Mở thử trên máy, chụp hoặc chép lại rồi tải lên. {TAKEN}"
    )


def test_heic_is_refused_with_the_way_to_convert(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.files.photos._can_read_heif", lambda: False)
    refused = refusal(made.heic(), "IMG_0001.HEIC")
    assert refused.reason == "heic"
    assert "chọn “Tương thích nhất” rồi chụp lại; hoặc mở ảnh và lưu thành JPG." in refused.message


@pytest.mark.parametrize("orientation", [1, 6])
def test_heic_is_stored_upright_without_its_place(orientation: int) -> None:
    content = made.encoded(made.drawing(), "HEIF", exif=made.exif_with_place(orientation))
    assert (content[4:12], b"SECRETPHONE" in content) == (b"ftypheic", True)
    photo = taken(content, "IMG_0001.HEIC")
    assert (photo.width, photo.height) == ((64, 48) if orientation == 1 else (48, 64))
    assert (photo.download_name, b"SECRET" in photo.content) == ("IMG_0001.webp", False)
    red_at = (8, 8) if orientation == 1 else (40, 8)
    assert is_near(stored(photo).getpixel(red_at), RED, 60)


def test_heic_that_cannot_be_opened_is_damaged_where_the_library_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.files.photos._can_read_heif", lambda: True)
    assert refusal(made.heic(), "IMG_0001.HEIC").reason == "damaged"


def test_a_photo_on_disk_is_read_from_there() -> None:
    upload = TemporaryUploadedFile("IMG_1.jpg", "image/jpeg", 0, "")
    upload.write(made.encoded(made.drawing()))
    assert inspect_photo(upload).width == 64
    upload.close()


MEMORY_PROBE = """
import io, resource, sys
import django
django.setup()
from core.files import inspect_photo
from tests.core import hostile_files as made
from PIL import Image
kind, width, height = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
if kind == "JPEG":
    # Not held while it is measured: made by a child that ends before.
    import subprocess
    code = "import sys, PIL.Image as I; I.new('RGB', (%d, %d)).save(sys.stdout.buffer, 'JPEG')" % (width, height)
    content = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, check=True).stdout
else:
    content = made.png_of_claimed_size(width, height)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
photo = inspect_photo(made.upload("a.jpg", content))
print(photo.width, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.slow
def test_the_largest_ordinary_jpeg_costs_little_memory() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", MEMORY_PROBE, "JPEG", "12000", "9000"], capture_output=True, text=True, check=True
    )
    width, megabytes = map(int, ran.stdout.split()[-2:])
    assert width == 1600
    assert megabytes < 150
