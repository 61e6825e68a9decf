"""A database of its own for each rig: a file, or a new one on the server that this run tests."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.faults.rig import Rig


@contextlib.contextmanager
def services_of_rig(django_db_blocker, name: str) -> Iterator[dict[str, str]]:
    """The database and the queue of a rig, as the environment names them."""
    if connection.vendor != "postgresql":
        yield {}
        return
    name, there = f"test_{name}_{os.getpid()}", settings.DATABASES["default"]
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    address = f"postgres://{there['USER']}:{there['PASSWORD']}@{there['HOST']}:{there['PORT'] or 5432}/{name}"
    redis = {"REDIS_URL": os.environ["TEST_REDIS_URL"]} if os.environ.get("TEST_REDIS_URL") else {}
    try:
        yield {"DATABASE_URL": address} | redis
    finally:
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def rig(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Rig]:
    folder: Path = tmp_path_factory.mktemp("rig")
    with services_of_rig(django_db_blocker, "rig") as services, Rig(folder, services) as running:
        yield running
