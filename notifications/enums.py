from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """How a message reaches a person."""

    IN_APP = "in_app", _("Trên cổng")
    EMAIL = "email", _("Thư điện tử")


class Status(models.TextChoices):
    """Where a message stands; an in-app notice stays pending and is shown from `not_before` on."""

    PENDING = "pending", _("Chờ gửi")
    WAITING = "waiting", _("Chờ thư tổng hợp")
    CLAIMED = "claimed", _("Đang gửi")
    SENT = "sent", _("Đã gửi")
    GATHERED = "gathered", _("Đã vào thư tổng hợp")
    SKIPPED = "skipped", _("Không còn cần gửi")
    FAILED = "failed", _("Không gửi được")


class NoticeKind(models.TextChoices):
    """What a letter is about, as its reader sorts it; which steps are of which kind: notifications/kinds.py."""

    DUTY = "duty", _("Việc phải làm")
    DECISION = "decision", _("Kết quả")
    REQUEST = "request", _("Đề nghị")
    NEWS = "news", _("Tin mới")


class Rhythm(models.TextChoices):
    """How soon letters of a kind leave the portal; the notice on the portal is there at once in any case."""

    AT_ONCE = "at_once", _("Gửi thư ngay")
    DAILY = "daily", _("Gộp vào thư tổng hợp mỗi ngày làm việc")
    WEEKLY = "weekly", _("Gộp vào thư tổng hợp đầu tuần")
    PORTAL = "portal", _("Chỉ báo trên cổng, không gửi thư")
