"""Sessions of people: begun at sign-in, listed, ended. Django's own row is the session; ours says whose it is."""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from core import clock
from core.middleware import SessionClockMiddleware

from .account_models import UserSession
from .devices import origin_of
from .enums import EventKind
from .events import record

if TYPE_CHECKING:
    from .models import User

BACKEND = "django.contrib.auth.backends.ModelBackend"
CONFIRMED = "confirmed"
MUST_SET_UP = "must_set_up_factor"


@dataclass(frozen=True)
class OpenSession:
    """One line of the list of sessions; `seen_at` is right to five minutes."""

    pk: int
    device: str
    address: str
    created_at: datetime.datetime
    seen_at: datetime.datetime
    is_here: bool


def key_hash(key: str | None) -> str:
    """The hash by which our row knows a session; the key itself is kept in Django's row alone."""
    return hashlib.sha256((key or "").encode()).hexdigest()


def begin(*, request: HttpRequest, user: User, must_set_up: bool = False) -> None:
    """Sign a person in who has proved everything asked for: new key, clock, row, event."""
    login(request, user, backend=BACKEND)
    now = int(clock.wall_now().timestamp())
    request.session[SessionClockMiddleware.KEY] = {"began": now, "seen": now}
    request.session[CONFIRMED] = now
    if must_set_up:
        request.session[MUST_SET_UP] = True
    _forget_dead(user)
    _write_row(request, user)
    record(kind=EventKind.SIGNED_IN, user=user, origin=origin_of(request), by=user)


def _write_row(request: HttpRequest, user: User) -> None:
    if request.session.session_key is None:
        request.session.create()
    origin = origin_of(request)
    UserSession.objects.update_or_create(
        key_hash=key_hash(request.session.session_key),
        defaults={
            "user": user,
            "created_at": clock.wall_now(),
            "device": origin.device,
            "address": origin.address,
        },
    )


def keep_after_password(*, request: HttpRequest, user: User) -> None:
    """Give the session in which the password was changed a new key; the others were ended by the service."""
    old = key_hash(request.session.session_key)
    update_session_auth_hash(request, user)
    UserSession.objects.filter(key_hash=old).update(key_hash=key_hash(request.session.session_key))


def open_sessions(user: User, here: str | None) -> list[OpenSession]:
    """The sessions of a person that are still open, this one first, then the newest."""
    rows = {row.key_hash: row for row in UserSession.objects.filter(user=user)}
    found = [_line(rows[mark], data, mark == key_hash(here)) for mark, data in _living(user, set(rows))]
    return sorted(found, key=lambda line: (not line.is_here, -line.seen_at.timestamp(), -line.pk))


def _line(row: UserSession, data: dict[str, Any], is_here: bool) -> OpenSession:
    seen = data.get(SessionClockMiddleware.KEY, {}).get("seen", row.created_at.timestamp())
    seen_at = datetime.datetime.fromtimestamp(seen, tz=clock.VIETNAM)
    return OpenSession(row.pk, row.device, row.address, row.created_at, seen_at, is_here)


def _living(user: User, marks: set[str]) -> list[tuple[str, dict[str, Any]]]:
    """(hash, content) of the person's sessions that Django still knows and that no clock has ended."""
    keys = [key for mark, key in _keys_by_hash().items() if mark in marks]
    sessions = Session.objects.filter(session_key__in=keys, expire_date__gt=clock.wall_now())
    read = [(key_hash(session.session_key), session.get_decoded()) for session in sessions]
    return [(mark, data) for mark, data in read if _is_open(user, data)]


def _is_open(user: User, data: dict[str, Any]) -> bool:
    if data.get("_auth_user_id") != str(user.pk):
        return False
    idle = settings.SESSION_IDLE_AGE_DECIDING if user.decides else settings.SESSION_IDLE_AGE
    times = data.get(SessionClockMiddleware.KEY)
    return times is None or clock.wall_now().timestamp() - times["seen"] < idle.total_seconds()


def _keys_by_hash() -> dict[str, str]:
    """Keys of open sessions; those past their date are dead, and may be many until they are cleared."""
    keys = Session.objects.filter(expire_date__gt=clock.wall_now()).values_list("session_key", flat=True)
    return {key_hash(key): key for key in keys}


def end_one(*, user: User, pk: int) -> bool:
    """End one session of a person; False when it is none of theirs. Its cookie is dead at its next request."""
    row = UserSession.objects.filter(user=user, pk=pk).first()
    if row is None:
        return False
    _delete([row])
    return True


def end_all(*, user: User, but: str | None = None) -> int:
    """End all sessions of a person, or all but the one with the key `but`; returns how many."""
    rows = UserSession.objects.filter(user=user)
    if but:
        rows = rows.exclude(key_hash=key_hash(but))
    return _delete(list(rows))


def end_here(request: HttpRequest) -> None:
    """End the session of a request."""
    mark = key_hash(request.session.session_key)
    logout(request)
    UserSession.objects.filter(key_hash=mark).delete()


def _delete(rows: list[UserSession]) -> int:
    keys = _keys_by_hash()
    Session.objects.filter(session_key__in=[keys[row.key_hash] for row in rows if row.key_hash in keys]).delete()
    UserSession.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _forget_dead(user: User) -> None:
    """Drop rows of sessions past the absolute limit; no other may still be open."""
    limit = clock.wall_now() - settings.SESSION_ABSOLUTE_AGE
    UserSession.objects.filter(user=user, created_at__lt=limit).delete()


def is_confirmed(request: HttpRequest) -> bool:
    """Whether the password was given within CONFIRM_AGE."""
    since = clock.wall_now().timestamp() - request.session.get(CONFIRMED, 0)
    return since < settings.CONFIRM_AGE.total_seconds()


def mark_confirmed(request: HttpRequest) -> None:
    """Remember in the session that the password was given just now."""
    request.session[CONFIRMED] = int(clock.wall_now().timestamp())
