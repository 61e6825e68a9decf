"""What the pages of notices show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock

from . import channels
from .enums import NoticeKind
from .models import OutboxMessage, OutboxQuerySet

if TYPE_CHECKING:
    from organizations.models import User

#: The word of the unread ones in the address.
UNREAD = "chua-doc"


@dataclass(frozen=True)
class Choice:
    """Which notices a list shows: of one kind or every, unread or all."""

    kind: str = ""
    unread: bool = False

    @property
    def query(self) -> str:
        """The choice as it stands in an address."""
        parts = ({"xem": UNREAD} if self.unread else {}) | ({"loai": self.kind} if self.kind else {})
        return f"?{urlencode(parts)}" if parts else ""


def read_choice(data: Mapping[str, str]) -> Choice:
    """The choice that an address or a form names; what is unknown chooses nothing."""
    kind = data.get("loai", "")
    return Choice(kind=kind if kind in NoticeKind.values else "", unread=data.get("xem") == UNREAD)


@dataclass(frozen=True)
class Tab:
    """One part of the list with its number."""

    label: str
    url: str
    count: int
    current: bool


@dataclass(frozen=True)
class NoticeTabs:
    """The parts of the list; `total` counts every notice, `shown` the chosen part, `unread` what is unread of it."""

    choice: Choice
    tabs: list[Tab]
    total: int
    shown: int
    unread: int


def notices(user: User, choice: Choice) -> OutboxQuerySet:
    """The notices of a part of the list, newest first."""
    rows = OutboxMessage.objects.notices_of(user, clock.wall_now())
    if choice.unread:
        rows = rows.unread()
    return rows.filter(kind=choice.kind) if choice.kind else rows


def notice_tabs(user: User, choice: Choice) -> NoticeTabs:
    """The parts of a person's notices with their numbers: one query."""
    rows = notices(user, Choice()).order_by().values_list("kind")
    counted = rows.annotate(every=Count("pk"), new=Count("pk", filter=Q(read_at=None)))
    found = {kind: (every, new) for kind, every, new in counted}
    every, new = (sum(numbers[n] for numbers in found.values()) for n in (0, 1))
    parts = [(_("Tất cả"), Choice(), every), (_("Chưa đọc"), Choice(unread=True), new)]
    parts += [(str(kind.label), Choice(kind=kind.value), found.get(kind.value, (0, 0))[0]) for kind in NoticeKind]
    in_kind = found.get(choice.kind, (0, 0)) if choice.kind else (every, new)
    return NoticeTabs(
        choice=choice,
        tabs=[Tab(label, _list_url(part), count, part == choice) for label, part, count in parts],
        total=every,
        shown=in_kind[1] if choice.unread else in_kind[0],
        unread=in_kind[1],
    )


def _list_url(choice: Choice) -> str:
    return reverse("notifications:notice_list") + choice.query


@dataclass(frozen=True)
class Way:
    """One channel as the page of choices shows it: where it reaches the person, or that it does not."""

    label: str
    address: str
    is_sent: bool
    is_available: bool


def ways_to(user: User) -> list[Way]:
    """The enabled channels with where they reach a person."""
    return [
        Way(str(adapter.label), adapter.address_of(user), adapter.is_sent, adapter.is_available())
        for adapter in channels.enabled()
    ]
