"""What the chain of the log must agree with about movements, and what it calls their steps."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from core.audit.chain import Mirrored, Standing, register_mirror
from core.audit.words import register_words

from .enums import MovementState
from .models import Movement, MovementTransition
from .movement_workflow import STEP_WORDS

_CHUNK = 5000
_WORDS = {
    "movement.add": _("Ghi phong trào mới"),
    "movement.change": _("Sửa phong trào"),
    "movement.file_add": _("Thêm tài liệu của phong trào"),
    "movement.file_remove": _("Bỏ tài liệu của phong trào"),
    "movement.join": _("Đơn vị tham gia phong trào"),
    "movement.leave": _("Đơn vị thôi tham gia phong trào"),
}


def steps() -> Iterator[Mirrored]:
    """Every step of every movement, as the chain should hold it."""
    columns = ("pk", "record", "at", "name", "actor", "source", "target", "reason")
    rows = MovementTransition.objects.order_by("pk").values_list(*columns)
    for pk, record, at, name, *told in rows.iterator(chunk_size=_CHUNK):
        yield ("movement", pk, record, at, f"movement.{name}", *told)


def standings() -> Iterator[Standing]:
    """The state of every movement; one of the reference data is launched from the first, any other prepared."""
    rows = Movement.objects.order_by("pk").values_list("pk", "state", "is_reference")
    for pk, state, is_reference in rows.iterator(chunk_size=_CHUNK):
        yield "movement", pk, state, MovementState.LAUNCHED if is_reference else MovementState.PREPARED


def register() -> None:
    """Let `verify_audit` compare the steps with the chain, and its page name them."""
    register_mirror(steps, standings)
    register_words({f"movement.{name}": word for name, word in STEP_WORDS.items()})
    register_words(_WORDS)
