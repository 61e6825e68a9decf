"""What the head of the office decides about milestones: their content, removal, yearly repetition, exceptions."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.content import Section, sections_of
from campaigns.models import Milestone, Programme, ReminderException, TaskReport
from campaigns.years import shift_date, shift_words
from core import clock
from core.dates import format_date
from core.workflow import WorkflowError, lock
from organizations.models import Unit

from .programme import note, refuse_closed, refuse_others

if TYPE_CHECKING:
    from organizations.models import User

#: The dates of a published milestone change by `change_due` alone, because tasks stand on them.
DATES = ("opens", "due", "closes")
_REPEATED = [
    *("title", "short_title", "text", "quote", "tier", "duty", "addressing", "unit_kinds", "block_id"),
    *("asks_text", "asks_figures", "asks_files", "outline", "figures", "ladder", "position"),
]


@transaction.atomic
def save_milestone(*, milestone: Milestone, by: User, values: Mapping[str, Any], chosen: Iterable[Unit]) -> Milestone:
    """Write a milestone, new or known; of a published one dates and tier stay. Refused outside the period."""
    programme = milestone.programme
    refuse_others(programme, by)
    refuse_closed(programme)
    fresh = milestone.pk is None
    if not fresh:
        lock(milestone)
    kept = (*DATES, "tier") if milestone.is_published else ()
    before, written = [getattr(milestone, name) for name in DATES], sections_of(milestone)
    for name, value in values.items():
        if name not in kept:
            setattr(milestone, name, value)
    refuse_outside(programme, milestone.due)
    if milestone.is_published and milestone.is_event:
        raise WorkflowError(_("Mốc đã giao cho đơn vị nên phải giữ ít nhất một thứ đơn vị phải nộp."))
    if milestone.is_published:
        _refuse_hiding(milestone, written)
    if fresh:
        milestone.code = next_code(programme)
        milestone.position = programme.milestones.count() + 1
    if fresh or before != [getattr(milestone, name) for name in DATES]:
        milestone.dates_set_by_office = True
    milestone.save()
    milestone.chosen_units.set(chosen)
    note(programme, by, "milestone.add" if fresh else "milestone.save", milestone=milestone.code)
    return milestone


def _refuse_hiding(milestone: Milestone, before: Iterable[Section]) -> None:
    """Refuse an outline without a section, or with one as a mere chapter, in which units wrote already."""
    left = {section.key for section in sections_of(milestone)}
    gone = [section for section in before if section.key not in left]
    if not gone:
        return
    for texts in TaskReport.objects.filter(task__milestone=milestone).values_list("sections", flat=True).iterator():
        if hidden := next((section for section in gone if texts.get(section.key, "").strip()), None):
            words = _("Đơn vị đã viết ở mục “%(title)s” nên giữ mục này trong đề cương, không đặt mục con bên dưới.")
            raise WorkflowError(words % {"title": hidden.title})


def refuse_outside(programme: Programme, due: datetime.date) -> None:
    """A due date lies within the period."""
    if not programme.starts <= due <= programme.ends:
        raise WorkflowError(
            _("Hạn nộp phải trong giai đoạn của chương trình, từ %(first)s đến %(last)s.")
            % {"first": format_date(programme.starts), "last": format_date(programme.ends)}
        )


def next_code(programme: Programme) -> str:
    """A code that no milestone of the programme has."""
    taken = set(programme.milestones.values_list("code", flat=True))
    return next(code for number in range(1, len(taken) + 2) if (code := f"MR{number}") not in taken)


def why_not_deleted(milestone: Milestone) -> str:
    """Why a milestone stays; "" when it may be deleted: it was never given out and nothing stands on it."""
    if milestone.is_published or milestone.tasks.exists():
        return _("Mốc đã công bố: đơn vị đã có nhiệm vụ nên mốc được giữ lại.")
    if user := milestone.assembled_by.first():
        return _("“%(title)s” tổng hợp từ mốc này. Sửa mốc đó trước.") % {"title": user.title}
    if milestone.guidance.exists() or milestone.questions.exists():
        return _("Có hướng dẫn hoặc câu hỏi gắn với mốc này nên mốc được giữ lại.")
    return ""


@transaction.atomic
def delete_milestone(*, milestone: Milestone, by: User) -> None:
    """Take a milestone away that was never published; log and field history keep what it was.

    Refused for others than the head, for a closed programme, and while something stands on it.
    """
    programme = milestone.programme
    refuse_others(programme, by)
    refuse_closed(programme)
    lock(milestone)
    if why := why_not_deleted(milestone):
        raise WorkflowError(why)
    note(programme, by, "milestone.delete", milestone=milestone.code, title=milestone.title)
    milestone._history_user = by  # type: ignore[attr-defined]  # read by simple_history
    milestone.delete()


def why_not_repeated(milestone: Milestone) -> str:
    """Why a milestone is not repeated; "" when it may be.

    A series covers its year, so reports under way on one that covers the whole programme would change their figures.
    """
    if milestone.is_published and not milestone.series:
        return _(
            "Mốc đã công bố không phải mốc hằng năm: lặp lại sẽ đổi kỳ tính số liệu của báo cáo đang viết. "
            "Thêm một mốc mới cho việc hằng năm rồi lặp lại mốc đó trước khi công bố."
        )
    return ""


def missing_years(milestone: Milestone) -> list[int]:
    """The years of the period for which repeating would make a milestone."""
    programme = milestone.programme
    same = programme.milestones.filter(series=milestone.series) if milestone.series else Milestone.objects.none()
    taken = {milestone.due.year, *(due.year for due in same.values_list("due", flat=True))}
    years = set(range(programme.starts.year, programme.ends.year + 1)) - taken
    return sorted(
        year
        for year in years
        if programme.starts <= shift_date(milestone.due, year - milestone.due.year) <= programme.ends
    )


@transaction.atomic
def repeat_milestone(*, milestone: Milestone, by: User) -> list[Milestone]:
    """Repeat a yearly milestone into the years of the period that have none of its series; returns the new ones.

    They come unpublished, each assembled from the milestone of its own year. 29 February becomes the 28th where there
    is none. Refused for a published milestone that was not yearly.
    """
    programme = Programme.objects.select_for_update(of=("self",)).select_related("unit").get(pk=milestone.programme_id)
    refuse_others(programme, by)
    refuse_closed(programme)
    lock(milestone)
    if why := why_not_repeated(milestone):
        raise WorkflowError(why)
    if not milestone.series:
        milestone.series = milestone.code[:20]
        milestone.save(update_fields=["series"])
    made = [_copy_into(milestone, programme, year - milestone.due.year) for year in missing_years(milestone)]
    if made:
        note(programme, by, "milestone.repeat", milestone=milestone.code, years=[copy.due.year for copy in made])
    return made


def _copy_into(milestone: Milestone, programme: Programme, years: int) -> Milestone:
    copy = Milestone(programme=programme, series=milestone.series, dates_set_by_office=True)
    for name in _REPEATED:
        setattr(copy, name, getattr(milestone, name))
    for name in ("title", "short_title", "text"):
        setattr(copy, name, shift_words(getattr(milestone, name), years, milestone.due.year, milestone.due.year))
    for name in (*DATES, "anchor"):
        day = getattr(milestone, name)
        setattr(copy, name, day and shift_date(day, years))
    copy.code = f"{milestone.series[:15]}-{copy.due.year}"
    if programme.milestones.filter(code=copy.code).exists():
        copy.code = next_code(programme)
    copy.assembles = _assembled_in(milestone, years)
    copy.save()
    copy.chosen_units.set(milestone.chosen_units.all())
    return copy


def _assembled_in(milestone: Milestone, years: int) -> Milestone | None:
    """What the repetition of a milestone is assembled from: the same duty of the units so many years away."""
    source = milestone.assembles
    if source is None or not source.series:
        return None
    same = milestone.programme.milestones.filter(series=source.series, due__year=source.due.year + years)
    return same.order_by("pk").first()


@transaction.atomic
def add_exception(*, milestone: Milestone, by: User, unit: Unit, reason: str) -> ReminderException:
    """Leave one unit out of the reminders of a milestone, with the reason; urging by hand stays possible."""
    refuse_others(milestone.programme, by)
    refuse_closed(milestone.programme)
    if not reason.strip():
        raise WorkflowError(_("Ghi lý do không nhắc đơn vị này."))
    row, _made = ReminderException.objects.update_or_create(
        milestone=milestone,
        unit=unit,
        defaults={"reason": reason.strip(), "made_by": by, "made_at": clock.now()},
    )
    reason, names = reason.strip(), {"milestone": milestone.code}
    note(milestone.programme, by, "milestone.exception", reason=reason, unit=unit.pk, **names)
    return row


@transaction.atomic
def remove_exception(*, exception: ReminderException, by: User) -> None:
    """Remind the unit again from now on."""
    milestone = exception.milestone
    refuse_others(milestone.programme, by)
    refuse_closed(milestone.programme)
    exception.delete()
    note(milestone.programme, by, "milestone.remind_again", milestone=milestone.code, unit=exception.unit_id)
