from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.inspection_enums import FOLLOW_UP_OWED, FollowUpState, InspectionKind, Verdict, VisitState
from campaigns.inspection_querysets import FollowUpQuerySet, InspectionPlanQuerySet, VisitQuerySet
from core import clock
from core.dates import format_date
from core.history import field_history
from core.workflow import TransitionLog

from .programme import Programme
from .task import person


class InspectionPlan(models.Model):
    """A plan of inspection or survey: what for, when, led by whom, with which checklist (R40).

    Until it is announced only those who read the whole scope see it; announced, each unit sees its own visit in
    advance. Number and date of the paper are the clerk's and may stay blank.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="inspection_plans")
    kind = models.CharField(_("loại"), max_length=12, choices=InspectionKind.choices)
    title = models.CharField(_("tên kế hoạch"), max_length=200)
    paper_number = models.CharField(_("số văn bản"), max_length=50, blank=True)
    paper_date = models.DateField(_("ngày văn bản"), null=True, blank=True)
    purpose = models.TextField(_("mục đích, yêu cầu"), blank=True)
    starts = models.DateField(_("từ ngày"))
    ends = models.DateField(_("đến ngày"))
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người phụ trách"), on_delete=models.PROTECT, related_name="+"
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")
    made_at = models.DateTimeField(editable=False)
    announced_at = models.DateTimeField(null=True, blank=True, editable=False)
    announced_by = person()

    objects = InspectionPlanQuerySet.as_manager()
    history = field_history()

    class Meta:
        verbose_name = _("kế hoạch kiểm tra, khảo sát")
        verbose_name_plural = _("kế hoạch kiểm tra, khảo sát")
        ordering = ["-starts", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gte=F("starts")),
                name="inspection_plan_ends_after_start",
                violation_error_message=_("Ngày cuối phải từ ngày đầu trở đi."),
            ),
            models.CheckConstraint(
                condition=Q(announced_at=None, announced_by=None)
                | Q(announced_at__isnull=False, announced_by__isnull=False),
                name="announced_plan_has_person",
            ),
        ]

    def __str__(self) -> str:
        return self.title[:60]

    def get_absolute_url(self) -> str:
        return reverse("campaigns:plan_detail", args=[self.pk])

    @property
    def is_announced(self) -> bool:
        return self.announced_at is not None

    @property
    def paper(self) -> str:
        """Number and date of the paper as they are known; "" without both."""
        day = gettext("ngày %(date)s") % {"date": format_date(self.paper_date)} if self.paper_date else ""
        return " ".join(filter(None, [self.paper_number, day]))


class ChecklistLine(models.Model):
    """One thing that every visit of a plan looks at."""

    plan = models.ForeignKey(InspectionPlan, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField(_("thứ tự"))
    text = models.CharField(_("nội dung"), max_length=300)

    class Meta:
        verbose_name = _("nội dung kiểm tra")
        verbose_name_plural = _("nội dung kiểm tra")
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["plan", "text"], name="checklist_line_once")]

    def __str__(self) -> str:
        return str(self.pk)


class Visit(models.Model):
    """One visit to one unit: planned, recorded on the spot, its result sent to the unit.

    `version` counts saves of the record, so that two devices never write over each other. The findings are the
    unit's to read once the state is `sent`; whoever recorded them does not send them.
    """

    #: The history of a visit comes with its steps and none while it is being typed.
    skip_history_when_saving = True

    plan = models.ForeignKey(InspectionPlan, on_delete=models.PROTECT, related_name="visits")
    unit = models.ForeignKey(
        "organizations.Unit", verbose_name=_("đơn vị"), on_delete=models.PROTECT, related_name="visits"
    )
    state = models.CharField(max_length=10, choices=VisitState.choices, default=VisitState.PLANNED, editable=False)
    planned_on = models.DateField(_("ngày dự kiến"))
    team = models.ManyToManyField(settings.AUTH_USER_MODEL, verbose_name=_("thành viên đoàn"), related_name="visits")
    team_note = models.CharField(_("thành viên khác"), max_length=300, blank=True)
    done_on = models.DateField(_("ngày thực hiện"), null=True, blank=True)
    met_with = models.CharField(_("đại diện đơn vị"), max_length=300, blank=True)
    findings = models.TextField(_("nhận xét"), blank=True)
    conclusion = models.TextField(_("kết luận"), blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    saved_at = models.DateTimeField(null=True, blank=True, editable=False)
    saved_by = person()
    recorded_at = models.DateTimeField(null=True, blank=True, editable=False)
    recorded_by = person()
    sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    sent_by = person()
    cancel_reason = models.TextField(_("lý do hủy"), blank=True)

    objects = VisitQuerySet.as_manager()
    history = field_history()

    class Meta:
        verbose_name = _("lần kiểm tra, khảo sát")
        verbose_name_plural = _("lần kiểm tra, khảo sát")
        ordering = ["planned_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "unit"],
                condition=~Q(state=VisitState.CANCELLED),
                name="one_standing_visit_a_unit",
                violation_error_message=_("Đơn vị này đã có trong kế hoạch."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[VisitState.RECORDED, VisitState.SENT])
                | Q(done_on__isnull=False, recorded_at__isnull=False, recorded_by__isnull=False) & ~Q(conclusion=""),
                name="recorded_visit_has_day_and_conclusion",
            ),
            models.CheckConstraint(
                condition=~Q(state=VisitState.SENT) | Q(sent_at__isnull=False, sent_by__isnull=False),
                name="sent_visit_has_sender",
            ),
            models.CheckConstraint(
                condition=~Q(state=VisitState.SENT) | ~Q(sent_by=F("recorded_by")),
                name="nobody_sends_what_they_recorded",
            ),
            models.CheckConstraint(
                condition=~Q(state=VisitState.CANCELLED) | ~Q(cancel_reason=""), name="cancelled_visit_has_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "state"], name="visit_of_unit"),
            models.Index(fields=["planned_on"], condition=Q(state=VisitState.PLANNED), name="visit_planned"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def get_absolute_url(self) -> str:
        return reverse("campaigns:visit_detail", args=[self.pk])

    @property
    def is_late(self) -> bool:
        return self.state == VisitState.PLANNED and self.planned_on < clock.today()

    @property
    def is_open(self) -> bool:
        """Whether the record may still be written."""
        return self.state == VisitState.PLANNED


class VisitAnswer(models.Model):
    """What a visit found on one line of the checklist."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="answers")
    line = models.ForeignKey(ChecklistLine, on_delete=models.PROTECT, related_name="answers")
    verdict = models.CharField(_("kết quả"), max_length=15, choices=Verdict.choices, blank=True)
    note = models.CharField(_("ghi chú"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("kết quả một nội dung")
        verbose_name_plural = _("kết quả từng nội dung")
        constraints = [models.UniqueConstraint(fields=["visit", "line"], name="one_answer_a_line")]

    def __str__(self) -> str:
        return str(self.pk)


class FollowUp(models.Model):
    """What a unit must do after a visit, by when; reported with evidence, then closed or returned by the office."""

    skip_history_when_saving = True

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="follow_ups")
    position = models.PositiveSmallIntegerField(_("thứ tự"))
    what = models.TextField(_("việc cần làm"))
    due = models.DateField(_("hạn thực hiện"), null=True, blank=True)
    first_due = models.DateField(_("hạn ban đầu"), null=True, blank=True, editable=False)
    state = models.CharField(max_length=10, choices=FollowUpState.choices, default=FollowUpState.DRAFT, editable=False)
    evidence = models.TextField(_("kết quả thực hiện"), blank=True)
    reported_at = models.DateTimeField(null=True, blank=True, editable=False)
    reported_by = person()
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_by = person()

    objects = FollowUpQuerySet.as_manager()
    history = field_history()

    class Meta:
        verbose_name = _("kiến nghị sau kiểm tra")
        verbose_name_plural = _("kiến nghị sau kiểm tra")
        ordering = ["visit", "position"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "position"], name="one_follow_up_a_line"),
            models.CheckConstraint(condition=~Q(what=""), name="follow_up_says_what"),
            models.CheckConstraint(
                condition=Q(state=FollowUpState.DRAFT) | Q(due__isnull=False, first_due__isnull=False),
                name="sent_follow_up_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[FollowUpState.REPORTED, FollowUpState.RETURNED])
                | Q(reported_at__isnull=False, reported_by__isnull=False) & ~Q(evidence=""),
                name="reported_follow_up_has_evidence",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[FollowUpState.CLOSED, FollowUpState.CANCELLED])
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="closed_follow_up_has_closer",
            ),
            models.CheckConstraint(
                condition=~Q(state=FollowUpState.CLOSED) | ~Q(closed_by=F("reported_by")),
                name="nobody_closes_what_they_reported",
            ),
        ]
        indexes = [
            models.Index(fields=["due"], condition=Q(state__in=sorted(FOLLOW_UP_OWED)), name="follow_up_owed"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def get_absolute_url(self) -> str:
        return reverse("campaigns:follow_up_detail", args=[self.pk])

    @property
    def unit(self):
        """The unit that must act: the visited one, or its successor."""
        return self.visit.unit

    @property
    def unit_id(self) -> int:
        return self.visit.unit_id

    @property
    def is_draft(self) -> bool:
        return self.state == FollowUpState.DRAFT

    @property
    def is_owed(self) -> bool:
        return self.state in FOLLOW_UP_OWED

    @property
    def owed_by(self) -> datetime.date | None:
        """The day by which the unit must act; None when it need not."""
        return self.due if self.is_owed else None


class VisitTransition(TransitionLog):
    """The log of a visit; an answer of the unit stands here as the reason of its step."""

    record = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="transitions")

    class Meta(TransitionLog.Meta):
        verbose_name = _("bước của lần kiểm tra")
        verbose_name_plural = _("bước của lần kiểm tra")


class FollowUpTransition(TransitionLog):
    """The log of a recommendation."""

    record = models.ForeignKey(FollowUp, on_delete=models.PROTECT, related_name="transitions")

    class Meta(TransitionLog.Meta):
        verbose_name = _("bước của kiến nghị")
        verbose_name_plural = _("bước của kiến nghị")
