"""Roles of people who have an account: given, ended with a day, taken at once."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core import clock
from core.dates import format_date
from core.history import keep_history
from organizations import factors, mailing, sessions
from organizations.devices import Origin
from organizations.enums import EventKind, Purpose, Role, second_factor_roles
from organizations.events import record
from organizations.models import RoleAssignment, Unit, User
from organizations.services.own import AccountError
from organizations.services.people import may_give, require_keeper


@dataclass(frozen=True)
class Grant:
    """A role over the subtree of a unit, for a time."""

    role: str
    unit: Unit
    valid_from: datetime.date
    valid_to: datetime.date | None = None


@transaction.atomic
def give_role(*, user: User, grant: Grant, by: User, origin: Origin) -> RoleAssignment:
    """Give somebody one more role and tell the person; refused above the own role and outside the own scope.

    Who must have a second factor for it and has none is signed out: the next sign-in asks for it.
    """
    require_keeper(by, user)
    _judge_new(user, grant, by)
    given = RoleAssignment(
        user=user, role=grant.role, unit=grant.unit, valid_from=grant.valid_from, valid_to=grant.valid_to
    )
    try:
        with transaction.atomic():
            given.save()
    except IntegrityError:
        raise AccountError(_("Vai trò này đã được giao với cùng phạm vi và ngày bắt đầu.")) from None
    keep_history([given], by, reason="given")
    if grant.role in second_factor_roles() and not factors.has_factor(user):
        sessions.end_all(user=user)
    _record(EventKind.ROLE_GIVEN, given, by, origin)
    _tell(user, by, _given_words(given))
    return given


def _judge_new(user: User, grant: Grant, by: User) -> None:
    if not may_give(by, [grant.role], grant.unit.path):
        raise AccountError(_("Không giao được vai trò cao hơn vai trò của mình, hoặc ngoài phạm vi phụ trách."))
    if grant.valid_from < clock.today():
        raise AccountError(_("Vai trò bắt đầu từ hôm nay trở đi."))
    lasting = user.role_assignments.lasting_on(grant.valid_from).filter(role=grant.role, unit=grant.unit)
    if grant.valid_to:
        lasting = lasting.filter(valid_from__lte=grant.valid_to)
    if lasting.exists():
        raise AccountError(_("Người này đã giữ vai trò này với cùng phạm vi trong thời gian đó."))


@transaction.atomic
def end_role(*, user: User, pk: int, last_day: datetime.date | None, by: User, origin: Origin) -> None:
    """Set the last day of a role, or with None take it at once; the person is told.

    What is taken at once counts no more at the next request, and all sessions of the person end. A role that began
    today or begins later is removed; the history keeps it.
    """
    require_keeper(by, user)
    held = user.role_assignments.select_for_update(of=("self",)).select_related("unit").filter(pk=pk).first()
    if held is None or (held.valid_to and held.valid_to < clock.today()):
        raise AccountError(_("Vai trò này đã hết từ trước. Tải lại trang để xem tình trạng mới."))
    if not may_give(by, [held.role], held.unit.path):
        raise AccountError(_("Không giao được vai trò cao hơn vai trò của mình, hoặc ngoài phạm vi phụ trách."))
    if last_day is None:
        _take(held, by, origin)
    else:
        _end(held, last_day, by, origin)


def _end(held: RoleAssignment, last_day: datetime.date, by: User, origin: Origin) -> None:
    if last_day < max(clock.today(), held.valid_from):
        raise AccountError(_("Ngày cuối phải từ hôm nay trở đi và không trước ngày bắt đầu."))
    held.valid_to = last_day
    held.save(update_fields=["valid_to"])
    keep_history([held], by, reason="ended")
    _record(EventKind.ROLE_ENDED, held, by, origin)
    words = _("Vai trò %(role)s, phạm vi %(unit)s, còn đến hết ngày %(day)s.")
    _tell(held.user, by, words % (_names(held) | {"day": format_date(last_day)}))


def _take(held: RoleAssignment, by: User, origin: Origin) -> None:
    yesterday = clock.today() - datetime.timedelta(days=1)
    if held.valid_from <= yesterday:
        held.valid_to = yesterday
        held.save(update_fields=["valid_to"])
    keep_history([held], by, reason="taken")
    _record(EventKind.ROLE_TAKEN, held, by, origin)
    sessions.end_all(user=held.user)
    _tell(held.user, by, _("Vai trò %(role)s, phạm vi %(unit)s, đã được thu.") % _names(held))
    if held.valid_from > yesterday:
        held.delete()


def _names(held: RoleAssignment) -> dict[str, str]:
    return {"role": str(Role(held.role).label), "unit": held.unit.name}


def _given_words(given: RoleAssignment) -> str:
    values = _names(given) | {"first": format_date(given.valid_from)}
    if given.valid_to is None:
        return _("Đồng chí được giao vai trò %(role)s, phạm vi %(unit)s, từ ngày %(first)s.") % values
    words = _("Đồng chí được giao vai trò %(role)s, phạm vi %(unit)s, từ ngày %(first)s đến hết ngày %(last)s.")
    return words % (values | {"last": format_date(given.valid_to)})


def _record(kind: str, held: RoleAssignment, by: User, origin: Origin) -> None:
    """One event with role, unit and days; the unit by its key, as everywhere in the chain."""
    last = held.valid_to.isoformat() if held.valid_to else ""
    data = {"role": held.role, "unit": held.unit_id, "from": held.valid_from.isoformat(), "to": last}
    record(kind=kind, user=held.user, origin=origin, by=by, data=data)


def _tell(user: User, by: User, change: str) -> None:
    mailing.send(user=user, purpose=Purpose.ROLES_CHANGED, address=user.email, by=by, change=change)
