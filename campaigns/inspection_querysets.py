from __future__ import annotations

import datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Case, Count, F, IntegerField, Q, Value, When

from organizations.enums import OFFICE_ROLES, UNIT_ROLES
from organizations.querysets import path_condition

from .inspection_enums import FOLLOW_UP_OWED, EnclosureKind, FollowUpState, VisitState
from .querysets import READS_ALL


def readers(user: Any, prefix: str = "unit__") -> Q:
    """What lies in the scope of those who read everything: office, leaders, council."""
    return path_condition(user.access.paths(*READS_ALL), prefix)


def own(user: Any, prefix: str = "unit__") -> Q:
    """What belongs to the units in which the person is officer or leader."""
    return path_condition(user.access.paths(*UNIT_ROLES), prefix)


class InspectionPlanQuerySet(models.QuerySet):
    """Plans of inspections and surveys."""

    def visible_to(self, user: Any) -> InspectionPlanQuerySet:
        """Plans of the own scope, for office, leaders and council; a unit sees its own visit and never the plan."""
        return self.filter(readers(user, "programme__unit__"))

    def managed_by(self, user: Any) -> InspectionPlanQuerySet:
        """Plans that the person may change: those of the own office."""
        return self.filter(path_condition(user.access.paths(*OFFICE_ROLES), "programme__unit__"))

    def with_progress(self, today: datetime.date) -> InspectionPlanQuerySet:
        """Each with how many visits stand, are done and are late: no query a plan."""
        standing = ~Q(visits__state=VisitState.CANCELLED)
        late = Q(visits__state=VisitState.PLANNED, visits__planned_on__lt=today)
        done = Q(visits__state__in=[VisitState.RECORDED, VisitState.SENT])
        return self.annotate(
            visit_count=Count("visits", filter=standing),
            done_count=Count("visits", filter=done),
            late_count=Count("visits", filter=late),
        )


class VisitQuerySet(models.QuerySet):
    """Visits to units."""

    def visible_to(self, user: Any) -> VisitQuerySet:
        """All of the scope for office, leaders and council; a unit's own once the plan was announced."""
        return self.filter(readers(user) | (own(user) & Q(plan__announced_at__isnull=False)))

    def told_to(self, user: Any) -> VisitQuerySet:
        """Visits whose findings the person reads: a unit those that were sent."""
        return self.filter(readers(user) | (own(user) & Q(state=VisitState.SENT)))

    def late(self, today: datetime.date) -> VisitQuerySet:
        """Visits whose day is past and of which nothing was recorded."""
        return self.filter(state=VisitState.PLANNED, planned_on__lt=today)

    def late_first(self, today: datetime.date) -> VisitQuerySet:
        """Late ones, then those to come, then those to be sent; the newest of the finished last but one."""
        rank = Case(
            When(state=VisitState.PLANNED, planned_on__lt=today, then=Value(0)),
            When(state=VisitState.PLANNED, then=Value(1)),
            When(state=VisitState.RECORDED, then=Value(2)),
            When(state=VisitState.SENT, then=Value(3)),
            default=Value(4),
            output_field=IntegerField(),
        )
        return self.annotate(rank=rank).order_by("rank", "planned_on", "pk")


class FollowUpQuerySet(models.QuerySet):
    """Recommendations of visits."""

    def visible_to(self, user: Any) -> FollowUpQuerySet:
        """All of the scope for office, leaders and council; a unit's own once they were sent."""
        mine = own(user, "visit__unit__") & ~Q(state=FollowUpState.DRAFT)
        return self.filter(readers(user, "visit__unit__") | mine)

    def of_own_units(self, user: Any) -> FollowUpQuerySet:
        """Those that the person's own units must act on."""
        return self.filter(own(user, "visit__unit__")).exclude(state=FollowUpState.DRAFT)

    def sent(self) -> FollowUpQuerySet:
        """Those that a unit was told of."""
        return self.exclude(state=FollowUpState.DRAFT)

    def owed(self) -> FollowUpQuerySet:
        """Those on which the unit must act."""
        return self.filter(state__in=sorted(FOLLOW_UP_OWED))

    def overdue(self, today: datetime.date) -> FollowUpQuerySet:
        """Owed ones whose day is past; the day itself is in time."""
        return self.owed().filter(due__lt=today)

    def late_first(self) -> FollowUpQuerySet:
        """Owed ones by date, then those that wait for the office, then the finished."""
        rank = Case(
            When(state__in=sorted(FOLLOW_UP_OWED), then=Value(0)),
            When(state=FollowUpState.REPORTED, then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        )
        return self.annotate(rank=rank).order_by("rank", F("due").asc(nulls_last=True), "pk")


class EnclosureQuerySet(models.QuerySet):
    """Photos and files of visits, recommendations, guidance and movements."""

    def visible_to(self, user: Any) -> EnclosureQuerySet:
        """Those of what the person reads; evidence of a unit reaches the office once it was reported."""
        get = apps.get_model
        visits = get("campaigns", "Visit").objects.told_to(user)
        follow_ups = get("campaigns", "FollowUp").objects.visible_to(user)
        mine = get("campaigns", "FollowUp").objects.of_own_units(user)
        guidance = get("campaigns", "Guidance").objects.visible_to(user)
        movements = get("campaigns", "Movement").objects.visible_to(user)
        evidence = Q(follow_up__in=follow_ups, sent_at__isnull=False) | Q(follow_up__in=mine)
        return self.filter(Q(visit__in=visits) | evidence | Q(guidance__in=guidance) | Q(movement__in=movements))

    def photos(self) -> EnclosureQuerySet:
        """The pictures."""
        return self.filter(kind=EnclosureKind.PHOTO)

    def documents(self) -> EnclosureQuerySet:
        """The files."""
        return self.filter(kind=EnclosureKind.DOCUMENT)
