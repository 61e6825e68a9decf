"""What the head of the office decides about a programme: its plan, legal bases, goals, clone and close."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from campaigns.models import LegalBasis, Milestone, Programme, UnitGoal, UnitTask
from campaigns.years import shift_date, shift_words, without_documents
from core import clock
from core.audit import Subject, record
from core.audit.models import EventKind
from core.numbers import format_number
from core.workflow import WorkflowError
from organizations.enums import Role
from organizations.models import Unit

from .extensions import drop_open

if TYPE_CHECKING:
    from organizations.models import User

#: What a programme may have written anew.
FIELDS = [
    *("name", "plan_number", "plan_date", "issuer", "signer", "signer_title", "starts", "ends", "ladder"),
    *("leader_from", "office_from", "reminders_on"),
]
_COPIED = [
    *("tier", "duty", "series", "addressing", "unit_kinds", "block_id", "asks_text", "asks_figures"),
    *("asks_files", "figures", "ladder", "position"),
]


def refuse_others(programme: Programme, by: User) -> None:
    """Only the head of the office of the programme's district decides."""
    if not by.access.covers(programme.unit.path, Role.INTERIOR_HEAD):
        raise WorkflowError(_("Chỉ Trưởng phòng Nội vụ thay đổi được chương trình và các mốc."))


def refuse_closed(programme: Programme) -> None:
    """A closed programme is history."""
    if programme.is_closed:
        raise WorkflowError(_("Chương trình đã đóng nên không thay đổi được nữa."))


def note(programme: Programme, by: User, action: str, *, reason: str = "", **data: Any) -> None:
    """Write a decision into the chained log."""
    record(
        kind=EventKind.SETTING,
        action=action,
        actor=by,
        roles=frozenset({Role.INTERIOR_HEAD.value}),
        subject=Subject("programme", programme.pk, programme.code, programme.unit_id),
        reason=reason,
        data=data or None,
    )


@transaction.atomic
def save_programme(*, programme: Programme, by: User, values: Mapping[str, Any]) -> list[str]:
    """Write the plan's particulars anew; returns the names of the fields that changed.

    Refused for others than the head, for a closed programme, and when a milestone would lie outside the period.
    """
    programme = Programme.objects.select_for_update(of=("self",)).select_related("unit").get(pk=programme.pk)
    refuse_others(programme, by)
    refuse_closed(programme)
    changed = [name for name in FIELDS if name in values and getattr(programme, name) != values[name]]
    for name in changed:
        setattr(programme, name, values[name])
    if outside := programme.milestones.exclude(due__range=(programme.starts, programme.ends)).first():
        raise WorkflowError(_("Mốc “%(title)s” sẽ nằm ngoài giai đoạn. Đổi ngày của mốc trước.") % {"title": outside})
    if changed:
        programme.save(update_fields=changed)
        note(programme, by, "programme.save", fields=sorted(changed))
    return changed


@transaction.atomic
def add_basis(*, programme: Programme, by: User, values: Mapping[str, Any]) -> LegalBasis:
    """Let the programme cite a document; one that is known by its number is taken as it stands."""
    refuse_others(programme, by)
    refuse_closed(programme)
    basis, _made = LegalBasis.objects.get_or_create(number=values["number"], defaults=dict(values))
    programme.legal_bases.add(basis)
    note(programme, by, "programme.add_basis", basis=basis.number)
    return basis


@transaction.atomic
def remove_basis(*, programme: Programme, by: User, basis: LegalBasis) -> None:
    """Let the programme cite a document no more; the document itself stays in the register."""
    refuse_others(programme, by)
    refuse_closed(programme)
    programme.legal_bases.remove(basis)
    note(programme, by, "programme.remove_basis", basis=basis.number)


@transaction.atomic
def save_goals(*, programme: Programme, by: User, goals: Mapping[int, int | None]) -> int:
    """Set how many exemplars units aim at, None taking a goal away; returns how many rows changed."""
    refuse_others(programme, by)
    refuse_closed(programme)
    stored = {goal.unit_id: goal for goal in programme.goals.select_for_update()}
    changed = 0
    for unit, wanted in goals.items():
        goal = stored.get(unit)
        if wanted is None and goal:
            goal.delete()
        elif wanted is not None and goal and goal.exemplars != wanted:
            goal.exemplars = wanted
            goal.save(update_fields=["exemplars"])
        elif wanted is not None and not goal:
            UnitGoal.objects.create(programme=programme, unit_id=unit, exemplars=wanted)
        else:
            continue
        changed += 1
    if changed:
        note(programme, by, "programme.goals", changed=changed)
    return changed


