"""Tasks of a unit that ended: who answers for them, and what stays as it was."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx import Document

from campaigns.assembly import assembly_of
from campaigns.calendar import owed_tasks
from campaigns.content import known_figures
from campaigns.inspection_desk import inspection_items
from campaigns.models import Programme, Question, TaskFile, UnitTask
from campaigns.owed import TaskSource, late_by_milestone
from campaigns.selectors.reminder_grid import unit_ladders
from campaigns.services import (
    accept_report,
    add_exception,
    ask_extension,
    grant_extension,
    hand_over,
    hand_over_all,
    refuse_extension,
    return_report,
    save_report,
    submit_report,
)
from campaigns.services.files import note_download
from campaigns.services.guidance import answer_question, ask_question
from campaigns.services.reports import ReportInput
from campaigns.services.urging import urge
from campaigns.task_journal import extension_names, task_names
from core.audit.models import AuditEvent
from core.workflow import WorkflowError
from notifications.delivery import deliver, is_owed
from notifications.digests import gather
from notifications.models import OutboxMessage, Reminder
from notifications.planning import plan
from notifications.previewing import preview
from organizations.enums import Role
from organizations.models import Unit
from tests.campaigns.makers import bring_on, publish, task_of
from tests.campaigns.task_makers import bring, district_review, review, write
from tests.factories import ProgrammeFactory, UnitFactory, UserFactory, World

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


def test_the_successors_are_looked_up_once_for_all_that_is_handed_over(world: World) -> None:
    last = UnitFactory(parent=UnitFactory(name="Tỉnh Mới", kind="province"), name="Xã Sau")
    world.commune_a.successors.add(last)
    programme = ProgrammeFactory(unit=world.district)
    for _n in range(3):
        publish(world, programme=programme)
    with CaptureQueriesContext(connection) as captured:
        assert hand_over_all(closed=closed(world), unit=last, by=world.interior_head, reason="Sáp nhập.") == 3
    rings = [query for query in captured if "unit_successors" in query["sql"]]
    assert len(rings) == 2


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


def test_a_recorded_successor_outside_the_district_may_answer(world: World, browse: Callable[[str], Client]) -> None:
    """On 1/7/2025 the communes went to a province without districts: the office that gave the task still judges it."""
    province = UnitFactory(name="Tỉnh Mới", kind="province")
    middle = UnitFactory(parent=province, name="Xã Giữa", valid_to=datetime.date(2023, 6, 1))
    last = UnitFactory(parent=province, name="Xã Sau")
    world.commune_a.successors.add(middle)
    middle.successors.add(last)
    task = task_of(publish(world), world.commune_a)
    with pytest.raises(WorkflowError, match="không còn hoạt động"):
        hand_over(task=task, unit=middle, by=world.interior_head, reason="Sáp nhập.")
    hand_over(task=task, unit=last, by=world.interior_head, reason="Sáp nhập.")
    task = task_of(task.milestone, last)
    newcomer = UserFactory(username="newcomer", home_unit=last, roles=[(Role.OFFICER, last)])
    stranger = UserFactory(username="stranger", home_unit=province, roles=[(Role.INTERIOR_HEAD, province)])
    asked = ask_extension(task=task, by=newcomer, wanted=datetime.date(2023, 7, 1), reason="Mới nhận bàn giao.")
    grid = browse("reviewer").get("/ke-hoach/bang-theo-doi/").context["grid"]
    assert [(row.name, [cell.standing.word for cell in row.cells]) for row in grid.rows] == [
        ("Xã Đồng Thạnh", ["Chưa nộp"]),
        ("Xã Sau", ["Xin gia hạn"]),
    ]
    with pytest.raises(WorkflowError, match="Chỉ Phòng Nội vụ"):
        grant_extension(extension=asked, by=stranger, day=datetime.date(2023, 7, 1))
    grant_extension(extension=asked, by=world.reviewer, day=datetime.date(2023, 7, 1))
    write(task, newcomer)
    submit_report(task=task, by=newcomer)
    assert told("submit") == ["colleague", "interior_head", "reviewer"]
    with pytest.raises(WorkflowError, match="không thuộc vai trò"):
        accept_report(task=task, by=stranger)
    return_report(task=task, by=world.reviewer, reason="Thiếu số liệu.", due=datetime.date(2023, 7, 5))
    assert (told("return"), task.state) == (["newcomer"], "returned")
    more = ReportInput(sections={"noi-dung": "Đã bổ sung số liệu."})
    save_report(task=task, by=newcomer, data=more, seen_version=task.report.version)
    submit_report(task=task, by=newcomer)
    assert browse("reviewer").get(reverse("campaigns:task_review", args=[task.pk])).status_code == 200
    accept_report(task=task, by=world.colleague)
    event = AuditEvent.objects.get(action="unittask.accept")
    assert (task.state, event.roles) == ("accepted", "reviewer")


def told(step: str) -> list[str]:
    rows = OutboxMessage.objects.filter(step__startswith=step, channel="in_app")
    return sorted(rows.values_list("recipient__username", flat=True).distinct())


@pytest.fixture
def outside(world: World) -> UnitTask:
    """A task of commune A that its successor outside the district answers, without an officer of its own."""
    successor = UnitFactory(parent=UnitFactory(name="Tỉnh Mới", kind="province"), name="Xã Sau")
    world.commune_a.successors.add(successor)
    milestone = publish(world, programme=ProgrammeFactory(unit=world.district, reminders_on=True))
    task = task_of(milestone, world.commune_a)
    hand_over(task=task, unit=successor, by=world.interior_head, reason="Sáp nhập.")
    return task_of(milestone, successor)


READS = {"reviewer", "colleague", "interior_head", "leader", "council_member"}


def test_the_office_and_not_the_old_unit_reads_what_a_successor_outside_answers(
    world: World, outside: UnitTask
) -> None:
    seen = {who for who, user in world.people.items() if UnitTask.objects.visible_to(user).filter(pk=outside.pk)}
    judge = {who for who, user in world.people.items() if UnitTask.objects.judged_by(user).filter(pk=outside.pk)}
    assert (seen, judge) == (READS, READS - {"leader", "council_member"})


def test_files_of_a_successor_outside_are_read_by_the_office_once_submitted(world: World, outside: UnitTask) -> None:
    outside.milestone.asks_files = True
    outside.milestone.save()
    newcomer = UserFactory(home_unit=outside.unit, roles=[(Role.OFFICER, outside.unit)])
    write(outside, newcomer)
    assert not TaskFile.objects.visible_to(world.reviewer).exists()
    submit_report(task=outside, by=newcomer)
    seen = {who for who, user in world.people.items() if TaskFile.objects.visible_to(user).exists()}
    assert (seen, TaskFile.objects.visible_to(newcomer).count()) == (READS, 1)


def test_pages_of_a_successor_outside_open_for_the_office(
    world: World, browse: Callable[[str], Client], outside: UnitTask
) -> None:
    newcomer = UserFactory(home_unit=outside.unit, roles=[(Role.OFFICER, outside.unit)])
    world.people["newcomer"] = newcomer
    duties = reverse("campaigns:unit_duties", args=[outside.unit_id, 2023])
    found = {who: browse(who).get(duties).status_code for who in (*READS, "newcomer", "officer", "other_reviewer")}
    assert found == {**dict.fromkeys(READS, 200), "newcomer": 200, "officer": 404, "other_reviewer": 404}
    assert browse("newcomer").get(outside.milestone.get_absolute_url()).status_code == 200
    assert [row.name for row in browse("newcomer").get("/ke-hoach/bang-theo-doi/").context["grid"].rows] == ["Xã Sau"]
    assert list(browse("newcomer").get(reverse("campaigns:task_list")).context["filter"].milestones) == [
        outside.milestone_id
    ]
    write(outside, newcomer)
    assert browse("newcomer").get(reverse("campaigns:task_document", args=[outside.pk])).status_code == 200
    submit_report(task=outside, by=newcomer)
    assert browse("reviewer").get(reverse("campaigns:task_document", args=[outside.pk])).status_code == 200
    assert browse("reviewer").get(reverse("campaigns:urge", args=[outside.milestone_id])).status_code == 200
    event = AuditEvent.objects.get(action="unit_task.hand_over")
    assert AuditEvent.objects.within(world.interior_head.reach(Role.INTERIOR_HEAD)).filter(pk=event.pk).exists()


def test_the_list_of_tasks_offers_the_successor_outside(
    world: World, browse: Callable[[str], Client], outside: UnitTask
) -> None:
    page = browse("reviewer").get(reverse("campaigns:task_list"), {"don-vi": outside.unit_id})
    assert [task.pk for task in page.context["page_obj"]] == [outside.pk]
    assert outside.unit_id not in browse("officer").get(reverse("campaigns:task_list")).context["filter"].units


@pytest.mark.parametrize(("day", "tier"), [((2023, 6, 8), "unmanned"), ((2023, 6, 22), "office")])
def test_the_office_of_the_programme_is_told_of_a_successor_outside(
    world: World,
    outside: UnitTask,
    browse: Callable[[str], Client],
    stand_on: Callable[[datetime.date], None],
    day: tuple[int, int, int],
    tier: str,
) -> None:
    if tier == "office":
        UserFactory(home_unit=outside.unit, roles=[(Role.OFFICER, outside.unit)])
    stand_on(datetime.date(*day))
    preview = browse("reviewer").get("/ke-hoach/nhac-han/xem-truoc/").context["messages_of_day"]
    plan(datetime.date(*day))
    rows = Reminder.objects.filter(subject_id=outside.pk, tier=tier, channel="in_app")
    office = {"reviewer", "colleague", "interior_head"}
    assert set(rows.values_list("recipient__username", flat=True)) == office
    assert office <= {one.person.username for one in preview}
    proof = browse("reviewer").get("/ke-hoach/nhac-han/", {"moc": outside.milestone_id, "don-vi": outside.unit_id})
    assert {row.reminder.subject_id for row in proof.context["rows"]} == {outside.pk}
    assert [one.unit for one in proof.context["ladders"]] == ["Xã Sau (nhận từ Xã Bình An)"]
    assert not browse("other_reviewer").get("/ke-hoach/nhac-han/").context["rows"]


def test_the_monday_summary_names_the_successor_and_for_whom(world: World, outside: UnitTask) -> None:
    (line,) = late_by_milestone([world.district.path], datetime.date(2023, 6, 20))
    assert set(line.units) == {"Xã Đồng Thạnh", "Xã Sau (nhận từ Xã Bình An)"}
    assert late_by_milestone([outside.unit.path], datetime.date(2023, 6, 20)) == []


# Several tasks of one unit after a merger


@pytest.fixture
def merged(world: World) -> UnitTask:
    """Commune A's task handed to B, which has its own: B owes two of the milestone."""
    task = task_of(review(world), world.commune_a)
    hand_over(task=task, unit=world.commune_b, by=world.interior_head, reason="Sáp nhập.")
    return task_of_addressed(task.milestone, world.commune_a)


