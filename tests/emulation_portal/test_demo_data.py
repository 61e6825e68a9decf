"""The data files of the demo hold together: keys, dates, lives of records, marks and letters."""

from __future__ import annotations

import datetime
import json
import zlib
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from PIL import Image

from campaigns.reference import load_programmes
from core import clock
from emulation_portal.demo.pictures import HEIGHT, WIDTH, draw_paper, draw_picture
from emulation_portal.demo.seeding import seed
from models_registry.duplicates import flag_duplicates
from models_registry.models import ChangeRequest, Exemplar, ReviewComment
from models_registry.reference import load_taxonomy
from organizations.models import User
from organizations.reference import load_units

ROOT = Path(__file__).resolve().parents[2]
FILES = {
    "units": "organizations/data/units.json",
    "blocks": "organizations/data/blocks.json",
    "programme": "campaigns/data/programme.json",
    "taxonomy": "models_registry/data/taxonomy.json",
    "criteria": "models_registry/data/criteria.json",
    "exemplars": "emulation_portal/demo/exemplars.json",
    "accounts": "emulation_portal/demo/accounts.json",
    "office": "emulation_portal/demo/office.json",
}
TRAINING_DATE = "2023-06-05"
MARKS = {"V", "M", "S"}
STEPS = {
    "submit": ({"draft"}, "submitted"),
    "resubmit": ({"returned"}, "submitted"),
    "withdraw": ({"submitted"}, "draft"),
    "take": ({"submitted"}, "in_review"),
    "return": ({"submitted", "in_review"}, "returned"),
    "recognise": ({"submitted", "in_review"}, "recognised"),
    "reject": ({"submitted", "in_review"}, "rejected"),
    "end": ({"recognised"}, "ended"),
    "revoke": ({"recognised"}, "revoked"),
}
OFFICE_STEPS = {"take", "return", "recognise", "reject", "end", "revoke"}
STATES = {"draft", "submitted", "in_review", "returned", "recognised", "rejected", "revoked", "ended"}
PARTS = {"achievements", "photos", "documents", "consent"}
CONTRACT = {
    "binhnhi": {("officer", "binh-nhi")},
    "vinhbinh": {("officer", "vinh-binh")},
    "longbinh": {("officer", "long-binh")},
    "chutich.binhnhi": {("unit_leader", "binh-nhi")},
    "mttq": {("officer", "mttq")},
    "noivu": {("reviewer", "go-cong-tay"), ("council_member", "go-cong-tay")},
    "noivu2": {("reviewer", "go-cong-tay")},
    "truongphong": {("interior_head", "go-cong-tay"), ("council_member", "go-cong-tay")},
    "vanthu": {("clerk", "go-cong-tay")},
    "lanhdao": {("leader", "go-cong-tay"), ("council_member", "go-cong-tay")},
    **{f"hoidong{number}": {("council_member", "go-cong-tay")} for number in range(1, 6)},
    "truyenthanh": {("editor", "go-cong-tay")},
    "tuyengiao": {("editor", "go-cong-tay")},
    "quantri": {("administrator", "go-cong-tay")},
}


@cache
def read(name: str) -> Any:
    return json.loads((ROOT / FILES[name]).read_text(encoding="utf-8"))


def units() -> dict[str, dict]:
    return {unit["key"]: unit for unit in read("units")}


def accounts() -> dict[str, dict]:
    return {account["username"]: account for account in read("accounts")["accounts"]}


def records() -> list[dict]:
    return read("exemplars")["exemplars"]


def each_record(test: Any) -> Any:
    return pytest.mark.parametrize("record", records(), ids=[r["code"] for r in records()])(test)


@pytest.mark.parametrize("name", FILES)
def test_data_file_is_in_composed_letters(name: str) -> None:
    text = (ROOT / FILES[name]).read_text(encoding="utf-8")
    assert text == normalize("NFC", text)
    assert not {"\u00a0", "\u200b", "\u00d0"} & set(text)


def test_unit_keys_and_codes_with_validity_are_unique() -> None:
    rows = read("units")
    assert len(units()) == len(rows)
    assert len({(row["code"], row["valid_from"]) for row in rows}) == len(rows)


