"""Reminders as rows: what was to be told to whom on which day, what became of it, and the last run of the engine."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core import clock
from core.history import field_history

from .channels import labels
from .enums import Channel


class Tier(models.TextChoices):
    """Why a person is told: it is theirs to do, it is late, or there is nobody else."""

    OWNER = "owner", _("Người làm")
    LEADER = "leader", _("Lãnh đạo")
    OFFICE = "office", _("Phòng Nội vụ")
    UNMANNED = "unmanned", _("Đơn vị chưa có cán bộ phụ trách")


class ReminderState(models.TextChoices):
    """What became of a reminder; `sent` means that the mail server took it, or that the portal shows it."""

    PLANNED = "planned", _("Chờ gửi")
    SENT = "sent", _("Đã gửi")
    FAILED = "failed", _("Không gửi được")
    SKIPPED = "skipped", _("Bỏ qua")


class ReminderQuerySet(models.QuerySet["Reminder"]):
    """Reminders."""

    def waiting(self) -> ReminderQuerySet:
        """Those that are in no message yet."""
        return self.filter(state=ReminderState.PLANNED, message=None)

    def left_out(self, since: datetime.date) -> ReminderQuerySet:
        """Those planned from `since` on of which nobody was told by their way, and which may be told after all.

        They were skipped, or their mail failed at an address that is no longer the person's.
        """
        failed = Q(state=ReminderState.FAILED, channel=Channel.EMAIL, message__sent_to__gt="")
        elsewhere = failed & ~Q(message__sent_to=F("recipient__email"))
        return self.filter(Q(state=ReminderState.SKIPPED) | elsewhere, planned_for__gte=since)

    def within_reach(self, unit_ids: list[int]) -> ReminderQuerySet:
        """Those about what the given units owe."""
        return self.filter(unit_id__in=unit_ids)


class Reminder(models.Model):
    """One step of a ladder for one thing owed, one person and one channel: exactly once, whoever plans and how often.

    `step` is `due:offset`; `planned_for` the local day for which it was planned. Several of them go out in one message.
    """

    subject_type = models.CharField(max_length=30)
    subject_id = models.PositiveBigIntegerField()
    unit = models.ForeignKey("organizations.Unit", on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=20)
    offset = models.SmallIntegerField()
    due = models.DateField(_("hạn"))
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10, choices=labels)
    tier = models.CharField(max_length=10, choices=Tier.choices)
    planned_for = models.DateField(_("ngày nhắc"))
    planned_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ReminderState.choices, default=ReminderState.PLANNED)
    reason = models.CharField(_("lý do"), max_length=300, blank=True)
    message = models.ForeignKey(
        "notifications.OutboxMessage", on_delete=models.PROTECT, null=True, related_name="reminders"
    )

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("lời nhắc")
        verbose_name_plural = _("lời nhắc")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "step", "recipient", "channel"], name="one_reminder_a_step"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["skipped", "failed"]) | ~Q(reason=""), name="unsent_reminder_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sent", "failed"]) | Q(message__isnull=False), name="told_reminder_has_message"
            ),
        ]
        indexes = [
            models.Index(
                fields=["recipient", "channel"], condition=Q(state="planned", message=None), name="reminder_waiting"
            ),
            models.Index(fields=["subject_type", "planned_for"], name="reminder_by_day"),
            models.Index(fields=["planned_for", "state"], name="reminder_day_state"),
            models.Index(fields=["message"], condition=Q(state="planned"), name="reminder_planned"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class SingleRow(models.QuerySet):
    """A table of one row."""

    def current(self) -> Any:
        """The row, or its values by default while nobody wrote it; never writes."""
        return self.filter(pk=1).first() or self.model(pk=1)


class ReminderSettings(models.Model):
    """When reminders go out, for the whole portal: one row."""

    digest_at = models.TimeField(_("gửi lúc"), default=datetime.time(7, 0))
    quiet_from = models.TimeField(_("không gửi từ"), default=datetime.time(18, 0))
    quiet_to = models.TimeField(_("đến"), default=datetime.time(6, 30))
    mail_on = models.BooleanField(_("gửi nhắc hạn qua thư điện tử"), default=True)

    objects = SingleRow.as_manager()
    history = field_history()

    class Meta:
        verbose_name = _("giờ nhắc hạn")
        verbose_name_plural = _("giờ nhắc hạn")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="one_row_of_reminder_settings"),
            models.CheckConstraint(
                condition=Q(digest_at__gte=F("quiet_to"), digest_at__lt=F("quiet_from")),
                name="reminders_leave_outside_quiet_hours",
                violation_error_message=_("Giờ gửi phải nằm ngoài giờ yên lặng."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


#: How often the scheduler asks for a run, and when a run counts as missing.
TICK_EVERY = datetime.timedelta(minutes=5)
TICK_IS_LATE = datetime.timedelta(minutes=12)


class Tick(models.Model):
    """The last run of the engine: one row, which a run holds while it plans, so that two never plan at once.

    `planned` counts all reminders of its day, the other figures what became of them so far. `planned_day` is the last
    day that was planned, `planned_before` the one planned before it.
    """

    at = models.DateTimeField(null=True)
    day = models.DateField(null=True)
    planned = models.PositiveIntegerField(default=0)
    sent = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    planned_day = models.DateField(null=True)
    planned_before = models.DateField(null=True)

    objects = SingleRow.as_manager()

    class Meta:
        verbose_name = _("lượt nhắc hạn")
        verbose_name_plural = _("lượt nhắc hạn")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_row_of_tick")]

    def __str__(self) -> str:
        return str(self.pk)

    def first_untold(self, day: datetime.date) -> datetime.date:
        """The first of the days that the digests of `day` answer for: the one behind the last planned before it."""
        before = self.planned_before if self.planned_day == day else self.planned_day
        return before + datetime.timedelta(days=1) if before else day

    @property
    def next_at(self) -> datetime.datetime | None:
        return self.at + TICK_EVERY if self.at else None

    @property
    def is_late(self) -> bool:
        """Whether runs stopped; before the first one nothing tells since when it was due."""
        return self.at is not None and clock.wall_now() - self.at > TICK_IS_LATE
