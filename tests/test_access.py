"""Role × address × whose record, over the whole URLconf; an address without a row fails."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from core import clock
from core.access_table import POST, all_rows, all_rules, row_of
from emulation_portal.access import as_document
from models_registry.enums import State
from models_registry.models import Attachment, Exemplar
from notifications.feeds import make_feed
from notifications.models import OutboxMessage
from organizations.models import AccountLetter, CalendarDay, User
from organizations.sessions import CONFIRMED
from tests.campaigns import inspection_access, task_addresses
from tests.factories import WAYS, World, add_files, do_step, save

Browse = Callable[[str], Client]
NAMES = ("officer", "unit_leader", "reviewer", "interior_head", "clerk", "council_member", "leader", "editor")
NAMES += ("administrator", "nobody", "other_officer", "other_reviewer")
SENT = set(State.values) - {"draft"}
STANDING = {"recognised", "ended"}
#: One person for each set of rights over a record; every role stands for itself in one state, TOLD_APART.
EACH_RIGHT = ("officer", "unit_leader", "reviewer", "leader", "nobody", "other_officer", "other_reviewer")
TOLD_APART = "submitted"
UNIT, OFFICE = {"officer", "unit_leader"}, {"reviewer", "interior_head"}
READS_SENT = OFFICE | {"leader"}
#: The clock of the session, and the line that a refusal leaves in the log.
BESIDE_READING = ("django_session", "core_audit")
WRITE = {"INSERT", "UPDATE", "DELETE", "REPLACE"}


def names_of(patterns: list, space: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from names_of(pattern.url_patterns, space + inner)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}"


def views_of(patterns: list, space: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from views_of(pattern.url_patterns, space + inner)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}", pattern.callback


ALL_NAMES = list(names_of(get_resolver().url_patterns))

# Pages without a record: name → who opens it with GET (None: everybody, also without an account).
EVERYBODY = set(NAMES)
PLAIN: dict[str, set[str] | None] = {
    "healthz": None,
    "condition": {"administrator"},
    "organizations:sign_in": None,
    "organizations:password_forgotten": None,
    "organizations:password_letter_sent": None,
    "organizations:account": EVERYBODY,
    "organizations:access_log": EVERYBODY,
    "organizations:confirm": EVERYBODY,
    "organizations:password_change": EVERYBODY,
    "organizations:account_list": {"interior_head", "administrator"},
    "organizations:account_invite": {"interior_head", "administrator"},
    "showcase:front": None,
    "showcase:story_list": None,
    "notifications:notice_list": EVERYBODY,
    "notifications:mail_folder": {"administrator"},
    "notifications:preferences": EVERYBODY,
    "campaigns:reminder_proof": OFFICE | {"leader", "other_reviewer"},
    "campaigns:reminder_export": OFFICE | {"leader", "other_reviewer"},
    "campaigns:reminder_preview": OFFICE | {"leader", "other_reviewer"},
    "campaigns:reminder_hours": {"interior_head"},
    "reports:desk": EVERYBODY,
    "reports:journal": {"interior_head"},
    "reports:board": OFFICE | {"leader", "council_member", "unit_leader", "other_reviewer"},
    "models_registry:exemplar_list": EVERYBODY,
    "models_registry:exemplar_start": {"officer", "other_officer"},
    "models_registry:name_duplicates": {"officer", "other_officer"},
    "models_registry:review_queue": OFFICE | {"other_reviewer"},
    "models_registry:late_remark_list": {"interior_head"},
    "models_registry:bulk_decide": OFFICE | {"other_reviewer"},
    "models_registry:change_list": OFFICE | {"other_reviewer"},
    "models_registry:review_settings": OFFICE | {"other_reviewer"},
    "models_registry:bin_list": UNIT | {"other_officer"},
    "organizations:calendar_year": {"interior_head", "administrator"},
    "organizations:calendar_add": {"interior_head", "administrator"},
    "organizations:block_list": EVERYBODY,
    "organizations:block_add": {"interior_head"},
    "campaigns:movement_list": EVERYBODY,
    "campaigns:movement_add": {"interior_head", "officer", "other_officer"},
    "campaigns:schedule": EVERYBODY,
    **dict.fromkeys(
        ("campaigns:progress_grid", "campaigns:progress_numbers", "campaigns:progress_list"),
        OFFICE | UNIT | {"leader", "council_member", "other_officer", "other_reviewer"},
    ),
    "campaigns:urging_list": OFFICE | {"leader", "council_member", "other_reviewer"},
    "campaigns:task_list": UNIT | OFFICE | {"leader", "council_member", "other_officer", "other_reviewer"},
    "campaigns:task_queue": OFFICE | {"other_reviewer"},
    **inspection_access.PLAIN,
}
#: Pages of the schedule that belong to a milestone, a programme, an act of urging or a task: tests/campaigns.
SCHEDULE_OF_HEAD = {
    f"campaigns:{name}"
    for name in (
        *("programme_edit", "programme_goals", "programme_clone", "programme_close", "milestone_new"),
        *("milestone_edit", "milestone_publish", "milestone_repeat", "milestone_due", "milestone_exceptions"),
        *("milestone_delete", "task_hand_over", "unit_hand_over"),
    )
}
SCHEDULE_STEPS = {"campaigns:basis_add", "campaigns:basis_remove", "campaigns:exception_remove"}
SCHEDULE_PAGES = {"campaigns:milestone_detail", "campaigns:urge", "campaigns:urging_detail", "campaigns:urging_paper"}
#: Steps on somebody else's account.
ACCOUNT_STEPS = {
    "organizations:invitation_resend",
    "organizations:invitation_cancel",
    "organizations:account_deactivate",
    "organizations:account_reactivate",
}
#: Pages on which somebody else's account is changed; the password is asked for first.
KEEPING = {
    "organizations:account_edit",
    "organizations:role_give",
    "organizations:role_end",
    "organizations:address_wrong",
}
#: Steps on the own account.
OWN_STEPS = {
    "organizations:recovery_codes",
    "organizations:factor_remove",
    "organizations:sessions_end",
    "organizations:session_end",
}
#: Forms and steps of one movement; tested with their feature.
MOVEMENT_FORMS = {
    "campaigns:movement_edit",
    "campaigns:movement_launch",
    "campaigns:movement_end",
    "campaigns:movement_reopen",
    "campaigns:movement_join",
    "campaigns:movement_leave",
}
#: A file more of one movement.
MOVEMENT_FILES = {"campaigns:movement_file_add"}
#: Forms of one block or of the blocks of a year; tested with their feature.
BLOCK_FORMS = {
    "organizations:block_edit",
    "organizations:block_members",
    "organizations:block_copy",
}
#: Pages and steps on one day or year of the calendar.
CALENDAR_STEPS = {
    "organizations:calendar_fill",
    "organizations:calendar_change",
    "organizations:calendar_drop",
}
#: Addresses that answer nothing but POST.
POST_ONLY = {
    *ACCOUNT_STEPS,
    "organizations:address_right",
    *OWN_STEPS,
    "organizations:sign_out",
    "notifications:notices_read",
    "notifications:notice_open",
    "notifications:notice_read",
    "notifications:calendar_make",
    "notifications:calendar_revoke",
    "models_registry:exemplar_autosave",
    "models_registry:exemplar_send",
    "models_registry:exemplar_withdraw",
    "models_registry:private_look",
    "models_registry:consent_withdraw",
    "models_registry:exemplar_take",
    "models_registry:exemplar_recognise",
    "models_registry:exemplar_return",
    "models_registry:exemplar_reject",
    "models_registry:attachment_add",
    "models_registry:attachment_move",
    "models_registry:attachment_restore",
    "models_registry:exemplar_undo",
    "models_registry:criterion_doubt",
    "models_registry:criterion_agree",
    "models_registry:bulk_undo",
    "models_registry:change_apply",
    "models_registry:change_decline",
    "models_registry:change_withdraw",
    "models_registry:exemplar_restore",
    "models_registry:stock_remark_add",
    "models_registry:stock_remark_change",
    "organizations:calendar_fill",
    "models_registry:movement_example_add",
    "models_registry:movement_example_remove",
    *SCHEDULE_STEPS,
    *task_addresses.POSTED,
    *inspection_access.POST_ONLY,
    *MOVEMENT_FILES,
}
#: Addresses that open by role alone and are tested with their feature.
POSTED_BY_ROLE = {
    **dict.fromkeys(
        {*ACCOUNT_STEPS, *KEEPING, "organizations:account_detail", "organizations:address_right"},
        {"administrator", "interior_head"},
    ),
    "notifications:mail_detail": {"administrator"},
    "campaigns:reminder_message": OFFICE | {"leader", "other_reviewer"},
    "campaigns:reminder_switch": {"interior_head"},
    "models_registry:bulk_undo": OFFICE | {"other_reviewer"},
    "models_registry:stock_remark_add": OFFICE | {"other_reviewer"},
    "models_registry:stock_remark_change": OFFICE | {"other_reviewer"},
    **dict.fromkeys(CALENDAR_STEPS, {"administrator", "interior_head"}),
    **dict.fromkeys(BLOCK_FORMS, {"interior_head"}),
    "reports:block_grid": OFFICE | {"leader", "council_member", "other_reviewer"},
    **dict.fromkeys(SCHEDULE_OF_HEAD | SCHEDULE_STEPS, {"interior_head"}),
    "campaigns:urge": OFFICE | {"other_reviewer"},
    "campaigns:urging_detail": OFFICE | {"leader", "council_member", "other_reviewer"},
    "campaigns:urging_paper": OFFICE | {"leader", "council_member", "other_reviewer"},
    **inspection_access.BY_ROLE,
    **dict.fromkeys(MOVEMENT_FILES, {"interior_head", "officer", "other_officer"}),
}
#: Addresses that also take a POST.
FORMS = {
    "organizations:sign_in",
    "organizations:sign_in_code",
    "organizations:password_forgotten",
    "organizations:password_set",
    "organizations:confirm",
    "organizations:password_change",
    "organizations:email_change",
    "organizations:email_confirm",
    "organizations:factor_setup",
    "organizations:account_invite",
    *KEEPING,
    "notifications:preferences",
    "models_registry:exemplar_start",
    "models_registry:exemplar_edit",
    "models_registry:exemplar_check",
    "models_registry:exemplar_kind",
    "models_registry:exemplar_end",
    "models_registry:exemplar_revoke",
    "models_registry:attachment_remove",
    "models_registry:bulk_decide",
    "models_registry:exemplar_hold",
    "models_registry:exemplar_release",
    "models_registry:exemplar_promote",
    "models_registry:change_ask",
    "models_registry:confirmation_ask",
    "models_registry:confirmation_answer",
    "models_registry:exemplar_discard",
    "models_registry:review_settings",
    "organizations:calendar_add",
    "organizations:calendar_change",
    "organizations:calendar_drop",
    "campaigns:movement_add",
    *MOVEMENT_FORMS,
    "campaigns:reminder_hours",
    "campaigns:reminder_switch",
    "organizations:block_add",
    *BLOCK_FORMS,
    *SCHEDULE_OF_HEAD,
    "campaigns:urge",
    *task_addresses.FORMS,
    *inspection_access.FORMS,
}


def people_for(state: str) -> tuple[str, ...]:
    """Everybody in one state, one person for each set of rights in the others."""
    return NAMES if state == TOLD_APART else EACH_RIGHT


def reads(name: str, state: str) -> bool:
    """Whether a person may read a record of commune A in `state`."""
    return name in UNIT or state in STANDING or (name in READS_SENT and state in SENT)


def _detail(name: str, state: str) -> int:
    return 200 if reads(name, state) else 404


def _edit(name: str, state: str) -> int:
    if name != "officer":
        return 404
    return 200 if state in ("draft", "returned") else 302


def _kind(name: str, state: str) -> int:
    if name != "officer":
        return 404
    return 200 if state == "draft" else 302


def _receipt(name: str, state: str) -> int:
    if name != "officer":
        return 404
    return 302 if state == "draft" else 200


def _version(name: str, state: str) -> int:
    return 200 if reads(name, state) and name in UNIT | OFFICE and state != "draft" else 404


def _review(name: str, state: str) -> int:
    if name not in OFFICE or state == "draft":
        return 404
    return 200 if state in ("submitted", "in_review") else 302


def _close(name: str, state: str) -> int:
    if name not in OFFICE or state == "draft":
        return 404
    return 200 if state == "recognised" else 302


def _hold(name: str, state: str) -> int:
    if name not in OFFICE or state == "draft":
        return 404
    return 200 if state in ("submitted", "in_review", "returned", "recognised") else 302


def _release(name: str, state: str) -> int:
    return 302 if name in OFFICE and state != "draft" else 404


def _of_officer(*open_in: str) -> Callable[[str, str], int]:
    """A page for the officer of the unit, open in some states and leading back to the record in the others."""

    def status(name: str, state: str) -> int:
        if name != "officer":
            return 404
        return 200 if state in open_in else 302

    return status


def _insiders(name: str, state: str) -> int:
    return 302 if name in UNIT | OFFICE and reads(name, state) else 404


def _nobody(_name: str, _state: str) -> int:
    """Nobody was asked, and nothing lies in the bin."""
    return 404


# Pages of a record: name → status of a GET by person and state.
OF_RECORD: dict[str, Callable[[str, str], int]] = {
    "models_registry:exemplar_detail": _detail,
    "models_registry:exemplar_edit": _edit,
    "models_registry:exemplar_check": _edit,
    "models_registry:exemplar_kind": _kind,
    "models_registry:exemplar_receipt": _receipt,
    "models_registry:exemplar_version": _version,
    "models_registry:exemplar_review": _review,
    "models_registry:exemplar_end": _close,
    "models_registry:exemplar_revoke": _close,
    "models_registry:exemplar_compare": _version,
    "models_registry:exemplar_hold": _hold,
    "models_registry:exemplar_release": _release,
    "models_registry:exemplar_promote": _of_officer(),
    "models_registry:change_ask": _of_officer("recognised"),
    "models_registry:change_review": _insiders,
    "models_registry:confirmation_ask": _of_officer("draft", "returned"),
    "models_registry:confirmation_answer": _nobody,
    "models_registry:exemplar_discard": _of_officer("draft"),
}


def _officer(name: str, _state: str) -> int:
    return 302 if name == "officer" else 404


def _office(name: str, state: str) -> int:
    return 302 if name in OFFICE and state != "draft" else 404


def _form_of_office(done: str) -> Callable[[str, str], int]:
    """An empty form is shown again while the record waits; after that the words typed are given back. Whoever
    pressed twice (the reviewer of the world brought the record to `done`) gets the answer of the first time."""

    def status(name: str, state: str) -> int:
        if _office(name, state) == 404:
            return 404
        if state == done and name == "reviewer":
            return 302
        return 200 if state in ("submitted", "in_review") else 409

    return status


def _autosave(name: str, _state: str) -> int:
    """A form that brings nothing of what it opened with is never written over what stands."""
    return 409 if name == "officer" else 404


def _nothing_sent(name: str, _state: str) -> int:
    return 400 if name == "officer" else 404


# POST of nothing to a record: name → status by person and state.
POSTED: dict[str, Callable[[str, str], int]] = {
    "models_registry:exemplar_autosave": _autosave,
    "models_registry:attachment_add": _nothing_sent,
    "models_registry:exemplar_send": _officer,
    "models_registry:exemplar_withdraw": _officer,
    "models_registry:private_look": _insiders,
    "models_registry:consent_withdraw": _insiders,
    "models_registry:exemplar_take": _office,
    "models_registry:exemplar_recognise": _form_of_office("recognised"),
    "models_registry:exemplar_return": _form_of_office("returned"),
    "models_registry:exemplar_reject": _form_of_office("rejected"),
    "models_registry:exemplar_undo": _office,
    "models_registry:criterion_doubt": _office,
    "models_registry:criterion_agree": _office,
    "models_registry:change_apply": _office,
    "models_registry:change_decline": _office,
    "models_registry:change_withdraw": _officer,
    "models_registry:exemplar_restore": _nobody,
}
#: Addresses with tests of their own below.
ELSEWHERE = {
    *ACCOUNT_STEPS,
    *KEEPING,
    "organizations:address_right",
    *OWN_STEPS,
    *CALENDAR_STEPS,
    *MOVEMENT_FORMS,
    *BLOCK_FORMS,
    "reports:block_grid",
    "campaigns:movement_detail",
    "models_registry:movement_examples",
    "models_registry:movement_example_add",
    "models_registry:movement_example_remove",
    "organizations:account_detail",
    "organizations:email_change",
    "organizations:email_confirm",
    "organizations:factor_setup",
    "organizations:password_set",
    "organizations:sign_in_code",
    "organizations:sign_out",
    "notifications:notices_read",
    "notifications:notice_open",
    "notifications:mail_detail",
    "notifications:notice_read",
    "notifications:calendar_make",
    "notifications:calendar_revoke",
    "notifications:calendar_feed",
    "models_registry:attachment",
    "models_registry:attachment_move",
    "models_registry:attachment_remove",
    "models_registry:attachment_restore",
    "models_registry:bulk_undo",
    "models_registry:stock_remark_add",
    "models_registry:stock_remark_change",
    *SCHEDULE_OF_HEAD,
    *SCHEDULE_STEPS,
    *SCHEDULE_PAGES,
    "showcase:story",
    "showcase:photo",
    "campaigns:reminder_message",
    "campaigns:reminder_switch",
    *task_addresses.RECORDS,
    *inspection_access.BY_ROLE,
    *inspection_access.BY_RECORD,
    *MOVEMENT_FILES,
}


def test_every_address_has_a_row() -> None:
    assert set(ALL_NAMES) == {*PLAIN, *OF_RECORD, *POSTED, *ELSEWHERE}


def test_the_table_of_access_has_exactly_the_addresses_of_the_portal() -> None:
    assert {row.name for row in all_rows()} == set(ALL_NAMES)


def test_every_rule_on_records_is_explained() -> None:
    assert {row.record for row in all_rows()} - {""} == set(all_rules())


def test_the_document_of_access_is_that_of_the_table() -> None:
    assert (settings.BASE_DIR / "docs" / "access.md").read_text(encoding="utf-8") == as_document()


def test_the_table_agrees_with_the_rows_written_out_here() -> None:
    public = {row.name for row in all_rows() if row.public}
    by_link = {"showcase:story", "showcase:photo", "organizations:password_set", "organizations:sign_in_code"}
    by_link.add("notifications:calendar_feed")
    assert public == {name for name, who in PLAIN.items() if who is None} | by_link
    posted = {row.name for row in all_rows() if row.methods == POST}
    assert posted == POST_ONLY
    roles = {row.name: {who for who in NAMES if role_of(who) in row.roles} for row in all_rows() if row.roles}
    assert roles == {name: who for name, who in PLAIN.items() if who not in (None, EVERYBODY)} | POSTED_BY_ROLE


def role_of(who: str) -> str:
    return who.removeprefix("other_")


def test_views_open_to_everybody_are_those_of_the_table() -> None:
    found = {name for name, view in views_of(get_resolver().url_patterns) if not getattr(view, "login_required", True)}
    assert found == {row.name for row in all_rows() if row.public}


def test_an_address_without_a_row_answers_nobody(rf) -> None:
    with pytest.raises(ImproperlyConfigured, match="no row of access"):
        row_of("models_registry:forgotten")


def test_no_two_addresses_share_a_name() -> None:
    assert len(ALL_NAMES) == len(set(ALL_NAMES))


#: Addresses of `ELSEWHERE` that take no key.
NO_KEY = {"notifications:notices_read", "models_registry:stock_remark_add"}
NO_KEY |= {"notifications:calendar_make", "notifications:calendar_revoke"}


def args_of(name: str, pk: int) -> list[Any]:
    more = {
        "models_registry:exemplar_version": [1],
        "models_registry:attachment": ["tep"],
        "campaigns:enclosure": ["tep"],
        "models_registry:criterion_doubt": ["C1"],
        "models_registry:criterion_agree": ["C1"],
        "campaigns:basis_remove": [1],
        "campaigns:exception_remove": [1],
        "showcase:story": ["x"],
        "showcase:photo": ["nho"],
        "reports:block_grid": [2023],
        "campaigns:movement_leave": [1],
        "models_registry:movement_example_add": [1],
        "models_registry:movement_example_remove": [1],
        **task_addresses.MORE_ARGS,
    }
    if name.startswith("organizations:"):
        if name in ("organizations:password_set", "organizations:email_confirm"):
            return ["lien-ket"]
        if name == "organizations:block_members":
            return [pk, 2023]
        more = {"organizations:role_end": [pk]}
        of_account = {"organizations:account_detail", "organizations:address_right", "organizations:session_end"}
        keyed = ACCOUNT_STEPS | KEEPING | CALENDAR_STEPS | BLOCK_FORMS | of_account
        return [pk, *more.get(name, [])] if name in keyed else []
    if name == "notifications:calendar_feed":
        return ["khong-co-lich"]
    if name == "notifications:mail_detail":
        return ["20230605-080000-000000-00112233.eml"]
    if name == "models_registry:bulk_decide":
        return ["cong-nhan"]
    takes_record = name in OF_RECORD or name in POSTED or name in ELSEWHERE - {"organizations:sign_out"}
    return [pk, *more.get(name, [])] if takes_record and name not in NO_KEY else []


def address(name: str, pk: int = 1) -> str:
    return reverse(name, args=args_of(name, pk))


# Without an account


@pytest.mark.django_db
@pytest.mark.parametrize("name", ALL_NAMES)
def test_a_visitor_reads_public_pages_and_is_sent_to_sign_in_elsewhere(name: str) -> None:
    url = address(name, 987_654)
    call = Client().post if name in POST_ONLY else Client().get
    answer = call(url)
    if name in PLAIN and PLAIN[name] is None:
        # The watch is told that no worker runs.
        assert answer.status_code == (503 if name == "healthz" else 200)
    elif name.startswith("showcase:") or name in ("organizations:password_set", "notifications:calendar_feed"):
        assert answer.status_code == 404
    elif name == "organizations:sign_in_code":
        # Nobody has given a password in this session yet.
        assert (answer.status_code, answer.url) == (302, "/dang-nhap/")
    elif name in POST_ONLY:
        # A form that was sent after the session had ended gets its words back, with the way to sign in.
        assert answer.status_code == 401
    else:
        assert (answer.status_code, answer.url) == (302, f"/dang-nhap/?next={url}")


# Pages without a record


@pytest.mark.parametrize("name", [n for n, who in PLAIN.items() if who is not None])
def test_pages_without_a_record_open_for_their_roles(world: World, browse: Browse, settings, name: str) -> None:
    settings.EMAIL_BACKEND = "notifications.mailbox.FolderBackend"
    found = {who: browse(who).get(address(name)).status_code for who in NAMES}
    assert found == {who: 200 if who in PLAIN[name] else 403 for who in NAMES}


# Pages of a record


#: States between which the pages other than the record's own tell no difference are left out.
TELLING = ("draft", "submitted", "returned", "recognised")
RECORD_CELLS = [
    (name, state)
    for name in OF_RECORD
    for state in WAYS
    if name == "models_registry:exemplar_detail" or state in TELLING
]


@pytest.mark.parametrize(("name", "state"), RECORD_CELLS)
def test_pages_of_a_record_open_by_role_and_state(world: World, browse: Browse, name: str, state: str) -> None:
    exemplar = world.exemplar(state)
    found = {who: browse(who).get(address(name, exemplar.pk)).status_code for who in people_for(state)}
    assert found == {who: OF_RECORD[name](who, state) for who in people_for(state)}


@pytest.mark.parametrize("state", TELLING)
@pytest.mark.parametrize("name", list(POSTED))
def test_steps_are_taken_by_role_and_state(world: World, browse: Browse, name: str, state: str) -> None:
    exemplar = world.exemplar(state)
    refused = [who for who in people_for(state) if POSTED[name](who, state) == 404]
    allowed = [who for who in people_for(state) if who not in refused][:1]
    found = {who: browse(who).post(address(name, exemplar.pk)).status_code for who in [*refused, *allowed]}
    assert found == {who: POSTED[name](who, state) for who in [*refused, *allowed]}


@pytest.mark.parametrize(
    "name",
    [
        *OF_RECORD,
        *POSTED,
        "models_registry:attachment",
        "models_registry:attachment_move",
        "models_registry:attachment_remove",
        "models_registry:attachment_restore",
    ],
)
def test_a_record_that_does_not_exist_is_not_found(world: World, browse: Browse, name: str) -> None:
    client = browse("officer")
    for pk in (987_654, 2**63, 10**30):
        url = address(name, pk)
        call = "post" if name in POST_ONLY else "get"
        assert getattr(client, call)(url).status_code == 404, pk


def test_refused_steps_change_nothing(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.SUBMITTED)
    before = Exemplar.objects.filter(pk=exemplar.pk).values().get()
    forms = {"models_registry:exemplar_end", "models_registry:exemplar_revoke", "models_registry:exemplar_edit"}
    for name in {*POSTED, *forms}:
        for who in ("other_officer", "other_reviewer", "leader"):
            browse(who).post(address(name, exemplar.pk), {"reason": "x", "paper": "y", "full_name": "Hacker"})
    assert Exemplar.objects.filter(pk=exemplar.pk).values().get() == before
    assert exemplar.transitions.count() == 1


# Addresses with something else than a record


@pytest.mark.parametrize("state", ["draft", "returned", "submitted"])
def test_a_file_is_taken_off_an_open_record_by_its_officer_alone(world: World, browse: Browse, state: str) -> None:
    exemplar = world.exemplar(State.DRAFT)
    photo, _document = add_files(exemplar, world.officer)
    for step in WAYS[state]:
        do_step(step, exemplar, world.officer if step == "submit" else world.reviewer)
    moved = {who: browse(who).post(address("models_registry:attachment_move", photo.pk)).status_code for who in NAMES}
    assert moved == {who: 302 if who == "officer" and state != "submitted" else 404 for who in NAMES}
    url = address("models_registry:attachment_remove", photo.pk)
    found = {who: browse(who).get(url).status_code for who in NAMES}
    assert found == {who: 200 if who == "officer" and state != "submitted" else 404 for who in NAMES}
    posted = {who: browse(who).post(url).status_code for who in NAMES if who != "officer"}
    assert (set(posted.values()), Attachment.objects.present().filter(pk=photo.pk).count()) == ({404}, 1)
    Attachment.objects.filter(pk=photo.pk).update(removed_at=clock.now())
    url = address("models_registry:attachment_restore", photo.pk)
    put_back = {who: browse(who).post(url).status_code for who in NAMES}
    assert put_back == {who: 302 if who == "officer" else 404 for who in NAMES}


def test_an_unknown_variant_of_a_file_is_not_found(world: World, browse: Browse) -> None:
    photo, document = add_files(world.exemplar(State.DRAFT), world.officer)
    urls = [f"/tep/{photo.pk}/{variant}/" for variant in ("khac", "file", "..", "pk")] + [
        f"/tep/{document.pk}/anh-nho/"
    ]
    assert [browse("officer").get(url).status_code for url in urls] == [404] * 5


def test_a_notice_opens_for_its_reader_alone(world: World, browse: Browse) -> None:
    world.exemplar(State.SUBMITTED)
    notice = OutboxMessage.objects.get(recipient=world.reviewer, channel="in_app")
    url = address("notifications:notice_open", notice.pk)
    found = {who: browse(who).post(url).status_code for who in NAMES}
    assert found == {who: 302 if who == "reviewer" else 404 for who in NAMES}


def test_a_notice_is_marked_as_read_by_its_reader_alone(world: World, browse: Browse) -> None:
    world.exemplar(State.SUBMITTED)
    notice = OutboxMessage.objects.get(recipient=world.reviewer, channel="in_app")
    url = address("notifications:notice_read", notice.pk)
    found = {who: browse(who).post(url).status_code for who in NAMES}
    assert found == {who: 302 if who == "reviewer" else 404 for who in NAMES}


def test_a_calendar_opens_by_its_token_alone(world: World, browse: Browse) -> None:
    token = make_feed(user=world.officer)
    url = f"/lich/{token}.ics"
    assert {browse(who).get(url).status_code for who in ("visitor", "officer", "administrator")} == {200}
    assert {browse(who).get(address("notifications:calendar_feed")).status_code for who in NAMES} == {404}


def test_an_address_for_the_calendar_is_made_after_the_password_and_revoked_without(
    world: World, browse: Browse
) -> None:
    """ASVS 7.5.1."""
    made = browse("officer").post(address("notifications:calendar_make"))
    assert (made.status_code, [t.name for t in made.templates][0]) == (200, "organizations/confirm.html")
    assert browse("officer").post(address("notifications:calendar_revoke")).url == "/tai-khoan/"


def test_a_notice_that_is_not_due_yet_does_not_open(world: World, browse: Browse) -> None:
    world.exemplar(State.REJECTED)
    notice = OutboxMessage.objects.get(recipient=world.officer, channel="in_app")
    assert browse("officer").post(address("notifications:notice_open", notice.pk)).status_code == 404


def test_mails_of_the_folder_open_for_the_administrator_alone(world: World, browse: Browse, settings) -> None:
    settings.EMAIL_BACKEND = "notifications.mailbox.FolderBackend"
    found = {who: browse(who).get(address("notifications:mail_detail")).status_code for who in NAMES}
    assert found == {who: 404 if who == "administrator" else 403 for who in NAMES}


# Accounts


def test_an_account_is_looked_after_by_the_head_and_the_administrator_of_its_scope(
    world: World, browse: Browse
) -> None:
    """ASVS 8.2.1, 8.2.2, 8.4.1."""
    looks_after = {"interior_head", "administrator"}
    near, far = address("organizations:account_detail", world.officer.pk), world.people["other_reviewer"].pk
    found = {who: browse(who).get(near).status_code for who in NAMES}
    assert found == {who: 200 if who in looks_after else 403 for who in NAMES}
    assert {browse(who).get(address("organizations:account_detail", far)).status_code for who in looks_after} == {404}


@pytest.mark.parametrize("name", sorted(ACCOUNT_STEPS))
def test_steps_on_an_account_are_taken_within_the_scope_alone(world: World, browse: Browse, name: str) -> None:
    """ASVS 8.3.1: decided on the server, whatever buttons a page shows."""
    refused = {who: browse(who).post(address(name, world.officer.pk)).status_code for who in NAMES}
    assert {who for who, status in refused.items() if status == 302} == {"interior_head", "administrator"}
    assert {status for who, status in refused.items() if who not in ("interior_head", "administrator")} == {403}
    far = address(name, world.people["other_reviewer"].pk)
    assert [browse(who).post(far).status_code for who in ("interior_head", "administrator")] == [404, 404]
    assert browse("administrator").post(address(name, 10**30)).status_code == 404


@pytest.mark.parametrize("name", ["organizations:calendar_change", "organizations:calendar_drop"])
def test_a_day_of_the_calendar_opens_for_those_who_keep_it(world: World, browse: Browse, name: str) -> None:
    day = CalendarDay.objects.create(date=datetime.date(2023, 9, 1), kind="holiday", name="Quốc khánh")
    keeps = {"interior_head", "administrator"}
    found = {who: browse(who).get(address(name, day.pk)).status_code for who in NAMES}
    assert found == {who: 200 if who in keeps else 403 for who in NAMES}
    assert {browse("interior_head").get(address(name, pk)).status_code for pk in (987_654, 2**63)} == {404}


def confirmed(client: Client) -> Client:
    """The browser after its person gave the password once more."""
    session = client.session
    session[CONFIRMED] = int(clock.wall_now().timestamp())
    session.save()
    return client


@pytest.mark.parametrize("name", sorted(KEEPING))
def test_accounts_are_changed_by_their_keepers_within_the_scope_alone(world: World, browse: Browse, name: str) -> None:
    """ASVS 8.2.1, 8.2.2, 8.4.1: not by others, not above the own role, not one's own account."""

    def answers(whom: User) -> dict[str, int]:
        grant = whom.role_assignments.get().pk
        where = reverse(name, args=[whom.pk, grant] if name == "organizations:role_end" else [whom.pk])
        return {who: confirmed(browse(who)).get(where).status_code for who in NAMES}

    keepers = {"interior_head", "administrator"}
    assert answers(world.officer) == {who: 200 if who in keepers else 403 for who in NAMES}
    assert answers(world.leader) == {who: 200 if who == "administrator" else 403 for who in NAMES}
    assert answers(world.administrator) == dict.fromkeys(NAMES, 403)
    far = answers(world.people["other_reviewer"])
    assert far == {who: 404 if who in keepers else 403 for who in NAMES}
    asked = browse("interior_head").get(address(name, world.officer.pk))
    assert asked.url == f"/tai-khoan/xac-nhan/?next={address(name, world.officer.pk)}"


