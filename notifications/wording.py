"""The words of reminders: pure functions of what is owed and the day on which it is told (ux.md, e-mails)."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.dates import format_date
from core.text import shorten

from .ladder import next_step_day
from .owed import Audience, LateLine, OwedLine
from .reminder_models import Tier

#: Phones cut a subject near 40 characters; no longer one than this.
SUBJECT_LENGTH = 60
#: Lines of one digest; the rest is a link.
LINES = 20
_UNITS_NAMED = 12
#: What a long name of a unit leaves of a subject for the duty.
_LEAST_OF_DUTY = 20


@dataclass(frozen=True)
class Entry:
    """One thing owed as one person is told of it: why, who has the duty, on which days it was told before."""

    line: OwedLine
    tier: str
    officers: tuple[str, ...] = ()
    told_on: tuple[datetime.date, ...] = ()

    @property
    def by_unit(self) -> bool:
        """What the office itself owes names who has it in hand in its own note."""
        return self.line.audience is Audience.UNIT


@dataclass(frozen=True)
class News:
    """What a digest tells besides duties: title and beginning of each letter, and the link to all of them."""

    items: tuple[tuple[str, str], ...]
    label: str
    path: str


@dataclass(frozen=True)
class Digest:
    """What one person is told on one day: title, sentences, a list with links, links with a label, news, a last word.

    Whatever else a day tells goes with the duties, as `parts` with a title of their own and as news, so that nobody
    gets two mails.
    """

    title: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[tuple[str, str], ...] = ()
    actions: tuple[tuple[str, str], ...] = ()
    parts: tuple[Digest, ...] = ()
    news: News | None = None
    closing: str = ""
    path: str = field(default_factory=lambda: settings.LOGIN_REDIRECT_URL)

    @property
    def body(self) -> str:
        """The words without links, for the notice on the portal and as the record of what was told."""
        listed = [f"– {words}" for words, _path in self.items]
        more = (f"{part.title}\n\n{part.body}" for part in self.parts)
        words = (*self.paragraphs, "\n".join(listed), *more, self._news_words())
        return "\n\n".join(part for part in words if part)

    def _news_words(self) -> str:
        if self.news is None:
            return ""
        return "\n".join([_("Tin mới:"), *(f"– {title}\n  {words}" for title, words in self.news.items)])


def digest_for(entries: Sequence[Entry], day: datetime.date) -> Digest:
    """The digest of one day, most urgent first; one thing alone gets a mail of its own words."""
    ordered = sorted(entries, key=_urgency)
    return _alone(ordered[0], day) if len(ordered) == 1 else _together(ordered, day)


def _urgency(entry: Entry) -> tuple[datetime.date, str, int]:
    return entry.line.due, entry.line.title, entry.line.subject_id


def with_parts(digest: Digest | None, parts: Sequence[Digest]) -> Digest | None:
    """One digest of duties and parts: the first part stands for duties that are not there; None of nothing."""
    if digest is None:
        return with_parts(parts[0], parts[1:]) if parts else None
    known = set(digest.actions)
    own = (replace(part, actions=tuple(one for one in part.actions if one not in known)) for part in parts)
    return replace(digest, parts=tuple(own))


def _alone(entry: Entry, day: datetime.date) -> Digest:
    own = entry.tier == Tier.OWNER
    line = entry.line
    links = [(_("Làm tiếp") if own else _("Xem chi tiết"), line.path)]
    if own and line.extend_path:
        links.append((_("Cần thêm thời gian"), line.extend_path))
    return Digest(
        title=own_subject(line, day) if own else escalation_subject(line, day),
        paragraphs=tuple(part for part in (_sentence(line, day), *_details(entry)) if part),
        actions=tuple(links),
        closing=_closing(line, day),
        path=line.path,
    )


def _sentence(line: OwedLine, day: datetime.date) -> str:
    values = {"what": _capital(_duty(line)), "unit": line.unit_name, "day": long_day(line.due)}
    values["left"] = left_words(line.due, day)
    if line.due < day:
        return _("%(what)s của %(unit)s đã %(left)s (hạn %(day)s).") % values
    return _("%(what)s của %(unit)s đến hạn %(day)s (%(left)s).") % values


def _details(entry: Entry) -> list[str]:
    line = entry.line
    if entry.tier == Tier.OWNER:
        missing = _("Còn thiếu: %(missing)s.") % {"missing": line.missing} if line.missing else ""
        return [line.note, missing.replace("….", "…")]
    return [line.note, _told_words(entry)]


def _told_words(entry: Entry) -> str:
    if not entry.by_unit:
        words = [_("Chưa có chuyên viên phụ trách.")] if entry.tier == Tier.UNMANNED else []
    elif entry.tier == Tier.UNMANNED or not entry.officers:
        words = [_("Chưa có cán bộ phụ trách đang làm việc, nên lời nhắc gửi tới đây.")]
    else:
        words = [_("Cán bộ phụ trách: %(names)s.") % {"names": ", ".join(entry.officers)}]
    if entry.told_on:
        words.append(_("Đã nhắc ngày %(days)s.") % {"days": ", ".join(short_day(d) for d in entry.told_on)})
    return " ".join(words)


def _closing(line: OwedLine, day: datetime.date) -> str:
    plan = _("Thư này gửi theo lịch nhắc của %(plan)s.") % {"plan": line.plan} if line.plan else ""
    following = next_step_day(line.due, line.steps, day)
    after = _("Lần nhắc sau: %(day)s.") % {"day": short_day(following, day)} if following else ""
    paper = _("Đã nộp bản giấy? Trả lời thư này.") if line.audience is Audience.UNIT and line.extend_path else ""
    return " ".join(part for part in (plan, after, paper) if part)


def _together(entries: Sequence[Entry], day: datetime.date) -> Digest:
    late = sum(entry.line.due < day for entry in entries)
    counts = [
        _("%(n)d quá hạn") % {"n": late} if late else "",
        _("%(n)d sắp đến hạn") % {"n": len(entries) - late} if len(entries) > late else "",
    ]
    title = _("Việc cần làm sáng %(day)s: %(counts)s") % {
        "day": short_day(day),
        "counts": ", ".join(part for part in counts if part),
    }
    hidden = len(entries[LINES:])
    more = ngettext("Còn %(n)d việc nữa", "Còn %(n)d việc nữa", hidden) % {"n": hidden} if hidden else ""
    return Digest(
        title=title,
        items=tuple((item_words(entry, day), entry.line.path) for entry in _shown(entries)),
        actions=((more or _("Mở bàn làm việc"), settings.LOGIN_REDIRECT_URL),),
    )


def _shown(entries: Sequence[Entry]) -> list[Entry]:
    """What a digest has room for: all that is the reader's own to do before what is late with others."""
    own_first = sorted(entries, key=lambda entry: entry.tier != Tier.OWNER)
    return sorted(own_first[:LINES], key=_urgency)


