"""Throttling of sign-in: by name and address (django-axes), by address over all names, slowly by name over all."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import authenticate
from django.db import transaction
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from core import clock
from core.http import network_of, throttled_address

from .account_models import AccountEvent, Tries
from .enums import EventKind
from .passwords import normalise

if TYPE_CHECKING:
    from .models import User

#: Wrong codes of one person within AXES_COOLOFF_TIME; whoever tries codes already knows the password.
CODE_LIMIT = 5
#: Letters of one purpose to one person within an hour.
LETTER_LIMIT = 3
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_TYPED = "portal_typed_name"


class PortalAxesHandler(AxesDatabaseHandler):
    """Adds limits for one address that tries many names and for one name that is tried from many addresses."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        """Whether this name at this address, this address as a whole, or this name everywhere has to wait."""
        if self.address_is_locked(request) or super().is_locked(request, credentials):
            return True
        return name_must_wait(counted_name(request, credentials))

    @staticmethod
    def address_is_locked(request: HttpRequest) -> bool:
        """Whether the failures of all names from this address passed the address-wide limit."""
        window: timedelta = settings.AXES_COOLOFF_TIME
        failures = AccessAttempt.objects.filter(
            ip_address=throttled_address(request), attempt_time__gte=clock.wall_now() - window
        ).aggregate(total=Sum("failures_since_start"))["total"]
        return (failures or 0) >= settings.SIGN_IN_ADDRESS_LIMIT

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        """Count a failure by name and address, and by name alone; one that had to wait is not counted."""
        waited = getattr(request, "axes_locked_out", False)
        super().user_login_failed(sender, credentials, request, **kwargs)
        if request is not None and not waited:
            note_try(counted_name(request, credentials), _DAY)


def keep_no_forms(sender: type[AccessAttempt], instance: AccessAttempt, **kwargs: Any) -> None:
    """Before axes stores a failure: neither the form nor the query, whatever they hold; they hold passwords."""
    instance.get_data = instance.post_data = ""


def keep_our_answer(request: HttpRequest, response: HttpResponse, credentials: dict[str, Any] | None) -> HttpResponse:
    """The page that the sign-in view has made; without this, axes answers the locking try with a page of its own."""
    return response


# What is counted, and under which mark


def mark_of(kind: str, text: str) -> str:
    """The mark of a name or address: tables that are read tell neither, nor a password typed in the wrong box."""
    return salted_hmac(f"organizations.throttle.{kind}", text, algorithm="sha256").hexdigest()


def count_as(request: HttpRequest, typed: str) -> None:
    """Let tries of this request count under what was typed.

    By the text and not by the account it stands for: or a name and an address tell by their common count that they
    belong together.
    """
    setattr(request, _TYPED, mark_of("name", normalise(typed).strip().casefold()))


def counted_name(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The mark under which axes counts a try; "" before anybody said a name."""
    given = getattr(request, _TYPED, "")
    name = (credentials or {}).get("username") or ""
    return given or (mark_of("name", normalise(name).strip().casefold()) if name else "")


@transaction.atomic
def note_try(mark: str, window: timedelta) -> None:
    """Count one try; the count begins anew when `window` has passed since its first."""
    now = clock.wall_now()
    begun = {"count": 0, "since": now, "last_at": now}
    row, _made = Tries.objects.select_for_update().get_or_create(mark=mark, defaults=begun)
    if now - row.since >= window:
        row.count, row.since = 0, now
    row.count, row.last_at = row.count + 1, now
    row.save()


def _tries(mark: str, window: timedelta) -> Tries | None:
    return Tries.objects.filter(mark=mark, since__gt=clock.wall_now() - window).first()


def forget_old_tries() -> None:
    """Remove counts that have run out."""
    Tries.objects.filter(last_at__lt=clock.wall_now() - _DAY).delete()


# Who has to wait


def name_must_wait(mark: str) -> bool:
    """Whether a name failed so often today, from whatever addresses, that only one try in a while is left to it."""
    row = _tries(mark, _DAY)
    if row is None or row.count < settings.SIGN_IN_NAME_LIMIT:
        return False
    return clock.wall_now() - row.last_at < settings.AXES_COOLOFF_TIME


def codes_must_wait(user: User) -> bool:
    """Whether the person's codes have to wait, from whatever address they are tried."""
    since = clock.wall_now() - settings.AXES_COOLOFF_TIME
    return AccountEvent.objects.filter(user=user, kind=EventKind.CODE_FAILED, at__gte=since).count() >= CODE_LIMIT


def resets_must_wait(request: HttpRequest) -> bool:
    """Whether this address has asked for too many resets within an hour, whatever the names."""
    row = _tries(mark_of("reset", throttled_address(request)), _HOUR)
    return row is not None and row.count >= settings.PASSWORD_RESET_ADDRESS_LIMIT


def note_reset(address: str) -> None:
    """Count one asked reset for its address."""
    note_try(mark_of("reset", network_of(address)), _HOUR)


def letters_must_wait(user: User, *purposes: str) -> bool:
    """Whether the person got as many letters of these purposes within an hour as anybody may."""
    since = clock.wall_now() - _HOUR
    return user.letters.filter(purpose__in=purposes, created_at__gte=since).count() >= LETTER_LIMIT


def may_try(request: HttpRequest, username: str) -> bool:
    """Whether a password of this name may be tried now."""
    count_as(request, username)
    return AxesProxyHandler.is_allowed(request, {"username": username})


def password_is_right(request: HttpRequest, user: User, password: str) -> bool:
    """Whether the password is the person's; asked and counted under the limits of signing in."""
    count_as(request, user.username)
    found = authenticate(request, username=user.username, password=normalise(password))
    return found is not None and found.pk == user.pk
