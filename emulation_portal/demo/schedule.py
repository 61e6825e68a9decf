"""The schedule of the demo: milestones published, tasks handed in, late, returned, as on the training date."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import transaction

from campaigns import letters
from campaigns.models import Milestone, Programme, UnitTask
from campaigns.services import accept_report, ask_extension, publish_milestone, return_report, urge
from campaigns.workflow import TASK_WORKFLOW
from core import clock
from core.workflow import apply_all
from emulation_portal.demo.mornings import Mornings
from emulation_portal.demo.replaying import read, settle_messages
from emulation_portal.demo.reports import hand_in_reports
from notifications import digests
from notifications.models import OutboxMessage
from organizations.enums import Role
from organizations.models import RoleAssignment, Unit, User

HEAD, REVIEWER = "truongphong", "noivu"
SUBJECTS = ("unit_task", "urging", letters.SUBJECT, letters.EXTENSION, letters.GIVEN, digests.SUBJECT)
#: What the steps of a task and their letters read of it.
_RELATED = ("milestone__programme__unit", "unit")


def at(day: str, hour: int) -> datetime.datetime:
    """A moment of a day in Vietnam."""
    return datetime.datetime.combine(datetime.date.fromisoformat(day), datetime.time(hour, 5), tzinfo=clock.VIETNAM)


@transaction.atomic
def seed_schedule(units: dict[str, Unit], code: str = "2021-2025") -> int:
    """Replay the schedule where none is published yet; returns how many tasks there are."""
    programme = Programme.objects.select_related("unit").get(code=code)
    if programme.milestones.published().exists():
        return 0
    Programme.objects.filter(pk=programme.pk).update(reminders_on=True)
    Replay(programme, units).run()
    _settle()
    return UnitTask.objects.filter(milestone__programme=programme).count()


def _settle() -> None:
    """What the replay wrote is long past: no mail leaves, and old notices count as read."""
    for subject in SUBJECTS:
        written = OutboxMessage.objects.filter(subject_type=subject)
        settle_messages(subject, written.values_list("subject_id", flat=True))


class Replay:
    """The schedule from the first milestone to the training date."""

    def __init__(self, programme: Programme, units: dict[str, Unit]) -> None:
        self.data: dict[str, Any] = read("schedule.json")
        self.units = units
        self.mornings = Mornings(self.data["mornings"], units)
        self.people = {user.username: user for user in User.objects.all()}
        self.milestones = {m.code: m for m in programme.milestones.select_related("programme__unit")}
        held = RoleAssignment.objects.filter(role=Role.OFFICER).order_by("pk").values_list("unit", "user__username")
        self.officers = {unit: self.people[username] for unit, username in reversed(held)}

    def run(self) -> None:
        """Take every step in the order of its day."""
        for row in self.data["published"]:
            milestones = [self.milestones[code] for code in row["codes"]]
            self.mornings.live(row["on"])
            self._publish(milestones, row["on"])
            if "handed_in" in row:
                self._complete(milestones, row)
        self._review()
        self._urge()
        self._ask()

    def _publish(self, milestones: Sequence[Milestone], day: str) -> None:
        with clock.replay_at(at(day, 9)):
            for milestone in milestones:
                publish_milestone(milestone=milestone, by=self.people[HEAD])

    def _complete(self, milestones: Sequence[Milestone], row: dict[str, Any]) -> None:
        """Hand in and accept what units reported; some are late, some still missing."""
        missing = self._ids(key for m in milestones for key in self.data["missing"].get(m.code, []))
        late = {m.code: self.data["late"][m.code] for m in milestones if m.code in self.data["late"]}
        slow = self._ids(key for words in late.values() for key in words["units"])
        self.mornings.live(row["handed_in"])
        self._hand_in(milestones, row["handed_in"], without=missing | slow)
        self.mornings.send_held(row["handed_in"])
        for code, words in late.items():
            self._hand_in([self.milestones[code]], words["handed_in"], only=self._ids(words["units"]))
        self._accept(milestones, max([row["accepted"], *(words["handed_in"] for words in late.values())]))

    def _ids(self, keys: Iterable[str]) -> set[int]:
        return {self.units[key].pk for key in keys}

    def _hand_in(
        self, milestones: Sequence[Milestone], day: str, *, without: Collection[int] = (), only: Collection[int] = ()
    ) -> None:
        tasks = UnitTask.objects.filter(milestone__in=milestones).exclude(unit__in=without)
        tasks = tasks.filter(unit__in=only) if only else tasks
        by_unit: dict[int, list[UnitTask]] = {}
        for task in tasks.select_related(*_RELATED).order_by("unit", "pk"):
            by_unit.setdefault(task.unit_id, []).append(task)
        with clock.replay_at(at(day, 10)):
            for unit, theirs in by_unit.items():
                hand_in_reports(tasks=theirs, by=self.officers[unit])

    def _accept(self, milestones: Sequence[Milestone], day: str) -> None:
        """Accept everything that was handed in, in one go; nobody is told of what is years past."""
        submitted = UnitTask.objects.filter(milestone__in=milestones, state="submitted")
        tasks = list(submitted.select_related(*_RELATED))
        by = self.people[REVIEWER]
        with clock.replay_at(at(day, 15)):
            changes = {"accepted_at": clock.now(), "accepted_by": by}
            apply_all(TASK_WORKFLOW, "accept", tasks, by=by, changes=changes, noted=lambda task: {"version": 1})

    def _review(self) -> None:
        """The June review: some units handed in, one report was accepted, one returned."""
        row = self.data["review"]
        milestone = self.milestones[row["code"]]
        self.mornings.live(row["handed_in"])
        self._hand_in([milestone], row["handed_in"], only=self._ids(row["units"]))
        accepted, returned = row["accepted"], row["returned"]
        with clock.replay_at(at(accepted["on"], 15)):
            accept_report(task=self._task(milestone, accepted["unit"]), by=self.people[accepted["by"]])
        with clock.replay_at(at(returned["on"], 16)):
            return_report(
                task=self._task(milestone, returned["unit"]),
                by=self.people[returned["by"]],
                reason=returned["reason"],
                due=datetime.date.fromisoformat(returned["due"]),
                remarks=returned["remarks"],
            )

    def _task(self, milestone: Milestone, unit: str) -> UnitTask:
        return UnitTask.objects.select_related(*_RELATED).get(milestone=milestone, unit=self.units[unit])

    def _urge(self) -> None:
        row = self.data["urged"]
        milestone = self.milestones[row["code"]]
        with clock.replay_at(at(row["on"], 9)):
            late = UnitTask.objects.filter(milestone=milestone).overdue(clock.today())
            tasks = list(late.values_list("pk", flat=True))
            urge(milestone=milestone, tasks=tasks, by=self.people[row["by"]], text=row["text"])

    def _ask(self) -> None:
        row = self.data["extension"]
        task = self._task(self.milestones[row["code"]], row["unit"])
        day = datetime.date.fromisoformat(row["wanted"])
        with clock.replay_at(at(row["on"], 8)):
            ask_extension(task=task, by=self.officers[task.unit_id], wanted=day, reason=row["reason"])
