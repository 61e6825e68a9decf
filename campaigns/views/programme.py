"""The head's pages of a programme: particulars, legal bases, goals, the next period, closing."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from campaigns.forms.programme import BasisForm, CloseForm, GoalsForm, ProgrammeForm
from campaigns.models import LegalBasis, Programme, UnitTask
from campaigns.services import add_basis, clone_programme, close_programme, remove_basis, save_goals, save_programme
from campaigns.services.programme import FIELDS
from core import clock
from core.workflow import WorkflowError
from organizations.enums import UnitKind
from organizations.models import Unit

from .managed import managed_programme

_ABOVE = (UnitKind.PROVINCE, UnitKind.DISTRICT)


@require_http_methods(["GET", "HEAD", "POST"])
def programme_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan's particulars, and the documents it cites."""
    programme = managed_programme(request, pk)
    form = ProgrammeForm(request.POST or None, initial={name: getattr(programme, name) for name in FIELDS})
    if request.method == "POST" and form.is_valid():
        try:
            changed = save_programme(programme=programme, by=request.user, values=form.cleaned_data)
        except WorkflowError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Đã lưu chương trình.") if changed else _("Không có gì thay đổi."))
            return redirect("campaigns:programme_edit", programme.pk)
    return _edit_page(request, programme, form, BasisForm())


def _edit_page(request: HttpRequest, programme: Programme, form: ProgrammeForm, basis: BasisForm) -> HttpResponse:
    context = {
        "programme": programme,
        "form": form,
        "basis_form": basis,
        "bases": list(programme.legal_bases.all()),
        "next": programme.next.first(),
    }
    return render(request, "campaigns/programme_edit.html", context)


@require_POST
def basis_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the programme cite a document."""
    programme = managed_programme(request, pk)
    form = BasisForm(request.POST)
    if form.is_valid():
        try:
            basis = add_basis(programme=programme, by=request.user, values=form.cleaned_data)
        except WorkflowError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Đã thêm căn cứ %(number)s.") % {"number": basis.number})
            return redirect("campaigns:programme_edit", programme.pk)
    initial = {name: getattr(programme, name) for name in FIELDS}
    return _edit_page(request, programme, ProgrammeForm(initial=initial), form)


@require_POST
def basis_remove(request: HttpRequest, pk: int, basis: int) -> HttpResponse:
    """Let the programme cite a document no more."""
    programme = managed_programme(request, pk)
    document = get_object_or_404(LegalBasis.objects.filter(programmes=programme), pk=basis)
    try:
        remove_basis(programme=programme, by=request.user, basis=document)
    except WorkflowError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Đã bỏ căn cứ %(number)s khỏi chương trình.") % {"number": document.number})
    return redirect("campaigns:programme_edit", programme.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def programme_goals(request: HttpRequest, pk: int) -> HttpResponse:
    """How many exemplars each unit aims at; none is asked for by the plan."""
    programme = managed_programme(request, pk)
    units = Unit.objects.valid_on(clock.today()).within(programme.unit.path).exclude(kind__in=_ABOVE)
    stored = {f"unit_{goal.unit_id}": goal.exemplars for goal in programme.goals.all()}
    form = GoalsForm(request.POST or None, initial=stored, units=units.values_list("pk", "short_name"))
    if request.method == "POST" and form.is_valid():
        try:
            changed = save_goals(programme=programme, by=request.user, goals=form.goals())
        except WorkflowError as error:
            form.add_error(None, error.message)
        else:
            words = ngettext("Đã lưu chỉ tiêu của %(n)d đơn vị.", "Đã lưu chỉ tiêu của %(n)d đơn vị.", changed)
            messages.success(request, words % {"n": changed})
            return redirect("campaigns:programme_edit", programme.pk)
    return render(request, "campaigns/programme_goals.html", {"programme": programme, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def programme_clone(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare the next period, after saying what will be made."""
    programme = managed_programme(request, pk)
    if request.method == "POST":
        try:
            fresh = clone_programme(programme=programme, by=request.user)
        except WorkflowError as error:
            messages.error(request, error.message)
            return redirect("campaigns:programme_edit", programme.pk)
        messages.success(
            request,
            _("Đã chuẩn bị giai đoạn %(first)d–%(last)d. Chưa mốc nào được công bố; ghi số và ngày kế hoạch khi có.")
            % {"first": fresh.starts.year, "last": fresh.ends.year},
        )
        return redirect("campaigns:programme_edit", fresh.pk)
    span = programme.ends.year - programme.starts.year + 1
    context = {
        "programme": programme,
        "first": programme.starts.year + span,
        "last": programme.ends.year + span,
        "span": span,
        "milestones": programme.milestones.without_events().count(),
        "events": list(programme.milestones.events().values_list("title", flat=True)),
    }
    return render(request, "campaigns/programme_clone.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def programme_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a programme with its summary; while tasks are owed only with a reason."""
    programme = managed_programme(request, pk)
    if programme.is_closed:
        return redirect("campaigns:programme_edit", programme.pk)
    owed = UnitTask.objects.owed().filter(milestone__programme=programme).count()
    form = CloseForm(request.POST if request.method == "POST" else None, is_owed=owed > 0)
    if request.method == "POST" and form.is_valid():
        try:
            close_programme(programme=programme, by=request.user, **form.cleaned_data)
        except WorkflowError as error:
            form.add_error("reason" if owed else None, error.message)
        else:
            messages.success(request, _("Đã đóng chương trình. Số liệu và hồ sơ vẫn xem được."))
            return redirect("campaigns:programme_edit", programme.pk)
    return render(request, "campaigns/programme_close.html", {"programme": programme, "form": form, "owed": owed})
