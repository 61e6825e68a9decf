"""The five numbers of the schedule (expected, in, in time, and the two rates), from one grouped query."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from operator import itemgetter

from django.db.models import Count, F, Q, QuerySet

from campaigns.enums import HANDED_IN, TaskState
from campaigns.querysets import UnitTaskQuerySet, overdue_on
from core.numbers import format_number

_CHUNK = 5000
_OF_UNIT, _OF_MILESTONE = itemgetter(0, 2, 3, 4, 5), itemgetter(1, 2, 3, 4, 5)


@dataclass(slots=True)
class Numbers:
    """The counts of some tasks; a report that was returned was in, and an accepted one as well."""

    expected: int = 0
    handed_in: int = 0
    in_time: int = 0
    accepted: int = 0
    late: int = 0

    def __add__(self, other: Numbers) -> Numbers:
        return Numbers(
            self.expected + other.expected,
            self.handed_in + other.handed_in,
            self.in_time + other.in_time,
            self.accepted + other.accepted,
            self.late + other.late,
        )

    @property
    def rate(self) -> str:
        """Share of what is in, in words: 87,5%; a dash when nothing is expected."""
        return _share(self.handed_in, self.expected)

    @property
    def rate_in_time(self) -> str:
        """Share of what came in time."""
        return _share(self.in_time, self.expected)


def _share(part: int, whole: int) -> str:
    return f"{format_number(Decimal(100 * part) / whole, 1)}%".replace(",0%", "%") if whole else "–"


@dataclass(frozen=True)
class Completeness:
    """The numbers of some tasks by unit (who answers, or who they were given to), by milestone, and of all."""

    by_unit: dict[int, Numbers] = field(default_factory=dict)
    by_milestone: dict[int, Numbers] = field(default_factory=dict)
    total: Numbers = field(default_factory=Numbers)


def grouped(tasks: UnitTaskQuerySet, today: datetime.date, unit: str = "unit_id") -> QuerySet:
    """The one query over (unit, milestone, state): how many, how many came in time, how many are late."""
    return (
        tasks.order_by()
        .values_list(unit, "milestone_id", "state")
        .annotate(
            n=Count("*"),
            on_time=Count("pk", filter=Q(first_submitted_on__lte=F("due"))),
            late=Count("pk", filter=overdue_on(today)),
        )
    )


def completeness(tasks: UnitTaskQuerySet, today: datetime.date, unit: str = "unit_id") -> Completeness:
    """Count some tasks: one query, added up in memory. `unit` is the column of the unit that they count for."""
    units, milestones = _tally(_chunks(grouped(tasks, today, unit)))
    by_milestone = _added_up(milestones)
    return Completeness(_added_up(units), by_milestone, sum(by_milestone.values(), Numbers()))


def _chunks(rows: QuerySet) -> Iterable[Sequence[tuple]]:
    """The rows of a query as the database gives them: whole numbers need none of Django's conversion of each value."""
    return rows.query.get_compiler(rows.db).execute_sql(chunk_size=_CHUNK) or ()


def _tally(chunks: Iterable[Sequence[tuple]]) -> tuple[Counter, Counter]:
    """How often each (unit, …) and (milestone, …) comes: few keys, so that the loop over them is short."""
    units: Counter = Counter()
    milestones: Counter = Counter()
    for chunk in chunks:
        units.update(map(_OF_UNIT, chunk))
        milestones.update(map(_OF_MILESTONE, chunk))
    return units, milestones


def _added_up(tally: Counter) -> dict[int, Numbers]:
    found: dict[int, Numbers] = {}
    for (key, state, n, on_time, late), times in tally.items():
        numbers = found.get(key) or found.setdefault(key, Numbers())
        numbers.expected += n * times
        numbers.late += late * times
        if state in HANDED_IN:
            numbers.handed_in += n * times
            numbers.in_time += on_time * times
        if state == TaskState.ACCEPTED:
            numbers.accepted += n * times
    return found


def by_block(found: Completeness, block_of: Mapping[int, int]) -> dict[int, Numbers]:
    """The numbers by block; units without a block count under 0."""
    blocks: dict[int, Numbers] = {}
    for unit, numbers in found.by_unit.items():
        block = block_of.get(unit, 0)
        blocks[block] = blocks.get(block, Numbers()) + numbers
    return blocks
