"""What the public may read: only records of `shown_to_public()`, and of them no private field."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Prefetch, QuerySet
from django.http import Http404
from django.urls import reverse

from campaigns.models import Programme
from core import clock
from core.text import clean_line, slugify
from models_registry.content import FIELDS, content_of
from models_registry.models import Attachment, Exemplar, Field
from models_registry.querysets import ExemplarQuerySet

_COVER = Prefetch(
    "attachments", Attachment.objects.shown_to_public().order_by("position", "pk"), to_attr="public_photos"
)
#: What the facts of a story may name besides unit, field and date; a home address, age and telephone stay inside.
_FACTS = ("sub_field", "movement", "occupation", "position", "workplace", "founded_year", "member_count")
_PARTS = ("context", "deeds", "results")
_LISTS = ("causes", "measures", "lessons")


@dataclass(frozen=True)
class Card:
    """A story as lists show it; `photo` is its first public one."""

    url: str
    title: str
    name: str
    unit: str
    field: str
    summary: str
    recognised_on: datetime.date | None
    photo: Attachment | None


@dataclass(frozen=True)
class Listing:
    """The public list as it was asked for; `chips` are what narrows it, each with the address without it."""

    rows: QuerySet[Exemplar]
    q: str
    field: Field | None
    fields: list[Field]
    chips: list[tuple[str, str]]


@dataclass(frozen=True)
class FieldCount:
    """How many stories of a field there are, and the address of their list."""

    name: str
    count: int
    url: str


@dataclass(frozen=True)
class Front:
    """The front page: programme, newest stories, counts; `title` keeps the years of a period on one line."""

    programme: Programme | None
    title: str
    newest: list[Card]
    fields: list[FieldCount]
    total: int


@dataclass(frozen=True)
class Story:
    """One story in the parts that a page shows, without private fields."""

    exemplar: Exemplar
    field_url: str
    facts: list[tuple[str, str]]
    parts: list[tuple[str, str]]
    achievements: list[dict[str, Any]]
    lists: list[tuple[str, list[str]]]
    photos: list[Attachment]
    nearby: list[Card]


def story_path(exemplar: Exemplar) -> str:
    """Address of a story; the slug is for people, the number finds it."""
    return reverse("showcase:story", args=[exemplar.pk, slugify(exemplar.headline)[:80] or "guong"])


def list_path(**parameters: str) -> str:
    """Address of the public list with what is given of the filters."""
    query = urlencode({name: value for name, value in parameters.items() if value})
    return reverse("showcase:story_list") + (f"?{query}" if query else "")


def public_exemplars() -> ExemplarQuerySet:
    """Public records with unit, field and photos, newest recognition first."""
    shown = Exemplar.objects.shown_to_public().select_related("unit", "field").prefetch_related(_COVER)
    return shown.order_by("-recognised_on", "-pk")


def public_photos(exemplar: Exemplar) -> list[Attachment]:
    """The photos that `public_exemplars` read with a record."""
    return getattr(exemplar, "public_photos", [])


def card(exemplar: Exemplar) -> Card:
    """A record of `public_exemplars` as a card; no query."""
    return Card(
        url=story_path(exemplar),
        title=exemplar.headline,
        name=exemplar.full_name if exemplar.title else "",
        unit=exemplar.unit.short_name,
        field=exemplar.field.short_name if exemplar.field else "",
        summary=exemplar.summary,
        recognised_on=exemplar.recognised_on,
        photo=next(iter(public_photos(exemplar)), None),
    )


def front_page() -> Front:
    """Read the front page: five queries."""
    counts = dict(Exemplar.objects.shown_to_public().order_by().values_list("field").annotate(n=Count("pk")))
    fields = [f for f in Field.objects.all() if f.pk in counts]
    # The next period is prepared beside the running one and is nobody's business before it begins.
    programme = Programme.objects.filter(starts__lte=clock.today()).order_by("-starts").first()
    return Front(
        programme=programme,
        title=programme.name.replace("–", "\u2060–\u2060") if programme else "",
        newest=[card(exemplar) for exemplar in public_exemplars()[:6]],
        fields=[FieldCount(f.name, counts[f.pk], list_path(**{"linh-vuc": f.code})) for f in fields],
        total=sum(counts.values()),
    )


def public_list(q: str, field_code: str) -> Listing:
    """The public list, narrowed by words and field; unknown fields count as not given."""
    fields = list(Field.objects.all())
    field = next((f for f in fields if f.code == field_code), None)
    words = clean_line(q)[:100]
    rows = public_exemplars()
    if field:
        rows = rows.filter(field=field)
    return Listing(rows.matching_public(words) if words else rows, words, field, fields, _chips(words, field))


def _chips(words: str, field: Field | None) -> list[tuple[str, str]]:
    chips = [(f"“{words}”", list_path(**{"linh-vuc": field.code if field else ""}))] if words else []
    return chips + ([(field.name, list_path(q=words))] if field else [])


def public_story(pk: int) -> Story:
    """One public story, or 404 in the words for a page that does not exist: seven queries."""
    rows = public_exemplars().select_related("unit", "field", "sub_field", "movement")
    exemplar = rows.filter(pk=pk).first()
    if exemplar is None:
        raise Http404
    content = content_of(exemplar)
    texts = [(name, FIELDS[name].label_for(content["kind"]), content["fields"].get(name, "")) for name in FIELDS]
    said = {name: (label, text) for name, label, text in texts if text.strip()}
    return Story(
        exemplar=exemplar,
        field_url=list_path(**{"linh-vuc": exemplar.field.code}) if exemplar.field else "",
        facts=[said[name] for name in _FACTS if name in said],
        parts=[said[name] for name in _PARTS if name in said],
        achievements=content["achievements"],
        lists=[(said[name][0], _lines(said[name][1])) for name in _LISTS if name in said],
        photos=public_photos(exemplar),
        nearby=[card(other) for other in public_exemplars().filter(field=exemplar.field).exclude(pk=pk)[:3]],
    )


def _lines(text: str) -> list[str]:
    """Lines of a text that people type as a list, without the dashes that they put before them."""
    return [line for raw in text.splitlines() if (line := raw.strip().lstrip("-–•*+ ").strip())]
