"""Publishing of a milestone: its tasks are rows from that moment on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns import letters
from campaigns.enums import Addressing
from campaigns.models import Milestone, UnitTask
from core import clock
from core.workflow import WorkflowError
from organizations.models import BlockMembership, Unit

from .guidance import give_guidance
from .programme import note, refuse_others

if TYPE_CHECKING:
    from organizations.models import User
    from organizations.querysets import UnitQuerySet

_BATCH = 1000


def addressed_units(milestone: Milestone) -> UnitQuerySet:
    """The units that owe a milestone: addressed by it, within its district, valid on the day it opens or today."""
    day = max(milestone.opens, clock.today())
    units = Unit.objects.valid_on(day).within(milestone.programme.unit.path)
    if milestone.addressing == Addressing.KINDS:
        return units.filter(kind__in=milestone.unit_kinds)
    if milestone.addressing == Addressing.BLOCK:
        members = BlockMembership.objects.filter(block=milestone.block, year=milestone.due.year)
        return units.filter(pk__in=members.values("unit"))
    return units.filter(pk__in=milestone.chosen_units.values("pk"))


@transaction.atomic
def publish_milestone(*, milestone: Milestone, by: User) -> int:
    """Publish a milestone and make one task for each addressed unit, whose officers hear of it; returns how many.

    Safe to repeat: a unit that became valid or was added since gets its task, no other row changes. Refused for others
    than the head, for a closed programme, for an event and when no unit is addressed.
    """
    milestone = Milestone.objects.select_for_update(of=("self",)).select_related("programme__unit").get(pk=milestone.pk)
    refuse_others(milestone.programme, by)
    if milestone.programme.is_closed:
        raise WorkflowError(_("Chương trình đã đóng nên không giao thêm nhiệm vụ được."))
    if milestone.is_event:
        raise WorkflowError(_("Mốc này chỉ ghi một sự kiện nên không giao cho đơn vị nào."))
    units = list(addressed_units(milestone).values_list("pk", flat=True))
    if not units:
        raise WorkflowError(
            _("Chưa có đơn vị nào được giao mốc này. Chọn loại đơn vị, khối hoặc từng đơn vị rồi làm lại.")
        )
    if milestone.published_at is None:
        milestone.published_at, milestone.published_by = clock.now(), by
        milestone.save(update_fields=["published_at", "published_by"])
    given = set(milestone.tasks.values_list("addressed", flat=True))
    UnitTask.objects.bulk_create(
        (UnitTask(milestone=milestone, addressed_id=pk, unit_id=pk, due=milestone.due) for pk in units),
        ignore_conflicts=True,
        batch_size=_BATCH,
    )
    count = milestone.tasks.count()
    if fresh := set(units) - given:
        letters.tell_given(milestone)
        give_guidance(milestone=milestone, units=fresh)
    note(milestone.programme, by, "milestone.publish", milestone=milestone.code, tasks=count, added=len(fresh))
    return count
