from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from models_registry.calendar import records_with, returned_records
from models_registry.enums import State
from models_registry.models import Exemplar
from tests.factories import World, do_step, many_exemplars, save


def test_the_officer_has_the_returned_records_of_the_unit(world: World) -> None:
    exemplar = world.exemplar(State.RETURNED)
    people = ("officer", "other_officer", "reviewer", "nobody")
    found = {who: len(returned_records(world.people[who])) for who in people}
    assert found == {"officer": 1, "other_officer": 0, "reviewer": 0, "nobody": 0}
    (item,) = returned_records(world.officer)
    assert (item.uid, item.due, item.path) == (
        f"exemplar_return-{exemplar.pk}",
        exemplar.return_due,
        exemplar.get_absolute_url(),
    )


def test_no_name_of_a_person_leaves_the_portal(world: World) -> None:
    exemplar = world.exemplar(State.RETURNED)
    (item,) = returned_records(world.officer)
    assert (item.title, exemplar.full_name in item.title) == (f"Hạn bổ sung hồ sơ {exemplar.number}", False)


@pytest.mark.parametrize("state", ["draft", "submitted", "recognised"])
def test_only_what_was_returned_is_there(world: World, state: str) -> None:
    exemplar = world.exemplar(state)
    assert (returned_records(world.officer), records_with([exemplar.pk])) == ([], [])


def test_what_is_on_hold_is_owed_by_nobody_until_it_is_released(world: World) -> None:
    exemplar = world.exemplar(State.RETURNED)
    (before,) = returned_records(world.officer)
    do_step("hold", exemplar, world.reviewer)
    assert (returned_records(world.officer), records_with([exemplar.pk])) == ([], [])
    do_step("release", exemplar, world.reviewer)
    (after,) = returned_records(world.officer)
    assert (after.uid, after.due, after.sequence > before.sequence) == (before.uid, before.due, True)


def test_a_second_return_counts_on(world: World) -> None:
    exemplar = world.exemplar(State.RETURNED)
    (first,) = returned_records(world.officer)
    save(exemplar, world.officer, {"summary": "Ngày 3/5/2023."})
    do_step("resubmit", exemplar, world.officer)
    assert returned_records(world.officer) == []
    exemplar.refresh_from_db()
    do_step("return", exemplar, world.reviewer)
    (second,) = returned_records(world.officer)
    assert (second.uid, second.sequence > first.sequence) == (first.uid, True)
    assert records_with([exemplar.pk]) == [second]


@pytest.mark.parametrize("count", [1, 3, 500])
def test_the_cost_does_not_grow_with_the_records(world: World, count: int) -> None:
    template = world.exemplar(State.RETURNED)
    many_exemplars(count - 1, unit=world.commune_a, officer=world.officer, reviewer=world.reviewer, state="submitted")
    others = Exemplar.objects.exclude(pk=template.pk)
    others.update(state=State.RETURNED, return_due=template.return_due)
    step = template.transitions.last()
    rows = [type(step)(record_id=pk, at=step.at, **_same(step)) for pk in others.values_list("pk", flat=True)]
    type(step).objects.bulk_create(rows)
    person = type(world.officer).objects.get(pk=world.officer.pk)
    with CaptureQueriesContext(connection) as queries:
        found = returned_records(person)
    assert (len(found), len(queries)) == (count, 3)


def _same(step: object) -> dict[str, object]:
    return {name: getattr(step, name) for name in ("name", "source", "target", "actor_id", "actor_unit_id")}
