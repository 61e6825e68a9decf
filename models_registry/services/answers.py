from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import transaction

from core import clock
from core.workflow import lock
from models_registry.models import ReviewComment
from models_registry.rules import remarks_of_return
from models_registry.services.drafts import refuse_closed

if TYPE_CHECKING:
    from models_registry.models import Exemplar
    from organizations.models import User


@transaction.atomic
def answer_remarks(*, exemplar: Exemplar, by: User, answers: Mapping[str, str]) -> None:
    """Write the unit's answer beside remarks of the current return, by their target; an empty one takes it back.

    Answers to older remarks and to targets without a remark are left as they are.
    """
    if not answers:
        return
    lock(exemplar)
    refuse_closed(exemplar, by)
    changed = [
        _answered(remark, by, answers[remark.target].strip())
        for remark in remarks_of_return(exemplar)
        if remark.target in answers and remark.answer != answers[remark.target].strip()
    ]
    ReviewComment.objects.bulk_update(changed, ["answer", "answered_by", "answered_at"])


def _answered(remark: ReviewComment, by: User, text: str) -> ReviewComment:
    remark.answer = text
    remark.answered_by = by if text else None
    remark.answered_at = clock.now() if text else None
    return remark
