from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.querysets import UrgingQuerySet

from .milestone import Milestone
from .task import UnitTask, received


class Urging(models.Model):
    """One act of urging (đôn đốc, R38): who urged, when, in what words, about which milestone. Never changed.

    The official letter is written from these rows whenever it is asked for; its number and day are the clerk's.
    """

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="urgings")
    text = models.TextField(_("nội dung đôn đốc"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects = UrgingQuerySet.as_manager()

    class Meta:
        verbose_name = _("lần đôn đốc")
        verbose_name_plural = _("lần đôn đốc")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text=""),
                name="urging_has_text",
                violation_error_message=_("Nhập nội dung đôn đốc."),
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class UrgedUnit(models.Model):
    """One unit of an act of urging: the task it owed and since when, as it was that day. Once a task and day."""

    urging = models.ForeignKey(Urging, on_delete=models.PROTECT, related_name="units")
    task = models.ForeignKey(UnitTask, on_delete=models.PROTECT, related_name="urged")
    unit = models.ForeignKey("organizations.Unit", on_delete=models.PROTECT, related_name="+")
    due = models.DateField()
    urged_on = models.DateField()
    #: How many people of the unit were told on the portal and by mail; 0 means by the paper letter alone.
    told = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("đơn vị được đôn đốc")
        verbose_name_plural = _("đơn vị được đôn đốc")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["task", "urged_on"], name="one_urging_a_day")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_handed_over(self) -> bool:
        """Whether the unit answered that day for a task that was given to another one."""
        return self.task.addressed_id != self.unit_id

    def named(self, name: str) -> str:
        """A name of the unit, with the one that the task was given to when that was another."""
        return received(name, self.task.addressed.short_name) if self.is_handed_over else name
