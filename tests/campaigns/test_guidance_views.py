from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from campaigns.models import Guidance, Question, ReadReceipt
from tests.campaigns.inspection_makers import (
    JUNE_5,
    make_guidance,
    make_question,
    programme_of,
)
from tests.campaigns.makers import publish
from tests.factories import World, photo_upload, scan_upload

Browse = Callable[[str], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _june(stand_on: Callable[[datetime.date], None]) -> None:
    stand_on(JUNE_5)


def path(name: str, *args: Any) -> str:
    return reverse(f"campaigns:{name}", args=args)


def text_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


# Guidance


def test_the_office_writes_publishes_and_sees_who_has_read(world: World, browse: Browse) -> None:
    office = browse("reviewer")
    given = {
        "kind": "document",
        "title": "Hướng dẫn sơ kết",
        "programme": programme_of(world).pk,
        "text": "Gửi trước 15/6.",
        "addressing": "kinds",
        "unit_kinds": ["commune"],
        "documents": [scan_upload()],
    }
    office.post(path("guidance_new"), given)
    guidance = Guidance.objects.get()
    assert (guidance.state, guidance.enclosures.count()) == ("draft", 1)
    assert browse("officer").get(guidance.get_absolute_url()).status_code == 404
    assert "Ban hành tới 2 đơn vị" in text_of(office, guidance.get_absolute_url())
    office.post(path("guidance_publish", guidance.pk))
    officer = browse("officer")
    assert "Chưa đọc" in text_of(officer, path("guidance_list"))
    officer.post(path("guidance_read", guidance.pk))
    assert "đã xác nhận đọc lúc" in text_of(officer, guidance.get_absolute_url())
    assert "1/2 đơn vị đã đọc" in text_of(office, path("guidance_readers", guidance.pk))
    office.post(path("guidance_remind", guidance.pk))
    answer = office.post(path("guidance_remind", guidance.pk), follow=True)
    assert "Hôm nay đã nhắc rồi." in answer.content.decode()
    assert browse("reviewer").get(path("guidance_edit", guidance.pk)).status_code == 302


def test_reading_alone_is_no_receipt(world: World, browse: Browse) -> None:
    guidance = make_guidance(world)
    text_of(browse("officer"), guidance.get_absolute_url())
    assert ReadReceipt.objects.count() == 0
    assert browse("other_officer").post(path("guidance_read", guidance.pk)).status_code == 404


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"addressing": "kinds", "unit_kinds": []}, "Chọn ít nhất một loại đơn vị."),
        ({"addressing": "chosen", "units": []}, "Chọn ít nhất một đơn vị."),
        ({"unit_kinds": ["galaxy"], "addressing": "kinds"}, "không nằm trong danh sách"),
        ({"units": ["999"], "addressing": "chosen"}, "không nằm trong danh sách"),
        ({"text": ""}, "Nhập nội dung."),
    ],
)
def test_a_guidance_with_a_fault_is_shown_again(world: World, browse: Browse, change: dict, words: str) -> None:
    given = {"kind": "document", "title": "HD", "programme": programme_of(world).pk, "text": "x", "addressing": "all"}
    assert words in browse("reviewer").post(path("guidance_new"), given | change).content.decode()
    assert Guidance.objects.count() == 0


def test_one_refused_file_drops_no_other_and_a_form_at_fault_keeps_those_of_a_draft(
    world: World, browse: Browse
) -> None:
    office = browse("reviewer")
    given = {"kind": "document", "title": "HD", "programme": programme_of(world).pk, "text": "x", "addressing": "all"}
    bad = SimpleUploadedFile("la.exe", b"MZ\x90\x00")
    answer = office.post(path("guidance_new"), given | {"documents": [bad, scan_upload()]}, follow=True)
    guidance = Guidance.objects.get()
    assert (answer.redirect_chain[-1][0], guidance.enclosures.count()) == (path("guidance_edit", guidance.pk), 1)
    assert "la.exe" in answer.content.decode()
    page = office.post(
        path("guidance_edit", guidance.pk), {"title": "", "documents": [scan_upload(colour="red")]}
    ).content.decode()
    assert (guidance.enclosures.count(), "error-summary" in page) == (2, True)
    page = office.post(path("guidance_new"), {"title": "", "documents": [scan_upload()]}).content.decode()
    assert f"Chưa nhận “{scan_upload().name}”" in page


