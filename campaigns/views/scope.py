"""How views of inspections, guidance and movements find a record: by `visible_to`, so another unit's is a 404."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from campaigns.inspection_rules import is_of_unit, may_plan, may_record
from campaigns.models import FollowUp, Guidance, InspectionPlan, Movement, Question, Visit
from core.workflow import WorkflowError
from organizations.enums import OFFICE_ROLES, Role

PAGE_SIZE = 25
_VISIT = ("plan__programme__unit", "plan__lead", "unit", "saved_by", "recorded_by", "sent_by")


def get_plan(request: HttpRequest, pk: int) -> InspectionPlan:
    """A plan that the person reads."""
    plans = InspectionPlan.objects.visible_to(request.user)
    return get_object_or_404(plans.select_related("programme__unit", "lead", "made_by", "announced_by"), pk=pk)


def own_plan(request: HttpRequest, pk: int) -> InspectionPlan:
    """A plan of the own office."""
    plan = get_plan(request, pk)
    if not may_plan(request.user, plan):
        raise Http404
    return plan


def get_visit(request: HttpRequest, pk: int) -> Visit:
    """A visit that the person reads; its findings may be another matter."""
    return get_object_or_404(Visit.objects.visible_to(request.user).select_related(*_VISIT), pk=pk)


def planned_visit(request: HttpRequest, pk: int) -> Visit:
    """A visit of a plan of the own office."""
    visit = get_visit(request, pk)
    if not may_plan(request.user, visit.plan):
        raise Http404
    return visit


def writable_visit(request: HttpRequest, pk: int) -> Visit:
    """A visit that the person may record, whatever its state."""
    visit = get_visit(request, pk)
    if not may_record(request.user, visit):
        raise Http404
    return visit


def told_visit(request: HttpRequest, pk: int) -> Visit:
    """A visit whose findings the person reads."""
    return get_object_or_404(Visit.objects.told_to(request.user).select_related(*_VISIT), pk=pk)


def answerable_visit(request: HttpRequest, pk: int) -> Visit:
    """A visit whose result was sent to the person's unit."""
    visit = told_visit(request, pk)
    if not is_of_unit(request.user, visit):
        raise Http404
    return visit


def get_follow_up(request: HttpRequest, pk: int) -> FollowUp:
    """A recommendation that the person reads."""
    rows = FollowUp.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("visit__plan", "visit__unit", "reported_by", "closed_by"), pk=pk)


def own_follow_up(request: HttpRequest, pk: int) -> FollowUp:
    """A recommendation that the person reports on as officer of the unit."""
    follow_up = get_follow_up(request, pk)
    if not request.user.access.covers(follow_up.unit.path, Role.OFFICER):
        raise Http404
    return follow_up


def judged_follow_up(request: HttpRequest, pk: int) -> FollowUp:
    """A recommendation that the person's office judges."""
    follow_up = get_follow_up(request, pk)
    if not request.user.access.covers(follow_up.unit.path, *OFFICE_ROLES):
        raise Http404
    return follow_up


def get_guidance(request: HttpRequest, pk: int) -> Guidance:
    """A guidance that the person reads."""
    rows = Guidance.objects.visible_to(request.user)
    return get_object_or_404(
        rows.select_related("programme__unit", "milestone", "published_by", "made_by", "replaces"), pk=pk
    )


def own_guidance(request: HttpRequest, pk: int) -> Guidance:
    """A guidance of the own office."""
    guidance = get_guidance(request, pk)
    if not request.user.access.covers(guidance.unit.path, *OFFICE_ROLES):
        raise Http404
    return guidance


def kept_movement(request: HttpRequest, pk: int) -> Movement:
    """A movement that the person writes."""
    return get_object_or_404(Movement.objects.kept_by(request.user).select_related("unit", "parent"), pk=pk)


def get_question(request: HttpRequest, pk: int) -> Question:
    """A question that the person reads."""
    rows = Question.objects.visible_to(request.user)
    related = ("unit", "guidance__programme__unit", "milestone__programme__unit", "asked_by", "answered_by")
    return get_object_or_404(rows.select_related(*related, "published_as"), pk=pk)


def asked_question(request: HttpRequest, pk: int) -> Question:
    """A question that the person's office answers."""
    question = get_question(request, pk)
    if not request.user.access.covers(question.followed_at.path, *OFFICE_ROLES):
        raise Http404
    return question


def try_step(request: HttpRequest, step: Callable[[], Any], done: str) -> bool:
    """Take a step and say what became of it; whether it was taken."""
    try:
        step()
    except WorkflowError as error:
        messages.error(request, error.message)
        return False
    messages.success(request, done)
    return True
