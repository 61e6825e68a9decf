"""Every mail of the engine, word by word; PORTAL_WRITE_GOLDEN=1 writes the files anew, to be read."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives
from hypothesis import given
from hypothesis import strategies as st

from notifications.delivery import mail_for
from notifications.models import OutboxMessage
from notifications.owed import LateLine, OwedLine
from notifications.reminder_models import Tier
from notifications.wording import (
    LINES,
    SUBJECT_LENGTH,
    Digest,
    Entry,
    News,
    digest_for,
    escalation_subject,
    monday_summary,
    own_subject,
    with_parts,
)
from organizations.enums import UnitKind
from organizations.models import Unit, User

#: The calendar of working days is a table.
pytestmark = pytest.mark.django_db
GOLDEN = Path(__file__).parent / "golden_digests"
STEPS = (-30, -14, -7, -3, -1, 0, 1, 3, 7)
FIFTH = datetime.date(2023, 6, 5)
HUNG = "Xã Vĩnh Hựu"


def line(pk: int = 7, due: datetime.date = datetime.date(2023, 6, 15), **more) -> OwedLine:
    given = {
        "title": "Nộp báo cáo sơ kết 3 năm",
        "short": "báo cáo sơ kết 3 năm",
        "note": "Hiện đã có 2 trong 5 mục.",
        "missing": "(1) số mô hình được nhân rộng; (2) bài học kinh nghiệm; (3) tệp báo cáo có chữ ký",
        "path": f"/ke-hoach/nhiem-vu/{pk}/",
        "unit_name": "xã Vĩnh Hựu",
        "unit_id": 1,
        "unit_path": "0001",
        "extend_path": f"/ke-hoach/nhiem-vu/{pk}/gia-han/",
        "plan": "Kế hoạch 197/KH-UBND",
        "steps": STEPS,
    }
    return OwedLine(subject_id=pk, due=due, **given | more)


def late(days: int = 5, **more) -> OwedLine:
    return line(due=FIFTH - datetime.timedelta(days=days), **more)


def own(*lines: OwedLine) -> list[Entry]:
    return [Entry(one, Tier.OWNER) for one in lines]


TOLD = tuple(datetime.date(2023, month, day) for month, day in ((5, 1), (5, 16), (5, 24), (5, 31)))
PROPAGANDA = {
    "title": "Nộp kế hoạch tuyên truyền năm 2023",
    "short": "kế hoạch tuyên truyền năm 2023",
    "note": "",
}
RECORD = {
    "title": "Bổ sung hồ sơ Nguyễn Văn Tám",
    "short": "bổ sung hồ sơ Nguyễn Văn Tám",
    "note": "Còn 2 nhận xét cần sửa.",
    "extend_path": "",
    "missing": "",
    "plan": "",
    "path": "/dien-hinh/8/sua/",
}
NEWS = News(
    (
        ("Hướng dẫn mới: lập hồ sơ <điển hình> & tiên tiến", "Phòng Nội vụ ban hành hướng dẫn lập hồ sơ."),
        ("Điển hình mới: bà Nguyễn Thị Tám, xã Long Bình", "Mô hình trồng thanh long sạch được công nhận."),
    ),
    "Mở trang thông báo",
    "/thong-bao/",
)
MANY_NEWS = News((("tin " * 30, "nội dung ngắn " * 7),) * 10, "Và 13 tin nữa trên trang thông báo", "/thong-bao/")
MAILS: dict[str, Callable[[], Digest]] = {
    "digest_one": lambda: digest_for(own(line()), FIFTH),
    "digest_one_late": lambda: digest_for(own(late()), FIFTH),
    "digest_one_today": lambda: digest_for(own(line(due=FIFTH)), FIFTH),
    "digest_several": lambda: digest_for(
        own(
            line(),
            late(66, pk=8, **PROPAGANDA),
            line(9, datetime.date(2023, 6, 7), **RECORD),
            line(10, datetime.date(2023, 6, 30), title="Nộp <b>báo cáo</b> & số liệu của huyện"),
        ),
        FIFTH,
    ),
    "digest_many": lambda: digest_for(own(*(line(n, FIFTH + datetime.timedelta(days=n)) for n in range(1, 24))), FIFTH),
    "digest_leader": lambda: digest_for([Entry(late(), Tier.LEADER, ("Lê Thị Hoa",), TOLD)], FIFTH),
    "digest_unmanned": lambda: digest_for([Entry(line(), Tier.UNMANNED)], FIFTH),
    "digest_office": lambda: digest_for(
        [
            Entry(late(7), Tier.OFFICE, ("Lê Thị Hoa", "Tô Văn Khải"), TOLD),
            Entry(line(11, datetime.date(2023, 6, 6), **RECORD), Tier.OWNER),
        ],
        FIFTH,
    ),
    "digest_with_summary": lambda: with_parts(MAILS["digest_several"](), [MAILS["digest_weekly"]()]),
    "digest_with_news": lambda: replace(digest_for(own(line()), FIFTH), news=NEWS),
    "digest_many_with_news": lambda: replace(MAILS["digest_many"](), news=MANY_NEWS),
    "digest_weekly": lambda: monday_summary(
        [
            LateLine("Kế hoạch tuyên truyền năm 2023", ("Xã Bình Nhì", "Xã Long Bình"), "/ke-hoach/nhac-han/?moc=2"),
            LateLine("Sơ kết 3 năm", tuple(f"Xã thứ {n}" for n in range(1, 16)), "/ke-hoach/nhac-han/?moc=1"),
        ],
        FIFTH,
    ),
}


@pytest.fixture
def mail(settings, request: pytest.FixtureRequest) -> tuple[str, EmailMultiAlternatives]:
    settings.SITE_URL, settings.OFFICE_CONTACT = "https://thidua.example", ["Điện thoại: 0273 0000 000"]
    unit = Unit(name=HUNG, kind=UnitKind.COMMUNE)
    person = User(pk=1, full_name="Lê Thị Hoa", email="hoa@thidua.example", home_unit=unit)
    digest = MAILS[request.param]()
    message = OutboxMessage(pk=5, subject_type="digest", recipient=person, title=digest.title, path=digest.path)
    return request.param, mail_for(message, digest=digest)


@pytest.mark.parametrize("mail", list(MAILS), indirect=True)
@pytest.mark.parametrize("kind", ["txt", "html"])
def test_a_mail_reads_as_it_was_written_down(mail: tuple[str, EmailMultiAlternatives], kind: str) -> None:
    name, written = mail
    found = str(written.body) if kind == "txt" else str(written.alternatives[0][0])
    found = f"{written.subject}\n\n{found}"
    file = GOLDEN / f"{name}.{kind}"
    if os.environ.get("PORTAL_WRITE_GOLDEN"):
        file.write_text(found, encoding="utf-8")
    assert found == file.read_text(encoding="utf-8")


def test_every_golden_file_belongs_to_a_mail() -> None:
    assert {file.stem for file in GOLDEN.iterdir()} == set(MAILS)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.within: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in ("meta", "br"):
            self.within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.within.pop()

    def handle_data(self, data: str) -> None:
        if "title" not in self.within:
            self.found += data.split()


@pytest.mark.parametrize("mail", list(MAILS), indirect=True)
def test_text_and_html_say_the_same(mail: tuple[str, EmailMultiAlternatives]) -> None:
    _name, written = mail
    reader = _Words()
    reader.feed(str(written.alternatives[0][0]))
    numbers = {f"{n}." for n in range(1, 21)}
    assert [word for word in reader.found if word not in numbers] == [
        word for word in str(written.body).split() if word not in numbers
    ]


@pytest.mark.parametrize("mail", list(MAILS), indirect=True)
def test_a_mail_is_small_and_its_subject_short(mail: tuple[str, EmailMultiAlternatives]) -> None:
    _name, written = mail
    assert len(written.subject) <= SUBJECT_LENGTH
    assert len(written.message().as_bytes()) <= 20_000


words = st.text("aăâđêôơư báo cáo xã", min_size=1, max_size=200).map(str.strip).filter(bool)


@given(words, words, st.dates(datetime.date(2021, 1, 1), datetime.date(2026, 12, 31)))
def test_no_subject_is_longer_than_sixty_characters(short: str, unit: str, due: datetime.date) -> None:
    one = line(due=due, short=short, unit_name=unit)
    assert max(len(own_subject(one, FIFTH)), len(escalation_subject(one, FIFTH))) <= SUBJECT_LENGTH


@pytest.mark.parametrize(
    ("digest", "subject"),
    [
        ("digest_one", "Hạn 15/6: báo cáo sơ kết 3 năm – xã Vĩnh Hựu"),
        ("digest_one_late", "Quá hạn 5 ngày: báo cáo sơ kết 3 năm – xã Vĩnh Hựu"),
        ("digest_leader", "Xã Vĩnh Hựu: báo cáo sơ kết 3 năm quá hạn 5 ngày"),
        ("digest_several", "Việc cần làm sáng 5/6: 1 quá hạn, 3 sắp đến hạn"),
    ],
)
def test_subjects_open_with_the_date_and_the_duty(digest: str, subject: str) -> None:
    assert MAILS[digest]().title == subject


def test_a_digest_names_the_most_urgent_first_and_twenty_at_most() -> None:
    assert [words.split(":")[0] for words, _path in MAILS["digest_several"]().items] == [
        "Quá hạn 66 ngày (31/3/2023)",
        "Còn 2 ngày (7/6/2023)",
        "Còn 10 ngày (15/6/2023)",
        "Còn 25 ngày (30/6/2023)",
    ]
    many = MAILS["digest_many"]()
    assert (len(many.items), many.actions[0][0]) == (20, "Còn 3 việc nữa")


def test_the_own_duty_stands_in_a_digest_that_is_full_of_what_others_owe() -> None:
    others = [Entry(late(pk=pk, days=9), Tier.OFFICE) for pk in range(100, 100 + LINES)]
    own = Entry(line(title="Nộp báo cáo của huyện"), Tier.OWNER)
    found = digest_for([*others, own], FIFTH)
    assert (len(found.items), "Nộp báo cáo của huyện" in found.items[-1][0]) == (LINES, True)
    assert found.actions[0][0] == "Còn 1 việc nữa"


def test_a_subject_calls_a_unit_by_its_short_name_where_the_full_one_does_not_fit() -> None:
    office = {"unit_name": "Văn phòng HĐND và UBND huyện", "unit_short": "VP HĐND và UBND"}
    assert own_subject(line(**office), FIFTH) == "Hạn 15/6: báo cáo sơ kết 3 năm – VP HĐND và UBND"
    assert escalation_subject(late(**office), FIFTH) == "VP HĐND và UBND: báo cáo sơ kết 3 năm quá hạn 5 ngày"
    assert own_subject(line(short="kế hoạch", **office), FIFTH) == "Hạn 15/6: kế hoạch – Văn phòng HĐND và UBND huyện"


def test_a_subject_is_cut_behind_a_whole_word() -> None:
    named = line(short="báo cáo kỷ niệm 75 năm Ngày Chủ tịch Hồ Chí Minh ra Lời kêu gọi thi đua ái quốc")
    assert own_subject(named, FIFTH) == "Hạn 15/6: báo cáo kỷ niệm 75 năm Ngày Chủ… – xã Vĩnh Hựu"


def test_a_duty_that_ends_with_a_full_stop_goes_on_without_it() -> None:
    title = "Thực hiện và báo cáo kiến nghị: Công khai nơi làm theo."
    items = digest_for(own(line(title=title), line(8)), FIFTH).items
    assert any("Công khai nơi làm theo – xã Vĩnh Hựu." in words for words, _path in items)
    assert digest_for(own(line(title=title, short="")), FIFTH).paragraphs[0].startswith(title.rstrip(".") + " của xã")
