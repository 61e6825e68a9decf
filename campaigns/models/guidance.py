from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.guidance_enums import GuidanceAddressing, GuidanceKind, GuidanceState, QuestionState
from campaigns.guidance_querysets import GuidanceQuerySet, GuidanceUnitQuerySet, QuestionQuerySet
from core.history import field_history
from core.workflow import TransitionLog

from .milestone import Milestone
from .programme import Programme
from .task import person

if TYPE_CHECKING:
    from organizations.models import Unit


class Guidance(models.Model):
    """A document or an answer that the office publishes to units (R38).

    Published, it has one row for each addressed unit, so that an unread one is a row and not a hole. It is never
    changed afterwards: a newer one replaces it, or it is withdrawn with a reason.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="guidance")
    milestone = models.ForeignKey(
        Milestone, verbose_name=_("mốc"), on_delete=models.PROTECT, null=True, blank=True, related_name="guidance"
    )
    kind = models.CharField(_("loại"), max_length=10, choices=GuidanceKind.choices)
    state = models.CharField(max_length=10, choices=GuidanceState.choices, default=GuidanceState.DRAFT, editable=False)
    title = models.CharField(_("tiêu đề"), max_length=200)
    paper_number = models.CharField(_("số văn bản"), max_length=50, blank=True)
    paper_date = models.DateField(_("ngày văn bản"), null=True, blank=True)
    text = models.TextField(_("nội dung"))
    addressing = models.CharField(
        _("gửi tới"), max_length=10, choices=GuidanceAddressing.choices, default=GuidanceAddressing.ALL
    )
    unit_kinds = models.JSONField(_("loại đơn vị"), default=list, blank=True)
    chosen_units = models.ManyToManyField("organizations.Unit", verbose_name=_("đơn vị"), related_name="+", blank=True)
    replaces = models.ForeignKey(
        "self",
        verbose_name=_("thay cho"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="replaced_by",
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")
    made_at = models.DateTimeField(editable=False)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    published_by = person()
    reminded_on = models.DateField(null=True, blank=True, editable=False)
    search_text = models.TextField(editable=False, default="")

    objects = GuidanceQuerySet.as_manager()
    history = field_history(without=["search_text"])

    class Meta:
        verbose_name = _("hướng dẫn")
        verbose_name_plural = _("hướng dẫn")
        ordering = [F("published_at").desc(nulls_first=True), "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(published_at=None, published_by=None)
                | Q(published_at__isnull=False, published_by__isnull=False),
                name="published_guidance_has_person",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[GuidanceState.PUBLISHED, GuidanceState.REPLACED])
                | Q(published_at__isnull=False),
                name="standing_guidance_was_published",
            ),
            models.UniqueConstraint(
                fields=["replaces"],
                condition=~Q(state=GuidanceState.WITHDRAWN),
                name="guidance_replaced_once",
            ),
        ]
        indexes = [models.Index(fields=["milestone", "state"], name="guidance_of_milestone")]

    def __str__(self) -> str:
        return self.title[:60]

    def get_absolute_url(self) -> str:
        return reverse("campaigns:guidance_detail", args=[self.pk])

    @property
    def unit(self):
        """The district whose office publishes it."""
        return self.programme.unit

    @property
    def unit_id(self) -> int:
        return self.programme.unit_id

    @property
    def is_draft(self) -> bool:
        return self.state == GuidanceState.DRAFT

    @property
    def is_standing(self) -> bool:
        return self.state == GuidanceState.PUBLISHED


class GuidanceUnit(models.Model):
    """A unit that is to read a guidance."""

    guidance = models.ForeignKey(Guidance, on_delete=models.PROTECT, related_name="addressed")
    unit = models.ForeignKey("organizations.Unit", on_delete=models.PROTECT, related_name="+")

    objects = GuidanceUnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("đơn vị nhận hướng dẫn")
        verbose_name_plural = _("đơn vị nhận hướng dẫn")
        constraints = [models.UniqueConstraint(fields=["guidance", "unit"], name="guidance_once_a_unit")]
        indexes = [models.Index(fields=["unit"], name="guidance_of_unit")]

    def __str__(self) -> str:
        return f"{self.guidance_id}/{self.unit_id}"


class ReadReceipt(models.Model):
    """Somebody confirmed for a unit that a guidance was read."""

    guidance = models.ForeignKey(Guidance, on_delete=models.PROTECT, related_name="receipts")
    unit = models.ForeignKey("organizations.Unit", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField()

    class Meta:
        verbose_name = _("xác nhận đã đọc")
        verbose_name_plural = _("xác nhận đã đọc")
        ordering = ["read_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["guidance", "unit", "user"], name="one_receipt_a_person")]

    def __str__(self) -> str:
        return str(self.pk)


class Question(models.Model):
    """What a unit asks about a guidance or a milestone, and the office's answer."""

    guidance = models.ForeignKey(
        Guidance, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="questions"
    )
    milestone = models.ForeignKey(
        Milestone, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="questions"
    )
    unit = models.ForeignKey("organizations.Unit", on_delete=models.PROTECT, related_name="questions")
    state = models.CharField(max_length=10, choices=QuestionState.choices, default=QuestionState.OPEN, editable=False)
    text = models.TextField(_("câu hỏi"))
    asked_at = models.DateTimeField(editable=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")
    answer = models.TextField(_("trả lời"), blank=True)
    answered_at = models.DateTimeField(null=True, blank=True, editable=False)
    answered_by = person()
    published_as = models.OneToOneField(
        Guidance, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="question"
    )

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("câu hỏi của đơn vị")
        verbose_name_plural = _("câu hỏi của đơn vị")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="question_has_text"),
            models.CheckConstraint(
                condition=Q(guidance__isnull=False) | Q(milestone__isnull=False), name="question_is_about_something"
            ),
            models.CheckConstraint(
                condition=Q(state=QuestionState.OPEN, answered_at=None, answered_by=None, answer="")
                | Q(state=QuestionState.ANSWERED, answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer=""),
                name="answered_question_has_answer",
            ),
        ]
        indexes = [
            models.Index(fields=["asked_at"], condition=Q(state=QuestionState.OPEN), name="question_open"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def get_absolute_url(self) -> str:
        return reverse("campaigns:question_detail", args=[self.pk])

    @property
    def programme(self) -> Programme:
        """The programme that the question belongs to."""
        about = self.guidance or self.milestone
        assert about is not None
        return about.programme

    @property
    def followed_at(self) -> Unit:
        """The unit over which the office holds the roles by which it answers."""
        return self.programme.followed_at(self.unit)

    @property
    def log_unit_id(self) -> int:
        """The unit in whose journal its steps stand."""
        return self.followed_at.pk

    @property
    def subject(self) -> str:
        """What the question is about, in words."""
        return self.guidance.title if self.guidance else self.milestone.short_title if self.milestone else ""


class GuidanceTransition(TransitionLog):
    """The log of a guidance."""

    record = models.ForeignKey(Guidance, on_delete=models.PROTECT, related_name="transitions")

    class Meta(TransitionLog.Meta):
        verbose_name = _("bước của hướng dẫn")
        verbose_name_plural = _("bước của hướng dẫn")


class QuestionTransition(TransitionLog):
    """The log of a question."""

    record = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="transitions")

    class Meta(TransitionLog.Meta):
        verbose_name = _("bước của câu hỏi")
        verbose_name_plural = _("bước của câu hỏi")
