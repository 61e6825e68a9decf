"""The statements of each run find their few rows by an index, with statistics and without: the table only grows."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from notifications import digests, planning, previewing
from notifications.models import Reminder
from notifications.reminder_models import ReminderState, Tier
from notifications.ticking import figures
from tests.factories import World

pytestmark = pytest.mark.django_db
LAST = datetime.date(2023, 6, 8)
DAYS, A_DAY = 250, 80


@pytest.fixture
def grown(world: World, stand_on: Callable[[datetime.date], None]) -> list[Reminder]:
    """Twenty thousand reminders of some years of work, of which the last eighty wait."""
    stand_on(LAST)
    rows = [
        Reminder(
            subject_type="unit_task" if number % 2 else "exemplar_return",
            subject_id=1 + day * A_DAY + number,
            unit=world.commune_a,
            step="2023-06-15:-7",
            offset=-7,
            due=datetime.date(2023, 6, 15),
            recipient=world.officer,
            channel="email",
            tier=Tier.LEADER,
            planned_for=LAST - datetime.timedelta(days=day),
            planned_at=datetime.datetime(2023, 6, 8, tzinfo=datetime.UTC),
            state=ReminderState.SKIPPED if day else ReminderState.PLANNED,
            reason="Đã xong trước khi gửi." if day else "",
        )
        for day in range(DAYS)
        for number in range(A_DAY)
    ]
    return Reminder.objects.bulk_create(rows)


def plans_of(run: Callable[[], object]) -> list[str]:
    """The plans of the statements over reminders that `run` makes, with their parameters as they are bound."""
    word = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    found = []

    def explained(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if "notifications_reminder" in sql and sql.startswith(("SELECT", "UPDATE")):
            with connection.cursor() as cursor:
                cursor.execute(f"{word} {sql}", params)
                found.append("\n".join(str(row) for row in cursor.fetchall()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explained):
        run()
    return found


def reads_all(plan: str) -> bool:
    """Whether a plan goes through all reminders; SQLite writes SCAN for a whole table and for a whole index alike.

    A scan of the index of what waits is no such thing: it holds nothing else.
    """
    scans = [line for line in plan.splitlines() if "SCAN" in line or "Seq Scan" in line]
    return any(
        "reminder" in line and "reminder_planned" not in line and "reminder_waiting" not in line for line in scans
    )


@pytest.mark.parametrize("analyzed", [True, False])
def test_no_statement_of_a_run_reads_all_reminders(grown: list[Reminder], analyzed: bool) -> None:
    if analyzed:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    today = grown[:A_DAY]
    keys = [(row.subject_type, row.subject_id, row.step, row.recipient_id, row.channel) for row in today]
    runs: dict[str, Callable[[], object]] = {
        "figures": lambda: figures(LAST),
        "told before": lambda: digests._told_on(today, LAST),
        "planned before": lambda: planning._planned_before(LAST, keys),
        "overtaken": digests._leave_overtaken,
        "waiting": lambda: previewing._waiting_for(LAST, LAST, None),
        "left out": lambda: Reminder.objects.left_out(LAST).filter(subject_type="unit_task").exists(),
    }
    plans = {name: plans_of(run) for name, run in runs.items()}
    assert all(plans.values())
    assert {name: found for name, found in plans.items() if any(map(reads_all, found))} == {}
