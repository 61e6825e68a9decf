"""The ladder of reminders as data: days from the due date, negative before it, 0 on it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

#: The ladder of product.md; each programme and milestone may have its own.
DEFAULT_STEPS = (-30, -14, -7, -3, -1, 0, 1, 3, 7)
LONGEST = 120


def check_steps(value: Any) -> None:
    """Refuse what is no rising list of whole days within four months of the due date."""
    if not isinstance(value, list) or not all(isinstance(step, int) and not isinstance(step, bool) for step in value):
        raise ValidationError(_("Ghi bậc nhắc bằng các số ngày, ví dụ: -30, -14, -7, -3, -1, 0, 1, 3, 7."))
    if any(abs(step) > LONGEST for step in value):
        raise ValidationError(_("Bậc nhắc chỉ cách hạn nhiều nhất %(days)d ngày.") % {"days": LONGEST})
    if value != sorted(set(value)):
        raise ValidationError(_("Ghi các bậc nhắc từ sớm đến muộn, mỗi bậc một lần."))
