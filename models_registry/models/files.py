from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.files.names import kept_name
from models_registry.enums import AttachmentKind, PeopleShown
from models_registry.querysets import AttachmentQuerySet

from .exemplar import Exemplar


def stored_name(attachment: Attachment, filename: str) -> str:
    """Where a file of an exemplar is kept."""
    return kept_name("exemplars", filename)


class Attachment(models.Model):
    """A photo or file of an exemplar, private, kept outside the web root.

    `sent_in` is the first version that carried it: before that only the unit sees it. Taking it away sets
    `removed_at`, as earlier versions still show it. Until `undo_until` (wall time) it can be put back; one that was
    never sent is deleted for good after that (core.files.keeping). `upload_key` is made by the browser for one upload,
    so that a retry after a lost answer finds the file that arrived.
    """

    exemplar = models.ForeignKey(Exemplar, on_delete=models.PROTECT, related_name="attachments")
    kind = models.CharField(max_length=10, choices=AttachmentKind.choices)
    file = models.FileField(upload_to=stored_name, max_length=200)
    thumbnail = models.FileField(upload_to=stored_name, max_length=200, blank=True)
    original_name = models.CharField(_("tên tệp"), max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(_("dung lượng"))
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    pages = models.PositiveIntegerField(_("số trang"), null=True)
    caption = models.CharField(_("Chú thích"), max_length=200, blank=True)
    people = models.CharField(_("Người trong ảnh"), max_length=10, choices=PeopleShown.choices, blank=True)
    position = models.PositiveSmallIntegerField(_("thứ tự"), default=0)
    upload_key = models.CharField(max_length=36, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    sent_in = models.PositiveIntegerField(null=True)
    removed_at = models.DateTimeField(null=True)
    undo_until = models.DateTimeField(null=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind=AttachmentKind.PHOTO) | Q(width__isnull=False, height__isnull=False),
                name="photo_has_measures",
            ),
            models.UniqueConstraint(
                fields=["exemplar", "sha256"], condition=Q(removed_at=None), name="same_file_once_a_record"
            ),
            models.UniqueConstraint(
                fields=["exemplar", "upload_key"], condition=~Q(upload_key=""), name="one_file_an_upload"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def get_absolute_url(self) -> str:
        return reverse("models_registry:attachment", args=[self.pk, "tep"])

    @property
    def is_photo(self) -> bool:
        return self.kind == AttachmentKind.PHOTO
