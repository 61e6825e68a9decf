"""The headers of every kind of answer, as a browser gets them in production."""

from __future__ import annotations

import importlib
import os
import secrets

import pytest
from django.core import signing
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client

from emulation_portal import health
from models_registry.models import Attachment
from tests.factories import add_files
from tests.observatory import directives, score

pytestmark = pytest.mark.django_db
HOST = "thidua.example.vn"
TAKEN = ("SECURE_", "SESSION_COOKIE_", "CSRF_COOKIE_", "ALLOWED_HOSTS", "PROXY_COUNT")
LEFT = {
    "STRICT": ("Strict-Transport-Security", "max-age=31536000; includeSubDomains; preload"),
    "NOSNIFF": ("X-Content-Type-Options", "nosniff"),
    "FRAMES": ("X-Frame-Options", "DENY"),
    "REFERRER": ("Referrer-Policy", "same-origin"),
    "OPENER": ("Cross-Origin-Opener-Policy", "same-origin"),
    "RESOURCE": ("Cross-Origin-Resource-Policy", "same-origin"),
}


@pytest.fixture(autouse=True)
def production(settings, monkeypatch):
    """The settings of production that have to do with answers, read from its own module."""
    given = {"SECRET_KEY": secrets.token_urlsafe(60), "ALLOWED_HOSTS": HOST, "SITE_URL": f"https://{HOST}"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TRAINING_DATE", "")
    base = importlib.import_module("emulation_portal.settings.base")
    monkeypatch.setattr(base, "TRAINING_DATE", None)
    module = importlib.reload(importlib.import_module("emulation_portal.settings.production"))
    for name in dir(module):
        if name.startswith(TAKEN):
            setattr(settings, name, getattr(module, name))
    return module


class Browser(Client):
    """A browser behind the proxy of production."""

    def request(self, **request):
        request = {"SERVER_NAME": HOST, "HTTP_X_FORWARDED_PROTO": "https", "HTTP_HOST": HOST} | request
        return super().request(**request | {"HTTP_X_FORWARDED_FOR": request.get("HTTP_X_FORWARDED_FOR", "203.0.113.9")})


def signed_in(user):
    browser = Browser(raise_request_exception=False)
    browser.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return browser


@pytest.fixture
def answers(world, settings, monkeypatch, tmp_path):
    """One answer of each kind, by its name."""
    settings.MEDIA_ROOT, settings.STATIC_ROOT, settings.MAX_REQUEST_BYTES = tmp_path, tmp_path / "static", 100_000
    settings.STATIC_ROOT.mkdir()
    (settings.STATIC_ROOT / "error.css").write_text("p {}")
    draft = world.exemplar("draft")
    photo, paper = add_files(draft, world.officer)
    told = world.exemplar("recognised")
    visitor, officer = Browser(raise_request_exception=False), signed_in(world.officer)
    leader = signed_in(world.leader)
    found = {
        "front page": visitor.get("/"),
        "public list": visitor.get("/guong-dien-hinh/"),
        "sign-in form with its cookie": visitor.get("/dang-nhap/"),
        "wrong password": visitor.post("/dang-nhap/", {"username": "x", "password": "y"}),
        "redirect to sign-in": visitor.get("/ban-lam-viec/"),
        "redirect to https": visitor.get("/", headers={"x-forwarded-proto": "http"}),
        "missing page": visitor.get("/khong-co/"),
        "session ended": visitor.post(f"/dien-hinh/{draft.pk}/gui/"),
        "old token": Browser(enforce_csrf_checks=True).post("/dang-nhap/", {"username": "x"}),
        "health": visitor.get("/healthz"),
        "TRACE": visitor.generic("TRACE", "/"),
        "static file": visitor.get("/static/error.css"),
        "missing static file": visitor.get("/static/khong-co.css"),
        "wrong host": visitor.get("/", headers={"host": "evil.example"}),
        "desk": officer.get("/ban-lam-viec/"),
        "list": officer.get("/dien-hinh/"),
        "record": officer.get(f"/dien-hinh/{told.pk}/"),
        "form": officer.get(f"/dien-hinh/{draft.pk}/sua/"),
        "autosave": officer.post(f"/dien-hinh/{draft.pk}/luu-tu-dong/"),
        "photo": officer.get(photo_path(photo)),
        "document": officer.get(photo_path(paper)),
        "not for this role": officer.get("/quan-tri/suc-khoe/"),
        "not of this unit": leader.get(f"/dien-hinh/{draft.pk}/sua/"),
        "too large": officer.post("/dang-nhap/", {"username": "x" * 200_000}),
    }

    def break_down(*args, **kwargs):
        raise OperationalError("away")

    with monkeypatch.context() as patch:
        patch.setattr("emulation_portal.condition.condition_lines", break_down)
        found["database away"] = signed_in(world.administrator).get("/quan-tri/suc-khoe/")
        patch.setattr("emulation_portal.condition.condition_lines", lambda parts: 1 / 0)
        found["fault"] = signed_in(world.administrator).get("/quan-tri/suc-khoe/")
    for answer in found.values():
        for close in answer._resource_closers:  # its own close() would end the connection of the test too
            close()
    return found


def photo_path(attachment: Attachment) -> str:
    return f"/tep/{attachment.pk}/tep/"


STATUS = {
    "redirect to sign-in": 302, "redirect to https": 301, "missing page": 404, "session ended": 401, "old token": 403,
    "health": 503, "TRACE": 405, "missing static file": 404, "wrong host": 400, "autosave": 409,
    "not for this role": 403, "not of this unit": 404, "too large": 413, "database away": 503, "fault": 500,
}  # fmt: skip


def test_every_kind_of_answer_scores_a_plus(answers):
    assert len(answers) >= 20
    assert {name: answer.status_code for name, answer in answers.items()} == {
        name: STATUS.get(name, 200) for name in answers
    }
    found = {name: score(answer, https=name != "redirect to https") for name, answer in answers.items()}
    for name, result in found.items():
        print(f"{result.grade} {result.points:>4}  {name}")
    # HSTS is promised over https only (RFC 6797, 7.2), so the redirect that leads there cannot have it.
    redirect = found.pop("redirect to https")
    assert redirect.penalties == {"no HSTS": 20}
    assert {name: (r.grade, r.penalties) for name, r in found.items()} == {name: ("A+", {}) for name in found}


def test_every_kind_of_answer_has_every_header(answers):
    for name, answer in answers.items():
        wanted = {k: v for k, v in LEFT.values() if not (k.startswith("Strict") and name == "redirect to https")}
        assert {k: answer.headers.get(k) for k in wanted} == wanted, name
        assert "camera=()" in answer.headers["Permissions-Policy"], name
        policy = directives(answer.headers["Content-Security-Policy"])
        assert policy["default-src"] == ["'none'"], name
        if "sandbox" not in policy:
            assert policy["script-src"] == ["'self'"], name
            assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == ["'none'"], name
        assert answer.headers.get("Content-Type") or answer.status_code in (301, 302, 405), name


def test_what_a_signed_in_browser_gets_is_kept_nowhere(answers):
    private = ("desk", "list", "record", "form", "autosave", "photo", "document", "not for this role", "fault")
    assert {name: "no-store" in answers[name].headers["Cache-Control"] for name in private} == dict.fromkeys(
        private, True
    )


def test_cookies_belong_to_this_host_and_to_https_alone(answers, world):
    answer = Browser().get("/dang-nhap/")
    cookies = {**answer.cookies, **signed_in(world.officer).cookies}
    assert set(cookies) == {"__Host-csrftoken", "__Host-sessionid"}
    token = answer.cookies["__Host-csrftoken"]
    assert (token["secure"], token["httponly"], token["samesite"]) == (True, True, "Lax")
    assert (token["path"], token["domain"]) == ("/", "")


def test_public_pages_set_no_cookie(answers):
    assert {name: list(answers[name].cookies) for name in ("front page", "public list", "static file")} == {
        "front page": [], "public list": [], "static file": [],
    }  # fmt: skip


FORGED = [
    {"x-forwarded-host": "evil.example"},
    {"x-forwarded-for": "127.0.0.1, 203.0.113.9"},
    {"x-forwarded-port": "8080"},
    {"x-forwarded-server": "evil.example"},
    {"x-original-url": "/quan-tri/suc-khoe/"},
    {"x-rewrite-url": "/quan-tri/suc-khoe/"},
    {"x-http-method-override": "DELETE"},
    {"forwarded": "for=127.0.0.1;host=evil.example;proto=http"},
]


def test_forged_headers_change_nothing(world):
    health.note_heartbeat()
    health.note_beat()
    browser = Browser()
    plain = {path: browser.get(path) for path in ("/ban-lam-viec/", "/healthz", "/dang-nhap/")}
    for headers in FORGED:
        for path, known in plain.items():
            answer = browser.get(path, headers=headers)
            assert (answer.status_code, answer.headers.get("Location")) == (
                known.status_code,
                known.headers.get("Location"),
            )
            assert "evil.example" not in answer.content.decode()
    assert plain["/healthz"].json() == {"status": "ok"}


def test_the_promise_of_https_can_be_shortened_and_kept_to_this_host(production, monkeypatch):
    monkeypatch.setenv("HSTS_SECONDS", "0")
    monkeypatch.setenv("HSTS_SUBDOMAINS", "false")
    module = importlib.reload(production)
    assert (module.SECURE_HSTS_SECONDS, module.SECURE_HSTS_INCLUDE_SUBDOMAINS) == (0, False)


def test_the_scorer_knows_a_bad_answer():
    bad = HttpResponse()
    bad.set_cookie("sessionid", signing.dumps("x"))
    bad.headers["Access-Control-Allow-Origin"] = "*"
    found = score(bad)
    assert found.points == 0
    assert found.grade == "F"
    assert set(found.penalties) == {
        "csp missing", "cookie sessionid without Secure", "cookie sessionid without HttpOnly", "no HSTS",
        "no protection against frames", "no nosniff", "readable from everywhere",
    }  # fmt: skip
    inline = HttpResponse(headers={"Content-Security-Policy": "default-src 'self' 'unsafe-inline'"})
    assert score(inline).penalties["csp unsafe script or object"] == 20
    assert os.environ.get("PORTAL_ENV") != "production"
