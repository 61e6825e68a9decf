"""What must hold for a step of an exemplar's life; each rule answers with a reason (docs/workflow.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import clock
from core.workflow import ALLOWED, Decision
from organizations.enums import OFFICE_ROLES, UNIT_ROLES, Role, UnitKind

from .completeness import missing_items
from .content import content_mark, content_of
from .differences import changes_between
from .enums import PROMOTABLE, ConfirmationRule, RequestState, State
from .policy import review_settings
from .querysets import front_units

if TYPE_CHECKING:
    from organizations.models import User

    from .models import Confirmation, Exemplar, ExemplarVersion, ReviewComment


def four_eyes(exemplar: Exemplar, user: User) -> Decision:
    """Nobody decides on a record that they registered or sent (product.md, Four-eyes)."""
    if user.pk in (exemplar.registered_by_id, exemplar.submitted_by_id):
        return Decision(
            False, _("Hồ sơ do chính đồng chí lập hoặc gửi. Người khác của Phòng Nội vụ phải xét hồ sơ này.")
        )
    return ALLOWED


def not_on_hold(exemplar: Exemplar, _user: User) -> Decision:
    """A record on hold is neither sent nor recognised (domain.md, fact 9)."""
    if exemplar.is_on_hold:
        return Decision(False, _("Hồ sơ đang tạm dừng: %(reason)s") % {"reason": exemplar.hold_reason})
    return ALLOWED


def may_be_undone(exemplar: Exemplar, user: User) -> Decision:
    """A decision can be undone by who took it while its letters have not left (decisions.md, Undo)."""
    last = max(exemplar.transitions.all(), key=lambda log: log.pk, default=None)
    if last is None or last.undo_until is None or last.undo_until <= clock.wall_now():
        return Decision(False, _("Đã quá thời gian hoàn tác; thông báo về bước này đã gửi đi."))
    if last.actor_id != user.pk:
        return Decision(False, _("Chỉ người vừa làm bước này mới hoàn tác được."))
    return ALLOWED


def is_held(exemplar: Exemplar, _user: User) -> Decision:
    """There is a hold to be released."""
    return ALLOWED if exemplar.is_on_hold else Decision(False, _("Hồ sơ không bị tạm dừng."))


def is_promotable(exemplar: Exemplar, _user: User) -> Decision:
    """A good deed or new factor grows into one further record, once (R7)."""
    if exemplar.category not in PROMOTABLE:
        return Decision(False, _("Chỉ nâng được hồ sơ “Người tốt, việc tốt” và “Nhân tố mới”."))
    if later := promotion_of(exemplar):
        return Decision(False, _("Đã nâng lên hồ sơ %(number)s.") % {"number": later.number})
    return ALLOWED


def promotion_of(exemplar: Exemplar) -> Exemplar | None:
    """The record that this one has grown into; a rejected or discarded one does not count."""
    return next((p for p in exemplar.promotions.all() if p.state != State.REJECTED and p.discarded_at is None), None)


def asks_for_change(exemplar: Exemplar, user: User) -> Decision:
    """There is a request to be applied, and somebody else made it."""
    change = next((c for c in exemplar.change_requests.all() if c.state == RequestState.OPEN), None)
    if change is None:
        return Decision(False, _("Không có đề nghị điều chỉnh nào đang chờ."))
    if change.asked_by_id == user.pk:
        return Decision(False, _("Đề nghị do chính đồng chí gửi. Người khác của Phòng Nội vụ phải xét đề nghị này."))
    return ALLOWED


#: Who must confirm, within a sentence: “Mặt trận” is a name.
_CONFIRMING = {
    ConfirmationRule.LEADER: gettext_lazy("lãnh đạo đơn vị"),
    ConfirmationRule.FRONT: gettext_lazy("Mặt trận hoặc đoàn thể"),
    ConfirmationRule.EITHER: gettext_lazy("lãnh đạo đơn vị, Mặt trận hoặc đoàn thể"),
}


def is_confirmed(exemplar: Exemplar, _user: User) -> Decision:
    """Whoever the office wants to confirm a record has confirmed the content as it stands (R18, R44)."""
    rule = review_settings(exemplar.unit).confirmation
    if rule == ConfirmationRule.NONE:
        return ALLOWED
    granted = [
        c for c in confirmations_of(exemplar) if c.state == RequestState.GRANTED and fits_rule(exemplar, c, rule)
    ]
    if not granted:
        who = _CONFIRMING[ConfirmationRule(rule)]
        return Decision(False, _("Hồ sơ cần xác nhận của %(who)s trước khi gửi. Bấm “Xin xác nhận”.") % {"who": who})
    if content_mark(content_of(exemplar)) not in {c.content_mark for c in granted}:
        return Decision(False, _("Hồ sơ đã sửa sau khi được xác nhận. Xin xác nhận lại rồi gửi."))
    return ALLOWED


def confirmations_of(exemplar: Exemplar) -> list[Confirmation]:
    """Who was asked to confirm a record, in the order of asking: one query."""
    return list(exemplar.confirmations.select_related("asked_of", "asked_by", "answered_by"))


def fits_rule(exemplar: Exemplar, confirmation: Confirmation, rule: str) -> bool:
    """Whether a confirmation comes from somebody whom the office's rule names."""
    by_leader = confirmation.asked_of_id == exemplar.unit_id
    by_front = confirmation.asked_of.kind == UnitKind.FRONT_MASS and not by_leader
    return (by_leader and rule != ConfirmationRule.FRONT) or (by_front and rule != ConfirmationRule.LEADER)


