"""Files of a report: each judged by its content and kept by itself."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.enums import FileKind
from campaigns.models import TaskFile
from core import clock
from core.audit import Subject, record
from core.audit.models import EventKind
from core.files import FileRefused, inspect_document, limits

from .locking import lock_task
from .reports import refuse_closed

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from campaigns.models import UnitTask
    from organizations.models import User


def add_file(*, task: UnitTask, by: User, kind: str, upload: UploadedFile, upload_key: str = "") -> TaskFile:
    """Judge and keep a file of an owed report. Raises `FileRefused` with a sentence; nothing else is touched.

    The same `upload_key` again answers with the file that arrived the first time.
    """
    refuse_closed(task, by)
    if found := _arrived(task, upload_key):
        return found
    document = inspect_document(upload)
    file = TaskFile(
        kind=FileKind(kind),
        original_name=document.download_name,
        content_type=document.content_type,
        size=document.size,
        sha256=document.sha256,
        upload_key=upload_key,
        uploaded_by=by,
        uploaded_at=clock.now(),
    )
    file.file = document.file
    return _keep(file, task, by)


def _arrived(task: UnitTask, upload_key: str) -> TaskFile | None:
    """The file that came with this key before."""
    found = task.files.filter(upload_key=upload_key).first() if upload_key else None
    if found and found.removed_at:
        raise FileRefused(
            _("“%(name)s” đã được bỏ khỏi báo cáo. Chọn lại tệp nếu cần.") % {"name": found.original_name}
        )
    return found


def _keep(file: TaskFile, task: UnitTask, by: User) -> TaskFile:
    """Write file and row; when the row fails, the file goes too."""
    try:
        with transaction.atomic():
            return _insert(file, task, by)
    except BaseException:
        if file.file and file.file._committed:  # type: ignore[attr-defined]  # Django has no public word for it
            file.file.storage.delete(str(file.file.name))
        raise


def _insert(file: TaskFile, task: UnitTask, by: User) -> TaskFile:
    lock_task(task)
    refuse_closed(task, by)
    # A double send waits at the lock and then finds the row of the first.
    if found := _arrived(task, file.upload_key):
        return found
    present = task.files.present()
    if present.filter(sha256=file.sha256).exists():
        sentence = _("“%(name)s” đã có trong báo cáo này nên không thêm lần nữa.")
        raise FileRefused(sentence % {"name": file.original_name}, "twin")
    limit = limits.documents_a_record()
    if present.count() >= limit:
        sentence = _("Báo cáo đã đủ %(limit)d tệp. Bỏ bớt một tệp rồi thêm “%(name)s”.")
        raise FileRefused(sentence % {"limit": limit, "name": file.original_name}, "pile")
    file.task = task
    file.save()
    return file


@transaction.atomic
def remove_file(*, file: TaskFile, by: User) -> None:
    """Take a file away. Never submitted: gone for good. Submitted once: kept for the versions that show it."""
    task = file.task
    lock_task(task)
    refuse_closed(task, by)
    if file.sent_in is not None:
        file.removed_at = clock.now()
        file.save(update_fields=["removed_at"])
        return
    name, storage = str(file.file.name), file.file.storage
    file.delete()
    transaction.on_commit(partial(storage.delete, name))


def note_download(*, file: TaskFile, by: User) -> None:
    """Log that somebody opened a file: it may hold personal data. The one write of a reading request."""
    task = file.task
    record(
        kind=EventKind.LOOK,
        action="unittask.download",
        actor=by,
        subject=Subject("unittask", task.pk, str(task), task.log_unit_id),
        data={"file": file.pk},
    )
