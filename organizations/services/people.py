"""Accounts of other people: invited, invited again, closed and opened, by those who look after them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core import clock
from core.history import keep_history
from core.text import search_key
from organizations import mailing, sessions
from organizations.account_models import AccountLetter
from organizations.devices import Origin
from organizations.enums import ACCOUNT_ROLES, GIVES, EventKind, Purpose, Role
from organizations.events import record
from organizations.models import RoleAssignment, Unit, User
from organizations.services.own import AccountError, cancel_password_links, is_invited, is_taken, lock_account

__all__ = ["AccountError", "is_invited"]


@dataclass(frozen=True)
class Invitation:
    """Who is invited: `roles` over the subtree of `scope`, for a time."""

    full_name: str
    email: str
    home_unit: Unit
    roles: tuple[str, ...]
    scope: Unit
    valid_from: datetime.date
    valid_to: datetime.date | None = None


def may_give(by: User, roles: Iterable[str], path: str) -> bool:
    """Whether a person may give all of `roles` over the unit at `path`: one own role must reach each (GIVES)."""
    held = [role for role in ACCOUNT_ROLES if by.access.covers(path, role)]
    return all(any(role in GIVES[own] for own in held) for role in roles)


def may_manage(by: User, user: User) -> bool:
    """Whether a person may close, open or invite again: never oneself, nobody with a role one could not give."""
    if by.pk == user.pk or user.home_unit is None:
        return False
    if not by.access.covers(user.home_unit.path, *ACCOUNT_ROLES):
        return False
    # Also a role that begins later: a link or a closing now decides over it.
    grants = user.role_assignments.lasting_on(clock.today()).values_list("role", "unit__path")
    return all(may_give(by, [role], path) for role, path in grants)


@transaction.atomic
def invite(*, invitation: Invitation, by: User, origin: Origin) -> User:
    """Make an account without a password and mail its link; refused outside the scope and above the own role."""
    if not by.access.covers(invitation.home_unit.path, *ACCOUNT_ROLES):
        raise AccountError(_("Đơn vị này ngoài phạm vi phụ trách. Chọn đơn vị trong danh sách."))
    if not invitation.roles or not may_give(by, invitation.roles, invitation.scope.path):
        raise AccountError(_("Không giao được vai trò cao hơn vai trò của mình, hoặc ngoài phạm vi phụ trách."))
    if is_taken(invitation.email):
        raise AccountError(_("Địa chỉ thư này đã thuộc một tài khoản. Dùng địa chỉ khác."))
    user = _make_account(invitation, by)
    record(kind=EventKind.INVITED, user=user, origin=origin, by=by)
    mailing.send(user=user, purpose=Purpose.INVITATION, address=user.email, by=by)
    return user


def _make_account(invitation: Invitation, by: User) -> User:
    user = User(
        username=free_username(invitation.full_name),
        full_name=invitation.full_name,
        email=invitation.email,
        home_unit=invitation.home_unit,
        is_active=False,
    )
    _save_new(user)
    grants = RoleAssignment.objects.bulk_create(
        RoleAssignment(
            user=user,
            role=role,
            unit=invitation.scope,
            valid_from=invitation.valid_from,
            valid_to=invitation.valid_to,
        )
        for role in invitation.roles
    )
    keep_history(grants, by, reason="given")
    return user


def _save_new(user: User) -> None:
    """Save a new account without a password; somebody may have taken its name or address since they were judged."""
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        words = _("Tên đăng nhập hoặc địa chỉ thư vừa thuộc một tài khoản khác. Gửi lại biểu mẫu.")
        raise AccountError(words) from None


def free_username(full_name: str) -> str:
    """A name to sign in with, made of a full name: nguyenvanan, nguyenvanan2."""
    base = "".join(char for char in search_key(full_name) if char.isascii() and char.isalnum())[:40] or "canbo"
    taken = set(User.objects.filter(username__startswith=base).values_list("username", flat=True))
    number = 1
    while (name := base if number == 1 else f"{base}{number}") in taken:
        number += 1
    return name


@transaction.atomic
def invite_again(*, user: User, by: User, origin: Origin) -> None:
    """Cancel the old link and mail a new one to somebody who has not set a password yet."""
    require_keeper(by, user)
    if not is_invited(user):
        raise AccountError(_("Người này đã nhận lời mời. Không cần gửi lại."))
    if not user.mail_address_is_good:
        raise AccountError(_("Địa chỉ thư bị đánh dấu sai. Sửa địa chỉ trước; thư mời gửi theo địa chỉ mới."))
    cancel_password_links(user)
    record(kind=EventKind.INVITED_AGAIN, user=user, origin=origin, by=by)
    mailing.send(user=user, purpose=Purpose.INVITATION, address=user.email, by=by)


@transaction.atomic
def cancel_invitation(*, user: User, by: User, origin: Origin) -> None:
    """Make the link of an invitation worthless; the account stays closed and can be invited again."""
    require_keeper(by, user)
    if not is_invited(user) or not cancel_password_links(user):
        raise AccountError(_("Không có lời mời nào đang chờ. Tải lại trang để xem tình trạng mới."))
    record(kind=EventKind.INVITE_CANCELLED, user=user, origin=origin, by=by)


@transaction.atomic
def deactivate(*, user: User, by: User, origin: Origin) -> None:
    """Close an account and end its sessions at once; records keep the name."""
    require_keeper(by, user)
    if User.objects.filter(pk=user.pk, is_active=True).update(is_active=False) == 0:
        raise AccountError(_("Tài khoản này đã ngừng từ trước."))
    sessions.end_all(user=user)
    user.letters.open_at(clock.wall_now()).update(cancelled_at=clock.wall_now())
    record(kind=EventKind.DEACTIVATED, user=user, origin=origin, by=by)


@transaction.atomic
def reactivate(*, user: User, by: User, origin: Origin) -> None:
    """Open a closed account again, with the password it had."""
    require_keeper(by, user)
    if is_invited(user):
        raise AccountError(_("Người này chưa đặt mật khẩu. Gửi lại thư mời thay vì mở tài khoản."))
    if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True) == 0:
        raise AccountError(_("Tài khoản này đang dùng được."))
    record(kind=EventKind.REACTIVATED, user=user, origin=origin, by=by)


def require_keeper(by: User, user: User) -> None:
    """Lock both accounts and judge by what both hold now: of two who take each other's role, one comes too late."""
    for account in sorted((by, user), key=lambda person: person.pk):
        lock_account(account)
    by.forget_access()
    if not by.is_active or not may_manage(by, user):
        raise AccountError(_("Tài khoản này do cấp khác phụ trách."))


@transaction.atomic
def make_operator(*, full_name: str, username: str, email: str, unit: Unit) -> AccountLetter:
    """Make the first account of an install: an administrator over `unit`; returns the letter with its link."""
    user = User(username=username, full_name=full_name, email=email, home_unit=unit, is_active=False)
    _save_new(user)
    RoleAssignment.objects.create(user=user, role=Role.ADMINISTRATOR, unit=unit, valid_from=clock.today())
    record(kind=EventKind.INVITED, user=user)
    return mailing.send(user=user, purpose=Purpose.INVITATION, address=email)
