"""What becomes of a recommendation: reported by the unit, closed or returned by the office."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns import inspection_letters as letters
from campaigns.inspection_owed import SUBJECT
from campaigns.inspection_workflow import FOLLOW_UP_WORKFLOW
from core import clock
from core.workflow import WorkflowError, apply, lock
from notifications.services import settle_notices

if TYPE_CHECKING:
    from campaigns.models import FollowUp
    from organizations.models import User


@transaction.atomic
def report_follow_up(*, follow_up: FollowUp, by: User, evidence: str) -> None:
    """Tell the office what was done; the files that are there go with it. Refused without words."""
    if not evidence.strip():
        raise WorkflowError(_("Ghi kết quả thực hiện: đã làm gì, khi nào, ai chứng kiến."))
    now = clock.now()
    changes = {"evidence": evidence.strip(), "reported_at": now, "reported_by": by}
    log = apply(FOLLOW_UP_WORKFLOW, "report", follow_up, by=by, changes=changes)
    follow_up.enclosures.filter(sent_at=None).update(sent_at=now)
    settle_notices(subject_type=SUBJECT, subject_id=follow_up.pk)
    letters.tell_about(follow_up, log)


@transaction.atomic
def close_follow_up(*, follow_up: FollowUp, by: User) -> None:
    """Confirm that it was done. Refused to who reported it."""
    log = apply(FOLLOW_UP_WORKFLOW, "close", follow_up, by=by, changes={"closed_at": clock.now(), "closed_by": by})
    letters.tell_about(follow_up, log)


@transaction.atomic
def return_follow_up(*, follow_up: FollowUp, by: User, reason: str, due: datetime.date) -> None:
    """Ask for more, with a reason and a new date; it is owed again."""
    lock(follow_up)
    if due < clock.today():
        raise WorkflowError(_("Hạn mới không được trước hôm nay. Chọn ngày khác."))
    log = apply(FOLLOW_UP_WORKFLOW, "return", follow_up, by=by, reason=reason, changes={"due": due})
    letters.tell_about(follow_up, log)


@transaction.atomic
def cancel_follow_up(*, follow_up: FollowUp, by: User, reason: str) -> None:
    """Drop it with a reason; nobody is reminded of it any more."""
    changes = {"closed_at": clock.now(), "closed_by": by}
    log = apply(FOLLOW_UP_WORKFLOW, "cancel", follow_up, by=by, reason=reason, changes=changes)
    letters.tell_about(follow_up, log)
