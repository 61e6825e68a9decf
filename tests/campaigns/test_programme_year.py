"""One programme year, day by day, through the whole engine, against an oracle of plain loops.

The oracle reads the story and the calendar as they are written down here and in programme_story.py; it uses nothing
of the engine, of the working days or of the database.
"""

from __future__ import annotations

import copy
import datetime
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
import time_machine
from django.core import mail

from core import clock
from notifications import kinds
from notifications.delivery import deliver
from notifications.enums import NoticeKind
from notifications.kinds import register_kinds
from notifications.models import OutboxMessage, Reminder
from notifications.tasks import post_news_digests
from notifications.ticking import run
from tests.campaigns import programme_story as story
from tests.campaigns.programme_story import BEFORE, BETWEEN, STORY, Event, Scene, make_scene, on
from tests.factories import World

DAY = datetime.timedelta(days=1)
ALL_DAYS = [on(1, 1) + n * DAY for n in range(365)]
#: Days off of 2023 besides week-ends, as the government announced them.
HOLIDAYS = {
    on(2, 1), *(on(day, 1) for day in range(20, 27)), on(1, 5), on(2, 5), on(3, 5), on(1, 9), on(4, 9),
}  # fmt: skip
#: On these days of a month the engine runs twice, and finds nothing more.
AGAIN = {8, 12, 15, 19, 22, 31}
#: With these words the summary of the leaders begins.
LATE = "Các đơn vị quá hạn tính đến"
DONE, NO_ADDRESS = "Đã xong trước khi gửi.", "Tài khoản chưa có địa chỉ thư dùng được."
pytestmark = pytest.mark.django_db

#: milestone, unit, due date, offset, person, channel
Key = tuple[str, str, datetime.date, int, str, str]
#: the day, as whom, what became of it, why
Told = tuple[datetime.date, str, str, str]


# The oracle


def is_worked(day: datetime.date) -> bool:
    return day.weekday() < 5 and day not in HOLIDAYS


@dataclass
class Duty:
    """What one unit owes, as the story has it on a day."""

    milestone: str
    unit: str
    due: datetime.date
    state: str = "open"
    due_again: datetime.date | None = None
    is_extended: bool = False

    @property
    def owed_by(self) -> datetime.date | None:
        return {"open": self.due, "returned": self.due_again}.get(self.state)


