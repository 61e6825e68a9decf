"""What docs/roles.sql gives the program's role on PostgreSQL, and what it keeps from it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from django.db import ProgrammingError, connection, transaction

from emulation_portal.backup.postgres import _environment

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db(transaction=True)
ALLOWED = (
    "SELECT count(*) FROM django_migrations",
    "UPDATE organizations_user SET full_name = full_name",
    "DELETE FROM notifications_outboxmessage",
    "SELECT count(*) FROM models_registry_privatelook",
    "UPDATE models_registry_exemplartransition SET version = version, undo_until = undo_until, undoes_id = undoes_id",
)
REFUSED = (
    "DROP TABLE organizations_user",
    "ALTER TABLE organizations_user ADD COLUMN x int",
    "TRUNCATE notifications_outboxmessage",
    "CREATE TABLE x (y int)",
    "DELETE FROM django_migrations",
    "DELETE FROM models_registry_privatelook",
    "UPDATE models_registry_privatelook SET id = id",
    "UPDATE organizations_accountevent SET kind = kind",
    "UPDATE organizations_historicaluser SET email = email",
    "DELETE FROM organizations_historicalroleassignment",
    "UPDATE models_registry_exemplartransition SET reason = reason",
    "UPDATE models_registry_exemplartransition SET record_id = record_id",
    "DELETE FROM models_registry_exemplartransition",
)


def tell(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def role():
    if connection.vendor != "postgresql":
        pytest.skip("roles are PostgreSQL's")
    name = f"test_app_{os.getpid()}"
    tell(f"CREATE ROLE {name}")
    words = [shutil.which("psql") or "psql", "-X", "-q", "-v", f"app={name}", "-f", str(ROOT / "docs" / "roles.sql")]
    try:
        done = subprocess.run(words, env=_environment(), capture_output=True, text=True, check=False)
        assert done.stderr == ""
        yield name
    finally:
        tell(f"DROP OWNED BY {name}")
        tell(f"DROP ROLE {name}")


def test_the_program_uses_rows_and_cannot_change_their_form(role):
    for statement in ALLOWED:
        with transaction.atomic():
            tell(f"SET LOCAL ROLE {role}")
            tell(statement)
    for statement in REFUSED:
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), transaction.atomic():
            tell(f"SET LOCAL ROLE {role}; {statement}")