@pytest.mark.parametrize("name", ["organizations:email_change", "organizations:factor_setup"])
def test_sensitive_pages_ask_for_the_password_first(world: World, browse: Browse, name: str) -> None:
    """ASVS 7.5.1."""
    found = {browse(who).get(address(name)).url for who in NAMES}
    assert found == {f"/tai-khoan/xac-nhan/?next={address(name)}"}


@pytest.mark.parametrize("name", sorted(OWN_STEPS))
def test_sensitive_steps_ask_for_the_password_first(world: World, browse: Browse, name: str) -> None:
    """ASVS 7.5.1."""
    for who in ("officer", "nobody"):
        answer = browse(who).post(address(name))
        assert (answer.status_code, [t.name for t in answer.templates][0]) == (200, "organizations/confirm.html")


def test_a_link_to_confirm_an_address_opens_for_its_owner_alone(world: World, browse: Browse) -> None:
    letter = AccountLetter.objects.create(
        user=world.officer,
        purpose="email_confirm",
        address="moi@thidua.example",
        created_at=clock.wall_now(),
        expires_at=clock.wall_now() + datetime.timedelta(hours=1),
    )
    found = {who: browse(who).get(letter.path).status_code for who in NAMES}
    assert found == {who: 200 if who == "officer" else 404 for who in NAMES}


