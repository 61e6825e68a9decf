from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.models import Programme
from core import clock
from core.text import name_sort_key, search_key, shorten
from core.workflow import WorkflowError, lock
from models_registry.duplicates import index_names
from models_registry.enums import Category
from models_registry.models import Achievement, CriterionClaim, Exemplar, ExemplarSearch
from organizations.enums import Role

if TYPE_CHECKING:
    from organizations.models import Unit, User

#: The fields that a unit may write; nothing else that is posted reaches a record.
CONTENT_FIELDS = frozenset(
    {
        "full_name",
        "title",
        "gender",
        "birth_year",
        "birth_date",
        "occupation",
        "position",
        "workplace",
        "hamlet",
        "phone",
        "head_name",
        "spouse_name",
        "founded_year",
        "member_count",
        "proposed_by",
        "happened_on",
        "model_owner",
        "model_start_year",
        "model_scale",
        "political_task",
        "field",
        "sub_field",
        "movement",
        "summary",
        "context",
        "deeds",
        "results",
        "economic_value",
        "social_meaning",
        "causes",
        "measures",
        "lessons",
        "grassroots",
        "direct_labour",
        "sudden",
        "carried_over",
        "consent_publish",
        "consent_on",
        "consent_note",
    }
)
#: Characters of the story that stand for the summary of a good deed.
_LEAD = 300
_SEARCHED_PUBLICLY = ("full_name", "title", "occupation", "summary")
_SEARCHED = (
    "full_name",
    "title",
    "head_name",
    "spouse_name",
    "model_owner",
    "proposed_by",
    "hamlet",
    "summary",
    "workplace",
)


@dataclass(frozen=True)
class AchievementInput:
    """One line of the achievements as it was read from the form."""

    description: str
    figure: Decimal | None = None
    measure: str = ""
    period: str = ""


@dataclass(frozen=True)
class DraftInput:
    """What a save writes: only what is given is touched."""

    fields: dict[str, Any]
    claims: dict[int, tuple[bool | None, str]] = field(default_factory=dict)
    achievements: list[AchievementInput] | None = None


@dataclass(frozen=True)
class SaveResult:
    """The version that stands now."""

    version: int


@transaction.atomic
def create_draft(
    *, unit: Unit, by: User, fields: dict[str, Any], promoted_from: Exemplar | None = None, **kind: str
) -> Exemplar:
    """Begin a draft for `unit`, optionally grown from a smaller record. Refused to who is no officer over it."""
    if not by.access.covers(unit.path, Role.OFFICER):
        raise WorkflowError(_("Chỉ cán bộ phụ trách của đơn vị đăng ký được điển hình của đơn vị."))
    today = clock.today()
    programme = Programme.objects.filter(starts__lte=today, ends__gte=today).order_by("-starts").first()
    exemplar = Exemplar(
        unit=unit,
        programme=programme,
        registered_by=by,
        registered_on=today,
        saved_at=clock.now(),
        saved_by=by,
        promoted_from=promoted_from,
        **{name: value for name, value in fields.items() if name in CONTENT_FIELDS},
        **kind,
    )
    exemplar.sort_key = name_sort_key(exemplar.full_name)
    exemplar.save()
    index_for_search(exemplar)
    return exemplar


@transaction.atomic
def save_draft(*, exemplar: Exemplar, by: User, data: DraftInput, seen_version: int) -> SaveResult:
    """Write the content of a draft or returned record and count its version.

    Refused when the record is not open to the unit, or when another save came after `seen_version`
    (`StaleVersion`): the caller then merges and asks.
    """
    lock(exemplar)
    refuse_closed(exemplar, by)
    if exemplar.version != seen_version:
        raise StaleVersion(exemplar)
    write_content(exemplar, by, data)
    return SaveResult(exemplar.version)


