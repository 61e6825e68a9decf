"""Two tabs, two people, one record: a three-way merge by field, in which nothing that was typed is lost.

The form carries a fingerprint of each value it was opened with. Where only the other side changed a field, the
other's value is taken; where only this side did, this one's; where both did, both texts are shown and nothing is
written until the person chooses (docs/registry.md, Two tabs).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from core.text import clean_prose

#: The fingerprints of the largest form are a tenth of this.
MAX_PRINTS = 20_000


@dataclass(frozen=True)
class Merge:
    """The posted data with the other's changes taken in, and the fields that both sides changed."""

    data: QueryDict
    conflicts: dict[str, Any]
    taken: list[str]


def fingerprint(value: Any) -> str:
    """Eight hex digits that change when the value does; forms of nothing are the same nothing."""
    if isinstance(value, bool):
        value = "on" if value else ""
    text = clean_prose(str(value)) if value not in (None, "") else ""
    return hashlib.sha256(text.encode()).hexdigest()[:8] if text else ""


def fingerprints(values: Mapping[str, Any]) -> str:
    """Fingerprints of the values a form opens with, as the form carries them."""
    prints = {name: mark for name, value in values.items() if (mark := fingerprint(value))}
    return json.dumps(prints, separators=(",", ":"))


def read_fingerprints(text: str) -> dict[str, str]:
    """What a form brought back; anything unreadable counts as none."""
    try:
        found = json.loads(text[:MAX_PRINTS])
    except (ValueError, RecursionError):
        return {}
    return {k: v for k, v in found.items() if isinstance(v, str)} if isinstance(found, dict) else {}


def merge(posted: QueryDict, base: Mapping[str, str], current: Mapping[str, Any], names: list[str]) -> Merge:
    """Merge `posted` with what stands now, field by field, by the fingerprints of the common base."""
    data, conflicts, taken = posted.copy(), {}, []
    for name in names:
        opened, stands, typed = base.get(name, ""), fingerprint(current.get(name)), fingerprint(posted.get(name))
        if stands in (opened, typed):
            continue
        if typed == opened:
            _take(data, name, current.get(name))
            taken.append(name)
        else:
            conflicts[name] = current.get(name)
    return Merge(data, conflicts, taken)


def _take(data: QueryDict, name: str, value: Any) -> None:
    if value in (None, "", False):
        data.pop(name, None)
    else:
        data[name] = "on" if value is True else str(value)
