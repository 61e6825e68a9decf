"""Fixtures of all tests: no network, a clean cache, the clock."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from datetime import date
from ipaddress import ip_address
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from hypothesis import settings as hypothesis_settings

from core import access_table, working_days
from core.audit import guard
from emulation_portal import health
from tests.core import probe_urls
from tests.factories import World, WorldStock

# How long one example takes says nothing on a machine that others use as well.
hypothesis_settings.register_profile("portal", deadline=None)
hypothesis_settings.load_profile("portal")

_connect = socket.socket.connect


def _connect_here_only(self: socket.socket, address: Any) -> None:
    if self.family in {socket.AF_INET, socket.AF_INET6}:
        host = "127.0.0.1" if address[0] == "localhost" else address[0]
        if not ip_address(host).is_loopback:
            raise AssertionError(f"a test reached for the network: {address[0]}")
    _connect(self, address)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", _connect_here_only)


@pytest.fixture(autouse=True)
def _clean_cache() -> Iterator[None]:
    cache.clear()
    health.forget_judgement()
    working_days.forget()
    yield
    cache.clear()
    health.forget_judgement()


@pytest.fixture
def probe_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of access for the addresses of tests.core.probe_urls."""
    monkeypatch.setattr(access_table, "_rows", access_table._rows | probe_urls.ROWS)


@pytest.fixture
def stand_on(settings: Any) -> Callable[[date | None], None]:
    """Put the portal's clock on a training date, or on the real one with None."""

    def put(day: date | None) -> None:
        settings.TRAINING_DATE = day

    return put


@pytest.fixture
def redis_url() -> str:
    """The address of a Redis that answers; only for tests marked `redis`."""
    address = os.environ.get("TEST_REDIS_URL", "")
    if not address:
        pytest.skip("TEST_REDIS_URL names no Redis; script/test looks for one")
    return address


@pytest.fixture
def full_run() -> bool:
    """Whether the long forms of the tests were asked for (script/test --full)."""
    return bool(os.environ.get("PORTAL_TEST_FULL"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Take the triggers off the log in the test database: tests that commit must be able to empty their tables."""
    with django_db_blocker.unblock():
        guard.remove(connection)


@pytest.fixture
def guarded_log(db: None) -> None:
    """The log as in real life: the database itself refuses to change it."""
    guard.install(connection)


@pytest.fixture(scope="session")
def world_stock() -> WorldStock:
    """The world of this process, to be laid down again for each test."""
    return WorldStock()


@pytest.fixture
def world(db: None, world_stock: WorldStock) -> World:
    """Two districts, three communes and somebody in every role."""
    return world_stock.lay_down()


@pytest.fixture
def browse(world: World) -> Callable[[str], Client]:
    """A browser in which the named person of the world is signed in, or nobody for "visitor"."""

    def as_person(name: str) -> Client:
        client = Client()
        if name != "visitor":
            client.force_login(world.people[name], "django.contrib.auth.backends.ModelBackend")
        return client

    return as_person