def test_units_stand_after_their_parents_and_name_known_successors() -> None:
    seen: set[str] = set()
    for row in read("units"):
        assert row["parent"] is None or row["parent"] in seen
        assert set(row["successors"]) <= set(units())
        assert row["mark"] in MARKS
        seen.add(row["key"])


def test_district_has_thirteen_communes_that_end_with_it_and_go_into_five() -> None:
    communes = [u for u in read("units") if u["kind"] == "commune" and u["parent"] == "go-cong-tay"]
    after = {key for unit in communes for key in unit["successors"]}
    assert len(communes) == 13
    assert {u["valid_to"] for u in communes} == {"2025-06-30"}
    assert {units()[key]["valid_from"] for key in after} == {"2025-07-01"}
    assert len(after) == 5


def test_reused_codes_name_other_communes_afterwards() -> None:
    names = {(u["code"], u["valid_from"] > "2025"): u["name"] for u in read("units") if u["kind"] == "commune"}
    assert names["28660", False] == "Xã Đồng Thạnh"
    assert names["28660", True] == "Xã Đồng Sơn"
    assert names["28663", True] == "Xã Phú Thành"
    assert names["28678", True] == "Xã Vĩnh Hựu"


def test_district_has_sixty_to_ninety_units() -> None:
    assert 60 <= sum(u["parent"] == "go-cong-tay" for u in read("units")) <= 90


def test_unit_is_in_one_block_a_year_and_each_block_has_its_head() -> None:
    for year in (2021, 2022, 2023):
        entries = [entry for block in read("blocks") for entry in block["years"] if entry["year"] == year]
        members = [key for entry in entries for key in entry["members"]]
        assert len(members) == len(set(members))
        assert set(members) <= set(units())
        assert all(entry["head"] in entry["members"] for entry in entries)
    assert {block["mark"] for block in read("blocks")} == {"M"}


def test_programme_is_plan_197_and_movements_are_marked() -> None:
    programme = read("programme")["programmes"][0]
    assert (programme["plan_number"], programme["plan_date"]) == ("197/KH-UBND", "2021-09-22")
    movements = read("programme")["movements"]
    assert {m["mark"] for m in movements} <= MARKS
    assert sum(m["mark"] == "V" for m in movements) == 4
    assert len({m["code"] for m in movements}) == len(movements)


def test_sub_field_names_are_unique_over_all_fields() -> None:
    names = [sub["name"] for field in read("taxonomy")["fields"] for sub in field["sub_fields"]]
    assert len(names) == len(set(names))


def test_criteria_are_the_seven_of_the_plan() -> None:
    assert [c["code"] for c in read("criteria")["criteria"]] == [f"C{n}" for n in range(1, 8)]


def test_accounts_of_the_contract_are_there_with_just_their_roles() -> None:
    for username, roles in CONTRACT.items():
        assert {(r["role"], r["unit"]) for r in accounts()[username]["roles"]} == roles
    assert {u for u, a in accounts().items() if a["contract"]} == set(CONTRACT)


def test_accounts_have_known_units_and_invented_addresses() -> None:
    for username, account in accounts().items():
        assert account["email"] == f"{username}@gocongtay.example"
        assert {account["unit"], *(r["unit"] for r in account["roles"])} <= set(units())


def test_every_commune_has_an_officer() -> None:
    served = {r["unit"] for a in accounts().values() for r in a["roles"] if r["role"] == "officer"}
    assert {u["key"] for u in read("units") if u["kind"] == "commune" and u["parent"] == "go-cong-tay"} <= served


def test_there_are_more_than_thirty_records_in_every_state() -> None:
    codes = {r["code"] for r in records()}
    assert len(codes) == len(records()) >= 30
    assert {r["state"] for r in records()} == STATES
    assert {r["category"] for r in records()} == {"exemplar", "model", "new_factor", "good_deed"}
    assert {r["subject_kind"] for r in records()} == {"individual", "collective", "household"}


def test_binh_nhi_has_something_to_write_and_something_waiting() -> None:
    assert {"draft", "submitted"} <= {r["state"] for r in records() if r["unit"] == "binh-nhi"}


