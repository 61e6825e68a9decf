"""Makers of plans, visits, recommendations and guidance; every state comes by the services."""

from __future__ import annotations

import datetime
from typing import Any

from campaigns.guidance_enums import GuidanceAddressing, GuidanceKind
from campaigns.inspection_enums import InspectionKind, Verdict, VisitState
from campaigns.models import FollowUp, Guidance, GuidanceUnit, InspectionPlan, Programme, Question, Visit
from campaigns.services.enclosures import add_enclosure
from campaigns.services.follow_ups import (
    cancel_follow_up,
    close_follow_up,
    report_follow_up,
    return_follow_up,
)
from campaigns.services.guidance import (
    answer_question,
    ask_question,
    begin_replacement,
    publish_guidance,
    save_guidance,
    withdraw_guidance,
)
from campaigns.services.inspections import add_visits, announce_plan, cancel_visit, postpone_visit, save_plan
from campaigns.services.visits import (
    RecordInput,
    answer_result,
    finish_record,
    reopen_record,
    save_record,
    send_result,
)
from core import clock
from organizations.models import Unit
from tests.factories import ProgrammeFactory, UnitFactory, World, photo_upload, scan_upload

JUNE_5 = datetime.date(2023, 6, 5)
LINES = ("Có sổ theo dõi điển hình", "Có mô hình được nhân rộng")
DAY = datetime.timedelta(days=1)


def programme_of(world: World) -> Programme:
    """The programme of the world's first district, made once."""
    return Programme.objects.filter(unit=world.district).first() or ProgrammeFactory(unit=world.district)


def make_plan(world: World, **fields: Any) -> InspectionPlan:
    """A survey from 1/5 to 31/7/2023, with two lines."""
    plan = InspectionPlan(programme=programme_of(world))
    values = {
        "kind": InspectionKind.SURVEY,
        "title": "Khảo sát việc nhân rộng mô hình",
        "starts": datetime.date(2023, 5, 1),
        "ends": datetime.date(2023, 7, 31),
        "lead": world.reviewer,
        **fields,
    }
    return save_plan(plan=plan, by=world.reviewer, fields=values, checklist=list(LINES))


def make_visit(world: World, state: str = VisitState.PLANNED, *, unit: Any = None, **more: Any) -> Visit:
    """A visit of an announced plan to commune A, recorded by the reviewer, sent by a colleague."""
    plan = more.pop("plan", None) or make_plan(world)
    day, team = more.pop("planned_on", JUNE_5), more.pop("team", [world.reviewer])
    announced = more.pop("announced", True)
    [visit] = add_visits(plan=plan, by=world.reviewer, units=[unit or world.commune_a], planned_on=day, team=team)
    if announced:
        announce_plan(plan=plan, by=world.reviewer)
    visit = Visit.objects.select_related("plan__programme__unit", "plan__lead", "unit").get(pk=visit.pk)
    if state in (VisitState.RECORDED, VisitState.SENT):
        fill_record(visit, world.reviewer, **more)
    for step in {VisitState.RECORDED: ["record"], VisitState.SENT: ["record", "send"], "cancelled": ["cancel"]}.get(
        state, []
    ):
        do_visit_step(step, visit, world.colleague if step == "send" else world.reviewer)
    return visit


def fill_record(visit: Visit, by: Any, **more: Any) -> None:
    """Write a complete record with one recommendation, due on 9/6/2023."""
    due = more.pop("due", datetime.date(2023, 6, 9))
    lines = list(visit.plan.lines.all())
    answers = {line.pk: {"verdict": Verdict.MET, "note": ""} for line in lines}
    if lines:
        answers[lines[-1].pk] = {"verdict": Verdict.NOT_MET, "note": "Chưa có nơi làm theo."}
    fields = {
        "done_on": clock.today(),
        "met_with": "Bà Lê Thị Thử, Phó Chủ tịch",
        "findings": "Việc phát hiện làm đều.",
        "conclusion": "Đạt yêu cầu.",
        **more,
    }
    data = RecordInput(fields, answers, {1: ("Lập sổ theo dõi nhân rộng.", due)})
    save_record(visit=visit, by=by, data=data, seen_version=visit.version)


def do_visit_step(name: str, visit: Visit, by: Any) -> None:
    """Take one step of a visit through its service."""
    steps: dict[str, Any] = {
        "postpone": (postpone_visit, {"day": visit.planned_on + DAY, "reason": "Trùng họp."}),
        "cancel": (cancel_visit, {"reason": "Đơn vị đã được kiểm tra chung."}),
        "record": (finish_record, {}),
        "reopen": (reopen_record, {}),
        "send": (send_result, {}),
        "answer": (answer_result, {"text": "Đơn vị thống nhất với kết quả."}),
    }
    service, more = steps[name]
    service(visit=visit, by=by, **more)


def make_follow_up(world: World, state: str = "open", **more: Any) -> FollowUp:
    """The recommendation of a visit to commune A, brought to `state`."""
    visit_state = VisitState.RECORDED if state == "draft" else VisitState.SENT
    visit = make_visit(world, visit_state, **more)
    follow_up = FollowUp.objects.select_related("visit__unit", "visit__plan").get(visit=visit)
    ways = {
        "reported": ["report"],
        "returned": ["report", "return"],
        "closed": ["report", "close"],
        "cancelled": ["cancel"],
    }
    for step in ways.get(state, []):
        do_follow_up_step(step, follow_up, world.officer if step == "report" else world.reviewer)
    return follow_up


