"""Papers in the layout of Decree 30: what stands where, in which size, and that nothing is invented."""

from __future__ import annotations

import datetime
import io

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt

from core.papers import (
    add_addressees,
    add_appendix,
    add_heading,
    add_paragraph,
    add_section_title,
    add_signature,
    add_table,
    add_two_signatures,
    as_bytes,
    dated,
    new_paper,
)

HEAD = {"parent": "UBND huyện Thử", "issuer": "Phòng Nội vụ", "place": "Thử"}


def reopened(paper):
    return Document(io.BytesIO(as_bytes(paper)))


def made(**head):
    paper = new_paper(title="Thử")
    add_heading(paper, **{**HEAD, "number": "/PNV", "day": None, "kind": "", "subject": "đôn đốc", **head})
    return paper


def test_the_page_is_a4_in_times_with_the_margins_of_the_decree() -> None:
    paper = reopened(new_paper())
    section = paper.sections[0]
    measures = (section.page_width, section.page_height, section.left_margin, section.right_margin)
    assert [round(m / Mm(1)) for m in (*measures, section.top_margin, section.bottom_margin)] == [
        210,
        297,
        30,
        15,
        20,
        20,
    ]
    style = paper.styles["Normal"]
    assert (style.font.name, style.font.size) == ("Times New Roman", Pt(14))


def test_the_page_number_stands_in_the_top_margin_from_the_second_page_on() -> None:
    section = reopened(new_paper()).sections[0]
    number = section.header.paragraphs[0]
    assert section.different_first_page_header_footer
    assert number.alignment == WD_ALIGN_PARAGRAPH.CENTER
    assert "PAGE" in number._p.xml
    assert number.runs[0].font.size == Pt(13)
    assert section.first_page_header.paragraphs[0].text == ""


def test_an_appendix_may_lie_on_its_side() -> None:
    section = reopened(new_paper(landscape=True)).sections[0]
    assert (round(section.page_width / Mm(1)), round(section.page_height / Mm(1))) == (297, 210)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (datetime.date(2021, 9, 22), "Thử, ngày 22 tháng 9 năm 2021"),
        (datetime.date(2023, 2, 5), "Thử, ngày 05 tháng 02 năm 2023"),
        (datetime.date(2023, 3, 5), "Thử, ngày 05 tháng 3 năm 2023"),
        (None, "Thử, ngày \u00a0 tháng \u00a0 năm \u00a0"),
    ],
)
def test_only_days_below_ten_and_two_months_take_a_zero(day: datetime.date | None, words: str) -> None:
    assert dated("Thử", day).replace("\u00a0" * 8, "\u00a0") == words


def test_an_official_letter_has_its_subject_under_a_blank_number() -> None:
    left, right = zip(*(row.cells for row in reopened(made()).tables[0].rows), strict=True)
    texts = [[p.text.replace("\u00a0", "") for p in cell.paragraphs if p.text] for cell in (*left, *right)]
    assert texts == [
        ["UBND HUYỆN THỬ", "PHÒNG NỘI VỤ"],
        ["Số: /PNV", "V/v đôn đốc"],
        ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"],
        ["Thử, ngày  tháng  năm "],
    ]
    state, motto = (p.runs[0] for p in right[0].paragraphs if p.text)
    assert [(run.font.size, run.bold) for run in (state, motto)] == [(Pt(12), True), (Pt(13), True)]
    assert right[1].paragraphs[0].runs[0].italic
    assert [p.runs[0].bold for p in left[0].paragraphs if p.text] == [None, True]


def test_a_named_paper_has_its_type_and_subject_in_the_middle() -> None:
    paper = reopened(made(kind="Báo cáo", subject="Sơ kết", number="12/BC-UBND", day=datetime.date(2023, 6, 5)))
    kind, subject = (p for p in paper.paragraphs if p.text)
    assert [(p.text, p.alignment, p.runs[0].bold) for p in (kind, subject)] == [
        ("BÁO CÁO", WD_ALIGN_PARAGRAPH.CENTER, True),
        ("Sơ kết", WD_ALIGN_PARAGRAPH.CENTER, True),
    ]
    assert paper.tables[0].rows[1].cells[0].text == "Số: 12/BC-UBND"


def test_a_body_of_the_party_heads_its_papers_with_the_party_s_name() -> None:
    paper = reopened(made(kind="Báo cáo", number="-BC/", issuer="Ban Tuyên giáo Huyện ủy", party=True))
    cells = [cell for row in paper.tables[0].rows for cell in row.cells]
    texts = [p.text.replace("\u00a0", "") for cell in cells for p in cell.paragraphs]
    assert [text for text in texts if text] == [
        "UBND HUYỆN THỬ",
        "BAN TUYÊN GIÁO HUYỆN ỦY",
        "ĐẢNG CỘNG SẢN VIỆT NAM",
        "Số -BC/",
        "Thử, ngày  tháng  năm ",
    ]


def test_an_appendix_has_pages_of_its_own_that_count_from_one() -> None:
    paper = new_paper()
    add_paragraph(paper, "Nội dung")
    add_appendix(paper, number="II", title="Số liệu", of="Kèm theo Báo cáo số 1/BC", landscape=True)
    paper = reopened(paper)
    first, second = paper.sections
    sizes = [(round(s.page_width / Mm(1)), round(s.page_height / Mm(1))) for s in (first, second)]
    assert sizes == [(210, 297), (297, 210)]
    assert 'w:start="1"' in second._sectPr.xml
    assert second.different_first_page_header_footer
    assert [p.text for p in paper.paragraphs if p.text] == [
        "Nội dung",
        "Phụ lục II",
        "SỐ LIỆU",
        "(Kèm theo Báo cáo số 1/BC)",
    ]