def test_a_guidance_takes_no_photo_that_no_page_would_show(world: World, browse: Browse) -> None:
    guidance, office = make_guidance(world, "draft"), browse("reviewer")
    given = {"kind": "document", "title": "HD", "programme": programme_of(world).pk, "text": "x", "addressing": "all"}
    page = office.post(path("guidance_edit", guidance.pk), given | {"photos": [photo_upload()]}, follow=True)
    assert "chỉ nhận tài liệu, không nhận ảnh" in page.content.decode()
    sent = office.post(path("guidance_file_add", guidance.pk), {"kind": "photo", "file": photo_upload()})
    assert (sent.status_code, guidance.enclosures.count()) == (400, 0)


def test_a_draft_is_dropped_in_words_of_its_own(world: World, browse: Browse) -> None:
    guidance, office = make_guidance(world, "draft"), browse("reviewer")
    assert "Bỏ bản nháp" in text_of(office, path("guidance_withdraw", guidance.pk))
    answer = office.post(path("guidance_withdraw", guidance.pk), {"reason": "Trùng."}, follow=True)
    assert "Đã bỏ bản nháp." in answer.content.decode()


def test_a_replaced_guidance_leads_to_the_newer_one(world: World, browse: Browse) -> None:
    old = make_guidance(world, "replaced")
    new = old.replaced_by.get()
    page = text_of(browse("officer"), old.get_absolute_url())
    assert new.get_absolute_url() in page
    assert "Đã đọc</button>" not in page


def test_a_withdrawn_guidance_says_why(world: World, browse: Browse) -> None:
    assert "Có sai sót." in text_of(browse("officer"), make_guidance(world, "withdrawn").get_absolute_url())


def test_a_unit_asks_and_the_office_answers_for_all(world: World, browse: Browse) -> None:
    guidance = make_guidance(world)
    officer, office = browse("officer"), browse("reviewer")
    officer.post(path("guidance_ask", guidance.pk), {"unit": world.commune_a.pk, "text": "Gửi bản giấy không?"})
    question = Question.objects.get()
    page = office.post(path("question_answer", question.pk), {"answer": "Có.", "publish": "on"}).content.decode()
    assert "Ghi tiêu đề hỏi đáp" in page
    given = {"answer": "Có.", "publish": "on", "title": "Bản giấy"}
    assert "Gửi bản giấy không?" in text_of(office, path("question_answer", question.pk))
    assert "Ghi câu hỏi như" in office.post(path("question_answer", question.pk), given).content.decode()
    office.post(path("question_answer", question.pk), given | {"asked": "Có gửi bản giấy không?"})
    assert question.text == "Gửi bản giấy không?"
    assert Question.objects.get().published_as.text.startswith("Hỏi: Có gửi bản giấy không?")
    assert "Có." in text_of(officer, question.get_absolute_url())
    assert "Bản giấy" in text_of(browse("other_officer"), path("guidance_list"))
    assert browse("other_officer").get(question.get_absolute_url()).status_code == 404


def test_a_question_on_a_milestone_is_of_the_own_programme(world: World, browse: Browse) -> None:
    milestone = publish(world, programme=programme_of(world))
    url = path("milestone_ask", milestone.pk)
    answer = browse("officer").post(url, {"unit": world.commune_a.pk, "text": "Hỏi?"})
    assert (answer.status_code, Question.objects.get().milestone) == (302, milestone)
    assert browse("officer").post(url, {"unit": world.commune_b.pk, "text": "Hỏi?"}).status_code == 200
    assert Question.objects.count() == 1


def test_a_milestone_shows_its_guidance_and_units_can_ask(world: World, browse: Browse) -> None:
    milestone = publish(world, programme=programme_of(world))
    guidance = make_guidance(world, milestone=milestone, title="Cách viết báo cáo sơ kết")
    for who, asks in (("officer", True), ("reviewer", False)):
        page = browse(who).get(milestone.get_absolute_url()).content.decode()
        assert (guidance.get_absolute_url() in page, path("milestone_ask", milestone.pk) in page) == (True, asks)


def test_a_question_that_was_answered_is_not_answered_again(world: World, browse: Browse) -> None:
    question = make_question(world, answered=True)
    assert browse("reviewer").get(path("question_answer", question.pk)).status_code == 302
    page = browse("reviewer").post(path("question_answer", question.pk), {"answer": "Khác"}).content.decode()
    assert "“Đã trả lời”" in page
