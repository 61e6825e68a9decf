"""Parts that higher apps put on the page of the own account: a template and what it shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .models import User


@dataclass(frozen=True)
class AccountPart:
    """A section of the page: `template` is included with the result of `context` as `part`."""

    template: str
    context: Callable[[User], Any]


_parts: list[AccountPart] = []


def register_part(part: AccountPart) -> None:
    """Let an app add a section to the page of the own account."""
    if part not in _parts:
        _parts.append(part)


def parts_for(user: User) -> list[tuple[str, Any]]:
    """(template, what it shows) of every section for one person."""
    return [(part.template, part.context(user)) for part in _parts]
