from __future__ import annotations

import datetime
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.inspection_desk import inspection_items
from campaigns.inspection_enums import FollowUpState, VisitState
from campaigns.models import ChecklistLine, Enclosure, FollowUp, InspectionPlan, Visit
from campaigns.services import close_programme
from campaigns.services.enclosures import remove_enclosure
from campaigns.services.inspections import add_visits, announce_plan, postpone_visit, save_plan, set_team
from campaigns.services.visits import RecordInput, StaleVersion, save_record
from core import clock
from core.audit import verify
from core.audit.models import AuditEvent
from core.audit.verify import Report
from core.files import FileRefused
from core.files.keeping import GRACE, lost_files, sweep
from core.workflow import WorkflowError
from notifications.delivery import is_owed
from notifications.models import OutboxMessage
from tests.campaigns.inspection_makers import (
    DAY,
    JUNE_5,
    LINES,
    do_follow_up_step,
    do_visit_step,
    fill_record,
    make_follow_up,
    make_plan,
    make_visit,
    paper_for,
    photo_for,
)
from tests.factories import World

pytestmark = pytest.mark.django_db
PEOPLE = ("officer", "unit_leader", "reviewer", "colleague", "interior_head", "council_member", "leader", "clerk")
PEOPLE += ("nobody", "other_officer", "other_reviewer", "administrator")


@pytest.fixture(autouse=True)
def _june(stand_on: Callable[[datetime.date], None]) -> None:
    stand_on(JUNE_5)


def letters(kind: str, step: str) -> list[str]:
    rows = OutboxMessage.objects.filter(subject_type=kind, step__startswith=step, channel="in_app")
    return sorted(rows.values_list("recipient__username", flat=True))


# Planning


def test_a_plan_keeps_its_checklist_in_the_order_of_the_lines(world: World) -> None:
    plan = make_plan(world)
    save_plan(plan=plan, by=world.reviewer, fields={}, checklist=["Thứ nhất", LINES[1], LINES[0], LINES[1]])
    assert list(plan.lines.values_list("position", "text")) == [(1, "Thứ nhất"), (2, LINES[1]), (3, LINES[0])]


def test_a_line_that_was_answered_is_not_taken_away(world: World) -> None:
    visit = make_visit(world)
    fill_record(visit, world.reviewer)
    with pytest.raises(WorkflowError, match="đã được ghi kết quả"):
        save_plan(plan=visit.plan, by=world.reviewer, fields={}, checklist=["Khác"])
    assert ChecklistLine.objects.count() == 2


@pytest.mark.parametrize("who", ["officer", "council_member", "leader", "other_reviewer", "clerk"])
def test_only_the_office_plans(world: World, who: str) -> None:
    plan = make_plan(world)
    by = world.people[who]
    with pytest.raises(WorkflowError, match="Chỉ Phòng Nội vụ"):
        save_plan(plan=plan, by=by, fields={"title": "Khác"}, checklist=["a"])
    with pytest.raises(WorkflowError, match="Chỉ Phòng Nội vụ"):
        add_visits(plan=plan, by=by, units=[world.commune_a], planned_on=JUNE_5, team=[world.reviewer])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"planned_on": datetime.date(2023, 8, 1)}, "thời gian của kế hoạch"),
        ({"planned_on": datetime.date(2023, 4, 30)}, "thời gian của kế hoạch"),
        ({"units": []}, "Chọn đơn vị"),
        ({"team": []}, "thành viên đoàn"),
    ],
)
def test_visits_need_a_day_of_the_plan_a_unit_and_a_team(world: World, change: dict, words: str) -> None:
    given = {"units": [world.commune_a], "planned_on": JUNE_5, "team": [world.reviewer]} | change
    with pytest.raises(WorkflowError, match=words):
        add_visits(plan=make_plan(world), by=world.reviewer, **given)


