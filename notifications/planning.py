"""Planning of reminders: what a day calls for as one SELECT for each group and tier, and the INSERT that wraps it.

No loop over units or people: a source's queryset is narrowed to the few due dates that call for a step, joined to the
role assignments held on the day, and written by INSERT … SELECT … ON CONFLICT DO NOTHING. The preview runs the very
same SELECT without writing. Every value is a parameter; the pieces are compiled by the ORM.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, Case, CharField, F, Q, QuerySet, SmallIntegerField, Value, When
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from core import clock
from core.insert_select import Sql, compiled, insert_select, update_select
from core.working_days import is_working_day
from organizations.enums import OFFICE_ROLES, Role
from organizations.models import RoleAssignment, Unit
from organizations.querysets import AFTER_EVERY_PATH, cannot_be_mailed

from .ladder import latest_due, step_key, steps_called_for
from .owed import Audience, OwedGroup, Source, sources
from .reminder_models import Reminder, ReminderSettings, ReminderState, Tier

#: Due dates of one statement: each is a branch of a CASE.
DATES_AT_ONCE = 100
#: For so long a reminder that was left out is taken up again when it is called for after all; most steps last less.
TAKEN_UP_FOR = datetime.timedelta(days=40)


@dataclass(frozen=True)
class PlannedRow:
    """One reminder as the SELECT gives it; the fields are the columns of the INSERT, in this order."""

    subject_type: str
    subject_id: int
    unit_id: int
    step: str
    offset: int
    due: datetime.date
    recipient_id: int
    channel: str
    tier: str
    planned_for: datetime.date
    planned_at: datetime.datetime
    state: str
    reason: str

    @property
    def key(self) -> tuple[str, int, str, int, str]:
        return self.subject_type, self.subject_id, self.step, self.recipient_id, self.channel


COLUMNS = tuple(PlannedRow.__dataclass_fields__)
_PLANNED = ReminderState.PLANNED.value
KEY = ("subject_type", "subject_id", "step", "recipient_id", "channel")


@dataclass(frozen=True)
class _Run:
    """What is the same for all rows of a run."""

    day: datetime.date
    at: datetime.datetime
    mail_on: bool


def _run_of(day: datetime.date) -> _Run:
    return _Run(day, clock.wall_now(), ReminderSettings.objects.current().mail_on)


def plan(day: datetime.date, *, only: Collection[str] | None = None) -> int:
    """Write the reminders that `day` calls for; returns how many are new. Safe to repeat, and at once by two.

    What was left out and is called for after all counts as new. Nothing on days off. `only` names the subject types;
    all by default.
    """
    if not is_working_day(day):
        return 0
    run = _run_of(day)
    wanted = [source for source in sources() if only is None or source.subject_type in only]
    return sum(_write(source, run) + _take_up_again(source, run) for source in wanted)


def _write(source: Source, run: _Run) -> int:
    return sum(insert_select(Reminder, COLUMNS, select) for select in _selects(source, run))


def _take_up_again(source: Source, run: _Run) -> int:
    """Plan what was left out and is owed all the same: taken back after all, moved and moved back, excepted no more.

    Nobody was told of it by that way, so nobody is told twice.
    """
    left_out = Reminder.objects.filter(
        subject_type=source.subject_type, state=ReminderState.SKIPPED, planned_for__gte=run.day - TAKEN_UP_FOR
    )
    if not left_out.exists():
        return 0
    condition = ("old.state = %s AND new.state = %s", (ReminderState.SKIPPED.value, ReminderState.PLANNED.value))
    return sum(
        update_select(Reminder, COLUMNS, select, key=KEY, condition=condition, emptied=["message_id"])
        for select in _selects(source, run, among=Q(owed_id__in=left_out.values("subject_id")))
    )


def would_plan(day: datetime.date, *, units: Collection[int] | None = None, even_off: bool = True) -> list[PlannedRow]:
    """What `day` would be told, without writing: each key once, as the table keeps it.

    With `even_off` as if everything were switched on. For a day to come only the steps that fall on it: those of the
    days between will have gone by then. What was told on an earlier day is left out.
    """
    if not is_working_day(day):
        return []
    run, ahead = _run_of(day), day > clock.today()
    found: dict[tuple[str, int, str, int, str], PlannedRow] = {}
    for source in sources():
        among = None if units is None else Q(owed_unit__in=units)
        for select in _selects(source, run, among=among, even_off=even_off, only_new=ahead):
            found |= {row.key: row for row in _read(select) if row.key not in found}
    before = _planned_before(day, {row.subject_id for row in found.values()})
    return [row for row in found.values() if row.key not in before or (before[row.key] and row.state == _PLANNED)]


def _read(select: Sql) -> Iterator[PlannedRow]:
    sql, params = select
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        for values in cursor.fetchall():
            row = dict(zip(COLUMNS, values, strict=True))
            row["due"], row["planned_for"] = _as_date(row["due"]), _as_date(row["planned_for"])
            yield PlannedRow(**row)


def _as_date(value: Any) -> datetime.date:
    """SQLite gives dates of an expression as text."""
    return datetime.date.fromisoformat(value) if isinstance(value, str) else value


def _planned_before(day: datetime.date, ids: Collection[int]) -> dict[tuple[Any, ...], bool]:
    """What an earlier day planned, with whether it was left out and may be taken up again."""
    rows = Reminder.objects.filter(planned_for__lt=day, subject_id__in=ids).values_list(*KEY, "state", "planned_for")
    since = day - TAKEN_UP_FOR
    return {tuple(key): state == ReminderState.SKIPPED and on >= since for *key, state, on in rows}


def _selects(
    source: Source,
    run: _Run,
    *,
    among: Q | None = None,
    even_off: bool = False,
    only_new: bool = False,
) -> Iterator[Sql]:
    """The SELECTs of one source for a day: one for each group, batch of due dates and tier; `among` narrows them."""
    day = run.day
    for group in source.groups():
        if not (group.is_on or even_off) or not group.ladder.steps:
            continue
        rows = group.rows if among is None else group.rows.filter(among)
        dues = rows.order_by().filter(owed_due__lte=latest_due(group.ladder.steps, day))
        called = steps_called_for(
            dues.values_list("owed_due", flat=True).distinct(), group.ladder.steps, day, only_new=only_new
        )
        for batch in _batches(called):
            owed = _owed(rows, batch)
            for people, condition, tier in _tiers(source.audience, group, day):
                yield _select(source.subject_type, owed, people, condition, tier, run)


def _batches(called: dict[datetime.date, int]) -> Iterator[dict[datetime.date, int]]:
    items = sorted(called.items())
    for start in range(0, len(items), DATES_AT_ONCE):
        yield dict(items[start : start + DATES_AT_ONCE])


def _owed(rows: QuerySet, called: dict[datetime.date, int]) -> Sql:
    """The owed rows of some due dates, each with its step and why it is left out."""
    given = rows.query.annotations
    steps = [When(owed_due=due, then=Value(step_key(due, offset))) for due, offset in called.items()]
    offsets = [
        When(owed_due__in=[due for due, found in called.items() if found == offset], then=Value(offset))
        for offset in sorted(set(called.values()))
    ]
    named = rows.order_by().filter(owed_due__in=list(called))
    named = named.annotate(
        owed_step=Case(*steps, output_field=CharField()), owed_offset=Case(*offsets, output_field=SmallIntegerField())
    )
    if "owed_person" not in given:
        named = named.annotate(owed_person=Cast(Value(None), BigIntegerField()))
    if "owed_excepted" not in given:
        named = named.annotate(owed_excepted=Value("", output_field=CharField()))
    return compiled(named.values(*_OWED))


_OWED = ("owed_id", "owed_unit", "owed_due", "owed_step", "owed_offset", "owed_person", "owed_excepted")


Tiering = tuple[Sql, Sql, Sql]
_ALWAYS: Sql = ("1 = 1", ())


def _tiers(audience: Audience, group: OwedGroup, day: datetime.date) -> Iterator[Tiering]:
    """Who is told, when, and under which name: (unit_id and user_id of people, condition, tier).

    Those whose duty it is come first, so that a person with two roles is told in the first of them.
    """
    if audience is Audience.UNIT:
        owners = _people_of_units(day, Role.OFFICER)
        leaders, office = _people_of_units(day, Role.UNIT_LEADER), _people_over_units(day, *OFFICE_ROLES)
    else:
        owners, leaders = _people_over_units(day, Role.REVIEWER), _people_over_units(day, Role.INTERIOR_HEAD)
        office = None
    unmanned = _unmanned(owners, by_person=audience is Audience.OFFICE)
    yield owners, ("(o.owed_person IS NULL OR o.owed_person = p.user_id)", ()), ("%s", (Tier.OWNER.value,))
    yield leaders, _late_or(group.ladder.leader_from, unmanned), _named(Tier.LEADER, group.ladder.leader_from)
    if office:
        yield office, _late_or(group.ladder.office_from, unmanned), _named(Tier.OFFICE, group.ladder.office_from)


def _unmanned(owners: Sql, *, by_person: bool) -> Sql:
    """No active person has the duty (or, when one person has it in hand, that person no longer works there).

    The lists of people depend on no row, so that the database makes each of them once.
    """
    sql, params = owners
    nobody = f"o.owed_unit NOT IN (SELECT n.unit_id FROM ({sql}) n)"
    if not by_person:
        return nobody, params
    gone = f"(o.owed_unit, o.owed_person) NOT IN (SELECT g.unit_id, g.user_id FROM ({sql}) g)"
    return f"({nobody} OR o.owed_person IS NOT NULL AND {gone})", (*params, *params)


def _late_or(offset: int, other: Sql) -> Sql:
    sql, params = other
    return f"(o.owed_offset >= %s OR {sql})", (offset, *params)


def _named(tier: Tier, offset: int) -> Sql:
    return "CASE WHEN o.owed_offset >= %s THEN %s ELSE %s END", (offset, tier.value, Tier.UNMANNED.value)


def _held(day: datetime.date, *roles: str) -> QuerySet:
    """Roles of active people, with whether mail cannot reach them."""
    held = RoleAssignment.objects.held_on(day).filter(role__in=sorted(roles), user__is_active=True).order_by()
    return held.annotate(unreachable=Case(When(cannot_be_mailed("user__"), then=Value(1)), default=Value(0)))


def _people_of_units(day: datetime.date, role: str) -> Sql:
    """Active people of units that exist on the day: (unit_id, user_id, unreachable).

    Who holds a role twice is there twice, since a row is written once anyway: without DISTINCT the database looks the
    people of a unit up by an index, also while it has no statistics and takes every list for one row.
    """
    exists = Q(unit__valid_to=None) | Q(unit__valid_to__gte=day)
    return compiled(_held(day, role).filter(exists).values("unit_id", "user_id", "unreachable"))


def _people_over_units(day: datetime.date, *roles: str) -> Sql:
    """Active people with every unit of their scope: (unit_id, user_id, unreachable), by ranges of the path's index."""
    held = _held(day, *roles).annotate(scope=F("unit__path")).values("scope", "user_id", "unreachable").distinct()
    sql, params = compiled(held)
    table = connection.ops.quote_name(Unit._meta.db_table)
    below = "u.path >= h.scope AND u.path < h.scope || %s"
    joined = f"SELECT u.id AS unit_id, h.user_id, h.unreachable FROM ({sql}) h JOIN {table} u ON {below}"
    return joined, (*params, AFTER_EVERY_PATH)


