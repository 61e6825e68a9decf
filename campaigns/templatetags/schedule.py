"""Parts of the schedule's pages."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.access_rows.plan import FOLLOWS, READERS
from campaigns.access_rows.reminders import READERS as REMINDER_READERS

register = template.Library()


@register.inclusion_tag("campaigns/_tabs.html", takes_context=True)
def schedule_tabs(context: Context, here: str) -> dict[str, Any]:
    """Links to the pages of the schedule that the reader may open; `here` is the address name of this one."""
    access = context["request"].user.access
    pages = [
        ("schedule", _("Tiến độ"), True),
        ("progress_grid", _("Bảng theo dõi"), access.has(*FOLLOWS)),
        ("progress_numbers", _("Số liệu"), access.has(*FOLLOWS)),
        ("urging_list", _("Đôn đốc"), access.has(*READERS)),
        ("reminder_proof", _("Nhắc hạn"), access.has(*REMINDER_READERS)),
    ]
    return {"tabs": [(label, reverse(f"campaigns:{name}"), name == here) for name, label, allowed in pages if allowed]}
