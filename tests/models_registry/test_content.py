from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from core.differences import word_pieces
from models_registry.content import FIELDS, PRIVATE, SECTIONS, content_of, mask, section_of, target_label
from models_registry.differences import changes_between
from models_registry.enums import State
from models_registry.services import remove_attachment
from models_registry.services.drafts import AchievementInput
from tests.factories import World, add_files, do_step, save


def rows(exemplar) -> list[dict]:
    return [v.content for v in exemplar.versions.order_by("number")]


def resent(world: World, fields: dict, **more) -> list:
    """Changes of a record that was returned, changed by `fields` and sent again."""
    exemplar = world.exemplar(State.RETURNED)
    save(exemplar, world.officer, fields, **more)
    do_step("resubmit", exemplar, world.officer)
    first, second = rows(exemplar)
    return changes_between(first, second)


# Content


@pytest.mark.parametrize(
    ("kind", "absent"),
    [
        ("individual", {"head_name", "spouse_name", "founded_year", "member_count"}),
        ("collective", {"gender", "birth_year", "birth_date", "spouse_name", "occupation", "position", "workplace"}),
        ("household", {"gender", "birth_year", "birth_date", "founded_year", "position", "workplace"}),
    ],
)
def test_content_has_the_fields_of_its_kind_of_subject(world: World, kind: str, absent: set[str]) -> None:
    content = content_of(world.exemplar(subject_kind=kind))
    assert set(FIELDS) - set(content["fields"]) == absent | {"model_owner", "model_start_year", "model_scale"}


def test_content_writes_values_as_people_read_them(world: World) -> None:
    exemplar = world.exemplar(sudden=True, grassroots=True)
    fields = content_of(exemplar)["fields"]
    found = [fields[n] for n in ("gender", "birth_year", "birth_date", "field", "flags", "consent")]
    flags = "Ở cấp cơ sở; Thành tích đột xuất"
    assert found == ["Nam", "1975", "22/9/1975", "Phát triển kinh tế", flags, "Chưa có sự đồng ý công bố"]


def test_figures_are_written_in_vietnamese(world: World) -> None:
    exemplar = world.exemplar()
    save(exemplar, world.officer, {}, achievements=[AchievementInput("Lãi", Decimal("1234.5"), "triệu đồng", "2022")])
    assert [a["figure"] for a in content_of(exemplar)["achievements"]] == ["1.234,5"]


def test_content_is_read_in_three_queries(world: World) -> None:
    exemplar = world.exemplar()
    add_files(exemplar, world.officer)
    fresh = type(exemplar).objects.select_related("field", "sub_field", "movement").get(pk=exemplar.pk)
    with CaptureQueriesContext(connection) as queries:
        content_of(fresh)
    assert len(queries) == 3


def test_a_collective_has_its_own_word_for_the_name() -> None:
    labels = [target_label("full_name", kind) for kind in ("individual", "collective", "household")]
    assert labels == ["Họ và tên", "Tên tập thể", "Tên hộ gia đình"]


def test_every_target_belongs_to_a_section() -> None:
    codes = {section.code for section in SECTIONS}
    assert {section_of(t) for t in [*FIELDS, "achievements", "photos", "documents", "C1", "C7"]} == codes


@pytest.mark.parametrize(("value", "shown"), [("0987654321", "••••••••21"), ("22/9/1975", "•••••••75"), ("1", "••••1")])
def test_a_mask_leaves_two_signs_and_hides_how_short_a_value_is(value: str, shown: str) -> None:
    assert mask(value) == shown


# Versions


def test_a_version_keeps_the_content_as_it_was_sent(world: World) -> None:
    exemplar = world.exemplar(State.RETURNED)
    before = rows(exemplar)[0]
    save(exemplar, world.officer, {"title": "Tên khác"})
    assert (rows(exemplar), content_of(exemplar)["fields"]["title"]) == ([before], "Tên khác")


def test_a_version_still_shows_a_file_that_was_taken_away_later(world: World) -> None:
    exemplar = world.exemplar()
    photo, _document = add_files(exemplar, world.officer)
    do_step("submit", exemplar, world.officer)
    do_step("return", exemplar, world.reviewer)
    photo.refresh_from_db()
    remove_attachment(attachment=photo, by=world.officer)
    assert [len(rows(exemplar)[0]["attachments"]), len(content_of(exemplar)["attachments"])] == [2, 1]


