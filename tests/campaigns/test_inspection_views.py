from __future__ import annotations

import datetime
import io
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from docx import Document

from campaigns.inspection_enums import VisitState
from campaigns.models import Enclosure, FollowUp, InspectionPlan, Visit
from campaigns.services import close_programme
from core.audit.models import AuditEvent
from core.forms.merging import fingerprints
from tests.campaigns.inspection_makers import (
    DAY,
    JUNE_5,
    LINES,
    do_visit_step,
    fill_record,
    make_follow_up,
    make_plan,
    make_visit,
    paper_for,
    photo_for,
    programme_of,
)
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


def record(visit: Visit, **more: str) -> dict[str, str]:
    """What the form of a record posts when nothing else is touched."""
    return {"version": str(visit.version), "prints": fingerprints({}), "writer": "", **more}


def posted(client: Client, visit: Visit, **more: str) -> dict[str, str]:
    who = client.session["_auth_user_id"]
    return record(visit, **{**more, "writer": who})


# Planning


def test_the_office_plans_a_survey_from_the_first_form_to_the_announcement(world: World, browse: Browse) -> None:
    client = browse("reviewer")
    programme = programme_of(world)
    answer = client.post(
        path("plan_new"),
        {
            "kind": "survey",
            "title": "Khảo sát quý II",
            "programme": programme.pk,
            "starts": "1/6/2023",
            "ends": "30/6/2023",
            "lead": world.reviewer.pk,
            "checklist": "Có sổ theo dõi\n\nCó mô hình",
        },
    )
    plan = InspectionPlan.objects.get()
    assert (answer.status_code, answer.url) == (302, path("visits_add", plan.pk))
    assert list(plan.lines.values_list("text", flat=True)) == ["Có sổ theo dõi", "Có mô hình"]
    client.post(
        path("visits_add", plan.pk),
        {
            "units": [world.commune_a.pk, world.commune_b.pk],
            "planned_on": "12/6/2023",
            "team": [world.reviewer.pk, world.council_member.pk],
        },
    )
    client.post(path("plan_announce", plan.pk))
    page = text_of(client, path("plan_detail", plan.pk))
    assert "0/2 đơn vị đã thực hiện" in page
    assert "Đã thông báo cho đơn vị ngày" in page
    assert "Chưa thực hiện" in text_of(browse("officer"), path("inspection_list"))


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", "", "Nhập tên kế hoạch."),
        ("starts", "", "Nhập ngày bắt đầu."),
        ("ends", "", "Nhập ngày kết thúc."),
        ("ends", "31/5/2023", "Ngày kết thúc không được trước ngày bắt đầu."),
        ("checklist", "x" * 301, "dài quá 300 chữ cái"),
        ("lead", "999", "không có trong danh sách"),
        ("starts", "31/2/2023", "không có thật"),
    ],
)
def test_a_plan_with_a_fault_is_shown_again_with_what_was_typed(
    world: World, browse: Browse, field: str, value: str, words: str
) -> None:
    given = {
        "kind": "survey",
        "title": "Khảo sát quý II",
        "programme": programme_of(world).pk,
        "starts": "1/6/2023",
        "ends": "30/6/2023",
        "lead": world.reviewer.pk,
        "checklist": "Một",
        field: value,
    }
    page = browse("reviewer").post(path("plan_new"), given).content.decode()
    assert words in page
    assert ("Khảo sát quý II" in page) is (field != "title")
    assert InspectionPlan.objects.count() == 0


def test_a_visit_is_moved_with_a_reason_and_taken_off(world: World, browse: Browse) -> None:
    visit, client = make_visit(world), browse("reviewer")
    page = client.post(path("visit_postpone", visit.pk), {"day": "1/9/2023", "reason": "Bận"}).content.decode()
    assert "phải nằm trong thời gian của kế hoạch" in page
    client.post(path("visit_postpone", visit.pk), {"day": "20/6/2023", "reason": "Trùng họp HĐND"})
    visit.refresh_from_db()
    assert visit.planned_on == datetime.date(2023, 6, 20)
    assert "Trùng họp HĐND" in text_of(browse("officer"), visit.get_absolute_url())
    assert "Nhập lý do." in client.post(path("visit_cancel", visit.pk), {"reason": ""}).content.decode()
    client.post(path("visit_cancel", visit.pk), {"reason": "Gộp đợt sau"})
    assert "Không thực hiện nữa: Gộp đợt sau" in text_of(browse("officer"), visit.get_absolute_url())


# The unit's side