def item_words(entry: Entry, day: datetime.date) -> str:
    """One line of a digest: how urgent, what, which unit, what is known of it."""
    line = entry.line
    what = _unstopped(line.title) if entry.tier == Tier.OWNER else _capital(_duty(line))
    head = _("%(left)s (%(day)s): %(what)s – %(unit)s.") % {
        "left": _capital(left_words(line.due, day)),
        "day": format_date(line.due),
        "what": what,
        "unit": line.unit_name,
    }
    told = "" if entry.tier == Tier.OWNER else _told_words(entry)
    note = "" if told and entry.by_unit else line.note
    return " ".join(part for part in (head, note, told) if part)


def own_subject(line: OwedLine, day: datetime.date) -> str:
    """“Hạn 15/6: báo cáo sơ kết 3 năm – xã Vĩnh Hựu”, at most 60 characters."""
    if line.due < day:
        head = _capital(left_words(line.due, day))
    elif line.due == day:
        head = _("Hạn hôm nay, %(day)s") % {"day": short_day(day)}
    else:
        head = _("Hạn %(day)s") % {"day": short_day(line.due, day)}
    what = _duty(line)
    unit = _unit_beside(line, f"{head}:  – ", what)
    return _fitted(f"{head}: ", what, f" – {unit}")


def escalation_subject(line: OwedLine, day: datetime.date) -> str:
    """“Xã Vĩnh Hựu: báo cáo sơ kết quá hạn 5 ngày”: the work, without blame."""
    left = left_words(line.due, day) if line.due < day else _("đến hạn %(day)s") % {"day": short_day(line.due, day)}
    what = _duty(line)
    unit = _capital(_unit_beside(line, f":  {left}", what))
    return _fitted(f"{unit}: ", what, f" {left}")


