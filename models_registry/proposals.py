"""Change requests as they are read: what stands, what is asked, and what of it can be applied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from .completeness import missing_items
from .content import achievement_texts, content_mark, content_of, field_texts
from .differences import Change, changes_between
from .enums import RequestState
from .forms.register import ExemplarForm
from .models import ChangeRequest, Exemplar
from .services.drafts import CONTENT_FIELDS, DraftInput

_FIELDS = ("unit", "field", "sub_field", "movement")
_CONSENT = frozenset({"consent_publish", "consent_on", "consent_note"})


@dataclass(frozen=True)
class Proposal:
    """A request beside what stands; `faults` say why it can no longer be applied as it was written."""

    change: ChangeRequest
    data: DraftInput | None
    changes: list[Change]
    mark: str
    faults: list[str]


def open_change(exemplar: Exemplar) -> ChangeRequest | None:
    """The request that waits, if one does."""
    found = exemplar.change_requests.filter(state=RequestState.OPEN).select_related("asked_by").first()
    if found:
        found.exemplar = exemplar
    return found


def read_proposal(change: ChangeRequest, *, reveal: bool = False) -> Proposal:
    """Read a request anew over the record as it stands; private fields are masked unless they are to be shown."""
    exemplar = change.exemplar
    content = content_of(exemplar)
    form = ExemplarForm(QueryDict(change.posted), exemplar=exemplar)
    if not form.is_valid():
        return Proposal(change, None, [], content_mark(content), [e.message for e in form.error_summary])
    data = without_lost_consent(change, form.draft_input())
    after, changed = proposed_content(exemplar, form, data, content)
    faults = [item.message for item in missing_items(changed, after)]
    changes = changes_between(content, after, show_private=reveal)
    return Proposal(change, data, changes, content_mark(content), faults)


def without_lost_consent(change: ChangeRequest, data: DraftInput) -> DraftInput:
    """A consent that was withdrawn after the request was written is not given back by it."""
    if not change.exemplar.transitions.filter(name="withdraw_consent", at__gte=change.asked_at).exists():
        return data
    fields = {name: value for name, value in data.fields.items() if name not in _CONSENT}
    return DraftInput(fields=fields, claims=data.claims, achievements=data.achievements)


def proposed_content(
    exemplar: Exemplar, form: ExemplarForm, data: DraftInput, content: dict[str, Any]
) -> tuple[dict[str, Any], Exemplar]:
    """The content as it would be, and a copy of the record that carries it; nothing is written."""
    changed = Exemplar._base_manager.select_related(*_FIELDS).get(pk=exemplar.pk)
    for name, value in data.fields.items():
        if name in CONTENT_FIELDS:
            setattr(changed, name, value)
    after = {**content, "fields": field_texts(changed), "criteria": _criteria(form, data, content)}
    if data.achievements is not None:
        after["achievements"] = [achievement_texts(row) for row in data.achievements]
    return after, changed


def _criteria(form: ExemplarForm, data: DraftInput, content: dict[str, Any]) -> list[dict[str, Any]]:
    stands = {claim["code"]: claim for claim in content["criteria"]}
    for criterion in form.criteria:
        if criterion.pk in data.claims:
            is_met, evidence = data.claims[criterion.pk]
            claim = {"code": criterion.code, "label": criterion.label, "is_met": is_met, "evidence": evidence}
            stands[criterion.code] = claim
    return list(stands.values())
