from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.workflow import WorkflowError, apply
from models_registry.enums import ANALYSED, SubjectKind
from models_registry.services.drafts import CONTENT_FIELDS, create_draft
from models_registry.workflow import EXEMPLAR_WORKFLOW

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from models_registry.models import Exemplar
    from organizations.models import User

#: Consent was given for the small record and its words; the larger one asks anew.
_NOT_CARRIED = frozenset({"consent_publish", "consent_on", "consent_note", "sudden"})


@transaction.atomic
def promote_exemplar(*, exemplar: Exemplar, by: User, category: str) -> Exemplar:
    """Begin a draft of an exemplar or model from a recognised good deed or new factor; the old record stays.

    Refused a second time while the first promotion stands. Returns the new draft.
    """
    if category not in ANALYSED:
        raise WorkflowError(_("Chọn nâng lên “Điển hình tiên tiến” hoặc “Mô hình”."))
    apply(EXEMPLAR_WORKFLOW, "promote", exemplar, by=by)
    with promoted_once(gettext_lazy("Hồ sơ đã được nâng lên bằng một bản nháp khác.")):
        return _grown(exemplar, by, category)


@contextmanager
def promoted_once(refusal: StrOrPromise) -> Iterator[None]:
    """Refuse with a sentence what would give a record a second promotion, also when two came at the same moment."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if not any(name in str(error) for name in ("promoted_once", "promoted_from_id")):
            raise
        raise WorkflowError(str(refusal)) from None


def _grown(exemplar: Exemplar, by: User, category: str) -> Exemplar:
    fields = {name: getattr(exemplar, name) for name in CONTENT_FIELDS - _NOT_CARRIED}
    return create_draft(
        unit=exemplar.unit,
        by=by,
        fields=fields,
        promoted_from=exemplar,
        category=category,
        subject_kind=SubjectKind(exemplar.subject_kind).value,
    )
