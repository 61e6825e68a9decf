"""The log as the head reads it: own scope, filters, pages, the line of a refusal, the daily digest."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.audit import Subject, current_head, record, words
from core.audit.models import AuditEvent, EventKind
from core.workflow import TransitionLog
from models_registry.enums import State
from notifications.models import OutboxMessage
from organizations.enums import Role
from reports.digest import post_digest
from reports.journal import PAGE_ROWS, journal_page, read_filter
from tests.campaigns.makers import bring_on, task_of
from tests.campaigns.task_makers import review
from tests.factories import UserFactory, World

Browse = Callable[[str], Client]
#: Records whose line of the log holds a name or a number that people use.
NAMED_BY_THEMSELVES = {"exemplar", "guidance", "movement", "programme", "inspection_plan", "urging", "block", "unit"}
NAMED_BY_THEMSELVES |= {"calendar"}
MONDAY, SATURDAY = datetime.date(2023, 6, 5), datetime.date(2023, 6, 3)


def numbers(world: World, **query: str) -> list[int]:
    return [row.number for row in journal_page(world.interior_head, read_filter(query)).rows]


def events(world: World, count: int) -> None:
    for number in range(count):
        record(kind=EventKind.ACCOUNT, action="thử", actor=world.officer, subject=Subject(label=f"ĐH-{number}"))


def test_the_newest_comes_first_and_pages_follow_by_number(world: World) -> None:
    events(world, PAGE_ROWS + 3)
    first = journal_page(world.interior_head, read_filter({}))
    assert ([r.number for r in first.rows], first.older) == (list(range(53, 3, -1)), 4)
    assert (numbers(world, truoc="4"), first.head) == ([3, 2, 1], str(current_head()))


def test_events_outside_the_scope_are_not_read(world: World) -> None:
    events(world, 1)
    record(kind=EventKind.ACCOUNT, action="thử", actor=world.other_reviewer)
    record(kind=EventKind.STEP, action="x", subject=Subject("exemplar", 1, "ĐH", world.far_commune.pk))
    assert numbers(world) == [1]
    far = UserFactory(home_unit=world.far_district, roles=[(Role.INTERIOR_HEAD, world.far_district)])
    assert [r.number for r in journal_page(far, read_filter({})).rows] == [3, 2]


def test_filters_narrow_by_kind_person_number_and_day(world: World, stand_on) -> None:
    stand_on(datetime.date(2023, 6, 1))
    events(world, 2)
    stand_on(MONDAY)
    world.exemplar(State.SUBMITTED)
    assert numbers(world, loai="step") == [3]
    assert numbers(world, q="ĐH-1") == [2]
    assert numbers(world, q=world.officer.username) == [3, 2, 1]
    assert numbers(world, tu="2/6/2023") == [3]
    assert numbers(world, den="1/6/2023") == [2, 1]
    assert numbers(world, loai="không có") == [3, 2, 1]


QUESTIONS = ("truoc=x", "truoc=99999999999999999999", "tu=31/2/2023", "loai[]=1", "q=%00%ff", "den=" + "9" * 5000)


@pytest.mark.parametrize("query", QUESTIONS)
def test_any_question_is_answered(world: World, browse: Browse, query: str) -> None:
    assert browse("interior_head").get(f"/quan-tri/nhat-ky/?{query}").status_code == 200


def test_a_day_that_does_not_exist_is_named(world: World, browse: Browse) -> None:
    answer = browse("interior_head").get("/quan-tri/nhat-ky/?tu=31/2/2023")
    assert "31/2/2023" in answer.context["wanted"].fault


@pytest.mark.parametrize("rows", [1, 3, 500])
def test_the_page_costs_the_same_at_every_size(world: World, browse: Browse, rows: int) -> None:
    events(world, rows)
    client = browse("interior_head")
    client.get("/quan-tri/nhat-ky/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/quan-tri/nhat-ky/")
    assert len(queries) == 7


def test_the_page_names_the_record_and_not_its_key(world: World, browse: Browse) -> None:
    task = bring_on(task_of(review(world), world.commune_a), "submitted", world)
    rows = journal_page(world.interior_head, read_filter({})).rows
    told = {
        (row.subject_type, row.subject_label) for row in rows if row.subject_id in {task.pk, world.interior_head.pk}
    }
    assert ("unittask", f"{task.milestone.short_title}: {task.unit.short_name}") in told


def test_every_record_with_a_life_has_a_name_on_the_page() -> None:
    """The log keeps keys where a record has no name of its own; the page says what they stand for."""
    logs = [model for model in apps.get_models() if issubclass(model, TransitionLog)]
    kinds = {str(log._meta.get_field("record").related_model._meta.model_name) for log in logs}
    for config in apps.get_app_configs():
        for path in Path(config.path).rglob("*.py") if Path(config.path).parent == settings.BASE_DIR else ():
            kinds |= set(re.findall(r'Subject\(\s*"(\w+)"', path.read_text(encoding="utf-8")))
    assert kinds - set(words._names) == NAMED_BY_THEMSELVES


# Refusals


def test_a_refusal_leaves_one_line_a_minute_and_address(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.DRAFT)
    before = current_head().number
    client = browse("other_officer")
    for _again in range(3):
        assert client.get(f"/dien-hinh/{exemplar.pk}/").status_code == 404
    event = AuditEvent.objects.get(number__gt=before)
    assert (event.kind, event.action, event.actor, event.subject_type, event.subject_id) == (
        "refusal",
        "refused.404",
        world.other_officer,
        "exemplar_detail",
        exemplar.pk,
    )
    assert client.get("/dien-hinh/xet-duyet/").status_code == 403
    assert AuditEvent.objects.last().action == "refused.403"


def test_an_unknown_address_or_a_visitor_leaves_no_line(world: World, browse: Browse) -> None:
    before = current_head().number
    assert browse("officer").get("/khong-co-trang/").status_code == 404
    assert Client().get("/guong-dien-hinh/99-x/").status_code == 404
    assert current_head().number == before


def test_a_number_too_large_for_the_database_is_noted_without_it(world: World, browse: Browse) -> None:
    assert browse("officer").get(f"/dien-hinh/{10**30}/").status_code == 404
    assert AuditEvent.objects.last().subject_id is None


# The digest


def test_each_head_is_told_once_a_day_about_the_own_scope(world: World, stand_on) -> None:
    stand_on(datetime.date(2023, 6, 2))
    world.exemplar(State.REJECTED)
    stand_on(MONDAY)
    assert (post_digest(), post_digest()) == (2, 2)
    notice = OutboxMessage.objects.get(recipient=world.interior_head, channel="in_app", subject_type="audit-digest")
    assert notice.title == "Nhật ký từ 2/6/2023: 3 bước xử lý, 0 lần bị từ chối"
    assert notice.body.splitlines()[-1] == f"Đầu chuỗi nhật ký: {current_head()}. Giữ thư này để sau đối chiếu."
    mails = OutboxMessage.objects.filter(recipient=world.interior_head, subject_type="audit-digest", channel="email")
    assert mails.count() == 1


def test_nothing_is_told_on_a_day_off(world: World) -> None:
    assert post_digest(SATURDAY) == 0
