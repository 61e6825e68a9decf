"""Every constraint of every model refuses what it is named for; a new one without a row here fails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction

from campaigns.models import (
    Joining,
    LegalBasis,
    Milestone,
    Movement,
    Programme,
    ReminderException,
    UnitGoal,
    UrgedUnit,
    Urging,
)
from core import clock
from core.audit.models import AuditHead
from models_registry.enums import State
from models_registry.models import (
    Achievement,
    Attachment,
    ChangeRequest,
    Confirmation,
    CriterionDoubt,
    EmulationExample,
    Exemplar,
    ExemplarVersion,
    ReviewComment,
    ReviewSettings,
    StockRemark,
)
from models_registry.services import promote_exemplar
from notifications.models import CalendarFeed, OutboxMessage, Preference, Reminder, ReminderSettings, Tick
from organizations.enums import Role
from organizations.models import AccountLetter, CalendarDay, RecoveryCode, RoleAssignment, Unit, User, UserSession
from tests.campaigns import task_breaks
from tests.campaigns.inspection_breaks import BREAKS as INSPECTION_BREAKS
from tests.campaigns.makers import publish, task_of
from tests.factories import (
    BlockMembershipFactory,
    CriterionFactory,
    EmulationBlockFactory,
    FieldFactory,
    MovementFactory,
    ProgrammeFactory,
    SubFieldFactory,
    UnitFactory,
    World,
    add_files,
)

OURS = ("organizations", "notifications", "campaigns", "models_registry", "reports", "showcase", "core")
Break = Callable[[World], Any]
LONG_PAST, ONE_HOUR = datetime(2020, 1, 1, tzinfo=clock.VIETNAM), timedelta(hours=1)
EARLIER, LATER = date(2022, 1, 1), date(2023, 1, 1)


def set_on(state: str, /, **values: Any) -> Break:
    """Write `values` over a record that the services brought to `state`."""

    def act(world: World) -> None:
        exemplar = world.exemplar(state)
        Exemplar.objects.filter(pk=exemplar.pk).update(**{n: v(world) if callable(v) else v for n, v in values.items()})

    return act


def again(row: models.Model, **values: Any) -> None:
    """Store the row a second time, changed only by `values`."""
    row.pk = None
    row._state.adding = True
    for name, value in values.items():
        setattr(row, name, value)
    row.save(force_insert=True)


def some_reminder(world: World) -> Reminder:
    return Reminder.objects.create(
        subject_type="test",
        subject_id=1,
        unit=world.commune_a,
        step="2023-06-15:-7",
        offset=-7,
        due=LATER,
        recipient=world.officer,
        channel="email",
        tier="owner",
        planned_for=EARLIER,
        planned_at=clock.now(),
    )


def set_on_reminder(**values: Any) -> Break:
    """Write `values` over a reminder that waits in no message."""

    def act(world: World) -> None:
        Reminder.objects.filter(pk=some_reminder(world).pk).update(**values)

    return act


def repeat_unit_code(world: World) -> None:
    UnitFactory(code=world.commune_a.code, valid_from=world.commune_a.valid_from)


def end_before_start(model: type[models.Model], first: str, last: str) -> Break:
    def act(world: World) -> None:
        maker = {Unit: UnitFactory, Programme: ProgrammeFactory, Movement: MovementFactory}.get(model)
        row = maker() if maker else model.objects.filter(user=world.officer).first()
        model.objects.filter(pk=row.pk).update(**{first: LATER, last: EARLIER})

    return act


def two_blocks_a_year(world: World) -> None:
    BlockMembershipFactory(unit=world.commune_a)
    BlockMembershipFactory(unit=world.commune_a)


def two_heads_a_year(world: World) -> None:
    first = BlockMembershipFactory(unit=world.commune_a, is_head=True)
    BlockMembershipFactory(unit=world.commune_b, block=first.block, is_head=True)


def two_deputies_in_a_place(world: World) -> None:
    first = BlockMembershipFactory(unit=world.commune_a, deputy_place=1)
    BlockMembershipFactory(unit=world.commune_b, block=first.block, deputy_place=1)


def repeat_role(world: World) -> None:
    again(RoleAssignment.objects.get(user=world.officer, role=Role.OFFICER))


def repeat_claim(world: World) -> None:
    again(world.exemplar().claims.get())


def repeat_achievement(world: World) -> None:
    again(world.exemplar().achievements.get())


def figure_without_measure(world: World) -> None:
    Achievement.objects.filter(exemplar=world.exemplar()).update(measure="")


def photo_without_size(world: World) -> None:
    photo, _document = add_files(world.exemplar(), world.officer)
    Attachment.objects.filter(pk=photo.pk).update(width=None)


def repeat_file(world: World) -> None:
    again(add_files(world.exemplar(), world.officer)[0])


def repeat_version(world: World) -> None:
    again(ExemplarVersion.objects.get(exemplar=world.exemplar(State.SUBMITTED)))


def repeat_remark(world: World) -> None:
    again(ReviewComment.objects.get(exemplar=world.exemplar(State.RETURNED)))


def empty_remark(world: World) -> None:
    ReviewComment.objects.filter(exemplar=world.exemplar(State.RETURNED)).update(text="")


def promote_twice(world: World) -> None:
    small = world.exemplar(State.RECOGNISED, category="new_factor")
    first = promote_exemplar(exemplar=small, by=world.officer, category="model")
    again(first)


def repeat_upload(world: World) -> None:
    photo, document = add_files(world.exemplar(), world.officer)
    Attachment.objects.filter(pk__in=[photo.pk, document.pk]).update(upload_key="2b1f")


def answer_without_person(world: World) -> None:
    ReviewComment.objects.filter(exemplar=world.exemplar(State.RETURNED)).update(answer="Đã sửa.")


def some_doubt(world: World) -> CriterionDoubt:
    exemplar = world.exemplar(State.SUBMITTED)
    return CriterionDoubt.objects.create(
        exemplar=exemplar, criterion=CriterionFactory(), version=1, author=world.reviewer, made_at=clock.now()
    )


def some_confirmation(world: World) -> Confirmation:
    return Confirmation.objects.create(
        exemplar=world.exemplar(),
        asked_of=world.commune_a,
        asked_by=world.officer,
        asked_at=clock.now(),
        content_mark="0" * 64,
    )


def some_request(world: World) -> ChangeRequest:
    return ChangeRequest.objects.create(
        exemplar=world.exemplar(State.RECOGNISED),
        reason="Sai năm sinh.",
        posted="birth=1976",
        base=1,
        asked_by=world.officer,
        asked_at=clock.now(),
    )


def some_message(world: World) -> OutboxMessage:
    world.exemplar(State.SUBMITTED)
    return OutboxMessage.objects.first()


def some_preference(world: World) -> Preference:
    return Preference.objects.create(user=world.officer, kind="news", rhythm="weekly")


def set_on_message(**values: Any) -> Break:
    return lambda world: OutboxMessage.objects.filter(pk=some_message(world).pk).update(**values)


def some_letter(world: World) -> AccountLetter:
    now = clock.wall_now()
    return AccountLetter.objects.create(
        user=world.officer, purpose="reset", address="a@thidua.example", created_at=now, expires_at=now + ONE_HOUR
    )


def set_on_letter(**values: Any) -> Break:
    return lambda world: AccountLetter.objects.filter(pk=some_letter(world).pk).update(**values)


def repeat_session(world: World) -> None:
    row = {"key_hash": "0" * 64, "created_at": clock.wall_now(), "device": "Chrome", "address": "10.0.0.1"}
    for person in (world.officer, world.reviewer):
        UserSession.objects.create(user=person, **row)


def repeat_locator(world: World) -> None:
    for code_hash in ("a", "b"):
        RecoveryCode.objects.create(user=world.officer, locator="ABC", code_hash=code_hash, created_at=clock.wall_now())


def calendar_day(**values: Any) -> Break:
    return lambda world: CalendarDay.objects.create(
        **{"date": EARLIER, "kind": "holiday", "name": "Tết Dương lịch", **values}
    )


def set_on_movement(**values: Any) -> Break:
    """Write `values` over a running movement of the district."""

    def act(world: World) -> None:
        movement = MovementFactory(unit=world.district, is_reference=False, launched_on=EARLIER)
        found = {name: movement.pk if value == "itself" else value for name, value in values.items()}
        Movement.objects.filter(pk=movement.pk).update(**found)

    return act


def some_joining(world: World) -> Joining:
    return Joining.objects.create(
        movement=MovementFactory(), unit=world.commune_a, joined_on=LATER, joined_by=world.officer
    )


def set_on_joining(**values: Any) -> Break:
    return lambda world: Joining.objects.filter(pk=some_joining(world).pk).update(**values)


def repeat_example(world: World) -> None:
    exemplar = world.exemplar(State.RECOGNISED)
    example = EmulationExample(
        movement=MovementFactory(), exemplar=exemplar, added_by=world.interior_head, added_at=clock.now()
    )
    example.save()
    again(example)


def some_milestone(world: World) -> Milestone:
    return publish(world, unit_kinds=["commune"])


def set_on_milestone(**values: Any) -> Break:
    return lambda world: Milestone.objects.filter(pk=some_milestone(world).pk).update(**values)


def set_on_programme(**values: Any) -> Break:
    return lambda world: Programme.objects.filter(pk=ProgrammeFactory(unit=world.district).pk).update(
        **{name: value(world) if callable(value) else value for name, value in values.items()}
    )


def some_exception(world: World) -> ReminderException:
    return ReminderException.objects.create(
        milestone=some_milestone(world),
        unit=world.commune_a,
        reason="Mới thành lập.",
        made_by=world.interior_head,
        made_at=clock.now(),
    )


def some_goal(world: World) -> UnitGoal:
    return UnitGoal.objects.create(programme=ProgrammeFactory(unit=world.district), unit=world.commune_a, exemplars=3)


def basis_out_of_order(world: World) -> None:
    LegalBasis.objects.create(
        number="1/CT", title="Chỉ thị", issuer="UBND", issued_on=EARLIER, in_force_from=LATER, in_force_to=EARLIER
    )


def some_urging(world: World, text: str = "Đề nghị nộp.") -> Urging:
    return Urging.objects.create(
        milestone=some_milestone(world), text=text, made_by=world.reviewer, made_at=clock.now()
    )


def urge_twice_a_day(world: World) -> None:
    urging = some_urging(world)
    task = task_of(urging.milestone, world.commune_a)
    row = {"urging": urging, "task": task, "unit": world.commune_a, "due": task.due, "urged_on": LATER}
    again(UrgedUnit.objects.create(**row))


BREAKS: dict[str, list[Break]] = {
    "movement_state_known": [set_on_movement(state="begun")],
    "movement_is_not_its_own_parent": [set_on_movement(parent="itself")],
    "launched_movement_has_day": [set_on_movement(launched_on=None), set_on_movement(state="prepared")],
    "ended_movement_has_day_and_summary": [
        set_on_movement(state="ended", summary="Đạt."),
        set_on_movement(state="ended", ended_on=LATER),
        set_on_movement(ended_on=LATER, summary="Đạt."),
    ],
    "launched_movement_has_unit": [set_on_movement(unit=None)],
    "edited_movement_has_person_and_time": [set_on_movement(edited_at=LONG_PAST)],
    "unit_joins_a_movement_once": [lambda world: again(some_joining(world))],
    "unit_leaves_with_day_person_and_reason": [
        set_on_joining(left_on=LATER),
        set_on_joining(left_reason="Đổi kế hoạch."),
        set_on_joining(left_on=LATER, left_reason="Đổi kế hoạch."),
    ],
    "example_once_a_movement": [repeat_example],
    "calendar_day_has_name": [calendar_day(name="")],
    "edited_calendar_day_has_person_and_time": [calendar_day(edited_at=LONG_PAST)],
    "dropped_calendar_day_has_person": [calendar_day(is_dropped=True)],
    "letter_expires_after_creation": [set_on_letter(expires_at=LONG_PAST)],
    "letter_used_or_cancelled": [set_on_letter(used_at=clock.wall_now(), cancelled_at=clock.wall_now())],
    "email_of_one_account": [lambda world: again(world.officer, username="khac", email=world.officer.email.upper())],
    "wrong_address_since_a_day": [
        lambda world: User.objects.filter(pk=world.officer.pk).update(address_fault="returned"),
        lambda world: User.objects.filter(pk=world.officer.pk).update(address_fault_at=clock.wall_now()),
    ],
    "recovery_code_found_once": [repeat_locator],
    "unit_code_once_per_validity": [repeat_unit_code],
    "unit_validity_ends_after_start": [end_before_start(Unit, "valid_from", "valid_to")],
    "unit_in_one_block_a_year": [two_blocks_a_year],
    "one_block_head_a_year": [two_heads_a_year],
    "one_deputy_a_place": [two_deputies_in_a_place],
    "two_deputies_at_most": [lambda world: BlockMembershipFactory(unit=world.commune_a, deputy_place=3)],
    "head_is_no_deputy": [lambda world: BlockMembershipFactory(unit=world.commune_a, is_head=True, deputy_place=1)],
    "block_ends_after_it_begins": [lambda world: EmulationBlockFactory(first_year=2023, last_year=2022)],
    "role_once_per_scope": [repeat_role],
    "role_validity_ends_after_start": [end_before_start(RoleAssignment, "valid_from", "valid_to")],
    "programme_ends_after_start": [end_before_start(Programme, "starts", "ends")],
    "closed_programme_has_summary": [
        set_on_programme(closed_at=clock.now(), closed_by=lambda world: world.interior_head),
        set_on_programme(closed_at=clock.now(), summary="Đã xong."),
    ],
    "one_goal_a_unit": [lambda world: again(some_goal(world))],
    "basis_in_force_ends_after_start": [basis_out_of_order],
    "milestone_code_once": [lambda world: again(some_milestone(world))],
    "milestone_opens_due_closes": [
        set_on_milestone(due=date(2023, 5, 31)),
        set_on_milestone(closes=date(2023, 6, 14)),
    ],
    "published_milestone_has_publisher": [set_on_milestone(published_by=None), set_on_milestone(published_at=None)],
    "milestone_of_block_names_it": [set_on_milestone(addressing="block")],
    "one_exception_a_unit": [lambda world: again(some_exception(world))],
    "exception_has_reason": [
        lambda world: ReminderException.objects.filter(pk=some_exception(world).pk).update(reason="")
    ],
    "urging_has_text": [lambda world: some_urging(world, text="")],
    "one_urging_a_day": [urge_twice_a_day],
    "movement_ends_after_start": [end_before_start(Movement, "starts", "ends")],
    "sub_field_once": [lambda world: again(SubFieldFactory())],
    "exemplar_has_a_name": [set_on("draft", full_name="")],
    "exemplar_state_known": [set_on("submitted", state="approved")],
    "sent_has_sender_and_time": [set_on("submitted", submitted_at=None), set_on("submitted", submitted_by=None)],
    "in_review_has_reviewer": [set_on("in_review", taken_at=None), set_on("in_review", taken_by=None)],
    "returned_has_due_date": [set_on("returned", return_due=None)],
    "recognised_has_decision_and_answers": [
        set_on(state, **values)
        for state in ("recognised", "revoked", "ended")
        for values in (
            {"decided_at": None},
            {"decided_by": None},
            {"recognised_on": None},
            {"is_representative": False},
            {"fits_unit": None},
            {"is_replicable": False},
        )
    ],
    "rejected_has_decision_and_reason": [
        set_on("rejected", rejection_reason=""),
        set_on("rejected", decided_at=None),
        set_on("rejected", decided_by=None),
    ],
    "revoked_has_reason_and_paper": [
        set_on("revoked", revoked_on=None),
        set_on("revoked", revocation_reason=""),
        set_on("revoked", revocation_paper=""),
    ],
    "ended_has_date_and_reason": [set_on("ended", ended_on=None), set_on("ended", end_reason="")],
    "nobody_decides_what_they_registered": [set_on("recognised", decided_by=lambda world: world.officer)],
    "hold_has_date_reason_and_person": [
        set_on("draft", hold_since=EARLIER),
        set_on("draft", hold_reason="Đang có đơn thư."),
        set_on("draft", hold_since=EARLIER, hold_reason="Đang có đơn thư."),
        set_on("draft", hold_by=lambda world: world.reviewer),
    ],
    "waiting_has_promised_date": [set_on("submitted", review_due=None), set_on("in_review", review_due=None)],
    "only_drafts_are_discarded": [
        set_on("draft", discarded_at=clock.now()),
        set_on("submitted", discarded_at=clock.now(), discarded_by=lambda world: world.officer),
    ],
    "promoted_once": [promote_twice],
    "one_file_an_upload": [repeat_upload],
    "answer_has_person_and_time": [answer_without_person],
    "one_doubt_a_criterion_and_version": [lambda world: again(some_doubt(world))],
    "one_open_confirmation_a_unit": [lambda world: again(some_confirmation(world))],
    "answered_confirmation_has_person": [lambda world: again(some_confirmation(world), state="granted")],
    "one_open_change_request": [lambda world: again(some_request(world))],
    "change_request_has_reason": [lambda world: again(some_request(world), state="withdrawn", reason="")],
    "decided_change_request_has_person": [lambda world: again(some_request(world), state="refused")],
    "nobody_decides_on_their_own_request": [
        lambda world: again(some_request(world), state="refused", decided_by=world.officer, decided_at=clock.now())
    ],
    "review_days_within_bounds": [
        lambda world: ReviewSettings.objects.create(office=world.district, review_days=0, sudden_days=0),
        lambda world: ReviewSettings.objects.create(office=world.district, review_days=61),
    ],
    "sudden_is_no_slower": [
        lambda world: ReviewSettings.objects.create(office=world.district, review_days=5, sudden_days=6)
    ],
    "stock_remark_once": [
        lambda world: again(StockRemark.objects.create(office=world.district, text="Nêu rõ số liệu."))
    ],
    "consent_has_date": [set_on("draft", consent_publish=True, consent_on=None)],
    "one_claim_a_criterion": [repeat_claim],
    "one_achievement_a_line": [repeat_achievement],
    "figure_has_measure": [figure_without_measure],
    "photo_has_measures": [photo_without_size],
    "same_file_once_a_record": [repeat_file],
    "one_version_a_number": [repeat_version],
    "one_remark_a_field_and_return": [repeat_remark],
    "remark_has_text": [empty_remark],
    "one_audit_head": [lambda world: AuditHead.objects.create(pk=2, digest="0" * 64)],
    "one_message_a_step": [lambda world: again(some_message(world))],
    "sent_message_has_time": [set_on_message(status="sent", sent_at=None)],
    "one_reminder_a_step": [lambda world: again(some_reminder(world))],
    "unsent_reminder_has_reason": [
        set_on_reminder(state="skipped"),
        lambda world: set_on_reminder(state="failed", message=some_message(world))(world),
    ],
    "told_reminder_has_message": [set_on_reminder(state="sent"), set_on_reminder(state="failed", reason="550")],
    "one_row_of_reminder_settings": [lambda world: ReminderSettings.objects.create(pk=2)],
    "reminders_leave_outside_quiet_hours": [
        lambda world: ReminderSettings.objects.create(pk=1, digest_at=time(6, 29)),
        lambda world: ReminderSettings.objects.create(pk=1, digest_at=time(18, 0)),
    ],
    "one_row_of_tick": [lambda world: Tick.objects.create(pk=2)],
    "claimed_message_has_claim": [set_on_message(status="claimed", claimed_at=None, claim=None)],
    "waiting_message_has_day": [set_on_message(status="waiting", gather_from=None)],
    "one_rhythm_a_kind": [lambda world: again(some_preference(world))],
    "duties_are_not_muted": [lambda world: again(some_preference(world), kind="duty")],
    **task_breaks.BREAKS,
}
BREAKS |= INSPECTION_BREAKS
ROWS = [pytest.param(act, id=f"{name}-{n}") for name, acts in BREAKS.items() for n, act in enumerate(acts)]


@pytest.mark.parametrize("act", ROWS)
def test_the_database_refuses_what_a_constraint_forbids(world: World, act: Break, request: Any) -> None:
    # The preparation of a break cannot fail by itself: the services and factories of it are used all over the tests.
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        act(world)
    assert names_constraint(str(caught.value), request.node.callspec.id.rpartition("-")[0])


def names_constraint(message: str, name: str) -> bool:
    """Whether the database blames the constraint; SQLite names the columns of a unique one instead of its name."""
    return name in message or "UNIQUE constraint failed" in message


def test_every_constraint_has_a_row_here() -> None:
    found = {c.name for model in apps.get_models() if model._meta.app_label in OURS for c in model._meta.constraints}
    assert found - {"unit_depth", "unit_numchild"} == set(BREAKS)


UNIQUE = {
    "organizations.CalendarDay.date": lambda: [
        CalendarDay.objects.create(date=EARLIER, kind="holiday", name="Nghỉ") for _turn in range(2)
    ],
    "organizations.EmulationBlock.code": lambda: again(BlockMembershipFactory().block),
    "campaigns.Programme.code": lambda: again(ProgrammeFactory()),
    "campaigns.LegalBasis.number": lambda: again(
        LegalBasis.objects.create(number="34-CT/TW", title="Chỉ thị", issuer="Bộ Chính trị", issued_on=EARLIER)
    ),
    "campaigns.Movement.code": lambda: again(MovementFactory()),
    "models_registry.Field.code": lambda: again(FieldFactory()),
    "models_registry.Criterion.code": lambda: again(CriterionFactory()),
}


@pytest.mark.parametrize("act", UNIQUE.values(), ids=UNIQUE)
@pytest.mark.django_db
def test_a_code_stands_for_one_row(act: Callable[[], None]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        act()


def test_a_token_and_a_person_have_one_calendar(world: World) -> None:
    feed = CalendarFeed.objects.create(user=world.officer, token_hash="0" * 64, created_at=clock.wall_now())
    for changed in ({"token_hash": "1" * 64}, {"token_hash": "0" * 64, "user": world.reviewer}):
        with pytest.raises(IntegrityError), transaction.atomic():
            again(feed, **changed)


def test_a_user_name_stands_for_one_person(world: World) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        again(world.officer)


def test_the_same_file_may_come_back_after_it_was_taken_away(world: World) -> None:
    exemplar = world.exemplar()
    photo, _document = add_files(exemplar, world.officer)
    Attachment.objects.filter(pk=photo.pk).update(removed_at=clock.now())
    again(photo, removed_at=None)
    assert Attachment.objects.filter(exemplar=exemplar, sha256=photo.sha256).count() == 2


def test_a_unit_code_may_be_given_again_from_another_day(world: World) -> None:
    UnitFactory(code=world.commune_a.code, valid_from=date(2025, 7, 1))
    assert Unit.objects.filter(code=world.commune_a.code).count() == 2


def test_people_and_log_rows_never_go_with_another_row() -> None:
    """Only the parts of a record's own content go with it; all other references protect."""
    cascading = {
        f"{model.__name__}.{f.name}"
        for model in apps.get_models()
        if model._meta.app_label in OURS and not model._meta.proxy  # a proxy has no table of its own
        for f in model._meta.fields
        if f.remote_field and f.remote_field.on_delete is models.CASCADE
    }
    assert cascading == {
        f"{part}.exemplar" for part in ("CriterionClaim", "Achievement", "ExemplarSearch", "SubjectName")
    }
