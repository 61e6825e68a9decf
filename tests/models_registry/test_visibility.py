"""Who reads what: two communes, every role, every state, and every way in."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client

from models_registry.desk import desk_items, draft_counts, waiting_for_others
from models_registry.enums import State
from models_registry.models import Attachment, Exemplar
from organizations.enums import Role
from organizations.models import RoleAssignment, User
from reports.selectors import recognised_board, state_counts
from tests.factories import LONG_AGO, WAYS, World, add_files, do_step, save

#: The hidden field of each form, which differs in every answer.
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')
Browse = Callable[[str], Client]
STATES = list(WAYS)
STANDING = {"recognised", "ended"}
SENT = set(STATES) - {"draft"}
EVERYTHING = set(STATES)
#: One person for each answer of `may_read`, where a page is drawn for every record.
ONE_OF_EACH = ("officer", "other_unit_leader", "reviewer", "leader", "nobody", "other_reviewer")
OFFICE_READERS = {"reviewer", "colleague", "interior_head", "leader"}
UNIT_READERS = {"officer": "A", "unit_leader": "A", "other_officer": "B", "other_unit_leader": "B"}


def may_read(name: str, commune: str) -> set[str]:
    """States of a commune's records that a person of the world may read."""
    if UNIT_READERS.get(name) == commune:
        return EVERYTHING
    return SENT if name in OFFICE_READERS else STANDING


@pytest.fixture
def records(world: World) -> dict[tuple[str, str], Exemplar]:
    """One exemplar of every state in each commune, each with a word of its own in the title."""
    found = {}
    for state in STATES:
        found["A", state] = world.exemplar(state, title=f"Chuyện bình an {state}")
        found["B", state] = world.in_commune_b(state, title=f"Chuyện đồng thạnh {state}")
    return found


def expected(name: str, records: dict[tuple[str, str], Exemplar]) -> set[int]:
    return {e.pk for (commune, state), e in records.items() if state in may_read(name, commune)}


def test_every_role_reads_exactly_its_own(world: World, records: dict) -> None:
    for name, user in world.people.items():
        found = set(Exemplar.objects.visible_to(user).values_list("pk", flat=True))
        assert found == expected(name, records), name


def test_search_finds_exactly_what_may_be_read(world: World, records: dict) -> None:
    for name, user in world.people.items():
        found = set(Exemplar.objects.visible_to(user).matching("chuyen", user).values_list("pk", flat=True))
        assert found == expected(name, records), name


def test_counters_count_exactly_what_may_be_read(world: World, records: dict) -> None:
    for name, user in world.people.items():
        assert sum(state_counts(user).values()) == len(expected(name, records)), name


def test_the_registry_lists_exactly_what_may_be_read(world: World, records: dict, browse: Browse) -> None:
    for name in world.people:
        answer = browse(name).get("/dien-hinh/", {"q": "chuyen"})
        assert {row.pk for row in answer.context["page_obj"]} == expected(name, records), name


def test_a_record_that_may_not_be_read_is_not_found(world: World, records: dict, browse: Browse) -> None:
    for name in ONE_OF_EACH:
        client = browse(name)
        wanted = {pk: 200 if pk in expected(name, records) else 404 for pk in (e.pk for e in records.values())}
        assert {pk: client.get(f"/dien-hinh/{pk}/").status_code for pk in wanted} == wanted, name


def test_the_page_of_a_hidden_record_equals_the_page_of_none(world: World, browse: Browse) -> None:
    hidden = world.in_commune_b(State.DRAFT)
    client = browse("officer")
    answers = [client.get(f"/dien-hinh/{pk}/") for pk in (hidden.pk, 987_654)]
    texts = [TOKEN.sub("", a.content.decode().replace(a.wsgi_request.mark, "")) for a in answers]
    assert (answers[0].status_code, texts[0]) == (404, texts[1])


def test_the_board_counts_standing_records_for_everybody_alike(world: World, records: dict) -> None:
    assert {recognised_board(user, None).total.count for user in world.people.values()} == {2}


def test_the_queue_holds_what_waits_within_the_scope(world: World, records: dict) -> None:
    waiting = {e.pk for (_commune, state), e in records.items() if state in ("submitted", "in_review")}
    for name, user in world.people.items():
        wanted = waiting if name in ("reviewer", "colleague", "interior_head") else set()
        assert {e.pk for e in Exemplar.objects.reviewable_by(user)} == wanted, name


