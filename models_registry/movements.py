"""What the registry shows on the pages of movements: examples to emulate, and exemplars that came from one."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.movement_parts import Figure, Part, register_figure, register_part
from core.audit.words import register_words
from models_registry.enums import State
from models_registry.models import EmulationExample, Exemplar

if TYPE_CHECKING:
    from campaigns.models import Movement

_WORDS = {
    "movement.example_add": _("Nêu gương để thi đua cùng"),
    "movement.example_remove": _("Thôi nêu gương để thi đua cùng"),
}
#: Exemplars shown on the page of a movement; the list behind the figure has all.
SHOWN = 5


def list_url(movement: int) -> str:
    """The registry narrowed to the recognised exemplars of a movement."""
    query = urlencode({"trang-thai": State.RECOGNISED.value, "phong-trao": movement})
    return f"{reverse('models_registry:exemplar_list')}?{query}"


def examples_of(movement: Movement) -> list[EmulationExample]:
    """The examples that still stand, in the order in which they were named: one query."""
    rows = movement.examples.filter(exemplar__state=State.RECOGNISED, exemplar__hold_since=None)
    return list(rows.select_related("exemplar__unit", "exemplar__field"))


def figures(user: Any, keys: Collection[int]) -> dict[int, Figure]:
    """How many recognised exemplars came from each movement: one query."""
    rows = Exemplar.objects.listed_for(user).standing().filter(movement_id__in=keys).order_by()
    found = rows.values_list("movement_id").annotate(n=Count("pk"))
    return {movement: Figure(count, list_url(movement)) for movement, count in found}


def examples_part(user: Any, movement: Movement, may_keep: bool) -> Part:
    """The examples to emulate."""
    context = {"examples": examples_of(movement), "may_keep": may_keep, "movement": movement}
    return Part("models_registry/_movement_examples.html", context)


def results_part(user: Any, movement: Movement, may_keep: bool) -> Part:
    """The exemplars that came from the movement: their number, and the newest."""
    rows = Exemplar.objects.listed_for(user).standing().filter(movement=movement)
    newest = rows.select_related("unit").order_by("-recognised_on", "-pk")[:SHOWN]
    figure = figures(user, [movement.pk]).get(movement.pk, Figure(0, list_url(movement.pk)))
    return Part("models_registry/_movement_results.html", {"figure": figure, "newest": list(newest)})


def register() -> None:
    """Add both parts to the page of a movement, and the figure to the list."""
    register_part(examples_part)
    register_part(results_part)
    register_figure(figures)
    register_words(_WORDS)
