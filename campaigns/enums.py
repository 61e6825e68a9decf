from django.db import models
from django.utils.translation import gettext_lazy as _


class Tier(models.TextChoices):
    """Who answers a milestone: the units first, the district after them (R32)."""

    UNIT = "unit", _("Đơn vị")
    DISTRICT = "district", _("Huyện")


class Addressing(models.TextChoices):
    """How the units that owe a milestone are chosen."""

    KINDS = "kinds", _("Theo loại đơn vị")
    BLOCK = "block", _("Theo khối thi đua")
    CHOSEN = "chosen", _("Chọn từng đơn vị")


class Duty(models.TextChoices):
    """The yearly duties of every unit (R48)."""

    REGISTER = "register", _("Phát hiện, đăng ký")
    NURTURE = "nurture", _("Bồi dưỡng, xây dựng")
    PROPAGATE = "propagate", _("Tuyên truyền, nhân rộng")
    REPORT = "report", _("Báo cáo")


class TaskState(models.TextChoices):
    """Where the task of a unit stands; overdue is computed from the dates and never stored."""

    OPEN = "open", _("Chưa nộp")
    SUBMITTED = "submitted", _("Đã nộp, chờ nhận")
    RETURNED = "returned", _("Cần bổ sung")
    ACCEPTED = "accepted", _("Đã nhận")


class FileKind(models.TextChoices):
    """What a file of a report is."""

    SIGNED = "signed", _("Bản có chữ ký, đóng dấu")
    ANNEX = "annex", _("Phụ lục, tài liệu kèm theo")


class ExtensionState(models.TextChoices):
    """Where a request for more time stands."""

    OPEN = "open", _("Chờ trả lời")
    GRANTED = "granted", _("Đã gia hạn")
    REFUSED = "refused", _("Không gia hạn")
    DROPPED = "dropped", _("Không cần nữa")


class MovementLevel(models.TextChoices):
    """Who launched a movement."""

    CENTRAL = "central", _("Trung ương")
    PROVINCE = "province", _("Tỉnh")
    DISTRICT = "district", _("Huyện")
    COMMUNE = "commune", _("Xã, đơn vị")


class MovementState(models.TextChoices):
    """Where a movement stands."""

    PREPARED = "prepared", _("Đang chuẩn bị")
    LAUNCHED = "launched", _("Đang diễn ra")
    ENDED = "ended", _("Đã kết thúc")


#: States in which the unit owes something.
OWED = frozenset({TaskState.OPEN, TaskState.RETURNED})
#: States in which something was handed in; a returned report was in, and is owed again.
HANDED_IN = frozenset({TaskState.SUBMITTED, TaskState.RETURNED, TaskState.ACCEPTED})
