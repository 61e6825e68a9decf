"""Every mail about an exemplar, word by word; PORTAL_WRITE_GOLDEN=1 writes the files anew, to be read."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives

from models_registry import letters
from models_registry.enums import State
from models_registry.models import Exemplar
from models_registry.services import return_exemplar
from models_registry.tasks import tell_late_units
from notifications.delivery import is_owed, mail_for
from notifications.models import OutboxMessage, Reminder
from notifications.planning import plan
from organizations.models import User
from tests.factories import World, do_step, save

GOLDEN = Path(__file__).parent / "golden"
MONDAY = datetime.date(2023, 6, 5)


@pytest.fixture(autouse=True)
def _on_monday(stand_on, settings) -> None:
    stand_on(MONDAY)
    settings.SITE_URL = "https://thidua.example"
    settings.OFFICE_CONTACT = ["Điện thoại: 0273 0000 000"]


def _record(world: World, state: str = State.SUBMITTED, **more) -> Exemplar:
    return world.exemplar(state, full_name="Nguyễn Văn Tám", **more)


def _returned(world: World) -> Exemplar:
    exemplar = _record(world)
    remarks = {"summary": "Nêu rõ số liệu, thời gian.", "C1": "Ai chứng kiến?", "photos": "Ảnh mờ, <b>chụp lại</b>."}
    return_exemplar(exemplar=exemplar, by=world.reviewer, comments=remarks, due=datetime.date(2023, 6, 12))
    return exemplar


def _resubmitted(world: World) -> Exemplar:
    exemplar = _record(world, State.RETURNED)
    save(exemplar, world.officer, {"summary": "Ngày 3/5/2023, hai em được đưa lên bờ."})
    do_step("resubmit", exemplar, world.officer)
    return exemplar


def _stepped(*steps: str) -> Callable[[World], Exemplar]:
    def make(world: World) -> Exemplar:
        exemplar = _record(world)
        for step in steps:
            do_step(step, exemplar, world.reviewer)
        return exemplar

    return make


def _late(world: World) -> Exemplar:
    exemplar = _record(world, State.IN_REVIEW)
    Exemplar.objects.filter(pk=exemplar.pk).update(review_due=datetime.date(2023, 6, 2))
    tell_late_units()
    return exemplar


#: Name of the file → (how the record comes there, kind of step, who reads).
MAILS: dict[str, tuple[Callable[[World], Exemplar], str, str]] = {
    "submitted": (_record, "submit", "reviewer"),
    "submitted_sudden": (lambda world: _record(world, sudden=True), "submit", "reviewer"),
    "resubmitted": (_resubmitted, "resubmit", "reviewer"),
    "returned": (_returned, "return", "officer"),
    "recognised": (_stepped("recognise"), "recognise", "officer"),
    "rejected": (_stepped("reject"), "reject", "officer"),
    "revoked": (_stepped("recognise", "revoke"), "revoke", "officer"),
    "ended": (_stepped("recognise", "end"), "end", "officer"),
    "held": (_stepped("hold"), "hold", "officer"),
    "released": (_stepped("hold", "release"), "release", "officer"),
    "late_to_unit": (_late, "late", "officer"),
}


def mail_of(world: World, name: str) -> tuple[Exemplar, EmailMultiAlternatives]:
    make, step, who = MAILS[name]
    User.objects.filter(pk=world.reviewer.pk).update(full_name="Mạc Văn Khuê")
    world.reviewer.refresh_from_db()
    exemplar = make(world)
    message = OutboxMessage.objects.get(
        subject_id=exemplar.pk, step__startswith=f"{step}:", recipient=world.people[who], channel="email"
    )
    message.recipient.full_name = "Lê Thị Hoa"
    return exemplar, mail_for(message)


def settled(text: str, exemplar: Exemplar) -> str:
    """Without what differs from run to run: the key of the record."""
    return text.replace(exemplar.number, "ĐH-2023-0000").replace(f"/dien-hinh/{exemplar.pk}/", "/dien-hinh/0/")


@pytest.mark.parametrize("name", MAILS)
def test_mail_reads_as_it_was_agreed(world: World, name: str) -> None:
    exemplar, mail = mail_of(world, name)
    found = {
        "txt": settled(f"Subject: {mail.subject}\n\n{mail.body}", exemplar),
        "html": settled(str(mail.alternatives[0].content), exemplar),
    }
    for kind, text in found.items():
        file = GOLDEN / f"{name}.{kind}"
        if os.environ.get("PORTAL_WRITE_GOLDEN"):
            file.write_text(text, encoding="utf-8")
        assert text == file.read_text(encoding="utf-8")


def test_every_golden_file_belongs_to_a_mail() -> None:
    assert {file.stem for file in GOLDEN.iterdir()} == set(MAILS)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.in_title = False

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.in_title = tag == "title"

    def handle_data(self, data: str) -> None:
        if not self.in_title:
            self.words += data.split()


def test_html_and_text_say_the_same_words(world: World) -> None:
    for name in MAILS:
        text = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8").partition("\n")[2]
        page = _Words()
        page.feed((GOLDEN / f"{name}.html").read_text(encoding="utf-8"))
        assert page.words == text.split(), name


def test_subjects_have_sixty_characters_at_most_whatever_the_name(world: World) -> None:
    long = "Câu lạc bộ người cao tuổi giúp nhau phát triển kinh tế và chăm sóc cây kiểng tuyến đường liên ấp " * 2
    type(world.commune_a).objects.filter(pk=world.commune_a.pk).update(short_name="Trung tâm Văn hóa, Thông tin " * 3)
    exemplar = world.exemplar(State.SUBMITTED, full_name=long[:150], sudden=True)
    for step in ("hold", "release", "recognise", "revoke"):
        do_step(step, exemplar, world.reviewer)
    titles = set(OutboxMessage.objects.values_list("title", flat=True))
    assert (len(titles), [t for t in titles if len(t) > 60]) == (5, [])


def test_a_mail_with_the_longest_remarks_stays_below_twenty_kilobytes(world: World) -> None:
    exemplar = _record(world)
    targets = [
        *(f"C{n}" for n in range(1, 8)),
        "title",
        "summary",
        "context",
        "deeds",
        "results",
        "photos",
        "documents",
    ]
    remarks = dict.fromkeys(targets, "“Ẳng” & <ghi> " * 400)
    return_exemplar(exemplar=exemplar, by=world.reviewer, comments=remarks, due=datetime.date(2023, 6, 12))
    message = OutboxMessage.objects.get(step__startswith="return:", recipient=world.officer, channel="email")
    mail = mail_for(message)
    size = len(str(mail.body).encode()) + len(str(mail.alternatives[0].content).encode())
    assert ("Và 2 nhận xét nữa" in str(mail.body), size < 20_000) == (True, True)


# Answers that are late


def late_record(world: World, state: str = State.IN_REVIEW, days: int = 3, **more) -> Exemplar:
    exemplar = world.exemplar(state, **more)
    Exemplar.objects.filter(pk=exemplar.pk).update(review_due=MONDAY - datetime.timedelta(days=days))
    exemplar.refresh_from_db()
    return exemplar


def told(exemplar: Exemplar) -> set[str]:
    rows = OutboxMessage.objects.filter(subject_id=exemplar.pk, step__startswith="late:", channel="in_app")
    return set(rows.values_list("recipient__username", flat=True))


def test_a_late_answer_is_told_to_the_unit_by_letter_and_to_the_office_by_its_ladder(world: World) -> None:
    taken, untaken = late_record(world), late_record(world, State.SUBMITTED)
    assert tell_late_units() == 2
    assert (told(taken), told(untaken)) == ({"officer"}, {"officer"})
    plan(MONDAY)
    assert (reminded(taken), reminded(untaken)) == (
        {"reviewer", "interior_head"},
        {"reviewer", "colleague", "interior_head"},
    )


def reminded(exemplar: Exemplar) -> set[str]:
    rows = Reminder.objects.filter(subject_type="exemplar_review", subject_id=exemplar.pk, channel="in_app")
    return set(rows.values_list("recipient__username", flat=True))


def test_a_late_answer_is_told_once_for_each_promised_date(world: World, stand_on) -> None:
    exemplar = late_record(world)
    first = [tell_late_units(), tell_late_units()]
    stand_on(MONDAY + datetime.timedelta(days=1))
    assert [*first, tell_late_units()] == [1, 0, 0]
    Exemplar.objects.filter(pk=exemplar.pk).update(review_due=MONDAY)
    assert [tell_late_units(), OutboxMessage.objects.filter(step__startswith="late:", channel="email").count()] == [
        1,
        2,
    ]


def test_what_was_missed_is_told_on_the_next_working_day(world: World, stand_on) -> None:
    late_record(world)
    found = []
    for day in (3, 4, 9):
        stand_on(datetime.date(2023, 6, day))
        found.append(tell_late_units())
    assert found == [0, 0, 1]


def test_what_is_due_today_held_or_decided_is_not_late(world: World) -> None:
    late_record(world, days=0)
    late_record(world, State.RECOGNISED)
    held = world.exemplar(State.SUBMITTED)
    do_step("hold", held, world.reviewer)
    Exemplar.objects.filter(pk=held.pk).update(review_due=MONDAY - datetime.timedelta(days=3))
    assert tell_late_units() == 0


def test_people_of_another_unit_or_district_are_told_nothing(world: World) -> None:
    late_record(world)
    tell_late_units()
    strangers = ["other_officer", "other_reviewer", "leader", "clerk", "council_member", "unit_leader"]
    assert OutboxMessage.objects.filter(recipient__username__in=strangers).count() == 0


@pytest.mark.parametrize(("step", "owed"), [(None, True), ("recognise", False), ("hold", False)])
def test_a_late_letter_is_owed_while_the_record_waits(world: World, step: str | None, owed: bool) -> None:
    exemplar = late_record(world)
    tell_late_units()
    if step:
        do_step(step, exemplar, world.reviewer)
    message = OutboxMessage.objects.get(step__startswith=f"{letters.LATE}:", recipient=world.officer, channel="email")
    assert is_owed(message) is owed
