from __future__ import annotations

import datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import ExtractYear
from treebeard.mp_tree import MP_Node

from organizations.enums import OFFICE_ROLES, UNIT_ROLES, Role
from organizations.querysets import path_condition

from .enums import HANDED_IN, TaskState, Tier

#: Roles that read every task of their scope.
READS_ALL = frozenset(OFFICE_ROLES | {Role.LEADER, Role.COUNCIL_MEMBER})


def _memberships() -> models.QuerySet:
    """The place in a block of the unit that a task was given to, in the year of its milestone's due date.

    A successor founded in the middle of a year stands in no block of that year.
    """
    rows = apps.get_model("organizations", "BlockMembership")._base_manager
    return rows.filter(unit=OuterRef("addressed"), year=ExtractYear(OuterRef("milestone__due")))


def of_programmes_below(paths: tuple[str, ...], task: str = "", **milestone: Any) -> Q:
    """Tasks of the programmes of units below any of `paths`, whoever answers for them now.

    The office of a district reads and judges by its programme: a successor may lie outside its part of the tree. The
    milestones are a list that depends on no task, so that the index of tasks by milestone finds them.
    """
    if not paths:
        return Q(pk__in=[])
    return _of_milestones(path_condition(paths, "programme__unit__"), task, **milestone)


def _of_milestones(condition: Q, task: str, **milestone: Any) -> Q:
    found = apps.get_model("campaigns", "Milestone")._base_manager.filter(condition, **milestone)
    return Q(**{f"{task}milestone__in": found.values("pk")})


def of_scopes(paths: tuple[str, ...], task: str = "", **milestone: Any) -> Q:
    """Tasks that an office, a leader or the council follows: those of the scopes `paths` and all below them.

    Of the programmes below a scope all, whoever answers for them; of a programme over a scope (that of the district
    for who follows one commune) what the units below the scope answer for. `UnitTask.followed_at` says it for one task.
    """
    condition = of_programmes_below(paths, task, **milestone)
    over = {path: found for path in paths if (found := above(path)[:-1])}
    if not over:
        return condition
    for path, units in over.items():
        condition |= path_condition([path], f"{task}unit__") & _of_milestones(_of_units(units), task, **milestone)
    # Said once more as one list of milestones, without OR, so that the index of tasks by milestone finds them.
    near = path_condition(paths, "programme__unit__") | _of_units([unit for units in over.values() for unit in units])
    return _of_milestones(near, task, **milestone) & condition


def _of_units(paths: list[str]) -> Q:
    return Q(programme__unit__path__in=paths)


def above(path: str) -> list[str]:
    """The paths of a unit and of every unit over it, the top first."""
    return [path[: start + MP_Node.steplen] for start in range(0, len(path), MP_Node.steplen)]


def overdue_on(today: datetime.date) -> Q:
    """Tasks that are owed although their day is past; the day itself is in time."""
    return Q(state=TaskState.OPEN, due__lt=today) | Q(state=TaskState.RETURNED, return_due__lt=today)


def _programmes_of_own_tasks(user: Any) -> models.QuerySet:
    """Programmes of what the own units answer for: a successor may lie outside the district that gave the task."""
    tasks = apps.get_model("campaigns", "UnitTask")._base_manager
    own = tasks.filter(path_condition(user.access.paths(*UNIT_ROLES), "unit__"))
    return own.exclude(unit=F("addressed")).values("milestone__programme")


class ProgrammeQuerySet(models.QuerySet):
    """Programmes."""

    def visible_to(self, user: Any) -> ProgrammeQuerySet:
        """Programmes of the districts in which the person works, of all below a wider scope, and those of own tasks."""
        grants = user.access.grants
        paths = [path for _role, _unit, path in grants]
        if user.home_unit is not None:
            paths.append(user.home_unit.path)
        over = {step for path in paths for step in above(path)}
        near = Q(unit__path__in=over) | path_condition(paths, "unit__")
        return self.filter(near | Q(pk__in=_programmes_of_own_tasks(user)))

    def running(self, day: datetime.date) -> ProgrammeQuerySet:
        """Programmes that are open and whose period has begun."""
        return self.filter(closed_at=None, starts__lte=day)

    def managed_by(self, user: Any) -> ProgrammeQuerySet:
        """Programmes that the person may change: the head of their office."""
        return self.filter(path_condition(user.access.paths(Role.INTERIOR_HEAD), "unit__"))