def test_a_unit_reads_date_and_checklist_first_and_the_findings_once_sent(world: World, browse: Browse) -> None:
    visit = make_visit(world, VisitState.RECORDED)
    photo_words = ("Đạt yêu cầu.", "Việc phát hiện làm đều.", "Chưa có nơi làm theo.", "Lập sổ theo dõi nhân rộng.")
    page = text_of(browse("officer"), visit.get_absolute_url())
    assert "Có sổ theo dõi điển hình" in page
    assert [words for words in photo_words if words in page] == []
    assert browse("officer").get(path("visit_minutes", visit.pk)).status_code == 404
    browse("colleague").post(path("visit_send", visit.pk))
    page = text_of(browse("officer"), visit.get_absolute_url())
    assert [words for words in photo_words if words not in page] == []
    browse("officer").post(path("visit_answer", visit.pk), {"reason": "Xã nhất trí."})
    assert "Xã nhất trí." in text_of(browse("reviewer"), visit.get_absolute_url())


def test_a_record_that_was_opened_and_closed_again_is_not_sent_unread(world: World, browse: Browse) -> None:
    visit, office = make_visit(world, VisitState.RECORDED), browse("colleague")
    assert 'name="ban" value="1"' in text_of(office, visit.get_absolute_url())
    do_visit_step("reopen", visit, world.reviewer)
    fill_record(visit, world.reviewer, conclusion="Kết luận khác hẳn.")
    do_visit_step("record", visit, world.reviewer)
    page = office.post(path("visit_send", visit.pk), {"ban": "1"}, follow=True)
    assert [str(message) for message in page.context["messages"]] == [
        "Sau khi trang này được mở, biên bản đã được mở lại và chốt lại nên chưa gửi. Đọc lại rồi gửi."
    ]
    assert ("Kết luận khác hẳn." in page.content.decode(), page.context["finished"]) == (True, 2)
    visit.refresh_from_db()
    assert visit.state == VisitState.RECORDED
    office.post(path("visit_send", visit.pk), {"ban": "2"})
    visit.refresh_from_db()
    assert visit.state == VisitState.SENT


def test_a_unit_never_meets_the_plan_or_the_visit_of_another(world: World, browse: Browse) -> None:
    visit = make_visit(world, VisitState.SENT)
    plan = visit.plan
    assert browse("officer").get(path("plan_detail", plan.pk)).status_code == 403
    names = ("visit_detail", "visit_minutes", "visit_minutes_file", "visit_answer")
    assert {browse("other_officer").get(path(name, visit.pk)).status_code for name in names} == {404}
    assert "Chưa có lần kiểm tra" in text_of(browse("other_officer"), path("inspection_list"))


# Recording


def test_a_record_is_written_without_scripts_photo_included(world: World, browse: Browse) -> None:
    visit, client = make_visit(world), browse("reviewer")
    line, other = visit.plan.lines.all()
    answer = client.post(
        path("visit_check", visit.pk),
        posted(
            client,
            visit,
            **{
                "done_on": "5/6/2023",
                "met_with": "Bà Thử",
                f"verdict-{line.pk}": "met",
                f"verdict-{other.pk}": "not_met",
                f"note-{other.pk}": "Chưa có nơi làm theo",
                "conclusion": "Đạt.",
                "follow-1-what": "Lập sổ",
                "follow-1-due": "9/6/2023",
            },
        )
        | {"photos": [photo_upload()], "documents": [scan_upload()]},
    )
    assert (answer.status_code, answer.url) == (302, visit.get_absolute_url())
    assert Enclosure.objects.filter(visit=visit).count() == 2
    client.post(path("visit_finish", visit.pk))
    visit.refresh_from_db()
    assert (visit.state, visit.recorded_by) == (VisitState.RECORDED, world.reviewer)


def test_a_save_with_a_fault_keeps_the_rest_and_names_it(world: World, browse: Browse) -> None:
    visit, client = make_visit(world), browse("reviewer")
    data = posted(client, visit, **{"done_on": "31/2/2023", "findings": "Làm đều", "follow-1-due": "9/6/2023"})
    page = client.post(path("visit_record", visit.pk), data).content.decode()
    visit.refresh_from_db()
    assert ("Đã lưu, trừ những mục dưới đây." in page, visit.findings) == (True, "Làm đều")
    assert "Ghi việc cần làm cho hạn này" in page


