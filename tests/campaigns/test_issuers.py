"""Who issues a paper: names, sign and signature by the kind of unit."""

from __future__ import annotations

import pytest

from campaigns.issuers import full_name, initials, issuer_of
from organizations.enums import UnitKind
from organizations.models import Unit
from organizations.reference import read
from tests.factories import UnitFactory, World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "name", "head"),
    [
        (
            UnitKind.COMMUNE,
            "Thị trấn Vĩnh Bình",
            ("", "Ủy ban nhân dân\nthị trấn Vĩnh Bình", "/BC-UBND", "Vĩnh Bình", "TM. Ủy ban nhân dân", "Chủ tịch"),
        ),
        (
            UnitKind.DEPARTMENT,
            "Phòng Giáo dục và Đào tạo",
            ("UBND huyện Thử", "Phòng Giáo dục và Đào tạo", "/BC-PGDĐT", "Thử", "", "Trưởng phòng"),
        ),
        (
            UnitKind.PARTY,
            "Ban Tuyên giáo Huyện ủy",
            ("Huyện ủy Thử", "Ban Tuyên giáo Huyện ủy", "-BC/", "Thử", "", "Trưởng ban"),
        ),
        (UnitKind.FRONT_MASS, "Hội Nông dân huyện", ("", "Hội Nông dân huyện Thử", "/BC-", "Thử", "", "Chủ tịch")),
        (
            UnitKind.COUNCIL_COMMITTEE,
            "Ủy ban nhân dân huyện",
            ("", "Ủy ban nhân dân\nhuyện Thử", "/BC-UBND", "Thử", "TM. Ủy ban nhân dân", "Chủ tịch"),
        ),
        (UnitKind.VERTICAL, "Điện lực huyện", ("", "Điện lực huyện Thử", "/BC-", "Thử", "", "Giám đốc")),
    ],
)
def test_each_kind_of_body_heads_and_signs_its_papers_in_its_way(
    world: World, kind: UnitKind, name: str, head: tuple[str, ...]
) -> None:
    issuer = issuer_of(UnitFactory(parent=world.district, kind=kind, name=name), world.district)
    found = (issuer.parent, issuer.lines, issuer.blank_number("BC"), issuer.place, issuer.authority, issuer.title)
    assert found == head
    assert issuer.party == (kind == UnitKind.PARTY)


def test_the_title_of_who_signs_is_known_for_all_but_companies_and_cooperatives(world: World) -> None:
    rows = [row for row in read("units.json") if row["kind"] not in ("province", "district")]
    titles = {row["name"]: issuer_of(Unit(kind=row["kind"], name=row["name"]), world.district).title for row in rows}
    assert {name for name, title in titles.items() if not title} == {
        "Công ty TNHH May Ánh Dương (hư cấu)",
        "Công ty TNHH Nông sản Gió Đồng (hư cấu)",
        "Hợp tác xã Nông nghiệp Hoa Nắng (hư cấu)",
        "Hợp tác xã Rau an toàn Song Giang (hư cấu)",
    }
    assert {name: titles[name] for name in titles if name.startswith(("Công an", "Tòa", "Viện", "Huyện Đoàn"))} == {
        "Công an huyện": "Trưởng Công an",
        "Tòa án nhân dân huyện": "Chánh án",
        "Viện Kiểm sát nhân dân huyện": "Viện trưởng",
        "Huyện Đoàn": "Bí thư",
    }


def test_a_letter_names_the_people_s_committee_of_a_commune_and_the_district_of_a_body(world: World) -> None:
    police = UnitFactory(parent=world.district, kind=UnitKind.ARMED_INTERNAL, name="Công an huyện")
    names = [full_name(unit, world.district) for unit in (world.commune_a, police, world.office)]
    assert names == ["Ủy ban nhân dân xã Bình An", "Công an huyện Thử", "Phòng Nội vụ"]


def test_the_sign_of_an_office_is_its_first_letters() -> None:
    assert [initials(name) for name in ("Phòng Nội vụ", "Phòng Tài chính – Kế hoạch")] == ["PNV", "PTCKH"]
