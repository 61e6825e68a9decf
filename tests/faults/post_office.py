"""A mail server that does what its script says: one line of fault at one stage of the talk."""

from __future__ import annotations

import contextlib
import datetime
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass
class PostOffice:
    """Answers as an SMTP server, but for `faults`: stage → the line to say, or what to do.

    "hang" says nothing, "cut" closes, "drip" says its line a byte at a time, "slow" says it late. `refused` are
    addresses that are refused with 550, `silent` those on which it hangs. `context` is for STARTTLS, `over_tls` for TLS
    from the first byte. `heard` are the commands, `taken` the mails.
    """

    faults: dict[str, str] = field(default_factory=dict)
    offers_tls: bool = False
    context: ssl.SSLContext | None = None
    over_tls: ssl.SSLContext | None = None
    refused: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    drip: float = 0.2
    heard: list[str] = field(default_factory=list)
    taken: list[bytes] = field(default_factory=list)
    plain: bool = True

    def talk(self, client: socket.socket) -> None:
        """Serve one connection to its end."""
        with contextlib.suppress(OSError), client:
            client.settimeout(20)
            if self.over_tls is None:
                self._talk(client, client.makefile("rb"))
                return
            with self.over_tls.wrap_socket(client, server_side=True) as secure:
                self._talk(secure, secure.makefile("rb"))

    def _talk(self, client: socket.socket, lines) -> None:
        if self._say(client, "banner", "220 post office"):
            self._serve(client, lines)

    def _serve(self, client: socket.socket, lines) -> None:
        for line in iter(lines.readline, b""):
            command = line.decode(errors="replace").strip()
            self.heard.append(command)
            word = command.split(" ")[0].split(":")[0].upper()
            if word == "QUIT":
                client.sendall(b"221 bye\r\n")
                return
            if word == "STARTTLS":
                if self._say(client, "starttls", "220 go ahead"):
                    assert self.context is not None
                    with self.context.wrap_socket(client, server_side=True) as secure:
                        self.plain = False
                        self._serve(secure, secure.makefile("rb"))
                return
            if not self._answer(client, lines, word, command):
                return

    def _answer(self, client: socket.socket, lines, word: str, command: str) -> bool:
        if word in ("EHLO", "HELO"):
            offers = ["STARTTLS"] * self.offers_tls + ["AUTH PLAIN"] * (not self.plain)
            lines_of_it = "\r\n".join(["250-post office", *(f"250-{offer}" for offer in offers), "250 HELP"])
            return self._say(client, "ehlo", lines_of_it)
        if word == "RCPT" and any(address in command for address in self.refused):
            client.sendall(b"550 5.1.1 no such user\r\n")
            return True
        if word == "RCPT" and any(address in command for address in self.silent):
            time.sleep(20)
            return False
        if word == "DATA":
            return self._say(client, "data", "354 go on") and self._take(client, lines)
        return self._say(client, word.lower(), "250 ok")

    def _take(self, client: socket.socket, lines) -> bool:
        if "data" in self.faults:
            return True
        content = []
        if self.faults.get("content") == "cut":
            lines.readline()
            return False
        for line in iter(lines.readline, b""):
            if line == b".\r\n":
                break
            content.append(line)
        if self.faults.get("content") == "cut after the dot":
            self.taken.append(b"".join(content))
            return False
        said = self._say(client, "content", "250 taken")
        if said and "content" not in self.faults:
            self.taken.append(b"".join(content))
        return said

    def _say(self, client: socket.socket, stage: str, usual: str) -> bool:
        """Say the line of a stage; returns whether the talk goes on."""
        line = self.faults.get(stage, usual)
        if line == "hang":
            time.sleep(20)
            return False
        if line == "cut":
            return False
        if line == "drip":
            for byte in f"{usual} {'.' * 200}\r\n".encode():
                client.sendall(bytes([byte]))
                time.sleep(self.drip)
            return True
        if line == "slow":
            time.sleep(0.5)
            line = usual
        client.sendall(f"{line}\r\n".encode())
        return not line.startswith("421")


@contextlib.contextmanager
def open_office(office: PostOffice) -> Iterator[int]:
    """Let an office serve on a port of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)
    closed = threading.Event()

    def serve() -> None:
        while not closed.is_set():
            with contextlib.suppress(TimeoutError):
                client, _address = listener.accept()
                threading.Thread(target=office.talk, args=(client,), daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        closed.set()
        thread.join(5)
        listener.close()


def own_certificate(folder: Path) -> ssl.SSLContext:
    """A certificate that nobody vouches for."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    begins = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    built = built.not_valid_before(begins).not_valid_after(begins.replace(year=2040))
    certificate = built.sign(key, hashes.SHA256())
    file = folder / "post-office.pem"
    file.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
