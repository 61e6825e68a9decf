"""What the mail rig does inside the portal's own database: fill it, run the engine, tell how things stand."""

from __future__ import annotations

import datetime
import json
import os
import sys
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emulation_portal.settings")
django.setup()

from django.conf import settings  # noqa: E402 - the settings must be named first
from django.db.models import Count, F  # noqa: E402 - see above

from campaigns.models import Milestone, Programme  # noqa: E402 - see above
from campaigns.services import publish_milestone  # noqa: E402 - see above
from core import clock  # noqa: E402 - see above
from core.text import sort_key  # noqa: E402 - see above
from emulation_portal.celery import app  # noqa: E402 - see above
from notifications.models import Channel, OutboxMessage, Reminder, ReminderSettings  # noqa: E402 - see above
from notifications.tasks import tick  # noqa: E402 - see above
from notifications.ticking import plan_day  # noqa: E402 - see above
from organizations.enums import Role, UnitKind  # noqa: E402 - see above
from organizations.models import RoleAssignment, Unit, User  # noqa: E402 - see above

BEGINS, ENDS = datetime.date(2021, 1, 1), datetime.date(2025, 12, 31)


def fill(count: str) -> dict[str, Any]:
    """Make a district of communes with an officer each, and switch its reminders on at every hour."""
    district = Unit.objects.add_root(instance=_unit("Huyện Thử", UnitKind.DISTRICT))
    head = User.objects.create(username="truong", full_name="Trưởng phòng", home_unit=district)
    RoleAssignment.objects.create(user=head, role=Role.INTERIOR_HEAD, unit=district, valid_from=BEGINS)
    for number in range(int(count)):
        unit = Unit.objects.get(pk=district.pk).add_child(instance=_unit(f"Xã số {number}", UnitKind.COMMUNE))
        person = User.objects.create(
            username=f"canbo{number}", email=f"canbo{number}@thidua.example", full_name=f"Cán bộ {number}",
            home_unit=unit,
        )  # fmt: skip
        RoleAssignment.objects.create(user=person, role=Role.OFFICER, unit=unit, valid_from=BEGINS)
    midnight, last = datetime.time(0, 0), datetime.time(23, 59, 59, 999999)
    ReminderSettings.objects.create(pk=1, digest_at=midnight, quiet_to=midnight, quiet_from=last)
    Programme.objects.create(
        code="CT", name="Chương trình", unit=district, issuer="UBND huyện", starts=BEGINS, ends=ENDS, reminders_on=True
    )
    return {}


def _unit(name: str, kind: str) -> Unit:
    return Unit(code=name, name=name, short_name=name, kind=kind, valid_from=BEGINS, sort_key=sort_key(name))


def owe(name: str) -> dict[str, Any]:
    """Publish a milestone that everybody is told of today."""
    day = clock.today()
    milestone = Milestone.objects.create(
        programme=Programme.objects.get(), code=name, title=f"Báo cáo {name}", short_title=f"Báo cáo {name}",
        duty="report", opens=day, due=day, closes=ENDS, unit_kinds=[UnitKind.COMMUNE.value],
    )  # fmt: skip
    publish_milestone(milestone=milestone, by=User.objects.get(username="truong"))
    return {"tasks": milestone.tasks.count()}


def run_tick(count: str = "1") -> dict[str, Any]:
    """Put so many ticks into the queue, as so many schedulers would."""
    for _tick in range(int(count)):
        tick.delay()
    return {}


def plan() -> dict[str, Any]:
    """Plan the day here, without a worker."""
    planned = plan_day(clock.today())
    return {"planned": planned.reminders if planned else None}


def lose() -> dict[str, Any]:
    """Lose all that is in the queue."""
    if settings.REDIS_URL:
        with app.connection_for_write() as connection:
            connection.default_channel.client.flushdb()
        return {"lost": "flushed"}
    folder = settings.DATA_DIR / "broker"
    files = list(folder.glob("*.msg"))
    for file in files:
        file.unlink(missing_ok=True)
    return {"lost": len(files)}


def poison() -> dict[str, Any]:
    """Put twenty malformed tasks into the queue."""
    bodies: list[Any] = [
        [], ["x"], [None], [{}], [[{}]], [["x"]], [[None]], [1, 2], [[1.5]], [[-1]], [[2**70]], ["x" * 100_000],
    ]  # fmt: skip
    for body in bodies:
        app.send_task("notifications.tasks.deliver_batch", args=body)
    for name in ("notifications.tasks.nothing", "", "os.system", "../../etc", "notifications.tasks.tick.x"):
        app.send_task(name or "khong", args=["x"])
    app.send_task("notifications.tasks.tick", kwargs={"x": 1})
    app.send_task("notifications.tasks.deliver_due", args=[1, 2, 3])
    with app.connection_for_write() as connection:
        producer = connection.Producer()
        producer.publish("{not json", routing_key="celery", content_type="application/json", content_encoding="utf-8")
    return {"bodies": 20}


def age() -> dict[str, Any]:
    """Let an hour pass for the claims that are held."""
    held = OutboxMessage.objects.filter(status="claimed")
    return {"aged": held.update(claimed_at=F("claimed_at") - datetime.timedelta(hours=1))}


def again() -> dict[str, Any]:
    """Let every waiting mail be due now."""
    return {"due": OutboxMessage.objects.filter(status="pending", channel="email").update(not_before=clock.wall_now())}


def forget() -> dict[str, Any]:
    """Empty the outbox: the next test begins anew."""
    Reminder.objects.all().delete()
    OutboxMessage.objects.all().delete()
    Milestone.objects.update(published_at=None, published_by=None)
    return {}


def state() -> dict[str, Any]:
    """How mails and reminders stand."""
    mails = OutboxMessage.objects.filter(channel=Channel.EMAIL, subject_type="digest")
    reminders = Reminder.objects.filter(channel=Channel.EMAIL)
    return {
        "mails": dict(mails.order_by().values_list("status").annotate(n=Count("pk"))),
        "reminders": dict(reminders.order_by().values_list("state").annotate(n=Count("pk"))),
        "numbers": {m.pk: m.message_id for m in mails.only("pk", "recipient_id")},
    }


DOING = {
    "fill": fill, "owe": owe, "tick": run_tick, "plan": plan, "lose": lose, "poison": poison, "age": age,
    "again": again, "forget": forget, "state": state,
}  # fmt: skip

if __name__ == "__main__":
    print(json.dumps(DOING[sys.argv[1]](*sys.argv[2:])))
