"""Who may open which task: role × address × state, and what each state shows to whom."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.enums import TaskState
from campaigns.models import TaskFile, UnitTask
from campaigns.services import ask_extension
from tests.campaigns.makers import task_of
from tests.campaigns.task_makers import bring, district_review, review, write
from tests.factories import World

pytestmark = pytest.mark.django_db
Browse = Callable[[str], Client]
NAMES = ("officer", "unit_leader", "reviewer", "interior_head", "leader", "council_member", "clerk", "editor")
NAMES += ("administrator", "nobody", "other_officer", "other_unit_leader", "other_reviewer", "other_leader")
UNIT, OFFICE = {"officer", "unit_leader"}, {"reviewer", "interior_head"}
READS = UNIT | OFFICE | {"leader", "council_member"}
STATES = TaskState.values


@pytest.fixture(autouse=True)
def _june(stand_on: Callable[[datetime.date], None]) -> None:
    stand_on(datetime.date(2023, 6, 5))


def in_state(world: World, state: str) -> UnitTask:
    return bring(task_of(review(world), world.commune_a), state, by=world.officer, judge=world.reviewer)


def page(name: str, *args: object) -> str:
    return reverse(f"campaigns:{name}", args=args)


def statuses(browse: Browse, url: str) -> dict[str, int]:
    found = {who: browse(who).get(url) for who in NAMES}
    for answer in found.values():
        b"".join(answer)
    return {who: answer.status_code for who, answer in found.items()}


def only(who: set[str], status: int) -> dict[str, int]:
    return {name: status if name in who else 404 for name in NAMES}


@pytest.mark.parametrize("state", STATES)
def test_a_task_is_read_by_its_unit_and_by_those_over_it(world: World, browse: Browse, state: str) -> None:
    task = in_state(world, state)
    assert statuses(browse, page("task_detail", task.pk)) == only(READS, 200)
    assert statuses(browse, page("unit_duties", world.commune_a.pk, 2023)) == only(READS, 200)


@pytest.mark.parametrize("state", STATES)
def test_its_report_is_written_by_the_officer_alone_while_it_is_owed(world: World, browse: Browse, state: str) -> None:
    task = in_state(world, state)
    owed = 200 if state in ("open", "returned") else 302
    for name in ("task_report", "task_check", "task_paste"):
        assert statuses(browse, page(name, task.pk)) == only({"officer"}, owed), name
    assert statuses(browse, page("extension_ask", task.pk)) == only({"officer"}, 200)
    receipt = 302 if state in ("open", "returned") else 200
    assert statuses(browse, page("task_receipt", task.pk)) == only({"officer"}, receipt)


@pytest.mark.parametrize("state", STATES)
def test_it_is_judged_by_the_office_once_something_came_in(world: World, browse: Browse, state: str) -> None:
    task = in_state(world, state)
    judged = 404 if state == "open" else 200 if state == "submitted" else 302
    assert statuses(browse, page("task_review", task.pk)) == only(OFFICE, judged)


@pytest.mark.parametrize("state", STATES)
def test_what_was_submitted_is_read_with_the_task(world: World, browse: Browse, state: str) -> None:
    task = in_state(world, state)
    there = 404 if state == "open" else 200
    assert statuses(browse, page("task_version", task.pk, 1)) == only(READS, there)
    drafts = {"officer"} if state == "open" else READS
    assert statuses(browse, page("task_document", task.pk)) == only(drafts, 200)


@pytest.mark.parametrize(("sent", "who"), [(False, UNIT), (True, READS)])
def test_a_file_is_opened_by_the_unit_and_once_submitted_by_readers(
    world: World, browse: Browse, sent: bool, who: set[str]
) -> None:
    task = task_of(review(world), world.commune_a)
    write(task, world.officer)
    if sent:
        TaskFile.objects.update(sent_in=1)
    file = TaskFile.objects.get()
    assert statuses(browse, page("task_file", file.pk)) == only(who, 200)
    assert statuses(browse, page("task_file_remove", file.pk)) == only({"officer"}, 200)


def test_a_request_for_more_time_is_answered_by_the_office(world: World, browse: Browse) -> None:
    task = in_state(world, "open")
    extension = ask_extension(task=task, by=world.officer, wanted=datetime.date(2023, 6, 20), reason="Chờ số liệu.")
    assert statuses(browse, page("extension_answer", extension.pk)) == only(OFFICE, 200)


def test_the_report_of_the_district_is_the_offices_and_its_heads(world: World, browse: Browse) -> None:
    task = district_review(world, review(world))
    readers = OFFICE | {"leader", "council_member"}
    assert statuses(browse, page("task_assembly", task.pk)) == only(readers, 200)
    assert statuses(browse, page("task_report", task.pk)) == only(OFFICE, 200)
    bring(task, "submitted", by=world.reviewer, judge=None)
    assert statuses(browse, page("task_review", task.pk)) == only({"interior_head"}, 200)


def test_a_unit_report_has_no_assembly(world: World, browse: Browse) -> None:
    task = in_state(world, "accepted")
    assert statuses(browse, page("task_assembly", task.pk)) == only(set(), 200)


STEPS = {
    "task_autosave": ("officer", 409),
    "task_paste_save": ("officer", 302),
    "task_file_add": ("officer", 400),
    "task_submit": ("officer", 302),
    "task_withdraw": ("officer", 302),
    "task_accept": ("office", 302),
    "task_return": ("office", 302),
}


@pytest.mark.parametrize("name", sorted(STEPS))
def test_a_step_is_taken_by_the_right_side_alone(world: World, browse: Browse, name: str) -> None:
    task = in_state(world, "returned")
    side, status = STEPS[name]
    who = {"officer"} if side == "officer" else OFFICE
    found = {person: browse(person).post(page(name, task.pk)).status_code for person in NAMES}
    assert found == only(who, status)


@pytest.mark.parametrize("name", ["extension_grant", "extension_refuse"])
def test_an_empty_answer_is_asked_for_again(world: World, browse: Browse, name: str) -> None:
    task = in_state(world, "open")
    extension = ask_extension(task=task, by=world.officer, wanted=datetime.date(2023, 6, 20), reason="Chờ số liệu.")
    found = {who: browse(who).post(page(name, extension.pk)).status_code for who in NAMES}
    assert found == only(OFFICE, 200)


def test_taking_texts_over_is_the_offices(world: World, browse: Browse) -> None:
    task = district_review(world, review(world))
    found = {who: browse(who).post(page("task_gather", task.pk)).status_code for who in NAMES}
    assert found == only(OFFICE, 302)


@pytest.mark.parametrize("state", STATES)
def test_reading_writes_nothing(world: World, browse: Browse, state: str) -> None:
    task = in_state(world, state)
    names = ("task_detail", "task_report", "task_check", "task_paste", "task_receipt", "task_review", "task_document")
    for who in ("officer", "reviewer", "leader"):
        client = browse(who)
        with CaptureQueriesContext(connection) as queries:
            for name in names:
                client.get(page(name, task.pk))
                client.head(page(name, task.pk))
        changed = [q["sql"] for q in queries if q["sql"].split(None, 1)[0].upper() in {"INSERT", "UPDATE", "DELETE"}]
        assert [sql for sql in changed if "core_audit" not in sql and "django_session" not in sql] == []


@pytest.mark.parametrize("who", ["reviewer", "leader", "other_officer"])
def test_nobody_outside_the_unit_reads_what_is_being_written(world: World, browse: Browse, who: str) -> None:
    task = in_state(world, "returned")
    write(task, world.officer, BD=77)
    report = task.report
    report.sections["IV"] = "Chữ chưa nộp của xã."
    report.save()
    for name in ("task_detail", "task_document"):
        content = browse(who).get(page(name, task.pk)).content
        assert "Chữ chưa nộp".encode() not in content


def test_lists_hold_only_what_is_read(world: World, browse: Browse) -> None:
    review(world)
    found = {}
    for who in NAMES:
        answer = browse(who).get(page("task_list"))
        found[who] = answer.context["page_obj"].paginator.count if answer.status_code == 200 else answer.status_code
    both, none = OFFICE | {"leader", "council_member"}, {"other_reviewer", "other_leader"}
    wanted = {who: 2 if who in both else 0 if who in none else 1 for who in NAMES}
    assert found == {**wanted, **dict.fromkeys(("clerk", "editor", "administrator", "nobody"), 403)}
