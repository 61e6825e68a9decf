"""Pages on paper: A4, every column whole, the frame of the screen left out."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.jobs import register_many
from tests.browser.people import Person
from tests.browser.scenes import record_of

pytestmark = pytest.mark.browser
Meet = Callable[..., Person]
_PAGE = re.compile(rb"/Type\s*/Page\b")
_SHEET = re.compile(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]")
#: The sides of A4 in points, and the width between the margins of _print.scss at 96 dots an inch: 170 mm, 267 mm.
INNER = {(595, 842): 642, (842, 595): 1009}
_CUT = """() => [...document.querySelectorAll("main *")]
    .filter(element => getComputedStyle(element).overflowX !== "visible" && !element.closest(".visually-hidden, svg"))
    .filter(element => element.scrollWidth > element.clientWidth + 1)
    .map(element => element.outerHTML.slice(0, 120))"""


def on_paper(person: Person) -> int:
    """Print the page that is open; returns the number of sheets."""
    page = person.page
    paper = page.pdf(prefer_css_page_size=True)
    (sheet,) = {tuple(round(float(side)) for side in found) for found in _SHEET.findall(paper)}
    page.emulate_media(media="print")
    page.set_viewport_size({"width": INNER[sheet], "height": 900})
    assert page.evaluate("() => document.documentElement.scrollWidth") <= INNER[sheet]
    assert page.evaluate(_CUT) == []
    expect(page.locator(".site-footer")).to_be_hidden()
    expect(page.locator(".btn:visible")).to_have_count(0)
    return len(_PAGE.findall(paper))


def test_a_record_fits_on_a_few_sheets(meet: Meet) -> None:
    reviewer = meet("noivu")
    reviewer.go(f"/dien-hinh/{record_of(reviewer, 'recognised')}/")
    assert 2 <= on_paper(reviewer) <= 5


def test_the_queue_prints_its_rows_and_which_part_they_are(meet: Meet, data_dir: Path) -> None:
    register_many(data_dir, ["Đinh Thị Giấy"])
    reviewer = meet("noivu")
    reviewer.go("/dien-hinh/xet-duyet/?hang=moi-gui&q=dinh+thi+giay")
    assert on_paper(reviewer) == 1
    page = reviewer.page
    expect(page.locator(".queue-name")).to_have_text(["Đinh Thị Giấy"])
    expect(page.locator(".queue-name")).to_be_visible()
    expect(page.locator(".list-count")).to_have_text("Mới gửi: 1 hồ sơ")
    expect(page.locator(".queue-mark, .queue-bulk").locator("visible=true")).to_have_count(0)
    expect(page.locator(".paper-foot")).to_be_visible()


def test_a_list_says_on_paper_how_it_was_narrowed(meet: Meet) -> None:
    reviewer = meet("noivu")
    reviewer.go("/dien-hinh/?trang-thai=recognised")
    on_paper(reviewer)
    expect(reviewer.page.locator(".chip")).to_be_visible()
    reviewer.go("/dien-hinh/")
    on_paper(reviewer)
    expect(reviewer.page.locator(".pagination")).to_contain_text("Đang xem từ 1 đến 25")
    expect(reviewer.page.locator(".pagination ul")).to_be_hidden()


def test_a_comparison_prints_without_gaps_and_with_its_foot(meet: Meet) -> None:
    reviewer = meet("noivu")
    reviewer.go("/dien-hinh/?q=hop+tac+xa+nong+nghiep+hoa+nang")
    reviewer.press_where("Hợp tác xã Nông nghiệp Hoa Nắng")
    reviewer.press("So sánh hai bản", role="link")
    assert on_paper(reviewer) == 1
    page = reviewer.page
    expect(page.locator(".paper-foot")).to_be_visible()
    rows = [row.bounding_box() or {} for row in page.locator(".summary-row").all()]
    assert len(rows) >= 2
    gaps = [after["y"] - before["y"] - before["height"] for before, after in pairwise(rows)]
    assert max(gaps) < 2


@pytest.mark.parametrize("path", ["/dien-hinh/", "/dien-hinh/xet-duyet/", "/bao-cao/"])
def test_tables_keep_all_columns_on_paper(meet: Meet, path: str) -> None:
    reviewer = meet("noivu")
    reviewer.go(path)
    assert 1 <= on_paper(reviewer) <= 4


@pytest.mark.parametrize(
    ("path", "most"), [("/ke-hoach/", 4), ("/ke-hoach/bang-theo-doi/", 5), ("/ke-hoach/so-lieu/", 2)]
)
def test_the_schedule_fits_on_sheets_laid_on_their_side(meet: Meet, path: str, most: int) -> None:
    head = meet("truongphong")
    head.go(path)
    assert 1 <= on_paper(head) <= most


def test_a_story_prints_with_its_photo(meet: Meet) -> None:
    visitor = meet()
    visitor.go("/guong-dien-hinh/")
    visitor.press_where("Công nhận")
    assert 1 <= on_paper(visitor) <= 6
