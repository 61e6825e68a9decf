"""Planning of reminders: what a day calls for as one SELECT for each group and tier, and the INSERT that wraps it.

No loop over units or people: a source's queryset is narrowed to the few due dates that call for a step, joined to the
role assignments held on the day, and written by INSERT … SELECT … ON CONFLICT DO NOTHING. The preview runs the very
same SELECT without writing. Every value is a parameter; the pieces are compiled by the ORM.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Sequence
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
from organizations.models import RoleAssignment, Unit, User
from organizations.querysets import AFTER_EVERY_PATH

from . import channels
from .enums import Channel
from .hours import next_run_day
from .ladder import latest_due, step_key, steps_called_for
from .owed import Audience, OwedGroup, Source, readable_ids, sources
from .reminder_models import Reminder, ReminderSettings, ReminderState, Tier

#: Due dates of one statement: each is a branch of a CASE.
DATES_AT_ONCE = 100
#: For so long a reminder that was left out is taken up again when it is called for after all; most steps last less.
TAKEN_UP_FOR = datetime.timedelta(days=40)


_Key = tuple[str, int, str, int, str]


@dataclass(frozen=True)
class PlannedRow:
    """One reminder as the SELECT gives it; the fields are the columns of the INSERT, in this order.

    With `is_on` False it is not planned, but would be were its reminders switched on.
    """

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
    is_on: bool = True

    @property
    def key(self) -> _Key:
        return self.subject_type, self.subject_id, self.step, self.recipient_id, self.channel


COLUMNS = tuple(name for name in PlannedRow.__dataclass_fields__ if name != "is_on")
_PLANNED = ReminderState.PLANNED.value
KEY = ("subject_type", "subject_id", "step", "recipient_id", "channel")


@dataclass(frozen=True)
class _Way:
    """An enabled channel, with who has no address for it; `column` says so in the lists of people ("": everybody has).

    A mail that cannot go is a row that says why; of other channels people without an address have no row.
    """

    code: str
    unreached: Q | None
    column: str

    @property
    def lacking(self) -> Sql:
        return f"c.channel = %s AND p.{self.column} = 1", (self.code,)


@dataclass(frozen=True)
class _Run:
    """What is the same for all rows of a run."""

    day: datetime.date
    at: datetime.datetime
    mail_on: bool
    ways: tuple[_Way, ...]
    next_run: datetime.date

    @property
    def narrow_ways(self) -> list[_Way]:
        return [way for way in self.ways if way.column]


def _run_of(day: datetime.date) -> _Run:
    given = ReminderSettings.objects.current()
    return _Run(day, clock.wall_now(), given.mail_on, tuple(_ways()), next_run_day(clock.now(), given))


def _ways() -> Iterator[_Way]:
    for number, adapter in enumerate(channels.enabled()):
        unreached = adapter.unreached("user__")
        yield _Way(adapter.code, unreached, "" if unreached is None else f"without_{number}")


def plan(day: datetime.date, *, only: Collection[str] | None = None) -> int:
    """Write the reminders that `day` calls for; returns how many are new. Safe to repeat, and at once by two.

    What was left out and is called for after all counts as new. Nothing on days off. `only` names the subject types;
    all by default.
    """
    if not is_working_day(day):
        return 0
    run = _run_of(day)
    return sum(_write(source, run) + _take_up_again(source, run) for source in _wanted(only))


def _write(source: Source, run: _Run) -> int:
    return sum(insert_select(Reminder, COLUMNS, select) for _on, select in _selects(source, run))


def _take_up_again(source: Source, run: _Run) -> int:
    """Plan what was left out and is owed all the same: taken back after all, moved and moved back, excepted no more.

    Nobody was told of it by that way, so nobody is told twice. So is a mail that failed at an address that was
    corrected since.
    """
    left_out = Reminder.objects.left_out(run.day - TAKEN_UP_FOR).filter(subject_type=source.subject_type).order_by()
    if not left_out.exists():
        return 0
    keys, params = compiled(left_out.values("pk"))
    condition = (f"new.state = %s AND old.id IN ({keys})", (_PLANNED, *params))
    return sum(
        update_select(Reminder, COLUMNS, select, key=KEY, condition=condition, emptied=["message_id"])
        for _on, select in _selects(source, run, among=Q(owed_id__in=left_out.values("subject_id")))
    )


def would_plan(
    day: datetime.date,
    *,
    among: Q | None = None,
    units: Collection[int] | None = None,
    only: Collection[str] | None = None,
    reader: User | None = None,
) -> list[PlannedRow]:
    """What `day` would plan were everything switched on, without writing: each key once, as the table keeps it.

    `among` narrows what is owed, `units` to what those owe or their offices follow, `only` the subject types, `reader`
    to what that person may read. For a day after the next run only the steps that fall on it: those of the days between
    will have gone by then. What an earlier day planned is left out, told or not.
    """
    if not is_working_day(day):
        return []
    run = _run_of(day)
    found: dict[_Key, PlannedRow] = {}
    for source in _wanted(only):
        narrowed = among if reader is None else (among or Q()) & Q(owed_id__in=readable_ids(source, reader))
        for is_on, select in _selects(
            source, run, among=narrowed, units=units, even_off=True, only_new=day > run.next_run
        ):
            found |= {row.key: row for row in _read(select, is_on=is_on) if row.key not in found}
    before, left_out = _planned_before(day, found)
    return [row for key, row in found.items() if key not in before or (key in left_out and row.state == _PLANNED)]


def _wanted(only: Collection[str] | None) -> list[Source]:
    return [source for source in sources() if only is None or source.subject_type in only]


def _read(select: Sql, *, is_on: bool) -> Iterator[PlannedRow]:
    sql, params = select
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        for values in cursor.fetchall():
            row = dict(zip(COLUMNS, values, strict=True))
            row["due"], row["planned_for"] = _as_date(row["due"]), _as_date(row["planned_for"])
            yield PlannedRow(**row, is_on=is_on)


def _as_date(value: Any) -> datetime.date:
    """SQLite gives dates of an expression as text."""
    return datetime.date.fromisoformat(value) if isinstance(value, str) else value


def _planned_before(day: datetime.date, found: Collection[_Key]) -> tuple[set[_Key], set[_Key]]:
    """What of `found` an earlier day planned, and which of that was left out and may be taken up again."""
    kinds, ids = {key[0] for key in found}, {key[1] for key in found}
    rows = Reminder.objects.filter(planned_for__lt=day, subject_type__in=kinds, subject_id__in=ids).order_by()
    return set(rows.values_list(*KEY)), set(rows.left_out(day - TAKEN_UP_FOR).values_list(*KEY))


def _selects(
    source: Source,
    run: _Run,
    *,
    among: Q | None = None,
    units: Collection[int] | None = None,
    even_off: bool = False,
    only_new: bool = False,
) -> Iterator[tuple[bool, Sql]]:
    """The SELECTs of one source, with whether they are on: one for each group, batch of due dates and tier.

    `among` narrows them, and `units` to what those owe or their offices follow.
    """
    day = run.day
    for group in source.groups():
        if not (group.is_on or even_off) or not group.ladder.steps:
            continue
        rows = group.rows if among is None else group.rows.filter(among)
        if units is not None:
            followed = Q(owed_scope__in=units) if group.has_scope else Q(pk__in=[])
            rows = rows.filter(Q(owed_unit__in=units) | followed)
        dues = rows.order_by().filter(owed_due__lte=latest_due(group.ladder.steps, day))
        called = steps_called_for(
            dues.values_list("owed_due", flat=True).distinct(), group.ladder.steps, day, only_new=only_new
        )
        for batch in _batches(called):
            owed = _owed(rows, batch)
            for tiering in _tiers(group, run):
                yield group.is_on, _select(source.subject_type, owed, tiering, run)


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
    return compiled(named.values(*_OWED, *(["owed_scope"] if "owed_scope" in given else [])))


_OWED = ("owed_id", "owed_unit", "owed_due", "owed_step", "owed_offset", "owed_person", "owed_excepted")


_ALWAYS: Sql = ("1 = 1", ())
_OWNER: Sql = ("%s", (Tier.OWNER.value,))


@dataclass(frozen=True)
class _Tiering:
    """People of a tier, when they are told, as what, and of which unit they are."""

    people: Sql
    condition: Sql
    tier: Sql
    unit: str = "o.owed_unit"


def _tiers(group: OwedGroup, run: _Run) -> Iterator[_Tiering]:
    """Who is told, when, and under which name.

    Those whose duty it is come first, so that a person with two roles is told in the first of them.
    """
    return _TIERS_OF[group.audience](group, run)


def _tiers_of_unit(group: OwedGroup, run: _Run) -> Iterator[_Tiering]:
    ladder, owners = group.ladder, _people_of_units(run, Role.OFFICER)
    nobody, office = _nobody(owners), _people_over_units(run, *OFFICE_ROLES)
    yield _Tiering(owners, _ALWAYS, _OWNER)
    yield _Tiering(_people_of_units(run, Role.UNIT_LEADER), *_later(Tier.LEADER, ladder.leader_from, nobody))
    yield _Tiering(office, *_later(Tier.OFFICE, ladder.office_from, nobody), unit=_over(group))


def _tiers_of_district(group: OwedGroup, run: _Run) -> Iterator[_Tiering]:
    owners, leaders = _people_over_units(run, *OFFICE_ROLES), _people_over_units(run, Role.LEADER)
    over = _over(group)
    yield _Tiering(owners, _ALWAYS, _OWNER, unit=over)
    yield _Tiering(leaders, *_later(Tier.LEADER, group.ladder.leader_from, _nobody(owners, over)), unit=over)


def _over(group: OwedGroup) -> str:
    """The column of the unit over which those are found who follow it."""
    return "o.owed_scope" if group.has_scope else "o.owed_unit"


def _tiers_of_office(group: OwedGroup, run: _Run) -> Iterator[_Tiering]:
    """Who has it in hand, whatever role of the office that is; while nobody has, every reviewer."""
    reviewers, office = _people_over_units(run, Role.REVIEWER), _people_over_units(run, *OFFICE_ROLES)
    yield _Tiering(office, ("o.owed_person = p.user_id", ()), _OWNER)
    yield _Tiering(reviewers, ("o.owed_person IS NULL", ()), _OWNER)
    heads, unmanned = _people_over_units(run, Role.INTERIOR_HEAD), _nobody_or_gone(reviewers, office)
    yield _Tiering(heads, *_later(Tier.LEADER, group.ladder.leader_from, unmanned))


_TIERS_OF = {
    Audience.UNIT: _tiers_of_unit,
    Audience.DISTRICT: _tiers_of_district,
    Audience.OFFICE: _tiers_of_office,
}


def _nobody(owners: Sql, unit: str = "o.owed_unit") -> Sql:
    """No active person has the duty. The list of people depends on no row, so that the database makes it once."""
    sql, params = owners
    return f"{unit} NOT IN (SELECT n.unit_id FROM ({sql}) n)", params


def _nobody_or_gone(owners: Sql, holders: Sql) -> Sql:
    """Nobody has it in hand and no owner is there, or who has it in hand is no longer one of `holders`."""
    nobody, params = _nobody(owners)
    sql, more = holders
    gone = f"(o.owed_unit, o.owed_person) NOT IN (SELECT g.unit_id, g.user_id FROM ({sql}) g)"
    return f"(o.owed_person IS NULL AND {nobody} OR o.owed_person IS NOT NULL AND {gone})", (*params, *more)


def _later(tier: Tier, offset: int, unmanned: Sql) -> tuple[Sql, Sql]:
    """Told from so many days late on, or at once of what nobody has."""
    sql, params = unmanned
    named = "CASE WHEN o.owed_offset >= %s THEN %s ELSE %s END"
    return (f"(o.owed_offset >= %s OR {sql})", (offset, *params)), (named, (offset, tier.value, Tier.UNMANNED.value))


def _held(run: _Run, *roles: str) -> QuerySet:
    """Roles of active people, with the channels that do not reach them."""
    held = RoleAssignment.objects.held_on(run.day).filter(role__in=sorted(roles), user__is_active=True).order_by()
    return held.annotate(
        **{way.column: Case(When(way.unreached, then=Value(1)), default=Value(0)) for way in run.narrow_ways}
    )


def _people_of_units(run: _Run, role: str) -> Sql:
    """Active people of units that exist on the day: unit_id, user_id, and the columns of the channels.

    Who holds a role twice is there twice, since a row is written once anyway: without DISTINCT the database looks the
    people of a unit up by an index, also while it has no statistics and takes every list for one row.
    """
    exists = Q(unit__valid_to=None) | Q(unit__valid_to__gte=run.day)
    columns = [way.column for way in run.narrow_ways]
    return compiled(_held(run, role).filter(exists).values("unit_id", "user_id", *columns))


def _people_over_units(run: _Run, *roles: str) -> Sql:
    """Active people with every unit of their scope, the same columns, by ranges of the path's index."""
    columns = ["user_id", *(way.column for way in run.narrow_ways)]
    sql, params = compiled(_held(run, *roles).annotate(scope=F("unit__path")).values("scope", *columns).distinct())
    table = connection.ops.quote_name(Unit._meta.db_table)
    below = "u.path >= h.scope AND u.path < h.scope || %s"
    listed = ", ".join(f"h.{column}" for column in columns)
    joined = f"SELECT u.id AS unit_id, {listed} FROM ({sql}) h JOIN {table} u ON {below}"
    return joined, (*params, AFTER_EVERY_PATH)


