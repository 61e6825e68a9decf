"""Which files of the store belong to exemplars, and which of them may be deleted for good."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction

from core import clock
from core.files.keeping import register_folder

from .models import Attachment
from .services.files import delete_for_good

FOLDER = "exemplars"


def claimed() -> Iterator[str]:
    """Names of the files that attachments give."""
    for row in Attachment.objects.values_list("file", "thumbnail").iterator():
        yield from row


def forget_removed() -> int:
    """Delete what was taken off before it was ever sent and can no longer be put back; returns how many files."""
    rows = Attachment.objects.forgettable(clock.wall_now())
    count = 0
    for pk in list(rows.values_list("pk", flat=True)):
        with transaction.atomic():
            if row := rows.filter(pk=pk).first():
                delete_for_good(row)
                count += 1
    return count


def register() -> None:
    """Let the sweeping of the store know the files of exemplars."""
    register_folder(FOLDER, claimed, forget_removed)
