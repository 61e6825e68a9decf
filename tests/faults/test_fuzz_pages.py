"""F20: every address × method × role of the demo with hostile words: no answer 5xx, none over two seconds, no trace."""

from __future__ import annotations

import logging
import random
import time
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import AppConfig, apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.forms import BaseForm
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from core import clock
from core.access_table import row_of
from organizations.models import User
from organizations.sessions import CONFIRMED

#: Accounts of the demo, one for each role, two communes, and one whose rights nobody takes away.
PEOPLE = ("binhnhi", "vinhbinh", "chutich.binhnhi", "noivu", "truongphong", "lanhdao", "vanthu", "hoidong1")
PEOPLE += ("truyenthanh", "quantri")
#: Keys of rows: the demo's tables have fewer rows than this, most of them fewer than a third.
KEYS = 150
#: Seconds of work on one answer; of this thread alone, so that a busy machine judges nobody.
SECONDS = 2.0
METHODS = ("get", "post", "head", "put", "delete", "options", "patch", "trace")
#: Requests after which others sign in: some of them end sessions.
SIGNED_IN_FOR, PEOPLE_AT_ONCE = 100, 4
#: Sent in these numbers: in the usual run, and with `script/test --full`.
REQUESTS, REQUESTS_FULL = 5_000, 100_000
WORDS = (
    "",
    "a",
    "Nguyễn Thị Đượm",
    "Nguye\u0302\u0303n Thi\u0323 \u0110u\u031bo\u031b\u0323m",
    "\u00d0ặng",
    "\x00",
    "\ud800",
    "\u202etxt.exe",
    "\u200b\u200d",
    "أهلا",
    "👩‍🌾🇻🇳",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}{% debug %}",
    "${7*7}#{7*7}",
    "=1+1",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "'; DROP TABLE x; --",
    "1' OR '1'='1",
    "%s%n%x%(a)s",
    "../../../../etc/passwd",
    "//evil.example/",
    "javascript:alert(1)",
    "\r\nSet-Cookie: a=b",
    "0",
    "-1",
    "1e999",
    "NaN",
    "10" * 15,
    "9" * 40,
    "1.234,5",
    "31/2/2023",
    "22/9/2021",
    "29/2/2024",
    "true",
    "null",
    "[]",
    '{"a": [1, {"b": null}]}',
    "[" * 2_000,
    "yes",
    "no",
    "individual",
    "good_deed",
    "Ẳ" * 5_000,
)
#: What would end a part of an address, or cannot be sent at all.
_NOT_IN_A_PART = str.maketrans({"/": "_", "?": "_", "#": "_", "\ud800": "\ufffd"})
#: A megabyte is sent now and then: often it would say nothing more and take minutes.
MEGABYTE = "Đ" * 500_000
NAMES = (
    *[
        "q",
        "trang",
        "trang-thai",
        "don-vi",
        "linh-vuc",
        "doi-tuong",
        "loai",
        "nam",
        "uu-tien",
        "rieng",
        "sap-xep",
        "so-voi",
        "hien",
        "next",
        "username",
    ],
    *[
        "password",
        "full_name",
        "title",
        "field",
        "unit",
        "category",
        "subject_kind",
        "birth",
        "gender",
        "phone",
        "summary",
        "deeds",
        "results",
    ],
    *[
        "figure",
        "version",
        "prints",
        "consent_publish",
        "consent_on",
        "due",
        "reason",
        "paper",
        "comment_title",
        "comment_C1",
        "met_C1",
    ],
    *["evidence_C1", "achievement-1-description", "achievement-1-figure", "achievement-12-measure", "caption-1"],
    *[
        "is_representative",
        "fits_unit",
        "is_replicable",
        "state",
        "decided_by",
        "hang",
        "chon",
        "ids",
        "ten",
        "tu",
        "den",
        "truoc",
        "muc",
        "pk",
    ],
    *["upload_key", "kind", "people", "order", "answer_title", "token", "code", "email"],
    *["role", "roles", "scope", "home_unit", "valid_from", "valid_to", "when", "last_day", "fault", "signed_key"],
)


