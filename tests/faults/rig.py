"""The portal as real processes, ended one by one, with clients that keep their own journal.

Own database, own data folder, own port; gunicorn with two workers, one worker with its scheduler, a mail
server that only counts. Everything on 127.0.0.1, every process ended by its number.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

ROOT = Path(__file__).resolve().parents[2]
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mailbox:
    """Notes the Message-ID of every mail that it takes."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take a mail (a name of aiosmtpd's)."""
        found = re.search(rb"(?im)^message-id:\s*(\S+)", envelope.content)
        self.seen.append(found.group(1).decode() if found else "")
        return "250 OK"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Show the redirect itself."""


@dataclass
class Answer:
    """What came back: status (0: nothing came), text, seconds."""

    status: int
    text: str
    seconds: float
    headers: Any = None


class Reader:
    """A signed-in browser of few words."""

    def __init__(self, home: str, session: str) -> None:
        self.home, self.cookies = home, {"sessionid": session}
        self.opener = urllib.request.build_opener(_NoRedirect)

    def get(self, path: str) -> Answer:
        """Read a page."""
        return self._ask(urllib.request.Request(self.home + path))

    def post(self, path: str, form_at: str, **fields: str) -> Answer:
        """Send a form that stands on another page."""
        page = self.get(form_at)
        token = TOKEN.search(page.text)
        if not token:
            return page
        return self.send(path, token.group(1), **fields)

    def send(self, path: str, token: str, **fields: str) -> Answer:
        """Send a form whose token is known."""
        data = urllib.parse.urlencode(fields | {"csrfmiddlewaretoken": token}).encode()
        return self._ask(urllib.request.Request(self.home + path, data=data))

    def _ask(self, request: urllib.request.Request) -> Answer:
        request.add_header("Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        began = time.monotonic()
        try:
            with self.opener.open(request, timeout=40) as got:
                return self._read(got, began)
        except urllib.error.HTTPError as error:
            with error:
                return self._read(error, began)
        except (OSError, HTTPException):
            return Answer(0, "", time.monotonic() - began)

    def _read(self, got: Any, began: float) -> Answer:
        try:
            text = got.read().decode(errors="replace")
        except (OSError, HTTPException):
            return Answer(0, "", time.monotonic() - began)
        for line in got.headers.get_all("Set-Cookie") or []:
            name, _, rest = line.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return Answer(got.status, text, time.monotonic() - began, got.headers)


@dataclass
class Journal:
    """What the clients were told; written by them, not by the portal."""

    saved: list[str] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def note(self, answer: Answer, name: str = "") -> None:
        """Note an answer, and the name that it said was saved."""
        with self.guard:
            self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
            if name:
                self.tried.append(name)
            if name and answer.status == 302:
                self.saved.append(name)


class Rig:
    """One portal under test."""

    mailbox_class: type[Mailbox] = Mailbox

    def __init__(self, folder: Path, services: dict[str, str]) -> None:
        self.folder, self.port = folder, free_port()
        self.home = f"http://127.0.0.1:{self.port}"
        self.mailbox = self.mailbox_class()
        self.post_office = Controller(self.mailbox, hostname="127.0.0.1", port=free_port())
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.env = kept | services | {
            "PORTAL_ENV": "local",
            "PORT": str(self.port),
            "DATA_DIR": str(folder / "data"),
            "TRAINING_DATE": "",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.post_office.port}",
            "MAIL_FROM": "Cổng <cong@example.vn>",
            "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.given: dict[str, Any] = {}

    def __enter__(self) -> Rig:
        self.folder.mkdir(exist_ok=True)
        self.post_office.start()
        try:
            self.python("manage.py", "migrate", "--verbosity", "0")
            self.given = json.loads(self.python("-m", "tests.faults.inside", "fill").splitlines()[-1])
            self.start("web", "-m", "gunicorn", "-c", "emulation_portal/gunicorn.py", "emulation_portal.wsgi")
            pool = ("--pool", "prefork", "--concurrency", "1", "-B", "--schedule", str(self.folder / "data" / "beat"))
            lean = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING")
            self.start("worker", "-m", "celery", "--quiet", "-A", "emulation_portal", "worker", *pool, *lean)
            self.wait_until(lambda: self.reader().get("/ban-lam-viec/").status == 200, 60)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *problem: object) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(15)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # the group that we began
            process.wait()
        self.post_office.stop()

    def python(self, *words: str, given: str = "") -> str:
        """Run a command of the portal to its end and return what it says."""
        done = subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=self.env, input=given, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def start(self, name: str, *words: str) -> None:
        """Start one of the portal's processes in a group of its own."""
        with self.log(name).open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *words], cwd=ROOT, env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def log(self, name: str) -> Path:
        """Return the file with what a process said."""
        return self.folder / f"{name}.log"

    def reader(self, number: int = 0) -> Reader:
        """Return a browser of one of the officers."""
        return Reader(self.home, self.given["sessions"][number])

    def wait_until(self, judge: Any, seconds: float) -> float:
        """Wait for something and return how long it took."""
        began = time.monotonic()
        while not judge():
            assert self.processes["web"].poll() is None
            assert time.monotonic() - began < seconds, self.log("web").read_text(errors="replace")[-3000:]
            time.sleep(0.05)
        return time.monotonic() - began

    def web_workers(self) -> list[int]:
        """Return the processes below gunicorn's own."""
        found = []
        for place in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                state, parent = place.read_text().rpartition(")")[2].split()[:2]
                if int(parent) == self.processes["web"].pid and state != "Z":
                    found.append(int(place.parent.name))
        return found

    def kill_a_web_worker(self, chance: random.Random) -> None:
        """End one web worker at once, as the kernel would."""
        if workers := self.web_workers():
            with suppress(ProcessLookupError):
                os.kill(chance.choice(workers), signal.SIGKILL)

    def judge(self, journal: Journal) -> dict[str, Any]:
        """Compare journal and database; returns figures, with the broken invariants."""
        given = json.dumps({"saved": journal.saved, "tried": journal.tried})
        figures: dict[str, Any] = json.loads(
            self.python("-m", "tests.faults.inside", "judge", given=given).splitlines()[-1]
        )
        logs = "".join(self.log(name).read_text(errors="replace") for name in self.processes)
        figures["I7 words in logs"] = [word for word in self.given["private"] if word in logs]
        return figures


def work(rig: Rig, number: int, journal: Journal, stop: threading.Event) -> None:
    """Save drafts, take a record back and send it again, until told to stop."""
    reader, pk = rig.reader(number), rig.given["records"][number]
    while not stop.is_set():
        name = f"Người Thử {uuid.uuid4().hex}"
        form = "/dien-hinh/dang-ky/"
        journal.note(reader.post(form, form, full_name=name, **rig.given["start"]), name)
        for step in ("rut-lai", "gui"):
            journal.note(reader.post(f"/dien-hinh/{pk}/{step}/", form))
