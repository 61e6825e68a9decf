"""Urging late units: preview, send, what was sent, the official letter."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.forms.urging import UrgeForm
from campaigns.models import Milestone, Urging
from campaigns.papers import urging_letter
from campaigns.selectors.urging import urged_lines
from campaigns.services import late_units, proposed_text, urge
from core.files.names import content_disposition
from core.workflow import WorkflowError
from organizations.enums import OFFICE_ROLES
from organizations.querysets import path_condition

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _milestone(request: HttpRequest, pk: int) -> Milestone:
    """A published milestone of the own office's district; 404 for all others."""
    mine = path_condition(request.user.access.paths(*OFFICE_ROLES), "programme__unit__")
    found = Milestone.objects.published().filter(mine).select_related("programme__unit")
    return get_object_or_404(found, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def urge_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The late units, all chosen but those urged today, with recipients and words; sending leads to the act."""
    milestone = _milestone(request, pk)
    if milestone.programme.is_closed:
        messages.info(request, _("Chương trình đã đóng nên không đôn đốc nữa."))
        return redirect(milestone)
    rows = late_units(milestone)
    form = UrgeForm(request.POST or None, rows=rows, initial={"text": proposed_text(milestone, rows)})
    if request.method == "POST" and form.is_valid():
        try:
            tasks, text = form.chosen(), form.cleaned_data["text"]
            urging = urge(milestone=milestone, tasks=tasks, by=request.user, text=text)
        except WorkflowError as error:
            form.add_error(None, error.message)
            rows = late_units(milestone)
        else:
            messages.success(request, _sent(urging))
            return redirect("campaigns:urging_detail", urging.pk)
    chosen = form.chosen() if form.is_bound else {row.task.pk for row in rows if not row.refused}
    context = {"milestone": milestone, "rows": rows, "form": form, "chosen": chosen, "count": len(chosen)}
    return render(request, "campaigns/urge.html", context)


def _sent(urging: Urging) -> str:
    units = urging.units.count()
    return ngettext(
        "Đã đôn đốc %(n)d đơn vị. Tải công văn ở dưới để trình ký.",
        "Đã đôn đốc %(n)d đơn vị. Tải công văn ở dưới để trình ký.",
        units,
    ) % {"n": units}


def _urging(request: HttpRequest, pk: int) -> Urging:
    found = Urging.objects.visible_to(request.user).select_related("milestone__programme__unit", "made_by__home_unit")
    return get_object_or_404(found, pk=pk)


@require_safe
def urging_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One act of urging: who, when, the words, the units and how many people of each were told."""
    urging = _urging(request, pk)
    context = {"urging": urging, "lines": urged_lines(urging)}
    return render(request, "campaigns/urging_detail.html", context)


@require_safe
def urging_list(request: HttpRequest) -> HttpResponse:
    """The acts of urging, newest first."""
    found = Urging.objects.visible_to(request.user).select_related("milestone", "made_by")
    # A grouped query forgets the order of the model.
    rows = found.annotate(count=Count("units")).order_by("-made_at", "-pk")[:200]
    return render(request, "campaigns/urging_list.html", {"rows": list(rows)})


@require_safe
def urging_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The official letter of an act as DOCX; number and day blank for the clerk."""
    urging = _urging(request, pk)
    answer = HttpResponse(urging_letter(urging), content_type=DOCX)
    name = _("Công văn đôn đốc %(title)s.docx") % {"title": urging.milestone.short_title}
    answer["Content-Disposition"] = content_disposition(name.replace("/", "-"))
    return answer
