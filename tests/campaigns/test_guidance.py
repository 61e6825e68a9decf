from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.guidance_enums import GuidanceAddressing, GuidanceKind, GuidanceState, QuestionState
from campaigns.guidance_workflow import GUIDANCE_WORKFLOW
from campaigns.inspection_desk import inspection_items
from campaigns.models import Enclosure, Guidance, GuidanceUnit, Question, ReadReceipt
from campaigns.selectors.guidance import guidance_for, readers_of, unread_among
from campaigns.services import close_programme, hand_over, publish_milestone
from campaigns.services.enclosures import remove_enclosure
from campaigns.services.guidance import (
    answer_question,
    ask_question,
    begin_replacement,
    confirm_reading,
    publish_guidance,
    remind_unread,
    save_guidance,
    withdraw_guidance,
)
from core import clock
from core.audit import verify
from core.workflow import WorkflowError
from notifications.delivery import is_owed
from notifications.models import OutboxMessage
from organizations.enums import Role, UnitKind
from tests.campaigns.inspection_makers import JUNE_5, make_guidance, make_question, paper_for, programme_of
from tests.campaigns.makers import publish, task_of
from tests.factories import UnitFactory, UserFactory, World

pytestmark = pytest.mark.django_db
PEOPLE = ("officer", "unit_leader", "reviewer", "interior_head", "council_member", "leader", "clerk", "editor")
PEOPLE += ("nobody", "other_officer", "other_reviewer", "administrator")
OFFICE = {"reviewer", "interior_head"}
INSIDERS = OFFICE | {"council_member", "leader"}


@pytest.fixture(autouse=True)
def _june(stand_on: Callable[[datetime.date], None]) -> None:
    stand_on(JUNE_5)


def seen(guidance: Guidance, world: World) -> set[str]:
    return {who for who in PEOPLE if Guidance.objects.visible_to(world.people[who]).filter(pk=guidance.pk).exists()}


def told(kind: str, step: str) -> list[str]:
    rows = OutboxMessage.objects.filter(subject_type=kind, step__startswith=step, channel="in_app")
    return sorted(rows.values_list("recipient__username", flat=True))


def titles(world: World, who: str) -> list[str]:
    return [item.title for item in inspection_items(world.people[who])]


@pytest.mark.parametrize(
    ("state", "who"),
    [
        ("draft", OFFICE),
        ("published", INSIDERS | {"officer", "unit_leader"}),
        ("replaced", INSIDERS | {"officer", "unit_leader"}),
        ("withdrawn", INSIDERS | {"officer", "unit_leader"}),
    ],
)
def test_each_state_is_read_by_exactly_these(world: World, state: str, who: set[str]) -> None:
    assert seen(make_guidance(world, state), world) == who


def test_a_draft_that_was_dropped_never_reaches_a_unit(world: World) -> None:
    guidance = make_guidance(world, "draft")
    withdraw_guidance(guidance=guidance, by=world.reviewer, reason="Không cần nữa.")
    assert seen(guidance, world) == OFFICE


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"addressing": GuidanceAddressing.ALL}, ["Phòng Nội vụ", "Xã Bình An", "Xã Đồng Thạnh"]),
        (
            {"addressing": GuidanceAddressing.KINDS, "unit_kinds": [UnitKind.COMMUNE]},
            ["Xã Bình An", "Xã Đồng Thạnh"],
        ),
        ({"addressing": GuidanceAddressing.CHOSEN}, ["Xã Bình An"]),
    ],
)
def test_publishing_makes_one_row_for_each_addressed_unit(world: World, fields: dict, names: list[str]) -> None:
    guidance = make_guidance(world, **fields)
    rows = GuidanceUnit.objects.filter(guidance=guidance).values_list("unit__name", flat=True)
    assert sorted(rows) == names


def test_a_unit_that_ended_is_not_addressed(world: World) -> None:
    world.commune_b.valid_to = JUNE_5 - datetime.timedelta(days=1)
    world.commune_b.save()
    guidance = make_guidance(world, addressing=GuidanceAddressing.KINDS, unit_kinds=[UnitKind.COMMUNE])
    assert guidance.addressed.get().unit == world.commune_a


def test_a_guidance_for_nobody_stays_a_draft(world: World) -> None:
    guidance = make_guidance(world, "draft", addressing=GuidanceAddressing.KINDS, unit_kinds=[UnitKind.SCHOOL])
    with pytest.raises(WorkflowError, match="Chưa có đơn vị nào"):
        publish_guidance(guidance=guidance, by=world.reviewer)
    guidance.refresh_from_db()
    assert guidance.state == GuidanceState.DRAFT