def routes(found: list[Any], before: str = "", space: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every route of the portal as Django writes it, with the methods that its row of access allows."""
    for pattern in found:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from routes(pattern.url_patterns, route, space + inner)
        elif isinstance(pattern, URLPattern):
            allowed = row_of(f"{space}{pattern.name}").methods - {"HEAD"}
            yield route, tuple(sorted(method.lower() for method in allowed))


ROUTES = sorted(set(routes(get_resolver().url_patterns)))


def own_apps() -> list[AppConfig]:
    """The apps that lie in this repository."""
    return [config for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR]


def read_forms() -> None:
    """Import every module of forms by its name, whatever else was imported before."""
    for config in own_apps():
        for path in sorted(Path(config.path).rglob("*.py")):
            parts = path.relative_to(config.path).with_suffix("").parts
            if "forms" in parts or parts[-1].endswith("forms"):
                import_module(".".join((config.name, *parts)).removesuffix(".__init__"))


def field_names(parent: type[BaseForm] = BaseForm) -> Iterator[tuple[str, ...]]:
    """The names of the fields of every form of the portal, form by form; forms of others are left out."""
    ours = tuple(f"{config.name}." for config in own_apps())
    for form in parent.__subclasses__():
        if form.__module__.startswith(ours) and (names := tuple(getattr(form, "base_fields", ()))):
            yield names
        yield from field_names(form)


read_forms()
FORMS = sorted(set(field_names()))


def signed_in(name: str) -> Client:
    """A browser of this person, even when a request closed the account.

    The password was just given once more, so that the pages behind that question are met too.
    """
    client = Client()
    User.objects.filter(username=name).update(is_active=True)
    client.force_login(User.objects.get(username=name), "django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[CONFIRMED] = int(clock.wall_now().timestamp())
    session.save()
    return client


class Fuzzer:
    """Makes requests from a seed, so that a fault can be met again."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.clients: dict[str, Client] = {}
        self.sent = 0
        self.slowest = (0.0, "")

    def path(self, route: str) -> str:
        """An address of a route, its parts filled with keys or words."""
        path, rest = "/", route
        while "<" in rest:
            before, _, rest = rest.partition("<")
            part, _, rest = rest.partition(">")
            path += before + (self._key() if part.startswith("int:") else self._part())
        return path + rest

    def _key(self) -> str:
        if self.dice.random() < 0.05:
            return self.dice.choice(["0", "2023", "987654", str(2**63), "9" * 30])
        # Small keys more often: there every table has a row.
        return str(self.dice.randint(1, self.dice.choice([10, 40, KEYS])))

    def _part(self) -> str:
        words = ("tep", "anh-nho", "nho", "to", "x", "C1", "nhan", "cong-nhan", *WORDS)
        word = self.dice.choice(words).translate(_NOT_IN_A_PART)
        return word or "x"

    def word(self) -> Any:
        """A value of a field: a word, a list of words, now and then a file or a megabyte."""
        luck = self.dice.random()
        if luck < 0.001:
            return MEGABYTE
        if luck < 0.02:
            return SimpleUploadedFile("a.jpg", self.dice.randbytes(200), content_type="image/jpeg")
        word = self.dice.choice(WORDS).replace("\ud800", "\ufffd")
        return [word, self.dice.choice(WORDS).replace("\ud800", "\ufffd")] if luck < 0.1 else word

    def values(self) -> dict[str, Any]:
        """Fields with their values: of one form, or of any page."""
        if self.dice.random() < 0.5:
            return {name: self.word() for name in self.dice.choice(FORMS) if self.dice.random() < 0.9}
        return {self.dice.choice(NAMES): self.word() for _n in range(self.dice.randrange(6))}

    def request(self) -> tuple[str, int, str]:
        """Send one request: what was asked, the status, what is wrong with the answer ("" for nothing)."""
        if self.sent % SIGNED_IN_FOR == 0:
            people = self.dice.sample(PEOPLE, PEOPLE_AT_ONCE)
            self.clients = {name: signed_in(name) for name in people} | {"visitor": Client()}
        self.sent += 1
        route, allowed = self.dice.choice(ROUTES)
        who, method = self.dice.choice([*self.clients]), self.dice.choice(allowed)
        if self.dice.random() < 0.1:
            method = self.dice.choice(METHODS)
        path = self.path(route)
        asked = f"{who} {method} {path[:200]!r}"
        values = self.values()
        began = time.thread_time()
        try:
            answer = self._send(self.clients[who], method, path, values)
            body = b"".join(answer) if not answer.streaming else answer.getvalue()
        except Exception as error:  # noqa: BLE001 - whatever a view raises is the find
            return asked, 500, f"{type(error).__name__}: {error} with {str(values)[:300]}"
        took = time.thread_time() - began
        self.slowest = max(self.slowest, (took, asked))
        wrong = "a trace" if b"Traceback" in body or b"<script>alert(1)" in body else ""
        wrong = wrong or (f"{took:.1f} s with {str(values)[:300]}" if took > SECONDS else "")
        return asked, answer.status_code, wrong or ("5xx" if answer.status_code >= 500 else "")

    @staticmethod
    def _send(client: Client, method: str, path: str, values: dict[str, Any]) -> Any:
        if method in {"get", "head"}:
            texts = {k: v for k, v in values.items() if isinstance(v, str | list)}
            return getattr(client, method)(path, texts)
        if method == "post":
            return client.post(path, values)
        return getattr(client, method)(path)


@pytest.fixture
def fuzzer(db: None, settings: Any) -> Fuzzer:
    settings.EMAIL_BACKEND = "notifications.mailbox.FolderBackend"
    # Work is judged by SECONDS; the limit of a view counts the waiting of a busy machine as well.
    settings.VIEW_SECONDS = 600
    call_command("load_reference")
    call_command("seed_demo")
    return Fuzzer(197)


def forget_lines() -> None:
    """Let pytest forget the lines of the log so far: each holds its request, megabytes and all."""
    for handler in logging.getLogger().handlers:
        if hasattr(handler, "records"):
            handler.clear()


@pytest.mark.fuzz
def test_no_request_is_answered_with_a_fault(fuzzer: Fuzzer, full_run: bool, capsys: Any) -> None:
    found: Counter[int] = Counter()
    faults = []
    for number in range(REQUESTS_FULL if full_run else REQUESTS):
        if number % SIGNED_IN_FOR == 0:
            forget_lines()
        asked, status, wrong = fuzzer.request()
        found[status] += 1
        # The watch answers 503 while no worker runs; that is its work.
        if wrong and "healthz" not in asked:
            faults.append(f"{asked} → {status}: {wrong}")
    with capsys.disabled():
        print(f"\nF20: {found.total()} requests over {len(ROUTES)} routes, by status {dict(sorted(found.items()))}")
        print(f"F20: the most work on one answer {fuzzer.slowest[0]:.2f} s: {fuzzer.slowest[1]}")
    assert "\n".join(fault[:300] for fault in faults) == ""
