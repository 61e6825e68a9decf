"""The workflow table and the one function that applies it (docs/workflow.md).

A record with a life has one frozen table. Buttons, permissions, the help page and the exhaustive test come from
it; nothing else writes a state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from core import clock
from core.audit.chain import record_steps
from core.history import keep_history

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Decision:
    """Whether something is allowed, and in words why not."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


ALLOWED = Decision(True)
Condition = Callable[[Any, Any], Decision]
#: (record, user, roles) → which of the roles the user holds over the record.
Held = Callable[[Any, Any, frozenset[str]], frozenset[str]]


def held_over_unit(record: Any, user: Any, roles: frozenset[str]) -> frozenset[str]:
    """The roles that reach the unit of a record."""
    held: frozenset[str] = user.access.roles_over(record.unit.path, *roles)
    return held


class WorkflowError(Exception):
    """A refused transition; `message` is a sentence for the person who tried."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class SetRefused(WorkflowError):
    """A step that some of a set refuse, so that nothing was done; `blocked` pairs each of them with its reason."""

    def __init__(self, message: str, blocked: Sequence[tuple[Any, str]]) -> None:
        super().__init__(message)
        self.blocked = list(blocked)


@dataclass(frozen=True)
class Transition:
    """One row of a table: who may take a record from which states to which, and under what conditions.

    Without a target the record stays in its state, or goes where the service says (undo).
    """

    name: str
    label: StrOrPromise
    sources: frozenset[str]
    target: str | None
    roles: frozenset[str]
    needs_reason: bool = False
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Action:
    """A transition offered for one record and person, with the decision on it."""

    transition: Transition
    decision: Decision

    @property
    def name(self) -> str:
        return self.transition.name


@dataclass(frozen=True)
class WorkflowTable:
    """All transitions of one kind of record. `log_model` keeps a row for each one applied.

    `noun` is what people call the record inside a sentence. `held` tells which roles a person has over a record; by
    its unit unless the record says otherwise.
    """

    record: str
    noun: StrOrPromise
    states: type[models.TextChoices]
    transitions: tuple[Transition, ...]
    log_model: Callable[[], type[models.Model]]
    held: Held = held_over_unit
    by_name: Mapping[str, Transition] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {t.name: t for t in self.transitions})

    def check(self, name: str, record: Any, user: Any) -> Decision:
        """Decide on transition `name`: role and scope, then state, then the conditions in their order."""
        row = self.by_name[name]
        if not self.held(record, user, row.roles):
            return Decision(False, _("Việc này không thuộc vai trò của tài khoản đang dùng."))
        if record.state not in row.sources:
            return Decision(False, self.wrong_state(record))
        return next((d for c in row.conditions if not (d := c(record, user))), ALLOWED)

    def wrong_state(self, record: Any) -> str:
        """The sentence for a record that is not, or no longer, in a state this action starts from."""
        noun = str(self.noun)
        told = {"what": noun[:1].upper() + noun[1:], "state": self.states(record.state).label}
        return _("%(what)s đang ở trạng thái “%(state)s” nên không làm được việc này.") % told

    def actions_for(self, user: Any, record: Any, without: frozenset[str] = frozenset()) -> list[Action]:
        """Transitions that start from the present state and belong to the person's roles, in table order.

        Those in `without` are not judged: their conditions may cost more than the page that leaves them out.
        """
        return [
            Action(row, self.check(row.name, record, user))
            for row in self.transitions
            if row.name not in without and record.state in row.sources and self.held(record, user, row.roles)
        ]


def apply(
    table: WorkflowTable,
    name: str,
    record: Any,
    *,
    by: Any,
    reason: str = "",
    changes: Mapping[str, Any] | None = None,
    target: str | None = None,
) -> Any:
    """Take `record` through transition `name`: lock, check, change, log. Returns the log row.

    `record` is re-read under a lock and updated in place; `changes` are the fields that give the state its
    evidence; `target` is only for a row that leaves it open. Raises `WorkflowError` when refused. Notices are for the
    caller, on commit.
    """
    row = table.by_name[name]
    with transaction.atomic():
        lock(record)
        decision = table.check(name, record, by)
        if not decision:
            raise WorkflowError(decision.reason)
        if row.needs_reason and not reason.strip():
            raise WorkflowError(_("Ghi lý do để đơn vị biết và lưu hồ sơ."))
        source = record.state
        values = {**(changes or {}), "state": row.target or target or source}
        for attribute, value in values.items():
            setattr(record, attribute, value)
        record.save(update_fields=list(values))
        log = table.log_model()._base_manager.create(
            record=record,
            name=name,
            source=source,
            target=record.state,
            actor=by,
            actor_unit_id=by.home_unit_id,
            reason=reason.strip(),
            at=clock.now(),
        )
        keep_history([record], by)
        record_steps(row, [(log, table.held(record, by, row.roles))], by)
        return log


def apply_all(
    table: WorkflowTable,
    name: str,
    records: Sequence[Any],
    *,
    by: Any,
    reason: str = "",
    changes: Mapping[str, Any] | None = None,
    target: str | None = None,
    noted: Callable[[Any], Mapping[str, Any]] = lambda record: {},
    related: Sequence[str] = (),
) -> list[Any]:
    """Take a set of records through one transition, all or none, in a fixed number of queries. Returns the log rows.

    `changes` are the same for all; `noted` gives what the log row of a record holds besides; `related` names what the
    conditions read of each record. Raises `SetRefused` with everything that blocks.
    """
    row = table.by_name[name]
    with transaction.atomic():
        lock_all(records)
        prefetch_related_objects(list(records), *related)
        blocked = blocked_in(table, name, records, by)
        if blocked:
            raise SetRefused(blocked[0][1], blocked)
        if row.needs_reason and not reason.strip():
            raise WorkflowError(_("Ghi lý do để đơn vị biết và lưu hồ sơ."))
        sources = {record.pk: record.state for record in records}
        values = {**(changes or {}), "state": row.target or target}
        for record in records:
            for attribute, value in values.items():
                setattr(record, attribute, value)
        type(records[0])._base_manager.filter(pk__in=sources).update(**values)
        log = table.log_model()
        shared = {"name": name, "actor": by, "actor_unit_id": by.home_unit_id, "reason": reason.strip()}
        rows = log._base_manager.bulk_create(
            log(record=r, source=sources[r.pk], target=r.state, at=clock.now(), **shared, **noted(r)) for r in records
        )
        keep_history(records, by)
        record_steps(row, [(step, table.held(r, by, row.roles)) for step, r in zip(rows, records, strict=True)], by)
        return rows


def blocked_in(table: WorkflowTable, name: str, records: Sequence[Any], user: Any) -> list[tuple[Any, str]]:
    """Those of a set that refuse a step, each with the reason."""
    decided = [(record, table.check(name, record, user)) for record in records]
    return [(record, decision.reason) for record, decision in decided if not decision]


def lock_all(records: Sequence[Any]) -> None:
    """Re-read records under row locks taken in the order of their keys, so that two sets never wait for each other."""
    found = type(records[0])._base_manager.select_for_update(no_key=True, of=("self",)).order_by("pk")
    fresh = {row.pk: row for row in found.filter(pk__in=[record.pk for record in records])}
    for record in records:
        _refresh(record, fresh[record.pk])


def lock(record: Any) -> None:
    """Re-read `record` under a row lock and forget what was prefetched with it.

    No key is ever changed, so rows that point here may be written meanwhile (PostgreSQL checks references with a key
    share). On SQLite the transaction itself holds the write lock.
    """
    _refresh(record, type(record)._base_manager.select_for_update(no_key=True, of=("self",)).get(pk=record.pk))


def _refresh(record: Any, fresh: Any) -> None:
    for column in record._meta.concrete_fields:
        setattr(record, column.attname, getattr(fresh, column.attname))
    record._prefetched_objects_cache = {}


class TransitionLog(models.Model):
    """One transition that happened: append-only, ordered by id. Concrete logs add `record`."""

    name = models.CharField(max_length=30)
    source = models.CharField(max_length=20)
    target = models.CharField(max_length=20)
    actor = models.ForeignKey("organizations.User", on_delete=models.PROTECT, related_name="+")
    actor_unit = models.ForeignKey("organizations.Unit", on_delete=models.PROTECT, related_name="+", null=True)
    reason = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        abstract = True
        ordering = ["pk"]
