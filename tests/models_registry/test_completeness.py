from __future__ import annotations

import pytest

from models_registry.completeness import missing_items, required_fields
from models_registry.content import FIELDS, content_of
from models_registry.enums import Category, SubjectKind
from models_registry.models import CriterionClaim
from models_registry.selectors import form_sections
from tests.factories import CriterionFactory, World, complete_fields, save

ALL_KINDS = {"title", "field", "summary", "deeds", "results"}
GOOD_DEED = {"title", "field", "deeds", "happened_on"}
ANALYSED = {"causes", "measures", "lessons", "achievements", "C1"}
OF_INDIVIDUAL = {"gender", "birth_year", "occupation", "hamlet"}


def lacking(exemplar) -> list[str]:
    return [item.target for item in missing_items(exemplar)]


@pytest.mark.parametrize("kind", SubjectKind.values)
@pytest.mark.parametrize("category", Category.values)
def test_a_bare_draft_lacks_what_its_kind_and_category_need(world: World, kind: str, category: str) -> None:
    exemplar = world.exemplar(bare=True, subject_kind=kind, category=category)
    light = category == "good_deed"
    needed = set(GOOD_DEED if light else ALL_KINDS)
    needed |= ANALYSED if category in ("exemplar", "model") else set()
    needed |= {"model_start_year", "model_scale"} if category == "model" else set()
    needed |= (
        OF_INDIVIDUAL - ({"gender", "birth_year", "occupation"} if light else set()) if kind == "individual" else set()
    )
    assert set(lacking(exemplar)) == needed


@pytest.mark.parametrize("kind", SubjectKind.values)
def test_a_complete_record_lacks_nothing(world: World, kind: str) -> None:
    assert lacking(world.exemplar(subject_kind=kind)) == []


@pytest.mark.parametrize("name", sorted(ALL_KINDS | {"gender", "occupation", "causes", "measures", "lessons"}))
def test_each_required_field_is_asked_for_when_it_is_empty(world: World, name: str) -> None:
    exemplar = world.exemplar()
    save(exemplar, world.officer, {name: None if name == "field" else ""})
    assert lacking(exemplar) == [name]


def test_the_year_of_birth_is_enough(world: World) -> None:
    exemplar = world.exemplar()
    save(exemplar, world.officer, {"birth_date": None})
    assert lacking(exemplar) == []


@pytest.mark.parametrize(("hamlet", "workplace", "lacks"), [("", "", ["hamlet"]), ("", "Trường", []), ("Ấp 1", "", [])])
def test_hamlet_or_workplace_is_enough(world: World, hamlet: str, workplace: str, lacks: list[str]) -> None:
    exemplar = world.exemplar()
    save(exemplar, world.officer, {"hamlet": hamlet, "workplace": workplace})
    assert lacking(exemplar) == lacks


def test_a_criterion_that_is_met_needs_its_evidence(world: World) -> None:
    exemplar = world.exemplar()
    second = CriterionFactory(code="C2", position=2)
    save(exemplar, world.officer, {}, claims={second.pk: (True, "")})
    assert [(item.target, item.message) for item in missing_items(exemplar)] == [
        ("C2", "Tiêu chí 2 đã chọn “Đạt” nhưng chưa có minh chứng. Ghi một câu, hoặc chọn “Chưa đạt”.")
    ]


@pytest.mark.parametrize("answer", [False, None])
def test_a_criterion_that_is_not_met_needs_none(world: World, answer: bool | None) -> None:
    exemplar = world.exemplar()
    save(exemplar, world.officer, {}, claims={CriterionFactory(code="C2", position=2).pk: (answer, "")})
    assert lacking(exemplar) == []


def test_one_criterion_at_least_must_be_met(world: World) -> None:
    exemplar = world.exemplar()
    CriterionClaim.objects.filter(exemplar=exemplar).update(is_met=False)
    assert [(item.target, item.message) for item in missing_items(exemplar)] == [
        ("C1", "Chọn ít nhất một tiêu chí đạt và ghi minh chứng.")
    ]


def test_a_good_deed_needs_no_criterion_and_no_analysis(world: World) -> None:
    exemplar = world.exemplar(bare=True, category=Category.GOOD_DEED)
    fields = {n: v for n, v in complete_fields().items() if n not in ("causes", "measures", "lessons")}
    save(exemplar, world.officer, fields)
    assert lacking(exemplar) == []


def test_what_lacks_stands_in_the_order_of_the_form(world: World) -> None:
    sections = [item.section for item in missing_items(world.exemplar(bare=True))]
    order = ["chung", "thanh-tich", "tieu-chi", "bai-hoc"]
    assert sections == sorted(sections, key=order.index)


def test_every_required_field_is_a_field_of_the_form(world: World) -> None:
    assert set(required_fields(world.exemplar(bare=True))) - set(FIELDS) == set()


def test_the_task_list_beside_the_form_counts_the_same(world: World) -> None:
    exemplar = world.exemplar(bare=True)
    counted = {row["url"]: row["missing"] for row in form_sections(exemplar, content_of(exemplar))}
    assert counted == {"#chung": 6, "#thanh-tich": 4, "#tieu-chi": 1, "#bai-hoc": 3, "#anh-tep": 0}
    assert sum(counted.values()) == len(missing_items(exemplar))
