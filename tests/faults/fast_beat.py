"""The portal's scheduler with every clock set to seconds, so that a test need not wait for minutes."""

from __future__ import annotations

import sys
from datetime import timedelta

from emulation_portal.celery import app

if __name__ == "__main__":
    # A run plans the whole day anew: one a second would leave the workers no time to send.
    every = {"remind": 5, "deliver-due": 2, "worker-heartbeat": 15}
    app.conf.beat_schedule = {
        name: app.conf.beat_schedule[name] | {"schedule": timedelta(seconds=seconds)} for name, seconds in every.items()
    }
    app.Beat(schedule=sys.argv[1], loglevel="WARNING").run()
