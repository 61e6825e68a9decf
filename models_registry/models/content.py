from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .exemplar import Exemplar
from .reference import Criterion


class CriterionClaim(models.Model):
    """The unit's answer on one criterion: met or not, with a line of evidence."""

    exemplar = models.ForeignKey(Exemplar, on_delete=models.CASCADE, related_name="claims")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    is_met = models.BooleanField(_("đạt"), null=True)
    evidence = models.TextField(_("minh chứng"), blank=True)

    class Meta:
        ordering = ["criterion__position"]
        constraints = [models.UniqueConstraint(fields=["exemplar", "criterion"], name="one_claim_a_criterion")]

    def __str__(self) -> str:
        return f"{self.exemplar_id}/{self.criterion_id}"


class Achievement(models.Model):
    """One achievement; the figure, when there is one, with its measure and period."""

    exemplar = models.ForeignKey(Exemplar, on_delete=models.CASCADE, related_name="achievements")
    position = models.PositiveSmallIntegerField()
    description = models.CharField(_("Thành tích"), max_length=300)
    figure = models.DecimalField(_("Số liệu"), max_digits=16, decimal_places=2, null=True, blank=True)
    measure = models.CharField(_("Đơn vị tính"), max_length=60, blank=True)
    period = models.CharField(_("Thời gian"), max_length=60, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["exemplar", "position"], name="one_achievement_a_line"),
            models.CheckConstraint(
                condition=Q(figure=None) | ~Q(measure=""),
                name="figure_has_measure",
                violation_error_message=_("Ghi đơn vị tính cho số liệu, ví dụ: triệu đồng, hộ, m²."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exemplar_id}/{self.position}"


class ExemplarSearch(models.Model):
    """The folded text that search reads; a side table, so that status changes stay cheap.

    `text` follows every save and is for the own units; `sent_text`, `sent_name` and `sent_title` are as last sent;
    `public_text` holds only words that the public pages show.
    """

    exemplar = models.OneToOneField(Exemplar, on_delete=models.CASCADE, primary_key=True, related_name="search")
    text = models.TextField()
    sent_text = models.TextField(default="")
    public_text = models.TextField(default="")
    sent_name = models.CharField(max_length=150, default="")
    sent_title = models.CharField(max_length=200, default="")

    def __str__(self) -> str:
        return str(self.exemplar_id)
