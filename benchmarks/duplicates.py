"""The look-up of likely duplicates among 1,000, 10,000 and 100,000 names of one district. Prints a table and the plan.

PORTAL_ENV=test .venv/bin/python benchmarks/duplicates.py [NAMES…]; DATABASE_URL chooses the database, of which a new
one is made and dropped. `--plan` prints how the database reads.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("PORTAL_ENV", "test")
os.environ.setdefault("DATABASE_STATEMENT_TIMEOUT", "600")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emulation_portal.settings")

import django  # noqa: E402 - the path comes first

django.setup()

from django.db import connection  # noqa: E402  as above
from django.test.utils import CaptureQueriesContext, setup_databases, teardown_databases  # noqa: E402  as above

from models_registry.duplicates import area_of, find_duplicates, flag_duplicates, name_rows, typed_probe  # noqa: E402  as above
from models_registry.enums import State, SubjectKind  # noqa: E402  as above
from models_registry.models import Exemplar, SubjectName  # noqa: E402  as above
from organizations.models import User  # noqa: E402  as above
from tests.factories import World, make_world, many_exemplars  # noqa: E402  as above
from tests.models_registry.test_duplicates import people  # noqa: E402  as above

LOOK_UPS = 200
PAGE = 25


def fill(world: World, count: int) -> list[tuple[str, int | None]]:
    """Add `count` sent records under invented names; returns names and years of birth."""
    rows = many_exemplars(
        count, unit=world.commune_a, officer=world.officer, reviewer=world.reviewer, state=State.SUBMITTED
    )
    SubjectName.objects.filter(exemplar__gte=rows[0].pk).delete()
    area, said = area_of(world.commune_a), []
    for row, (name, year, _commune, _who) in zip(rows, people(count, 0), strict=True):
        row.full_name, row.birth_year, row.title = name, year, ""
        said.append((name, year))
    for sent in (False, True):
        SubjectName.objects.bulk_create(
            (name for row in rows for name in name_rows(row, area, sent=sent)), batch_size=2000
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return said


def times(act: Callable[[int], object], count: int) -> str:
    """Middle and 95th percentile of `count` runs, in milliseconds."""
    act(0)
    took = []
    for number in range(count):
        began = time.perf_counter()
        act(number)
        took.append((time.perf_counter() - began) * 1000)
    took.sort()
    return f"{took[count // 2]:.1f} ms, {took[count * 95 // 100]:.1f} ms"


def plan(act: Callable[[int], object]) -> str:
    """How the database reads the first statement of the look-up."""
    with CaptureQueriesContext(connection) as queries:
        act(0)
    wanted = next(query["sql"] for query in queries if "subjectname" in query["sql"])
    words = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN (ANALYZE, BUFFERS)"
    with connection.cursor() as cursor:
        cursor.execute(f"{words} {wanted}")
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def report(world: World, count: int, *, with_plan: bool) -> None:
    """Fill, measure, print one row of the table."""
    said, user = fill(world, count), User.objects.get(username="reviewer")

    def look_up(number: int) -> object:
        name, year = said[number * 37 % len(said)]
        probe = typed_probe(name=name, unit=world.commune_b, kind=SubjectKind.INDIVIDUAL, birth_year=year, itself=None)
        return find_duplicates(probe, world.commune_b, user)

    listed = list(Exemplar.objects.order_by("-pk")[:PAGE])
    typed, page = times(look_up, LOOK_UPS), times(lambda _number: flag_duplicates(listed, user), 20)
    print(f"| {connection.vendor}: {SubjectName.objects.count():,} | {typed} | {page} |")
    if with_plan:
        print(plan(look_up))


def main() -> None:
    """Measure in a new database, then drop it."""
    old = setup_databases(verbosity=0, interactive=False)
    words = [word for word in sys.argv[1:] if word != "--plan"]
    try:
        world = make_world()
        print("| rows of the index | a look-up: p50, p95 | a page of the queue: p50, p95 |\n|---|---|---|")
        for count in [int(word) for word in words] or [1_000, 9_000, 90_000]:
            report(world, count, with_plan="--plan" in sys.argv)
    finally:
        teardown_databases(old, verbosity=0)


if __name__ == "__main__":
    main()