def test_a_cell_shows_the_worst_of_several_with_the_list_of_them(
    world: World,
    merged: UnitTask,
    browse: Callable[[str], Client],
    stand_on: Callable[[datetime.date], None],
) -> None:
    own = task_of_addressed(merged.milestone, world.commune_b)
    write(own, world.other_officer)
    submit_report(task=own, by=world.other_officer)
    stand_on(datetime.date(2023, 6, 20))
    office = browse("reviewer")
    page = office.get("/ke-hoach/bang-theo-doi/")
    (row,) = page.context["grid"].rows
    (cell,) = row.cells
    assert (row.name, cell.standing.word, cell.count) == ("Xã Đồng Thạnh", "Quá hạn 5 ngày", 2)
    assert page.content.decode().count("2 nhiệm vụ") == 2
    assert {task.pk for task in office.get(cell.url).context["page_obj"]} == {own.pk, merged.pk}


@pytest.mark.parametrize("late", [0, 1])
def test_the_worst_is_shown_whichever_task_came_first(
    world: World, merged: UnitTask, browse: Callable[[str], Client], late: int
) -> None:
    tasks = UnitTask.objects.filter(milestone=merged.milestone).order_by("pk")
    UnitTask.objects.filter(pk=tasks[late].pk).update(due=datetime.date(2023, 6, 1))
    (row,) = browse("reviewer").get("/ke-hoach/bang-theo-doi/").context["grid"].rows
    assert row.cells[0].standing.word == "Quá hạn 4 ngày"