@pytest.mark.parametrize("due", ["31/2/2023", "4/6/2023", "9/"])
def test_a_recommendation_is_kept_while_its_date_is_at_fault(world: World, browse: Browse, due: str) -> None:
    visit, client = make_visit(world), browse("reviewer")
    data = posted(client, visit, **{"follow-1-what": "Lập sổ theo dõi", "follow-1-due": due})
    answer = client.post(path("visit_autosave", visit.pk), data)
    assert answer.json()["faulty"] == ["Hạn kiến nghị 1"]
    kept = visit.follow_ups.get()
    assert (kept.what, kept.due) == ("Lập sổ theo dõi", None)
    assert "hạn thực hiện của 1 kiến nghị" in client.get(visit.get_absolute_url()).content.decode()
    data = posted(client, visit, **{"follow-1-due": "20/6/2023"})
    client.post(path("visit_autosave", visit.pk), data)
    kept.refresh_from_db()
    assert (kept.what, kept.due) == ("Lập sổ theo dõi", datetime.date(2023, 6, 20))


def test_autosave_answers_what_was_written(world: World, browse: Browse) -> None:
    visit, client = make_visit(world), browse("reviewer")
    answer = client.post(path("visit_autosave", visit.pk), posted(client, visit, findings="Đang ghi"))
    told = answer.json()
    assert (answer.status_code, told["status"], told["version"], told["faulty"]) == (200, "saved", 1, [])
    visit.refresh_from_db()
    assert visit.findings == "Đang ghi"
    assert json.loads(told["prints"]).keys() == {"findings"}


def test_two_devices_merge_and_a_clash_is_shown_and_written_by_neither(world: World, browse: Browse) -> None:
    visit = make_visit(world, team=[world.reviewer, world.council_member])
    first, second = browse("reviewer"), browse("council_member")
    first.post(path("visit_autosave", visit.pk), posted(first, visit, findings="Của máy một"))
    told = second.post(path("visit_autosave", visit.pk), posted(second, visit, conclusion="Của máy hai")).json()
    assert (told["status"], told["taken"]) == ("saved", [{"name": "findings", "value": "Của máy một"}])
    clash = second.post(path("visit_autosave", visit.pk), posted(second, visit, findings="Khác"))
    told = clash.json()
    assert (clash.status_code, told["status"], told["who"]) == (409, "conflict", world.council_member.full_name)
    assert [(c["name"], c["value"]) for c in told["clashes"]] == [("findings", "Của máy một")]
    page = second.post(path("visit_record", visit.pk), posted(second, visit, findings="Khác")).content.decode()
    assert "vừa lưu biên bản này ở nơi khác" in page
    visit.refresh_from_db()
    assert (visit.findings, visit.conclusion) == ("Của máy một", "Của máy hai")


def test_what_was_typed_into_a_record_that_was_closed_meanwhile_is_given_back(world: World, browse: Browse) -> None:
    visit, client = make_visit(world, VisitState.RECORDED), browse("reviewer")
    answer = client.post(path("visit_record", visit.pk), posted(client, visit, findings="Câu vừa gõ"))
    assert (answer.status_code, "Câu vừa gõ" in answer.content.decode()) == (409, True)
    assert client.post(path("visit_autosave", visit.pk), posted(client, visit)).json() == {"status": "closed"}
    assert client.get(path("visit_record", visit.pk)).url == visit.get_absolute_url()


def test_a_form_of_somebody_else_is_not_written(world: World, browse: Browse) -> None:
    visit, client = make_visit(world), browse("reviewer")
    data = record(visit, writer=str(world.colleague.pk), findings="Của người khác")
    assert client.post(path("visit_autosave", visit.pk), data).json() == {"status": "other"}
    page = client.post(path("visit_record", visit.pk), data)
    visit.refresh_from_db()
    assert (page.status_code, "Của người khác" in page.content.decode(), visit.findings) == (409, True, "")


def test_a_caption_is_written_when_this_page_changed_it(world: World, browse: Browse) -> None:
    visit, client = make_visit(world), browse("reviewer")
    photo = photo_for(visit, world.reviewer)
    words = {f"caption-{photo.pk}": "Họp tổ", f"caption-was-{photo.pk}": "", "caption-999": "của nơi khác"}
    client.post(path("visit_autosave", visit.pk), posted(client, visit, **words))
    photo.refresh_from_db()
    assert photo.caption == "Họp tổ"
    stale = {f"caption-{photo.pk}": "", f"caption-was-{photo.pk}": ""}
    client.post(path("visit_autosave", visit.pk), posted(client, Visit.objects.get(pk=visit.pk), **stale))
    photo.refresh_from_db()
    assert photo.caption == "Họp tổ"


