"""Who is told at each step of a task's life and of a request for more time, and whether it is still owed."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock
from core.dates import format_date
from core.forms.checks import noun
from core.text import shorten
from notifications.delivery import register_subject
from notifications.ladder import newest_step, step_key
from notifications.reminder_models import Reminder, ReminderState
from notifications.services import Letter, cancel, cancel_all, post
from notifications.wording import short_day
from organizations.enums import OFFICE_ROLES, Role, UnitKind
from organizations.models import RoleAssignment, User
from organizations.querysets import path_condition
from organizations.selectors import holders_over

from .calendar import tasks_with
from .content import sections_of
from .enums import ExtensionState, TaskState, Tier
from .models import Extension, ReminderException, TaskTransition, UnitTask
from .owed import SUBJECT as OWED

if TYPE_CHECKING:
    from notifications.models import OutboxMessage
    from organizations.models import Unit

    from .models import Milestone

#: Steps of tasks; reminders of what is owed have a subject of their own.
SUBJECT = "task_step"
EXTENSION = "task_extension"
#: A milestone that was given to units; its own subject, so that a step of a task never takes it back.
GIVEN = "task_given"
#: The due date of a milestone moved; its step names the row of the milestone's history.
MOVED = "task_due"
#: Tasks that a unit took over; the subject is the unit.
HANDED = "task_handed_over"
SUBJECT_LIMIT = 60


@dataclass(frozen=True)
class Words:
    """Subject and plain text of a letter."""

    subject: str
    body: str


def judges_of(task: UnitTask) -> QuerySet[User]:
    """Who accepts reports on a task: the office, for the district's own its head."""
    roles = OFFICE_ROLES if task.milestone.tier == Tier.UNIT else (Role.INTERIOR_HEAD,)
    return holders_over(task.followed_at, *roles)


def writers_of(task: UnitTask) -> QuerySet[User]:
    """Who answers a task, and who submitted its report while they read it."""
    if task.milestone.tier == Tier.UNIT:
        holders = holders_over(task.unit, Role.OFFICER)
    else:
        holders = holders_over(task.followed_at, *OFFICE_ROLES)
    return User.objects.filter(
        Q(pk__in=_reader(task, task.submitted_by_id)) | Q(pk__in=holders.values("pk")), is_active=True
    )


def _reader(task: UnitTask, person: int | None) -> list[int]:
    """Somebody who took a step, while they read the task: after a hand-over it is no longer theirs."""
    found = User.objects.filter(pk__in=[person] if person else [])
    return [user.pk for user in found if UnitTask.objects.visible_to(user).filter(pk=task.pk).exists()]


def tell_judges(task: UnitTask, log: TaskTransition) -> None:
    """A report came in: to who may accept it, but not to who submitted it."""
    _post(task, SUBJECT, task.pk, _step(log), judges_of(task).exclude(pk=log.actor_id), _submitted(task, log))


def tell_unit(task: UnitTask, log: TaskTransition) -> None:
    """A report was returned or accepted: to who answers the task."""
    returned = log.name == "return"
    words = _returned(task, log) if returned else _accepted(task)
    people = writers_of(task).exclude(pk=log.actor_id)
    _post(task, SUBJECT, task.pk, _step(log), people, words, dated=returned)


def tell_given(milestone: Milestone) -> None:
    """A milestone was published: news to the officers of its units, once each, where `is_news`."""
    if not is_news(milestone):
        return
    _post_about(milestone, GIVEN, "publish", Q(unit__tasks__milestone=milestone), _given(milestone))


def _post_about(milestone: Milestone, subject: str, step: str, units: Q, words: Words) -> None:
    """Post a letter about a milestone to the officers of some units, once each; `units` is a condition on the role."""
    held = RoleAssignment.objects.held_on(clock.today()).filter(units, role=Role.OFFICER)
    officers = User.objects.filter(role_assignments__in=held, is_active=True).distinct().order_by("pk")
    letter = Letter(title=words.subject, body=words.body, path=milestone.get_absolute_url())
    post(subject_type=subject, subject_id=milestone.pk, step=step, recipients=officers, letter=letter)


def tell_handed_over(tasks: Sequence[UnitTask], unit: Unit, before: Collection[int], step: int) -> None:
    """Tasks were handed over: one letter to the officers of the new unit about all of them that no reminder tells of.

    What waits for the people of the units `before` is theirs no more. `step` is the act's key.
    """
    _take_back_from(tasks, before)
    told = _not_reminded([task for task in tasks if task.is_owed and task.milestone.tier == Tier.UNIT])
    if told:
        words = _handed_over(told, unit)
        path = told[0].get_absolute_url() if len(told) == 1 else reverse("campaigns:task_list")
        letter = Letter(title=words.subject, body=words.body, path=path)
        officers = holders_over(unit, Role.OFFICER)
        post(subject_type=HANDED, subject_id=unit.pk, step=f"hand_over:{step}", recipients=officers, letter=letter)


