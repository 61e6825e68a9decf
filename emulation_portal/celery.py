"""Celery's application: JSON messages only, nothing kept of results, late acknowledgement."""

import os
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import beat_embedded_init, beat_init, before_task_publish, setup_logging, worker_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emulation_portal.settings")

app = Celery("emulation_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_configure.connect
def make_broker_folders(sender: Celery, **kwargs: Any) -> None:
    """Make the folders of the embedded broker, for their owner only."""
    options = sender.conf.broker_transport_options or {}
    for name in ("data_folder_in", "data_folder_out", "control_folder"):
        if name in options:
            Path(options[name]).mkdir(mode=0o700, parents=True, exist_ok=True)


@setup_logging.connect
def keep_portal_logging(**kwargs: Any) -> None:
    """Keep the portal's own logging: a receiver of this signal stops Celery from setting up its own."""


@worker_init.connect
def judge_start(**kwargs: Any) -> None:
    """Refuse a production worker on a database with demo accounts, as the web server does."""
    from .checks import refuse_unsafe_start

    refuse_unsafe_start()


@worker_ready.connect
def first_heartbeat(**kwargs: Any) -> None:
    """Say at once that the worker is there, and let the reminders catch up with what was missed meanwhile."""
    from notifications.tasks import tick_now

    from .health import note_heartbeat

    note_heartbeat()
    tick_now()


@beat_init.connect
@beat_embedded_init.connect
def first_beat(**kwargs: Any) -> None:
    """Say at once that the scheduler is there."""
    from .health import note_beat

    note_beat()


@before_task_publish.connect(sender="emulation_portal.tasks.beat_heart")
def next_beat(**kwargs: Any) -> None:
    """Say with each heartbeat given out that the scheduler is there, whether or not a worker carries it out."""
    from .health import note_beat

    note_beat()