def test_a_published_guidance_is_not_changed(world: World) -> None:
    guidance = make_guidance(world)
    with pytest.raises(WorkflowError, match="Lập bản thay thế"):
        save_guidance(guidance=guidance, by=world.reviewer, fields={"text": "Khác"})
    with pytest.raises(WorkflowError, match="Lập bản thay thế"):
        paper_for(guidance, world.reviewer)


def test_the_cost_of_publishing_does_not_grow_with_the_units(world: World) -> None:
    def cost() -> int:
        guidance = make_guidance(world, "draft", units=[])
        with CaptureQueriesContext(connection) as queries:
            publish_guidance(guidance=guidance, by=world.reviewer)
        return len(queries)

    few = cost()
    for number in range(10):
        unit = UnitFactory(parent=world.district, name=f"Xã thứ {number}")
        UserFactory(home_unit=unit, roles=[(Role.OFFICER, unit)])
    assert cost() == few


def test_a_newer_one_replaces_the_old_when_it_is_published(world: World) -> None:
    old = make_guidance(world)
    new = begin_replacement(guidance=old, by=world.reviewer)
    assert begin_replacement(guidance=old, by=world.interior_head) == new
    assert (new.title, new.state, list(new.chosen_units.all())) == (old.title, "draft", [world.commune_a])
    old.refresh_from_db()
    assert old.state == GuidanceState.PUBLISHED
    publish_guidance(guidance=new, by=world.interior_head)
    old.refresh_from_db()
    assert (old.state, list(Guidance.objects.standing())) == (GuidanceState.REPLACED, [new])


def test_a_unit_that_the_newer_one_leaves_out_hears_that_the_old_one_stands_no_more(world: World) -> None:
    old = make_guidance(world, units=[world.commune_a, world.commune_b])
    new = begin_replacement(guidance=old, by=world.reviewer)
    new.chosen_units.set([world.commune_a])
    publish_guidance(guidance=new, by=world.reviewer)
    told = OutboxMessage.objects.filter(subject_type="guidance", subject_id=old.pk, step="replace")
    names = {message.recipient.username for message in told}
    assert names == {"other_officer", "other_unit_leader"}
    assert {(is_owed(message), message.kind, message.path) for message in told} == {
        (True, "news", old.get_absolute_url())
    }


def test_nobody_is_told_twice_of_a_newer_one_for_the_same_units(world: World) -> None:
    old = make_guidance(world)
    publish_guidance(guidance=begin_replacement(guidance=old, by=world.reviewer), by=world.reviewer)
    assert not OutboxMessage.objects.filter(subject_type="guidance", step="replace").exists()


CELLS = {("draft", "publish"), ("draft", "withdraw"), ("published", "withdraw"), ("published", "replace")}


@pytest.mark.parametrize("step", [t.name for t in GUIDANCE_WORKFLOW.transitions])
@pytest.mark.parametrize("state", GuidanceState.values)
def test_every_cell_of_the_table(world: World, state: str, step: str) -> None:
    guidance = make_guidance(world, state)
    decision = GUIDANCE_WORKFLOW.check(step, guidance, world.reviewer)
    assert bool(decision) is ((state, step) in CELLS)
    allowed = {who for who in PEOPLE if GUIDANCE_WORKFLOW.check(step, guidance, world.people[who])}
    assert allowed == (OFFICE if (state, step) in CELLS else set())


# Receipts


def test_a_receipt_names_person_unit_and_time_and_stands_once(world: World) -> None:
    guidance = make_guidance(world, units=[world.commune_a, world.commune_b])
    assert [row.read_at for row in readers_of(guidance)] == [None, None]
    for _again in range(2):
        assert confirm_reading(guidance=guidance, by=world.officer) == 1
    receipt = ReadReceipt.objects.get()
    assert (receipt.user, receipt.unit) == (world.officer, world.commune_a)
    assert receipt.read_at.astimezone(clock.VIETNAM).date() == JUNE_5
    assert [(row.unit, row.who) for row in readers_of(guidance)] == [
        ("Xã Đồng Thạnh", ""),
        ("Xã Bình An", world.officer.full_name),
    ]


@pytest.mark.parametrize("who", ["other_officer", "reviewer", "leader", "nobody"])
def test_nobody_confirms_for_a_unit_that_is_not_theirs(world: World, who: str) -> None:
    guidance = make_guidance(world)
    with pytest.raises(WorkflowError, match="không gửi cho đơn vị"):
        confirm_reading(guidance=guidance, by=world.people[who])


