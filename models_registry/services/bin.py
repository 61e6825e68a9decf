from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.audit import Subject, record
from core.audit.models import EventKind
from core.workflow import WorkflowError, lock
from models_registry.enums import State
from models_registry.models import Exemplar
from organizations.enums import Role

from .confirmation import close_questions
from .files import delete_for_good
from .promotion import promoted_once

if TYPE_CHECKING:
    from organizations.models import User

#: A draft can be taken out of the bin for this long.
KEPT = datetime.timedelta(days=30)
_GROWN_OTHERWISE = gettext_lazy("Hồ sơ gốc đã được nâng lên bằng một bản nháp khác nên không lấy lại bản này được.")


@transaction.atomic
def discard_draft(*, exemplar: Exemplar, by: User) -> None:
    """Put a draft that was never sent into the bin."""
    lock(exemplar)
    _refuse_others(exemplar, by)
    if exemplar.state != State.DRAFT or exemplar.submitted_at:
        raise WorkflowError(_("Hồ sơ đã gửi thì được giữ lại; chỉ bỏ được bản nháp chưa gửi lần nào."))
    if exemplar.discarded_at:
        raise WorkflowError(_("Bản nháp đã ở thùng rác."))
    exemplar.discarded_at, exemplar.discarded_by = clock.now(), by
    exemplar.save(update_fields=["discarded_at", "discarded_by"])
    close_questions(exemplar)
    _note(exemplar, by, "exemplar.discard")


@transaction.atomic
def restore_draft(*, exemplar: Exemplar, by: User) -> None:
    """Take a draft out of the bin. Refused when what it grew from has grown into another record meanwhile."""
    lock(exemplar)
    _refuse_others(exemplar, by)
    if exemplar.discarded_at is None:
        raise WorkflowError(_("Bản nháp không ở thùng rác."))
    if exemplar.promoted_from_id and _promoted_again(exemplar):
        raise WorkflowError(str(_GROWN_OTHERWISE))
    exemplar.discarded_at = exemplar.discarded_by = None
    with promoted_once(_GROWN_OTHERWISE):
        exemplar.save(update_fields=["discarded_at", "discarded_by"])
    _note(exemplar, by, "exemplar.restore")


def _promoted_again(exemplar: Exemplar) -> bool:
    rivals = Exemplar.objects.filter(promoted_from_id=exemplar.promoted_from_id, discarded_at=None)
    return rivals.exclude(state=State.REJECTED).exclude(pk=exemplar.pk).exists()


def _refuse_others(exemplar: Exemplar, by: User) -> None:
    if not by.access.covers(exemplar.unit.path, Role.OFFICER):
        raise WorkflowError(_("Chỉ cán bộ phụ trách của đơn vị làm được việc này."))


def empty_bin() -> int:
    """Remove drafts that lay in the bin for more than thirty days, with their files; returns how many."""
    old = Exemplar.objects.filter(state=State.DRAFT, submitted_at=None, discarded_at__lt=clock.now() - KEPT)
    # Who looked at private fields is kept for good, and with it the draft.
    old = old.filter(private_looks=None)
    return sum(_remove(pk) for pk in old.values_list("pk", flat=True))


@transaction.atomic
def _remove(pk: int) -> bool:
    """Remove one draft, unless somebody took it out of the bin meanwhile."""
    exemplar = Exemplar.objects.select_for_update().filter(pk=pk, discarded_at__lt=clock.now() - KEPT).first()
    if (
        exemplar is None
        or exemplar.private_looks.exists()
        or exemplar.transitions.exists()
        or exemplar.versions.exists()
    ):
        return False
    for attachment in exemplar.attachments.all():
        delete_for_good(attachment)
    exemplar.confirmations.all().delete()
    subject = _subject(exemplar)
    exemplar.delete()
    record(kind=EventKind.SETTING, action="exemplar.remove", subject=subject)
    return True


def _note(exemplar: Exemplar, by: User, action: str) -> None:
    record(kind=EventKind.SETTING, action=action, actor=by, subject=_subject(exemplar))


def _subject(exemplar: Exemplar) -> Subject:
    return Subject("exemplar", exemplar.pk, exemplar.number, exemplar.unit_id)
