from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from core.text import search_words
from organizations.enums import OFFICE_ROLES, UNIT_ROLES
from organizations.querysets import path_condition

from .guidance_enums import GuidanceState, QuestionState
from .inspection_querysets import own, readers
from .querysets import READS_ALL, above


class GuidanceQuerySet(models.QuerySet):
    """Guidance of the office."""

    def visible_to(self, user: Any) -> GuidanceQuerySet:
        """Published ones for the addressed units and all who read the scope; drafts for the office alone."""
        office = path_condition(user.access.paths(*OFFICE_ROLES), "programme__unit__")
        told = Q(published_at__isnull=False)
        return self.filter(office | (readers(user, "programme__unit__") | self._addressed(user)) & told)

    def _addressed(self, user: Any) -> Q:
        paths = user.access.paths(*UNIT_ROLES)
        if not paths:
            return Q(pk__in=[])
        rows = apps.get_model("campaigns", "GuidanceUnit").objects.filter(path_condition(paths, "unit__"))
        return Q(Exists(rows.filter(guidance=OuterRef("pk"))))

    def managed_by(self, user: Any) -> GuidanceQuerySet:
        """Those that the person may change: of the own office."""
        return self.filter(path_condition(user.access.paths(*OFFICE_ROLES), "programme__unit__"))

    def standing(self) -> GuidanceQuerySet:
        """Published and neither replaced nor withdrawn."""
        return self.filter(state=GuidanceState.PUBLISHED)

    def matching(self, words: str) -> GuidanceQuerySet:
        """Those that hold all words, compared without marks."""
        rows = self
        for word in search_words(words):
            rows = rows.filter(search_text__contains=word)
        return rows

    def unread_by(self, units: list[int]) -> GuidanceQuerySet:
        """Standing ones that are addressed to one of the units and that nobody of that unit has read."""
        reads = apps.get_model("campaigns", "ReadReceipt").objects.filter(
            guidance=OuterRef("guidance"), unit=OuterRef("unit")
        )
        open_rows = apps.get_model("campaigns", "GuidanceUnit").objects.filter(~Exists(reads), unit__in=units)
        return self.standing().filter(Exists(open_rows.filter(guidance=OuterRef("pk"))))

    def with_readers(self) -> GuidanceQuerySet:
        """Each with how many units are addressed and how many of them have read it."""
        return self.annotate(
            unit_count=_counted("GuidanceUnit", Count("pk")),
            read_count=_counted("ReadReceipt", Count("unit", distinct=True)),
        )


def _counted(model: str, count: Count) -> Coalesce:
    rows = apps.get_model("campaigns", model).objects.filter(guidance=OuterRef("pk"))
    return Coalesce(Subquery(rows.order_by().values("guidance").annotate(n=count).values("n"), IntegerField()), 0)


class GuidanceUnitQuerySet(models.QuerySet):
    """Addressed units."""

    def unread(self) -> GuidanceUnitQuerySet:
        """Units of which nobody has confirmed the reading."""
        reads = apps.get_model("campaigns", "ReadReceipt").objects.filter(
            guidance=OuterRef("guidance"), unit=OuterRef("unit")
        )
        return self.filter(~Exists(reads))


def _of_scopes(paths: tuple[str, ...]) -> Q:
    """Questions that go to the scopes `paths`, as tasks do (`querysets.of_scopes`)."""
    condition = _about(path_condition(paths, "programme__unit__"))
    for path in paths:
        condition |= path_condition([path], "unit__") & _about(Q(programme__unit__path__in=above(path)))
    return condition


def _about(programme: Q) -> Q:
    """Questions about the guidance or a milestone of some programmes."""
    guidance, milestones = (
        apps.get_model("campaigns", name)._base_manager.filter(programme) for name in ("Guidance", "Milestone")
    )
    return Q(guidance__in=guidance.values("pk")) | Q(milestone__in=milestones.values("pk"))


class QuestionQuerySet(models.QuerySet):
    """Questions of units."""

    def visible_to(self, user: Any) -> QuestionQuerySet:
        """Those of the own units, and all of the scope for office, leaders and council."""
        return self.filter(own(user) | _of_scopes(user.access.paths(*READS_ALL)))

    def of_offices(self, paths: tuple[str, ...]) -> QuestionQuerySet:
        """Those that the offices with these scopes answer."""
        return self.filter(_of_scopes(paths))

    def waiting(self) -> QuestionQuerySet:
        """Those without an answer, the oldest first."""
        return self.filter(state=QuestionState.OPEN).order_by("asked_at", "pk")

    def open_first(self) -> QuestionQuerySet:
        """Those without an answer, then the newest."""
        return self.order_by(F("answered_at").desc(nulls_first=True), "asked_at", "pk")
