from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaigns.ladder import DEFAULT_STEPS, check_steps
from campaigns.querysets import ProgrammeQuerySet
from core.history import field_history

if TYPE_CHECKING:
    from organizations.models import Unit


def default_ladder() -> list[int]:
    """The ladder of a new programme."""
    return list(DEFAULT_STEPS)


class LegalBasis(models.Model):
    """A document that the programme and its papers cite, by dates in force (R5)."""

    number = models.CharField(_("số, ký hiệu"), max_length=60, unique=True)
    title = models.CharField(_("trích yếu"), max_length=400)
    issuer = models.CharField(_("cơ quan ban hành"), max_length=200)
    issued_on = models.DateField(_("ngày ban hành"))
    in_force_from = models.DateField(_("có hiệu lực từ"), null=True, blank=True)
    in_force_to = models.DateField(_("hết hiệu lực sau"), null=True, blank=True)

    history = field_history()

    class Meta:
        verbose_name = _("căn cứ pháp lý")
        verbose_name_plural = _("căn cứ pháp lý")
        ordering = ["issued_on", "number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(in_force_to=None) | Q(in_force_from=None) | Q(in_force_to__gte=F("in_force_from")),
                name="basis_in_force_ends_after_start",
                violation_error_message=_("Ngày cuối phải sau ngày đầu."),
            )
        ]

    def __str__(self) -> str:
        return self.number


class Programme(models.Model):
    """A five-year programme of one district and the plan that founded it (R37)."""

    code = models.CharField(_("mã"), max_length=20, unique=True)
    name = models.CharField(_("tên chương trình"), max_length=200)
    unit = models.ForeignKey(
        "organizations.Unit", verbose_name=_("phạm vi"), on_delete=models.PROTECT, related_name="programmes"
    )
    plan_number = models.CharField(_("số kế hoạch"), max_length=50, blank=True)
    plan_date = models.DateField(_("ngày ban hành"), null=True, blank=True)
    issuer = models.CharField(_("cơ quan ban hành"), max_length=200)
    signer = models.CharField(_("người ký"), max_length=150, blank=True)
    signer_title = models.CharField(_("chức vụ người ký"), max_length=150, blank=True)
    starts = models.DateField(_("từ ngày"))
    ends = models.DateField(_("đến ngày"))
    legal_bases = models.ManyToManyField(LegalBasis, verbose_name=_("căn cứ"), related_name="programmes", blank=True)
    previous = models.ForeignKey(
        "self", verbose_name=_("giai đoạn trước"), on_delete=models.PROTECT, null=True, blank=True, related_name="next"
    )
    #: Days from the due date of a task, negative before it (R38); a milestone may have its own.
    ladder = models.JSONField(_("bậc nhắc"), default=default_ladder, validators=[check_steps])
    leader_from = models.PositiveSmallIntegerField(_("báo lãnh đạo đơn vị từ ngày quá hạn thứ"), default=3)
    office_from = models.PositiveSmallIntegerField(_("báo Phòng Nội vụ từ ngày quá hạn thứ"), default=7)
    reminders_on = models.BooleanField(_("gửi nhắc hạn"), default=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    summary = models.TextField(_("tóm tắt kết quả"), blank=True)

    objects = ProgrammeQuerySet.as_manager()
    history = field_history()

    class Meta:
        verbose_name = _("chương trình")
        verbose_name_plural = _("chương trình")
        ordering = ["starts"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gte=F("starts")),
                name="programme_ends_after_start",
                violation_error_message=_("Ngày cuối phải sau ngày đầu."),
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(summary=""),
                name="closed_programme_has_summary",
                violation_error_message=_("Chương trình chỉ đóng khi có tóm tắt kết quả."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    def followed_at(self, unit: Unit) -> Unit:
        """The unit over which office, leaders and council hold the roles by which they follow what `unit` does for it.

        That unit; of a successor outside the district the programme's, whose office its reports and questions go to.
        """
        return unit if unit.path.startswith(self.unit.path) else self.unit


class UnitGoal(models.Model):
    """What a unit aims at in the period: optional, none by default, set by the office."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="goals")
    unit = models.ForeignKey("organizations.Unit", on_delete=models.PROTECT, related_name="+")
    exemplars = models.PositiveSmallIntegerField(_("số điển hình"))
    note = models.CharField(_("ghi chú"), max_length=200, blank=True)

    history = field_history()

    class Meta:
        verbose_name = _("chỉ tiêu của đơn vị")
        verbose_name_plural = _("chỉ tiêu của đơn vị")
        constraints = [models.UniqueConstraint(fields=["programme", "unit"], name="one_goal_a_unit")]

    def __str__(self) -> str:
        return f"{self.programme_id}/{self.unit_id}"
