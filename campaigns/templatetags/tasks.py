"""Small helpers of the templates of tasks: states and days in words, look-ups by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from campaigns.enums import TaskState
from campaigns.models import UnitTask
from campaigns.rules import opens_source
from core import clock
from core.files import limits
from core.files.refusals import size_in_words
from core.numbers import format_number
from core.templatetags.portal import deadline, state_badge

register = template.Library()

_LOOKS = {
    TaskState.OPEN: "open",
    TaskState.SUBMITTED: "waiting",
    TaskState.RETURNED: "returned",
    TaskState.ACCEPTED: "done",
}


@register.simple_tag
def task_state(task: UnitTask) -> SafeString:
    """The badge of a task: where it stands, that it is overdue, or that its programme closed without it."""
    if task.is_closed:
        return state_badge("ended", _("Chương trình đã đóng"))
    if task.is_owed and task.owed_by and task.owed_by < clock.today():
        return state_badge("overdue", _("Quá hạn bổ sung") if task.state == TaskState.RETURNED else _("Quá hạn"))
    return state_badge(_LOOKS[TaskState(task.state)], str(TaskState(task.state).label))


@register.simple_tag
def task_due(task: UnitTask) -> SafeString:
    """The day by which the unit must act with the days left or past; once handed in or closed the plain day."""
    return deadline(task.owed_by or task.due, done=not task.is_owed or task.is_closed)


@register.simple_tag(takes_context=True)
def source_elsewhere(context: Mapping[str, Any], task: UnitTask) -> str:
    """Whose records the portal counted for a report, when the reader does not read them; "" when a list shows them."""
    if task.milestone.assembles_id or opens_source(task, context["request"].user):
        return ""
    return task.addressed.short_name


@register.filter
def item(mapping: Mapping[str, Any], key: str) -> Any:
    """A value by its key."""
    return mapping.get(key)


@register.filter
def field(form: BaseForm, name: str) -> BoundField:
    """A field of a form by its name."""
    return form[name]


@register.filter
def figure(value: str | None) -> str:
    """A figure of a version, kept as text, as 1.234,5."""
    return "–" if value is None else format_number(value)  # type: ignore[arg-type]  # exact text of a number


@register.simple_tag
def file_limits() -> dict[str, int | str]:
    """The limits that the page names and the browser keeps before it sends."""
    return {
        "documents": limits.documents_a_record(),
        "document_bytes": limits.document_max_bytes(),
        "document_size": size_in_words(limits.document_max_bytes()),
    }