# GET never writes


def writes(queries: CaptureQueriesContext) -> list[str]:
    return [
        q["sql"]
        for q in queries
        if q["sql"].split(None, 1)[0].upper() in WRITE and not any(table in q["sql"] for table in BESIDE_READING)
    ]


@pytest.mark.parametrize("name", sorted(set(ALL_NAMES) - POST_ONLY))
def test_reading_writes_nothing(world: World, browse: Browse, name: str) -> None:
    exemplar = world.exemplar(State.DRAFT, consent_publish=True, consent_on=clock.today())
    photo, _document = add_files(exemplar, world.officer)
    do_step("submit", exemplar, world.officer)
    if name not in ("models_registry:exemplar_review",):
        do_step("recognise", exemplar, world.reviewer)
    if name in ("models_registry:exemplar_edit", "models_registry:exemplar_check", "models_registry:attachment_remove"):
        exemplar = world.exemplar(State.DRAFT)
        photo, _document = add_files(exemplar, world.officer)
    of_file = name in ("models_registry:attachment", "models_registry:attachment_remove", "showcase:photo")
    url = address(name, photo.pk if of_file else exemplar.pk)
    for who in ("officer", "reviewer", "administrator"):
        client = browse(who)
        with CaptureQueriesContext(connection) as queries:
            b"".join(client.get(url))
            b"".join(client.head(url))
        assert writes(queries) == [], who


