"""The chain of the log: what is added, what is refused, and every kind of tampering found."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from importlib import import_module

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from core import clock
from core.audit import Head, Subject, current_head, record, verify
from core.audit.chain import COLUMNS, GENESIS, digest_after
from core.audit.models import AppendOnly, AuditEvent, AuditHead, EventKind
from models_registry.enums import State
from models_registry.models import ExemplarTransition
from models_registry.services.review import undo_decision
from tests.factories import World, do_step

TABLE = "core_auditevent"


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def add(count: int, **more) -> list[AuditEvent]:
    return [
        record(kind=EventKind.ACCOUNT, action=f"việc {n}", reason=f"Lý do số {n}", data={"n": n}, **more)
        for n in range(count)
    ]


@pytest.mark.django_db
def test_events_are_numbered_without_a_gap_and_each_is_hashed_over_the_one_before() -> None:
    first, second, third = add(3)
    assert [e.number for e in (first, second, third)] == [1, 2, 3]
    assert (first.previous, second.previous, third.previous) == (GENESIS, first.digest, second.digest)
    assert current_head() == Head(3, third.digest)
    report = verify()
    assert (report.rows, report.head, report.fault) == (3, Head(3, third.digest), "")


@pytest.mark.django_db
def test_an_empty_log_is_whole() -> None:
    assert (verify().rows, verify().is_whole) == (0, True)


def test_a_step_of_a_record_leaves_one_event_with_who_role_unit_what_and_why(world: World) -> None:
    exemplar = world.exemplar(State.SUBMITTED)
    do_step("reject", exemplar, world.reviewer)
    event = AuditEvent.objects.last()
    assert (event.kind, event.action, event.actor, event.actor_unit, event.roles) == (
        "step",
        "exemplar.reject",
        world.reviewer,
        world.office.name,
        "reviewer",
    )
    assert (event.subject_type, event.subject_id, event.subject_label, event.scope_unit, event.reason) == (
        "exemplar",
        exemplar.pk,
        exemplar.number,
        world.commune_a.pk,
        "Việc làm chưa có xác nhận.",
    )
    assert verify().fault == ""


def test_a_refused_step_leaves_no_event(world: World) -> None:
    exemplar = world.exemplar(State.RECOGNISED)
    before = current_head()
    with pytest.raises(Exception, match="trạng thái"):
        do_step("reject", exemplar, world.reviewer)
    assert current_head() == before


def test_a_step_that_is_rolled_back_leaves_no_event(world: World) -> None:
    exemplar = world.exemplar(State.SUBMITTED)
    before = current_head()
    with transaction.atomic():
        do_step("reject", exemplar, world.reviewer)
        transaction.set_rollback(True)
    assert (current_head(), verify().fault) == (before, "")


# Refusing changes


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE {TABLE} SET reason = 'khác' WHERE number = 2",
        f"UPDATE {TABLE} SET number = number + 10",
        f"DELETE FROM {TABLE} WHERE number = 3",
        f"DELETE FROM {TABLE}",
    ],
)
def test_the_database_refuses_to_change_or_remove_a_row(guarded_log: None, statement: str) -> None:
    add(3)
    with pytest.raises(DatabaseError, match="audit rows are only added"), transaction.atomic():
        sql(statement)
    assert verify().rows == 3


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
def test_the_database_refuses_to_empty_the_table(guarded_log: None) -> None:
    add(1)
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="audit rows are only added"), transaction.atomic():
        sql(f"TRUNCATE {TABLE}")


@pytest.mark.django_db
def test_the_code_refuses_to_change_or_remove_a_row() -> None:
    (event,) = add(1)
    for act in (
        event.delete,
        AuditEvent.objects.all().delete,
        lambda: AuditEvent.objects.filter(pk=event.pk).update(reason="khác"),
    ):
        with pytest.raises(AppendOnly):
            act()


# Finding changes

LENGTH = 40


def edit(dice: random.Random) -> None:
    column = dice.choice(["reason", "action", "actor_unit", "data", "subject_label", "roles", "kind"])
    sql(f"UPDATE {TABLE} SET {column} = 'x' WHERE number = %s", dice.randint(1, LENGTH))


def edit_time(dice: random.Random) -> None:
    sql(f"UPDATE {TABLE} SET at = %s WHERE number = %s", clock.end_of_day(clock.today()), dice.randint(1, LENGTH))


def edit_with_new_digest(dice: random.Random) -> None:
    """Whoever edits a row and hashes it anew still breaks the row after it, or the head."""
    number = dice.randint(1, LENGTH)
    sql(f"UPDATE {TABLE} SET reason = 'x' WHERE number = %s", number)
    row = AuditEvent.objects.get(number=number)
    digest = digest_after(row.previous, (getattr(row, name) for name in COLUMNS))
    sql(f"UPDATE {TABLE} SET digest = %s WHERE number = %s", digest, number)


def remove(dice: random.Random) -> None:
    sql(f"DELETE FROM {TABLE} WHERE number = %s", dice.randint(1, LENGTH))


def insert(dice: random.Random) -> None:
    number = dice.randint(1, LENGTH)
    for later in range(LENGTH, number - 1, -1):
        sql(f"UPDATE {TABLE} SET number = number + 1 WHERE number = %s", later)
    source = AuditEvent.objects.order_by("number").last()
    source.pk, source.number, source._state.adding = None, number, True
    source.save(force_insert=True)


def swap(dice: random.Random) -> None:
    one, other = dice.sample(range(1, LENGTH + 1), 2)
    for number, new in ((one, 10_000), (other, one), (10_000, other)):
        sql(f"UPDATE {TABLE} SET number = %s WHERE number = %s", new, number)


def cut_tail(dice: random.Random) -> None:
    """Remove the end and set the head back: only an earlier head tells."""
    last = dice.randint(0, LENGTH - 1)
    sql(f"DELETE FROM {TABLE} WHERE number > %s", last)
    digest = AuditEvent.objects.get(number=last).digest if last else GENESIS
    AuditHead.objects.filter(pk=1).update(number=last, digest=digest)


TAMPERINGS: list[Callable[[random.Random], None]] = [
    edit,
    edit_time,
    edit_with_new_digest,
    remove,
    insert,
    swap,
    cut_tail,
]


@pytest.mark.django_db
def test_every_one_of_a_thousand_random_tamperings_is_found() -> None:
    add(LENGTH)
    printed = current_head()
    dice = random.Random(197)
    missed = []
    for attempt in range(1000):
        tamper = TAMPERINGS[attempt % len(TAMPERINGS)]
        with transaction.atomic():
            tamper(dice)
            if verify(printed).is_whole:
                missed.append((attempt, tamper.__name__))
            transaction.set_rollback(True)
    assert missed == []
    assert verify(printed).is_whole


@pytest.mark.django_db
def test_a_cut_tail_is_found_by_a_head_that_was_printed_earlier_and_by_nothing_else() -> None:
    add(LENGTH)
    printed = current_head()
    cut_tail(random.Random(1))
    assert verify().is_whole
    assert verify(Head(printed.number, printed.digest[:16])).fault.startswith("mất các dòng từ")


@pytest.mark.django_db
def test_a_rewritten_log_is_found_by_an_earlier_head() -> None:
    add(3)
    printed = current_head()
    sql(f"DELETE FROM {TABLE}")
    AuditHead.objects.filter(pk=1).update(number=0, digest=GENESIS)
    add(5)
    assert verify().is_whole
    assert verify(printed).fault == "dòng 3 khác với đầu chuỗi đã in"


def test_a_step_that_was_edited_in_the_record_is_found(world: World) -> None:
    exemplar = world.exemplar(State.REJECTED)
    exemplar.transitions.filter(name="reject").update(reason="Lý do khác.")
    assert verify().fault == f"bước {exemplar.transitions.get(name='reject').pk} của hồ sơ khác với nhật ký"


def test_a_step_that_was_added_or_removed_behind_the_services_is_found(world: World) -> None:
    exemplar = world.exemplar(State.SUBMITTED)
    log = exemplar.transitions.get()
    with transaction.atomic():
        log.pk = None
        log._state.adding = True
        log.save()
        assert "khác với nhật ký" in verify().fault
        transaction.set_rollback(True)
    ExemplarTransition.objects.filter(record=exemplar).delete()
    assert "không còn trong hồ sơ" in verify().fault


# The command


@pytest.mark.django_db
def test_the_command_says_that_the_log_is_whole(capsys) -> None:
    add(2)
    call_command("verify_audit", head=str(current_head()))
    assert capsys.readouterr().out == f"Nhật ký nguyên vẹn: 2 dòng, đầu chuỗi {current_head()}.\n"


@pytest.mark.django_db
def test_the_command_names_the_first_broken_row() -> None:
    add(5)
    sql(f"UPDATE {TABLE} SET reason = 'x' WHERE number IN (3, 4)")
    with pytest.raises(CommandError) as caught:
        call_command("verify_audit")
    assert str(caught.value) == "Nhật ký hỏng: nội dung dòng 3 đã bị sửa. Đã đọc đúng 2 dòng."


@pytest.mark.django_db
@pytest.mark.parametrize("head", ["x", "0:0123456789abcdef", "5:0123", "-1:0123456789abcdef", "5:0123456789ABCDEF"])
def test_a_head_that_cannot_be_read_is_refused(head: str) -> None:
    with pytest.raises(CommandError, match="Không đọc được đầu chuỗi"):
        call_command("verify_audit", head=head)


# Writers at once


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_take_turns() -> None:
    def write() -> None:
        for _turn in range(5):
            record(kind=EventKind.ACCOUNT, action="thử", subject=Subject(label="đồng thời"))
        connection.close()

    writers = [threading.Thread(target=write) for _n in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    report = verify()
    assert (report.rows, report.fault) == (40, "")


# What the chain says beside the records


def test_a_step_moved_to_another_record_or_time_is_found(world: World) -> None:
    one, other = world.exemplar(State.SUBMITTED), world.exemplar(State.DRAFT)
    for change in ({"record": other}, {"at": clock.end_of_day(clock.today())}):
        with transaction.atomic():
            one.transitions.update(**change)
            assert verify().fault.endswith("khác với nhật ký")
            transaction.set_rollback(True)
    assert verify().fault == ""


def test_a_state_that_no_step_led_to_is_found(world: World) -> None:
    exemplar = world.exemplar(State.SUBMITTED)
    forged = {"state": State.IN_REVIEW, "taken_by": world.reviewer, "taken_at": clock.now()}
    type(exemplar)._base_manager.filter(pk=exemplar.pk).update(**forged)
    assert verify().fault == f"trạng thái của hồ sơ {exemplar.pk} khác với bước cuối trong nhật ký"


def test_an_undone_step_is_the_way_back(world: World) -> None:
    exemplar = world.exemplar(State.SUBMITTED)
    do_step("reject", exemplar, world.reviewer)
    undo_decision(exemplar=exemplar, by=world.reviewer)
    assert (exemplar.state, verify().fault) == (State.IN_REVIEW, "")


@pytest.mark.django_db(transaction=True)
def test_a_writer_during_the_check_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    add(3)
    verifying = import_module("core.audit.verify")  # the package names its function the same
    usual = verifying._check_end

    def write_first(*args: object) -> None:
        def write() -> None:
            add(2)
            connection.close()

        writer = threading.Thread(target=write)
        writer.start()
        writer.join()
        usual(*args)

    monkeypatch.setattr(verifying, "_check_end", write_first)
    report = verify()
    assert (report.rows, report.fault, current_head().number) == (3, "", 5)
    add(1)
    assert current_head().number == 6
