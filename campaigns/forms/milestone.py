from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.enums import Addressing, Duty, Tier
from campaigns.figures import catalogue
from campaigns.models import Milestone
from core.forms import LineField, ModelOneChoiceField, OneChoiceField, PortalForm, ProseField, VietnameseDateField
from organizations.enums import UnitKind
from organizations.models import EmulationBlock, Unit
from organizations.selectors import office_units

from .fields import LadderField, ManyChoiceField, OutlineField

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from organizations.querysets import UnitQuerySet

#: Kinds that no milestone is addressed to: they stand above the units of a district.
_ABOVE = {UnitKind.PROVINCE, UnitKind.DISTRICT}
_PLAIN = ["title", "short_title", "text", "quote", "tier", "duty", "opens", "due", "closes", "anchor", "addressing"]
_PLAIN += ["unit_kinds", "asks_text", "asks_figures", "asks_files", "outline", "figures", "ladder"]
#: An event is given to nobody: no unit is chosen, nothing has to be handed in.
_NOTHING_ASKED: dict[str, Any] = dict.fromkeys(("asks_text", "asks_figures", "asks_files"), False) | {
    "outline": [],
    "figures": [],
    "ladder": None,
    "addressing": Addressing.CHOSEN,
    "unit_kinds": [],
    "chosen_units": [],
    "block": None,
    "assembles": None,
}


def _figure_choices() -> list[tuple[str, StrOrPromise]]:
    """Every figure of the catalogue: what is only typed as well as what the portal counts."""
    return [(code, figure.label) for code, figure in catalogue().items()]


class MilestoneForm(PortalForm):
    """A milestone: what is asked, of whom, by when. Of a published one dates and tier are not asked.

    An event (`is_event`) has its day alone and asks nothing of anybody.
    """

    title = LineField(label=_("Tên mốc"), max_length=200)
    short_title = LineField(
        label=_("Tên gọn"), max_length=60, help_text=_("Dùng trong bảng và thư, ví dụ: Sơ kết 3 năm.")
    )
    text = ProseField(label=_("Nội dung"), max_length=4000, required=False)
    quote = LineField(label=_("Trích kế hoạch"), max_length=400, required=False)
    is_event = forms.BooleanField(
        label=_("Chỉ ghi một sự kiện"),
        required=False,
        help_text=_("Ví dụ ngày ban hành kế hoạch, ngày hội nghị. Ngày ghi ở “Hạn nộp”; không giao cho đơn vị nào."),
    )
    tier = OneChoiceField(label=_("Cấp thực hiện"), choices=Tier.choices, widget=forms.RadioSelect)
    duty = OneChoiceField(label=_("Nhiệm vụ"), choices=Duty.choices, empty_label=_("Chọn nhiệm vụ"))
    opens = VietnameseDateField(label=_("Mở từ ngày"), required_message=_("Nhập ngày mở."))
    due = VietnameseDateField(label=_("Hạn nộp"))
    closes = VietnameseDateField(
        label=_("Kết thúc đợt nộp"),
        required=False,
        help_text=_(
            "Ngày Phòng Nội vụ thôi chờ để tổng hợp, chỉ để đơn vị biết; để trống thì là hạn nộp. "
            "Sau ngày này vẫn nhận báo cáo đến khi chương trình đóng, có ghi là nộp muộn."
        ),
    )
    anchor = VietnameseDateField(
        label=_("Ngày gắn với"), required=False, help_text=_("Ví dụ 11/6, Ngày Truyền thống thi đua yêu nước.")
    )
    addressing = OneChoiceField(label=_("Giao cho"), choices=Addressing.choices, widget=forms.RadioSelect)
    unit_kinds = ManyChoiceField(
        label=_("Loại đơn vị"),
        choices=[(value, label) for value, label in UnitKind.choices if value not in _ABOVE],
        required=False,
    )
    block = ModelOneChoiceField(EmulationBlock.objects.none(), label=_("Khối thi đua"), required=False)
    chosen_units = ManyChoiceField(label=_("Từng đơn vị"), required=False)
    asks_text = forms.BooleanField(label=_("Cần báo cáo bằng lời"), required=False)
    asks_figures = forms.BooleanField(label=_("Cần số liệu"), required=False)
    asks_files = forms.BooleanField(label=_("Cần tệp có chữ ký"), required=False)
    outline = OutlineField(
        label=_("Đề cương"),
        required=False,
        help_text=_(
            "Mỗi mục một dòng, ví dụ: II.1. Công tác tuyên truyền * | gợi ý. Dấu * là mục bắt buộc. "
            "Dòng “II. Kết quả” có II.1 ở dưới là tên phần, đơn vị không phải viết."
        ),
    )
    figures = ManyChoiceField(label=_("Số liệu cần"), choices=_figure_choices, required=False)
    assembles = ModelOneChoiceField(Milestone.objects.none(), label=_("Tổng hợp từ"), required=False)
    ladder = LadderField(
        label=_("Bậc nhắc riêng"), required=False, help_text=_("Để trống thì theo bậc nhắc của chương trình.")
    )

    def __init__(self, *args: Any, milestone: Milestone, units: Iterable[tuple[int, str]], **kw: Any) -> None:
        self.milestone = milestone
        super().__init__(*args, initial=_stored(milestone), **kw)
        self.fields["block"].queryset = EmulationBlock.objects.all()  # type: ignore[attr-defined]
        others = Milestone.objects.filter(programme=milestone.programme, tier=Tier.UNIT).exclude(pk=milestone.pk)
        self.fields["assembles"].queryset = others  # type: ignore[attr-defined]
        self.fields["chosen_units"].choices = [(str(pk), name) for pk, name in units]  # type: ignore[attr-defined]
        for name in ("unit_kinds", "block", "chosen_units", "figures"):
            # Needed with the choice that shows it; `clean` asks for it.
            self.fields[name].needed = True  # type: ignore[attr-defined]
        if milestone.is_published:
            for name in ("opens", "due", "closes", "tier", "is_event"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Dates in their order, somebody addressed, an outline that can be answered."""
        found = self.cleaned_data
        if found.get("is_event"):
            return self._as_event(found)
        self._check_dates(found)
        self._check_addressing(found)
        self._check_tier(found)
        if not any(found.get(name) for name in ("asks_text", "asks_figures", "asks_files")):
            self.add_error("asks_text", gettext("Chọn ít nhất một thứ đơn vị phải nộp: lời, số liệu hoặc tệp."))
        if found.get("asks_figures") and not found.get("figures"):
            self.add_error("figures", gettext("Chọn số liệu cần, hoặc bỏ “Cần số liệu”."))
        return found

    def _as_event(self, found: dict[str, Any]) -> dict[str, Any]:
        """Its day alone: what only a task has is left out, faults of it too."""
        for name in set(self.errors) - {"title", "short_title", "text", "quote", "due", "anchor"}:
            del self.errors[name]
        found |= _NOTHING_ASKED | dict.fromkeys(("opens", "closes"), found.get("due"))
        return found

    def _check_dates(self, found: dict[str, Any]) -> None:
        opens, due = found.get("opens"), found.get("due")
        if opens and due and due < opens:
            self.add_error("due", gettext("Hạn nộp phải từ ngày mở trở đi."))
        if due and "closes" in self.fields and not found.get("closes"):
            found["closes"] = due
        if due and found.get("closes") and found["closes"] < due:
            self.add_error("closes", gettext("Ngày kết thúc đợt nộp phải từ hạn nộp trở đi."))

    def _check_tier(self, found: dict[str, Any]) -> None:
        """The district's own report is written by the office: no other unit would see its task as its own."""
        if found.get("tier", self.milestone.tier) != Tier.DISTRICT:
            return
        programme = self.milestone.programme
        own = set(office_units(programme.unit).values_list("pk", flat=True))
        chosen = {int(pk) for pk in found.get("chosen_units") or []}
        if found.get("addressing") != Addressing.CHOSEN or (own and not chosen <= own):
            self.add_error(
                "addressing",
                gettext("Mốc cấp Huyện do Phòng Nội vụ thực hiện: chọn “Chọn từng đơn vị” và chỉ chọn Phòng Nội vụ."),
            )

    def _check_addressing(self, found: dict[str, Any]) -> None:
        how = found.get("addressing")
        wanted = {Addressing.KINDS: "unit_kinds", Addressing.BLOCK: "block", Addressing.CHOSEN: "chosen_units"}
        sentences = {
            Addressing.KINDS: gettext("Chọn ít nhất một loại đơn vị."),
            Addressing.BLOCK: gettext("Chọn khối thi đua được giao mốc này."),
            Addressing.CHOSEN: gettext("Chọn ít nhất một đơn vị."),
        }
        for value, name in wanted.items():
            if how == value and not found.get(name) and name not in self.errors:
                self.add_error(name, sentences[value])
        if how != Addressing.BLOCK:
            found["block"] = None

    def forget_faults(self) -> None:
        """Show the boxes as they are, without faults: the units were only counted."""
        self._errors = ErrorDict()

    def values(self) -> dict[str, Any]:
        """What the service writes."""
        names = [*_PLAIN, "block", "assembles"]
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}

    def chosen(self) -> list[Unit]:
        """The units chosen one by one."""
        pks = self.cleaned_data.get("chosen_units") or []
        return list(Unit.objects.filter(pk__in=pks)) if self.cleaned_data.get("addressing") == "chosen" else []