@transaction.atomic
def clone_programme(*, programme: Programme, by: User) -> Programme:
    """Prepare the next period beside the running one: dates and years moved by the whole length of the period.

    Milestones come unpublished. What the old plan alone gives is left out: its number, date and quotes, its events, and
    in names and texts the numbers of documents that the next period does not cite. Refused when that is there already.
    """
    refuse_others(programme, by)
    span = programme.ends.year - programme.starts.year + 1
    starts, ends = shift_date(programme.starts, span), shift_date(programme.ends, span)
    bases = programme.legal_bases.exclude(number=programme.plan_number)
    words = Words(programme, span, kept=set(bases.values_list("number", flat=True)))
    try:
        with transaction.atomic():
            fresh = Programme.objects.create(
                code=words.moved(programme.code),
                name=words.moved(programme.name),
                unit=programme.unit,
                issuer=programme.issuer,
                starts=starts,
                ends=ends,
                previous=programme,
                ladder=programme.ladder,
                leader_from=programme.leader_from,
                office_from=programme.office_from,
            )
    except IntegrityError:
        raise WorkflowError(_("Giai đoạn sau đã được chuẩn bị rồi.")) from None
    fresh.legal_bases.set(bases)
    olds = programme.milestones.without_events().order_by("position", "pk").prefetch_related("chosen_units")
    made = {old.pk: _clone_milestone(old, fresh, words) for old in olds}
    for old in olds:
        if source := made.get(old.assembles_id or 0):
            made[old.pk].assembles = source
            made[old.pk].save(update_fields=["assembles"])
    note(fresh, by, "programme.clone", previous=programme.code, milestones=len(made))
    return fresh


class Words:
    """A programme's texts moved on with its dates; `kept` are the numbers of documents that hold in both periods."""

    def __init__(self, programme: Programme, span: int, kept: Collection[str]) -> None:
        self.span, self.kept = span, kept
        self.first, self.last = programme.starts.year, programme.ends.year + span

    def moved(self, text: str) -> str:
        """The text with the years of this and the next period moved on, without documents of this one alone."""
        return shift_words(without_documents(text, self.kept) or text, self.span, self.first, self.last)


def _clone_milestone(old: Milestone, fresh: Programme, words: Words) -> Milestone:
    new = Milestone(programme=fresh, **{name: getattr(old, name) for name in _COPIED})
    for name in ("code", "title", "short_title", "text"):
        setattr(new, name, words.moved(getattr(old, name)))
    for name in ("opens", "due", "closes", "anchor"):
        day = getattr(old, name)
        setattr(new, name, day and shift_date(day, words.span))
    new.outline = [part | {key: words.moved(part.get(key, "")) for key in ("title", "hint")} for part in old.outline]
    new.dates_set_by_office = True
    new.save()
    valid = set(Unit.objects.valid_on(max(new.opens, clock.today())).values_list("pk", flat=True))
    new.chosen_units.set([unit for unit in old.chosen_units.all() if unit.pk in valid])
    return new


@transaction.atomic
def close_programme(*, programme: Programme, by: User, summary: str, reason: str = "") -> None:
    """Close a programme with its summary; nothing of it changes afterwards and nobody is reminded any more.

    Refused while units owe something, unless a reason is given.
    """
    programme = Programme.objects.select_for_update(of=("self",)).select_related("unit").get(pk=programme.pk)
    refuse_others(programme, by)
    refuse_closed(programme)
    if not summary.strip():
        raise WorkflowError(_("Ghi tóm tắt kết quả trước khi đóng chương trình."))
    owed = UnitTask.objects.owed().filter(milestone__programme=programme).count()
    if owed and not reason.strip():
        raise WorkflowError(
            _("Còn %(n)s nhiệm vụ các đơn vị chưa nộp. Ghi lý do nếu vẫn đóng chương trình.")
            % {"n": format_number(owed)}
        )
    programme.summary, programme.closed_at, programme.closed_by = summary.strip(), clock.now(), by
    programme.save(update_fields=["summary", "closed_at", "closed_by"])
    drop_open(programme=programme, by=by)
    note(programme, by, "programme.close", reason=reason.strip(), owed=owed)
