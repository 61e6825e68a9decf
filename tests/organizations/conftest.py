"""What tests of accounts share: signing in by the form, links out of mails, codes of the app."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django_otp.oath import TOTP

from organizations.models import AuthenticatorApp, User
from tests.factories import PASSWORD

NEW = "Hạt lúa vàng trên đồng mùa gặt"
START = "2026-06-05 08:00 +0700"


def sign_in(name: str, password: str = PASSWORD, client: Client | None = None, **more: Any) -> Client:
    """A browser in which somebody has given the password by the form."""
    browser = client or Client(**more)
    browser.post("/dang-nhap/", {"username": name, "password": password})
    return browser


def is_in(client: Client) -> bool:
    """Whether the browser is signed in."""
    return client.get("/ban-lam-viec/").status_code == 200


def link_in_mail() -> str:
    """The path of the link in the newest mail."""
    found = re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body)
    assert found
    return found[1]


def code_of(device: AuthenticatorApp, *, drift: int = 0) -> str:
    """The code that an app shows now."""
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    totp.drift = drift
    return f"{totp.token():06d}"


def give_factor(user: User) -> AuthenticatorApp:
    """An authenticator app for a person."""
    app = AuthenticatorApp.of(user, secrets.token_bytes(20))
    app.save()
    return app


@pytest.fixture
def deliver_mails(django_capture_on_commit_callbacks: Any) -> Callable[[Callable[[], Any]], Any]:
    """Do something and let the worker send the mails it caused."""

    def run(act: Callable[[], Any]) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return act()

    return run


@pytest.fixture
def stopped() -> Any:
    """The real clock, standing still until the test moves it."""
    with time_machine.travel(START, tick=False) as travel:
        yield travel
