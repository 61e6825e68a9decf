from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core import clock
from core.workflow import WorkflowError
from organizations.block_forms import BlockForm, BlockMembersForm
from organizations.blocks import FIRST_YEAR, blocks_kept_by, blocks_of_year, copy_plan, last_year
from organizations.enums import GRID_ROLES, Role
from organizations.models import EmulationBlock
from organizations.services.blocks import copy_year, save_block, set_members


def _asked_year(request: HttpRequest) -> int:
    text = request.GET.get("nam", "")
    known = len(text) == 4 and text.isascii() and text.isdigit() and FIRST_YEAR <= int(text) <= last_year()
    return int(text) if known else min(max(clock.today().year, FIRST_YEAR), last_year())


def _year(year: int) -> int:
    """A year that may be arranged; any other is not found."""
    if not FIRST_YEAR <= year <= last_year():
        raise Http404
    return year


def _kept(request: HttpRequest, pk: int) -> EmulationBlock:
    if pk >= 2**63:
        raise Http404
    return get_object_or_404(blocks_kept_by(request.user), pk=pk)


def _list_url(year: int) -> str:
    return f"{reverse('organizations:block_list')}?nam={year}"


@require_safe
def block_list(request: HttpRequest) -> HttpResponse:
    """The blocks of a year: members, head, deputies."""
    year = _asked_year(request)
    blocks = blocks_of_year(request.user, year)
    is_head = request.user.access.has(Role.INTERIOR_HEAD)
    context = {
        "year": year,
        "years": range(FIRST_YEAR, last_year() + 1),
        "blocks": blocks,
        "kept": set(blocks_kept_by(request.user).values_list("pk", flat=True)) if is_head else set(),
        "is_head": is_head,
        "may_copy": is_head and not any(block.members for block in blocks),
        "before": year - 1,
        "sees_grid": request.user.access.has(*GRID_ROLES),
    }
    return render(request, "organizations/block_list.html", context)


def _save(request: HttpRequest, block: EmulationBlock | None) -> HttpResponse:
    names = ("name", "first_year", "last_year")
    initial = {name: getattr(block, name) for name in names} if block else None
    form = BlockForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_block(block=block, given=form.given(), by=request.user)
        except WorkflowError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Đã lưu %(name)s.") % {"name": saved.name})
            return redirect("organizations:block_list")
    return render(request, "organizations/block_form.html", {"form": form, "emulation_block": block})


@require_http_methods(["GET", "HEAD", "POST"])
def block_add(request: HttpRequest) -> HttpResponse:
    """Add a block."""
    return _save(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def block_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the name and the years of a block."""
    return _save(request, _kept(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
def block_members(request: HttpRequest, pk: int, year: int) -> HttpResponse:
    """Arrange the members of a block for a year, with head and deputies."""
    block = _kept(request, pk)
    form = BlockMembersForm(request.POST or None, block=block, year=_year(year), by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            moved = set_members(block=block, year=year, given=form.given(), by=request.user)
        except WorkflowError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Đã lưu %(block)s năm %(year)d.") % {"block": block.name, "year": year})
            for unit, place in moved:
                messages.success(request, _("Đã chuyển %(unit)s từ %(block)s.") % {"unit": unit.name, "block": place})
            return redirect(_list_url(year))
    context = {"form": form, "emulation_block": block, "year": year, "back_url": _list_url(year)}
    return render(request, "organizations/block_members.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def block_copy(request: HttpRequest, year: int) -> HttpResponse:
    """Show what copying the year before would bring, then do it."""
    plan = copy_plan(request.user, _year(year))
    if request.method == "POST":
        chosen = {int(pk) for pk in request.POST.getlist("successor") if pk.isascii() and pk.isdigit() and len(pk) < 18}
        try:
            count = copy_year(year=year, successors=chosen, by=request.user)
        except WorkflowError as error:
            messages.error(request, error.message)
        else:
            words = _("Đã chép %(n)d thành viên sang năm %(year)d. Cử khối trưởng và khối phó của năm mới.")
            messages.success(request, words % {"n": count, "year": year})
        return redirect(_list_url(year))
    context = {"plan": plan, "year": year, "before": year - 1, "back_url": _list_url(year)}
    return render(request, "organizations/block_copy.html", context)
