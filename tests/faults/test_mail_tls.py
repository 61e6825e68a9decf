"""Mail over TLS to a real server: what a good certificate opens, what a bad one or a refusal behind it holds back."""

from __future__ import annotations

import contextlib
import datetime
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as SmtpServer
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from core import clock
from emulation_portal import env
from notifications import smtp
from notifications.delivery import BACK_OFF, deliver
from notifications.models import OutboxMessage
from tests.faults.authority import Authority
from tests.faults.post_office import PostOffice, open_office
from tests.faults.rig import free_port
from tests.faults.test_mail_server import SENT, WAITS, mail_to, stands

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.xdist_group("faults"),
    # The server says that a password without STARTTLS is unwise; it does not know of the TLS below it.
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning"),
]
PASSWORD = "mật:khẩu@của/cổng"
SCHEMES = ("smtps", "smtp+tls")
#: Faults that end only when the portal loses its patience.
HASTY = {"hang", "drip"}
GONE = datetime.timedelta(days=-1)


def is_secret(server: SmtpServer) -> bool:
    """Whether the talk of this moment is under TLS."""
    return server.transport is not None and server.transport.get_extra_info("ssl_object") is not None


@dataclass
class Office:
    """Takes mail over TLS alone, from whoever knows the password; notes what it was told."""

    mails: list[tuple[bool, bytes]] = field(default_factory=list)
    signed_in: list[tuple[bool, bool]] = field(default_factory=list)

    async def handle_DATA(self, server: SmtpServer, session: Session, envelope: Envelope) -> str:
        """Take a mail (a name of aiosmtpd's)."""
        self.mails.append((is_secret(server), envelope.content))
        return "250 OK"

    def judge(self, server: Any, session: Session, envelope: Any, mechanism: str, given: Any) -> AuthResult:
        """Judge a name and a password."""
        good = isinstance(given, LoginPassword) and (given.login, given.password) == (b"cong", PASSWORD.encode())
        self.signed_in.append((is_secret(server), good))
        return AuthResult(success=good, handled=False)


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """An authority of its own, which this machine believes."""
    made = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
    return made


