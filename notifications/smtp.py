"""The way to an SMTP server: every wait has an end, and so has a whole mail, however slowly the server speaks."""

from __future__ import annotations

import contextlib
import smtplib
import socket
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

#: How long greeting and sign-in, and each mail after them, may take as a whole. Less than the lease of a claim, so that
#: no worker sends what another one has taken over.
LONGEST_TALK = 25.0


class _Utf8(str):
    """Words of a sign-in; smtplib asks for ASCII, the mechanisms themselves are UTF-8 (RFC 4616)."""

    __slots__ = ()

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        """The words in UTF-8, whatever is asked for."""
        return super().encode("utf-8", errors)


class BoundedSMTP(smtplib.SMTP):
    """A connection that ends itself when greeting and sign-in take too long."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.guard: threading.Timer | None = None
        try:
            super().__init__(*args, **kwargs)
        except BaseException:
            self.end_guard()
            raise

    def _get_socket(self, *args: Any) -> socket.socket:
        self.begin_guard()
        return super()._get_socket(*args)  # type: ignore[misc]

    def begin_guard(self) -> None:
        """Let the time of what follows begin."""
        self.end_guard()
        self.guard = threading.Timer(LONGEST_TALK, self._cut)
        self.guard.daemon = True
        self.guard.start()

    def end_guard(self) -> None:
        """What had a limit is over."""
        if self.guard:
            self.guard.cancel()
        self.guard = None

    def _cut(self) -> None:
        sock = self.sock
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def auth_plain(self, challenge: Any = None) -> str:
        """Name and password at once, in any letters."""
        return _Utf8(super().auth_plain(challenge))

    def auth_login(self, challenge: Any = None) -> str:
        """Name, then password, in any letters."""
        return _Utf8(super().auth_login(challenge))

    def quit(self) -> tuple[int, bytes]:
        """Say good-bye, and wait for the answer no longer than for anything else."""
        self.begin_guard()
        return super().quit()

    def close(self) -> None:
        """Close the connection and its guard."""
        self.end_guard()
        super().close()


class BoundedSMTPOverSSL(BoundedSMTP, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""


class BoundedBackend(EmailBackend):
    """Django's SMTP backend over connections whose talk has an end."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return BoundedSMTPOverSSL if self.use_ssl else BoundedSMTP

    def open(self) -> bool | None:
        """Connect, greet and sign in, within the limit; what goes wrong until then is the fault of no mail."""
        opened = super().open()
        if opened and isinstance(self.connection, BoundedSMTP):
            self.connection.ehlo_or_helo_if_needed()
            self.connection.end_guard()
        return opened

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send mails, each within the limit."""
        return sum(self._send_within(message) for message in email_messages)

    def _send_within(self, message: EmailMessage) -> int:
        with self._limit():
            return super().send_messages([message])

    @contextlib.contextmanager
    def _limit(self) -> Iterator[None]:
        connection = self.connection
        if not isinstance(connection, BoundedSMTP):
            yield
            return
        connection.begin_guard()
        try:
            yield
        finally:
            connection.end_guard()
