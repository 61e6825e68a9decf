"""What higher apps show on the pages of movements: parts of the page of one, and a figure beside each of a list."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from .models import Movement


@dataclass(frozen=True)
class Part:
    """A part of the page of one movement: its template, and the context that the template finds under `part`."""

    template: str
    context: dict[str, Any]


@dataclass(frozen=True)
class Figure:
    """A number and the address of the list that holds exactly so many rows."""

    count: int
    url: str


PartMaker = Callable[[Any, Movement, bool], Part]
FigureMaker = Callable[[Any, Collection[int]], dict[int, Figure]]
_parts: list[PartMaker] = []
_figures: list[FigureMaker] = []


def register_part(make: PartMaker) -> None:
    """Add a part to the page of a movement: `make(user, movement, may_keep)`."""
    _parts.append(make)


def register_figure(make: FigureMaker) -> None:
    """Say how many exemplars came from each of some movements: `make(user, keys)` in one query."""
    _figures.append(make)


def parts_of(user: Any, movement: Movement, *, may_keep: bool) -> list[Part]:
    """The parts that the apps above add, in the order in which they registered."""
    return [make(user, movement, may_keep) for make in _parts]


def exemplar_figures(user: Any, keys: Collection[int]) -> dict[int, Figure]:
    """How many exemplars came from each movement, by its key."""
    return {key: figure for make in _figures for key, figure in make(user, keys).items()}
