"""What the chain of the log must agree with, and what it calls the steps of tasks."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.utils.translation import gettext_lazy as _

from core.audit.chain import Mirrored, Standing, register_mirror
from core.audit.words import register_names, register_words
from core.readonly import register_writing_read

from .enums import TaskState
from .models import Extension, TaskTransition, UnitTask

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
    "extension.drop": _("Không cần gia hạn nữa"),
}


def task_names(keys: Collection[int]) -> dict[int, str]:
    """Milestone and unit of tasks."""
    rows = UnitTask._base_manager.filter(pk__in=keys).select_related("milestone", "unit", "addressed")
    return {task.pk: _name(task) for task in rows}


def _name(task: UnitTask) -> str:
    return f"{task.milestone.short_title}: {task.unit_label}"


def extension_names(keys: Collection[int]) -> dict[int, str]:
    """Milestone and unit of the tasks for which more time was asked."""
    found = Extension._base_manager.filter(pk__in=keys)
    rows = found.select_related("task__milestone", "task__unit", "task__addressed")
    return {row.pk: _name(row.task) for row in rows}


def register() -> None:
    """Let `verify_audit` compare the steps with the chain, and its page name them."""
    register_mirror(steps, standings)
    register_words({f"unittask.{name}": word for name, word in STEP_WORDS.items()})
    register_words(_WORDS)
    for kind in ("unittask", "unit_task"):
        register_names(kind, task_names)
    register_names("extension", extension_names)
    register_writing_read("campaigns:task_file", "opening a file is logged: it may hold personal data")
