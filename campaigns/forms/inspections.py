from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.inspection_enums import InspectionKind, VisitState
from campaigns.inspection_rules import has_minutes, team_candidates
from campaigns.models import InspectionPlan, Programme
from core import clock
from core.forms import LineField, ModelOneChoiceField, OneChoiceField, PortalForm, ProseField, VietnameseDateField
from core.text import clean_line
from organizations.models import Unit, User

from .choices import ManyRowsField

LONGEST_LINE = 300
MOST_LINES = 40


def _person(user: User) -> str:
    return user.full_name


def _unit(unit: Unit) -> str:
    return unit.short_name


class PlanForm(PortalForm):
    """What a plan of inspection or survey says, with its checklist as lines of text."""

    kind = OneChoiceField(label=gettext_lazy("Loại"), choices=InspectionKind.choices, widget=forms.RadioSelect)
    title = LineField(
        label=gettext_lazy("Tên kế hoạch"),
        max_length=200,
        allow_emoji=False,
        help_text=gettext_lazy("Ví dụ: Khảo sát việc nhân rộng mô hình quý II năm 2023."),
    )
    programme = ModelOneChoiceField(Programme.objects.none(), label=gettext_lazy("Chương trình"))
    paper_number = LineField(
        label=gettext_lazy("Số văn bản"),
        max_length=50,
        required=False,
        help_text=gettext_lazy("Văn thư chưa cấp số thì để trống."),
    )
    paper_date = VietnameseDateField(label=gettext_lazy("Ngày văn bản"), required=False)
    purpose = ProseField(label=gettext_lazy("Mục đích, yêu cầu"), max_length=4000, required=False, attrs={"rows": 4})
    starts = VietnameseDateField(
        label=gettext_lazy("Từ ngày"),
        help_text=gettext_lazy("Ví dụ 15/5/2023."),
        required_message=gettext_lazy("Nhập ngày bắt đầu."),
    )
    ends = VietnameseDateField(label=gettext_lazy("Đến ngày"), required_message=gettext_lazy("Nhập ngày kết thúc."))
    lead = ModelOneChoiceField(User.objects.none(), label=gettext_lazy("Người phụ trách"), label_from=_person)
    checklist = ProseField(
        label=gettext_lazy("Nội dung kiểm tra"),
        max_length=MOST_LINES * LONGEST_LINE,
        attrs={"rows": 8},
        help_text=gettext_lazy("Mỗi nội dung một dòng. Nội dung đã ghi kết quả ở một đơn vị thì giữ nguyên lời."),
    )

    def __init__(self, *args: Any, programmes: Any, plan: InspectionPlan | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = programmes  # type: ignore[attr-defined]
        units = {programme.unit for programme in programmes}
        people = {user.pk for unit in units for user in team_candidates(unit)}
        self.fields["lead"].queryset = User.objects.filter(pk__in=people).order_by("full_name")  # type: ignore[attr-defined]
        if plan is not None:
            # The plan stays in its programme: its visits lie in that district.
            self.fields["programme"].disabled = True
        if plan is not None and has_minutes(plan):
            self.fields["checklist"].disabled = True
            self.fields["checklist"].help_text = gettext_lazy(
                "Đã có đơn vị chốt biên bản nên nội dung kiểm tra giữ nguyên. Lập kế hoạch khác cho nội dung mới."
            )

    def clean_checklist(self) -> list[str]:
        """The lines, each once, none too long."""
        lines = list(dict.fromkeys(filter(None, map(clean_line, self.cleaned_data["checklist"].split("\n")))))
        if len(lines) > MOST_LINES:
            raise ValidationError(_("Ghi nhiều nhất %(n)d nội dung.") % {"n": MOST_LINES})
        if long := [number for number, line in enumerate(lines, start=1) if len(line) > LONGEST_LINE]:
            raise ValidationError(
                _("Dòng %(line)d dài quá %(n)d chữ cái. Tách thành hai nội dung.")
                % {"line": long[0], "n": LONGEST_LINE}
            )
        return lines

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("starts") and data.get("ends") and data["ends"] < data["starts"]:
            self.add_error("ends", _("Ngày kết thúc không được trước ngày bắt đầu. Nhập lại một trong hai."))
        return data


def plan_values(plan: InspectionPlan) -> dict[str, Any]:
    """What the form of a plan opens with."""
    names = ("kind", "title", "paper_number", "paper_date", "purpose", "starts", "ends")
    values = {name: getattr(plan, name) for name in names}
    lines = "\n".join(plan.lines.values_list("text", flat=True))
    return values | {"programme": plan.programme_id, "lead": plan.lead_id, "checklist": lines}


class TeamForm(PortalForm):
    """Who goes to a unit."""

    team = ManyRowsField(User.objects.none(), label=gettext_lazy("Thành viên đoàn"), label_from=_person)
    team_note = LineField(
        label=gettext_lazy("Thành viên khác"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Người không có tài khoản, ví dụ: ông A, Ban Tuyên giáo Huyện ủy."),
    )

    def __init__(self, *args: Any, plan: InspectionPlan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan
        self.fields["team"].queryset = team_candidates(plan.programme.unit)  # type: ignore[attr-defined]


class VisitsForm(TeamForm):
    """Units, a date and a team: the rows that are put into a plan."""

    units = ManyRowsField(Unit.objects.none(), label=gettext_lazy("Đơn vị"), label_from=_unit)
    planned_on = VietnameseDateField(
        label=gettext_lazy("Ngày dự kiến"), help_text=gettext_lazy("Trong thời gian của kế hoạch, ví dụ 18/5/2023.")
    )
    field_order = ["units", "planned_on", "team", "team_note"]

    def __init__(self, *args: Any, plan: InspectionPlan, **kwargs: Any) -> None:
        super().__init__(*args, plan=plan, **kwargs)
        standing = plan.visits.exclude(state=VisitState.CANCELLED).values("unit")
        units = Unit.objects.within(plan.programme.unit.path).valid_on(max(plan.starts, clock.today()))
        self.fields["units"].queryset = (  # type: ignore[attr-defined]
            units.exclude(pk__in=standing).exclude(pk=plan.programme.unit_id)
        )


class PostponeForm(PortalForm):
    """A new day and why."""

    day = VietnameseDateField(label=gettext_lazy("Ngày mới"), help_text=gettext_lazy("Ví dụ 20/6/2023."))
    reason = ProseField(label=gettext_lazy("Lý do"), max_length=1000, attrs={"rows": 3})


class ReasonForm(PortalForm):
    """Why a step is taken."""

    reason = ProseField(label=gettext_lazy("Lý do"), max_length=2000, attrs={"rows": 4})


class AnswerForm(PortalForm):
    """What a unit says to a result."""

    reason = ProseField(
        label=gettext_lazy("Ý kiến của đơn vị"),
        max_length=4000,
        attrs={"rows": 6},
        help_text=gettext_lazy("Gửi một lần; Phòng Nội vụ và đoàn đọc được."),
    )


class EvidenceForm(PortalForm):
    """What was done about a recommendation."""

    evidence = ProseField(
        label=gettext_lazy("Kết quả thực hiện"),
        max_length=6000,
        attrs={"rows": 6},
        help_text=gettext_lazy("Đã làm gì, khi nào, ở đâu, ai chứng kiến; có số thì ghi số."),
    )


class ReturnForm(PortalForm):
    """What is still to be done, by when."""

    reason = ProseField(label=gettext_lazy("Việc cần làm tiếp"), max_length=2000, attrs={"rows": 4})
    due = VietnameseDateField(
        label=gettext_lazy("Hạn mới"), not_before=clock.today, not_before_name=gettext_lazy("hôm nay")
    )
