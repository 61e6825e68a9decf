"""Every category × subject: its form, what it must have before it is sent, and changing from one to another."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from itertools import product

import pytest
from django.test import Client

from core.forms.merging import fingerprints
from core.workflow import WorkflowError
from models_registry import services
from models_registry.completeness import missing_items
from models_registry.enums import ANALYSED, Category, State, SubjectKind
from models_registry.forms import ExemplarForm
from models_registry.models import Exemplar
from tests.factories import CriterionFactory, FieldFactory, World, add_files, do_step, save

Browse = Callable[[str], Client]
KINDS = list(product(Category, SubjectKind))
PERSON, COLLECTIVE, HOUSEHOLD = SubjectKind
#: Subject → the fields about it that only it has, in the full form.
OWN = {
    PERSON: {"gender", "birth", "occupation", "position", "workplace"},
    COLLECTIVE: {"head_name", "founded_year", "member_count"},
    HOUSEHOLD: {"head_name", "spouse_name", "member_count", "occupation"},
}
FULL_ONLY = {"summary", "context", "causes", "lessons", "economic_value", "political_task", "carried_over", "movement"}
MODEL_ONLY = {"model_owner", "model_start_year", "model_scale"}


def form_of(world: World, category: str, kind: str) -> ExemplarForm:
    return ExemplarForm(exemplar=world.exemplar(category=category, subject_kind=kind, bare=True))


def test_each_form_has_the_fields_of_its_category_and_subject(world: World) -> None:
    for category, kind in KINDS:
        names = set(form_of(world, category, kind).fields)
        light = category == Category.GOOD_DEED
        assert names & MODEL_ONLY == (MODEL_ONLY if category == Category.MODEL else set()), (category, kind)
        assert names & FULL_ONLY == (set() if light else FULL_ONLY), (category, kind)
        wanted = ({"head_name"} if kind != PERSON else set()) if light else OWN[kind]
        assert names & set().union(*OWN.values()) == wanted, (category, kind)
        assert {"happened_on", "sudden", "consent_publish"} <= names, (category, kind)


def test_the_light_form_has_twelve_inputs_at_most_in_three_sections(world: World, browse: Browse) -> None:
    for kind in SubjectKind:
        exemplar = world.exemplar(category=Category.GOOD_DEED, subject_kind=kind, bare=True)
        assert len(ExemplarForm(exemplar=exemplar).fields) <= 12, kind
        page = browse("officer").get(f"/dien-hinh/{exemplar.pk}/sua/")
        assert [s["code"] for s in page.context["sections"]] == ["chung", "thanh-tich", "anh-tep"], kind


def test_direct_labour_is_asked_of_people_and_households_alone(world: World) -> None:
    found = {k for k in SubjectKind if "direct_labour" in form_of(world, Category.EXEMPLAR, k).fields}
    assert found == {PERSON, HOUSEHOLD}


def test_labels_speak_of_the_subject(world: World) -> None:
    labels = [
        (str(f["full_name"].label), f["consent_publish"].label.split(" đồng ý")[0])
        for f in (form_of(world, Category.MODEL, k) for k in SubjectKind)
    ]
    assert labels == [
        ("Họ và tên", "Người được giới thiệu"),
        ("Tên tập thể", "Tập thể"),
        ("Tên hộ gia đình", "Hộ"),
    ]


def wanted(category: str, kind: str) -> list[str]:
    """Targets that an empty record of this kind lacks, in the order of the form."""
    if category == Category.GOOD_DEED:
        return sorted(["title", "field", "happened_on", "deeds", *(["hamlet"] if kind == PERSON else [])])
    found = ["title", "field", "summary", "deeds", "results"]
    found += ["gender", "birth_year", "occupation", "hamlet"] if kind == PERSON else []
    found += ["causes", "measures", "lessons", "achievements", "C1"] if category in ANALYSED else []
    found += ["model_start_year", "model_scale"] if category == Category.MODEL else []
    return sorted(found)


def test_an_empty_record_names_all_that_it_lacks_and_a_complete_one_is_sent(world: World) -> None:
    for category, kind in KINDS:
        bare = world.exemplar(category=category, subject_kind=kind, bare=True)
        assert sorted(m.target for m in missing_items(bare)) == wanted(category, kind), (category, kind)
        sent = world.exemplar(State.SUBMITTED, category=category, subject_kind=kind)
        assert (sent.state, missing_items(sent)) == (State.SUBMITTED, []), (category, kind)


def test_each_missing_part_is_a_link_to_a_field_of_the_form(world: World, browse: Browse) -> None:
    CriterionFactory()
    for category, kind in KINDS:
        bare = world.exemplar(category=category, subject_kind=kind, bare=True, sudden=True)
        check = browse("officer").get(f"/dien-hinh/{bare.pk}/xem-lai/").content.decode()
        form = browse("officer").get(f"/dien-hinh/{bare.pk}/sua/").content.decode()
        summary = check.partition('class="error-summary"')[2].partition("</ul>")[0]
        anchors = [part.partition('"')[0] for part in summary.split("/sua/#")[1:]]
        assert len(anchors) == len(missing_items(bare)), (category, kind)
        assert [a for a in anchors if f'id="{a}"' not in form] == [], (category, kind)


def test_the_start_page_makes_a_draft_of_every_kind(world: World, browse: Browse) -> None:
    activity = FieldFactory()
    for category, kind in KINDS:
        posted = {"category": category, "subject_kind": kind, "full_name": "Tên Gốc", "field": activity.pk}
        answer = browse("officer").post("/dien-hinh/dang-ky/", posted | {"sudden": "on"})
        made = Exemplar.objects.order_by("pk").last()
        assert answer.headers["Location"] == f"/dien-hinh/{made.pk}/sua/"
        assert (made.category, made.subject_kind, made.full_name, made.sudden, made.field) == (
            (category, kind, "Tên Gốc", True, activity)
        )


@pytest.mark.parametrize(
    ("asked", "chosen"), [("model", "model"), ("", "good_deed"), ("x", "good_deed"), ("<b>", "good_deed")]
)
def test_a_link_may_preselect_the_category(world: World, browse: Browse, asked: str, chosen: str) -> None:
    page = browse("officer").get("/dien-hinh/dang-ky/", {"loai": asked})
    assert page.context["form"]["category"].value() == chosen


@pytest.mark.parametrize("typed", ["", "x", "EXEMPLAR", "\u200b", "<script>", "good_deed\x00"])
def test_a_kind_that_is_none_begins_nothing_and_keeps_the_name(world: World, browse: Browse, typed: str) -> None:
    posted = {"category": typed, "subject_kind": typed, "full_name": "Lê Văn Giữ"}
    answer = browse("officer").post("/dien-hinh/dang-ky/", posted)
    assert (answer.status_code, answer.context["form"]["full_name"].value()) == (200, "Lê Văn Giữ")
    assert set(answer.context["form"].errors) == {"category", "subject_kind"}
    assert Exemplar.objects.count() == 0


def test_changing_the_kind_there_and_back_keeps_every_word(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(category=Category.MODEL, subject_kind=COLLECTIVE)
    before = ExemplarForm(exemplar=exemplar).stored_values()
    for category, kind in ((Category.GOOD_DEED, HOUSEHOLD), (Category.EXEMPLAR, PERSON), (Category.MODEL, COLLECTIVE)):
        posted = {"category": category, "subject_kind": kind}
        answer = browse("officer").post(f"/dien-hinh/{exemplar.pk}/doi-loai/", posted)
        assert answer.headers["Location"] == f"/dien-hinh/{exemplar.pk}/sua/"
    after = Exemplar.objects.get(pk=exemplar.pk)
    summary = before.pop("summary")
    kept = ExemplarForm(exemplar=after).stored_values()
    # The lists read the beginning of the story of a good deed, which took the place of the summary.
    assert kept.pop("summary") in (summary, after.deeds)
    assert kept == before


def test_a_record_that_was_sent_keeps_its_kind(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(State.RETURNED)
    with pytest.raises(WorkflowError, match="đã từng gửi"):
        services.change_kind(exemplar=exemplar, by=world.officer, category=Category.MODEL, subject_kind=PERSON)
    assert browse("officer").get(f"/dien-hinh/{exemplar.pk}/doi-loai/").status_code == 302


def test_a_promoted_record_does_not_shrink_and_strangers_change_nothing(world: World) -> None:
    small = world.exemplar(State.RECOGNISED, category=Category.GOOD_DEED)
    services.promote_exemplar(exemplar=small, by=world.officer, category=Category.EXEMPLAR)
    grown = Exemplar.objects.get(promoted_from=small)
    with pytest.raises(WorkflowError, match="nâng lên"):
        services.change_kind(exemplar=grown, by=world.officer, category=Category.GOOD_DEED, subject_kind=PERSON)
    with pytest.raises(WorkflowError, match="Chỉ cán bộ"):
        services.change_kind(exemplar=grown, by=world.other_officer, category=Category.MODEL, subject_kind=PERSON)


def test_the_form_leads_to_the_kind_only_after_saving(world: World, browse: Browse) -> None:
    exemplar = world.exemplar()
    form = ExemplarForm(exemplar=exemplar)
    data = {n: "on" if v is True else v for n, v in form.initial.items() if v not in (None, False)}
    data |= {"version": exemplar.version, "title": "Tên viết dở", "then": "kind"}
    answer = browse("officer").post(f"/dien-hinh/{exemplar.pk}/sua/", data)
    assert answer.headers["Location"] == f"/dien-hinh/{exemplar.pk}/doi-loai/"
    assert Exemplar.objects.get(pk=exemplar.pk).title == "Tên viết dở"


NEW = ("happened_on", "political_task", "economic_value", "social_meaning")
NEW += ("model_owner", "model_start_year", "model_scale", "answer_summary")


def returned_model(world: World) -> Exemplar:
    return world.exemplar(State.RETURNED, category=Category.MODEL)


def bound(exemplar: Exemplar, **typed: str) -> ExemplarForm:
    remarks = services.answers.remarks_of_return(exemplar)
    form = ExemplarForm(exemplar=exemplar, remarks=remarks)
    data = {n: "on" if v is True else v for n, v in form.initial.items() if v not in (None, False)}
    filled = ExemplarForm(data | typed, exemplar=exemplar, remarks=remarks)
    filled.is_valid()
    return filled


def test_bad_input_in_each_new_field_is_cleaned_or_named(world: World) -> None:
    exemplar = returned_model(world)
    typed = {
        "too long": "ệ" * 13_000,
        "emoji": "Tổ 😀",
        "nfd": "Nguyê\u0303n",
        "eth": "\u00d0ất",
        "zero width": "L\u200bê",
        "markup": "<script>alert(1)</script>",
        "empty": "",
    }
    faulty = {kind: sorted(set(bound(exemplar, **dict.fromkeys(NEW, text)).errors)) for kind, text in typed.items()}
    dates = ["happened_on", "model_start_year"]
    assert faulty == {
        "too long": sorted(NEW),
        "emoji": sorted([*dates, "model_owner", "model_scale", "political_task"]),
        "nfd": dates,
        "eth": dates,
        "zero width": dates,
        "markup": dates,
        "empty": [],
    }
    clean = {"nfd": "Nguyễn", "eth": "Đất", "zero width": "Lê", "markup": typed["markup"], "empty": ""}
    for kind, wanted_text in clean.items():
        form = bound(exemplar, **dict.fromkeys(NEW, typed[kind]))
        texts = {form.cleaned_data[name] for name in NEW if name not in dates}
        assert texts == {wanted_text}, kind


def test_the_day_of_the_deed_is_read_in_every_spelling_and_impossible_ones_are_named(world: World) -> None:
    exemplar = returned_model(world)
    day = datetime.date(2021, 9, 22)
    for text in ("22/9/2021", "22-9-2021", "22.09.2021", " 22 / 9 / 2021 ", "22092021"):
        assert bound(exemplar, happened_on=text).cleaned_data.get("happened_on") == day, text
    for text in ("31/2/2021", "0/0/0", "2021-13-45", "hôm qua", "32/1/2021", "1/1/2999", "²²/9/2021"):
        assert list(bound(exemplar, happened_on=text).errors) == ["happened_on"], text


def test_answers_stand_beside_the_remarks_of_the_current_return_alone(world: World, browse: Browse) -> None:
    exemplar = returned_model(world)
    services.answer_remarks(
        exemplar=exemplar, by=world.officer, answers={"summary": " Đã bổ sung ngày. ", "deeds": "x"}
    )
    remark = exemplar.comments.get()
    assert (remark.answer, remark.answered_by) == ("Đã bổ sung ngày.", world.officer)
    assert "Đã bổ sung ngày." in browse("officer").get(f"/dien-hinh/{exemplar.pk}/xem-lai/").content.decode()
    do_step("resubmit", exemplar, world.officer)
    do_step("return", exemplar, world.reviewer)
    services.answer_remarks(exemplar=exemplar, by=world.officer, answers={"summary": "Lần hai."})
    assert [c.answer for c in exemplar.comments.order_by("pk")] == ["Đã bổ sung ngày.", "Lần hai."]
    services.answer_remarks(exemplar=exemplar, by=world.officer, answers={"summary": ""})
    assert [(c.answer, c.answered_by) for c in exemplar.comments.order_by("pk")][1] == ("", None)
    with pytest.raises(WorkflowError, match="Chỉ cán bộ"):
        services.answer_remarks(exemplar=exemplar, by=world.other_officer, answers={"summary": "x"})


def autosave(client: Client, exemplar: Exemplar, form: ExemplarForm, **typed: str):
    data = {n: "on" if v is True else v for n, v in form.initial.items() if v not in (None, False)}
    data |= {"version": form.exemplar.version, "prints": fingerprints(form.initial), **typed}
    return client.post(f"/dien-hinh/{exemplar.pk}/luu-tu-dong/", data)


def test_autosave_answers_with_the_task_list_and_writes_answers(world: World, browse: Browse) -> None:
    exemplar = returned_model(world)
    form = ExemplarForm(exemplar=exemplar, remarks=services.answers.remarks_of_return(exemplar))
    told = autosave(browse("officer"), exemplar, form, answer_summary="Giữ nguyên.", lessons="").json()
    assert (told["status"], exemplar.comments.get().answer) == ("saved", "Giữ nguyên.")
    assert {s["code"]: (s["look"], s["word"]) for s in told["sections"]}["bai-hoc"] == ("missing", "Còn thiếu 1 mục")


def test_autosave_names_each_field_it_has_left_as_it_was(world: World, browse: Browse) -> None:
    exemplar = world.exemplar()
    form = ExemplarForm(exemplar=exemplar)
    wrong = {"birth": "31/2/1975", "consent_publish": "on", "consent_on": "hôm qua", "achievement-1-figure": "bốn"}
    told = autosave(browse("officer"), exemplar, form, summary="Đúng.", **wrong).json()
    lines = [name for name in form.fields if name.startswith("achievement-1-")]
    assert len(lines) == 4
    assert told["status"] == "partly"
    assert sorted(name for name in told["unwritten"] if not name.startswith("achievement-2")) == sorted(
        ["birth", "consent_publish", "consent_on", *lines]
    )
    told = autosave(browse("officer"), Exemplar.objects.get(pk=exemplar.pk), form, summary="Đúng.").json()
    assert (told["status"], told["unwritten"]) == ("saved", [])


def test_autosave_merges_what_another_tab_changed_and_tells_both_texts_of_a_clash(world: World, browse: Browse) -> None:
    exemplar = world.exemplar()
    form = ExemplarForm(exemplar=exemplar)
    save(Exemplar.objects.get(pk=exemplar.pk), world.officer, {"title": "Tên của thẻ kia"})
    told = autosave(browse("officer"), exemplar, form, deeds="Viết ở thẻ này.").json()
    assert (told["status"], told["taken"]) == ("saved", [{"name": "title", "value": "Tên của thẻ kia"}])
    clash = autosave(browse("officer"), exemplar, form, title="Tên của thẻ này")
    assert (clash.status_code, clash.json()["clashes"]) == (
        409,
        [{"name": "title", "label": "Tên gương", "value": "Tên của thẻ kia", "words": "Tên của thẻ kia"}],
    )
    assert Exemplar.objects.get(pk=exemplar.pk).title == "Tên của thẻ kia"


def test_a_form_of_another_person_is_not_written(world: World, browse: Browse) -> None:
    exemplar = world.exemplar()
    form = ExemplarForm(exemplar=exemplar)
    writer = str(world.other_officer.pk)
    assert autosave(browse("officer"), exemplar, form, title="Lẫn", writer=writer).json() == {"status": "other"}
    answer = browse("officer").post(f"/dien-hinh/{exemplar.pk}/sua/", {"title": "Lẫn", "writer": writer})
    assert answer.status_code == 409
    assert "Lẫn" in answer.content.decode()
    assert Exemplar.objects.get(pk=exemplar.pk).title == form.initial["title"]


def test_sending_twice_gives_one_receipt_with_all_that_was_received(world: World, browse: Browse) -> None:
    exemplar = world.exemplar(sudden=True)
    files = add_files(exemplar, world.officer)
    for _press in range(2):
        answer = browse("officer").post(f"/dien-hinh/{exemplar.pk}/gui/")
        assert answer.headers["Location"] == f"/dien-hinh/{exemplar.pk}/bien-nhan/"
    assert exemplar.versions.count() == 1
    page = browse("officer").get(f"/dien-hinh/{exemplar.pk}/bien-nhan/").content.decode()
    due = Exemplar.objects.get(pk=exemplar.pk).review_due
    words = [exemplar.number, "Phòng Nội vụ", *[f.original_name for f in files], f"{due.day}/{due.month}/{due.year}"]
    assert [word for word in words if word not in page] == []


def test_a_summary_that_somebody_wrote_outlives_a_time_as_good_deed(world: World) -> None:
    typed = world.exemplar(State.DRAFT, summary="Tóm tắt do người viết.", deeds="Chuyện thứ nhất.")
    blank = world.exemplar(State.DRAFT, summary="", deeds="Chuyện thứ nhất.")
    for exemplar in (typed, blank):
        services.change_kind(
            exemplar=exemplar, by=world.officer, category=Category.GOOD_DEED, subject_kind="individual"
        )
        save(exemplar, world.officer, {"deeds": "Chuyện thứ hai."})
    assert [typed.summary, blank.summary] == ["Tóm tắt do người viết.", "Chuyện thứ hai."]
