from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.enums import MovementLevel, MovementState
from campaigns.movement_querysets import JoiningQuerySet, MovementQuerySet
from core.history import field_history
from core.workflow import TransitionLog


def new_code() -> str:
    """A code for a movement that the portal's own people write down."""
    return f"PT-{secrets.token_hex(5)}"


class Movement(models.Model):
    """An emulation movement (phong trào thi đua): launched by a unit, joined by units, and exemplars come from it (R8).

    `unit` launched it, or carries it out in the district when somebody above launched it (`launched_by`, in words).
    `is_reference` came with the portal and is launched from the first; the others begin prepared.
    """

    code = models.CharField(_("mã"), max_length=20, unique=True, default=new_code, editable=False)
    name = models.CharField(_("tên phong trào"), max_length=250)
    level = models.CharField(
        _("cấp phát động"), max_length=10, choices=MovementLevel.choices, default=MovementLevel.DISTRICT
    )
    unit = models.ForeignKey(
        "organizations.Unit",
        verbose_name=_("đơn vị phát động hoặc thực hiện"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="movements",
    )
    launched_by = models.CharField(_("đơn vị phát động"), max_length=200, blank=True)
    number = models.CharField(_("số văn bản"), max_length=60, blank=True)
    paper_date = models.DateField(_("ngày văn bản"), null=True, blank=True)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("phong trào cấp trên"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
    )
    starts = models.DateField(_("từ ngày"), null=True, blank=True)
    ends = models.DateField(_("đến ngày"), null=True, blank=True)
    slogan = models.CharField(_("khẩu hiệu"), max_length=250, blank=True)
    criteria = models.TextField(_("tiêu chí, tiêu chuẩn thi đua"), blank=True)
    summary = models.TextField(_("sơ kết, tổng kết"), blank=True)
    position = models.PositiveSmallIntegerField(_("thứ tự"), default=0)
    state = models.CharField(
        _("trạng thái"),
        max_length=10,
        choices=MovementState.choices,
        default=MovementState.PREPARED,
        editable=False,
    )
    launched_on = models.DateField(_("ngày phát động"), null=True, blank=True, editable=False)
    ended_on = models.DateField(_("ngày kết thúc"), null=True, blank=True, editable=False)
    is_reference = models.BooleanField(default=False, editable=False)
    search_text = models.CharField(max_length=1000, blank=True, editable=False)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = MovementQuerySet.as_manager()
    history = field_history(without=["search_text"])

    class Meta:
        verbose_name = _("phong trào thi đua")
        verbose_name_plural = _("phong trào thi đua")
        ordering = ["position", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts=None) | Q(ends=None) | Q(ends__gte=F("starts")),
                name="movement_ends_after_start",
                violation_error_message=_("Ngày cuối phải sau ngày đầu."),
            ),
            models.CheckConstraint(condition=Q(state__in=MovementState.values), name="movement_state_known"),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("pk")),
                name="movement_is_not_its_own_parent",
                violation_error_message=_("Phong trào không thể là cấp trên của chính nó."),
            ),
            models.CheckConstraint(
                condition=Q(state=MovementState.PREPARED, launched_on=None)
                | ~Q(state=MovementState.PREPARED) & (Q(launched_on__isnull=False) | Q(is_reference=True)),
                name="launched_movement_has_day",
            ),
            models.CheckConstraint(
                condition=Q(state=MovementState.ENDED, ended_on__isnull=False) & ~Q(summary="")
                | ~Q(state=MovementState.ENDED) & Q(ended_on=None),
                name="ended_movement_has_day_and_summary",
                violation_error_message=_("Phong trào chỉ kết thúc khi có tổng kết."),
            ),
            models.CheckConstraint(
                condition=Q(is_reference=True) | Q(unit__isnull=False) | Q(state=MovementState.PREPARED),
                name="launched_movement_has_unit",
            ),
            models.CheckConstraint(
                condition=Q(edited_by=None, edited_at=None) | Q(edited_by__isnull=False, edited_at__isnull=False),
                name="edited_movement_has_person_and_time",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("campaigns:movement_detail", args=[self.pk])

    @property
    def launcher(self) -> str:
        """Who launched it, in words."""
        return self.launched_by or (self.unit.name if self.unit else "")

    @property
    def is_running(self) -> bool:
        return self.state == MovementState.LAUNCHED


class MovementTransition(TransitionLog):
    """The log of a movement's life."""

    record = models.ForeignKey(Movement, on_delete=models.PROTECT, related_name="transitions")

    class Meta(TransitionLog.Meta):
        verbose_name = _("bước của phong trào")
        verbose_name_plural = _("bước của phong trào")


class Joining(models.Model):
    """A unit that joined a movement, with its plan; one that left keeps its row, and may join again by a new one."""

    movement = models.ForeignKey(Movement, on_delete=models.PROTECT, related_name="joinings")
    unit = models.ForeignKey(
        "organizations.Unit", verbose_name=_("đơn vị"), on_delete=models.PROTECT, related_name="joinings"
    )
    joined_on = models.DateField(_("ngày đăng ký tham gia"))
    plan_number = models.CharField(_("số kế hoạch của đơn vị"), max_length=60, blank=True)
    joined_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    left_on = models.DateField(_("ngày thôi tham gia"), null=True, blank=True)
    left_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    left_reason = models.CharField(_("lý do thôi tham gia"), max_length=300, blank=True)

    objects = JoiningQuerySet.as_manager()
    history = field_history()

    class Meta:
        verbose_name = _("đơn vị tham gia phong trào")
        verbose_name_plural = _("đơn vị tham gia phong trào")
        ordering = ["joined_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["movement", "unit"], condition=Q(left_on=None), name="unit_joins_a_movement_once"
            ),
            models.CheckConstraint(
                condition=Q(left_on=None, left_by=None, left_reason="")
                | Q(left_on__gte=F("joined_on"), left_by__isnull=False) & ~Q(left_reason=""),
                name="unit_leaves_with_day_person_and_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.movement_id}/{self.unit_id}"
