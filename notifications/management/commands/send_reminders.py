"""manage.py send_reminders: plan and send what a day owes, or print it."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.translation import gettext as _

from core import clock
from core.dates import format_date
from core.working_days import is_working_day
from notifications.delivery import deliver
from notifications.models import Reminder
from notifications.previewing import PreviewedMessage, preview
from notifications.reminder_models import ReminderState
from notifications.ticking import note, plan_day

#: People of one printed portion: their words are read together.
AT_ONCE = 200


class Command(BaseCommand):
    """Plans the reminders of today or a day to come and sends what is due at once, by night as well; safe to repeat."""

    help = "Plan and send the reminders of a day; --dry-run prints them and changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """The day, and whether to print only."""
        parser.add_argument("--date", type=datetime.date.fromisoformat, help="the day (YYYY-MM-DD); today by default")
        parser.add_argument("--dry-run", action="store_true", help="print what would be sent, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print or send."""
        day = options["date"] or clock.today()
        with translation.override("vi"):
            if options["dry_run"]:
                self._print(day)
            else:
                self._send(day)

    def _print(self, day: datetime.date) -> None:
        found = preview(day)
        people = found.people
        for start in range(0, len(people), AT_ONCE):
            for message in found.messages(people[start : start + AT_ONCE]):
                self.stdout.write(f"{message.person.full_name} <{_address(message)}>: {message.digest.title}")
        self.stdout.write(_("%(day)s: %(n)d người sẽ được nhắc.") % {"day": format_date(day), "n": len(people)})

    def _send(self, day: datetime.date) -> None:
        if day < clock.today():
            raise CommandError(
                _("%(day)s đã qua: lượt nhắc của hôm nay gửi bậc mới nhất của mọi việc còn phải làm.")
                % {"day": format_date(day)}
            )
        if not is_working_day(day):
            self.stdout.write(_("%(day)s là ngày nghỉ: không gửi lời nhắc nào.") % {"day": format_date(day)})
            return
        planned = plan_day(day)
        if planned is None:
            raise CommandError(_("Một lượt nhắc khác đang chạy. Làm lại sau ít phút."))
        sent = deliver(even_quiet=True)
        note()
        failed = Reminder.objects.filter(planned_for=day, state=ReminderState.FAILED).count()
        words = _("%(day)s: %(planned)d lời nhắc mới, %(sent)d thư đã gửi, %(failed)d lời nhắc không gửi được.")
        self.stdout.write(
            words % {"day": format_date(day), "planned": planned.reminders, "sent": sent, "failed": failed}
        )


def _address(message: PreviewedMessage) -> str:
    return _("chỉ trên cổng: %(why)s") % {"why": message.no_mail} if message.no_mail else message.person.email