def test_a_repeated_upload_answers_with_the_file_of_the_first(world: World, browse: Browse) -> None:
    visit, client, key = make_visit(world), browse("reviewer"), str(uuid.uuid4())
    found = [
        client.post(path("visit_file_add", visit.pk), {"kind": "photo", "upload_key": key, "file": photo_upload()})
        for _n in range(2)
    ]
    assert [answer.status_code for answer in found] == [201, 201]
    assert found[0].json()["id"] == found[1].json()["id"]
    bad = client.post(path("visit_file_add", visit.pk), {"kind": "photo", "file": scan_upload("a.jpg", "red")})
    assert bad.status_code == 201
    no_file = client.post(path("visit_file_add", visit.pk), {"kind": "photo"})
    assert (no_file.status_code, no_file.json()["message"]) == (400, "Tệp chưa đến nơi. Bấm “Thử lại”.")


def test_a_file_is_taken_off_by_who_writes_and_not_after_it_was_sent(world: World, browse: Browse) -> None:
    follow_up = make_follow_up(world)
    paper = paper_for(follow_up, world.officer)
    url = path("enclosure_remove", paper.pk)
    assert {who: browse(who).get(url).status_code for who in ("officer", "unit_leader", "reviewer", "nobody")} == {
        "officer": 200,
        "unit_leader": 404,
        "reviewer": 404,
        "nobody": 403,
    }
    browse("officer").post(path("follow_up_report", follow_up.pk), {"evidence": "Đã làm."})
    assert browse("officer").post(url).status_code == 404
    assert Enclosure.objects.filter(pk=paper.pk).exists()


# Minutes


def test_the_minutes_are_a_paper_with_everything_and_no_invented_number(world: World, browse: Browse) -> None:
    visit = make_visit(world, VisitState.SENT)
    answer = browse("officer").get(path("visit_minutes_file", visit.pk))
    paper = Document(io.BytesIO(answer.content))
    text = "\n".join(p.text for p in paper.paragraphs)
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    for words in ("BIÊN BẢN", "I. Thành phần", "Việc phát hiện làm đều.", "Đạt yêu cầu."):
        assert words in text
    for words in ("Có sổ theo dõi điển hình", "Chưa đạt", "Lập sổ theo dõi nhân rộng.", "9/6/2023"):
        assert words in cells
    assert any("Thử, ngày" in cell and "Huyện Thử, ngày" not in cell for cell in cells)
    number = next(line for cell in cells for line in cell.split("\n") if line.startswith("Số:"))
    assert number.replace("\u00a0", "") == "Số: /BB-PNV"
    assert "Đại diện đơn vị" in text_of(browse("officer"), path("visit_minutes", visit.pk))


# Recommendations


def test_a_unit_reports_with_a_photo_and_the_office_returns_and_closes(world: World, browse: Browse) -> None:
    follow_up = make_follow_up(world)
    officer, office = browse("officer"), browse("reviewer")
    url = path("follow_up_report", follow_up.pk)
    page = officer.post(url, {"evidence": "", "photos": [photo_upload()]}).content.decode()
    assert "Nhập kết quả thực hiện." in page
    assert Enclosure.objects.count() == 1
    officer.post(url, {"evidence": "Đã lập sổ."})
    page = text_of(office, follow_up.get_absolute_url())
    assert "Đã lập sổ." in page
    assert "Xác nhận đã hoàn thành" in page
    past = office.post(path("follow_up_return", follow_up.pk), {"reason": "Thiếu", "due": "1/6/2023"}).content.decode()
    assert "không được trước hôm nay" in past
    office.post(path("follow_up_return", follow_up.pk), {"reason": "Thiếu chữ ký", "due": "20/6/2023"})
    assert "Thiếu chữ ký" in text_of(officer, follow_up.get_absolute_url())
    officer.post(url, {"evidence": "Đã bổ sung chữ ký."})
    office.post(path("follow_up_close", follow_up.pk))
    follow_up.refresh_from_db()
    assert (follow_up.state, follow_up.closed_by) == ("closed", world.reviewer)


def test_a_file_that_is_refused_holds_the_report_back_and_keeps_the_words(world: World, browse: Browse) -> None:
    follow_up = make_follow_up(world)
    bad = scan_upload("la.exe")
    url = path("follow_up_report", follow_up.pk)
    page = browse("officer").post(url, {"evidence": "Đã lập sổ.", "documents": [bad]}).content.decode()
    follow_up.refresh_from_db()
    assert ("Chưa gửi: có tệp không nhận được." in page, "Đã lập sổ." in page) == (True, True)
    assert follow_up.state == "open"


