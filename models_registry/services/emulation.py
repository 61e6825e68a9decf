"""Naming recognised exemplars as examples of a movement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.services.movements import may_keep
from core import clock
from core.audit import Subject, record
from core.audit.models import EventKind
from core.workflow import WorkflowError, lock
from models_registry.enums import State
from models_registry.models import EmulationExample, Exemplar

if TYPE_CHECKING:
    from campaigns.models import Movement
    from organizations.models import User

#: More names than this are a list and no example.
MAX_EXAMPLES = 20


@transaction.atomic
def add_example(*, movement: Movement, exemplar: Exemplar, by: User, note: str = "") -> EmulationExample:
    """Name an exemplar that stands as one to emulate; twice is the same as once."""
    _refuse_others(movement, by)
    lock(movement)
    if exemplar.state != State.RECOGNISED or exemplar.hold_since is not None:
        raise WorkflowError(_("Chỉ nêu được gương đã công nhận và không bị tạm dừng."))
    if movement.examples.count() >= MAX_EXAMPLES:
        raise WorkflowError(_("Phong trào đã nêu đủ %(n)d gương. Bỏ bớt rồi thêm.") % {"n": MAX_EXAMPLES})
    values = {"note": note.strip(), "added_by": by, "added_at": clock.now()}
    row, made = EmulationExample.objects.get_or_create(movement=movement, exemplar=exemplar, defaults=values)
    if made:
        _note(movement, by, "movement.example_add", {"exemplar": exemplar.number})
    return row


@transaction.atomic
def remove_example(*, movement: Movement, exemplar: Exemplar, by: User) -> None:
    """Name an exemplar no longer."""
    _refuse_others(movement, by)
    lock(movement)
    row = movement.examples.filter(exemplar=exemplar).first()
    if row is None:
        raise WorkflowError(_("Gương này không còn trong danh sách."))
    row.delete()
    _note(movement, by, "movement.example_remove", {"exemplar": exemplar.number})


def _refuse_others(movement: Movement, by: User) -> None:
    if not may_keep(by, movement):
        raise WorkflowError(_("Việc này không thuộc vai trò của tài khoản đang dùng."))


def _note(movement: Movement, by: User, action: str, data: dict[str, Any]) -> None:
    subject = Subject("movement", movement.pk, movement.name[:60], movement.unit_id)
    record(kind=EventKind.SETTING, action=action, actor=by, subject=subject, data=data)