@pytest.fixture
def address(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the portal send by an address as the operator writes it; `hasty` where the other side keeps it waiting."""

    def use(scheme: str, port: int, *, host: str = "localhost", password: str = PASSWORD, hasty: bool = False) -> None:
        monkeypatch.setenv("EMAIL_URL", f"{scheme}://cong:{quote(password, safe='')}@{host}:{port}")
        for name, value in env.read_email("EMAIL_URL").items():
            setattr(settings, name, value)
        settings.EMAIL_TIMEOUT = 1 if hasty else 60
        monkeypatch.setattr(smtp, "LONGEST_TALK", 2.0 if hasty else 120.0)

    return use


@contextlib.contextmanager
def serving(office: Office, context: ssl.SSLContext, scheme: str) -> Iterator[int]:
    """A real mail server on a port of its own: TLS from the first byte, or from STARTTLS on and nothing before."""

    def server() -> SmtpServer:
        upgrade = {"tls_context": context, "require_starttls": True} if scheme == "smtp+tls" else {}
        return SmtpServer(
            office, authenticator=office.judge, auth_required=True, auth_require_tls=bool(upgrade), **upgrade
        )

    port, over_tls = free_port(), context if scheme == "smtps" else None
    control = Controller(office, hostname="127.0.0.1", port=port, ssl_context=over_tls)
    control.factory = server  # type: ignore[method-assign]
    control.start()
    try:
        yield port
    finally:
        control.stop()


def waits_for_the_server(message: OutboxMessage) -> bool:
    return stands(message) == (WAITS, False)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_mail_goes_over_tls_to_a_server_whose_certificate_is_good(address, authority: Authority, scheme: str) -> None:
    messages, office = [mail_to(f"canbo{number}", number) for number in range(3)], Office()
    with serving(office, authority.context("localhost"), scheme) as port:
        address(scheme, port)
        assert deliver() == 3
    assert [stands(message)[0] for message in messages] == [SENT] * 3
    assert ([secret for secret, _mail in office.mails], office.signed_in) == ([True] * 3, [(True, True)])


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("kind", ["of a stranger", "of another host", "out of date"])
def test_a_server_with_a_bad_certificate_hears_no_password_and_no_mail(
    address, authority: Authority, tmp_path: Path, scheme: str, kind: str
) -> None:
    context = {
        "of a stranger": lambda: Authority(tmp_path, "Stranger").context("localhost"),
        "of another host": lambda: authority.context("mail.example.vn"),
        "out of date": lambda: authority.context("localhost", left=GONE),
    }[kind]()
    message, office = mail_to("canbo"), Office()
    with serving(office, context, scheme) as port:
        address(scheme, port)
        deliver()
    assert (waits_for_the_server(message), office.mails, office.signed_in) == (True, [], [])
    assert "certificate verify failed" in message.last_error


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_refused_password_costs_no_mail_an_attempt_and_stands_in_no_row(
    address, authority: Authority, scheme: str
) -> None:
    message, office = mail_to("canbo"), Office()
    with serving(office, authority.context("localhost"), scheme) as port:
        address(scheme, port, password="khong-phai")  # noqa: S106 - a wrong one
        deliver()
        OutboxMessage.objects.update(not_before=clock.wall_now())
        address(scheme, port)
        assert deliver() == 1
    # A refused password is tried in each way that the server knows, then no more.
    assert (set(office.signed_in[:-1]), office.signed_in[-1]) == ({(True, False)}, (True, True))
    assert "khong-phai" not in message.last_error


@pytest.mark.parametrize("kind", ["554 go away", "421 busy", "hang", "cut", "drip"])
def test_a_greeting_that_fails_behind_tls_loses_no_mail(address, authority: Authority, kind: str) -> None:
    message, office = mail_to("canbo"), PostOffice({"banner": kind}, over_tls=authority.context("localhost"))
    with open_office(office) as port:
        address("smtps", port, hasty=kind in HASTY)
        deliver()
    assert (waits_for_the_server(message), office.heard) == (True, [])
    assert message.not_before - clock.wall_now() <= BACK_OFF[0]


@pytest.mark.parametrize("kind", ["not TLS at all", "hang", "cut"])
def test_a_handshake_that_fails_loses_no_mail(address, authority: Authority, kind: str) -> None:
    message, office = mail_to("canbo"), PostOffice({"banner": "220 plain" if kind == "not TLS at all" else kind})
    with open_office(office) as port:
        address("smtps", port, hasty=kind in HASTY)
        deliver()
    assert (waits_for_the_server(message), office.taken) == (True, [])


@pytest.mark.parametrize("kind", ["cut", "cut after the dot", "421 busy", "drip"])
def test_a_talk_that_breaks_behind_starttls_is_tried_again(address, authority: Authority, kind: str) -> None:
    stage = "mail" if kind in {"421 busy", "drip"} else "content"
    message = mail_to("canbo")
    office = PostOffice({stage: kind, "auth": "235 yes"}, offers_tls=True, context=authority.context("localhost"))
    with open_office(office) as port:
        address("smtp+tls", port, hasty=kind in HASTY)
        deliver()
        assert stands(message) == (WAITS, kind != "421 busy")
        address("smtp+tls", port)
        office.faults = {"auth": "235 yes"}
        OutboxMessage.objects.update(not_before=clock.wall_now())
        assert deliver() == 1
    assert (office.plain, stands(message)[0]) == (False, SENT)


def test_a_name_of_a_server_that_cannot_be_looked_up_loses_no_mail(address) -> None:
    message = mail_to("canbo")
    address("smtps", 465, host="mail..example.vn")
    deliver()
    assert waits_for_the_server(message)
