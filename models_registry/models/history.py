from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.workflow import TransitionLog
from models_registry.enums import RequestState
from models_registry.querysets import ChangeRequestQuerySet, ConfirmationQuerySet

from .exemplar import Exemplar, person


class ExemplarVersion(models.Model):
    """The content as it was sent: frozen, numbered from 1; differences are read from two of them."""

    exemplar = models.ForeignKey(Exemplar, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["exemplar", "number"], name="one_version_a_number")]

    def __str__(self) -> str:
        return f"{self.exemplar_id}/{self.number}"


class ExemplarTransitionQuerySet(models.QuerySet["ExemplarTransition"]):
    """Steps of records."""

    def in_force(self) -> ExemplarTransitionQuerySet:
        """Without the steps that were undone, and without the undoing itself."""
        return self.filter(undone_by=None, undoes=None)


class ExemplarTransition(TransitionLog):
    """The log of an exemplar's life; `version` is the content that was sent or judged.

    `undo_until` is wall time: until then whoever decided may undo it. The row of the undoing names the row it undoes;
    nothing is erased.
    """

    record = models.ForeignKey(Exemplar, on_delete=models.PROTECT, related_name="transitions")
    version = models.PositiveIntegerField(null=True)
    undo_until = models.DateTimeField(null=True)
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, related_name="undone_by", null=True)

    objects = ExemplarTransitionQuerySet.as_manager()

    class Meta(TransitionLog.Meta):
        verbose_name = _("bước của hồ sơ")

    def __str__(self) -> str:
        return f"{self.record_id}:{self.name}"


class ReviewComment(models.Model):
    """A reviewer's remark on one field, given with a return; seen by the unit and the office only."""

    exemplar = models.ForeignKey(Exemplar, on_delete=models.PROTECT, related_name="comments")
    transition = models.ForeignKey(ExemplarTransition, on_delete=models.PROTECT, related_name="comments")
    target = models.CharField(_("mục"), max_length=30)
    text = models.TextField(_("nhận xét"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    answer = models.TextField(_("trả lời"), blank=True)
    answered_by = person()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["transition", "target"], name="one_remark_a_field_and_return"),
            models.CheckConstraint(condition=~Q(text=""), name="remark_has_text"),
            models.CheckConstraint(
                condition=Q(answer="", answered_by=None, answered_at=None)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="answer_has_person_and_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exemplar_id}:{self.target}"


class PrivateLook(models.Model):
    """One look at the private fields of a subject: who, when. Append-only."""

    exemplar = models.ForeignKey(Exemplar, on_delete=models.PROTECT, related_name="private_looks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.exemplar_id}:{self.user_id}"


class CriterionDoubt(models.Model):
    """A reviewer's “chưa đồng ý” on a criterion that the unit claims, in one version of the content."""

    exemplar = models.ForeignKey(Exemplar, on_delete=models.PROTECT, related_name="doubts")
    criterion = models.ForeignKey("models_registry.Criterion", on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    note = models.CharField(_("vì sao"), max_length=300, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["criterion__position"]
        constraints = [
            models.UniqueConstraint(
                fields=["exemplar", "criterion", "version"], name="one_doubt_a_criterion_and_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.exemplar_id}/{self.criterion_id}"


class Confirmation(models.Model):
    """A unit's leader, the Front or a union asked to confirm a record, and what they answered (R18, R44).

    `content_mark` is the fingerprint of the content that was shown; an edit afterwards makes the confirmation stale.
    """

    exemplar = models.ForeignKey(Exemplar, on_delete=models.PROTECT, related_name="confirmations")
    asked_of = models.ForeignKey("organizations.Unit", on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    content_mark = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.OPEN)
    answered_by = person()
    answered_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(_("ghi chú"), blank=True)

    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["exemplar", "asked_of"],
                condition=Q(state=RequestState.OPEN),
                name="one_open_confirmation_a_unit",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[RequestState.GRANTED, RequestState.REFUSED])
                | Q(answered_by__isnull=False, answered_at__isnull=False),
                name="answered_confirmation_has_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exemplar_id}/{self.asked_of_id}"


class ChangeRequest(models.Model):
    """A change of a recognised record that the unit asks for and the office applies or declines.

    `posted` is the form as it was sent, read again when it is applied; `base` the version it was written over.
    """

    exemplar = models.ForeignKey(Exemplar, on_delete=models.PROTECT, related_name="change_requests")
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.OPEN)
    reason = models.TextField(_("lý do điều chỉnh"))
    posted = models.TextField()
    base = models.PositiveIntegerField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = person()
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.TextField(_("ý kiến của Phòng Nội vụ"), blank=True)

    objects = ChangeRequestQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["exemplar"], condition=Q(state=RequestState.OPEN), name="one_open_change_request"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="change_request_has_reason"),
            models.CheckConstraint(
                condition=~Q(state__in=[RequestState.GRANTED, RequestState.REFUSED])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="decided_change_request_has_person",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")), name="nobody_decides_on_their_own_request"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exemplar_id}/{self.pk}"
