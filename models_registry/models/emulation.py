from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.history import field_history

from .exemplar import Exemplar


class EmulationExample(models.Model):
    """A recognised exemplar that a movement names as one to emulate (R8)."""

    movement = models.ForeignKey("campaigns.Movement", on_delete=models.PROTECT, related_name="examples")
    exemplar = models.ForeignKey(Exemplar, on_delete=models.PROTECT, related_name="example_of")
    note = models.CharField(_("học điều gì"), max_length=200, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    history = field_history()

    class Meta:
        verbose_name = _("gương để thi đua cùng")
        verbose_name_plural = _("gương để thi đua cùng")
        ordering = ["added_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["movement", "exemplar"], name="example_once_a_movement"),
        ]

    def __str__(self) -> str:
        return f"{self.movement_id}/{self.exemplar_id}"
