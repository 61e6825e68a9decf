"""The plan's milestones as reference data: what the source says, what the office set, and that edits stay."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from campaigns.enums import Duty
from campaigns.figures import catalogue
from campaigns.forms.fields import OutlineField
from campaigns.models import LegalBasis, Milestone, Programme
from campaigns.reference import load_programmes
from organizations.enums import UnitKind
from organizations.reference import load_units

DATA = json.loads((Path(__file__).resolve().parents[2] / "campaigns/data/milestones.json").read_text(encoding="utf-8"))


@pytest.fixture
def loaded(db: None) -> Programme:
    load_units()
    load_programmes()
    return Programme.objects.get(code="2021-2025")


def test_the_seven_milestones_of_the_plan_are_there_with_their_dates(loaded: Programme) -> None:
    found = {m.code: (str(m.due), m.dates_set_by_office) for m in loaded.milestones.filter(series="")}
    assert found == {
        "M0": ("2021-09-22", False),
        "M1": ("2021-12-31", True),
        "M2": ("2023-06-15", True),
        "M2H": ("2023-06-30", True),
        "M3": ("2024-12-31", False),
        "M4": ("2025-05-15", True),
        "M4H": ("2025-06-15", True),
        "M5": ("2025-06-15", True),
        "M6": ("2025-06-15", True),
    }


def test_the_district_answers_after_the_units_and_from_their_reports(loaded: Programme) -> None:
    for code in ("M2", "M4"):
        units, district = (loaded.milestones.get(code=name) for name in (code, f"{code}H"))
        assert (district.assembles, district.due > units.due) == (units, True)
        assert [unit.name for unit in district.chosen_units.all()] == ["Phòng Nội vụ"]
    assert str(loaded.milestones.get(code="M2").anchor) == "2023-06-11"


@pytest.mark.parametrize("year", range(2021, 2026))
def test_each_year_has_the_four_duties(loaded: Programme, year: int) -> None:
    duties = set(loaded.milestones.filter(due__year=year, asks_text=True).values_list("duty", flat=True))
    wanted = set(Duty.values) - ({Duty.PROPAGATE} if year == 2021 else set())
    assert duties >= wanted


def test_the_final_review_requires_the_direction_to_2030(loaded: Programme) -> None:
    part = next(p for p in loaded.milestones.get(code="M4").outline if p["key"] == "IV")
    assert (part["required"], "2026–2030" in part["title"]) == (True, True)


def test_outlines_survive_their_form_and_figures_are_known(loaded: Programme) -> None:
    field = OutlineField()
    for milestone in loaded.milestones.all():
        assert field.clean(field.prepare_value(milestone.outline) or "-") in (
            milestone.outline,
            [{"key": "m1", "title": "-", "hint": "", "required": False}],
        )
        assert set(milestone.figures) <= set(catalogue())


def test_the_three_documents_are_cited_and_every_row_is_marked(loaded: Programme) -> None:
    numbers = ["34-CT/TW", "11-TT/TU", "197/KH-UBND"]
    assert list(loaded.legal_bases.values_list("number", flat=True)) == numbers
    assert {row["mark"] for row in DATA["milestones"]} <= {"S", "M", "V"}
    assert {row["dates_mark"] for row in DATA["milestones"]} == {"S", "assumed"}


def test_what_the_office_changed_stays_when_the_data_is_loaded_again(loaded: Programme) -> None:
    milestone = loaded.milestones.get(code="M2")
    milestone.title = "Sơ kết của chúng tôi"
    milestone.save()
    loaded.milestones.filter(code="M6").delete()
    LegalBasis.objects.filter(number="34-CT/TW").update(title="Tên đã sửa")
    load_programmes()
    milestone.refresh_from_db()
    assert milestone.title == "Sơ kết của chúng tôi"
    assert not Milestone.objects.filter(code="M6").exists()
    assert LegalBasis.objects.get(number="34-CT/TW").title == "Tên đã sửa"


def test_kinds_of_units_are_those_below_a_district() -> None:
    below = set(UnitKind.values) - {"province", "district"}
    assert {kind for row in DATA["milestones"] for kind in row["unit_kinds"]} == below


@pytest.mark.parametrize(
    "line", ["*", "| gợi ý", "1" + ".1" * 12 + " Tuyên truyền", "I. " + "a" * 400, "I. A | " + "b" * 400]
)
def test_a_section_without_a_name_or_too_long_is_refused(line: str) -> None:
    with pytest.raises(ValidationError, match="Dòng 2 của đề cương"):
        OutlineField().clean(f"I. Kết quả *\n{line}")
