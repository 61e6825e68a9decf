"""The address of a person's calendar: made, changed and revoked by its owner, found by the hash of its token."""

from __future__ import annotations

import datetime
import hashlib
import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from core import clock
from organizations.enums import EventKind
from organizations.events import record
from organizations.parts import AccountPart, register_part
from organizations.throttle import mark_of

from .models import CalendarFeed

if TYPE_CHECKING:
    from organizations.devices import Origin
    from organizations.models import User

_BYTES = 32
_HOUR = datetime.timedelta(hours=1)


@transaction.atomic
def make_feed(*, user: User, origin: Origin | None = None) -> str:
    """Give the person a new address and return its token, which is stored nowhere; a former address ends with it."""
    token = secrets.token_urlsafe(_BYTES)
    values = {"token_hash": hash_of(token), "created_at": clock.wall_now()}
    CalendarFeed.objects.update_or_create(user=user, defaults=values)
    record(kind=EventKind.FEED_MADE, user=user, origin=origin, by=user)
    return token


@transaction.atomic
def revoke_feed(*, user: User, origin: Origin | None = None) -> bool:
    """End the person's address; False when there was none."""
    gone, _rows = CalendarFeed.objects.filter(user=user).delete()
    if gone:
        record(kind=EventKind.FEED_REVOKED, user=user, origin=origin, by=user)
    return bool(gone)


def owner_of(token: str) -> User | None:
    """Whose calendar a token opens; None for one that is unknown, revoked or of a closed account."""
    feeds = CalendarFeed.objects.select_related("user__home_unit")
    feed = feeds.filter(token_hash=hash_of(token), user__is_active=True).first()
    return feed.user if feed else None


def hash_of(token: str) -> str:
    """What is stored of a token: it has 256 random bits, so that a plain hash cannot be tried through."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def register() -> None:
    """Put the calendar and the choices of letters on the page of the own account."""
    register_part(AccountPart("notifications/_account_part.html", _part))


def _part(user: User) -> CalendarFeed | None:
    return CalendarFeed.objects.filter(user=user).first()


# Limits: counted in the cache, since a page that reads writes nothing to the database


def misses_must_wait(address: str) -> bool:
    """Whether a network address asked for calendars that do not exist so often that it has to wait."""
    return _count(f"miss:{address}") >= settings.CALENDAR_MISS_LIMIT


def note_miss(address: str) -> None:
    """Count an address that asked for a calendar that does not exist."""
    _add(f"miss:{address}")


def asks_too_often(token: str) -> bool:
    """Count one look at a calendar; whether there were more within the hour than any calendar program needs."""
    return _add(f"look:{hash_of(token)}") > settings.CALENDAR_LOOK_LIMIT


def _key(name: str) -> str:
    """Names hold addresses: the cache keeps marks of them, for this hour."""
    hour = int(clock.wall_now().timestamp() // _HOUR.total_seconds())
    return f"calendar:{hour}:{mark_of('calendar', name)}"


def _count(name: str) -> int:
    return cache.get(_key(name), 0)


def _add(name: str) -> int:
    """Count once more; two at once may count as one, which a limit of load can bear."""
    count = _count(name) + 1
    cache.set(_key(name), count, timeout=_HOUR.total_seconds())
    return count
