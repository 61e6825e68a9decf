"""What reports count of the registry: as of a day, and exactly as many as the list behind the figure."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.test import Client

from campaigns.figures import catalogue, units_of
from models_registry.enums import Category, State, SubjectKind
from organizations.models import Unit
from tests.factories import UnitFactory, World, do_step

pytestmark = pytest.mark.django_db
FIRST, MAY, JUNE = datetime.date(2021, 1, 1), datetime.date(2023, 5, 31), datetime.date(2023, 6, 5)
CODES = ("DK_CA_NHAN", "DK_TAP_THE", "DK_HO", "DK_MO_HINH", "CN_TONG")


@pytest.fixture(autouse=True)
def _june(stand_on: Callable[[datetime.date], None]) -> None:
    stand_on(JUNE)


def count(code: str, unit: Unit, last: datetime.date = JUNE, first: datetime.date = FIRST) -> int:
    return catalogue()[code].count(units_of(unit, last), first, last)


def listed(world: World, who: str, code: str, unit: Unit, last: datetime.date = JUNE) -> int:
    client = Client()
    client.force_login(world.people[who], "django.contrib.auth.backends.ModelBackend")
    url = catalogue()[code].list_url(unit, FIRST, last)
    return client.get(url).context["page_obj"].paginator.count


def some(world: World) -> None:
    for state in State.values:
        world.exemplar(state)
    world.exemplar("submitted", subject_kind=SubjectKind.COLLECTIVE)
    world.exemplar("recognised", subject_kind=SubjectKind.HOUSEHOLD)
    world.exemplar("in_review", category=Category.MODEL)
    world.in_commune_b("recognised")


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("last", [MAY, JUNE])
def test_the_list_behind_a_figure_has_as_many_rows(
    world: World, code: str, last: datetime.date, stand_on: Callable[[datetime.date], None]
) -> None:
    some(world)
    for unit, readers in ((world.commune_a, ("officer", "reviewer")), (world.district, ("reviewer", "leader"))):
        for who in readers:
            assert listed(world, who, code, unit, last) == count(code, unit, last), (who, unit)


def test_what_each_figure_counts(world: World) -> None:
    some(world)
    assert {code: count(code, world.commune_a) for code in CODES} == {
        "DK_CA_NHAN": 8,
        "DK_TAP_THE": 1,
        "DK_HO": 1,
        "DK_MO_HINH": 1,
        "CN_TONG": 3,
    }
    assert count("CN_TONG", world.district) == 4


def test_a_figure_stands_as_of_its_day(world: World, stand_on: Callable[[datetime.date], None]) -> None:
    stand_on(MAY)
    exemplar = world.exemplar("submitted")
    stand_on(JUNE)
    do_step("recognise", exemplar, world.reviewer)
    assert [count("CN_TONG", world.commune_a, day) for day in (MAY, JUNE)] == [0, 1]
    stand_on(datetime.date(2023, 6, 9))
    do_step("revoke", exemplar, world.reviewer)
    assert [count("CN_TONG", world.commune_a, day) for day in (JUNE, datetime.date(2023, 6, 9))] == [1, 0]


def test_the_first_and_the_last_day_of_a_period_count(world: World) -> None:
    world.exemplar("submitted")
    assert count("DK_CA_NHAN", world.commune_a, JUNE, JUNE) == 1
    assert count("DK_CA_NHAN", world.commune_a, JUNE, JUNE + datetime.timedelta(days=1)) == 0
    assert count("DK_CA_NHAN", world.commune_a, JUNE - datetime.timedelta(days=1)) == 0


def test_a_unit_counts_with_what_belonged_to_it_on_the_day(world: World) -> None:
    part = UnitFactory(parent=world.commune_a, name="Ấp Bình Trinh", valid_to=JUNE)
    assert units_of(world.commune_a, JUNE) == [world.commune_a.pk, part.pk]
    assert units_of(world.commune_a, JUNE + datetime.timedelta(days=1)) == [world.commune_a.pk]


@pytest.mark.parametrize(
    "query",
    ["ky=dang-ky", "ky=dang-ky&tu=2023-01-01", "ky=x&tu=2023-01-01&den=2023-02-01", "ky=dang-ky&tu=2023-13-01&den=x"]
    + ["ky=dang-ky&tu=2023-02-01&den=2023-01-01", "ky=cong-nhan&tu=20230101&den=20230201"],
)
def test_a_period_that_is_none_is_not_asked_for(world: World, query: str) -> None:
    world.exemplar("submitted")
    client = Client()
    client.force_login(world.officer, "django.contrib.auth.backends.ModelBackend")
    answer = client.get(f"/dien-hinh/?{query}")
    assert (answer.context["page_obj"].paginator.count, answer.context["filter"].chips) == (1, [])


def test_the_period_is_one_chip_and_goes_as_a_whole(world: World) -> None:
    client = Client()
    client.force_login(world.officer, "django.contrib.auth.backends.ModelBackend")
    chips = client.get("/dien-hinh/?ky=dang-ky&tu=2021-01-01&den=2023-06-05&loai=model").context["filter"].chips
    assert chips == [
        ("Mô hình", "?ky=dang-ky&tu=2021-01-01&den=2023-06-05"),
        ("Đăng ký từ 1/1/2021 đến 5/6/2023", "?loai=model"),
    ]
