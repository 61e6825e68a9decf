from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.paging import CappedPaginator, CountedPaginator
from models_registry import policy, selectors
from models_registry.content import category_of
from models_registry.duplicates import duplicates_of, flag_duplicates
from models_registry.enums import Category
from models_registry.forms import RecogniseForm, RejectForm, ReturnForm
from models_registry.models import ChangeRequest, Criterion, Exemplar
from models_registry.queue import (
    Place,
    answered_remarks,
    late_remarks,
    next_in_queue,
    queue_rows,
    queue_tabs,
    review_sections,
    rows_beside,
)
from models_registry.workflow import EXEMPLAR_WORKFLOW
from organizations.enums import Role

from .scope import office_exemplar

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from organizations.models import User

PAGE_SIZE = 25


@require_safe
def review_queue(request: HttpRequest) -> HttpResponse:
    """What waits for the office, by tab; in each the answer that is due first stands on top."""
    tabs = queue_tabs(request.user, Place.of(request.GET), **_counted_beside(request.user))
    rows = queue_rows(request.user, tabs.place)
    page = CountedPaginator(rows, PAGE_SIZE, tabs.count).get_page(request.GET.get("trang"))
    context = {
        "tabs": tabs,
        "page_obj": page,
        "rows": page.object_list,
        "chosen": request.GET.getlist("chon"),
        "suspected": flag_duplicates(page.object_list, request.user),
        "open_changes": tabs.beside.get("changes", 0),
        "late_count": tabs.beside.get("late", 0) if request.user.access.has(Role.INTERIOR_HEAD) else None,
    }
    return render(request, "models_registry/review_queue.html", context)


def _counted_beside(user: User) -> dict[str, QuerySet[Any]]:
    """What else the page of the queue counts."""
    counted: dict[str, QuerySet[Any]] = {"changes": ChangeRequest.objects.waiting_for(user)}
    if user.access.has(Role.INTERIOR_HEAD):
        counted["late"] = late_remarks(user)
    return counted


@require_safe
def late_remark_list(request: HttpRequest) -> HttpResponse:
    """For who leads the office: remarks that should have stood in the first return."""
    rows = late_remarks(request.user).select_related("exemplar__unit", "author")
    page = CappedPaginator(rows, PAGE_SIZE).get_page(request.GET.get("trang"))
    return render(request, "models_registry/late_remark_list.html", {"page_obj": page})


@require_safe
def exemplar_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a record beside its list and decide on it."""
    return review_page(request, office_exemplar(request, pk))


def review_page(request: HttpRequest, exemplar: Exemplar, **posted: Any) -> HttpResponse:
    """The list, the record with room for remarks, and the decisions; `posted` is a form with faults."""
    if not exemplar.is_waiting:
        return redirect(exemplar)
    tabs = queue_tabs(request.user, Place.of(request.GET), exemplar)
    page = selectors.record_page(exemplar, request.user)
    context = {
        "exemplar": exemplar,
        "page": page,
        "tabs": tabs,
        "beside": rows_beside(request.user, tabs, exemplar),
        "actions": {a.name: a.decision for a in EXEMPLAR_WORKFLOW.actions_for(request.user, exemplar)},
        "doubts": page.doubts,
        "duplicates": duplicates_of(exemplar, request.user),
        **_record_parts(exemplar, page),
        **_forms(exemplar, page, posted),
    }
    return render(request, "models_registry/exemplar_review.html", context)


def _record_parts(exemplar: Exemplar, page: selectors.RecordPage) -> dict[str, Any]:
    changes = selectors.changes_since_last_review(exemplar) if page.remarks else []
    sections = review_sections(page, changes)
    return {
        "sections": sections,
        "answered": answered_remarks(page, changes),
        "changed_parts": [part for section in sections for part in section.parts if part.change],
        "same_count": sum(not part.change for section in sections for part in section.parts),
    }


def _forms(exemplar: Exemplar, page: selectors.RecordPage, posted: dict[str, Any]) -> dict[str, Any]:
    stock = policy.stock_remarks(exemplar.unit)
    days = policy.review_settings(exemplar.unit).answer_days
    return {
        "recognise_form": posted.get("recognise") or RecogniseForm(),
        "return_form": posted.get("return_") or ReturnForm(targets=targets_of(page.content), days=days, stock=stock),
        "reject_form": posted.get("reject") or RejectForm(),
        "stock_remarks": stock,
        "wrong": next(iter(posted.values()), None),
    }


def targets_of(content: dict[str, Any]) -> dict[str, str]:
    """What can be remarked on in a record of this kind and category."""
    criteria = Criterion.objects.values_list("code", "label") if category_of(content) != Category.GOOD_DEED else []
    return selectors.comment_targets(content, list(criteria))


def return_form(request: HttpRequest, exemplar: Exemplar) -> ReturnForm:
    """The posted return, with the boxes of this record."""
    content = {"kind": exemplar.subject_kind, "category": exemplar.category}
    return ReturnForm(request.POST, targets=targets_of(content), stock=policy.stock_remarks(exemplar.unit))


def go_on(request: HttpRequest, exemplar: Exemplar) -> tuple[HttpResponse, str]:
    """The way to the next record of the place, and the words for it; to the list when nothing is left there."""
    place = Place.of(request.GET)
    following = next_in_queue(request.user, place, exemplar) if place.tab else None
    if following is None:
        return redirect(place.url), ""
    return redirect(place.record_url(following)), _("Tiếp theo: %(name)s.") % {"name": following.full_name}
