"""Checking the log: from the first row to the head, and against a head that was printed earlier."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from core.audit.chain import COLUMNS, GENESIS, digest_after, mirrored_rows, standings
from core.audit.models import AuditEvent, AuditHead, EventKind
from core.heads import Head

_CHUNK = 5000


@dataclass(frozen=True)
class Report:
    """What a check found: rows read, the head, and the first fault in words ("" when there is none)."""

    rows: int
    head: Head
    fault: str = ""
    number: int | None = None

    @property
    def is_whole(self) -> bool:
        return not self.fault


class Broken(Exception):
    """The first fault of a chain."""

    def __init__(self, number: int | None, fault: str) -> None:
        super().__init__(fault)
        self.number = number
        self.fault = fault


def current_head() -> Head:
    """The end of the chain as it stands; one query."""
    head = AuditHead.objects.filter(pk=1).first()
    return Head(head.number, head.digest) if head else Head(0, GENESIS)


def verify(known: Head | None = None, *, with_records: bool = True) -> Report:
    """Read the whole chain as it stands at one moment; writers go on meanwhile.

    `known` is a head that was printed earlier, by which a cut tail is found. Without `with_records` the chain alone is
    read, for a database of an older form.
    """
    with _one_moment():
        return _verify(known, with_records=with_records)


@contextmanager
def _one_moment() -> Iterator[None]:
    """One snapshot for all that is read: the head, the rows and the steps of the records belong together."""
    if connection.in_atomic_block:
        yield
        return
    if connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    connection.ensure_connection()
    sqlite: Any = connection
    usual = sqlite.transaction_mode
    sqlite.transaction_mode = "DEFERRED"  # a reading transaction keeps its snapshot and no writer out
    try:
        with transaction.atomic():
            yield
    finally:
        sqlite.transaction_mode = usual


def _verify(known: Head | None, *, with_records: bool) -> Report:
    last = Head(0, GENESIS)
    steps: dict[tuple[str, int], tuple[Any, ...]] = {}
    targets: dict[tuple[str, int], str] = {}
    try:
        for values, previous, digest in _rows():
            last = _next(last, values, previous, digest, known)
            _note_step(steps, targets, values)
        _check_end(last, known)
        if with_records:
            _check_mirrors(steps)
            _check_standings(targets)
    except Broken as broken:
        return Report(last.number, last, broken.fault, broken.number)
    return Report(last.number, last)


def _rows() -> Iterator[tuple[tuple[Any, ...], str, str]]:
    found = AuditEvent.objects.order_by("number").values_list(*COLUMNS, "previous", "digest")
    for row in found.iterator(chunk_size=_CHUNK):
        yield row[:-2], row[-2], row[-1]


def _next(last: Head, values: tuple[Any, ...], previous: str, digest: str, known: Head | None) -> Head:
    number = values[0]
    if number != last.number + 1:
        raise Broken(last.number + 1, _("thiếu dòng %(number)d") % {"number": last.number + 1})
    if previous != last.digest:
        raise Broken(number, _("dòng %(number)d không nối với dòng trước") % {"number": number})
    if digest != digest_after(previous, values):
        raise Broken(number, _("nội dung dòng %(number)d đã bị sửa") % {"number": number})
    if known and number == known.number and not digest.startswith(known.digest):
        raise Broken(number, _("dòng %(number)d khác với đầu chuỗi đã in") % {"number": number})
    return Head(number, digest)


def _check_end(last: Head, known: Head | None) -> None:
    if known and known.number > last.number:
        raise Broken(last.number + 1, _("mất các dòng từ %(number)d") % {"number": last.number + 1})
    if current_head() != last:
        raise Broken(last.number, _("đầu chuỗi không khớp với dòng cuối"))


def _note_step(
    steps: dict[tuple[str, int], tuple[Any, ...]], targets: dict[tuple[str, int], str], values: tuple[Any, ...]
) -> None:
    row = dict(zip(COLUMNS, values, strict=True))
    if row["kind"] == EventKind.STEP:
        data = json.loads(row["data"])
        told = (
            row["subject_id"],
            row["at"],
            row["action"],
            row["actor_id"],
            data["source"],
            data["target"],
            row["reason"],
        )
        steps[row["subject_type"], data["log"]] = (row["number"], *told)
        targets[row["subject_type"], row["subject_id"]] = data["target"]


def _check_mirrors(steps: dict[tuple[str, int], tuple[Any, ...]]) -> None:
    for kind, log, *told in mirrored_rows():
        number, *chained = steps.pop((kind, log), (None,))
        if chained != told:
            raise Broken(number, _("bước %(log)d của hồ sơ khác với nhật ký") % {"log": log})
    for number, *_rest in steps.values():
        raise Broken(number, _("bước ở dòng %(number)d không còn trong hồ sơ") % {"number": number})


def _check_standings(targets: dict[tuple[str, int], str]) -> None:
    """A record stands where its last step led, undone or not: undoing is a step of its own."""
    for kind, pk, state, first in standings():
        if targets.get((kind, pk), first) != state:
            raise Broken(None, _("trạng thái của hồ sơ %(pk)d khác với bước cuối trong nhật ký") % {"pk": pk})
