from __future__ import annotations

import pytest

from core import clock
from core.workflow import WorkflowError
from models_registry import services
from models_registry.enums import State
from models_registry.models import Exemplar
from models_registry.workflow import EXEMPLAR_WORKFLOW
from organizations.enums import Role
from organizations.models import RoleAssignment, User
from tests.factories import ALL_YES, LONG_AGO, World, do_step, photo_upload, save

OWN_WORK = "Hồ sơ do chính đồng chí lập hoặc gửi. Người khác của Phòng Nội vụ phải xét hồ sơ này."


def also_officer(world: World, name: str) -> User:
    """The person, who now is an officer of commune A as well."""
    user = world.people[name]
    RoleAssignment.objects.create(user=user, role=Role.OFFICER, unit=world.commune_a, valid_from=LONG_AGO)
    return User.objects.get(pk=user.pk)


def refusal(step: str, exemplar: Exemplar, by: User) -> str:
    with pytest.raises(WorkflowError) as caught:
        do_step(step, exemplar, by)
    return caught.value.message


def hold(exemplar: Exemplar) -> Exemplar:
    held = {"hold_since": clock.today(), "hold_reason": "Đang có đơn thư.", "hold_by": exemplar.registered_by}
    Exemplar.objects.filter(pk=exemplar.pk).update(**held)
    exemplar.refresh_from_db()
    return exemplar


@pytest.mark.parametrize("step", ["take", "recognise", "return", "reject"])
def test_nobody_decides_on_what_they_registered(world: World, step: str) -> None:
    both = also_officer(world, "reviewer")
    exemplar = world.exemplar(State.DRAFT, officer=both)
    do_step("submit", exemplar, world.officer)
    assert refusal(step, exemplar, both) == OWN_WORK


@pytest.mark.parametrize("step", ["take", "recognise", "return", "reject"])
def test_nobody_decides_on_what_they_sent(world: World, step: str) -> None:
    both = also_officer(world, "reviewer")
    exemplar = world.exemplar(State.DRAFT)
    do_step("submit", exemplar, both)
    assert refusal(step, exemplar, both) == OWN_WORK


@pytest.mark.parametrize("step", ["end", "revoke"])
def test_nobody_closes_what_they_registered(world: World, step: str) -> None:
    both = also_officer(world, "reviewer")
    exemplar = world.exemplar(State.RECOGNISED, officer=both, reviewer=world.colleague)
    assert refusal(step, exemplar, both) == OWN_WORK


def test_another_of_the_office_decides_on_a_reviewers_own_record(world: World) -> None:
    both = also_officer(world, "reviewer")
    exemplar = world.exemplar(State.SUBMITTED, officer=both)
    do_step("recognise", exemplar, world.colleague)
    assert exemplar.state == State.RECOGNISED


@pytest.mark.parametrize(
    ("step", "state", "who"), [("submit", "draft", "officer"), ("recognise", "in_review", "reviewer")]
)
def test_a_record_on_hold_is_neither_sent_nor_recognised(world: World, step: str, state: str, who: str) -> None:
    exemplar = hold(world.exemplar(state))
    assert refusal(step, exemplar, world.people[who]) == "Hồ sơ đang tạm dừng: Đang có đơn thư."


def test_a_record_on_hold_is_not_sent_again(world: World) -> None:
    exemplar = world.exemplar(State.RETURNED)
    save(exemplar, world.officer, {"summary": "Ngày 3/5/2023."})
    assert refusal("resubmit", hold(exemplar), world.officer) == "Hồ sơ đang tạm dừng: Đang có đơn thư."


@pytest.mark.parametrize("step", ["return", "reject"])
def test_a_hold_does_not_stop_returning_or_rejecting(world: World, step: str) -> None:
    exemplar = hold(world.exemplar(State.IN_REVIEW))
    do_step(step, exemplar, world.reviewer)
    assert exemplar.state == {"return": "returned", "reject": "rejected"}[step]


def test_an_incomplete_draft_is_refused_with_the_count_of_what_lacks(world: World) -> None:
    exemplar = world.exemplar(State.DRAFT)
    save(exemplar, world.officer, {"summary": "", "deeds": ""})
    assert refusal("submit", exemplar, world.officer) == "Còn 2 mục cần bổ sung."


def test_an_incomplete_returned_record_is_not_sent_again(world: World) -> None:
    exemplar = world.exemplar(State.RETURNED)
    save(exemplar, world.officer, {"summary": ""})
    assert refusal("resubmit", exemplar, world.officer) == "Còn 1 mục cần bổ sung."


def test_a_returned_record_is_not_sent_back_as_it_was(world: World) -> None:
    exemplar = world.exemplar(State.RETURNED)
    assert refusal("resubmit", exemplar, world.officer) == (
        "Nội dung chưa thay đổi so với bản bị trả lại. Sửa hoặc trả lời theo nhận xét rồi gửi lại."
    )


def test_a_change_that_was_taken_back_is_no_change(world: World) -> None:
    exemplar = world.exemplar(State.RETURNED)
    before = exemplar.summary
    save(exemplar, world.officer, {"summary": "Khác."})
    save(exemplar, world.officer, {"summary": before})
    assert not EXEMPLAR_WORKFLOW.check("resubmit", exemplar, world.officer)


def test_a_new_photo_counts_as_a_change(world: World) -> None:
    exemplar = world.exemplar(State.RETURNED)
    services.add_photo(exemplar=exemplar, by=world.officer, upload=photo_upload())
    assert EXEMPLAR_WORKFLOW.check("resubmit", exemplar, world.officer)


def test_a_hold_set_while_deciding_still_stops_recognition(world: World) -> None:
    exemplar = world.exemplar(State.IN_REVIEW)
    stale = Exemplar.objects.select_related("unit").get(pk=exemplar.pk)
    hold(exemplar)
    with pytest.raises(WorkflowError):
        services.recognise_exemplar(exemplar=stale, by=world.reviewer, answers=ALL_YES)


def test_a_withdrawal_is_no_way_round_the_remarks(world: World) -> None:
    exemplar = world.exemplar(State.RETURNED)
    before = exemplar.summary
    save(exemplar, world.officer, {"summary": "Khác."})
    do_step("resubmit", exemplar, world.officer)
    do_step("withdraw", exemplar, world.officer)
    save(exemplar, world.officer, {"summary": before})
    assert not EXEMPLAR_WORKFLOW.check("submit", exemplar, world.officer)


def test_consent_that_was_not_given_cannot_be_withdrawn(world: World) -> None:
    exemplar = world.exemplar(State.RECOGNISED)
    assert refusal("withdraw_consent", exemplar, world.officer) == (
        "Hồ sơ không có sự đồng ý công bố nên không có gì để rút lại."
    )
