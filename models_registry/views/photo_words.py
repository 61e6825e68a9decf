"""What the form says of each photo: caption, people shown, place in the row; read by names like `caption-12`."""

from __future__ import annotations

import re

from django.http import HttpRequest, QueryDict

from core.text import clean_line
from core.workflow import WorkflowError
from models_registry.enums import PeopleShown
from models_registry.models import Attachment, Exemplar
from models_registry.services import PhotoWords, describe_photos, move_photo

CAPTION_LETTERS = 200
_NAME = re.compile(r"(?:caption|people)-([0-9]{1,15})")
_MOVE = re.compile(r"(len|xuong)-([0-9]{1,15})")


def read_photo_words(post: QueryDict) -> dict[int, PhotoWords]:
    """Photo id → what was posted about it, with the values that the page knows to be its own."""
    ids = {int(match[1]) for key in post if (match := _NAME.fullmatch(key))}
    return {pk: _words_of(post, pk) for pk in ids}


def _words_of(post: QueryDict, pk: int) -> PhotoWords:
    caption, people = post.get(f"caption-{pk}"), post.get(f"people-{pk}")
    known = {name: [_caption(v) for v in post.getlist(f"{name}-was-{pk}")] for name in ("caption", "people")}
    return PhotoWords(
        caption=None if caption is None else _caption(caption),
        people=people if people in PeopleShown.values else None,
        known=known,
    )


def _caption(value: str) -> str:
    return clean_line(value)[:CAPTION_LETTERS]


def write_photo_words(request: HttpRequest, exemplar: Exemplar) -> list[str]:
    """Write what the form says of its photos; returns a sentence for each part that was changed elsewhere too."""
    words = read_photo_words(request.POST)
    move = _MOVE.fullmatch(request.POST.get("doi-cho", ""))
    try:
        clashes = describe_photos(exemplar=exemplar, by=request.user, words=words) if words else []
        if move and (photo := _photo(exemplar, int(move[2]))):
            move_photo(attachment=photo, by=request.user, up=move[1] == "len")
    except WorkflowError:
        # The save of the text, which follows, meets the same refusal and says it.
        return []
    return clashes


def _photo(exemplar: Exemplar, pk: int) -> Attachment | None:
    return exemplar.attachments.present().filter(pk=pk, kind="photo").first()
