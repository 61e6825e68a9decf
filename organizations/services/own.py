"""What a person changes about the own account, and what the operator resets."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core import clock
from core.history import keep_history
from organizations import factors, mailing, sessions
from organizations.account_models import AccountLetter, AuthenticatorApp
from organizations.devices import Origin
from organizations.enums import EventKind, Purpose
from organizations.events import record
from organizations.models import User
from organizations.passwords import normalise
from organizations.throttle import codes_must_wait, letters_must_wait, note_reset

_PASSWORD_LINKS = (Purpose.INVITATION, Purpose.RESET)
_JUDGED = ("password", "password_changed_at", "is_active", "email", "address_fault", "address_fault_at")
_FACTOR_EVENTS = (EventKind.FACTOR_SET, EventKind.FACTOR_REMOVED, EventKind.FACTOR_RESET)


class AccountError(Exception):
    """A step that is refused; the message is for the person who tried it."""


def lock_account(user: User) -> None:
    """Re-read what is judged of an account under a lock of its row; always before its letters and sessions are."""
    fresh = User._base_manager.select_for_update(of=("self",))
    user.refresh_from_db(fields=_JUDGED, from_queryset=fresh)


def _lock_open(user: User) -> None:
    lock_account(user)
    if not user.is_active:
        raise AccountError(_("Tài khoản đã ngừng nên không thay đổi được gì. Liên hệ Phòng Nội vụ."))


def is_invited(user: User) -> bool:
    """Whether the person was invited and has not set a password yet."""
    return not user.is_active and not user.has_usable_password()


def _store_password(user: User, password: str, *, opens: bool = False) -> None:
    """Write a new password; only accepting an invitation (`opens`) also opens the account."""
    user.set_password(normalise(password))
    user.password_changed_at = clock.wall_now()
    fields = ["password", "password_changed_at"]
    if opens:
        user.is_active = True
        fields.append("is_active")
    user.save(update_fields=fields)
    cancel_password_links(user)


def cancel_password_links(user: User) -> int:
    """Make every open link worthless that could set a password; returns how many there were."""
    now = clock.wall_now()
    return user.letters.open_at(now).filter(purpose__in=_PASSWORD_LINKS).update(cancelled_at=now)


def _tell(user: User, purpose: str) -> None:
    if user.mail_address_is_good:
        mailing.send(user=user, purpose=purpose, address=user.email)


@transaction.atomic
def change_password(*, user: User, password: str, origin: Origin, here: str | None = None) -> None:
    """Store a new password, end all sessions but `here`, cancel open links, tell by mail."""
    _lock_open(user)
    _store_password(user, password)
    sessions.end_all(user=user, but=here)
    record(kind=EventKind.PASSWORD_CHANGED, user=user, origin=origin, by=user)
    _tell(user, Purpose.PASSWORD_CHANGED)


@transaction.atomic
def request_reset(*, name: str, origin: Origin) -> None:
    """Mail a reset link to the stored address of an active account; an unknown name leaves the same trace."""
    user = account_of(name)
    note_reset(origin.address)
    if user:
        lock_account(user)
    if user and user.is_active and user.mail_address_is_good and not letters_must_wait(user, Purpose.RESET):
        mailing.send(user=user, purpose=Purpose.RESET, address=user.email)
    else:
        _write_to_nobody()
    record(kind=EventKind.RESET_ASKED, user=user, origin=origin)


def _write_to_nobody() -> None:
    """Write a letter and take it back: the time of the answer must not tell whether a name exists."""
    somebody = User.objects.order_by("pk").first()
    if somebody is None:
        return
    with transaction.atomic():
        mailing.send(user=somebody, purpose=Purpose.RESET, address="nobody@invalid.invalid")
        transaction.set_rollback(True)


def account_of(text: str) -> User | None:
    """The account of a name, or of an address that belongs to one account alone."""
    typed = text.strip()
    by = {"email__iexact": typed} if "@" in typed else {"username": typed}
    found = list(User.objects.filter(**by)[:2])
    return found[0] if len(found) == 1 else None


@transaction.atomic
def set_password(*, letter: AccountLetter, password: str, origin: Origin) -> bool:
    """Redeem the link of an invitation or a reset: password set, sessions ended; False when another was faster."""
    user, invited = letter.user, letter.purpose == Purpose.INVITATION
    lock_account(user)
    if not (is_invited(user) if invited else user.is_active) or not _redeem(letter):
        return False
    _store_password(user, password, opens=invited)
    sessions.end_all(user=user)
    record(kind=EventKind.INVITE_ACCEPTED if invited else EventKind.PASSWORD_RESET, user=user, origin=origin)
    if not invited:
        _tell(user, Purpose.PASSWORD_CHANGED)
    return True


def _redeem(letter: AccountLetter) -> bool:
    """Only one of two who hold the same link changes the row."""
    now = clock.wall_now()
    return AccountLetter.objects.open_at(now).filter(pk=letter.pk).update(used_at=now) == 1


@transaction.atomic
def request_email(*, user: User, address: str, origin: Origin) -> bool:
    """Mail a confirmation to a new address; False when the person asked too often.

    Whether the address belongs to somebody else is told to that address alone.
    """
    _lock_open(user)
    if letters_must_wait(user, Purpose.EMAIL_CONFIRM, Purpose.EMAIL_TAKEN):
        return False
    now = clock.wall_now()
    user.letters.open_at(now).filter(purpose=Purpose.EMAIL_CONFIRM).update(cancelled_at=now)
    purpose = Purpose.EMAIL_TAKEN if is_taken(address, but=user) else Purpose.EMAIL_CONFIRM
    record(kind=EventKind.EMAIL_ASKED, user=user, origin=origin, by=user)
    mailing.send(user=user, purpose=purpose, address=address)
    return True


def is_taken(address: str, but: User | None = None) -> bool:
    """Whether an account other than `but` has this address."""
    others = User.objects.filter(email__iexact=address)
    return (others.exclude(pk=but.pk) if but else others).exists()


@transaction.atomic
def confirm_email(*, letter: AccountLetter, user: User, origin: Origin) -> bool:
    """Make the confirmed address the account's and tell the old one; False when the link is spent."""
    _lock_open(user)
    if is_taken(letter.address, but=user) or not _redeem(letter):
        return False
    old = user.email if user.mail_address_is_good else ""
    remember(user, by=user)
    store_address(user, letter.address)
    keep_history([user], user)
    record(kind=EventKind.EMAIL_CHANGED, user=user, origin=origin, by=user)
    if old:
        mailing.send(user=user, purpose=Purpose.EMAIL_CHANGED, address=old)
    return True


