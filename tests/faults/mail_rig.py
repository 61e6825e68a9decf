"""The portal's workers and schedulers as real processes, killed, frozen and doubled, with a mail server that counts."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.faults.rig import Mailbox, Rig

MODULE = "tests.faults.inside_mail"


class SlowMailbox(Mailbox):
    """Takes its time for every mail, so that a kill meets one on its way."""

    seconds = 0.0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take a mail, half of the time before and half after it counts (a name of aiosmtpd's)."""
        await asyncio.sleep(self.seconds / 2)
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(self.seconds / 2)
        return answer


class MailRig(Rig):
    """Workers by name, without a web server; the clock of the work stands on a working day."""

    mailbox_class = SlowMailbox
    mailbox: SlowMailbox

    def __init__(self, folder: Path, services: dict[str, str], people: int) -> None:
        super().__init__(folder, services)
        self.people = people
        # As long as the worker itself may take: on a new PostgreSQL there are no statistics yet.
        self.env |= {"TRAINING_DATE": "2023-06-08", "DATABASE_STATEMENT_TIMEOUT": "300"}

    def __enter__(self) -> MailRig:
        self.folder.mkdir(exist_ok=True)
        self.post_office.start()
        try:
            self.python("manage.py", "migrate", "--verbosity", "0")
            self.inside("fill", str(self.people))
        except BaseException:
            self.__exit__()
            raise
        return self

    def inside(self, *words: str) -> dict[str, Any]:
        """Do something inside the portal's database."""
        found: dict[str, Any] = json.loads(self.python("-m", MODULE, *words).splitlines()[-1])
        return found

    def begin(self) -> None:
        """Begin a test: nobody runs, nothing was told, everybody owes a report."""
        for name in list(self.processes):
            self.end(name)
        self.mailbox.seen.clear()
        self.mailbox.seconds = 0.0
        self.inside("lose")
        self.inside("forget")
        self.inside("owe", f"M{time.monotonic_ns()}")

    def start_worker(self, name: str) -> None:
        """Start a worker of one process."""
        lean = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING")
        self.start(name, "-m", "celery", "--quiet", "-A", "emulation_portal", "worker", "-n", f"{name}@rig",
                   "--pool", "prefork", "--concurrency", "1", *lean)  # fmt: skip

    def start_beat(self, name: str) -> None:
        """Start a scheduler whose clocks are set to a second."""
        self.start(name, "-m", "tests.faults.fast_beat", str(self.folder / f"{name}.schedule"))

    def signal(self, name: str, what: int) -> None:
        """Send a signal to a process and all that it began."""
        with suppress(ProcessLookupError):
            os.killpg(self.processes[name].pid, what)

    def end(self, name: str) -> None:
        """End a process at once, as the kernel would."""
        self.signal(name, signal.SIGKILL)
        self.processes.pop(name).wait()

    def until(self, judge: Callable[[], bool], seconds: float) -> float:
        """Wait for something and return how long it took."""
        began = time.monotonic()
        while not judge():
            assert time.monotonic() - began < seconds, self.said()
            time.sleep(0.1)
        return time.monotonic() - began

    def said(self) -> str:
        """The last words of every process."""
        logs = [self.log(name) for name in self.processes]
        return "\n".join(log.read_text(errors="replace")[-1500:] for log in logs if log.exists())

    def wait_for_mails(self, seconds: float, count: int = 0) -> float:
        """Wait until so many people, everybody by default, got a mail; returns how long it took."""
        return self.until(lambda: len(set(self.mailbox.seen)) >= (count or self.people), seconds)

    def wait_until_settled(self, seconds: float) -> dict[str, Any]:
        """Wait until every mail is recorded as sent; returns how things stand."""
        found: dict[str, Any] = {}

        def settled() -> bool:
            found.update(self.inside("state"))
            return found["mails"] == {"sent": self.people}

        self.until(settled, seconds)
        return found
