"""Whatever is typed: no fault of the server, a sentence beside the field, and the typed text still on the page."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import pytest
from django.test import Client

from models_registry.enums import State
from models_registry.forms import ExemplarForm
from models_registry.models import Exemplar
from tests.factories import CriterionFactory, World, do_step, save

Browse = Callable[[str], Client]
LONG = "ệ" * 13_000
INPUTS = {
    "too long": LONG,
    "empty": "",
    "blank": " \t\r\n\u00a0 ",
    "markup": "<script>alert(1)</script>",
    "quotes": "\"'><b>&amp;",
    "emoji": "Chị Sáu 😀🎉",
    "nfd": "Nguyê\u0303n Thi\u0323 Ho\u0300a",
    "eth": "\u00d0ặng Văn \u00d0ức",
    "zero width": "Lê\u200b Văn\u200d Tám\ufeff",
    "zero width alone": "\u200b\u200d",
    "nul": "a\x00b",
    "bidi": "\u202eABC",
    "lone surrogate": "\ud800",
    "number": "99999999999999999999",
    "negative": "-1",
    "fraction": "1e309",
    "superscript": "²",
    "sql": "'; DROP TABLE x; --",
    "template": "{{ 7*7 }}{% load x %}",
    "date": "31/2/2021",
    "lines": "một\r\nhai\n\n\n\nba",
}
DATES = {
    "22/9/2021": "22/9/2021",
    "22-9-2021": "22/9/2021",
    "22.9.2021": "22/9/2021",
    "22/09/2021": "22/9/2021",
    " 22 / 9 / 2021 ": "22/9/2021",
}
BAD_DATES = [
    "31/2/2021",
    "29/2/2021",
    "0/0/0",
    "2021",
    "hôm qua",
    "9/22/2021",
    "1/1/1",
    "1/1/99999",
    "22/9",
    "6/6/2023",
]


def post(client: Client, exemplar: Exemplar, **typed: str):
    """Post the whole form as it stands, with what was typed over it."""
    form = ExemplarForm(exemplar=exemplar)
    data = {n: v for n, v in form.initial.items() if v not in (None, False)}
    data |= {"version": str(Exemplar.objects.get(pk=exemplar.pk).version), **typed}
    data = {name: "on" if value is True else value for name, value in data.items()}
    return client.post(f"/dien-hinh/{exemplar.pk}/sua/", data)


def names() -> list[str]:
    return (
        list(ExemplarForm.base_fields)
        + ["met_C1", "evidence_C1"]
        + [f"achievement-1-{part}" for part in ("description", "figure", "measure", "period")]
    )


@pytest.mark.parametrize("kind", list(INPUTS))
def test_any_input_in_every_field_at_once_is_answered(world: World, browse: Browse, kind: str) -> None:
    exemplar = world.exemplar()
    typed = INPUTS[kind].replace("\ud800", "\ufffd")
    answer = post(browse("officer"), exemplar, **dict.fromkeys(names(), typed))
    assert answer.status_code in (200, 302)
    assert "<script>alert" not in answer.content.decode()


@pytest.mark.parametrize("name", ["full_name", "title", "summary", "deeds", "hamlet", "evidence_C1"])
def test_text_that_is_refused_stays_on_the_page(world: World, browse: Browse, name: str) -> None:
    exemplar = world.exemplar()
    typed = "Câu chuyện dài " * 2000
    answer = post(browse("officer"), exemplar, **{name: typed})
    assert (answer.status_code, answer.context["form"][name].value()) == (200, typed)
    assert escape(typed.strip()[:300]) in answer.content.decode()


def test_the_other_fields_are_saved_beside_a_fault(world: World, browse: Browse) -> None:
    exemplar = world.exemplar()
    post(browse("officer"), exemplar, title="Tên mới", phone="chưa biết")
    stored = Exemplar.objects.get(pk=exemplar.pk)
    assert (stored.title, stored.phone) == ("Tên mới", "0987654321")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (INPUTS["nfd"], "Nguyễn Thị Hòa"),
        (INPUTS["eth"], "Đặng Văn Đức"),
        (INPUTS["zero width"], "Lê Văn Tám"),
        ("  Lê   Văn\u00a0Tám ", "Lê Văn Tám"),
        ("<b>Lê</b>", "<b>Lê</b>"),
    ],
)
def test_a_name_is_cleaned_and_kept(world: World, browse: Browse, typed: str, kept: str) -> None:
    exemplar = world.exemplar()
    post(browse("officer"), exemplar, full_name=typed)
    assert Exemplar.objects.get(pk=exemplar.pk).full_name == kept


@pytest.mark.parametrize("typed", ["", "   ", "\u200b", "😀", "\u3164"])
def test_a_name_of_nothing_is_refused_and_the_old_one_stays(world: World, browse: Browse, typed: str) -> None:
    exemplar = world.exemplar()
    answer = post(browse("officer"), exemplar, full_name=typed)
    assert ("full_name" in answer.context["form"].errors) is True
    assert Exemplar.objects.get(pk=exemplar.pk).full_name == exemplar.full_name


@pytest.mark.parametrize("typed", list(DATES))
def test_a_date_is_read_in_every_usual_spelling(world: World, browse: Browse, typed: str) -> None:
    exemplar = world.exemplar()
    post(browse("officer"), exemplar, consent_on=typed)
    assert str(Exemplar.objects.get(pk=exemplar.pk).consent_on) == "2021-09-22"


@pytest.mark.parametrize("typed", BAD_DATES)
def test_a_date_that_is_none_is_refused_and_stays_as_typed(world: World, browse: Browse, typed: str) -> None:
    exemplar = world.exemplar()
    answer = post(browse("officer"), exemplar, consent_on=typed)
    form = answer.context["form"]
    assert (list(form.errors), form["consent_on"].value()) == (["consent_on"], typed)


@pytest.mark.parametrize("typed", ["0987 654 321", "0987.654.321", "+84 987654321"])
def test_a_telephone_number_is_read_in_every_usual_spelling(world: World, browse: Browse, typed: str) -> None:
    exemplar = world.exemplar()
    save(exemplar, world.officer, {"phone": ""})
    post(browse("officer"), exemplar, phone=typed)
    assert Exemplar.objects.get(pk=exemplar.pk).phone == "0987654321"


def test_consent_without_its_date_is_not_written(world: World, browse: Browse) -> None:
    exemplar = world.exemplar()
    answer = post(browse("officer"), exemplar, consent_publish="on")
    stored = Exemplar.objects.get(pk=exemplar.pk)
    assert (list(answer.context["form"].errors), stored.consent_publish) == (["consent_on"], False)


def test_a_figure_without_its_measure_leaves_the_stored_lines(world: World, browse: Browse) -> None:
    exemplar = world.exemplar()
    answer = post(browse("officer"), exemplar, **{"achievement-1-measure": ""})
    assert list(answer.context["form"].errors) == ["achievement-1-measure"]
    assert exemplar.achievements.get().measure == "người"


@pytest.mark.parametrize("line", ["²", "0", "-1", "9" * 40, "13", "x", "", "1-1", "٣"])
def test_a_made_up_line_of_achievements_is_passed_over(world: World, browse: Browse, line: str) -> None:
    exemplar = world.exemplar()
    answer = post(browse("officer"), exemplar, **{f"achievement-{line}-description": "Bịa"})
    assert (answer.status_code, exemplar.achievements.count()) == (302, 1)


@pytest.mark.parametrize("name", ["caption-x", "caption-", "caption-²", "caption-" + "9" * 30, "caption--1"])
def test_a_made_up_caption_is_passed_over(world: World, browse: Browse, name: str) -> None:
    assert post(browse("officer"), world.exemplar(), **{name: "Bịa"}).status_code == 302


@pytest.mark.parametrize("name", ["state", "unit", "registered_by", "hold_since", "decided_by", "recognised_on"])
def test_a_forged_field_writes_nothing(world: World, browse: Browse, name: str) -> None:
    exemplar = world.exemplar()
    before = Exemplar.objects.filter(pk=exemplar.pk).values(name).get()
    post(browse("officer"), exemplar, **{name: "1"})
    assert Exemplar.objects.filter(pk=exemplar.pk).values(name).get() == before


# Two tabs


def opened(client: Client, exemplar: Exemplar) -> dict[str, str]:
    """The form as a tab holds it: every value, the version and the fingerprints."""
    answer = client.get(f"/dien-hinh/{exemplar.pk}/sua/")
    form = answer.context["form"]
    data = {n: v for n, v in ((n, form[n].value()) for n in form.fields) if v not in (None, False)}
    data = {name: "on" if value is True else value for name, value in data.items()}
    return data | {"version": str(answer.context["exemplar"].version), "prints": answer.context["prints"]}


def test_two_tabs_that_change_different_fields_lose_nothing(world: World, browse: Browse) -> None:
    exemplar = world.exemplar()
    client, url = browse("officer"), f"/dien-hinh/{exemplar.pk}/sua/"
    first, second = opened(client, exemplar), opened(client, exemplar)
    client.post(url, first | {"title": "Từ tab một"})
    client.post(url, second | {"summary": "Từ tab hai"})
    stored = Exemplar.objects.get(pk=exemplar.pk)
    assert (stored.title, stored.summary) == ("Từ tab một", "Từ tab hai")


def test_two_tabs_that_change_the_same_field_ask_and_write_nothing(world: World, browse: Browse) -> None:
    exemplar = world.exemplar()
    client, url = browse("officer"), f"/dien-hinh/{exemplar.pk}/sua/"
    first, second = opened(client, exemplar), opened(client, exemplar)
    client.post(url, first | {"title": "Từ tab một"})
    answer = client.post(url, second | {"title": "Từ tab hai"})
    text = answer.content.decode()
    assert (answer.context["conflicts"], "Từ tab một" in text, "Từ tab hai" in text) == (
        {"title": "Từ tab một"},
        True,
        True,
    )
    assert Exemplar.objects.get(pk=exemplar.pk).title == "Từ tab một"


def test_an_old_tab_does_not_drop_achievements_that_it_never_showed(world: World, browse: Browse) -> None:
    exemplar = world.exemplar()
    client, url = browse("officer"), f"/dien-hinh/{exemplar.pk}/sua/"
    old = opened(client, exemplar)
    for line in (2, 3, 4, 5):
        client.post(url, opened(client, exemplar) | {f"achievement-{line}-description": f"Việc {line}"})
    client.post(url, old | {"title": "Từ tab cũ"})
    assert list(exemplar.achievements.values_list("description", flat=True)) == [
        "Cứu hai người",
        "Việc 2",
        "Việc 3",
        "Việc 4",
        "Việc 5",
    ]


@pytest.mark.parametrize("prints", ["", "{", "null", "[]", '{"title": 1}', "9" * 5000])
def test_spoilt_fingerprints_ask_instead_of_overwriting(world: World, browse: Browse, prints: str) -> None:
    exemplar = world.exemplar()
    client, url = browse("officer"), f"/dien-hinh/{exemplar.pk}/sua/"
    answer = client.post(url, opened(client, exemplar) | {"title": "Đè lên", "version": "0", "prints": prints})
    assert (answer.status_code, Exemplar.objects.get(pk=exemplar.pk).title) == (200, "Cứu hai em nhỏ đuối nước")


def test_what_was_typed_into_a_record_that_was_sent_meanwhile_is_given_back(world: World, browse: Browse) -> None:
    exemplar = world.exemplar()
    client = browse("officer")
    tab = opened(client, exemplar)
    do_step("submit", exemplar, world.officer)
    answer = client.post(f"/dien-hinh/{exemplar.pk}/sua/", tab | {"summary": "Chữ vừa gõ thêm"})
    assert (answer.status_code, "Chữ vừa gõ thêm" in answer.content.decode()) == (409, True)


# The other forms


@pytest.mark.parametrize(
    ("step", "name"), [("tra-lai", "due"), ("tra-lai", "comment_title"), ("khong-cong-nhan", "reason")]
)
def test_any_input_to_a_decision_is_answered(world: World, browse: Browse, step: str, name: str) -> None:
    client = browse("reviewer")
    exemplar = world.exemplar(State.IN_REVIEW)
    for kind, text in INPUTS.items():
        if not exemplar.is_waiting:
            exemplar = world.exemplar(State.IN_REVIEW)
        answer = client.post(f"/dien-hinh/{exemplar.pk}/{step}/", {name: text.replace("\ud800", "\ufffd")})
        assert answer.status_code in (200, 302), kind
        assert "<script>alert" not in answer.content.decode(), kind
        exemplar.refresh_from_db()


@pytest.mark.parametrize("kind", list(INPUTS))
def test_any_input_to_the_first_screen_is_answered(world: World, browse: Browse, kind: str) -> None:
    CriterionFactory()
    typed = INPUTS[kind].replace("\ud800", "\ufffd")
    answer = browse("officer").post("/dien-hinh/dang-ky/", {"full_name": typed, "title": typed, "field": typed})
    assert answer.status_code in (200, 302)


@pytest.mark.parametrize(
    "value", ["", "x", "²", "0", "9" * 30, "-1", "a\x00b", "<script>alert(1)</script>", LONG[:3000]]
)
def test_any_filter_of_the_registry_is_answered(world: World, browse: Browse, value: str) -> None:
    client = browse("officer")
    for name in ("q", "trang-thai", "don-vi", "linh-vuc", "doi-tuong", "loai", "nam", "uu-tien", "trang", "sap-xep"):
        answer = client.get("/dien-hinh/", {name: value})
        assert (answer.status_code, "<script>alert" in answer.content.decode()) == (200, False), name
