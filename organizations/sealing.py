"""Secrets that must be read again, such as keys of authenticator apps: stored under lock, by AES-GCM of `cryptography`.

The lock's key is made of SECRET_KEY (HKDF), so that a copy of the database or a backup alone opens nothing. Each secret
is bound to its owner: copied into the row of somebody else it does not open.
"""

from __future__ import annotations

import base64
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

#: Opens what is sealed; the number is that of the form.
_MARK = "e1$"
_INFO = b"organizations.sealing.1"
_NONCE = 12


class SealBrokenError(Exception):
    """A sealed secret that no key of this install opens, or that was changed."""


@lru_cache(maxsize=16)
def _lock(secret_key: str) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=_INFO).derive(secret_key.encode()))


def seal(secret: bytes, owner: str) -> str:
    """A secret as text, locked with SECRET_KEY for `owner`; 67 characters for 20 bytes."""
    nonce = secrets.token_bytes(_NONCE)
    locked = _lock(settings.SECRET_KEY).encrypt(nonce, secret, owner.encode())
    return _MARK + base64.urlsafe_b64encode(nonce + locked).decode()


def unseal(text: str, owner: str) -> bytes:
    """The secret of `owner`, by SECRET_KEY or a former key; raises SealBrokenError when none opens it."""
    try:
        data = base64.urlsafe_b64decode(text.removeprefix(_MARK)) if is_sealed(text) else b""
    except ValueError:  # no base 64
        data = b""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return _lock(key).decrypt(data[:_NONCE], data[_NONCE:], owner.encode())
        except (InvalidTag, ValueError):
            continue
    raise SealBrokenError


def is_sealed(text: str) -> bool:
    """Whether a stored text is in the sealed form."""
    return text.startswith(_MARK)
