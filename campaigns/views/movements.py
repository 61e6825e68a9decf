from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.enums import MovementLevel, MovementState
from campaigns.forms.movements import EndForm, JoinForm, MovementForm, ReasonForm
from campaigns.models import Joining, Movement
from campaigns.movement_parts import parts_of
from campaigns.movement_querysets import KEEPS
from campaigns.movement_workflow import MOVEMENT_WORKFLOW
from campaigns.selectors.inspections import file_items
from campaigns.selectors.movements import (
    events_of,
    joinable_units,
    joinings_of,
    look_of,
    movement_lines,
    read_filter,
    steps_for,
)
from campaigns.services import movements as services
from core.workflow import WorkflowError
from organizations.enums import UNIT_ROLES, Role

from .enclosures import answer_saved, take_files, untaken_files
from .scope import kept_movement

PAGE_SIZE = 25


def _found(rows: Any, pk: int) -> Movement:
    if pk >= 2**63:
        raise Http404
    return get_object_or_404(rows.select_related("unit", "parent"), pk=pk)


def _visible(request: HttpRequest, pk: int) -> Movement:
    return _found(Movement.objects.visible_to(request.user), pk)


@require_safe
def movement_list(request: HttpRequest) -> HttpResponse:
    """Movements within sight: running ones first, by level, state and words."""
    wanted = read_filter(request.GET)
    rows = wanted.apply(Movement.objects.visible_to(request.user)).for_list()
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("trang"))
    context = {
        "page_obj": page,
        "lines": movement_lines(request.user, list(page.object_list)),
        "wanted": wanted,
        "states": [(value, label, wanted.address(**{"trang-thai": value})) for value, label in MovementState.choices],
        "all_states": wanted.address(**{"trang-thai": ""}),
        "levels": MovementLevel.choices,
        "may_add": request.user.access.has(*KEEPS),
    }
    return render(request, "campaigns/movement_list.html", context)


@require_safe
def movement_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One movement: what it is, who joined, which exemplars stand for it and came from it."""
    movement = _visible(request, pk)
    keeps = services.may_keep(request.user, movement)
    own = set(request.user.reach(Role.OFFICER))
    joinings = joinings_of(movement)
    context = {
        "movement": movement,
        "look": look_of(movement),
        "sub_movements": Movement.objects.visible_to(request.user).filter(parent=movement),
        "joinings": joinings,
        "own": own,
        "may_join": movement.is_running and bool(own) and joinable_units(request.user, movement).exists(),
        "may_keep": keeps,
        "steps": steps_for(request.user, movement),
        "parts": parts_of(request.user, movement, may_keep=keeps),
        "files": file_items(movement.enclosures.documents()),
        "events": events_of(movement) if keeps or request.user.access.has(*UNIT_ROLES) else [],
    }
    return render(request, "campaigns/movement_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def movement_add(request: HttpRequest) -> HttpResponse:
    """Write down a movement that is being prepared."""
    form = MovementForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            movement = services.add_movement(given=form.given(), by=request.user)
        except WorkflowError as error:
            form.add_error(None, error.message)
        else:
            return answer_saved(request, movement, _("Đã ghi phong trào. Bấm “Phát động” khi sẵn sàng."))
    return render(request, "campaigns/movement_form.html", {"form": form, "refused": untaken_files(request)})


@require_http_methods(["GET", "HEAD", "POST"])
def movement_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a movement."""
    movement = kept_movement(request, pk)
    form = MovementForm(request.POST or None, by=request.user, movement=movement)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_movement(movement=movement, given=form.given(), by=request.user)
        except WorkflowError as error:
            form.add_error(None, error.message)
        else:
            return answer_saved(request, movement, _("Đã lưu phong trào."))
    context = {
        "form": form,
        "movement": movement,
        "refused": take_files(request, movement) if request.method == "POST" else [],
        "documents": list(movement.enclosures.documents()),
    }
    return render(request, "campaigns/movement_form.html", context)


def _step(
    request: HttpRequest, movement: Movement, name: str, form: Form, act: Callable[..., None], done: str, told: str
) -> HttpResponse:
    """Ask for what a step needs, take it, say so; a movement in another state is shown with the reason."""
    decision = MOVEMENT_WORKFLOW.check(name, movement, request.user) if movement.unit else None
    if decision is not None and not decision:
        messages.error(request, decision.reason)
        return redirect(movement)
    if request.method == "POST" and form.is_valid():
        try:
            act(movement=movement, by=request.user, **form.cleaned_data)
        except WorkflowError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, done)
            return redirect(movement)
    label = MOVEMENT_WORKFLOW.by_name[name].label
    context = {"form": form, "movement": movement, "label": label, "told": told}
    return render(request, "campaigns/movement_step.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def movement_launch(request: HttpRequest, pk: int) -> HttpResponse:
    """Launch a prepared movement."""
    told = _("Phong trào hiện với mọi người trong phạm vi; các đơn vị được báo và tham gia được từ bây giờ.")
    return _step(
        request,
        kept_movement(request, pk),
        "launch",
        Form(request.POST if request.method == "POST" else None),
        services.launch_movement,
        _("Đã phát động phong trào."),
        told,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def movement_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a movement with its summing-up."""
    movement = kept_movement(request, pk)
    form = EndForm(request.POST or None, initial={"summary": movement.summary})
    told = _(
        "Đơn vị đã tham gia được báo lời tổng kết. Không đơn vị nào tham gia thêm được; danh sách và gương vẫn giữ."
    )
    return _step(request, movement, "end", form, services.end_movement, _("Đã kết thúc phong trào."), told)


@require_http_methods(["GET", "HEAD", "POST"])
def movement_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Open an ended movement again."""
    told = _("Các đơn vị lại tham gia được. Lời tổng kết được giữ làm sơ kết.")
    form = ReasonForm(request.POST or None)
    movement = kept_movement(request, pk)
    return _step(request, movement, "reopen", form, services.reopen_movement, _("Đã mở lại phong trào."), told)


@require_http_methods(["GET", "HEAD", "POST"])
def movement_join(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a unit of the person join; 404 for people without a unit that could."""
    movement = _visible(request, pk)
    units = joinable_units(request.user, movement)
    if not request.user.access.has(Role.OFFICER) or not units.exists():
        raise Http404
    form = JoinForm(request.POST or None, units=units)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.join_movement(movement=movement, by=request.user, **form.cleaned_data)
        except WorkflowError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("%(unit)s đã tham gia phong trào.") % {"unit": row.unit.name})
            return redirect(movement)
    context = {"form": form, "movement": movement, "label": _("Tham gia phong trào"), "told": ""}
    return render(request, "campaigns/movement_step.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def movement_leave(request: HttpRequest, pk: int, joining: int) -> HttpResponse:
    """Let a unit of the person leave, with a reason."""
    movement = _visible(request, pk)
    if joining >= 2**63:
        raise Http404
    own = Joining.objects.standing().filter(movement=movement, unit_id__in=request.user.reach(Role.OFFICER))
    row = get_object_or_404(own.select_related("unit", "movement"), pk=joining)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.leave_movement(joining=row, by=request.user, reason=form.cleaned_data["reason"])
        except WorkflowError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("%(unit)s thôi tham gia phong trào.") % {"unit": row.unit.name})
            return redirect(movement)
    told = _("Đơn vị rời danh sách tham gia: %(unit)s. Lần tham gia này vẫn lưu trong sổ.") % {"unit": row.unit.name}
    context = {"form": form, "movement": movement, "label": _("Thôi tham gia"), "told": told}
    return render(request, "campaigns/movement_step.html", context)
