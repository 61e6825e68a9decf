"""The head's pages of a milestone: new, edit, delete, publish, repeat, change of the due date, exceptions."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from campaigns.enums import Addressing, Duty
from campaigns.forms.milestone import DueForm, ExceptionForm, MilestoneForm
from campaigns.letters import is_news
from campaigns.models import Milestone, ReminderException
from campaigns.selectors.words import ladder_words
from campaigns.services import (
    add_exception,
    addressed_units,
    change_due,
    delete_milestone,
    missing_years,
    publish_milestone,
    remove_exception,
    repeat_milestone,
    save_milestone,
    why_not_deleted,
    why_not_repeated,
)
from core import clock
from core.dates import format_date
from core.workflow import WorkflowError
from organizations.models import BlockMembership, Unit
from organizations.querysets import UnitQuerySet

from .managed import managed_milestone, managed_programme


@require_http_methods(["GET", "HEAD", "POST"])
def milestone_new(request: HttpRequest, pk: int) -> HttpResponse:
    """A new milestone of a programme; it is published on a page of its own."""
    programme = managed_programme(request, pk)
    if programme.is_closed:
        return redirect("campaigns:programme_edit", programme.pk)
    return _form_page(request, Milestone(programme=programme, duty=Duty.REPORT))


@require_http_methods(["GET", "HEAD", "POST"])
def milestone_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A milestone anew; of a published one the dates change on their own page."""
    milestone = managed_milestone(request, pk)
    if milestone.programme.is_closed:
        return redirect(milestone)
    return _form_page(request, milestone)


def _form_page(request: HttpRequest, milestone: Milestone) -> HttpResponse:
    inside = Unit.objects.valid_on(clock.today()).within(milestone.programme.unit.path)
    form = MilestoneForm(request.POST or None, milestone=milestone, units=list(inside.values_list("pk", "short_name")))
    counted = None
    if request.method == "POST" and "dem" in request.POST:
        counted = _counted(form)
    elif request.method == "POST" and form.is_valid():
        try:
            saved = save_milestone(milestone=milestone, by=request.user, values=form.values(), chosen=form.chosen())
        except WorkflowError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Đã lưu mốc “%(title)s”.") % {"title": saved.title})
            return redirect(saved)
    context = {"milestone": milestone, "programme": milestone.programme, "form": form, "counted": counted}
    return render(request, "campaigns/milestone_form.html", context)


def _counted(form: MilestoneForm) -> int:
    """How many units the boxes address now; faults elsewhere in the form do not matter."""
    form.is_valid()
    found = form.cleaned_data
    day = max(found.get("opens") or form.milestone.opens or clock.today(), clock.today())
    units = Unit.objects.valid_on(day).within(form.milestone.programme.unit.path)
    form.forget_faults()
    return _addressed(form, units).count()


def _addressed(form: MilestoneForm, units: UnitQuerySet) -> UnitQuerySet:
    found = form.cleaned_data
    how = form.data.get("addressing")
    if how == Addressing.KINDS:
        return units.filter(kind__in=found.get("unit_kinds") or [])
    if how == Addressing.BLOCK:
        due = found.get("due") or form.milestone.due or clock.today()
        block = form.data.get("block", "")
        wanted = int(block) if block.isascii() and block.isdigit() and len(block) < 12 else None
        members = BlockMembership.objects.filter(block=wanted, year=due.year)
        return units.filter(pk__in=members.values("unit"))
    return units.filter(pk__in=found.get("chosen_units") or [])


