"""Decisions on a set of records: all or nothing, one undo for the whole set."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max, prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock
from core.workflow import SetRefused, WorkflowError, apply_all, blocked_in, lock_all
from models_registry import letters
from models_registry.enums import State
from models_registry.models import ExemplarTransition, ExemplarVersion, ReviewComment
from models_registry.workflow import EXEMPLAR_WORKFLOW
from notifications.services import UNDO_WINDOW

from .life import close_changes
from .promotion import promoted_once
from .review import (
    GROWN_MEANWHILE,
    RECOGNITION_UNDONE,
    UNDECIDED,
    Answers,
    check_answers,
    check_return,
    decision,
    refuse_begun,
    refuse_unread,
)

if TYPE_CHECKING:
    from models_registry.models import Exemplar
    from organizations.models import User

#: Records that one decision may take at once.
MOST = 500
#: Record → number of the version that was read.
Seen = Mapping[int, int | None]
NOTHING_SEEN: Seen = {}


@transaction.atomic
def recognise_set(
    *, exemplars: Sequence[Exemplar], by: User, answers: Answers, seen: Seen = NOTHING_SEEN
) -> datetime.datetime:
    """Recognise a set; the questions are asked once and kept with each. Returns until when it can be undone."""
    check_answers(answers)
    changes = {**decision(by), "recognised_on": clock.today(), **vars(answers)}
    logs, until = _decide_all(exemplars, by, "recognise", changes, seen=seen)
    letters.tell_units(logs)
    return until


@transaction.atomic
def return_set(
    *,
    exemplars: Sequence[Exemplar],
    by: User,
    target: str,
    text: str,
    due: datetime.date,
    seen: Seen = NOTHING_SEEN,
) -> datetime.datetime:
    """Return a set with one remark on one part and one date. Returns until when it can be undone."""
    remarks = check_return({target: text}, due)
    logs, until = _decide_all(exemplars, by, "return", {"return_due": due}, seen=seen)
    ReviewComment.objects.bulk_create(
        ReviewComment(
            exemplar=log.record, transition=log, target=target, text=remarks[target], author=by, made_at=log.at
        )
        for log in logs
    )
    prefetch_related_objects(logs, "comments")
    letters.tell_units(logs)
    return until


@transaction.atomic
def reject_set(*, exemplars: Sequence[Exemplar], by: User, reason: str, seen: Seen = NOTHING_SEEN) -> datetime.datetime:
    """Reject a set for one reason. Returns until when it can be undone."""
    changes = {**decision(by), "rejection_reason": reason.strip()}
    logs, until = _decide_all(exemplars, by, "reject", changes, reason, seen=seen)
    letters.tell_units(logs)
    return until


@transaction.atomic
def undo_set(*, until: datetime.datetime, by: User) -> list[Exemplar]:
    """Undo one's own decision on a set of the last minute, known by the moment until which it may be undone.

    What was undone singly meanwhile stays so; when a later step has overtaken one of the rest, none is undone.
    """
    undone = list(
        ExemplarTransition.objects.in_force()
        .filter(actor=by, undo_until=until)
        .select_related("record__unit")
        .order_by("record_id")
    )
    if not undone:
        raise WorkflowError(_("Không còn quyết định nào để hoàn tác."))
    by_record = {log.record_id: log for log in undone}
    records = [log.record for log in undone]
    lock_all(records)
    refuse_begun(records, undone)
    with promoted_once(GROWN_MEANWHILE):
        apply_all(
            EXEMPLAR_WORKFLOW,
            "undo",
            records,
            by=by,
            changes=UNDECIDED,
            # A decision on a set takes every record first, so that each was under review.
            target=State.IN_REVIEW,
            noted=lambda record: {"undoes": by_record[record.pk], "version": by_record[record.pk].version},
            related=("transitions",),
        )
    close_changes(records, str(RECOGNITION_UNDONE))
    letters.take_back_steps(undone)
    return records


def blocked_set(*, exemplars: Sequence[Exemplar], by: User, step: str) -> list[tuple[Exemplar, str]]:
    """The records of a set on which `by` cannot take a step, each with its reason."""
    return blocked_in(EXEMPLAR_WORKFLOW, step, exemplars, by)


def _decide_all(
    exemplars: Sequence[Exemplar], by: User, step: str, changes: Mapping[str, Any], reason: str = "", *, seen: Seen
) -> tuple[list[ExemplarTransition], datetime.datetime]:
    _check_size(exemplars)
    lock_all(exemplars)
    if blocked := blocked_set(exemplars=exemplars, by=by, step=step):
        raise SetRefused(blocked[0][1], blocked)
    versions = dict(
        ExemplarVersion.objects.filter(exemplar__in=exemplars).values_list("exemplar").annotate(Max("number"))
    )
    refuse_unread(seen, versions, exemplars)
    until = clock.wall_now() + UNDO_WINDOW

    def version_of(record: Exemplar) -> dict[str, Any]:
        return {"version": versions.get(record.pk)}

    untaken = [e for e in exemplars if e.taken_at is None and EXEMPLAR_WORKFLOW.check("take", e, by)]
    if untaken:
        taking = {"taken_at": clock.now(), "taken_by": by}
        apply_all(EXEMPLAR_WORKFLOW, "take", untaken, by=by, changes=taking, noted=version_of)
    logs = apply_all(
        EXEMPLAR_WORKFLOW,
        step,
        exemplars,
        by=by,
        reason=reason,
        changes=changes,
        noted=lambda record: {**version_of(record), "undo_until": until},
    )
    return logs, until


def _check_size(exemplars: Sequence[Exemplar]) -> None:
    if not exemplars:
        raise WorkflowError(_("Chưa chọn hồ sơ nào. Đánh dấu các hồ sơ rồi làm lại."))
    if len(exemplars) > MOST:
        raise WorkflowError(
            ngettext(
                "Mỗi lần xử lý nhiều nhất %(most)d hồ sơ. Bớt lựa chọn rồi làm lại.",
                "Mỗi lần xử lý nhiều nhất %(most)d hồ sơ. Bớt lựa chọn rồi làm lại.",
                MOST,
            )
            % {"most": MOST}
        )
