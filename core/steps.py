"""A step that meets another: a double press, somebody who was faster, a page older than what it decides on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from .dates import format_date
from .workflow import WorkflowError


def done_already(request: HttpRequest, record: Any, *steps: str) -> bool:
    """Whether the last step is one of `steps` and of the same person: a double press, which needs no answer."""
    last = record.transitions.last()
    return last is not None and last.name in steps and last.actor_id == request.user.pk


def read_version(request: HttpRequest, name: str = "ban") -> int | None:
    """The number of the version that the posted page showed; None when it named none."""
    number = request.POST.get(name, "")
    return int(number) or None if number.isascii() and number.isdigit() and len(number) < 7 else None


def tell_refusal(request: HttpRequest, record: Any, error: WorkflowError, step_words: Mapping[str, Any]) -> None:
    """Say why nothing was done; when somebody else was faster, say who, what (`step_words` of the table) and when."""
    last = record.transitions.select_related("actor").last()
    text = error.message
    if last and last.actor_id != request.user.pk:
        text += " " + _("Bước gần nhất: %(step)s, %(who)s, lúc %(time)s ngày %(date)s.") % {
            "step": str(step_words[last.name]).lower(),
            "who": last.actor.full_name,
            "time": f"{timezone.localtime(last.at):%H:%M}",
            "date": format_date(timezone.localtime(last.at).date()),
        }
    messages.error(request, text)
