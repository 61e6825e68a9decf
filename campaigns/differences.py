"""Differences of two versions of a report: sections word by word, figures and files line by line."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core.dates import format_date
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
        ("as_of", _("Số liệu tính đến ngày"), _day(before), _day(after)),
        ("figures", _("Số liệu"), _figure_lines(before), _figure_lines(after)),
        ("files", _("Tệp kèm theo"), _file_lines(before), _file_lines(after, since=before)),
    ]
    changes += [Change(t, label, tuple(line_pieces(a, b))) for t, label, a, b in lines if a != b]
    return [change for change in changes if change]


def _change(key: str, titled: tuple[str, str], before: str, after: str) -> Change | None:
    return Change(key, titled[0], tuple(word_pieces(before, after))) if before != after else None


def _texts(content: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {f"section-{row['key']}": (row["title"], row["text"].strip()) for row in content["sections"]}


def _day(content: dict[str, Any]) -> str:
    return format_date(datetime.date.fromisoformat(content["as_of"]))


def _figure_lines(content: dict[str, Any]) -> str:
    return "\n".join(figure_words(row) for row in content["figures"])


def figure_words(row: dict[str, Any]) -> str:
    """A figure of a version in one line."""
    value = "–" if row["typed"] is None else format_number(row["typed"])
    told = f"{row['label']}: {value}"
    return f"{told} ({row['reason']})" if row["reason"] else told


def _file_lines(content: dict[str, Any], since: dict[str, Any] | None = None) -> str:
    """A line for each file; one that took the name of a file of `since` says that it is another."""
    earlier = since["files"] if since else []
    ids, names = {row["id"] for row in earlier}, {_file_words(row) for row in earlier}
    lines = []
    for row in content["files"]:
        words = _file_words(row)
        is_other = words in names and row["id"] not in ids
        lines.append(_("%(file)s (tệp mới, cùng tên)") % {"file": words} if is_other else words)
    return "\n".join(lines)


def _file_words(row: dict[str, Any]) -> str:
    return f"{row['name']} – {FileKind(row['kind']).label}"