def test_a_reviewer_of_one_commune_alone_reads_what_that_commune_sent(world: World, records: dict) -> None:
    RoleAssignment.objects.create(user=world.nobody, role=Role.REVIEWER, unit=world.commune_a, valid_from=LONG_AGO)
    user = User.objects.get(pk=world.nobody.pk)
    found = set(Exemplar.objects.visible_to(user).values_list("pk", flat=True))
    wanted = {e.pk for (c, s), e in records.items() if s in (SENT if c == "A" else STANDING)}
    assert found == wanted


def test_a_person_with_two_roles_reads_what_either_reads(world: World, records: dict) -> None:
    RoleAssignment.objects.create(user=world.reviewer, role=Role.OFFICER, unit=world.commune_a, valid_from=LONG_AGO)
    user = User.objects.get(pk=world.reviewer.pk)
    found = set(Exemplar.objects.visible_to(user).values_list("pk", flat=True))
    assert found == {e.pk for (c, s), e in records.items() if s in (EVERYTHING if c == "A" else SENT)}


# Drafts


@pytest.fixture
def secret(world: World) -> Exemplar:
    """A draft of commune B whose every text could give it away."""
    return world.in_commune_b(State.DRAFT, full_name="Huỳnh Thị Kín", title="Việc chưa ai biết", hamlet="Ấp Giấu")


OUTSIDERS = ["officer", "unit_leader", "reviewer", "interior_head", "leader", "council_member", "clerk", "editor"]
OUTSIDERS += ["administrator", "nobody", "other_reviewer"]
PAGES = ["/dien-hinh/", "/dien-hinh/?q=kin", "/dien-hinh/?trang-thai=draft", "/ban-lam-viec/", "/bao-cao/"]
PAGES += ["/dien-hinh/xet-duyet/", "/thong-bao/", "/", "/guong-dien-hinh/", "/guong-dien-hinh/?q=kin"]


@pytest.mark.parametrize("page", PAGES)
def test_no_page_of_an_outsider_says_a_word_of_a_draft(
    world: World, secret: Exemplar, browse: Browse, page: str
) -> None:
    add_files(secret, world.other_officer)
    for name in [*OUTSIDERS, "visitor"]:
        text = browse(name).get(page).content.decode()
        leaked = [word for word in ("Huỳnh Thị Kín", "Việc chưa ai biết", "Ấp Giấu", "xac-nhan") if word in text]
        assert leaked == [], name


@pytest.mark.parametrize("words", ["Huỳnh Thị Kín", "viec chua ai biet", "giau", "ĐH-2023"])
def test_search_by_any_word_of_a_draft_finds_nothing_for_outsiders(world: World, secret: Exemplar, words: str) -> None:
    people = {name: world.people[name] for name in OUTSIDERS}
    found = {name: Exemplar.objects.visible_to(user).matching(words, user).count() for name, user in people.items()}
    assert found == dict.fromkeys(OUTSIDERS, 0)


def test_search_finds_the_draft_for_its_own_unit(world: World, secret: Exemplar) -> None:
    leader = world.other_unit_leader
    assert list(Exemplar.objects.visible_to(leader).matching("HUYNH kin", leader)) == [secret]


def test_counters_of_outsiders_do_not_count_drafts(world: World, secret: Exemplar) -> None:
    assert {name: state_counts(world.people[name]) for name in OUTSIDERS} == {name: {} for name in OUTSIDERS}


def test_the_office_knows_of_drafts_their_number_and_age_alone(world: World, secret: Exemplar) -> None:
    counted = draft_counts(world.reviewer)
    assert [(c.unit, c.count, c.oldest_days) for c in counted] == [(world.commune_b.short_name, 1, 0)]


def test_nobody_but_the_office_counts_drafts(world: World, secret: Exemplar) -> None:
    counting = {name for name, user in world.people.items() if draft_counts(user)}
    assert counting == {"reviewer", "colleague", "interior_head"}


def test_a_draft_is_on_no_desk_but_that_of_its_officer(world: World, secret: Exemplar) -> None:
    assert {name for name, user in world.people.items() if desk_items(user)} == {"other_officer"}