def test_what_is_unread_stands_on_the_desk_of_the_officer_until_it_is_read(world: World) -> None:
    guidance = make_guidance(world)
    assert titles(world, "officer") == ["Đọc hướng dẫn “Hướng dẫn báo cáo sơ kết”"]
    assert titles(world, "other_officer") == titles(world, "unit_leader") == []
    assert unread_among([guidance], world.officer) == {guidance.pk}
    confirm_reading(guidance=guidance, by=world.unit_leader)
    assert titles(world, "officer") == []


def test_reminding_reaches_those_who_have_not_read_once_a_day(
    world: World, stand_on: Callable[[datetime.date], None]
) -> None:
    guidance = make_guidance(world, units=[world.commune_a, world.commune_b])
    assert told("guidance", "publish") == ["officer", "other_officer", "other_unit_leader", "unit_leader"]
    confirm_reading(guidance=guidance, by=world.officer)
    assert remind_unread(guidance=guidance, by=world.reviewer) == (1, 0)
    assert told("guidance", "remind") == ["other_officer", "other_unit_leader"]
    with pytest.raises(WorkflowError, match="Hôm nay đã nhắc"):
        remind_unread(guidance=guidance, by=world.interior_head)
    mail = OutboxMessage.objects.get(
        recipient=world.people["other_officer"], step__startswith="remind", channel="email"
    )
    assert is_owed(mail) is True
    stand_on(JUNE_5 + datetime.timedelta(days=1))
    confirm_reading(guidance=guidance, by=world.people["other_officer"])
    assert is_owed(mail) is False
    with pytest.raises(WorkflowError, match="Tất cả đơn vị đã đọc"):
        remind_unread(guidance=guidance, by=world.reviewer)


def test_units_without_an_account_are_counted_apart(world: World) -> None:
    empty = UnitFactory(parent=world.district, name="Xã chưa có tài khoản")
    guidance = make_guidance(world, units=[world.commune_a, empty])
    assert remind_unread(guidance=guidance, by=world.reviewer) == (1, 1)
    assert [(row.unit, row.has_people) for row in readers_of(guidance)] == [
        (world.commune_a.short_name, True),
        (empty.short_name, False),
    ]
    alone = make_guidance(world, units=[empty])
    with pytest.raises(WorkflowError, match="chưa có tài khoản"):
        remind_unread(guidance=alone, by=world.reviewer)


def test_units_are_told_that_a_guidance_is_withdrawn_and_nobody_of_a_draft(world: World) -> None:
    guidance = make_guidance(world)
    withdraw_guidance(guidance=guidance, by=world.reviewer, reason="Có sai sót.")
    assert told("guidance", "withdraw") == ["officer", "unit_leader"]
    mail = OutboxMessage.objects.get(recipient=world.officer, step="withdraw", channel="email")
    assert (mail.title, is_owed(mail)) == (f"Thu hồi hướng dẫn: {guidance.title}", True)
    assert "Có sai sót." in mail.body
    assert not is_owed(OutboxMessage.objects.get(recipient=world.officer, step="publish", channel="email"))
    draft = make_guidance(world, "draft")
    withdraw_guidance(guidance=draft, by=world.reviewer, reason="Không cần nữa.")
    assert not OutboxMessage.objects.filter(subject_id=draft.pk, step="withdraw").exists()


def test_a_newer_one_begins_with_the_files_of_the_old_and_takes_none_away(
    world: World, settings, tmp_path, django_capture_on_commit_callbacks
) -> None:
    settings.MEDIA_ROOT = tmp_path
    old = make_guidance(world, "draft")
    paper = paper_for(old, world.reviewer)
    publish_guidance(guidance=old, by=world.reviewer)
    new = begin_replacement(guidance=old, by=world.reviewer)
    copy = new.enclosures.get()
    assert (copy.original_name, copy.file.name, copy.sent_at) == (paper.original_name, paper.file.name, None)
    with django_capture_on_commit_callbacks(execute=True):
        remove_enclosure(enclosure=copy, by=world.reviewer)
    assert (new.enclosures.count(), default_storage.exists(paper.file.name)) == (0, True)
    publish_guidance(guidance=new, by=world.reviewer)
    assert "Thay cho hướng dẫn" in OutboxMessage.objects.filter(subject_id=new.pk, step="publish")[0].body


