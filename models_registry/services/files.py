from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.files import FileRefused, clean_name, inspect_document, inspect_photo, limits
from core.files.names import short_name, split_name
from core.workflow import WorkflowError, lock
from models_registry.enums import AttachmentKind, PeopleShown
from models_registry.models import Attachment
from notifications.services import UNDO_WINDOW

from .drafts import refuse_closed

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from models_registry.models import Exemplar
    from organizations.models import User


@dataclass(frozen=True)
class PhotoWords:
    """What a page says of a photo; `known` are the values of each that this page was shown or has sent before.

    None leaves a part alone. Without `known` the words are written over whatever stands.
    """

    caption: str | None = None
    people: str | None = None
    known: Mapping[str, Collection[str]] = field(default_factory=dict)


def add_photo(*, exemplar: Exemplar, by: User, upload: UploadedFile, upload_key: str = "") -> Attachment:
    """Judge, re-encode and keep a photo. Raises `FileRefused` with a sentence; nothing else is touched.

    The same `upload_key` again answers with the file that arrived the first time.
    """
    refuse_closed(exemplar, by)
    if found := _arrived(exemplar, upload_key):
        return found
    photo = inspect_photo(upload)
    attachment = Attachment(
        kind=AttachmentKind.PHOTO,
        original_name=photo.download_name,
        content_type=photo.content_type,
        size=photo.size,
        sha256=photo.sha256,
        width=photo.width,
        height=photo.height,
        upload_key=upload_key,
    )
    attachment.file = photo.file
    attachment.thumbnail = photo.thumbnail_file
    return _keep(attachment, exemplar, by, clean_name(upload.name))


def add_document(*, exemplar: Exemplar, by: User, upload: UploadedFile, upload_key: str = "") -> Attachment:
    """Judge and keep a file. Raises `FileRefused` with a sentence; nothing else is touched.

    The same `upload_key` again answers with the file that arrived the first time.
    """
    refuse_closed(exemplar, by)
    if found := _arrived(exemplar, upload_key):
        return found
    document = inspect_document(upload)
    attachment = Attachment(
        kind=AttachmentKind.DOCUMENT,
        original_name=document.download_name,
        content_type=document.content_type,
        size=document.size,
        sha256=document.sha256,
        pages=document.pages,
        upload_key=upload_key,
    )
    attachment.file = document.file
    return _keep(attachment, exemplar, by, clean_name(upload.name))


def _arrived(exemplar: Exemplar, upload_key: str) -> Attachment | None:
    """The file that came with this key before."""
    found = exemplar.attachments.filter(upload_key=upload_key).first() if upload_key else None
    if found and found.removed_at:
        raise FileRefused(_("“%(name)s” đã được bỏ khỏi hồ sơ. Chọn lại tệp nếu cần.") % {"name": found.original_name})
    return found


def _keep(attachment: Attachment, exemplar: Exemplar, by: User, called: str) -> Attachment:
    """Write file and row; when the row fails, the file goes too. `called` is the name that its sender knows."""
    try:
        with transaction.atomic():
            return _insert(attachment, exemplar, by, called)
    except BaseException:
        _drop_stored(attachment)
        raise


def _insert(attachment: Attachment, exemplar: Exemplar, by: User, called: str) -> Attachment:
    lock(exemplar)
    refuse_closed(exemplar, by)
    # A double send waits at the lock and then finds the row of the first.
    if found := _arrived(exemplar, attachment.upload_key):
        return found
    attachment.position = max(_refuse_taken_place(attachment, exemplar, called), default=0) + 1
    attachment.exemplar = exemplar
    attachment.uploaded_by = by
    attachment.uploaded_at = clock.now()
    attachment.save()
    return attachment


def _refuse_taken_place(attachment: Attachment, exemplar: Exemplar, called: str) -> list[int]:
    """Refuse a file that is there already, or one too many; returns the places of those of its kind."""
    present = exemplar.attachments.present()
    if twin := present.filter(sha256=attachment.sha256).first():
        raise _twin(called, twin.original_name)
    same_kind = list(present.filter(kind=attachment.kind).values_list("position", flat=True))
    _refuse_pile(len(same_kind), attachment, called)
    return same_kind


def _twin(called: str, present: str) -> FileRefused:
    sentence = _("“%(name)s” đã có trong hồ sơ này nên không thêm lần nữa.")
    if split_name(called)[0] != split_name(present)[0]:
        sentence = _("“%(name)s” giống hệt “%(present)s” đã có trong hồ sơ này nên không thêm lần nữa.")
    return FileRefused(sentence % {"name": short_name(called), "present": short_name(present)}, "twin")


