"""Recording of a visit and what follows: saved while typed, finished, sent, answered."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns import inspection_letters as letters
from campaigns.inspection_enums import FollowUpState, VisitState
from campaigns.inspection_rules import may_record
from campaigns.inspection_workflow import FOLLOW_UP_WORKFLOW, VISIT_WORKFLOW
from campaigns.models import Enclosure, FollowUp, Visit, VisitAnswer
from core import clock
from core.workflow import WorkflowError, apply, lock

if TYPE_CHECKING:
    from organizations.models import User

#: The fields of the record itself; nothing else that is posted reaches it.
RECORD_FIELDS = frozenset({"done_on", "team_note", "met_with", "findings", "conclusion"})


class StaleVersion(Exception):
    """Somebody saved the record after the form was opened."""


@dataclass(frozen=True)
class RecordInput:
    """What a save writes: only what is given is touched. Lines of recommendations by position; "" takes one away."""

    fields: dict[str, Any]
    answers: dict[int, dict[str, str]] = field(default_factory=dict)
    follow_ups: dict[int, tuple[str, datetime.date | None]] = field(default_factory=dict)


def refuse_closed(visit: Visit, by: User) -> None:
    """Raise when `by` may not write the record, or nobody may any more."""
    if not may_record(by, visit):
        raise WorkflowError(_("Chỉ Phòng Nội vụ và người có tên trong đoàn ghi được biên bản này."))
    if not visit.is_open:
        raise WorkflowError(_("Biên bản đã chốt nên không sửa được. Mở lại biên bản nếu cần sửa."))


@transaction.atomic
def save_record(*, visit: Visit, by: User, data: RecordInput, seen_version: int) -> int:
    """Write what was typed and count the version, which it returns.

    Refused when the record is closed or not the person's to write, or when another save came after `seen_version`
    (`StaleVersion`): the caller then merges and asks.
    """
    lock(visit)
    refuse_closed(visit, by)
    if visit.version != seen_version:
        raise StaleVersion
    for name, value in data.fields.items():
        if name in RECORD_FIELDS:
            setattr(visit, name, value)
    visit.version += 1
    visit.saved_at, visit.saved_by = clock.now(), by
    visit.save()
    _save_answers(visit, data.answers)
    _save_follow_ups(visit, data.follow_ups)
    return visit.version


def _save_answers(visit: Visit, answers: Mapping[int, dict[str, str]]) -> None:
    known = set(visit.plan.lines.values_list("pk", flat=True))
    standing = {row.line_id: row for row in visit.answers.all()}
    fresh: list[VisitAnswer] = []
    changed: list[VisitAnswer] = []
    for line, values in answers.items():
        if line not in known:
            continue
        row = standing.get(line) or VisitAnswer(visit=visit, line_id=line)
        for name, value in values.items():
            setattr(row, name, value)
        (changed if row.pk else fresh).append(row)
    VisitAnswer.objects.bulk_create(fresh)
    VisitAnswer.objects.bulk_update(changed, ["verdict", "note"])


def _save_follow_ups(visit: Visit, lines: Mapping[int, tuple[str, datetime.date | None]]) -> None:
    standing = {row.position: row for row in visit.follow_ups.all()}
    for position, (what, due) in lines.items():
        row = standing.get(position)
        if not what:
            if row:
                row.delete()
            continue
        row = row or FollowUp(visit=visit, position=position)
        row.what, row.due = what, due
        row.save()


@transaction.atomic
def describe_photos(*, visit: Visit, by: User, captions: Mapping[int, str]) -> None:
    """Write captions of the visit's photos; ids of other records change nothing."""
    lock(visit)
    refuse_closed(visit, by)
    photos = list(visit.enclosures.photos().filter(pk__in=captions))
    for photo in photos:
        photo.caption = captions[photo.pk]
    Enclosure.objects.bulk_update(photos, ["caption"])


def finish_record(*, visit: Visit, by: User) -> None:
    """Close the record: nobody writes in it any more, another may send it. Refused while something is missing."""
    apply(VISIT_WORKFLOW, "record", visit, by=by, changes={"recorded_at": clock.now(), "recorded_by": by})


def reopen_record(*, visit: Visit, by: User) -> None:
    """Open a closed record again, before it was sent."""
    apply(VISIT_WORKFLOW, "reopen", visit, by=by, changes={"recorded_at": None, "recorded_by": None})


def times_finished(visit: Visit) -> int:
    """How often a record was closed: a reading of it is of the last time, or of one that was opened again since."""
    return visit.transitions.filter(name="record").count()


@transaction.atomic
def send_result(*, visit: Visit, by: User, seen: int | None = None) -> None:
    """Let the unit read the result; its recommendations are owed from now on.

    Refused to who recorded it, and when the record was opened and closed again since it was `seen` (`times_finished`).
    """
    lock(visit)
    if visit.state == VisitState.RECORDED and seen not in (None, times_finished(visit)):
        raise WorkflowError(
            _("Sau khi trang này được mở, biên bản đã được mở lại và chốt lại nên chưa gửi. Đọc lại rồi gửi.")
        )
    now = clock.now()
    log = apply(VISIT_WORKFLOW, "send", visit, by=by, changes={"sent_at": now, "sent_by": by})
    for follow_up in FollowUp.objects.filter(visit=visit, state=FollowUpState.DRAFT).select_related(
        "visit__unit", "visit__plan"
    ):
        apply(FOLLOW_UP_WORKFLOW, "open", follow_up, by=by, changes={"first_due": follow_up.due})
    visit.enclosures.filter(sent_at=None).update(sent_at=now)
    letters.tell_unit(visit, log)


@transaction.atomic
def answer_result(*, visit: Visit, by: User, text: str) -> None:
    """What the unit says to the result, once; the office is told."""
    log = apply(VISIT_WORKFLOW, "answer", visit, by=by, reason=text)
    letters.tell_office(visit, log)
