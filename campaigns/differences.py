"""Differences of two versions of a report: sections word by word, figures and files line by line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core.differences import Piece, line_pieces, word_pieces
from core.numbers import format_number

from .enums import FileKind


@dataclass(frozen=True)
class Change:
    """One part that differs, with the marked words."""

    target: str
    label: str
    pieces: tuple[Piece, ...]


def changes_between(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """The parts that differ, in the order of the later version."""
    old, new = _texts(before), _texts(after)
    changes = [
        _change(key, new.get(key) or old[key], old.get(key, ("", ""))[1], new.get(key, ("", ""))[1])
        for key in {**new, **old}
    ]
    lines = [
        ("figures", _("Số liệu"), _figure_lines(before), _figure_lines(after)),
        ("files", _("Tệp kèm theo"), _file_lines(before), _file_lines(after)),
    ]
    changes += [Change(t, label, tuple(line_pieces(a, b))) for t, label, a, b in lines if a != b]
    return [change for change in changes if change]


def _change(key: str, titled: tuple[str, str], before: str, after: str) -> Change | None:
    return Change(key, titled[0], tuple(word_pieces(before, after))) if before != after else None


def _texts(content: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {f"section-{row['key']}": (row["title"], row["text"].strip()) for row in content["sections"]}


def _figure_lines(content: dict[str, Any]) -> str:
    return "\n".join(figure_words(row) for row in content["figures"])


def figure_words(row: dict[str, Any]) -> str:
    """A figure of a version in one line."""
    value = "–" if row["typed"] is None else format_number(row["typed"])
    told = f"{row['label']}: {value}"
    return f"{told} ({row['reason']})" if row["reason"] else told


def _file_lines(content: dict[str, Any]) -> str:
    return "\n".join(f"{row['name']} – {FileKind(row['kind']).label}" for row in content["files"])