def test_versions_are_numbered_from_one(world: World) -> None:
    exemplar = world.exemplar(State.RETURNED)
    save(exemplar, world.officer, {"title": "Tên khác"})
    do_step("resubmit", exemplar, world.officer)
    assert list(exemplar.versions.values_list("number", flat=True)) == [1, 2]


# Differences


def test_only_what_differs_is_named(world: World) -> None:
    changes = resent(world, {"title": "Cứu ba em nhỏ đuối nước", "summary": "Khác hẳn."})
    assert [c.label for c in changes] == ["Tên gương", "Tóm tắt"]


def test_words_that_came_and_went_are_marked(world: World) -> None:
    (change,) = resent(world, {"title": "Cứu ba em nhỏ đuối nước"})
    assert [(p.op, p.text) for p in change.pieces] == [
        ("same", "Cứu "),
        ("removed", "hai"),
        ("added", "ba"),
        ("same", " em nhỏ đuối nước"),
    ]


@pytest.mark.parametrize(("name", "value"), [("phone", "0911222333"), ("birth_date", None)])
def test_a_private_value_is_only_said_to_have_changed(world: World, name: str, value: str | None) -> None:
    (change,) = resent(world, {name: value})
    covered = [bool(re.fullmatch("(•{4,}..)?", text)) for text in (change.before, change.after)]
    assert (change.masked, covered, change.after.lstrip("•")) == (True, [True, True], (value or "")[-2:])
    assert [p.text for p in change.pieces] == ["Đã thay đổi (thông tin riêng, không hiện ở đây)"]


def test_a_changed_answer_on_a_criterion_is_named(world: World) -> None:
    exemplar = world.exemplar(State.RETURNED)
    claim = exemplar.claims.get()
    save(exemplar, world.officer, {}, claims={claim.criterion_id: (True, "Giấy khen năm 2023")})
    do_step("resubmit", exemplar, world.officer)
    (change,) = changes_between(*rows(exemplar))
    assert (change.label, change.before, change.after) == (
        "Tiêu chí 1",
        "Đạt: Được xã tặng giấy khen năm 2022",
        "Đạt: Giấy khen năm 2023",
    )


def test_changed_achievements_are_shown_line_by_line(world: World) -> None:
    (change,) = resent(world, {}, achievements=[AchievementInput("Cứu ba người", Decimal(3), "người", "Tháng 5/2023")])
    assert (change.before, change.after) == (
        "Cứu hai người – 2 người – Tháng 5/2023",
        "Cứu ba người – 3 người – Tháng 5/2023",
    )


def test_the_same_content_has_no_differences(world: World) -> None:
    content = content_of(world.exemplar())
    assert changes_between(content, content) == []


def test_private_fields_are_fields_of_the_content() -> None:
    assert PRIVATE - set(FIELDS) == set()


prose = st.text(st.sampled_from("ab ệ\n.,"), max_size=40)


@given(prose, prose)
def test_pieces_give_back_both_texts_word_for_word(before: str, after: str) -> None:
    pieces = list(word_pieces(before, after))
    old = "".join(p.text for p in pieces if p.op != "added")
    new = "".join(p.text for p in pieces if p.op != "removed")
    assert (old, new) == (before, after)


@pytest.mark.parametrize(
    ("before", "after", "marked"),
    [
        (
            "Nhiều em tham gia. Có vở.",
            "Sách do chị xin. Mỗi em được mượn một cuốn. Có vở.",
            ["-Nhiều em tham gia. Có vở.", "+Sách do chị xin. Mỗi em được mượn một cuốn. Có vở."],
        ),
        (
            "Ấp giúp 12 hộ nghèo trồng sả, cho vay 40 triệu.",
            "Ấp giúp 15 hộ nghèo trồng sả, cho vay 60 triệu.",
            [" Ấp giúp ", "-12", "+15", "  hộ nghèo trồng sả, cho vay ", "-40", "+60", "  triệu."],
        ),
        (
            "Chị dạy mỗi tối cho 12 em đọc và viết.",
            "Chị dạy mỗi chiều thứ bảy cho 15 bạn đọc và viết.",
            [" Chị dạy mỗi ", "-tối cho 12 em", "+chiều thứ bảy cho 15 bạn", "  đọc và viết."],
        ),
    ],
    ids=["another text", "two figures", "one word between"],
)
def test_changes_with_a_single_word_between_them_are_shown_as_one(before: str, after: str, marked: list[str]) -> None:
    sign = {"same": " ", "removed": "-", "added": "+"}
    assert [sign[piece.op] + piece.text for piece in word_pieces(before, after)] == marked