@each_record
def test_record_names_known_rows(record: dict) -> None:
    fields = {f["code"]: {s["name"] for s in f["sub_fields"]} for f in read("taxonomy")["fields"]}
    movements = {m["code"] for m in read("programme")["movements"]}
    officer = accounts()[record["registered_by"]]
    assert record["unit"] in units()
    assert record["sub_field"] in fields[record["field"]]
    assert record["movement"] is None or record["movement"] in movements
    assert {"role": "officer", "unit": record["unit"]} in officer["roles"]
    assert record["fictional"] is True


@each_record
def test_record_reaches_its_state_by_its_history(record: dict) -> None:
    state = "draft"
    for event in record["history"]:
        sources, target = STEPS[event["action"]]
        assert state in sources
        state = target
        reviewed = event["action"] in OFFICE_STEPS
        assert event["by"] in ({"noivu", "noivu2"} if reviewed else {record["registered_by"]})
    assert state == record["state"]


@each_record
def test_record_has_office_days_in_order_up_to_the_training_date(record: dict) -> None:
    days = [record["registered_on"], *(event["date"] for event in record["history"])]
    assert days == sorted(days)
    assert days[-1] <= TRAINING_DATE
    assert all(datetime.date.fromisoformat(day).weekday() < 5 for day in days)
    assert record["registered_on"][:4] == record["code"][5:9]


@each_record
def test_decisions_say_what_they_must(record: dict) -> None:
    for event in record["history"]:
        if event["action"] in {"reject", "end", "revoke"}:
            assert event["reason"]
        if event["action"] == "revoke":
            assert event["paper"]
        if event["action"] == "return":
            assert event["return_due"] > event["date"]
            assert event["comments"]
            known = set(record) | PARTS | {c["code"] for c in record["criteria"]}
            assert {c["field"] for c in event["comments"]} <= known


@each_record
def test_sent_again_record_differs_from_its_first_version(record: dict) -> None:
    resent = any(event["action"] == "resubmit" for event in record["history"])
    assert bool(record["first_version"]) == resent
    for name, value in (record["first_version"] or {}).items():
        assert value != record[name]


#: Words of the whole story: a good deed and a new factor are told shortly.
STORY = {"exemplar": (250, 500), "model": (250, 500), "new_factor": (60, 500), "good_deed": (50, 500)}


@each_record
def test_sent_record_is_complete(record: dict) -> None:
    if record["state"] == "draft":
        return
    category = record["category"]
    needed = ["full_name", "title", "hamlet", "deeds", "happened_on" if category == "good_deed" else "summary"]
    if category in ("exemplar", "model"):
        needed += ["context", "results", "causes", "measures", "lessons", "achievements"]
    if record["subject_kind"] == "individual" and category != "good_deed":
        needed += ["gender", "birth_year", "occupation"]
    least, most = STORY[category]
    assert [name for name in needed if not record[name]] == []
    assert least <= sum(len(record[name].split()) for name in ("context", "deeds", "results")) <= most
    assert len(record["summary"]) <= 400
    assert any(c["is_met"] for c in record["criteria"]) or category in ("new_factor", "good_deed")


def waiting() -> list[dict]:
    return [r for r in records() if r["state"] in ("submitted", "in_review")]


def test_the_queue_is_long_enough_to_be_worked_through() -> None:
    found = waiting()
    assert len(found) >= 12
    assert {r["category"] for r in found} == {"exemplar", "model", "new_factor", "good_deed"}
    assert {r["subject_kind"] for r in found} == {"individual", "collective", "household"}
    assert len({r["unit"] for r in found}) >= 10


def test_a_rescue_of_the_last_days_waits_on_the_shorter_clock() -> None:
    (rescue,) = [r for r in waiting() if r["sudden"]]
    assert (rescue["category"], rescue["happened_on"]) == ("good_deed", "2023-06-01")


def test_one_record_came_back_with_an_answer_to_each_remark() -> None:
    (again,) = [r for r in waiting() if any(e.get("answers") for e in r["history"])]
    returned, resent = again["history"][-2:]
    assert set(resent["answers"]) == {c["field"] for c in returned["comments"]}


