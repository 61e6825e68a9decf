"""Which program runs: its version and the commit that it was built from."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from django.conf import settings

UNKNOWN = "không rõ"


@cache
def version() -> str:
    """Return the version of pyproject.toml."""
    with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


@cache
def commit() -> str:
    """Return the first letters of the checked-out commit, read from .git without running a program."""
    try:
        return _commit_of(_git_folder(settings.BASE_DIR))[:12] or UNKNOWN
    except OSError:
        return UNKNOWN


def _git_folder(root: Path) -> Path:
    place = root / ".git"
    if place.is_file():  # a work tree names the folder that has its HEAD
        return Path(place.read_text(encoding="utf-8").removeprefix("gitdir:").strip())
    return place


def _commit_of(folder: Path) -> str:
    head = (folder / "HEAD").read_text(encoding="utf-8").strip()
    if not head.startswith("ref: "):
        return head
    name = head.removeprefix("ref: ")
    shared = folder / "commondir"
    common = folder / shared.read_text(encoding="utf-8").strip() if shared.exists() else folder
    if (common / name).exists():
        return (common / name).read_text(encoding="utf-8").strip()
    packed = (common / "packed-refs").read_text(encoding="utf-8").splitlines()
    return next((line.split()[0] for line in packed if line.endswith(f" {name}")), "")
