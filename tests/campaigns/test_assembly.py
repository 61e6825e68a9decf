"""The district's report: totals that add up, texts of the units, papers."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx import Document
from docx.shared import Mm

from campaigns import services
from campaigns.assembly import assembly_of
from campaigns.content import as_text
from campaigns.models import TaskReport, UnitTask
from campaigns.services import accept_report, submit_report
from campaigns.services.reports import ReportInput
from core import clock
from tests.campaigns.makers import publish, task_of
from tests.campaigns.task_makers import OUTLINE, bring, district_review, many_tasks, review, write
from tests.factories import World

pytestmark = pytest.mark.django_db
DAY = datetime.date(2023, 6, 5)


@pytest.fixture(autouse=True)
def _june(stand_on: Callable[[datetime.date], None]) -> None:
    stand_on(DAY)


def page(name: str, *args: object) -> str:
    return reverse(f"campaigns:{name}", args=args)


def test_the_totals_of_the_district_add_up_and_name_who_is_missing(
    world: World, browse: Callable[[str], Client]
) -> None:
    milestone = review(world)
    world.exemplar("submitted")
    first, second = task_of(milestone, world.commune_a), task_of(milestone, world.commune_b)
    bring(first, "accepted", by=world.officer, judge=world.reviewer)
    task = district_review(world, milestone)
    office = browse("reviewer")
    found = office.get(page("task_assembly", task.pk)).context["assembly"]
    assert ([t.unit.name for t in found.missing], [cell.value for cell in found.totals]) == (
        ["Xã Đồng Thạnh"],
        [1, 0, 4],
    )
    write(second, world.other_officer, BD=6)
    submit_report(task=second, by=world.other_officer)
    accept_report(task=second, by=world.reviewer)
    found = office.get(page("task_assembly", task.pk)).context["assembly"]
    columns = list(zip(*[[cell.value for cell in row.cells] for row in found.rows], strict=True))
    assert [sum(column) for column in columns] == [cell.value for cell in found.totals] == [1, 0, 10]
    lines = {line.figure.code: line.value for line in office.get(page("task_report", task.pk)).context["lines"]}
    assert lines == {"DK_CA_NHAN": 1, "CN_TONG": 0, "BD": 10}
    for row in found.rows:
        for cell in row.cells:
            assert office.get(cell.url.partition("#")[0]).status_code == 200


def test_the_texts_of_the_units_fill_empty_sections_alone(world: World, browse: Callable[[str], Client]) -> None:
    milestone = review(world)
    bring(task_of(milestone, world.commune_a), "accepted", by=world.officer, judge=world.reviewer)
    task, office = district_review(world, milestone), browse("reviewer")
    office.post(page("task_report", task.pk), {"section-IV": "Chữ của huyện.", "as_of": "5/6/2023", "version": "0"})
    office.post(page("task_gather", task.pk))
    assert TaskReport.objects.get(task=task).sections == {
        "I": "Xã Bình An:\nI. Công tác lãnh đạo, chỉ đạo: đã làm xong.",
        "II.1": "Xã Bình An:\nII.1. Công tác tuyên truyền: đã làm xong.",
        "IV": "Chữ của huyện.",
    }


def words_of(content: bytes) -> str:
    paper = Document(io.BytesIO(content))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in paper.paragraphs), *cells])


def test_the_paper_has_head_sections_figures_and_no_number(world: World, browse: Callable[[str], Client]) -> None:
    task = bring(task_of(review(world), world.commune_a), "submitted", by=world.officer, judge=world.reviewer)
    answer = browse("reviewer").get(page("task_document", task.pk))
    words = words_of(answer.content)
    for part in (
        "ỦY BAN NHÂN DÂN\nXÃ BÌNH AN",
        "BÁO CÁO",
        "Kết quả sơ kết 03 năm (2021–2023)",
        "II.1. Công tác tuyên truyền: đã làm xong.",
        "Trên đây là báo cáo của Ủy ban nhân dân xã Bình An./.",
        "SỐ LIỆU TÍNH ĐẾN NGÀY 5/6/2023",
        "Điển hình được bồi dưỡng",
        "/BC-UBND",
    ):
        assert part in words, part
    assert answer.headers["Content-Disposition"].startswith(
        'attachment; filename="bao-cao-so-ket-3-nam-xa-binh-an.docx"'
    )


def test_the_paper_of_the_district_has_the_table_of_units(world: World, browse: Callable[[str], Client]) -> None:
    milestone = review(world)
    bring(task_of(milestone, world.commune_a), "accepted", by=world.officer, judge=world.reviewer)
    task = district_review(world, milestone)
    words = words_of(browse("reviewer").get(page("task_document", task.pk)).content)
    assert ("Tổng cộng" in words, "Chưa có báo cáo: Xã Đồng Thạnh." in words, "TRƯỞNG PHÒNG" in words) == (
        True,
        True,
        True,
    )


def test_what_is_accepted_after_the_district_submitted_is_not_added_to_its_report(
    world: World, browse: Callable[[str], Client]
) -> None:
    milestone = review(world)
    bring(task_of(milestone, world.commune_a), "accepted", by=world.officer, judge=world.reviewer)
    task = district_review(world, milestone)
    with clock.replay_at(clock.now() + datetime.timedelta(minutes=1)):
        write(task, world.reviewer)
        services.submit_report(task=task, by=world.reviewer)
    with clock.replay_at(clock.now() + datetime.timedelta(minutes=2)):
        bring(task_of(milestone, world.commune_b), "accepted", by=world.other_officer, judge=world.reviewer)
    task.refresh_from_db()
    frozen = {row["code"]: row["typed"] for row in task.versions.last().figures}
    found = assembly_of(task)
    assert [as_text(cell.value) for cell in found.totals] == [frozen[figure.code] for figure in found.figures]
    assert [row.task.unit for row in found.rows] == [world.commune_a]
    assert [missing.unit for missing in found.missing] == [world.commune_b]
    page_words = browse("reviewer").get(page("task_assembly", task.pk)).content.decode()
    assert "Giữ nguyên như lúc nộp báo cáo" in page_words
    services.withdraw_report(task=task, by=world.reviewer)
    assert len(assembly_of(task).rows) == 2


def table_of_units(client: Client, task: UnitTask) -> list[list[str]]:
    paper = Document(io.BytesIO(client.get(page("task_document", task.pk)).content))
    return [[cell.text for cell in row.cells] for row in paper.tables[-1].rows][1:]


def test_both_appendices_of_an_open_report_are_of_the_same_moment(
    world: World, browse: Callable[[str], Client]
) -> None:
    milestone = review(world)
    bring(task_of(milestone, world.commune_a), "accepted", by=world.officer, judge=world.reviewer)
    task = district_review(world, milestone)
    with clock.replay_at(clock.now() + datetime.timedelta(minutes=1)):
        write(task, world.reviewer)
        services.submit_report(task=task, by=world.reviewer)
    with clock.replay_at(clock.now() + datetime.timedelta(minutes=2)):
        bring(task_of(milestone, world.commune_b), "accepted", by=world.other_officer, judge=world.reviewer)
        task.refresh_from_db()
        services.return_report(task=task, by=world.interior_head, reason="Thiếu.", due=DAY + datetime.timedelta(days=5))
    assert [row[1] for row in table_of_units(browse("reviewer"), task)] == ["Xã Bình An", "Xã Đồng Thạnh", "Tổng cộng"]
    read = table_of_units(browse("leader"), task)
    assert [row[1] for row in read] == ["Xã Bình An", "Tổng cộng"]
    assert read[0][2:] == read[1][2:]


def sections_of_paper(content: bytes) -> list[tuple[int, int, bool]]:
    """Width and height in millimetres of each section, and whether its pages count from 1."""
    return [
        (round(s.page_width / Mm(1)), round(s.page_height / Mm(1)), "w:pgNumType" in s._sectPr.xml)
        for s in Document(io.BytesIO(content)).sections
    ]


def test_figures_are_appendices_behind_the_signature(world: World, browse: Callable[[str], Client]) -> None:
    milestone = review(world)
    own = bring(task_of(milestone, world.commune_a), "accepted", by=world.officer, judge=world.reviewer)
    task = district_review(world, milestone)
    client = browse("reviewer")
    of_unit, of_district = (client.get(page("task_document", t.pk)).content for t in (own, task))
    assert sections_of_paper(of_unit) == [(210, 297, False), (210, 297, True)]
    assert sections_of_paper(of_district) == [(210, 297, False), (210, 297, True), (297, 210, True)]
    body = [p.text for p in Document(io.BytesIO(of_district)).paragraphs]
    assert body.index("Trên đây là báo cáo của Phòng Nội vụ./.") < body.index("Phụ lục I") < body.index("Phụ lục II")


def test_a_draft_names_what_is_still_to_be_written(world: World, browse: Callable[[str], Client]) -> None:
    task = task_of(review(world), world.commune_a)
    words = words_of(browse("officer").get(page("task_document", task.pk)).content)
    assert "II. Kết quả thực hiện\n1. Công tác tuyên truyền\n" + "…" * 12 in words


def test_a_chapter_of_which_nothing_was_written_is_not_in_the_paper(
    world: World, browse: Callable[[str], Client]
) -> None:
    outline = [*OUTLINE[:2], OUTLINE[2] | {"required": False}, OUTLINE[3]]
    task = task_of(review(world, outline=outline), world.commune_a)
    write(task, world.officer)
    save = ReportInput(sections={"II.1": ""})
    services.save_report(task=task, by=world.officer, data=save, seen_version=task.report.version)
    submit_report(task=task, by=world.officer)
    words = words_of(browse("reviewer").get(page("task_document", task.pk)).content)
    assert ("Kết quả thực hiện" in words, "IV. Phương hướng" in words) == (False, True)


def test_a_title_that_begins_with_an_abbreviation_keeps_it(world: World, browse: Callable[[str], Client]) -> None:
    milestone = publish(world, title="UBND xã rà soát điển hình", short_title="Rà soát")
    task = bring(task_of(milestone, world.commune_a), "submitted", by=world.officer, judge=world.reviewer)
    words = words_of(browse("reviewer").get(page("task_document", task.pk)).content)
    assert "Kết quả UBND xã rà soát điển hình" in words


def test_a_plan_is_headed_as_a_plan(world: World, browse: Callable[[str], Client]) -> None:
    milestone = publish(world, title="Kế hoạch tuyên truyền năm 2023", short_title="KH tuyên truyền 2023")
    task = bring(task_of(milestone, world.commune_a), "submitted", by=world.officer, judge=world.reviewer)
    answer = browse("reviewer").get(page("task_document", task.pk))
    words = words_of(answer.content)
    assert [part in words for part in ("KẾ HOẠCH\nTuyên truyền năm 2023", "/KH-UBND", "BÁO CÁO")] == [True, True, False]
    assert "ke-hoach-kh-tuyen-truyen-2023-xa-binh-an.docx" in answer.headers["Content-Disposition"]


def cost(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    return len(queries)


@pytest.mark.parametrize("rows", [1, 3, 500])
def test_the_assembly_costs_the_same_at_every_size(world: World, browse: Callable[[str], Client], rows: int) -> None:
    milestone = many_tasks(world, rows)
    bring(task_of(milestone, world.commune_a), "accepted", by=world.officer, judge=world.reviewer)
    task = district_review(world, milestone)
    assert cost(browse("reviewer"), page("task_assembly", task.pk)) == 7