def test_pages_say_from_whom_a_task_came(world: World, merged: UnitTask, browse: Callable[[str], Client]) -> None:
    office, unit = browse("reviewer"), browse("other_officer")
    district = district_review(world, merged.milestone)
    bring(merged, "accepted", by=world.other_officer, judge=world.reviewer)
    duties = unit.get(reverse("campaigns:unit_duties", args=[world.commune_b.pk, 2023])).content.decode()
    assembly = office.get(reverse("campaigns:task_assembly", args=[district.pk])).content.decode()
    assert (duties.count("nhận từ Xã Bình An"), assembly.count("nhận từ Xã Bình An")) == (1, 4)
    paper = office.get(reverse("campaigns:task_document", args=[district.pk])).content
    table = Document(io.BytesIO(paper)).tables[-1]
    assert table.rows[1].cells[1].text == "Xã Đồng Thạnh (nhận từ Xã Bình An)"
    assert "nhận từ Xã Bình An" in unit.get(reverse("campaigns:task_list")).content.decode()


def test_letters_calendar_journal_and_review_tell_the_two_tasks_apart(
    world: World, merged: UnitTask, browse: Callable[[str], Client]
) -> None:
    own = task_of_addressed(merged.milestone, world.commune_b)
    titles = ["Hạn nộp: Sơ kết 3 năm – Xã Đồng Thạnh", "Hạn nộp: Sơ kết 3 năm – Xã Đồng Thạnh (nhận từ Xã Bình An)"]
    assert sorted(item.title for item in owed_tasks(world.other_officer)) == titles
    names = {own.pk: "Sơ kết 3 năm: Xã Đồng Thạnh", merged.pk: "Sơ kết 3 năm: Xã Đồng Thạnh (nhận từ Xã Bình An)"}
    assert task_names([own.pk, merged.pk]) == names
    asked = ask_extension(task=merged, by=world.other_officer, wanted=datetime.date(2023, 7, 1), reason="Thiếu số.")
    assert extension_names([asked.pk]) == {asked.pk: names[merged.pk]}
    letter = OutboxMessage.objects.filter(step="ask").first()
    assert letter is not None
    assert letter.title == "Xin lùi đến 1/7: sơ kết 3… – xã Đồng Thạnh (từ xã Bình An)"
    assert len(letter.title) <= 60
    write(merged, world.other_officer)
    submit_report(task=merged, by=world.other_officer)
    letter = OutboxMessage.objects.filter(step__startswith="submit").first()
    assert letter is not None
    assert "của xã Đồng Thạnh (nhận từ Xã Bình An) đã được nộp" in letter.body
    page = browse("reviewer").post(reverse("campaigns:task_accept", args=[merged.pk]), follow=True).content.decode()
    assert "Đã nhận báo cáo của xã Đồng Thạnh (nhận từ Xã Bình An)." in page


