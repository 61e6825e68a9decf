from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns import letters
from campaigns.enums import Addressing, TaskState, Tier
from campaigns.models import UnitTask
from campaigns.services import publish_milestone
from core import clock
from core.workflow import WorkflowError
from notifications.delivery import is_owed
from notifications.enums import NoticeKind, Rhythm
from notifications.models import OutboxMessage, Status
from notifications.preferences import choose_rhythms
from organizations.enums import UnitKind
from organizations.models import Unit
from tests.campaigns.makers import MilestoneFactory, publish
from tests.factories import BlockMembershipFactory, ProgrammeFactory, UnitFactory, World

DAY = datetime.date(2023, 6, 5)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _june(stand_on: Callable[[datetime.date], None]) -> None:
    stand_on(DAY)


def owners(world: World, **values: object) -> list[str]:
    milestone = publish(world, **values)
    return sorted(milestone.tasks.values_list("unit__name", flat=True))


def test_each_addressed_unit_of_the_district_gets_one_open_task(world: World) -> None:
    milestone = publish(world)
    rows = milestone.tasks.order_by("unit__name").values_list("unit__name", "state", "due", "addressed_id")
    assert list(rows) == [
        ("Xã Bình An", TaskState.OPEN, milestone.due, world.commune_a.pk),
        ("Xã Đồng Thạnh", TaskState.OPEN, milestone.due, world.commune_b.pk),
    ]
    assert (milestone.published_by, milestone.published_at.astimezone(clock.VIETNAM).date()) == (
        world.interior_head,
        DAY,
    )


def test_a_second_publishing_adds_only_what_is_missing(world: World) -> None:
    milestone = publish(world)
    first = set(UnitTask.objects.values_list("pk", flat=True))
    UnitFactory(parent=world.district, name="Xã Mới")
    assert publish_milestone(milestone=milestone, by=world.interior_head) == 3
    assert first < set(UnitTask.objects.values_list("pk", flat=True))
    milestone.refresh_from_db()
    assert milestone.published_by == world.interior_head


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "owes"),
    [
        ("2020-01-01", "2023-06-04", False),
        ("2020-01-01", "2023-06-05", True),
        ("2023-06-05", None, True),
        ("2023-06-06", None, False),
    ],
)
def test_only_units_valid_on_the_day_owe_it(world: World, valid_from: str, valid_to: str | None, owes: bool) -> None:
    UnitFactory(parent=world.district, name="Xã Khác", valid_from=valid_from, valid_to=valid_to)
    assert ("Xã Khác" in owners(world)) == owes


def test_a_milestone_that_opens_later_is_owed_by_the_units_of_that_day(world: World) -> None:
    Unit.objects.filter(pk=world.commune_b.pk).update(valid_to="2025-06-30")
    later = {
        "opens": datetime.date(2025, 7, 1),
        "due": datetime.date(2025, 12, 1),
        "closes": datetime.date(2025, 12, 31),
    }
    assert owners(world, **later) == ["Xã Bình An"]


def test_a_block_owes_it_by_its_members_of_the_year(world: World) -> None:
    membership = BlockMembershipFactory(unit=world.office, year=2023)
    BlockMembershipFactory(block=membership.block, unit=world.commune_a, year=2022)
    assert owners(world, addressing=Addressing.BLOCK, block=membership.block, unit_kinds=[]) == ["Phòng Nội vụ"]


def test_chosen_units_owe_it_and_none_of_another_district(world: World) -> None:
    milestone = MilestoneFactory(
        programme=ProgrammeFactory(unit=world.district), addressing=Addressing.CHOSEN, unit_kinds=[]
    )
    milestone.chosen_units.set([world.office, world.far_commune])
    assert publish_milestone(milestone=milestone, by=world.interior_head) == 1
    assert milestone.tasks.get().unit == world.office


def test_a_milestone_that_addresses_nobody_is_refused_and_stays_unpublished(world: World) -> None:
    milestone = MilestoneFactory(programme=ProgrammeFactory(unit=world.district), unit_kinds=[UnitKind.SCHOOL])
    with pytest.raises(WorkflowError, match="Chưa có đơn vị nào"):
        publish_milestone(milestone=milestone, by=world.interior_head)
    milestone.refresh_from_db()
    assert milestone.published_at is None


def test_a_closed_programme_takes_no_more_tasks(world: World) -> None:
    programme = ProgrammeFactory(
        unit=world.district, closed_at=clock.now(), closed_by=world.interior_head, summary="Đã xong."
    )
    with pytest.raises(WorkflowError, match="đã đóng"):
        publish_milestone(milestone=MilestoneFactory(programme=programme), by=world.interior_head)


