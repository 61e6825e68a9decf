from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campaigns.models import Movement
from core.text import clean_line
from core.workflow import WorkflowError
from models_registry.models import Exemplar
from models_registry.movements import examples_of
from models_registry.services import add_example, remove_example

#: Exemplars offered at once; a name narrows them.
_OFFERED = 20
_LONGEST = 100


def _movement(request: HttpRequest, pk: int) -> Movement:
    if pk >= 2**63:
        raise Http404
    return get_object_or_404(Movement.objects.kept_by(request.user).select_related("unit"), pk=pk)


def _exemplar(request: HttpRequest, pk: int) -> Exemplar:
    if pk >= 2**63:
        raise Http404
    return get_object_or_404(Exemplar.objects.listed_for(request.user), pk=pk)


@require_safe
def movement_examples(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose recognised exemplars as examples of a movement."""
    movement = _movement(request, pk)
    words = clean_line(request.GET.get("q", ""))[:_LONGEST]
    named = examples_of(movement)
    rows = Exemplar.objects.listed_for(request.user).standing().filter(hold_since=None)
    rows = rows.matching(words, request.user) if words else rows
    offered = rows.exclude(pk__in=[row.exemplar_id for row in named]).select_related("unit", "field")
    context = {
        "movement": movement,
        "named": named,
        "offered": list(offered.order_by("-recognised_on", "-pk")[:_OFFERED]),
        "words": words,
    }
    return render(request, "models_registry/movement_examples.html", context)


@require_POST
def movement_example_add(request: HttpRequest, pk: int, exemplar: int) -> HttpResponse:
    """Name one more example."""
    movement, found = _movement(request, pk), _exemplar(request, exemplar)
    try:
        add_example(
            movement=movement, exemplar=found, by=request.user, note=clean_line(request.POST.get("note", ""))[:200]
        )
    except WorkflowError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Đã nêu gương %(name)s.") % {"name": found.full_name})
    return redirect("models_registry:movement_examples", pk)


@require_POST
def movement_example_remove(request: HttpRequest, pk: int, exemplar: int) -> HttpResponse:
    """Take one example off."""
    movement, found = _movement(request, pk), _exemplar(request, exemplar)
    try:
        remove_example(movement=movement, exemplar=found, by=request.user)
    except WorkflowError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Đã bỏ gương %(name)s khỏi danh sách.") % {"name": found.full_name})
    return redirect("models_registry:movement_examples", pk)
