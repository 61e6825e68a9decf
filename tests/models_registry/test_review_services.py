from __future__ import annotations

import datetime
import threading

import pytest
from django.db import connection

from core import clock
from core.workflow import WorkflowError
from models_registry import services
from models_registry.enums import State
from models_registry.models import Exemplar, ExemplarTransition, ReviewComment
from models_registry.selectors import current_remarks
from models_registry.services.review import Answers
from notifications.models import OutboxMessage
from tests.factories import ALL_YES, World, do_step, make_world, save

TOMORROW = datetime.timedelta(days=1)


def return_it(exemplar: Exemplar, world: World, comments: dict[str, str], due: datetime.date) -> None:
    services.return_exemplar(exemplar=exemplar, by=world.reviewer, comments=comments, due=due)


# Return


@pytest.mark.parametrize("comments", [{}, {"title": ""}, {"title": "  \n "}])
def test_a_return_needs_a_remark(world: World, comments: dict[str, str]) -> None:
    exemplar = world.exemplar(State.IN_REVIEW)
    with pytest.raises(WorkflowError) as caught:
        return_it(exemplar, world, comments, clock.today() + TOMORROW)
    assert caught.value.message == "Ghi ít nhất một nhận xét vào mục cần bổ sung, để đơn vị biết phải sửa gì."


@pytest.mark.parametrize("days", [0, -1, -400])
def test_a_return_needs_a_date_ahead(world: World, days: int) -> None:
    exemplar = world.exemplar(State.IN_REVIEW)
    due = clock.today() + datetime.timedelta(days=days)
    with pytest.raises(WorkflowError):
        return_it(exemplar, world, {"title": "Ngắn quá."}, due)
    assert Exemplar.objects.get(pk=exemplar.pk).state == State.IN_REVIEW


def test_the_refused_date_and_today_are_both_named(world: World) -> None:
    exemplar = world.exemplar(State.IN_REVIEW)
    with pytest.raises(WorkflowError) as caught:
        return_it(exemplar, world, {"title": "Ngắn quá."}, datetime.date(2023, 6, 5))
    assert caught.value.message == "Hạn bổ sung (5/6/2023) phải sau hôm nay (5/6/2023)."


def test_tomorrow_is_a_date_ahead(world: World) -> None:
    exemplar = world.exemplar(State.IN_REVIEW)
    return_it(exemplar, world, {"title": "Ngắn quá."}, clock.today() + TOMORROW)
    assert exemplar.return_due == clock.today() + TOMORROW


def test_remarks_are_kept_with_their_return_and_empty_ones_are_not(world: World) -> None:
    exemplar = world.exemplar(State.IN_REVIEW)
    return_it(exemplar, world, {"title": " Ngắn quá. ", "summary": ""}, clock.today() + TOMORROW)
    kept = ReviewComment.objects.values_list("target", "text", "author__username", "transition__name")
    assert list(kept) == [("title", "Ngắn quá.", "reviewer", "return")]


def test_a_second_return_shows_its_own_remarks_alone(world: World) -> None:
    exemplar = world.exemplar(State.RETURNED)
    save(exemplar, world.officer, {"summary": "Ngày 3/5/2023."})
    do_step("resubmit", exemplar, world.officer)
    return_it(exemplar, world, {"title": "Ngắn quá."}, clock.today() + TOMORROW)
    remarks = current_remarks(exemplar, list(exemplar.transitions.all()), list(exemplar.comments.all()))
    assert {target: c.text for target, c in remarks.items()} == {"title": "Ngắn quá."}


def test_remarks_go_out_of_sight_when_the_record_is_decided(world: World) -> None:
    exemplar = world.exemplar(State.RETURNED)
    save(exemplar, world.officer, {"summary": "Ngày 3/5/2023."})
    do_step("resubmit", exemplar, world.officer)
    do_step("recognise", exemplar, world.reviewer)
    assert current_remarks(exemplar, list(exemplar.transitions.all()), list(exemplar.comments.all())) == {}


def test_sending_again_takes_the_due_date_away(world: World) -> None:
    exemplar = world.exemplar(State.RETURNED)
    save(exemplar, world.officer, {"summary": "Ngày 3/5/2023."})
    do_step("resubmit", exemplar, world.officer)
    stored = Exemplar.objects.get(pk=exemplar.pk)
    assert (stored.return_due, stored.taken_by, stored.taken_at) == (None, None, None)