def _unit_beside(line: OwedLine, others: str, what: str) -> str:
    """The unit in a subject: in full where the whole fits, else by its short name, cut where that is too long still."""
    if len(line.unit_name) + len(others) + len(what) <= SUBJECT_LENGTH:
        return line.unit_name
    room = SUBJECT_LENGTH - len(others) - min(len(what), _LEAST_OF_DUTY)
    return shorten(line.unit_short or line.unit_name, room)


def _fitted(head: str, middle: str, tail: str) -> str:
    """A subject whose middle is shortened to what head and tail leave of it."""
    return f"{head}{shorten(middle, SUBJECT_LENGTH - len(head) - len(tail))}{tail}"


def monday_summary(lines: Sequence[LateLine], day: datetime.date) -> Digest:
    """What is late, for those who lead the district: one item for each milestone."""
    cases = sum(len(line.units) for line in lines)
    title = _("Tiến độ sáng %(day)s: %(cases)d lượt chậm ở %(milestones)d mốc") % {
        "day": short_day(day),
        "cases": cases,
        "milestones": len(lines),
    }
    return Digest(
        title=title,
        paragraphs=(_("Các đơn vị quá hạn tính đến %(day)s:") % {"day": long_day(day)},),
        items=tuple((_late_words(line), line.path) for line in lines[:LINES]),
        actions=((_("Mở bàn làm việc"), settings.LOGIN_REDIRECT_URL),),
    )


def _late_words(line: LateLine) -> str:
    count = len(line.units)
    named = ", ".join(line.units[:_UNITS_NAMED])
    if count > _UNITS_NAMED:
        named = _("%(named)s và %(n)d đơn vị khác") % {"named": named, "n": count - _UNITS_NAMED}
    words = ngettext("%(n)d đơn vị chậm", "%(n)d đơn vị chậm", count) % {"n": count}
    return f"{line.title}: {words} ({named})."


def left_words(due: datetime.date, day: datetime.date) -> str:
    """How far a due date is: “còn 10 ngày”, “đúng hạn hôm nay”, “quá hạn 5 ngày”."""
    days = (due - day).days
    if days == 0:
        return _("hạn hôm nay")
    if days > 0:
        return ngettext("còn %(n)d ngày", "còn %(n)d ngày", days) % {"n": days}
    return ngettext("quá hạn %(n)d ngày", "quá hạn %(n)d ngày", -days) % {"n": -days}


def long_day(day: datetime.date) -> str:
    """“thứ Năm, 15/6/2023”."""
    names = (_("thứ Hai"), _("thứ Ba"), _("thứ Tư"), _("thứ Năm"), _("thứ Sáu"), _("thứ Bảy"), _("Chủ nhật"))
    return f"{names[day.weekday()]}, {format_date(day)}"


def short_day(day: datetime.date, seen_from: datetime.date | None = None) -> str:
    """“15/6”, with the year when it is another one."""
    return format_date(day) if seen_from and seen_from.year != day.year else f"{day.day}/{day.month}"


def _duty(line: OwedLine) -> str:
    """The duty as a noun."""
    return _unstopped(line.short or line.title)


def _unstopped(words: str) -> str:
    """Words that go on inside a sentence: a recommendation may end with a full stop of its own."""
    return words.rstrip(" .")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
