"""The form of a report: its fields come from what the milestone asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from campaigns.content import FigureLine, figure_lines, sections_of
from campaigns.figures import LARGEST_FIGURE
from campaigns.services.reports import FigureInput, ReportInput
from core import clock
from core.dates import format_date
from core.forms import LineField, NumberField, PortalForm, ProseField, VietnameseDateField
from core.numbers import format_number

if TYPE_CHECKING:
    from campaigns.content import Known
    from campaigns.models import TaskRemark, TaskReport, UnitTask

LONGEST_SECTION = 20_000
LONGEST_REASON = 300


class ReportForm(PortalForm):
    """Sections, figures and their reasons. Nothing is required here: a report is saved as far as it goes."""

    def __init__(
        self,
        data: Any = None,
        *,
        task: UnitTask,
        report: TaskReport,
        known: Mapping[str, Known] | None = None,
        remarks: Sequence[TaskRemark] = (),
    ) -> None:
        self.task, self.report, self.remarks = task, report, list(remarks)
        self.sections = sections_of(task.milestone)
        self.lines = figure_lines(task, report, known)
        super().__init__(data, initial=self.stored_values())
        for section in self.sections:
            self.fields[section.field] = ProseField(
                label=section.title,
                help_text=section.hint,
                max_length=LONGEST_SECTION,
                required=False,
                attrs={"rows": 6},
            )
        if self.lines:
            self._add_figures()
        optional = {section.field for section in self.sections if not section.is_required}
        for name, field in self.fields.items():
            self._prepare(field)
            # Needed to submit, not to save.
            field.needed = name not in optional  # type: ignore[attr-defined]

    def _add_figures(self) -> None:
        self.fields["as_of"] = VietnameseDateField(
            label=_("Số liệu tính đến ngày"),
            required=False,
            not_before=self.task.milestone.programme.starts,
            not_after=clock.today,
        )
        for line in self.lines:
            self.fields[line.field] = NumberField(
                label=str(line.figure.label), required=False, min=0, max=LARGEST_FIGURE, decimals=line.figure.decimals
            )
            if line.known:
                self.fields[line.reason_field] = LineField(
                    label=_("Lý do khác số trong sổ: %(label)s") % {"label": line.figure.label},
                    max_length=LONGEST_REASON,
                    required=False,
                )

    def stored_values(self) -> dict[str, str]:
        """What stands in the report, as the form shows it; a counted figure fills its field until another is typed."""
        values = {section.field: self.report.sections.get(section.key, "") for section in self.sections}
        if self.lines:
            values["as_of"] = format_date(self.report.as_of)
        for line in self.lines:
            values[line.field] = "" if line.value is None else format_number(line.value)
            if line.known:
                values[line.reason_field] = line.reason
        return values

    def show_remarks(self) -> None:
        """Put each remark of the last return beside the section that it is bound to."""
        for remark in self.remarks:
            if remark.target in self.fields:
                self.fields[remark.target].review_comments = [  # type: ignore[attr-defined]
                    {"author": remark.transition.actor.full_name, "text": remark.text}
                ]

    def unwritten_names(self) -> list[str]:
        """Names of the fields that `report_input` leaves as they stand: those at fault and those that go with them."""
        faulty = {name for name in self.fields if name in self.errors}
        for line in self.lines:
            pair = {line.field, line.reason_field} & self.fields.keys()
            faulty |= pair if pair & faulty else set()
        return [name for name in self.fields if name in faulty]

    def report_input(self) -> ReportInput:
        """What was read without a fault, for the service."""
        data = self.cleaned_data
        sections = {s.key: data[s.field] for s in self.sections if s.field in data}
        good = [line for line in self.lines if line.field in data and line.reason_field not in self.errors]
        figures = {line.figure.code: self._figure(line) for line in good}
        return ReportInput(sections=sections, figures=figures, as_of=data.get("as_of"))

    def _figure(self, line: FigureLine) -> FigureInput:
        typed = self.cleaned_data[line.field]
        if line.known and (typed is None or typed == line.known.value):
            return FigureInput(typed=None)
        return FigureInput(typed=typed, reason=self.cleaned_data.get(line.reason_field, ""))