@pytest.mark.parametrize("day", [datetime.date(2023, 5, 1), datetime.date(2023, 7, 31)])
def test_the_first_and_the_last_day_of_a_plan_count(world: World, day: datetime.date) -> None:
    assert make_visit(world, planned_on=day).planned_on == day


def test_a_team_is_of_the_office_and_the_council(world: World) -> None:
    plan = make_plan(world)
    for who in ("officer", "leader", "other_reviewer"):
        with pytest.raises(WorkflowError, match="thành viên đoàn"):
            add_visits(
                plan=plan, by=world.reviewer, units=[world.commune_a], planned_on=JUNE_5, team=[world.people[who]]
            )
    visit = make_visit(world, plan=plan)
    set_team(visit=visit, by=world.reviewer, team=[world.council_member], team_note="Ông A")
    assert (list(visit.team.all()), visit.team_note) == ([world.council_member], "Ông A")


def test_units_of_another_district_and_units_that_ended_are_refused(world: World) -> None:
    plan = make_plan(world)
    world.commune_b.valid_to = JUNE_5 - DAY
    world.commune_b.save()
    for unit in (world.far_commune, world.commune_b):
        with pytest.raises(WorkflowError, match="Chọn đơn vị"):
            add_visits(plan=plan, by=world.reviewer, units=[unit], planned_on=JUNE_5, team=[world.reviewer])


def test_a_unit_stands_in_a_plan_once_and_again_after_it_was_cancelled(world: World) -> None:
    visit = make_visit(world)
    given = {"plan": visit.plan, "by": world.reviewer, "planned_on": JUNE_5, "team": [world.reviewer]}
    with pytest.raises(WorkflowError, match="đã có trong kế hoạch"):
        add_visits(units=[world.commune_a], **given)
    do_visit_step("cancel", visit, world.reviewer)
    assert len(add_visits(units=[world.commune_a], **given)) == 1


def test_announcing_tells_officer_and_leader_of_each_unit_once(world: World) -> None:
    plan = make_plan(world)
    with pytest.raises(WorkflowError, match="chưa có đơn vị"):
        announce_plan(plan=plan, by=world.reviewer)
    visit = make_visit(world, plan=plan)
    assert announce_plan(plan=plan, by=world.reviewer) == 1
    assert letters("visit", "announce") == ["officer", "unit_leader"]
    message = OutboxMessage.objects.filter(subject_id=visit.pk, channel="email").first()
    assert message is not None
    assert (message.title, is_owed(message)) == ("5/6: đoàn khảo sát đến xã Bình An", True)
    postpone_visit(visit=visit, by=world.reviewer, day=JUNE_5 + DAY, reason="Trùng họp.")
    assert is_owed(message) is False
    assert letters("visit", "postpone") == ["officer", "unit_leader"]


def test_the_cost_of_announcing_does_not_grow_with_the_units(world: World) -> None:
    def cost(units: list) -> int:
        plan = make_plan(world)
        add_visits(plan=plan, by=world.reviewer, units=units, planned_on=JUNE_5, team=[world.reviewer])
        with CaptureQueriesContext(connection) as queries:
            announce_plan(plan=plan, by=world.reviewer)
        return len(queries)

    assert cost([world.commune_a]) == cost([world.commune_a, world.commune_b, world.office])


# Visibility


def test_a_unit_sees_its_visit_once_announced_and_the_findings_once_sent(world: World) -> None:
    visit = make_visit(world, VisitState.RECORDED, announced=False)
    reads = {who: Visit.objects.visible_to(world.people[who]).count() for who in PEOPLE}
    insiders = {"reviewer", "colleague", "interior_head", "council_member", "leader"}
    assert {who for who, n in reads.items() if n} == insiders
    announce_again = InspectionPlan.objects.get(pk=visit.plan_id)
    announce_again.announced_at, announce_again.announced_by = visit.recorded_at, world.reviewer
    announce_again.save()
    told = {who for who in PEOPLE if Visit.objects.told_to(world.people[who]).exists()}
    seen = {who for who in PEOPLE if Visit.objects.visible_to(world.people[who]).exists()}
    assert (seen, told) == (insiders | {"officer", "unit_leader"}, insiders)
    do_visit_step("send", visit, world.colleague)
    told = {who for who in PEOPLE if Visit.objects.told_to(world.people[who]).exists()}
    assert told == insiders | {"officer", "unit_leader"}


