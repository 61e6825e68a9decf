from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import PortalModelForm
from notifications.models import ReminderSettings


class ReminderHoursForm(PortalModelForm):
    """When reminders leave."""

    digest_at = forms.TimeField(label=_("Gửi lúc"), help_text=_("Mỗi ngày làm việc, mỗi người nhận một thư."))
    quiet_from = forms.TimeField(label=_("Không gửi từ"))
    quiet_to = forms.TimeField(label=_("đến sáng hôm sau lúc"))
    mail_on = forms.BooleanField(
        label=_("Gửi nhắc hạn qua thư điện tử"),
        required=False,
        help_text=_("Tắt thì lời nhắc chỉ hiện trên cổng; sổ nhắc hạn ghi rõ lý do."),
    )

    class Meta:
        model = ReminderSettings
        fields = ["digest_at", "quiet_from", "quiet_to", "mail_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("digest_at", "quiet_from", "quiet_to"):
            field = self.fields[name]
            field.widget = forms.TimeInput(format="%H:%M", attrs={"inputmode": "numeric", "autocomplete": "off"})
            field.error_messages["invalid"] = _("Ghi giờ và phút, ví dụ 07:00.")
            field.error_messages["required"] = _("Ghi giờ và phút, ví dụ 07:00.")
