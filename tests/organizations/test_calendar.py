"""The office's calendar of working days: it counts wherever days are counted, and nothing loads over it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import working_days
from core.audit.models import AuditEvent
from core.workflow import WorkflowError
from core.working_days import is_working_day, working_days_after, working_days_between
from models_registry.enums import State
from organizations.calendar import year_page, years_without_days
from organizations.enums import DayKind
from organizations.models import CalendarDay
from organizations.reference import load_calendar
from organizations.services.calendar import DayInput, change_day, drop_day, fill_year, put_days
from tests.factories import World, make_world

Browse = Callable[[str], Client]
HOLIDAY, WORKING = DayKind.HOLIDAY.value, DayKind.WORKING.value


def given(first: date, last: date | None = None, kind: str = HOLIDAY, name: str = "Nghỉ theo thông báo") -> DayInput:
    return DayInput(first=first, last=last or first, kind=kind, name=name, source="1/TB-UBND")


@pytest.fixture
def loaded(world: World, django_capture_on_commit_callbacks) -> World:
    with django_capture_on_commit_callbacks(execute=True):
        load_calendar()
    return world


@pytest.fixture
def committed(django_capture_on_commit_callbacks) -> Callable:
    """Run a service and what it left for the commit."""

    def run(service: Callable, **arguments: object) -> object:
        with django_capture_on_commit_callbacks(execute=True):
            return service(**arguments)

    return run


def test_tet_of_2023_is_seven_days_off(loaded: World) -> None:
    assert [d for d in range(16, 31) if is_working_day(date(2023, 1, d))] == [16, 17, 18, 19, 27, 30]
    assert working_days_after(date(2023, 1, 19), 1) == date(2023, 1, 27)


@pytest.mark.parametrize("day", [date(2024, 5, 4), date(2025, 4, 26), date(2026, 8, 22)])
def test_a_swapped_saturday_is_worked(loaded: World, day: date) -> None:
    assert (day.weekday(), is_working_day(day)) == (5, True)


def test_days_are_counted_over_a_swapped_saturday(loaded: World) -> None:
    assert working_days_after(date(2024, 5, 3), 1) == date(2024, 5, 4)
    assert working_days_between(date(2024, 5, 3), date(2024, 5, 6)) == 2
    assert working_days_after(date(2024, 5, 6), -1) == date(2024, 5, 4)
    assert working_days_after(date(2024, 5, 6), 0) == date(2024, 5, 6)


def test_the_data_file_says_what_the_package_says(loaded: World) -> None:
    days = [date.fromordinal(n) for n in range(date(2021, 1, 1).toordinal(), date(2028, 1, 1).toordinal())]
    kept = [is_working_day(day) for day in days]
    CalendarDay.objects.all().delete()
    working_days.forget()
    assert [is_working_day(day) for day in days] == kept


def test_a_year_without_days_follows_the_package(loaded: World) -> None:
    assert not CalendarDay.objects.of_year(2028).exists()
    assert [is_working_day(date(2028, 9, d)) for d in (1, 2, 4)] == [False, False, False]


def test_a_removed_holiday_is_worked_and_does_not_come_back(loaded: World, committed) -> None:
    day = CalendarDay.objects.get(date=date(2023, 9, 1))
    assert is_working_day(day.date) is False
    committed(drop_day, day=day, by=loaded.interior_head)
    assert is_working_day(day.date) is True
    assert load_calendar() == 0
    working_days.forget()
    assert is_working_day(day.date) is True


def test_what_the_office_wrote_is_not_loaded_over(loaded: World, committed) -> None:
    day = CalendarDay.objects.get(date=date(2023, 9, 1))
    committed(change_day, day=day, given=given(day.date, name="Nghỉ Quốc khánh"), by=loaded.interior_head)
    load_calendar()
    day.refresh_from_db()
    assert (day.name, day.source, day.edited_by) == ("Nghỉ Quốc khánh", "1/TB-UBND", loaded.interior_head)


def test_a_moved_holiday_leaves_its_old_day(loaded: World, committed) -> None:
    day = CalendarDay.objects.get(date=date(2023, 9, 1))
    committed(change_day, day=day, given=given(date(2023, 9, 5)), by=loaded.interior_head)
    assert [is_working_day(date(2023, 9, d)) for d in (1, 4, 5)] == [True, False, False]


def test_tet_of_seven_days_is_written_in_one_step_and_logged(loaded: World, committed) -> None:
    rows = committed(
        put_days, given=given(date(2024, 2, 15), date(2024, 2, 21), name="Tết kéo dài"), by=loaded.administrator
    )
    assert (len(rows), working_days_after(date(2024, 2, 7), 1)) == (7, date(2024, 2, 22))
    event = AuditEvent.objects.latest("number")
    assert (event.action, event.actor, '"first":"2024-02-15"' in event.data) == (
        "calendar_day.put",
        loaded.administrator,
        True,
    )


def test_one_added_day_keeps_the_holidays_of_a_year_that_was_not_known(loaded: World, committed) -> None:
    committed(put_days, given=given(date(2028, 6, 5)), by=loaded.interior_head)
    assert [is_working_day(day) for day in (date(2028, 6, 5), date(2028, 9, 4), date(2028, 9, 5))] == [
        False,
        False,
        True,
    ]


def test_a_year_is_filled_once(loaded: World, committed) -> None:
    assert committed(fill_year, year=2028, by=loaded.interior_head) == 16
    with pytest.raises(WorkflowError, match="Năm 2028 đã có lịch nghỉ"):
        fill_year(year=2028, by=loaded.interior_head)


def test_a_day_taken_off_comes_back_when_it_is_added_again(loaded: World, committed) -> None:
    day = CalendarDay.objects.get(date=date(2023, 9, 1))
    committed(drop_day, day=day, by=loaded.interior_head)
    committed(put_days, given=given(day.date), by=loaded.interior_head)
    assert (is_working_day(day.date), CalendarDay.objects.filter(date=day.date).count()) == (False, 1)
    assert [row.is_dropped for row in day.history.order_by("pk")] == [False, True, False]


REFUSED = [
    (given(date(2023, 6, 7), kind=WORKING), "không phải Thứ Bảy hay Chủ nhật"),
    (given(date(2023, 6, 7), date(2023, 6, 6)), "Ngày cuối phải từ ngày đầu"),
    (given(date(2023, 6, 1), date(2023, 6, 15)), "nhiều nhất 14 ngày"),
    (given(date(2023, 9, 1)), "Ngày 1/9/2023 đã có trong lịch: Nghỉ, Quốc khánh"),
]


@pytest.mark.parametrize(("wrong", "words"), REFUSED)
def test_what_cannot_be_is_refused_and_nothing_is_written(loaded: World, wrong: DayInput, words: str) -> None:
    before = CalendarDay.objects.count()
    with pytest.raises(WorkflowError, match=words):
        put_days(given=wrong, by=loaded.interior_head)
    assert CalendarDay.objects.count() == before


def test_a_worked_weekend_day_may_be_added_and_taken_off(loaded: World, committed) -> None:
    rows = committed(put_days, given=given(date(2023, 6, 10), kind=WORKING), by=loaded.interior_head)
    assert is_working_day(date(2023, 6, 10)) is True
    committed(drop_day, day=rows[0], by=loaded.interior_head)
    assert is_working_day(date(2023, 6, 10)) is False


@pytest.mark.parametrize("who", ["reviewer", "officer", "leader"])
def test_nobody_else_changes_the_calendar(loaded: World, who: str) -> None:
    with pytest.raises(WorkflowError, match="Chỉ Trưởng phòng Nội vụ"):
        put_days(given=given(date(2023, 6, 7)), by=loaded.people[who])


def test_promised_days_are_not_moved(loaded: World, committed) -> None:
    exemplar = loaded.exemplar(State.SUBMITTED)
    due = exemplar.review_due
    committed(put_days, given=given(date(2023, 6, 7), date(2023, 6, 9)), by=loaded.interior_head)
    exemplar.refresh_from_db()
    assert exemplar.review_due == due
    assert loaded.exemplar(State.SUBMITTED, full_name="Lê Thị Sau").review_due > due


def test_the_next_year_is_missed_from_september_on(loaded: World, stand_on) -> None:
    assert years_without_days() == []
    stand_on(date(2027, 8, 31))
    assert years_without_days() == []
    stand_on(date(2027, 9, 1))
    assert years_without_days() == [2028]
    stand_on(date(2028, 1, 1))
    assert years_without_days() == [2028]


def test_a_year_adds_up(loaded: World) -> None:
    year = year_page(2023)
    days = [date.fromordinal(n) for n in range(date(2023, 1, 1).toordinal(), date(2024, 1, 1).toordinal())]
    assert (year.working_days, len(year.days)) == (sum(map(is_working_day, days)), 17)


# Between processes


def test_asking_again_costs_no_query(loaded: World) -> None:
    is_working_day(date(2023, 6, 5))
    with CaptureQueriesContext(connection) as queries:
        working_days_between(date(2023, 1, 1), date(2023, 12, 31))
        working_days._kept.looked = 0.0
        is_working_day(date(2023, 6, 5))
    assert len(queries) == 0


def test_a_change_of_another_process_is_seen_at_the_next_look(loaded: World) -> None:
    """The other process writes its row and sets a new mark; this one only looks again."""
    assert is_working_day(date(2023, 6, 7)) is True
    CalendarDay.objects.create(date=date(2023, 6, 7), kind=HOLIDAY, name="Nghỉ")
    cache.set(working_days._MARK, "mark of another process", None)
    assert is_working_day(date(2023, 6, 7)) is True
    working_days._kept.looked -= working_days.LOOK_EVERY
    assert is_working_day(date(2023, 6, 7)) is False


def test_a_lost_cache_lets_the_calendar_be_read_anew(loaded: World) -> None:
    assert is_working_day(date(2023, 6, 7)) is True
    CalendarDay.objects.create(date=date(2023, 6, 7), kind=HOLIDAY, name="Nghỉ")
    cache.clear()
    working_days._kept.looked = 0.0
    assert is_working_day(date(2023, 6, 7)) is False


def test_a_writer_that_died_before_its_mark_is_noticed_in_time(loaded: World) -> None:
    assert is_working_day(date(2023, 6, 7)) is True
    CalendarDay.objects.create(date=date(2023, 6, 7), kind=HOLIDAY, name="Nghỉ")
    working_days._kept.looked, working_days._kept.read = 0.0, working_days._kept.read - working_days.READ_EVERY
    assert is_working_day(date(2023, 6, 7)) is False


def test_without_a_cache_days_are_still_counted(loaded: World, monkeypatch: pytest.MonkeyPatch) -> None:
    class Away:
        def __getattr__(self, name: str) -> object:
            raise ConnectionError(name)

    monkeypatch.setattr(working_days, "shared_cache", Away())
    working_days.forget()
    assert is_working_day(date(2023, 1, 23)) is False
    working_days.announce_change()
    assert is_working_day(date(2023, 1, 23)) is False


CHILD = """
import sys
from datetime import date

