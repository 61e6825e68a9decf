from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AppendOnly(Exception):
    """Somebody tried to change or remove a row of the log."""


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    """Events; they are only added."""

    def update(self, **values: Any) -> int:
        raise AppendOnly

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnly

    def within(self, unit_ids: list[int]) -> AuditEventQuerySet:
        """Events about the given units or by their people."""
        return self.filter(scope_unit__in=unit_ids)


class EventKind(models.TextChoices):
    """What an event is about."""

    STEP = "step", _("Bước xử lý hồ sơ")
    ACCOUNT = "account", _("Tài khoản và đăng nhập")
    REFUSAL = "refusal", _("Bị từ chối")
    LOOK = "look", _("Xem thông tin riêng, tệp")
    SETTING = "setting", _("Cài đặt, danh mục")


class AuditEvent(models.Model):
    """One thing that happened: who, in which role and unit, what, when, why. Rows are added and never changed.

    `number` runs without a gap; `digest` is SHA-256 over the digest before and the words of this row
    (`core.audit.chain.words_of`), so that an edited, removed, added or swapped row breaks the chain. Units are kept by
    number and name and not by reference: a merger of units must not rewrite the past. `data` is JSON text without
    personal data.
    """

    number = models.PositiveBigIntegerField(_("số"), unique=True)
    at = models.DateTimeField(_("lúc"))
    kind = models.CharField(_("loại"), max_length=10, choices=EventKind.choices)
    action = models.CharField(_("việc"), max_length=60)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    actor_unit = models.CharField(_("đơn vị"), max_length=200, blank=True)
    roles = models.CharField(_("vai trò"), max_length=120, blank=True)
    scope_unit = models.PositiveBigIntegerField(null=True)
    subject_type = models.CharField(max_length=30, blank=True)
    subject_id = models.PositiveBigIntegerField(null=True)
    subject_label = models.CharField(_("về"), max_length=60, blank=True)
    reason = models.TextField(_("lý do"), blank=True)
    data = models.TextField(blank=True)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("dòng nhật ký")
        verbose_name_plural = _("nhật ký hệ thống")
        ordering = ["number"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="audit_by_subject"),
            models.Index(fields=["scope_unit", "-number"], name="audit_by_unit"),
            models.Index(fields=["kind", "-number"], name="audit_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.number}:{self.action}"

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnly


class AuditHead(models.Model):
    """The end of the chain: one row, locked while events are added, so that they take turns."""

    number = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_audit_head")]

    def __str__(self) -> str:
        return str(self.number)
