"""Vietnamese text: cleaning what people type, keys for search and sort, slugs."""

import re
import unicodedata

from core.old_encodings import legacy_encoding

__all__ = [
    "clean_line",
    "clean_prose",
    "contains_emoji",
    "legacy_encoding",
    "name_sort_key",
    "search_key",
    "search_words",
    "shorten",
    "slugify",
    "sort_key",
]

# Controls, soft hyphen, zero-width and bidi marks, variation selectors, surrogates, private use, noncharacters.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\ufff0-\ufffc\ufffe\uffff\ud800-\udfff\ue000-\uf8ff"
    "\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
# Letters of other scripts that show as blanks; a name made of them would look empty.
_BLANKS = re.compile("[\u115f\u1160\u2800\u3164\uffa0]")
_LINE_BREAKS = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_STACKED_MARKS = re.compile("([\u0300-\u036f]{2})[\u0300-\u036f]+")
# U+00D0 (eth) and U+0189 (African d) look like Đ; old keyboards produce them.
_LOOK_ALIKES = str.maketrans({"\u00d0": "Đ", "\u0189": "Đ"})
_EMOJI = re.compile(
    "[\u203c\u2049\u20e3\u231a\u231b\u23e9-\u23fa\u25fb-\u25fe\u2600-\u27bf\u2934\u2935\u2b05-\u2b07"
    "\u2b1b\u2b1c\u2b50\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
_D_LETTERS = str.maketrans({"đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "ɖ": "d"})

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_LETTER_CODES = {letter: str(index) for index, letter in enumerate(_ALPHABET, start=20)}
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_LETTER_MARKS = {"\u0302", "\u0306", "\u031b"}
_WORD_GAP = "01"
_LEVEL_END = "00"
_FOREIGN = "60"
_KEY_PARTS = re.compile(r"[0-9]{1,9}|\D|\d")


def _visible(text: str) -> str:
    text = _INVISIBLE.sub("", _BLANKS.sub(" ", text))
    text = unicodedata.normalize("NFC", text).translate(_LOOK_ALIKES)
    return unicodedata.normalize("NFC", _STACKED_MARKS.sub(r"\1", text))


def clean_line(text: str) -> str:
    """Return one line of visible NFC text: no controls, zero-width or bidi marks, Ð as Đ, spaces collapsed."""
    return " ".join(_visible(_LINE_BREAKS.sub(" ", text)).split())


def clean_prose(text: str) -> str:
    """Clean like `clean_line` but keep line breaks, with at most one empty line between paragraphs."""
    visible = _visible(_LINE_BREAKS.sub("\n", text))
    lines = "\n".join(" ".join(line.split()) for line in visible.split("\n"))
    return re.sub("\n{3,}", "\n\n", lines).strip("\n")


def shorten(text: str, limit: int = 40) -> str:
    """Return the text on one line, cut with “…” behind a whole word so that a message can quote it.

    A word that alone is longer than the limit is cut itself.
    """
    line = clean_line(text[: limit * 10])
    if len(line) <= limit:
        return line
    words = line[:limit].rpartition(" ")[0].rstrip(" ,;:–-")
    return (words or line[: limit - 1]) + "…"


def contains_emoji(text: str) -> bool:
    """Say whether the text holds an emoji or pictograph."""
    return _EMOJI.search(text) is not None


def _without_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(char for char in decomposed if not unicodedata.category(char).startswith("M"))


def search_key(text: str) -> str:
    """Return the text for accentless search: lower case, marks removed, đ as d, punctuation as single spaces."""
    folded = _without_marks(_without_marks(_INVISIBLE.sub("", text)).lower()).translate(_D_LETTERS)
    words = "".join(char if char.isalnum() else " " for char in folded)
    return " ".join(unicodedata.normalize("NFC", words).split())


def search_words(text: str) -> list[str]:
    """Return the different words of the search key, in the order typed."""
    return list(dict.fromkeys(search_key(text).split()))


def slugify(text: str) -> str:
    """Return the text for an address: a–z, 0–9 and single hyphens."""
    return re.sub("[^a-z0-9]+", "-", search_key(text)).strip("-")


def _letter_and_tone(char: str) -> tuple[str, str]:
    base, *marks = list(unicodedata.normalize("NFD", char))
    tone = next((_TONES[mark] for mark in marks if mark in _TONES), "0")
    letter = unicodedata.normalize("NFC", base + "".join(mark for mark in marks if mark in _LETTER_MARKS))
    return _LETTER_CODES.get(letter) or _LETTER_CODES.get(base) or _FOREIGN, tone


def _number_code(digits: str) -> str:
    significant = digits.lstrip("0") or "0"
    return f"1{len(significant)}{significant}"


def _key_part(part: str) -> tuple[str, str]:
    if part.isascii() and part.isdecimal():
        return _number_code(part), ""
    return (_WORD_GAP, "") if part == " " else _letter_and_tone(part)


def sort_key(text: str) -> str:
    """Return a key of decimal digits whose order is the Vietnamese one: letters first, then tones, numbers by value.

    Only digits are used so that no database collation can reorder it. At most 3 × length + 2 characters.
    """
    words = "".join(char if char.isalnum() else " " for char in clean_line(text).lower())
    parts = [_key_part(part) for part in _KEY_PARTS.findall(" ".join(words.split()))]
    return "".join(code for code, _ in parts) + _LEVEL_END + "".join(tone for _, tone in parts)


def name_sort_key(full_name: str) -> str:
    """Return the sort key of a person's name: last word, then family name, then middle names."""
    family, *rest = clean_line(full_name).split() or [""]
    last = rest.pop() if rest else family
    return sort_key(last) + sort_key(family) + sort_key(" ".join(rest))
