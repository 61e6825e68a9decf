from django.db import models
from django.utils.translation import gettext_lazy as _


class GuidanceKind(models.TextChoices):
    """What the office publishes to units (R38)."""

    DOCUMENT = "document", _("Văn bản hướng dẫn")
    ANSWER = "answer", _("Hỏi đáp")


class GuidanceAddressing(models.TextChoices):
    """How the units that are to read a guidance are chosen."""

    ALL = "all", _("Tất cả đơn vị của chương trình")
    KINDS = "kinds", _("Theo loại đơn vị")
    CHOSEN = "chosen", _("Chọn từng đơn vị")


class GuidanceState(models.TextChoices):
    """Where a guidance stands."""

    DRAFT = "draft", _("Bản nháp")
    PUBLISHED = "published", _("Đang áp dụng")
    REPLACED = "replaced", _("Đã có bản thay thế")
    WITHDRAWN = "withdrawn", _("Đã thu hồi")


class QuestionState(models.TextChoices):
    """Where a question of a unit stands."""

    OPEN = "open", _("Chờ trả lời")
    ANSWERED = "answered", _("Đã trả lời")
