"""Who answers for a task: the unit it was given to, or its successor after a merger (domain.md, b)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns import letters
from campaigns.enums import Tier
from campaigns.models import UnitTask
from core import clock
from core.audit import Entry, Subject
from core.audit.chain import record_all
from core.audit.models import EventKind
from core.history import keep_history
from core.workflow import WorkflowError
from organizations.enums import Role
from organizations.models import Unit
from organizations.selectors import office_units

from .guidance import pass_guidance

if TYPE_CHECKING:
    from organizations.models import User


@transaction.atomic
def hand_over(*, task: UnitTask, unit: Unit, by: User, reason: str) -> None:
    """Let another unit answer for a task and tell its officers; `addressed` keeps whom it was given to.

    Refused for a unit outside the district that is no successor, for one that exists no more, without a reason, and of
    the district's own report for a unit that is not its office.
    """
    _hand_over([task.pk], unit, by, reason)


@transaction.atomic
def hand_over_all(*, closed: Unit, unit: Unit, by: User, reason: str) -> int:
    """Let a successor answer for all that a closed unit still owes, told by one letter; returns how many moved."""
    if closed.valid_to is None or closed.valid_to >= clock.today():
        raise WorkflowError(_("%(unit)s vẫn đang hoạt động nên chỉ giao lại được từng nhiệm vụ.") % {"unit": closed})
    owed = UnitTask.objects.owed().filter(unit=closed, milestone__programme__closed_at=None)
    return _hand_over(list(owed.values_list("pk", flat=True)), unit, by, reason)


def successors(unit: Unit) -> set[int]:
    """Keys of the units that follow a unit, directly or after one another."""
    found: set[int] = set()
    ring = {unit.pk}
    while ring:
        ring = set(Unit.objects.filter(predecessors__in=ring).values_list("pk", flat=True)) - found
        found |= ring
    return found


def _offices_of(district: Unit) -> set[int]:
    return set(office_units(district).values_list("pk", flat=True))


def _hand_over(pks: Sequence[int], unit: Unit, by: User, reason: str) -> int:
    rows = UnitTask.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk")
    tasks = list(rows.select_related("milestone__programme__unit", "unit", "addressed"))
    if not tasks:
        raise WorkflowError(_("Không còn nhiệm vụ nào phải giao lại."))
    if not reason.strip():
        raise WorkflowError(_("Ghi lý do giao lại để lưu hồ sơ."))
    if unit.valid_to is not None and unit.valid_to < clock.today():
        raise WorkflowError(_("%(unit)s không còn hoạt động nên không nhận nhiệm vụ được.") % {"unit": unit})
    after, offices = cache(successors), cache(_offices_of)
    for task in tasks:
        _refuse(task, unit, by)
        _refuse_place(task, unit, after, offices)
    before = {task.pk: task.unit_id for task in tasks}
    for task in tasks:
        task.unit = unit
    UnitTask.objects.filter(pk__in=before).update(unit=unit)
    keep_history(tasks, by)
    pass_guidance(tasks=tasks, before=before)
    events = record_all(_entry(task, before[task.pk], by, reason) for task in tasks)
    letters.tell_handed_over(tasks, unit, set(before.values()), step=events[0].number)
    return len(tasks)


def _refuse(task: UnitTask, unit: Unit, by: User) -> None:
    programme = task.milestone.programme
    if not by.access.covers(programme.unit.path, Role.INTERIOR_HEAD):
        raise WorkflowError(_("Chỉ Trưởng phòng Nội vụ giao lại được nhiệm vụ."))
    if programme.is_closed:
        raise WorkflowError(_("Chương trình đã đóng nên không thay đổi được nữa."))
    if unit.pk == task.unit_id:
        raise WorkflowError(_("%(unit)s đang giữ nhiệm vụ này rồi.") % {"unit": unit})


def _refuse_place(
    task: UnitTask, unit: Unit, after: Callable[[Unit], set[int]], offices: Callable[[Unit], set[int]]
) -> None:
    """A unit's report goes to a unit of the district or a successor, the district's own to its office."""
    district = task.milestone.programme.unit
    if task.milestone.tier == Tier.DISTRICT:
        if unit.pk not in offices(district):
            raise WorkflowError(
                _("Báo cáo của huyện do Phòng Nội vụ viết nên không giao cho %(unit)s được.") % {"unit": unit}
            )
    elif not unit.path.startswith(district.path) and unit.pk not in after(task.unit):
        raise WorkflowError(
            _("%(unit)s không thuộc huyện và không kế tục %(old)s nên không giao được.")
            % {"unit": unit, "old": task.unit}
        )


def _entry(task: UnitTask, before: int, by: User, reason: str) -> Entry:
    return Entry(
        kind=EventKind.SETTING,
        action="unit_task.hand_over",
        actor=by,
        roles=frozenset({Role.INTERIOR_HEAD.value}),
        subject=Subject("unit_task", task.pk, task.milestone.code, task.log_unit_id),
        reason=reason.strip(),
        data={"from": before, "to": task.unit_id},
    )
