"""Names of subjects brought to a key, so that nearly the same names meet in one indexed column.

A key forgets accents, case, word order, titles and what Southern spelling confuses: s/x, tr/ch, d/gi/v, n/ng, c/t, i/y.
A name with a slip of one letter is kept under the keys of what it may have meant, so a look-up asks for equality alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.text import clean_line, search_key

#: Keys kept for one name: its own, or the nearest meanings of a name with a slip.
MOST_KEYS = 40
_TITLES = {
    "hộ", "ông", "bà", "anh", "chị", "cô", "chú", "em", "bác", "dì", "cậu", "cụ", "thầy", "gia đình", "đồng chí", "mr",
    "mrs", "ms", "miss",
}  # fmt: skip
#: Titles typed without marks that are no family name; taken off only while a whole name remains.
_BARE_TITLES = {"ong", "ba", "chi", "gia dinh", "dong chi", "ho ong", "ho ba", "ho"}
_PLACES = {"xã", "ấp", "huyện", "tỉnh", "thị trấn", "khu phố", "phường"}
_SEAT = re.compile(r"(?<=\w)[\s,]+(?:xã|thị trấn|phường|huyện)\s.*$")
_LONG_WORDS = (("hợp tác xã", "htx"), ("câu lạc bộ", "clb"), ("tổ hợp tác", "tht"))
_BRACKETS = re.compile(r"\([^)]*\)?")
_BETWEEN_PEOPLE = re.compile(r"\s[–—-]\s|[,;/&+]|\svà\s|\sva\s", re.IGNORECASE)
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdghklmnprstvx])?"
    r"(?:(?:uye|uo|ie|ye|ua|ue|oa|oe|oo|[aeiouy])(?:ch|ng|nh|[cmnpt])?|uy(?:ch|nh|[pt])?"
    r"|ia|ya|uya|uyu|ieu|yeu|uoi|uou|oai|oay|oao|oeo|uay|ai|ao|au|ay|eo|eu|iu|oi|ui|uu)"
)
_LETTERS = "abcdeghiklmnopqrstuvxy"
_TONES = "\u0300\u0301\u0303\u0309\u0323"


@dataclass(frozen=True)
class Name:
    """One name of a subject: its words with marks in a settled order, for telling “same” from “nearly the same”."""

    part: str
    marked: str
    keys: tuple[str, ...]


def names_of(fields: Mapping[str, Any], kind: str) -> list[Name]:
    """The names under which a subject can be found: its own, and of a household also those of the people in it."""
    own = "full_name"
    found: dict[str, Name] = {}
    texts = [(own, text) for text in _split(fields.get(own) or "", kind)]
    if kind == "household":
        texts += [(part, fields.get(part) or "") for part in ("head_name", "spouse_name")]
    for part, text in texts:
        name = read_name(text, part, of_group=part == own and kind == "collective")
        if name and name.marked not in found:
            found[name.marked] = name
    return list(found.values())


def _split(text: str, kind: str) -> list[str]:
    """The people whom the name of a household lists; any other name is one."""
    return _BETWEEN_PEOPLE.split(text) if kind == "household" else [text]


def read_name(text: str, part: str, *, of_group: bool = False) -> Name | None:
    """Bring one name to its keys; None when too little is left to compare (at least two letters)."""
    words = _group_words(text) if of_group else _without_titles(_words(text))
    bare = [search_key(word) for word in words]
    if sum(len(word) for word in bare) < 2:
        return None
    return Name(part, " ".join(sorted(_settled(word) for word in words)), _keys(bare, of_group=of_group))


def read_title(text: str) -> Name | None:
    """The key of a story's name; None below four words, which too many share."""
    words = search_key(text).split()
    key = " ".join(words)
    return Name("title", key, (f"= {key}"[:200],)) if len(words) >= 4 else None


def _line(text: str) -> str:
    line = clean_line(_BRACKETS.sub(" ", text)).lower()
    for long, short in _LONG_WORDS:
        line = line.replace(long, short)
    return line


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[^\w]+", _line(text)) if word]


def _group_words(text: str) -> list[str]:
    """The words of a collective without the place where it sits: its unit says that already."""
    return _without(_words(_SEAT.sub("", _line(text))), _PLACES)


def _without_titles(words: list[str]) -> list[str]:
    while len(words) > 1:
        pair, first = " ".join(words[:2]), words[0]
        if pair in _TITLES or (pair in _BARE_TITLES and len(words) > 3):
            words = words[2:]
        elif (first in _TITLES and (first != "em" or len(words) > 2)) or (first in _BARE_TITLES and len(words) > 3):
            words = words[1:]
        else:
            break
    return words


def _without(words: list[str], taken: set[str]) -> list[str]:
    """The words without the given ones, single or in pairs; all of them when nothing else would remain."""
    left: list[str] = []
    for word in words:
        if word in taken:
            continue
        if left and f"{left[-1]} {word}" in taken:
            left.pop()
            continue
        left.append(word)
    return left or words


def _settled(word: str) -> str:
    """A word with its tone at the end (thúy = thuý) and quý as quí; letters keep their hats."""
    decomposed = unicodedata.normalize("NFD", word)
    tone = "".join(mark for mark in decomposed if mark in _TONES)
    letters = unicodedata.normalize("NFC", "".join(mark for mark in decomposed if mark not in _TONES))
    return _short_y(letters) + tone


def _short_y(word: str) -> str:
    """Quy as qui, Mỹ as mĩ; Huy and Tây stay, where y is another sound."""
    return re.sub(r"^(qu|[bcdđghklmnpqrstvx]{1,2}|)y$", r"\1i", word)


def is_syllable(word: str) -> bool:
    """Whether a word without marks can be read as Vietnamese."""
    return _SYLLABLE.fullmatch(word) is not None


def _keys(bare: list[str], *, of_group: bool) -> tuple[str, ...]:
    wrong = [place for place, word in enumerate(bare) if not is_syllable(word) and not word.isdigit()]
    if of_group or len(wrong) != 1:
        return (_key(bare),)
    place = wrong[0]
    meant = (_key([*bare[:place], word, *bare[place + 1 :]]) for word in sorted(_one_letter_off(bare[place])))
    return tuple(dict.fromkeys([_key(bare), *meant]))[:MOST_KEYS]


def _one_letter_off(word: str) -> set[str]:
    """Readable words that are one slip away: a letter too many, too few, wrong, or two in the wrong order."""
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    return {made for made in _edits(cuts) if len(made) > 1 and is_syllable(made)}


def _edits(cuts: Iterable[tuple[str, str]]) -> Iterator[str]:
    for left, right in cuts:
        if right:
            yield left + right[1:]
        if len(right) > 1:
            yield left + right[1] + right[0] + right[2:]
        for letter in _LETTERS:
            yield left + letter + right
            if right:
                yield left + letter + right[1:]


def _key(bare: Iterable[str]) -> str:
    return " ".join(sorted(_sound(word) for word in bare))[:200]


def _sound(word: str) -> str:
    """A word as it sounds in the South, where spelling wavers."""
    word = re.sub(r"^(gi(?=[aeouy])|v|d)", "d", _short_y(word))
    word = re.sub(r"^(tr|ch)", "ch", re.sub(r"^(s|x)", "x", word))
    return re.sub(r"(?<=[aeiouy])c$", "t", re.sub(r"(?<=[aeiouy])ng$", "n", word))