@pytest.mark.parametrize("who", ["officer", "leader", "other_reviewer"])
def test_only_the_own_office_reminds(world: World, who: str) -> None:
    with pytest.raises(WorkflowError, match="Phòng Nội vụ"):
        remind_unread(guidance=make_guidance(world), by=world.people[who])


# Search and milestones


@pytest.mark.parametrize(("words", "found"), [("so ket", 1), ("de cuong", 1), ("SƠ KẾT 15/6", 1), ("tổng kết", 0)])
def test_words_are_found_without_marks(world: World, words: str, found: int) -> None:
    make_guidance(world)
    assert Guidance.objects.matching(words).count() == found


def test_guidance_on_a_milestone_is_what_stands_and_the_person_reads(world: World) -> None:
    milestone = publish(world, programme=programme_of(world))
    guidance = make_guidance(world, milestone=milestone)
    make_guidance(world, "withdrawn", milestone=milestone)
    make_guidance(world, "draft", milestone=milestone)
    make_guidance(world)
    found = {who: guidance_for(milestone, world.people[who]) for who in ("officer", "other_officer", "leader")}
    assert found == {"officer": [guidance], "other_officer": [], "leader": [guidance]}


# Questions


def test_a_question_reaches_the_office_and_its_answer_the_unit(world: World) -> None:
    question = make_question(world)
    assert told("question", "ask") == ["colleague", "interior_head", "reviewer"]
    assert titles(world, "reviewer") == ["Trả lời câu hỏi của xã Bình An"]
    answer_question(question=question, by=world.reviewer, answer="Đếm nơi đã làm theo.")
    assert told("question", "answer") == ["officer", "unit_leader"]
    question.refresh_from_db()
    assert (question.state, question.answered_by) == (QuestionState.ANSWERED, world.reviewer)
    with pytest.raises(WorkflowError):
        answer_question(question=question, by=world.reviewer, answer="Lần nữa.")


def test_questions_are_read_by_their_unit_and_the_scope(world: World) -> None:
    make_question(world)
    reads = {who for who in PEOPLE if Question.objects.visible_to(world.people[who]).exists()}
    assert reads == INSIDERS | {"officer", "unit_leader"}


@pytest.mark.parametrize("who", ["officer", "leader", "council_member", "other_reviewer"])
def test_only_the_office_answers(world: World, who: str) -> None:
    with pytest.raises(WorkflowError, match="không thuộc vai trò"):
        answer_question(question=make_question(world), by=world.people[who], answer="Có.")


@pytest.mark.parametrize("who", ["other_officer", "reviewer", "nobody"])
def test_nobody_asks_for_a_unit_that_is_not_theirs(world: World, who: str) -> None:
    guidance = make_guidance(world)
    with pytest.raises(WorkflowError, match="đơn vị mình"):
        ask_question(by=world.people[who], unit=world.commune_a, text="Hỏi?", guidance=guidance)


def test_an_answer_may_be_published_to_all_without_the_name_of_who_asked(world: World) -> None:
    milestone = publish(world, programme=programme_of(world))
    question = ask_question(by=world.officer, unit=world.commune_a, text="Đếm thế nào?", milestone=milestone)
    answer = answer_question(question=question, by=world.reviewer, answer="Đếm nơi làm theo.", publish_as="Cách đếm")
    assert answer is not None
    assert (answer.kind, answer.title, answer.milestone) == (GuidanceKind.ANSWER, "Cách đếm", milestone)
    assert answer.text == "Hỏi: Đếm thế nào?\n\nTrả lời: Đếm nơi làm theo."
    assert answer.addressed.count() == 3
    question.refresh_from_db()
    assert question.published_as == answer


def test_the_log_of_steps_agrees_with_the_chain(world: World) -> None:
    make_guidance(world, "replaced")
    guidance = make_guidance(world, units=[world.commune_a])
    remind_unread(guidance=guidance, by=world.reviewer)
    make_question(world, answered=True)
    report = verify()
    assert report.is_whole, report


def test_files_of_a_guidance_open_for_its_readers(world: World) -> None:
    guidance = make_guidance(world, "draft")
    paper = paper_for(guidance, world.reviewer)
    assert {w for w in PEOPLE if Enclosure.objects.visible_to(world.people[w]).exists()} == OFFICE
    publish_guidance(guidance=guidance, by=world.reviewer)
    found = {w for w in PEOPLE if Enclosure.objects.visible_to(world.people[w]).filter(pk=paper.pk).exists()}
    assert found == INSIDERS | {"officer", "unit_leader"}


# A closed programme, and units that are given a task later


