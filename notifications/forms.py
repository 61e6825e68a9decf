from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from core.forms import OneChoiceField, PortalForm

from .enums import Rhythm
from .kinds import KINDS, Kind
from .preferences import rhythms_of

if TYPE_CHECKING:
    from organizations.models import User


class PreferenceForm(PortalForm):
    """How soon a person wants letters of each kind; the kinds without a choice are shown by the page."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        chosen = {code: rhythm.value for code, rhythm in rhythms_of(user).items()}
        super().__init__(*args, initial=chosen, **kwargs)
        for kind in KINDS.values():
            if not kind.is_fixed:
                self.fields[kind.code.value] = _rhythm_field(kind)

    @property
    def rhythms(self) -> dict[str, str]:
        """What was chosen, by the code of the kind."""
        return {code: self.cleaned_data[code] for code in self.fields}


def _rhythm_field(kind: Kind) -> OneChoiceField:
    return OneChoiceField(label=kind.label, help_text=kind.text, choices=Rhythm.choices, widget=forms.RadioSelect)
