"""What the parts of the demo share: data files, moments of the past, messages that are long read."""

from __future__ import annotations

import datetime
import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

from django.db.models import F

from core import clock
from notifications.models import Channel, OutboxMessage, Status

DATA = Path(__file__).resolve().parent
#: Notices older than this on the training date count as read.
READ_BEFORE = datetime.date(2023, 5, 29)


def read(name: str) -> Any:
    """Content of a data file of the demo."""
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def moment(day: str, hour: int) -> datetime.datetime:
    """A quarter past an hour of a past day."""
    return datetime.datetime.combine(datetime.date.fromisoformat(day), datetime.time(hour, 15), tzinfo=clock.VIETNAM)


def settle_messages(subject_type: str, pks: Collection[int]) -> None:
    """What the replay wrote is long past: no mail leaves, and old notices count as read."""
    written = OutboxMessage.objects.filter(subject_type=subject_type, subject_id__in=pks)
    unsent = [Status.PENDING, Status.WAITING]
    written.filter(channel=Channel.EMAIL, status__in=unsent).update(status=Status.SKIPPED)
    notices = written.filter(channel=Channel.IN_APP)
    notices.update(not_before=F("created_at"))
    old = clock.end_of_day(READ_BEFORE)
    notices.filter(created_at__lt=old, read_at=None).update(read_at=old)