def close(world: World) -> None:
    close_programme(programme=programme_of(world), by=world.interior_head, summary="Xong.", reason="Hết giai đoạn.")


def test_nothing_new_is_told_for_a_closed_programme(world: World, browse: Callable[[str], Client]) -> None:
    draft, standing = make_guidance(world, "draft"), make_guidance(world)
    question = make_question(world, guidance=standing)
    close(world)
    draft, standing = (Guidance.objects.get(pk=row.pk) for row in (draft, standing))
    for act in (
        lambda: save_guidance(guidance=draft, by=world.reviewer, fields={"title": "Khác"}),
        lambda: publish_guidance(guidance=draft, by=world.reviewer),
        lambda: begin_replacement(guidance=standing, by=world.reviewer),
        lambda: remind_unread(guidance=standing, by=world.reviewer),
        lambda: answer_question(
            question=Question.objects.get(pk=question.pk), by=world.reviewer, answer="Có.", publish_as="Hỏi đáp"
        ),
    ):
        with pytest.raises(WorkflowError, match="Chương trình đã đóng"):
            act()
    question.refresh_from_db()
    assert (Guidance.objects.count(), question.answered_at) == (2, None)
    client = browse("reviewer")
    page = client.get(draft.get_absolute_url()).content.decode()
    offered = [f"/huong-dan/{draft.pk}/{tail}" in page for tail in ("ban-hanh/", "sua/", "thu-hoi/")]
    assert (offered, "chỉ xem hoặc thu hồi" in page) == ([False, False, True], True)
    assert "nhac/" not in client.get(reverse("campaigns:guidance_readers", args=[standing.pk])).content.decode()
    edit = client.get(reverse("campaigns:guidance_edit", args=[draft.pk]), follow=True)
    assert "Chương trình đã đóng" in edit.content.decode()
    # A mistake can still be taken out of force, a unit still gets its answer.
    withdraw_guidance(guidance=standing, by=world.reviewer, reason="Có sai sót.")
    answer_question(question=Question.objects.get(pk=question.pk), by=world.reviewer, answer="Có.")


def readers(guidance: Guidance) -> list[str]:
    return sorted(guidance.addressed.values_list("unit__name", flat=True))


def test_a_unit_that_is_given_the_task_later_reads_its_guidance(world: World) -> None:
    milestone = publish(world, programme=programme_of(world))
    of_all = make_guidance(world, units=[], milestone=milestone)
    of_communes = {"addressing": GuidanceAddressing.KINDS, "unit_kinds": [UnitKind.COMMUNE.value]}
    by_kind = make_guidance(world, units=[], milestone=milestone, **of_communes)
    chosen = make_guidance(world, milestone=milestone)
    general = make_guidance(world, units=[])
    gone = make_guidance(world, "withdrawn", units=[], milestone=milestone)
    before = {row.pk: readers(row) for row in (chosen, general, gone)}
    late = UnitFactory(parent=world.district, name="Xã Mới")
    UserFactory(username="late_officer", roles=[(Role.OFFICER, late)])
    publish_milestone(milestone=milestone, by=world.interior_head)
    assert ("Xã Mới" in readers(of_all), "Xã Mới" in readers(by_kind)) == (True, True)
    assert {row.pk: readers(row) for row in (chosen, general, gone)} == before
    rows = OutboxMessage.objects.filter(recipient__username="late_officer", subject_type="guidance", channel="in_app")
    assert sorted(rows.values_list("subject_id", flat=True)) == sorted([of_all.pk, by_kind.pk])
    officer = OutboxMessage.objects.filter(recipient=world.officer, subject_type="guidance", channel="in_app")
    assert officer.filter(subject_id=of_all.pk, step="publish").count() == 1


def test_who_takes_a_task_over_reads_the_guidance_that_the_unit_before_was_to_read(world: World) -> None:
    milestone = publish(world, programme=programme_of(world))
    chosen = make_guidance(world, milestone=milestone)
    other = make_guidance(world, milestone=publish(world, programme=programme_of(world)))
    task = task_of(milestone, world.commune_a)
    hand_over(task=task, unit=world.commune_b, by=world.interior_head, reason="Sáp nhập.")
    assert (readers(chosen), readers(other)) == (["Xã Bình An", "Xã Đồng Thạnh"], ["Xã Bình An"])
    assert chosen.pk in unread_among([chosen], world.other_officer)
    told_now = OutboxMessage.objects.filter(recipient=world.other_officer, subject_type="guidance", channel="in_app")
    assert list(told_now.values_list("subject_id", flat=True)) == [chosen.pk]
