"""What script/server and script/test share: the virtual environment, the packages, the built files.

Runs on a bare Python 3.11, so only the standard library is used here.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"
STATIC_ROOT = ROOT / "staticfiles"


def say(sentence: str) -> None:
    """Print one line at once, also into a pipe."""
    print(sentence, flush=True)


def run(*words: str | Path, env: Mapping[str, str] | None = None, quiet: bool = False) -> int:
    """Run a command to its end and return its exit code; if we are stopped, it and its children are too."""
    output = subprocess.DEVNULL if quiet else None
    process = subprocess.Popen(
        [str(word) for word in words],
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=output,
        start_new_session=True,
    )
    try:
        return process.wait()
    except BaseException:
        kill_group(process.pid)
        process.wait()
        raise


def must_run(*words: str | Path, env: Mapping[str, str] | None = None, quiet: bool = False) -> None:
    """Run a command and end with its exit code when it fails."""
    if code := run(*words, env=env, quiet=quiet):
        sys.exit(code)


def kill_group(leader: int) -> None:
    """End what is left of a process group that we began."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let only one script set up this checkout at a time."""
    with open(ROOT / "manage.py", "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def digest(files: Iterable[Path], *more: str) -> str:
    """Return one hash over names and contents of files and over more words."""
    total = hashlib.sha256("\0".join(more).encode())
    for file in sorted(files):
        total.update(str(file).encode() + b"\0" + file.read_bytes())
    return total.hexdigest()


def is_done(name: str, key: str) -> bool:
    """Tell whether a step was already done for this key."""
    stamp = STAMPS / name
    return stamp.exists() and stamp.read_text(encoding="utf-8") == key


def note_done(name: str, key: str) -> None:
    """Remember that a step was done for this key."""
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(key, encoding="utf-8")


def set_up_packages(requirements: str) -> None:
    """Make the virtual environment and install the pinned packages, unless that was done for the same pins."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this may be an older system Python
        sys.exit("Cần Python 3.11 trở lên.")
    if not PYTHON.exists():
        say("Tạo môi trường Python riêng trong .venv …")
        must_run(sys.executable, "-m", "venv", "--clear", VENV)
    file = ROOT / requirements
    key = digest([file], os.path.realpath(PYTHON))
    if is_done(requirements, key):
        return
    say(f"Cài các gói của {requirements} …")
    options = ("--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes")
    must_run(PYTHON, "-m", "pip", "install", *options, "-r", file)
    note_done(requirements, key)


def set_up_static_files() -> None:
    """Compile the front end (the script knows whether it must) and collect the static files when any changed."""
    must_run(PYTHON, ROOT / "script" / "build_frontend")
    static = ROOT / "static"
    files = [file for file in static.rglob("*") if file.is_file() and "src" not in file.relative_to(static).parts]
    key = digest(files, (ROOT / "requirements.txt").read_text(encoding="utf-8"))
    if is_done("static", key) and (STATIC_ROOT / "staticfiles.json").exists():
        return
    say("Gom và nén các tệp tĩnh …")
    env = os.environ | {"PORTAL_ENV": "local", "DJANGO_SETTINGS_MODULE": "emulation_portal.settings"}
    must_run(PYTHON, ROOT / "manage.py", "collectstatic", "--noinput", "--ignore", "src", env=env, quiet=True)
    note_done("static", key)
