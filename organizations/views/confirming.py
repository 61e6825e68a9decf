from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from organizations import sessions
from organizations.forms import ConfirmForm
from organizations.views.sign_in import answer, local_path

View = Callable[..., HttpResponse]
#: Fields of a form that are not carried through the page which asks for the password.
_NOT_CARRIED = ("password", "csrfmiddlewaretoken")


def recently_confirmed(view: View) -> View:
    """Ask for the password again when it was given longer ago than CONFIRM_AGE.

    A GET comes back to the page. A form is carried through the question as hidden fields and done after it,
    so that nothing typed is lost; nothing is kept on the server meanwhile.
    """

    @wraps(view)
    def ask_first(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if sessions.is_confirmed(request):
            return view(request, *args, **kwargs)
        if request.method != "POST":
            return redirect(f"{reverse('organizations:confirm')}?next={quote(request.get_full_path())}")
        form = ConfirmForm(request, request.POST if "confirm_password" in request.POST else None)
        if form.is_valid():
            sessions.mark_confirmed(request)
            return view(request, *args, **kwargs)
        return _question(request, form, request.path, carried(request))

    return sensitive_post_parameters("confirm_password")(ask_first)


def carried(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of a form that wait in the page for the password."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if not any(word in name for word in _NOT_CARRIED)
    ]


def _question(request: HttpRequest, form: ConfirmForm, action: str, fields: list[tuple[str, str]]) -> HttpResponse:
    errors = form.errors.as_data().get("confirm_password", []) if form.is_bound else []
    locked = any(error.code == "locked" for error in errors)
    context = {"form": form, "action": action, "carried": fields}
    return answer(request, "organizations/confirm.html", context, locked=locked)


@sensitive_post_parameters("confirm_password")
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask for the password before a page of sensitive changes, and go on to it."""
    target = local_path(request.POST.get("next") or request.GET.get("next") or "") or reverse("organizations:account")
    form = ConfirmForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        sessions.mark_confirmed(request)
        return redirect(target)
    return _question(request, form, request.path, [("next", target)])
