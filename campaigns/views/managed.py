"""How the managing views come by their records: only what the person manages exists, all else is a 404."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from campaigns.models import Milestone, Programme


def managed_programme(request: HttpRequest, pk: int) -> Programme:
    """A programme of the own district."""
    return get_object_or_404(Programme.objects.managed_by(request.user).select_related("unit"), pk=pk)


def managed_milestone(request: HttpRequest, pk: int) -> Milestone:
    """A milestone of such a programme."""
    return get_object_or_404(Milestone.objects.managed_by(request.user).select_related("programme__unit"), pk=pk)
