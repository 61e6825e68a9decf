"""Random lives of records: whatever people try, in whatever order, the registry stays what its rules say.

The table of who may do what from where is written down here a second time, by hand, and not read from the workflow.
"""

from __future__ import annotations

import datetime
import os
from typing import Any

import pytest
import time_machine
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from core import clock
from core.workflow import WorkflowError
from models_registry.models import Exemplar, ExemplarTransition
from notifications.delivery import is_owed
from notifications.models import OutboxMessage, Status
from notifications.services import UNDO_WINDOW
from tests.factories import ExemplarFactory, World, do_step, make_world, save

OFFICE = {"reviewer", "colleague", "interior_head"}
PEOPLE = (
    "officer",
    "unit_leader",
    "other_officer",
    "reviewer",
    "colleague",
    "interior_head",
    "leader",
    "other_reviewer",
)
OPEN = {"submitted", "in_review"}
DECIDED = {"recognise": "recognised", "return": "returned", "reject": "rejected"}
#: Step → (states it starts from, who over commune A, where it leads; None: where the record stands).
TABLE: dict[str, tuple[set[str], set[str], str | None]] = {
    "submit": ({"draft"}, {"officer"}, "submitted"),
    "resubmit": ({"returned"}, {"officer"}, "submitted"),
    "withdraw": ({"submitted"}, {"officer"}, "draft"),
    "take": ({"submitted"}, OFFICE, "in_review"),
    "recognise": (OPEN, OFFICE, "recognised"),
    "return": (OPEN, OFFICE, "returned"),
    "reject": (OPEN, OFFICE, "rejected"),
    "withdraw_consent": ({"recognised"}, {"officer"} | OFFICE, None),
    "hold": (OPEN | {"returned", "recognised"}, OFFICE, None),
    "release": (OPEN | {"returned", "recognised"}, OFFICE, None),
    "promote": ({"recognised"}, {"officer"}, None),
    "end": ({"recognised"}, OFFICE, "ended"),
    "revoke": ({"recognised"}, OFFICE, "revoked"),
    "undo": (set(DECIDED.values()), OFFICE, None),
}
#: Steps after which nothing follows but, for a minute, their undoing.
FINAL = {"reject", "end", "revoke"}
#: Steps that a hold forbids.
HELD_BACK = {"submit", "resubmit", "recognise", "withdraw", "promote"}


class Model:
    """What one record should be, told from the steps that succeeded."""

    def __init__(self, exemplar: Exemplar, consent: bool) -> None:
        self.exemplar = exemplar
        self.state = "draft"
        self.held = False
        self.consent = consent
        self.promotable = exemplar.category == "good_deed"
        self.version = 0
        self.changed_since_return = True
        self.judged = False
        self.last: tuple[str, str, datetime.datetime, str] | None = None
        self.log: list[tuple[str, str, str]] = []

    def allows(self, step: str, who: str, now: datetime.datetime) -> bool:
        sources, people, _target = TABLE[step]
        if who not in people or self.state not in sources or (self.held and step in HELD_BACK):
            return False
        return getattr(self, f"_may_{step}", lambda who, now: True)(who, now)

    def _may_submit(self, who: str, now: datetime.datetime) -> bool:
        return self.changed_since_return

    _may_resubmit = _may_submit

    def _may_withdraw_consent(self, who: str, now: datetime.datetime) -> bool:
        return self.consent

    def _may_hold(self, who: str, now: datetime.datetime) -> bool:
        return not self.held

    def _may_release(self, who: str, now: datetime.datetime) -> bool:
        return self.held

    def _may_promote(self, who: str, now: datetime.datetime) -> bool:
        return self.promotable

    def _may_undo(self, who: str, now: datetime.datetime) -> bool:
        if self.last is None:
            return False
        name, by, at, _source = self.last
        if name == "return" and self.changed_since_return:
            return False  # the unit has begun to mend it
        return name in DECIDED and by == who and now < at + UNDO_WINDOW

    def done(self, step: str, who: str, now: datetime.datetime) -> None:
        """Move the model as the record must have moved."""
        source = self.state
        if step in DECIDED and source == "submitted":
            self._log("take", "in_review")
            source = self.state
        if step == "undo":
            assert self.last is not None
            undone, target = self.last[0], self.last[3]
            self.changed_since_return = self.changed_since_return or undone == "return"
        else:
            target = TABLE[step][2] or self.state
        self._log(step, target)
        self.last = (step, who, now, source)
        self.changed_since_return = step != "return" and self.changed_since_return
        self.held = {"hold": True, "release": False}.get(step, self.held)
        self.consent = self.consent and step != "withdraw_consent"
        self.promotable = self.promotable and step != "promote"
        self.version += step in ("submit", "resubmit")

    def _log(self, step: str, target: str) -> None:
        self.log.append((step, self.state, target))
        self.state = target


