"""What the rig does inside the portal's own database: fill it, and judge it against a journal."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emulation_portal.settings")
django.setup()

from django.conf import settings  # noqa: E402 - the settings must be named first
from django.test import Client  # noqa: E402 - see above

from core.audit import verify  # noqa: E402 - see above
from models_registry.models import Attachment, Exemplar, ExemplarTransition  # noqa: E402 - see above
from notifications.models import OutboxMessage, Status  # noqa: E402 - see above
from tests.factories import add_files, do_step, make_world  # noqa: E402 - see above

CLIENTS = 4


def session_of(user: Any) -> str:
    """Sign a person in and return the key of the session."""
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def fill() -> dict[str, Any]:
    """Make a district with records that wait; returns what the clients need to know."""
    world = make_world()
    records = [world.exemplar("draft") for _number in range(CLIENTS)]
    for record in records:
        add_files(record, world.officer)
        do_step("submit", record, world.officer)
    return {
        "sessions": [session_of(world.officer) for _number in range(CLIENTS)],
        "records": [record.pk for record in records],
        "start": {"title": "Tên mô hình", "category": "exemplar", "subject_kind": "individual"},
        "private": ["Người Thử", world.officer.full_name, world.officer.email, records[0].full_name],
    }


def judge(journal: dict[str, list[str]]) -> dict[str, Any]:
    """Return figures; lists under I1, I2, I5 are what breaks the invariant."""
    there = Counter(Exemplar.objects.filter(full_name__in=journal["tried"]).values_list("full_name", flat=True))
    return {
        "saved": len(journal["saved"]),
        "steps": ExemplarTransition.objects.count(),
        "mails sent": OutboxMessage.objects.filter(status=Status.SENT).count(),
        "I1 saved but not there": [name for name in journal["saved"] if there[name] != 1],
        "I1 there twice": [name for name, count in there.items() if count > 1],
        "I2 broken": broken_records(),
        "I4 log": [fault] if (fault := verify().fault) else [],
        "I5 files": sorted(files_without_rows()),
        "I5 rows": rows_without_files(),
    }


def broken_records() -> list[str]:
    """Records that stand elsewhere than their last step says; steps and messages without each other."""
    found = []
    for record in Exemplar.objects.all():
        last = record.transitions.order_by("-pk").first()
        if last and last.target != record.state:
            found.append(f"{record.pk}: {record.state} after {last.name}")
    told = {step.rpartition(":")[2] for step in OutboxMessage.objects.values_list("step", flat=True)}
    steps = {str(pk) for pk in ExemplarTransition.objects.values_list("pk", flat=True)}
    sent = ExemplarTransition.objects.filter(name__in=("submit", "resubmit")).values_list("pk", flat=True)
    found += [f"message of no step: {number}" for number in sorted(told - steps)]
    return found + [f"step without message: {pk}" for pk in sent if str(pk) not in told]


def _stored() -> set[str]:
    rows = Attachment.objects.values_list("file", "thumbnail")
    return {name for row in rows for name in row if name}


def files_without_rows() -> set[str]:
    """Uploads that no row names."""
    root = Path(settings.MEDIA_ROOT)
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()} - _stored()


def rows_without_files() -> list[str]:
    """Names in rows whose file is not there."""
    return sorted(name for name in _stored() if not (Path(settings.MEDIA_ROOT) / name).exists())


if __name__ == "__main__":
    print(json.dumps(fill() if sys.argv[1] == "fill" else judge(json.load(sys.stdin)), ensure_ascii=False))
