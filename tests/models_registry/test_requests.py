"""What one side asks of the other: holds, promotions, changes of recognised records, confirmations, the bin."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from unittest import mock

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import clock
from core.audit.models import AuditEvent
from core.workflow import WorkflowError
from models_registry import services
from models_registry.content import content_of
from models_registry.desk import desk_items
from models_registry.enums import Category, ConfirmationRule, RequestState, State
from models_registry.forms import ExemplarForm
from models_registry.models import Attachment, ChangeRequest, Confirmation, Exemplar, ReviewSettings, StockRemark
from models_registry.proposals import open_change, read_proposal
from models_registry.views.confirmation import units_to_ask
from models_registry.workflow import EXEMPLAR_WORKFLOW
from notifications.models import OutboxMessage
from organizations.enums import Role, UnitKind
from organizations.models import Unit
from reports.selectors import desk_counts
from tests.factories import (
    ALL_YES,
    UnitFactory,
    UserFactory,
    World,
    add_files,
    ask_for_change,
    do_step,
    make_world,
    save,
)

Browse = Callable[[str], Client]
AGREED = {"consent_publish": True, "consent_on": datetime.date(2023, 6, 1)}


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(WorkflowError) as caught:
        act()
    return caught.value.message


def stored(exemplar: Exemplar) -> Exemplar:
    return Exemplar.objects.select_related("unit").get(pk=exemplar.pk)


def told(subject: str) -> list[tuple[str, str]]:
    rows = OutboxMessage.objects.filter(subject_type=subject, channel="in_app").exclude(status="skipped")
    return sorted(rows.values_list("step", "recipient__username"))


# Hold


def test_a_hold_blocks_what_it_says_it_blocks_with_its_reason(world: World) -> None:
    waiting, recognised = world.exemplar(State.IN_REVIEW), world.exemplar(State.RECOGNISED)
    returned, deed = world.exemplar(State.RETURNED), world.exemplar(State.RECOGNISED, category=Category.GOOD_DEED)
    ask_for_change(recognised, world.officer, results="Hai em đều khỏe.")
    save(returned, world.officer, {"summary": "Ngày 3/5/2023."})
    for exemplar in (waiting, recognised, returned, deed):
        do_step("hold", exemplar, world.reviewer)
    acts = [
        lambda: do_step("recognise", waiting, world.reviewer),
        lambda: do_step("amend", recognised, world.reviewer),
        lambda: do_step("resubmit", returned, world.officer),
        lambda: do_step("promote", deed, world.officer),
        lambda: ask_for_change(deed, world.officer, deeds="Khác."),
    ]
    assert [refused(act) for act in acts] == ["Hồ sơ đang tạm dừng: Đang có đơn phản ánh."] * 5


def test_a_hold_is_told_on_the_record_to_insiders_alone_and_on_the_desk_of_the_unit(
    world: World, browse: Browse
) -> None:
    exemplar = world.exemplar(State.RECOGNISED)
    answer = browse("interior_head").post(f"/dien-hinh/{exemplar.pk}/tam-dung/", {"reason": "Chờ kết luận của xã."})
    assert answer.status_code == 302
    seen = {
        who: "Chờ kết luận của xã." in browse(who).get(f"/dien-hinh/{exemplar.pk}/").content.decode()
        for who in ("officer", "unit_leader", "reviewer", "nobody", "other_officer")
    }
    assert seen == {"officer": True, "unit_leader": True, "reviewer": True, "nobody": False, "other_officer": False}
    assert "đang tạm dừng" in browse("officer").get("/ban-lam-viec/").content.decode()


@pytest.mark.parametrize("reason", ["", "   ", "\n", "\u200b", "x" * 2001])
def test_a_hold_without_a_reason_or_with_one_too_long_is_asked_again(world: World, browse: Browse, reason: str) -> None:
    exemplar = world.exemplar(State.SUBMITTED)
    answer = browse("reviewer").post(f"/dien-hinh/{exemplar.pk}/tam-dung/", {"reason": reason})
    assert (answer.status_code, stored(exemplar).hold_since) == (200, None)


def race(*acts: Callable[[], object]) -> list[str]:
    start, met = threading.Barrier(len(acts)), [""] * len(acts)

    def run(place: int) -> None:
        start.wait(timeout=10)
        try:
            acts[place]()
            met[place] = "done"
        except Exception as error:  # noqa: BLE001 - whatever it is, the test names it
            met[place] = type(error).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return met


@pytest.mark.django_db(transaction=True)
def test_of_a_hold_and_a_submission_at_once_the_later_one_is_told() -> None:
    world = make_world()
    exemplar = world.exemplar(State.RETURNED)
    save(exemplar, world.officer, {"summary": "Ngày 3/5/2023."})
    mine, theirs = stored(exemplar), stored(exemplar)
    met = race(lambda: do_step("resubmit", mine, world.officer), lambda: do_step("hold", theirs, world.reviewer))
    # Sent first, the hold still finds a record that can be held; held first, the sending is refused.
    wanted = {"submitted": ["done", "done"], "returned": ["WorkflowError", "done"]}
    found = stored(exemplar)
    assert (met, found.is_on_hold) == (wanted[found.state], True)


# Promotion


def test_a_good_deed_grows_once_and_both_records_name_each_other(world: World, browse: Browse) -> None:
    deed = world.exemplar(State.RECOGNISED, category=Category.GOOD_DEED)
    officer = browse("officer")
    first = officer.post(f"/dien-hinh/{deed.pk}/nang-len/", {"category": "exemplar"})
    grown = Exemplar.objects.get(promoted_from=deed)
    again = officer.post(f"/dien-hinh/{deed.pk}/nang-len/", {"category": "model"})
    assert (first.url, again.url) == (f"/dien-hinh/{grown.pk}/sua/", f"/dien-hinh/{grown.pk}/")
    assert Exemplar.objects.filter(promoted_from=deed).count() == 1
    pages = [officer.get(f"/dien-hinh/{pk}/").content.decode() for pk in (deed.pk, grown.pk)]
    assert ("Đã nâng lên hồ sơ" in pages[0], "Nâng lên từ" in pages[1]) == (True, True)
    # The draft is the unit's own: others do not learn of it from the old record.
    assert grown.number not in browse("reviewer").get(f"/dien-hinh/{deed.pk}/").content.decode()


@pytest.mark.parametrize("category", ["", "good_deed", "new_factor", "x", "exemplar\x00"])
def test_a_deed_grows_into_nothing_else(world: World, browse: Browse, category: str) -> None:
    deed = world.exemplar(State.RECOGNISED, category=Category.GOOD_DEED)
    answer = browse("officer").post(f"/dien-hinh/{deed.pk}/nang-len/", {"category": category})
    assert (answer.status_code, Exemplar.objects.filter(promoted_from=deed).count()) == (200, 0)


# Change of a recognised record


def change_form(exemplar: Exemplar, **changes: str) -> dict[str, str]:
    values = {n: "on" if v is True else v for n, v in ExemplarForm(exemplar=exemplar).initial.items()}
    known = {n: str(v) for n, v in values.items() if v not in (None, "", False)}
    return {**known, "version": str(exemplar.version), "reason": "Ghi sai năm.", **changes}


def test_a_request_changes_nothing_until_it_is_applied_and_then_exactly_what_was_shown(
    world: World, browse: Browse
) -> None:
    exemplar = world.exemplar(State.RECOGNISED)
    before = content_of(stored(exemplar))
    address = f"/dien-hinh/{exemplar.pk}/de-nghi-dieu-chinh/"
    answer = browse("officer").post(address, change_form(exemplar, results="Hai em đều khỏe.", state="draft"))
    assert (answer.status_code, content_of(stored(exemplar))) == (302, before)
    page = browse("reviewer").get(f"/dien-hinh/{exemplar.pk}/dieu-chinh/")
    shown = page.context["proposal"]
    assert [(c.target, c.before, c.after) for c in shown.changes] == [
        ("results", "Hai em đều an toàn.", "Hai em đều khỏe.")
    ]
    posted = {"change": shown.change.pk, "mark": shown.mark}
    browse("reviewer").post(f"/dien-hinh/{exemplar.pk}/dieu-chinh/ap-dung/", posted)
    found = stored(exemplar)
    assert (found.state, found.results, found.versions.count()) == ("recognised", "Hai em đều khỏe.", 2)
    assert found.versions.last().content == content_of(found)
    assert found.transitions.last().name == "amend"
    text = browse("officer").get(f"/dien-hinh/{exemplar.pk}/").content.decode()
    assert "?tu=1&amp;den=2" in text


def test_a_private_change_is_read_masked_until_a_logged_look(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.RECOGNISED, phone="0912345678")
    browse("officer").post(f"/dien-hinh/{exemplar.pk}/de-nghi-dieu-chinh/", change_form(exemplar, phone="0987 111 299"))
    client, page = browse("reviewer"), f"/dien-hinh/{exemplar.pk}/dieu-chinh/"
    masked = client.get(page).content.decode()
    answer = client.post(f"/dien-hinh/{exemplar.pk}/thong-tin-rieng/", {"trang": "de-nghi"})
    assert answer.url.startswith(f"{page}?hien=")
    revealed = client.get(answer.url).content.decode()
    for text, hidden in ((masked, True), (revealed, False)):
        assert [number in text for number in ("0912", "0987", "•78", "•99")] == [not hidden] * 2 + [hidden] * 2
    assert ("Hiện thông tin riêng" in masked, "Hiện thông tin riêng" in revealed) == (True, False)
    assert list(exemplar.private_looks.values_list("user__username", flat=True)) == ["reviewer"]
    others = browse("colleague").get(answer.url).content.decode()
    assert ("0912" in others, "Áp dụng đúng như trên" in revealed) == (False, True)


def test_a_request_that_was_shown_over_other_content_is_shown_again(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.RECOGNISED, **AGREED)
    change = ask_for_change(exemplar, world.officer, results="Hai em đều khỏe.")
    mark = read_proposal(open_change(stored(exemplar))).mark
    do_step("withdraw_consent", exemplar, world.officer)
    answer = browse("reviewer").post(
        f"/dien-hinh/{exemplar.pk}/dieu-chinh/ap-dung/", {"change": change.pk, "mark": mark}
    )
    assert (answer.status_code, stored(exemplar).results) == (409, "Hai em đều an toàn.")


def test_a_consent_withdrawn_meanwhile_is_not_given_back_by_a_request(world: World) -> None:
    exemplar = world.exemplar(State.RECOGNISED, **AGREED)
    ask_for_change(exemplar, world.officer, results="Hai em đều khỏe.")
    do_step("withdraw_consent", exemplar, world.officer)
    do_step("amend", stored(exemplar), world.reviewer)
    found = stored(exemplar)
    assert (found.consent_publish, found.results) == (False, "Hai em đều khỏe.")


def test_one_request_stands_at_a_time_and_a_withdrawn_one_makes_room(world: World) -> None:
    exemplar = world.exemplar(State.RECOGNISED)
    change = ask_for_change(exemplar, world.officer, results="Một.")
    told_twice = refused(lambda: ask_for_change(exemplar, world.officer, results="Hai."))
    assert told_twice == "Hồ sơ đã có một đề nghị điều chỉnh đang chờ Phòng Nội vụ."
    services.withdraw_change(change=change, by=world.officer)
    ask_for_change(exemplar, world.officer, results="Hai.")
    assert list(ChangeRequest.objects.values_list("state", flat=True)) == ["withdrawn", "open"]


def test_a_request_is_decided_once_and_a_declined_one_tells_why(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.RECOGNISED)
    change = ask_for_change(exemplar, world.officer, results="Hai em đều khỏe.")
    address = f"/dien-hinh/{exemplar.pk}/dieu-chinh/khong-ap-dung/"
    posted = {"change": change.pk, "note": "Chưa có giấy xác nhận."}
    assert [browse("reviewer").post(address, posted).status_code for _twice in range(2)] == [302, 302]
    change.refresh_from_db()
    assert (change.state, change.decision_note) == (RequestState.REFUSED, "Chưa có giấy xác nhận.")
    assert "Chưa có giấy xác nhận." in browse("officer").get(f"/dien-hinh/{exemplar.pk}/").content.decode()
    assert told("change_request") == [("declined", "officer")]


def test_nobody_decides_on_a_request_of_their_own(world: World) -> None:
    both = UserFactory(home_unit=world.office, roles=[(Role.OFFICER, world.commune_a), (Role.REVIEWER, world.district)])
    exemplar = world.exemplar(State.RECOGNISED)
    change = ask_for_change(exemplar, both, results="Hai em đều khỏe.")
    wanted = "Đề nghị do chính đồng chí gửi. Người khác của Phòng Nội vụ phải xét đề nghị này."
    acts = [
        lambda: do_step("amend", exemplar, both),
        lambda: services.decline_change(change=change, by=both, note="Không."),
    ]
    assert [refused(act) for act in acts] == [wanted] * 2


@pytest.mark.parametrize("step", ["end", "revoke"])
def test_a_record_that_closes_closes_its_request(world: World, step: str) -> None:
    exemplar = world.exemplar(State.RECOGNISED)
    change = ask_for_change(exemplar, world.officer, results="Hai em đều khỏe.")
    do_step(step, exemplar, world.reviewer)
    change.refresh_from_db()
    assert change.state == RequestState.WITHDRAWN


BAD_CHANGES = [
    {},
    {"reason": ""},
    {"reason": "x" * 2001, "results": "Khác."},
    {"full_name": ""},
    {"birth": "31/2/1975"},
    {"phone": "12"},
    {"field": "999999"},
    {"deeds": ""},
    {"achievement-1-figure": "bốn"},
    {"achievement-1-measure": ""},
    {"consent_publish": "on", "consent_on": ""},
    {"met_C1": "maybe"},
    {"evidence_C1": ""},
]


def test_a_request_with_a_fault_is_shown_again_with_what_was_typed(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.RECOGNISED)
    officer, address = browse("officer"), f"/dien-hinh/{exemplar.pk}/de-nghi-dieu-chinh/"
    for bad in BAD_CHANGES:
        answer = officer.post(address, change_form(exemplar, **bad))
        assert (answer.status_code, ChangeRequest.objects.count()) == (200, 0), bad
        assert "Nội dung đã nhập vẫn được giữ trên trang này." in answer.content.decode(), bad


def test_a_stale_request_gives_the_words_back(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.RECOGNISED)
    for version in ("0", "x", "9" * 30, "²", "-1"):
        posted = change_form(exemplar, results="Chữ đã gõ.", version=version)
        answer = browse("officer").post(f"/dien-hinh/{exemplar.pk}/de-nghi-dieu-chinh/", posted)
        assert (answer.status_code, "Chữ đã gõ." in answer.content.decode()) == (409, True), version


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_requests_costs_the_same_at_every_size(world: World, browse: Browse, rows: int) -> None:
    for _row in range(rows):
        ask_for_change(world.exemplar(State.RECOGNISED), world.officer, results="Hai em đều khỏe.")
    client = browse("reviewer")
    client.get("/dien-hinh/de-nghi-dieu-chinh/")
    with CaptureQueriesContext(connection) as queries:
        answer = client.get("/dien-hinh/de-nghi-dieu-chinh/")
    assert (len(queries), len(answer.context["page_obj"])) == (7, rows)


# Confirmation


@pytest.fixture
def front(world: World) -> World:
    """The world with a Front and its officer."""
    unit = UnitFactory(parent=world.district, name="Ủy ban MTTQ huyện", kind=UnitKind.FRONT_MASS)
    world.people["front"] = UserFactory(username="front", home_unit=unit, roles=[(Role.OFFICER, unit)])
    return world


def rule(world: World, value: str) -> None:
    ReviewSettings.objects.update_or_create(office=world.district, defaults={"confirmation": value})


def ask(exemplar: Exemplar, world: World, who: str = "unit_leader") -> Confirmation:
    unit = world.commune_a if who == "unit_leader" else world.people[who].home_unit
    return services.ask_confirmation(exemplar=exemplar, by=world.officer, of=unit)


def answer_page(browse: Browse, who: str, exemplar: Exemplar, answer: str, note: str = "") -> int:
    client, address = browse(who), f"/dien-hinh/{exemplar.pk}/xac-nhan/"
    mark = client.get(address).context["mark"]
    return client.post(address, {"answer": answer, "note": note, "mark": mark}).status_code


@pytest.mark.parametrize(
    ("value", "who", "allowed"),
    [
        (ConfirmationRule.NONE, "", True),
        (ConfirmationRule.LEADER, "", False),
        (ConfirmationRule.LEADER, "unit_leader", True),
        (ConfirmationRule.LEADER, "front", False),
        (ConfirmationRule.FRONT, "unit_leader", False),
        (ConfirmationRule.FRONT, "front", True),
        (ConfirmationRule.EITHER, "front", True),
        (ConfirmationRule.EITHER, "unit_leader", True),
    ],
)
def test_sending_waits_for_whom_the_office_names(
    front: World, browse: Browse, value: str, who: str, allowed: bool
) -> None:
    rule(front, value)
    exemplar = front.exemplar(State.DRAFT)
    if who:
        ask(exemplar, front, who)
        assert answer_page(browse, who, exemplar, "granted") == 302
    assert bool(EXEMPLAR_WORKFLOW.check("submit", stored(exemplar), front.officer)) is allowed


def test_an_edit_after_the_confirmation_makes_it_stale(front: World, browse: Browse) -> None:
    rule(front, ConfirmationRule.LEADER)
    exemplar = front.exemplar(State.DRAFT)
    ask(exemplar, front)
    answer_page(browse, "unit_leader", exemplar, "granted")
    save(exemplar, front.officer, {"title": "Cứu ba em nhỏ"})
    reason = EXEMPLAR_WORKFLOW.check("submit", stored(exemplar), front.officer).reason
    assert reason == "Hồ sơ đã sửa sau khi được xác nhận. Xin xác nhận lại rồi gửi."


def test_the_front_reads_the_draft_only_while_asked_and_without_private_words_and_papers(
    front: World, browse: Browse
) -> None:
    exemplar = front.exemplar(State.DRAFT)
    photo, paper = add_files(exemplar, front.officer)
    address = f"/dien-hinh/{exemplar.pk}/"
    statuses = [browse("front").get(address).status_code]
    ask(exemplar, front, "front")
    page = browse("front").get(address)
    statuses.append(page.status_code)
    answers = [browse("front").get(f"/tep/{f.pk}/tep/") for f in (photo, paper)]
    for answer in answers:
        b"".join(answer)  # read to its end, the file is closed
    files = [answer.status_code for answer in answers]
    others = [browse(who).get(address).status_code for who in ("other_officer", "reviewer", "nobody")]
    text = page.content.decode()
    assert (statuses, files, others) == ([404, 200], [200, 404], [404] * 3)
    assert [w for w in ("0987654321", "22/9/1975", "••••", "xac-nhan.png", "sua/") if w in text] == []
    answer_page(browse, "front", exemplar, "refused", "Ghi rõ ngày.")
    assert browse("front").get(address).status_code == 404


def test_a_confirmation_holds_for_what_was_read(front: World, browse: Browse) -> None:
    exemplar = front.exemplar(State.DRAFT)
    ask(exemplar, front)
    client, address = browse("unit_leader"), f"/dien-hinh/{exemplar.pk}/xac-nhan/"
    mark = client.get(address).context["mark"]
    save(exemplar, front.officer, {"title": "Cứu ba em nhỏ"})
    answer = client.post(address, {"answer": "granted", "mark": mark})
    assert (answer.status_code, Confirmation.objects.get().state) == (409, RequestState.OPEN)


def test_a_refusal_needs_a_note_and_tells_the_unit(front: World, browse: Browse) -> None:
    exemplar = front.exemplar(State.DRAFT)
    ask(exemplar, front)
    assert answer_page(browse, "unit_leader", exemplar, "refused") == 200
    assert answer_page(browse, "unit_leader", exemplar, "refused", "Ghi rõ ngày.") == 302
    assert told("confirmation") == [("answered", "officer")]
    assert "Ghi rõ ngày." in browse("officer").get(f"/dien-hinh/{exemplar.pk}/").content.decode()


def test_only_who_was_asked_answers(front: World, browse: Browse) -> None:
    exemplar = front.exemplar(State.DRAFT)
    ask(exemplar, front)
    names = ("officer", "reviewer", "other_unit_leader", "front", "nobody", "unit_leader")
    found = {who: browse(who).get(f"/dien-hinh/{exemplar.pk}/xac-nhan/").status_code for who in names}
    assert found == dict.fromkeys(names, 404) | {"unit_leader": 200}


@pytest.mark.parametrize("unit", ["", "0", "x", "9" * 30])
def test_nobody_else_can_be_asked(front: World, browse: Browse, unit: str) -> None:
    exemplar = front.exemplar(State.DRAFT)
    wrong = unit or str(front.commune_b.pk)
    answer = browse("officer").post(f"/dien-hinh/{exemplar.pk}/xin-xac-nhan/", {"unit": wrong})
    assert (answer.status_code, Confirmation.objects.count()) == (200, 0)


# Bin


def test_a_draft_goes_to_the_bin_and_comes_back(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.DRAFT)
    officer = browse("officer")
    thrown = officer.post(f"/dien-hinh/{exemplar.pk}/bo-vao-thung-rac/", follow=True).content.decode()
    assert f'action="/dien-hinh/{exemplar.pk}/lay-lai/"' in thrown
    assert officer.get(f"/dien-hinh/{exemplar.pk}/").status_code == 404
    edit = refused(lambda: save(exemplar, world.officer, {"title": "Khác"}))
    send = refused(lambda: do_step("submit", exemplar, world.officer))
    assert (bool(edit), send) == (True, "Bản nháp đang ở thùng rác. Lấy lại trước khi làm tiếp.")
    strangers = [
        browse(w).post(f"/dien-hinh/{exemplar.pk}/lay-lai/").status_code for w in ("other_officer", "reviewer")
    ]
    assert strangers == [404, 404]
    officer.post(f"/dien-hinh/{exemplar.pk}/lay-lai/")
    assert officer.get(f"/dien-hinh/{exemplar.pk}/").status_code == 200


def test_what_was_ever_sent_is_never_thrown_away(world: World) -> None:
    exemplar = world.exemplar(State.SUBMITTED)
    do_step("withdraw", exemplar, world.officer)
    words = refused(lambda: services.discard_draft(exemplar=exemplar, by=world.officer))
    assert words == "Hồ sơ đã gửi thì được giữ lại; chỉ bỏ được bản nháp chưa gửi lần nào."


def test_after_thirty_days_drafts_go_with_their_files(
    world: World, django_capture_on_commit_callbacks: Callable
) -> None:
    old, young, kept = (world.exemplar(State.DRAFT) for _each in range(3))
    photo, _paper = add_files(old, world.officer)
    for exemplar, days in ((old, 31), (young, 29)):
        services.discard_draft(exemplar=exemplar, by=world.officer)
        Exemplar.objects.filter(pk=exemplar.pk).update(discarded_at=clock.now() - datetime.timedelta(days=days))
    storage, name = photo.file.storage, photo.file.name
    with django_capture_on_commit_callbacks(execute=True):
        assert (services.empty_bin(), services.empty_bin()) == (1, 0)
    assert set(Exemplar.objects.values_list("pk", flat=True)) == {young.pk, kept.pk}
    assert (storage.exists(name), Attachment.objects.count()) == (False, 0)


# Settings

DAYS = {"review_days": "8", "sudden_days": "2", "answer_days": "4", "confirmation": "none", "basis": "12/QC-PNV"}


def test_the_head_keeps_the_clocks_and_reviewers_do_not(world: World, browse: Browse) -> None:
    found = {who: browse(who).post("/quan-tri/xet-duyet/", DAYS).status_code for who in ("reviewer", "interior_head")}
    settings = ReviewSettings.objects.get()
    assert found == {"reviewer": 403, "interior_head": 302}
    assert (settings.office, settings.review_days, settings.basis) == (world.district, 8, "12/QC-PNV")


BAD_DAYS = [("review_days", v) for v in ("", "0", "61", "-1", "2,5", "mười", "9" * 40)]
BAD_DAYS += [
    ("sudden_days", "9"),
    ("answer_days", "0"),
    ("confirmation", "x"),
    ("confirmation", ""),
    ("basis", "x" * 301),
]


def test_clocks_out_of_bounds_are_asked_again(world: World, browse: Browse) -> None:
    client = browse("interior_head")
    for name, value in BAD_DAYS:
        answer = client.post("/quan-tri/xet-duyet/", DAYS | {name: value})
        assert (answer.status_code, ReviewSettings.objects.count()) == (200, 0), (name, value)


def test_stock_remarks_are_added_changed_moved_and_removed_by_reviewers(world: World, browse: Browse) -> None:
    client, add = browse("reviewer"), "/quan-tri/xet-duyet/cau-mau/"
    for text in ("Ghi rõ ngày.", "Nêu số liệu.", "Ghi rõ ngày.", "", "x" * 301):
        client.post(add, {"text": text})
    assert list(StockRemark.objects.values_list("text", flat=True)) == ["Ghi rõ ngày.", "Nêu số liệu."]
    first = StockRemark.objects.first()
    client.post(f"{add}{first.pk}/", {"act": "down"})
    client.post(f"{add}{first.pk}/", {"act": "save", "text": "Ghi rõ ngày, tháng."})
    assert list(StockRemark.objects.values_list("text", flat=True)) == ["Nêu số liệu.", "Ghi rõ ngày, tháng."]
    far = browse("other_reviewer").post(f"{add}{first.pk}/", {"act": "remove"}).status_code
    officer = browse("officer").post(f"{add}{first.pk}/", {"act": "remove"}).status_code
    client.post(f"{add}{first.pk}/", {"act": "remove"})
    assert (far, officer, StockRemark.objects.count()) == (404, 403, 1)


# Any two versions


def test_any_two_versions_are_compared_and_nonsense_shows_the_last_two(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.RECOGNISED)
    for results in ("Hai em đều khỏe.", "Hai em đã đi học lại."):
        ask_for_change(exemplar, world.officer, results=results)
        do_step("amend", exemplar, world.reviewer)
    client, found = browse("officer"), []
    for query in ("", "?tu=1&den=3", "?tu=3&den=1", "?tu=2&den=2", "?tu=x&den=99", "?tu=²"):
        page = client.get(f"/dien-hinh/{exemplar.pk}/so-sanh/{query}").context
        found.append((page["before"].number, page["after"].number, len(page["changes"])))
    assert found == [(2, 3, 1), (1, 3, 1), (3, 1, 1), (2, 2, 0), (2, 3, 1), (2, 3, 1)]


def test_posted_words_beyond_the_form_are_not_kept(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.RECOGNISED)
    posted = change_form(exemplar, results="Khác.", unit="1", registered_by="1", csrfmiddlewaretoken="x")
    browse("officer").post(f"/dien-hinh/{exemplar.pk}/de-nghi-dieu-chinh/", posted)
    kept = QueryDict(ChangeRequest.objects.get().posted)
    assert {"unit", "registered_by", "csrfmiddlewaretoken", "reason", "version"} & set(kept) == set()


# What the other side does meanwhile


def test_questions_end_with_the_sending_and_the_bin_and_their_letters_with_them(front: World, browse: Browse) -> None:
    sent, binned = front.exemplar(State.DRAFT), front.exemplar(State.DRAFT)
    for exemplar in (sent, binned):
        for who in ("unit_leader", "front"):
            ask(exemplar, front, who)
    save(sent, front.officer, {"title": "Cứu ba em nhỏ"})
    ask(sent, front, "front")
    do_step("submit", sent, front.officer)
    services.discard_draft(exemplar=binned, by=front.officer)
    asked = Confirmation.objects.values_list("state", flat=True)
    assert list(asked) == [RequestState.WITHDRAWN] * 5
    assert set(OutboxMessage.objects.filter(subject_type="confirmation").values_list("status", flat=True)) == {
        "skipped"
    }
    assert [desk_items(front.people[who]) for who in ("unit_leader", "front")] == [[], []]


def test_a_draft_one_is_asked_about_is_in_no_list_and_closed_once_sent(front: World, browse: Browse) -> None:
    exemplar, person = front.exemplar(State.DRAFT), front.people["front"]
    ask(exemplar, front, "front")
    assert (list(Exemplar.objects.listed_for(person)), desk_counts(person)) == ([], ({}, 0))
    assert [item.action for item in desk_items(person)] == ["Đọc và trả lời"]
    answer_page(browse, "front", exemplar, "granted")
    assert list(Exemplar.objects.visible_to(person)) == []


def test_a_second_press_of_the_answer_tells_that_it_is_given(front: World, browse: Browse) -> None:
    exemplar = front.exemplar(State.DRAFT)
    ask(exemplar, front, "front")
    answer_page(browse, "front", exemplar, "refused", "Ghi rõ ngày.")
    again = browse("front").post(f"/dien-hinh/{exemplar.pk}/xac-nhan/", {"answer": "refused", "note": "Ghi rõ ngày."})
    assert (again.status_code, again.url) == (302, "/ban-lam-viec/")
    assert browse("nobody").get(f"/dien-hinh/{exemplar.pk}/xac-nhan/").status_code == 404


def test_the_front_sees_its_own_question_alone(front: World, browse: Browse) -> None:
    exemplar = front.exemplar(State.DRAFT)
    ask(exemplar, front)
    answer_page(browse, "unit_leader", exemplar, "refused", "Chữ của lãnh đạo.")
    ask(exemplar, front, "front")
    seen = {
        who: "Chữ của lãnh đạo." in browse(who).get(f"/dien-hinh/{exemplar.pk}/").content.decode()
        for who in ("officer", "front")
    }
    assert seen == {"officer": True, "front": False}


def test_a_returned_record_is_read_as_it_stands_by_who_is_asked_to_confirm_it(front: World, browse: Browse) -> None:
    exemplar = front.exemplar(State.RETURNED)
    save(exemplar, front.officer, {"deeds": "Đang sửa dở dang."})
    ask(exemplar, front)
    answer_page(browse, "unit_leader", exemplar, "granted")
    ask(exemplar, front, "front")
    people = ("front", "leader", "reviewer")
    texts = {who: browse(who).get(f"/dien-hinh/{exemplar.pk}/").content.decode() for who in people}
    assert {w: "Đang sửa dở dang." in t for w, t in texts.items()} == {
        "front": True,
        "leader": False,
        "reviewer": False,
    }
    assert "cần xin xác nhận lại" not in texts["reviewer"]


def test_only_the_front_of_the_own_district_as_of_today_is_asked(front: World, browse: Browse) -> None:
    exemplar = front.exemplar(State.DRAFT)
    home = front.people["other_reviewer"].home_unit
    district = Unit.objects.get(path=home.path[: Unit.steplen])
    far = UnitFactory(parent=district, name="Ủy ban MTTQ nơi khác", kind=UnitKind.FRONT_MASS)
    ended = UnitFactory(
        parent=front.district, name="Hội đã giải thể", kind=UnitKind.FRONT_MASS, valid_to=datetime.date(2020, 1, 1)
    )
    offered = {name for _pk, name in units_to_ask(exemplar)}
    assert offered & {far.name, ended.name, front.people["front"].home_unit.name} == {"Ủy ban MTTQ huyện"}
    for unit in (far, ended):
        assert refused(lambda unit=unit: services.ask_confirmation(exemplar=exemplar, by=front.officer, of=unit))


def test_the_field_history_holds_what_was_applied(world: World) -> None:
    exemplar = world.exemplar(State.RECOGNISED)
    ask_for_change(exemplar, world.officer, results="Hai em đã đi học lại.")
    do_step("amend", exemplar, world.reviewer)
    last = exemplar.history.latest("history_id")
    assert (last.results, last.history_user) == ("Hai em đã đi học lại.", world.reviewer)


def test_undoing_a_recognition_closes_what_was_asked_of_it(world: World, browse: Browse) -> None:
    for undo in (
        lambda exemplar, until: do_step("undo", exemplar, world.reviewer),
        lambda exemplar, until: services.undo_set(until=until, by=world.reviewer),
    ):
        exemplar = world.exemplar(State.SUBMITTED)
        until = services.recognise_set(exemplars=[exemplar], by=world.reviewer, answers=ALL_YES)
        change = ask_for_change(exemplar, world.officer, results="Hai em đều khỏe.")
        undo(exemplar, until)
        change.refresh_from_db()
        assert change.state == RequestState.WITHDRAWN


def test_a_return_is_not_undone_once_the_unit_works_on_it(world: World) -> None:
    words = "Đơn vị đã bắt đầu bổ sung hồ sơ nên không hoàn tác được nữa. Chờ đơn vị gửi lại rồi xét."
    for begin in (
        lambda exemplar: save(exemplar, world.officer, {"deeds": "Đang sửa dở dang."}),
        lambda exemplar: services.answer_remarks(exemplar=exemplar, by=world.officer, answers={"summary": "Đã ghi."}),
    ):
        exemplar = world.exemplar(State.RETURNED)
        begin(exemplar)
        until = exemplar.transitions.last().undo_until
        assert refused(lambda exemplar=exemplar: do_step("undo", exemplar, world.reviewer)) == words
        assert refused(lambda until=until: services.undo_set(until=until, by=world.reviewer)) == words
    untouched = world.exemplar(State.RETURNED)
    do_step("undo", untouched, world.reviewer)
    assert untouched.state == State.IN_REVIEW


def test_what_grew_otherwise_is_neither_restored_nor_undone_into_a_second_promotion(world: World) -> None:
    source = world.exemplar(State.RECOGNISED, category=Category.NEW_FACTOR)
    first = services.promote_exemplar(exemplar=source, by=world.officer, category=Category.EXEMPLAR)
    Exemplar.objects.filter(pk=first.pk).update(discarded_at=clock.now(), discarded_by=world.officer)
    services.promote_exemplar(exemplar=source, by=world.officer, category=Category.EXEMPLAR)
    with promoted_once_unseen():
        words = refused(lambda: services.restore_draft(exemplar=first, by=world.officer))
    assert words == "Hồ sơ gốc đã được nâng lên bằng một bản nháp khác nên không lấy lại bản này được."
    rejected = world.exemplar(State.REJECTED)
    Exemplar.objects.filter(pk=rejected.pk).update(promoted_from=source)
    words = refused(lambda: do_step("undo", rejected, world.reviewer))
    assert words == "Hồ sơ gốc đã được nâng lên bằng một bản nháp khác nên không hoàn tác được nữa."


def promoted_once_unseen():
    """The look before the write sees nothing yet: the other promotion comes at the same moment."""
    return mock.patch("models_registry.services.bin._promoted_again", return_value=False)


def test_a_removed_draft_leaves_no_story_behind_and_one_looked_at_is_kept(world: World) -> None:
    gone, seen = world.exemplar(State.DRAFT), world.exemplar(State.DRAFT)
    services.look_at_private_fields(exemplar=seen, by=world.unit_leader)
    for exemplar in (gone, seen):
        services.discard_draft(exemplar=exemplar, by=world.officer)
    Exemplar.objects.update(discarded_at=clock.now() - datetime.timedelta(days=31))
    services.empty_bin()
    assert list(Exemplar.objects.values_list("pk", flat=True)) == [seen.pk]
    assert Exemplar.history.filter(id=gone.pk).count() == 0
    events = AuditEvent.objects.filter(subject_type="exemplar", subject_id=gone.pk).values_list(
        "action", "data", "reason"
    )
    assert list(events) == [("exemplar.discard", "", ""), ("exemplar.remove", "", "")]


def test_a_draft_thrown_away_in_another_tab_gives_sentences_and_the_words_back(world: World, browse: Browse) -> None:
    exemplar, officer = world.exemplar(State.DRAFT), browse("officer")
    paths = {step: f"/dien-hinh/{exemplar.pk}/{step}" for step in ("sua/", "bo-vao-thung-rac/")}
    officer.post(paths["bo-vao-thung-rac/"])
    again = officer.post(paths["bo-vao-thung-rac/"])
    assert (again.status_code, again.url) == (302, "/dien-hinh/thung-rac/")
    kept = officer.post(paths["sua/"], {"deeds": "Chữ vừa gõ."})
    text = kept.content.decode()
    assert (kept.status_code, "Chữ vừa gõ." in text, "Bản nháp đang ở thùng rác" in text) == (409, True, True)
    assert browse("other_officer").post(paths["sua/"], {"deeds": "x"}).status_code == 404
    edit = refused(lambda: save(exemplar, world.officer, {"title": "Khác"}))
    assert edit == "Bản nháp đang ở thùng rác. Lấy lại trước khi làm tiếp."


def test_a_request_is_on_the_desk_of_who_may_decide_on_it(world: World) -> None:
    exemplar = world.exemplar(State.RECOGNISED)
    ask_for_change(exemplar, world.officer, results="Hai em đều khỏe.")
    found = [[item.action for item in desk_items(world.reviewer)]]
    ChangeRequest.objects.update(asked_by=world.reviewer)
    found.append(desk_items(world.reviewer))
    ChangeRequest.objects.update(asked_by=world.officer)
    do_step("hold", exemplar, world.reviewer)
    found.append(desk_items(world.reviewer))
    assert found == [["Xét đề nghị"], [], []]


def test_the_rule_names_the_front_with_its_capital(front: World) -> None:
    rule(front, ConfirmationRule.FRONT)
    words = EXEMPLAR_WORKFLOW.check("submit", front.exemplar(State.DRAFT), front.officer).reason
    assert words == "Hồ sơ cần xác nhận của Mặt trận hoặc đoàn thể trước khi gửi. Bấm “Xin xác nhận”."
