"""Planning and handing out of reminders over 10,500 units × 20 tasks. Prints a table; exits 1 when a bound is missed.

PORTAL_ENV=test .venv/bin/python benchmarks/reminders.py [district|province|national]; DATABASE_URL chooses the
database, of which a new one is made and dropped. Only ratios of one run compare: the machine drifts.
"""

from __future__ import annotations

import datetime
import logging
import os
import resource
import smtplib
import statistics
import sys
import time
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("PORTAL_ENV", "test")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emulation_portal.settings")
os.environ.setdefault("TRAINING_DATE", "2023-06-14")

import django  # noqa: E402 - the path comes first

django.setup()

from aiosmtpd.controller import Controller  # noqa: E402  as above
from django.conf import settings  # noqa: E402  as above
from django.core.management import call_command  # noqa: E402  as above
from django.db import connection, transaction  # noqa: E402  as above
from django.test.utils import CaptureQueriesContext, setup_databases, teardown_databases  # noqa: E402  as above

from campaigns.models import UnitTask  # noqa: E402  as above
from core import clock  # noqa: E402  as above
from notifications.delivery import deliver  # noqa: E402  as above
from notifications.digests import gather  # noqa: E402  as above
from notifications.models import Channel, OutboxMessage, Reminder  # noqa: E402  as above
from notifications.planning import COLUMNS, plan  # noqa: E402  as above
from notifications.ticking import batches  # noqa: E402  as above
from tests.faults.rig import free_port  # noqa: E402  as above

logging.getLogger("mail.log").setLevel(logging.WARNING)
ROUNDS = 3
SAMPLE = 300
MAILS = 300
LEAST_FAN_OUT, MOST_OF_LOOP, MOST_OF_RAW, MOST_MEMORY = 20, 0.05, 5, 256

missed: list[str] = []


def seconds(act: Callable[[], Any]) -> float:
    """Time of one run."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def line(what: str, figure: str, bound: str = "–", kept: bool = True) -> None:
    """Print one row of the table."""
    if not kept:
        missed.append(what)
    print(f"| {what} | {figure} | {bound}{'' if kept else ' **missed**'} |", flush=True)


def peak() -> float:
    """The most memory that this process had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def by_loop(rows: list[dict[str, Any]]) -> None:
    """The usual way: one get_or_create for each row."""
    key = ("subject_type", "subject_id", "step", "recipient_id", "channel")
    for row in rows:
        wanted = {name: row[name] for name in key}
        Reminder.objects.get_or_create(**wanted, defaults={n: v for n, v in row.items() if n not in key})


