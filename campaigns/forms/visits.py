from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.inspection_enums import Verdict
from campaigns.models import ChecklistLine, Visit
from campaigns.services.visits import RecordInput
from core import clock
from core.dates import format_date
from core.forms import LineField, OneChoiceField, PortalForm, ProseField, VietnameseDateField

#: Lines of recommendations that are always there to be filled, and how many a record may have.
SPARE, MOST = 2, 12


class RecordForm(PortalForm):
    """The record of a visit, as it is written on the spot: a line of answers for each line of the checklist."""

    done_on = VietnameseDateField(
        label=gettext_lazy("Ngày thực hiện"),
        required=False,
        not_after=clock.today,
        not_after_name=gettext_lazy("hôm nay"),
    )
    met_with = LineField(
        label=gettext_lazy("Đại diện đơn vị làm việc với đoàn"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Họ tên và chức vụ, cách nhau bằng dấu chấm phẩy."),
    )
    team_note = LineField(label=gettext_lazy("Thành viên khác của đoàn"), max_length=300, required=False)
    findings = ProseField(
        label=gettext_lazy("Nhận xét"),
        max_length=12000,
        required=False,
        attrs={"rows": 6},
        help_text=gettext_lazy("Điều đã làm tốt, điều còn hạn chế, nguyên nhân."),
    )
    conclusion = ProseField(label=gettext_lazy("Kết luận"), max_length=6000, required=False, attrs={"rows": 4})

    def __init__(self, *args: Any, visit: Visit, **kwargs: Any) -> None:
        self.visit = visit
        self.checklist: list[ChecklistLine] = list(visit.plan.lines.all())
        super().__init__(*args, **kwargs)
        for number, line in enumerate(self.checklist, start=1):
            self._add_line(number, line)
        last = max(visit.follow_ups.values_list("position", flat=True), default=0)
        self.positions = list(range(1, min(last + SPARE, MOST) + 1))
        for position in self.positions:
            self._add_follow_up(position)
        self.initial = {**self.stored_values(), **self.initial}
        for name, field in self.fields.items():
            self._prepare(field)
            # Asked for when the record is closed, not at each save.
            field.needed = name in ("done_on", "conclusion") or name.startswith("verdict-")  # type: ignore[attr-defined]

    def _add_line(self, number: int, line: ChecklistLine) -> None:
        self.fields[f"verdict-{line.pk}"] = OneChoiceField(
            label=f"{number}. {line.text}", choices=Verdict.choices, required=False, widget=forms.RadioSelect
        )
        self.fields[f"note-{line.pk}"] = LineField(
            label=_("Ghi chú nội dung %(n)d") % {"n": number}, max_length=500, required=False
        )

    def _add_follow_up(self, position: int) -> None:
        self.fields[f"follow-{position}-what"] = ProseField(
            label=_("Kiến nghị %(n)d: việc cần làm") % {"n": position},
            max_length=2000,
            required=False,
            attrs={"rows": 2},
        )
        self.fields[f"follow-{position}-due"] = VietnameseDateField(
            label=_("Hạn kiến nghị %(n)d") % {"n": position},
            required=False,
            not_before=clock.today,
            not_before_name=_("hôm nay"),
        )

    @property
    def rows(self) -> list[tuple[str, str]]:
        """Names of the two fields of each line of the checklist."""
        return [(f"verdict-{line.pk}", f"note-{line.pk}") for line in self.checklist]

    @property
    def follow_rows(self) -> list[tuple[str, str]]:
        """Names of the two fields of each recommendation."""
        return [(f"follow-{n}-what", f"follow-{n}-due") for n in self.positions]

    def stored_values(self) -> dict[str, Any]:
        """What stands in the record, as the form shows it."""
        visit = self.visit
        values: dict[str, Any] = {name: getattr(visit, name) for name in self.base_fields}
        values["done_on"] = format_date(visit.done_on)
        for answer in visit.answers.all():
            values[f"verdict-{answer.line_id}"] = answer.verdict
            values[f"note-{answer.line_id}"] = answer.note
        for row in visit.follow_ups.all():
            values[f"follow-{row.position}-what"] = row.what
            values[f"follow-{row.position}-due"] = format_date(row.due)
        return values

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for what, due in self.follow_rows:
            if data.get(due) and not data.get(what) and what not in self.errors:
                self.add_error(what, _("Ghi việc cần làm cho hạn này, hoặc xóa hạn."))
        return data

    def record_input(self) -> RecordInput:
        """What may be written: every field that was read without a fault; the others stay as they stand."""
        data = self.cleaned_data
        answers: dict[int, dict[str, str]] = {}
        for line in self.checklist:
            given = {name: data[f"{name}-{line.pk}"] for name in ("verdict", "note") if f"{name}-{line.pk}" in data}
            if given:
                answers[line.pk] = given
        standing = {row.position: row.due for row in self.visit.follow_ups.all()}
        follow_ups = {
            position: (data[what], data.get(due, standing.get(position)))
            for position, (what, due) in zip(self.positions, self.follow_rows, strict=True)
            if what in data
        }
        return RecordInput({name: data[name] for name in self.base_fields if name in data}, answers, follow_ups)

    def unwritten_names(self) -> list[str]:
        """Names of the fields that `record_input` leaves as they stand: those at fault, a date with its words."""
        faulty = {name for name in self.fields if name in self.errors}
        faulty |= {due for what, due in self.follow_rows if what in faulty}
        return [name for name in self.fields if name in faulty]
