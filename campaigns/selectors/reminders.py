"""The proof of reminders of every kind: what was sent, has failed or was left out, and why; on a page and a sheet."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from operator import or_
from typing import TYPE_CHECKING

from django.core.paginator import Page
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from campaigns.access_rows.reminders import READERS
from campaigns.models import Milestone, UnitTask
from campaigns.owed import SUBJECT
from campaigns.querysets import of_scopes
from core import clock
from core.dates import format_date
from core.numbers import format_number
from core.paging import CappedPaginator
from core.spreadsheets import Cell
from notifications.models import Reminder
from notifications.owed import Source, readable_ids, source_of, sources
from notifications.reminder_models import ReminderState, Tier

if TYPE_CHECKING:
    from organizations.models import User

#: Rows of one spreadsheet, and of one read.
MOST_ROWS = 100_000
CHUNK = 2000
NEWEST_FIRST = ("-planned_for", "-pk")
#: State of a reminder → look and icon of its badge.
LOOKS = {
    ReminderState.SENT.value: "done",
    ReminderState.FAILED.value: "overdue",
    ReminderState.SKIPPED.value: "hold",
    ReminderState.PLANNED.value: "waiting",
}


def milestones_of(user: User) -> QuerySet[Milestone]:
    """Published milestones with tasks in the scope of those who follow reminders, the latest due first."""
    tasks = UnitTask.objects.filter(of_scopes(user.access.paths(*READERS)))
    return Milestone.objects.published().filter(pk__in=tasks.values("milestone")).order_by("-due", "-pk")


class ProofFilter:
    """The filter of the proof, read from the address; what cannot be read is left out."""

    def __init__(self, asked: QueryDict, user: User) -> None:
        self.user = user
        self.milestones = list(milestones_of(user))
        wanted = asked.get("moc", "")
        self.milestone = next((m for m in self.milestones if str(m.pk) == wanted), None)
        self.reach = user.reach(*READERS)
        self.outside = dict(UnitTask.objects.answered_outside(user, *READERS).values_list("pk", "unit"))
        self.units = user.unit_tree.choices({*self.reach, *self.outside.values()})
        self.unit = next((pk for pk, _name in self.units if str(pk) == asked.get("don-vi", "")), None)
        self.kinds = [(source.subject_type, source.label) for source in sources()]
        self.kind = next((kind for kind, _label in self.kinds if kind == asked.get("loai", "")), "")
        self.sources = [source for source in sources() if self.kind in ("", source.subject_type)]
        state = asked.get("ket-qua", "")
        self.state = state if state in ReminderState.values else ""

    @property
    def is_narrowed(self) -> bool:
        return bool(self.milestone or self.unit or self.kind or self.state)

    @property
    def query(self) -> str:
        """The filter as the end of an address."""
        parts = QueryDict(mutable=True)
        milestone = self.milestone and self.milestone.pk
        for name, value in (
            ("moc", milestone),
            ("don-vi", self.unit),
            ("loai", self.kind),
            ("ket-qua", self.state),
        ):
            if value:
                parts[name] = str(value)
        return parts.urlencode()


def reminders_for(wanted: ProofFilter) -> QuerySet[Reminder]:
    """Reminders in the scope of who asks about what that person may read, the newest first."""
    return _narrowed(wanted, reduce(or_, [_readable(source, wanted) for source in wanted.sources], Q(pk__in=())))


def _readable(source: Source, wanted: ProofFilter) -> Q:
    return Q(subject_type=source.subject_type, subject_id__in=readable_ids(source, wanted.user))


def _narrowed(wanted: ProofFilter, condition: Q) -> QuerySet[Reminder]:
    rows = Reminder.objects.filter(condition)
    near = rows.within_reach(wanted.reach)
    outside = rows.filter(subject_type=SUBJECT, subject_id__in=list(wanted.outside))
    rows = near | outside if wanted.outside else near
    if wanted.milestone:
        tasks = UnitTask.objects.filter(milestone=wanted.milestone)
        rows = rows.filter(subject_type=SUBJECT, subject_id__in=tasks.values("pk"))
    if wanted.unit:
        rows = rows.filter(unit=wanted.unit)
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    return _in_full(rows).order_by(*NEWEST_FIRST)


def _in_full(rows: QuerySet[Reminder]) -> QuerySet[Reminder]:
    return rows.select_related("unit", "recipient", "message")


class ProofPaginator(CappedPaginator):
    """Pages of the proof. The newest of each kind are found by its index: all kinds at once would have to be sorted."""

    def __init__(self, wanted: ProofFilter, per_page: int) -> None:
        super().__init__(reminders_for(wanted), per_page)
        self.wanted = wanted

    def page(self, number: int | str) -> Page:
        number = self.validate_number(number)
        top = number * self.per_page
        kinds = [_narrowed(self.wanted, _readable(source, self.wanted))[:top] for source in self.wanted.sources]
        parts = [_in_full(Reminder.objects.filter(pk__in=kind.values("pk")).order_by()) for kind in kinds]
        rows = parts[0].union(*parts[1:], all=True).order_by(*NEWEST_FIRST)
        return Page(rows[top - self.per_page : top], number, self)


@dataclass(frozen=True)
class ProofRow:
    """One reminder in words."""

    reminder: Reminder
    kind: str
    what: str
    step: str
    look: str
    word: str
    sent: str

    @property
    def detail(self) -> str:
        """Why it was not sent, or when and where to it was."""
        return self.reminder.reason or self.sent


def proof_rows(reminders: Iterable[Reminder]) -> list[ProofRow]:
    """Rows of the proof: one further query for each kind of duty in it, for the names."""
    found = list(reminders)
    ids: dict[str, set[int]] = defaultdict(set)
    for row in found:
        ids[row.subject_type].add(row.subject_id)
    names = {kind: source.names(wanted) for kind, wanted in ids.items() if (source := source_of(kind))}
    return [_proof_row(row, names.get(row.subject_type, {}).get(row.subject_id, "")) for row in found]


def _proof_row(row: Reminder, what: str) -> ProofRow:
    source = source_of(row.subject_type)
    return ProofRow(
        reminder=row,
        kind=str(source.label) if source else "",
        what=what,
        step=step_words(row.offset),
        look=LOOKS[row.state],
        word=str(ReminderState(row.state).label),
        sent=_sent_words(row),
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


def sheet_columns() -> list[tuple[str, int]]:
    """The columns of the spreadsheet with their widths."""
    return [
        (_("Loại việc"), 22),
        (_("Việc"), 34),
        (_("Đơn vị"), 26),
        (_("Hạn"), 12),
        (_("Bậc nhắc"), 20),
        (_("Ngày nhắc"), 12),
        (_("Người nhận"), 24),
        (_("Vì sao nhận"), 18),
        (_("Cách gửi"), 14),
        (_("Kết quả"), 16),
        (_("Lý do"), 36),
        (_("Lúc gửi"), 36),
    ]


def sheet_rows(wanted: ProofFilter) -> Iterator[list[Cell]]:
    """The rows of the spreadsheet, exactly what is filtered, some thousands at a time; the last says what is cut."""
    rows, taken = reminders_for(wanted)[: MOST_ROWS + 1].iterator(chunk_size=CHUNK), 0
    while batch := list(islice(rows, CHUNK)):
        yield from map(_sheet_row, proof_rows(batch[: MOST_ROWS - taken]))
        taken += len(batch)
    if taken > MOST_ROWS:
        yield [
            _(
                "Bảng chỉ ghi %(most)s lời nhắc mới nhất, còn lời nhắc cũ hơn chưa ghi. "
                "Lọc theo mốc, đơn vị hoặc loại việc rồi tải lại để có đủ."
            )
            % {"most": format_number(MOST_ROWS)}
        ]


def _sheet_row(row: ProofRow) -> list[Cell]:
    reminder = row.reminder
    return [
        row.kind,
        row.what,
        reminder.unit.name,
        reminder.due,
        row.step,
        reminder.planned_for,
        reminder.recipient.full_name,
        str(Tier(reminder.tier).label),
        reminder.get_channel_display(),
        row.word,
        reminder.reason,
        row.sent,
    ]
