from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.enums import OWED, ExtensionState, TaskState
from campaigns.querysets import UnitTaskQuerySet
from core.history import field_history
from core.workflow import TransitionLog

from .milestone import Milestone

if TYPE_CHECKING:
    from organizations.models import Unit

#: The states as constraints write them: sorted, so that migrations stay the same.
_OWED = sorted(OWED)


def person() -> models.ForeignKey:
    """Somebody who took a step on the task."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )


def received(name: str, old: str) -> str:
    """A unit that answers a task, with the unit to which the task was given."""
    return gettext("%(unit)s (nhận từ %(old)s)") % {"unit": name, "old": old}


class UnitTask(models.Model):
    """What one unit owes for one milestone: a row made in advance, so that a missing report is a row and not a hole.

    `addressed` is the unit as it was when the milestone was published, `unit` the one that answers for it now (itself
    or a successor). `due` is the day by which the first report is owed: the milestone's, or later by an extension;
    `return_due` the day by which a returned one is owed again.
    """

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="tasks")
    addressed = models.ForeignKey("organizations.Unit", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("organizations.Unit", on_delete=models.PROTECT, related_name="tasks")
    state = models.CharField(max_length=10, choices=TaskState.choices, default=TaskState.OPEN, editable=False)
    due = models.DateField(_("hạn nộp"))
    is_extended = models.BooleanField(_("đã gia hạn"), default=False)
    return_due = models.DateField(_("hạn bổ sung"), null=True, blank=True)
    first_submitted_on = models.DateField(_("ngày nộp lần đầu"), null=True, blank=True, editable=False)
    submitted_at = models.DateTimeField(null=True, blank=True, editable=False)
    submitted_by = person()
    accepted_at = models.DateTimeField(null=True, blank=True, editable=False)
    accepted_by = person()

    objects = UnitTaskQuerySet.as_manager()
    history = field_history()
    skip_history_when_saving = True

    class Meta:
        verbose_name = _("nhiệm vụ của đơn vị")
        verbose_name_plural = _("nhiệm vụ của đơn vị")
        ordering = ["due", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["milestone", "addressed"], name="one_task_a_unit"),
            models.CheckConstraint(
                condition=Q(state=TaskState.OPEN)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False, first_submitted_on__isnull=False),
                name="handed_in_task_has_submitter",
            ),
            models.CheckConstraint(
                condition=Q(state=TaskState.ACCEPTED, accepted_at__isnull=False, accepted_by__isnull=False)
                | ~Q(state=TaskState.ACCEPTED) & Q(accepted_at=None, accepted_by=None),
                name="accepted_task_has_acceptor",
            ),
            models.CheckConstraint(
                condition=Q(state=TaskState.RETURNED, return_due__isnull=False)
                | ~Q(state=TaskState.RETURNED) & Q(return_due=None),
                name="returned_task_has_date",
            ),
            models.CheckConstraint(
                condition=Q(accepted_by=None) | ~Q(accepted_by=F("submitted_by")),
                name="nobody_accepts_what_they_submitted",
            ),
        ]
        indexes = [
            models.Index(fields=["due"], condition=Q(state=TaskState.OPEN), name="task_open_due"),
            models.Index(fields=["return_due"], condition=Q(state=TaskState.RETURNED), name="task_returned_due"),
            models.Index(fields=["unit", "state", "due"], name="task_of_unit"),
            models.Index(fields=["milestone", "state"], name="task_of_milestone"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def get_absolute_url(self) -> str:
        return reverse("campaigns:task_detail", args=[self.pk])

    @property
    def followed_at(self) -> Unit:
        """The unit over which office, leaders and council hold the roles by which they follow the task."""
        return self.milestone.programme.followed_at(self.unit)

    @property
    def is_handed_over(self) -> bool:
        """Whether another unit answers than the one it was given to."""
        return self.addressed_id != self.unit_id

    @property
    def log_unit_id(self) -> int:
        """The unit in whose journal its events stand: a successor may lie in another district than who reads them."""
        return self.addressed_id

    @property
    def given_to(self) -> Unit:
        """The unit whose figures count for the task: as it was when the milestone was published."""
        return self.addressed if self.is_handed_over else self.unit

    @property
    def unit_label(self) -> str:
        """The short name of who answers, after a hand-over with the unit that the task was given to."""
        return self.named(self.unit.short_name)

    @property
    def unit_title(self) -> str:
        """The same with the name in full, for the head of a page."""
        return self.named(self.unit.name)

    def named(self, name: str) -> str:
        """A name of the unit that answers, after a hand-over with the unit that the task was given to."""
        return received(name, self.addressed.short_name) if self.is_handed_over else name

    @property
    def came_late(self) -> bool:
        """Whether the first report came after its due date; the day itself is in time."""
        return self.first_submitted_on is not None and self.first_submitted_on > self.due

    @property
    def is_owed(self) -> bool:
        return self.state in OWED

    @property
    def is_closed(self) -> bool:
        """Whether the programme was closed while the unit owed it: nothing is written or asked for any more."""
        return self.is_owed and self.milestone.programme.is_closed

    @property
    def owed_by(self) -> datetime.date | None:
        """The day by which the unit must act next; None when it owes nothing."""
        if self.state == TaskState.RETURNED:
            return self.return_due
        return self.due if self.state == TaskState.OPEN else None


class TaskTransition(TransitionLog):
    """The log of a task's life."""

    record = models.ForeignKey(UnitTask, on_delete=models.PROTECT, related_name="transitions")
    #: The day that a return gives the unit; a withdrawal of the mended report puts it back.
    due = models.DateField(null=True)
    #: The version of the report that was submitted or judged.
    version = models.PositiveIntegerField(null=True)

    class Meta(TransitionLog.Meta):
        verbose_name = _("bước của nhiệm vụ")
        verbose_name_plural = _("bước của nhiệm vụ")


class Extension(models.Model):
    """A request for more time: asked by the unit with a reason, answered by the office."""

    task = models.ForeignKey(UnitTask, on_delete=models.PROTECT, related_name="extensions")
    wanted = models.DateField(_("xin lùi đến ngày"))
    reason = models.TextField(_("lý do"))
    state = models.CharField(max_length=10, choices=ExtensionState.choices, default=ExtensionState.OPEN)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = person()
    granted = models.DateField(_("cho lùi đến ngày"), null=True, blank=True)
    answer = models.TextField(_("trả lời"), blank=True)

    class Meta:
        verbose_name = _("đề nghị gia hạn")
        verbose_name_plural = _("đề nghị gia hạn")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["task"], condition=Q(state=ExtensionState.OPEN), name="one_open_extension_a_task"
            ),
            models.CheckConstraint(
                condition=Q(state=ExtensionState.OPEN, answered_at=None, answered_by=None)
                | ~Q(state=ExtensionState.OPEN) & Q(answered_at__isnull=False, answered_by__isnull=False),
                name="answered_extension_has_answerer",
            ),
            models.CheckConstraint(
                condition=Q(state=ExtensionState.GRANTED, granted__isnull=False)
                | ~Q(state=ExtensionState.GRANTED) & Q(granted=None),
                name="granted_extension_has_date",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
