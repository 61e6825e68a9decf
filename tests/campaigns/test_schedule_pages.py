"""The pages of one milestone, of urging and of the head: who opens them, what a post does, what is refused kindly."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from docx import Document

from campaigns.content import sections_of
from campaigns.enums import Tier
from campaigns.models import LegalBasis, Milestone, Programme, ReminderException, UnitGoal, UnitTask, Urging
from campaigns.services import add_basis, add_exception, urge
from organizations.enums import UnitKind
from organizations.models import Unit
from tests.campaigns.makers import MilestoneFactory, publish, task_of
from tests.factories import BlockMembershipFactory, ProgrammeFactory, World

Browse = Callable[[str], Client]
LATE = datetime.date(2023, 6, 20)
OFFICE = {"reviewer", "interior_head"}
EVERYBODY = {
    *("officer", "unit_leader", "reviewer", "interior_head", "clerk", "council_member", "leader", "editor"),
    *("administrator", "nobody", "other_officer"),
}
NAMES = sorted(EVERYBODY | {"other_reviewer", "other_interior_head"})
HEAD_PAGES = {
    "campaigns:programme_edit": "programme",
    "campaigns:programme_goals": "programme",
    "campaigns:programme_clone": "programme",
    "campaigns:programme_close": "programme",
    "campaigns:milestone_new": "programme",
    "campaigns:milestone_edit": "milestone",
    "campaigns:milestone_delete": "milestone",
    "campaigns:milestone_publish": "milestone",
    "campaigns:milestone_repeat": "milestone",
    "campaigns:milestone_due": "milestone",
    "campaigns:milestone_exceptions": "milestone",
    "campaigns:task_hand_over": "task",
}
BASIS = {
    "number": "34-CT/TW",
    "title": "Chỉ thị",
    "issuer": "Bộ Chính trị",
    "issued_on": "7/4/2014",
}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _late(stand_on: Callable[[datetime.date], None]) -> None:
    stand_on(LATE)


@pytest.fixture
def milestone(world: World) -> Milestone:
    return publish(world)


def key_of(milestone: Milestone, kind: str) -> int:
    return {"programme": milestone.programme_id, "milestone": milestone.pk, "task": milestone.tasks.first().pk}[kind]


def statuses(browse: Browse, url: str, method: str = "get") -> dict[str, int]:
    return {who: getattr(browse(who), method)(url).status_code for who in NAMES}


# Who opens what


def test_a_published_milestone_is_read_by_everybody_of_the_district(browse: Browse, milestone: Milestone) -> None:
    found = statuses(browse, milestone.get_absolute_url())
    assert found == {who: 200 if who in EVERYBODY else 404 for who in NAMES}


def test_a_milestone_shows_an_officer_the_own_unit_alone(browse: Browse, milestone: Milestone) -> None:
    page = browse("officer").get(milestone.get_absolute_url()).content.decode()
    assert ("Xã\u00a0Bình\u00a0An" in page, "Xã\u00a0Đồng\u00a0Thạnh" in page) == (True, False)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("editor", False), ("clerk", False), ("nobody", False), ("administrator", False), ("officer", True)]
    + [("council_member", True), ("reviewer", True)],
)
def test_who_reads_no_task_meets_no_empty_list_of_units(
    browse: Browse, milestone: Milestone, name: str, shown: bool
) -> None:
    answer = browse(name).get(reverse("campaigns:milestone_detail", args=[milestone.pk]))
    assert (answer.status_code, "Không có đơn vị nào" in answer.text) == (200, False)
    assert ('id="cac-don-vi"' in answer.text) is shown


def test_the_grid_and_the_milestone_lead_to_the_task_of_the_unit(
    world: World, browse: Browse, milestone: Milestone
) -> None:
    task = task_of(milestone, world.commune_a)
    for who in ("officer", "reviewer"):
        for url in (milestone.get_absolute_url(), f"{reverse('campaigns:progress_grid')}?nam=tat-ca"):
            assert f'href="{task.get_absolute_url()}"' in browse(who).get(url).content.decode()
        assert browse(who).get(task.get_absolute_url()).status_code == 200


def test_a_milestone_says_when_it_reminds(browse: Browse, milestone: Milestone) -> None:
    milestone.ladder = [-7, -1, 0, 3]
    milestone.save()
    page = browse("officer").get(milestone.get_absolute_url()).content.decode()
    assert "trước hạn 7, 1 ngày; đúng ngày hạn; quá hạn 3 ngày" in page


@pytest.mark.parametrize("name", HEAD_PAGES)
def test_pages_of_the_head_open_for_the_head_of_the_district(browse: Browse, milestone: Milestone, name: str) -> None:
    url = reverse(name, args=[key_of(milestone, HEAD_PAGES[name])])
    heads = {"interior_head": 200, "other_interior_head": 404}
    assert statuses(browse, url) == {who: heads.get(who, 403) for who in NAMES}


@pytest.mark.parametrize("name", HEAD_PAGES)
def test_what_does_not_exist_is_not_found(browse: Browse, world: World, name: str) -> None:
    for pk in (987_654, 2**63, 10**30):
        assert browse("interior_head").get(reverse(name, args=[pk])).status_code == 404, pk


@pytest.mark.parametrize("name", HEAD_PAGES)
def test_a_post_of_others_changes_nothing(browse: Browse, milestone: Milestone, name: str) -> None:
    url = reverse(name, args=[key_of(milestone, HEAD_PAGES[name])])
    before = (Programme.objects.values().get(), Milestone.objects.values().get(), list(UnitTask.objects.values()))
    for who in ("officer", "reviewer", "leader", "other_interior_head"):
        assert browse(who).post(url, {"summary": "x", "reason": "y", "name": "z"}).status_code in (403, 404)
    assert (
        Programme.objects.values().get(),
        Milestone.objects.values().get(),
        list(UnitTask.objects.values()),
    ) == before


def test_late_units_are_urged_by_the_office_of_the_district(browse: Browse, milestone: Milestone) -> None:
    found = statuses(browse, reverse("campaigns:urge", args=[milestone.pk]))
    assert found == {
        who: 200 if who in OFFICE else 404 if who.startswith("other_") and who != "other_officer" else 403
        for who in NAMES
    }


@pytest.mark.parametrize("name", ["campaigns:urging_detail", "campaigns:urging_paper"])
def test_an_urging_is_read_by_office_leaders_and_council(
    world: World, browse: Browse, milestone: Milestone, name: str
) -> None:
    tasks = milestone.tasks.values_list("pk", flat=True)
    urging = urge(milestone=milestone, tasks=list(tasks), by=world.reviewer, text="Nộp.")
    found = statuses(browse, reverse(name, args=[urging.pk]))
    readers = OFFICE | {"leader", "council_member"}
    far = {"other_reviewer", "other_interior_head"}
    assert found == {who: 200 if who in readers else 404 if who in far else 403 for who in NAMES}


# Urging


def test_urging_takes_two_presses_from_the_grid(world: World, browse: Browse, milestone: Milestone) -> None:
    client = browse("reviewer")
    column = client.get("/ke-hoach/bang-theo-doi/").context["grid"].columns[0]
    preview = client.get(column.urge_url)
    assert preview.context["chosen"] == set(milestone.tasks.values_list("pk", flat=True))
    words = {"text": preview.context["form"]["text"].value(), "chon": sorted(preview.context["chosen"])}
    sent = client.post(column.urge_url, words)
    urging = Urging.objects.get()
    assert (sent.status_code, sent.url) == (302, reverse("campaigns:urging_detail", args=[urging.pk]))
    page = client.get(sent.url).content.decode()
    assert ("Đã đôn đốc 2 đơn vị" in page, "Xã\u00a0Bình\u00a0An" in page) == (True, True)


def test_acts_of_urging_are_listed_newest_first(
    world: World, browse: Browse, milestone: Milestone, stand_on: Callable[[datetime.date], None]
) -> None:
    tasks = list(milestone.tasks.values_list("pk", flat=True))
    first = urge(milestone=milestone, tasks=tasks, by=world.reviewer, text="Nộp.")
    stand_on(LATE + datetime.timedelta(days=1))
    second = urge(milestone=milestone, tasks=tasks, by=world.reviewer, text="Nộp.")
    assert browse("reviewer").get(reverse("campaigns:urging_list")).context["rows"] == [second, first]


def test_a_second_press_sends_nothing_more(world: World, browse: Browse, milestone: Milestone) -> None:
    client, url = browse("reviewer"), reverse("campaigns:urge", args=[milestone.pk])
    words = {"text": "Nộp.", "chon": list(milestone.tasks.values_list("pk", flat=True))}
    client.post(url, words)
    again = client.post(url, words)
    assert (again.status_code, Urging.objects.count()) == (200, 1)
    assert "Hôm nay đã đôn đốc" in again.content.decode()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"text": "Nộp."}, "Chọn ít nhất một đơn vị"),
        ({"text": " ", "chon": "1"}, "Nhập nội dung đôn đốc."),
        ({"text": "Nộp.", "chon": "987654"}, "chưa gửi cho đơn vị nào"),
        ({"text": "Nộp.", "chon": ["x", "9" * 40]}, "Chọn ít nhất một đơn vị"),
    ],
)
def test_an_urging_that_cannot_be_sent_keeps_the_words(
    browse: Browse, milestone: Milestone, words: dict[str, Any], said: str
) -> None:
    answer = browse("reviewer").post(reverse("campaigns:urge", args=[milestone.pk]), words)
    assert (said in answer.content.decode(), Urging.objects.count()) == (True, 0)


def test_the_letter_comes_as_docx_with_a_name_and_again_later(
    world: World, browse: Browse, milestone: Milestone
) -> None:
    tasks = list(milestone.tasks.values_list("pk", flat=True))
    urging = urge(milestone=milestone, tasks=tasks, by=world.reviewer, text="Nộp.")
    for who in ("reviewer", "leader"):
        answer = browse(who).get(reverse("campaigns:urging_paper", args=[urging.pk]))
        assert answer["Content-Type"].endswith("wordprocessingml.document")
        assert 'filename="' in answer["Content-Disposition"]
        assert any("Nộp." in p.text for p in Document(io.BytesIO(answer.content)).paragraphs)


# The head's pages


def programme_words(programme: Programme) -> dict[str, Any]:
    return {
        "name": programme.name,
        "plan_number": programme.plan_number,
        "issuer": programme.issuer,
        "starts": "1/1/2021",
        "ends": "31/12/2025",
        "ladder": "-7, 0, 3",
        "leader_from": "3",
        "office_from": "7",
        "reminders_on": "on",
    }


def test_the_head_saves_the_programme(browse: Browse, milestone: Milestone) -> None:
    programme = milestone.programme
    url = reverse("campaigns:programme_edit", args=[programme.pk])
    assert browse("interior_head").post(url, programme_words(programme)).status_code == 302
    programme.refresh_from_db()
    assert (programme.ladder, programme.reminders_on, programme.plan_date) == ([-7, 0, 3], True, None)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("ladder", "7, 0", "từ sớm đến muộn"),
        ("ladder", "mai", "Ghi bậc nhắc bằng các số ngày"),
        ("ladder", "500", "nhiều nhất 120 ngày"),
        ("ladder", "", "Ghi ít nhất một bậc nhắc"),
        ("ends", "31/12/2020", "Ngày cuối phải sau ngày đầu."),
        ("ends", "1/6/2023", "nằm ngoài giai đoạn"),
        ("leader_from", "0", "không được nhỏ hơn"),
        ("name", "", "Nhập tên chương trình."),
    ],
)
def test_faults_of_the_programme_are_told(
    browse: Browse, milestone: Milestone, field: str, value: str, said: str
) -> None:
    url = reverse("campaigns:programme_edit", args=[milestone.programme_id])
    answer = browse("interior_head").post(url, programme_words(milestone.programme) | {field: value})
    assert (answer.status_code, said in answer.content.decode()) == (200, True)


def test_legal_bases_are_added_and_taken_off(world: World, browse: Browse, milestone: Milestone) -> None:
    client, programme = browse("interior_head"), milestone.programme
    add = reverse("campaigns:basis_add", args=[programme.pk])
    assert "Nhập số, ký hiệu." in client.post(add, BASIS | {"number": ""}).content.decode()
    assert client.post(add, BASIS).status_code == 302
    basis = programme.legal_bases.get()
    assert client.post(reverse("campaigns:basis_remove", args=[programme.pk, basis.pk])).status_code == 302
    assert (programme.legal_bases.count(), LegalBasis.objects.count()) == (0, 1)
    assert client.post(reverse("campaigns:basis_remove", args=[programme.pk, basis.pk])).status_code == 404


def test_goals_are_typed_for_each_unit_below_the_district(world: World, browse: Browse, milestone: Milestone) -> None:
    url = reverse("campaigns:programme_goals", args=[milestone.programme_id])
    form = browse("interior_head").get(url).context["form"]
    assert [str(field.label) for field in form] == ["Xã Bình An", "Xã Đồng Thạnh", "Phòng Nội vụ"]
    browse("interior_head").post(url, {f"unit_{world.commune_a.pk}": "5"})
    assert UnitGoal.objects.get().exemplars == 5
    said = browse("interior_head").post(url, {f"unit_{world.commune_a.pk}": "năm"}).content.decode()
    assert "Không đọc được số “năm”" in said


def test_the_next_period_is_made_after_a_page_that_says_what_comes(browse: Browse, milestone: Milestone) -> None:
    Programme.objects.filter(pk=milestone.programme_id).update(code="2021-2025")
    url = reverse("campaigns:programme_clone", args=[milestone.programme_id])
    client = browse("interior_head")
    page = client.get(url).content.decode()
    assert ("Lập giai đoạn 2026–2030" in page, Programme.objects.count()) == (True, 1)
    client.post(url)
    assert Programme.objects.get(code="2026-2030").milestones.get().is_published is False
    assert "đã được chuẩn bị" in client.post(url, follow=True).content.decode()


def test_closing_asks_for_a_reason_while_something_is_owed(browse: Browse, milestone: Milestone) -> None:
    url = reverse("campaigns:programme_close", args=[milestone.programme_id])
    client = browse("interior_head")
    said = client.post(url, {"summary": "Xong."}).content.decode()
    assert ("Còn 2 nhiệm vụ" in said, "Xong." in said) == (True, True)
    assert "(không bắt buộc)" not in said
    assert client.post(url, {}).context["form"].errors == {
        "summary": ["Ghi tóm tắt kết quả trước khi đóng."],
        "reason": ["Ghi lý do đóng chương trình khi các đơn vị còn nhiệm vụ chưa nộp."],
    }
    assert client.post(url, {"summary": "Xong.", "reason": "Hết cấp huyện."}).status_code == 302
    assert Programme.objects.get().is_closed
    for name in ("programme_close", "milestone_new"):
        assert client.get(reverse(f"campaigns:{name}", args=[milestone.programme_id])).status_code == 302
    page = client.get("/ke-hoach/").content.decode()
    assert "Đã đóng ngày" in page


def test_closing_asks_for_no_reason_once_everything_is_in(browse: Browse, milestone: Milestone) -> None:
    milestone.tasks.all().delete()
    url = reverse("campaigns:programme_close", args=[milestone.programme_id])
    client = browse("interior_head")
    assert list(client.get(url).context["form"].fields) == ["summary"]
    assert client.post(url, {"summary": "Xong."}).status_code == 302
    assert Programme.objects.get().is_closed


def milestone_words(**changes: Any) -> dict[str, Any]:
    words = {
        "title": "Báo cáo quý III",
        "short_title": "Quý III",
        "tier": "unit",
        "duty": "report",
        "opens": "1/7/2023",
        "due": "30/9/2023",
        "closes": "",
        "addressing": "kinds",
        "unit_kinds": ["commune"],
        "asks_text": "on",
        "outline": "I. Kết quả *\nII. Kiến nghị | nếu có",
    }
    return words | changes


def test_a_new_milestone_is_saved_unpublished(browse: Browse, milestone: Milestone) -> None:
    url = reverse("campaigns:milestone_new", args=[milestone.programme_id])
    answer = browse("interior_head").post(url, milestone_words())
    made = Milestone.objects.latest("pk")
    assert (answer.status_code, answer.url) == (302, made.get_absolute_url())
    assert (made.is_published, str(made.closes), made.ladder) == (False, "2023-09-30", None)
    assert made.outline == [
        {"key": "I", "title": "I. Kết quả", "hint": "", "required": True},
        {"key": "II", "title": "II. Kiến nghị", "hint": "nếu có", "required": False},
    ]


def test_a_part_above_others_is_a_chapter_and_asks_for_nothing(browse: Browse, milestone: Milestone) -> None:
    url = reverse("campaigns:milestone_new", args=[milestone.programme_id])
    browse("interior_head").post(url, milestone_words(outline="I. Một *\nII. Hai *\nII.1. Ba *\nII.2. Bốn"))
    made = Milestone.objects.latest("pk")
    assert [part["required"] for part in made.outline] == [True, False, True, False]
    assert [(s.key, s.chapter) for s in sections_of(made)] == [("I", ""), ("II.1", "II. Hai"), ("II.2", "II. Hai")]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"due": "30/6/2023"}, "Hạn nộp phải từ ngày mở trở đi."),
        ({"closes": "1/9/2023"}, "Ngày kết thúc đợt nộp phải từ hạn nộp trở đi."),
        ({"due": "1/1/2026"}, "trong giai đoạn của chương trình"),
        ({"due": "31/9/2023"}, "không có thật"),
        ({"unit_kinds": []}, "Chọn ít nhất một loại đơn vị."),
        ({"unit_kinds": ["lạ"]}, "không có trong danh sách"),
        ({"addressing": "block"}, "Chọn khối thi đua được giao mốc này."),
        ({"addressing": "chosen"}, "Chọn ít nhất một đơn vị."),
        ({"asks_text": ""}, "Chọn ít nhất một thứ đơn vị phải nộp"),
        ({"asks_figures": "on"}, "Chọn số liệu cần"),
        ({"outline": "I. Một\nI. Hai"}, "Số mục “I” ghi hai lần"),
        ({"outline": "a\n" * 41}, "nhiều nhất 40 mục"),
        ({"ladder": "1, 0"}, "từ sớm đến muộn"),
        ({"title": ""}, "Nhập tên mốc."),
    ],
)
def test_faults_of_a_milestone_are_told_at_once(
    browse: Browse, milestone: Milestone, changes: dict[str, Any], said: str
) -> None:
    url = reverse("campaigns:milestone_new", args=[milestone.programme_id])
    answer = browse("interior_head").post(url, milestone_words(**changes))
    assert (answer.status_code, said in answer.content.decode(), Milestone.objects.count()) == (200, True, 1)


def counted(browse: Browse, milestone: Milestone, **changes: Any) -> int:
    url = reverse("campaigns:milestone_new", args=[milestone.programme_id])
    answer = browse("interior_head").post(url, milestone_words(title="", dem="1", **changes))
    assert "Nhập tên mốc." not in answer.content.decode()
    return answer.context["counted"]


def test_the_addressed_units_are_counted_before_saving(world: World, browse: Browse, milestone: Milestone) -> None:
    membership = BlockMembershipFactory(unit=world.office, year=2023)
    block = str(membership.block_id)
    assert counted(browse, milestone) == 2
    assert counted(browse, milestone, unit_kinds=["commune", "department"]) == 3
    assert counted(browse, milestone, addressing="block", block=block) == 1
    assert counted(browse, milestone, addressing="block", block="x") == 0
    assert counted(browse, milestone, addressing="chosen", chosen_units=[world.commune_a.pk]) == 1
    assert counted(browse, milestone, addressing="") == 0
    assert Milestone.objects.count() == 1


def test_units_are_chosen_one_by_one(world: World, browse: Browse, milestone: Milestone) -> None:
    url = reverse("campaigns:milestone_new", args=[milestone.programme_id])
    words = milestone_words(addressing="chosen", unit_kinds=[], chosen_units=[world.commune_a.pk, world.office.pk])
    browse("interior_head").post(url, words)
    made = Milestone.objects.latest("pk")
    assert set(made.chosen_units.all()) == {world.commune_a, world.office}
    page = browse("interior_head").get(reverse("campaigns:milestone_edit", args=[made.pk]))
    assert set(page.context["form"]["chosen_units"].value()) == {str(world.commune_a.pk), str(world.office.pk)}


def test_a_published_milestone_is_edited_without_its_dates(browse: Browse, milestone: Milestone) -> None:
    url = reverse("campaigns:milestone_edit", args=[milestone.pk])
    form = browse("interior_head").get(url).context["form"]
    assert {"opens", "due", "closes", "tier", "is_event"} & set(form.fields) == set()
    browse("interior_head").post(url, milestone_words(title="Tên mới"))
    milestone.refresh_from_db()
    assert (milestone.title, str(milestone.due)) == ("Tên mới", "2023-06-15")


def test_publishing_names_the_number_of_units_first(world: World, browse: Browse, milestone: Milestone) -> None:
    fresh = MilestoneFactory(programme=milestone.programme, unit_kinds=[UnitKind.COMMUNE, UnitKind.DEPARTMENT])
    url = reverse("campaigns:milestone_publish", args=[fresh.pk])
    client = browse("interior_head")
    assert ("Giao cho 3 đơn vị" in client.get(url).content.decode(), fresh.tasks.count()) == (True, 0)
    assert "Đã công bố: 3 đơn vị" in client.post(url, follow=True).content.decode()
    assert fresh.tasks.count() == 3
    assert "Không còn đơn vị nào phải giao thêm" in client.get(url).content.decode()


@pytest.mark.parametrize(
    ("reminders_on", "values", "told", "reminded"),
    [
        (True, {}, False, True),
        (False, {}, True, False),
        (False, {"tier": Tier.DISTRICT}, False, False),
    ],
)
def test_publishing_promises_only_what_the_portal_will_tell(
    world: World, browse: Browse, reminders_on: bool, values: dict[str, Any], told: bool, reminded: bool
) -> None:
    programme = ProgrammeFactory(unit=world.district, reminders_on=reminders_on)
    fresh = MilestoneFactory(programme=programme, **values)
    page = browse("interior_head").get(reverse("campaigns:milestone_publish", args=[fresh.pk])).content.decode()
    assert ("Cán bộ phụ trách được báo" in page, "Cổng nhắc hạn:" in page) == (told, reminded)


def test_publishing_for_nobody_is_refused_kindly(browse: Browse, milestone: Milestone) -> None:
    fresh = MilestoneFactory(programme=milestone.programme, unit_kinds=[UnitKind.SCHOOL])
    url = reverse("campaigns:milestone_publish", args=[fresh.pk])
    client = browse("interior_head")
    assert "Chưa có đơn vị nào được giao mốc này" in client.get(url).content.decode()
    assert "Chưa có đơn vị nào được giao" in client.post(url, follow=True).content.decode()


def test_a_yearly_milestone_is_repeated_by_one_press_into_the_years_that_were_named(
    browse: Browse, milestone: Milestone
) -> None:
    yearly = MilestoneFactory(programme=milestone.programme)
    url = reverse("campaigns:milestone_repeat", args=[yearly.pk])
    client = browse("interior_head")
    page = client.get(url).content.decode()
    assert ("<strong>2021, 2022, 2024, 2025</strong>" in page, "Từ đó mốc là mốc hằng năm" in page) == (True, True)
    assert "2021, 2022, 2024, 2025" in client.post(url, follow=True).content.decode()
    assert "Mọi năm của giai đoạn đã có mốc này." in client.post(url, follow=True).content.decode()
    assert "Không còn năm nào phải lập" in client.get(url).content.decode()


def test_a_published_milestone_that_is_not_yearly_cannot_be_repeated(browse: Browse, milestone: Milestone) -> None:
    url = reverse("campaigns:milestone_repeat", args=[milestone.pk])
    client = browse("interior_head")
    page = client.get(url).content.decode()
    assert ("không phải mốc hằng năm" in page, f'<form action="{url}"' in page) == (True, False)
    assert "không phải mốc hằng năm" in client.post(url, follow=True).content.decode()
    milestone.refresh_from_db()
    assert (milestone.series, Milestone.objects.count()) == ("", 1)


def test_an_event_is_written_edited_and_deleted(browse: Browse, milestone: Milestone) -> None:
    client = browse("interior_head")
    url = reverse("campaigns:milestone_new", args=[milestone.programme_id])
    words = {"title": "Hội nghị điển hình", "short_title": "Hội nghị", "is_event": "on", "due": "30/9/2023"}
    assert client.post(url, words | {"asks_text": "on", "unit_kinds": ["commune"]}).status_code == 302
    made = Milestone.objects.latest("pk")
    days = {str(made.opens), str(made.due), str(made.closes)}
    assert (made.is_event, days, made.addressing, made.unit_kinds) == (True, {"2023-09-30"}, "chosen", [])
    page = client.get(made.get_absolute_url()).content.decode()
    shown = [reverse(f"campaigns:milestone_{name}", args=[made.pk]) in page for name in ("edit", "delete", "publish")]
    assert shown == [True, True, False]
    edit = reverse("campaigns:milestone_edit", args=[made.pk])
    assert client.get(edit).context["form"]["is_event"].value() is True
    assert client.post(edit, words | {"due": "1/10/2023"}).status_code == 302
    made.refresh_from_db()
    assert str(made.due) == "2023-10-01"
    delete = reverse("campaigns:milestone_delete", args=[made.pk])
    assert "Xóa rồi thì không lấy lại được" in client.get(delete).content.decode()
    assert "Đã xóa mốc “Hội nghị điển hình”." in client.post(delete, follow=True).content.decode()
    assert not Milestone.objects.filter(pk=made.pk).exists()


def test_an_event_needs_its_day(browse: Browse, milestone: Milestone) -> None:
    url = reverse("campaigns:milestone_new", args=[milestone.programme_id])
    answer = browse("interior_head").post(url, {"title": "Hội nghị", "short_title": "Hội nghị", "is_event": "on"})
    assert set(answer.context["form"].errors) == {"due"}


def test_a_published_milestone_is_not_deleted_and_stays_one_that_asks(browse: Browse, milestone: Milestone) -> None:
    client = browse("interior_head")
    delete = reverse("campaigns:milestone_delete", args=[milestone.pk])
    assert delete not in client.get(milestone.get_absolute_url()).content.decode()
    assert "đơn vị đã có nhiệm vụ" in client.get(delete).content.decode()
    assert "đơn vị đã có nhiệm vụ" in client.post(delete, follow=True).content.decode()
    edit = reverse("campaigns:milestone_edit", args=[milestone.pk])
    said = client.post(edit, milestone_words(asks_text="", is_event="on")).content.decode()
    assert "Chọn ít nhất một thứ đơn vị phải nộp" in said


def test_the_districts_own_milestone_is_given_to_its_office_alone(
    world: World, browse: Browse, milestone: Milestone
) -> None:
    url = reverse("campaigns:milestone_new", args=[milestone.programme_id])
    client = browse("interior_head")
    chosen = {"tier": "district", "addressing": "chosen", "unit_kinds": []}
    said = "Mốc cấp Huyện do Phòng Nội vụ thực hiện"
    assert said in client.post(url, milestone_words(tier="district")).content.decode()
    both = [world.office.pk, world.commune_a.pk]
    assert said in client.post(url, milestone_words(**chosen, chosen_units=both)).content.decode()
    assert client.post(url, milestone_words(**chosen, chosen_units=[world.office.pk])).status_code == 302
    assert Milestone.objects.latest("pk").tier == "district"


def test_pages_say_that_late_reports_are_taken_after_the_round(
    world: World, browse: Browse, milestone: Milestone
) -> None:
    new = browse("interior_head").get(reverse("campaigns:milestone_new", args=[milestone.programme_id]))
    detail = browse("officer").get(milestone.get_absolute_url())
    task = browse("officer").get(task_of(milestone, world.commune_a).get_absolute_url())
    for page in (new, detail, task):
        assert "vẫn nhận" in page.content.decode()
        assert "đến khi chương trình đóng" in page.content.decode()
    assert "kết thúc đợt nộp" in detail.content.decode()


def test_a_moved_due_date_says_how_many_units_moved(browse: Browse, milestone: Milestone) -> None:
    url = reverse("campaigns:milestone_due", args=[milestone.pk])
    client = browse("interior_head")
    assert "Ghi lý do đổi hạn" in client.post(url, {"due": "30/6/2023"}).content.decode()
    said = client.post(url, {"due": "30/6/2023", "reason": "Bão."}, follow=True).content.decode()
    assert "Hạn mới: 30/6/2023. Đã dời hạn của 2 đơn vị" in said
    fresh = MilestoneFactory(programme=milestone.programme)
    assert client.get(reverse("campaigns:milestone_due", args=[fresh.pk])).status_code == 302


def test_a_unit_is_left_out_of_reminders_and_taken_back(world: World, browse: Browse, milestone: Milestone) -> None:
    url = reverse("campaigns:milestone_exceptions", args=[milestone.pk])
    client = browse("interior_head")
    assert "Ghi lý do không nhắc" in client.post(url, {"unit": world.commune_a.pk}).content.decode()
    client.post(url, {"unit": world.commune_a.pk, "reason": "Mới lập."})
    row = ReminderException.objects.get()
    assert "không có trong danh sách" in client.post(url, {"unit": world.commune_a.pk, "reason": "x"}).content.decode()
    assert client.post(reverse("campaigns:exception_remove", args=[milestone.pk, row.pk])).status_code == 302
    assert ReminderException.objects.count() == 0


def test_an_exception_of_another_milestone_is_not_found(world: World, browse: Browse, milestone: Milestone) -> None:
    other = publish(world, programme=milestone.programme)
    row = add_exception(milestone=other, by=world.interior_head, unit=world.commune_a, reason="Mới lập.")
    url = reverse("campaigns:exception_remove", args=[milestone.pk, row.pk])
    assert browse("interior_head").post(url).status_code == 404


def test_a_task_is_handed_over_and_then_all_of_a_closed_unit(
    world: World, browse: Browse, milestone: Milestone
) -> None:
    client = browse("interior_head")
    other = publish(world, programme=milestone.programme)
    task = task_of(milestone, world.commune_a)
    Unit.objects.filter(pk=world.commune_a.pk).update(valid_to="2023-06-19")
    world.commune_a.successors.add(world.commune_b)
    url = reverse("campaigns:task_hand_over", args=[task.pk])
    page = client.get(url)
    all_url = reverse("campaigns:unit_hand_over", args=[world.commune_a.pk])
    assert (page.context["form"]["unit"].value(), all_url in page.content.decode()) == (world.commune_b.pk, True)
    client.post(url, {"unit": world.commune_b.pk, "reason": "Sáp nhập."})
    assert UnitTask.objects.get(pk=task.pk).unit == world.commune_b
    assert client.get(all_url).context["count"] == 1
    client.post(all_url, {"unit": world.commune_b.pk, "reason": "Sáp nhập."})
    assert set(other.tasks.values_list("unit", flat=True)) == {world.commune_b.pk}
    assert client.get(all_url).status_code == 404


def test_tasks_of_a_unit_that_exists_are_not_handed_over_at_once(
    world: World, browse: Browse, milestone: Milestone
) -> None:
    url = reverse("campaigns:unit_hand_over", args=[world.commune_a.pk])
    assert browse("interior_head").get(url).status_code == 404


def test_a_closed_programme_offers_no_change(world: World, browse: Browse, milestone: Milestone) -> None:
    add_basis(
        programme=milestone.programme,
        by=world.interior_head,
        values=BASIS | {"issued_on": datetime.date(2014, 4, 7)},
    )
    programme = milestone.programme
    programme.summary, programme.closed_by, programme.closed_at = "Xong.", world.interior_head, milestone.published_at
    programme.save()
    page = browse("interior_head").get(reverse("campaigns:programme_edit", args=[programme.pk])).content.decode()
    assert ("Lưu chương trình" in page, "Thêm căn cứ" in page, "Không thay đổi được nữa" in page) == (
        False,
        False,
        True,
    )
    assert browse("interior_head").get(reverse("campaigns:milestone_edit", args=[milestone.pk])).status_code == 302


def test_a_session_without_javascript_reads_everything(browse: Browse, milestone: Milestone, world: World) -> None:
    """Every page is whole without a script: the table, the list and the forms are in the answer itself."""
    page = browse("reviewer").get("/ke-hoach/bang-theo-doi/").content.decode()
    assert page.count('scope="row"') == 3
    assert 'scope="col"' in page


def test_the_hint_of_a_box_to_tick_stands_below_it(browse: Browse, milestone: Milestone) -> None:
    url = reverse("campaigns:milestone_new", args=[milestone.programme_id])
    page = browse("interior_head").get(url).content.decode()
    assert page.index('name="is_event"') < page.index('id="id_is_event_helptext"')
