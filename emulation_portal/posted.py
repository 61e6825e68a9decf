"""What a person typed into a form that could not be taken: given back, without the codes that nobody typed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from django import forms
from django.http import HttpRequest
from django.urls import get_resolver

from core.forms import PortalFormMixin

HIDDEN_WORDS = ("password", "mat_khau", "csrfmiddlewaretoken", "prints", "version", "writer", "signed_key")
#: Names that templates write themselves, beside the fields of any form: marks, buttons and lists to choose from.
_MARKS = re.compile(
    r"act|ban|ban_\d+|bat|ca|change|chon|dem|doi-cho|hang|loai|mark|moi|next|stock_for|successor|then|trang|"
    r"kind|upload_key|order|met_\w+|people-\d+|(?:people|caption)-was-\d+|field"
)
#: What a button or a choice sends; of a name that no form holds fast, or that is a button here and words there.
_CODE = re.compile(r"[a-z]+(?:_[a-z]+)*")
_BUTTONS = {"answer": {"granted", "refused"}}
_CHOSEN = (forms.ChoiceField, forms.ModelChoiceField, forms.BooleanField, forms.FileField)


def is_chosen(field: forms.Field) -> bool:
    """Tell whether the values of a field are chosen or carried along, and not typed."""
    return isinstance(field, _CHOSEN) or field.widget.is_hidden


def project_forms(parent: type[forms.BaseForm] = PortalFormMixin) -> Iterator[type[forms.BaseForm]]:
    """Every form of the portal that was read; once the addresses are, all."""
    for form in parent.__subclasses__():
        yield form
        yield from project_forms(form)


@cache
def _kinds_of_names() -> dict[str, set[bool]]:
    """Name of a field → whether it is chosen, over all forms that have it."""
    # The addresses bring their views, and these their forms.
    list(get_resolver().url_patterns)
    found: dict[str, set[bool]] = defaultdict(set)
    for form in project_forms():
        for name, field in getattr(form, "base_fields", {}).items():
            found[name].add(is_chosen(field))
    return dict(found)


def is_typed(name: str, value: str) -> bool:
    """Tell whether somebody typed this value: in doubt yes, so that no work is lost."""
    if any(word in name.lower() for word in HIDDEN_WORDS) or value in _BUTTONS.get(name, ()):
        return False
    kinds = _kinds_of_names().get(name)
    if kinds is not None:
        return False in kinds
    # A field that a form makes as it is opened, such as one for each line of a checklist.
    return not _MARKS.fullmatch(name) and not _CODE.fullmatch(value)


def posted_words(request: HttpRequest) -> list[dict[str, str]]:
    """What a person typed into a form: no password, no bookkeeping of the form, no choice."""
    return [
        {"name": name, "value": value}
        for name, values in request.POST.lists()
        for value in values
        if value.strip() and is_typed(name, value)
    ]
