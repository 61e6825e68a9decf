"""One file a request: what the form's script sends up, and the answers that it understands (docs/files.md)."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.workflow import WorkflowError

from .refusals import FileRefused

#: crypto.randomUUID() of the browser.
_UPLOAD_KEY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def receive_each(
    request: HttpRequest, kinds: Mapping[str, str], keep: Callable[[str, UploadedFile], Any]
) -> list[tuple[str, str]]:
    """Keep each good file that came with a form by `keep(kind, upload)`, whatever the others are.

    `kinds` names the kind of what each input holds. Returns (input, sentence) for each refused file.
    """
    refused = []
    for name, kind in kinds.items():
        for upload in request.FILES.getlist(name):
            try:
                keep(kind, upload)
            except (FileRefused, WorkflowError) as error:
                refused.append((name, error.message))
    return refused


def receive(
    request: HttpRequest,
    *,
    kinds: Container[str],
    keep: Callable[[str, UploadedFile, str], Any],
    row: Callable[[Any], str],
) -> JsonResponse:
    """Take one file by `keep(kind, upload, upload_key)`; answers its row (201), or a sentence why it was not taken.

    A repeated `upload_key` answers as the first time, which `keep` sees to: the answer to the first may have been lost.
    """
    kind, key, upload = request.POST.get("kind", ""), request.POST.get("upload_key", ""), request.FILES.get("file")
    if upload is None or kind not in kinds or (key and not _UPLOAD_KEY.fullmatch(key)):
        return refuse(_("Tệp chưa đến nơi. Bấm “Thử lại”."), 400)
    try:
        kept = keep(kind, upload, key)
    except FileRefused as refused:
        return refuse(refused.message, 422)
    except WorkflowError as error:
        return refuse(error.message, 409)
    answer = {"id": kept.pk, "kind": kept.kind, "name": kept.original_name, "size": kept.size, "html": row(kept)}
    return JsonResponse(answer, status=201)


def refuse(sentence: str, status: int) -> JsonResponse:
    """Say to the script why a step was not taken."""
    return JsonResponse({"message": sentence}, status=status)


def ask_removal(
    request: HttpRequest, *, question: str, effect: str, back: str, lead: str = "", anchor: str = ""
) -> HttpResponse:
    """Ask once, without scripts, before a file is taken off; who keeps it lands at `anchor` of the page `back`."""
    words = {"question": question, "effect": effect, "lead": lead}
    return render(request, "file_remove.html", words | {"back_url": back, "keep_url": back + anchor})


def wants_data(request: HttpRequest) -> bool:
    """Whether the script asks, and not a form without it."""
    return request.headers.get("Accept") == "application/json"
