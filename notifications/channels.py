"""The ways to a person: adapters named in NOTIFICATION_CHANNELS, so that another one is a setting and a class.

An adapter is made anew for each batch. `batch()` holds what its messages share (one connection); `send` returns when
the other side has taken the message, and raises one of the errors below otherwise: whether to try again is told by
their type, the waits between tries are those of `delivery`, the same for all (docs/notifications.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings
from django.db.models import Q
from django.utils.module_loading import import_string

from .enums import Channel

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from organizations.models import User

    from .models import OutboxMessage


class TemporaryError(Exception):
    """This message did not go out now and may go out later."""


class PermanentError(Exception):
    """This message, or its address, is refused for good."""


class ChannelDown(Exception):
    """The other side as a whole refuses: its password, its greeting, its sender. No message is to blame."""


class Adapter(Protocol):
    """One way to a person. `code` is what the rows of the outbox carry, at most 10 letters."""

    code: str
    label: StrOrPromise
    #: Whether a worker sends its rows; a notice on the portal is shown where it lies.
    is_sent: bool

    def is_available(self) -> bool:
        """Whether this install can use it now; rows wait while it cannot."""

    def address_of(self, user: User) -> str:
        """Where it reaches a person; "" when it does not, and then no row is written."""

    def unreached(self, prefix: str) -> Q | None:
        """The people without an address, as a condition for statements about all; None when it reaches everybody.

        `prefix` leads to the person ("user__"). Reminders are planned by it.
        """

    def batch(self) -> AbstractContextManager[Any]:
        """Hold what the messages of one batch share; raises ChannelDown when it cannot be had."""

    def send(self, message: OutboxMessage) -> None:
        """Hand one message over, or raise TemporaryError, PermanentError or ChannelDown."""


class PortalChannel:
    """Notices on the portal: the row itself is the notice."""

    code = Channel.IN_APP.value
    label = Channel.IN_APP.label
    is_sent = False

    def is_available(self) -> bool:
        """Always: it needs nothing but the portal."""
        return True

    def address_of(self, user: User) -> str:
        """Everybody with an account is reached."""
        return user.get_username()

    def unreached(self, prefix: str) -> None:
        """Nobody."""

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Nothing is shared."""
        yield

    def send(self, message: OutboxMessage) -> None:
        """Nothing is sent: the notice is read where it lies."""


def enabled() -> list[Adapter]:
    """New adapters of all enabled channels, in the order of the setting."""
    return [import_string(path)() for path in settings.NOTIFICATION_CHANNELS]


def labels() -> list[tuple[str, StrOrPromise]]:
    """Codes and names of the enabled channels, as choices of a field."""
    return [(adapter.code, adapter.label) for adapter in enabled()]


def sending() -> list[Adapter]:
    """Those of them whose rows a worker can send now."""
    return [adapter for adapter in enabled() if adapter.is_sent and adapter.is_available()]


def adapter_of(code: str) -> Adapter | None:
    """A new adapter of one channel; None when it is not enabled."""
    return next((adapter for adapter in enabled() if adapter.code == code), None)