def _select(subject_type: str, owed: Sql, told: _Tiering, run: _Run) -> Sql:
    """One SELECT of the columns of a reminder, under their names."""
    people, condition = told.people, told.condition
    state, reason = _standing(run)
    values: dict[str, Sql] = {
        "subject_type": ("%s", (subject_type,)),
        "subject_id": ("o.owed_id", ()),
        "unit_id": ("o.owed_unit", ()),
        "step": ("o.owed_step", ()),
        "offset": ("o.owed_offset", ()),
        "due": ("o.owed_due", ()),
        "recipient_id": ("p.user_id", ()),
        "channel": ("c.channel", ()),
        "tier": told.tier,
        "planned_for": _typed("date", connection.ops.adapt_datefield_value(run.day)),
        "planned_at": _typed("timestamptz", connection.ops.adapt_datetimefield_value(run.at)),
        "state": state,
        "reason": reason,
    }
    quote = connection.ops.quote_name
    listed = ", ".join(f"{values[name][0]} AS {quote(name)}" for name in COLUMNS)
    ways = " UNION ALL ".join(["SELECT %s AS channel"] * len(run.ways))
    tables = f"({owed[0]}) o JOIN ({people[0]}) p ON p.unit_id = {told.unit} CROSS JOIN ({ways}) c"
    lacking = [way.lacking for way in run.narrow_ways if way.code != Channel.EMAIL]
    where = " AND ".join([condition[0], *(f"NOT ({sql})" for sql, _params in lacking)])
    given = [*(values[name][1] for name in COLUMNS), owed[1], people[1], [way.code for way in run.ways]]
    params = chain.from_iterable([*given, condition[1], *(params for _sql, params in lacking)])
    return f"SELECT {listed} FROM {tables} WHERE {where}", tuple(params)


