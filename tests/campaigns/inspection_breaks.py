"""What breaks each constraint of inspections and guidance; tests/test_constraints.py runs them."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from django.db import models

from campaigns.models import ChecklistLine, Enclosure, GuidanceUnit
from core import clock
from tests.campaigns.inspection_makers import (
    make_follow_up,
    make_guidance,
    make_plan,
    make_question,
    make_visit,
    paper_for,
    photo_for,
)
from tests.factories import MovementFactory, World

Break = Callable[[World], Any]
#: What holds files.
HOLDERS = ("visit", "follow_up", "guidance", "movement")


def again(row: models.Model, **values: Any) -> None:
    """Store the row a second time, changed only by `values`."""
    row.pk = None
    row._state.adding = True
    for name, value in values.items():
        setattr(row, name, value)
    row.save(force_insert=True)


def _set(row: models.Model, world: World, values: dict[str, Any]) -> None:
    found = {name: value(world) if callable(value) else value for name, value in values.items()}
    type(row)._base_manager.filter(pk=row.pk).update(**found)


def on_plan(**values: Any) -> Break:
    """Write `values` over a plan."""
    return lambda world: _set(make_plan(world), world, values)


def on_visit(state: str, /, **values: Any) -> Break:
    """Write `values` over a visit in `state`."""
    return lambda world: _set(make_visit(world, state), world, values)


def on_follow_up(state: str, /, **values: Any) -> Break:
    """Write `values` over a recommendation in `state`."""
    return lambda world: _set(make_follow_up(world, state), world, values)


def on_guidance(state: str, /, **values: Any) -> Break:
    """Write `values` over a guidance in `state`."""
    return lambda world: _set(make_guidance(world, state), world, values)


def on_question(answered: bool, /, **values: Any) -> Break:
    """Write `values` over a question."""
    return lambda world: _set(make_question(world, answered=answered), world, values)


def repeat_answer(world: World) -> None:
    again(make_visit(world, "sent").answers.first())


def repeat_receipt(world: World) -> None:
    guidance = make_guidance(world)
    for _twice in range(2):
        guidance.receipts.create(unit=world.commune_a, user=world.officer, read_at=clock.now())


def replace_twice(world: World) -> None:
    old = make_guidance(world, "replaced")
    again(old.replaced_by.get())


def owner_of(name: str, world: World) -> tuple[Any, Any]:
    """Something that holds files, and who writes it."""
    makers: dict[str, Callable[[], tuple[Any, Any]]] = {
        "visit": lambda: (make_visit(world), world.reviewer),
        "follow_up": lambda: (make_follow_up(world), world.officer),
        "guidance": lambda: (make_guidance(world, "draft"), world.reviewer),
        "movement": lambda: (MovementFactory(unit=world.district), world.interior_head),
    }
    return makers[name]()


def repeat_file(name: str) -> Break:
    """Store a file of an owner twice."""
    return lambda world: again(paper_for(*owner_of(name, world)))


def repeat_upload(name: str) -> Break:
    """Store an upload of an owner twice."""

    def act(world: World) -> None:
        paper = paper_for(*owner_of(name, world))
        Enclosure.objects.filter(pk=paper.pk).update(upload_key="k")
        again(paper, upload_key="k", sha256="0" * 64)

    return act


def two_owners(world: World) -> None:
    paper = paper_for(make_visit(world), world.reviewer)
    Enclosure.objects.filter(pk=paper.pk).update(guidance=make_guidance(world))


def no_owner(world: World) -> None:
    paper = paper_for(make_visit(world), world.reviewer)
    Enclosure.objects.filter(pk=paper.pk).update(visit=None)


def photo_without_measures(world: World) -> None:
    photo = photo_for(make_visit(world), world.reviewer)
    Enclosure.objects.filter(pk=photo.pk).update(width=None)


BREAKS: dict[str, list[Break]] = {
    "inspection_plan_ends_after_start": [on_plan(ends=datetime.date(2023, 4, 1))],
    "announced_plan_has_person": [
        on_plan(announced_at=lambda world: clock.now()),
        on_plan(announced_by=lambda world: world.reviewer),
    ],
    "checklist_line_once": [lambda world: again(ChecklistLine.objects.filter(plan=make_plan(world))[0])],
    "one_standing_visit_a_unit": [lambda world: again(make_visit(world))],
    "recorded_visit_has_day_and_conclusion": [
        on_visit("recorded", done_on=None),
        on_visit("recorded", conclusion=""),
        on_visit("recorded", recorded_by=None),
        on_visit("sent", recorded_at=None),
    ],
    "sent_visit_has_sender": [on_visit("sent", sent_by=None), on_visit("sent", sent_at=None)],
    "nobody_sends_what_they_recorded": [on_visit("sent", sent_by=lambda world: world.reviewer)],
    "cancelled_visit_has_reason": [on_visit("cancelled", cancel_reason="")],
    "one_answer_a_line": [repeat_answer],
    "one_follow_up_a_line": [lambda world: again(make_follow_up(world))],
    "follow_up_says_what": [on_follow_up("open", what="")],
    "sent_follow_up_has_date": [on_follow_up("open", due=None), on_follow_up("open", first_due=None)],
    "reported_follow_up_has_evidence": [
        on_follow_up("reported", evidence=""),
        on_follow_up("reported", reported_by=None),
        on_follow_up("returned", reported_at=None),
    ],
    "closed_follow_up_has_closer": [
        on_follow_up("closed", closed_by=None),
        on_follow_up("closed", closed_at=None),
        on_follow_up("cancelled", closed_at=None),
    ],
    "nobody_closes_what_they_reported": [on_follow_up("closed", closed_by=lambda world: world.officer)],
    "published_guidance_has_person": [on_guidance("published", published_by=None)],
    "standing_guidance_was_published": [on_guidance("published", published_by=None, published_at=None)],
    "guidance_replaced_once": [replace_twice],
    "guidance_once_a_unit": [lambda world: again(GuidanceUnit.objects.filter(guidance=make_guidance(world))[0])],
    "one_receipt_a_person": [repeat_receipt],
    "question_has_text": [on_question(False, text="")],
    "question_is_about_something": [on_question(False, guidance=None)],
    "answered_question_has_answer": [
        on_question(True, answer=""),
        on_question(True, answered_by=None),
        on_question(False, answered_at=lambda world: clock.now()),
        on_question(False, state="answered"),
    ],
    "enclosure_of_one_owner": [two_owners, no_owner],
    "enclosed_photo_has_measures": [photo_without_measures],
    **{f"same_file_once_a_{name}": [repeat_file(name)] for name in HOLDERS},
    **{f"one_upload_a_{name}": [repeat_upload(name)] for name in HOLDERS},
}
