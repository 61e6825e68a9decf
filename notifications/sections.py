"""What a digest tells besides duties: on certain days the holders of a role are told more, in the same message."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from organizations.models import RoleAssignment, User

from .wording import Digest

#: A digest that could not leave tells what fell on the days before it, but no more than these.
LONGEST_DELAY = datetime.timedelta(days=7)


@dataclass(frozen=True)
class Section:
    """A part of the digests of those who hold `role`, on the days that `falls_on` names.

    `words` says what a reader is told on a day; None when that is nothing.
    """

    role: str
    falls_on: Callable[[datetime.date], bool]
    words: Callable[[User, datetime.date], Digest | None]


_sections: list[Section] = []


def register_section(section: Section) -> None:
    """Let an app add a part to the digests of some people."""
    if section not in _sections:
        _sections.append(section)


def parts_for(
    day: datetime.date, people: Collection[int] | None = None, *, since: datetime.date | None = None
) -> dict[int, tuple[Digest, ...]]:
    """The parts of the digests of `day`, by person; of everybody by default. No query on a day without any.

    With what fell on the days from `since` on, for a digest that could not leave then.
    """
    days = list(_days(since or day, day))
    falling = [one for one in _sections if any(map(one.falls_on, days))]
    readers = _readers(falling, day, people) if falling else {}
    found: dict[int, tuple[Digest, ...]] = {}
    for person, roles in readers.items():
        words = [one.words(person, day) for one in falling if one.role in roles]
        if parts := tuple(part for part in words if part):
            found[person.pk] = parts
    return found


def readers_on(day: datetime.date, since: datetime.date | None = None) -> dict[int, User]:
    """Everybody whom a section may have something to tell on `day`, unworded. No query on a day without any.

    With what fell on the days from `since` on.
    """
    days = list(_days(since or day, day))
    falling = [one for one in _sections if any(map(one.falls_on, days))]
    return {person.pk: person for person in _readers(falling, day, None)} if falling else {}


class Parts:
    """The parts of the digests of one day, with what fell on the days from `since` on; each person's worded once."""

    def __init__(self, day: datetime.date, since: datetime.date | None = None) -> None:
        self.day, self.since = day, since
        self._found: dict[int, tuple[Digest, ...]] = {}

    def of(self, people: Collection[int]) -> dict[int, tuple[Digest, ...]]:
        """The parts of those of `people` who have any."""
        if new := set(people) - self._found.keys():
            worded = parts_for(self.day, new, since=self.since)
            self._found |= {person: worded.get(person, ()) for person in new}
        return {person: self._found[person] for person in people if self._found[person]}


def _days(since: datetime.date, day: datetime.date) -> Iterator[datetime.date]:
    start = max(min(since, day), day - LONGEST_DELAY)
    return (start + datetime.timedelta(days=n) for n in range((day - start).days + 1))


def _readers(falling: list[Section], day: datetime.date, people: Collection[int] | None) -> dict[User, set[str]]:
    held = RoleAssignment.objects.held_on(day).filter(role__in={one.role for one in falling}, user__is_active=True)
    if people is not None:
        held = held.filter(user__in=people)
    found: dict[User, set[str]] = defaultdict(set)
    for assignment in held.select_related("user__home_unit").order_by("user_id"):
        found[assignment.user].add(assignment.role)
    return found
