from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from core import clock
from core.workflow import apply, lock
from core.working_days import working_days_after, working_days_between
from models_registry import letters
from models_registry.workflow import EXEMPLAR_WORKFLOW

if TYPE_CHECKING:
    from models_registry.models import Exemplar
    from organizations.models import User


@transaction.atomic
def hold_exemplar(*, exemplar: Exemplar, by: User, reason: str) -> None:
    """Put a hold on a record while discipline, an inquiry or a complaint is open (domain.md, fact 9)."""
    changes = {"hold_since": clock.today(), "hold_reason": reason.strip(), "hold_by": by}
    log = apply(EXEMPLAR_WORKFLOW, "hold", exemplar, by=by, reason=reason, changes=changes)
    letters.tell_unit(exemplar, log)


@transaction.atomic
def release_exemplar(*, exemplar: Exemplar, by: User, reason: str) -> None:
    """Release a hold; the working days that were left of the promised answer start again today."""
    lock(exemplar)
    changes: dict[str, Any] = {"hold_since": None, "hold_reason": "", "hold_by": None}
    if exemplar.is_waiting and exemplar.hold_since and exemplar.review_due:
        left = max(1, working_days_between(exemplar.hold_since, exemplar.review_due))
        changes["review_due"] = working_days_after(clock.today(), left)
    log = apply(EXEMPLAR_WORKFLOW, "release", exemplar, by=by, reason=reason, changes=changes)
    letters.tell_unit(exemplar, log)