def store_address(user: User, address: str) -> None:
    """Write another address, which nobody has marked as wrong, and make links that went to the old one worthless."""
    before = user.email
    try:
        with transaction.atomic():
            user.email, user.address_fault, user.address_fault_at = address, "", None
            user.save(update_fields=["email", "address_fault", "address_fault_at"])
    except IntegrityError:  # somebody else took it since it was judged
        user.email = before
        raise AccountError(_("Địa chỉ thư này đã thuộc một tài khoản. Địa chỉ cũ vẫn dùng.")) from None
    cancel_password_links(user)


def remember(user: User, *, by: User) -> None:
    """Begin the history of an account with what it holds now, when its history is still empty."""
    if not user.history.exists():
        keep_history([user], by, reason="before")


@transaction.atomic
def note_factor(*, user: User, kind: str, origin: Origin | None, by: User | None) -> None:
    """Log a change of the second factor, and tell its owner by mail."""
    record(kind=kind, user=user, origin=origin, by=by)
    if kind in _FACTOR_EVENTS:
        _tell(user, Purpose.FACTOR_CHANGED)


@transaction.atomic
def try_code(*, user: User, typed: str, origin: Origin) -> str | None:
    """Which kind of code a typed one is, "" when it is wrong, None when codes have to wait; tries take turns."""
    _lock_open(user)
    if codes_must_wait(user):
        return None
    used = factors.check(user=user, typed=typed)
    if not used:
        record(kind=EventKind.CODE_FAILED, user=user, origin=origin)
    return used


@transaction.atomic
def set_up_factor(
    *, user: User, device: AuthenticatorApp, code: str, origin: Origin, here: str | None
) -> list[str] | None:
    """Keep a new app and end the other sessions; [] when the code is wrong, None when codes have to wait."""
    _lock_open(user)
    if codes_must_wait(user):
        return None
    codes = factors.set_up(device=device, code=code) if not factors.has_factor(user) else None
    if codes is None:
        record(kind=EventKind.CODE_FAILED, user=user, origin=origin, by=user)
        return []
    sessions.end_all(user=user, but=here)
    note_factor(user=user, kind=EventKind.FACTOR_SET, origin=origin, by=user)
    return codes


@transaction.atomic
def reset_factor(*, user: User) -> bool:
    """Take the second factor of somebody who lost it, by the operator; ends all sessions. False when there was none."""
    lock_account(user)
    had = factors.remove(user=user)
    if had:
        sessions.end_all(user=user)
        note_factor(user=user, kind=EventKind.FACTOR_RESET, origin=None, by=None)
    return had
