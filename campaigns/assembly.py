"""The district's report as the sum of what the units reported (R32): who is in, who is missing, totals that add up."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.urls import reverse

from .enums import TaskState
from .figures import Figure, figures_of
from .models import TaskReportVersion, UnitTask

if TYPE_CHECKING:
    from .models import Milestone


@dataclass(frozen=True)
class Cell:
    """A figure of one unit with the page that shows where it comes from; None is a figure that was not asked."""

    value: Decimal | None
    url: str


@dataclass(frozen=True)
class UnitRow:
    """The figures of one unit's accepted report."""

    task: UnitTask
    version: TaskReportVersion
    cells: list[Cell]


@dataclass(frozen=True)
class Gathered:
    """What the units wrote in one section, each under its name."""

    key: str
    title: str
    texts: list[tuple[str, str]]


@dataclass(frozen=True)
class Assembly:
    """All that the district's report is made of."""

    figures: list[Figure]
    rows: list[UnitRow]
    totals: list[Cell]
    missing: list[UnitTask]
    sections: list[Gathered]
    #: When the report was submitted, if it is: later reports are not in it.
    until: datetime.datetime | None = None

    @property
    def count(self) -> int:
        return len(self.rows) + len(self.missing)


def _accepted(until: datetime.datetime | None, of: str = "") -> Q:
    """Tasks whose reports were accepted, by a moment if one is given; what is accepted stays so."""
    accepted = Q(**{f"{of}state": TaskState.ACCEPTED})
    return accepted if until is None else accepted & Q(**{f"{of}accepted_at__lte": until})


def accepted_versions(milestone: Milestone, until: datetime.datetime | None = None) -> list[TaskReportVersion]:
    """The accepted report of every unit for a milestone: the last version of each, in the order of the units."""
    found = (
        TaskReportVersion.objects.filter(_accepted(until, "task__"), task__milestone=milestone)
        .select_related("task__unit", "task__addressed")
        .order_by("task__unit__path", "task__addressed__path", "task", "number")
    )
    return list({version.task_id: version for version in found}.values())


def assembled_figures(task: UnitTask) -> dict[str, tuple[Decimal, str]]:
    """The totals of the accepted reports that a task is assembled from, by figure, with the page that shows them."""
    url = reverse("campaigns:task_assembly", args=[task.pk])
    source, totals = task.milestone.assembles, defaultdict[str, Decimal](Decimal)
    assert source is not None
    for version in accepted_versions(source):
        for code, value in values_of(version).items():
            totals[code] += value
    asked = {figure.code for figure in figures_of(task.milestone)}
    return {code: (total, url) for code, total in totals.items() if code in asked}


def values_of(version: TaskReportVersion) -> dict[str, Decimal]:
    """The figures of a frozen report by code."""
    return {row["code"]: Decimal(row["typed"]) for row in version.figures if row["typed"] is not None}


def assembly_of(task: UnitTask, version: TaskReportVersion | None = None) -> Assembly:
    """Everything that the page of the district's report shows: three queries whatever the number of units.

    Once the report is submitted it stands as it was then, so that the table goes on adding up to the frozen figures;
    with `version` as it was when that was submitted, though the report be open again.
    """
    source = task.milestone.assembles
    assert source is not None
    figures = figures_of(task.milestone)
    until = version.made_at if version else None if task.is_owed else task.submitted_at
    versions = accepted_versions(source, until)
    rows = [UnitRow(v.task, v, [_cell(v, figure) for figure in figures]) for v in versions]
    missing = UnitTask.objects.filter(milestone=source).exclude(_accepted(until))
    missing = missing.select_related("milestone__programme", "unit", "addressed")
    return Assembly(
        figures=figures,
        rows=rows,
        totals=[_total(rows, n) for n in range(len(figures))],
        missing=list(missing.order_by("unit__path", "addressed__path")),
        sections=gather(task.milestone, versions),
        until=until,
    )


def _cell(version: TaskReportVersion, figure: Figure) -> Cell:
    row: dict[str, Any] = next((row for row in version.figures if row["code"] == figure.code), {})
    shown = reverse("campaigns:task_version", args=[version.task_id, version.number]) + "#so-lieu"
    value = row.get("typed")
    counted = row.get("url") and value == row.get("known")
    return Cell(None if value is None else Decimal(value), row["url"] if counted else shown)


def _total(rows: Iterable[UnitRow], column: int) -> Cell:
    return Cell(sum((row.cells[column].value or Decimal(0) for row in rows), Decimal(0)), "#so-lieu")


def gather(milestone: Milestone, versions: Iterable[TaskReportVersion]) -> list[Gathered]:
    """The texts of the units by section of the district's outline; sections are matched by key."""
    found = []
    for section in milestone.outline or []:
        texts = [(v.task.unit_title, text) for v in versions if (text := _text(v, section["key"]))]
        found.append(Gathered(section["key"], section["title"], texts))
    return found


def _text(version: TaskReportVersion, key: str) -> str:
    return next((row["text"].strip() for row in version.sections if row["key"] == key), "")
