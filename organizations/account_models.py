"""What belongs to an account beside its roles: sessions, letters with a link, recovery codes, events."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from .enums import EventKind, Purpose
from .sealing import seal, unseal

if TYPE_CHECKING:
    from .models import User

_SALT = "organizations.letter"


class UserSession(models.Model):
    """A session of a person, beside Django's own row, which it finds by the hash of its key."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sessions")
    key_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    device = models.CharField(_("thiết bị"), max_length=80)
    address = models.GenericIPAddressField(_("địa chỉ mạng"))

    class Meta:
        verbose_name = _("phiên làm việc")
        verbose_name_plural = _("phiên làm việc")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return str(self.pk)


class AccountLetterQuerySet(models.QuerySet["AccountLetter"]):
    """Letters with a link."""

    def open_at(self, now: datetime.datetime) -> AccountLetterQuerySet:
        """Letters whose link still works at `now` (wall time)."""
        return self.filter(used_at=None, cancelled_at=None, expires_at__gt=now)


class AccountLetter(models.Model):
    """A mail about an account to one address; those with a link are good once and for a time.

    The link is signed with SECRET_KEY from the key of the row when the mail is made, so that neither this
    table nor the outbox holds anything with which an account could be opened.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="letters")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    address = models.EmailField(_("thư điện tử"))
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    objects = AccountLetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("thư về tài khoản")
        verbose_name_plural = _("thư về tài khoản")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="letter_expires_after_creation",
                violation_error_message=_("Hạn của thư phải sau lúc viết."),
            ),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(cancelled_at=None),
                name="letter_used_or_cancelled",
                violation_error_message=_("Thư đã dùng thì không hủy được."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def token(self) -> str:
        """What the link carries; made anew each time, stored nowhere."""
        return signing.Signer(salt=_SALT).sign(str(self.pk))

    @property
    def path(self) -> str:
        """The page to which the link leads; empty for a letter that only tells."""
        if self.purpose in (Purpose.INVITATION, Purpose.RESET):
            return reverse("organizations:password_set", args=[self.token])
        if self.purpose == Purpose.EMAIL_CONFIRM:
            return reverse("organizations:email_confirm", args=[self.token])
        return ""


def letter_key(token: str) -> int:
    """The key of the letter a link belongs to; 0 for a link that is none of ours."""
    try:
        return int(signing.Signer(salt=_SALT).unsign(token))
    except (signing.BadSignature, ValueError):
        return 0


class AuthenticatorApp(TOTPDevice):
    """An authenticator app of a person; its secret stands sealed in `key`, which django-otp would keep in clear."""

    class Meta:
        proxy = True
        verbose_name = _("ứng dụng xác thực")
        verbose_name_plural = _("ứng dụng xác thực")

    @classmethod
    def of(cls, user: User, secret: bytes) -> AuthenticatorApp:
        """The unsaved app of a person with its secret."""
        app = cls(user=user, name="app", confirmed=True)
        app.lock(secret)
        return app

    def lock(self, secret: bytes) -> None:
        """Put a secret under the lock of the present SECRET_KEY."""
        self.key = seal(secret, str(self.user_id))

    @property
    def bin_key(self) -> bytes:
        """The secret in clear, for as long as a code is judged; raises SealBrokenError when no key opens it."""
        return unseal(self.key, str(self.user_id))


class RecoveryCode(models.Model):
    """One code for the day the telephone is lost: hashed like a password, found by its first letters, used once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="recovery_codes")
    locator = models.CharField(max_length=4)
    code_hash = models.CharField(max_length=128)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("mã dự phòng")
        verbose_name_plural = _("mã dự phòng")
        constraints = [models.UniqueConstraint(fields=["user", "locator"], name="recovery_code_found_once")]

    def __str__(self) -> str:
        return str(self.pk)


class Tries(models.Model):
    """How often something was tried under one mark since a moment: a keyed hash of a name or address."""

    mark = models.CharField(max_length=64, unique=True)
    count = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
    last_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("số lần thử")
        verbose_name_plural = _("số lần thử")

    def __str__(self) -> str:
        return str(self.pk)


class AccountEvent(models.Model):
    """One thing that happened to an account. Rows are added and never changed; they hold no secret.

    `user` is None for a try on a name that does not exist; `actor` is None when nobody was signed in.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="events", null=True)
    kind = models.CharField(max_length=20, choices=EventKind.choices)
    at = models.DateTimeField()
    address = models.GenericIPAddressField(_("địa chỉ mạng"), null=True)
    device = models.CharField(_("thiết bị"), max_length=80, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        verbose_name = _("sự kiện tài khoản")
        verbose_name_plural = _("sự kiện tài khoản")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["user", "kind", "-at"], name="event_of_user"),
            models.Index(fields=["address", "kind", "-at"], name="event_of_address"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
