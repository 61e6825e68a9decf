from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Case, Count, F, Q, When

from core.text import search_words
from organizations.enums import OFFICE_ROLES, UNIT_ROLES, Role
from organizations.querysets import path_condition

from .enums import MovementState
from .querysets import above

#: Who writes down and leads movements of the units in the scope of the role.
KEEPS = frozenset({Role.INTERIOR_HEAD, Role.OFFICER})
#: Who sees movements that are still prepared.
_INSIDERS = frozenset(OFFICE_ROLES | UNIT_ROLES)
#: Order of the list: running, prepared, ended.
_ORDER = (MovementState.LAUNCHED, MovementState.PREPARED, MovementState.ENDED)


class MovementQuerySet(models.QuerySet):
    """Movements."""

    def visible_to(self, user: Any) -> MovementQuerySet:
        """Movements of the person's units and of every unit over and below; prepared ones for those who work there.

        A movement that no unit of the portal carries out is everybody's.
        """
        paths = [path for _role, _unit, path in user.access.grants]
        home = [user.home_unit.path] if user.home_unit is not None else []
        over = {step for path in [*paths, *home] for step in above(path)}
        near = Q(unit=None) | Q(unit__path__in=over) | path_condition([*paths, *home], "unit__")
        insiders = path_condition(user.access.paths(*_INSIDERS), "unit__")
        return self.filter(near & (~Q(state=MovementState.PREPARED) | insiders))

    def kept_by(self, user: Any) -> MovementQuerySet:
        """Movements that the person may write: those of the own unit, those of the head's scope and those of nobody."""
        condition = path_condition(user.access.paths(*KEEPS), "unit__")
        if user.access.has(Role.INTERIOR_HEAD):
            condition |= Q(unit=None)
        return self.filter(condition)

    def for_work_of(self, unit: Any) -> MovementQuerySet:
        """Movements that something of a unit may come from: launched by the unit, by one above it, by nobody here."""
        return self.filter(Q(unit=None) | Q(unit__path__in=above(unit.path))).exclude(state=MovementState.PREPARED)

    def matching(self, text: str) -> MovementQuerySet:
        """Those whose words hold all words of `text`, marks or not."""
        rows = self
        for word in search_words(text):
            rows = rows.filter(search_text__contains=word)
        return rows

    def for_list(self) -> MovementQuerySet:
        """Running ones first, the newest on top, with how many units joined."""
        place = Case(*(When(state=state, then=n) for n, state in enumerate(_ORDER)), default=len(_ORDER))
        joined = Count("joinings", filter=Q(joinings__left_on=None))
        return (
            self.select_related("unit")
            .annotate(place=place, joined=joined)
            .order_by("place", F("starts").desc(nulls_last=True), "position", "name", "pk")
        )


class JoiningQuerySet(models.QuerySet):
    """Units that joined movements."""

    def standing(self) -> JoiningQuerySet:
        """Those that did not leave."""
        return self.filter(left_on=None)
