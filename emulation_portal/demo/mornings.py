"""The mornings of the demo's past: the engine of reminders lives them day by day, as it would have."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings

from campaigns.owed import SUBJECT
from core import clock
from core.working_days import is_working_day
from notifications.delivery import deliver
from notifications.digests import digests, gather
from notifications.models import Channel, OutboxMessage, OutboxQuerySet, Reminder, Status
from notifications.planning import plan
from notifications.reminder_models import ReminderState
from organizations.models import Unit

_NOWHERE = "django.core.mail.backends.dummy.EmailBackend"
_FOLDER = "notifications.mailbox.FolderBackend"


def _at(day: datetime.date, hour: int) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(hour), tzinfo=clock.VIETNAM)


@contextmanager
def _mail_into(backend: str) -> Iterator[None]:
    kept, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, backend
    try:
        yield
    finally:
        settings.EMAIL_BACKEND = kept


class Mornings:
    """Working days one after another: each plans its reminders of tasks and sends them, though nothing leaves.

    `refused` is an officer's address that the mail server did not know on some days; `held` are mails of one day that
    left hours later. Mails of the last day go into the folder of the embedded mode, where people look for them.
    """

    def __init__(self, data: dict[str, Any], units: dict[str, Unit]) -> None:
        self.data, self.units = data, units
        self.next = datetime.date.fromisoformat(data["from"])
        self.shown = datetime.date.fromisoformat(data["shown"])

    def live(self, until: str) -> None:
        """Live the mornings up to and with that of a day."""
        last = datetime.date.fromisoformat(until)
        while self.next <= last:
            if is_working_day(self.next):
                self._live(self.next)
            self.next += datetime.timedelta(days=1)

    def _live(self, day: datetime.date) -> None:
        with clock.replay_at(_at(day, 7)):
            plan(day, only=[SUBJECT])
            gather(day)
            Reminder.objects.filter(planned_for=day).update(planned_at=clock.now())
            mails = digests(day).filter(channel=Channel.EMAIL, status=Status.PENDING)
            self._refuse(mails, day)
            held = self._of_units(mails, self.data["held"]["units"]) if self._is_held(day) else mails.none()
            self._send(mails.exclude(pk__in=held.values("pk")), day)

    def send_held(self, day: str) -> None:
        """Send what was held back in the morning of a day, as a mail server does that answers again."""
        last = datetime.date.fromisoformat(day)
        if self._is_held(last):
            with clock.replay_at(_at(last, 11)):
                self._send(digests(last).filter(channel=Channel.EMAIL, status=Status.PENDING), last)

    def _is_held(self, day: datetime.date) -> bool:
        return self.data["held"]["on"] == day.isoformat()

    def _of_units(self, mails: OutboxQuerySet, keys: list[str]) -> OutboxQuerySet:
        return mails.filter(recipient__home_unit__in=[self.units[key] for key in keys])

    def _refuse(self, mails: OutboxQuerySet, day: datetime.date) -> None:
        given = self.data["refused"]
        if day.isoformat() not in given["on"]:
            return
        pks = list(self._of_units(mails, [given["unit"]]).values_list("pk", flat=True))
        told = Reminder.objects.filter(message__in=pks, state=ReminderState.PLANNED)
        told.update(state=ReminderState.FAILED, reason=given["error"])
        answer = {"status": Status.FAILED, "sent_to": given["address"], "last_error": given["error"], "attempts": 1}
        OutboxMessage.objects.filter(pk__in=pks).update(**answer)

    def _send(self, mails: OutboxQuerySet, day: datetime.date) -> None:
        into = _FOLDER if day == self.shown and settings.EMAIL_BACKEND == _FOLDER else _NOWHERE
        with _mail_into(into):
            deliver(list(mails.values_list("pk", flat=True)), even_quiet=True)