@require_http_methods(["GET", "HEAD", "POST"])
def milestone_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a milestone that was never published, after saying what goes."""
    milestone = managed_milestone(request, pk)
    if request.method == "POST":
        try:
            delete_milestone(milestone=milestone, by=request.user)
        except WorkflowError as error:
            messages.error(request, error.message)
            return redirect("campaigns:milestone_delete", pk)
        messages.success(request, _("Đã xóa mốc “%(title)s”.") % {"title": milestone.title})
        return redirect("campaigns:schedule")
    context = {"milestone": milestone, "refused": why_not_deleted(milestone)}
    return render(request, "campaigns/milestone_delete.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def milestone_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish, after naming how many units get the task; of a published one the units that are missing."""
    milestone = managed_milestone(request, pk)
    addressed = addressed_units(milestone)
    missing = addressed.exclude(pk__in=milestone.tasks.values("addressed"))
    if request.method == "POST":
        try:
            count = publish_milestone(milestone=milestone, by=request.user)
        except WorkflowError as error:
            messages.error(request, error.message)
        else:
            words = ngettext("Đã công bố: %(n)d đơn vị có nhiệm vụ.", "Đã công bố: %(n)d đơn vị có nhiệm vụ.", count)
            messages.success(request, words % {"n": count})
        return redirect(milestone)
    names = list(missing.values_list("short_name", flat=True))
    context = {
        "milestone": milestone,
        "count": len(names),
        "names": names,
        "given": milestone.tasks.count(),
        "ladder": ladder_words(milestone.steps) if milestone.programme.reminders_on else "",
        "told": is_news(milestone),
    }
    return render(request, "campaigns/milestone_publish.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def milestone_repeat(request: HttpRequest, pk: int) -> HttpResponse:
    """Repeat a yearly milestone into the years of the period that have none."""
    milestone = managed_milestone(request, pk)
    if request.method == "POST":
        try:
            made = repeat_milestone(milestone=milestone, by=request.user)
        except WorkflowError as error:
            messages.error(request, error.message)
        else:
            names = ", ".join(str(copy.due.year) for copy in made)
            told = _("Đã lặp lại cho các năm %(years)s, chưa công bố.") % {"years": names}
            messages.success(request, told if made else _("Mọi năm của giai đoạn đã có mốc này."))
        return redirect("campaigns:schedule")
    years = missing_years(milestone)
    context = {"milestone": milestone, "years": years, "refused": why_not_repeated(milestone)}
    return render(request, "campaigns/milestone_repeat.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def milestone_due(request: HttpRequest, pk: int) -> HttpResponse:
    """Move the due date of a published milestone, with the reason; says how many tasks moved."""
    milestone = managed_milestone(request, pk)
    if not milestone.is_published:
        return redirect("campaigns:milestone_edit", milestone.pk)
    form = DueForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            moved = change_due(milestone=milestone, by=request.user, **form.cleaned_data)
        except WorkflowError as error:
            form.add_error("due", error.message)
        else:
            told = _("Hạn mới: %(day)s. Đã dời hạn của %(n)d đơn vị; hạn đã gia hạn muộn hơn thì giữ nguyên.")
            messages.success(request, told % {"day": format_date(form.cleaned_data["due"]), "n": moved})
            return redirect(milestone)
    extended = milestone.tasks.filter(is_extended=True).count()
    return render(request, "campaigns/milestone_due.html", {"milestone": milestone, "form": form, "extended": extended})


@require_http_methods(["GET", "HEAD", "POST"])
def milestone_exceptions(request: HttpRequest, pk: int) -> HttpResponse:
    """Units that are not reminded of a milestone, each with its reason."""
    milestone = managed_milestone(request, pk)
    form = ExceptionForm(request.POST or None, milestone=milestone)
    if request.method == "POST" and form.is_valid():
        try:
            row = add_exception(milestone=milestone, by=request.user, **form.cleaned_data)
        except (WorkflowError, ValidationError) as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Từ nay không tự nhắc %(unit)s về mốc này.") % {"unit": row.unit.name})
            return redirect("campaigns:milestone_exceptions", milestone.pk)
    rows = list(milestone.exceptions.select_related("unit", "made_by"))
    context = {"milestone": milestone, "form": form, "rows": rows}
    return render(request, "campaigns/milestone_exceptions.html", context)


@require_POST
def exception_remove(request: HttpRequest, pk: int, exception: int) -> HttpResponse:
    """Remind a unit again."""
    milestone = managed_milestone(request, pk)
    row = get_object_or_404(ReminderException.objects.select_related("unit"), pk=exception, milestone=milestone)
    row.milestone = milestone
    try:
        remove_exception(exception=row, by=request.user)
    except WorkflowError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Từ nay lại nhắc %(unit)s.") % {"unit": row.unit.name})
    return redirect("campaigns:milestone_exceptions", milestone.pk)
