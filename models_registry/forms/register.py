from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaigns.models import Movement
from core.dates import PartialDate, format_date
from core.forms import LineField, NumberField, OneChoiceField, ProseField
from core.numbers import format_number
from models_registry.content import FIELDS, FLAG_LABELS, has_field, target_label
from models_registry.enums import Category, SubjectKind
from models_registry.forms.content import ExemplarFields
from models_registry.models import Criterion, Exemplar
from models_registry.services.drafts import AchievementInput, DraftInput

if TYPE_CHECKING:
    from models_registry.models import ReviewComment

#: Lines for achievements: those filled and two more, never over this.
MAX_ACHIEVEMENTS = 12
_BLANK_LINES = 2
_LINE = re.compile(r"achievement-([1-9]\d?)-[a-z]+", re.ASCII)


def form_name(target: str) -> str:
    """Name of the form field for a part of the content."""
    if target in ("birth_year", "birth_date"):
        return "birth"
    is_criterion = target[:1] == "C" and target[1:].isdigit()
    return f"evidence_{target}" if is_criterion else target


def _unfit(kind: str, category: str) -> list[str]:
    """Boxes and notes that a record of this kind is not asked for: a good deed is told in few (R7)."""
    if category == Category.GOOD_DEED:
        return ["grassroots", "direct_labour", "carried_over", "consent_note"]
    return ["direct_labour"] if kind == SubjectKind.COLLECTIVE else []


