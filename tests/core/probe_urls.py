"""Addresses for the tests of the middleware: a public page, a private one, a text, a photo, faults."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import path

from core.access_table import BOTH, Row
from emulation_portal import health

#: Their rows of access; tests put them into the table for as long as they use these addresses.
ROWS = {
    f"probe_{name}": Row(f"probe_{name}", BOTH, "a test", public=name != "private")
    for name in ("public", "private", "photo", "posted", "forbidden", "fault")
}
SECRET = "Nguyễn Thị Riêng Tư"


@login_not_required
def public(request: HttpRequest) -> HttpResponse:
    return HttpResponse("công khai " * 100)


def private(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"riêng {request.user.get_username()}")


@login_not_required
def photo(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"x" * 1000, content_type="image/webp")


@login_not_required
def posted(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(len(request.POST)))


@login_not_required
def forbidden(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied("Hồ sơ đã khóa.")


@login_not_required
def fault(request: HttpRequest, kind: str) -> HttpResponse:
    raise {"operational": OperationalError, "interface": InterfaceError, "value": ValueError}[kind](SECRET)


urlpatterns = [
    path("cong-khai/", public, name="probe_public"),
    path("rieng/", private, name="probe_private"),
    path("anh/", photo, name="probe_photo"),
    path("gui/", posted, name="probe_posted"),
    path("cam/", forbidden, name="probe_forbidden"),
    path("loi/<slug:kind>/", fault, name="probe_fault"),
    path("healthz", health.healthz, name="healthz"),
]

handler400 = "emulation_portal.errors.bad_request"
handler403 = "emulation_portal.errors.permission_denied"
handler404 = "emulation_portal.errors.page_not_found"
handler500 = "emulation_portal.errors.server_error"