def raw_copy() -> None:
    """The floor: the same rows by one INSERT … SELECT from a table that holds them ready."""
    columns = ", ".join(f'"{name}"' for name in COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO notifications_reminder ({columns}) SELECT {columns} FROM ready")


def measure_planning(day: datetime.date) -> int:
    """Plan a day against the loop and against the bare insert-select, in turns; returns how many rows it makes."""
    with CaptureQueriesContext(connection) as queries:
        count = plan(day)
    rows = list(Reminder.objects.values(*COLUMNS)[:SAMPLE])
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE ready AS SELECT * FROM notifications_reminder")
    again = plan(day)
    planned, raw, loop = [], [], []
    for _round in range(ROUNDS):
        for times, act in ((planned, lambda: plan(day)), (raw, raw_copy), (loop, lambda: by_loop(rows))):
            Reminder.objects.all().delete()
            with transaction.atomic():
                times.append(seconds(act))
    ours, floor = statistics.median(planned), statistics.median(raw)
    peer = statistics.median(loop) / len(rows) * count
    line(f"plan a day: {count:,} reminders", f"{ours:.2f} s in {len(queries)} statements")
    line("against a get_or_create loop, by row", f"{ours / peer:.4f}", f"{MOST_OF_LOOP}", ours / peer <= MOST_OF_LOOP)
    line(
        "against a bare insert-select of the rows",
        f"{ours / floor:.1f} ×",
        f"{MOST_OF_RAW} ×",
        ours / floor <= MOST_OF_RAW,
    )
    line("a second run writes", str(again), "0", again == 0)
    return count


def measure_statements(day: datetime.date) -> None:
    """The statements of a day do not depend on how many units owe something."""
    found = []
    few = list(UnitTask.objects.owed().order_by("unit_id").values_list("unit_id", flat=True).distinct()[:10])
    for units in (None, few):
        Reminder.objects.all().delete()
        if units:
            UnitTask.objects.exclude(unit_id__in=units).delete()
        with CaptureQueriesContext(connection) as queries:
            made = plan(day)
        found.append((made, len(queries)))
    (many, of_many), (some, of_some) = found
    line(
        "statements for many and for few",
        f"{of_many} for {many:,}, {of_some} for {some:,}",
        "equal",
        of_many == of_some,
    )


def measure_fan_out() -> None:
    """Hand out ids by a hundred against a task for each message, into the queue of the tests."""
    from emulation_portal.celery import app

    ids = list(range(1_000_000, 1_002_000))
    app.conf.task_always_eager = False
    with app.connection_for_write() as broker, app.amqp.Producer(broker) as producer:
        one = seconds(lambda: [_send(app, producer, [pk]) for pk in ids])
        hundred = seconds(lambda: [_send(app, producer, list(batch)) for batch in batches(ids)])
        producer.channel.queue_purge("celery")
    line("ids handed out a second, one a task", f"{len(ids) / one:,.0f}")
    line("ids handed out a second, a hundred a task", f"{len(ids) / hundred:,.0f}", f"{LEAST_FAN_OUT} × one a task",
         one / hundred >= LEAST_FAN_OUT)  # fmt: skip


def _send(app: Any, producer: Any, pks: list[int]) -> None:
    app.send_task("notifications.tasks.deliver_batch", args=(pks,), producer=producer, expires=300)


class _Taker:
    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take a mail (a name of aiosmtpd's)."""
        return "250 OK"


def measure_mails(day: datetime.date) -> None:
    """Digests a second through a local server, worded and recorded, against a bare smtplib loop."""
    Reminder.objects.all().delete()
    plan(day)
    took = seconds(lambda: gather(day))
    notices = OutboxMessage.objects.filter(channel=Channel.IN_APP).count()
    line("digests written, notices worded", f"{took:.1f} s for {notices:,} people, {notices / took:,.0f}/s")
    line("memory at the most", f"{peak():.0f} MiB", f"{MOST_MEMORY} MiB", peak() <= MOST_MEMORY)
    settings.EMAIL_BACKEND = "notifications.smtp.BoundedBackend"
    post = Controller(_Taker(), hostname="127.0.0.1", port=free_port())
    post.start()
    try:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", post.port
        pks = list(OutboxMessage.objects.filter(channel=Channel.EMAIL).values_list("pk", flat=True)[:MAILS])
        ours = seconds(lambda: deliver(pks, even_quiet=True))
        bare = seconds(lambda: _bare(settings.EMAIL_PORT, len(pks)))
    finally:
        post.stop()
    line("mails a second: ours, bare smtplib", f"{len(pks) / ours:,.0f}, {len(pks) / bare:,.0f} ({ours / bare:.1f} ×)")


def _bare(port: int, count: int) -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Nhắc việc", "cong@thidua.example", "canbo@thidua.example"
    mail.set_content("Báo cáo sơ kết đến hạn. " * 40)
    with smtplib.SMTP("127.0.0.1", port) as server:
        for _mail in range(count):
            server.send_message(mail)


def main() -> None:
    """Fill a new database and measure."""
    size = (sys.argv[1:] or ["national"])[0]
    old = setup_databases(verbosity=0, interactive=False)
    try:
        print(f"| {connection.vendor}, {size} | figure | bound |\n|---|---|---|")
        took = seconds(lambda: call_command("seed_scale", "--units", size, stdout=sys.stderr))
        open_tasks = UnitTask.objects.owed().count()
        line("seed_scale", f"{UnitTask.objects.count():,} tasks in {took:.0f} s, {open_tasks:,} open, {peak():.0f} MiB")
        day = clock.today()
        measure_planning(day)
        measure_mails(day)
        measure_fan_out()
        measure_statements(day)
    finally:
        teardown_databases(old, verbosity=0)
    sys.exit(f"missed: {', '.join(missed)}" if missed else 0)


if __name__ == "__main__":
    main()
