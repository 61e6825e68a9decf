"""The five numbers against the one grouped query they stand on, over 10,500 units × 20 milestones. Prints a table.

PORTAL_ENV=test .venv/bin/python benchmarks/completeness.py [UNITS…]; DATABASE_URL chooses the database, of which a new
one is made and dropped. Ends with exit code 1 when the numbers cost more than 1.5 of the query.
"""

from __future__ import annotations

import datetime
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("PORTAL_ENV", "test")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emulation_portal.settings")

import django  # noqa: E402 - the path comes first

django.setup()

from django.db import connection  # noqa: E402  as above
from django.test.utils import setup_databases, teardown_databases  # noqa: E402  as above

from campaigns.models import Milestone, Programme, UnitTask  # noqa: E402  as above
from campaigns.selectors.numbers import completeness, grouped  # noqa: E402  as above
from core.clock import wall_now  # noqa: E402  as above
from organizations.models import Unit, User  # noqa: E402  as above

MILESTONES, ROUNDS, MOST = 20, 7, 1.5
TODAY, DUE = datetime.date(2023, 6, 20), datetime.date(2023, 6, 15)


def fill(count: int) -> None:
    """A nation of units, a programme of 20 milestones, and a task for each pair: two in three handed in."""
    person = User.objects.create(username="người thử")
    whole = Unit(code="0", name="Cả nước", short_name="Cả nước", kind="district", valid_from=DUE)
    top = Unit.objects.add_root(instance=whole)
    units = Unit.objects.bulk_create(
        (
            Unit(
                code=str(n),
                name=f"Xã {n}",
                short_name=f"Xã {n}",
                kind="commune",
                valid_from=datetime.date(2020, 1, 1),
                sort_key=str(n),
                path=top.path + Unit._int2str(n).rjust(Unit.steplen, "0"),
                depth=2,
            )
            for n in range(1, count + 1)
        ),
        batch_size=2000,
    )
    first, last = datetime.date(2021, 1, 1), datetime.date(2025, 12, 31)
    programme = Programme.objects.create(code="P", name="P", unit=top, issuer="UBND", starts=first, ends=last)
    for number in range(MILESTONES):
        days = {"opens": first, "due": DUE, "closes": last}
        milestone = Milestone.objects.create(
            programme=programme, code=str(number), title="M", short_title="M", duty="report", **days
        )
        UnitTask.objects.bulk_create((_task(milestone, unit, person) for unit in units), batch_size=2000)


def _task(milestone: Milestone, unit: Unit, person: User) -> UnitTask:
    task = UnitTask(milestone=milestone, addressed=unit, unit=unit, due=DUE)
    if (unit.pk + milestone.pk) % 3:
        day = DUE + datetime.timedelta(days=unit.pk % 5 - 3)
        task.state, task.submitted_at, task.submitted_by, task.first_submitted_on = "submitted", wall_now(), person, day
    return task


def floor() -> int:
    """The grouped query alone, read by the database's own cursor."""
    sql, parameters = grouped(UnitTask.objects.all(), TODAY).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return len(cursor.fetchall())


def seconds(act: Callable[[], object]) -> float:
    """Time of one run."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def measure(count: int) -> float:
    """One line of the table; returns the ratio of the medians of interleaved rounds."""
    fill(count)
    ours, base = [], []
    for _round in range(ROUNDS):
        base.append(seconds(floor))
        ours.append(seconds(lambda: completeness(UnitTask.objects.all(), TODAY)))
    ratio = statistics.median(ours) / statistics.median(base)
    print(
        f"| {count} × {MILESTONES} | {statistics.median(base) * 1000:.0f} ms | {statistics.median(ours) * 1000:.0f} ms "
        f"| {ratio:.2f} |"
    )
    return ratio


def main() -> None:
    """Measure at each size."""
    old = setup_databases(verbosity=0, interactive=False)
    try:
        print(f"| {connection.vendor}: units × milestones | grouped query | five numbers | ratio |")
        print("|---|---|---|---|")
        ratios = [measure(int(word)) for word in sys.argv[1:2] or ["10500"]]
    finally:
        teardown_databases(old, verbosity=0)
    if max(ratios) > MOST:
        sys.exit(f"the numbers cost {max(ratios):.2f} of the query, more than {MOST}")


if __name__ == "__main__":
    main()
