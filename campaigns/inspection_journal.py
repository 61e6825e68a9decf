"""What the chain of the log must agree with about visits, recommendations, guidance and questions, and its words."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.audit.chain import Mirrored, Standing, register_mirror
from core.audit.words import register_names, register_words
from core.files.keeping import register_folder
from core.readonly import register_writing_read

from .guidance_enums import GuidanceState, QuestionState
from .guidance_workflow import GUIDANCE_WORKFLOW, QUESTION_WORKFLOW
from .inspection_enums import FollowUpState, VisitState
from .inspection_workflow import FOLLOW_UP_WORKFLOW, VISIT_WORKFLOW
from .models import (
    Enclosure,
    FollowUp,
    FollowUpTransition,
    Guidance,
    GuidanceTransition,
    Question,
    QuestionTransition,
    Visit,
    VisitTransition,
)
from .models.enclosure import FOLDER

_CHUNK = 5000
_COLUMNS = ("pk", "record", "at", "name", "actor", "source", "target", "reason")
_LOGS = {
    "visit": VisitTransition,
    "followup": FollowUpTransition,
    "guidance": GuidanceTransition,
    "question": QuestionTransition,
}
_RECORDS = {
    "visit": (Visit, VisitState.PLANNED),
    "followup": (FollowUp, FollowUpState.DRAFT),
    "guidance": (Guidance, GuidanceState.DRAFT),
    "question": (Question, QuestionState.OPEN),
}
_TABLES = {
    "visit": VISIT_WORKFLOW,
    "followup": FOLLOW_UP_WORKFLOW,
    "guidance": GUIDANCE_WORKFLOW,
    "question": QUESTION_WORKFLOW,
}
_WORDS = {
    "inspection_plan.announce": _("Thông báo kế hoạch kiểm tra cho đơn vị"),
    "inspection_plan.change": _("Sửa kế hoạch kiểm tra, khảo sát"),
    "inspection_plan.add_units": _("Thêm đơn vị vào kế hoạch kiểm tra"),
    "inspection_plan.team": _("Đổi thành viên đoàn kiểm tra"),
    "guidance.remind": _("Nhắc đơn vị chưa đọc hướng dẫn"),
    "followup.download": _("Mở tệp của kiến nghị sau kiểm tra"),
}


def steps() -> Iterator[Mirrored]:
    """Every step of every record, as the chain should hold it."""
    for kind, model in _LOGS.items():
        rows = model._base_manager.order_by("pk").values_list(*_COLUMNS)
        for pk, record, at, name, *told in rows.iterator(chunk_size=_CHUNK):
            yield (kind, pk, record, at, f"{kind}.{name}", *told)


def standings() -> Iterator[Standing]:
    """The state of every record, and that of one without a step."""
    for kind, (model, first) in _RECORDS.items():
        for pk, state in model._base_manager.order_by("pk").values_list("pk", "state").iterator(chunk_size=_CHUNK):
            yield kind, pk, state, first


def claimed_files() -> Iterator[str]:
    """Names of the files that rows give."""
    for row in Enclosure.objects.values_list("file", "thumbnail").iterator():
        yield from row


def visit_names(keys: Collection[int]) -> dict[int, str]:
    """Plan and unit of visits."""
    rows = Visit._base_manager.filter(pk__in=keys).values_list("pk", "plan__title", "unit__short_name")
    return {pk: f"{title}: {unit}" for pk, title, unit in rows}


def follow_up_names(keys: Collection[int]) -> dict[int, str]:
    """Number and unit of recommendations."""
    rows = FollowUp._base_manager.filter(pk__in=keys).values_list("pk", "position", "visit__unit__short_name")
    return {pk: gettext("Kiến nghị %(number)s: %(unit)s") % {"number": place, "unit": unit} for pk, place, unit in rows}


def question_names(keys: Collection[int]) -> dict[int, str]:
    """The units that asked."""
    rows = Question._base_manager.filter(pk__in=keys).values_list("pk", "unit__short_name")
    return {pk: gettext("Câu hỏi của %(unit)s") % {"unit": unit} for pk, unit in rows}


def register() -> None:
    """Let `verify_audit` compare the steps with the chain, its page name them, and the sweep know the files."""
    register_mirror(steps, standings)
    for kind, table in _TABLES.items():
        register_words({f"{kind}.{row.name}": row.label for row in table.transitions})
    register_words(_WORDS)
    for kind, names in (("visit", visit_names), ("followup", follow_up_names), ("question", question_names)):
        register_names(kind, names)
    register_folder(FOLDER, claimed_files)
    register_writing_read("campaigns:enclosure", "opening a document is logged: it may hold personal data")