# Recognise


@pytest.mark.parametrize("name", ["is_representative", "fits_unit", "is_replicable"])
def test_recognising_needs_three_times_yes(world: World, name: str) -> None:
    exemplar = world.exemplar(State.IN_REVIEW)
    answers = Answers(**({"is_representative": True, "fits_unit": True, "is_replicable": True} | {name: False}))
    with pytest.raises(WorkflowError):
        services.recognise_exemplar(exemplar=exemplar, by=world.reviewer, answers=answers)
    assert Exemplar.objects.get(pk=exemplar.pk).state == State.IN_REVIEW


def test_a_recognised_record_keeps_who_when_and_the_answers(world: World) -> None:
    exemplar = world.exemplar(State.IN_REVIEW)
    services.recognise_exemplar(exemplar=exemplar, by=world.colleague, answers=ALL_YES)
    stored = Exemplar.objects.get(pk=exemplar.pk)
    assert (stored.decided_by, stored.recognised_on, stored.fits_unit) == (world.colleague, clock.today(), True)


# Reasons


@pytest.mark.parametrize("reason", ["", "  ", "\n"])
@pytest.mark.parametrize("step", ["reject", "end", "revoke"])
def test_closing_needs_a_reason(world: World, step: str, reason: str) -> None:
    exemplar = world.exemplar(State.IN_REVIEW if step == "reject" else State.RECOGNISED)
    act = {"reject": services.reject_exemplar, "end": services.end_exemplar, "revoke": services.revoke_exemplar}[step]
    more = {"paper": "12/QĐ-UBND"} if step == "revoke" else {}
    with pytest.raises(WorkflowError) as caught:
        act(exemplar=exemplar, by=world.reviewer, reason=reason, **more)
    assert caught.value.message == "Ghi lý do để đơn vị biết và lưu hồ sơ."


def test_revoking_needs_a_paper(world: World) -> None:
    exemplar = world.exemplar(State.RECOGNISED)
    with pytest.raises(WorkflowError) as caught:
        services.revoke_exemplar(exemplar=exemplar, by=world.reviewer, reason="Khai không đúng.", paper=" ")
    assert caught.value.message == "Ghi số và ngày văn bản hủy công nhận."


def test_an_ended_record_keeps_its_recognition_date_and_reason(world: World) -> None:
    exemplar = world.exemplar(State.ENDED)
    stored = Exemplar.objects.get(pk=exemplar.pk)
    kept = (stored.recognised_on, stored.ended_on, stored.end_reason)
    assert kept == (clock.today(), clock.today(), "Người được giới thiệu chuyển nơi ở.")


# Letters


def posted(exemplar: Exemplar, step: str) -> set[tuple[str, str]]:
    rows = OutboxMessage.objects.filter(subject_id=exemplar.pk, step__startswith=f"{step}:")
    return set(rows.values_list("recipient__username", "channel"))


def both_channels(*names: str) -> set[tuple[str, str]]:
    return {(name, channel) for name in names for channel in ("in_app", "email")}


def test_the_office_over_the_unit_is_told_of_a_sent_record(world: World) -> None:
    assert posted(world.exemplar(State.SUBMITTED), "submit") == both_channels("reviewer", "colleague", "interior_head")


@pytest.mark.parametrize("step", ["recognise", "return", "reject"])
def test_the_officers_of_the_unit_are_told_of_a_decision(world: World, step: str) -> None:
    exemplar = world.exemplar(State.IN_REVIEW)
    do_step(step, exemplar, world.reviewer)
    assert posted(exemplar, step) == both_channels("officer")


def test_a_decision_leaves_after_the_minute_in_which_it_can_be_undone(world: World) -> None:
    exemplar = world.exemplar(State.IN_REVIEW)
    before = clock.wall_now()
    do_step("reject", exemplar, world.reviewer)
    message = OutboxMessage.objects.filter(step__startswith="reject:").first()
    assert (
        before + datetime.timedelta(seconds=60)
        <= message.not_before
        <= clock.wall_now() + datetime.timedelta(seconds=60)
    )


def test_the_sender_is_told_even_when_no_officer_any_more(world: World) -> None:
    exemplar = world.exemplar(State.IN_REVIEW)
    world.officer.role_assignments.update(valid_to=clock.today() - TOMORROW)
    do_step("reject", exemplar, world.reviewer)
    assert posted(exemplar, "reject") == both_channels("officer")


