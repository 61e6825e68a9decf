"""A reviewer's “chưa đồng ý” on a criterion that the unit claims."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.workflow import WorkflowError, lock
from models_registry.models import CriterionDoubt
from models_registry.workflow import EXEMPLAR_WORKFLOW

if TYPE_CHECKING:
    from models_registry.models import Criterion, Exemplar, ExemplarVersion
    from organizations.models import User


@transaction.atomic
def doubt_criterion(*, exemplar: Exemplar, criterion: Criterion, by: User, note: str = "") -> None:
    """Mark a criterion that the unit claims as not agreed with, in the version that is judged. Safe to repeat."""
    version = _judged_version(exemplar, by)
    claimed = [c["code"] for c in version.content["criteria"] if c["is_met"]]
    if criterion.code not in claimed:
        raise WorkflowError(_("Đơn vị không nhận đạt tiêu chí này nên không có gì để đánh dấu “Chưa đồng ý”."))
    CriterionDoubt.objects.update_or_create(
        exemplar=exemplar,
        criterion=criterion,
        version=version.number,
        defaults={"note": note.strip(), "author": by, "made_at": clock.now()},
    )


@transaction.atomic
def agree_with_criterion(*, exemplar: Exemplar, criterion: Criterion, by: User) -> None:
    """Take the mark off again. Safe to repeat."""
    CriterionDoubt.objects.filter(
        exemplar=exemplar, criterion=criterion, version=_judged_version(exemplar, by).number
    ).delete()


def _judged_version(exemplar: Exemplar, by: User) -> ExemplarVersion:
    """The version under review; refused to those who could not return the record, and once it is decided."""
    lock(exemplar)
    if not (allowed := EXEMPLAR_WORKFLOW.check("return", exemplar, by)):
        raise WorkflowError(allowed.reason)
    version = exemplar.versions.order_by("-number").first()
    if version is None:
        raise WorkflowError(_("Hồ sơ chưa có bản gửi nào để nhận xét."))
    return version
