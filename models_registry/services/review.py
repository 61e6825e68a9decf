from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.dates import format_date
from core.workflow import SetRefused, WorkflowError, apply, lock
from models_registry import letters
from models_registry.content import content_mark, content_of
from models_registry.models import ExemplarVersion, ReviewComment
from models_registry.workflow import EXEMPLAR_WORKFLOW
from notifications.services import UNDO_WINDOW

from .life import close_changes
from .promotion import promoted_once

if TYPE_CHECKING:
    from models_registry.models import Exemplar, ExemplarTransition
    from organizations.models import User


@dataclass(frozen=True)
class Answers:
    """The three questions of R23; recognising needs three times yes."""

    is_representative: bool
    fits_unit: bool
    is_replicable: bool

    def all_yes(self) -> bool:
        """Whether the record may be recognised."""
        return self.is_representative and self.fits_unit and self.is_replicable


@transaction.atomic
def take_exemplar(*, exemplar: Exemplar, by: User) -> None:
    """Take a sent record into review under the name of `by`."""
    _log_version(exemplar, _take(exemplar, by))


def _take(exemplar: Exemplar, by: User) -> ExemplarTransition:
    return apply(EXEMPLAR_WORKFLOW, "take", exemplar, by=by, changes={"taken_at": clock.now(), "taken_by": by})


@transaction.atomic
def recognise_exemplar(*, exemplar: Exemplar, by: User, answers: Answers, seen: int | None = None) -> None:
    """Recognise a record. Refused unless the three questions are answered yes."""
    check_answers(answers)
    changes = {**decision(by), "recognised_on": clock.today(), **vars(answers)}
    _decide(exemplar, by, "recognise", changes, seen=seen)


@transaction.atomic
def return_exemplar(
    *, exemplar: Exemplar, by: User, comments: dict[str, str], due: datetime.date, seen: int | None = None
) -> None:
    """Return a record with remarks on fields and a date. Refused without a remark or with a date not ahead."""
    remarks = check_return(comments, due)
    log = _apply(exemplar, by, "return", {"return_due": due}, seen=seen)
    ReviewComment.objects.bulk_create(
        ReviewComment(exemplar=exemplar, transition=log, target=target, text=text, author=by, made_at=log.at)
        for target, text in remarks.items()
    )
    letters.tell_unit(exemplar, log)


@transaction.atomic
def reject_exemplar(*, exemplar: Exemplar, by: User, reason: str, seen: int | None = None) -> None:
    """Reject a record for good, with a reason that the unit reads."""
    _decide(exemplar, by, "reject", {**decision(by), "rejection_reason": reason.strip()}, reason, seen=seen)


@transaction.atomic
def undo_decision(*, exemplar: Exemplar, by: User) -> None:
    """Undo one's own decision of the last minute: the record waits again, its letters never leave, both steps stay."""
    lock(exemplar)
    undone = exemplar.transitions.order_by("pk").last()
    if undone is None:
        raise WorkflowError(_("Chưa có bước nào để hoàn tác."))
    refuse_begun([exemplar], [undone])
    with promoted_once(GROWN_MEANWHILE):
        log = apply(EXEMPLAR_WORKFLOW, "undo", exemplar, by=by, changes=UNDECIDED, target=undone.source)
    log.undoes, log.version = undone, undone.version
    log.save(update_fields=["undoes", "version"])
    close_changes([exemplar], str(RECOGNITION_UNDONE))
    letters.take_back_step(exemplar, undone)


RECOGNITION_UNDONE = gettext_lazy("Việc công nhận vừa được hoàn tác.")
GROWN_MEANWHILE = gettext_lazy("Hồ sơ gốc đã được nâng lên bằng một bản nháp khác nên không hoàn tác được nữa.")


