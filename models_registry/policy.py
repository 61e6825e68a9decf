"""The office's own rules of review, as data: clocks, confirmation, stock remarks."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db.models import Q

from core import clock
from core.working_days import working_days_after
from organizations.enums import UnitKind
from organizations.models import Unit
from organizations.querysets import path_condition

from .models import ReviewSettings, StockRemark

if TYPE_CHECKING:
    from organizations.querysets import UnitQuerySet

    from .models import Exemplar


def ancestor_paths(unit: Unit) -> list[str]:
    """Paths of the unit and of those above it, the nearest first."""
    return [unit.path[:end] for end in range(len(unit.path), 0, -unit.steplen)]


def review_settings(unit: Unit) -> ReviewSettings:
    """The settings of the nearest office over a unit; the defaults, not stored, where none are."""
    found = ReviewSettings.objects.filter(office__path__in=ancestor_paths(unit)).order_by("-office__path").first()
    return found or ReviewSettings()


def stock_remarks(unit: Unit) -> list[str]:
    """The stock phrases of the offices over a unit, in their order."""
    rows = StockRemark.objects.filter(office__path__in=ancestor_paths(unit))
    return list(rows.values_list("text", flat=True))


def askable_units(exemplar: Exemplar) -> UnitQuerySet:
    """Who can be asked to confirm a record: its own unit, and the Front and unions of its district, as of today."""
    unit = exemplar.unit
    districts = Unit.objects.filter(path__in=ancestor_paths(unit), kind=UnitKind.DISTRICT).values_list(
        "path", flat=True
    )
    front = Q(kind=UnitKind.FRONT_MASS) & path_condition(list(districts))
    return Unit.objects.valid_on(clock.today()).filter(Q(pk=unit.pk) | front)


def promised_date(exemplar: Exemplar) -> datetime.date:
    """The day until which the office answers a record that is sent today; sudden achievements have a shorter clock."""
    settings = review_settings(exemplar.unit)
    return working_days_after(clock.today(), settings.sudden_days if exemplar.sudden else settings.review_days)