def _stored(milestone: Milestone) -> dict[str, Any]:
    found = {name: getattr(milestone, name) for name in _PLAIN}
    found |= {"block": milestone.block_id, "assembles": milestone.assembles_id}
    found["is_event"] = milestone.pk is not None and milestone.is_event
    if milestone.pk:
        found["chosen_units"] = [str(pk) for pk in milestone.chosen_units.values_list("pk", flat=True)]
    return found


class DueForm(PortalForm):
    """A new due date of a published milestone, with the reason."""

    due = VietnameseDateField(label=_("Hạn mới"), required_message=_("Ghi hạn mới, ví dụ 20/6/2023."))
    reason = ProseField(label=_("Lý do"), max_length=1000, required_message=_("Ghi lý do đổi hạn để lưu hồ sơ."))


class ExceptionForm(PortalForm):
    """A unit that is not reminded of a milestone, and why."""

    unit = ModelOneChoiceField(Unit.objects.none(), label=_("Đơn vị"))
    reason = LineField(label=_("Lý do"), max_length=300, required_message=_("Ghi lý do không nhắc đơn vị này."))

    def __init__(self, *args: Any, milestone: Milestone, **kw: Any) -> None:
        super().__init__(*args, **kw)
        owing = Unit.objects.filter(tasks__milestone=milestone).exclude(pk__in=milestone.exceptions.values("unit"))
        self.fields["unit"].queryset = owing.distinct()  # type: ignore[attr-defined]


class HandOverForm(PortalForm):
    """The unit that answers from now on, with the reason."""

    unit = ModelOneChoiceField(Unit.objects.none(), label=_("Đơn vị nhận"))
    reason = ProseField(label=_("Lý do"), max_length=1000, required_message=_("Ghi lý do giao lại để lưu hồ sơ."))

    def __init__(self, *args: Any, units: UnitQuerySet, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
