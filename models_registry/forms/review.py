from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core import clock
from core.dates import format_date
from core.forms import LineField, OneChoiceField, PortalForm, ProseField, VietnameseDateField
from core.working_days import working_days_after
from models_registry.services.review import Answers

_YES_NO = [("yes", _("Có")), ("no", _("Không"))]


class RecogniseForm(PortalForm):
    """The three questions of R23."""

    is_representative = OneChoiceField(
        label=_("Gương này có tính tiêu biểu không?"),
        choices=_YES_NO,
        widget=forms.RadioSelect,
        required_message=_("Trả lời: gương này có tính tiêu biểu không?"),
    )
    fits_unit = OneChoiceField(
        label=_("Có phù hợp với đặc điểm, nhiệm vụ của đơn vị không?"),
        choices=_YES_NO,
        widget=forms.RadioSelect,
        required_message=_("Trả lời: gương có phù hợp với đặc điểm, nhiệm vụ của đơn vị không?"),
    )
    is_replicable = OneChoiceField(
        label=_("Người khác có thể học tập, làm theo không?"),
        choices=_YES_NO,
        widget=forms.RadioSelect,
        required_message=_("Trả lời: người khác có thể học tập, làm theo không?"),
    )

    def clean(self) -> dict[str, Any]:
        """Recognise only with three times yes."""
        cleaned = super().clean() or self.cleaned_data
        if len(cleaned) == len(self.fields) and not self.answers().all_yes():
            self.add_error(
                None,
                gettext(
                    "Chỉ công nhận khi cả ba câu đều “Có”. Nếu chưa, trả lại để bổ sung hoặc chọn không công nhận."
                ),
            )
        return cleaned

    def answers(self) -> Answers:
        """The answers as the service takes them."""
        return Answers(**{name: self.cleaned_data[name] == "yes" for name in self.fields})


class ReturnForm(PortalForm):
    """Remarks bound to parts of the record, and the date by which the unit answers.

    Without JavaScript stock remarks are ticked and added to one part; with it they are put into the box in hand.
    """

    due = VietnameseDateField(
        label=_("Hạn bổ sung"),
        required_message=_("Ghi hạn bổ sung, ví dụ 12/6/2023."),
    )

    def __init__(
        self, *args: Any, targets: dict[str, str], days: int = 5, stock: Sequence[str] = (), **kw: Any
    ) -> None:
        proposed = working_days_after(clock.today(), days)
        super().__init__(*args, initial={"due": proposed}, **kw)
        self.fields["due"].help_text = ngettext(
            "Đề nghị %(days)d ngày làm việc.", "Đề nghị %(days)d ngày làm việc.", days
        ) % {"days": days}
        for target, label in targets.items():
            self.fields[f"comment_{target}"] = ProseField(
                label=gettext("Nhận xét về “%(part)s”") % {"part": label},
                max_length=2000,
                required=False,
                attrs={"rows": 2},
            )
        if stock:
            self.fields["stock"] = forms.MultipleChoiceField(
                label=gettext("Câu mẫu"),
                choices=[(text, text) for text in stock],
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )
            self.fields["stock_for"] = OneChoiceField(
                label=gettext("Ghi câu mẫu vào mục"), choices=list(targets.items()), required=False
            )

    def comments(self) -> dict[str, str]:
        """Target → remark, of the remarks that were written, with the stock remarks that were ticked."""
        said = {n.removeprefix("comment_"): t for n, t in self.cleaned_data.items() if n.startswith("comment_") and t}
        ticked, target = self.cleaned_data.get("stock"), self.cleaned_data.get("stock_for")
        if ticked and target:
            said[target] = "\n".join(filter(None, (said.get(target, ""), *ticked)))
        return said

    def clean(self) -> dict[str, Any]:
        """Refuse what the service would refuse, beside its place."""
        cleaned = super().clean() or self.cleaned_data
        if not self.comments():
            self.add_error(None, gettext("Ghi ít nhất một nhận xét vào mục cần bổ sung, để đơn vị biết phải sửa gì."))
        refuse_past(self)
        return cleaned


def refuse_past(form: PortalForm) -> None:
    """Say beside the date that the unit needs a day that is ahead."""
    due = form.cleaned_data.get("due")
    if due and due <= clock.today():
        days = {"due": format_date(due), "today": format_date(clock.today())}
        form.add_error("due", gettext("Hạn bổ sung (%(due)s) phải sau hôm nay (%(today)s).") % days)


class RejectForm(PortalForm):
    """A last word needs its reason."""

    reason = ProseField(
        label=_("Lý do không công nhận"),
        max_length=2000,
        attrs={"rows": 3},
        required_message=_("Ghi lý do không công nhận, đơn vị sẽ đọc lý do này."),
    )


class EndForm(PortalForm):
    """Why a recognised exemplar is followed no longer."""

    reason = ProseField(
        label=_("Lý do kết thúc"),
        max_length=2000,
        attrs={"rows": 3},
        required_message=_("Ghi lý do kết thúc, ví dụ: người được giới thiệu chuyển nơi ở."),
    )


class RevokeForm(PortalForm):
    """Why a recognition is undone, and by which paper."""

    reason = ProseField(
        label=_("Lý do hủy công nhận"),
        max_length=2000,
        attrs={"rows": 3},
        required_message=_("Ghi lý do hủy công nhận."),
    )
    paper = LineField(
        label=_("Văn bản hủy công nhận"),
        max_length=120,
        required_message=_("Ghi số và ngày văn bản hủy công nhận."),
        help_text=_("Số, ký hiệu và ngày của văn bản."),
    )


class DoubtForm(PortalForm):
    """Why a claim is not agreed with, if the reviewer says so."""

    note = LineField(label=_("Vì sao"), max_length=300, required=False)


class BulkReturnForm(PortalForm):
    """One remark on one part for a whole set, and the date."""

    target = OneChoiceField(label=_("Mục cần bổ sung"))
    text = ProseField(
        label=_("Nhận xét cho tất cả hồ sơ đã chọn"),
        max_length=2000,
        attrs={"rows": 3},
        required_message=_("Ghi nhận xét, để các đơn vị biết phải sửa gì."),
    )
    due = VietnameseDateField(label=_("Hạn bổ sung"), required_message=_("Ghi hạn bổ sung, ví dụ 12/6/2023."))

    def __init__(self, *args: Any, targets: dict[str, str], days: int = 5, **kwargs: Any) -> None:
        first = "results" if "results" in targets else next(iter(targets), "")
        initial = {"due": working_days_after(clock.today(), days), "target": first}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["target"].choices = list(targets.items())  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a day that is not ahead."""
        cleaned = super().clean() or self.cleaned_data
        refuse_past(self)
        return cleaned
