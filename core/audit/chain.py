"""Adding to the log: in the transaction of the cause, one after the other, each row hashed over the one before."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from core import clock
from core.audit.models import AuditEvent, AuditHead, EventKind

if TYPE_CHECKING:
    from core.workflow import Transition

GENESIS = "0" * 64
#: The columns that the digest covers, in this order for ever.
COLUMNS = (
    "number",
    "at",
    "kind",
    "action",
    "actor_id",
    "actor_unit",
    "roles",
    "scope_unit",
    "subject_type",
    "subject_id",
    "subject_label",
    "reason",
    "data",
)


@dataclass(frozen=True)
class Subject:
    """What an event is about: kind of record, its key, the number that people quote, the unit it belongs to."""

    kind: str = ""
    pk: int | None = None
    label: str = ""
    unit_id: int | None = None


NOTHING = Subject()


def words_of(values: Iterable[Any]) -> str:
    """One row as the text that is hashed; times in UTC to the microsecond."""
    plain = [v.astimezone(datetime.UTC).isoformat() if isinstance(v, datetime.datetime) else v for v in values]
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def digest_after(previous: str, values: Iterable[Any]) -> str:
    """SHA-256 in hex over the digest before and the words of a row."""
    return hashlib.sha256(f"{previous}\n{words_of(values)}".encode()).hexdigest()


@dataclass(frozen=True)
class Entry:
    """One event to be added: what happened, by whom, about what."""

    kind: str
    action: str
    actor: Any = None
    roles: frozenset[str] = frozenset()
    subject: Subject = NOTHING
    reason: str = ""
    data: dict[str, Any] | None = None
    at: datetime.datetime | None = None


def record(*, kind: str, action: str, **more: Any) -> AuditEvent:
    """Add one event (the fields of `Entry`) to the chain, within the caller's transaction when there is one."""
    return record_all([Entry(kind, action, **more)])[0]


@transaction.atomic
def record_all(entries: Iterable[Entry]) -> list[AuditEvent]:
    """Add events in their order: three queries whatever their number.

    Locks the head until the transaction ends: take the locks of all records first, or two writers may wait for each
    other. No personal data in `data`, nor in `reason` beyond what people wrote as a reason.
    """
    head, _begun = AuditHead.objects.select_for_update().get_or_create(pk=1, defaults={"digest": GENESIS})
    events = []
    for entry in entries:
        event = _event(entry, head)
        events.append(event)
        head.number, head.digest = event.number, event.digest
    AuditEvent.objects.bulk_create(events)
    AuditHead.objects.filter(pk=1).update(number=head.number, digest=head.digest)
    return events


def _event(entry: Entry, head: AuditHead) -> AuditEvent:
    data = json.dumps(entry.data, ensure_ascii=False, sort_keys=True, separators=(",", ":")) if entry.data else ""
    event = AuditEvent(
        number=head.number + 1,
        at=entry.at or clock.now(),
        kind=entry.kind,
        action=entry.action,
        actor=entry.actor,
        actor_unit=_unit_name(entry.actor),
        roles=" ".join(sorted(entry.roles))[:120],
        scope_unit=entry.subject.unit_id or getattr(entry.actor, "home_unit_id", None),
        subject_type=entry.subject.kind,
        subject_id=entry.subject.pk,
        subject_label=entry.subject.label[:60],
        reason=entry.reason,
        data=data,
        previous=head.digest,
    )
    event.digest = digest_after(head.digest, (getattr(event, name) for name in COLUMNS))
    return event


def _unit_name(actor: Any) -> str:
    unit = getattr(actor, "home_unit", None)
    return unit.name[:200] if unit else ""


def record_steps(row: Transition, logs: Iterable[tuple[Any, frozenset[str]]], by: Any) -> None:
    """Add the events of applied transitions, each with the roles held over its record.

    They stand in the journal of the record's unit, or of its `log_unit_id` where it has one. `data` names the log row
    of each, so that the two can be compared.
    """
    record_all(_step_entry(row, log, held, by) for log, held in logs)


def _step_entry(row: Transition, log: Any, held: frozenset[str], by: Any) -> Entry:
    record, kind = log.record, log.record._meta.model_name
    return Entry(
        kind=EventKind.STEP,
        action=f"{kind}.{row.name}",
        actor=by,
        roles=held,
        subject=Subject(kind, record.pk, str(record), getattr(record, "log_unit_id", record.unit_id)),
        reason=log.reason,
        data={"log": log.pk, "source": log.source, "target": log.target},
        at=log.at,
    )


#: A row of another log as the chain should hold it:
#: (subject kind, log key, record, time, action, actor, source, target, reason).
Mirrored = tuple[str, int, int, datetime.datetime, str, int | None, str, str, str]
#: Where a record stands: (subject kind, key, state, the state of a record without a step).
Standing = tuple[str, int, str, str]
_mirrors: list[Callable[[], Iterator[Mirrored]]] = []
_standings: list[Callable[[], Iterator[Standing]]] = []


def register_mirror(rows: Callable[[], Iterator[Mirrored]], standings: Callable[[], Iterator[Standing]]) -> None:
    """Let the check of the chain also compare a log of steps that another app keeps, and where its records stand."""
    _mirrors.append(rows)
    _standings.append(standings)


def mirrored_rows() -> Iterator[Mirrored]:
    """All rows of the registered logs."""
    for rows in _mirrors:
        yield from rows()


def standings() -> Iterator[Standing]:
    """Where every record of the registered logs stands."""
    for rows in _standings:
        yield from rows()
