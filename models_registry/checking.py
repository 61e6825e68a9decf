"""What the form and the page before sending say about a record: every line with its link, every part with its word."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField
from django.utils.translation import gettext as _

from .content import PRIVATE, category_of, is_blank, mask, sections_for, specs_for
from .enums import Category


@dataclass(frozen=True)
class CheckedLine:
    """One field as it will be sent; empty ones stand there too, so that nobody is surprised by them."""

    target: str
    label: str
    value: str
    prose: bool
    missing: bool


@dataclass(frozen=True)
class CheckedSection:
    """A section of the page before sending."""

    code: str
    title: str
    lines: list[CheckedLine]
    parts: tuple[str, ...] = ()


#: What sections hold besides fields.
_PARTS = {"thanh-tich": ("achievements",), "tieu-chi": ("criteria",), "anh-tep": ("files",)}


def checked_sections(content: dict[str, Any], missing: Collection[str]) -> list[CheckedSection]:
    """All fields of this kind of record, section by section; day of birth and telephone are covered as elsewhere."""
    kind = content["kind"]
    return [
        CheckedSection(
            section.code,
            str(section.title),
            [
                CheckedLine(s.name, s.label_for(kind), _value(content, s.name), s.prose, s.name in missing)
                for s in specs_for(section, content)
            ],
            _parts(section.code, content),
        )
        for section in sections_for(content)
    ]


def _parts(code: str, content: dict[str, Any]) -> tuple[str, ...]:
    if code == "thanh-tich" and category_of(content) == Category.GOOD_DEED:
        return ()
    return _PARTS.get(code, ())


def _value(content: dict[str, Any], name: str) -> str:
    value = content["fields"].get(name, "")
    if name == "consent" or not value:
        return value
    return mask(value) if name in PRIVATE and not is_blank(content, name) else value


def task_look(part: dict[str, Any]) -> str:
    """How a part of the form stands: open, missing or done."""
    if not part["started"]:
        return "open"
    return "missing" if part["missing"] else "done"


def task_word(part: dict[str, Any]) -> str:
    """The same in words."""
    words = {
        "open": _("Chưa làm"),
        "missing": _("Còn thiếu %(count)s mục") % {"count": part["missing"]},
        "done": _("Xong"),
    }
    return words[task_look(part)]


def plain_value(value: Any) -> str:
    """A stored value as a form field carries it."""
    if isinstance(value, bool):
        return "on" if value else ""
    return "" if value is None else str(value)


def shown_value(bound: BoundField, value: Any) -> str:
    """A stored value in words, for a person to compare."""
    if isinstance(value, bool):
        return _("Có đánh dấu") if value else _("Không đánh dấu")
    choices = {str(key): str(label) for key, label in getattr(bound.field, "choices", ())}
    return choices.get(plain_value(value), plain_value(value)) if choices else plain_value(value)
