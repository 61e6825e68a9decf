from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection

from emulation_portal.celery import app
from emulation_portal.folder_queue import Channel, Transport


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("broker", "control"):
        (tmp_path / name).mkdir()
    return tmp_path / "broker"


@pytest.fixture
def channel(folder: Path) -> Iterator[Any]:
    options = {
        "data_folder_in": str(folder),
        "data_folder_out": str(folder),
        "control_folder": str(folder.parent / "control"),
    }
    with Connection("filesystem://", transport=Transport, transport_options=options) as connection:
        yield connection.channel()


def test_the_embedded_queue_is_the_portals_own() -> None:
    assert app.connection_for_write().get_transport_cls() is Transport


def test_messages_come_in_their_order(channel: Any) -> None:
    for number in range(30):
        channel._put("celery", {"number": number, "words": "đã gửi"})
    assert channel._size("celery") == 30
    assert [channel._get("celery")["number"] for _take in range(30)] == list(range(30))
    with pytest.raises(Empty):
        channel._get("celery")


def test_a_message_is_whole_when_it_can_be_seen(channel: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []
    replace = os.replace

    def look_first(source: Path, target: Path) -> None:
        try:
            seen.append(channel._get("celery"))
        except Empty:
            seen.append(channel._size("celery"))
        replace(source, target)

    monkeypatch.setattr("emulation_portal.folder_queue.os.replace", look_first)
    channel._put("celery", {"number": 1})
    assert seen == [0]
    assert channel._get("celery") == {"number": 1}
    assert list(folder.iterdir()) == []


def test_a_reader_beside_a_writer_takes_every_message_once(channel: Any) -> None:
    taken: list[int] = []

    def write() -> None:
        for number in range(200):
            Channel._put(channel, "celery", {"number": number, "words": "x" * 20_000})

    writer = threading.Thread(target=write)
    writer.start()
    while writer.is_alive() or channel._size("celery"):
        try:
            taken.append(channel._get("celery")["number"])
        except Empty:
            continue
    writer.join()
    assert sorted(taken) == list(range(200))


@pytest.mark.parametrize("content", [b"", b'{"body": "', b"\xff\xfe"])
def test_a_spoilt_message_is_passed_over(channel: Any, folder: Path, content: bytes) -> None:
    (folder / f"{0:020}_spoilt.celery.msg").write_bytes(content)
    channel._put("celery", {"number": 1})
    with pytest.raises(Empty):
        channel._get("celery")
    assert channel._get("celery") == {"number": 1}
