"""The second factor: codes of an authenticator app (django-otp) and recovery codes."""

from __future__ import annotations

import base64
import io
import secrets
from typing import TYPE_CHECKING

import segno
import structlog
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core import signing
from django.db import transaction
from django_otp.oath import TOTP

from core import clock

from .account_models import AuthenticatorApp, RecoveryCode
from .sealing import SealBrokenError

if TYPE_CHECKING:
    from .models import User

log = structlog.get_logger(__name__)

CODES = 10
_SALT = "organizations.factor"
#: A key that was shown is good for this long, in seconds.
KEY_AGE = 15 * 60
# Neither 0 and O nor 1, I and L: codes are read from paper.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LENGTH = 12
_LOCATOR = 3


class CodeHasher(Argon2PasswordHasher):
    """Argon2id at OWASP's least cost: ten codes are hashed in one request, and each is random, unlike a password."""

    time_cost = 5
    memory_cost = 7168
    parallelism = 1


def has_factor(user: User) -> bool:
    """Whether the person has an authenticator app set up."""
    return AuthenticatorApp.objects.filter(user=user, confirmed=True).exists()


def new_key(user: User) -> str:
    """A new secret, signed for the person: it waits in the page and not in the database, so that GET writes nothing."""
    return signing.dumps({"user": user.pk, "key": secrets.token_hex(20)}, salt=_SALT)


def device_for(user: User, signed: str) -> AuthenticatorApp | None:
    """The unsaved device of a signed secret; None when it is old, forged or another's."""
    try:
        data = signing.loads(signed, salt=_SALT, max_age=KEY_AGE)
    except signing.BadSignature:
        return None
    if data.get("user") != user.pk:
        return None
    return AuthenticatorApp.of(user, bytes.fromhex(data["key"]))


def key_in_groups(device: AuthenticatorApp) -> str:
    """The secret as the person types it: base 32 in groups of four."""

    text = base64.b32encode(device.bin_key).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def qr_picture(device: AuthenticatorApp) -> str:
    """The QR code of a device as SVG, with attributes only: the CSP allows no style."""
    out = io.BytesIO()
    code = segno.make(device.config_url, error="m")
    code.save(out, kind="svg", scale=4, border=4, dark="#000", light="#fff", xmldecl=False, svgns=False, nl=False)
    return out.getvalue().decode()


@transaction.atomic
def set_up(*, device: AuthenticatorApp, code: str) -> list[str] | None:
    """Keep the device when `code` is its own, with new recovery codes; None when the code is wrong."""
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    totp.time = clock.wall_now().timestamp()
    if not (code.isascii() and code.isdigit() and totp.verify(int(code), device.tolerance)):
        return None
    AuthenticatorApp.objects.filter(user=device.user).delete()
    # Not by verify_token, which would keep the device after a wrong code too; `last_t` refuses this code from now on.
    device.last_t, device.drift = totp.t(), totp.drift
    device.save()
    return make_codes(user=device.user)


@transaction.atomic
def make_codes(*, user: User) -> list[str]:
    """Replace the recovery codes of a person; returns them in clear, which happens this one time."""
    RecoveryCode.objects.filter(user=user).delete()
    codes: dict[str, str] = {}
    while len(codes) < CODES:
        code = "".join(secrets.choice(_LETTERS) for _place in range(_LENGTH))
        codes[code[:_LOCATOR]] = code
    hasher = CodeHasher()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(
            user=user, locator=locator, code_hash=hasher.encode(code, hasher.salt()), created_at=clock.wall_now()
        )
        for locator, code in codes.items()
    )
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes.values()]


@transaction.atomic
def remove(*, user: User) -> bool:
    """Take the second factor and its codes away; False when there was none."""
    RecoveryCode.objects.filter(user=user).delete()
    return AuthenticatorApp.objects.filter(user=user).delete()[0] > 0


def check(*, user: User, typed: str) -> str:
    """Which of the two a typed code is, "app" or "recovery"; "" when it is neither, was used, or is replayed."""
    plain = "".join(char for char in typed.upper() if char.isalnum())
    if len(plain) == _LENGTH:
        return "recovery" if _use_recovery_code(user, plain) else ""
    return "app" if len(plain) == 6 and plain.isascii() and plain.isdigit() and _use_app_code(user, plain) else ""


@transaction.atomic
def _use_app_code(user: User, code: str) -> bool:
    """The row is locked while it is read and its last step written: the same code wins once."""
    device = AuthenticatorApp.objects.select_for_update(of=("self",)).filter(user=user, confirmed=True).first()
    try:
        return device is not None and device.verify_token(code)
    except SealBrokenError:  # another SECRET_KEY: recovery codes still open the account
        log.error("factor_secret_unreadable", user=user.pk)
        return False


def _use_recovery_code(user: User, code: str) -> bool:
    row = RecoveryCode.objects.filter(user=user, locator=code[:_LOCATOR], used_at=None).first()
    if row is None or not CodeHasher().verify(code, row.code_hash):
        return False
    return RecoveryCode.objects.filter(pk=row.pk, used_at=None).update(used_at=clock.wall_now()) == 1


@transaction.atomic
def reseal_all() -> tuple[int, list[str]]:
    """Lock the secret of every app with the present SECRET_KEY; returns how many, and whose secret no key opens."""
    done, lost = 0, []
    for app in AuthenticatorApp.objects.select_for_update(of=("self",)).select_related("user").order_by("pk"):
        try:
            app.lock(app.bin_key)
        except SealBrokenError:
            lost.append(app.user.username)
            continue
        app.save(update_fields=["key"])
        done += 1
    return done, lost


def codes_left(user: User) -> int:
    """How many recovery codes are still unused."""
    return RecoveryCode.objects.filter(user=user, used_at=None).count()