def test_each_appendix_says_once_and_in_its_place_that_its_pages_count_from_one() -> None:
    paper = new_paper()
    for number in ("I", "II"):
        add_appendix(paper, number=number, title="Số liệu", of="Kèm theo Báo cáo số 1/BC")
    places = [[part.tag.rpartition("}")[2] for part in s._sectPr] for s in reopened(paper).sections]
    assert [found.count("pgNumType") for found in places] == [0, 1, 1]
    assert all(found[found.index("pgNumType") + 1] == "cols" for found in places[1:])


def test_one_addressee_stands_on_the_line_and_several_below() -> None:
    one, several = new_paper(), new_paper()
    add_addressees(one, ["Xã A"])
    add_addressees(several, ["Xã A", "Xã B"])
    assert [p.text for p in reopened(one).paragraphs] == ["Kính gửi: Xã A"]
    assert [p.text for p in reopened(several).paragraphs if p.text] == ["Kính gửi:", "- Xã A;", "- Xã B."]


def test_the_body_is_justified_with_an_indent_and_lines_become_paragraphs() -> None:
    paper = new_paper()
    add_section_title(paper, "I. Kết quả")
    add_paragraph(paper, "Một\nHai")
    title, *body = reopened(paper).paragraphs
    assert title.paragraph_format.keep_with_next
    assert [(p.text, p.alignment) for p in body] == [
        ("Một", WD_ALIGN_PARAGRAPH.JUSTIFY),
        ("Hai", WD_ALIGN_PARAGRAPH.JUSTIFY),
    ]
    assert body[0].paragraph_format.space_after >= Pt(6)
    assert round(body[0].paragraph_format.first_line_indent / Mm(1), 1) == 12.7


def test_the_head_of_a_table_repeats_and_rows_stay_whole() -> None:
    paper = new_paper()
    add_table(paper, ["TT", "Đơn vị"], [(1, "Xã A")], widths=(15, 100), numbers={0})
    table = reopened(paper).tables[0]
    assert "tblHeader" in table.rows[0]._tr.xml
    assert "cantSplit" in table.rows[1]._tr.xml
    assert [cell.text for row in table.rows for cell in row.cells] == ["TT", "Đơn vị", "1", "Xã A"]
    assert table.rows[1].cells[0].paragraphs[0].alignment == WD_ALIGN_PARAGRAPH.RIGHT


def test_the_total_of_a_table_is_its_last_row_in_bold() -> None:
    paper = new_paper()
    add_table(paper, ["Đơn vị", "Số"], [("Xã A", 1)], total=("Cộng", 1), centred={1})
    rows = reopened(paper).tables[0].rows
    assert [[cell.paragraphs[0].runs[0].bold for cell in row.cells] for row in rows] == [
        [True, True],
        [None, None],
        [True, True],
    ]
    assert rows[2].cells[1].paragraphs[0].alignment == WD_ALIGN_PARAGRAPH.CENTER


def test_the_signature_stays_whole_and_with_the_end_of_the_body() -> None:
    paper = new_paper()
    add_paragraph(paper, "Trên đây là báo cáo./.")
    add_signature(paper, authority="", title="Trưởng phòng", name="Lê A", recipients=["Lưu: VT"])
    paper = reopened(paper)
    assert paper.paragraphs[0].paragraph_format.keep_with_next
    assert "cantSplit" in paper.tables[0].rows[0]._tr.xml


def test_minutes_are_signed_by_both_sides_above_the_recipients() -> None:
    paper = new_paper()
    add_paragraph(paper, "Hai bên ký tên./.")
    add_two_signatures(
        paper, left=("Đại diện đơn vị", ""), right=("Đại diện đoàn", "Lê A"), recipients=["Xã Bình An", "Lưu: VT"]
    )
    paper = reopened(paper)
    signed, below = paper.tables
    assert [[p.text for p in cell.paragraphs if p.text] for cell in signed.rows[0].cells] == [
        ["ĐẠI DIỆN ĐƠN VỊ"],
        ["ĐẠI DIỆN ĐOÀN", "Lê A"],
    ]
    assert [p.text for p in below.rows[0].cells[0].paragraphs] == ["Nơi nhận:", "- Xã Bình An;", "- Lưu: VT."]
    assert paper.paragraphs[0].paragraph_format.keep_with_next


def test_the_foot_has_recipients_at_the_left_and_the_signer_at_the_right() -> None:
    paper = new_paper()
    add_signature(
        paper, authority="TL. Chủ tịch", title="Trưởng phòng", name="Lê A", recipients=["Như trên", "Lưu: VT"]
    )
    left, right = reopened(paper).tables[0].rows[0].cells
    assert [p.text for p in left.paragraphs] == ["Nơi nhận:", "- Như trên;", "- Lưu: VT."]
    assert [p.text for p in right.paragraphs if p.text] == ["TL. CHỦ TỊCH", "TRƯỞNG PHÒNG", "Lê A"]
    assert [p.runs[0].font.size for p in left.paragraphs] == [Pt(12), Pt(11), Pt(11)]
