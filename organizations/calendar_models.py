"""The days on which offices do not keep to the week: public holidays, and week-end days worked in exchange."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.history import field_history
from organizations.enums import DayKind


class CalendarDayQuerySet(models.QuerySet["CalendarDay"]):
    """Days of the calendar."""

    def kept(self) -> CalendarDayQuerySet:
        """Days that count; those taken off the calendar only keep the reference data from coming back."""
        return self.filter(is_dropped=False)

    def of_year(self, year: int) -> CalendarDayQuerySet:
        """Days of a calendar year."""
        return self.filter(date__range=(datetime.date(year, 1, 1), datetime.date(year, 12, 31)))


class CalendarDay(models.Model):
    """A day that is not what its weekday says. A year that has one row is known, and follows its rows alone."""

    date = models.DateField(_("ngày"), unique=True)
    kind = models.CharField(_("loại ngày"), max_length=10, choices=DayKind.choices)
    name = models.CharField(_("tên ngày"), max_length=100)
    source = models.CharField(_("căn cứ"), max_length=200, blank=True)
    is_dropped = models.BooleanField(_("đã bỏ khỏi lịch"), default=False)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = CalendarDayQuerySet.as_manager()
    history = field_history()

    class Meta:
        verbose_name = _("ngày trong lịch làm việc")
        verbose_name_plural = _("lịch làm việc")
        ordering = ["date"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name=""), name="calendar_day_has_name", violation_error_message=_("Ghi tên ngày.")
            ),
            models.CheckConstraint(
                condition=Q(edited_by=None, edited_at=None) | Q(edited_by__isnull=False, edited_at__isnull=False),
                name="edited_calendar_day_has_person_and_time",
            ),
            models.CheckConstraint(
                condition=Q(is_dropped=False) | Q(edited_by__isnull=False),
                name="dropped_calendar_day_has_person",
            ),
        ]

    def __str__(self) -> str:
        return self.date.isoformat()