def test_a_withdrawn_record_is_hidden_again_with_its_versions_and_files(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.DRAFT)
    photo, document = add_files(exemplar, world.officer)
    do_step("submit", exemplar, world.officer)
    do_step("withdraw", exemplar, world.officer)
    client = browse("reviewer")
    pages = [f"/dien-hinh/{exemplar.pk}/", f"/dien-hinh/{exemplar.pk}/phien-ban/1/"]
    pages += [f"/tep/{photo.pk}/tep/", f"/tep/{document.pk}/tep/"]
    assert [client.get(page).status_code for page in pages] == [404, 404, 404, 404]


# Returned records


def test_the_office_reads_a_returned_record_as_it_was_sent(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.RETURNED)
    save(exemplar, world.officer, {"deeds": "Đang sửa dở dang."})
    texts = [browse(name).get(f"/dien-hinh/{exemplar.pk}/").content.decode() for name in ("reviewer", "leader")]
    assert ["Đang sửa dở dang." in text for text in texts] == [False, False]


def test_the_unit_reads_its_returned_record_as_it_stands(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.RETURNED)
    save(exemplar, world.officer, {"deeds": "Đang sửa dở dang."})
    assert "Đang sửa dở dang." in browse("unit_leader").get(f"/dien-hinh/{exemplar.pk}/").content.decode()


def test_remarks_are_seen_by_the_unit_and_the_office_only(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.RETURNED)
    seen = {
        name
        for name in world.people
        if "Ghi rõ ngày xảy ra." in browse(name).get(f"/dien-hinh/{exemplar.pk}/").content.decode()
    }
    assert seen == {"officer", "unit_leader", "reviewer", "colleague", "interior_head"}


def test_waiting_for_others_lists_the_own_units_alone(world: World, records: dict) -> None:
    found = {item.exemplar.pk for item in waiting_for_others(world.officer)}
    assert found == {records["A", "submitted"].pk, records["A", "in_review"].pk}


def test_an_edit_under_way_is_found_by_the_unit_alone(world: World) -> None:
    exemplar = world.exemplar(State.RETURNED)
    save(exemplar, world.officer, {"summary": "Chữ mới thêm sau khi trả lại."})
    found = {n for n, user in world.people.items() if Exemplar.objects.visible_to(user).matching("chu moi", user)}
    assert found == {"officer", "unit_leader"}


def test_a_new_title_of_a_returned_record_is_listed_to_the_unit_alone(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.RETURNED)
    save(exemplar, world.officer, {"title": "Tên đang sửa dở"})
    names = ("officer", "unit_leader", "reviewer", "leader")
    seen = {name for name in names if "Tên đang sửa dở" in browse(name).get("/dien-hinh/").content.decode()}
    assert seen == {"officer", "unit_leader"}


# Files

DOCUMENT_READERS = {"officer", "unit_leader", "reviewer", "colleague", "interior_head"}
FILE_READERS = {
    # state: (who opens a photo that was sent, who opens a document that was sent)
    "draft": ({"officer", "unit_leader"}, {"officer", "unit_leader"}),
    "submitted": ({"officer", "unit_leader", *OFFICE_READERS}, DOCUMENT_READERS),
    "returned": ({"officer", "unit_leader", *OFFICE_READERS}, DOCUMENT_READERS),
    "rejected": ({"officer", "unit_leader", *OFFICE_READERS}, DOCUMENT_READERS),
    "revoked": ({"officer", "unit_leader", *OFFICE_READERS}, DOCUMENT_READERS),
    "recognised": (None, DOCUMENT_READERS),
    "ended": (None, DOCUMENT_READERS),
}


@pytest.mark.parametrize("state", FILE_READERS)
def test_files_open_for_those_who_may_see_them(world: World, state: str) -> None:
    exemplar = world.exemplar(State.DRAFT)
    photo, document = add_files(exemplar, world.officer)
    for step in WAYS[state]:
        do_step(step, exemplar, world.officer if step == "submit" else world.reviewer)
    everybody = set(world.people)
    seen = {
        file.pk: {n for n, user in world.people.items() if Attachment.objects.visible_to(user).filter(pk=file.pk)}
        for file in (photo, document)
    }
    photo_readers, document_readers = FILE_READERS[state]
    assert seen == {photo.pk: photo_readers or everybody, document.pk: document_readers}


