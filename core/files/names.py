"""Names of files as people give them: cleaned for show and download, never used as a path."""

import re
import unicodedata
import uuid
from urllib.parse import quote

from core.text import clean_line

MAX_NAME_LETTERS = 120
MAX_LETTERS_IN_MESSAGE = 60
NO_NAME = "tep-khong-ten"

_FORBIDDEN = re.compile(r'[<>:"|?*]')
# Names that Windows keeps for devices, with any ending.
_DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)", re.IGNORECASE)
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,10}$")
_NOT_QUOTABLE = re.compile(r"[^ !#$&'()+,\-./0-9=@A-Z\[\]^_`a-z{}~]")


def clean_name(raw: str | None) -> str:
    """Return at most 120 visible NFC letters: no path, control or bidi mark, leading dot or device name."""
    last_part = re.split(r"[/\\]", clean_line((raw or "")[-4000:]))[-1]
    name = _FORBIDDEN.sub("-", last_part).strip(" .")
    if not name:
        return NO_NAME
    return _cut(f"tep-{name}" if _DEVICES.match(name) else name)


def _cut(name: str) -> str:
    if len(name) <= MAX_NAME_LETTERS:
        return name
    stem, dotted = split_name(name)
    return _without_loose_end(stem[: MAX_NAME_LETTERS - len(dotted)]) + dotted


def _without_loose_end(stem: str) -> str:
    """Drop the last letter, as the cut may have taken one of its marks."""
    while stem and unicodedata.combining(stem[-1]):
        stem = stem[:-1]
    return stem.rstrip(" .")


def split_name(name: str) -> tuple[str, str]:
    """Return the name without its ending, and the ending with its dot ("" when there is none)."""
    match = _EXTENSION.search(name)
    return (name[: match.start()], match.group()) if match and match.start() else (name, "")


def extension_of(name: str) -> str:
    """Return the ending in small letters without its dot, "" when there is none."""
    return split_name(name)[1][1:].lower()


def with_extension(name: str, extension: str) -> str:
    """Return the name with another ending, for a file that was stored in another format."""
    return f"{split_name(name)[0]}.{extension}"


def kept_name(folder: str, name: str) -> str:
    """Return where a file is kept: a random name of ours one folder deeper, never one of the sender's."""
    mark = uuid.uuid4().hex
    return f"{folder}/{mark[:2]}/{mark}.{name.rsplit('.', 1)[-1]}"


def short_name(name: str) -> str:
    """Return the name for a message: at most 60 letters, its ending always in sight."""
    if len(name) <= MAX_LETTERS_IN_MESSAGE:
        return name
    return f"{name[: MAX_LETTERS_IN_MESSAGE - 21].rstrip()}…{name[-20:].lstrip()}"


def _plain_letters(name: str) -> str:
    decomposed = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _NOT_QUOTABLE.sub("_", bare)


def content_disposition(name: str, *, inline: bool = False) -> str:
    """Return the header value of RFC 6266: the name in plain letters for old programs, then in UTF-8."""
    cleaned = clean_name(name)
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{_plain_letters(cleaned)}\"; filename*=UTF-8''{quote(cleaned, safe='')}"
