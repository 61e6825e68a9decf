"""A programme year as it was lived: the cast, what happens on which day, and how it is done through the services."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from campaigns import services
from campaigns.models import Extension, Milestone, TaskReport, UnitTask
from campaigns.services.extensions import ask_extension, grant_extension
from campaigns.services.reports import ReportInput
from notifications.services import Letter, post
from organizations.enums import Role
from organizations.models import RoleAssignment, Unit, User
from tests.campaigns.makers import publish
from tests.factories import ProgrammeFactory, UnitFactory, UserFactory, World

YEAR = 2023
LADDER = (-30, -14, -7, -3, -1, 0, 1, 3, 7)


def on(day: int, month: int) -> datetime.date:
    return datetime.date(YEAR, month, day)


#: Milestone → its first due date and its ladder.
DUES = {"last": on(27, 1), "plan": on(31, 3), "review": on(15, 6), "report": on(15, 12)}
LADDERS = {"last": LADDER, "plan": LADDER, "review": LADDER, "report": (-10, -2, 0, 4, 8)}
#: Unit → who reports for it at first, and who leads it. The one of D does both.
OFFICERS = {"a": ["officer"], "b": ["other_officer"], "c": ["officer_c"], "d": ["both_d"]}
LEADERS = {"a": ["unit_leader"], "b": ["other_unit_leader"], "c": ["leader_c"], "d": ["both_d"]}
OFFICE = ["reviewer", "colleague", "interior_head"]
#: The colleague has no address.
UNREACHABLE = {"colleague"}
EXCEPTION = "Xã đang sáp nhập, báo cáo chung với xã khác."
#: Working days on which nothing ran.
OUTAGES = {on(17, 3), on(20, 3), on(21, 3), on(5, 12), on(6, 12), on(7, 12)}
BEFORE, BETWEEN = "before", "between"


@dataclass(frozen=True)
class Event:
    """Something that happens on a day, before its reminders are planned or between their planning and sending."""

    day: datetime.date
    what: str
    milestone: str = ""
    unit: str = ""
    to: datetime.date | None = None
    when: str = BEFORE


def _sent(milestone: str, day: datetime.date, unit: str, when: str = BEFORE) -> Event:
    return Event(day, "hand_in", milestone, unit, when=when)


STORY = (
    Event(on(3, 1), "publish"),
    _sent("last", on(10, 1), "a"),
    _sent("last", on(27, 1), "b", BETWEEN),
    _sent("last", on(31, 1), "c"),
    _sent("last", on(6, 2), "d"),
    _sent("plan", on(10, 3), "a"),
    Event(on(11, 3), "accept", "plan", "a"),
    Event(on(16, 3), "news"),
    _sent("plan", on(31, 3), "b"),
    _sent("plan", on(3, 4), "c", BETWEEN),
    _sent("plan", on(12, 4), "d"),
    Event(on(5, 6), "move", "review", to=on(20, 6)),
    Event(on(7, 6), "move", "review", to=on(15, 6)),
    Event(on(7, 6), "news"),
    Event(on(8, 6), "ask", "review", "b", to=on(30, 6)),
    Event(on(9, 6), "grant", "review", "b", to=on(30, 6)),
    Event(on(10, 6), "leave", unit="c"),
    _sent("review", on(12, 6), "a"),
    Event(on(13, 6), "come", unit="c"),
    Event(on(14, 6), "return", "review", "a", to=on(21, 6)),
    _sent("review", on(23, 6), "a"),
    Event(on(25, 6), "accept", "review", "a"),
    _sent("review", on(26, 6), "b"),
    _sent("review", on(28, 6), "c"),
    _sent("review", on(29, 6), "d"),
    _sent("report", on(1, 12), "b"),
    _sent("report", on(18, 12), "a", BETWEEN),
    _sent("report", on(27, 12), "c"),
    _sent("report", on(29, 12), "d"),
)


@dataclass
class Scene:
    """The cast, and each event as its people would bring it about."""

    world: World
    units: dict[str, Unit]
    milestones: dict[str, Milestone] = field(default_factory=dict)

    def person(self, name: str) -> User:
        """The person as the portal knows them now."""
        return User.objects.get(username=name)

    def task(self, milestone: str, unit: str) -> UnitTask:
        """The task of one unit, read anew."""
        found = UnitTask.objects.select_related("milestone__programme", "unit")
        return found.get(milestone=self.milestones[milestone], unit=self.units[unit])

    def take(self, event: Event) -> None:
        """Bring an event about."""
        getattr(self, {"return": "return_"}.get(event.what, event.what))(event)

    def publish(self, event: Event) -> None:
        """Give the year's milestones out; the report has a ladder of its own, D is not reminded of the review."""
        programme = ProgrammeFactory(unit=self.world.district, reminders_on=True)
        for name, due in DUES.items():
            own = None if LADDERS[name] == LADDER else list(LADDERS[name])
            dates = {"opens": on(1, 1), "due": due, "closes": on(31, 12)}
            title = {"title": name, "short_title": name}
            self.milestones[name] = publish(self.world, programme=programme, ladder=own, **title, **dates)
        services.add_exception(
            milestone=self.milestones["review"],
            by=self.person("interior_head"),
            unit=self.units["d"],
            reason=EXCEPTION,
        )

    def hand_in(self, event: Event) -> None:
        """Write and send the report, by whoever has the duty in the unit that day."""
        task = self.task(event.milestone, event.unit)
        held = RoleAssignment.objects.held_on(event.day).filter(role=Role.OFFICER, unit=task.unit)
        by, version = held.get().user, TaskReport.objects.filter(task=task).values_list("version", flat=True).first()
        written = ReportInput(sections={"noi-dung": f"Đã làm xong, ngày {event.day}."})
        services.save_report(task=task, by=by, data=written, seen_version=version or 0)
        services.submit_report(task=task, by=by)

    def accept(self, event: Event) -> None:
        """Accept a report."""
        services.accept_report(task=self.task(event.milestone, event.unit), by=self.person("reviewer"))

    def return_(self, event: Event) -> None:
        """Give a report back with a new day."""
        assert event.to
        task, by = self.task(event.milestone, event.unit), self.person("reviewer")
        services.return_report(task=task, by=by, reason="Thiếu số liệu.", due=event.to)

    def move(self, event: Event) -> None:
        """Move the due date of a milestone."""
        assert event.to
        given = Milestone.objects.get(pk=self.milestones[event.milestone].pk)
        services.change_due(milestone=given, by=self.person("interior_head"), due=event.to, reason="Theo văn bản mới.")

    def ask(self, event: Event) -> None:
        """Ask for more time."""
        assert event.to
        task, by = self.task(event.milestone, event.unit), self.person(OFFICERS[event.unit][0])
        ask_extension(task=task, by=by, wanted=event.to, reason="Cán bộ đi học.")

    def grant(self, event: Event) -> None:
        """Give more time."""
        assert event.to
        asked = Extension.objects.get(task=self.task(event.milestone, event.unit))
        grant_extension(extension=asked, by=self.person("reviewer"), day=event.to)

    def leave(self, event: Event) -> None:
        """Somebody's last day was yesterday."""
        held = RoleAssignment.objects.filter(user__username=OFFICERS[event.unit][0])
        held.update(valid_to=event.day - datetime.timedelta(days=1))

    def come(self, event: Event) -> None:
        """Somebody new takes over."""
        unit = self.units[event.unit]
        person = UserFactory(username=f"new_{event.unit}", home_unit=unit)
        RoleAssignment.objects.create(user=person, role=Role.OFFICER, unit=unit, valid_from=event.day)

    def news(self, event: Event) -> None:
        """Something is told to everybody that may wait for a digest."""
        everybody = list(User.objects.filter(role_assignments__isnull=False).distinct())
        letter = Letter(f"Tin ngày {event.day}", "Nội dung tin.", "/thong-bao/")
        post(subject_type="tin", subject_id=event.day.toordinal(), step="publish", recipients=everybody, letter=letter)


def make_scene(world: World) -> Scene:
    """Four communes, an office, and somebody in every role."""
    units = {"a": world.commune_a, "b": world.commune_b}
    for name in ("c", "d"):
        units[name] = UnitFactory(parent=world.district, name=f"Xã Long {name.upper()}")
    for name, unit, roles in (
        ("officer_c", "c", [Role.OFFICER]),
        ("leader_c", "c", [Role.UNIT_LEADER]),
        ("both_d", "d", [Role.UNIT_LEADER, Role.OFFICER]),
    ):
        UserFactory(username=name, home_unit=units[unit], roles=[(role, units[unit]) for role in roles])
    User.objects.filter(username__in=UNREACHABLE).update(email="")
    return Scene(world, units)
