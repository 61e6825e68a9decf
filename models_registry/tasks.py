from celery import shared_task

from core.files.keeping import sweep

from . import letters
from .services import empty_bin


@shared_task
def sweep_files() -> int:
    """Delete files that a broken-off write has left behind; safe to repeat."""
    return len(sweep())


@shared_task
def tell_late_units() -> int:
    """Tell units of answers past their promised date; safe to run twice, and to miss a day."""
    return letters.tell_late_units()


@shared_task
def empty_old_bin() -> int:
    """Remove drafts that lay in the bin for more than thirty days; safe to run twice."""
    return empty_bin()
