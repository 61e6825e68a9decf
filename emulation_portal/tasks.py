from celery import shared_task
from django.core.management import call_command

from organizations.throttle import forget_old_tries

from .health import note_heartbeat


@shared_task
def beat_heart() -> None:
    """Prove that scheduler, broker and worker are alive, for /healthz."""
    note_heartbeat()


@shared_task
def clear_sessions() -> None:
    """Remove what is left of ended sessions and of tries that count no more."""
    call_command("clearsessions")
    forget_old_tries()
