"""Field history (django-simple-history): what a row held after each change that counts, and who made it.

Reference data keeps a row at every save. A record with a life keeps one at each of its steps and none while it is being
typed: its class sets `skip_history_when_saving`, and `core.workflow` writes the row. Private fields are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simple_history.models import HistoricalRecords

from core import clock


class _Records(HistoricalRecords):
    """Rows of a class whose history comes with its steps leave nothing behind when they are removed."""

    def post_delete(self, instance: Any, using: str | None = None, **kwargs: Any) -> None:
        """Write the row of a removal, but not of a draft that was never sent: it would keep what is to be forgotten."""
        if not getattr(instance, "skip_history_when_saving", False):
            super().post_delete(instance, using=using, **kwargs)


def field_history(*, without: Sequence[str] = ()) -> HistoricalRecords:
    """The history of a model, without the given fields; its table keeps no way back to people but the user's key."""
    return _Records(excluded_fields=list(without), user_related_name="+")


def keep_history(records: Sequence[Any], by: Any, *, reason: str = "") -> None:
    """Write the history rows of records that a step has just changed: one query; nothing for models without history."""
    history = getattr(type(records[0]), "history", None) if records else None
    if history is not None:
        history.bulk_history_create(
            records, update=True, default_user=by, default_date=clock.now(), default_change_reason=reason or None
        )
