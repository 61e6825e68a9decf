"""What is owed: each app offers its duties with their due dates, and the engine of reminders asks (docs/reminders.md).

A source hands out few groups, one for each distinct ladder, as querysets; the engine narrows them to the due dates
that a day calls for and turns them into rows by one insert-select. Words come later, for what is still owed then.
"""

from __future__ import annotations

import datetime
import enum
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from django.db.models import QuerySet

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from organizations.models import User


class Audience(enum.Enum):
    """Who owes it: a unit (its officers, then its leaders, then the office over it); the district itself (everybody of
    its office, then who leads the district); or one person of the office (then its head).
    """

    UNIT = "unit"
    DISTRICT = "district"
    OFFICE = "office"


@dataclass(frozen=True)
class Ladder:
    """Steps as days from the due date, negative before it; from how many days late others are told as well.

    `leader_from` is when the leaders of the unit are told, of the district, or the head of the office, by who owes it;
    `office_from` when the office is told of what a unit owes.
    """

    steps: tuple[int, ...]
    leader_from: int
    office_from: int


@dataclass(frozen=True)
class OwedGroup:
    """What is owed under one ladder by one audience: a queryset with owed_id, owed_unit (id) and owed_due (date).

    Optional annotations: `owed_person`, the id of the one person of the office who has it in hand (NULL: nobody);
    `owed_scope`, the unit whose office follows it, when that is not the office over `owed_unit`; `owed_excepted`, why
    this one is not reminded of ("" when it is). With `is_on` False nothing is planned; the preview shows it all the
    same. Annotate `owed_due` with a plain column where an index is to be used.
    """

    ladder: Ladder
    rows: QuerySet
    is_on: bool = True
    audience: Audience = Audience.UNIT

    @property
    def has_scope(self) -> bool:
        """Whether another office than the one over the unit follows these."""
        return "owed_scope" in self.rows.query.annotations


@dataclass(frozen=True)
class OwedLine:
    """One thing owed, in words: the line of a digest (verb first), and what a mail about it alone says.

    `short` is the duty as a noun for the subject ("báo cáo sơ kết 3 năm"), `missing` what is not there yet,
    `due` the day that counts now, `plan` the paper that asks for it, `steps` the ladder in force. `left_out` is why
    nobody is reminded of it although it is owed ("" when somebody is). `unit_id` and `unit_path` are of the unit that
    it is about, `unit_short` what a subject calls it where the name does not fit; `scope_path` is where the office over
    it is looked for, that unit by default.
    """

    subject_id: int
    due: datetime.date
    title: str
    note: str
    path: str
    unit_name: str
    unit_id: int
    unit_path: str
    unit_short: str = ""
    scope_path: str = ""
    extend_path: str = ""
    short: str = ""
    missing: str = ""
    plan: str = ""
    steps: tuple[int, ...] = ()
    audience: Audience = Audience.UNIT
    left_out: str = ""


class Source(Protocol):
    """A kind of duty that an app offers."""

    subject_type: str

    @property
    def label(self) -> StrOrPromise:
        """What this kind of duty is called."""

    def groups(self) -> Sequence[OwedGroup]:
        """What is owed, one group for each distinct ladder; no query for each unit."""

    def lines(self, ids: Collection[int]) -> dict[int, OwedLine]:
        """Words for those of `ids` that are still owed: one or two queries for all."""

    def readable_by(self, user: User) -> QuerySet:
        """What `user` may read of the records that are or were owed: nobody sees a reminder about another one."""

    def names(self, ids: Collection[int]) -> dict[int, str]:
        """What the proof calls those of `ids`, owed or not, for who may read them: one query."""


@dataclass(frozen=True)
class LateLine:
    """One line of a leader's Monday summary: what is late, and who owes it."""

    title: str
    units: tuple[str, ...]
    path: str


#: What is late on a day below the given paths of the tree, by milestone.
LateLines = Callable[[Sequence[str], datetime.date], list[LateLine]]

_sources: dict[str, Source] = {}
_summaries: list[LateLines] = []


def register_source(source: Source) -> None:
    """Let an app offer a kind of duty; once for each subject type."""
    _sources[source.subject_type] = source


def sources() -> list[Source]:
    """All kinds of duties, in the order in which they were offered."""
    return list(_sources.values())


def readable_ids(source: Source, user: User) -> QuerySet:
    """Keys of what a person may read of one kind of duty."""
    return source.readable_by(user).order_by().values("pk")


def source_of(subject_type: str) -> Source | None:
    """The source of one kind of duty."""
    return _sources.get(subject_type)


def register_late_lines(late_lines: LateLines) -> None:
    """Let an app fill the Monday summary of the leaders."""
    if late_lines not in _summaries:
        _summaries.append(late_lines)


def late_lines(paths: Sequence[str], day: datetime.date) -> list[LateLine]:
    """The lines of a Monday summary from all apps."""
    return [line for summary in _summaries for line in summary(paths, day)]