def test_an_act_of_urging_names_the_units_as_they_were_that_day(
    world: World, stand_on: Callable[[datetime.date], None], browse: Callable[[str], Client]
) -> None:
    """A was urged about its own task, then B took it over and was urged in its turn."""
    task = task_of(publish(world), world.commune_a)
    acts = []
    for day in (20, 21):
        stand_on(datetime.date(2023, 6, day))
        acts.append(urge(milestone=task.milestone, tasks=[task.pk], text="Nộp ngay.", by=world.reviewer))
        if day == 20:
            hand_over(task=task, unit=world.commune_b, by=world.interior_head, reason="Nhập.")
    (before,), (after,) = (act.units.select_related("task__addressed", "unit") for act in acts)
    assert [row.named(row.unit.name) for row in (before, after)] == [
        "Xã Bình An",
        "Xã Đồng Thạnh (nhận từ Xã Bình An)",
    ]
    pages = [browse("reviewer").get(reverse("campaigns:urging_detail", args=[act.pk])).content.decode() for act in acts]
    assert ["nhận từ" in page for page in pages] == [False, True]


# Figures


def test_two_predecessors_of_one_successor_count_each_exemplar_once(
    world: World, browse: Callable[[str], Client]
) -> None:
    """A, B and N are communes; A and B go into N, which answers for all three."""
    successor = UnitFactory(parent=world.district, name="Xã Hợp Nhất")
    officer = UserFactory(home_unit=successor, roles=[(Role.OFFICER, successor)])
    world.exemplar("submitted")
    world.in_commune_b("submitted")
    world.in_commune_b("submitted")
    for _n in range(3):
        world.exemplar("submitted", unit=successor, officer=officer)
    milestone = review(world)
    for unit in (world.commune_a, world.commune_b):
        hand_over(task=task_of(milestone, unit), unit=successor, by=world.interior_head, reason="Sáp nhập.")
    found = {}
    for task in milestone.tasks.select_related("unit", "addressed", "milestone__programme"):
        known = known_figures(task, datetime.date(2023, 6, 5))["DK_CA_NHAN"]
        listed = browse("reviewer").get(known.url).context["page_obj"].paginator.count
        found[task.addressed.name] = (int(known.value), listed)
        bring(task, "accepted", by=officer, judge=world.reviewer)
    assert found == {"Xã Bình An": (1, 1), "Xã Đồng Thạnh": (2, 2), "Xã Hợp Nhất": (3, 3)}
    assert assembly_of(district_review(world, milestone)).totals[0].value == 6


