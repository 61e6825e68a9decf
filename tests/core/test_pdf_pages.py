"""Pages of a PDF are told by a process of its own, within bounds; where they cannot be, the file is kept."""

from __future__ import annotations

import io
import subprocess
import tempfile
import zlib
from typing import IO

import pytest

from core.files import inspect_document, pdf_pages
from core.files.pdf_pages import count_pages
from tests.core import hostile_files as made


def nested_objects() -> bytes:
    """A page tree that leads back to itself."""
    return made.pdf_of(1).replace(b"/Kids[3 0 R]", b"/Kids[2 0 R]")


def bomb() -> bytes:
    """A stream of objects that unpacks to a gigabyte, in which the pages are said to be."""
    packed = zlib.compress(bytes(2**20), 9)
    for _round in range(1):
        packed = zlib.compress(packed * 1024, 9)
    head = f"<</Type/ObjStm/N 1/First 4/Filter[/FlateDecode/FlateDecode]/Length {len(packed)}>>stream\n".encode()
    body = b"%PDF-1.5\n5 0 obj" + head + packed + b"\nendstream endobj\n"
    table = b"\x01" + (9).to_bytes(4, "big") + b"\x02" + (5).to_bytes(4, "big")
    start = len(body)
    body += b"6 0 obj<</Type/XRef/Size 7/Root 1 0 R/W[1 4 0]/Index[5 1 1 1]/Length 10>>stream\n" + table
    return body + f"\nendstream endobj\nstartxref\n{start}\n%%EOF\n".encode()


@pytest.mark.parametrize("pages", [1, 3, 120])
def test_pages_are_counted_in_memory_and_on_disk(pages: int) -> None:
    with tempfile.NamedTemporaryFile() as stored:
        stored.write(made.pdf_of(pages))
        stored.flush()
        sources: list[IO[bytes]] = [io.BytesIO(made.pdf_of(pages)), open(stored.name, "rb")]  # noqa: SIM115 - closed below
        assert [(count_pages(source), source.tell()) for source in sources] == [(pages, 0)] * 2
        sources[1].close()


def test_the_pages_that_are_there_count_and_not_those_that_are_claimed() -> None:
    assert count_pages(io.BytesIO(made.pdf_of(2, claimed=900))) == 2


@pytest.mark.parametrize(
    "content",
    [made.PDF, b"", b"%PDF-1.4\n%%EOF\n", nested_objects(), bomb()],
    ids=["none", "empty", "torn", "loop", "bomb"],
)
def test_what_cannot_be_told_is_not_known(content: bytes) -> None:
    assert count_pages(io.BytesIO(content)) is None


def test_a_counter_that_takes_too_long_or_babbles_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*args: object, **kwargs: object) -> None:
        raise subprocess.TimeoutExpired("counter", 1)

    monkeypatch.setattr(pdf_pages.subprocess, "run", late)
    assert count_pages(io.BytesIO(made.pdf_of(1))) is None
    for words in ("", "-3", "9" * 9, "²", "1\n2"):
        told = subprocess.CompletedProcess([], 0, stdout=words)
        monkeypatch.setattr(pdf_pages.subprocess, "run", lambda *args, told=told, **kwargs: told)
        assert count_pages(io.BytesIO(made.pdf_of(1))) is None, words


def test_a_file_whose_pages_are_not_known_is_taken_all_the_same() -> None:
    kept = inspect_document(made.upload("giấy khen.pdf", made.PDF))
    assert (kept.pages, kept.file.read()) == (None, made.PDF)
    assert inspect_document(made.upload("giấy khen.pdf", made.pdf_of(2))).pages == 2
