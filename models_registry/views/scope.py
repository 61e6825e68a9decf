"""How a view comes by its record: through `visible_to`, so that another unit's is a 404."""

from __future__ import annotations

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from core import steps
from core.forms import saving
from core.workflow import WorkflowError
from models_registry.enums import State
from models_registry.models import Exemplar
from models_registry.rules import is_insider
from models_registry.selectors import STEP_WORDS
from organizations.enums import OFFICE_ROLES, Role

_LOOK_SALT = "models_registry.private_look"
_LOOK_SECONDS = 120
_RELATED = (
    "unit",
    "field",
    "sub_field",
    "movement",
    "registered_by",
    "saved_by",
    "taken_by",
    "decided_by",
    "hold_by",
    "promoted_from",
)


def get_exemplar(request: HttpRequest, pk: int) -> Exemplar:
    """The record if the person may read it; else 404, in the words for a record that does not exist."""
    return get_object_or_404(Exemplar.objects.visible_to(request.user).select_related(*_RELATED), pk=pk)


def open_exemplar(request: HttpRequest, pk: int) -> Exemplar:
    """A record that the person may write in; 404 for those who are no officer of its unit."""
    exemplar = get_exemplar(request, pk)
    if not request.user.access.covers(exemplar.unit.path, Role.OFFICER):
        raise Http404
    return exemplar


def office_exemplar(request: HttpRequest, pk: int) -> Exemplar:
    """A record on which the person may decide by role and scope; 404 for everybody else."""
    exemplar = get_exemplar(request, pk)
    if not request.user.access.covers(exemplar.unit.path, *OFFICE_ROLES) or exemplar.state == State.DRAFT:
        raise Http404
    return exemplar


def look_token(request: HttpRequest, exemplar: Exemplar) -> str:
    """Lets this person see the private fields of this record for two minutes; given after the look was logged."""
    return signing.dumps([exemplar.pk, request.user.pk], salt=_LOOK_SALT)


def may_reveal(request: HttpRequest, exemplar: Exemplar) -> bool:
    """Whether the address carries such a token of this person, still valid."""
    token = request.GET.get("hien", "")
    if not token or not is_insider(exemplar, request.user):
        return False
    try:
        return signing.loads(token, salt=_LOOK_SALT, max_age=_LOOK_SECONDS) == [exemplar.pk, request.user.pk]
    except signing.BadSignature:
        return False


def own_binned(request: HttpRequest, pk: int) -> Exemplar | None:
    """A draft in the bin that the person may take back."""
    exemplar = Exemplar.objects.binned(request.user).select_related(*_RELATED).filter(pk=pk).first()
    if exemplar and request.user.access.covers(exemplar.unit.path, Role.OFFICER):
        return exemplar
    return None


def kept_words(
    request: HttpRequest, exemplar: Exemplar, typed: list[tuple[str, str]], happened: str, *, readable: bool = True
) -> HttpResponse:
    """Show what was typed into a record that moved on; the way on leads to the record, or to the queue."""
    to_record, to_queue = (exemplar.get_absolute_url(), _("Xem hồ sơ")), reverse("models_registry:review_queue")
    back = to_record if readable else (to_queue, _("Về hồ sơ chờ xét"))
    return saving.kept_words(request, typed, happened, back=back)


def tell_refusal(request: HttpRequest, exemplar: Exemplar, error: WorkflowError) -> None:
    """Say why nothing was done; when somebody else was faster, say who, what and when."""
    steps.tell_refusal(request, exemplar, error, STEP_WORDS)