def test_who_writes_for_a_successor_reads_whose_records_were_counted(
    world: World, merged: UnitTask, browse: Callable[[str], Client]
) -> None:
    """The officer of B reads the records of A no more than before: no link to an emptier list."""
    world.exemplar("submitted")
    url = known_figures(merged, datetime.date(2023, 6, 5))["DK_CA_NHAN"].url.replace("&", "&amp;")
    unit, office = browse("other_officer"), browse("reviewer")
    write(merged, world.other_officer)
    for name, words in (("task_report", "Theo sổ của Xã Bình An:"), ("task_check", "(Xã Bình An)")):
        page = unit.get(reverse(f"campaigns:{name}", args=[merged.pk])).content.decode()
        assert (words in page, url in page) == (True, False)
    own = task_of_addressed(merged.milestone, world.commune_b)
    assert "Theo sổ:" in unit.get(reverse("campaigns:task_report", args=[own.pk])).content.decode()
    submit_report(task=merged, by=world.other_officer)
    pages = [one.get(merged.get_absolute_url()).content.decode() for one in (unit, office)]
    assert [(url in page, "sổ của Xã Bình An" in page) for page in pages] == [(False, True), (True, False)]


# Exceptions


def test_an_exception_follows_who_answers_now(world: World) -> None:
    """B is not reminded: neither of its own task nor of one it took over; what B gave to A is reminded of."""
    programme = ProgrammeFactory(unit=world.district, reminders_on=True)
    first, second = publish(world, programme=programme), publish(world, programme=programme)
    for milestone in (first, second):
        add_exception(milestone=milestone, unit=world.commune_b, by=world.interior_head, reason="Đã báo cáo giấy.")
    hand_over(task=task_of(first, world.commune_a), unit=world.commune_b, by=world.interior_head, reason="Nhập.")
    hand_over(task=task_of(second, world.commune_b), unit=world.commune_a, by=world.interior_head, reason="Tách.")
    plan(datetime.date(2023, 6, 5))
    found = Reminder.objects.filter(tier="owner", channel="in_app").values_list("subject_id", "state", "reason")
    given, back = task_of_addressed(first, world.commune_a), task_of_addressed(second, world.commune_b)
    states = {pk: (state, reason) for pk, state, reason in found}
    assert (states[given.pk], states[back.pk]) == (("skipped", "Đã báo cáo giấy."), ("planned", ""))
    (ladder,) = unit_ladders(first, [given])
    assert [step.why for step in ladder.steps if step.look == "hold" and "giấy" in step.why] == ["Đã báo cáo giấy."]
    shown = preview(datetime.date(2023, 6, 5), [world.commune_a.pk, world.commune_b.pk])
    assert {row.subject_id for row in shown.left_out} == {given.pk, task_of_addressed(first, world.commune_b).pk}


# Letters


def letters() -> dict[str, str]:
    rows = OutboxMessage.objects.filter(subject_type="task_handed_over", channel="in_app").exclude(status="skipped")
    return dict(rows.values_list("recipient__username", "body"))


def test_officers_of_the_new_unit_hear_once_of_all_that_came(world: World) -> None:
    programme = ProgrammeFactory(unit=world.district)
    publish(world, programme=programme)
    publish(
        world,
        programme=programme,
        title="Kế hoạch tuyên truyền",
        due=datetime.date(2023, 12, 1),
        closes=datetime.date(2023, 12, 31),
    )
    hand_over_all(closed=closed(world), unit=world.commune_b, by=world.interior_head, reason="Sáp nhập.")
    assert letters() == {
        "other_officer": "Phòng Nội vụ giao lại cho xã Đồng Thạnh:\n\n"
        "– Sơ kết 03 năm (2021–2023), hạn nộp 15/6/2023, nhận từ xã Bình An.\n"
        "– Kế hoạch tuyên truyền, hạn nộp 1/12/2023, nhận từ xã Bình An.\n\n"
        "Nội dung và tệp đơn vị trước đã soạn vẫn còn trong báo cáo."
    }
    message = OutboxMessage.objects.get(subject_type="task_handed_over", channel="email")
    assert (is_owed(message), message.kind, len(message.title) <= 60) == (True, "duty", True)
    UnitTask.objects.filter(unit=world.commune_b, addressed=world.commune_a).update(unit=world.commune_a)
    assert not is_owed(message)


