"""Words and marks of the review queue."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core import clock
from core.dates import format_date
from core.templatetags.portal import days_left, icon
from models_registry.content import target_label
from models_registry.models import Exemplar, ReviewComment
from models_registry.querysets import DUE_WITHIN
from models_registry.queue import Place

from .registry import waiting_days

register = template.Library()


@register.simple_tag
def review_clock(exemplar: Any) -> SafeString:
    """How long the promised answer is away, in words; on hold the clock stands still."""
    if exemplar.hold_since:
        return format_html(
            '<span class="deadline">{}</span>', _("tạm dừng từ %(date)s") % {"date": format_date(exemplar.hold_since)}
        )
    days = (exemplar.review_due - clock.today()).days
    look = "deadline-late" if days < 0 else "deadline-soon" if days <= DUE_WITHIN else "deadline-far"
    mark = icon("exclamation-triangle-fill" if days < 0 else "clock") if days <= DUE_WITHIN else ""
    words = _("trả lời trong hôm nay") if days == 0 else days_left(days)
    return format_html('<span class="deadline {}">{}{}</span>', look, mark, words)


@register.filter
def record_url(place: Place, exemplar: Exemplar) -> str:
    """Address at which a record is judged from a place of the queue."""
    return place.record_url(exemplar)


@register.filter
def is_chosen(exemplar: Exemplar, chosen: Collection[str]) -> bool:
    """Whether a row was marked."""
    return str(exemplar.pk) in chosen


@register.filter
def remark_part(comment: ReviewComment) -> str:
    """What a remark is bound to, in words."""
    return target_label(comment.target, comment.exemplar.subject_kind)


@register.filter
def without_change(parts: list[Any]) -> list[Any]:
    """Parts that stayed as they were."""
    return [part for part in parts if not part.change]


@register.filter
def waited(moment: datetime.datetime) -> str:
    """How long a record waits, in days of the portal's clock."""
    days = waiting_days(moment)
    return _("gửi hôm nay") if days <= 0 else _("chờ %(days)s ngày") % {"days": days}