def write_content(exemplar: Exemplar, by: User, data: DraftInput) -> None:
    """Write content into a record that the caller has locked and judged; counts the version."""
    led = has_lead(exemplar)
    for name, value in data.fields.items():
        if name in CONTENT_FIELDS:
            setattr(exemplar, name, value)
    stamp(exemplar, by, lead=led)
    exemplar.save()
    _save_claims(exemplar, data.claims)
    if data.achievements is not None:
        _save_achievements(exemplar, data.achievements)
    index_for_search(exemplar)


class StaleVersion(Exception):
    """Somebody saved the record after the form was opened; `exemplar` holds what stands now."""

    def __init__(self, exemplar: Exemplar) -> None:
        super().__init__(exemplar.pk)
        self.exemplar = exemplar


def has_lead(exemplar: Exemplar) -> bool:
    """Whether nobody wrote the summary: it is empty, or the beginning of the story."""
    return exemplar.summary in ("", shorten(exemplar.deeds, _LEAD))


def stamp(exemplar: Exemplar, by: User, *, lead: bool) -> None:
    """Count a save of the content and note who made it; with `lead` the summary follows the story of a good deed."""
    exemplar.version += 1
    exemplar.saved_at = clock.now()
    exemplar.saved_by = by
    exemplar.sort_key = name_sort_key(exemplar.full_name)
    if exemplar.category == Category.GOOD_DEED and lead:
        # The light form asks for no summary; lists and search read the beginning of the story.
        exemplar.summary = shorten(exemplar.deeds, _LEAD)


def refuse_closed(exemplar: Exemplar, by: User) -> None:
    """Raise when `by` may not change the content of a record, or nobody may any more."""
    if not by.access.covers(exemplar.unit.path, Role.OFFICER):
        raise WorkflowError(_("Chỉ cán bộ phụ trách của đơn vị sửa được hồ sơ này."))
    if exemplar.discarded_at:
        raise WorkflowError(_("Bản nháp đang ở thùng rác. Lấy lại trước khi làm tiếp."))
    if not exemplar.is_editable:
        raise WorkflowError(
            _("Hồ sơ đã gửi nên không sửa được nữa. Rút lại nếu Phòng Nội vụ chưa tiếp nhận, hoặc chờ kết quả.")
        )


def _save_claims(exemplar: Exemplar, claims: dict[int, tuple[bool | None, str]]) -> None:
    CriterionClaim.objects.bulk_create(
        [
            CriterionClaim(exemplar=exemplar, criterion_id=criterion, is_met=met, evidence=evidence)
            for criterion, (met, evidence) in claims.items()
        ],
        update_conflicts=True,
        unique_fields=["exemplar", "criterion"],
        update_fields=["is_met", "evidence"],
    )


def _save_achievements(exemplar: Exemplar, rows: list[AchievementInput]) -> None:
    exemplar.achievements.all().delete()
    Achievement.objects.bulk_create(
        Achievement(
            exemplar=exemplar,
            position=position,
            description=row.description,
            figure=row.figure,
            measure=row.measure,
            period=row.period,
        )
        for position, row in enumerate(rows, start=1)
    )


def index_for_search(exemplar: Exemplar) -> None:
    """Store the folded text that the own units search. Private fields are not in it."""
    ExemplarSearch.objects.update_or_create(exemplar=exemplar, defaults={"text": folded(exemplar, _SEARCHED)})
    index_names(exemplar, sent=False)


def index_as_sent(exemplar: Exemplar) -> None:
    """Store the words as they were sent: what the office and the public search and read in lists."""
    ExemplarSearch.objects.filter(exemplar=exemplar).update(
        sent_text=folded(exemplar, _SEARCHED),
        public_text=folded(exemplar, _SEARCHED_PUBLICLY),
        sent_name=exemplar.full_name,
        sent_title=exemplar.title,
    )
    index_names(exemplar, sent=True)


def folded(exemplar: Exemplar, fields: tuple[str, ...]) -> str:
    """The given fields with unit and number, as search reads them."""
    words = [getattr(exemplar, name) for name in fields]
    return search_key(" ".join(filter(None, [*words, exemplar.unit.short_name, exemplar.number])))
