"""script/server as an operator runs it: real processes, on the database that this run tests."""

import os
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent.parent
KEPT = ("PATH", "HOME", "LANG")
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("server")]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def services(django_db_setup, django_db_blocker):
    """On PostgreSQL an empty database of its own, and Redis; nothing on SQLite."""
    if connection.vendor != "postgresql":
        yield {}
        return
    name = f"test_server_{os.getpid()}"
    there = settings.DATABASES["default"]
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    address = f"postgres://{there['USER']}:{there['PASSWORD']}@{there['HOST']}:{there['PORT'] or 5432}/{name}"
    redis = {"REDIS_URL": os.environ["TEST_REDIS_URL"]} if os.environ.get("TEST_REDIS_URL") else {}
    yield {"DATABASE_URL": address} | redis
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Server:
    """One script/server with its data folder; says what it printed and how long it took."""

    def __init__(self, data, services, port=None):
        self.port = port or free_port()
        self.log = data / "server.log"
        env = {name: os.environ[name] for name in KEPT if name in os.environ} | services
        env |= {"PORT": str(self.port), "DATA_DIR": str(data)}
        self.began = time.monotonic()
        data.mkdir(exist_ok=True)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [ROOT / "script" / "server"], env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def words(self):
        return self.log.read_text(encoding="utf-8")

    def wait_until_well(self, seconds=300):
        while self.status() != 200 or "Cổng đang chạy" not in self.words():
            assert self.process.poll() is None, self.words()
            assert time.monotonic() - self.began < seconds, self.words()
            time.sleep(0.1)
        return time.monotonic() - self.began

    def status(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return answer.status
        except OSError as error:
            return getattr(error, "code", None)

    def children(self):
        found = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        parents = [tuple(map(int, line.split())) for line in found.splitlines()]
        family = {self.process.pid}
        for _generation in range(4):
            family |= {pid for pid, parent in parents if parent in family}
        return family - {self.process.pid}

    def whole_family(self, least=4):
        """The processes below the script, once web and worker have both begun theirs."""
        until = time.monotonic() + 30
        while len(family := self.children()) < least:
            assert time.monotonic() < until, self.words()
            time.sleep(0.1)
        return family

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(30)


def runs(pid):
    """Whether a process runs; one that has ended and only waits to be reaped does not."""
    try:
        return b") Z" not in Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return False


def left_of(family, seconds=2.0):
    """Return what still runs of a family after at most these seconds."""
    until = time.monotonic() + seconds
    while any(map(runs, family)) and time.monotonic() < until:
        time.sleep(0.1)
    return {pid for pid in family if runs(pid)}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("server") / "data"


@pytest.fixture
def server(data, services):
    running = Server(data, services)
    running.wait_until_well()
    yield running
    if running.process.poll() is None:
        running.end()


def test_a_signal_ends_every_process_and_the_next_start_is_quick(server, data, services):
    family = server.whole_family()
    assert server.end(signal.SIGTERM) == 0
    assert left_of(family) == set()

    again = Server(data, services)
    again.wait_until_well()
    assert again.end(signal.SIGHUP) == 0
    assert f"Cổng đang chạy: http://127.0.0.1:{again.port}/" in again.words()
    assert "mật khẩu chung: thidua-1948" in again.words()
    assert "binhnhi" in again.words()


def test_a_killed_server_leaves_no_process(server):
    family = server.children()
    server.process.kill()
    server.process.wait(5)
    assert left_of(family, seconds=20) == set()


def test_when_one_process_ends_the_others_end_too(server):
    family = server.children()
    worker = min(pid for pid in family if b"celery" in Path(f"/proc/{pid}/cmdline").read_bytes())
    os.kill(worker, signal.SIGKILL)
    assert server.process.wait(30) == 1
    assert "dừng tất cả" in server.words()
    assert left_of(family) == set()


def test_a_second_one_on_the_same_port_or_data_is_told_so(server, data, services, tmp_path):
    port = Server(tmp_path / "other", services, port=server.port)
    assert port.process.wait(30) == 1
    assert f"Cổng {server.port} không mở được" in port.words()
    folder = subprocess.run(
        [ROOT / "script" / "server"],
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(data), "PORT": str(free_port())},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert folder.returncode == 1
    assert "đang được một máy chủ khác dùng" in folder.stderr
    # Each web process keeps its own judgement for five seconds: one of them may still tell of the start.
    server.wait_until_well()
