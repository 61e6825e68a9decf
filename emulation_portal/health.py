"""Whether the parts of the portal are well, for a monitor and for the administrator; no personal data.

Each part is judged by itself: one that cannot even be asked is "failed" and spoils no other. Details go to
the addresses of HEALTH_ADDRESSES only; everybody else hears whether all is well.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from ipaddress import ip_address
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache as shared_cache
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import clock, deadline
from core.http import client_address
from notifications.models import Channel, OutboxMessage, Status, Tick

log = structlog.get_logger(__name__)

HEARTBEAT_KEY = "worker-heartbeat"
BEAT_KEY = "beat-heartbeat"
LEAST_FREE_BYTES = 200 * 1024 * 1024
#: A mail that is due longer than this, or that has met faults for an hour, means that mail does not go out.
LONGEST_DUE = timedelta(minutes=10)
LONGEST_TRIED = timedelta(hours=1)
SECONDS_TO_ANSWER = 5
KEPT_SECONDS = 5


def note_heartbeat() -> None:
    """Note that the worker carried out a task now."""
    shared_cache.set(HEARTBEAT_KEY, clock.wall_now().timestamp(), timeout=24 * 3600)


def note_beat() -> None:
    """Note that the scheduler gives out a task now; a cache that is away must not keep it from doing so."""
    try:
        shared_cache.set(BEAT_KEY, clock.wall_now().timestamp(), timeout=24 * 3600)
    except Exception:  # noqa: BLE001 - Redis and files fail in ways of their own
        log.warning("beat_not_noted")


def age_of(key: str) -> float | None:
    """Return the seconds since a heartbeat, or None when there was none for a day."""
    beat = shared_cache.get(key)
    return None if beat is None else max(0.0, clock.wall_now().timestamp() - beat)


def _is_fresh(key: str) -> bool:
    age = age_of(key)
    return age is not None and age < settings.WORKER_HEARTBEAT_MAX_AGE.total_seconds()


def database_is_well() -> bool:
    """Ask the database one trivial question."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def queue_is_well() -> bool:
    """Tell whether the worker carried out the heartbeat of the scheduler lately."""
    return _is_fresh(HEARTBEAT_KEY)


def beat_is_well() -> bool:
    """Tell whether the scheduler gave out its heartbeat lately."""
    return _is_fresh(BEAT_KEY)


def disk_is_well() -> bool:
    """Tell whether the data folder can be written and has room, and the folder of uploads too."""
    probe = settings.DATA_DIR / ".healthz"
    probe.write_bytes(b"")
    return free_bytes() >= LEAST_FREE_BYTES


def free_bytes() -> int:
    """Return the room that is left where data and uploads lie, the smaller of the two."""
    return min(shutil.disk_usage(folder).free for folder in (settings.DATA_DIR, settings.MEDIA_ROOT))


def mail_figures() -> dict[str, Any]:
    """Count the mails that wait, since when the oldest is due or is being tried, and the failed of a day."""
    now = clock.wall_now()
    mails = OutboxMessage.objects.filter(channel=Channel.EMAIL)
    unsent = Q(status__in=(Status.PENDING, Status.CLAIMED))
    return mails.filter(unsent | Q(status=Status.FAILED, created_at__gte=now - timedelta(days=1))).aggregate(
        waiting=Count("pk", filter=unsent & Q(not_before__lte=now)),
        due_since=Min("not_before", filter=unsent & Q(not_before__lte=now)),
        tried_since=Min("created_at", filter=unsent & ~Q(last_error="")),
        failed=Count("pk", filter=Q(status=Status.FAILED)),
    )


def mail_is_well() -> bool:
    """Tell whether mails leave in time."""
    now, figures = clock.wall_now(), mail_figures()

    def older(moment: datetime | None, limit: timedelta) -> bool:
        return moment is not None and now - moment > limit

    return not older(figures["due_since"], LONGEST_DUE) and not older(figures["tried_since"], LONGEST_TRIED)


def reminders_are_well() -> bool:
    """Tell whether the engine of reminders ran lately and without an error; before its first run nothing is wrong."""
    tick = Tick.objects.current()
    return not tick.error and not tick.is_late


@cache
def _last_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.leaf_nodes())


def migrations_are_applied() -> bool:
    """Tell whether the database has the last migration of every app."""
    rows = MigrationRecorder(connection).migration_qs.values_list("app", "name")
    return _last_migrations() <= set(rows)


#: The parts in the order in which they are told.
PARTS: dict[str, Callable[[], bool]] = {
    "database": database_is_well,
    "queue": queue_is_well,
    "disk": disk_is_well,
    "beat": beat_is_well,
    "mail": mail_is_well,
    "reminders": reminders_are_well,
    "migrations": migrations_are_applied,
}


def _word(judge: Callable[[], bool]) -> str:
    try:
        return "ok" if judge() else "failed"
    except Exception:  # noqa: BLE001 - whatever is wrong, the answer is "failed" and never an error page
        return "failed"


def judge_parts() -> dict[str, str]:
    """Judge every part by one word, within a few seconds for all."""
    with deadline.within(SECONDS_TO_ANSWER):
        return {name: _word(judge) for name, judge in PARTS.items()}


_judging = threading.Lock()
_lately: dict[str, Any] = {}


def forget_judgement() -> None:
    """Judge anew at the next question."""
    _lately.clear()


def judged_lately() -> dict[str, str]:
    """The judgement of this process, at most KEPT_SECONDS old: who asks in a loop must not keep the database busy."""
    with _judging:
        if not _lately or time.monotonic() - _lately["at"] >= KEPT_SECONDS:
            parts = judge_parts()
            _lately.update(at=time.monotonic(), parts=parts)
        found: dict[str, str] = _lately["parts"]
        return found


def is_told_details(request: HttpRequest) -> bool:
    """Tell whether the asker's address is one of those that hear more than "ok" or "failed"."""
    address = ip_address(client_address(request))
    return any(address in network for network in settings.HEALTH_ADDRESSES)


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when all is well, 503 otherwise; a word for each part only to whom it may concern."""
    parts = judged_lately()
    well = set(parts.values()) == {"ok"}
    told = parts if is_told_details(request) else {"status": "ok" if well else "failed"}
    return JsonResponse(told, status=200 if well else 503)


class HealthMiddleware:
    """Answers /healthz before the check of the host name, the session and the redirect to https."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return healthz(request) if request.path == "/healthz" else self.get_response(request)
