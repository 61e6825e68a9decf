from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from core.files import private_file_response
from models_registry.models import Attachment
from showcase.selectors import card, front_page, public_list, public_story, story_path

PAGE_SIZE = 6


@login_not_required
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """What the programme is, and the newest of what was recognised and agreed to be shown."""
    return render(request, "showcase/front.html", {"front": front_page()})


@login_not_required
@require_safe
def story_list(request: HttpRequest) -> HttpResponse:
    """All public exemplars, searchable without accents and by field."""
    listing = public_list(request.GET.get("q", ""), request.GET.get("linh-vuc", ""))
    page = Paginator(listing.rows, PAGE_SIZE).get_page(request.GET.get("trang"))
    cards = [card(exemplar) for exemplar in page.object_list]
    return render(request, "showcase/story_list.html", {"listing": listing, "page_obj": page, "cards": cards})


@login_not_required
@require_safe
def story(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """One public story; an old address leads to the present one."""
    found = public_story(pk)
    if request.path != story_path(found.exemplar):
        return HttpResponsePermanentRedirect(story_path(found.exemplar))
    return render(request, "showcase/story.html", {"story": found})


@login_not_required
@require_safe
def photo(request: HttpRequest, pk: int, variant: str) -> FileResponse:
    """A photo of a public story."""
    found = get_object_or_404(Attachment.objects.shown_to_public(), pk=pk)
    stored = found.thumbnail if variant == "nho" else found.file
    response = private_file_response(
        stored, download_name=found.original_name, content_type=found.content_type, inline_image=True
    )
    # Public for as long as the story is: a withdrawn consent must take effect within minutes.
    response["Cache-Control"] = "public, max-age=300"
    return response
