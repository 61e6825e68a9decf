"""Name, home unit and mail address of other people, corrected by those who look after the accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.history import keep_history
from organizations import mailing
from organizations.devices import Origin
from organizations.enums import ACCOUNT_ROLES, AddressFault, EventKind, Purpose
from organizations.events import record
from organizations.models import Unit, User
from organizations.services.own import (
    AccountError,
    cancel_password_links,
    is_invited,
    is_taken,
    remember,
    store_address,
)
from organizations.services.people import require_keeper


@dataclass(frozen=True)
class Details:
    """What may be corrected of an account."""

    full_name: str
    home_unit: Unit
    email: str


@transaction.atomic
def correct_details(*, user: User, details: Details, by: User, origin: Origin) -> bool:
    """Write a corrected name, home unit or address, and tell the person; False when nothing differs.

    Roles stay as they are. Another address makes open links worthless; who is still invited gets the letter anew.
    """
    require_keeper(by, user)
    changed = _differences(user, details)
    if not changed:
        return False
    _judge(user, changed, by)
    remember(user, by=by)
    address = changed.pop("email", None)
    old = user.email if user.mail_address_is_good else ""
    if changed:
        _store(user, changed)
        record(kind=EventKind.DETAILS_CHANGED, user=user, origin=origin, by=by, data={"fields": sorted(changed)})
    if address is not None:
        store_address(user, address)
        record(kind=EventKind.ADDRESS_CORRECTED, user=user, origin=origin, by=by)
    keep_history([user], by)
    _tell(user, by, [*changed, *(["email"] if address is not None else [])], old)
    return True


def _differences(user: User, details: Details) -> dict[str, Any]:
    wanted = {"full_name": details.full_name, "home_unit": details.home_unit, "email": details.email}
    return {name: value for name, value in wanted.items() if getattr(user, name) != value}


def _judge(user: User, changed: dict[str, Any], by: User) -> None:
    unit, address = changed.get("home_unit"), changed.get("email")
    if unit and not by.access.covers(unit.path, *ACCOUNT_ROLES):
        raise AccountError(_("Đơn vị này ngoài phạm vi phụ trách. Chọn đơn vị trong danh sách."))
    if address and is_taken(address, but=user):
        raise AccountError(_("Địa chỉ thư này đã thuộc một tài khoản. Dùng địa chỉ khác."))


def _store(user: User, changed: dict[str, Any]) -> None:
    for name, value in changed.items():
        setattr(user, name, value)
    user.save(update_fields=list(changed))


def _tell(user: User, by: User, changed: list[str], old: str) -> None:
    """Tell the person on the portal and by mail, and a former address that was good; the invited get a new letter."""
    if "email" in changed and is_invited(user):
        mailing.send(user=user, purpose=Purpose.INVITATION, address=user.email, by=by)
        return
    if "email" in changed and old:
        mailing.send(user=user, purpose=Purpose.EMAIL_CHANGED, address=old)
    names = {"full_name": _("họ và tên"), "home_unit": _("đơn vị"), "email": _("địa chỉ thư")}
    change = _("Đã sửa: %(fields)s.") % {"fields": ", ".join(names[name] for name in changed)}
    mailing.send(user=user, purpose=Purpose.DETAILS_CHANGED, address=user.email, by=by, change=change)


@transaction.atomic
def mark_address_wrong(*, user: User, fault: str, by: User, origin: Origin) -> None:
    """Send no more mails to the address of an account, for a reason; links that went there are worth nothing now."""
    require_keeper(by, user)
    if not user.email or user.address_fault:
        raise AccountError(_("Địa chỉ này không còn gì để đánh dấu. Tải lại trang để xem tình trạng mới."))
    _mark(user, AddressFault(fault), by)
    cancel_password_links(user)
    record(kind=EventKind.ADDRESS_WRONG, user=user, origin=origin, by=by, data={"fault": str(fault)})


@transaction.atomic
def mark_address_right(*, user: User, by: User, origin: Origin) -> None:
    """Send mails to the address again."""
    require_keeper(by, user)
    if not user.address_fault:
        raise AccountError(_("Địa chỉ này không bị đánh dấu sai."))
    _mark(user, "", by)
    record(kind=EventKind.ADDRESS_RIGHT, user=user, origin=origin, by=by)


def _mark(user: User, fault: str, by: User) -> None:
    remember(user, by=by)
    user.address_fault, user.address_fault_at = fault, clock.now() if fault else None
    user.save(update_fields=["address_fault", "address_fault_at"])
    keep_history([user], by)