class MilestoneQuerySet(models.QuerySet):
    """Milestones."""

    def published(self) -> MilestoneQuerySet:
        """Those that have tasks."""
        return self.filter(published_at__isnull=False)

    def events(self) -> MilestoneQuerySet:
        """Those that mark a day and ask nothing of anybody."""
        return self.filter(asks_text=False, asks_figures=False, asks_files=False)

    def without_events(self) -> MilestoneQuerySet:
        """Those that ask something of somebody."""
        return self.exclude(asks_text=False, asks_figures=False, asks_files=False)

    def visible_to(self, user: Any) -> MilestoneQuerySet:
        """Published ones of the programmes that the person sees; the office of the district also sees the others."""
        programmes = apps.get_model("campaigns", "Programme").objects.visible_to(user)
        prepared = path_condition(user.access.paths(*OFFICE_ROLES), "programme__unit__")
        return self.filter(Q(published_at__isnull=False) | prepared, programme__in=programmes)

    def managed_by(self, user: Any) -> MilestoneQuerySet:
        """Those of the programmes that the person may change."""
        return self.filter(path_condition(user.access.paths(Role.INTERIOR_HEAD), "programme__unit__"))

    def readable_by(self, user: Any) -> MilestoneQuerySet:
        """Milestones of the districts in which the person works, of all below a wider scope, and of own tasks."""
        grants = user.access.paths(*UNIT_ROLES, *READS_ALL)
        over = {step for path in grants for step in above(path)}
        near = Q(programme__unit__path__in=over) | path_condition(grants, "programme__unit__")
        return self.filter(near | Q(programme__in=_programmes_of_own_tasks(user)))


class UrgingQuerySet(models.QuerySet):
    """Acts of urging."""

    def visible_to(self, user: Any) -> UrgingQuerySet:
        """Those of the own office's district, and for leaders and council."""
        return self.filter(path_condition(user.access.paths(*READS_ALL), "milestone__programme__unit__"))


class UnitTaskQuerySet(models.QuerySet):
    """Tasks of units."""

    def visible_to(self, user: Any) -> UnitTaskQuerySet:
        """Tasks of the own units, and for office, leaders and council those of their scope."""
        own = path_condition(user.access.paths(*UNIT_ROLES), "unit__")
        return self.filter(own | of_scopes(user.access.paths(*READS_ALL)))

    def of_own_units(self, user: Any) -> UnitTaskQuerySet:
        """Tasks of the units in which the person is officer or leader."""
        return self.filter(unit_id__in=user.reach(*UNIT_ROLES))

    def written_by(self, user: Any) -> UnitTaskQuerySet:
        """Tasks that the person answers: those of the own units, and for the office the district's own."""
        units = path_condition(user.access.paths(Role.OFFICER), "unit__") & Q(milestone__tier=Tier.UNIT)
        return self.filter(units | of_scopes(user.access.paths(*OFFICE_ROLES), tier=Tier.DISTRICT))

    def judged_by(self, user: Any) -> UnitTaskQuerySet:
        """Tasks whose reports the person may accept: the district's own only as head of the office."""
        units = of_scopes(user.access.paths(*OFFICE_ROLES), tier=Tier.UNIT)
        return self.filter(units | of_scopes(user.access.paths(Role.INTERIOR_HEAD), tier=Tier.DISTRICT))

    def handed_over(self) -> UnitTaskQuerySet:
        """Tasks for which another unit answers than the one they were given to."""
        return self.exclude(unit=F("addressed"))

    def answered_outside(self, user: Any, *roles: str) -> UnitTaskQuerySet:
        """Tasks of the programmes in the scope of `roles` for which a unit outside that scope answers: successors."""
        paths = user.access.paths(*roles)
        return self.filter(of_programmes_below(paths)).handed_over().exclude(path_condition(paths, "unit__")).order_by()

    def owed(self) -> UnitTaskQuerySet:
        """Tasks for which the unit must still hand something in."""
        return self.filter(state__in=[TaskState.OPEN, TaskState.RETURNED])

    def overdue(self, today: datetime.date) -> UnitTaskQuerySet:
        """Owed tasks whose day is past; the day itself is in time."""
        return self.filter(overdue_on(today))

    def of_block(self, block: int) -> UnitTaskQuerySet:
        """Tasks given to the members that a block had in the year of each milestone's due date."""
        return self.filter(Exists(_memberships().filter(block=block)))

    def without_block(self) -> UnitTaskQuerySet:
        """Tasks given to units that belonged to no block in that year."""
        return self.filter(~Exists(_memberships()))

    def handed_in(self) -> UnitTaskQuerySet:
        """Tasks for which something was handed in, whatever became of it."""
        return self.filter(state__in=sorted(HANDED_IN))

    def in_time(self) -> UnitTaskQuerySet:
        """Tasks whose first report came by their day."""
        return self.handed_in().filter(first_submitted_on__lte=F("due"))


class TaskFileQuerySet(models.QuerySet):
    """Files of reports."""

    def present(self) -> TaskFileQuerySet:
        """Those that the report has now."""
        return self.filter(removed_at=None)

    def visible_to(self, user: Any) -> TaskFileQuerySet:
        """Files of the own tasks; everybody else who reads a task sees what was submitted."""
        own = path_condition(user.access.paths(*UNIT_ROLES), "task__unit__")
        readers = of_scopes(user.access.paths(*READS_ALL), "task__")
        writers = of_scopes(user.access.paths(*OFFICE_ROLES), "task__", tier=Tier.DISTRICT)
        return self.filter(own | writers | readers & Q(sent_in__isnull=False))
