"""Who may do what on inspections, beside the roles of the tables; each decision says why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core import clock
from core.workflow import ALLOWED, Decision
from organizations.enums import OFFICE_ROLES, UNIT_ROLES, Role
from organizations.selectors import holders_over

from .inspection_enums import FollowUpState, Verdict, VisitState

if TYPE_CHECKING:
    from organizations.models import Unit, User

    from .models import FollowUp, InspectionPlan, Visit

#: Who may be named in a team.
TEAM_ROLES = frozenset(OFFICE_ROLES | {Role.COUNCIL_MEMBER})


def team_candidates(unit: Unit) -> QuerySet[User]:
    """People of the office and the council over a district."""
    return holders_over(unit, *TEAM_ROLES).order_by("full_name", "pk")


def may_plan(user: User, plan: InspectionPlan) -> bool:
    """Whether the person plans for the office of this plan."""
    return user.access.covers(plan.programme.unit.path, *OFFICE_ROLES)


def has_minutes(plan: InspectionPlan) -> bool:
    """Whether minutes of a visit stand, which show the checklist: it stays as it is from then on."""
    return plan.visits.filter(state__in=[VisitState.RECORDED, VisitState.SENT]).exists()


def may_record(user: User, visit: Visit) -> bool:
    """The office, and a member of the council who is named in the team."""
    if user.access.covers(visit.unit.path, *OFFICE_ROLES):
        return True
    return user.access.covers(visit.unit.path, Role.COUNCIL_MEMBER) and visit.team.filter(pk=user.pk).exists()


def is_of_unit(user: User, visit: Visit) -> bool:
    """Whether the person is officer or leader of the visited unit."""
    return user.access.covers(visit.unit.path, *UNIT_ROLES)


def missing_of(visit: Visit) -> list[str]:
    """What a record still lacks before it can be finished, in words, in the order of the form."""
    wanting = [] if visit.done_on else [_("ngày thực hiện")]
    answered = visit.answers.exclude(verdict="").count()
    total = visit.plan.lines.count()
    if answered < total:
        wanting.append(_("kết quả của %(n)d nội dung kiểm tra") % {"n": total - answered})
    unexplained = visit.answers.filter(verdict=Verdict.NOT_MET, note="").count()
    if unexplained:
        wanting.append(_("ghi chú cho %(n)d nội dung chưa đạt") % {"n": unexplained})
    if not visit.conclusion:
        wanting.append(_("kết luận"))
    if undated := visit.follow_ups.filter(due=None).count():
        wanting.append(_("hạn thực hiện của %(n)d kiến nghị") % {"n": undated})
    return wanting


def is_team_member_or_office(visit: Visit, user: User) -> Decision:
    """Condition of recording."""
    if may_record(user, visit):
        return ALLOWED
    return Decision(False, _("Chỉ Phòng Nội vụ và người có tên trong đoàn ghi được biên bản này."))


def is_complete(visit: Visit, user: User) -> Decision:
    """Condition of finishing a record."""
    if wanting := missing_of(visit):
        return Decision(False, _("Biên bản còn thiếu: %(what)s.") % {"what": "; ".join(wanting)})
    return ALLOWED


def is_by_another(visit: Visit, user: User) -> Decision:
    """Condition of sending: four eyes."""
    if visit.recorded_by_id == user.pk:
        return Decision(
            False, _("Người ghi biên bản không tự gửi kết quả. Nhờ một người khác của Phòng Nội vụ xem và gửi.")
        )
    return ALLOWED


def dates_are_to_come(visit: Visit, user: User) -> Decision:
    """Condition of sending: every recommendation has a date that leaves the unit time."""
    late = visit.follow_ups.filter(due__lt=clock.today(), state=FollowUpState.DRAFT).count()
    if late:
        return Decision(
            False, _("Có %(n)d kiến nghị đã qua hạn trước khi gửi. Mở lại biên bản và sửa hạn.") % {"n": late}
        )
    return ALLOWED


def has_not_answered(visit: Visit, user: User) -> Decision:
    """Condition of the unit's answer."""
    if visit.transitions.filter(name="answer").exists():
        return Decision(False, _("Đơn vị đã gửi ý kiến về kết quả này."))
    return ALLOWED


def is_not_the_reporter(follow_up: FollowUp, user: User) -> Decision:
    """Condition of closing: four eyes."""
    if follow_up.reported_by_id == user.pk:
        return Decision(False, _("Người báo cáo kết quả không tự xác nhận. Nhờ người khác của Phòng Nội vụ."))
    return ALLOWED


def visit_is_sent(follow_up: FollowUp, user: User) -> Decision:
    """Condition of telling a unit of a recommendation."""
    if follow_up.visit.state == VisitState.SENT:
        return ALLOWED
    return Decision(False, _("Kết quả của lần kiểm tra chưa được gửi cho đơn vị."))