class Lives(RuleBasedStateMachine):
    """Eight people, one to three records, a clock that moves."""

    world: World
    steps_taken = 0
    succeeded = 0

    def __init__(self) -> None:
        super().__init__()
        self.traveller = time_machine.travel(datetime.datetime(2023, 6, 5, 9, tzinfo=clock.VIETNAM), tick=False)
        self.clock = self.traveller.start()
        self.savepoint = connection.savepoint() if connection.in_atomic_block else None
        self.models: list[Model] = []

    def teardown(self) -> None:
        try:
            self._check_the_end()
        finally:
            self._forget()

    def _forget(self) -> None:
        self.traveller.stop()
        if self.savepoint is not None:
            connection.savepoint_rollback(self.savepoint)

    @initialize(goods=st.lists(st.booleans(), min_size=1, max_size=3))
    def register(self, goods: list[bool]) -> None:
        for number, good in enumerate(goods):
            consent = {"consent_publish": True, "consent_on": datetime.date(2023, 6, 1)} if good else {}
            exemplar = ExemplarFactory(
                unit=self.world.commune_a,
                officer=self.world.officer,
                category="good_deed" if good else "exemplar",
                full_name=f"Nguyễn Văn Gương {number}",
                **consent,
            )
            self.models.append(Model(exemplar, good))

    def _pick(self, number: int) -> Model:
        return self.models[number % len(self.models)]

    @rule(number=st.integers(0, 2), lawful=st.integers(0, 4), choice=st.integers(0, 10_000))
    def somebody_does_something(self, number: int, lawful: int, choice: int) -> None:
        """Mostly what the table allows, so that lives go far; else anything by anybody."""
        model, now = self._pick(number), clock.wall_now()
        every = [(step, who) for step in sorted(TABLE) for who in PEOPLE]
        allowed = [(step, who) for step, who in every if model.allows(step, who, now)]
        lasting = [pair for pair in allowed if pair[0] not in FINAL]
        choices = (lasting or allowed) if lawful > 1 else allowed if lawful else every
        if choices:
            self._try(model, *choices[choice % len(choices)])
        if model.state in ("draft", "returned") and not model.changed_since_return:
            self._write(model, "officer", choice)

    def _try(self, model: Model, step: str, who: str) -> None:
        now = clock.wall_now()
        expected = model.allows(step, who, now)
        try:
            do_step(step, model.exemplar, self.world.people[who])
        except WorkflowError:
            assert not expected, (step, who, model.state)
        else:
            assert expected, (step, who, model.state)
            model.done(step, who, now)
            type(self).succeeded += 1
        self._check(model)
        type(self).steps_taken += 1

    @rule(number=st.integers(0, 2), who=st.sampled_from(PEOPLE), word=st.integers(0, 10_000))
    def somebody_writes(self, number: int, who: str, word: int) -> None:
        self._write(self._pick(number), who, word)

    def _write(self, model: Model, who: str, word: int) -> None:
        model.exemplar.refresh_from_db()
        expected = who == "officer" and model.state in ("draft", "returned")
        try:
            save(model.exemplar, self.world.people[who], {"deeds": f"Việc thứ {word} lúc {clock.now()}"})
        except WorkflowError:
            assert not expected
        else:
            assert expected
            model.changed_since_return = True
        type(self).steps_taken += 1

    @rule(seconds=st.sampled_from([1, 30, 59, 61, 3_600, 86_400, 86_400 * 20]))
    def time_passes(self, seconds: int) -> None:
        self.clock.shift(seconds)

    def _check(self, model: Model) -> None:
        """The record stands where its history leads, and its history is what succeeded."""
        stored = Exemplar.objects.get(pk=model.exemplar.pk)
        rows = list(stored.transitions.order_by("pk").values_list("name", "source", "target"))
        assert (stored.state, stored.is_on_hold, stored.consent_publish) == (model.state, model.held, model.consent)
        assert rows == model.log
        assert all(one[2] == other[1] for one, other in zip(rows, rows[1:], strict=False))
        assert (rows[-1][2] if rows else "draft") == stored.state

    def _check_the_end(self) -> None:
        """At the end of a life: the number of versions, every constraint, and what is still to be told."""
        for model in self.models:
            self._check(model)
            exemplar = Exemplar.objects.get(pk=model.exemplar.pk)
            assert exemplar.versions.count() == model.version
            for constraint in Exemplar._meta.constraints:
                constraint.validate(Exemplar, exemplar)
        self._check_letters()

    def _check_letters(self) -> None:
        """Every letter belongs to a step; nothing is owed about one that was undone or withdrawn."""
        logs = {f"{log.name}:{log.pk}": log for log in ExemplarTransition.objects.all()}
        undone = {log.undoes_id for log in logs.values()}
        for message in OutboxMessage.objects.select_related("recipient").filter(channel="email"):
            log = logs[message.step]
            assert log.record_id == message.subject_id
            if log.pk in undone:
                assert message.status == Status.SKIPPED
            elif message.status == Status.PENDING and is_owed(message):
                later = [o for o in logs.values() if o.record_id == log.record_id and o.pk > log.pk]
                assert not any(o.name == "withdraw" for o in later)


STEPS = 50


@pytest.mark.fuzz
@pytest.mark.django_db
def test_lives_of_records_never_leave_the_table(full_run: bool) -> None:
    Lives.world, Lives.steps_taken, Lives.succeeded = make_world(), 0, 0
    examples = (20_000 if full_run else 2_000) // STEPS
    profile = settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        derandomize="PYTEST_XDIST_WORKER" not in os.environ or not full_run,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Lives, settings=profile)
    assert Lives.succeeded > examples * STEPS // 10


def test_the_table_of_the_test_knows_every_step() -> None:
    from models_registry.workflow import EXEMPLAR_WORKFLOW

    # A change is applied only after a unit asked for it: tests/models_registry/test_requests.py drives that pair.
    apart = {"amend"}
    described: dict[str, Any] = {t.name: t.sources for t in EXEMPLAR_WORKFLOW.transitions if t.name not in apart}
    assert {name: sources for name, (sources, _who, _to) in TABLE.items()} == described