def do_follow_up_step(name: str, follow_up: FollowUp, by: Any) -> None:
    """Take one step of a recommendation through its service."""
    steps: dict[str, Any] = {
        "report": (report_follow_up, {"evidence": "Đã lập sổ, ghi 3 nơi làm theo."}),
        "close": (close_follow_up, {}),
        "return": (return_follow_up, {"reason": "Thiếu chữ ký.", "due": clock.today() + 7 * DAY}),
        "cancel": (cancel_follow_up, {"reason": "Đã gộp vào kế hoạch chung."}),
    }
    service, more = steps[name]
    service(follow_up=follow_up, by=by, **more)


def make_guidance(world: World, state: str = "published", **fields: Any) -> Guidance:
    """A guidance for commune A and the office's own unit, written and published by the reviewer."""
    units = fields.pop("units", [world.commune_a])
    guidance = Guidance(programme=programme_of(world))
    values = {
        "kind": GuidanceKind.DOCUMENT,
        "title": "Hướng dẫn báo cáo sơ kết",
        "text": "Báo cáo theo đề cương, gửi trước ngày 15/6/2023.",
        "addressing": GuidanceAddressing.CHOSEN if units else GuidanceAddressing.ALL,
        **fields,
    }
    save_guidance(guidance=guidance, by=world.reviewer, fields=values, units=units)
    if state in ("published", "replaced"):
        publish_guidance(guidance=guidance, by=world.reviewer)
    if state == "replaced":
        publish_guidance(guidance=begin_replacement(guidance=guidance, by=world.reviewer), by=world.reviewer)
        guidance.refresh_from_db()
    if state == "withdrawn":
        publish_guidance(guidance=guidance, by=world.reviewer)
        withdraw_guidance(guidance=guidance, by=world.reviewer, reason="Có sai sót.")
    return guidance


def make_question(world: World, *, answered: bool = False, guidance: Guidance | None = None) -> Question:
    """A question of commune A about a guidance."""
    about = guidance or make_guidance(world)
    question = ask_question(by=world.officer, unit=world.commune_a, text="Đếm mô hình thế nào?", guidance=about)
    if answered:
        answer_question(question=question, by=world.reviewer, answer="Đếm nơi đã làm theo.")
    return question


def photo_for(owner: Any, by: Any, colour: str = "green") -> Any:
    """A photo of a visit or of evidence."""
    return add_enclosure(owner=owner, by=by, upload=photo_upload(colour=colour), kind="photo")


def paper_for(owner: Any, by: Any, colour: str = "white") -> Any:
    """A scanned paper."""
    return add_enclosure(owner=owner, by=by, upload=scan_upload(colour=colour), kind="document")


def many_visits(world: World, count: int, *, state: str = VisitState.PLANNED) -> list[Visit]:
    """Visits in bulk for tests of size, below commune A; only there, because no service made them."""
    plan = make_plan(world)
    plan.announced_at, plan.announced_by = clock.now(), world.reviewer
    plan.save()
    evidence: dict[str, Any] = {}
    if state == VisitState.SENT:
        evidence = {"done_on": JUNE_5, "conclusion": "Đạt.", "recorded_at": clock.now(), "recorded_by": world.reviewer}
        evidence |= {"sent_at": clock.now(), "sent_by": world.colleague}
    return Visit.objects.bulk_create(
        Visit(plan=plan, unit=unit, planned_on=JUNE_5, state=state, **evidence) for unit in many_units(world, count)
    )


def many_units(world: World, count: int) -> list[Unit]:
    """Units below commune A, written at once."""
    parent = Unit.objects.get(pk=world.commune_a.pk)
    first = UnitFactory(parent=parent, name="Ấp 0")
    prefix, step = first.path[: -Unit.steplen], Unit.steplen
    rows = [
        Unit(
            path=prefix + Unit._int2str(number + 1).rjust(step, "0"),
            depth=first.depth,
            numchild=0,
            code=f"A{number}",
            name=f"Ấp {number}",
            short_name=f"Ấp {number}",
            kind=first.kind,
            valid_from=first.valid_from,
            sort_key=str(number),
        )
        for number in range(1, count)
    ]
    return [first, *Unit.objects.bulk_create(rows)]


def many_follow_ups(world: World, count: int) -> list[FollowUp]:
    """Open recommendations in bulk, each of a visit of its own."""
    visits = many_visits(world, count, state=VisitState.SENT)
    return FollowUp.objects.bulk_create(
        FollowUp(visit=visit, position=1, what="Lập sổ.", due=JUNE_5, first_due=JUNE_5, state="open")
        for visit in visits
    )


def many_guidance(world: World, count: int, *, units: int = 1) -> list[Guidance]:
    """Published guidance in bulk, addressed to commune A or to units below it."""
    programme, now = programme_of(world), clock.now()
    stamped = {"made_by": world.reviewer, "made_at": now, "published_by": world.reviewer, "published_at": now}
    rows = Guidance.objects.bulk_create(
        Guidance(
            programme=programme, kind="document", state="published", title=f"Hướng dẫn {n}", text="Làm.", **stamped
        )
        for n in range(count)
    )
    addressed = [world.commune_a] if units == 1 else many_units(world, units)
    GuidanceUnit.objects.bulk_create(GuidanceUnit(guidance=row, unit=unit) for row in rows for unit in addressed)
    return rows


def many_questions(world: World, count: int) -> list[Question]:
    """Open questions of commune A in bulk, about one guidance."""
    about = {"guidance": make_guidance(world), "unit": world.commune_a}
    asked = {"asked_at": clock.now(), "asked_by": world.officer}
    return Question.objects.bulk_create(Question(text=f"Hỏi {n}?", **about, **asked) for n in range(count))
