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

from campaigns.models import TaskReport
from campaigns.services import accept_report, submit_report
from tests.campaigns.makers import task_of
from tests.campaigns.task_makers import bring, district_review, many_tasks, review, write
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
        "ỦY BAN NHÂN DÂN XÃ BÌNH AN",
        "BÁO CÁO",
        "Kết quả sơ kết 03 năm (2021–2023)",
        "II.1. Công tác tuyên truyền: đã làm xong.",
        "Phụ lục. Số liệu tính đến ngày 5/6/2023",
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
