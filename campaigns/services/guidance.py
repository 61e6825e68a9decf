"""Guidance and questions: written, published, replaced, withdrawn, read, asked, answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns import guidance_letters as letters
from campaigns.guidance_enums import GuidanceAddressing, GuidanceKind, GuidanceState
from campaigns.guidance_workflow import GUIDANCE_WORKFLOW, QUESTION_WORKFLOW, programme_runs
from campaigns.models import Guidance, GuidanceUnit, Milestone, Question, ReadReceipt, UnitTask
from core import clock
from core.audit import Subject, record
from core.audit.models import EventKind
from core.text import search_key, shorten
from core.workflow import WorkflowError, apply, lock
from organizations.enums import OFFICE_ROLES, UNIT_ROLES
from organizations.models import Unit

from .enclosures import share_enclosures

if TYPE_CHECKING:
    from organizations.models import User
    from organizations.querysets import UnitQuerySet

GUIDANCE_FIELDS = (
    "milestone",
    "kind",
    "title",
    "paper_number",
    "paper_date",
    "text",
    "addressing",
    "unit_kinds",
)


@transaction.atomic
def save_guidance(*, guidance: Guidance, by: User, fields: dict[str, Any], units: Collection[Unit] = ()) -> Guidance:
    """Make or change a draft. Refused outside the own office, once it was published and in a closed programme."""
    if not by.access.covers(guidance.unit.path, *OFFICE_ROLES):
        raise WorkflowError(_("Chỉ Phòng Nội vụ soạn hướng dẫn."))
    _refuse_closed(guidance, by)
    if guidance.pk is None:
        guidance.made_by, guidance.made_at = by, clock.now()
    else:
        lock(guidance)
    if not guidance.is_draft:
        raise WorkflowError(_("Hướng dẫn đã ban hành nên không sửa được. Lập bản thay thế."))
    for name in GUIDANCE_FIELDS:
        if name in fields:
            setattr(guidance, name, fields[name])
    guidance.search_text = search_key(" ".join([guidance.title, guidance.paper_number, guidance.text]))
    guidance.save()
    guidance.chosen_units.set(units if guidance.addressing == GuidanceAddressing.CHOSEN else [])
    return guidance


def _refuse_closed(guidance: Guidance, by: User) -> None:
    if not (decision := programme_runs(guidance, by)):
        raise WorkflowError(decision.reason)


def addressed_units(guidance: Guidance) -> UnitQuerySet:
    """The units that are to read a guidance: of its programme, valid today, below the district."""
    units = Unit.objects.valid_on(clock.today()).within(guidance.unit.path).exclude(pk=guidance.unit_id)
    if guidance.addressing == GuidanceAddressing.KINDS:
        return units.filter(kind__in=guidance.unit_kinds)
    if guidance.addressing == GuidanceAddressing.CHOSEN:
        return units.filter(pk__in=guidance.chosen_units.values("pk"))
    return units


@transaction.atomic
def publish_guidance(*, guidance: Guidance, by: User) -> int:
    """Publish a draft: one row for each addressed unit, whose people are told; what it replaces stands no more.

    Returns how many units. Refused when no unit is addressed.
    """
    lock(guidance)
    units = list(addressed_units(guidance).values_list("pk", flat=True))
    if not units:
        raise WorkflowError(_("Chưa có đơn vị nào nhận hướng dẫn này. Chọn loại đơn vị hoặc từng đơn vị rồi làm lại."))
    changes = {"published_at": clock.now(), "published_by": by}
    apply(GUIDANCE_WORKFLOW, "publish", guidance, by=by, changes=changes)
    GuidanceUnit.objects.bulk_create(GuidanceUnit(guidance=guidance, unit_id=pk) for pk in units)
    guidance.enclosures.update(sent_at=clock.now())
    if guidance.replaces and guidance.replaces.is_standing:
        apply(GUIDANCE_WORKFLOW, "replace", guidance.replaces, by=by)
        letters.tell_replaced(guidance.replaces, guidance)
    letters.tell_units(guidance, [row.unit for row in guidance.addressed.select_related("unit")])
    return len(units)


def give_guidance(*, milestone: Milestone, units: Collection[int]) -> None:
    """Let units that are given a task now read the standing guidance for its milestone that addresses them."""
    for guidance in milestone.guidance.standing().select_related("programme__unit", "replaces"):
        _address_more(guidance, addressed_units(guidance).filter(pk__in=units))


def pass_guidance(*, tasks: Collection[UnitTask], before: Mapping[int, int]) -> None:
    """Let who takes tasks over read the standing guidance that the units before (task → unit) were to read for them."""
    taken = {(task.milestone_id, before[task.pk]): task.unit_id for task in tasks}
    rows = GuidanceUnit.objects.filter(
        guidance__in=Guidance.objects.standing().filter(milestone__in={milestone for milestone, _unit in taken}),
        unit__in={unit for _milestone, unit in taken},
    )
    gained: dict[Guidance, set[int]] = defaultdict(set)
    for row in rows.select_related("guidance__programme__unit", "guidance__replaces"):
        if unit := taken.get((row.guidance.milestone_id or 0, row.unit_id)):
            gained[row.guidance].add(unit)
    for guidance, units in gained.items():
        _address_more(guidance, Unit.objects.filter(pk__in=units))


def _address_more(guidance: Guidance, units: UnitQuerySet) -> None:
    """One row for each unit that has none, whose people are told."""
    fresh = list(units.exclude(pk__in=guidance.addressed.values("unit")))
    GuidanceUnit.objects.bulk_create(GuidanceUnit(guidance=guidance, unit=unit) for unit in fresh)
    letters.tell_units(guidance, fresh)


@transaction.atomic
def withdraw_guidance(*, guidance: Guidance, by: User, reason: str) -> None:
    """Take a guidance out of force, with a reason; the people of the units that were to follow it are told."""
    log = apply(GUIDANCE_WORKFLOW, "withdraw", guidance, by=by, reason=reason)
    if guidance.published_at:
        letters.tell_withdrawn(guidance, log.reason)


@transaction.atomic
def begin_replacement(*, guidance: Guidance, by: User) -> Guidance:
    """A draft with words and files of a published guidance, to replace it once published; one begun before if any."""
    lock(guidance)
    decision = GUIDANCE_WORKFLOW.check("replace", guidance, by)
    if not decision:
        raise WorkflowError(decision.reason)
    begun = guidance.replaced_by.exclude(state=GuidanceState.WITHDRAWN).first()
    if begun:
        return begun
    fields = {name: getattr(guidance, name) for name in GUIDANCE_FIELDS}
    new = Guidance(programme=guidance.programme, replaces=guidance)
    save_guidance(guidance=new, by=by, fields=fields, units=list(guidance.chosen_units.all()))
    share_enclosures(source=guidance, target=new, by=by)
    return new


def receipt_units(guidance: Guidance, user: User) -> list[int]:
    """The addressed units for which a person confirms: those in which the role is held, else those below it."""
    held = {unit for role, unit, _path in user.access.grants if role in UNIT_ROLES}
    addressed = set(guidance.addressed.values_list("unit", flat=True))
    return sorted(addressed & held) or sorted(addressed & set(user.reach(*UNIT_ROLES)))


@transaction.atomic
def confirm_reading(*, guidance: Guidance, by: User) -> int:
    """Note who read it, when, for which unit. Safe to repeat; returns for how many units it stands now."""
    units = receipt_units(guidance, by)
    if not units:
        raise WorkflowError(_("Hướng dẫn này không gửi cho đơn vị của tài khoản đang dùng."))
    if guidance.published_at is None:
        raise WorkflowError(GUIDANCE_WORKFLOW.wrong_state(guidance))
    ReadReceipt.objects.bulk_create(
        (ReadReceipt(guidance=guidance, unit_id=pk, user=by, read_at=clock.now()) for pk in units),
        ignore_conflicts=True,
    )
    return len(units)


@transaction.atomic
def remind_unread(*, guidance: Guidance, by: User) -> tuple[int, int]:
    """Remind the units that have not confirmed the reading, at most once a day.

    Returns how many units were told, and how many could not be, because nobody there has an account.
    """
    lock(guidance)
    if not by.access.covers(guidance.unit.path, *OFFICE_ROLES) or not guidance.is_standing:
        raise WorkflowError(_("Chỉ nhắc đọc hướng dẫn đang áp dụng của Phòng Nội vụ mình."))
    _refuse_closed(guidance, by)
    today = clock.today()
    if guidance.reminded_on == today:
        raise WorkflowError(_("Hôm nay đã nhắc rồi. Mỗi ngày chỉ nhắc một lần."))
    told, silent = letters.remind_unread(guidance, today)
    if not told:
        raise WorkflowError(
            _("Đơn vị chưa đọc đều chưa có tài khoản nên chưa nhắc được ai.")
            if silent
            else _("Tất cả đơn vị đã đọc, không còn ai để nhắc.")
        )
    guidance.reminded_on = today
    guidance.save(update_fields=["reminded_on"])
    record(
        kind=EventKind.SETTING,
        action="guidance.remind",
        actor=by,
        subject=Subject("guidance", guidance.pk, str(guidance), guidance.unit_id),
        data={"units": told},
    )
    return told, silent


@transaction.atomic
def ask_question(
    *, by: User, unit: Unit, text: str, guidance: Guidance | None = None, milestone: Milestone | None = None
) -> Question:
    """Ask the office about a guidance or a milestone; its reviewers are told."""
    if not by.access.covers(unit.path, *UNIT_ROLES):
        raise WorkflowError(_("Chỉ người của đơn vị đặt câu hỏi cho đơn vị mình."))
    if not text.strip():
        raise WorkflowError(_("Ghi câu hỏi."))
    question = Question.objects.create(
        guidance=guidance, milestone=milestone, unit=unit, text=text.strip(), asked_at=clock.now(), asked_by=by
    )
    letters.tell_asked(question)
    return question


@transaction.atomic
def answer_question(
    *, question: Question, by: User, answer: str, publish_as: str = "", published_text: str = ""
) -> Guidance | None:
    """Answer a question; with a title it is also published to all units as "hỏi đáp", without the name of who asked.

    `published_text` is the question as all units read it; the words of the unit when it is not given.
    """
    if not answer.strip():
        raise WorkflowError(_("Ghi câu trả lời."))
    changes = {"answer": answer.strip(), "answered_at": clock.now(), "answered_by": by}
    apply(QUESTION_WORKFLOW, "answer", question, by=by, changes=changes)
    letters.tell_answered(question)
    return _publish_answer(question, by, publish_as, published_text) if publish_as.strip() else None


def _publish_answer(question: Question, by: User, title: str, asked: str) -> Guidance:
    about = question.milestone or (question.guidance.milestone if question.guidance else None)
    text = _("Hỏi: %(question)s\n\nTrả lời: %(answer)s") % {
        "question": asked.strip() or question.text,
        "answer": question.answer,
    }
    fields = {
        "kind": GuidanceKind.ANSWER,
        "title": shorten(title, 200),
        "text": text,
        "milestone": about,
        "addressing": GuidanceAddressing.ALL,
    }
    guidance = save_guidance(guidance=Guidance(programme=question.programme), by=by, fields=fields)
    publish_guidance(guidance=guidance, by=by)
    question.published_as = guidance
    question.save(update_fields=["published_as"])
    return guidance
