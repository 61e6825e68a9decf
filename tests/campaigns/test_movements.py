"""Movements: who writes them down, their steps, units that join, exemplars that stand for them and come from them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.enums import MovementLevel, MovementState
from campaigns.models import Joining, Movement
from campaigns.movement_workflow import MOVEMENT_WORKFLOW
from campaigns.reference import load_programmes
from campaigns.services import movements as services
from campaigns.services.movements import MovementInput
from core.audit import verify
from core.audit.models import AuditEvent
from core.workflow import WorkflowError
from models_registry.enums import State
from models_registry.forms import ExemplarForm
from models_registry.models import EmulationExample, Exemplar
from models_registry.services import add_example, remove_example
from notifications.delivery import is_owed
from notifications.models import OutboxMessage
from organizations.enums import Role
from tests.campaigns.inspection_makers import paper_for, photo_upload, scan_upload
from tests.factories import MovementFactory, UnitFactory, UserFactory, World, many_exemplars

Browse = Callable[[str], Client]
NAMES = ("officer", "unit_leader", "reviewer", "interior_head", "clerk", "council_member", "leader", "editor")
NAMES += ("administrator", "nobody", "other_officer", "other_reviewer", "other_interior_head")
#: Everybody whose work or home lies in the first district.
NEAR = set(NAMES) - {"other_reviewer", "other_interior_head"}
TODAY = datetime.date(2023, 6, 5)


def given(world: World, **values: Any) -> MovementInput:
    return MovementInput(
        **{
            "name": "Thi đua lập thành tích",
            "level": MovementLevel.DISTRICT,
            "unit": world.district,
            "starts": datetime.date(2023, 2, 1),
            **values,
        }
    )


def prepared(world: World, **values: Any) -> Movement:
    return services.add_movement(given=given(world, **values), by=world.interior_head)


def running(world: World, **values: Any) -> Movement:
    movement = prepared(world, **values)
    services.launch_movement(movement=movement, by=world.interior_head)
    return movement


def of_commune(world: World) -> Movement:
    movement = services.add_movement(
        given=given(world, unit=world.commune_a, level=MovementLevel.COMMUNE), by=world.officer
    )
    services.launch_movement(movement=movement, by=world.officer)
    return movement


def ended(world: World) -> Movement:
    movement = running(world)
    services.end_movement(movement=movement, by=world.interior_head, reason="Hết hạn.", summary="Đạt.")
    return movement


WAYS: dict[str, Callable[[World], Movement]] = {"prepared": prepared, "launched": running, "ended": ended}


# Every cell of the table of steps

STEPS: dict[str, Callable[..., None]] = {
    "launch": services.launch_movement,
    "end": lambda **who: services.end_movement(**who, reason="Hết hạn.", summary="Đạt."),
    "reopen": lambda **who: services.reopen_movement(**who, reason="Kéo dài."),
}
CELLS = [(name, state) for name in STEPS for state in MovementState.values]


def test_every_step_has_its_service() -> None:
    assert set(MOVEMENT_WORKFLOW.by_name) == set(STEPS)


@pytest.mark.parametrize(("name", "state"), CELLS)
def test_a_step_starts_from_the_states_of_the_table_alone(world: World, name: str, state: str) -> None:
    movement = WAYS[state](world)
    row = MOVEMENT_WORKFLOW.by_name[name]
    if state in row.sources:
        STEPS[name](movement=movement, by=world.interior_head)
        movement.refresh_from_db()
        assert movement.state == row.target
        assert verify().fault == ""
        return
    with pytest.raises(WorkflowError, match="đang ở trạng thái"):
        STEPS[name](movement=movement, by=world.interior_head)
    movement.refresh_from_db()
    assert movement.state == state


@pytest.mark.parametrize("who", [name for name in NAMES if name != "interior_head"])
def test_steps_of_a_movement_of_the_district_are_the_heads(world: World, who: str) -> None:
    movement = prepared(world)
    with pytest.raises(WorkflowError, match="không thuộc vai trò"):
        services.launch_movement(movement=movement, by=world.people[who])


def test_a_movement_needs_its_first_day_to_be_launched(world: World) -> None:
    with pytest.raises(WorkflowError, match="ngày bắt đầu"):
        services.launch_movement(movement=prepared(world, starts=None), by=world.interior_head)


def test_a_movement_ends_with_reason_and_summary(world: World) -> None:
    movement = running(world)
    for reason, summary, words in (("", "Đạt.", "Ghi lý do"), ("Hết hạn.", " ", "Ghi tổng kết")):
        with pytest.raises(WorkflowError, match=words):
            services.end_movement(movement=movement, by=world.interior_head, reason=reason, summary=summary)
    services.end_movement(movement=movement, by=world.interior_head, reason="Hết hạn.", summary="12 xã đạt.")
    movement.refresh_from_db()
    assert (movement.state, movement.ended_on, movement.summary) == ("ended", TODAY, "12 xã đạt.")
    assert AuditEvent.objects.get(action="movement.end").reason == "Hết hạn."


# Who is told


def told(step: str) -> list[str]:
    rows = OutboxMessage.objects.filter(subject_type="movement", step__startswith=f"{step}:", channel="in_app")
    return sorted(rows.values_list("recipient__username", flat=True))


def name_of(world: World, *names: str) -> list[str]:
    return sorted(world.people[name].username for name in names)


def test_a_launch_is_told_in_the_units_that_may_join(world: World) -> None:
    movement = running(world, slogan="Mỗi ngày một việc tốt")
    people = ("officer", "unit_leader", "other_officer", "other_unit_leader")
    assert told("launch") == name_of(world, *people)
    mail = OutboxMessage.objects.get(subject_type="movement", recipient=world.officer, channel="email")
    assert (mail.title, is_owed(mail)) == (f"Phát động phong trào: {movement.name}", True)
    assert "Mỗi ngày một việc tốt" in mail.body
    assert "từ 1/2/2023" in mail.body
    services.end_movement(movement=movement, by=world.interior_head, reason="Hết hạn.", summary="Đạt.")
    assert not is_owed(mail)


def test_a_launch_of_a_commune_is_told_there_and_one_that_is_over_to_nobody(world: World) -> None:
    of_commune(world)
    assert told("launch") == name_of(world, "unit_leader")
    running(world, name="Đã xong", ends=TODAY - datetime.timedelta(days=1))
    assert told("launch") == name_of(world, "unit_leader")


def test_an_end_is_told_to_the_units_that_joined(world: World) -> None:
    movement = running(world)
    services.join_movement(movement=movement, unit=world.commune_a, by=world.officer, joined_on=TODAY)
    services.end_movement(movement=movement, by=world.interior_head, reason="Hết hạn.", summary="12 xã đạt.")
    assert told("end") == name_of(world, "officer", "unit_leader")
    mail = OutboxMessage.objects.get(
        subject_type="movement", step__startswith="end", recipient=world.officer, channel="email"
    )
    assert (mail.body, is_owed(mail)) == ("12 xã đạt.", True)
    services.reopen_movement(movement=movement, by=world.interior_head, reason="Kéo dài.")
    assert not is_owed(mail)


def test_the_units_that_joined_hear_that_a_movement_runs_again_and_no_more_that_it_ended(world: World) -> None:
    movement = running(world)
    services.join_movement(movement=movement, unit=world.commune_a, by=world.officer, joined_on=TODAY)
    services.end_movement(movement=movement, by=world.interior_head, reason="Hết hạn.", summary="Đạt.")
    services.reopen_movement(movement=movement, by=world.interior_head, reason="Kéo dài đến hết năm.")
    assert told("reopen") == name_of(world, "officer", "unit_leader")
    mails = OutboxMessage.objects.filter(subject_type="movement", recipient=world.officer, channel="email")
    again = mails.get(step__startswith="reopen")
    assert (again.title, is_owed(again)) == (f"Mở lại phong trào: {movement.name}", True)
    assert "Lý do: Kéo dài đến hết năm." in again.body
    services.end_movement(movement=movement, by=world.interior_head, reason="Hết năm.", summary="Đạt hơn.")
    assert not is_owed(again)
    first, second = mails.filter(step__startswith="end").order_by("pk")
    assert (first.status, second.status) == ("skipped", "waiting")


# Documents


@pytest.fixture
def media(settings, tmp_path) -> Any:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def stored_files(folder: Any) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


@pytest.mark.parametrize("state", WAYS)
def test_documents_of_a_movement_are_read_by_those_who_read_it(
    world: World, browse: Browse, media: Any, state: str
) -> None:
    movement = WAYS[state](world)
    paper = paper_for(movement, world.interior_head)
    seen_by = NEAR if state != "prepared" else {"reviewer", "interior_head"}
    found = {}
    for who in NAMES:
        answer = browse(who).get(paper.get_absolute_url())
        found[who] = answer.status_code
        if answer.streaming:
            b"".join(answer.streaming_content)
    assert found == {who: 200 if who in seen_by else 404 for who in NAMES}
    assert paper.original_name in browse("interior_head").get(movement.get_absolute_url()).content.decode()


@pytest.mark.parametrize("state", WAYS)
def test_who_keeps_a_movement_adds_and_takes_documents_and_the_log_says_so(
    world: World, browse: Browse, media: Any, django_capture_on_commit_callbacks: Any, state: str
) -> None:
    movement = WAYS[state](world)
    url = reverse("campaigns:movement_file_add", args=[movement.pk])
    answer = browse("interior_head").post(url, {"kind": "document", "file": scan_upload()})
    assert answer.status_code == 201
    paper = movement.enclosures.get()
    page = reverse("campaigns:enclosure_remove", args=[paper.pk])
    assert "xóa hẳn" in browse("interior_head").get(page).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        answer = browse("interior_head").post(page)
    assert (answer.status_code, answer["Location"]) == (302, reverse("campaigns:movement_edit", args=[movement.pk]))
    assert (movement.enclosures.count(), stored_files(media)) == (0, 0)
    told = AuditEvent.objects.filter(action__startswith="movement.file").order_by("pk").values_list("action", "data")
    assert list(told) == [
        ("movement.file_add", f'{{"file":{paper.pk},"sha256":"{paper.sha256}"}}'),
        ("movement.file_remove", f'{{"file":{paper.pk},"sha256":"{paper.sha256}"}}'),
    ]
    assert verify().fault == ""


def test_others_neither_add_nor_take_documents(world: World, browse: Browse, media: Any) -> None:
    movement = running(world)
    paper = paper_for(movement, world.interior_head)
    add = reverse("campaigns:movement_file_add", args=[movement.pk])
    remove = reverse("campaigns:enclosure_remove", args=[paper.pk])
    for who in set(NAMES) - {"interior_head"}:
        upload = {"kind": "document", "file": scan_upload("red")}
        assert browse(who).post(add, upload).status_code in (403, 404), who
        assert browse(who).post(remove).status_code in (403, 404), who
    with pytest.raises(WorkflowError, match="người ghi phong trào"):
        paper_for(movement, world.officer, "blue")
    assert movement.enclosures.count() == 1


def test_an_officer_keeps_the_documents_of_the_own_movement(world: World, browse: Browse, media: Any) -> None:
    movement = of_commune(world)
    url = reverse("campaigns:movement_file_add", args=[movement.pk])
    assert browse("officer").post(url, {"kind": "document", "file": scan_upload()}).status_code == 201
    assert browse("other_officer").post(url, {"kind": "document", "file": scan_upload("red")}).status_code == 404


def test_a_movement_takes_documents_alone_and_each_once(world: World, browse: Browse, media: Any) -> None:
    movement = running(world)
    url = reverse("campaigns:movement_file_add", args=[movement.pk])
    client = browse("interior_head")
    assert client.post(url, {"kind": "photo", "file": photo_upload()}).status_code == 400
    assert client.post(url, {"kind": "document", "file": scan_upload()}).status_code == 201
    again = client.post(url, {"kind": "document", "file": scan_upload()})
    assert (again.status_code, "không thêm lần nữa" in again.json()["message"]) == (422, True)
    program = SimpleUploadedFile("a.pdf", b"MZ\x90\x00")
    assert client.post(url, {"kind": "document", "file": program}).status_code == 422
    assert (movement.enclosures.count(), stored_files(media)) == (1, 1)


FORM = {"name": "Thi đua mới", "level": "district", "starts": "1/3/2023"}


def test_documents_come_with_the_form_of_a_new_movement(world: World, browse: Browse, media: Any) -> None:
    url = reverse("campaigns:movement_add")
    bad = SimpleUploadedFile("la.exe", b"MZ\x90\x00")
    answer = browse("interior_head").post(
        url, {**FORM, "unit": world.district.pk, "documents": [bad, scan_upload()]}, follow=True
    )
    movement = Movement.objects.get(name="Thi đua mới")
    assert answer.redirect_chain[-1][0] == reverse("campaigns:movement_edit", args=[movement.pk])
    assert movement.enclosures.count() == 1
    page = answer.content.decode()
    assert "la.exe" in page
    assert "Phần chữ đã lưu." in page


def test_a_form_at_fault_says_which_files_must_be_chosen_again(world: World, browse: Browse, media: Any) -> None:
    answer = browse("interior_head").post(reverse("campaigns:movement_add"), {"documents": [scan_upload()]})
    assert f"Chưa nhận “{scan_upload().name}”" in answer.content.decode()
    assert stored_files(media) == 0


def test_a_form_at_fault_keeps_the_files_of_a_standing_movement(world: World, browse: Browse, media: Any) -> None:
    movement = running(world)
    url = reverse("campaigns:movement_edit", args=[movement.pk])
    answer = browse("interior_head").post(url, {"name": "", "documents": [scan_upload()]})
    assert "error-summary" in answer.content.decode()
    assert movement.enclosures.count() == 1
    assert movement.enclosures.get().original_name in answer.content.decode()


def test_a_photo_for_a_grid_is_refused_by_the_form_as_well(world: World, browse: Browse, media: Any) -> None:
    movement = running(world)
    url = reverse("campaigns:movement_edit", args=[movement.pk])
    answer = browse("interior_head").post(
        url, {**FORM, "unit": world.district.pk, "photos": [photo_upload()]}, follow=True
    )
    assert "chỉ nhận tài liệu, không nhận ảnh" in answer.content.decode()
    assert (movement.enclosures.count(), stored_files(media)) == (0, 0)


def test_an_address_with_a_huge_key_finds_nothing(world: World, browse: Browse) -> None:
    for name in ("movement_detail", "movement_edit", "movement_join"):
        assert browse("interior_head").get(reverse(f"campaigns:{name}", args=[10**30])).status_code == 404
    url = reverse("campaigns:movement_file_add", args=[10**30])
    assert browse("interior_head").post(url, {"kind": "document", "file": scan_upload()}).status_code == 404


# Who sees and who keeps


@pytest.mark.parametrize(
    ("state", "seen_by"),
    [
        ("prepared", {"reviewer", "interior_head"}),
        ("launched", NEAR),
        ("ended", NEAR),
    ],
)
def test_a_movement_is_seen_in_its_scope(world: World, browse: Browse, state: str, seen_by: set[str]) -> None:
    movement = WAYS[state](world)
    found = {who: browse(who).get(movement.get_absolute_url()).status_code for who in NAMES}
    assert found == {who: 200 if who in seen_by else 404 for who in NAMES}


def test_a_movement_of_a_commune_is_seen_there_and_above(world: World, browse: Browse) -> None:
    movement = of_commune(world)
    found = {who for who in NAMES if browse(who).get(movement.get_absolute_url()).status_code == 200}
    assert found == NEAR - {"other_officer"}


PAGES = {
    "sua/": {"prepared", "launched", "ended"},
    "phat-dong/": {"prepared"},
    "ket-thuc/": {"launched"},
    "mo-lai/": {"ended"},
}


@pytest.mark.parametrize("tail", PAGES)
@pytest.mark.parametrize("state", WAYS)
def test_forms_of_a_movement_open_for_its_keeper(world: World, browse: Browse, tail: str, state: str) -> None:
    url = WAYS[state](world).get_absolute_url() + tail
    found = {who: browse(who).get(url).status_code for who in NAMES}
    assert found == {who: (200 if state in PAGES[tail] else 302) if who == "interior_head" else 404 for who in NAMES}


@pytest.mark.parametrize("tail", [*PAGES, "guong/"])
def test_forms_of_a_commune_open_for_its_officer_and_the_head(world: World, browse: Browse, tail: str) -> None:
    url = of_commune(world).get_absolute_url() + tail
    found = {who for who in NAMES if browse(who).get(url).status_code != 404}
    assert found == {"officer", "interior_head"}


def test_an_officer_writes_movements_of_the_own_unit_alone(world: World) -> None:
    for values, words in (
        ({"unit": world.commune_b, "level": MovementLevel.COMMUNE}, "không thuộc phạm vi"),
        ({"unit": world.commune_a, "level": MovementLevel.CENTRAL}, "do chính mình phát động"),
    ):
        with pytest.raises(WorkflowError, match=words):
            services.add_movement(given=given(world, **values), by=world.officer)
    assert not Movement.objects.exists()


def test_a_number_too_large_is_not_found(world: World, browse: Browse) -> None:
    for tail in ("", *PAGES, "tham-gia/", "thoi-tham-gia/1/", "guong/"):
        assert browse("interior_head").get(f"/phong-trao/{2**63}/{tail}").status_code == 404
    movement = running(world)
    assert browse("officer").get(f"{movement.get_absolute_url()}thoi-tham-gia/{2**63}/").status_code == 404


# Writing down


def test_a_head_writes_a_movement_down_and_launches_it(world: World, browse: Browse) -> None:
    client = browse("interior_head")
    posted = {
        "name": "Thi đua chào mừng 75 năm",
        "level": "district",
        "unit": str(world.district.pk),
        "number": "12/KH-UBND",
        "paper_date": "10/2/2023",
        "starts": "15/2/2023",
        "ends": "11/6/2023",
        "slogan": "75 năm – một lòng thi đua",
        "criteria": "Mỗi xã một công trình.",
    }
    answer = client.post("/phong-trao/moi/", posted)
    movement = Movement.objects.get()
    assert answer.url == movement.get_absolute_url()
    text = client.get(answer.url).content.decode()
    assert "75 năm – một lòng thi đua" in text
    assert "Mỗi xã một công trình." in text
    assert client.post(f"{answer.url}phat-dong/").status_code == 302
    movement.refresh_from_db()
    assert (movement.state, movement.launched_on) == ("launched", TODAY)


def test_what_is_wrong_is_said_and_what_was_typed_stays(world: World, browse: Browse) -> None:
    posted = {"name": "", "level": "district", "unit": str(world.district.pk), "starts": "5/6/2023", "ends": "4/6/2023"}
    text = browse("interior_head").post("/phong-trao/moi/", posted).content.decode()
    assert "Ngày cuối phải từ ngày đầu trở đi." in text
    assert 'value="4/6/2023"' in text
    assert not Movement.objects.exists()


def test_an_officer_gets_no_choice_of_level_and_other_units(world: World, browse: Browse) -> None:
    client = browse("officer")
    text = client.get("/phong-trao/moi/").content.decode()
    assert 'name="level"' not in text
    assert "Xã Bình An" in text
    assert "Xã Đồng Thạnh" not in text
    posted = {"name": "Ấp sạch", "unit": str(world.commune_a.pk), "starts": "1/6/2023", "level": "central"}
    assert client.post("/phong-trao/moi/", posted).status_code == 302
    assert Movement.objects.get().level == MovementLevel.COMMUNE


def test_movements_never_stand_in_a_circle(world: World) -> None:
    first, second, third = (prepared(world, name=f"Phong trào {n}") for n in "abc")
    services.change_movement(movement=second, given=given(world, parent=first), by=world.interior_head)
    services.change_movement(movement=third, given=given(world, parent=second), by=world.interior_head)
    for parent in (first, third):
        with pytest.raises(WorkflowError, match="nằm dưới chính phong trào này"):
            services.change_movement(movement=first, given=given(world, parent=parent), by=world.interior_head)
    first.refresh_from_db()
    assert first.parent is None


def test_an_ended_movement_keeps_its_summary(world: World) -> None:
    with pytest.raises(WorkflowError, match="còn lời tổng kết"):
        services.change_movement(movement=ended(world), given=given(world), by=world.interior_head)


def test_the_form_shows_what_stands_and_saves_it_unchanged(world: World, browse: Browse) -> None:
    movement = running(world, slogan="Làm thật", criteria="Một\nHai", number="1/KH")
    client = browse("interior_head")
    posted = {
        "name": movement.name,
        "level": movement.level,
        "unit": str(world.district.pk),
        "number": "1/KH",
        "starts": "1/2/2023",
        "slogan": "Làm thật",
        "criteria": "Một\r\nHai",
    }
    assert "Làm thật" in client.get(f"{movement.get_absolute_url()}sua/").content.decode()
    assert client.post(f"{movement.get_absolute_url()}sua/", posted).status_code == 302
    before = {name: getattr(movement, name) for name in MovementInput.__dataclass_fields__}
    movement = Movement.objects.get()
    assert {name: getattr(movement, name) for name in MovementInput.__dataclass_fields__} == before


# Reference data


def test_what_the_office_edited_is_not_loaded_over(world: World) -> None:
    world.district.code = "823"
    world.district.save()
    load_programmes()
    kept, other = Movement.objects.get(code="CSNTM"), Movement.objects.get(code="VNN")
    assert (kept.state, kept.unit, kept.is_reference) == ("launched", world.district, True)
    wanted = given(world, name="Chung sức xây dựng nông thôn mới nâng cao", starts=None, level=MovementLevel.CENTRAL)
    services.change_movement(movement=kept, given=wanted, by=world.interior_head)
    Movement.objects.filter(pk=other.pk).update(name="Tên cũ")
    load_programmes()
    kept.refresh_from_db()
    other.refresh_from_db()
    assert kept.name == "Chung sức xây dựng nông thôn mới nâng cao"
    assert other.name.startswith("Chung tay vì người nghèo")
    assert verify().fault == ""


def test_a_reference_movement_that_ended_stays_ended(world: World) -> None:
    world.district.code = "823"
    world.district.save()
    load_programmes()
    movement = Movement.objects.get(code="CSNTM")
    services.end_movement(movement=movement, by=world.interior_head, reason="Hết giai đoạn.", summary="Đạt.")
    load_programmes()
    movement.refresh_from_db()
    assert movement.state == MovementState.ENDED
    assert verify().fault == ""


def test_a_movement_of_no_unit_gets_one_before_it_ends(world: World) -> None:
    movement = MovementFactory()
    with pytest.raises(WorkflowError, match="chọn đơn vị thực hiện"):
        services.end_movement(movement=movement, by=world.interior_head, reason="Xong.", summary="Đạt.")


# Joining


def join(world: World, movement: Movement, **values: Any) -> Joining:
    who = {"unit": world.commune_a, "by": world.officer, "joined_on": TODAY, **values}
    return services.join_movement(movement=movement, **who)


def test_a_unit_joins_and_leaves_by_its_officer(world: World, browse: Browse) -> None:
    movement = running(world)
    client, url = browse("officer"), movement.get_absolute_url()
    assert "Tham gia phong trào" in client.get(url).content.decode()
    posted = {"unit": str(world.commune_a.pk), "joined_on": "20/2/2023", "plan_number": "08/KH-UBND"}
    assert client.post(f"{url}tham-gia/", posted).status_code == 302
    row = movement.joinings.get()
    assert (row.unit, row.joined_on, row.plan_number) == (world.commune_a, datetime.date(2023, 2, 20), "08/KH-UBND")
    text = client.get(url).content.decode()
    assert "1 đơn vị tham gia" in text
    assert f"thoi-tham-gia/{row.pk}/" in text
    assert f"thoi-tham-gia/{row.pk}/" not in browse("other_officer").get(url).content.decode()
    assert client.post(f"{url}thoi-tham-gia/{row.pk}/", {"reason": ""}).status_code == 200
    assert client.post(f"{url}thoi-tham-gia/{row.pk}/", {"reason": "Nhập vào kế hoạch chung."}).status_code == 302
    row.refresh_from_db()
    assert (row.left_on, row.left_by) == (TODAY, world.officer)
    join(world, movement)
    assert movement.joinings.count() == 2


def test_joining_pages_open_for_officers_of_units_that_may(world: World, browse: Browse) -> None:
    movement = running(world)
    url = f"{movement.get_absolute_url()}tham-gia/"
    found = {who for who in NAMES if browse(who).get(url).status_code == 200}
    assert found == {"officer", "other_officer"}
    row = join(world, movement)
    found = {who for who in NAMES if browse(who).get(url).status_code == 200}
    assert found == {"other_officer"}
    leaving = f"{movement.get_absolute_url()}thoi-tham-gia/{row.pk}/"
    assert {who for who in NAMES if browse(who).get(leaving).status_code == 200} == {"officer"}


def test_what_may_not_join_is_refused(world: World) -> None:
    movement = running(world)
    join(world, movement)
    far = UserFactory(username="xa", roles=[(Role.OFFICER, world.far_commune)])
    cases: list[tuple[dict[str, Any], str]] = [
        ({}, "đã tham gia phong trào này"),
        ({"unit": world.commune_b}, "Chỉ cán bộ phụ trách"),
        ({"unit": world.far_commune, "by": far}, "không thuộc phạm vi của xã Xa"),
        (
            {"unit": world.commune_b, "by": world.other_officer, "joined_on": TODAY + datetime.timedelta(days=1)},
            "không sau hôm nay",
        ),
    ]
    for values, words in cases:
        with pytest.raises(WorkflowError, match=words):
            join(world, movement, **values)
    for other in (prepared(world, name="Chưa"), ended(world)):
        with pytest.raises(WorkflowError, match="đang diễn ra"):
            join(world, other)


def test_nobody_leaves_twice_or_without_a_reason(world: World) -> None:
    row = join(world, running(world))
    with pytest.raises(WorkflowError, match="Ghi lý do"):
        services.leave_movement(joining=row, by=world.officer, reason=" ")
    services.leave_movement(joining=row, by=world.officer, reason="Đổi kế hoạch.")
    with pytest.raises(WorkflowError, match="đã thôi tham gia"):
        services.leave_movement(joining=row, by=world.officer, reason="Lần nữa.")


# Exemplars


def test_examples_are_recognised_exemplars_and_named_once(world: World) -> None:
    movement, recognised = running(world), world.exemplar(State.RECOGNISED)
    add_example(movement=movement, exemplar=recognised, by=world.interior_head, note="Cách làm đập tạm")
    add_example(movement=movement, exemplar=recognised, by=world.interior_head)
    assert EmulationExample.objects.count() == 1
    for state in (State.DRAFT, State.SUBMITTED, State.REVOKED):
        with pytest.raises(WorkflowError, match="đã công nhận"):
            add_example(movement=movement, exemplar=world.exemplar(state), by=world.interior_head)
    with pytest.raises(WorkflowError, match="không thuộc vai trò"):
        add_example(movement=movement, exemplar=recognised, by=world.reviewer)
    remove_example(movement=movement, exemplar=recognised, by=world.interior_head)
    with pytest.raises(WorkflowError, match="không còn trong danh sách"):
        remove_example(movement=movement, exemplar=recognised, by=world.interior_head)


def test_examples_are_chosen_by_their_page(world: World, browse: Browse) -> None:
    movement, exemplar = running(world), world.exemplar(State.RECOGNISED, full_name="Võ Thị Gương")
    client, url = browse("interior_head"), f"{movement.get_absolute_url()}guong/"
    assert "Võ Thị Gương" in client.get(f"{url}?q=vo thi guong").content.decode()
    assert "Không có gương nào hợp" in client.get(f"{url}?q=khongcoai").content.decode()
    assert client.post(f"{url}{exemplar.pk}/neu/", {"note": "Tiết kiệm"}).status_code == 302
    page = browse("nobody").get(movement.get_absolute_url()).content.decode()
    assert ("Võ Thị Gương" in page, "Tiết kiệm" in page, "Chọn gương" in page) == (True, True, False)
    assert client.post(f"{url}{exemplar.pk}/bo/").status_code == 302
    assert not EmulationExample.objects.exists()
    for pk in (987_654, 2**63):
        assert [client.post(f"{url}{pk}/{tail}/").status_code for tail in ("neu", "bo")] == [404, 404]


def test_examples_are_steps_of_the_keeper_alone(world: World, browse: Browse) -> None:
    movement, exemplar = running(world), world.exemplar(State.RECOGNISED)
    url = f"{movement.get_absolute_url()}guong/"
    assert {who for who in NAMES if browse(who).get(url).status_code == 200} == {"interior_head"}
    for tail in ("neu", "bo"):
        found = {who: browse(who).post(f"{url}{exemplar.pk}/{tail}/").status_code for who in NAMES}
        assert found == {who: 302 if who == "interior_head" else 404 for who in NAMES}


def test_an_example_that_was_revoked_or_is_held_is_not_shown(world: World, browse: Browse) -> None:
    movement = running(world)
    exemplar = world.exemplar(State.RECOGNISED, full_name="Ngô Văn Giữ")
    add_example(movement=movement, exemplar=exemplar, by=world.interior_head)
    Exemplar.objects.filter(pk=exemplar.pk).update(hold_since=TODAY, hold_reason="Đơn thư.", hold_by=world.reviewer)
    assert "Ngô Văn Giữ" not in browse("nobody").get(movement.get_absolute_url()).content.decode()


def test_the_figure_of_a_movement_is_the_length_of_its_list(world: World, browse: Browse) -> None:
    movement = running(world)
    many_exemplars(7, unit=world.commune_a, officer=world.officer, reviewer=world.reviewer, state=State.RECOGNISED)
    many_exemplars(2, unit=world.commune_a, officer=world.officer, reviewer=world.reviewer, state=State.SUBMITTED)
    Exemplar.objects.filter(title__in=["Việc tốt số 1", "Việc tốt số 3", "Việc tốt số 0"]).update(movement=movement)
    client = browse("reviewer")
    page = client.get(movement.get_absolute_url()).content.decode()
    found = re.search(r'href="(/dien-hinh/\?[^"]+)">3 điển hình đã công nhận', page)
    assert found is not None
    listed = client.get(found[1].replace("&amp;", "&")).content.decode()
    assert "3 hồ sơ" in listed
    assert f"Phong trào: {movement.name}" in listed
    assert f'name="phong-trao" value="{movement.pk}"' in listed


def test_a_movement_of_others_filters_nothing(world: World, browse: Browse) -> None:
    movement = of_commune(world)
    for value in (movement.pk, 987_654, "x", "9" * 12):
        assert "Phong trào:" not in browse("other_officer").get(f"/dien-hinh/?phong-trao={value}").content.decode()


def test_the_form_of_an_exemplar_offers_movements_that_reach_its_unit(world: World) -> None:
    near, own = running(world, name="Của huyện"), of_commune(world)
    prepared(world, name="Chưa phát động")
    other = MovementFactory(name="Của xã khác", unit=world.commune_b)
    exemplar = world.exemplar(State.DRAFT)
    offered = set(ExemplarForm(exemplar=exemplar).fields["movement"].queryset)
    assert offered == {near, own}
    Exemplar.objects.filter(pk=exemplar.pk).update(movement=other)
    exemplar.refresh_from_db()
    assert set(ExemplarForm(exemplar=exemplar).fields["movement"].queryset) == {near, own, other}


# The list


def test_the_list_is_narrowed_by_state_level_and_words(world: World, browse: Browse) -> None:
    running(world, name="Đền ơn đáp nghĩa", slogan="Uống nước nhớ nguồn")
    of_commune(world)
    ended(world)
    client = browse("interior_head")

    def names(query: str) -> list[str]:
        text = client.get(f"/phong-trao/{query}").content.decode()
        return re.findall(r'cell-title"><a href="[^"]+">([^<]+)</a>', text)

    assert names("?q=den on") == ["Đền ơn đáp nghĩa"]
    assert names("?q=UONG+NUOC") == ["Đền ơn đáp nghĩa"]
    assert names("?cap=commune") == ["Thi đua lập thành tích"]
    assert len(names("?trang-thai=ended")) == 1
    assert len(names("?trang-thai=khac&cap=khac")) == 3
    assert names("?q=khongcogi") == []


@pytest.mark.parametrize("rows", [1, 3, 500])
def test_the_list_costs_the_same_at_every_size(world: World, browse: Browse, rows: int) -> None:
    Movement.objects.bulk_create(
        Movement(
            code=f"X{n}",
            name=f"Phong trào {n}",
            unit=world.district,
            state="launched",
            launched_on=TODAY,
        )
        for n in range(rows)
    )
    client = browse("officer")
    client.get("/phong-trao/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/phong-trao/")
    assert len(queries) == 8


@pytest.mark.parametrize("rows", [1, 3, 500])
def test_a_page_costs_the_same_whatever_joined(world: World, browse: Browse, rows: int) -> None:
    movement = running(world)
    units = [UnitFactory(parent=world.district) for _n in range(min(rows, 20))]
    Joining.objects.bulk_create(
        Joining(
            movement=movement,
            unit=units[n % len(units)],
            joined_on=TODAY,
            joined_by=world.officer,
            **({} if n < len(units) else {"left_on": TODAY, "left_by": world.officer, "left_reason": "x"}),
        )
        for n in range(rows)
    )
    client = browse("officer")
    client.get(movement.get_absolute_url())
    with CaptureQueriesContext(connection) as queries:
        client.get(movement.get_absolute_url())
    assert len(queries) == 14


def test_an_officer_who_edits_keeps_what_the_form_does_not_show(world: World, browse: Browse) -> None:
    movement = services.add_movement(
        given=given(world, unit=world.commune_a, level=MovementLevel.PROVINCE, launched_by="UBND tỉnh"),
        by=world.interior_head,
    )
    words = {"name": "Tên mới", "unit": world.commune_a.pk, "starts": "1/2/2023"}
    assert browse("officer").post(f"{movement.get_absolute_url()}sua/", words).status_code == 302
    movement.refresh_from_db()
    assert (movement.name, movement.level, movement.launched_by) == ("Tên mới", MovementLevel.PROVINCE, "UBND tỉnh")
    with pytest.raises(WorkflowError, match="do chính mình phát động"):
        services.change_movement(
            movement=movement,
            given=given(world, unit=world.commune_a, level=MovementLevel.CENTRAL),
            by=world.officer,
        )
