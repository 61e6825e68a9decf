from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse

from campaigns.enums import MovementLevel, MovementState
from campaigns.models import Joining, Movement
from campaigns.movement_parts import Figure, exemplar_figures
from campaigns.movement_workflow import MOVEMENT_WORKFLOW, STEP_WORDS
from core import clock
from core.text import clean_line
from organizations.enums import Role
from organizations.models import Unit

if TYPE_CHECKING:
    from campaigns.movement_querysets import MovementQuerySet
    from organizations.models import User
    from organizations.querysets import UnitQuerySet

_LONGEST = 100
#: Which address answers for a step of the workflow.
STEP_URLS = {
    "launch": "campaigns:movement_launch",
    "end": "campaigns:movement_end",
    "reopen": "campaigns:movement_reopen",
}
_LOOKS = {MovementState.PREPARED: "draft", MovementState.LAUNCHED: "recognised", MovementState.ENDED: "ended"}


@dataclass(frozen=True)
class MovementFilter:
    """What the address of the list asks for; what is not known counts as not given."""

    q: str = ""
    level: str = ""
    state: str = ""

    def apply(self, rows: MovementQuerySet) -> MovementQuerySet:
        """Narrow `rows` to what was asked for."""
        exact = {"level": self.level, "state": self.state}
        return rows.matching(self.q).filter(**{name: value for name, value in exact.items() if value})

    def address(self, **more: str) -> str:
        """The filter as a query string, with other values for some of it."""
        given = {"q": self.q, "cap": self.level, "trang-thai": self.state, **more}
        return urlencode({name: value for name, value in given.items() if value})


def read_filter(query: Mapping[str, str]) -> MovementFilter:
    """Read words, level and state of an address."""
    level, state = query.get("cap", ""), query.get("trang-thai", "")
    return MovementFilter(
        q=clean_line(query.get("q", ""))[:_LONGEST],
        level=level if level in MovementLevel.values else "",
        state=state if state in MovementState.values else "",
    )


@dataclass(frozen=True)
class MovementLine:
    """One row of the list."""

    movement: Movement
    look: str
    joined: int
    exemplars: Figure | None


def movement_lines(user: User, rows: list[Movement]) -> list[MovementLine]:
    """Rows of the list with the figure of their exemplars: one query for all."""
    figures = exemplar_figures(user, [row.pk for row in rows])
    return [MovementLine(row, look_of(row), row.joined, figures.get(row.pk)) for row in rows]  # type: ignore[attr-defined]


def look_of(movement: Movement) -> str:
    """The state of the badge component that fits the movement."""
    return _LOOKS[MovementState(movement.state)]


def joinings_of(movement: Movement) -> list[Joining]:
    """The units that joined and did not leave, in the order of the tree: one query."""
    return list(movement.joinings.standing().select_related("unit").order_by("unit__path", "pk"))


def joinable_units(user: User, movement: Movement) -> UnitQuerySet:
    """Units for which the person may join: own ones, valid today, in the scope of the movement, not in it yet."""
    units = Unit.objects.valid_on(clock.today()).within(*user.access.paths(Role.OFFICER))
    if movement.unit is not None:
        units = units.within(movement.unit.path)
    return units.exclude(pk__in=movement.joinings.standing().values("unit"))


def steps_for(user: User, movement: Movement) -> list[tuple[str, str, bool]]:
    """(label, address, whether it goes on) of the steps that the person may take now."""
    if movement.unit is None:
        return []
    actions = MOVEMENT_WORKFLOW.actions_for(user, movement)
    return [
        (str(action.transition.label), reverse(STEP_URLS[action.name], args=[movement.pk]), action.name == "launch")
        for action in actions
    ]


def events_of(movement: Movement) -> list[dict[str, object]]:
    """The steps of a movement for the timeline, newest first: one query."""
    rows = movement.transitions.select_related("actor").order_by("-pk")
    return [
        {
            "at": row.at,
            "title": str(STEP_WORDS.get(row.name, row.name)),
            "actor": row.actor.full_name,
            "note": row.reason,
        }
        for row in rows
    ]
