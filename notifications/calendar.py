"""Due dates as calendar events: what apps offer for a person, the feed of a person, the event in a mail.

An event is a whole day, the due date, under a UID that stays with the duty: a calendar that has it moves it when the
date moves. What is done is left out of the feed, not marked CANCELLED: a calendar that follows an address takes its
content as the whole truth and drops what is missing, while Outlook keeps cancelled events and asks about each.
No alarm is set: reminders are the portal's own, and an alarm rings at midnight of a whole day.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from email.mime.text import MIMEText
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vText

if TYPE_CHECKING:
    from organizations.models import User

    from .models import OutboxMessage

#: How often a calendar should ask again.
REFRESH = datetime.timedelta(hours=6)
FILE_NAME = "han-viec.ics"


@dataclass(frozen=True)
class CalendarItem:
    """A duty with its day. `uid` names the duty for ever ("unit_task-12"), `sequence` grows with each change.

    The title goes to calendars outside the portal: it holds no name of a person and nothing private.
    """

    uid: str
    title: str
    due: datetime.date
    path: str
    changed_at: datetime.datetime
    sequence: int = 0


Provider = Callable[["User"], Iterable[CalendarItem]]
ByKey = Callable[[Collection[int]], Iterable[CalendarItem]]
_providers: dict[str, Provider] = {}
_by_key: dict[str, ByKey] = {}


def register_calendar(subject_type: str, provider: Provider, by_key: ByKey) -> None:
    """Let an app offer its dated duties: those of a person, and those with given keys for a mail about them.

    Both in a number of queries that does not grow with the duties.
    """
    _providers[subject_type], _by_key[subject_type] = provider, by_key


def items_about(subject_type: str, keys: Collection[int]) -> list[CalendarItem]:
    """The duties with these keys as they stand now, for the mail that tells of them; none of a kind without dates."""
    find = _by_key.get(subject_type)
    return list(find(keys)) if find and keys else []


def items_for(user: User) -> list[CalendarItem]:
    """The duties of a person that are not done, the earliest first."""
    found = [item for provider in _providers.values() for item in provider(user)]
    return sorted(found, key=lambda item: (item.due, item.uid))


def feed_of(user: User) -> bytes:
    """The calendar of a person; the same bytes until a duty changes."""
    calendar = _calendar(items_for(user))
    title = _("Hạn việc – %(portal)s") % {"portal": settings.PORTAL_TITLE}
    for name in ("name", "x-wr-calname"):
        calendar.add(name, vText(title))
    calendar.add("x-wr-timezone", settings.TIME_ZONE)
    for name in ("refresh-interval", "x-published-ttl"):
        calendar.add(name, REFRESH, parameters={"VALUE": "DURATION"})
    return calendar.to_ical()


def _calendar(items: Iterable[CalendarItem]) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.MAIL_DOMAIN}//emulation portal//VI")
    calendar.add("version", "2.0")
    for item in items:
        calendar.add_component(_event(item))
    return calendar


def _event(item: CalendarItem) -> Event:
    event, link = Event(), urljoin(settings.SITE_URL, item.path)
    changed = item.changed_at.astimezone(datetime.UTC).replace(microsecond=0)
    event.add("uid", f"{item.uid}@{settings.MAIL_DOMAIN}")
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("sequence", item.sequence)
    event.add("dtstart", item.due)
    event.add("dtend", item.due + datetime.timedelta(days=1))
    event.add("summary", " ".join(item.title.split()))
    # Google Calendar shows no URL: the address stands in the description as well.
    event.add("description", _("Mở trên cổng: %(link)s") % {"link": link})
    event.add("url", link)
    event.add("transp", "TRANSPARENT")
    return event


# In mails


def as_payload(items: Sequence[CalendarItem]) -> list[dict[str, Any]] | None:
    """Items as the `calendar` of an outbox row: JSON, None for none. Only `uid` and `due` are needed to read it."""
    return [
        {
            "uid": item.uid,
            "due": item.due.isoformat(),
            "title": item.title,
            "path": item.path,
            "changed_at": item.changed_at.isoformat(),
            "sequence": item.sequence,
        }
        for item in items
    ] or None


def items_of(message: OutboxMessage) -> list[CalendarItem]:
    """The dates that a message carries; what its payload leaves out is said by the message itself."""
    return [_item(entry, message) for entry in message.calendar or ()]


def _item(entry: dict[str, Any], message: OutboxMessage) -> CalendarItem:
    changed = entry.get("changed_at")
    return CalendarItem(
        uid=entry["uid"],
        due=datetime.date.fromisoformat(entry["due"]),
        title=entry.get("title") or message.title,
        path=entry.get("path") or message.path,
        changed_at=datetime.datetime.fromisoformat(changed) if changed else message.created_at,
        sequence=entry.get("sequence", 0),
    )


def attachment_for(items: Sequence[CalendarItem]) -> MIMEText | None:
    """The events of a mail as one attachment to be opened with a calendar; None for none.

    METHOD:PUBLISH: no answer is asked for; RFC 5546 wants an organizer, the office. The UIDs are those of the feed, so
    an event is never there twice.
    """
    if not items:
        return None
    calendar = _calendar(items)
    calendar.add("method", "PUBLISH")
    for event in calendar.walk("VEVENT"):
        event.add("organizer", f"mailto:{parseaddr(settings.MAIL_FROM)[1]}", parameters={"CN": settings.PORTAL_OFFICE})
    part = MIMEText(calendar.to_ical().decode(), "calendar", "utf-8")
    part.set_param("method", "PUBLISH")
    part.add_header("Content-Disposition", "attachment", filename=FILE_NAME)
    return part


def uid_of(subject_type: str, pk: int) -> str:
    """The lasting name of the duty that a record is."""
    return f"{subject_type}-{pk}"
