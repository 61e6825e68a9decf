"""What a report says: its sections, its figures with what the portal counts itself, its files, and what is missing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from core import clock
from core.numbers import format_number

from .assembly import assembled_figures
from .enums import FileKind, TaskState
from .figures import Figure, Period, figures_of, period_of, units_of
from .models import TaskFile, TaskReport, UnitTask

if TYPE_CHECKING:
    import datetime

    from django.db.models import QuerySet

    from .models import Milestone

#: The anchors of the parts of the form that are no section of the outline.
FIGURES, FILES = "so-lieu", "tep"


@dataclass(frozen=True)
class Section:
    """A section of the outline that is written; `chapter` is the title of the part that it belongs to, if any."""

    key: str
    title: str
    hint: str = ""
    is_required: bool = True
    chapter: str = ""

    @property
    def field(self) -> str:
        """The name of its field in the form, and the target of remarks."""
        return f"section-{self.key.replace('.', '-')}"

    @property
    def anchor(self) -> str:
        return f"muc-{self.key.replace('.', '-')}"


@dataclass(frozen=True)
class Known:
    """What the portal counts for a figure, and the list that holds exactly so many rows."""

    value: Decimal
    url: str


@dataclass(frozen=True)
class FigureLine:
    """A figure of a report: what is known, what was typed instead and why."""

    figure: Figure
    known: Known | None
    typed: Decimal | None
    reason: str

    @property
    def value(self) -> Decimal | None:
        """The figure of the report: typed, else counted. 0 is a figure."""
        if self.typed is not None:
            return self.typed
        return self.known.value if self.known else None

    @property
    def differs(self) -> bool:
        return self.known is not None and self.typed is not None and self.typed != self.known.value

    @property
    def field(self) -> str:
        return f"figure-{self.figure.code}"

    @property
    def reason_field(self) -> str:
        return f"reason-{self.figure.code}"


@dataclass(frozen=True)
class Missing:
    """Something that a report still lacks; `target` is its place in the form, `name` what it is inside a sentence."""

    part: str
    target: str
    message: str
    name: str


def sections_of(milestone: Milestone) -> list[Section]:
    """What is written, by the outline of a milestone that asks for text; without one a single section.

    A part with numbered parts below it (II above II.1) is a chapter: it has a title and is not written itself.
    """
    if not milestone.asks_text:
        return []
    rows = milestone.outline or [{"key": "noi-dung", "title": _("Nội dung báo cáo")}]
    titles = {row["key"]: row["title"] for row in rows}
    chapters = chapter_keys(titles)
    return [
        Section(
            row["key"],
            row["title"],
            row.get("hint", ""),
            row.get("required", True),
            titles.get(row["key"].rpartition(".")[0], ""),
        )
        for row in rows
        if row["key"] not in chapters
    ]


def chapter_keys(keys: Collection[str]) -> set[str]:
    """The keys of an outline with others below them."""
    return {above for key in keys if (above := key.rpartition(".")[0]) in keys}


def report_of(task: UnitTask) -> TaskReport:
    """The report of a task; before its first save an empty one that is not stored."""
    try:
        return task.report
    except TaskReport.DoesNotExist:
        return TaskReport(task=task, as_of=clock.today())


def known_figures(task: UnitTask, as_of: datetime.date) -> dict[str, Known]:
    """What the portal counts for the figures of a task as of a day: one query a figure.

    They are those of the unit that the task was given to: a successor that answers for several counts each once. A
    report that is assembled takes the totals of the accepted reports below it.
    """
    milestone = task.milestone
    if milestone.assembles_id:
        return {code: Known(total, url) for code, (total, url) in assembled_figures(task).items()}
    counted = [figure for figure in figures_of(milestone) if figure.is_counted]
    if not counted:
        return {}
    period, units = period_of(milestone, as_of), units_of(task.given_to, as_of)
    return {figure.code: _counted(figure, task, units, period) for figure in counted}


def _counted(figure: Figure, task: UnitTask, units: list[int], period: Period) -> Known:
    assert figure.count is not None
    url = figure.list_url(task.given_to, period.first, period.last) if figure.list_url else ""
    return Known(Decimal(figure.count(units, period.first, period.last)), url)


def figure_lines(task: UnitTask, report: TaskReport, known: Mapping[str, Known] | None = None) -> list[FigureLine]:
    """The figures that a task asks for, as the report has them now."""
    if known is None:
        known = known_figures(task, report.as_of)
    return [_line(figure, known.get(figure.code), report) for figure in figures_of(task.milestone)]


def _line(figure: Figure, known: Known | None, report: TaskReport) -> FigureLine:
    kept = report.figures.get(figure.code, {})
    return FigureLine(figure, known, as_number(kept.get("typed")), kept.get("reason", ""))


def as_number(text: str | None) -> Decimal | None:
    """The number that a JSON column keeps as text."""
    return None if text in (None, "") else Decimal(str(text))


def as_text(number: Decimal | int | None) -> str | None:
    """A number as a JSON column keeps it: exact, without an exponent."""
    if number is None:
        return None
    return f"{Decimal(number).normalize():f}"


def report_content(task: UnitTask, report: TaskReport) -> dict[str, Any]:
    """All that a report says now, in the shape of a frozen version."""
    return {
        "sections": [
            {"key": s.key, "title": s.title, "text": report.sections.get(s.key, ""), "chapter": s.chapter}
            for s in sections_of(task.milestone)
        ],
        "figures": [_figure_row(line) for line in figure_lines(task, report)],
        "files": [file_row(file) for file in task.files.present()],
        "as_of": report.as_of.isoformat(),
    }


def _figure_row(line: FigureLine) -> dict[str, Any]:
    return {
        "code": line.figure.code,
        "label": str(line.figure.label),
        "known": as_text(line.known.value) if line.known else None,
        "typed": as_text(line.value),
        "reason": line.reason if line.differs else "",
        "url": line.known.url if line.known else "",
    }


def file_row(file: TaskFile) -> dict[str, Any]:
    """A file as versions name it."""
    return {"id": file.pk, "kind": file.kind, "name": file.original_name, "size": file.size}


def missing_items(task: UnitTask, report: TaskReport | None = None) -> list[Missing]:
    """Everything that the report lacks, all at once, in the order of the form."""
    report = report or report_of(task)
    is_signed = task.milestone.asks_files and _signed().filter(task=task).exists()
    lines = figure_lines(task, report)
    return [*_missing_text(task, report), *_missing_figures(lines), *_missing_files(task, is_signed)]


def _signed() -> QuerySet[TaskFile]:
    return TaskFile.objects.present().filter(kind=FileKind.SIGNED)


def typed_figures(task: UnitTask, report: TaskReport) -> list[FigureLine]:
    """The figures that only the unit knows: what the portal counts, or adds up, is asked of nobody."""
    if task.milestone.assembles_id:
        return []
    return [line for line in figure_lines(task, report, {}) if not line.figure.is_counted]


def _missing_text(task: UnitTask, report: TaskReport) -> Iterator[Missing]:
    sections = sections_of(task.milestone)
    if _asks_for_any(sections) and not any(report.sections.get(s.key, "").strip() for s in sections):
        first = sections[0]
        words = _("Viết ít nhất một mục của báo cáo.")
        yield Missing(first.anchor, f"id_{first.field}", words, _("nội dung báo cáo"))
    for section in sections:
        if section.is_required and not report.sections.get(section.key, "").strip():
            title = {"title": section.title}
            name = _("mục “%(title)s”") % title if task.milestone.outline else _("nội dung báo cáo")
            yield Missing(section.anchor, f"id_{section.field}", _("Viết mục “%(title)s”.") % title, name)


def _asks_for_any(sections: Sequence[Section]) -> bool:
    """Whether text is asked for and no section is required: one of them, whichever, must be there."""
    return bool(sections) and not any(section.is_required for section in sections)


def _missing_figures(lines: Iterable[FigureLine]) -> Iterator[Missing]:
    for line in lines:
        label = {"label": line.figure.label}
        name = _("số “%(label)s”") % label
        if line.value is None:
            words = _("Nhập số “%(label)s”. Không có thì ghi 0.") % label
            yield Missing(FIGURES, f"id_{line.field}", words, name)
        elif line.differs and not line.reason.strip():
            words = _("Ghi lý do số “%(label)s” khác số trong sổ (%(known)s).") % {
                **label,
                "known": format_number(line.known.value),  # type: ignore[union-attr]  # it differs from a known one
            }
            yield Missing(FIGURES, f"id_{line.reason_field}", words, name)


def _missing_files(task: UnitTask, is_signed: bool) -> Iterator[Missing]:
    if task.milestone.asks_files and not is_signed:
        words = _("Thêm bản báo cáo có chữ ký, đóng dấu (bản chụp hoặc PDF).")
        yield Missing(FILES, "id_signed", words, _("tệp báo cáo có chữ ký"))


@dataclass(frozen=True)
class Standing:
    """How far a report is: how many items the unit itself must give, and those that are missing."""

    wanted: int
    missing: list[Missing]
    is_returned: bool


def standings_of(ids: Collection[int]) -> dict[int, Standing]:
    """How far the reports of tasks are, without counting anything for their figures: two queries for all."""
    tasks = UnitTask.objects.filter(pk__in=ids).select_related("milestone", "report").order_by()
    signed = set(_signed().filter(task__in=ids).order_by().values_list("task_id", flat=True))
    return {task.pk: _standing(task, task.pk in signed) for task in tasks}


def _standing(task: UnitTask, is_signed: bool) -> Standing:
    report = report_of(task)
    lines = typed_figures(task, report)
    sections = sections_of(task.milestone)
    required = sum(section.is_required for section in sections) + _asks_for_any(sections)
    missing = [*_missing_text(task, report), *_missing_figures(lines), *_missing_files(task, is_signed)]
    wanted = required + len(lines) + task.milestone.asks_files
    return Standing(wanted, missing, task.state == TaskState.RETURNED)


@dataclass(frozen=True)
class Part:
    """A part of the form in the task index."""

    code: str
    label: str
    started: bool
    missing: int
    optional: bool = False

    @property
    def url(self) -> str:
        return f"#{self.code}"

    @property
    def look(self) -> str:
        return "open" if not self.started else "missing" if self.missing else "done"

    @property
    def word(self) -> str:
        """What the index says of the part."""
        if not self.started:
            return _("Không bắt buộc") if self.optional else _("Chưa làm")
        return _("Còn thiếu %(count)d mục") % {"count": self.missing} if self.missing else _("Xong")


def parts_of(task: UnitTask, report: TaskReport) -> list[Part]:
    """The parts of the form, with how far each is."""
    milestone, missing = task.milestone, missing_items(task, report)
    parts = [
        Part(s.anchor, s.title, bool(report.sections.get(s.key, "").strip()), _count(missing, s.anchor))
        for s in sections_of(milestone)
    ]
    if figures_of(milestone):
        lacking = _count(missing, FIGURES)
        started = bool(report.figures) or lacking < len(figures_of(milestone))
        parts.append(Part(FIGURES, _("Số liệu"), started, lacking))
    has_files = task.files.present().exists()
    lacking = _count(missing, FILES)
    parts.append(Part(FILES, _("Tệp kèm theo"), has_files, lacking, optional=not milestone.asks_files))
    return parts


def _count(missing: list[Missing], part: str) -> int:
    return sum(item.part == part for item in missing)
