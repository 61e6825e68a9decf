from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

from django.db import models

from core.workflow import ALLOWED, Decision, Transition, WorkflowTable
from organizations.access import Access


class Light(models.TextChoices):
    RED = "red", "Đỏ"
    GREEN = "green", "Xanh"


def no_log() -> type[models.Model]:
    raise AssertionError("a check writes no log")


def table(*conditions) -> WorkflowTable:
    switch = Transition("switch", "Đổi", frozenset({Light.RED}), Light.GREEN, frozenset({"keeper"}), False, conditions)
    back = Transition("back", "Trả", frozenset({Light.GREEN}), Light.RED, frozenset({"keeper"}))
    return WorkflowTable(record="light", noun="đèn", states=Light, transitions=(switch, back), log_model=no_log)


@dataclass
class Lamp:
    state: str = Light.RED
    path: str = "00010001"

    @property
    def unit(self) -> SimpleNamespace:
        return SimpleNamespace(path=self.path)


def person(*grants: tuple[str, str]) -> SimpleNamespace:
    return SimpleNamespace(access=Access(1, tuple((role, 1, path) for role, path in grants)))


KEEPER = person(("keeper", "0001"))


def test_decision_is_true_only_when_it_allows() -> None:
    assert (bool(ALLOWED), bool(Decision(False, "chưa"))) == (True, False)


def test_holder_of_the_role_above_the_unit_may_act() -> None:
    assert table().check("switch", Lamp(), KEEPER) == ALLOWED


def test_another_role_is_told_that_the_work_is_not_its_own() -> None:
    decision = table().check("switch", Lamp(), person(("visitor", "0001")))
    assert decision == Decision(False, "Việc này không thuộc vai trò của tài khoản đang dùng.")


def test_a_scope_beside_the_unit_does_not_reach_it() -> None:
    assert not table().check("switch", Lamp(), person(("keeper", "00010002")))


def test_wrong_state_is_named_in_words() -> None:
    decision = table().check("switch", Lamp(state=Light.GREEN), KEEPER)
    assert decision.reason == "Đèn đang ở trạng thái “Xanh” nên không làm được việc này."


def test_role_is_judged_before_state_so_that_a_stranger_learns_no_state() -> None:
    decision = table().check("switch", Lamp(state=Light.GREEN), person())
    assert decision.reason == "Việc này không thuộc vai trò của tài khoản đang dùng."


def test_first_condition_that_refuses_gives_the_reason() -> None:
    rules = table(lambda *_: ALLOWED, lambda *_: Decision(False, "một"), lambda *_: Decision(False, "hai"))
    assert rules.check("switch", Lamp(), KEEPER) == Decision(False, "một")


def test_conditions_are_not_asked_when_the_state_already_refuses() -> None:
    def never(*_: object) -> Decision:
        raise AssertionError("asked")

    assert not table(never).check("switch", Lamp(state=Light.GREEN), KEEPER)


def test_actions_are_those_of_the_present_state_with_their_decision() -> None:
    refusing = table(lambda *_: Decision(False, "chưa đủ"))
    offered = refusing.actions_for(KEEPER, Lamp())
    assert [(a.name, a.decision) for a in offered] == [("switch", Decision(False, "chưa đủ"))]


def test_actions_are_none_for_people_outside_the_scope() -> None:
    assert table().actions_for(person(("keeper", "0002")), Lamp()) == []