def _take_back_from(tasks: Sequence[UnitTask], before: Collection[int]) -> None:
    """What is not sent or read yet about steps and requests, and about what a unit took over and holds no more.

    What a report that waits tells the office stays.
    """
    decided = [task.pk for task in tasks if task.state != TaskState.SUBMITTED]
    cancel_all(subject_type=SUBJECT, subject_ids=decided)
    answered = Extension.objects.filter(task__in=[task.pk for task in tasks], answered_at__isnull=False)
    cancel_all(subject_type=EXTENSION, subject_ids=list(answered.values_list("pk", flat=True)), step="answer")
    kept = set(UnitTask.objects.owed().handed_over().filter(unit__in=before).values_list("unit", flat=True))
    cancel_all(subject_type=HANDED, subject_ids=set(before) - kept)


def _not_reminded(tasks: Sequence[UnitTask]) -> list[UnitTask]:
    """Tasks of which today's reminders say nothing to who answers for them: not called for yet, off, or excepted."""
    excepted = set(
        ReminderException.objects.filter(milestone__tasks__in=[task.pk for task in tasks]).values_list(
            "milestone", "unit"
        )
    )
    return [
        task
        for task in tasks
        if (task.milestone_id, task.unit_id) in excepted or not _is_reminded(task.milestone, task.owed_by or task.due)
    ]


def _unaware(tasks: Sequence[UnitTask]) -> list[UnitTask]:
    """Tasks whose due date no reminder tells: today's says nothing, or was sent before the date was another."""
    steps = {task.pk: _step_of_today(task) for task in tasks}
    sent = Reminder.objects.filter(subject_type=OWED, subject_id__in=steps, state=ReminderState.SENT)
    told = set(sent.filter(step__in=set(steps.values())).values_list("subject_id", "step"))
    silent = {task.pk for task in _not_reminded(tasks)}
    return [task for task in tasks if task.pk in silent or (task.pk, steps[task.pk]) in told]


def _step_of_today(task: UnitTask) -> str:
    """The key of the step that today calls for; "" when it calls for none."""
    offset = newest_step(task.due, task.milestone.steps, clock.today())
    return "" if offset is None else step_key(task.due, offset)


def is_news(milestone: Milestone) -> bool:
    """Whether officers hear of a milestone when it is published; not of what reminders tell them already.

    The district's own tasks are for the office, which publishes them itself.
    """
    return milestone.tier == Tier.UNIT and not _is_reminded(milestone, milestone.due)


def tell_due(milestone: Milestone, before: datetime.date, reason: str, moved: Sequence[UnitTask]) -> None:
    """A due date moved: to the officers of units that owe a first report, once each, unless reminders tell the new one.

    What was told before and is not read or sent yet names an old day and is told no more.
    """
    for subject in (MOVED, GIVEN):
        cancel(subject_type=subject, subject_id=milestone.pk)
    if milestone.tier != Tier.UNIT:
        return
    owing = _unaware([task for task in moved if task.state == TaskState.OPEN])
    if not owing:
        return
    step = f"due:{milestone.history.latest().history_id}"  # made by simple_history
    units = Q(unit__in={task.unit_id for task in owing})
    _post_about(milestone, MOVED, step, units, _due_words(milestone, before, reason))


def _is_reminded(milestone: Milestone, due: datetime.date) -> bool:
    """Whether today's reminders tell of a task with this due date."""
    return milestone.programme.reminders_on and newest_step(due, milestone.steps, clock.today()) is not None


def take_back(task: UnitTask) -> None:
    """What was told about the last step is overtaken: what is not sent or read yet is told no more."""
    cancel(subject_type=SUBJECT, subject_id=task.pk)


def tell_judges_of_extension(extension: Extension) -> None:
    """A unit asks for more time."""
    task = extension.task
    _post(task, EXTENSION, extension.pk, "ask", judges_of(task).exclude(pk=extension.asked_by_id), _asked(extension))


def tell_unit_of_extension(extension: Extension) -> None:
    """The office answered."""
    task = extension.task
    asked = _reader(task, extension.asked_by_id)
    people = User.objects.filter(Q(pk__in=asked) | Q(pk__in=writers_of(task).values("pk")))
    people, granted = people.filter(is_active=True), extension.state == ExtensionState.GRANTED
    _post(task, EXTENSION, extension.pk, "answer", people, _answered(extension), dated=granted)


