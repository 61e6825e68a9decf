from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.forms.inspections import AnswerForm
from campaigns.minutes import minutes_paper
from campaigns.services.visits import answer_result
from core.files.delivery import CONTENT_TYPES
from core.files.names import content_disposition
from core.text import slugify
from core.workflow import WorkflowError

from .inspections import visit_page
from .scope import answerable_visit, told_visit


@require_safe
def visit_minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """The minutes of a visit as a page for the printer."""
    visit = told_visit(request, pk)
    return render(request, "campaigns/visit_minutes.html", visit_page(request, visit))


@require_safe
def visit_minutes_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The minutes of a visit as DOCX."""
    visit = told_visit(request, pk)
    answer = HttpResponse(minutes_paper(visit), content_type=CONTENT_TYPES["docx"])
    name = f"bien-ban-{slugify(visit.unit.short_name)}-{visit.pk}.docx"
    answer.headers["Content-Disposition"] = content_disposition(name, inline=False)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def visit_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """What the unit says to the result."""
    visit = answerable_visit(request, pk)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            answer_result(visit=visit, by=request.user, text=form.cleaned_data["reason"])
        except WorkflowError as error:
            form.add_error(None, error.message)
        else:
            return redirect(visit)
    context = {
        "form": form,
        "heading": _("Ý kiến của đơn vị"),
        "button": _("Gửi ý kiến"),
        "lead": f"{visit.unit.name} – {visit.plan.title}",
        "back": visit.get_absolute_url(),
    }
    return render(request, "campaigns/step_form.html", context)
