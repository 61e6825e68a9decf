"""Why a file was not taken, said to the person who sent it."""

from __future__ import annotations

import math

from django.utils.translation import gettext as _

from core.files.limits import MEGABYTE
from core.files.names import short_name


class FileRefused(Exception):
    """A file that is not taken; `message` is the sentence to show, `reason` a word for tests and logs."""

    def __init__(self, message: str, reason: str = "kind") -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason

    def __reduce__(self) -> tuple[type[FileRefused], tuple[str, str]]:
        return type(self), (self.message, self.reason)


def photos_taken(*, heic: bool = True) -> str:
    """Return the sentence that lists the photo formats."""
    return _("Nhận ảnh JPG, PNG, WebP, HEIC.") if heic else _("Nhận ảnh JPG, PNG, WebP.")


def documents_taken() -> str:
    """Return the sentence that lists the document formats."""
    return _("Nhận tệp PDF, Word, Excel, ảnh JPG, PNG.")


def _others_kept() -> str:
    return _("Các tệp khác vẫn được giữ.")


def _refused(reason: str, name: str, sentence: str, taken: str, **words: str) -> FileRefused:
    parts = (sentence % ({"name": short_name(name)} | words), taken, _others_kept())
    return FileRefused(" ".join(part for part in parts if part), reason)


def size_in_words(size: int) -> str:
    """Return bytes as megabytes, rounded up to one decimal: "25,1 MB", "31 MB"."""
    tenths = math.ceil(size * 10 / MEGABYTE)
    return f"{tenths // 10} MB" if tenths % 10 == 0 else f"{tenths // 10},{tenths % 10} MB"


def photo_too_big(name: str, size: int, limit: int) -> FileRefused:
    """Say that a photo has too many bytes."""
    sentence = _(
        "Ảnh “%(name)s” nặng %(size)s, lớn hơn mức %(limit)s. Các tệp khác đã tải lên xong. "
        "Chọn ảnh nhỏ hơn hoặc chụp lại ở cỡ vừa."
    )
    words = {"name": short_name(name), "size": size_in_words(size), "limit": size_in_words(limit)}
    return FileRefused(sentence % words, "too_big")


def document_too_big(name: str, size: int, limit: int) -> FileRefused:
    """Say that a document has too many bytes."""
    sentence = _(
        "Tệp “%(name)s” nặng %(size)s, lớn hơn mức %(limit)s. Các tệp khác đã tải lên xong. "
        "Giảm cỡ ảnh trong tệp hoặc tách thành nhiều tệp."
    )
    words = {"name": short_name(name), "size": size_in_words(size), "limit": size_in_words(limit)}
    return FileRefused(sentence % words, "too_big")


def too_many_pixels(name: str, limit: int) -> FileRefused:
    """Say that a picture has too many pixels to be unpacked."""
    sentence = _(
        "Ảnh “%(name)s” có hơn %(limit)s triệu điểm ảnh, quá mức hệ thống mở được. Thu nhỏ ảnh hoặc chụp lại ở cỡ vừa."
    )
    return _refused("pixels", name, sentence, photos_taken(), limit=str(limit // 1_000_000))


def empty(name: str) -> FileRefused:
    """Say that a file has no content."""
    return _refused("empty", name, _("Tệp “%(name)s” không có nội dung (0 byte). Chọn lại tệp rồi tải lên."), "")


def photo_unreadable(name: str) -> FileRefused:
    """Say that this is no photo of a format that is taken."""
    return _refused("kind", name, _("Không đọc được “%(name)s”."), photos_taken())


def photo_damaged(name: str) -> FileRefused:
    """Say that a photo breaks off or is spoilt."""
    sentence = _("Ảnh “%(name)s” bị hỏng hoặc chưa chép đủ. Mở thử trên máy, chụp hoặc chép lại rồi tải lên.")
    return _refused("damaged", name, sentence, photos_taken())


def photo_heic(name: str) -> FileRefused:
    """Say how an iPhone photo becomes one that can be read here."""
    sentence = _(
        "Chưa đọc được ảnh HEIC “%(name)s”. Trên iPhone vào Cài đặt › Camera › Định dạng, chọn “Tương thích nhất” "
        "rồi chụp lại; hoặc mở ảnh và lưu thành JPG."
    )
    return _refused("heic", name, sentence, photos_taken(heic=False))


def document_unreadable(name: str) -> FileRefused:
    """Say that this is no document of a format that is taken."""
    return _refused("kind", name, _("Không đọc được “%(name)s”."), documents_taken())


def document_mismatch(name: str, kind: str) -> FileRefused:
    """Say that the content is not what the ending of the name promises."""
    sentence = _(
        "Nội dung “%(name)s” không phải là %(kind)s như đuôi tên tệp. "
        "Mở bằng phần mềm đã tạo ra tệp, lưu lại đúng dạng."
    )
    return _refused("mismatch", name, sentence, documents_taken(), kind=kind)


def document_damaged(name: str) -> FileRefused:
    """Say that a document breaks off or is spoilt."""
    sentence = _("Tệp “%(name)s” bị hỏng hoặc chưa chép đủ. Mở thử trên máy, lưu lại rồi tải lên.")
    return _refused("damaged", name, sentence, documents_taken())


def document_locked(name: str) -> FileRefused:
    """Say that a document is under a password."""
    sentence = _("Tệp “%(name)s” có mật khẩu hoặc bị khóa. Bỏ mật khẩu, lưu lại (PDF thì in ra PDF mới) rồi tải lên.")
    return _refused("locked", name, sentence, documents_taken())


def document_with_macros(name: str) -> FileRefused:
    """Say that a document carries macros."""
    sentence = _("Tệp “%(name)s” có chứa macro. Lưu lại thành DOCX hoặc XLSX không có macro rồi tải lên.")
    return _refused("macro", name, sentence, documents_taken())


def document_unsafe(name: str) -> FileRefused:
    """Say that a document is packed in a way that an office program does not use."""
    sentence = _(
        "Tệp “%(name)s” được đóng gói khác thường nên không nhận. Mở bằng Word hoặc Excel, lưu lại rồi tải lên."
    )
    return _refused("unsafe", name, sentence, documents_taken())


def document_with_strange_parts(name: str) -> FileRefused:
    """Say that a PDF has something before its beginning or after its end."""
    sentence = _("Tệp “%(name)s” có phần lạ ngoài nội dung PDF. Mở tệp, in lại ra PDF mới rồi tải lên.")
    return _refused("unsafe", name, sentence, documents_taken())


def found_by_scanner(name: str) -> FileRefused:
    """Say that the office's virus scanner stopped a file."""
    sentence = _("Phần mềm diệt vi-rút chặn tệp “%(name)s”. Kiểm tra máy tính, hoặc nhờ người quản trị xem giúp.")
    return _refused("scanner", name, sentence, "")


def scanner_is_down(name: str) -> FileRefused:
    """Say that a file could not be checked, which is not its sender's fault."""
    sentence = _("Chưa kiểm tra được vi-rút cho tệp “%(name)s”. Thử lại sau ít phút; nếu vẫn lỗi, báo người quản trị.")
    return _refused("scanner", name, sentence, "")