def take_back_extension(extension: Extension) -> None:
    """The request is answered: nobody else needs to hear of it."""
    cancel(subject_type=EXTENSION, subject_id=extension.pk, step="ask")


def _post(
    task: UnitTask, subject: str, pk: int, step: str, people: QuerySet[User], words: Words, *, dated: bool = False
) -> None:
    """Post a letter about a task; `dated` ones carry the day by which it is owed now, as the feed has it."""
    dates = tuple(tasks_with([task.pk])) if dated else ()
    letter = Letter(title=words.subject, body=words.body, path=task.get_absolute_url(), dates=dates)
    post(subject_type=subject, subject_id=pk, step=step, recipients=people, letter=letter)


def _step(log: TaskTransition) -> str:
    return f"{log.name}:{log.pk}"


# Words


def _title(template: str, task: UnitTask, **more: str) -> str:
    """The subject, with the name of the milestone cut so that the whole stays within the limit."""
    unit = _short(task.unit)
    if task.is_handed_over:
        unit = _("%(unit)s (từ %(old)s)") % {"unit": unit, "old": _short(task.addressed)}
    return _fitted(template, task.milestone.name_in_text, unit=unit, **more)


def _fitted(template: str, name: str, **told: str) -> str:
    """A subject whose name is cut to what the rest leaves of the limit."""
    room = SUBJECT_LIMIT - len(template % {**told, "name": ""})
    return template % {**told, "name": shorten(name, max(room, 8))}


def _short(unit: Unit) -> str:
    return noun(unit.short_name) if unit.kind == UnitKind.COMMUNE else unit.short_name


def _day(day: datetime.date | None) -> str:
    """A day of a subject, with the year when it is another one."""
    return short_day(day, clock.today()) if day else ""


def _of(task: UnitTask) -> dict[str, str]:
    return {"title": task.milestone.title, "unit": task.named(task.unit.name_in_text), "due": format_date(task.due)}


def _given(milestone: Milestone) -> Words:
    told = {"title": milestone.title, "opens": format_date(milestone.opens), "due": format_date(milestone.due)}
    return Words(
        _fitted(_("Nhiệm vụ mới, hạn %(due)s: %(name)s"), milestone.short_title, **told),
        _paragraphs(
            _("Phòng Nội vụ giao nhiệm vụ “%(title)s”. Nhận báo cáo từ ngày %(opens)s, hạn nộp %(due)s.") % told,
            milestone.text,
        ),
    )


def _due_words(milestone: Milestone, before: datetime.date, reason: str) -> Words:
    told = {
        "title": milestone.title,
        "before": format_date(before),
        "due": format_date(milestone.due),
        "reason": reason,
    }
    return Words(
        _fitted(_("Đổi hạn sang %(due)s: %(name)s"), milestone.short_title, **told),
        _paragraphs(
            _("Phòng Nội vụ đổi hạn nộp “%(title)s” từ ngày %(before)s sang ngày %(due)s.") % told,
            _("Lý do: %(reason)s") % told,
            _("Đơn vị đã được gia hạn đến ngày muộn hơn thì theo ngày đã gia hạn."),
        ),
    )


def _handed_over(tasks: Sequence[UnitTask], unit: Unit) -> Words:
    if len(tasks) == 1:
        (task,) = tasks
        subject = _title(_("Nhận bàn giao: %(name)s – %(unit)s"), task)
    else:
        told = {"n": len(tasks), "unit": _short(unit)}
        subject = shorten(_("Nhận bàn giao %(n)d nhiệm vụ – %(unit)s") % told, SUBJECT_LIMIT)
    opening = _("Phòng Nội vụ giao lại cho %(unit)s:") % {"unit": unit.name_in_text}
    lines = "\n".join(f"– {_handed_line(task)}" for task in tasks)
    return Words(subject, _paragraphs(opening, lines, _("Nội dung và tệp đơn vị trước đã soạn vẫn còn trong báo cáo.")))


def _handed_line(task: UnitTask) -> str:
    template = _("%(title)s, hạn nộp %(due)s, nhận từ %(old)s.")
    if task.state == TaskState.RETURNED:
        template = _("%(title)s, bị trả lại để bổ sung, hạn %(due)s, nhận từ %(old)s.")
    told = {"title": task.milestone.title, "due": format_date(task.owed_by), "old": task.addressed.name_in_text}
    return template % told


def _submitted(task: UnitTask, log: TaskTransition) -> Words:
    again = log.source == "returned"
    template = _("Nộp lại: %(name)s – %(unit)s") if again else _("Đã nộp: %(name)s – %(unit)s")
    body = _("Báo cáo “%(title)s” của %(unit)s đã được nộp, chờ nhận.") % _of(task)
    late = _("Nộp sau hạn %(due)s.") % _of(task) if task.came_late else ""
    return Words(_title(template, task), _paragraphs(body, late, _("Mở báo cáo để nhận hoặc trả lại.")))


