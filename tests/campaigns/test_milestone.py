"""Decisions about milestones: content, yearly repetition, due dates after publishing, exceptions."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns import letters
from campaigns.content import sections_of
from campaigns.forms.fields import OutlineField
from campaigns.forms.milestone import MilestoneForm
from campaigns.models import Milestone, ReminderException, UnitTask
from campaigns.services import (
    add_exception,
    ask_extension,
    change_due,
    delete_milestone,
    grant_extension,
    publish_milestone,
    remove_exception,
    repeat_milestone,
    save_milestone,
    save_report,
)
from campaigns.services.reports import ReportInput
from core.audit.models import AuditEvent
from core.workflow import WorkflowError
from notifications.delivery import deliver, is_owed
from notifications.enums import Status
from notifications.models import OutboxMessage
from notifications.ticking import plan_day
from tests.campaigns.inspection_makers import make_guidance, programme_of
from tests.campaigns.makers import MilestoneFactory, bring_on, many_units, publish, task_of
from tests.factories import ProgrammeFactory, World

DAY = datetime.date(2023, 6, 5)
VALUES: dict[str, Any] = {
    "title": "Sơ kết",
    "short_title": "Sơ kết",
    "duty": "report",
    "opens": datetime.date(2023, 6, 1),
    "due": datetime.date(2023, 6, 15),
    "closes": datetime.date(2023, 6, 30),
    "unit_kinds": ["commune"],
}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _june(stand_on: Callable[[datetime.date], None]) -> None:
    stand_on(DAY)


def test_a_new_milestone_gets_a_code_and_dates_of_the_office(world: World) -> None:
    programme = ProgrammeFactory(unit=world.district)
    saved = [
        save_milestone(
            milestone=Milestone(programme=programme), by=world.interior_head, values=VALUES, chosen=[world.office]
        )
        for _time in range(2)
    ]
    assert [(m.code, m.dates_set_by_office, m.is_published) for m in saved] == [
        ("MR1", True, False),
        ("MR2", True, False),
    ]
    assert list(saved[0].chosen_units.all()) == [world.office]


@pytest.mark.parametrize("due", [datetime.date(2020, 12, 31), datetime.date(2026, 1, 1)])
def test_a_milestone_outside_the_period_is_refused(world: World, due: datetime.date) -> None:
    milestone = Milestone(programme=ProgrammeFactory(unit=world.district))
    dates = {"opens": due, "due": due, "closes": due}
    with pytest.raises(WorkflowError, match="trong giai đoạn"):
        save_milestone(milestone=milestone, by=world.interior_head, values=VALUES | dates, chosen=[])


@pytest.mark.parametrize("due", [datetime.date(2021, 1, 1), datetime.date(2025, 12, 31)])
def test_the_first_and_the_last_day_of_the_period_are_inside(world: World, due: datetime.date) -> None:
    milestone = Milestone(programme=ProgrammeFactory(unit=world.district))
    dates = {"opens": due, "due": due, "closes": due}
    saved = save_milestone(milestone=milestone, by=world.interior_head, values=VALUES | dates, chosen=[])
    assert saved.due == due


def test_the_dates_of_a_published_milestone_stay_when_it_is_edited(world: World) -> None:
    milestone = publish(world)
    values = VALUES | {"title": "Tên mới", "due": datetime.date(2023, 7, 1)}
    save_milestone(milestone=milestone, by=world.interior_head, values=values, chosen=[])
    milestone.refresh_from_db()
    assert (milestone.title, str(milestone.due)) == ("Tên mới", "2023-06-15")


def test_a_yearly_milestone_is_repeated_into_the_years_that_have_none(world: World) -> None:
    milestone = publish(world, code="KH-2023", series="KH-2023", title="Kế hoạch năm 2023", short_title="KH 2023")
    made = repeat_milestone(milestone=milestone, by=world.interior_head)
    assert [(m.code, m.title, str(m.due), m.is_published) for m in made] == [
        ("KH-2023-2021", "Kế hoạch năm 2021", "2021-06-15", False),
        ("KH-2023-2022", "Kế hoạch năm 2022", "2022-06-15", False),
        ("KH-2023-2024", "Kế hoạch năm 2024", "2024-06-15", False),
        ("KH-2023-2025", "Kế hoạch năm 2025", "2025-06-15", False),
    ]
    assert repeat_milestone(milestone=milestone, by=world.interior_head) == []


def test_the_29th_of_february_is_repeated_as_the_28th(world: World) -> None:
    leap = datetime.date(2024, 2, 29)
    milestone = MilestoneFactory(
        programme=ProgrammeFactory(unit=world.district), opens=leap, due=leap, closes=leap, anchor=leap
    )
    made = repeat_milestone(milestone=milestone, by=world.interior_head)
    assert {str(m.due) for m in made} == {"2021-02-28", "2022-02-28", "2023-02-28", "2025-02-28"}


def test_a_published_milestone_that_is_not_yearly_is_not_repeated(world: World) -> None:
    milestone = publish(world)
    with pytest.raises(WorkflowError, match="không phải mốc hằng năm"):
        repeat_milestone(milestone=milestone, by=world.interior_head)
    milestone.refresh_from_db()
    assert (milestone.series, Milestone.objects.count()) == ("", 1)


def test_a_repetition_is_assembled_from_the_units_of_its_own_year(world: World) -> None:
    programme = ProgrammeFactory(unit=world.district)
    units = MilestoneFactory(programme=programme, code="BC-2023", series="BC")
    lone = MilestoneFactory(programme=programme)
    district = MilestoneFactory(programme=programme, code="H-2023", series="H", tier="district", assembles=units)
    other = MilestoneFactory(programme=programme, code="K-2023", series="K", tier="district", assembles=lone)
    sources = {copy.due.year: copy for copy in repeat_milestone(milestone=units, by=world.interior_head)}
    made = repeat_milestone(milestone=district, by=world.interior_head)
    assert {copy.due.year: copy.assembles for copy in made} == sources
    assert {copy.assembles for copy in repeat_milestone(milestone=other, by=world.interior_head)} == {None}


def test_dates_that_the_office_changed_are_dates_of_the_office(world: World) -> None:
    programme = ProgrammeFactory(unit=world.district)
    plans = MilestoneFactory(programme=programme, dates_set_by_office=False)
    save_milestone(milestone=plans, by=world.interior_head, values=VALUES, chosen=[])
    assert not plans.dates_set_by_office
    later = {"due": datetime.date(2023, 6, 16)}
    save_milestone(milestone=plans, by=world.interior_head, values=VALUES | later, chosen=[])
    assert plans.dates_set_by_office
    published = publish(world, programme=programme, dates_set_by_office=False)
    change_due(milestone=published, by=world.interior_head, due=datetime.date(2023, 6, 20), reason="Bão.")
    published.refresh_from_db()
    assert published.dates_set_by_office


def test_the_tier_of_a_published_milestone_stays(world: World) -> None:
    milestone = publish(world)
    save_milestone(milestone=milestone, by=world.interior_head, values=VALUES | {"tier": "district"}, chosen=[])
    assert milestone.tier == "unit"
    fresh = MilestoneFactory(programme=milestone.programme)
    save_milestone(milestone=fresh, by=world.interior_head, values=VALUES | {"tier": "district"}, chosen=[])
    assert fresh.tier == "district"


def test_a_milestone_with_tasks_never_becomes_an_event(world: World) -> None:
    nothing = VALUES | {"asks_text": False}
    with pytest.raises(WorkflowError, match="ít nhất một thứ"):
        save_milestone(milestone=publish(world), by=world.interior_head, values=nothing, chosen=[])


def test_an_event_is_given_to_nobody(world: World) -> None:
    event = MilestoneFactory(programme=ProgrammeFactory(unit=world.district), asks_text=False)
    with pytest.raises(WorkflowError, match="chỉ ghi một sự kiện"):
        publish_milestone(milestone=event, by=world.interior_head)


def test_an_unpublished_milestone_is_deleted_and_remembered(world: World) -> None:
    milestone = MilestoneFactory(programme=ProgrammeFactory(unit=world.district), code="M9", title="Thừa")
    pk = milestone.pk
    delete_milestone(milestone=milestone, by=world.interior_head)
    event = AuditEvent.objects.get(action="milestone.delete")
    assert (Milestone.objects.count(), event.actor, event.data) == (
        0,
        world.interior_head,
        '{"milestone":"M9","title":"Thừa"}',
    )
    last = Milestone.history.filter(id=pk).latest()
    assert (last.history_type, last.history_user, last.title) == ("-", world.interior_head, "Thừa")


def test_a_milestone_on_which_something_stands_is_not_deleted(world: World) -> None:
    programme = programme_of(world)
    source, told = MilestoneFactory(programme=programme), MilestoneFactory(programme=programme)
    MilestoneFactory(programme=programme, assembles=source, title="Của huyện")
    make_guidance(world, "draft", milestone=told)
    for milestone, words in (
        (source, "“Của huyện” tổng hợp từ mốc này"),
        (told, "hướng dẫn hoặc câu hỏi"),
        (publish(world, programme=programme), "đã công bố"),
    ):
        with pytest.raises(WorkflowError, match=words):
            delete_milestone(milestone=milestone, by=world.interior_head)
    assert Milestone.objects.count() == 4


def dues(milestone: Milestone) -> dict[str, str]:
    return {task.unit.name: str(task.due) for task in milestone.tasks.select_related("unit")}


def extend(task: UnitTask, day: datetime.date, world: World) -> None:
    extension = ask_extension(task=task, by=world.other_officer, wanted=day, reason="Bão.")
    grant_extension(extension=extension, by=world.reviewer, day=day)


def test_a_unit_with_more_time_is_never_due_before_everybody(world: World) -> None:
    milestone = publish(world)
    extend(task_of(milestone, world.commune_b), datetime.date(2023, 6, 25), world)
    task = bring_on(task_of(milestone, world.commune_a), "submitted", world, on=datetime.date(2023, 6, 3))
    before = task.history.count()
    moved = change_due(milestone=milestone, by=world.interior_head, due=datetime.date(2023, 7, 10), reason="Bão.")
    milestone.refresh_from_db()
    assert (moved, str(milestone.due), str(milestone.closes)) == (2, "2023-07-10", "2023-07-10")
    assert set(dues(milestone).values()) == {"2023-07-10"}
    assert (task.history.count() - before, task.history.latest().history_user) == (1, world.interior_head)
    event = AuditEvent.objects.get(action="milestone.due")
    assert (event.reason, '"tasks":2' in event.data) == ("Bão.", True)
    # Back again, each unit has its own day once more.
    change_due(milestone=milestone, by=world.interior_head, due=datetime.date(2023, 6, 15), reason="Hết bão.")
    assert dues(milestone) == {"Xã Bình An": "2023-06-15", "Xã Đồng Thạnh": "2023-06-25"}


def test_who_handed_in_after_the_old_day_stays_in_time_when_it_is_moved_back(world: World) -> None:
    milestone = publish(world, due=datetime.date(2023, 6, 30))
    bring_on(task_of(milestone, world.commune_a), "submitted", world, on=datetime.date(2023, 6, 20))
    change_due(milestone=milestone, by=world.interior_head, due=datetime.date(2023, 6, 15), reason="Vì.")
    assert dues(milestone) == {"Xã Bình An": "2023-06-30", "Xã Đồng Thạnh": "2023-06-15"}


def test_an_extension_that_ends_later_keeps_its_day(world: World) -> None:
    milestone = publish(world)
    extend(task_of(milestone, world.commune_b), datetime.date(2023, 6, 25), world)
    for day in (datetime.date(2023, 6, 20), datetime.date(2023, 6, 10)):
        moved = change_due(milestone=milestone, by=world.interior_head, due=day, reason="Vì.")
        assert (moved, dues(milestone)) == (1, {"Xã Bình An": str(day), "Xã Đồng Thạnh": "2023-06-25"})


def told_of_move() -> list[tuple[str, str]]:
    rows = OutboxMessage.objects.filter(subject_type=letters.MOVED, channel="in_app").exclude(status=Status.SKIPPED)
    return list(rows.order_by("pk").values_list("recipient__username", "title"))


def test_officers_who_still_owe_hear_of_a_new_day_once(world: World) -> None:
    milestone = publish(world)
    bring_on(task_of(milestone, world.commune_a), "submitted", world, on=datetime.date(2023, 6, 3))
    change_due(milestone=milestone, by=world.interior_head, due=datetime.date(2023, 7, 10), reason="Bão số 2.")
    assert told_of_move() == [("other_officer", "Đổi hạn sang 10/7/2023: Sơ kết 3 năm")]
    message = OutboxMessage.objects.filter(subject_type=letters.MOVED, channel="email").get()
    assert "từ ngày 15/6/2023 sang ngày 10/7/2023.\n\nLý do: Bão số 2." in message.body
    assert is_owed(message)
    # The older word about the old day is told no more.
    given = OutboxMessage.objects.filter(subject_type=letters.GIVEN, recipient=world.other_officer)
    assert set(given.values_list("status", flat=True)) == {Status.SKIPPED}
    # A second move takes the first letter back.
    change_due(milestone=milestone, by=world.interior_head, due=datetime.date(2023, 7, 5), reason="Sửa.")
    assert told_of_move() == [("other_officer", "Đổi hạn sang 5/7/2023: Sơ kết 3 năm")]
    latest = OutboxMessage.objects.filter(subject_type=letters.MOVED, channel="email").latest("pk")
    bring_on(task_of(milestone, world.commune_b), "submitted", world, on=datetime.date(2023, 6, 4))
    assert not is_owed(latest)


@pytest.mark.parametrize(
    ("due", "told"), [(datetime.date(2023, 6, 20), 0), (datetime.date(2023, 12, 20), 2)], ids=["ladder", "far"]
)
def test_a_new_day_that_reminders_tell_is_told_by_them_alone(world: World, due: datetime.date, told: int) -> None:
    milestone = publish(world, programme=ProgrammeFactory(unit=world.district, reminders_on=True))
    change_due(milestone=milestone, by=world.interior_head, due=due, reason="Vì.")
    assert len(told_of_move()) == told


def test_a_unit_that_is_not_reminded_still_hears_of_a_new_day(world: World) -> None:
    milestone = publish(world, programme=ProgrammeFactory(unit=world.district, reminders_on=True))
    add_exception(milestone=milestone, by=world.interior_head, unit=world.commune_a, reason="Mới lập.")
    change_due(milestone=milestone, by=world.interior_head, due=datetime.date(2023, 6, 20), reason="Vì.")
    assert [who for who, _title in told_of_move()] == ["officer"]
    assert is_owed(OutboxMessage.objects.get(subject_type=letters.MOVED, channel="email"))


def test_the_office_hears_nothing_of_its_own_new_day(world: World) -> None:
    milestone = MilestoneFactory(
        programme=ProgrammeFactory(unit=world.district), tier="district", addressing="chosen", unit_kinds=[]
    )
    milestone.chosen_units.set([world.office])
    publish_milestone(milestone=milestone, by=world.interior_head)
    change_due(milestone=milestone, by=world.interior_head, due=datetime.date(2023, 7, 10), reason="Vì.")
    assert told_of_move() == []


def test_moving_a_day_costs_the_same_for_any_number_of_units(world: World) -> None:
    def cost(milestone: Milestone) -> int:
        with CaptureQueriesContext(connection) as queries:
            change_due(milestone=milestone, by=world.interior_head, due=datetime.date(2023, 7, 10), reason="Vì.")
        return len(queries)

    programme = ProgrammeFactory(unit=world.district)
    cost(publish(world, programme=programme))
    few = cost(publish(world, programme=programme))
    many_units(world, 30)
    assert cost(publish(world, programme=programme)) == few


def test_an_earlier_due_date_leaves_those_in_peace_that_handed_in(world: World) -> None:
    milestone = publish(world)
    bring_on(task_of(milestone, world.commune_a), "accepted", world, on=datetime.date(2023, 6, 14))
    day = datetime.date(2023, 6, 10)
    assert change_due(milestone=milestone, by=world.interior_head, due=day, reason="Tỉnh cần sớm.") == 1
    assert dues(milestone) == {"Xã Bình An": "2023-06-15", "Xã Đồng Thạnh": "2023-06-10"}


def test_a_due_date_moved_there_and_back_is_where_it_was(world: World) -> None:
    milestone = publish(world)
    for day in (datetime.date(2023, 6, 20), datetime.date(2023, 6, 15)):
        change_due(milestone=milestone, by=world.interior_head, due=day, reason="Sửa.")
        milestone.refresh_from_db()
    assert set(dues(milestone).values()) == {"2023-06-15"}


@pytest.mark.parametrize(
    ("due", "reason", "words"),
    [
        (datetime.date(2023, 6, 20), " ", "Ghi lý do"),
        (datetime.date(2023, 6, 15), "Vì.", "trùng"),
        (datetime.date(2023, 5, 31), "Vì.", "từ ngày mở"),
        (datetime.date(2023, 6, 4), "Vì.", "không được trước hôm nay"),
        (datetime.date(2026, 1, 1), "Vì.", "trong giai đoạn"),
    ],
)
def test_a_due_date_that_cannot_be_is_refused(world: World, due: datetime.date, reason: str, words: str) -> None:
    milestone = publish(world)
    with pytest.raises(WorkflowError, match=words):
        change_due(milestone=milestone, by=world.interior_head, due=due, reason=reason)
    assert set(dues(milestone).values()) == {"2023-06-15"}


def test_an_exception_has_a_reason_and_can_be_taken_back(world: World) -> None:
    milestone = publish(world)
    with pytest.raises(WorkflowError, match="lý do"):
        add_exception(milestone=milestone, by=world.interior_head, unit=world.commune_a, reason=" ")
    row = add_exception(milestone=milestone, by=world.interior_head, unit=world.commune_a, reason="Mới lập.")
    add_exception(milestone=milestone, by=world.interior_head, unit=world.commune_a, reason="Mới sáp nhập.")
    row.refresh_from_db()
    assert (row.reason, ReminderException.objects.count()) == ("Mới sáp nhập.", 1)
    remove_exception(exception=row, by=world.interior_head)
    assert ReminderException.objects.count() == 0


def test_nobody_but_the_head_decides(world: World) -> None:
    milestone = publish(world)
    by = world.reviewer
    for act in (
        lambda: save_milestone(milestone=milestone, by=by, values=VALUES, chosen=[]),
        lambda: repeat_milestone(milestone=milestone, by=by),
        lambda: delete_milestone(milestone=milestone, by=by),
        lambda: publish_milestone(milestone=milestone, by=by),
        lambda: change_due(milestone=milestone, by=by, due=datetime.date(2023, 7, 1), reason="Vì."),
        lambda: add_exception(milestone=milestone, by=by, unit=world.commune_a, reason="Vì."),
    ):
        with pytest.raises(WorkflowError, match="Chỉ Trưởng phòng"):
            act()


def test_a_milestone_that_was_read_before_it_was_published_does_not_undo_that(world: World) -> None:
    fresh = MilestoneFactory(programme=ProgrammeFactory(unit=world.district))
    read_before = Milestone.objects.get(pk=fresh.pk)
    publish_milestone(milestone=fresh, by=world.interior_head)
    change_due(milestone=fresh, by=world.interior_head, due=datetime.date(2023, 6, 20), reason="Trùng họp.")
    save_milestone(milestone=read_before, by=world.interior_head, values=VALUES, chosen=[])
    fresh.refresh_from_db()
    assert (fresh.is_published, fresh.due, fresh.title) == (True, datetime.date(2023, 6, 20), "Sơ kết")


def test_a_day_moved_and_moved_back_is_told_by_letter_as_its_step_was_told_before(world: World) -> None:
    milestone = publish(world, programme=ProgrammeFactory(unit=world.district, reminders_on=True))
    plan_day(DAY)
    deliver(even_quiet=True)
    for due in (datetime.date(2023, 12, 20), datetime.date(2023, 6, 15)):
        change_due(milestone=milestone, by=world.interior_head, due=due, reason="Vì.")
        milestone.refresh_from_db()
    assert told_of_move() == [(who, "Đổi hạn sang 15/6/2023: Sơ kết 3 năm") for who in ("officer", "other_officer")]
    assert plan_day(DAY).reminders == 0
    assert is_owed(OutboxMessage.objects.filter(subject_type=letters.MOVED, channel="email").latest("pk"))


def test_what_was_told_of_the_old_day_is_gone_also_where_reminders_tell_the_new(world: World) -> None:
    programme = ProgrammeFactory(unit=world.district, reminders_on=True)
    milestone = publish(world, programme=programme, due=datetime.date(2023, 12, 20), closes=datetime.date(2023, 12, 31))
    given = OutboxMessage.objects.filter(subject_type=letters.GIVEN)
    assert set(given.values_list("status", flat=True)) == {Status.PENDING, Status.WAITING}
    change_due(milestone=milestone, by=world.interior_head, due=datetime.date(2023, 6, 20), reason="Vì.")
    assert set(given.values_list("status", flat=True)) == {Status.SKIPPED}


@pytest.mark.parametrize("outline", [["I. Một", "II. Hai", "II.1. Ba"], ["I. Một"]], ids=["chapter", "gone"])
def test_a_section_in_which_a_unit_wrote_stays_in_the_outline(world: World, outline: list[str]) -> None:
    parts = OutlineField().clean("I. Một\nII. Hai")
    milestone = publish(world, outline=parts)
    new = {**VALUES, "outline": OutlineField().clean("\n".join(outline))}
    report = ReportInput(sections={"II": "Đã làm."})
    save_report(task=task_of(milestone, world.commune_a), by=world.officer, data=report, seen_version=0)
    with pytest.raises(WorkflowError, match="đã viết ở mục “II. Hai”"):
        save_milestone(milestone=milestone, by=world.interior_head, values=new, chosen=[])
    milestone.refresh_from_db()
    assert milestone.outline == parts


def test_a_section_in_which_nobody_wrote_may_become_a_chapter(world: World) -> None:
    milestone = publish(world, outline=OutlineField().clean("I. Một\nII. Hai"))
    new = {**VALUES, "outline": OutlineField().clean("I. Một\nII. Hai\nII.1. Ba")}
    save_milestone(milestone=milestone, by=world.interior_head, values=new, chosen=[])
    assert [section.key for section in sections_of(milestone)] == ["I", "II.1"]


def test_a_milestone_without_its_first_day_asks_for_it_in_a_sentence(world: World) -> None:
    milestone = Milestone(programme=ProgrammeFactory(unit=world.district))
    form = MilestoneForm({"title": "Sơ kết"}, milestone=milestone, units=[])
    assert form.errors["opens"] == ["Nhập ngày mở."]
