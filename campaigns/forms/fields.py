"""Fields of the schedule's forms: many choices, the ladder of reminders, the outline of a report."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from campaigns.content import chapter_keys
from campaigns.ladder import check_steps
from core.forms import LineField, ProseField
from core.forms.fields import PortalField

_KEY = re.compile(r"((?:[IVX]+|\d+)(?:\.\d+)*)\.?\s")
MAX_PARTS = 40
LONGEST_NUMBER, LONGEST_TITLE = 20, 300


class ManyChoiceField(PortalField, forms.MultipleChoiceField):
    """Some choices of a fixed list, as boxes to tick."""

    widget = forms.CheckboxSelectMultiple

    def validate(self, value: list[str]) -> None:
        """Refuse what is not in the list."""
        PortalField.validate(self, value)
        if unknown := [item for item in value if not self.valid_value(item)]:
            raise ValidationError(
                _("“%(typed)s” không có trong danh sách. Chọn lại trong danh sách.") % {"typed": unknown[0][:40]}
            )


class LadderField(LineField):
    """Days from the due date with commas between; empty means that the programme's hold."""

    def to_python(self, value: Any) -> Any:
        """The steps as a rising list, None for nothing typed."""
        text = super().to_python(value)
        if not text:
            return None
        parts = [part.strip().replace("\u2212", "-") for part in text.replace(";", ",").split(",") if part.strip()]
        if not all(re.fullmatch(r"[+-]?\d{1,3}", part, re.ASCII) for part in parts):
            raise ValidationError(_("Ghi bậc nhắc bằng các số ngày, ví dụ: -30, -14, -7, -3, -1, 0, 1, 3, 7."))
        steps = [int(part) for part in parts]
        check_steps(steps)
        return steps

    def prepare_value(self, value: Any) -> Any:
        """The steps as they are typed."""
        return ", ".join(str(step) for step in value) if isinstance(value, list) else value


class OutlineField(ProseField):
    """The sections of a report, one a line: “II.1. Tuyên truyền | gợi ý”, a star at the end of what is required."""

    def to_python(self, value: Any) -> Any:
        """The sections as the milestone keeps them; a section keeps its key by its number."""
        lines = [line.strip() for line in super().to_python(value).splitlines() if line.strip()]
        if len(lines) > MAX_PARTS:
            raise ValidationError(_("Đề cương nhiều nhất %(most)d mục. Gộp bớt mục.") % {"most": MAX_PARTS})
        parts = [_part(line, place) for place, line in enumerate(lines, start=1)]
        _refuse_unusable(parts)
        keys = [part["key"] for part in parts]
        if again := next((key for key in keys if keys.count(key) > 1), ""):
            raise ValidationError(_("Số mục “%(key)s” ghi hai lần. Đánh số lại các mục.") % {"key": again})
        chapters = chapter_keys(keys)
        return [part | {"required": part["required"] and part["key"] not in chapters} for part in parts]

    def prepare_value(self, value: Any) -> Any:
        """The sections as they are typed."""
        return "\n".join(_line(part) for part in value) if isinstance(value, list) else value


def _part(line: str, place: int) -> dict[str, Any]:
    head, _bar, hint = (text.strip() for text in line.partition("|"))
    title = head.rstrip("*").strip()
    number = _KEY.match(title + " ")
    return {"key": number[1] if number else f"m{place}", "title": title, "hint": hint, "required": head.endswith("*")}


def _refuse_unusable(parts: Sequence[Mapping[str, Any]]) -> None:
    """A section is named by its number and its title: neither may be missing or too long to be shown."""
    for place, part in enumerate(parts, start=1):
        if not part["title"]:
            raise ValidationError(_("Dòng %(line)d của đề cương chưa có tên mục.") % {"line": place})
        if len(part["key"]) > LONGEST_NUMBER or max(len(part["title"]), len(part["hint"])) > LONGEST_TITLE:
            raise ValidationError(
                _("Dòng %(line)d của đề cương quá dài. Rút gọn số mục, tên mục hoặc gợi ý.") % {"line": place}
            )


def _line(part: dict[str, Any]) -> str:
    star = " *" if part.get("required") else ""
    hint = f" | {part['hint']}" if part.get("hint") else ""
    return f"{part['title']}{star}{hint}"
