"""Adding to the chained log and checking it, at 1,000, 10,000 and 100,000 rows. Prints a table.

PORTAL_ENV=test .venv/bin/python benchmarks/audit.py [ROWS…]; DATABASE_URL chooses the database, of which a new one is
made and dropped.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("PORTAL_ENV", "test")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emulation_portal.settings")

import django  # noqa: E402 - the path comes first

django.setup()

from django.db import connection  # noqa: E402  as above
from django.test.utils import setup_databases, teardown_databases  # noqa: E402  as above

from core.audit import record, verify  # noqa: E402  as above
from core.audit.chain import COLUMNS, GENESIS, digest_after  # noqa: E402  as above
from core.audit.models import AuditEvent, AuditHead, EventKind  # noqa: E402  as above
from core.clock import wall_now  # noqa: E402  as above

REASON = "Hồ sơ đủ điều kiện; đã đối chiếu với xác nhận của Ủy ban nhân dân xã."


def fill(rows: int) -> None:
    """Chain rows in bulk up to `rows`."""
    head, _made = AuditHead.objects.get_or_create(pk=1, defaults={"digest": GENESIS})
    batch, now = [], wall_now()
    for number in range(head.number + 1, rows + 1):
        event = AuditEvent(
            number=number,
            at=now,
            kind=EventKind.ACCOUNT,
            action="thử",
            reason=REASON,
            data='{"log":1}',
            previous=head.digest,
        )
        event.digest = head.digest = digest_after(head.digest, (getattr(event, name) for name in COLUMNS))
        batch.append(event)
        head.number = number
    AuditEvent.objects.bulk_create(batch, batch_size=2000)
    head.save()


def seconds(act, *args: object) -> float:
    """Time of one run."""
    began = time.perf_counter()
    act(*args)
    return time.perf_counter() - began


def add(times: int) -> None:
    """Add events one by one, each in its own transaction."""
    for _time in range(times):
        record(kind=EventKind.ACCOUNT, action="thử", reason=REASON)


def main() -> None:
    """Measure at each size."""
    old = setup_databases(verbosity=0, interactive=False)
    try:
        print(f"| {connection.vendor}: rows | check | rows/s | added one by one | peak memory |")
        print("|---|---|---|---|---|")
        for rows in [int(word) for word in sys.argv[1:]] or [1_000, 10_000, 100_000]:
            fill(rows)
            took = seconds(verify)
            added = 300 / seconds(add, 300)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"| {rows} | {took:.2f} s | {rows / took:,.0f} | {added:,.0f}/s | {peak:.0f} MiB |")
    finally:
        teardown_databases(old, verbosity=0)


if __name__ == "__main__":
    main()
