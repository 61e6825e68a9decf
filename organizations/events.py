from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from core import audit, clock
from core.audit.models import EventKind as AuditKind
from core.audit.turns import left_out

from .account_models import AccountEvent
from .devices import Origin

if TYPE_CHECKING:
    from .models import User


@transaction.atomic
def record(
    *,
    kind: str,
    user: User | None,
    origin: Origin | None = None,
    by: User | None = None,
    data: dict[str, Any] | None = None,
) -> AccountEvent:
    """Add one row to the person's own log and one to the chained log; `by` is who did it, or None.

    `data` goes into the chain: keys, days and names of roles, nothing personal.

    Names, address and device stay out of the chain: they are personal and may be removed one day. What is tried on
    names that do not exist is chained once a minute, with how many tries were left out: strangers must not fill it.
    """
    event = AccountEvent.objects.create(
        user=user,
        kind=kind,
        at=clock.wall_now(),
        address=origin.address if origin else None,
        device=origin.device if origin else "",
        actor=by,
    )
    left = 0 if user else left_out(f"account:{kind}")
    if left is not None:
        audit.record(
            kind=AuditKind.ACCOUNT,
            action=f"account.{kind}"[:60],
            actor=by or user,
            subject=audit.Subject("user", user.pk, unit_id=user.home_unit_id) if user else audit.Subject("user"),
            data={"event": event.pk} | (data or {}) | ({"left_out": left} if left else {}),
        )
    return event