def test_what_reminders_tell_the_next_morning_is_not_told_twice(world: World) -> None:
    programme = ProgrammeFactory(unit=world.district, reminders_on=True)
    soon = publish(world, programme=programme)
    far = publish(
        world,
        programme=programme,
        title="Kế hoạch tuyên truyền",
        due=datetime.date(2023, 12, 1),
        closes=datetime.date(2023, 12, 31),
    )
    hand_over_all(closed=closed(world), unit=world.commune_b, by=world.interior_head, reason="Sáp nhập.")
    body = letters()["other_officer"]
    assert ("Kế hoạch tuyên truyền" in body, "Sơ kết" in body) == (True, False)
    plan(datetime.date(2023, 6, 6))
    reminded = Reminder.objects.filter(recipient=world.other_officer, channel="email")
    told_of = set(reminded.values_list("subject_id", flat=True))
    assert task_of_addressed(soon, world.commune_a).pk in told_of
    assert task_of_addressed(far, world.commune_a).pk not in told_of
    line = TaskSource().lines(told_of)[task_of_addressed(soon, world.commune_a).pk]
    assert line.note.startswith("Nhiệm vụ nhận từ xã Bình An.")


def test_a_task_that_reminders_leave_out_is_told_by_letter(world: World) -> None:
    milestone = publish(world, programme=ProgrammeFactory(unit=world.district, reminders_on=True))
    add_exception(milestone=milestone, unit=world.commune_b, by=world.interior_head, reason="Đã báo cáo giấy.")
    hand_over(task=task_of(milestone, world.commune_a), unit=world.commune_b, by=world.interior_head, reason="Nhập.")
    assert set(letters()) == {"other_officer"}


def test_a_report_that_waits_for_the_office_is_told_to_nobody(world: World) -> None:
    task = bring_on(task_of(publish(world), world.commune_a), "submitted", world)
    hand_over(task=task, unit=world.commune_b, by=world.interior_head, reason="Nhập.")
    waiting = OutboxMessage.objects.filter(subject_type="task_step", status="pending")
    assert (letters(), waiting.exists()) == ({}, True)


def test_what_waits_for_the_old_unit_is_taken_back(world: World) -> None:
    programme = ProgrammeFactory(unit=world.district, reminders_on=True)
    task = bring_on(task_of(publish(world, programme=programme), world.commune_a), "returned", world)
    plan(datetime.date(2023, 6, 5))
    gather(datetime.date(2023, 6, 5))
    hand_over(task=task, unit=world.commune_b, by=world.interior_head, reason="Nhập.")
    left = OutboxMessage.objects.filter(subject_type="task_step", subject_id=task.pk, channel="email")
    assert set(left.values_list("status", flat=True)) == {"skipped"}
    deliver(even_quiet=True)
    row = Reminder.objects.get(subject_id=task.pk, recipient=world.officer, channel="email")
    assert (row.state, row.reason) == ("skipped", "Việc đã giao cho đơn vị khác trước khi gửi.")


def test_a_unit_that_passes_on_what_it_took_over_is_not_told_of_it(world: World) -> None:
    """A → B → C: B's unread letter would lead to a page that is no longer there for it."""
    third = UnitFactory(parent=world.district, name="Xã Ba")
    UserFactory(username="third", home_unit=third, roles=[(Role.OFFICER, third)])
    programme = ProgrammeFactory(unit=world.district)
    tasks = [task_of(publish(world, programme=programme), world.commune_a) for _n in range(2)]
    for task in tasks:
        hand_over(task=task, unit=world.commune_b, by=world.interior_head, reason="Nhập.")
    hand_over(task=tasks[0], unit=third, by=world.interior_head, reason="Nhầm.")
    assert set(letters()) == {"other_officer", "third"}
    hand_over(task=tasks[1], unit=third, by=world.interior_head, reason="Nhầm.")
    assert set(letters()) == {"third"}


