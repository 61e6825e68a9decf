"""F18: many people act on one record at once: exactly one step is taken, nobody meets a fault, the log stays whole."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

import pytest
from django.db import connection

from core.audit import verify
from core.workflow import WorkflowError
from models_registry.enums import State
from models_registry.models import Exemplar, ExemplarTransition
from tests.factories import World, do_step, make_world, save

#: People at once in the usual run; with `script/test --full` the number of the paper.
CROWD, CROWD_FULL = 12, 50
#: What is done at once → state it is done in, the steps that the people try in turn.
RACES: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "two recognise": ("submitted", (("recognise", "reviewer"), ("recognise", "colleague"))),
    "recognise against reject": ("in_review", (("recognise", "reviewer"), ("reject", "colleague"))),
    "return against recognise": ("submitted", (("return", "interior_head"), ("recognise", "colleague"))),
    "return against reject": ("in_review", (("return", "reviewer"), ("reject", "interior_head"))),
    "withdraw against recognise": ("submitted", (("withdraw", "officer"), ("recognise", "colleague"))),
    "withdraw against take": ("submitted", (("withdraw", "officer"), ("take", "reviewer"))),
    "withdraw against return": ("submitted", (("withdraw", "officer"), ("return", "reviewer"))),
    "two take": ("submitted", (("take", "reviewer"), ("take", "colleague"))),
    "two send": ("draft", (("submit", "officer"),)),
    "two send again": ("returned", (("resubmit", "officer"),)),
    "two undo": ("recognised", (("undo", "reviewer"),)),
    "undo against end": ("recognised", (("undo", "reviewer"), ("end", "colleague"))),
    "undo of a rejection": ("rejected", (("undo", "reviewer"),)),
    "undo of a return against resubmit": ("returned", (("undo", "reviewer"), ("resubmit", "officer"))),
    "two hold": ("in_review", (("hold", "reviewer"), ("hold", "interior_head"))),
    "hold against withdraw": ("submitted", (("hold", "reviewer"), ("withdraw", "officer"))),
    "end against revoke": ("recognised", (("end", "reviewer"), ("revoke", "interior_head"))),
    "two end": ("recognised", (("end", "reviewer"), ("end", "colleague"))),
    "two withdraw consent": ("recognised", (("withdraw_consent", "officer"),)),
    "two promote": ("recognised", (("promote", "officer"),)),
}


def ready(world: World, state: str) -> Exemplar:
    """A record on which every race can be run."""
    more = {"category": "new_factor", "consent_publish": True, "consent_on": "2023-06-01"}
    exemplar = world.exemplar(state, **more)
    if state == State.RETURNED:
        save(exemplar, world.officer, {"summary": "Ngày 3/5/2023, anh cứu hai em nhỏ."})
    return exemplar


def at_once(world: World, exemplar: Exemplar, steps: tuple[tuple[str, str], ...], crowd: int) -> Counter[str]:
    """Let a crowd try the steps in turn at the same moment; counts "done", "refused" and whatever else happened."""
    start, met = threading.Barrier(crowd), Counter[str]()

    def act(place: int) -> None:
        step, who = steps[place % len(steps)]
        try:
            record: Any = Exemplar.objects.select_related("unit").get(pk=exemplar.pk)
            start.wait(timeout=30)
            do_step(step, record, world.people[who])
            met["done"] += 1
        except WorkflowError:
            met["refused"] += 1
        except Exception as error:  # noqa: BLE001 - whatever it is, the test names it
            met[f"{type(error).__name__}: {error}"] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(place,)) for place in range(crowd)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return met


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_a_crowd_that_acts_at_once_exactly_one_wins(full_run: bool, capsys: Any) -> None:
    crowd, world, found = CROWD_FULL if full_run else CROWD, make_world(), {}
    for name, (state, steps) in RACES.items():
        exemplar = ready(world, state)
        # Deciding on a record that nobody took logs the taking too; only the steps that were raced for are counted.
        raced = ExemplarTransition.objects.filter(record=exemplar, name__in={step for step, _who in steps})
        before = raced.count()
        met = at_once(world, exemplar, steps, crowd)
        found[name] = dict(met)
        assert (found[name], raced.count()) == ({"done": 1, "refused": crowd - 1}, before + 1), name
    with capsys.disabled():
        print(f"\nF18: {len(RACES)} races of {crowd} on {connection.vendor}, one winner each")
    assert verify().fault == ""