def test_files_follow_what_they_belong_to(world: World) -> None:
    visit = make_visit(world)
    photo = photo_for(visit, world.reviewer)

    def seen_by(pk: int) -> set[str]:
        return {who for who in PEOPLE if Enclosure.objects.visible_to(world.people[who]).filter(pk=pk).exists()}

    insiders = {"reviewer", "colleague", "interior_head", "council_member", "leader"}
    assert seen_by(photo.pk) == insiders
    fill_record(visit, world.reviewer)
    do_visit_step("record", visit, world.reviewer)
    do_visit_step("send", visit, world.colleague)
    assert seen_by(photo.pk) == insiders | {"officer", "unit_leader"}
    follow_up = FollowUp.objects.select_related("visit__unit", "visit__plan").get()
    paper = paper_for(follow_up, world.officer)
    assert seen_by(paper.pk) == {"officer", "unit_leader"}
    do_follow_up_step("report", follow_up, world.officer)
    assert seen_by(paper.pk) == insiders | {"officer", "unit_leader"}


# Recording


def test_a_record_keeps_what_was_typed_and_counts_its_version(world: World) -> None:
    visit = make_visit(world)
    fill_record(visit, world.reviewer)
    visit.refresh_from_db()
    assert (visit.version, visit.saved_by, visit.conclusion) == (1, world.reviewer, "Đạt yêu cầu.")
    assert list(visit.answers.order_by("line__position").values_list("verdict", flat=True)) == ["met", "not_met"]
    line = visit.plan.lines.first()
    save_record(
        visit=visit,
        by=world.reviewer,
        data=RecordInput({}, {line.pk: {"note": "Có"}, 987: {"note": "của kế hoạch khác"}}, {1: ("", None)}),
        seen_version=1,
    )
    assert (visit.answers.get(line=line).note, visit.answers.count(), visit.follow_ups.count()) == ("Có", 2, 0)


def test_a_save_after_another_is_not_written_over(world: World) -> None:
    visit = make_visit(world)
    fill_record(visit, world.reviewer)
    with pytest.raises(StaleVersion):
        save_record(visit=visit, by=world.reviewer, data=RecordInput({"findings": "Cũ"}), seen_version=0)
    visit.refresh_from_db()
    assert visit.findings == "Việc phát hiện làm đều."


def test_a_member_of_the_council_records_only_when_named_in_the_team(world: World) -> None:
    visit = make_visit(world)
    data = RecordInput({"findings": "Ghi tại chỗ"})
    for who in ("council_member", "leader", "officer", "other_reviewer"):
        with pytest.raises(WorkflowError, match="người có tên trong đoàn"):
            save_record(visit=visit, by=world.people[who], data=data, seen_version=0)
    visit.team.add(world.council_member)
    assert save_record(visit=visit, by=world.council_member, data=data, seen_version=0) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"done_on": None}, "ngày thực hiện"),
        ({"conclusion": ""}, "kết luận"),
        ({"due": None}, "hạn thực hiện của 1 kiến nghị"),
    ],
)
def test_an_incomplete_record_is_not_closed(world: World, change: dict, words: str) -> None:
    visit = make_visit(world)
    fill_record(visit, world.reviewer, **change)
    with pytest.raises(WorkflowError, match=words):
        do_visit_step("record", visit, world.reviewer)
    visit.refresh_from_db()
    assert visit.state == VisitState.PLANNED


