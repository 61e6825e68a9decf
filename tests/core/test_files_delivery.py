from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import pytest
from csp.middleware import CSPMiddleware
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.db.models import FileField
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, HttpResponseBase
from django.test import Client, RequestFactory
from django.urls import path

from core import access_table
from core.access_table import GET, Row
from core.files import CONTENT_TYPES, content_disposition, private_file_response
from core.middleware import NoStoreMiddleware, SecurityHeadersMiddleware

PDF = CONTENT_TYPES["pdf"]


def served(request: HttpRequest) -> HttpResponseBase:
    return private_file_response(ContentFile(b"%PDF"), download_name="Báo cáo.pdf", content_type=PDF)


served.login_required = False  # type: ignore[attr-defined]
urlpatterns = [path("tep/", served, name="probe_file")]


def response_for(content_type: str = PDF, *, name: str = "a.pdf", inline_image: bool = False) -> HttpResponseBase:
    return private_file_response(
        ContentFile(b"<script>"), download_name=name, content_type=content_type, inline_image=inline_image
    )


def test_a_private_file_leaves_with_every_header() -> None:
    response = response_for()
    assert dict(response.headers) == {
        "Content-Type": "application/pdf",
        "Content-Length": "8",
        "Content-Disposition": "attachment; filename=\"a.pdf\"; filename*=UTF-8''a.pdf",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


@pytest.mark.parametrize(
    "content_type", ["text/html", "image/svg+xml", "application/xhtml+xml", "", "image/jpeg\r\nX: y"]
)
@pytest.mark.parametrize("inline_image", [True, False])
def test_a_type_that_is_not_ours_leaves_as_bytes_to_save(content_type: str, inline_image: bool) -> None:
    response = response_for(content_type, inline_image=inline_image)
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Disposition"].startswith("attachment;")


def test_only_images_are_shown_in_a_page() -> None:
    shown = [kind for kind in CONTENT_TYPES.values() if "inline" in _disposition(kind)]
    assert shown == ["image/jpeg", "image/webp"]
    assert response_for("image/webp").headers["Content-Disposition"].startswith("attachment;")


def _disposition(kind: str) -> str:
    return response_for(kind, inline_image=True).headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Báo cáo Đảng ủy.pdf", "Bao cao Dang uy.pdf"),
        ('a"b\\c.pdf', "c.pdf"),
        ('a"b.pdf', "a-b.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie- x=1.pdf"),
        ("100%41.pdf", "100_41.pdf"),
        ("报告.pdf", "__.pdf"),
        ("a; filename=b.exe; .pdf", "a_ filename=b.exe_ .pdf"),
    ],
)
@pytest.mark.parametrize("inline", [True, False])
def test_the_name_of_a_download_cannot_break_its_header(name: str, plain: str, inline: bool) -> None:
    value = content_disposition(name, inline=inline)
    kind, first, second = value.split("; ", 2)
    assert kind == ("inline" if inline else "attachment")
    assert first == f'filename="{plain}"'
    assert value.isascii()
    assert value.isprintable()
    assert unquote(second.removeprefix("filename*=UTF-8''")).rpartition(".")[2] == "pdf"


def test_the_full_vietnamese_name_is_in_the_header() -> None:
    assert content_disposition("Báo cáo.pdf").endswith("filename*=UTF-8''B%C3%A1o%20c%C3%A1o.pdf")


def test_no_middleware_weakens_the_policy_or_the_cache_rule() -> None:
    request = RequestFactory().get("/")
    request.COOKIES["sessionid"] = "x"
    response = SecurityHeadersMiddleware(CSPMiddleware(NoStoreMiddleware(served)))(request)
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response.headers["Cache-Control"] == "private, no-store"


@pytest.mark.urls("tests.core.test_files_delivery")
@pytest.mark.django_db
def test_get_and_head_through_the_whole_portal(monkeypatch: pytest.MonkeyPatch) -> None:
    row = Row("probe_file", GET, "a test", public=True)
    monkeypatch.setattr(access_table, "_rows", access_table._rows | {row.name: row})
    got = Client().get("/tep/")
    assert (got.status_code, got.getvalue()) == (200, b"%PDF")
    assert got.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    asked = Client().head("/tep/")
    assert (asked.status_code, asked.getvalue(), asked.headers["Content-Length"]) == (200, b"", "4")


def test_a_file_that_the_store_has_lost_is_not_found(tmp_path: Path) -> None:
    gone = FieldFile(None, FileField(storage=FileSystemStorage(tmp_path)), "gone.pdf")
    with pytest.raises(Http404):
        private_file_response(gone, download_name="a.pdf", content_type=PDF)
