"""E-mail as a channel: one SMTP connection a batch, a new one after a cut, and which answers of the server may pass."""

from __future__ import annotations

import contextlib
import smtplib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.db.models import Q

from organizations.querysets import cannot_be_mailed

from . import delivery
from .channels import ChannelDown, PermanentError, TemporaryError
from .models import Channel

if TYPE_CHECKING:
    from organizations.models import User

    from .models import OutboxMessage

_WHOLE_SERVER = (
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPNotSupportedError,
)
#: So many mails cut off one after another are the fault of the server, and not of the mails.
_CUTS_IN_A_ROW = 3


class EmailChannel:
    """Mails through the server, or into the folder, that EMAIL_URL names."""

    code = Channel.EMAIL.value
    label = Channel.EMAIL.label
    is_sent = True

    def __init__(self) -> None:
        self.connection: BaseEmailBackend | None = None
        self.cuts = 0

    def is_available(self) -> bool:
        """Always: without a server mails go to the folder."""
        return True

    def address_of(self, user: User) -> str:
        """The address of the account, unless it was marked as wrong."""
        return user.email if user.mail_address_is_good else ""

    def unreached(self, prefix: str) -> Q:
        """Those without an address, and those whose address was marked as wrong."""
        return cannot_be_mailed(prefix)

    @contextlib.contextmanager
    def batch(self) -> Iterator[None]:
        """One connection for all mails of a batch."""
        connection = get_connection()
        try:
            _open(connection)
            self.connection = connection
            yield
        finally:
            # Also when the greeting or TLS failed: what was opened until then is closed.
            with contextlib.suppress(OSError, smtplib.SMTPException):
                connection.close()

    def send(self, message: OutboxMessage) -> None:
        """Write the mail and hand it to the server; over a new connection when the one before was cut."""
        self._ensure_connection()
        try:
            mail = delivery.mail_for(message, self.connection)
            message.sent_to = mail.to[0]
            mail.send()
        except _WHOLE_SERVER as error:
            raise ChannelDown(str(error)) from error
        except smtplib.SMTPServerDisconnected as error:
            # A server may hang on one address, or cut at one content: that mail waits its turn, the others go on.
            self.cuts += 1
            raise (TemporaryError if self.cuts < _CUTS_IN_A_ROW else ChannelDown)(str(error)) from error
        except smtplib.SMTPException as error:
            raise (PermanentError if _is_permanent(error) else TemporaryError)(str(error)) from error
        self.cuts = 0

    def _ensure_connection(self) -> None:
        backend = self.connection
        if isinstance(backend, EmailBackend) and (backend.connection is None or backend.connection.sock is None):
            backend.close()
            _open(backend)


def _open(connection: BaseEmailBackend) -> None:
    try:
        connection.open()
    except (OSError, ValueError, smtplib.SMTPException) as error:
        # ValueError: a name of the server, or a word of the sign-in, that cannot be sent at all.
        raise ChannelDown(str(error)) from error


def _is_permanent(error: smtplib.SMTPException) -> bool:
    """Whether the server refused this address or this mail for good."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500
