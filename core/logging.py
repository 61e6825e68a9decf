"""Structured logs: JSON in production, lines elsewhere; the mark of the request on each; nothing personal.

Personal data reaches logs by two side doors, which are shut here. The text of an exception may quote a
row ("Key (full_name)=(…) already exists"), so an exception is logged as its type and its frames only.
Django's own lines about requests quote the path and its query, so only their status is kept.
"""

from __future__ import annotations

import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

ROOT = Path(__file__).resolve().parent.parent
#: Loggers that quote the text of exceptions and the address of the broker in their own lines.
QUEUE = ("celery", "kombu", "amqp", "billiard", "multiprocessing")
PATH_QUOTING = ("django.request", "django.server", "django.security", "django.template")


def drop_paths(logger: Any, method: str, event: EventDict) -> EventDict:
    """Replace lines that quote addresses or values by the status and the name of their logger."""
    record = event.get("_record")
    if record is not None and record.name.startswith(PATH_QUOTING):
        event["event"] = "refused or failed"
        event["status"] = getattr(record, "status_code", None)
        event.pop("positional_args", None)
    return event


def drop_task_texts(logger: Any, method: str, event: EventDict) -> EventDict:
    """Replace lines of the queue by the name of the task; the type of an exception is added as for all others."""
    record = event.get("_record")
    if record is not None and record.name.partition(".")[0] in QUEUE:
        data = getattr(record, "data", None)
        event["event"] = "task" if isinstance(data, dict) else "queue"
        if isinstance(data, dict):
            event["task"] = str(data.get("name", ""))
        event.pop("positional_args", None)
    return event


def plain_exception(logger: Any, method: str, event: EventDict) -> EventDict:
    """Replace an exception by its type and its frames, without its text and without local variables."""
    found = event.pop("exc_info", None)
    record = event.get("_record")
    if record is not None and record.exc_info:
        found = record.exc_info
    if isinstance(found, BaseException):
        found = (type(found), found, found.__traceback__)
    if isinstance(found, tuple) and found[0] is not None:
        event["exception"] = found[0].__qualname__
        event["frames"] = _frames(found[2])
    return event


def _frames(trace: TracebackType | None) -> list[str]:
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)[-12:]]


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else "/".join(path.parts[-3:])


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=False),
]


def logging_settings(*, as_json: bool, level: str) -> dict[str, Any]:
    """Return Django's LOGGING: everything to standard error through one structlog formatter."""
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event", "mark"], drop_missing=True)
    )
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": SHARED,
        "processors": [drop_paths, drop_task_texts, plain_exception, remove, renderer],
    }
    quiet = {"level": "ERROR"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"portal": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "portal"}},
        "root": {"handlers": ["stderr"], "level": level},
        # Django gives its logger handlers of its own (console, mails to administrators): all go through ours.
        # django-axes logs user names and addresses below ERROR; its table has them for who may see them.
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            "axes": quiet,
            "celery": {"level": "WARNING"},
            "kombu": quiet,
        },
    }


def configure_structlog() -> None:
    """Make structlog's own loggers end in the standard logging above."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
