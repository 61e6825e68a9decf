"""What the pages of inspections show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.inspection_enums import FollowUpState, Verdict, VisitState
from campaigns.inspection_workflow import FOLLOW_UP_WORKFLOW, VISIT_WORKFLOW
from campaigns.models import Enclosure, FollowUp, Visit
from core import clock

if TYPE_CHECKING:
    from campaigns.inspection_querysets import FollowUpQuerySet, VisitQuerySet
    from campaigns.models import InspectionPlan
    from organizations.models import User

FIRST_YEAR = 2021
LATE = "late"
#: How states of a visit and of a recommendation are shown: a look of core's state badges.
VISIT_LOOKS = {
    VisitState.PLANNED: "open",
    VisitState.RECORDED: "waiting",
    VisitState.SENT: "done",
    VisitState.CANCELLED: "ended",
}
FOLLOW_UP_LOOKS = {
    FollowUpState.DRAFT: "draft",
    FollowUpState.OPEN: "open",
    FollowUpState.REPORTED: "waiting",
    FollowUpState.RETURNED: "returned",
    FollowUpState.CLOSED: "done",
    FollowUpState.CANCELLED: "ended",
}
VERDICT_LOOKS = {Verdict.MET: "done", Verdict.NOT_MET: "returned", Verdict.NOT_APPLICABLE: "ended"}


def visit_look(visit: Visit) -> tuple[str, str]:
    """Look and word of a visit; a late one says so."""
    if visit.is_late:
        return "overdue", _("Quá ngày dự kiến")
    return VISIT_LOOKS[VisitState(visit.state)], str(visit.get_state_display())


def follow_up_look(row: FollowUp) -> tuple[str, str]:
    """Look and word of a recommendation; a late one says so."""
    if row.is_owed and row.due and row.due < clock.today():
        return "overdue", _("Quá hạn")
    return FOLLOW_UP_LOOKS[FollowUpState(row.state)], str(row.get_state_display())


@dataclass(frozen=True)
class Choice:
    """One option of a select."""

    value: str
    label: str
    selected: bool


class InspectionFilter:
    """What the address of a list asks for: year, state, unit. Unknown values count as not given."""

    def __init__(self, query: Mapping[str, str], user: User, states: Iterable[tuple[str, str]]) -> None:
        self.user = user
        self.states = [(LATE, _("Quá hạn")), *states]
        self.units = {str(pk): name for pk, _path, name, _kind in user.unit_tree.rows}
        self.years = [str(year) for year in range(clock.today().year + 1, FIRST_YEAR - 1, -1)]
        self.state = _known(query.get("trang-thai"), dict(self.states))
        self.unit = _known(query.get("don-vi"), self.units)
        self.year = _known(query.get("nam"), self.years)

    def visits(self, rows: VisitQuerySet) -> VisitQuerySet:
        """Narrow visits, by the year in which they were planned."""
        if self.state == LATE:
            rows = rows.late(clock.today())
        elif self.state:
            rows = rows.filter(state=self.state)
        if self.year:
            rows = rows.filter(planned_on__year=int(self.year))
        return rows.filter(unit_id__in=self._unit_ids()) if self.unit else rows

    def follow_ups(self, rows: FollowUpQuerySet) -> FollowUpQuerySet:
        """Narrow recommendations, by the year in which they are due."""
        if self.state == LATE:
            rows = rows.overdue(clock.today())
        elif self.state:
            rows = rows.filter(state=self.state)
        if self.year:
            rows = rows.filter(due__year=int(self.year))
        return rows.filter(visit__unit_id__in=self._unit_ids()) if self.unit else rows

    def _unit_ids(self) -> list[int]:
        path = next(path for pk, path, _n, _k in self.user.unit_tree.rows if str(pk) == self.unit)
        return self.user.unit_tree.ids_within(path)

    @property
    def values(self) -> dict[str, str]:
        """The parameters that are set."""
        given = {"trang-thai": self.state, "don-vi": self.unit, "nam": self.year}
        return {name: value for name, value in given.items() if value}

    @property
    def chips(self) -> list[tuple[str, str]]:
        """(label, address without it) of each filter that is set."""
        labels: dict[str, Mapping[str, Any]] = {"trang-thai": dict(self.states), "don-vi": self.units}
        return [
            (
                str(labels.get(name, {}).get(value, value)),
                f"?{urlencode({n: v for n, v in self.values.items() if n != name})}",
            )
            for name, value in self.values.items()
        ]

    @property
    def selects(self) -> list[tuple[str, str, list[Choice]]]:
        """(parameter, label, options) of each select."""
        units = [(value, name) for value, name in self.units.items()] if len(self.units) > 1 else []
        return [
            ("trang-thai", _("Trạng thái"), _options(self.states, self.state)),
            ("don-vi", _("Đơn vị"), _options(units, self.unit)),
            ("nam", _("Năm"), _options([(year, year) for year in self.years], self.year)),
        ]


def _known(value: str | None, allowed: Any) -> str | None:
    return value if value in allowed else None


def _options(choices: Iterable[tuple[str, Any]], chosen: str | None) -> list[Choice]:
    return [Choice(str(value), str(label), str(value) == chosen) for value, label in choices]


@dataclass(frozen=True)
class CheckedLine:
    """One line of the checklist with what was found; `look` is of core's state badges."""

    number: int
    text: str
    verdict: str
    look: str
    note: str