import django

django.setup()
from django.test.utils import override_settings

from core.working_days import is_working_day

files = {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": sys.argv[1]}
with override_settings(CACHES={"default": files}):
    for _line in sys.stdin:
        print(is_working_day(date(2023, 6, 7)), flush=True)
"""


def database_url() -> str:
    there = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{there['NAME']}"
    port = there["PORT"] or 5432
    return f"postgres://{there['USER']}:{there['PASSWORD']}@{there['HOST']}:{port}/{there['NAME']}"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_day_written_by_one_process_counts_in_another(settings, tmp_path) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": tmp_path / "cache"}
    }
    world = make_world()
    load_calendar()
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path / "cache")],
        env={**os.environ, "DATABASE_URL": database_url()},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def asked() -> str:
        child.stdin.write("?\n")
        child.stdin.flush()
        return child.stdout.readline().strip()

    with child:
        try:
            assert asked() == "True"
            put_days(given=given(date(2023, 6, 7)), by=world.interior_head)
            seen = {asked()}
            deadline = time.monotonic() + 10
            while "False" not in seen and time.monotonic() < deadline:
                time.sleep(working_days.LOOK_EVERY / 2)
                seen.add(asked())
            assert "False" in seen
        finally:
            child.kill()


# The pages


def test_the_year_page_marks_its_days_and_names_a_missing_year(loaded: World, browse: Browse, stand_on) -> None:
    stand_on(date(2027, 10, 1))
    text = browse("interior_head").get("/quan-tri/lich-lam-viec/").content.decode()
    assert "Lịch làm việc năm 2027" in text
    assert "Chưa có lịch nghỉ năm 2028." in text
    stand_on(date(2023, 6, 5))
    text = browse("administrator").get("/quan-tri/lich-lam-viec/?nam=2024").content.decode()
    assert text.count('class="calendar-extra"') == 1
    assert text.count('class="calendar-holiday"') == 14
    assert "Chưa có lịch nghỉ" not in text


@pytest.mark.parametrize("year", ["1900", "9999", "abcd", "20230", "-2023", ""])
def test_a_year_that_cannot_be_is_this_year(loaded: World, browse: Browse, year: str) -> None:
    assert (
        "Lịch làm việc năm 2023"
        in browse("interior_head").get("/quan-tri/lich-lam-viec/", {"nam": year}).content.decode()
    )


def test_days_are_added_changed_and_taken_off_by_their_pages(loaded: World, browse: Browse) -> None:
    client = browse("interior_head")
    posted = {"first": "7/6/2023", "last": "8/6/2023", "kind": HOLIDAY, "name": "Nghỉ địa phương", "source": ""}
    assert client.post("/quan-tri/lich-lam-viec/moi/", posted).url == "/quan-tri/lich-lam-viec/?nam=2023"
    day = CalendarDay.objects.get(date=date(2023, 6, 7))
    url = f"/quan-tri/lich-lam-viec/{day.pk}/"
    changed = {"first": "9/6/2023", "kind": HOLIDAY, "name": "Nghỉ địa phương", "source": "2/TB"}
    assert client.post(url, changed).status_code == 302
    assert list(CalendarDay.objects.kept().filter(date__month=6).values_list("date", flat=True)) == [
        date(2023, 6, 8),
        date(2023, 6, 9),
    ]
    assert client.get(url).status_code == 404
    kept = CalendarDay.objects.get(date=date(2023, 6, 9))
    assert "Các lần sửa" in client.get(f"/quan-tri/lich-lam-viec/{kept.pk}/").content.decode()
    assert "trở lại ngày làm việc" in client.get(f"/quan-tri/lich-lam-viec/{kept.pk}/bo/").content.decode()
    assert client.post(f"/quan-tri/lich-lam-viec/{kept.pk}/bo/").status_code == 302
    assert "Đã bỏ khỏi lịch" in client.get("/quan-tri/lich-lam-viec/?nam=2023").content.decode()


def test_a_wrong_stretch_is_answered_in_the_form_with_what_was_typed(loaded: World, browse: Browse) -> None:
    posted = {"first": "9/6/2023", "last": "7/6/2023", "kind": HOLIDAY, "name": "Nghỉ"}
    text = browse("interior_head").post("/quan-tri/lich-lam-viec/moi/", posted).content.decode()
    assert "Ngày cuối phải từ 9/6/2023 trở đi." in text
    assert 'value="9/6/2023"' in text


def test_a_year_is_filled_by_its_button(loaded: World, browse: Browse) -> None:
    client = browse("administrator")
    assert "Lấy lịch nghỉ dự tính năm 2028" in client.get("/quan-tri/lich-lam-viec/?nam=2028").content.decode()
    assert client.post("/quan-tri/lich-lam-viec/nam/2028/du-kien/").status_code == 302
    assert CalendarDay.objects.of_year(2028).count() == 16
    assert client.post("/quan-tri/lich-lam-viec/nam/1900/du-kien/").status_code == 404


@pytest.mark.parametrize("days", [1, 3, 300])
def test_the_year_page_costs_the_same_whatever_it_holds(world: World, browse: Browse, days: int) -> None:
    first = date(2023, 1, 1).toordinal()
    CalendarDay.objects.bulk_create(
        CalendarDay(date=date.fromordinal(first + n), kind=HOLIDAY, name="Nghỉ") for n in range(days)
    )
    client = browse("interior_head")
    client.get("/quan-tri/lich-lam-viec/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/quan-tri/lich-lam-viec/")
    assert len(queries) == 6
