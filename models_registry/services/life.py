from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.workflow import WorkflowError, apply, lock
from models_registry import letters, letters_requests
from models_registry.content import content_of
from models_registry.enums import RequestState
from models_registry.models import ChangeRequest, ExemplarVersion
from models_registry.owed import RETURN
from models_registry.policy import promised_date
from models_registry.services.confirmation import close_questions
from models_registry.services.drafts import index_as_sent
from models_registry.workflow import EXEMPLAR_WORKFLOW
from notifications.services import settle_notices

if TYPE_CHECKING:
    from models_registry.models import Exemplar
    from organizations.models import User


def submit_exemplar(*, exemplar: Exemplar, by: User) -> None:
    """Send a draft to the office: freeze a version, log, tell the reviewers. Refused when incomplete or on hold."""
    _send(exemplar, by, "submit")


def resubmit_exemplar(*, exemplar: Exemplar, by: User) -> None:
    """Send a returned record again. Refused also when nothing changed."""
    _send(exemplar, by, "resubmit")


@transaction.atomic
def _send(exemplar: Exemplar, by: User, step: str) -> None:
    # What is promised depends on what is sent: read under the lock.
    lock(exemplar)
    now = clock.now()
    changes = {
        "submitted_at": now,
        "submitted_by": by,
        "review_due": promised_date(exemplar),
        "return_due": None,
        "taken_at": None,
        "taken_by": None,
    }
    log = apply(EXEMPLAR_WORKFLOW, step, exemplar, by=by, changes=changes)
    close_questions(exemplar)
    version = freeze(exemplar, by)
    log.version = version.number
    log.save(update_fields=["version"])
    settle_notices(subject_type=RETURN, subject_id=exemplar.pk)
    letters.tell_office(exemplar, log)


def freeze(exemplar: Exemplar, by: User) -> ExemplarVersion:
    """Keep the content as it stands as the next version; its files count as sent from now on."""
    last = exemplar.versions.order_by("-number").values_list("number", flat=True).first() or 0
    version = ExemplarVersion.objects.create(
        exemplar=exemplar, number=last + 1, content=content_of(exemplar), made_at=clock.now(), made_by=by
    )
    index_as_sent(exemplar)
    exemplar.attachments.present().filter(sent_in=None).update(sent_in=version.number)
    return version


@transaction.atomic
def withdraw_exemplar(*, exemplar: Exemplar, by: User) -> None:
    """Take a record back before the office took it; it is a draft again and the office is told nothing more."""
    apply(EXEMPLAR_WORKFLOW, "withdraw", exemplar, by=by)
    letters.take_back(exemplar)


@transaction.atomic
def end_exemplar(*, exemplar: Exemplar, by: User, reason: str) -> None:
    """Close a recognised exemplar with a reason, for example because the person moved away."""
    changes = {"ended_on": clock.today(), "end_reason": reason.strip()}
    log = apply(EXEMPLAR_WORKFLOW, "end", exemplar, by=by, reason=reason, changes=changes)
    close_changes([exemplar], _("Hồ sơ đã kết thúc."))
    letters.tell_unit(exemplar, log)


@transaction.atomic
def revoke_exemplar(*, exemplar: Exemplar, by: User, reason: str, paper: str) -> None:
    """Undo a recognition for cause (Law 2022 Art. 93): reason and paper are kept, the record stays."""
    lock(exemplar)
    if not paper.strip():
        raise WorkflowError(_("Ghi số và ngày văn bản hủy công nhận."))
    changes = {"revoked_on": clock.today(), "revocation_reason": reason.strip(), "revocation_paper": paper.strip()}
    log = apply(EXEMPLAR_WORKFLOW, "revoke", exemplar, by=by, reason=reason, changes=changes)
    close_changes([exemplar], _("Hồ sơ đã bị hủy công nhận."))
    letters.tell_unit(exemplar, log)


def close_changes(exemplars: Sequence[Exemplar], note: str) -> None:
    """The records are recognised no longer: what was asked of them is asked no more."""
    for change in ChangeRequest.objects.filter(exemplar__in=exemplars, state=RequestState.OPEN):
        change.state, change.decision_note = RequestState.WITHDRAWN, note
        change.save(update_fields=["state", "decision_note"])
        letters_requests.take_back_change(change)