def is_asked(exemplar: Exemplar, user: User) -> bool:
    """Whether a Front or union of `user` has an open question about the record; no query for everybody else."""
    front = front_units(user, user.reach(*UNIT_ROLES))
    return bool(front) and exemplar.confirmations.filter(asked_of__in=front, state=RequestState.OPEN).exists()


def may_answer(confirmation: Confirmation, user: User) -> bool:
    """Whether a person answers for who was asked: leaders for their own unit, officers also for the Front."""
    own = confirmation.asked_of_id == confirmation.exemplar.unit_id
    roles = {Role.UNIT_LEADER} if own else UNIT_ROLES
    return user.access.covers(confirmation.asked_of.path, *roles)


def is_kept(exemplar: Exemplar, _user: User) -> Decision:
    """A draft in the bin is taken out before anything else."""
    if exemplar.discarded_at:
        return Decision(False, _("Bản nháp đang ở thùng rác. Lấy lại trước khi làm tiếp."))
    return ALLOWED


def is_complete(exemplar: Exemplar, _user: User) -> Decision:
    """All that the review needs is there."""
    missing = missing_items(exemplar)
    if not missing:
        return ALLOWED
    return Decision(
        False,
        ngettext("Còn %(count)d mục cần bổ sung.", "Còn %(count)d mục cần bổ sung.", len(missing))
        % {"count": len(missing)},
    )


def changed_since_return(exemplar: Exemplar, _user: User) -> Decision:
    """A record that was returned is not sent as it was, nor by way of a withdrawal."""
    judged = last_returned_version(exemplar)
    if not judged or changes_between(judged.content, content_of(exemplar)):
        return ALLOWED
    if any(remark.answer for remark in remarks_of_return(exemplar)):
        return ALLOWED
    return Decision(
        False, _("Nội dung chưa thay đổi so với bản bị trả lại. Sửa hoặc trả lời theo nhận xét rồi gửi lại.")
    )


def remarks_of_return(exemplar: Exemplar) -> list[ReviewComment]:
    """The remarks of the last return that was not undone, in the order in which they were made."""
    last = exemplar.transitions.in_force().filter(name="return").order_by("-pk").values("pk")[:1]
    return list(exemplar.comments.filter(transition_id__in=last).select_related("author"))


def last_returned_version(exemplar: Exemplar) -> ExemplarVersion | None:
    """The version that was last returned; None when none was."""
    number = (
        exemplar.transitions.in_force().filter(name="return").order_by("pk").values_list("version", flat=True).last()
    )
    return exemplar.versions.filter(number=number).first() if number else None


def has_consent(exemplar: Exemplar, _user: User) -> Decision:
    """There is an agreement to be withdrawn."""
    if exemplar.consent_publish:
        return ALLOWED
    return Decision(False, _("Hồ sơ không có sự đồng ý công bố nên không có gì để rút lại."))


def is_insider(exemplar: Exemplar, user: User) -> bool:
    """Whether remarks, documents and private fields of a record concern `user`: the own unit and the office."""
    return user.access.covers(exemplar.unit.path, *UNIT_ROLES, *OFFICE_ROLES)
