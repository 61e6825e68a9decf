"""Differences of two contents, field by field and word by word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core.differences import Piece, line_pieces, word_pieces

from .content import FIELDS, PRIVATE, mask, target_label
from .enums import PeopleShown

#: Compared file by file.
_FILES = frozenset({"photos", "documents"})


@dataclass(frozen=True)
class Change:
    """One part that differs, with both texts and the marked words; of a masked one the texts are covered."""

    target: str
    label: str
    before: str
    after: str
    pieces: tuple[Piece, ...]
    masked: bool = False


def changes_between(before: dict[str, Any], after: dict[str, Any], *, show_private: bool = False) -> list[Change]:
    """The parts of the content that differ, in the order of the form; private values are masked unless shown."""
    kind = after["kind"]
    old, new = dict(_parts(before)), dict(_parts(after))
    order = [*FIELDS, *[t for t in {**old, **new} if t not in FIELDS]]
    return [
        _change(target, target_label(target, kind), old.get(target, ""), new.get(target, ""), show_private)
        for target in order
        if old.get(target, "") != new.get(target, "")
    ]


def _parts(content: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield from content["fields"].items()
    yield "achievements", "\n".join(_achievement_line(a) for a in content["achievements"])
    for claim in content["criteria"]:
        yield claim["code"], claim_line(claim)
    for target, kind in (("photos", "photo"), ("documents", "document")):
        yield target, "\n".join(_file_line(a) for a in content["attachments"] if a["kind"] == kind)


def _achievement_line(row: dict[str, Any]) -> str:
    figure = " ".join(filter(None, (row["figure"], row["measure"])))
    return " – ".join(filter(None, (row["description"], figure, row["period"])))


def claim_line(claim: dict[str, Any]) -> str:
    """A claim in one line."""
    answer = {True: _("Đạt"), False: _("Chưa đạt"), None: ""}[claim["is_met"]]
    return ": ".join(filter(None, (answer, claim["evidence"])))


def _file_line(row: dict[str, Any]) -> str:
    # Versions frozen before it was asked who is shown hold no "people".
    people = row.get("people")
    words = (row["name"], row["caption"], str(PeopleShown(people).label) if people else "")
    return " – ".join(filter(None, words))


def _change(target: str, label: str, before: str, after: str, show_private: bool) -> Change:
    if target in PRIVATE and not show_private:
        words = Piece("same", _("Đã thay đổi (thông tin riêng, không hiện ở đây)"))
        return Change(
            target, label, mask(before) if before else "", mask(after) if after else "", (words,), masked=True
        )
    pieces = line_pieces if target in _FILES else word_pieces
    return Change(target, label, before, after, tuple(pieces(before, after)))