def checked_lines(visit: Visit, *, told: bool) -> list[CheckedLine]:
    """The checklist, with the findings for those who are told: two queries."""
    found = {row.line_id: row for row in visit.answers.all()} if told else {}
    lines = []
    for number, line in enumerate(visit.plan.lines.all(), start=1):
        row = found.get(line.pk)
        verdict = Verdict(row.verdict) if row and row.verdict else None
        lines.append(
            CheckedLine(
                number,
                line.text,
                str(verdict.label) if verdict else "",
                VERDICT_LOOKS[verdict] if verdict else "",
                row.note if row else "",
            )
        )
    return lines


def plan_visits(plan: InspectionPlan) -> list[Visit]:
    """The visits of a plan with unit and team, by date: two queries."""
    return list(plan.visits.select_related("unit").prefetch_related("team").order_by("planned_on", "pk"))


def photo_items(photos: Iterable[Enclosure]) -> list[dict[str, Any]]:
    """Photos as the grid of the portal shows them."""
    return [
        {
            "url": photo.get_absolute_url(),
            "thumb_url": reverse("campaigns:enclosure", args=[photo.pk, "anh-nho"]),
            "alt": photo.caption or photo.original_name,
            "caption": photo.caption,
            "width": photo.width,
            "height": photo.height,
        }
        for photo in photos
    ]


def file_items(files: Iterable[Enclosure]) -> list[dict[str, Any]]:
    """Files as the list of the portal shows them."""
    return [{"name": f.original_name, "url": f.get_absolute_url(), "size": f.size, "meta": ""} for f in files]


def visit_events(visit: Visit, user: User, *, told: bool) -> list[dict[str, Any]]:
    """The log of a visit for its page, the newest first; a unit is not told who wrote the record before it was sent."""
    words = {row.name: str(row.label) for row in VISIT_WORKFLOW.transitions}
    rows = visit.transitions.select_related("actor").order_by("-pk")
    hidden = set() if told else {"record", "reopen"}
    return [_event(row, words) for row in rows if row.name not in hidden]


def follow_up_events(follow_up: FollowUp) -> list[dict[str, Any]]:
    """The log of a recommendation, the newest first."""
    words = {row.name: str(row.label) for row in FOLLOW_UP_WORKFLOW.transitions}
    return [_event(row, words) for row in follow_up.transitions.select_related("actor").order_by("-pk")]


def _event(row: Any, words: Mapping[str, str]) -> dict[str, Any]:
    return {"at": row.at, "title": words[row.name], "actor": row.actor.full_name, "note": row.reason, "state": ""}
