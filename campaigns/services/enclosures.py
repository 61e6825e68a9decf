"""Photos and files of visits, recommendations, guidance and movements: judged, re-encoded, kept, taken away."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.inspection_enums import EnclosureKind
from campaigns.models import Enclosure, FollowUp, Guidance, Movement, Visit
from core import clock
from core.audit import Subject, record
from core.audit.models import EventKind
from core.files import FileRefused, inspect_document, inspect_photo, limits
from core.text import clean_line
from core.workflow import WorkflowError, lock
from organizations.enums import OFFICE_ROLES, Role

from .movements import may_keep, note_file
from .visits import refuse_closed

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from organizations.models import User

Owner = Visit | FollowUp | Guidance | Movement
_FIELDS: dict[type, str] = {Visit: "visit", FollowUp: "follow_up", Guidance: "guidance", Movement: "movement"}


def kinds_of(owner: Owner) -> list[str]:
    """What an owner takes: its pages show guidance and movements with a list of documents, without a grid of photos."""
    return [EnclosureKind.DOCUMENT.value] if isinstance(owner, Guidance | Movement) else list(EnclosureKind.values)


def refuse_writer(owner: Owner, by: User) -> None:
    """Raise when `by` may not add to or take from the files of `owner`, or nobody may any more."""
    if isinstance(owner, Visit):
        refuse_closed(owner, by)
    elif isinstance(owner, FollowUp):
        if not by.access.covers(owner.unit.path, Role.OFFICER):
            raise WorkflowError(_("Chỉ cán bộ phụ trách của đơn vị nộp tệp cho kiến nghị này."))
        if not owner.is_owed:
            raise WorkflowError(_("Kiến nghị không còn chờ đơn vị báo cáo nên không thêm bớt tệp được."))
    elif isinstance(owner, Movement):
        if not may_keep(by, owner):
            raise WorkflowError(_("Chỉ người ghi phong trào thêm bớt được tài liệu của phong trào này."))
    elif not by.access.covers(owner.unit.path, *OFFICE_ROLES) or not owner.is_draft:
        raise WorkflowError(_("Hướng dẫn đã ban hành nên không thêm bớt tệp được. Lập bản thay thế nếu cần sửa."))


def add_enclosure(*, owner: Owner, by: User, upload: UploadedFile, kind: str, upload_key: str = "") -> Enclosure:
    """Judge and keep a photo (re-encoded, without its place) or a file. Raises `FileRefused` with a sentence.

    The same `upload_key` again answers with the file that arrived the first time.
    """
    refuse_writer(owner, by)
    if found := _arrived(owner, upload_key):
        return found
    if kind not in kinds_of(owner):
        sentence = _("Ở đây chỉ nhận tài liệu, không nhận ảnh. Gửi “%(name)s” như một tài liệu.")
        raise FileRefused(sentence % {"name": clean_line(upload.name or "")}, "kind")
    enclosure = _photo(upload) if kind == EnclosureKind.PHOTO else _document(upload)
    enclosure.upload_key = upload_key
    return _keep(enclosure, owner, by)


def _photo(upload: UploadedFile) -> Enclosure:
    photo = inspect_photo(upload)
    return Enclosure(
        kind=EnclosureKind.PHOTO,
        original_name=photo.download_name,
        content_type=photo.content_type,
        size=photo.size,
        sha256=photo.sha256,
        width=photo.width,
        height=photo.height,
        file=photo.file,
        thumbnail=photo.thumbnail_file,
    )


def _document(upload: UploadedFile) -> Enclosure:
    document = inspect_document(upload)
    return Enclosure(
        kind=EnclosureKind.DOCUMENT,
        original_name=document.download_name,
        content_type=document.content_type,
        size=document.size,
        sha256=document.sha256,
        file=document.file,
    )


def _arrived(owner: Owner, upload_key: str) -> Enclosure | None:
    return owner.enclosures.filter(upload_key=upload_key).first() if upload_key else None


def _keep(enclosure: Enclosure, owner: Owner, by: User) -> Enclosure:
    """Write file and row; when the row fails, the file goes too."""
    try:
        with transaction.atomic():
            return _insert(enclosure, owner, by)
    except BaseException:
        for stored in (enclosure.file, enclosure.thumbnail):
            if stored and stored._committed:  # type: ignore[attr-defined]  # Django has no public word for it
                stored.storage.delete(str(stored.name))
        raise


def _insert(enclosure: Enclosure, owner: Owner, by: User) -> Enclosure:
    lock(owner)
    refuse_writer(owner, by)
    # A double send waits at the lock and then finds the row of the first.
    if found := _arrived(owner, enclosure.upload_key):
        return found
    if owner.enclosures.filter(sha256=enclosure.sha256).exists():
        sentence = _("“%(name)s” đã có ở đây nên không thêm lần nữa.")
        raise FileRefused(sentence % {"name": enclosure.original_name}, "twin")
    _refuse_pile(enclosure, owner.enclosures.filter(kind=enclosure.kind).count())
    setattr(enclosure, _FIELDS[type(owner)], owner)
    enclosure.uploaded_by, enclosure.uploaded_at = by, clock.now()
    enclosure.save()
    if isinstance(owner, Movement):
        note_file(movement=owner, by=by, file=enclosure.pk, sha256=enclosure.sha256, added=True)
    return enclosure


def share_enclosures(*, source: Guidance, target: Guidance, by: User) -> None:
    """Give a new draft the files of a published guidance. Both rows name one stored file: the older can never go."""
    assert source.published_at is not None
    now = clock.now()
    for enclosure in source.enclosures.all():
        enclosure.pk, enclosure.guidance, enclosure.upload_key, enclosure.sent_at = None, target, "", None
        enclosure.uploaded_by, enclosure.uploaded_at = by, now
        enclosure.save()


def _refuse_pile(enclosure: Enclosure, count: int) -> None:
    limit = limits.photos_a_record() if enclosure.is_photo else limits.documents_a_record()
    if count >= limit:
        sentence = _("Ở đây đã đủ %(limit)d tệp loại này. Bỏ bớt một tệp rồi thêm “%(name)s”.")
        raise FileRefused(sentence % {"limit": limit, "name": enclosure.original_name}, "pile")


@transaction.atomic
def remove_enclosure(*, enclosure: Enclosure, by: User) -> None:
    """Delete a file that was not sent, for good; that a movement lost one stays in the log."""
    owner = enclosure.owner
    lock(owner)
    refuse_writer(owner, by)
    if enclosure.sent_at:
        raise WorkflowError(_("“%(name)s” đã được gửi nên không bỏ được nữa.") % {"name": enclosure.original_name})
    shared = Enclosure.objects.filter(file=enclosure.file.name).exclude(pk=enclosure.pk).exists()
    names = [] if shared else [str(stored.name) for stored in (enclosure.file, enclosure.thumbnail) if stored]
    storage = enclosure.file.storage
    if isinstance(owner, Movement):
        note_file(movement=owner, by=by, file=enclosure.pk, sha256=enclosure.sha256, added=False)
    enclosure.delete()
    for name in names:
        transaction.on_commit(partial(storage.delete, name))


def note_download(*, enclosure: Enclosure, by: User) -> None:
    """Log that somebody opened a document of evidence. The one write of a reading request."""
    follow_up = enclosure.follow_up
    assert follow_up is not None
    record(
        kind=EventKind.LOOK,
        action="followup.download",
        actor=by,
        subject=Subject("followup", follow_up.pk, str(follow_up), follow_up.unit_id),
        data={"enclosure": enclosure.pk},
    )