def _refuse_pile(count: int, attachment: Attachment, called: str) -> None:
    limit = limits.photos_a_record() if attachment.is_photo else limits.documents_a_record()
    if count >= limit:
        raise FileRefused(
            _("Hồ sơ đã đủ %(limit)d tệp loại này. Bỏ bớt một tệp rồi thêm “%(name)s”.")
            % {"limit": limit, "name": short_name(called)},
            "pile",
        )


def _drop_stored(attachment: Attachment) -> None:
    """Delete what a failed insert has put into the store."""
    for stored in (attachment.file, attachment.thumbnail):
        if stored and stored._committed:  # type: ignore[attr-defined]  # Django has no public word for it
            stored.storage.delete(str(stored.name))


@transaction.atomic
def describe_photos(*, exemplar: Exemplar, by: User, words: Mapping[int, PhotoWords]) -> list[str]:
    """Write captions and the people shown of photos that are there; ids of other records change nothing.

    Returns a sentence for each part that somebody else changed meanwhile: that part is left as it stands.
    """
    lock(exemplar)
    refuse_closed(exemplar, by)
    clashes: list[str] = []
    changed = []
    for photo in exemplar.attachments.present().filter(kind=AttachmentKind.PHOTO, pk__in=words):
        before = (photo.caption, photo.people)
        clashes += _describe(photo, words[photo.pk])
        if (photo.caption, photo.people) != before:
            changed.append(photo)
    Attachment.objects.bulk_update(changed, ["caption", "people"])
    return clashes


def _describe(photo: Attachment, words: PhotoWords) -> list[str]:
    clashes = []
    for name, value in (("caption", words.caption), ("people", words.people)):
        stands = getattr(photo, name)
        known = list(words.known.get(name, ()))
        if value is None or value == stands or (known and stands not in known and value == known[0]):
            continue
        if known and stands not in known:
            clashes.append(_clash_words(photo, name, value))
            continue
        setattr(photo, name, value)
    return clashes


def _clash_words(photo: Attachment, name: str, value: str) -> str:
    if name == "people":
        stands, value = photo.get_people_display(), str(PeopleShown(value).label)
    else:
        stands = photo.caption or _("(để trống)")
    sentence = _(
        "Ảnh “%(name)s” vừa được ghi ở nơi khác: “%(stands)s”. Trang này ghi: “%(value)s”. Ghi lại bản cần giữ."
    )
    return sentence % {"name": photo.original_name, "stands": stands, "value": value or _("(để trống)")}


@transaction.atomic
def move_photo(*, attachment: Attachment, by: User, up: bool) -> list[int]:
    """Change places with the neighbour; at the end of the row nothing happens. Returns the ids in order."""
    exemplar = attachment.exemplar
    lock(exemplar)
    refuse_closed(exemplar, by)
    row = list(exemplar.attachments.present().filter(kind=attachment.kind).order_by("position", "pk"))
    here = next((n for n, photo in enumerate(row) if photo.pk == attachment.pk), 0)
    there = here - 1 if up else here + 1
    if 0 <= there < len(row):
        row[here], row[there] = row[there], row[here]
    for position, photo in enumerate(row, start=1):
        photo.position = position
    Attachment.objects.bulk_update(row, ["position"])
    return [photo.pk for photo in row]


@transaction.atomic
def remove_attachment(*, attachment: Attachment, by: User) -> None:
    """Take a file away; for a minute, while the record is open, it can be put back.

    Never sent: deleted for good by the sweep after that. Sent once: kept for the versions that show it.
    """
    exemplar = attachment.exemplar
    lock(exemplar)
    refuse_closed(exemplar, by)
    attachment.removed_at = clock.now()
    attachment.undo_until = clock.wall_now() + UNDO_WINDOW
    attachment.save(update_fields=["removed_at", "undo_until"])


@transaction.atomic
def put_back(*, attachment: Attachment, by: User) -> None:
    """Put a file back that was taken off within the last minute; one that is back already stays.

    Raises `WorkflowError` when it is too late or the record was sent, `FileRefused` when its place was taken.
    """
    exemplar = attachment.exemplar
    lock(exemplar)
    refuse_closed(exemplar, by)
    attachment.refresh_from_db(fields=["removed_at", "undo_until"])
    if attachment.removed_at is None:
        return
    if attachment.undo_until is None or attachment.undo_until <= clock.wall_now():
        raise WorkflowError(_("Đã quá 60 giây nên không lấy lại được tệp vừa bỏ. Chọn lại tệp nếu cần."))
    _refuse_taken_place(attachment, exemplar, attachment.original_name)
    attachment.removed_at = attachment.undo_until = None
    attachment.save(update_fields=["removed_at", "undo_until"])


def delete_for_good(attachment: Attachment) -> None:
    """Delete the row and, once that is certain, its files."""
    names = [str(f.name) for f in (attachment.file, attachment.thumbnail) if f]
    storage = attachment.file.storage
    attachment.delete()
    for name in names:
        transaction.on_commit(partial(storage.delete, name))