def test_who_submitted_and_asked_for_the_unit_before_hears_of_the_task_no_more(world: World) -> None:
    task = task_of(publish(world), world.commune_a)
    asked = ask_extension(task=task, by=world.officer, wanted=datetime.date(2023, 7, 1), reason="Thiếu người.")
    grant_extension(extension=asked, by=world.reviewer, day=datetime.date(2023, 7, 1))
    again = ask_extension(task=task, by=world.officer, wanted=datetime.date(2023, 7, 9), reason="Vẫn thiếu.")
    assert told("answer") == ["officer"]
    hand_over(task=task, unit=world.commune_b, by=world.interior_head, reason="Nhập.")
    left = OutboxMessage.objects.filter(step="answer", recipient=world.officer)
    assert set(left.values_list("status", flat=True)) == {"skipped"}
    refuse_extension(extension=again, by=world.reviewer, answer="Đủ rồi.")
    assert OutboxMessage.objects.filter(subject_id=again.pk, step="answer", recipient=world.officer).count() == 0
    other = bring_on(task_of(publish(world), world.commune_a), "submitted", world)
    hand_over(task=other, unit=world.commune_b, by=world.interior_head, reason="Nhập.")
    other = UnitTask.objects.get(pk=other.pk)
    return_report(task=other, by=world.reviewer, reason="Thiếu số liệu.", due=datetime.date(2023, 7, 5))
    assert told("return") == ["other_officer"]


def test_tasks_of_a_closed_programme_stay(world: World) -> None:
    milestone = publish(world)
    milestone.programme.summary, milestone.programme.closed_by = "Xong.", world.interior_head
    milestone.programme.closed_at = milestone.published_at
    milestone.programme.save()
    with pytest.raises(WorkflowError, match="đã đóng"):
        hand_over(task=task_of(milestone, world.commune_a), unit=world.commune_b, by=world.interior_head, reason="Vì.")


# A successor in another district: what goes to the office that gave the task


@pytest.fixture
def far(world: World) -> UnitTask:
    """A task of commune A that its successor in the neighbouring district answers."""
    world.commune_a.successors.add(world.far_commune)
    task = task_of(publish(world), world.commune_a)
    hand_over(task=task, unit=world.far_commune, by=world.interior_head, reason="Sáp nhập.")
    world.people["newcomer"] = UserFactory(
        username="newcomer", home_unit=world.far_commune, roles=[(Role.OFFICER, world.far_commune)]
    )
    return task_of(task.milestone, world.far_commune)


def test_a_question_of_a_successor_outside_goes_to_the_office_of_the_programme(
    world: World, far: UnitTask, browse: Callable[[str], Client]
) -> None:
    page = reverse("campaigns:milestone_ask", args=[far.milestone_id])
    browse("newcomer").post(page, {"unit": far.unit_id, "text": "Nộp cho ai?"})
    question = Question.objects.get()
    assert told("ask") == ["colleague", "interior_head", "reviewer"]
    own, other = world.reviewer, world.other_reviewer
    assert [Question.objects.visible_to(one).count() for one in (own, other)] == [1, 0]
    desks = [[item.url for item in inspection_items(one)] for one in (own, other)]
    address = reverse("campaigns:question_answer", args=[question.pk])
    assert [address in desk for desk in desks] == [True, False]
    assert address in browse("reviewer").get(question.get_absolute_url()).content.decode()
    assert browse("other_reviewer").get(address).status_code == 404
    with pytest.raises(WorkflowError, match="không thuộc vai trò"):
        answer_question(question=question, by=other, answer="Cho chúng tôi.")
    browse("reviewer").post(address, {"answer": "Nộp cho Phòng Nội vụ huyện Thử."})
    question.refresh_from_db()
    event = AuditEvent.objects.get(action="question.answer")
    assert (question.answered_by, event.scope_unit, event.roles) == (own, world.district.pk, "reviewer")


def test_a_reviewer_of_one_commune_answers_its_questions(world: World) -> None:
    near, other = (
        UserFactory(home_unit=world.office, roles=[(Role.REVIEWER, unit)])
        for unit in (world.commune_a, world.commune_b)
    )
    question = ask_question(by=world.officer, unit=world.commune_a, text="Đếm thế nào?", milestone=publish(world))
    assert [Question.objects.visible_to(one).count() for one in (near, other)] == [1, 0]
    answer_question(question=question, by=near, answer="Đếm nơi làm theo.")


def test_the_log_of_a_task_of_a_successor_stands_in_the_district_that_gave_it(world: World, far: UnitTask) -> None:
    newcomer = world.people["newcomer"]
    asked = ask_extension(task=far, by=newcomer, wanted=datetime.date(2023, 7, 1), reason="Mới nhận bàn giao.")
    grant_extension(extension=asked, by=world.reviewer, day=datetime.date(2023, 7, 1))
    far.milestone.asks_files = True
    far.milestone.save()
    write(far, newcomer)
    submit_report(task=far, by=newcomer)
    note_download(file=far.files.get(), by=world.reviewer)
    accept_report(task=far, by=world.reviewer)
    actions = ["unit_task.hand_over", "extension.ask", "extension.grant", "unittask.submit", "unittask.download"]
    events = AuditEvent.objects.filter(subject_type__in=["unit_task", "unittask", "extension"]).order_by("number")
    assert list(events.values_list("action", "scope_unit")) == [
        (action, world.commune_a.pk) for action in (*actions, "unittask.accept")
    ]


