"""Urging of late units (đôn đốc, R38): who is to be told, the words, one row an act and unit, notice and mail."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.enums import ExtensionState, TaskState
from campaigns.models import Extension, Milestone, Programme, UnitTask, UrgedUnit, Urging
from campaigns.people import people_of_units
from campaigns.selectors.words import owed_word
from core import clock
from core.audit import Subject, record
from core.audit.models import EventKind
from core.dates import format_date
from core.workflow import WorkflowError
from notifications.delivery import register_subject
from notifications.services import Letter, Owed, post_all
from organizations.enums import OFFICE_ROLES, UNIT_ROLES

if TYPE_CHECKING:
    from notifications.models import OutboxMessage
    from organizations.models import User

SUBJECT, STEP = "urging", "urge"


@dataclass
class LateUnit:
    """One late task with who would be told and when the unit was urged last; `refused` says why not again today.

    `wanted` is the day to which the unit asks to move it, while that is not answered.
    """

    task: UnitTask
    since: datetime.date
    days: int
    people: list[User] = field(default_factory=list)
    last_urged: datetime.date | None = None
    wanted: datetime.date | None = None
    refused: str = ""

    @property
    def is_returned(self) -> bool:
        """Whether a report came and waits to be mended, so that it is not one that was never seen."""
        return self.task.state == TaskState.RETURNED

    @property
    def word(self) -> str:
        """What is missing, for a column, and the request for more time that waits."""
        return owed_word(self.is_returned, self.wanted)


def late_units(milestone: Milestone) -> list[LateUnit]:
    """The late tasks of a milestone, longest late first, with their people: four queries whatever their number."""
    today = clock.today()
    tasks = list(milestone.tasks.overdue(today).select_related("unit", "addressed"))
    urged = _last_urged(tasks)
    open_ones = Extension.objects.filter(task__in=tasks, state=ExtensionState.OPEN)
    wanted = dict(open_ones.order_by().values_list("task", "wanted"))
    people = people_of_units(task.unit for task in tasks)
    rows = [_late_unit(task, today, urged.get(task.pk), people.get(task.unit_id, [])) for task in tasks]
    for row in rows:
        row.wanted = wanted.get(row.task.pk)
    return sorted(rows, key=lambda row: (row.since, row.task.unit.sort_key))


def _last_urged(tasks: Sequence[UnitTask]) -> dict[int, datetime.date]:
    rows = UrgedUnit.objects.filter(task__in=tasks).order_by().values_list("task").annotate(day=Max("urged_on"))
    return dict(rows)


def _late_unit(task: UnitTask, today: datetime.date, urged: datetime.date | None, people: list[User]) -> LateUnit:
    since = task.owed_by or task.due
    row = LateUnit(task=task, since=since, days=(today - since).days, people=people, last_urged=urged)
    if urged == today:
        row.refused = _("Đã đôn đốc hôm nay.")
    return row


def proposed_text(milestone: Milestone, rows: Sequence[LateUnit]) -> str:
    """The words that the office may change before sending; a report that was received and returned is not missing."""
    told = {"today": format_date(clock.today()), "paper": milestone.paper_in_text}
    wanted = _("Đề nghị đơn vị khẩn trương thực hiện và nộp trên cổng trong 03 ngày làm việc")
    if rows and all(row.is_returned for row in rows):
        missing = _("Đến ngày %(today)s, Phòng Nội vụ chưa nhận lại %(paper)s đã trả để đơn vị bổ sung.")
        return f"{missing % told} {wanted}."
    if any(row.is_returned for row in rows):
        missing = _(
            "Đến ngày %(today)s, Phòng Nội vụ chưa nhận được %(paper)s của các đơn vị ghi “Chưa nộp” và bản bổ sung "
            "của các đơn vị ghi “Chưa bổ sung” dưới đây."
        )
    else:
        missing = _("Đến ngày %(today)s, Phòng Nội vụ chưa nhận được %(paper)s của đơn vị.")
    return f"{missing % told} {wanted}{_offer(rows)}"


def _offer(rows: Sequence[LateUnit]) -> str:
    """The end of the proposed words: that more time may be asked for, by those who have not asked yet."""
    if rows and all(row.wanted or row.is_returned for row in rows):
        return "."
    if any(row.wanted for row in rows):
        return _("; đơn vị có khó khăn mà chưa xin gia hạn thì gửi đề nghị gia hạn kèm lý do.")
    return _("; nếu có khó khăn, gửi đề nghị gia hạn kèm lý do.")


@transaction.atomic
def urge(*, milestone: Milestone, tasks: Collection[int], by: User, text: str) -> Urging:
    """Urge the units of some late tasks: one row an act and unit, and each of their people is told once.

    Refused for others than the office, once the programme is closed, without words, and when a chosen task is not late
    or was urged today already: then nothing is sent at all.
    """
    programme = Programme.objects.select_related("unit").get(pk=milestone.programme_id)
    if not by.access.covers(programme.unit.path, *OFFICE_ROLES):
        raise WorkflowError(_("Chỉ Phòng Nội vụ đôn đốc được các đơn vị."))
    if programme.is_closed:
        raise WorkflowError(_("Chương trình đã đóng nên không nhận báo cáo nữa."))
    if not text.strip():
        raise WorkflowError(_("Nhập nội dung đôn đốc."))
    list(milestone.tasks.select_for_update().filter(pk__in=tasks).order_by("pk").values_list("pk"))
    chosen = [row for row in late_units(milestone) if row.task.pk in set(tasks)]
    _refuse_set(chosen, tasks)
    urging = Urging.objects.create(milestone=milestone, text=text.strip(), made_by=by, made_at=clock.now())
    _write_units(urging, chosen)
    _tell(urging, chosen)
    record(
        kind=EventKind.SETTING,
        action="urging.send",
        actor=by,
        roles=frozenset(role for role, _unit, _path in by.access.grants if role in OFFICE_ROLES),
        subject=Subject("urging", urging.pk, milestone.code, programme.unit_id),
        data={"units": [row.task.unit_id for row in chosen]},
    )
    return urging


def _refuse_set(chosen: Sequence[LateUnit], tasks: Collection[int]) -> None:
    if not tasks:
        raise WorkflowError(_("Chọn ít nhất một đơn vị để đôn đốc."))
    if again := [row.task.unit_label for row in chosen if row.refused]:
        raise WorkflowError(
            _("Hôm nay đã đôn đốc %(units)s. Bỏ chọn rồi làm lại; chưa gửi cho đơn vị nào.")
            % {"units": ", ".join(again)}
        )
    if len(chosen) != len(set(tasks)):
        raise WorkflowError(
            _("Có đơn vị vừa nộp hoặc không còn quá hạn. Danh sách dưới đây là mới nhất; chưa gửi cho đơn vị nào.")
        )


def _write_units(urging: Urging, chosen: Sequence[LateUnit]) -> None:
    rows = [
        UrgedUnit(
            urging=urging,
            task=row.task,
            unit=row.task.unit,
            due=row.since,
            urged_on=clock.today(),
            told=len(row.people),
        )
        for row in chosen
    ]
    try:
        with transaction.atomic():
            UrgedUnit.objects.bulk_create(rows)
    except IntegrityError:
        raise WorkflowError(_("Người khác vừa đôn đốc các đơn vị này. Chưa gửi thêm thư nào.")) from None


def _tell(urging: Urging, chosen: Sequence[LateUnit]) -> None:
    """A notice and a mail to each person, once, whatever the number of their units."""
    theirs: dict[int, tuple[User, list[LateUnit]]] = {}
    for row in chosen:
        for person in row.people:
            theirs.setdefault(person.pk, (person, []))[1].append(row)
    post_all(Owed(SUBJECT, urging.pk, STEP, (person,), letter_to(urging, rows)) for person, rows in theirs.values())


def letter_to(urging: Urging, rows: Sequence[LateUnit]) -> Letter:
    """What one person reads: the words of the office, then what is due and since when; it leads to the tasks."""
    due = "\n".join(
        _("- %(unit)s: %(word)s, hạn %(day)s, quá hạn %(days)d ngày.")
        % {
            "unit": row.task.unit_title,
            "word": row.word.lower(),
            "day": format_date(row.since),
            "days": row.days,
        }
        for row in rows
    )
    title = _("Đôn đốc: %(title)s") % {"title": urging.milestone.short_title}
    path = rows[0].task.get_absolute_url()
    if len(rows) > 1:
        path = f"{reverse('campaigns:task_list')}?moc={urging.milestone_id}"
    return Letter(title=title, body=f"{urging.text}\n\n{due}", path=path)


def still_owed(message: OutboxMessage) -> bool:
    """Whether a unit of the reader still owes what the message urges for."""
    paths = UnitTask.objects.owed().filter(urged__urging_id=message.subject_id).values_list("unit__path", flat=True)
    return any(message.recipient.access.covers(path, *UNIT_ROLES) for path in paths)


def register() -> None:
    """Let the outbox ask, at the moment of sending, whether an urging is still owed."""
    register_subject(SUBJECT, still_owed)