def refuse_begun(exemplars: Sequence[Exemplar], undone: Sequence[ExemplarTransition]) -> None:
    """Refuse to undo a return once its unit works on it: the office would judge what was never sent."""
    returned = {log.record_id for log in undone if log.name == "return"}
    records = [exemplar for exemplar in exemplars if exemplar.pk in returned]
    if not records:
        return
    answered = set(
        ReviewComment.objects.filter(transition__in=undone).exclude(answer="").values_list("exemplar_id", flat=True)
    )
    versions = ExemplarVersion.objects.filter(exemplar__in=records).order_by("number")
    sent = dict(versions.values_list("exemplar", "content"))
    begun = [
        (exemplar, str(_BEGUN))
        for exemplar in records
        if exemplar.pk in answered or content_mark(content_of(exemplar)) != content_mark(sent[exemplar.pk])
    ]
    if begun:
        raise SetRefused(str(_BEGUN), begun)


_BEGUN = gettext_lazy("Đơn vị đã bắt đầu bổ sung hồ sơ nên không hoàn tác được nữa. Chờ đơn vị gửi lại rồi xét.")
#: What a decision wrote, taken back.
UNDECIDED: dict[str, Any] = {
    "return_due": None,
    "decided_at": None,
    "decided_by": None,
    "recognised_on": None,
    "is_representative": None,
    "fits_unit": None,
    "is_replicable": None,
    "rejection_reason": "",
}


def decision(by: User) -> dict[str, Any]:
    """What every last word of the office writes."""
    return {"decided_at": clock.now(), "decided_by": by}


def check_answers(answers: Answers) -> None:
    """Refuse to recognise unless the three questions are answered yes."""
    if not answers.all_yes():
        raise WorkflowError(
            _("Chỉ công nhận khi cả ba câu trả lời đều là “Có”. Nếu chưa, trả lại để bổ sung hoặc không công nhận.")
        )


def check_return(comments: dict[str, str], due: datetime.date) -> dict[str, str]:
    """The remarks that say something; refused without any, or with a date not ahead."""
    remarks = {target: text.strip() for target, text in comments.items() if text.strip()}
    if not remarks:
        raise WorkflowError(_("Ghi ít nhất một nhận xét vào mục cần bổ sung, để đơn vị biết phải sửa gì."))
    if due <= clock.today():
        raise WorkflowError(
            _("Hạn bổ sung (%(due)s) phải sau hôm nay (%(today)s).")
            % {"due": format_date(due), "today": format_date(clock.today())}
        )
    return remarks


def _decide(
    exemplar: Exemplar, by: User, step: str, changes: dict, reason: str = "", *, seen: int | None = None
) -> None:
    letters.tell_unit(exemplar, _apply(exemplar, by, step, changes, reason, seen=seen))


def _apply(
    exemplar: Exemplar, by: User, step: str, changes: dict, reason: str = "", *, seen: int | None = None
) -> ExemplarTransition:
    """Apply a decision; deciding on a record that nobody took is logged as taking it first (product.md)."""
    lock(exemplar)
    refuse_unread({exemplar.pk: seen}, {exemplar.pk: _last_version(exemplar)}, [exemplar])
    if exemplar.taken_at is None and EXEMPLAR_WORKFLOW.check("take", exemplar, by):
        take_exemplar(exemplar=exemplar, by=by)
    log = apply(EXEMPLAR_WORKFLOW, step, exemplar, by=by, reason=reason, changes=changes)
    log.undo_until = clock.wall_now() + UNDO_WINDOW
    return _log_version(exemplar, log)


def _log_version(exemplar: Exemplar, log: ExemplarTransition) -> ExemplarTransition:
    log.version = _last_version(exemplar)
    log.save(update_fields=["version", "undo_until"])
    return log


def _last_version(exemplar: Exemplar) -> int | None:
    return exemplar.versions.order_by("-number").values_list("number", flat=True).first()


class SentAnew(SetRefused):
    """The unit sent another version after the page was drawn."""


_SENT_ANEW = gettext_lazy("Đơn vị vừa gửi bản mới. Đọc bản mới rồi quyết định.")


def refuse_unread(
    seen: Mapping[int, int | None], versions: Mapping[int, int | None], exemplars: Sequence[Exemplar]
) -> None:
    """Refuse a decision on another version than was read; where none is named nothing is compared."""
    unread = [
        (exemplar, str(_SENT_ANEW))
        for exemplar in exemplars
        if seen.get(exemplar.pk) is not None and seen[exemplar.pk] != versions.get(exemplar.pk)
    ]
    if unread:
        raise SentAnew(str(_SENT_ANEW), unread)
