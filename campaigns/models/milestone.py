from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.enums import Addressing, Duty, Tier
from campaigns.ladder import check_steps
from campaigns.querysets import MilestoneQuerySet
from core.forms.checks import noun
from core.history import field_history

from .programme import Programme

#: Abbreviations with which short names of milestones begin.
_WRITTEN_OUT = {"KH": _("kế hoạch"), "BC": _("báo cáo")}


class Milestone(models.Model):
    """What the addressed units owe by a day, with the evidence that is asked (R31–R36).

    Published, it has one task for each addressed unit that is valid then. `ladder` None follows the programme.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="milestones")
    code = models.CharField(_("mã"), max_length=20)
    title = models.CharField(_("tên mốc"), max_length=200)
    short_title = models.CharField(_("tên gọn"), max_length=60)
    text = models.TextField(_("nội dung"), blank=True)
    quote = models.CharField(_("trích kế hoạch"), max_length=400, blank=True)
    tier = models.CharField(_("cấp thực hiện"), max_length=10, choices=Tier.choices, default=Tier.UNIT)
    duty = models.CharField(_("nhiệm vụ"), max_length=10, choices=Duty.choices)
    #: Same for the milestones that one yearly duty was repeated into.
    series = models.CharField(_("chuỗi hằng năm"), max_length=20, blank=True)
    opens = models.DateField(_("mở từ ngày"))
    due = models.DateField(_("hạn nộp"))
    closes = models.DateField(_("đóng sau ngày"))
    anchor = models.DateField(_("ngày gắn với"), null=True, blank=True)
    dates_set_by_office = models.BooleanField(_("ngày do Phòng Nội vụ ấn định"), default=False)
    addressing = models.CharField(_("giao cho"), max_length=10, choices=Addressing.choices, default=Addressing.KINDS)
    unit_kinds = models.JSONField(_("loại đơn vị"), default=list, blank=True)
    block = models.ForeignKey(
        "organizations.EmulationBlock", verbose_name=_("khối"), on_delete=models.PROTECT, null=True, blank=True
    )
    chosen_units = models.ManyToManyField("organizations.Unit", verbose_name=_("đơn vị"), related_name="+", blank=True)
    asks_text = models.BooleanField(_("cần báo cáo bằng lời"), default=True)
    asks_figures = models.BooleanField(_("cần số liệu"), default=False)
    asks_files = models.BooleanField(_("cần tệp có chữ ký"), default=False)
    #: The sections of the report: [{"key", "title", "hint", "required"}], II above II.1 is a chapter (content.py); the
    #: figures asked: codes of the catalogue.
    outline = models.JSONField(_("đề cương"), default=list, blank=True)
    figures = models.JSONField(_("số liệu cần"), default=list, blank=True)
    #: The unit milestone whose reports the district's report is assembled from.
    assembles = models.ForeignKey(
        "self",
        verbose_name=_("tổng hợp từ"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="assembled_by",
    )
    ladder = models.JSONField(_("bậc nhắc riêng"), null=True, blank=True, validators=[check_steps])
    position = models.PositiveSmallIntegerField(_("thứ tự"), default=0)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    objects = MilestoneQuerySet.as_manager()
    history = field_history()

    class Meta:
        verbose_name = _("mốc kế hoạch")
        verbose_name_plural = _("mốc kế hoạch")
        ordering = ["due", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "code"], name="milestone_code_once"),
            models.CheckConstraint(
                condition=Q(due__gte=F("opens"), closes__gte=F("due")),
                name="milestone_opens_due_closes",
                violation_error_message=_("Hạn nộp phải từ ngày mở đến ngày đóng."),
            ),
            models.CheckConstraint(
                condition=Q(published_at=None, published_by=None)
                | Q(published_at__isnull=False, published_by__isnull=False),
                name="published_milestone_has_publisher",
            ),
            models.CheckConstraint(
                condition=Q(addressing=Addressing.BLOCK, block__isnull=False)
                | Q(block=None) & ~Q(addressing=Addressing.BLOCK),
                name="milestone_of_block_names_it",
                violation_error_message=_("Chọn khối thi đua được giao mốc này."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("campaigns:milestone_detail", args=[self.pk])

    @property
    def name_in_text(self) -> str:
        """The short name inside a sentence, its first word written out: kế hoạch tuyên truyền 2023."""
        name = noun(self.short_title or self.title)
        first, space, rest = name.partition(" ")
        return f"{_WRITTEN_OUT[first]}{space}{rest}" if first in _WRITTEN_OUT else name

    @property
    def names_its_paper(self) -> bool:
        """Whether the title begins with what is handed in: a plan is no report, and a report is not named twice."""
        return self.title.startswith((gettext("Kế hoạch"), gettext("Báo cáo")))

    @property
    def paper_in_text(self) -> str:
        """What is handed in, inside a sentence: báo cáo “Sơ kết 03 năm”, but “Kế hoạch tuyên truyền năm 2023”."""
        template = gettext("“%(title)s”") if self.names_its_paper else gettext("báo cáo “%(title)s”")
        return template % {"title": self.title}

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @property
    def is_event(self) -> bool:
        """Whether it marks a day and asks nothing of anybody, like the issue of the plan."""
        return not (self.asks_text or self.asks_figures or self.asks_files)

    @property
    def steps(self) -> list[int]:
        """The ladder in force: the own one, else the programme's."""
        return self.programme.ladder if self.ladder is None else self.ladder


class ReminderException(models.Model):
    """A unit that is not reminded of one milestone, and why; urging by hand stays possible."""

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="exceptions")
    unit = models.ForeignKey("organizations.Unit", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("lý do"), max_length=300)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("đơn vị không nhắc")
        verbose_name_plural = _("đơn vị không nhắc")
        constraints = [
            models.UniqueConstraint(fields=["milestone", "unit"], name="one_exception_a_unit"),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="exception_has_reason",
                violation_error_message=_("Ghi lý do không nhắc đơn vị này."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.milestone_id}/{self.unit_id}"
