from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.enums import FileKind
from campaigns.querysets import TaskFileQuerySet
from core.files.names import kept_name

from .task import TaskTransition, UnitTask, person


class TaskReport(models.Model):
    """The report on a task as it is being written; made by its first save.

    `sections` is {key: text}. `figures` is {code: {"typed": "12", "reason": "…"}}; without a typed value the figure
    that the portal counts stands. `version` counts saves, so that two tabs notice one another. `as_of` is the day to
    which the counted figures go.
    """

    task = models.OneToOneField(UnitTask, on_delete=models.PROTECT, related_name="report")
    sections = models.JSONField(_("nội dung"), default=dict)
    figures = models.JSONField(_("số liệu"), default=dict)
    as_of = models.DateField(_("số liệu tính đến ngày"))
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True)
    saved_by = person()

    class Meta:
        verbose_name = _("báo cáo của đơn vị")
        verbose_name_plural = _("báo cáo của đơn vị")
        constraints = [
            models.CheckConstraint(
                condition=Q(version=0, saved_at=None, saved_by=None)
                | Q(version__gt=0, saved_at__isnull=False, saved_by__isnull=False),
                name="saved_report_has_writer",
            )
        ]

    def __str__(self) -> str:
        return str(self.task_id)


class TaskReportVersion(models.Model):
    """The report as it was submitted: frozen, numbered from 1.

    `sections` is [{key, title, text, chapter}]; `figures` is [{code, label, known, typed, reason, url}] where `known`
    is what the portal counted as of the day and `url` its list; `files` is [{id, kind, name, size}].
    """

    task = models.ForeignKey(UnitTask, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    sections = models.JSONField()
    figures = models.JSONField()
    files = models.JSONField()
    as_of = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("bản báo cáo đã nộp")
        verbose_name_plural = _("bản báo cáo đã nộp")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["task", "number"], name="one_report_version_a_number")]

    def __str__(self) -> str:
        return f"{self.task_id}/{self.number}"

    @property
    def content(self) -> dict:
        """What the version says, in the shape that `report_content` gives."""
        return {
            "sections": self.sections,
            "figures": self.figures,
            "files": self.files,
            "as_of": self.as_of.isoformat(),
        }


class TaskRemark(models.Model):
    """What the office wants mended in one part of a returned report, beside the reason of the whole return."""

    task = models.ForeignKey(UnitTask, on_delete=models.PROTECT, related_name="remarks")
    transition = models.ForeignKey(TaskTransition, on_delete=models.PROTECT, related_name="remarks")
    target = models.CharField(_("mục"), max_length=60)
    text = models.TextField(_("nhận xét"))

    class Meta:
        verbose_name = _("nhận xét báo cáo")
        verbose_name_plural = _("nhận xét báo cáo")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["transition", "target"], name="one_remark_a_part_and_return"),
            models.CheckConstraint(condition=~Q(text=""), name="report_remark_has_text"),
        ]

    def __str__(self) -> str:
        return f"{self.task_id}:{self.target}"


def stored_name(file: TaskFile, filename: str) -> str:
    """Where a file of a report is kept."""
    return kept_name("reports", filename)


class TaskFile(models.Model):
    """A file of a report: the signed paper or an annex, private, kept outside the web root.

    `sent_in` is the first version that carried it: before that only the unit sees it. Taking it away sets `removed_at`,
    because earlier versions still show it. `upload_key` is made by the browser for one upload, so that a retry after a
    lost answer finds the file that arrived.
    """

    task = models.ForeignKey(UnitTask, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(max_length=10, choices=FileKind.choices)
    file = models.FileField(upload_to=stored_name, max_length=200)
    original_name = models.CharField(_("tên tệp"), max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(_("dung lượng"))
    sha256 = models.CharField(max_length=64)
    upload_key = models.CharField(max_length=36, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    sent_in = models.PositiveIntegerField(null=True)
    removed_at = models.DateTimeField(null=True)

    objects = TaskFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("tệp của báo cáo")
        verbose_name_plural = _("tệp của báo cáo")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "sha256"], condition=Q(removed_at=None), name="same_file_once_a_report"
            ),
            models.UniqueConstraint(
                fields=["task", "upload_key"], condition=~Q(upload_key=""), name="one_report_file_an_upload"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def get_absolute_url(self) -> str:
        return reverse("campaigns:task_file", args=[self.pk])
