"""How far the reports of tasks are, in the words of a reminder (notifications/owed.py)."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from .content import Standing, standings_of
from .owed import Progress, use_progress

#: A mail names so many things that are missing.
NAMED = 4


def progress_of(ids: Collection[int]) -> dict[int, Progress]:
    """How far reports are and what they lack; a report of which nothing is asked but counted figures is left out."""
    return {pk: _progress(standing) for pk, standing in standings_of(ids).items() if standing.wanted}


def _progress(standing: Standing) -> Progress:
    named = [f"({number}) {item.name}" for number, item in enumerate(standing.missing[:NAMED], 1)]
    more = ["…"] if len(standing.missing) > NAMED else []
    return Progress(_note(standing), "; ".join([*named, *more]))


def _note(standing: Standing) -> str:
    """A single item is there or missing: that is said by its name alone."""
    if not standing.missing:
        done = _("Báo cáo đã đủ nội dung, chỉ còn gửi nộp.")
        return _("Sửa theo lý do trả lại rồi gửi lại báo cáo.") if standing.is_returned else done
    there = {"there": standing.wanted - len(standing.missing), "wanted": standing.wanted}
    if standing.wanted == 1:
        return ""
    begun = _("Hiện đã có %(there)d trong %(wanted)d phần phải nộp (mục viết, số liệu, tệp).")
    none = _("Hiện chưa có phần nào trong %(wanted)d phần phải nộp (mục viết, số liệu, tệp).")
    return (begun if there["there"] else none) % there


def register() -> None:
    """Let reminders say how far the reports are."""
    use_progress(progress_of)
