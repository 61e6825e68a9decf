from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.audit import Subject, record
from core.audit.models import EventKind
from core.workflow import WorkflowError, apply, lock
from models_registry.models import PrivateLook
from models_registry.rules import is_insider
from models_registry.workflow import EXEMPLAR_WORKFLOW

if TYPE_CHECKING:
    from models_registry.models import Attachment, Exemplar
    from organizations.models import User


@transaction.atomic
def look_at_private_fields(*, exemplar: Exemplar, by: User) -> PrivateLook:
    """Log one look at the private fields. Refused to people outside the unit and the office."""
    # The record before the head of the log, as everywhere: two orders would wait for each other.
    lock(exemplar)
    if not is_insider(exemplar, by):
        raise WorkflowError(_("Thông tin riêng chỉ hiện với đơn vị lập hồ sơ và Phòng Nội vụ."))
    record(
        kind=EventKind.LOOK,
        action="exemplar.look",
        actor=by,
        subject=Subject("exemplar", exemplar.pk, exemplar.number, exemplar.unit_id),
    )
    return PrivateLook.objects.create(exemplar=exemplar, user=by, at=clock.now())


def withdraw_consent(*, exemplar: Exemplar, by: User) -> None:
    """Log that the subject no longer agrees to be shown; the public pages drop the story at once."""
    apply(EXEMPLAR_WORKFLOW, "withdraw_consent", exemplar, by=by, changes={"consent_publish": False})


def note_download(*, attachment: Attachment, by: User) -> None:
    """Log that somebody opened a document: it may hold personal data. The one write of a reading request."""
    exemplar = attachment.exemplar
    record(
        kind=EventKind.LOOK,
        action="exemplar.download",
        actor=by,
        subject=Subject("exemplar", exemplar.pk, exemplar.number, exemplar.unit_id),
        data={"attachment": attachment.pk},
    )
