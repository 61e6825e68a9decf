from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms import PortalForm, ProseField

if TYPE_CHECKING:
    from campaigns.services.urging import LateUnit


class UrgeForm(PortalForm):
    """The words of an urging and the late tasks that were ticked (`chon`)."""

    text = ProseField(label=_("Nội dung đôn đốc"), max_length=3000, required_message=_("Nhập nội dung đôn đốc."))

    def __init__(self, *args: Any, rows: Sequence[LateUnit], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.rows = rows

    def chosen(self) -> set[int]:
        """Keys of the ticked tasks; those that are late no more stay in, so that the service can say so."""
        ticked = self.data.getlist("chon") if hasattr(self.data, "getlist") else []
        return {int(text) for text in ticked if text.isascii() and text.isdigit() and len(text) < 12}

    def clean(self) -> dict[str, Any]:
        """At least one unit."""
        if not self.chosen():
            self.add_error(None, gettext("Chọn ít nhất một đơn vị để đôn đốc."))
        return self.cleaned_data