@dataclass
class Oracle:
    """Who must be told of what on which day."""

    duties: list[Duty] = field(default_factory=list)
    officers: dict[str, list[str]] = field(default_factory=lambda: copy.deepcopy(story.OFFICERS))
    told: dict[Key, Told] = field(default_factory=dict)
    #: Day and person → the duties named in the mail.
    mails: dict[tuple[datetime.date, str], set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    summaries: dict[datetime.date, dict[str, set[str]]] = field(default_factory=dict)

    def live(self) -> None:
        """Go through the year."""
        for day in ALL_DAYS:
            self.take(day, BEFORE)
            runs = is_worked(day) and day not in story.OUTAGES
            fresh = self.call(day) if runs else []
            late_before = self.late(day)
            self.take(day, BETWEEN)
            if runs:
                self.send(day, fresh)
                if late_before and self.late(day) and self.begins_week(day):
                    self.summaries[day] = self.late(day)

    def take(self, day: datetime.date, when: str) -> None:
        for event in STORY:
            if event.day == day and event.when == when:
                self.apply(event)

    def apply(self, event: Event) -> None:
        if event.what == "publish":
            self.duties = [Duty(name, unit, due) for name, due in story.DUES.items() for unit in "abcd"]
        elif event.what == "leave":
            self.officers[event.unit] = []
        elif event.what == "come":
            self.officers[event.unit] = [f"new_{event.unit}"]
        for duty in self.duties:
            if duty.milestone == event.milestone and event.unit in ("", duty.unit):
                self.change(duty, event)

    def change(self, duty: Duty, event: Event) -> None:
        if event.what == "hand_in":
            duty.state = "submitted"
        elif event.what == "return":
            duty.state, duty.due_again = "returned", event.to
        elif event.what == "grant" and event.to:
            duty.due, duty.is_extended = event.to, True
        elif event.what == "move" and event.to and not duty.is_extended:
            duty.due = event.to

    def call(self, day: datetime.date) -> list[tuple[Key, Duty]]:
        """Note what the day calls for and was not told before; returns it."""
        fresh = []
        for duty in self.duties:
            due = duty.owed_by
            if due is None:
                continue
            come = [step for step in story.LADDERS[duty.milestone] if self.day_of(due, step) <= day]
            for person, tier in self.people(duty.unit, max(come)).items() if come else ():
                for channel in ("in_app", "email"):
                    key = (duty.milestone, duty.unit, due, max(come), person, channel)
                    if key not in self.told:
                        self.told[key] = (day, tier, *self.standing(duty, person, channel))
                        fresh.append((key, duty))
        return fresh

    def day_of(self, due: datetime.date, step: int) -> datetime.date:
        day = due + step * DAY
        while not is_worked(day):
            day = day - DAY if step <= 0 else day + DAY
        return day

    def people(self, unit: str, step: int) -> dict[str, str]:
        nobody = not self.officers[unit]
        people = dict.fromkeys(self.officers[unit], "owner")
        for names, from_step, tier in ((story.LEADERS[unit], 3, "leader"), (story.OFFICE, 7, "office")):
            for person in names:
                if person not in people and (step >= from_step or nobody):
                    people[person] = tier if step >= from_step else "unmanned"
        return people

    def standing(self, duty: Duty, person: str, channel: str) -> tuple[str, str]:
        if (duty.milestone, duty.unit) == ("review", "d"):
            return "skipped", story.EXCEPTION
        if channel == "email" and person in story.UNREACHABLE:
            return "skipped", NO_ADDRESS
        return "sent", ""

    def send(self, day: datetime.date, fresh: list[tuple[Key, Duty]]) -> None:
        """What was done since the planning is in no mail; the notice was there already."""
        for key, duty in fresh:
            _day, tier, state, _why = self.told[key]
            if key[5] == "email" and state == "sent":
                if duty.owed_by is None:
                    self.told[key] = (day, tier, "skipped", DONE)
                else:
                    self.mails[day, key[4]].add(key[:2])

    def late(self, day: datetime.date) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for duty in self.duties:
            if duty.owed_by and duty.owed_by < day:
                found[duty.milestone].add(duty.unit)
        return dict(found)

    def begins_week(self, day: datetime.date) -> bool:
        return not any(is_worked(day - n * DAY) for n in range(1, day.weekday() + 1))


# The engine


@dataclass
class Post:
    """The digests of the year as the mail server took them: day, person, which kind, the words."""

    digests: list[tuple[datetime.date, str, str, str]] = field(default_factory=list)

    def collect(self, day: datetime.date) -> None:
        for sent in mail.outbox:
            pk = int(sent.extra_headers["Message-ID"].split(".")[1])
            message = OutboxMessage.objects.select_related("recipient").get(pk=pk)
            if message.subject_type in ("digest", "news_digest"):
                self.digests.append((day, message.recipient.username, message.step, str(sent.body)))
        mail.outbox.clear()


def live(scene: Scene, stand_on: Callable[[datetime.date], None], traveller: time_machine.Coordinates) -> Post:
    """Walk through every day of the year; the clocks of the work and of the wall go together."""
    post = Post()

    def happen(day: datetime.date, when: str) -> None:
        for event in STORY:
            if event.day == day and event.when == when:
                scene.take(event)

    for day in ALL_DAYS:
        stand_on(day)
        traveller.move_to(datetime.datetime.combine(day, datetime.time(8), tzinfo=clock.VIETNAM))
        happen(day, BEFORE)
        # On days off the engine runs all the same: it must find out by itself that nothing goes.
        if day not in story.OUTAGES:
            handed: list[int] = []
            run(handed.extend)
            happen(day, BETWEEN)
            deliver(handed)
            if post_news_digests():
                deliver()
            if is_worked(day) and day.day in AGAIN:
                run(deliver)
        post.collect(day)
    return post


@pytest.fixture
def traveller() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(datetime.datetime.combine(on(1, 1), datetime.time(8), tzinfo=clock.VIETNAM)) as traveller:
        yield traveller


def test_a_programme_year_tells_everybody_once_and_in_time(
    world: World,
    stand_on: Callable[[datetime.date], None],
    traveller: time_machine.Coordinates,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kinds, "_registered", dict(kinds._registered))
    register_kinds("tin", {"": NoticeKind.NEWS})
    stand_on(on(1, 1))
    scene, oracle = make_scene(world), Oracle()
    oracle.live()
    post = live(scene, stand_on, traveller)

    told = told_by_engine(scene)
    assert told == oracle.told
    assert Counter(channel for *_key, channel in told) == {"in_app": len(told) // 2, "email": len(told) // 2}
    judge_mails(scene, oracle, post)
    judge_summaries(scene, oracle, post)
    judge_news(post)
    judge_by_hand(told)


def told_by_engine(scene: Scene) -> dict[Key, Told]:
    names = {(scene.task(m, u).pk): (m, u) for m in story.DUES for u in "abcd"}
    rows = list(Reminder.objects.select_related("recipient"))
    found: dict[Key, Told] = {
        (*names[row.subject_id], row.due, row.offset, row.recipient.username, row.channel): (
            row.planned_for,
            row.tier,
            row.state,
            row.reason,
        )
        for row in rows
    }
    assert len(found) == len(rows)
    return found


def judge_mails(scene: Scene, oracle: Oracle, post: Post) -> None:
    """Each mail names exactly what its reader must hear of that day; nobody has two digests a day, none on days off."""
    tasks = {str(scene.task(m, u).pk): (m, u) for m in story.DUES for u in "abcd"}
    named = {
        (day, person): {tasks[pk] for pk in re.findall(r"/ke-hoach/nhiem-vu/(\d+)/$", words, re.MULTILINE)}
        for day, person, step, words in post.digests
        if step == "duties"
    }
    # Who has no duties gets the summary alone; nobody gets an empty digest.
    alone = {(day, "leader") for day in oracle.summaries if not oracle.mails.get((day, "leader"))}
    assert {who for who, duties in named.items() if not duties} == alone
    assert {who: duties for who, duties in named.items() if duties} == dict(oracle.mails)
    a_day = Counter((day, person) for day, person, _step, _words in post.digests)
    assert set(a_day.values()) == {1}
    assert all(is_worked(day) for day, _person in a_day)


def judge_summaries(scene: Scene, oracle: Oracle, post: Post) -> None:
    """The leader of the district reads at the beginning of a week which units are late, by milestone."""
    found = {day: words for day, person, _step, words in post.digests if person == "leader" and LATE in words}
    assert list(found) == list(oracle.summaries)
    for day, late in oracle.summaries.items():
        lines = dict(re.findall(r"^\d+\. (\w+): .*? \((.*)\)\.$", found[day], re.MULTILINE))
        names = {m: {scene.units[unit].short_name for unit in units} for m, units in late.items()}
        assert {m: set(units.split(", ")) for m, units in lines.items()} == names


def judge_news(post: Post) -> None:
    """Everybody with an address reads each piece of news once, on the next day on which something runs."""
    for told_on, read_on in ((on(16, 3), on(22, 3)), (on(7, 6), on(8, 6))):
        carried = [(d, person) for d, person, _step, words in post.digests if f"Tin ngày {told_on}" in words]
        assert {day for day, _person in carried} == {read_on}
        people = Counter(person for _day, person in carried)
        assert set(people.values()) == {1}
        assert {"officer", "unit_leader", "reviewer", "interior_head", "leader", "both_d"} <= set(people)
    in_duties = {p for d, p, step, words in post.digests if step == "duties" and "Tin ngày 2023-06-07" in words}
    assert in_duties == {"officer", "other_officer", "officer_c"}


def judge_by_hand(told: dict[Key, Told]) -> None:
    """A few ladders counted with a calendar of paper."""

    def days(milestone: str, unit: str, person: str) -> list[tuple[int, datetime.date, str, str]]:
        rows = [
            (key[3], day, tier, state)
            for key, (day, tier, state, _why) in told.items()
            if key[0] == milestone and key[1] == unit and key[4] == person and key[5] == "email"
        ]
        return sorted(rows, key=lambda row: (row[1], row[0]))

    # The steps of 20, 24 and 26 January fall into Tết: one message on the last day before it.
    assert days("last", "b", "other_officer") == [
        (-30, on(3, 1), "owner", "sent"),
        (-14, on(13, 1), "owner", "sent"),
        (-1, on(19, 1), "owner", "sent"),
        (0, on(27, 1), "owner", "skipped"),
    ]
    # The step of 17 March fell into three days without the engine.
    assert days("plan", "d", "both_d") == [
        (-30, on(1, 3), "owner", "sent"),
        (-14, on(22, 3), "owner", "sent"),
        (-7, on(24, 3), "owner", "sent"),
        (-3, on(28, 3), "owner", "sent"),
        (-1, on(30, 3), "owner", "sent"),
        (0, on(31, 3), "owner", "sent"),
        (3, on(3, 4), "owner", "sent"),
        (7, on(7, 4), "owner", "sent"),
    ]
    assert days("plan", "d", "reviewer") == [(7, on(7, 4), "office", "sent")]
    # While nobody had the duty in C its leader and the office were told; then from +3 and +7 on.
    assert days("review", "c", "leader_c") == [
        (-3, on(12, 6), "unmanned", "sent"),
        (3, on(19, 6), "leader", "sent"),
        (7, on(22, 6), "leader", "sent"),
    ]
    assert days("review", "c", "interior_head") == [
        (-3, on(12, 6), "unmanned", "sent"),
        (7, on(22, 6), "office", "sent"),
    ]
    assert days("review", "c", "new_c")[0] == (-3, on(13, 6), "owner", "sent")
    # Moved on 5 June to the 20th and back on the 7th: the two steps of the other day, and none of the first twice.
    assert [(step, day) for step, day, _tier, _state in days("review", "c", "officer_c")] == [
        (-30, on(16, 5)), (-14, on(1, 6)), (-30, on(5, 6)), (-14, on(6, 6)), (-7, on(8, 6)),
    ]  # fmt: skip
    # The report was returned on 14 June with the 21st as its day.
    assert [(step, day) for step, day, _tier, _state in days("review", "a", "officer")[-5:]] == [
        (-7, on(14, 6)), (-3, on(16, 6)), (-1, on(20, 6)), (0, on(21, 6)), (1, on(22, 6)),
    ]  # fmt: skip
    # A ladder of its own: its fourth and eighth day late reach the leader, the eighth the office.
    assert [(step, day) for step, day, _tier, _state in days("report", "c", "leader_c")] == [
        (4, on(19, 12)),
        (8, on(25, 12)),
    ]
    assert [(step, day) for step, day, _tier, _state in days("report", "c", "reviewer")] == [(8, on(25, 12))]
