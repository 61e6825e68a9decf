"""The embedded queue: kombu's folder of messages, in which a message is whole from the moment it can be seen."""

from __future__ import annotations

import itertools
import logging
import os
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps

log = logging.getLogger(__name__)

#: Two messages of a process within one tick of the clock stay in their order.
_numbers = itertools.count()


class Channel(filesystem.Channel):
    """Writes a message aside and gives it its name when it is whole; passes over one that cannot be read.

    kombu writes under the final name: a worker that looks in between takes half a message, and ends.
    """

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]  # kombu disagrees with itself
        """Put a message onto a queue; the oldest has the smallest name, also across restarts of the machine."""
        name = f"{time.time_ns():020}_{next(_numbers):08}_{uuid.uuid4()}.{queue}.msg"
        folder = Path(self.data_folder_out)
        aside = folder / f".{name}.part"
        aside.write_text(dumps(payload))
        os.replace(aside, folder / name)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """Take the next message of a queue; one that is spoilt is gone, as nothing depends on a message."""
        try:
            return super()._get(queue)
        except ValueError:
            log.error("queue_message_spoilt")
            raise Empty from None


class Transport(filesystem.Transport):
    """The folder as a broker of Celery."""

    Channel = Channel
