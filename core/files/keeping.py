"""Files of the store against the rows: what a broken-off write has left behind, and what has been lost."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator

from django.core.files.storage import default_storage

from core import clock

#: A file is written before its row: a young one may belong to a row that is not there yet.
GRACE = datetime.timedelta(days=1)
_folders: dict[str, Callable[[], Iterable[str]]] = {}
_forgetting: dict[str, Callable[[], int]] = {}


def register_folder(folder: str, claimed: Callable[[], Iterable[str]], forget: Callable[[], int] | None = None) -> None:
    """Name a folder of the store and the names of files that its rows give; the files lie one folder deeper.

    `forget` deletes, at each sweep, what was taken off for good and returns how many files that were.
    """
    _folders[folder] = claimed
    if forget is not None:
        _forgetting[folder] = forget


def _claimed() -> set[str]:
    return {name for claimed in _folders.values() for name in claimed() if name}


def _stored(folder: str) -> Iterator[str]:
    storage = default_storage
    if not storage.exists(folder):
        return
    for mark in storage.listdir(folder)[0]:
        yield from (f"{folder}/{mark}/{name}" for name in storage.listdir(f"{folder}/{mark}")[1])


def _all_stored() -> Iterator[str]:
    for folder in _folders:
        yield from _stored(folder)


def unclaimed_files() -> list[str]:
    """Names of files that no row knows and that are old enough not to be on their way."""
    limit, claimed = clock.wall_now() - GRACE, _claimed()
    return [name for name in _all_stored() if name not in claimed and default_storage.get_modified_time(name) < limit]


def lost_files() -> list[str]:
    """Names that rows give and the store does not have."""
    return sorted(_claimed() - set(_all_stored()))


def sweep() -> list[str]:
    """Delete what was taken off for good, then what no row knows; returns the names of the latter."""
    for forget in _forgetting.values():
        forget()
    names = unclaimed_files()
    for name in names:
        default_storage.delete(name)
    return names
