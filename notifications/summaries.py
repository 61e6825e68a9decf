"""The leaders' summary: in the digest of the first working day of a week, what is late, by milestone."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from organizations.enums import Role

from . import wording
from .hours import is_first_working_day_of_week
from .owed import late_lines
from .sections import Section, register_section

if TYPE_CHECKING:
    from organizations.models import User


def summary_for(person: User, day: datetime.date) -> wording.Digest | None:
    """What one leader reads; None when nothing is late in the scope."""
    held = person.role_assignments.held_on(day).filter(role=Role.LEADER)
    lines = late_lines(sorted(set(held.values_list("unit__path", flat=True))), day)
    return wording.monday_summary(lines, day) if lines else None


def register() -> None:
    """Put the summary into the digests of those who lead a district."""
    register_section(Section(Role.LEADER, is_first_working_day_of_week, summary_for))
