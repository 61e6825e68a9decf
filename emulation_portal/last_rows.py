"""The ends of the records that only grow: the chained log, steps of exemplars, looks at private fields, messages."""

from __future__ import annotations

from functools import partial

from django.db import connection
from django.db.models import Max, Model

from campaigns.models import MovementTransition
from core.audit import current_head
from core.audit.models import AuditHead
from core.heads import Head, register_head
from models_registry.models import ExemplarTransition, PrivateLook
from notifications.models import OutboxMessage, Reminder

GROWING: dict[str, type[Model]] = {
    "hồ sơ": ExemplarTransition,
    "phong trào": MovementTransition,
    "xem thông tin riêng": PrivateLook,
    "thông báo": OutboxMessage,
    "nhắc hạn": Reminder,
}


def register_last_rows() -> None:
    """Let a backup say how far each of them reaches."""
    register_head("nhật ký", log_head)
    for name, model in GROWING.items():
        register_head(name, partial(last_row, model))


def log_head() -> Head:
    """Return the head of the chained log."""
    if AuditHead._meta.db_table not in connection.introspection.table_names():
        return Head(0)  # a backup before the migration that makes it
    return current_head()


def last_row(model: type[Model]) -> Head:
    """Return the number of the last row of a table, 0 when it is empty."""
    if model._meta.db_table not in connection.introspection.table_names():
        return Head(0)  # a backup before the migration that makes it
    return Head(model._default_manager.aggregate(last=Max("pk"))["last"] or 0)
