"""The part of the store in which files of reports lie."""

from __future__ import annotations

from collections.abc import Iterator

from core.files.keeping import register_folder

from .models import TaskFile

FOLDER = "reports"


def claimed() -> Iterator[str]:
    """Names of the files that rows give."""
    yield from TaskFile.objects.values_list("file", flat=True).iterator()


def register() -> None:
    """Let the sweeping of the store know the files of reports."""
    register_folder(FOLDER, claimed)
