"""Certificates for servers of the tests, by an authority of its own."""

from __future__ import annotations

import datetime
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

YEAR = datetime.timedelta(days=365)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Authority:
    """Signs certificates of hosts; whoever believes `file` believes them."""

    def __init__(self, folder: Path, name: str = "Authority") -> None:
        self.folder, self.name, self.key = folder, _name(name), ec.generate_private_key(ec.SECP256R1())
        public = self.key.public_key()
        mark = x509.SubjectKeyIdentifier.from_public_key(public)
        built = self._begin(self.name, public, YEAR).add_extension(x509.BasicConstraints(True, None), critical=True)
        self.certificate = built.add_extension(mark, critical=False).sign(self.key, hashes.SHA256())
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def _begin(self, subject: x509.Name, public: ec.EllipticCurvePublicKey, left: datetime.timedelta):
        now = datetime.datetime.now(datetime.UTC)
        built = x509.CertificateBuilder(self.name, subject, public, x509.random_serial_number())
        return built.not_valid_before(now - 2 * YEAR).not_valid_after(now + left)

    def context(self, host: str, *, left: datetime.timedelta = YEAR) -> ssl.SSLContext:
        """What a server of this host shows; `left` is how long its certificate is still good."""
        key = ec.generate_private_key(ec.SECP256R1())
        built = self._begin(_name(host), key.public_key(), left)
        built = built.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        whose = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        certificate = built.add_extension(whose, critical=False).sign(self.key, hashes.SHA256())
        file = self.folder / f"{host}.pem"
        file.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context
