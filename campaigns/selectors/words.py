"""How tasks and milestones stand, as a state of the portal's badge and a short word."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.enums import TaskState
from campaigns.models import Milestone, UnitTask
from core.dates import format_date

from .numbers import Numbers

#: A due date this near is shown with the days that are left.
SOON = 7


def ladder_words(steps: Sequence[int]) -> str:
    """The steps of a ladder in words: days before the due date, the day itself, days after it."""
    before = ", ".join(str(-step) for step in steps if step < 0)
    after = ", ".join(str(step) for step in steps if step > 0)
    parts = [
        _("trước hạn %(days)s ngày") % {"days": before} if before else "",
        _("đúng ngày hạn") if 0 in steps else "",
        _("quá hạn %(days)s ngày") % {"days": after} if after else "",
    ]
    return "; ".join(part for part in parts if part)


def owed_word(is_returned: bool, wanted: datetime.date | None = None) -> str:
    """What a unit has not done, and the day to which it asks to move it.

    A report that was received and returned is not one that never came.
    """
    word = _("Chưa bổ sung") if is_returned else _("Chưa nộp")
    if wanted is None:
        return word
    return _("%(word)s, xin gia hạn đến %(day)s") % {"word": word, "day": format_date(wanted)}


class Standing(NamedTuple):
    """The badge's state and its word."""

    look: str
    word: str


def task_standing(
    state: str,
    due: datetime.date,
    return_due: datetime.date | None,
    asked: bool,
    opens: datetime.date,
    today: datetime.date,
    *,
    closed: bool = False,
) -> Standing:
    """How one task stands, short enough for a cell of the grid; nothing is late in a programme that is closed."""
    if state == TaskState.ACCEPTED:
        return Standing("done", _("Đã nhận"))
    if state == TaskState.SUBMITTED:
        return Standing("waiting", _("Chờ nhận"))
    if closed:
        return Standing("ended", owed_word(state == TaskState.RETURNED))
    day = return_due or due
    if day < today:
        words = _("Quá hạn %(days)d ngày, xin gia hạn") if asked else _("Quá hạn %(days)d ngày")
        return Standing("overdue", words % {"days": (today - day).days})
    if state == TaskState.RETURNED:
        return Standing("returned", _("Cần bổ sung"))
    if asked:
        return Standing("asked", _("Xin gia hạn"))
    return _open_standing(due, opens, today)


def _open_standing(due: datetime.date, opens: datetime.date, today: datetime.date) -> Standing:
    if opens > today:
        return Standing("draft", _("Chưa đến kỳ"))
    left = (due - today).days
    if left == 0:
        return Standing("due_soon", _("Hạn hôm nay"))
    if left <= SOON:
        return Standing("due_soon", _("Còn %(days)d ngày") % {"days": left})
    return Standing("open", _("Chưa nộp"))


def withdrawal_words(task: UnitTask, given: datetime.date | None, today: datetime.date) -> str:
    """What taking a report back means for its day; `given` is the day by which a returned one is owed again."""
    if given:
        words = _("Rút thì báo cáo lại là cần bổ sung, hạn %(day)s; ngày nộp lần đầu vẫn được giữ.")
        return words % {"day": format_date(given)}
    if task.due < today:
        words = _("Rút thì coi như chưa nộp. Hạn %(day)s đã qua nên nộp lại thì ghi là nộp muộn.")
    else:
        words = _("Rút thì coi như chưa nộp; nộp lại sau hạn %(day)s thì ghi là nộp muộn.")
    return words % {"day": format_date(task.due)}


def withdrawn_words(task: UnitTask, today: datetime.date) -> str:
    """The same of a report that was taken back just now."""
    if task.return_due:
        words = _("Đã rút báo cáo. Nộp lại chậm nhất ngày %(day)s; ngày nộp lần đầu vẫn được giữ.")
        return words % {"day": format_date(task.return_due)}
    if task.due < today:
        words = _("Đã rút báo cáo, coi như chưa nộp. Hạn %(day)s đã qua nên nộp lại thì ghi là nộp muộn.")
    else:
        words = _("Đã rút báo cáo, coi như chưa nộp. Nộp lại sau hạn %(day)s thì ghi là nộp muộn.")
    return words % {"day": format_date(task.due)}


def milestone_standing(milestone: Milestone, numbers: Numbers, today: datetime.date) -> Standing:
    """How a milestone stands for those who are counted in `numbers`."""
    if milestone.is_event:
        done = milestone.due <= today
        return Standing("done", _("Đã diễn ra")) if done else Standing("open", _("Sắp tới"))
    if not milestone.is_published:
        return Standing("draft", _("Chưa công bố"))
    if milestone.programme.is_closed and not 0 < numbers.expected == numbers.handed_in:
        return Standing("ended", _("Chương trình đã đóng"))
    if milestone.opens > today:
        return Standing("open", _("Chưa đến kỳ"))
    if numbers.late and not milestone.programme.is_closed:
        words = ngettext("%(n)d đơn vị chậm", "%(n)d đơn vị chậm", numbers.late)
        return Standing("overdue", words % {"n": numbers.late})
    if numbers.expected and numbers.accepted == numbers.expected:
        return Standing("done", _("Đã xong"))
    if numbers.expected and numbers.handed_in == numbers.expected:
        return Standing("waiting", _("Đã nộp đủ"))
    return _running(milestone, today)


def _running(milestone: Milestone, today: datetime.date) -> Standing:
    left = (milestone.due - today).days
    if left < 0:
        return Standing("ended", _("Đã qua hạn"))
    if left == 0:
        return Standing("due_soon", _("Hạn hôm nay"))
    words = ngettext("Còn %(days)d ngày", "Còn %(days)d ngày", left) % {"days": left}
    return Standing("due_soon" if left <= SOON else "running", words)
