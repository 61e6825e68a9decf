"""The demo's survey of the second quarter of 2023, replayed through the services; invented, nothing after 5/6/2023."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from campaigns.inspection_letters import FOLLOW_UP, VISIT
from campaigns.models import FollowUp, InspectionPlan, Programme, Visit
from campaigns.services.enclosures import add_enclosure
from campaigns.services.follow_ups import close_follow_up, report_follow_up
from campaigns.services.inspections import add_visits, announce_plan, save_plan
from campaigns.services.visits import (
    RecordInput,
    answer_result,
    describe_photos,
    finish_record,
    save_record,
    send_result,
)
from core import clock
from emulation_portal.demo.pictures import draw_picture
from organizations.models import User

from .replaying import moment, read, settle_messages

if TYPE_CHECKING:
    from organizations.models import Unit


@transaction.atomic
def seed_inspections(units: dict[str, Unit]) -> int:
    """Make the plan with its visits when it is not there yet; returns how many visits were made."""
    data = read("inspections.json")
    row = data["plan"]
    programme = Programme.objects.filter(unit=units["go-cong-tay"]).order_by("starts").first()
    if programme is None or InspectionPlan.objects.filter(title=row["title"]).exists():
        return 0
    people = {user.username: user for user in User.objects.all()}
    plan = _plan(row, programme, people)
    visits = [_planned(plan, visit, units, people) for visit in data["visits"]]
    with clock.replay_at(moment(row["announced_on"], 10)):
        announce_plan(plan=plan, by=people[row["lead"]])
    for visit, told in zip(visits, data["visits"], strict=True):
        if "done_on" in told:
            _carry_out(_fresh(visit), told, people)
    settle_messages(VISIT, [visit.pk for visit in visits])
    settle_messages(FOLLOW_UP, list(FollowUp.objects.filter(visit__in=visits).values_list("pk", flat=True)))
    return len(visits)


def _fresh(visit: Visit) -> Visit:
    return Visit.objects.select_related("plan__programme__unit", "plan__lead", "unit").get(pk=visit.pk)


def _plan(row: dict[str, Any], programme: Programme, people: dict[str, User]) -> InspectionPlan:
    fields = {
        "kind": row["kind"],
        "title": row["title"],
        "purpose": row["purpose"],
        "starts": datetime.date.fromisoformat(row["starts"]),
        "ends": datetime.date.fromisoformat(row["ends"]),
        "lead": people[row["lead"]],
    }
    with clock.replay_at(moment(row["made_on"], 9)):
        plan = InspectionPlan(programme=programme)
        return save_plan(plan=plan, by=people[row["lead"]], fields=fields, checklist=row["checklist"])


def _planned(plan: InspectionPlan, row: dict[str, Any], units: dict[str, Unit], people: dict[str, User]) -> Visit:
    with clock.replay_at(moment(plan.made_at.astimezone(clock.VIETNAM).date().isoformat(), 10)):
        [visit] = add_visits(
            plan=plan,
            by=plan.made_by,
            units=[units[row["unit"]]],
            planned_on=datetime.date.fromisoformat(row["planned_on"]),
            team=[people[name] for name in row["team"]],
            team_note=row["team_note"],
        )
    return visit


def _carry_out(visit: Visit, row: dict[str, Any], people: dict[str, User]) -> None:
    writer = people[row["team"][0]]
    with clock.replay_at(moment(row["recorded_on"], 14)):
        for number, photo in enumerate(row["photos"]):
            upload = SimpleUploadedFile(photo["name"], draw_picture(f"{row['unit']}-{number}", "KT", ""))
            kept = add_enclosure(owner=visit, by=writer, upload=upload, kind="photo")
            describe_photos(visit=visit, by=writer, captions={kept.pk: photo["caption"]})
        save_record(visit=visit, by=writer, data=_record(visit, row), seen_version=visit.version)
        finish_record(visit=visit, by=writer)
    with clock.replay_at(moment(row["sent_on"], 9)):
        send_result(visit=visit, by=people[row["sent_by"]])
    if answer := row["answer"]:
        with clock.replay_at(moment(answer["on"], 15)):
            answer_result(visit=visit, by=people[answer["by"]], text=answer["text"])
    for report in row["reports"]:
        _report(visit, report, people)


def _record(visit: Visit, row: dict[str, Any]) -> RecordInput:
    lines = visit.plan.lines.all()
    return RecordInput(
        fields={
            "done_on": datetime.date.fromisoformat(row["done_on"]),
            "met_with": row["met_with"],
            "findings": row["findings"],
            "conclusion": row["conclusion"],
        },
        answers={
            line.pk: {"verdict": verdict, "note": note}
            for line, (verdict, note) in zip(lines, row["answers"], strict=True)
        },
        follow_ups={
            position: (what, datetime.date.fromisoformat(due))
            for position, (what, due) in enumerate(row["follow_ups"], start=1)
        },
    )


def _report(visit: Visit, row: dict[str, Any], people: dict[str, User]) -> None:
    rows = FollowUp.objects.select_related("visit__unit", "visit__plan")
    follow_up = rows.get(visit=visit, position=row["position"])
    with clock.replay_at(moment(row["on"], 16)):
        report_follow_up(follow_up=follow_up, by=people[row["by"]], evidence=row["text"])
    if "closed_by" in row:
        with clock.replay_at(moment(row["closed_on"], 10)):
            close_follow_up(follow_up=follow_up, by=people[row["closed_by"]])
