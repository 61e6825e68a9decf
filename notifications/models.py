from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .enums import Channel, NoticeKind, Rhythm, Status
from .reminder_models import Reminder, ReminderSettings, Tick

if TYPE_CHECKING:
    from .wording import Digest

__all__ = [
    "CalendarFeed",
    "Channel",
    "OutboxMessage",
    "OutboxQuerySet",
    "Preference",
    "Reminder",
    "ReminderSettings",
    "Status",
    "Tick",
]


#: Kinds of messages that gather what a day has for their reader.
DIGESTS = frozenset({"digest", "news_digest"})


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    """Outgoing messages."""

    def due(self, now: datetime.datetime, channel: str = Channel.EMAIL) -> OutboxQuerySet:
        """Messages of a channel that may go out at `now` (wall time)."""
        # The index holds no notices; SQLite takes it only when the query says so in the same words.
        rows = self.filter(status=Status.PENDING).exclude(channel=Channel.IN_APP)
        return rows.filter(channel=channel, not_before__lte=now)

    def stuck(self, before: datetime.datetime) -> OutboxQuerySet:
        """Claims older than `before`: their worker died."""
        return self.filter(status=Status.CLAIMED, claimed_at__lt=before)

    def notices_of(self, user: Any, now: datetime.datetime) -> OutboxQuerySet:
        """In-app notices that `user` may see at `now`, newest first."""
        return self.filter(recipient=user, channel=Channel.IN_APP, status=Status.PENDING, not_before__lte=now).order_by(
            "-not_before", "-pk"
        )

    def waiting_for_digest(self, day: datetime.date, now: datetime.datetime) -> OutboxQuerySet:
        """Letters that belong into a digest of `day` (wall date) or of an earlier one, oldest first."""
        waiting = self.filter(status=Status.WAITING, gather_from__lte=day, not_before__lte=now)
        return waiting.order_by("created_at", "pk")

    def unread(self) -> OutboxQuerySet:
        """Notices that were not opened yet."""
        return self.filter(read_at=None)


class OutboxMessage(models.Model):
    """One message to one person on one channel: a row written with its cause, the promise that it will go out.

    Unique on (subject, step, recipient, channel). `not_before` is wall time: until then an undo can still stop it.
    A letter that waits for a digest belongs to those from `gather_from` (wall date) on. `calendar` holds the dates that
    the mail carries as calendar events (notifications/calendar.py).
    """

    subject_type = models.CharField(max_length=30)
    subject_id = models.PositiveBigIntegerField()
    step = models.CharField(max_length=60)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="messages")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    title = models.CharField(_("tiêu đề"), max_length=200)
    body = models.TextField(_("nội dung"))
    path = models.CharField(_("liên kết"), max_length=200, blank=True)
    kind = models.CharField(
        _("loại tin"),
        max_length=10,
        choices=NoticeKind.choices,
        default=NoticeKind.DUTY,
        db_default=NoticeKind.DUTY.value,
    )
    calendar = models.JSONField(null=True)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()
    gather_from = models.DateField(null=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    claimed_at = models.DateTimeField(null=True)
    claim = models.UUIDField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    #: The address of the last attempt: a failure stands for it alone.
    sent_to = models.EmailField(blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    objects = OutboxQuerySet.as_manager()
    #: The words of a message that is worded when it is sent (delivery.py); stored nowhere.
    digest: Digest | None = None

    class Meta:
        verbose_name = _("thông báo")
        verbose_name_plural = _("thông báo")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "step", "recipient", "channel"], name="one_message_a_step"
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.SENT) | Q(sent_at__isnull=False), name="sent_message_has_time"
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.CLAIMED) | Q(claimed_at__isnull=False, claim__isnull=False),
                name="claimed_message_has_claim",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.WAITING) | Q(gather_from__isnull=False), name="waiting_message_has_day"
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "not_before"],
                condition=Q(status="pending") & ~Q(channel="in_app"),
                name="outbox_due",
            ),
            models.Index(fields=["gather_from", "recipient"], condition=Q(status="waiting"), name="outbox_waiting"),
            models.Index(fields=["claimed_at"], condition=Q(status="claimed"), name="outbox_claimed"),
            models.Index(
                fields=["status", "created_at"],
                condition=Q(channel="email", status__in=("pending", "claimed", "failed")),
                name="outbox_unsent",
            ),
            models.Index(fields=["recipient", "channel", "-not_before"], name="outbox_inbox"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_digest(self) -> bool:
        return self.subject_type in DIGESTS

    @property
    def message_id(self) -> str:
        """The same for every attempt, so that a copy sent after a crash is recognised as one."""
        return f"<portal.{self.pk}.{self.recipient_id}@{settings.MAIL_DOMAIN}>"


class Preference(models.Model):
    """How soon a person wants letters of one kind; what has no row keeps the rhythm of its kind.

    Duties have no row: they cannot be muted, and the database holds it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="preferences")
    kind = models.CharField(_("loại tin"), max_length=10, choices=NoticeKind.choices)
    rhythm = models.CharField(_("nhịp nhận"), max_length=10, choices=Rhythm.choices)

    class Meta:
        verbose_name = _("lựa chọn nhận tin")
        verbose_name_plural = _("lựa chọn nhận tin")
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="one_rhythm_a_kind"),
            models.CheckConstraint(
                condition=~Q(kind=NoticeKind.DUTY),
                name="duties_are_not_muted",
                violation_error_message=_("Tin về việc phải làm không tắt được."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}:{self.kind}"


class CalendarFeed(models.Model):
    """The address of a person's calendar: only the hash of its token, and one address a person.

    Whoever knows the token reads the person's due dates and nothing else; it opens no session.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="calendar_feed")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("địa chỉ lịch")
        verbose_name_plural = _("địa chỉ lịch")

    def __str__(self) -> str:
        return str(self.pk)
