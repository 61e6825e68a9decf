"""The proof of reminders: which step was due, sent, failed or left out, and why; for each milestone and unit."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from campaigns.access_rows.reminders import READERS
from campaigns.models import Milestone, UnitTask
from campaigns.owed import SUBJECT
from core import clock
from core.dates import format_date
from core.spreadsheets import Cell
from notifications.ladder import newest_step, step_day
from notifications.models import Reminder
from notifications.reminder_models import ReminderState, Tier

if TYPE_CHECKING:
    from organizations.models import User

#: Rows of one spreadsheet.
MOST_ROWS = 100_000
#: State of a reminder → look and icon of its badge.
LOOKS = {
    ReminderState.SENT.value: "done",
    ReminderState.FAILED.value: "overdue",
    ReminderState.SKIPPED.value: "hold",
    ReminderState.PLANNED.value: "waiting",
}


def milestones_of(user: User) -> QuerySet[Milestone]:
    """Published milestones with tasks in the scope of those who follow reminders, the latest due first."""
    tasks = UnitTask.objects.filter(unit__in=user.reach(*READERS))
    return Milestone.objects.published().filter(pk__in=tasks.values("milestone")).order_by("-due", "-pk")


class ProofFilter:
    """The filter of the proof, read from the address; what cannot be read is left out."""

    def __init__(self, asked: QueryDict, user: User) -> None:
        self.user = user
        self.milestones = list(milestones_of(user))
        wanted = asked.get("moc", "")
        self.milestone = next((m for m in self.milestones if str(m.pk) == wanted), None)
        self.units = user.unit_tree.choices(set(user.reach(*READERS)))
        self.unit = next((pk for pk, _name in self.units if str(pk) == asked.get("don-vi", "")), None)
        state = asked.get("ket-qua", "")
        self.state = state if state in ReminderState.values else ""

    @property
    def is_narrowed(self) -> bool:
        return bool(self.milestone or self.unit or self.state)

    @property
    def query(self) -> str:
        """The filter as the end of an address."""
        parts = QueryDict(mutable=True)
        for name, value in (("moc", self.milestone and self.milestone.pk), ("don-vi", self.unit)):
            if value:
                parts[name] = str(value)
        if self.state:
            parts["ket-qua"] = self.state
        return parts.urlencode()


def reminders_for(wanted: ProofFilter) -> QuerySet[Reminder]:
    """Reminders about tasks in the scope of who asks, the newest first."""
    rows = Reminder.objects.filter(subject_type=SUBJECT).within_reach(wanted.user.reach(*READERS))
    if wanted.milestone:
        rows = rows.filter(subject_id__in=UnitTask.objects.filter(milestone=wanted.milestone).values("pk"))
    if wanted.unit:
        rows = rows.filter(unit=wanted.unit)
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    return rows.select_related("unit", "recipient", "message").order_by("-planned_for", "-pk")


@dataclass(frozen=True)
class ProofRow:
    """One reminder in words."""

    reminder: Reminder
    milestone: str
    step: str
    look: str
    word: str
    detail: str


def proof_rows(reminders: Iterable[Reminder]) -> list[ProofRow]:
    """Rows of the proof: one further query for the names of the milestones."""
    found = list(reminders)
    tasks = UnitTask.objects.filter(pk__in={row.subject_id for row in found})
    titles = dict(tasks.values_list("pk", "milestone__short_title"))
    return [_proof_row(row, titles.get(row.subject_id, "")) for row in found]


def _proof_row(row: Reminder, milestone: str) -> ProofRow:
    return ProofRow(
        reminder=row,
        milestone=milestone,
        step=step_words(row.offset),
        look=LOOKS[row.state],
        word=str(ReminderState(row.state).label),
        detail=row.reason or _sent_words(row),
    )


def _sent_words(row: Reminder) -> str:
    if row.state != ReminderState.SENT or row.message is None:
        return ""
    if row.channel == "in_app":
        if row.message.read_at:
            return _("Đã đọc %(moment)s") % {"moment": _moment(row.message.read_at)}
        return _("Hiện trên cổng, chưa đọc")
    return _("%(moment)s tới %(address)s") % {"moment": _moment(row.message.sent_at), "address": row.message.sent_to}


def _moment(value: datetime.datetime | None) -> str:
    if value is None:
        return ""
    local = value.astimezone(clock.VIETNAM)
    return f"{local:%H:%M} {format_date(local.date())}"


def step_words(offset: int) -> str:
    """A step in words: “trước hạn 7 ngày”, “đúng hạn”, “quá hạn 3 ngày”."""
    if offset == 0:
        return _("Đúng hạn")
    if offset < 0:
        return _("Trước hạn %(n)d ngày") % {"n": -offset}
    return _("Quá hạn %(n)d ngày") % {"n": offset}


@dataclass(frozen=True)
class Step:
    """One cell of a unit's ladder: how it stands, in which look, when."""

    words: str
    look: str
    word: str
    day: datetime.date
    why: str = ""


