"""What units owe by the milestones: the first report by its due date, a returned one by the date of its return."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from django.db.models import Case, CharField, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.owed import (
    Audience,
    Ladder,
    LateLine,
    OwedGroup,
    OwedLine,
    register_late_lines,
    register_source,
)

from .enums import TaskState, Tier
from .models import Milestone, Programme, ReminderException, UnitTask
from .querysets import UnitTaskQuerySet, of_scopes

if TYPE_CHECKING:
    from organizations.models import User

SUBJECT = "unit_task"


@dataclass(frozen=True)
class Progress:
    """How far a report is, in words: a note ("Hiện đã có 2 trong 5 mục.") and what is missing."""

    note: str = ""
    missing: str = ""


#: Says how far reports are; set by the part of the app that keeps them.
ProgressOf = Callable[[Collection[int]], dict[int, Progress]]
_progress: list[ProgressOf] = []


def use_progress(progress_of: ProgressOf) -> None:
    """Let the reports of tasks say what is missing in them."""
    _progress[:] = [progress_of]


class TaskSource:
    """Tasks of units, and of the district itself, by the ladder of their milestone or programme."""

    subject_type = SUBJECT
    label = gettext_lazy("Nhiệm vụ theo kế hoạch")

    def groups(self) -> Sequence[OwedGroup]:
        """Two groups for each distinct ladder, one a state, and two more where tasks were handed over.

        Three queries whatever the number of milestones and units. What was not handed over needs no join to find its
        office, which is the one over its unit.
        """
        found: dict[_Kind, list[Q]] = defaultdict(list)
        for kind, programmes in _open_programmes().items():
            units = Q(milestone__programme__in=programmes, milestone__ladder__isnull=True, milestone__tier=Tier.UNIT)
            found[kind].append(units)
        for kind, milestones in _milestones_apart().items():
            found[kind].append(Q(milestone__in=milestones))
        handed = list(UnitTask.objects.owed().handed_over().order_by().values_list("milestone", flat=True).distinct())
        groups = []
        for (ladder, is_on, audience), conditions in found.items():
            for condition, state in product(conditions, _DUE_OF):
                rows = _rows(condition, state)
                own = rows.filter(unit=F("addressed")) if handed else rows
                groups.append(OwedGroup(ladder, own, is_on, audience))
                if handed:
                    taken_over = rows.handed_over().filter(milestone__in=handed)
                    scoped = taken_over.annotate(owed_scope=_followed_at())
                    groups.append(OwedGroup(ladder, scoped, is_on, audience))
        return groups

    def lines(self, ids: Collection[int]) -> dict[int, OwedLine]:
        """Words for tasks that are still owed; those nobody is reminded of say why."""
        related = ("unit", "addressed", "milestone__programme__unit")
        tasks = UnitTask.objects.owed().filter(pk__in=ids).select_related(*related)
        tasks = tasks.annotate(owed_excepted=_excepted())
        progress = _progress[0](ids) if _progress else {}
        return {task.pk: _line(task, progress.get(task.pk) or _asked(task)) for task in tasks.order_by()}

    def readable_by(self, user: User) -> QuerySet[UnitTask]:
        """Tasks of the scope."""
        return UnitTask.objects.visible_to(user)

    def names(self, ids: Collection[int]) -> dict[int, str]:
        """The short titles of their milestones."""
        return dict(UnitTask.objects.filter(pk__in=ids).values_list("pk", "milestone__short_title"))


#: State of an owed task → the column of its date, each with an index of its own.
_DUE_OF = {TaskState.OPEN: "due", TaskState.RETURNED: "return_due"}


#: Who answers the tasks of a tier (rules.py) → whom the engine tells.
_AUDIENCES = {Tier.UNIT: Audience.UNIT, Tier.DISTRICT: Audience.DISTRICT}
#: What the tasks of a group share: ladder, whether they are reminded of, who owes them.
_Kind = tuple[Ladder, bool, Audience]


def _open_programmes() -> dict[_Kind, list[int]]:
    found: dict[_Kind, list[int]] = defaultdict(list)
    for one in Programme.objects.filter(closed_at=None).order_by("pk"):
        ladder = Ladder(tuple(one.ladder), one.leader_from, one.office_from)
        found[ladder, one.reminders_on, Audience.UNIT].append(one.pk)
    return found


def _milestones_apart() -> dict[_Kind, list[int]]:
    """Milestones with a ladder of their own, and those of the district."""
    found: dict[_Kind, list[int]] = defaultdict(list)
    rows = Milestone.objects.filter(Q(ladder__isnull=False) | Q(tier=Tier.DISTRICT), programme__closed_at=None)
    for one in rows.select_related("programme").order_by("pk"):
        programme = one.programme
        ladder = Ladder(tuple(one.steps), programme.leader_from, programme.office_from)
        found[ladder, programme.reminders_on, _AUDIENCES[Tier(one.tier)]].append(one.pk)
    return found


def _excepted() -> Coalesce:
    """Why the unit that answers a task is not reminded of its milestone; "" when it is."""
    given = ReminderException.objects.filter(milestone=OuterRef("milestone"), unit=OuterRef("unit"))
    return Coalesce(Subquery(given.values("reason")[:1]), Value(""), output_field=CharField())


def _followed_at() -> Case:
    """The key of `UnitTask.followed_at`."""
    inside = When(unit__path__startswith=F("milestone__programme__unit__path"), then=F("unit_id"))
    return Case(inside, default=F("milestone__programme__unit_id"))


def _rows(condition: Q, state: TaskState) -> UnitTaskQuerySet:
    return UnitTask.objects.filter(condition, state=state, milestone__published_at__isnull=False).annotate(
        owed_id=F("pk"),
        owed_unit=F("unit_id"),
        owed_due=F(_DUE_OF[state]),
        owed_excepted=_excepted(),
    )


def _line(task: Any, progress: Progress) -> OwedLine:
    milestone, programme = task.milestone, task.milestone.programme
    returned = task.state == TaskState.RETURNED
    words = _("bổ sung %(what)s") if returned else _("nộp %(what)s")
    short = _report_name(milestone)
    title = words % {"what": short}
    return OwedLine(
        subject_id=task.pk,
        due=task.owed_by or task.due,
        title=title[:1].upper() + title[1:],
        note=" ".join(part for part in (_given_to(task), progress.note) if part),
        path=task.get_absolute_url(),
        unit_name=task.unit.name_in_text,
        unit_short=task.unit.short_name_in_text,
        unit_id=task.unit_id,
        unit_path=task.unit.path,
        scope_path=task.followed_at.path,
        extend_path="" if returned else reverse("campaigns:extension_ask", args=[task.pk]),
        short=title if returned else short,
        missing=progress.missing,
        plan=_("Kế hoạch %(number)s") % {"number": programme.plan_number} if programme.plan_number else "",
        steps=tuple(milestone.steps),
        audience=_AUDIENCES[Tier(milestone.tier)],
        left_out=_("Chương trình đã đóng.") if programme.is_closed else task.owed_excepted,
    )


def _given_to(task: UnitTask) -> str:
    return _("Nhiệm vụ nhận từ %(unit)s.") % {"unit": task.addressed.name_in_text} if task.is_handed_over else ""


def _report_name(milestone: Milestone) -> str:
    """The duty as a noun inside a sentence: “báo cáo sơ kết 3 năm”, “kế hoạch tuyên truyền 2023”."""
    name = milestone.name_in_text
    return name if name.startswith(("báo cáo", "kế hoạch", "đăng ký")) else _("báo cáo %(name)s") % {"name": name}


def _asked(task: UnitTask) -> Progress:
    """What the milestone asks for, while nobody says how far the report is."""
    milestone = task.milestone
    asked = [
        words
        for wanted, words in (
            (milestone.asks_text, _("báo cáo bằng lời")),
            (milestone.asks_figures, _("số liệu")),
            (milestone.asks_files, _("tệp có chữ ký")),
        )
        if wanted
    ]
    return Progress(missing="; ".join(f"({number}) {words}" for number, words in enumerate(asked, 1)))


def late_by_milestone(paths: Sequence[str], day: datetime.date) -> list[LateLine]:
    """Units that are late on `day` in the given scopes, by milestone, the oldest first: one query.

    Of programmes whose reminders are on.
    """
    rows = (
        UnitTask.objects.overdue(day)
        .filter(of_scopes(tuple(paths)))
        .filter(milestone__programme__closed_at=None, milestone__programme__reminders_on=True)
        .order_by("milestone__due", "milestone_id", "unit__sort_key")
        .select_related("milestone", "unit", "addressed")
        .only("milestone__short_title", "unit__short_name", "addressed__short_name")
    )
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    for task in rows:
        found[task.milestone_id, task.milestone.short_title].append(task.unit_label)
    proof = reverse("campaigns:reminder_proof")
    return [LateLine(title, tuple(units), f"{proof}?moc={pk}") for (pk, title), units in found.items()]


def register() -> None:
    """Offer the tasks of units to the engine of reminders."""
    register_source(TaskSource())
    register_late_lines(late_by_milestone)