def test_a_file_added_after_the_return_is_seen_by_the_unit_alone(world: World) -> None:
    exemplar = world.exemplar(State.RETURNED)
    photo, _document = add_files(exemplar, world.officer)
    seen = {n for n, user in world.people.items() if Attachment.objects.visible_to(user).filter(pk=photo.pk)}
    assert seen == {"officer", "unit_leader"}


@pytest.mark.parametrize("name", ["other_officer", "nobody", "administrator", "other_reviewer"])
def test_a_file_of_a_hidden_record_is_not_found(world: World, browse: Browse, name: str) -> None:
    exemplar = world.exemplar(State.DRAFT)
    files = add_files(exemplar, world.officer)
    do_step("submit", exemplar, world.officer)
    client = browse(name)
    variants = [client.get(f"/tep/{f.pk}/{variant}/").status_code for f in files for variant in ("tep", "anh-nho")]
    assert variants == [404, 404, 404, 404]


def test_a_visitor_is_sent_to_sign_in_before_a_file_is_looked_for(world: World, browse: Browse) -> None:
    answers = [browse("visitor").get(f"/tep/{pk}/tep/") for pk in (1, 987_654)]
    assert [a.status_code for a in answers] == [302, 302]


# Private fields


def test_private_fields_are_on_no_page_of_outsiders(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.RECOGNISED)
    for name in ("nobody", "other_officer", "leader", "council_member", "editor", "other_reviewer"):
        text = browse(name).get(f"/dien-hinh/{exemplar.pk}/").content.decode()
        assert [word for word in ("0987654321", "22/9/1975", "•") if word in text] == [], name


def test_private_fields_are_masked_to_the_unit_and_the_office(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.RECOGNISED)
    for name in ("officer", "unit_leader", "reviewer", "interior_head"):
        text = browse(name).get(f"/dien-hinh/{exemplar.pk}/").content.decode()
        assert ["0987654321" in text, "22/9/1975" in text, "••••••••21" in text] == [False, False, True], name


def test_showing_private_fields_logs_one_look(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.RECOGNISED)
    answer = browse("reviewer").post(f"/dien-hinh/{exemplar.pk}/thong-tin-rieng/", follow=True)
    assert "0987654321" in answer.content.decode()
    assert list(exemplar.private_looks.values_list("user__username", flat=True)) == ["reviewer"]


def test_the_address_that_shows_private_fields_serves_nobody_else(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.RECOGNISED)
    address = browse("reviewer").post(f"/dien-hinh/{exemplar.pk}/thong-tin-rieng/").url
    assert "0987654321" not in browse("officer").get(address).content.decode()


def test_the_address_that_shows_private_fields_ends_after_two_minutes(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.RECOGNISED)
    with time_machine.travel("2026-06-05 08:00 +0700", tick=False) as clock:
        client = browse("reviewer")
        address = client.post(f"/dien-hinh/{exemplar.pk}/thong-tin-rieng/").url
        clock.shift(121)
        assert "0987654321" not in client.get(address).content.decode()


@pytest.mark.parametrize("name", ["nobody", "leader", "other_officer", "other_reviewer", "administrator"])
def test_outsiders_cannot_ask_for_private_fields(world: World, browse: Browse, name: str) -> None:
    exemplar = world.exemplar(State.RECOGNISED)
    answer = browse(name).post(f"/dien-hinh/{exemplar.pk}/thong-tin-rieng/")
    assert (answer.status_code, exemplar.private_looks.count()) == (404, 0)


@pytest.mark.parametrize("token", ["", "x", "a:b:c", "é", "0" * 5000, "WzEsMV0:1:x"])
def test_a_made_up_token_shows_nothing(world: World, browse: Browse, token: str) -> None:
    exemplar = world.exemplar(State.RECOGNISED)
    answer = browse("reviewer").get(f"/dien-hinh/{exemplar.pk}/", {"hien": token})
    assert (answer.status_code, "0987654321" in answer.content.decode()) == (200, False)


def test_differences_name_a_private_change_without_its_value(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.RETURNED)
    save(exemplar, world.officer, {"phone": "0911222333"})
    do_step("resubmit", exemplar, world.officer)
    pages = [f"/dien-hinh/{exemplar.pk}/phien-ban/2/", f"/dien-hinh/{exemplar.pk}/xet/"]
    texts = [browse("reviewer").get(page).content.decode() for page in pages]
    assert [word in text for text in texts for word in ("0911222333", "0987654321")] == [False] * 4
