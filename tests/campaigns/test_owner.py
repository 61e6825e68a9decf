"""Tasks of a unit that ended: who answers for them, and what stays as it was."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest

from campaigns.models import UnitTask
from campaigns.services import hand_over, hand_over_all
from core.audit.models import AuditEvent
from core.workflow import WorkflowError
from organizations.models import Unit
from tests.campaigns.makers import bring_on, publish, task_of
from tests.factories import ProgrammeFactory, UnitFactory, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _june(stand_on: Callable[[datetime.date], None]) -> None:
    stand_on(datetime.date(2023, 6, 5))


def closed(world: World) -> Unit:
    """Commune A, ended yesterday."""
    Unit.objects.filter(pk=world.commune_a.pk).update(valid_to="2023-06-04")
    return Unit.objects.get(pk=world.commune_a.pk)


def test_a_successor_answers_and_the_addressed_unit_is_kept(world: World) -> None:
    task = task_of(publish(world), world.commune_a)
    hand_over(task=task, unit=world.commune_b, by=world.interior_head, reason="Nhập vào Đồng Thạnh.")
    task.refresh_from_db()
    assert (task.unit, task.addressed, task.history.count()) == (world.commune_b, world.commune_a, 1)
    event = AuditEvent.objects.get(action="unit_task.hand_over")
    assert (event.reason, event.subject_id) == ("Nhập vào Đồng Thạnh.", task.pk)
    assert list(UnitTask.objects.visible_to(world.other_officer).values_list("pk", flat=True).order_by("pk")) == sorted(
        UnitTask.objects.values_list("pk", flat=True)
    )


def test_all_that_a_closed_unit_owes_moves_and_what_it_handed_in_stays(world: World) -> None:
    programme = ProgrammeFactory(unit=world.district)
    done, owed, again = (publish(world, programme=programme) for _n in range(3))
    bring_on(task_of(done, world.commune_a), "accepted", world)
    bring_on(task_of(again, world.commune_a), "returned", world)
    moved = hand_over_all(closed=closed(world), unit=world.commune_b, by=world.interior_head, reason="Sáp nhập.")
    owners = [task_of_addressed(m, world.commune_a).unit for m in (done, owed, again)]
    assert (moved, owners) == (2, [world.commune_a, world.commune_b, world.commune_b])
    with pytest.raises(WorkflowError, match="Không còn nhiệm vụ"):
        hand_over_all(closed=closed(world), unit=world.commune_b, by=world.interior_head, reason="Sáp nhập.")


def task_of_addressed(milestone, unit) -> UnitTask:
    return UnitTask.objects.select_related("unit").get(milestone=milestone, addressed=unit)


def test_a_unit_that_still_exists_hands_over_single_tasks_only(world: World) -> None:
    publish(world)
    with pytest.raises(WorkflowError, match="vẫn đang hoạt động"):
        hand_over_all(closed=world.commune_a, unit=world.commune_b, by=world.interior_head, reason="Vì.")


@pytest.mark.parametrize(
    ("to", "by", "reason", "words"),
    [
        ("far_commune", "interior_head", "Vì.", "không thuộc huyện"),
        ("commune_a", "interior_head", "Vì.", "đang giữ nhiệm vụ"),
        ("commune_b", "interior_head", " ", "Ghi lý do"),
        ("commune_b", "reviewer", "Vì.", "Chỉ Trưởng phòng"),
        ("commune_b", "officer", "Vì.", "Chỉ Trưởng phòng"),
    ],
)
def test_a_hand_over_that_cannot_be_is_refused(world: World, to: str, by: str, reason: str, words: str) -> None:
    task = task_of(publish(world), world.commune_a)
    with pytest.raises(WorkflowError, match=words):
        hand_over(task=task, unit=getattr(world, to), by=world.people[by], reason=reason)
    task.refresh_from_db()
    assert task.unit == world.commune_a


def test_a_recorded_successor_outside_the_district_may_answer(world: World) -> None:
    """On 1/7/2025 the communes went to a province without districts."""
    province = UnitFactory(name="Tỉnh Mới", kind="province")
    middle = UnitFactory(parent=province, name="Xã Giữa", valid_to=datetime.date(2023, 6, 1))
    last = UnitFactory(parent=province, name="Xã Sau")
    world.commune_a.successors.add(middle)
    middle.successors.add(last)
    task = task_of(publish(world), world.commune_a)
    with pytest.raises(WorkflowError, match="không còn hoạt động"):
        hand_over(task=task, unit=middle, by=world.interior_head, reason="Sáp nhập.")
    hand_over(task=task, unit=last, by=world.interior_head, reason="Sáp nhập.")
    task.refresh_from_db()
    assert task.unit == last


def test_tasks_of_a_closed_programme_stay(world: World) -> None:
    milestone = publish(world)
    milestone.programme.summary, milestone.programme.closed_by = "Xong.", world.interior_head
    milestone.programme.closed_at = milestone.published_at
    milestone.programme.save()
    with pytest.raises(WorkflowError, match="đã đóng"):
        hand_over(task=task_of(milestone, world.commune_a), unit=world.commune_b, by=world.interior_head, reason="Vì.")
