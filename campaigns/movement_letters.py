"""Who is told that a movement was launched, has ended or runs again, in which words, and whether it is still owed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from core import clock
from core.dates import format_date
from core.text import shorten
from notifications.delivery import register_subject
from notifications.services import Letter, Owed, cancel_steps, post_all
from organizations.models import Unit

from .enums import MovementState
from .models import Movement, MovementTransition
from .people import people_of_units

if TYPE_CHECKING:
    from notifications.models import OutboxMessage

MOVEMENT = "movement"
LAUNCHED, ENDED, REOPENED = "launch", "end", "reopen"
_QUOTED = 400
_STANDS = {LAUNCHED: MovementState.LAUNCHED, ENDED: MovementState.ENDED, REOPENED: MovementState.LAUNCHED}


def tell_launched(movement: Movement, log: MovementTransition) -> None:
    """A movement begins: to officers and leaders of the units that may join; nobody for one that is over already."""
    assert movement.unit is not None
    if movement.ends and movement.ends < clock.today():
        return
    told = {"name": movement.name, "who": movement.launcher, "period": _period(movement)}
    body = _("%(who)s phát động phong trào %(period)s. Tiêu chí, tài liệu và chỗ ghi tham gia có ở trang này.") % told
    if movement.slogan:
        body = f"“{movement.slogan}”\n\n{body}"
    units = Unit.objects.valid_on(clock.today()).within(movement.unit.path)
    _post(movement, log, units, _("Phát động phong trào: %(name)s") % told, body)


def _period(movement: Movement) -> str:
    told = {"starts": format_date(movement.starts), "ends": format_date(movement.ends)}
    return (_("từ %(starts)s đến %(ends)s") if movement.ends else _("từ %(starts)s")) % told


def tell_ended(movement: Movement, log: MovementTransition) -> None:
    """A movement has been summed up: to the people of the units that joined."""
    title = _("Kết thúc phong trào: %(name)s") % {"name": movement.name}
    _post(movement, log, _joined(movement), title, shorten(movement.summary, _QUOTED))


def tell_reopened(movement: Movement, log: MovementTransition) -> None:
    """A movement runs again: to the people of the units that joined; that it ended is told nobody any more."""
    ends = MovementTransition.objects.filter(record=movement, name=ENDED)
    cancel_steps(subject_type=MOVEMENT, steps=[_step(end) for end in ends])
    title = _("Mở lại phong trào: %(name)s") % {"name": movement.name}
    body = _("Phong trào tiếp tục, đơn vị đã tham gia không phải ghi lại. Lý do: %(reason)s") % {"reason": log.reason}
    _post(movement, log, _joined(movement), title, body)


def _joined(movement: Movement) -> list[Unit]:
    return [row.unit for row in movement.joinings.standing().select_related("unit")]


def _step(log: MovementTransition) -> str:
    return f"{log.name}:{log.pk}"


def _post(movement: Movement, log: MovementTransition, units: Iterable[Unit], title: str, body: str) -> None:
    found = people_of_units(units).values()
    people = {user.pk: user for some in found for user in some if user.pk != log.actor_id}
    letter = Letter(title=shorten(title, 120), body=body, path=movement.get_absolute_url())
    if people:
        post_all([Owed(MOVEMENT, movement.pk, _step(log), tuple(people.values()), letter)])


def movement_owed(message: OutboxMessage) -> bool:
    """That it was launched or opened again is told while the movement runs, an end while nobody has opened it again."""
    name, _colon, _key = message.step.partition(":")
    return Movement.objects.filter(pk=message.subject_id, state=_STANDS.get(name, "")).exists()


def register() -> None:
    """Let the outbox ask, at the moment of sending, whether a message is still owed."""
    register_subject(MOVEMENT, movement_owed)