def test_every_line_must_be_answered_and_what_is_not_met_explained(world: World) -> None:
    visit = make_visit(world)
    fill_record(visit, world.reviewer)
    visit.answers.filter(verdict="not_met").update(note="")
    visit.answers.filter(verdict="met").update(verdict="")
    with pytest.raises(WorkflowError, match="kết quả của 1 nội dung kiểm tra; ghi chú cho 1 nội dung chưa đạt"):
        do_visit_step("record", visit, world.reviewer)


def test_who_recorded_does_not_send(world: World) -> None:
    visit = make_visit(world, VisitState.RECORDED)
    with pytest.raises(WorkflowError, match="không tự gửi"):
        do_visit_step("send", visit, world.reviewer)
    do_visit_step("send", visit, world.colleague)
    assert letters("visit", "send") == ["officer", "unit_leader"]
    assert (
        "– 9/6/2023: Lập sổ theo dõi nhân rộng." in OutboxMessage.objects.filter(step__startswith="send").first().body
    )


def test_a_recommendation_whose_day_is_past_is_not_sent(
    world: World, stand_on: Callable[[datetime.date], None]
) -> None:
    visit = make_visit(world, VisitState.RECORDED)
    stand_on(datetime.date(2023, 6, 10))
    with pytest.raises(WorkflowError, match="đã qua hạn trước khi gửi"):
        do_visit_step("send", visit, world.colleague)
    stand_on(datetime.date(2023, 6, 9))
    do_visit_step("send", visit, world.colleague)
    assert FollowUp.objects.get().state == FollowUpState.OPEN


def test_a_closed_record_takes_no_word_and_no_photo_until_it_is_opened_again(world: World) -> None:
    visit = make_visit(world, VisitState.RECORDED)
    with pytest.raises(WorkflowError, match="đã chốt"):
        save_record(visit=visit, by=world.reviewer, data=RecordInput({"findings": "Thêm"}), seen_version=1)
    with pytest.raises(WorkflowError, match="đã chốt"):
        photo_for(visit, world.reviewer)
    do_visit_step("reopen", visit, world.reviewer)
    photo = photo_for(visit, world.reviewer)
    remove_enclosure(enclosure=photo, by=world.reviewer)
    assert Enclosure.objects.count() == 0


def test_the_unit_answers_once(world: World) -> None:
    visit = make_visit(world, VisitState.SENT)
    do_visit_step("answer", visit, world.unit_leader)
    with pytest.raises(WorkflowError, match="đã gửi ý kiến"):
        do_visit_step("answer", visit, world.officer)
    assert letters("visit", "answer") == ["colleague", "interior_head", "reviewer"]


# Desks and log


def titles(world: World, who: str) -> list[str]:
    return [item.title for item in inspection_items(world.people[who])]


def test_each_desk_holds_what_waits_for_its_person(world: World) -> None:
    visit = make_visit(world, team=[world.reviewer, world.council_member])
    assert titles(world, "officer") == titles(world, "unit_leader") == ["Chuẩn bị làm việc với đoàn khảo sát"]
    assert titles(world, "reviewer") == titles(world, "council_member") == ["Khảo sát xã Bình An và ghi biên bản"]
    fill_record(visit, world.reviewer)
    do_visit_step("record", visit, world.reviewer)
    assert (titles(world, "reviewer"), titles(world, "colleague")) == ([], ["Xem và gửi kết quả khảo sát xã Bình An"])
    do_visit_step("send", visit, world.colleague)
    assert titles(world, "officer") == ["Thực hiện kiến nghị: Lập sổ theo dõi nhân rộng."]
    follow_up = FollowUp.objects.select_related("visit__unit", "visit__plan").get()
    do_follow_up_step("report", follow_up, world.officer)
    assert (titles(world, "officer"), titles(world, "reviewer")) == ([], ["Xác nhận kết quả kiến nghị của xã Bình An"])
    assert titles(world, "other_officer") == titles(world, "leader") == titles(world, "other_reviewer") == []


def test_the_log_of_steps_agrees_with_the_chain(world: World) -> None:
    make_follow_up(world, "closed")
    report: Report = verify()
    assert report.is_whole, report


