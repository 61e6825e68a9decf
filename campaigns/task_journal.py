"""What the chain of the log must agree with, and what it calls the steps of tasks."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from core.audit.chain import Mirrored, Standing, register_mirror
from core.audit.words import register_words
from core.readonly import register_writing_read

from .enums import TaskState
from .models import TaskTransition, UnitTask

_CHUNK = 5000
STEP_WORDS = {
    "submit": _("Nộp báo cáo"),
    "withdraw": _("Rút báo cáo"),
    "return": _("Trả lại để bổ sung"),
    "accept": _("Nhận báo cáo"),
}


def steps() -> Iterator[Mirrored]:
    """Every step of every task, as the chain should hold it."""
    columns = ("pk", "record", "at", "name", "actor", "source", "target", "reason")
    rows = TaskTransition.objects.order_by("pk").values_list(*columns)
    for pk, record, at, name, *told in rows.iterator(chunk_size=_CHUNK):
        yield ("unittask", pk, record, at, f"unittask.{name}", *told)


def standings() -> Iterator[Standing]:
    """The state of every task; one without a step is open."""
    for pk, state in UnitTask.objects.order_by("pk").values_list("pk", "state").iterator(chunk_size=_CHUNK):
        yield "unittask", pk, state, TaskState.OPEN


_WORDS = {
    "unittask.download": _("Mở tệp của báo cáo"),
    "extension.ask": _("Xin gia hạn"),
    "extension.grant": _("Cho gia hạn"),
    "extension.refuse": _("Không gia hạn"),
}


def register() -> None:
    """Let `verify_audit` compare the steps with the chain, and its page name them."""
    register_mirror(steps, standings)
    register_words({f"unittask.{name}": word for name, word in STEP_WORDS.items()})
    register_words(_WORDS)
    register_writing_read("campaigns:task_file", "opening a file is logged: it may hold personal data")