def _returned(task: UnitTask, log: TaskTransition) -> Words:
    due = {"day": format_date(log.due)}
    lines = [f"– {part}: {text}" for part, text in named_remarks(task, log)]
    return Words(
        _title(_("Bổ sung trước %(day)s: %(name)s – %(unit)s"), task, day=_day(log.due)),
        _paragraphs(
            _("Báo cáo “%(title)s” của %(unit)s cần bổ sung.") % _of(task),
            _("Lý do: %(reason)s") % {"reason": log.reason},
            "\n".join(lines),
            _("Nộp lại chậm nhất ngày %(day)s. Nội dung và tệp đã nộp vẫn còn trong báo cáo.") % due,
        ),
    )


def named_remarks(task: UnitTask, log: TaskTransition) -> list[tuple[str, str]]:
    """The remarks of a return, each with the part of the report that it is about."""
    return [(_target_label(task, remark.target), remark.text) for remark in log.remarks.all()]


def _target_label(task: UnitTask, target: str) -> str:
    titles = {section.field: section.title for section in sections_of(task.milestone)}
    return titles.get(target) or {"figures": _("Số liệu"), "files": _("Tệp kèm theo")}.get(target, target)


def _accepted(task: UnitTask) -> Words:
    body = _("Báo cáo “%(title)s” của %(unit)s đã được nhận. Không còn phải làm gì thêm.") % _of(task)
    return Words(_title(_("Đã nhận: %(name)s – %(unit)s"), task), body)


def _asked(extension: Extension) -> Words:
    task = extension.task
    told = {**_of(task), "wanted": format_date(extension.wanted), "reason": extension.reason}
    return Words(
        _title(_("Xin lùi đến %(day)s: %(name)s – %(unit)s"), task, day=_day(extension.wanted)),
        _paragraphs(
            _("Đề nghị lùi hạn báo cáo “%(title)s” của %(unit)s từ %(due)s đến %(wanted)s.") % told,
            _("Lý do: %(reason)s") % told,
        ),
    )


def _answered(extension: Extension) -> Words:
    task = extension.task
    told = {**_of(task), "answer": extension.answer}
    answer = _("Phòng Nội vụ ghi: %(answer)s") % told if extension.answer else ""
    if extension.state == ExtensionState.GRANTED:
        return Words(
            _title(_("Lùi hạn đến %(day)s: %(name)s – %(unit)s"), task, day=_day(extension.granted)),
            _paragraphs(_("Hạn nộp báo cáo “%(title)s” của %(unit)s nay là ngày %(due)s.") % told, answer),
        )
    return Words(
        _title(_("Không lùi hạn: %(name)s – %(unit)s"), task),
        _paragraphs(_("Hạn nộp báo cáo “%(title)s” của %(unit)s vẫn là ngày %(due)s.") % told, answer),
    )


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


# Still owed


def step_is_last(message: OutboxMessage) -> bool:
    """Whether no later step of the task has overtaken a message."""
    last = TaskTransition.objects.filter(record=message.subject_id).order_by("pk").last()
    return last is not None and message.step == _step(last)


def given_is_owed(message: OutboxMessage) -> bool:
    """Whether a unit of the reader still owes something for the milestone of which no reminder tells.

    So for a new task and for a new due date; a later move takes an earlier letter back.
    """
    rows = UnitTask.objects.owed().filter(milestone=message.subject_id, milestone__programme__closed_at=None)
    own = rows.filter(path_condition(message.recipient.access.paths(Role.OFFICER), "unit__"))
    return bool(_unaware(list(own.select_related("milestone__programme"))))


def handed_over_is_owed(message: OutboxMessage) -> bool:
    """Whether the unit still owes something that it took over, and of which no reminder tells."""
    rows = UnitTask.objects.owed().handed_over().filter(unit=message.subject_id, milestone__programme__closed_at=None)
    return bool(_not_reminded(list(rows.select_related("milestone__programme"))))


def extension_is_open(message: OutboxMessage) -> bool:
    """Whether the office is still to hear of a request; an answer is owed for good."""
    return message.step != "ask" or Extension.objects.filter(pk=message.subject_id, state=ExtensionState.OPEN).exists()


def register() -> None:
    """Let the outbox ask, at the moment of sending, whether these messages are still owed."""
    register_subject(SUBJECT, step_is_last)
    register_subject(EXTENSION, extension_is_open)
    register_subject(GIVEN, given_is_owed)
    register_subject(MOVED, given_is_owed)
    register_subject(HANDED, handed_over_is_owed)