def test_a_photo_is_stored_without_its_place_and_only_once(world: World) -> None:
    visit = make_visit(world)
    photo = photo_for(visit, world.reviewer)
    assert (photo.content_type, bool(photo.thumbnail)) == ("image/webp", True)
    with pytest.raises(FileRefused, match="đã có ở đây"):
        photo_for(visit, world.reviewer)


def test_the_sweep_keeps_files_of_rows_and_deletes_old_ones_without_a_row(
    world: World, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    kept = photo_for(make_visit(world), world.reviewer)
    stray = default_storage.save("enclosures/ab/stray.webp", ContentFile(b"x"))
    old = (clock.wall_now() - GRACE - DAY).timestamp()
    for name in (stray, kept.file.name, kept.thumbnail.name):
        os.utime(default_storage.path(name), (old, old))
    assert sweep() == [stray]
    assert lost_files() == []
    assert default_storage.exists(kept.file.name)


def test_the_checklist_stays_as_the_minutes_show_it(world: World) -> None:
    visit = make_visit(world, "recorded")
    plan = InspectionPlan.objects.select_related("programme__unit").get(pk=visit.plan_id)
    for wanted in ([*LINES, "Dòng mới"], LINES[:1], LINES[::-1]):
        with pytest.raises(WorkflowError, match="Đã có đơn vị chốt biên bản"):
            save_plan(plan=plan, by=world.reviewer, fields={"title": "Khác"}, checklist=list(wanted))
    save_plan(plan=plan, by=world.reviewer, fields={"paper_number": "12/KH-PNV"}, checklist=list(LINES))
    assert list(plan.lines.values_list("text", flat=True)) == list(LINES)
    # Opened again, nothing shows it any more.
    do_visit_step("reopen", visit, world.reviewer)
    save_plan(plan=plan, by=world.reviewer, fields={}, checklist=[*LINES, "Dòng mới"])
    assert plan.lines.count() == 3


def test_the_log_tells_which_units_were_added_and_who_goes(world: World) -> None:
    visit = make_visit(world)
    added = AuditEvent.objects.get(action="inspection_plan.add_units")
    assert (added.actor, added.data) == (world.reviewer, f'{{"day":"2023-06-05","units":[{world.commune_a.pk}]}}')
    team = [world.reviewer, world.interior_head]
    for _twice in range(2):
        set_team(visit=visit, by=world.interior_head, team=team, team_note="")
    event = AuditEvent.objects.get(action="inspection_plan.team")
    after = sorted(person.pk for person in team)
    assert json.loads(event.data) == {
        "visit": visit.pk,
        "unit": world.commune_a.pk,
        "before": [world.reviewer.pk],
        "team": after,
    }
    assert (event.actor, verify().fault) == (world.interior_head, "")


def test_nothing_new_is_planned_in_a_closed_programme_and_follow_ups_run_on(world: World) -> None:
    follow_up = make_follow_up(world)
    plan = follow_up.visit.plan
    waiting = make_plan(world)
    close_programme(programme=plan.programme, by=world.interior_head, summary="Xong.")
    plan, waiting = (InspectionPlan.objects.get(pk=row.pk) for row in (plan, waiting))
    day, team = JUNE_5, [world.reviewer]
    for act in (
        lambda: make_plan(world),
        lambda: save_plan(plan=plan, by=world.reviewer, fields={"title": "Khác"}, checklist=list(LINES)),
        lambda: add_visits(plan=plan, by=world.reviewer, units=[world.commune_b], planned_on=day, team=team),
        lambda: announce_plan(plan=waiting, by=world.reviewer),
    ):
        with pytest.raises(WorkflowError, match="Chương trình đã đóng"):
            act()
    do_follow_up_step("report", follow_up, world.officer)
    do_follow_up_step("close", follow_up, world.reviewer)
    follow_up.refresh_from_db()
    assert follow_up.state == "closed"
