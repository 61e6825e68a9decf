from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.history import field_history
from models_registry.enums import EDITABLE, WAITING, Category, Gender, State, SubjectKind
from models_registry.querysets import ExemplarQuerySet

_SENT = Q(submitted_at__isnull=False, submitted_by__isnull=False)
_DECIDED = Q(decided_at__isnull=False, decided_by__isnull=False)
# "= TRUE" alone would let an unanswered question pass: a check that is unknown counts as kept.
_ANSWERED = Q(is_representative__isnull=False, fits_unit__isnull=False, is_replicable__isnull=False)
_ALL_YES = Q(is_representative=True, fits_unit=True, is_replicable=True)
_RECOGNISED = _DECIDED & Q(recognised_on__isnull=False) & _ANSWERED & _ALL_YES


def person() -> models.ForeignKey:
    """Who did a step, when it was done; people are never deleted with what they did."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )


class Exemplar(models.Model):
    """An exemplar, model, new factor or good deed of an individual, a collective or a household.

    The state is written by `models_registry.services` through the workflow table alone; check constraints tie each
    state to its evidence. `version` counts content saves, so that two tabs notice one another.
    """

    state = models.CharField(_("trạng thái"), max_length=12, choices=State.choices, default=State.DRAFT)
    category = models.CharField(_("loại"), max_length=12, choices=Category.choices, default=Category.EXEMPLAR)
    subject_kind = models.CharField(
        _("đối tượng"), max_length=12, choices=SubjectKind.choices, default=SubjectKind.INDIVIDUAL
    )
    unit = models.ForeignKey("organizations.Unit", verbose_name=_("đơn vị"), on_delete=models.PROTECT)
    programme = models.ForeignKey("campaigns.Programme", on_delete=models.PROTECT, null=True, blank=True)
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    registered_on = models.DateField(_("ngày đăng ký"))
    promoted_from = models.ForeignKey(
        "self",
        verbose_name=_("nâng lên từ"),
        on_delete=models.PROTECT,
        related_name="promotions",
        null=True,
        blank=True,
    )
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(_("lần lưu cuối"))
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    full_name = models.CharField(_("Họ và tên"), max_length=150)
    sort_key = models.CharField(max_length=1000, editable=False)
    title = models.CharField(_("Tên gương"), max_length=200, blank=True)
    gender = models.CharField(_("Giới tính"), max_length=6, choices=Gender.choices, blank=True)
    birth_year = models.PositiveSmallIntegerField(_("Năm sinh"), null=True, blank=True)
    birth_date = models.DateField(_("Ngày sinh"), null=True, blank=True)
    occupation = models.CharField(_("Nghề nghiệp"), max_length=120, blank=True)
    position = models.CharField(_("Chức vụ, chức danh"), max_length=120, blank=True)
    workplace = models.CharField(_("Đơn vị công tác"), max_length=200, blank=True)
    hamlet = models.CharField(_("Địa chỉ (ấp, khu phố)"), max_length=120, blank=True)
    phone = models.CharField(_("Điện thoại"), max_length=11, blank=True)
    head_name = models.CharField(_("Người đứng đầu / chủ hộ"), max_length=150, blank=True)
    spouse_name = models.CharField(_("Vợ / chồng"), max_length=150, blank=True)
    founded_year = models.PositiveSmallIntegerField(_("Năm thành lập"), null=True, blank=True)
    member_count = models.PositiveIntegerField(_("Số thành viên"), null=True, blank=True)
    proposed_by = models.CharField(_("Nơi giới thiệu"), max_length=200, blank=True)
    happened_on = models.DateField(_("Ngày lập thành tích"), null=True, blank=True)
    model_owner = models.CharField(_("Chủ mô hình"), max_length=150, blank=True)
    model_start_year = models.PositiveSmallIntegerField(_("Năm bắt đầu"), null=True, blank=True)
    model_scale = models.CharField(_("Quy mô"), max_length=200, blank=True)
    political_task = models.CharField(_("Nhiệm vụ chính trị phục vụ"), max_length=250, blank=True)

    field = models.ForeignKey(
        "models_registry.Field", verbose_name=_("Lĩnh vực"), on_delete=models.PROTECT, null=True, blank=True
    )
    sub_field = models.ForeignKey(
        "models_registry.SubField", verbose_name=_("Lĩnh vực cụ thể"), on_delete=models.PROTECT, null=True, blank=True
    )
    movement = models.ForeignKey(
        "campaigns.Movement", verbose_name=_("Phong trào thi đua"), on_delete=models.PROTECT, null=True, blank=True
    )

    summary = models.TextField(_("Tóm tắt"), blank=True)
    context = models.TextField(_("Hoàn cảnh"), blank=True)
    deeds = models.TextField(_("Việc làm"), blank=True)
    results = models.TextField(_("Kết quả"), blank=True)
    economic_value = models.TextField(_("Giá trị kinh tế"), blank=True)
    social_meaning = models.TextField(_("Ý nghĩa xã hội"), blank=True)
    causes = models.TextField(_("Nguyên nhân thành công"), blank=True)
    measures = models.TextField(_("Biện pháp đã làm"), blank=True)
    lessons = models.TextField(_("Bài học kinh nghiệm"), blank=True)

    grassroots = models.BooleanField(_("Ở cấp cơ sở"), default=False)
    direct_labour = models.BooleanField(_("Trực tiếp lao động, sản xuất"), default=False)
    sudden = models.BooleanField(_("Thành tích đột xuất"), default=False)
    carried_over = models.BooleanField(_("Được tôn vinh trước năm 2021"), default=False)
    consent_publish = models.BooleanField(_("Đồng ý công bố"), default=False)
    consent_on = models.DateField(_("Ngày đồng ý"), null=True, blank=True)
    consent_note = models.CharField(_("Phạm vi đồng ý"), max_length=200, blank=True)

    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = person()
    review_due = models.DateField(_("hẹn trả lời"), null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    taken_by = person()
    return_due = models.DateField(_("hạn bổ sung"), null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = person()
    recognised_on = models.DateField(_("ngày công nhận"), null=True, blank=True)
    is_representative = models.BooleanField(_("có tính tiêu biểu"), null=True, blank=True)
    fits_unit = models.BooleanField(_("phù hợp với đơn vị"), null=True, blank=True)
    is_replicable = models.BooleanField(_("người khác học và làm theo được"), null=True, blank=True)
    rejection_reason = models.TextField(_("lý do không công nhận"), blank=True)
    revoked_on = models.DateField(null=True, blank=True)
    revocation_reason = models.TextField(_("lý do hủy công nhận"), blank=True)
    revocation_paper = models.CharField(_("văn bản hủy"), max_length=120, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.TextField(_("lý do kết thúc"), blank=True)
    hold_since = models.DateField(null=True, blank=True)
    hold_reason = models.TextField(_("lý do tạm dừng"), blank=True)
    hold_by = person()
    discarded_at = models.DateTimeField(null=True, blank=True)
    discarded_by = person()

    objects = ExemplarQuerySet.as_manager()
    history = field_history(without=("phone", "birth_date", "sort_key"))
    #: History rows come with the steps of its life, not with every save while somebody types.
    skip_history_when_saving = True

    class Meta:
        verbose_name = _("điển hình")
        verbose_name_plural = _("điển hình")
        ordering = ["-registered_on", "-pk"]
        indexes = [
            models.Index(F("state"), F("registered_on").desc(), F("id").desc(), name="exemplar_by_state"),
            models.Index(
                F("state"), F("field"), F("registered_on").desc(), F("id").desc(), name="exemplar_by_state_field"
            ),
            models.Index(F("unit"), F("registered_on").desc(), F("id").desc(), name="exemplar_by_unit"),
            models.Index(
                F("unit"),
                F("state"),
                F("field"),
                F("registered_on").desc(),
                F("id").desc(),
                name="exemplar_by_unit_state_field",
            ),
            models.Index(F("registered_on").desc(), F("id").desc(), name="exemplar_by_date"),
            models.Index(F("sort_key"), F("registered_on").desc(), F("id").desc(), name="exemplar_by_name"),
            models.Index(fields=["state", "recognised_on", "unit", "field"], name="exemplar_recognised_figures"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(full_name=""),
                name="exemplar_has_a_name",
                violation_error_message=_("Nhập tên của điển hình."),
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="exemplar_state_known"),
            models.CheckConstraint(condition=Q(state=State.DRAFT) | _SENT, name="sent_has_sender_and_time"),
            models.CheckConstraint(
                condition=~Q(state=State.IN_REVIEW) | Q(taken_at__isnull=False, taken_by__isnull=False),
                name="in_review_has_reviewer",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.RETURNED) | Q(return_due__isnull=False),
                name="returned_has_due_date",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.RECOGNISED, State.REVOKED, State.ENDED]) | _RECOGNISED,
                name="recognised_has_decision_and_answers",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.REJECTED) | (_DECIDED & ~Q(rejection_reason="")),
                name="rejected_has_decision_and_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.REVOKED)
                | (Q(revoked_on__isnull=False) & ~Q(revocation_reason="") & ~Q(revocation_paper="")),
                name="revoked_has_reason_and_paper",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.ENDED) | (Q(ended_on__isnull=False) & ~Q(end_reason="")),
                name="ended_has_date_and_reason",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("registered_by")),
                name="nobody_decides_what_they_registered",
            ),
            models.CheckConstraint(
                condition=Q(hold_since=None, hold_reason="", hold_by=None)
                | (Q(hold_since__isnull=False, hold_by__isnull=False) & ~Q(hold_reason="")),
                name="hold_has_date_reason_and_person",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.SUBMITTED, State.IN_REVIEW]) | Q(review_due__isnull=False),
                name="waiting_has_promised_date",
            ),
            models.CheckConstraint(
                condition=Q(discarded_at=None, discarded_by=None)
                | Q(state=State.DRAFT, discarded_at__isnull=False, discarded_by__isnull=False),
                name="only_drafts_are_discarded",
            ),
            models.UniqueConstraint(
                fields=["promoted_from"],
                condition=Q(discarded_at=None) & ~Q(state=State.REJECTED),
                name="promoted_once",
            ),
            models.CheckConstraint(
                condition=Q(consent_publish=False) | Q(consent_on__isnull=False),
                name="consent_has_date",
                violation_error_message=_("Ghi ngày người được giới thiệu đồng ý công bố."),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("models_registry:exemplar_detail", args=[self.pk])

    @property
    def number(self) -> str:
        """The number that people quote; unique because it ends in the key."""
        return f"ĐH-{self.registered_on.year}-{self.pk:04d}"

    @property
    def is_editable(self) -> bool:
        return self.state in EDITABLE

    @property
    def can_be_discarded(self) -> bool:
        """Whether it is a draft that was never sent."""
        return self.state == State.DRAFT and self.submitted_at is None and self.discarded_at is None

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING

    @property
    def is_on_hold(self) -> bool:
        return self.hold_since is not None

    def words_for(self, *, own: bool) -> tuple[str, str]:
        """(name, title) in a list: as they stand for the own unit, as they were sent while the unit mends them."""
        if own or self.state != State.RETURNED:
            return self.full_name, self.title
        return self.search.sent_name, self.search.sent_title

    @property
    def headline(self) -> str:
        return self.title or self.full_name
