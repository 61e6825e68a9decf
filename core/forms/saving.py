"""What the forms share that are saved while they are typed: the result of a save, who wrote, what was typed."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from django.forms import BaseForm, BoundField, CheckboxInput
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

#: Saves that may come in between before the person is asked to press again.
MERGES = 5


class SavingForm(Protocol):
    """A form that is saved as far as it goes."""

    fields: dict[str, Any]
    is_bound: bool

    @property
    def errors(self) -> Any:
        """Faults by field."""

    def unwritten_names(self) -> list[str]:
        """Names of the fields whose posted words were not written, because they are at fault."""


SomeForm = TypeVar("SomeForm", bound=SavingForm)


@dataclass
class Saved(Generic[SomeForm]):
    """What became of a posted form: the form to show again, and what must be told."""

    form: SomeForm
    conflicts: dict[str, Any] = field(default_factory=dict)
    refused: list[tuple[str, str]] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    written: bool = False

    @property
    def is_clean(self) -> bool:
        """Whether all that was posted is stored."""
        return self.written and not self.form.errors and not self.refused

    @property
    def unwritten(self) -> list[str]:
        """Names of posted fields whose words stand on the page alone."""
        if self.written:
            return self.form.unwritten_names()
        return list(self.form.fields) if self.form.is_bound else []


def is_of_another(request: HttpRequest) -> bool:
    """Whether the form was written by somebody else, before another person signed in at the same browser."""
    return request.POST.get("writer", str(request.user.pk)) != str(request.user.pk)


def saved_time(moment: datetime.datetime | None) -> str:
    """Time of day of the last save, as the status line says it; "" before the first."""
    return f"{timezone.localtime(moment):%H:%M}" if moment else ""


def value_words(bound: BoundField, value: Any) -> str:
    """A value of a field as a person reads it: a choice by its label."""
    choices = {str(key): str(label) for key, label in getattr(bound.field, "choices", ())}
    return choices.get(str(value), "") if choices else str(value or "").strip()


def typed_words(form: BaseForm) -> list[tuple[str, str]]:
    """(label, text) of all that was typed into a form, choices by their words."""
    return [(str(bound.label), words) for bound in form if (words := _typed(bound))]


def _typed(bound: BoundField) -> str:
    if isinstance(bound.field.widget, CheckboxInput):
        return _("Có") if bound.data else ""
    return value_words(bound, bound.data)


def kept_words(
    request: HttpRequest, typed: list[tuple[str, str]], happened: str, *, back: tuple[str, str]
) -> HttpResponse:
    """A record moved on while somebody wrote: say so and show what was typed, so that it can be copied.

    `back` is address and words of the way on.
    """
    context = {"typed": typed, "happened": happened, "back": back}
    return render(request, "kept_words.html", context, status=409)
