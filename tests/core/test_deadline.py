"""A view has its seconds; what the database is asked later is cut short or refused, and the reader is told."""

from __future__ import annotations

import time

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from core import deadline
from emulation_portal import errors
from emulation_portal.urls import handler400, handler403, handler404, handler500  # noqa: F401  the URLconf needs its handlers

pytestmark = pytest.mark.django_db
SLOW = {
    "postgresql": "SELECT pg_sleep(20)",
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
}


def ask(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()


@login_not_required
@csrf_exempt
def slow_view(request):
    request.POST  # noqa: B018 - as the check of the token does
    ask(SLOW[connection.vendor])
    return HttpResponse("xong")


@login_not_required
@csrf_exempt
def late_view(request):
    deadline.begin(0)
    ask("SELECT 1")
    return HttpResponse("xong")


@login_not_required
def held_view(request):
    raise OperationalError("database is locked")


urlpatterns = [
    path("cham/", slow_view, name="probe_public"),
    path("muon/", late_view, name="probe_public"),
    path("khoa/", held_view, name="probe_public"),
]


def test_outside_a_view_nothing_is_limited():
    assert deadline.remaining() is None
    deadline.check()
    assert ask("SELECT 1") == (1,)


def test_a_statement_gets_what_is_left_of_the_time():
    began = time.monotonic()
    with pytest.raises(OperationalError), deadline.within(0.3), transaction.atomic():
        ask(SLOW[connection.vendor])
    assert time.monotonic() - began < 5
    assert ask("SELECT 1") == (1,)


def test_a_statement_after_the_end_is_refused_and_its_transaction_undone(world):
    before = world.officer.full_name

    @transaction.atomic
    def write_too_slowly():
        world.officer.full_name = "Không được ghi"
        world.officer.save(update_fields=["full_name"])
        deadline.begin(0)
        ask("SELECT 1")

    with deadline.within(30), pytest.raises(deadline.TimeIsUp):
        write_too_slowly()
    world.officer.refresh_from_db()
    assert world.officer.full_name == before


def test_a_long_loop_of_python_can_ask():
    with deadline.within(0), pytest.raises(deadline.TimeIsUp):
        deadline.check()


@pytest.mark.django_db(transaction=True)
def test_the_limit_of_a_connection_comes_back():
    if connection.vendor != "postgresql":
        with deadline.within(1):
            assert ask("SELECT 1") == (1,)
        assert deadline._is_over() == 0
        return
    usual = ask("SHOW statement_timeout")
    with deadline.within(2):
        assert ask("SHOW statement_timeout") != usual
        with transaction.atomic():
            assert ask("SHOW statement_timeout") != usual
    assert ask("SHOW statement_timeout") == usual


@pytest.mark.usefixtures("probe_rows")
def test_the_reader_is_told_and_gets_back_what_was_typed(settings):
    settings.ROOT_URLCONF, settings.VIEW_SECONDS = __name__, 1
    client = Client(raise_request_exception=False)
    typed = {"title": "Chữ đã gõ", "password": "mat-khau-khong-hien"}
    with transaction.atomic():
        point = transaction.savepoint()
        answer = client.post("/cham/", typed)
        transaction.savepoint_rollback(point)
    words = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "Việc này mất quá nhiều thời gian" in words
    assert "Chữ đã gõ" in words
    assert "mat-khau" not in words


@pytest.mark.usefixtures("probe_rows")
def test_a_view_past_its_time_is_told_so(settings):
    settings.ROOT_URLCONF = __name__
    answer = Client(raise_request_exception=False).get("/muon/")
    assert (answer.status_code, "mất quá nhiều thời gian" in answer.content.decode()) == (503, True)


@pytest.mark.usefixtures("probe_rows")
def test_a_lock_that_somebody_holds_is_told_so(settings):
    settings.ROOT_URLCONF = __name__
    answer = Client(raise_request_exception=False).get("/khoa/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "có người khác đang lưu" in answer.content.decode()


def test_a_database_that_is_away_is_a_pause():
    assert errors.pause_reason(OperationalError("could not connect to server")) == "away"
