"""The pages of the queue: next record, undo, sets, marks on criteria."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import clock
from core.workflow import WorkflowError
from models_registry import services
from models_registry.enums import Category, State
from models_registry.models import Criterion, Exemplar, ExemplarTransition, StockRemark
from notifications.models import OutboxMessage
from tests.factories import World, do_step, save

Browse = Callable[[str], Client]
YES = {"is_representative": "yes", "fits_unit": "yes", "is_replicable": "yes"}
DUE = "12/6/2023"
PLACE = "?hang=moi-gui"


def told(answer) -> list[tuple[str, str]]:
    """(words, tags) of the messages that an answer leaves for the next page."""
    return [(str(m), m.extra_tags) for m in get_messages(answer.wsgi_request)]


def states(*rows: Exemplar) -> list[str]:
    return [Exemplar.objects.get(pk=row.pk).state for row in rows]


def let_a_minute_pass() -> None:
    for log in ExemplarTransition.objects.exclude(undo_until=None):
        log.undo_until -= datetime.timedelta(seconds=61)
        log.save(update_fields=["undo_until"])


def undo_path(answer) -> str:
    """Where the last message lets one undo."""
    return [found[1] for _words, tags in told(answer) if (found := re.search(r"undo:(\S+)", tags))][-1]


# The next record


def test_a_decision_leads_to_the_next_record_and_offers_to_undo(world: World, browse: Browse) -> None:
    first, second = world.exemplar(State.SUBMITTED), world.exemplar(State.SUBMITTED)
    answer = browse("reviewer").post(f"/dien-hinh/{first.pk}/cong-nhan/{PLACE}", YES)
    assert answer.url == f"/dien-hinh/{second.pk}/xet/{PLACE}"
    assert told(answer) == [
        (
            f"Đã công nhận “{first.full_name}”, Xã Bình An. Đơn vị được báo sau 60 giây. "
            f"Tiếp theo: {second.full_name}.",
            f"undo:/dien-hinh/{first.pk}/hoan-tac/{PLACE} within:60",
        )
    ]


def test_after_the_last_record_of_a_tab_the_list_says_what_comes_next(world: World, browse: Browse) -> None:
    world.exemplar(State.SUBMITTED, sudden=True)
    last = world.exemplar(State.SUBMITTED)
    client = browse("reviewer")
    answer = client.post(f"/dien-hinh/{last.pk}/khong-cong-nhan/{PLACE}", {"reason": "Không đúng."}, follow=True)
    assert answer.redirect_chain == [(f"/dien-hinh/xet-duyet/{PLACE}", 302)]
    text = answer.content.decode()
    assert "Đã xét xong phần “Mới gửi”" in text
    assert "Tiếp theo: Đột xuất, 1 hồ sơ." in text
    assert "Hoàn tác (60 giây)" in text


def test_the_search_is_kept_from_record_to_record(world: World, browse: Browse) -> None:
    rows = [world.exemplar(State.SUBMITTED, full_name=name) for name in ("Lê Kim", "Trần Bình", "Ngô Kim")]
    url = f"/dien-hinh/{rows[0].pk}/tra-lai/?hang=moi-gui&q=kim"
    answer = browse("reviewer").post(url, {"due": DUE, "comment_summary": "Nêu rõ."})
    assert answer.url == f"/dien-hinh/{rows[2].pk}/xet/?hang=moi-gui&q=kim"


# Undo


@pytest.mark.parametrize(
    ("tail", "data", "state"),
    [
        ("cong-nhan/", YES, "recognised"),
        ("tra-lai/", {"due": DUE, "comment_summary": "Nêu rõ."}, "returned"),
        ("khong-cong-nhan/", {"reason": "Không đúng."}, "rejected"),
    ],
)
def test_a_decision_is_undone_and_its_letters_never_leave(
    world: World, browse: Browse, tail: str, data: dict, state: str
) -> None:
    exemplar = world.exemplar(State.SUBMITTED)
    client = browse("reviewer")
    path = undo_path(client.post(f"/dien-hinh/{exemplar.pk}/{tail}{PLACE}", data))
    assert states(exemplar) == [state]
    answer = client.post(path)
    assert answer.url == f"/dien-hinh/{exemplar.pk}/xet/{PLACE}"
    assert states(exemplar) == ["in_review"]
    letters = OutboxMessage.objects.filter(recipient=world.officer).values_list("status", flat=True)
    assert set(letters) == {"skipped"}
    assert [log.name for log in exemplar.transitions.all()][-1] == "undo"


def test_undo_is_refused_late_to_others_and_after_a_later_step(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.RECOGNISED)
    url = f"/dien-hinh/{exemplar.pk}/hoan-tac/"
    other = browse("colleague").post(url)
    assert [words.partition(" Bước")[0] for words, _tags in told(other)] == [
        "Chỉ người vừa làm bước này mới hoàn tác được."
    ]
    let_a_minute_pass()
    late = browse("reviewer").post(url)
    assert told(late)[0][0] == "Đã quá thời gian hoàn tác; thông báo về bước này đã gửi đi."
    ended = world.exemplar(State.ENDED)
    browse("reviewer").post(f"/dien-hinh/{ended.pk}/hoan-tac/")
    assert states(exemplar, ended) == ["recognised", "ended"]


def test_a_second_press_of_undo_changes_nothing_and_complains_of_nothing(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.RECOGNISED)
    client = browse("reviewer")
    answers = [client.post(f"/dien-hinh/{exemplar.pk}/hoan-tac/") for _press in range(2)]
    assert [answer.url for answer in answers] == [f"/dien-hinh/{exemplar.pk}/xet/"] * 2
    assert exemplar.transitions.filter(name="undo").count() == 1


# Return


def test_ticked_stock_remarks_are_added_to_the_part_named(world: World, browse: Browse) -> None:
    StockRemark.objects.create(office=world.district, text="Nêu rõ số liệu.")
    StockRemark.objects.create(office=world.far_district, text="Câu của huyện khác.")
    exemplar = world.exemplar(State.SUBMITTED)
    client = browse("reviewer")
    page = client.get(f"/dien-hinh/{exemplar.pk}/xet/").content.decode()
    assert ("Nêu rõ số liệu." in page, "Câu của huyện khác." in page) == (True, False)
    data = {"due": DUE, "comment_results": "Xem lại.", "stock": "Nêu rõ số liệu.", "stock_for": "results"}
    client.post(f"/dien-hinh/{exemplar.pk}/tra-lai/", data)
    assert list(exemplar.comments.values_list("target", "text")) == [("results", "Xem lại.\nNêu rõ số liệu.")]


def test_a_resubmitted_record_opens_what_changed_and_tells_what_was_answered(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.IN_REVIEW)
    data = {"due": DUE, "comment_summary": "Ghi rõ ngày.", "comment_title": "Ngắn quá."}
    browse("reviewer").post(f"/dien-hinh/{exemplar.pk}/tra-lai/", data)
    exemplar.refresh_from_db()
    save(exemplar, world.officer, {"summary": "Ngày 3/5/2023, anh lao xuống kinh."})
    exemplar.comments.filter(target="title").update(
        answer="Tên do ấp đặt.", answered_by=world.officer, answered_at=clock.now()
    )
    do_step("resubmit", exemplar, world.officer)
    text = browse("reviewer").get(f"/dien-hinh/{exemplar.pk}/xet/").content.decode()
    assert "2 trong 2 nhận xét đã được trả lời" in text
    assert "Phần đã sửa (1)" in text
    assert re.search(r"Đơn vị trả lời:\s*Tên do ấp đặt\.", text)
    open_part, _sep, folded = text.partition("Phần không đổi")
    assert ("<ins>" in open_part, "<ins>" in folded, 'id="xet-deeds"' in folded) == (True, False, True)


def test_a_good_deed_is_not_asked_for_what_its_form_does_not_hold(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.SUBMITTED, category=Category.GOOD_DEED)
    text = browse("reviewer").get(f"/dien-hinh/{exemplar.pk}/xet/").content.decode()
    assert ("comment_deeds" in text, "comment_C1" in text, "comment_lessons" in text) == (True, False, False)


# Criteria


def test_a_criterion_is_doubted_and_agreed_with_in_place(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.SUBMITTED)
    client = browse("reviewer")
    answer = client.post(f"/dien-hinh/{exemplar.pk}/chua-dong-y/C1/{PLACE}", {"note": "Giấy khen năm nào?"})
    assert answer.url == f"/dien-hinh/{exemplar.pk}/xet/{PLACE}#xet-C1"
    text = client.get(f"/dien-hinh/{exemplar.pk}/xet/").content.decode()
    assert ("Giấy khen năm nào?" in text, "Bỏ dấu chưa đồng ý" in text) == (True, True)
    client.post(f"/dien-hinh/{exemplar.pk}/dong-y/C1/")
    assert exemplar.doubts.count() == 0
    assert client.post(f"/dien-hinh/{exemplar.pk}/chua-dong-y/C9/").status_code == 404


def test_a_doubt_too_long_is_refused_and_kept_from_nothing(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.SUBMITTED)
    answer = browse("reviewer").post(f"/dien-hinh/{exemplar.pk}/chua-dong-y/C1/", {"note": "x" * 301})
    assert ([tags for _words, tags in told(answer)], exemplar.doubts.count()) == ([""], 0)


def test_the_public_page_says_nothing_of_doubts(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.SUBMITTED, consent_publish=True, consent_on=clock.today())
    services.doubt_criterion(exemplar=exemplar, criterion=Criterion.objects.get(), by=world.reviewer, note="Nghi ngờ.")
    do_step("recognise", exemplar, world.reviewer)
    answer = Client().get(f"/guong-dien-hinh/{exemplar.pk}-x/", follow=True)
    assert (answer.status_code, "Nghi ngờ." in answer.content.decode()) == (200, False)


# Late remarks


def test_the_head_sees_how_many_remarks_came_late_and_which(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.RETURNED)
    save(exemplar, world.officer, {"summary": "Ngày 3/5/2023."})
    do_step("resubmit", exemplar, world.officer)
    browse("reviewer").post(f"/dien-hinh/{exemplar.pk}/tra-lai/", {"due": DUE, "comment_title": "Ngắn quá."})
    shown = {who: browse(who).get("/dien-hinh/xet-duyet/").content.decode() for who in ("reviewer", "interior_head")}
    assert {who: "nhan-xet-muon/" in text for who, text in shown.items()} == {"reviewer": False, "interior_head": True}
    text = browse("interior_head").get("/dien-hinh/xet-duyet/nhan-xet-muon/").content.decode()
    assert ("1 nhận xét" in text, "Ngắn quá." in text, exemplar.number in text) == (True, True, True)


# Sets


def many(world: World, count: int, **more) -> list[Exemplar]:
    return [world.exemplar(State.SUBMITTED, **more) for _number in range(count)]


def keys(rows: list[Exemplar]) -> dict[str, list[int]]:
    return {"chon": [row.pk for row in rows]}


def test_a_set_is_asked_about_once_with_its_count_and_names(world: World, browse: Browse) -> None:
    rows = many(world, 3)
    marked = "&".join(f"chon={row.pk}" for row in rows[:2])
    text = browse("reviewer").get(f"/dien-hinh/xet-duyet/cong-nhan/{PLACE}&{marked}").content.decode()
    assert [row.full_name in text for row in rows] == [True, True, False]
    assert "Có cho cả ba câu, công nhận 2 hồ sơ" in text
    whole = browse("reviewer").get(f"/dien-hinh/xet-duyet/cong-nhan/{PLACE}&ca=1").content.decode()
    assert "Có cho cả ba câu, công nhận 3 hồ sơ" in whole
    back = browse("reviewer").get(f"/dien-hinh/xet-duyet/{PLACE}&{marked}").content.decode()
    assert back.count(" checked>") == 2


@pytest.mark.parametrize(
    ("step", "data", "state", "words"),
    [
        ("cong-nhan", YES, "recognised", "Đã công nhận 2 hồ sơ. Các đơn vị được báo sau 60 giây."),
        (
            "tra-lai",
            {"target": "results", "text": "Nêu rõ số liệu.", "due": DUE},
            "returned",
            "Đã trả lại 2 hồ sơ để bổ sung. Các đơn vị được báo sau 60 giây.",
        ),
        (
            "khong-cong-nhan",
            {"reason": "Trùng."},
            "rejected",
            "Đã ghi “Không công nhận” cho 2 hồ sơ. Các đơn vị được báo kèm lý do sau 60 giây.",
        ),
    ],
)
def test_a_set_is_decided_told_once_and_undone_at_once(
    world: World, browse: Browse, step: str, data: dict, state: str, words: str
) -> None:
    rows = many(world, 2)
    client = browse("reviewer")
    answer = client.post(f"/dien-hinh/xet-duyet/{step}/{PLACE}", data | keys(rows))
    assert (answer.url, [w for w, _tags in told(answer)]) == (f"/dien-hinh/xet-duyet/{PLACE}", [words])
    assert states(*rows) == [state, state]
    assert [[log.name for log in row.transitions.all()] for row in rows] == [["submit", "take", rows_step(state)]] * 2
    owed = OutboxMessage.objects.filter(recipient=world.officer, channel="in_app", status="pending")
    assert sorted(owed.values_list("subject_id", flat=True)) == sorted(row.pk for row in rows)
    path = undo_path(answer)
    assert [client.post(path).url for _press in range(2)] == [f"/dien-hinh/xet-duyet/{PLACE}"] * 2
    assert states(*rows) == ["in_review", "in_review"]
    assert [row.transitions.filter(name="undo").count() for row in rows] == [1, 1]
    assert owed.count() == 0


def rows_step(state: str) -> str:
    return {"recognised": "recognise", "returned": "return", "rejected": "reject"}[state]


def test_a_set_that_holds_what_cannot_be_decided_is_not_touched(world: World, browse: Browse) -> None:
    good, held, own = many(world, 3)
    do_step("hold", held, world.colleague)
    own.registered_by = world.reviewer
    own.save(update_fields=["registered_by"])
    client = browse("reviewer")
    answer = client.post(f"/dien-hinh/xet-duyet/cong-nhan/{PLACE}", YES | keys([good, held, own]))
    text = answer.content.decode()
    assert "Chưa làm gì với hồ sơ nào: 2 trong 3 hồ sơ không làm được bước “Công nhận”." in text
    assert ("Hồ sơ đang tạm dừng" in text, "Hồ sơ do chính đồng chí lập" in text) == (True, True)
    assert re.findall(r'name="chon" value="(\d+)"', text) == [str(good.pk)]
    assert states(good, held, own) == ["submitted"] * 3
    again = client.post(f"/dien-hinh/xet-duyet/cong-nhan/{PLACE}", {"moi": "1", "chon": good.pk}).content.decode()
    assert "Có cho cả ba câu, công nhận 1 hồ sơ" in again


def test_a_set_of_another_office_or_of_nothing_is_empty(world: World, browse: Browse) -> None:
    rows = many(world, 2)
    drafts = [world.exemplar(State.DRAFT)]
    for data in (keys(rows), {"chon": ["x", "-1", "9" * 40]}, {}):
        answer = browse("other_reviewer").post("/dien-hinh/xet-duyet/cong-nhan/", YES | data)
        assert "Chưa chọn hồ sơ nào" in answer.content.decode()
    browse("reviewer").post("/dien-hinh/xet-duyet/cong-nhan/", YES | keys(drafts))
    assert states(*rows, *drafts) == ["submitted", "submitted", "draft"]
    assert browse("reviewer").get("/dien-hinh/xet-duyet/khac/").status_code == 404


@pytest.mark.parametrize(
    ("step", "data"),
    [
        ("cong-nhan", YES | {"fits_unit": "no"}),
        ("tra-lai", {"target": "results", "text": "", "due": DUE}),
        ("tra-lai", {"target": "results", "text": "x", "due": "1/6/2023"}),
        ("tra-lai", {"target": "khac", "text": "x", "due": DUE}),
        ("khong-cong-nhan", {"reason": " "}),
    ],
)
def test_a_fault_in_the_form_of_a_set_touches_nothing(world: World, browse: Browse, step: str, data: dict) -> None:
    rows = many(world, 2)
    answer = browse("reviewer").post(f"/dien-hinh/xet-duyet/{step}/", data | keys(rows))
    assert ("error-summary" in answer.content.decode(), states(*rows)) == (True, ["submitted", "submitted"])


def test_a_set_with_a_good_deed_is_remarked_on_what_all_hold(world: World, browse: Browse) -> None:
    rows = [world.exemplar(State.SUBMITTED), world.exemplar(State.SUBMITTED, category=Category.GOOD_DEED)]
    marked = "&".join(f"chon={row.pk}" for row in rows)
    text = browse("reviewer").get(f"/dien-hinh/xet-duyet/tra-lai/?{marked}").content.decode()
    assert ('value="results"' in text, 'value="lessons"' in text, 'value="C1"' in text) == (True, False, False)


def test_a_set_is_undone_by_its_reviewer_alone_within_the_minute(world: World, browse: Browse) -> None:
    rows = many(world, 2)
    path = undo_path(browse("reviewer").post("/dien-hinh/xet-duyet/cong-nhan/", YES | keys(rows)))
    assert browse("colleague").post(path).status_code == 404
    assert browse("reviewer").post("/dien-hinh/xet-duyet/hoan-tac/999999999999999999999/").status_code == 404
    services.undo_decision(exemplar=rows[0], by=world.reviewer)
    do_step("hold", rows[1], world.colleague)
    refused = browse("reviewer").post(path)
    assert told(refused)[0][0] == "Đã quá thời gian hoàn tác; thông báo về bước này đã gửi đi."
    assert states(*rows) == ["in_review", "recognised"]


def test_a_set_of_a_hundred_costs_few_queries(world: World, browse: Browse) -> None:
    client = browse("reviewer")
    costs = {}
    for size in (2, 100):
        rows = many(world, size)
        with CaptureQueriesContext(connection) as queries:
            answer = client.post("/dien-hinh/xet-duyet/cong-nhan/", YES | keys(rows))
        path = undo_path(answer)
        with CaptureQueriesContext(connection) as undoing:
            client.post(path)
        costs[size] = (len(queries), len(undoing))
        assert set(states(*rows)) == {"in_review"}
    # SQLite takes fewer values in one statement, so a hundred rows are written in several.
    of_a_hundred = {"sqlite": (57, 34), "postgresql": (35, 25)}
    assert costs == {2: (38, 25), 100: of_a_hundred[connection.vendor]}


def sent_anew(world: World) -> Exemplar:
    """A record whose first version somebody reads while its unit takes it back, mends it and sends it again."""
    exemplar = world.exemplar(State.SUBMITTED)
    do_step("withdraw", exemplar, world.officer)
    save(exemplar, world.officer, {"deeds": "Bản mới, khác hẳn."})
    do_step("submit", exemplar, world.officer)
    return exemplar


def test_a_decision_holds_for_the_version_that_was_read(world: World, browse: Browse) -> None:
    client, exemplar = browse("reviewer"), sent_anew(world)
    page = client.get(f"/dien-hinh/{exemplar.pk}/xet/").content.decode()
    assert page.count('name="ban" value="2"') == 3
    returning = {"comment_summary": "Ghi rõ ngày.", "due": DUE}
    for step, data in (("cong-nhan", YES), ("tra-lai", returning), ("khong-cong-nhan", {"reason": "Không đúng."})):
        answer = client.post(f"/dien-hinh/{exemplar.pk}/{step}/{PLACE}", data | {"ban": "1"})
        told_why = "Đơn vị vừa gửi bản mới" in answer.content.decode()
        assert (answer.status_code, told_why, states(exemplar)) == (409, True, ["submitted"]), step
    client.post(f"/dien-hinh/{exemplar.pk}/cong-nhan/{PLACE}", YES | {"ban": "2"})
    assert states(exemplar) == ["recognised"]


def test_a_decision_on_a_set_holds_for_the_versions_that_were_read(world: World, browse: Browse) -> None:
    client, rows = browse("reviewer"), [world.exemplar(State.SUBMITTED), sent_anew(world)]
    address, old = "/dien-hinh/xet-duyet/cong-nhan/", {f"ban_{row.pk}": "1" for row in rows}
    answer = client.post(address, YES | keys(rows) | old)
    assert ("Đơn vị vừa gửi bản mới" in answer.content.decode(), states(*rows)) == (True, ["submitted"] * 2)
    client.post(address, YES | keys(rows) | old | {f"ban_{rows[1].pk}": "2"})
    assert states(*rows) == ["recognised"] * 2


def test_a_second_press_of_a_decision_on_a_set_complains_of_nothing(world: World, browse: Browse) -> None:
    client, rows = browse("reviewer"), many(world, 2)
    presses = [client.post(f"/dien-hinh/xet-duyet/cong-nhan/{PLACE}", YES | keys(rows)) for _press in range(2)]
    assert [answer.status_code for answer in presses] == [302, 302]
    other = browse("colleague").post(f"/dien-hinh/xet-duyet/cong-nhan/{PLACE}", YES | keys(rows))
    assert (other.status_code, "Chưa làm gì" in other.content.decode()) == (200, True)


def test_only_a_criterion_that_is_claimed_is_doubted(world: World) -> None:
    exemplar, deed = world.exemplar(State.SUBMITTED), world.exemplar(State.SUBMITTED, category=Category.GOOD_DEED)
    claimed = {c["code"] for c in exemplar.versions.get().content["criteria"] if c["is_met"]}
    for record, wanted in ((exemplar, claimed), (deed, set())):
        for criterion in Criterion.objects.all():
            try:
                services.doubt_criterion(exemplar=record, criterion=criterion, by=world.reviewer)
            except WorkflowError:
                continue
        assert set(record.doubts.values_list("criterion__code", flat=True)) == wanted
