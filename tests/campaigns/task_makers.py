"""Makers of reports: tasks brought to a state by the services, with all that their milestone asks for."""

from __future__ import annotations

import datetime
from typing import Any

from campaigns import services
from campaigns.content import sections_of
from campaigns.enums import Addressing, FileKind, TaskState, Tier
from campaigns.models import Milestone, TaskReport, UnitTask
from campaigns.services import publish_milestone
from campaigns.services.reports import FigureInput, ReportInput
from core import clock
from tests.campaigns.makers import MilestoneFactory, publish, task_of
from tests.factories import UnitFactory, World, scan_upload

OUTLINE = [
    {"key": "I", "title": "I. Công tác lãnh đạo, chỉ đạo", "hint": "Văn bản đã ban hành.", "required": False},
    {"key": "II", "title": "II. Kết quả thực hiện", "hint": "", "required": False},
    {"key": "II.1", "title": "II.1. Công tác tuyên truyền", "hint": "", "required": True},
    {"key": "IV", "title": "IV. Phương hướng", "hint": "", "required": True},
]
FIGURES = ["DK_CA_NHAN", "CN_TONG", "BD"]


def review(world: World, **values: Any) -> Milestone:
    """The June review as the plan has it: text by outline, figures and the signed paper."""
    given = {"outline": OUTLINE, "figures": FIGURES, "asks_figures": True, "asks_files": True}
    return publish(world, **{**given, **values})


def district_review(world: World, source: Milestone, **values: Any) -> UnitTask:
    """The district's own review, assembled from that of the units and written by the office."""
    given = {
        "programme": source.programme,
        "tier": Tier.DISTRICT,
        "assembles": source,
        "title": "Sơ kết 03 năm của huyện",
        "addressing": Addressing.CHOSEN,
        "unit_kinds": [],
        "due": datetime.date(2023, 6, 30),
        "outline": OUTLINE,
        "figures": FIGURES,
        "asks_figures": True,
    }
    milestone = MilestoneFactory(**{**given, **values})
    milestone.chosen_units.set([world.office])
    publish_milestone(milestone=milestone, by=world.people["interior_head"])
    milestone.refresh_from_db()
    return task_of(milestone, world.office)


def write(task: UnitTask, by: Any, **figures: int) -> TaskReport:
    """A report with all that its milestone asks for; `figures` are typed besides BD = 4."""
    sections = {s.key: f"{s.title}: đã làm xong." for s in sections_of(task.milestone)}
    wanted = {"BD": 4} if task.milestone.asks_figures else {}
    if task.milestone.assembles_id:
        # Nobody counts for the district before a unit's report was accepted.
        wanted |= {"DK_CA_NHAN": 0, "CN_TONG": 0}
    typed = {code: FigureInput(value, "Đếm theo sổ giấy.") for code, value in {**wanted, **figures}.items()}
    seen = TaskReport.objects.filter(task=task).values_list("version", flat=True).first() or 0
    data = ReportInput(sections=sections, figures=typed)
    report = services.save_report(task=task, by=by, data=data, seen_version=seen)
    if task.milestone.asks_files and not task.files.present().exists():
        upload = scan_upload(f"bao-cao-{task.pk}.png", colour=f"#{task.pk % 0xFFFFFF:06x}")
        services.add_file(task=task, by=by, kind=FileKind.SIGNED, upload=upload)
    return report


def bring(task: UnitTask, state: str, *, by: Any, judge: Any) -> UnitTask:
    """Take a fresh task to a state through the services."""
    if state != TaskState.OPEN:
        write(task, by)
        services.submit_report(task=task, by=by)
    if state == TaskState.RETURNED:
        due = clock.today() + datetime.timedelta(days=7)
        services.return_report(task=task, by=judge, reason="Thiếu số liệu của ấp Bình Trinh.", due=due)
    if state == TaskState.ACCEPTED:
        services.accept_report(task=task, by=judge)
    return task


def many_tasks(world: World, count: int, **values: Any) -> Milestone:
    """A published milestone of `count` further communes; rows for tests of size."""
    for number in range(count):
        UnitFactory(parent=world.district, name=f"Xã thứ {number}")
    return review(world, **values)
