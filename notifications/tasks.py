from collections.abc import Sequence

from celery import shared_task
from kombu.exceptions import OperationalError

from core import clock

from . import delivery, news, ticking
from .reminder_models import TICK_EVERY, ReminderSettings


@shared_task
def deliver_due() -> int:
    """Send the mails that are due; safe to run twice, at once or again."""
    return delivery.deliver()


@shared_task
def post_news_digests() -> int:
    """Send the digests of news of this day, once those of duties are written; safe to run twice."""
    early = clock.wall_now().time() < ReminderSettings.objects.current().digest_at
    return 0 if early else news.post_digests()


@shared_task
def deliver_batch(pks: list[int]) -> int:
    """Send those of some mails that are still due; safe to run twice, at once or again."""
    return delivery.deliver(pks)


@shared_task
def tick() -> int:
    """Plan the reminders of the day and hand out the mails that are due; safe to run twice, and to miss."""
    return ticking.run(_hand_out).planned


def tick_now() -> None:
    """Ask for a run now, after a start; without a queue the scheduler asks in a few minutes."""
    try:
        tick.apply_async(expires=TICK_EVERY.total_seconds())
    except (OperationalError, OSError):
        return


def _hand_out(pks: Sequence[int]) -> None:
    """Give mails to whichever worker is free. A lost message costs nothing: the next run hands them out again."""
    try:
        deliver_batch.apply_async(args=(list(pks),), expires=TICK_EVERY.total_seconds())
    except (OperationalError, OSError):
        return


def nudge() -> None:
    """Ask a worker to deliver now. A lost nudge costs nothing: the beat tick asks again."""
    try:
        deliver_due.delay()
    except (OperationalError, OSError):
        return