def test_somebody_who_left_is_told_nothing(world: World) -> None:
    exemplar = world.exemplar(State.IN_REVIEW)
    type(world.officer).objects.filter(pk=world.officer.pk).update(is_active=False)
    do_step("reject", exemplar, world.reviewer)
    assert posted(exemplar, "reject") == set()


def test_taking_and_withdrawing_tell_nobody(world: World) -> None:
    exemplar = world.exemplar(State.SUBMITTED)
    before = OutboxMessage.objects.count()
    do_step("withdraw", exemplar, world.officer)
    assert OutboxMessage.objects.count() == before


def test_a_very_long_name_makes_a_title_that_fits(world: World) -> None:
    exemplar = world.exemplar(State.SUBMITTED, full_name="Nguyễn " * 21)
    message = OutboxMessage.objects.filter(subject_id=exemplar.pk).first()
    assert len(message.title) <= 200


# Two at once


def race(*acts) -> list[str]:
    """Run `acts` at the same moment, each in a thread with a connection of its own; what each met."""
    start = threading.Barrier(len(acts))
    met = [""] * len(acts)

    def run(place: int) -> None:
        start.wait(timeout=10)
        try:
            acts[place]()
            met[place] = "done"
        except Exception as error:  # noqa: BLE001 - whatever it is, the test names it
            met[place] = type(error).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return met


def copy_of(exemplar: Exemplar) -> Exemplar:
    return Exemplar.objects.select_related("unit").get(pk=exemplar.pk)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("state", [State.SUBMITTED, State.IN_REVIEW])
@pytest.mark.parametrize("other", ["reject", "return", "recognise"])
def test_of_two_who_decide_at_once_exactly_one_wins(state: str, other: str) -> None:
    world = make_world()
    exemplar = world.exemplar(state)
    mine, theirs = copy_of(exemplar), copy_of(exemplar)
    met = race(
        lambda: do_step("recognise", mine, world.reviewer),
        lambda: do_step(other, theirs, world.colleague),
    )
    decisions = ExemplarTransition.objects.filter(record=exemplar, name__in=["recognise", "reject", "return"])
    taken = ExemplarTransition.objects.filter(record=exemplar, name="take")
    assert (sorted(met), decisions.count(), taken.count()) == (["WorkflowError", "done"], 1, 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_at_once_exactly_one_has_it() -> None:
    world = make_world()
    exemplar = world.exemplar(State.SUBMITTED)
    mine, theirs = copy_of(exemplar), copy_of(exemplar)
    met = race(lambda: do_step("take", mine, world.reviewer), lambda: do_step("take", theirs, world.colleague))
    winner = [world.reviewer, world.colleague][met.index("done")]
    assert (sorted(met), copy_of(exemplar).taken_by) == (["WorkflowError", "done"], winner)


@pytest.mark.django_db(transaction=True)
def test_withdrawing_and_taking_at_once_never_leave_a_taken_draft() -> None:
    world = make_world()
    exemplar = world.exemplar(State.SUBMITTED)
    mine, theirs = copy_of(exemplar), copy_of(exemplar)
    met = race(lambda: do_step("withdraw", mine, world.officer), lambda: do_step("take", theirs, world.reviewer))
    assert (sorted(met), copy_of(exemplar).state) == (
        ["WorkflowError", "done"],
        "draft" if met[0] == "done" else "in_review",
    )


@pytest.mark.django_db(transaction=True)
def test_sending_twice_at_once_makes_one_version() -> None:
    world = make_world()
    exemplar = world.exemplar(State.DRAFT)
    mine, theirs = copy_of(exemplar), copy_of(exemplar)
    met = race(lambda: do_step("submit", mine, world.officer), lambda: do_step("submit", theirs, world.officer))
    assert (sorted(met), exemplar.versions.count()) == (["WorkflowError", "done"], 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_once_one_is_asked_to_merge() -> None:
    world = make_world()
    exemplar = world.exemplar(State.DRAFT)
    mine, theirs = copy_of(exemplar), copy_of(exemplar)
    met = race(
        lambda: save(mine, world.officer, {"title": "Một"}), lambda: save(theirs, world.officer, {"summary": "Hai"})
    )
    assert sorted(met) == ["StaleVersion", "done"]
