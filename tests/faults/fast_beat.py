"""The portal's scheduler with every clock set to a second, so that a test need not wait for minutes."""

from __future__ import annotations

import sys
from datetime import timedelta

from emulation_portal.celery import app

if __name__ == "__main__":
    reminding = ("remind", "deliver-due", "worker-heartbeat")
    app.conf.beat_schedule = {
        name: app.conf.beat_schedule[name] | {"schedule": timedelta(seconds=1)} for name in reminding
    }
    app.Beat(schedule=sys.argv[1], loglevel="WARNING").run()
