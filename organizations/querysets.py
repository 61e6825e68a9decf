from __future__ import annotations

import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from treebeard.mp_tree import MP_NodeQuerySet

#: Comes after every step of a path, which uses 0-9A-Z only.
AFTER_EVERY_PATH = "["


class UnitQuerySet(MP_NodeQuerySet):
    """Units, selected by validity and by place in the tree."""

    def valid_on(self, day: datetime.date) -> UnitQuerySet:
        """Units that exist on `day`; first and last day included."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)

    def within(self, *paths: str) -> UnitQuerySet:
        """Units in the subtrees that start at the given materialised paths."""
        return self.filter(path_condition(paths))


class EmulationBlockQuerySet(models.QuerySet):
    """Emulation blocks."""

    def in_year(self, year: int) -> EmulationBlockQuerySet:
        """Blocks that exist in a year."""
        return self.filter(Q(first_year=None) | Q(first_year__lte=year), Q(last_year=None) | Q(last_year__gte=year))

    def within(self, *paths: str) -> EmulationBlockQuerySet:
        """Blocks with a member below one of `paths`, and those that never had one."""
        near = path_condition(paths, "memberships__unit__")
        return self.filter(Q(pk__in=self.model._base_manager.filter(near).values("pk")) | Q(memberships=None))

    def kept_within(self, *paths: str) -> EmulationBlockQuerySet:
        """Blocks all of whose members, of whatever year, lie below `paths`."""
        memberships: Any = self.model._meta.get_field("memberships").related_model
        far = memberships.objects.exclude(path_condition(paths, "unit__"))
        return self.exclude(pk__in=far.values("block"))


def path_condition(paths: tuple[str, ...] | list[str], prefix: str = "") -> Q:
    """Condition for a path below any of `paths`; an indexed range, never a LIKE. Nothing matches no path."""
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(**{f"{prefix}path__gte": path, f"{prefix}path__lt": path_end(path)})
    return condition


def path_end(path: str) -> str:
    """First string after every path that starts with `path`."""
    return path + AFTER_EVERY_PATH


def cannot_be_mailed(prefix: str = "") -> Q:
    """Condition for a person to whom no mail can go: there is no address, or it was marked as wrong."""
    return Q(**{f"{prefix}email": ""}) | ~Q(**{f"{prefix}address_fault": ""})