def test_opening_evidence_is_logged_and_a_photo_is_not(world: World, browse: Browse) -> None:
    follow_up = make_follow_up(world)
    paper, photo = paper_for(follow_up, world.officer), photo_for(follow_up, world.officer)
    before = AuditEvent.objects.count()
    for one in (paper, photo):
        answer = browse("officer").get(one.get_absolute_url())
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")
        b"".join(answer.streaming_content)
    events = AuditEvent.objects.order_by("number")[before:]
    assert [(e.action, e.subject_id, e.actor) for e in events] == [("followup.download", follow_up.pk, world.officer)]


def test_the_filter_of_visits_narrows_by_year_state_and_unit(world: World, browse: Browse) -> None:
    make_visit(world, planned_on=JUNE_5 - 10 * DAY)
    make_visit(world, unit=world.commune_b)
    client, url = browse("reviewer"), path("inspection_list")
    assert "2 lần kiểm tra" in text_of(client, url)
    assert "1 lần kiểm tra" in text_of(client, f"{url}?trang-thai=late")
    assert "1 lần kiểm tra" in text_of(client, f"{url}?don-vi={world.commune_b.pk}&nam=2023&trang-thai=planned")
    assert "Không có lần nào hợp" in text_of(client, f"{url}?nam=2022")
    assert "2 lần kiểm tra" in text_of(client, f"{url}?nam=abc&trang-thai=x&don-vi=999999999999")


def test_a_late_visit_stands_on_top_and_says_so(world: World, browse: Browse) -> None:
    make_visit(world, unit=world.commune_b)
    make_visit(world, planned_on=JUNE_5 - DAY)
    page = text_of(browse("reviewer"), path("inspection_list"))
    table = page[page.index("<tbody>") :]
    assert table.index("Xã Bình An") < table.index("Xã Đồng Thạnh")
    assert "Quá ngày dự kiến" in table


def test_answers_are_prefilled_when_a_record_is_opened_again(world: World, browse: Browse) -> None:
    visit = make_visit(world)
    fill_record(visit, world.reviewer)
    page = text_of(browse("reviewer"), path("visit_record", visit.pk))
    for words in ("Chưa có nơi làm theo.", "Lập sổ theo dõi nhân rộng.", "9/6/2023", "checked"):
        assert words in page
    assert FollowUp.objects.count() == 1


def test_a_plan_without_units_is_not_announced(world: World, browse: Browse) -> None:
    plan = make_plan(world)
    answer = browse("reviewer").post(path("plan_announce", plan.pk), follow=True)
    assert "Kế hoạch chưa có đơn vị nào." in answer.content.decode()


def test_the_form_of_a_plan_says_that_the_checklist_stays(world: World, browse: Browse) -> None:
    plan = make_visit(world, "recorded").plan
    client, url = browse("reviewer"), reverse("campaigns:plan_edit", args=[plan.pk])
    page = client.get(url)
    assert page.context["form"].fields["checklist"].disabled
    assert "Đã có đơn vị chốt biên bản nên nội dung kiểm tra giữ nguyên" in page.content.decode()
    words = {"kind": "survey", "title": "Tên mới", "starts": "1/5/2023", "ends": "31/7/2023", "lead": world.reviewer.pk}
    assert client.post(url, {**words, "checklist": "Dòng khác"}).status_code == 302
    plan.refresh_from_db()
    assert (plan.title, list(plan.lines.values_list("text", flat=True))) == ("Tên mới", list(LINES))


def test_a_closed_programme_offers_no_planning_and_says_what_runs_on(world: World, browse: Browse) -> None:
    plan = make_visit(world).plan
    closing = reverse("campaigns:programme_close", args=[plan.programme_id])
    assert "Kiến nghị sau kiểm tra vẫn chạy tiếp" in browse("interior_head").get(closing).content.decode()
    close_programme(programme=plan.programme, by=world.interior_head, summary="Xong.")
    client = browse("reviewer")
    urls = [reverse(f"campaigns:{name}", args=[plan.pk]) for name in ("plan_edit", "visits_add", "plan_announce")]
    page = client.get(plan.get_absolute_url()).content.decode()
    assert [url in page for url in urls] == [False, False, False]
    for url in urls[:2]:
        assert "Chương trình đã đóng" in client.get(url, follow=True).content.decode()
    assert "Chương trình đã đóng" in client.post(urls[2], follow=True).content.decode()
