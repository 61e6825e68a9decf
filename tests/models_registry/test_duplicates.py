"""Likely duplicates: which names meet, who is shown them, what they cost, and how often the warning is right."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from models_registry.duplicates import (
    SHOWN,
    area_of,
    duplicates_of,
    find_duplicates,
    flag_duplicates,
    name_rows,
    typed_probe,
)
from models_registry.enums import State, SubjectKind
from models_registry.models import Exemplar, SubjectName
from models_registry.names import is_syllable, names_of, read_name
from models_registry.views.duplicates import ASKED_A_MINUTE
from organizations.models import User
from tests.factories import UnitFactory, World, do_step, many_exemplars, save

Browse = Callable[[str], Client]
URL = "/dien-hinh/trung-ten/"


def meet(one: str, other: str, kind: str = SubjectKind.INDIVIDUAL, other_kind: str = "") -> bool:
    """Whether two names come under one key."""
    keys = [
        {key for name in names_of({"full_name": text}, k) for key in name.keys}
        for text, k in ((one, kind), (other, other_kind or kind))
    ]
    return bool(keys[0] & keys[1])


HIEU = "Trần Văn Hiếu"
SAME = [
    ("Nguyễn Văn Tám", "nguyen van tam"),
    ("Nguyễn Văn Tám", "NGUYỄN  VĂN TÁM"),
    ("Nguyen Van Tam", "Nguyên Văn Tâm"),
    ("Nguyễn Văn Tám", "Tám Nguyễn Văn"),
    ("Nguyễn Văn Tám", "ông Nguyễn Văn Tám"),
    ("Nguyễn Văn Tám", "Đồng chí Nguyễn Văn Tám"),
    ("Lê Thị Thúy", "Lê Thị Thuý"),
    ("Trần Quý", "Trần Quí"),
    ("Trần Thị Mỹ", "Trần Thị Mĩ"),
    ("Lê Thị Hạnh", "Lê Thị Hanh"),
    ("Lê Thị Hạnh", "Lê Thị Hahn"),
    ("Thạch Sang", "Thach Xang"),
    ("Phạm Thanh Trúc", "Phạm Thanh Chúc"),
    ("Nguyễn Văn Tám", "Nguyn Văn Tám"),
    ("Nguyễn Văn Tám", "Nguyễn Văn Tám (Tám Lúa)"),
    ("Mr Tran Van An", "Trần Văn An"),
]
APART = [
    ("Nguyễn Văn Tám", "Nguyễn Văn Tài"),
    ("Nguyễn Văn Tám", "Nguyễn Thị Tám"),
    ("Trần Thị Linh", "Trần Thị Minh"),
    ("Lê Thị Hồng", "Lê Thị Hồng Anh"),
    ("Hồ Văn Út", "Văn Út"),
    ("Chu Văn An", "Văn An"),
    ("Lê Tây", "Lê Tài"),
    ("Hồ Văn Út Em", "Hồ Văn Út"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_name_in_two_spellings_meets(one: str, other: str) -> None:
    assert meet(one, other)


@pytest.mark.parametrize(("one", "other"), APART)
def test_names_of_two_people_stay_apart(one: str, other: str) -> None:
    assert not meet(one, other)


@pytest.mark.parametrize("person", ["Trần Văn Hiếu", "Lê Thị Mơ", "tran van hieu"])
@pytest.mark.parametrize(
    "household", ["Hộ ông Trần Văn Hiếu – bà Lê Thị Mơ", "Gia đình ông Trần Văn Hiếu và bà Lê Thị Mơ"]
)
def test_a_person_is_found_inside_a_household(person: str, household: str) -> None:
    assert meet(person, household, other_kind=SubjectKind.HOUSEHOLD)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ấp Tân Phú, xã Đồng Thạnh", "Ấp Tân Phú"),
        ("Hợp tác xã Nông nghiệp Hoa Nắng", "HTX nông nghiệp Hoa Nắng (hư cấu)"),
        ("Câu lạc bộ Tiếng hát", "CLB tiếng hát xã Bình Nhì"),
    ],
)
def test_a_collective_is_found_without_the_place_where_it_sits(one: str, other: str) -> None:
    assert meet(one, other, SubjectKind.COLLECTIVE)


@pytest.mark.parametrize("text", ["", "A", "…", "ông", "()", "\u200b"])
def test_too_short_a_name_has_no_key(text: str) -> None:
    assert read_name(text, "full_name") is None or len(text) > 2


def test_syllables_are_told_from_slips() -> None:
    words = "nguyen huynh quoc nghia thuy khuyen duong loan thoai yen tuyet gia phuoc"
    assert [word for word in words.split() if not is_syllable(word)] == []
    assert [word for word in ["nguyn", "hahn", "thnah", "qoc"] if is_syllable(word)] == []


# Who is shown what


def pks(found: list) -> list[int]:
    return [d.exemplar.pk for d in found]


def typed(world: World, who: str, name: str, **more: Any) -> list:
    given = {"kind": SubjectKind.INDIVIDUAL, "birth_year": None, "itself": None, "unit": world.commune_a} | more
    return find_duplicates(typed_probe(name=name, **given), given["unit"], world.people[who])


def test_reasons_say_what_agrees(world: World) -> None:
    name = "Nguyễn Văn Tám"
    alone = world.exemplar(State.SUBMITTED, full_name=name, birth_year=1975, title="Một")
    reasons = {
        "Cùng tên, cùng đơn vị": typed(world, "officer", "ông nguyen van tam"),
        "Cùng tên, cùng đơn vị, cùng năm sinh": typed(world, "officer", name, birth_year=1975),
        "Gần giống tên, cùng đơn vị": typed(world, "officer", "Nguyễn Văn Tâm"),
    }
    assert {why: [d.why for d in found] for why, found in reasons.items()} == {why: [why] for why in reasons}
    assert {pk for found in reasons.values() for pk in pks(found)} == {alone.pk}
    assert reasons["Cùng tên, cùng đơn vị"][0].sentence == (
        f"Đã có “{name}”, xã Bình An, đăng ký ngày {alone.registered_on.day}/{alone.registered_on.month}/"
        f"{alone.registered_on.year}."
    )


def test_a_common_name_elsewhere_needs_the_year_of_birth(world: World) -> None:
    world.in_commune_b(State.RECOGNISED, full_name="Nguyễn Văn Tám", birth_year=1975)
    found = {
        "same": len(typed(world, "officer", "Nguyễn Văn Tám", birth_year=1975)),
        "another year": len(typed(world, "officer", "Nguyễn Văn Tám", birth_year=1960)),
        "near, no year": len(typed(world, "officer", "Nguyễn Văn Tâm")),
        "near, same year": len(typed(world, "officer", "Nguyễn Văn Tâm", birth_year=1975)),
    }
    assert found == {"same": 1, "another year": 0, "near, no year": 0, "near, same year": 1}


@pytest.mark.parametrize("state", [State.DRAFT, State.SUBMITTED, State.RETURNED, State.REJECTED])
def test_what_another_unit_has_not_had_recognised_is_never_shown(world: World, browse: Browse, state: str) -> None:
    world.in_commune_b(state, full_name="Nguyễn Văn Giấu")
    answer = browse("officer").get(URL, {"ten": "Nguyễn Văn Giấu", "don-vi": world.commune_b.pk})
    assert (answer.context["duplicates"], answer.content.decode().strip()) == ([], "")


def test_each_role_sees_what_it_may_read(world: World) -> None:
    name = "Nguyễn Văn Tám"
    draft = world.in_commune_b(State.DRAFT, full_name=name)
    sent = world.in_commune_b(State.SUBMITTED, full_name=name)
    known = world.in_commune_b(State.RECOGNISED, full_name=name)
    found = {
        who: set(pks(typed(world, who, name)))
        for who in ("officer", "other_officer", "reviewer", "interior_head", "nobody", "other_reviewer")
    }
    assert found == {
        "officer": {known.pk},
        "other_officer": {draft.pk, sent.pk, known.pk},
        "reviewer": {sent.pk, known.pk},
        "interior_head": {sent.pk, known.pk},
        "nobody": {known.pk},
        "other_reviewer": {known.pk},
    }


def test_a_name_that_a_unit_is_mending_is_found_by_that_unit_alone(world: World) -> None:
    exemplar = world.exemplar(State.RETURNED, full_name="Nguyễn Văn Cũ")
    save(exemplar, world.officer, {"full_name": "Nguyễn Văn Mới", "birth_year": 1999})
    found = {(who, name): pks(typed(world, who, name)) for who in ("officer", "reviewer")
             for name in ("Nguyễn Văn Cũ", "Nguyễn Văn Mới")}  # fmt: skip
    assert found == {
        ("officer", "Nguyễn Văn Cũ"): [],
        ("officer", "Nguyễn Văn Mới"): [exemplar.pk],
        ("reviewer", "Nguyễn Văn Cũ"): [exemplar.pk],
        ("reviewer", "Nguyễn Văn Mới"): [],
    }


def test_other_districts_are_not_asked(world: World) -> None:
    world.in_commune_b(State.RECOGNISED, full_name="Nguyễn Văn Tám")
    assert typed(world, "other_reviewer", "Nguyễn Văn Tám", unit=world.far_commune) == []


def test_what_a_record_grew_into_is_no_duplicate(world: World) -> None:
    deed = world.exemplar(State.RECOGNISED, category="good_deed", full_name="Nguyễn Văn Tám")
    do_step("promote", deed, world.officer)
    grown = Exemplar.objects.get(promoted_from=deed)
    assert (duplicates_of(grown, world.officer), duplicates_of(deed, world.officer)) == ([], [])


# The address asked while typing


def test_nothing_is_asked_below_two_letters(world: World, browse: Browse) -> None:
    world.exemplar(State.DRAFT, full_name="Y")
    client = browse("officer")
    for text in ("", "Y", " Y ", "…", "\u200bY"):
        assert client.get(URL, {"ten": text}).context["duplicates"] == [], text


def test_at_most_five_are_shown_and_the_record_itself_is_left_out(world: World, browse: Browse) -> None:
    made = [world.exemplar(State.DRAFT, full_name="Nguyễn Văn Tám") for _each in range(SHOWN + 2)]
    found = browse("officer").get(URL, {"ten": "Nguyễn Văn Tám", "bo-qua": made[-1].pk}).context["duplicates"]
    assert (len(found), made[-1].pk in pks(found)) == (SHOWN, False)


@pytest.mark.parametrize("name", ["don-vi", "bo-qua", "nam-sinh", "doi-tuong"])
@pytest.mark.parametrize("value", ["x", "²", "-1", "9" * 40, "'", ""])
def test_any_parameter_is_answered(world: World, browse: Browse, name: str, value: str) -> None:
    assert browse("officer").get(URL, {"ten": "Nguyễn Văn Tám", name: value}).status_code == 200


def test_nobody_reads_the_register_name_by_name(world: World, browse: Browse) -> None:
    client = browse("officer")
    found = [client.get(URL, {"ten": f"Trần {n}"}).status_code for n in range(ASKED_A_MINUTE + 1)]
    assert (set(found[:-1]), found[-1]) == ({200}, 429)
    assert browse("other_officer").get(URL, {"ten": "Trần"}).status_code == 200


def test_names_are_escaped(world: World, browse: Browse) -> None:
    world.exemplar(State.DRAFT, full_name="Nguyễn <b>Tám</b>", title="<script>")
    text = browse("officer").get(URL, {"ten": "Nguyễn <b>Tám</b>"}).content.decode()
    assert ("&lt;b&gt;" in text, "<script>" in text) == (True, False)


# Where it is shown


def test_the_queue_flags_and_the_pages_tell_why(world: World, browse: Browse) -> None:
    one = world.exemplar(State.SUBMITTED, full_name="Nguyễn Văn Tám", title="Vá đường trong ấp Bình Trinh")
    two = world.exemplar(State.SUBMITTED, full_name="Nguyen Van Tam", title="Treo đèn khúc cua tối")
    other = world.exemplar(State.SUBMITTED, full_name="Lê Thị Hoa", title="Trả lại của rơi ở chợ")
    client = browse("reviewer")
    assert client.get("/dien-hinh/xet-duyet/").context["suspected"] == {one.pk, two.pk}
    shown = {e.pk: pks(client.get(f"/dien-hinh/{e.pk}/xet/").context["duplicates"]) for e in (one, two, other)}
    assert shown == {one.pk: [two.pk], two.pk: [one.pk], other.pk: []}


def test_the_check_page_tells_and_does_not_block(world: World, browse: Browse) -> None:
    known = world.exemplar(State.SUBMITTED, full_name="Nguyễn Văn Tám")
    draft = world.exemplar(State.DRAFT, full_name="Nguyễn Văn Tám")
    client = browse("officer")
    assert pks(client.get(f"/dien-hinh/{draft.pk}/xem-lai/").context["duplicates"]) == [known.pk]
    client.post(f"/dien-hinh/{draft.pk}/gui/")
    draft.refresh_from_db()
    assert draft.state == State.SUBMITTED


# Cost and truth


def _words(text: str) -> list[str]:
    return text.split()


FAMILIES = _words("""
Nguyễn Nguyễn Nguyễn Nguyễn Trần Trần Lê Lê Phạm Huỳnh Phan Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Trương
""")
MIDDLES = _words("""
Văn Văn Văn Thị Thị Thị Hữu Minh Thanh Ngọc Quốc Hoàng Kim Thị_Ngọc Thị_Kim Thị_Mỹ Văn_Út Công
""")
GIVEN = _words("""
Tám Tâm Tân Tài Hạnh Hạnh Hân Hằng Hùng Hưng Thành Thắng Thanh Thúy Thủy Thùy Linh Minh Lan Loan
Mai Hoa Hòa Sơn Sang Sương Trang Trinh Trúc Tuấn Tuyết Phúc Phước Phượng Phương Dũng Dung Nga Ngân
Nhân Nhung Quý Quyên Út Bé Ba Tư Năm Sáu Bảy Chín Mười Vân Yến Đức Đạt Khoa Khánh Liên Long Lộc
""")


def slip(name: str, chance: random.Random) -> str:
    """The same name as another hand writes it."""
    letters = list(name)
    place = chance.randrange(1, len(letters) - 1)
    letters[place], letters[place + 1] = letters[place + 1], letters[place]
    plain = read_name(name, "full_name")
    assert plain is not None
    ways = ["ông " + name, name.upper(), name.replace("y", "i"), " ".join(reversed(name.split())), "".join(letters)]
    return chance.choice(ways)


def people(count: int, planted: int) -> list[tuple[str, int | None, int, int]]:
    """(name, birth year, commune, who they are) of invented people, some of them written down twice."""
    chance = random.Random(197)
    made = [
        (f"{chance.choice(FAMILIES)} {chance.choice(MIDDLES).replace('_', ' ')} {chance.choice(GIVEN)}",
         chance.randint(1945, 2003) if chance.random() < 0.8 else None, chance.randrange(13), number)
        for number in range(count)
    ]  # fmt: skip
    again = [(slip(name, chance), year, commune, who) for name, year, commune, who in chance.sample(made, planted)]
    return made + again


def measured(world: World, count: int, planted: int) -> tuple[float, float]:
    """(share of planted pairs that are told, share of told pairs that are planted) over a generated district."""
    rows = many_exemplars(
        count + planted, unit=world.commune_a, officer=world.officer, reviewer=world.reviewer, state=State.SUBMITTED
    )
    SubjectName.objects.all().delete()
    communes = [world.commune_a, world.commune_b]
    while len(communes) < 13:
        communes.append(UnitFactory(parent=world.district))
    who: dict[int, int] = {}
    area, names = area_of(world.commune_a), []
    for row, (name, year, commune, person) in zip(rows, people(count, planted), strict=True):
        row.full_name, row.birth_year, row.unit, row.title = name, year, communes[commune], ""
        who[row.pk] = person
        names += name_rows(row, area, sent=True)
    Exemplar.objects.bulk_update(rows, ["full_name", "birth_year", "unit", "title"], batch_size=200)
    SubjectName.objects.bulk_create(names, batch_size=500)
    user = User.objects.get(username="reviewer")
    asked = [*rows[count:], *rows[: planted * 2]]
    told = {frozenset((row.pk, found)) for row in asked for found in pks(duplicates_of(row, user))}
    right = {pair for pair in told if len({who[pk] for pk in pair}) == 1}
    return len({min(who[pk] for pk in pair) for pair in right}) / planted, len(right) / len(told)


def test_most_doubles_are_told_and_few_strangers(world: World, full_run: bool) -> None:
    recall, precision = measured(world, *((10_000, 300) if full_run else (1_000, 60)))
    print(f"told {recall:.1%} of the doubles; {precision:.1%} of what is told is right")
    assert recall >= 0.9
    assert precision >= (0.4 if full_run else 0.7)


def count(run: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        run()
    return len(queries)


@pytest.mark.parametrize("rows", [1, 3, 500])
def test_a_look_up_costs_the_same_at_every_size(world: World, rows: int) -> None:
    made = many_exemplars(
        rows, unit=world.commune_a, officer=world.officer, reviewer=world.reviewer, state=State.SUBMITTED
    )
    user = world.reviewer
    user.reach("reviewer")
    duplicates_of(made[0], user)
    assert (count(lambda: duplicates_of(made[0], user)), count(lambda: flag_duplicates(made[:25], user))) == (1, 2)


def plan(sql: str, params: tuple) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{sql}", params)
        return "\n".join(str(row) for row in cursor.fetchall())


def test_the_look_up_reads_the_index_alone(world: World) -> None:
    many_exemplars(3_000, unit=world.commune_a, officer=world.officer, reviewer=world.reviewer, state=State.SUBMITTED)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    rows = SubjectName.objects.filter(area=world.district, key__in=["dan don nguyen 7", "dan don nguyen 8"])
    found = plan(*rows.query.sql_with_params())
    print(found)
    assert "subject_name_key" in found
