"""Handing tasks over to a successor unit: one, or all that a closed unit still owes."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from campaigns.enums import Tier
from campaigns.forms.milestone import HandOverForm
from campaigns.models import UnitTask
from campaigns.services import hand_over, hand_over_all
from campaigns.services.owner import successors
from core import clock
from core.workflow import WorkflowError
from organizations.enums import Role
from organizations.models import Unit
from organizations.querysets import path_condition
from organizations.selectors import office_units


@require_http_methods(["GET", "HEAD", "POST"])
def task_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Let another unit answer for one task."""
    mine = path_condition(request.user.access.paths(Role.INTERIOR_HEAD), "milestone__programme__unit__")
    found = UnitTask.objects.filter(mine).select_related("milestone__programme__unit", "unit", "addressed")
    task = get_object_or_404(found, pk=pk)
    district = task.milestone.programme.unit
    form = _form(request, task.unit, district, of_district=task.milestone.tier == Tier.DISTRICT)
    if request.method == "POST" and form.is_valid():
        try:
            hand_over(task=task, by=request.user, **form.cleaned_data)
        except WorkflowError as error:
            form.add_error(None, error.message)
        else:
            told = _("Đã giao nhiệm vụ cho %(unit)s.") % {"unit": form.cleaned_data["unit"].name}
            messages.success(request, told)
            return redirect(task.milestone)
    closed = task.unit.valid_to is not None and task.unit.valid_to < clock.today()
    context = {"task": task, "unit": task.unit, "form": form, "count": 1, "others": closed and task.is_owed}
    return render(request, "campaigns/hand_over.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def unit_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a successor answer for all that a closed unit still owes."""
    mine = path_condition(request.user.access.paths(Role.INTERIOR_HEAD))
    unit = get_object_or_404(Unit.objects.filter(mine, valid_to__lt=clock.today()), pk=pk)
    owed = UnitTask.objects.owed().filter(unit=unit, milestone__programme__closed_at=None)
    first = owed.select_related("milestone__programme__unit").first()
    if first is None:
        raise Http404
    of_district = owed.filter(milestone__tier=Tier.DISTRICT).exists()
    form = _form(request, unit, first.milestone.programme.unit, of_district=of_district)
    if request.method == "POST" and form.is_valid():
        try:
            moved = hand_over_all(closed=unit, by=request.user, **form.cleaned_data)
        except WorkflowError as error:
            form.add_error(None, error.message)
        else:
            words = ngettext("Đã giao %(n)d nhiệm vụ cho %(unit)s.", "Đã giao %(n)d nhiệm vụ cho %(unit)s.", moved)
            messages.success(request, words % {"n": moved, "unit": form.cleaned_data["unit"].name})
            return redirect("campaigns:schedule")
    return render(request, "campaigns/hand_over.html", {"unit": unit, "form": form, "count": owed.count()})


def _form(request: HttpRequest, unit: Unit, district: Unit, *, of_district: bool = False) -> HandOverForm:
    """Units of the district and successors may take over; of the district's own report those of its office."""
    after, today = successors(unit), Unit.objects.valid_on(clock.today())
    chosen = {"unit": next(iter(after))} if len(after) == 1 else {}
    near = today.within(district.path) | today.filter(pk__in=after)
    units = office_units(district).valid_on(clock.today()) if of_district else near
    return HandOverForm(request.POST or None, units=units.exclude(pk=unit.pk), initial=chosen)
