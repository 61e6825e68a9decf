from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.inspection_enums import EnclosureKind
from campaigns.inspection_querysets import EnclosureQuerySet
from core.files.names import kept_name

from .guidance import Guidance
from .inspection import FollowUp, Visit
from .movement import Movement

FOLDER = "enclosures"
_OWNERS = ("visit", "follow_up", "guidance", "movement")


def stored_name(enclosure: Enclosure, filename: str) -> str:
    """Where an enclosure is kept."""
    return kept_name(FOLDER, filename)


def _owner(name: str) -> Q:
    return Q(**{f"{other}__isnull": other != name for other in _OWNERS})


class Enclosure(models.Model):
    """A photo or file of a visit, a recommendation, a guidance or a movement; kept outside the web root.

    `sent_at` is set when its owner left the hands of who wrote it; after that it cannot be taken away. A movement is
    written on as long as it stands, so its files are never sent. `upload_key` is made by the browser for one upload, so
    that a retry after a lost answer finds the file that arrived.
    """

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, null=True, related_name="enclosures")
    follow_up = models.ForeignKey(FollowUp, on_delete=models.PROTECT, null=True, related_name="enclosures")
    guidance = models.ForeignKey(Guidance, on_delete=models.PROTECT, null=True, related_name="enclosures")
    movement = models.ForeignKey(Movement, on_delete=models.PROTECT, null=True, related_name="enclosures")
    kind = models.CharField(max_length=10, choices=EnclosureKind.choices)
    file = models.FileField(upload_to=stored_name, max_length=200)
    thumbnail = models.FileField(upload_to=stored_name, max_length=200, blank=True)
    original_name = models.CharField(_("tên tệp"), max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(_("dung lượng"))
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    caption = models.CharField(_("chú thích"), max_length=200, blank=True)
    upload_key = models.CharField(max_length=36, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    objects = EnclosureQuerySet.as_manager()

    class Meta:
        verbose_name = _("tệp kèm")
        verbose_name_plural = _("tệp kèm")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=_owner("visit") | _owner("follow_up") | _owner("guidance") | _owner("movement"),
                name="enclosure_of_one_owner",
            ),
            models.CheckConstraint(
                condition=~Q(kind=EnclosureKind.PHOTO) | Q(width__isnull=False, height__isnull=False),
                name="enclosed_photo_has_measures",
            ),
            *(
                models.UniqueConstraint(
                    fields=[owner, "sha256"], condition=_owner(owner), name=f"same_file_once_a_{owner}"
                )
                for owner in _OWNERS
            ),
            *(
                models.UniqueConstraint(
                    fields=[owner, "upload_key"],
                    condition=_owner(owner) & ~Q(upload_key=""),
                    name=f"one_upload_a_{owner}",
                )
                for owner in _OWNERS
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def get_absolute_url(self) -> str:
        return reverse("campaigns:enclosure", args=[self.pk, "tep"])

    @property
    def is_photo(self) -> bool:
        return self.kind == EnclosureKind.PHOTO

    @property
    def owner(self) -> Visit | FollowUp | Guidance | Movement:
        """What the file belongs to."""
        found = self.visit or self.follow_up or self.guidance or self.movement
        assert found is not None
        return found