def test_the_cost_does_not_grow_with_the_units(world: World) -> None:
    def cost(milestone: object) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            publish_milestone(milestone=milestone, by=world.interior_head)
        return len(queries)

    programme = ProgrammeFactory(unit=world.district)
    # The calendar of working days is read once for a process.
    publish_milestone(milestone=MilestoneFactory(programme=programme), by=world.interior_head)
    few = cost(MilestoneFactory(programme=programme))
    for number in range(60):
        UnitFactory(parent=world.district, name=f"Xã thứ {number}")
    assert cost(MilestoneFactory(programme=programme)) == few


def told() -> list[tuple[str, str, str, str]]:
    rows = OutboxMessage.objects.filter(subject_type=letters.GIVEN).order_by("recipient", "channel")
    return list(rows.values_list("recipient__username", "channel", "status", "title"))


FAR = {"opens": datetime.date(2023, 11, 1), "due": datetime.date(2023, 11, 30), "closes": datetime.date(2023, 12, 31)}


def test_officers_hear_of_a_new_task_on_the_portal_and_with_the_next_digest(world: World) -> None:
    milestone = publish(world, **FAR)
    title = "Nhiệm vụ mới, hạn 30/11/2023: Sơ kết 3 năm"
    officers = (world.people["officer"], world.people["other_officer"])
    assert told() == [
        row
        for person in sorted(officers, key=lambda person: person.pk)
        for row in (
            (person.username, "email", Status.WAITING, title),
            (person.username, "in_app", Status.PENDING, title),
        )
    ]
    letter = OutboxMessage.objects.filter(subject_type=letters.GIVEN).first()
    assert "hạn nộp 30/11/2023" in letter.body
    assert letter.path == milestone.get_absolute_url()
    assert len(letter.title) <= letters.SUBJECT_LIMIT
    # A second publishing tells nobody again, a unit that is new its officers alone.
    UnitFactory(parent=world.district, name="Xã Mới")
    publish_milestone(milestone=milestone, by=world.interior_head)
    assert len(told()) == 4


def test_who_handed_in_meanwhile_is_told_no_more(world: World) -> None:
    milestone = publish(world, **FAR)
    message = OutboxMessage.objects.filter(subject_type=letters.GIVEN, recipient=world.people["officer"]).first()
    assert letters.given_is_owed(message)
    milestone.tasks.filter(unit=world.commune_a).update(
        state=TaskState.SUBMITTED, submitted_at=clock.now(), submitted_by=message.recipient, first_submitted_on=DAY
    )
    assert not letters.given_is_owed(message)


@pytest.mark.parametrize(("reminders_on", "letters_sent"), [(True, 0), (False, 4)])
def test_what_reminders_tell_already_is_told_by_them_alone(world: World, reminders_on: bool, letters_sent: int) -> None:
    publish(world, programme=ProgrammeFactory(unit=world.district, reminders_on=reminders_on))
    assert len(told()) == letters_sent


@pytest.mark.parametrize(("reminders_on", "owed"), [(True, False), (False, True)])
def test_news_that_waits_for_monday_is_dropped_once_a_reminder_has_told_it(
    world: World, stand_on: Callable[[datetime.date], None], reminders_on: bool, owed: bool
) -> None:
    officer = world.people["officer"]
    choose_rhythms(user=officer, rhythms={NoticeKind.NEWS: Rhythm.WEEKLY})
    programme = ProgrammeFactory(unit=world.district, reminders_on=reminders_on, ladder=[-7, 0])
    publish(world, programme=programme, **FAR)
    message = OutboxMessage.objects.get(subject_type=letters.GIVEN, recipient=officer, status=Status.WAITING)
    assert is_owed(message)
    stand_on(datetime.date(2023, 11, 22))
    assert is_owed(message)
    stand_on(datetime.date(2023, 11, 23))
    assert is_owed(message) is owed


def test_a_unit_with_more_time_still_hears_of_a_new_task(
    world: World, stand_on: Callable[[datetime.date], None]
) -> None:
    programme = ProgrammeFactory(unit=world.district, reminders_on=True, ladder=[-7, 0])
    milestone = publish(world, programme=programme, **FAR)
    milestone.tasks.filter(unit=world.commune_a).update(due=datetime.date(2023, 12, 20), is_extended=True)
    stand_on(datetime.date(2023, 11, 23))
    found = OutboxMessage.objects.filter(subject_type=letters.GIVEN, status=Status.WAITING)
    owed = {message.recipient: is_owed(message) for message in found}
    assert owed == {world.people["officer"]: True, world.people["other_officer"]: False}


def test_the_office_is_not_told_of_its_own_tasks(world: World) -> None:
    milestone = MilestoneFactory(
        programme=ProgrammeFactory(unit=world.district),
        tier=Tier.DISTRICT,
        addressing=Addressing.CHOSEN,
        unit_kinds=[],
        **FAR,
    )
    milestone.chosen_units.set([world.office])
    publish_milestone(milestone=milestone, by=world.interior_head)
    assert told() == []
