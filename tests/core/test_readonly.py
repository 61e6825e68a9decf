"""A reading request cannot write: neither by a writing statement nor by one that only looks like reading."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection, transaction
from django.db import Error as DbError
from django.http import HttpResponse
from django.test import RequestFactory

from core.audit.models import AuditHead
from core.readonly import WRITING_READS, ReadOnlyMiddleware, WriteInRead, read_only
from tests.factories import UserFactory

User = get_user_model()


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def hidden_write() -> str:
    """A statement that begins like reading and writes."""
    verb = "UPDATE organizations_user SET username = 'b'"
    if connection.vendor == "sqlite":
        return f"WITH x AS (SELECT 1) {verb}"
    return f"WITH x AS ({verb} RETURNING 1) SELECT * FROM x"


@pytest.mark.django_db
def test_reading_passes() -> None:
    UserFactory(username="an")
    with read_only():
        assert list(User.objects.values_list("username", flat=True)) == ["an"]
        users = User.objects.values_list("username", flat=True)
        assert list(users.union(users, all=True)) == ["an", "an"]
        with transaction.atomic():
            assert User.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO core_audithead (id, number, digest) VALUES (1, 5, 'x')",
        "UPDATE core_audithead SET number = 5",
        "DELETE FROM core_audithead",
        "CREATE TABLE mine (id integer)",
        "DROP TABLE core_audithead",
        "PRAGMA query_only = OFF",
        "SET default_transaction_read_only = off",
    ],
)
def test_a_writing_statement_is_refused_by_name(statement: str) -> None:
    with pytest.raises(WriteInRead, match=statement.split()[0]), read_only():
        run(statement)


@pytest.mark.django_db
def test_what_the_first_word_does_not_show_is_refused_by_the_database() -> None:
    UserFactory(username="an")
    with pytest.raises(DatabaseError), transaction.atomic(), read_only():
        run(hidden_write())
    assert User.objects.get().username == "an"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="sequences and row locks of PostgreSQL")
@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    ["SELECT nextval('organizations_user_id_seq')", "SELECT * FROM organizations_user FOR UPDATE"],
)
def test_a_select_that_writes_is_refused_by_postgresql(statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), read_only():
        run(statement)


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_the_connection_is_writable_again_afterwards() -> None:
    with pytest.raises(WriteInRead), read_only():
        UserFactory(username="an")
    UserFactory(username="binh")
    assert list(User.objects.values_list("username", flat=True)) == ["binh"]


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_the_database_refuses_too() -> None:
    UserFactory(username="an")
    with pytest.raises(DatabaseError), read_only():
        run(hidden_write())
    assert User.objects.get().username == "an"


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "written"), [("get", False), ("head", False), ("options", False), ("post", True)])
def test_only_requests_that_change_something_may_write(method: str, written: bool) -> None:
    def view(_request) -> HttpResponse:
        run("INSERT INTO core_audithead (id, number, digest) VALUES (2, 0, '')")
        return HttpResponse()

    request = getattr(RequestFactory(), method)("/")
    request.resolver_match = None
    guard = ReadOnlyMiddleware(lambda _request: HttpResponse())
    if not written:
        with pytest.raises(WriteInRead):
            guard.process_view(request, view, (), {})
    else:
        assert guard.process_view(request, view, (), {}) is None
    assert list(AuditHead.objects.filter(pk=2)) == []


def test_the_addresses_that_write_while_reading_are_few_and_each_has_its_reason(capsys) -> None:
    for name, reason in WRITING_READS.items():
        print(f"{name}: {reason}")
    assert set(WRITING_READS) == {"models_registry:attachment", "campaigns:enclosure", "campaigns:task_file"}


@pytest.mark.django_db(transaction=True)
def test_a_connection_made_anew_while_reading_is_guarded_too() -> None:
    UserFactory(username="an")
    with read_only():
        connection.close()
        assert User.objects.exists()
        with pytest.raises(DatabaseError):
            run(hidden_write())
    UserFactory(username="binh")
    assert list(User.objects.order_by("username").values_list("username", flat=True)) == ["an", "binh"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("noticed", [True, False])
def test_a_connection_that_died_is_replaced_or_told_as_a_fault_of_the_database(noticed: bool) -> None:
    """After a restart of the database: judged before the guard uses it; never a page that is read unguarded."""
    if noticed and connection.vendor == "sqlite":
        pytest.skip("a file does not restart")
    connection.ensure_connection()
    connection.connection.close()
    connection.health_check_enabled, connection.health_check_done = True, not noticed
    try:
        if noticed:
            with read_only():
                assert User.objects.count() == 0
        else:
            with pytest.raises(DbError), read_only():
                raise AssertionError("read without a guard")
    finally:
        connection.close()
    assert User.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_dies_while_reading_is_not_kept() -> None:
    with read_only():
        assert User.objects.count() == 0
        connection.connection.close()
    UserFactory(username="an")
    assert User.objects.count() == 1