@dataclass(frozen=True)
class UnitLadder:
    """The steps of one unit for one milestone."""

    unit: str
    due: datetime.date
    steps: list[Step]


def unit_ladders(milestone: Milestone, tasks: Sequence[UnitTask]) -> list[UnitLadder]:
    """The ladders of some tasks of one milestone: one query for all."""
    told: dict[tuple[int, datetime.date, int], list[tuple[str, str]]] = defaultdict(list)
    rows = Reminder.objects.filter(subject_type=SUBJECT, subject_id__in=[task.pk for task in tasks])
    for pk, due, offset, tier, state, reason in rows.order_by("pk").values_list(
        "subject_id", "due", "offset", "tier", "state", "reason"
    ):
        if tier in (Tier.OWNER, Tier.UNMANNED):
            told[pk, due, offset].append((state, reason))
    return [_ladder(milestone, task, told) for task in tasks]


def _ladder(milestone: Milestone, task: UnitTask, told: dict) -> UnitLadder:
    due, ladder = task.owed_by or task.due, milestone.steps
    steps = [_step(task, due, ladder, offset, told.get((task.pk, due, offset), [])) for offset in ladder]
    return UnitLadder(task.unit.name, due, steps)


#: What of several channels and people counts for a step: one that reached somebody, else what is worse.
_WORTH = (ReminderState.SENT, ReminderState.PLANNED, ReminderState.FAILED, ReminderState.SKIPPED)


def _step(task: UnitTask, due: datetime.date, ladder: Sequence[int], offset: int, told: list[tuple[str, str]]) -> Step:
    day, words = step_day(due, offset), step_words(offset)
    if told:
        state, reason = min(told, key=lambda one: _WORTH.index(ReminderState(one[0])))
        failed = next((why for other, why in told if other == ReminderState.FAILED), "")
        return Step(words, LOOKS[state], str(ReminderState(state).label), day, reason or failed)
    if not task.is_owed:
        return Step(words, "open", _("Đã nộp"), day)
    if day > clock.today():
        return Step(words, "open", _("Chưa tới ngày"), day)
    if newest_step(due, ladder, clock.today()) == offset:
        return Step(words, "waiting", _("Chờ lượt nhắc"), day)
    return Step(words, "hold", _("Không nhắc"), day, _("Chưa bật nhắc hạn, hoặc bậc sau đã thay."))


def sheet_columns() -> list[tuple[str, int]]:
    """The columns of the spreadsheet with their widths."""
    return [
        (_("Ngày nhắc"), 12),
        (_("Mốc"), 28),
        (_("Đơn vị"), 26),
        (_("Hạn"), 12),
        (_("Bậc nhắc"), 20),
        (_("Người nhận"), 24),
        (_("Vì sao nhận"), 18),
        (_("Cách gửi"), 14),
        (_("Kết quả"), 16),
        (_("Lúc gửi, lý do"), 48),
    ]


def sheet_rows(wanted: ProofFilter) -> Iterator[list[Cell]]:
    """The rows of the spreadsheet, exactly what is filtered, some thousands at a time."""
    rows = reminders_for(wanted)[:MOST_ROWS]
    batch: list[Reminder] = []
    for reminder in rows.iterator(chunk_size=2000):
        batch.append(reminder)
        if len(batch) == 2000:
            yield from map(_sheet_row, proof_rows(batch))
            batch = []
    yield from map(_sheet_row, proof_rows(batch))


def _sheet_row(row: ProofRow) -> list[Cell]:
    reminder = row.reminder
    return [
        reminder.planned_for,
        row.milestone,
        reminder.unit.name,
        reminder.due,
        row.step,
        reminder.recipient.full_name,
        str(Tier(reminder.tier).label),
        reminder.get_channel_display(),
        row.word,
        row.detail,
    ]