def test_long_binh_has_a_good_deed_to_promote_and_a_request_for_a_change() -> None:
    own = [r for r in records() if r["unit"] == "long-binh" and r["state"] == "recognised"]
    assert [r["category"] for r in own].count("good_deed") == 1
    (asked,) = [r["change_request"] for r in records() if r.get("change_request")]
    assert (asked["by"], asked["on"] <= TRAINING_DATE, set(asked["changes"]) <= set(own[0])) == ("longbinh", True, True)


def test_the_office_has_its_clocks_and_stock_remarks() -> None:
    office = read("office")
    remarks = office["stock_remarks"]
    assert 4 <= len(remarks) == len(set(remarks))
    assert office["settings"]["sudden_days"] < office["settings"]["review_days"]
    assert max(map(len, remarks)) <= 300


def _small_picture(code: str, *_more: str) -> bytes:
    """A picture that differs from record to record and costs nothing to draw."""
    content = BytesIO()
    Image.new("RGB", (40, 30), f"#{zlib.crc32(code.encode()) & 0xFFFFFF:06x}").save(content, "JPEG")
    return content.getvalue()


@pytest.mark.django_db
def test_the_demo_is_seeded_with_its_stories(settings, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("emulation_portal.demo.seeding.draw_picture", _small_picture)
    settings.MEDIA_ROOT, settings.TRAINING_DATE = tmp_path, datetime.date.fromisoformat(TRAINING_DATE)
    load_units()
    load_programmes()
    load_taxonomy()
    seed()
    late = Exemplar.objects.past_promise(clock.today()).count()
    head = User.objects.get(username="truongphong")
    queue = Exemplar.objects.reviewable_by(head).for_list().order_by("-sudden", "submitted_at", "pk")
    likely = {Exemplar.objects.get(pk=pk).full_name for pk in flag_duplicates(queue, head)}
    assert late >= 1
    assert queue[0].sudden
    assert queue[0].review_due == datetime.date(2023, 6, 7)
    assert {"Ngo Quoc Thai", "Ngô Quốc Thái", "Mai Thị Bích Trầm", "Mai Thị Bích Trâm"} <= likely
    assert len(likely) <= 6
    assert ChangeRequest.objects.count() == 1
    assert ReviewComment.objects.exclude(answer="").count() == 2


@each_record
def test_record_claims_criteria_with_evidence_and_figures_with_measure(record: dict) -> None:
    assert [c["code"] for c in record["criteria"]] == [f"C{n}" for n in range(1, 8)]
    assert all(bool(c["evidence"]) == bool(c["is_met"]) for c in record["criteria"])
    assert all(a["figure"] is None or a["measure"] for a in record["achievements"])


@each_record
def test_record_keeps_consent_birth_and_phone_in_shape(record: dict) -> None:
    assert record["consent_publish"] == bool(record["consent_on"])
    assert not record["phone"] or record["phone"].startswith("09000000")
    assert not record["birth_date"] or int(record["birth_date"][:4]) == record["birth_year"]
    assert all(photo["caption"] == "Ảnh minh họa" for photo in record["photos"])


def test_one_waiting_record_is_on_hold_with_its_reason() -> None:
    held = [r for r in records() if r["hold"]]
    assert [r["state"] for r in held] == ["submitted"]
    assert held[0]["hold"]["reason"]
    assert held[0]["history"][-1]["date"] < held[0]["hold"]["since"] <= TRAINING_DATE


@pytest.mark.parametrize("field", ["KT", "VHXH", "QPAN", "HTCT", "NTM", "KHCN", "khác"])
def test_picture_is_a_jpeg_of_full_size_and_the_same_each_time(field: str) -> None:
    first = draw_picture("DHTT-2021-001", field)
    image = Image.open(BytesIO(first))
    assert (image.format, image.size) == ("JPEG", (WIDTH, HEIGHT))
    assert first == draw_picture("DHTT-2021-001", field)


def test_paper_is_a_pdf_of_one_page_and_the_same_each_time() -> None:
    paper = draw_paper("DHTT-2021-001", "Giấy xác nhận của UBND xã Đồng Sơn " * 4)
    assert paper.startswith(b"%PDF-")
    assert paper.count(b"/Type /Page\n") + paper.count(b"/Type /Page/") + paper.count(b"/Type /Page ") == 1
    assert paper == draw_paper("DHTT-2021-001", "Giấy xác nhận của UBND xã Đồng Sơn " * 4)