@pytest.mark.parametrize("name", sorted(POST_ONLY))
def test_a_step_is_refused_to_get(world: World, browse: Browse, name: str) -> None:
    exemplar = world.exemplar(State.SUBMITTED)
    for who in ("officer", "reviewer"):
        assert browse(who).get(address(name, exemplar.pk)).status_code == 405


# Forms of other sites


@pytest.mark.parametrize("name", sorted(POST_ONLY | FORMS))
def test_a_post_without_its_token_is_refused(world: World, name: str) -> None:
    exemplar = world.exemplar(State.RETURNED)
    for who in ("officer", "reviewer"):
        client = Client(enforce_csrf_checks=True)
        client.force_login(world.people[who], "django.contrib.auth.backends.ModelBackend")
        assert client.post(address(name, exemplar.pk), {"full_name": "x"}).status_code == 403


@pytest.mark.parametrize("name", sorted(set(ALL_NAMES) - POST_ONLY - FORMS))
def test_a_page_that_only_reads_takes_no_post(world: World, browse: Browse, name: str) -> None:
    if name == "healthz":
        pytest.skip("answered by a middleware before any view, whatever the method")
    assert browse("administrator").post(address(name)).status_code == 405


# What the browser is told


def test_the_record_page_of_the_officer_names_no_step_of_the_office(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.SUBMITTED)
    text = browse("officer").get(f"/dien-hinh/{exemplar.pk}/").content.decode()
    assert [step for step in ("cong-nhan/", "tra-lai/", "tiep-nhan/", "/xet/") if step in text] == []


def test_a_record_of_another_office_is_not_reviewed(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.RETURNED)
    save(exemplar, world.officer, {"summary": "Ngày 3/5/2023."})
    do_step("resubmit", exemplar, world.officer)
    assert browse("other_reviewer").get(f"/dien-hinh/{exemplar.pk}/xet/").status_code == 404