def _select(subject_type: str, owed: Sql, people: Sql, condition: Sql, tier: Sql, run: _Run) -> Sql:
    """One SELECT of the columns of a reminder, under their names."""
    state, reason = _standing(run.mail_on)
    values: dict[str, Sql] = {
        "subject_type": ("%s", (subject_type,)),
        "subject_id": ("o.owed_id", ()),
        "unit_id": ("o.owed_unit", ()),
        "step": ("o.owed_step", ()),
        "offset": ("o.owed_offset", ()),
        "due": ("o.owed_due", ()),
        "recipient_id": ("p.user_id", ()),
        "channel": ("c.channel", ()),
        "tier": tier,
        "planned_for": _typed("date", connection.ops.adapt_datefield_value(run.day)),
        "planned_at": _typed("timestamptz", connection.ops.adapt_datetimefield_value(run.at)),
        "state": state,
        "reason": reason,
    }
    quote = connection.ops.quote_name
    listed = ", ".join(f"{values[name][0]} AS {quote(name)}" for name in COLUMNS)
    channels = "(SELECT 'in_app' AS channel UNION ALL SELECT 'email') c"
    tables = f"({owed[0]}) o JOIN ({people[0]}) p ON p.unit_id = o.owed_unit CROSS JOIN {channels}"
    params = [*(values[name][1] for name in COLUMNS), owed[1], people[1], condition[1]]
    return f"SELECT {listed} FROM {tables} WHERE {condition[0]}", tuple(chain.from_iterable(params))


def _typed(name: str, value: Any) -> Sql:
    """A parameter with its type, which PostgreSQL wants in an expression."""
    return ("%s" if connection.vendor == "sqlite" else f"%s::{name}"), (value,)


def _standing(mail_on: bool) -> tuple[Sql, Sql]:
    """State and reason of a row: what is excepted, switched off or has no address is there, and says why."""
    reasons: list[tuple[str, str | None]] = [("o.owed_excepted <> ''", None)]
    if not mail_on:
        reasons.append(("c.channel = 'email'", _("Nhắc hạn qua thư điện tử đang tắt.")))
    reasons.append(("c.channel = 'email' AND p.unreachable = 1", _("Tài khoản chưa có địa chỉ thư dùng được.")))
    state, why, params = "", "", []
    for condition, words in reasons:
        state += f" WHEN {condition} THEN '{ReminderState.SKIPPED.value}'"
        why += f" WHEN {condition} THEN " + ("o.owed_excepted" if words is None else "%s")
        params += [] if words is None else [words]
    return (f"CASE{state} ELSE '{_PLANNED}' END", ()), (f"CASE{why} ELSE '' END", tuple(params))
