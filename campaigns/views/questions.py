from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.forms.guidance import QuestionAnswerForm, QuestionForm
from campaigns.models import Guidance, Milestone, Programme, Question
from campaigns.services.guidance import answer_question, ask_question
from core.paging import CappedPaginator
from core.workflow import WorkflowError
from organizations.enums import OFFICE_ROLES, UNIT_ROLES
from organizations.models import Unit

from .scope import PAGE_SIZE, asked_question, get_guidance, get_question

_BOTH = ["GET", "HEAD", "POST"]


@require_safe
def question_list(request: HttpRequest) -> HttpResponse:
    """Questions that the person reads, those without an answer first."""
    rows = Question.objects.visible_to(request.user).open_first().select_related("unit", "guidance", "milestone")
    page = CappedPaginator(rows, PAGE_SIZE).get_page(request.GET.get("trang"))
    return render(request, "campaigns/question_list.html", {"page_obj": page})


@require_safe
def question_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One question and its answer."""
    question = get_question(request, pk)
    answers = request.user.access.covers(question.followed_at.path, *OFFICE_ROLES)
    return render(request, "campaigns/question_detail.html", {"question": question, "answers": answers})


@require_http_methods(_BOTH)
def guidance_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask about a guidance."""
    return _ask(request, guidance=get_guidance(request, pk))


@require_http_methods(_BOTH)
def milestone_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask about a milestone."""
    programmes = Programme.objects.visible_to(request.user)
    milestones = Milestone.objects.published().filter(programme__in=programmes)
    return _ask(request, milestone=get_object_or_404(milestones.select_related("programme__unit"), pk=pk))


def _ask(request: HttpRequest, *, guidance: Guidance | None = None, milestone: Milestone | None = None) -> HttpResponse:
    # The unit itself and not what lies below it: a commune does not ask for its schools.
    held = [unit for role, unit, _path in request.user.access.grants if role in UNIT_ROLES]
    units = Unit.objects.filter(pk__in=held)
    if not held:
        raise Http404
    form = QuestionForm(request.POST or None, units=units)
    about = guidance or milestone
    assert about is not None
    if request.method == "POST" and form.is_valid():
        try:
            question = ask_question(by=request.user, guidance=guidance, milestone=milestone, **form.cleaned_data)
        except WorkflowError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Đã gửi câu hỏi tới Phòng Nội vụ. Có trả lời sẽ báo ở mục Thông báo."))
            return redirect(question)
    context = {
        "form": form,
        "heading": _("Hỏi Phòng Nội vụ"),
        "button": _("Gửi câu hỏi"),
        "lead": about.title,
        "back": about.get_absolute_url(),
    }
    return render(request, "campaigns/step_form.html", context)


@require_http_methods(_BOTH)
def question_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a question, and perhaps publish the answer."""
    question = asked_question(request, pk)
    if question.answered_at and request.method != "POST":
        return redirect(question)
    form = QuestionAnswerForm(request.POST or None, initial={"asked": question.text})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        title = data["title"] if data["publish"] else ""
        try:
            answer_question(
                question=question,
                by=request.user,
                answer=data["answer"],
                publish_as=title,
                published_text=data["asked"],
            )
        except WorkflowError as error:
            form.add_error(None, error.message)
        else:
            told = _("Đã trả lời và công bố thành hỏi đáp.") if title else _("Đã trả lời; đơn vị được báo.")
            messages.success(request, told)
            return redirect(question)
    return render(request, "campaigns/question_answer.html", {"question": question, "form": form})
