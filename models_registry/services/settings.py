from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core.audit import Subject, record
from core.audit.models import EventKind
from core.workflow import WorkflowError
from models_registry.models import ReviewSettings, StockRemark
from organizations.enums import OFFICE_ROLES, Role

if TYPE_CHECKING:
    from organizations.models import Unit, User

#: A list longer than this is no help while judging.
MAX_REMARKS = 40


@transaction.atomic
def save_review_settings(*, office: Unit, by: User, values: dict[str, Any]) -> ReviewSettings:
    """Write the office's own clocks and its rule of confirmation; the head alone."""
    if not by.access.covers(office.path, Role.INTERIOR_HEAD):
        raise WorkflowError(_("Chỉ Trưởng phòng Nội vụ thay đổi được cài đặt xét duyệt."))
    settings, _made = ReviewSettings.objects.update_or_create(office=office, defaults=values)
    _note(office, by, "review_settings.save", values)
    return settings


@transaction.atomic
def add_stock_remark(*, office: Unit, by: User, text: str) -> StockRemark:
    """Add a phrase at the end of the office's list."""
    _refuse_others(office, by)
    rows = office.stock_remarks.all()
    if rows.count() >= MAX_REMARKS:
        raise WorkflowError(_("Danh sách đã đủ %(limit)d câu. Bỏ bớt một câu rồi thêm.") % {"limit": MAX_REMARKS})
    last = rows.order_by("position", "pk").last()
    remark = _write(StockRemark(office=office, text=text.strip(), position=last.position + 1 if last else 1))
    _note(office, by, "stock_remark.add", {"text": remark.text})
    return remark


@transaction.atomic
def change_stock_remark(*, remark: StockRemark, by: User, text: str) -> None:
    """Write a phrase anew."""
    _refuse_others(remark.office, by)
    remark.text = text.strip()
    _write(remark)
    _note(remark.office, by, "stock_remark.change", {"text": remark.text})


@transaction.atomic
def remove_stock_remark(*, remark: StockRemark, by: User) -> None:
    """Take a phrase off the list; what was written with it stays."""
    _refuse_others(remark.office, by)
    remark.delete()
    _note(remark.office, by, "stock_remark.remove", {"text": remark.text})


@transaction.atomic
def move_stock_remark(*, remark: StockRemark, by: User, up: bool) -> None:
    """Move a phrase one place up or down; at the end of the list it stays."""
    _refuse_others(remark.office, by)
    rows = list(remark.office.stock_remarks.order_by("position", "pk"))
    here = next(place for place, row in enumerate(rows) if row.pk == remark.pk)
    there = max(0, here - 1) if up else min(len(rows) - 1, here + 1)
    rows.insert(there, rows.pop(here))
    for place, row in enumerate(rows, start=1):
        row.position = place
    StockRemark.objects.bulk_update(rows, ["position"])


def _note(office: Unit, by: User, action: str, data: dict[str, Any]) -> None:
    record(
        kind=EventKind.SETTING,
        action=action,
        actor=by,
        subject=Subject("unit", office.pk, office.short_name, office.pk),
        data=data,
    )


def _write(remark: StockRemark) -> StockRemark:
    if not remark.text:
        raise WorkflowError(_("Nhập câu mẫu."))
    try:
        with transaction.atomic():
            remark.save()
    except IntegrityError:
        raise WorkflowError(_("Câu này đã có trong danh sách.")) from None
    return remark


def _refuse_others(office: Unit, by: User) -> None:
    if not by.access.covers(office.path, *OFFICE_ROLES):
        raise WorkflowError(_("Chỉ Phòng Nội vụ sửa được danh sách câu mẫu."))
