"""The figures of reports that the registry counts, each with the list that has so many rows (domain.md (e))."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.figures import Count, ListUrl, register_figure

from .enums import Category, SubjectKind
from .models import Exemplar

if TYPE_CHECKING:
    from organizations.models import Unit

#: What a period of the list counts, as it stands in the address.
REGISTERED, RECOGNISED = "dang-ky", "cong-nhan"


def count_registered(column: str, value: str) -> Count:
    """Counts the records of one sort that were registered in a period and had been sent by its last day."""

    def count(units: Collection[int], first: datetime.date, last: datetime.date) -> int:
        return Exemplar.objects.filter(unit_id__in=units, **{column: value}).registered_between(first, last).count()

    return count


def count_recognised(units: Collection[int], first: datetime.date, last: datetime.date) -> int:
    """Records of the units that were recognised in the period and stood recognised on its last day."""
    return Exemplar.objects.filter(unit_id__in=units).recognised_between(first, last).count()


def list_url(what: str, more: dict[str, str]) -> ListUrl:
    """Leads to the registry, narrowed to what was counted."""

    def url(unit: Unit, first: datetime.date, last: datetime.date) -> str:
        query = {"don-vi": unit.pk, **more, "ky": what, "tu": first.isoformat(), "den": last.isoformat()}
        return f"{reverse('models_registry:exemplar_list')}?{urlencode(query)}"

    return url


_REGISTERED = (
    ("DK_CA_NHAN", _("Cá nhân được đăng ký"), "subject_kind", "doi-tuong", SubjectKind.INDIVIDUAL),
    ("DK_TAP_THE", _("Tập thể được đăng ký"), "subject_kind", "doi-tuong", SubjectKind.COLLECTIVE),
    ("DK_HO", _("Hộ gia đình được đăng ký"), "subject_kind", "doi-tuong", SubjectKind.HOUSEHOLD),
    ("DK_MO_HINH", _("Mô hình được đăng ký"), "category", "loai", Category.MODEL),
)


def register() -> None:
    """Offer what the registry counts to the reports of the schedule."""
    for code, label, column, parameter, value in _REGISTERED:
        count = count_registered(column, value.value)
        register_figure(code, label, count, list_url(REGISTERED, {parameter: value.value}))
    register_figure("CN_TONG", _("Điển hình được công nhận"), count_recognised, list_url(RECOGNISED, {}))
