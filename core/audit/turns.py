"""What may be caused in a loop takes turns: one row a minute that says how many were left out."""

from __future__ import annotations

import structlog
from django.core.cache import cache

log = structlog.get_logger(__name__)

QUIET_SECONDS = 60
_KEPT_SECONDS = 24 * 3600


def left_out(key: str, *, rows: int = 1) -> int | None:
    """How many events of this key were left out since the last row; None when this one is to be left out as well.

    `rows` may be written in QUIET_SECONDS. With the cache away nothing is left out.
    """
    turn, left = f"turn:{key}", f"left:{key}"
    try:
        if cache.add(turn, 1, QUIET_SECONDS) or cache.incr(turn) <= rows:
            count = int(cache.get(left, 0))
            cache.delete(left)
            return count
        cache.add(left, 0, _KEPT_SECONDS)
        cache.incr(left)
    except Exception as error:  # noqa: BLE001 - Redis and files fail in ways of their own
        log.warning("turns_without_cache", error=type(error).__qualname__)
        return 0
    return None
