from django.db import models
from django.utils.translation import gettext_lazy as _


class InspectionKind(models.TextChoices):
    """What the office goes to units for (R40)."""

    INSPECTION = "inspection", _("Kiểm tra")
    SURVEY = "survey", _("Khảo sát")


class VisitState(models.TextChoices):
    """Where a visit stands; late is computed from the planned date and never stored."""

    PLANNED = "planned", _("Chưa thực hiện")
    RECORDED = "recorded", _("Đã ghi biên bản")
    SENT = "sent", _("Đã gửi kết quả")
    CANCELLED = "cancelled", _("Đã hủy")


class Verdict(models.TextChoices):
    """The answer to one line of the checklist."""

    MET = "met", _("Đạt")
    NOT_MET = "not_met", _("Chưa đạt")
    NOT_APPLICABLE = "not_applicable", _("Không áp dụng")


class FollowUpState(models.TextChoices):
    """Where a recommendation of a visit stands; a draft is not the unit's yet."""

    DRAFT = "draft", _("Chưa gửi")
    OPEN = "open", _("Chờ đơn vị thực hiện")
    REPORTED = "reported", _("Đã báo cáo, chờ xác nhận")
    RETURNED = "returned", _("Cần làm tiếp")
    CLOSED = "closed", _("Đã hoàn thành")
    CANCELLED = "cancelled", _("Không thực hiện nữa")


class EnclosureKind(models.TextChoices):
    """A picture that pages show, or a file that is opened."""

    PHOTO = "photo", _("Ảnh")
    DOCUMENT = "document", _("Tệp")


#: States in which the unit owes something about a recommendation.
FOLLOW_UP_OWED = frozenset({FollowUpState.OPEN, FollowUpState.RETURNED})
