"""Differences of two texts as runs of words or lines that stayed, came or went."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

#: Below this share of common words the two texts are shown whole: crumbs of both would say nothing.
_ALIKE = 0.6
_WORDS = re.compile(r"\s+|[^\s]+")
_WORDS_BETWEEN = 2
#: From and to in the old words, from and to in the new ones.
_Run = tuple[int, int, int, int]


@dataclass(frozen=True)
class Piece:
    """A run of text: `same`, `added` or `removed`."""

    op: str
    text: str


def line_pieces(before: str, after: str) -> Iterator[Piece]:
    """Whole lines that stayed, came or went, one file a line; the same lines in another order are said to be so."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    if sorted(before.splitlines()) == sorted(after.splitlines()):
        yield Piece("same", _("Đổi thứ tự.") + "\n")
    matcher = difflib.SequenceMatcher(a=[x.strip() for x in old], b=[x.strip() for x in new], autojunk=False)
    for op, a1, a2, b1, b2 in matcher.get_opcodes():
        if op == "equal":
            yield Piece("same", "".join(new[b1:b2]))
            continue
        if a1 < a2:
            yield Piece("removed", "".join(old[a1:a2]))
        if b1 < b2:
            yield Piece("added", "".join(new[b1:b2]))


def word_pieces(before: str, after: str) -> Iterator[Piece]:
    """Runs of words that stayed, came or went."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    if before and after and matcher.ratio() < _ALIKE:
        yield from (Piece("removed", before), Piece("added", after))
        return
    at = 0
    for a1, a2, b1, b2 in _runs_of_change(matcher.get_opcodes(), old):
        if at < a1:
            yield Piece("same", "".join(old[at:a1]))
        if a1 < a2:
            yield Piece("removed", "".join(old[a1:a2]))
        if b1 < b2:
            yield Piece("added", "".join(new[b1:b2]))
        at = a2
    if at < len(old):
        yield Piece("same", "".join(old[at:]))


def _runs_of_change(opcodes: Iterable[tuple[str, int, int, int, int]], old: list[str]) -> list[_Run]:
    """The changed places; two with less than two words between them are one, as nobody reads crumbs."""
    runs: list[_Run] = []
    for op, a1, a2, b1, b2 in opcodes:
        if op == "equal":
            continue
        if runs and sum(not word.isspace() for word in old[runs[-1][1] : a1]) < _WORDS_BETWEEN:
            a1, _a2, b1, _b2 = runs.pop()
        runs.append((a1, a2, b1, b2))
    return runs