class ExemplarForm(ExemplarFields):
    """The content of a record, as its category and subject ask. Nothing but the name is required to save a draft."""

    def __init__(self, *args: Any, exemplar: Exemplar, remarks: Collection[ReviewComment] = (), **kwargs: Any) -> None:
        self.exemplar = exemplar
        self.remarks = list(remarks)
        full = has_field("summary", exemplar.subject_kind, exemplar.category)
        self.criteria = list(Criterion.objects.all()) if full else []
        self.lines = self._line_numbers(kwargs.get("data") or (args[0] if args else None)) if full else range(0)
        super().__init__(*args, initial=self.stored_values(), **kwargs)
        self._fit_kind()
        self._offer_movements()
        for criterion in self.criteria:
            self._add_criterion(criterion)
        for line in self.lines:
            self._add_achievement(line)
        for remark in self.remarks:
            self._add_answer(remark)
        for name in self.fields.keys() - self.base_fields.keys():
            self._prepare(self.fields[name])
            # A mark "optional" beside each of forty parts would say nothing; the hint above them says it once.
            self.fields[name].needed = True  # type: ignore[attr-defined]

    def _offer_movements(self) -> None:
        """Offer the movements that reach the unit, and the one that stands in the record."""
        if "movement" in self.fields:
            kept = Movement.objects.filter(pk__in=[self.exemplar.movement_id or 0])
            near = Movement.objects.for_work_of(self.exemplar.unit) | kept
            self.fields["movement"].queryset = near  # type: ignore[attr-defined]

    def _fit_kind(self) -> None:
        """Keep the fields that this kind of subject and category has, under its own labels."""
        kind, category = self.exemplar.subject_kind, self.exemplar.category
        for target, spec in FIELDS.items():
            name = form_name(target)
            if name not in self.fields:
                continue
            if not has_field(target, kind, category):
                del self.fields[name]
                continue
            if spec.labels:
                self.fields[name].label = spec.label_for(kind)
        for name in _unfit(kind, category):
            del self.fields[name]
        if kind != SubjectKind.INDIVIDUAL:
            self._speak_of(kind)
        if category == Category.GOOD_DEED:
            self.fields["deeds"].help_text = _("Ai, làm gì, ở đâu, giúp được ai; vài dòng là đủ.")
            self.fields["hamlet"].needed = kind == SubjectKind.INDIVIDUAL  # type: ignore[attr-defined]

    def _speak_of(self, kind: str) -> None:
        """Words that would otherwise speak of one person."""
        consent = {
            SubjectKind.COLLECTIVE: _("Tập thể đồng ý cho công bố tên, ảnh và câu chuyện trên trang công khai"),
            SubjectKind.HOUSEHOLD: _("Hộ đồng ý cho công bố tên, ảnh và câu chuyện trên trang công khai"),
        }
        self.fields["consent_publish"].label = consent[SubjectKind(kind)]
        self.fields["full_name"].required_message = (  # type: ignore[attr-defined]
            _("Nhập tên tập thể được giới thiệu.")
            if kind == SubjectKind.COLLECTIVE
            else _("Nhập tên hộ gia đình được giới thiệu, ví dụ: Hộ ông Trần Văn Tư.")
        )
        self.fields["hamlet"].help_text = _("Ví dụ: ấp Bình Trinh.")

    def _add_answer(self, remark: ReviewComment) -> None:
        self.fields[f"answer_{remark.target}"] = ProseField(
            label=_("Trả lời nhận xét về “%(part)s”")
            % {"part": target_label(remark.target, self.exemplar.subject_kind)},
            max_length=2000,
            required=False,
            attrs={"rows": 2},
            help_text=_("Ghi đã sửa gì, hoặc vì sao giữ nguyên. Có thể để trống."),
        )

    @property
    def flags(self) -> list[str]:
        """Names of the boxes that make sense for this record."""
        return [name for name in FLAG_LABELS if name in self.fields]

    def parts(self, names: str) -> list[str]:
        """Those of the named fields that this record has."""
        return [name for name in names.split() if name in self.fields]

    @property
    def about_model(self) -> list[str]:
        """Names of the fields that only a model has."""
        return self.parts("model_owner model_start_year model_scale")

    @property
    def about_field(self) -> list[str]:
        """Names of the fields that say where the record belongs."""
        return self.parts("field sub_field movement political_task")

    @property
    def value_and_meaning(self) -> list[str]:
        """Names of the two fields on what came of it."""
        return self.parts("economic_value social_meaning")

    @property
    def particulars(self) -> list[str]:
        """Names of the fields about the subject that this kind has, in their order on the page."""
        return self.parts(
            "gender birth head_name spouse_name founded_year member_count occupation position workplace hamlet phone"
            " proposed_by happened_on"
        )

    def _line_numbers(self, data: Any) -> range:
        """Lines that stand or were posted, and two more: a posted form never drops a line that it did not show."""
        posted = [int(found[1]) for key in data or () if (found := _LINE.fullmatch(key))]
        wanted = max([self.exemplar.achievements.count(), *posted]) + (0 if data else _BLANK_LINES)
        return range(1, min(max(wanted, _BLANK_LINES), MAX_ACHIEVEMENTS) + 1)

    def _add_criterion(self, criterion: Criterion) -> None:
        self.fields[f"met_{criterion.code}"] = OneChoiceField(
            label=criterion.label,
            choices=[("yes", _("Đạt")), ("no", _("Chưa đạt"))],
            required=False,
            widget=forms.RadioSelect,
        )
        self.fields[f"evidence_{criterion.code}"] = LineField(
            label=_("Minh chứng tiêu chí %(number)s") % {"number": criterion.code.removeprefix("C")},
            max_length=500,
            required=False,
            help_text=criterion.evidence_hint,
        )

    def _add_achievement(self, line: int) -> None:
        prefix = f"achievement-{line}"
        self.fields[f"{prefix}-description"] = LineField(
            label=_("Thành tích dòng %(line)d") % {"line": line}, max_length=300, required=False
        )
        self.fields[f"{prefix}-figure"] = NumberField(
            label=_("Số liệu"), required=False, decimals=2, min=0, max=99_999_999_999_999
        )
        self.fields[f"{prefix}-measure"] = LineField(label=_("Đơn vị tính"), max_length=60, required=False)
        self.fields[f"{prefix}-period"] = LineField(label=_("Thời gian"), max_length=60, required=False)

    def stored_values(self) -> dict[str, Any]:
        """What stands in the record, as the form shows it."""
        exemplar = self.exemplar
        values = {name: getattr(exemplar, name) for name in self.base_fields if name != "birth"}
        for name in ("field", "sub_field", "movement"):
            values[name] = getattr(exemplar, f"{name}_id")
        values["birth"] = format_date(exemplar.birth_date) if exemplar.birth_date else exemplar.birth_year or ""
        for name in ("consent_on", "happened_on"):
            values[name] = format_date(stored) if (stored := getattr(exemplar, name)) else ""
        for claim in exemplar.claims.select_related("criterion"):
            values[f"met_{claim.criterion.code}"] = {True: "yes", False: "no", None: ""}[claim.is_met]
            values[f"evidence_{claim.criterion.code}"] = claim.evidence
        for line, row in enumerate(exemplar.achievements.order_by("position"), start=1):
            values[f"achievement-{line}-description"] = row.description
            values[f"achievement-{line}-figure"] = "" if row.figure is None else format_number(row.figure)
            values[f"achievement-{line}-measure"] = row.measure
            values[f"achievement-{line}-period"] = row.period
        return values | {f"answer_{remark.target}": remark.answer for remark in self.remarks}

    def show_remarks(self) -> None:
        """Put each remark beside the field that it is bound to."""
        for remark in self.remarks:
            if (name := form_name(remark.target)) in self.fields:
                self.fields[name].review_comments = [  # type: ignore[attr-defined]
                    {"author": remark.author.full_name, "text": remark.text}
                ]

    def mark_needed(self, required: Collection[str]) -> None:
        """Take the mark of optional fields off those that must be filled before sending."""
        for target in required:
            if form_name(target) in self.fields:
                self.fields[form_name(target)].needed = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("consent_publish") and not data.get("consent_on") and "consent_on" not in self.errors:
            self.add_error(
                "consent_on", ValidationError(_("Ghi ngày người được giới thiệu đồng ý công bố, ví dụ 22/9/2021."))
            )
        sub_field, field = data.get("sub_field"), data.get("field")
        if sub_field and "field" not in self.errors and (field is None or sub_field.field_id != field.pk):
            self.add_error(
                "sub_field",
                ValidationError(
                    _("“%(sub)s” thuộc lĩnh vực “%(field)s”. Chọn đúng lĩnh vực ấy, hoặc bỏ trống mục này.")
                    % {"sub": sub_field.name, "field": sub_field.field.name}
                ),
            )
        for line in self.lines:
            self._clean_line(f"achievement-{line}", data)
        return data

    def _clean_line(self, prefix: str, data: dict[str, Any]) -> None:
        figure, measure = data.get(f"{prefix}-figure"), data.get(f"{prefix}-measure")
        if figure is not None and not measure and f"{prefix}-measure" not in self.errors:
            self.add_error(
                f"{prefix}-measure", ValidationError(_("Ghi đơn vị tính cho số liệu, ví dụ: triệu đồng, hộ, m²."))
            )
        described = data.get(f"{prefix}-description") or f"{prefix}-description" in self.errors
        if not described and (figure is not None or measure or data.get(f"{prefix}-period")):
            self.add_error(
                f"{prefix}-description",
                ValidationError(
                    _("Thành tích dòng %(line)s: ghi thành tích mà số liệu này nói tới.")
                    % {"line": prefix.removeprefix("achievement-")}
                ),
            )

    def draft_input(self) -> DraftInput:
        """What may be written: every field that was read without a fault; the others stay as they stand."""
        data = self.cleaned_data
        fields = {name: data[name] for name in self.base_fields if name in data and name != "birth"}
        if "birth" in data:
            birth: PartialDate | None = data["birth"]
            fields["birth_year"] = birth.year if birth else None
            fields["birth_date"] = birth.date if birth else None
        if fields.get("consent_publish") and not fields.get("consent_on"):
            fields.pop("consent_publish")
            fields.pop("consent_on", None)
        if "sub_field" in self.errors:
            fields.pop("field", None)
        return DraftInput(
            fields=fields, claims=self._claims(), achievements=self._achievements() if self.lines else None
        )

    def unwritten_names(self) -> list[str]:
        """Names of the fields that `draft_input` leaves as they stand: those at fault and those that go with them."""
        faulty = {name for name in self.fields if name in self.errors}
        lines = {name for name in self.fields if name.startswith("achievement-")}
        claims = [{f"met_{criterion.code}", f"evidence_{criterion.code}"} for criterion in self.criteria]
        for group in (lines, *claims):
            faulty |= group if group & faulty else set()
        for cause, other in (("consent_on", "consent_publish"), ("sub_field", "field")):
            faulty |= {other} if cause in faulty else set()
        return [name for name in self.fields if name in faulty]

    def answers(self) -> dict[str, str]:
        """Target → what the unit answers to the remark on it."""
        data = self.cleaned_data
        return {r.target: data[f"answer_{r.target}"] for r in self.remarks if f"answer_{r.target}" in data}

    def _claims(self) -> dict[int, tuple[bool | None, str]]:
        answers = {"yes": True, "no": False, "": None}
        return {
            c.pk: (answers[self.cleaned_data[f"met_{c.code}"]], self.cleaned_data[f"evidence_{c.code}"])
            for c in self.criteria
            if f"met_{c.code}" in self.cleaned_data and f"evidence_{c.code}" in self.cleaned_data
        }

    def _achievements(self) -> list[AchievementInput] | None:
        if any(name.startswith("achievement-") for name in self.errors):
            return None
        return [row for line in self.lines if (row := self._achievement(f"achievement-{line}")).description]

    def _achievement(self, prefix: str) -> AchievementInput:
        data = self.cleaned_data
        return AchievementInput(
            description=data.get(f"{prefix}-description") or "",
            figure=data.get(f"{prefix}-figure"),
            measure=data.get(f"{prefix}-measure") or "",
            period=data.get(f"{prefix}-period") or "",
        )