def _typed(name: str, value: Any) -> Sql:
    """A parameter with its type, which PostgreSQL wants in an expression."""
    return ("%s" if connection.vendor == "sqlite" else f"%s::{name}"), (value,)


def _standing(run: _Run) -> tuple[Sql, Sql]:
    """State and reason of a row: what is excepted, and a mail that is switched off or has no address, says why."""
    reasons: list[tuple[Sql, Sql]] = [(("o.owed_excepted <> ''", ()), ("o.owed_excepted", ()))]
    if not run.mail_on:
        reasons.append((("c.channel = %s", (Channel.EMAIL.value,)), _text(_("Nhắc hạn qua thư điện tử đang tắt."))))
    for way in run.narrow_ways:
        if way.code == Channel.EMAIL:
            reasons.append((way.lacking, _text(_("Tài khoản chưa có địa chỉ thư dùng được."))))
    states = [(condition, _text(ReminderState.SKIPPED.value)) for condition, _why in reasons]
    return _case(states, _text(_PLANNED)), _case(reasons, _text(""))


def _text(words: str) -> Sql:
    return _typed("text", words)


def _case(branches: Sequence[tuple[Sql, Sql]], default: Sql) -> Sql:
    whens = " ".join(f"WHEN {condition[0]} THEN {value[0]}" for condition, value in branches)
    params = chain.from_iterable((*condition[1], *value[1]) for condition, value in branches)
    return f"CASE {whens} ELSE {default[0]} END", (*params, *default[1])
