from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.history import field_history
from models_registry.enums import ConfirmationRule


class Field(models.Model):
    """A field of activity (lĩnh vực)."""

    code = models.CharField(_("mã"), max_length=10, unique=True)
    name = models.CharField(_("tên lĩnh vực"), max_length=100)
    short_name = models.CharField(_("tên gọn"), max_length=40)
    position = models.PositiveSmallIntegerField(_("thứ tự"), default=0)

    history = field_history()

    class Meta:
        verbose_name = _("lĩnh vực")
        verbose_name_plural = _("lĩnh vực")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class SubField(models.Model):
    """A part of a field of activity."""

    field = models.ForeignKey(Field, on_delete=models.PROTECT, related_name="sub_fields")
    name = models.CharField(_("tên"), max_length=100)
    position = models.PositiveSmallIntegerField(_("thứ tự"), default=0)

    history = field_history()

    class Meta:
        verbose_name = _("lĩnh vực cụ thể")
        verbose_name_plural = _("lĩnh vực cụ thể")
        ordering = ["field__position", "position"]
        constraints = [models.UniqueConstraint(fields=["field", "name"], name="sub_field_once")]

    def __str__(self) -> str:
        return self.name


class Criterion(models.Model):
    """One of the seven criteria of Plan 197 (R15–R21); editable, never scored."""

    code = models.CharField(_("mã"), max_length=4, unique=True)
    label = models.CharField(_("tiêu chí"), max_length=120)
    quote = models.TextField(_("lời văn của kế hoạch"))
    evidence_hint = models.CharField(_("gợi ý minh chứng"), max_length=200)
    position = models.PositiveSmallIntegerField(_("thứ tự"), default=0)

    history = field_history()

    class Meta:
        verbose_name = _("tiêu chí")
        verbose_name_plural = _("tiêu chí")
        ordering = ["position"]

    def __str__(self) -> str:
        return self.label


class ReviewSettings(models.Model):
    """How an office reviews: its clocks in working days, and who must confirm before a unit sends.

    The plan gives no days; these are the office's own, with the paper they stand on (domain.md (c) c5).
    """

    office = models.OneToOneField("organizations.Unit", on_delete=models.PROTECT, related_name="review_settings")
    review_days = models.PositiveSmallIntegerField(_("Ngày làm việc để trả lời hồ sơ"), default=10)
    sudden_days = models.PositiveSmallIntegerField(_("Ngày làm việc để trả lời thành tích đột xuất"), default=3)
    answer_days = models.PositiveSmallIntegerField(_("Ngày làm việc đề nghị cho đơn vị bổ sung"), default=5)
    confirmation = models.CharField(
        _("Xác nhận trước khi gửi"),
        max_length=10,
        choices=ConfirmationRule.choices,
        default=ConfirmationRule.NONE,
    )
    basis = models.CharField(_("Căn cứ"), max_length=300, blank=True)

    history = field_history()

    class Meta:
        verbose_name = _("cài đặt xét duyệt")
        verbose_name_plural = _("cài đặt xét duyệt")
        constraints = [
            models.CheckConstraint(
                condition=Q(review_days__range=(1, 60), sudden_days__range=(1, 60), answer_days__range=(1, 60)),
                name="review_days_within_bounds",
                violation_error_message=_("Số ngày từ 1 đến 60."),
            ),
            models.CheckConstraint(
                condition=Q(sudden_days__lte=F("review_days")),
                name="sudden_is_no_slower",
                violation_error_message=_("Thời hạn cho thành tích đột xuất không dài hơn thời hạn thường."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.office_id)


class StockRemark(models.Model):
    """A phrase that reviewers use often when they return a record; the office keeps its own list."""

    office = models.ForeignKey("organizations.Unit", on_delete=models.PROTECT, related_name="stock_remarks")
    text = models.CharField(_("câu mẫu"), max_length=300)
    position = models.PositiveSmallIntegerField(_("thứ tự"), default=0)

    history = field_history()

    class Meta:
        verbose_name = _("câu nhận xét mẫu")
        verbose_name_plural = _("câu nhận xét mẫu")
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["office", "text"], name="stock_remark_once")]

    def __str__(self) -> str:
        return self.text
