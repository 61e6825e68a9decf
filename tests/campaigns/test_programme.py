"""Decisions about a programme: its particulars, what it cites, goals, the next period, closing."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from campaigns import letters
from campaigns.models import LegalBasis, Milestone, Programme, UnitGoal
from campaigns.services import (
    add_basis,
    ask_extension,
    clone_programme,
    close_programme,
    remove_basis,
    save_goals,
    save_programme,
)
from core.audit.models import AuditEvent
from core.workflow import WorkflowError
from notifications.models import OutboxMessage
from tests.campaigns.makers import MilestoneFactory, bring_on, publish, task_of
from tests.factories import ProgrammeFactory, UnitFactory, World

DAY = datetime.date(2023, 6, 5)
BASIS = {
    "number": "34-CT/TW",
    "title": "Chỉ thị",
    "issuer": "Bộ Chính trị",
    "issued_on": datetime.date(2014, 4, 7),
    "in_force_from": None,
    "in_force_to": None,
}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _june(stand_on: Callable[[datetime.date], None]) -> None:
    stand_on(DAY)


@pytest.fixture
def programme(world: World) -> Programme:
    return ProgrammeFactory(
        unit=world.district, code="2021-2025", name="Xây dựng điển hình giai đoạn 2021–2025", plan_number="197/KH-UBND"
    )


def test_the_head_writes_the_particulars_and_the_log_names_what_changed(world: World, programme: Programme) -> None:
    values = {"signer": "Nguyễn Văn A", "leader_from": 4, "name": programme.name}
    assert save_programme(programme=programme, by=world.interior_head, values=values) == ["signer", "leader_from"]
    programme.refresh_from_db()
    assert (programme.signer, programme.leader_from, programme.history.count()) == ("Nguyễn Văn A", 4, 2)
    event = AuditEvent.objects.get(action="programme.save")
    assert (event.actor, event.data) == (world.interior_head, '{"fields":["leader_from","signer"]}')


def test_saving_nothing_new_leaves_no_trace(world: World, programme: Programme) -> None:
    assert save_programme(programme=programme, by=world.interior_head, values={"name": programme.name}) == []
    assert not AuditEvent.objects.filter(action="programme.save").exists()


@pytest.mark.parametrize("who", ["reviewer", "officer", "leader", "administrator", "other_reviewer"])
def test_nobody_but_the_head_decides(world: World, programme: Programme, who: str) -> None:
    by = world.people[who]
    for act in (
        lambda: save_programme(programme=programme, by=by, values={"name": "X"}),
        lambda: add_basis(programme=programme, by=by, values=BASIS),
        lambda: save_goals(programme=programme, by=by, goals={world.commune_a.pk: 1}),
        lambda: clone_programme(programme=programme, by=by),
        lambda: close_programme(programme=programme, by=by, summary="Xong."),
    ):
        with pytest.raises(WorkflowError, match="Chỉ Trưởng phòng"):
            act()
    programme.refresh_from_db()
    assert (programme.is_closed, Programme.objects.count(), LegalBasis.objects.count()) == (False, 1, 0)


def test_a_period_that_leaves_a_milestone_outside_is_refused(world: World, programme: Programme) -> None:
    MilestoneFactory(programme=programme)
    with pytest.raises(WorkflowError, match="nằm ngoài giai đoạn"):
        save_programme(programme=programme, by=world.interior_head, values={"ends": datetime.date(2023, 6, 14)})
    programme.refresh_from_db()
    assert programme.ends == datetime.date(2025, 12, 31)


def test_a_document_is_cited_once_and_stays_in_the_register_when_it_is_no_more(
    world: World, programme: Programme
) -> None:
    first = add_basis(programme=programme, by=world.interior_head, values=BASIS)
    second = add_basis(programme=programme, by=world.interior_head, values=BASIS | {"title": "Khác"})
    assert (first, second.title, programme.legal_bases.count()) == (second, "Chỉ thị", 1)
    remove_basis(programme=programme, by=world.interior_head, basis=first)
    assert (programme.legal_bases.count(), LegalBasis.objects.count()) == (0, 1)


def test_goals_are_set_changed_and_taken_away(world: World, programme: Programme) -> None:
    a, b = world.commune_a.pk, world.commune_b.pk
    assert save_goals(programme=programme, by=world.interior_head, goals={a: 3, b: 0}) == 2
    assert save_goals(programme=programme, by=world.interior_head, goals={a: 5, b: None}) == 2
    assert save_goals(programme=programme, by=world.interior_head, goals={a: 5, b: None}) == 0
    assert list(UnitGoal.objects.values_list("unit", "exemplars")) == [(a, 5)]


def test_the_next_period_is_prepared_beside_the_running_one(world: World, programme: Programme) -> None:
    add_basis(programme=programme, by=world.interior_head, values=BASIS)
    add_basis(programme=programme, by=world.interior_head, values=BASIS | {"number": "197/KH-UBND"})
    units = publish(
        world,
        programme=programme,
        code="TK-2024",
        title="Tổng kết năm 2024",
        quote="Năm 2024",
        opens=datetime.date(2024, 2, 29),
        due=datetime.date(2024, 2, 29),
        closes=datetime.date(2024, 12, 31),
        outline=[{"key": "IV", "title": "IV. Phương hướng 2026–2030", "hint": "", "required": True}],
    )
    MilestoneFactory(programme=programme, assembles=units, tier="district", anchor=datetime.date(2023, 6, 11))
    fresh = clone_programme(programme=programme, by=world.interior_head)
    assert (fresh.code, fresh.name, fresh.previous) == (
        "2026-2030",
        "Xây dựng điển hình giai đoạn 2026–2030",
        programme,
    )
    assert (fresh.plan_number, fresh.plan_date, fresh.signer, fresh.reminders_on) == ("", None, "", False)
    assert (str(fresh.starts), str(fresh.ends)) == ("2026-01-01", "2030-12-31")
    assert [basis.number for basis in fresh.legal_bases.all()] == ["34-CT/TW"]
    copy, district = fresh.milestones.order_by("pk")
    assert (copy.code, copy.title, copy.quote, str(copy.due)) == ("TK-2029", "Tổng kết năm 2029", "", "2029-02-28")
    assert (copy.outline[0]["title"], copy.is_published, copy.tasks.count()) == (
        "IV. Phương hướng 2031–2035",
        False,
        0,
    )
    assert (district.assembles, str(district.anchor)) == (copy, "2028-06-11")
    units.refresh_from_db()
    assert (str(units.due), units.tasks.count()) == ("2024-02-29", 2)


def test_the_next_period_claims_no_document_of_the_old_one(world: World, programme: Programme) -> None:
    event = MilestoneFactory(programme=programme, title="Ban hành Kế hoạch 197/KH-UBND", asks_text=False)
    add_basis(programme=programme, by=world.interior_head, values=BASIS)
    MilestoneFactory(
        programme=programme,
        title="Sơ kết Kế hoạch 197/KH-UBND",
        text="Theo Chỉ thị 34-CT/TW, gắn với kỷ niệm 75 năm Ngày Truyền thống (11/6/1948 – 11/6/2023).",
        outline=[{"key": "I", "title": "I. Kế hoạch số 197/KH-UBND ngày 22/9/2021", "hint": "Năm 2023."}],
    )
    copy = clone_programme(programme=programme, by=world.interior_head).milestones.get()
    part = copy.outline[0]
    assert (copy.title, part["title"], part["hint"]) == ("Sơ kết Kế hoạch", "I. Kế hoạch", "Năm 2028.")
    assert copy.text == "Theo Chỉ thị 34-CT/TW, gắn với kỷ niệm 80 năm Ngày Truyền thống (11/6/1948 – 11/6/2028)."
    event.refresh_from_db()
    assert event.title == "Ban hành Kế hoạch 197/KH-UBND"


def test_the_page_of_the_next_period_names_what_is_not_copied(
    world: World, programme: Programme, browse: Callable[[str], Client]
) -> None:
    MilestoneFactory(programme=programme, title="Ban hành Kế hoạch", asks_text=False)
    MilestoneFactory(programme=programme)
    client = browse("interior_head")
    page = client.get(reverse("campaigns:programme_clone", args=[programme.pk])).content.decode()
    said = ("1 mốc, chưa công bố" in page, "không chép mốc chỉ ghi một sự kiện: Ban hành Kế hoạch" in page)
    assert said == (True, True)
    copy = clone_programme(programme=programme, by=world.interior_head).milestones.get()
    publishing = client.get(reverse("campaigns:milestone_publish", args=[copy.pk])).content.decode()
    assert "chép từ giai đoạn trước" in publishing


def test_what_is_assembled_is_found_whatever_the_order(world: World, programme: Programme) -> None:
    units = MilestoneFactory(programme=programme, position=2)
    MilestoneFactory(programme=programme, position=1, code="H", assembles=units, tier="district")
    fresh = clone_programme(programme=programme, by=world.interior_head)
    assert fresh.milestones.get(code="H").assembles == fresh.milestones.get(position=2)


def test_the_next_period_is_prepared_once(world: World, programme: Programme) -> None:
    clone_programme(programme=programme, by=world.interior_head)
    with pytest.raises(WorkflowError, match="đã được chuẩn bị"):
        clone_programme(programme=programme, by=world.interior_head)
    assert Programme.objects.count() == 2


def test_chosen_units_that_are_gone_by_then_are_not_copied(world: World, programme: Programme) -> None:
    gone = UnitFactory(parent=world.district, name="Xã Hết", valid_to=datetime.date(2025, 6, 30))
    old = MilestoneFactory(programme=programme, addressing="chosen", unit_kinds=[])
    old.chosen_units.set([world.commune_a, gone])
    fresh = clone_programme(programme=programme, by=world.interior_head)
    assert [unit.name for unit in fresh.milestones.get().chosen_units.all()] == ["Xã Bình An"]


def test_a_programme_closes_with_its_summary_and_nothing_changes_after(world: World, programme: Programme) -> None:
    milestone = publish(world, programme=programme)
    for unit in (world.commune_a, world.commune_b):
        bring_on(task_of(milestone, unit), "accepted", world)
    close_programme(programme=programme, by=world.interior_head, summary="  Đạt kế hoạch. ")
    programme.refresh_from_db()
    assert (programme.summary, programme.closed_by) == ("Đạt kế hoạch.", world.interior_head)
    for act in (
        lambda: save_programme(programme=programme, by=world.interior_head, values={"name": "X"}),
        lambda: add_basis(programme=programme, by=world.interior_head, values=BASIS),
        lambda: close_programme(programme=programme, by=world.interior_head, summary="Lại."),
    ):
        with pytest.raises(WorkflowError, match="đã đóng"):
            act()


def test_a_programme_with_owed_tasks_closes_only_for_a_reason(world: World, programme: Programme) -> None:
    publish(world, programme=programme)
    with pytest.raises(WorkflowError, match="Còn 2 nhiệm vụ"):
        close_programme(programme=programme, by=world.interior_head, summary="Xong.", reason=" ")
    programme.refresh_from_db()
    assert not programme.is_closed
    close_programme(programme=programme, by=world.interior_head, summary="Xong.", reason="Cấp huyện kết thúc.")
    event = AuditEvent.objects.get(action="programme.close")
    assert (event.reason, event.data) == ("Cấp huyện kết thúc.", '{"owed":2}')


def test_a_programme_does_not_close_without_words(world: World, programme: Programme) -> None:
    with pytest.raises(WorkflowError, match="tóm tắt"):
        close_programme(programme=programme, by=world.interior_head, summary="  ")
    assert Milestone.objects.count() == 0


def test_closing_ends_the_requests_for_more_time_without_a_letter(world: World, programme: Programme) -> None:
    task = task_of(publish(world, programme=programme), world.commune_a)
    extension = ask_extension(task=task, by=world.officer, wanted=datetime.date(2023, 6, 20), reason="Bão.")
    close_programme(programme=programme, by=world.interior_head, summary="Xong.", reason="Hết cấp huyện.")
    extension.refresh_from_db()
    assert (extension.state, extension.answer) == ("dropped", "chương trình đã đóng.")
    unread = OutboxMessage.objects.filter(subject_type=letters.EXTENSION).exclude(status="skipped")
    assert not unread.exists()