# The district's own report


def test_the_report_of_the_district_goes_to_no_unit_but_its_office(
    world: World, browse: Callable[[str], Client]
) -> None:
    task = district_review(world, review(world))
    new = UnitFactory(parent=world.district, name="Phòng Nội vụ và Tổ chức", kind="department")
    UserFactory(home_unit=new, roles=[(Role.REVIEWER, world.district)])
    world.office.successors.add(world.commune_b)
    form = browse("interior_head").get(reverse("campaigns:task_hand_over", args=[task.pk])).context["form"]
    assert list(form.fields["unit"].queryset) == [new]
    for unit in (world.commune_a, world.commune_b):
        with pytest.raises(WorkflowError, match="Báo cáo của huyện do Phòng Nội vụ viết"):
            hand_over(task=task, unit=unit, by=world.interior_head, reason="Vì.")
    hand_over(task=task, unit=new, by=world.interior_head, reason="Đổi tên.")
    assert task_of(task.milestone, new) == task


def test_a_closed_office_hands_the_report_of_the_district_to_the_new_office(
    world: World, browse: Callable[[str], Client]
) -> None:
    district_review(world, review(world))
    new = UnitFactory(parent=world.district, name="Phòng Nội vụ và Tổ chức", kind="department")
    UserFactory(home_unit=new, roles=[(Role.REVIEWER, world.district)])
    Unit.objects.filter(pk=world.office.pk).update(valid_to="2023-06-04")
    form = browse("interior_head").get(reverse("campaigns:unit_hand_over", args=[world.office.pk])).context["form"]
    assert list(form.fields["unit"].queryset) == [new]


@pytest.mark.parametrize("place", ["commune_a", "far_commune"])
def test_reminders_of_the_district_go_to_its_office_and_stay_planned(world: World, place: str) -> None:
    """Wherever an older hand-over left the task."""
    source = review(world, programme=ProgrammeFactory(unit=world.district, reminders_on=True))
    task = district_review(world, source)
    UnitTask.objects.filter(pk=task.pk).update(unit=getattr(world, place))
    assert plan(datetime.date(2023, 6, 23)) > 0
    gather(datetime.date(2023, 6, 23))
    rows = Reminder.objects.filter(subject_id=task.pk, channel="in_app")
    office = ["colleague", "interior_head", "reviewer"]
    assert sorted(rows.values_list("recipient__username", "state")) == [(name, "sent") for name in office]
    assert plan(datetime.date(2023, 6, 23)) == 0


# The preview


def people_told(client: Client, day: str = "") -> set[str]:
    page = client.get("/ke-hoach/nhac-han/xem-truoc/", {"ngay": day} if day else {})
    return {one.person.username for one in page.context["messages_of_day"]}


def test_the_preview_of_another_district_shows_nothing_that_its_proof_hides(
    world: World,
    far: UnitTask,
    browse: Callable[[str], Client],
    stand_on: Callable[[datetime.date], None],
) -> None:
    Programme.objects.update(reminders_on=True)
    stand_on(datetime.date(2023, 6, 8))
    newcomer = world.people["newcomer"]
    own, other = browse("reviewer"), browse("other_reviewer")
    assert ("newcomer" in people_told(own), people_told(other)) == (True, set())
    message = reverse("campaigns:reminder_message", args=[newcomer.pk])
    assert (own.get(message).status_code, other.get(message).status_code) == (200, 404)


def test_the_preview_holds_what_waits_for_a_successor_outside(
    world: World,
    far: UnitTask,
    browse: Callable[[str], Client],
    stand_on: Callable[[datetime.date], None],
) -> None:
    Programme.objects.update(reminders_on=True)
    plan(datetime.date(2023, 6, 8))
    stand_on(datetime.date(2023, 6, 9))
    assert Reminder.objects.filter(recipient=world.people["newcomer"], state="planned").exists()
    assert "newcomer" in people_told(browse("reviewer"))
    assert people_told(browse("other_reviewer")) == set()
