"""Forms of the office's answers and of requests for more time."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.content import sections_of
from core import clock
from core.forms import PortalForm, ProseField, VietnameseDateField

if TYPE_CHECKING:
    from campaigns.models import UnitTask

LONGEST = 2000


def tomorrow() -> datetime.date:
    """The first day that a return can give."""
    return clock.today() + datetime.timedelta(days=1)


class ReturnForm(PortalForm):
    """Why a report goes back, until when, and remarks on its parts."""

    reason = ProseField(
        label=gettext_lazy("Lý do trả lại"),
        max_length=LONGEST,
        attrs={"rows": 3},
        required_message=gettext_lazy("Ghi lý do trả lại để đơn vị biết phải bổ sung gì."),
    )
    due = VietnameseDateField(
        label=gettext_lazy("Hạn bổ sung"),
        not_before=tomorrow,
        not_before_name=gettext_lazy("ngày mai"),
        required_message=gettext_lazy("Nhập hạn bổ sung, ví dụ 12/6/2023."),
    )

    def __init__(self, data: Any = None, *, task: UnitTask, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        parts = [(section.field, section.title) for section in sections_of(task.milestone)]
        if task.milestone.asks_figures:
            parts.append(("figures", _("Số liệu")))
        parts.append(("files", _("Tệp kèm theo")))
        self.targets = [name for name, _title in parts]
        for name, title in parts:
            self.fields[name] = ProseField(
                label=_("Nhận xét về “%(part)s”") % {"part": title},
                max_length=LONGEST,
                required=False,
                attrs={"rows": 2},
            )
            self._prepare(self.fields[name])

    def remarks(self) -> dict[str, str]:
        """Target → what is to be mended there."""
        return {name: text for name in self.targets if (text := self.cleaned_data.get(name))}


class ExtensionForm(PortalForm):
    """Until when, and why."""

    wanted = VietnameseDateField(
        label=gettext_lazy("Xin lùi đến ngày"),
        required_message=gettext_lazy("Nhập ngày xin lùi đến, ví dụ 20/6/2023."),
    )
    reason = ProseField(
        label=gettext_lazy("Lý do"),
        max_length=LONGEST,
        attrs={"rows": 3},
        required_message=gettext_lazy("Ghi lý do xin gia hạn để Phòng Nội vụ xem xét."),
    )


class GrantForm(PortalForm):
    """The day that is given, which may differ from the one that was asked for."""

    day = VietnameseDateField(
        label=gettext_lazy("Cho lùi đến ngày"),
        required_message=gettext_lazy("Nhập ngày cho lùi đến, ví dụ 20/6/2023."),
    )
    answer = ProseField(
        label=gettext_lazy("Ghi thêm cho đơn vị"), max_length=LONGEST, required=False, attrs={"rows": 2}
    )


class RefuseForm(PortalForm):
    """Why no time is given."""

    answer = ProseField(
        label=gettext_lazy("Lý do không gia hạn"),
        max_length=LONGEST,
        attrs={"rows": 2},
        required_message=gettext_lazy("Ghi lý do không gia hạn để đơn vị biết."),
    )
