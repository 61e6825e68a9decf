"""Who is told at each step of an exemplar's life, and whether it is still owed; the words stand in `wording`."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence

from django.db.models import Q, QuerySet

from core import clock
from core.working_days import is_working_day
from notifications.calendar import CalendarItem
from notifications.delivery import register_subject
from notifications.enums import NoticeKind
from notifications.kinds import register_kinds
from notifications.models import OutboxMessage
from notifications.services import UNDO_WINDOW, Letter, Owed, cancel, cancel_steps, post, post_all
from organizations.enums import OFFICE_ROLES, Role
from organizations.models import User
from organizations.selectors import holders_over

from . import wording
from .calendar import dates_of
from .models import Exemplar, ExemplarTransition

SUBJECT = "exemplar"
#: The step of a message about an answer that is late; its key names the promised date, so that each date is told once.
LATE = "late"


def tell_office(exemplar: Exemplar, log: ExemplarTransition) -> None:
    """A record came in: to the reviewers over the unit, but not to who sent it."""
    people = holders_over(exemplar.unit, *OFFICE_ROLES).exclude(pk=log.actor_id)
    tell(exemplar, _step(log), people, wording.to_office(exemplar, log))


def take_back(exemplar: Exemplar) -> None:
    """The unit withdrew the record: what the office was told about it is told no more."""
    cancel(subject_type=SUBJECT, subject_id=exemplar.pk)


def take_back_step(exemplar: Exemplar, log: ExemplarTransition) -> None:
    """A decision was undone: what the unit was to be told about it is told no more."""
    cancel(subject_type=SUBJECT, subject_id=exemplar.pk, step=_step(log))


def tell_unit(exemplar: Exemplar, log: ExemplarTransition) -> None:
    """A decision was taken: to the officers of the unit and to who sent the record, once the undo window is over."""
    words, dates = wording.to_unit(exemplar, log), dates_of(exemplar, log)
    tell(exemplar, _step(log), people_of_unit(exemplar), words, delay=UNDO_WINDOW, dates=dates)


def people_of_unit(exemplar: Exemplar) -> QuerySet[User]:
    """The officers of a record's unit and who sent it."""
    officers = holders_over(exemplar.unit, Role.OFFICER)
    return User.objects.filter(Q(pk=exemplar.submitted_by_id) | Q(pk__in=officers.values("pk")), is_active=True)


def take_back_steps(logs: Iterable[ExemplarTransition]) -> None:
    """A set of decisions was undone: the same for each."""
    cancel_steps(subject_type=SUBJECT, steps=[_step(log) for log in logs])


def tell_units(logs: Sequence[ExemplarTransition]) -> None:
    """A set of records was decided upon: as `tell_unit` for each, asking only once who works in a unit."""
    records = [log.record for log in logs]
    units = {record.unit_id: record.unit for record in records}
    officers = {pk: list(holders_over(unit, Role.OFFICER)) for pk, unit in units.items()}
    senders = User.objects.filter(is_active=True).in_bulk({record.submitted_by_id for record in records})
    post_all([_owed(log, officers, senders) for log in logs], delay=UNDO_WINDOW)


def _owed(log: ExemplarTransition, officers: dict[int, list[User]], senders: dict[int, User]) -> Owed:
    exemplar = log.record
    people = {person.pk: person for person in officers[exemplar.unit_id]}
    if sender := senders.get(exemplar.submitted_by_id or 0):
        people[sender.pk] = sender
    words = wording.to_unit(exemplar, log)
    path, dates = exemplar.get_absolute_url(), dates_of(exemplar, log)
    letter = Letter(title=words.subject, body=words.body, path=path, dates=dates)
    return Owed(SUBJECT, exemplar.pk, _step(log), tuple(people.values()), letter)


def tell(
    exemplar: Exemplar,
    step: str,
    recipients: Iterable[User],
    words: wording.Words,
    *,
    dates: tuple[CalendarItem, ...] = (),
    delay: datetime.timedelta = datetime.timedelta(0),
) -> None:
    """Post a letter about a record under the key of its step; `dates` go with the mail."""
    letter = Letter(title=words.subject, body=words.body, path=exemplar.get_absolute_url(), dates=dates)
    post(
        subject_type=SUBJECT,
        subject_id=exemplar.pk,
        step=step,
        recipients=recipients,
        letter=letter,
        delay=delay,
    )


def tell_late_units() -> int:
    """Tell the unit and who sent a record, once for each promised date, that its answer is late; returns how many.

    The office is reminded by its own ladder (`owed`). Only on working days. Safe to repeat, and what a day without the
    task missed is told the next time.
    """
    today = clock.today()
    if not is_working_day(today):
        return 0
    late = list(Exemplar.objects.past_promise(today).select_related("unit", "taken_by").order_by("pk"))
    messages = OutboxMessage.objects.filter(subject_type=SUBJECT, step__startswith=f"{LATE}:")
    told = set(messages.filter(subject_id__in=[e.pk for e in late]).values_list("subject_id", "step"))
    fresh = [exemplar for exemplar in late if (exemplar.pk, _late_step(exemplar)) not in told]
    for exemplar in fresh:
        tell(exemplar, _late_step(exemplar), people_of_unit(exemplar), wording.late_to_unit(exemplar))
    return len(fresh)


def _late_step(exemplar: Exemplar) -> str:
    return f"{LATE}:{exemplar.review_due}"


def _step(log: ExemplarTransition) -> str:
    return f"{log.name}:{log.pk}"


#: Steps beside the life of a record, by what overtakes what: a release overtakes the hold.
_RIVALS = ({"hold", "release"}, {"amend"})
_ASIDE = {"take", "withdraw_consent", "promote", "amend", "hold", "release"}


def still_owed(message: OutboxMessage) -> bool:
    """Whether a message about a record is still owed at the moment of sending, by the kind of its step."""
    return _OWED.get(message.step.partition(":")[0], _step_is_last)(message)


def _step_is_last(message: OutboxMessage) -> bool:
    """No later step has overtaken it; steps aside of the life overtake nothing."""
    steps = ExemplarTransition.objects.in_force().filter(record=message.subject_id).order_by("pk")
    name = message.step.partition(":")[0]
    rivals = next((names for names in _RIVALS if name in names), None)
    last = (steps.filter(name__in=rivals) if rivals else steps.exclude(name__in=_ASIDE)).last()
    return last is not None and message.step == _step(last)


def _is_still_late(message: OutboxMessage) -> bool:
    """The record still waits, past that very date."""
    exemplar = Exemplar.objects.past_promise(clock.today()).filter(pk=message.subject_id).first()
    return exemplar is not None and message.step == _late_step(exemplar)


#: Kinds of steps that are no row of the log, with what keeps them owed; requests of other sorts add theirs here.
_OWED: dict[str, Callable[[OutboxMessage], bool]] = {LATE: _is_still_late}


#: What the unit is told of and need not act on; the other steps ask for something and are duties.
_DECISIONS = ("recognise", "reject", "revoke", "end", "hold", "release", "amend", "withdraw_consent")


def register() -> None:
    """Let the outbox ask, at the moment of sending, whether a message about an exemplar is still owed; name kinds."""
    register_subject(SUBJECT, still_owed, opens_exemplar=True)
    register_kinds(SUBJECT, dict.fromkeys(_DECISIONS, NoticeKind.DECISION))
