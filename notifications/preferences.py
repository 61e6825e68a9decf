"""How soon a person wants letters of each kind."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from django.db import transaction

from .enums import Rhythm
from .kinds import KINDS, Kind
from .models import Preference

if TYPE_CHECKING:
    from organizations.models import User

_MONDAY = 0


class Rhythms:
    """The rhythms of some people for some kinds; one query, and none when all of it is duties."""

    def __init__(self, people: Collection[int], kinds: Collection[Kind]) -> None:
        free = [kind.code for kind in kinds if not kind.is_fixed]
        rows = Preference.objects.filter(user_id__in=people, kind__in=free) if free else Preference.objects.none()
        self._chosen = {(user, kind): Rhythm(rhythm) for user, kind, rhythm in rows.values_list(*_COLUMNS)}

    def of(self, person: int, kind: Kind) -> Rhythm:
        """What the person chose, else what the kind has."""
        return self._chosen.get((person, kind.code), kind.default)


_COLUMNS = ("user_id", "kind", "rhythm")


def rhythms_of(user: User) -> dict[str, Rhythm]:
    """The rhythm of every kind for one person, by the code of the kind."""
    rhythms = Rhythms([user.pk], list(KINDS.values()))
    return {code: rhythms.of(user.pk, kind) for code, kind in KINDS.items()}


@transaction.atomic
def choose_rhythms(*, user: User, rhythms: Mapping[str, str]) -> None:
    """Keep what a person chose for each kind; letters that wait already keep the rhythm they were written with.

    A kind that has a fixed rhythm is refused (ValueError).
    """
    if fixed := [code for code in rhythms if KINDS[code].is_fixed]:
        raise ValueError(f"no choice for {fixed}")
    for code, rhythm in rhythms.items():
        Preference.objects.update_or_create(user=user, kind=code, defaults={"rhythm": rhythm})


def first_digest(rhythm: Rhythm, written_on: datetime.date) -> datetime.date | None:
    """The first day whose digest may hold a letter written on a day (wall dates); None for one that no digest holds.

    The next day, or the next Monday; the digest of a day off is that of the next working day.
    """
    if rhythm == Rhythm.DAILY:
        return written_on + datetime.timedelta(days=1)
    if rhythm == Rhythm.WEEKLY:
        return written_on + datetime.timedelta(days=7 - (written_on.weekday() - _MONDAY) % 7)
    return None
