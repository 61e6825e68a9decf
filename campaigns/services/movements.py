"""What changes a movement: writing it down, its steps, units that join and leave."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from campaigns import movement_letters as letters
from campaigns.enums import MovementLevel, MovementState
from campaigns.models import Joining, Movement, MovementTransition
from campaigns.movement_querysets import KEEPS
from campaigns.movement_workflow import MOVEMENT_WORKFLOW
from core import clock
from core.audit import Subject, record
from core.audit.models import EventKind
from core.text import search_key
from core.workflow import WorkflowError, apply, lock
from organizations.enums import Role

if TYPE_CHECKING:
    from organizations.models import Unit, User


@dataclass(frozen=True)
class MovementInput:
    """What a person writes of a movement."""

    name: str
    level: str
    unit: Unit
    launched_by: str = ""
    number: str = ""
    paper_date: datetime.date | None = None
    parent: Movement | None = None
    starts: datetime.date | None = None
    ends: datetime.date | None = None
    slogan: str = ""
    criteria: str = ""
    summary: str = ""


def may_keep(user: User, movement: Movement) -> bool:
    """Whether a person writes and leads a movement: head over its unit, officer of the unit itself."""
    if movement.unit is None:
        return user.access.has(Role.INTERIOR_HEAD)
    return user.access.covers(movement.unit.path, *KEEPS)


@transaction.atomic
def add_movement(*, given: MovementInput, by: User) -> Movement:
    """Write down a movement that is being prepared."""
    movement = Movement()
    _write(movement, given, by)
    _note(movement, by, "movement.add", {"name": movement.name})
    return movement


@transaction.atomic
def change_movement(*, movement: Movement, given: MovementInput, by: User) -> None:
    """Write a movement anew; reference data that is loaded later leaves it alone from then on."""
    lock(movement)
    if not may_keep(by, movement):
        raise WorkflowError(_("Việc này không thuộc vai trò của tài khoản đang dùng."))
    before = {name: getattr(movement, name) for name in MovementInput.__dataclass_fields__}
    _write(movement, given, by)
    changed = [name for name, value in before.items() if getattr(movement, name) != value]
    _note(movement, by, "movement.change", {"fields": changed})


def _write(movement: Movement, given: MovementInput, by: User) -> None:
    _judge(movement, given, by)
    for name in MovementInput.__dataclass_fields__:
        setattr(movement, name, getattr(given, name))
    words = (given.name, given.launched_by or given.unit.name, given.number, given.slogan)
    movement.search_text = search_key(" ".join(words))[:1000]
    movement.edited_by, movement.edited_at = by, clock.now()
    movement._history_user = by  # type: ignore[attr-defined]  # read by simple_history
    movement.save()


def _judge(movement: Movement, given: MovementInput, by: User) -> None:
    if not by.access.covers(given.unit.path, *KEEPS):
        raise WorkflowError(_("Đơn vị được chọn không thuộc phạm vi của tài khoản đang dùng."))
    allowed = {MovementLevel.COMMUNE, movement.level} if movement.pk else {MovementLevel.COMMUNE}
    if not by.access.covers(given.unit.path, Role.INTERIOR_HEAD) and given.level not in allowed:
        raise WorkflowError(_("Đơn vị chỉ ghi phong trào do chính mình phát động. Chọn cấp “Xã, đơn vị”."))
    if given.starts and given.ends and given.ends < given.starts:
        raise WorkflowError(_("Ngày cuối phải từ ngày đầu trở đi."))
    if movement.state == MovementState.ENDED and not given.summary.strip():
        raise WorkflowError(_("Phong trào đã kết thúc phải còn lời tổng kết."))
    if movement.state != MovementState.PREPARED and given.starts is None and not movement.is_reference:
        raise WorkflowError(_("Phong trào đã phát động phải có ngày bắt đầu."))
    if given.parent is not None and movement.pk:
        _refuse_circle(movement, given.parent)


def _refuse_circle(movement: Movement, parent: Movement) -> None:
    """Walk up from the parent; all movements are locked, so that two people cannot close a circle from both ends."""
    rows = Movement.objects.select_for_update(no_key=True).order_by("pk")
    over = dict(rows.values_list("pk", "parent_id"))
    step: int | None = parent.pk
    while step is not None:
        if step == movement.pk:
            raise WorkflowError(
                _("“%(parent)s” đang nằm dưới chính phong trào này nên không làm cấp trên của nó được.")
                % {"parent": parent.name}
            )
        step = over.get(step)


@transaction.atomic
def launch_movement(*, movement: Movement, by: User, on: datetime.date | None = None) -> None:
    """Let a prepared movement begin: units may join from now on, and their people are told."""
    log = _take(movement, "launch", by, changes={"launched_on": on or clock.today()})
    letters.tell_launched(movement, log)


@transaction.atomic
def end_movement(*, movement: Movement, by: User, reason: str, summary: str) -> None:
    """End a movement with its summing-up, which the units that joined are told; refused without one."""
    if not summary.strip():
        raise WorkflowError(_("Ghi tổng kết: đã làm gì, kết quả, gương nổi bật."))
    changes = {"ended_on": clock.today(), "summary": summary.strip()}
    letters.tell_ended(movement, _take(movement, "end", by, reason=reason, changes=changes))


@transaction.atomic
def reopen_movement(*, movement: Movement, by: User, reason: str) -> None:
    """Let an ended movement run on, with a reason that the units that joined are told.

    Its summary stays as the summing-up so far.
    """
    letters.tell_reopened(movement, _take(movement, "reopen", by, reason=reason, changes={"ended_on": None}))


def _take(movement: Movement, name: str, by: User, *, reason: str = "", changes: dict[str, Any]) -> MovementTransition:
    if movement.unit is None:
        raise WorkflowError(_("Sửa phong trào để chọn đơn vị thực hiện trước."))
    return apply(MOVEMENT_WORKFLOW, name, movement, by=by, reason=reason, changes=changes)


@transaction.atomic
def join_movement(
    *, movement: Movement, unit: Unit, by: User, joined_on: datetime.date, plan_number: str = ""
) -> Joining:
    """Let a unit join a running movement; its own officer says so."""
    lock(movement)
    _refuse_other_officers(unit, by)
    if not movement.is_running:
        raise WorkflowError(_("Chỉ tham gia được phong trào đang diễn ra."))
    if movement.unit is not None and not unit.path.startswith(movement.unit.path):
        raise WorkflowError(_("Phong trào này không thuộc phạm vi của %(unit)s.") % {"unit": unit.name_in_text})
    if joined_on > clock.today():
        raise WorkflowError(_("Ngày tham gia không sau hôm nay."))
    row = Joining(movement=movement, unit=unit, joined_on=joined_on, plan_number=plan_number, joined_by=by)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise WorkflowError(_("%(unit)s đã tham gia phong trào này.") % {"unit": unit.name}) from None
    _note(movement, by, "movement.join", {"unit": unit.name}, unit)
    return row


@transaction.atomic
def leave_movement(*, joining: Joining, by: User, reason: str) -> None:
    """Let a unit leave, with a reason; the row stays."""
    lock(joining)
    _refuse_other_officers(joining.unit, by)
    if joining.left_on is not None:
        raise WorkflowError(_("Đơn vị đã thôi tham gia phong trào này."))
    if not reason.strip():
        raise WorkflowError(_("Ghi lý do thôi tham gia."))
    joining.left_on = max(clock.today(), joining.joined_on)
    joining.left_by, joining.left_reason = by, reason.strip()
    joining.save(update_fields=["left_on", "left_by", "left_reason"])
    _note(joining.movement, by, "movement.leave", {"unit": joining.unit.name}, joining.unit)


def _refuse_other_officers(unit: Unit, by: User) -> None:
    if not by.access.covers(unit.path, Role.OFFICER):
        raise WorkflowError(_("Chỉ cán bộ phụ trách của đơn vị ghi việc tham gia."))


def note_file(*, movement: Movement, by: User, file: int, sha256: str, added: bool) -> None:
    """Log that a file was added to a movement or taken from it: by key and checksum, a name may be of a person."""
    _note(movement, by, "movement.file_add" if added else "movement.file_remove", {"file": file, "sha256": sha256})


def _note(movement: Movement, by: User, action: str, data: dict[str, Any], unit: Unit | None = None) -> None:
    unit_id = unit.pk if unit else movement.unit_id
    record(
        kind=EventKind.SETTING,
        action=action,
        actor=by,
        subject=Subject("movement", movement.pk, movement.name[:60], unit_id),
        data=data,
    )
