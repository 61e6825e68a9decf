from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from core.workflow import WorkflowError, lock
from models_registry.enums import PROMOTABLE, Category, SubjectKind
from models_registry.services.drafts import has_lead, index_for_search, refuse_closed, stamp

if TYPE_CHECKING:
    from models_registry.models import Exemplar
    from organizations.models import User


@transaction.atomic
def change_kind(*, exemplar: Exemplar, by: User, category: str, subject_kind: str) -> None:
    """Give a draft that was never sent another category or subject.

    Everything typed stays stored, also what the new form does not ask for: changing back shows it again.
    """
    lock(exemplar)
    refuse_closed(exemplar, by)
    if exemplar.versions.exists():
        raise WorkflowError(_("Hồ sơ đã từng gửi nên không đổi loại được nữa. Ghi đúng loại thì đăng ký hồ sơ mới."))
    if exemplar.promoted_from_id and category in PROMOTABLE:
        raise WorkflowError(_("Hồ sơ nâng lên từ một hồ sơ khác chỉ là mô hình hoặc điển hình tiên tiến."))
    if (exemplar.category, exemplar.subject_kind) == (category, subject_kind):
        return
    exemplar.category, exemplar.subject_kind = Category(category), SubjectKind(subject_kind)
    stamp(exemplar, by, lead=has_lead(exemplar))
    exemplar.save()
    index_for_search(exemplar)
