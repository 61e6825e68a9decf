"""What the code must not hold: each gate names the files that may, and why; a new place fails."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
APPS = ["core", "organizations", "notifications", "campaigns", "models_registry", "reports", "showcase"]
APPS += ["emulation_portal"]
CODE = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
TRACKED = [*CODE, *TEMPLATES, *SCRIPTS]

#: Gate → pattern, where it is looked for, the files that may hold it (with the reason beside them).
GATES: dict[str, tuple[str, list[Path], set[str]]] = {
    # Constants and pieces that were escaped already; the QR picture of segno.
    "1.2.1 text marked as safe in code": (
        r"mark_safe|SafeString\(",
        CODE,
        {"core/templatetags/portal.py", "organizations/templatetags/account.py"},
    ),
    # Crispy's own layout joins rendered fields; help texts are written by us.
    "1.1.2 text marked as safe in templates": (
        r"\|\s*safe\b|autoescape\s+off",
        TEMPLATES,
        {f"templates/bootstrap5/layout/{n}.html" for n in ("help_text", "row", "fieldset", "formactions", "column")},
    ),
    "1.2.3 JSON put into a script by hand": (r"<script(?![^>]*\bsrc=)[^>]*>", TEMPLATES, set()),
    "1.2.4 SQL beside the ORM": (r"\.raw\(|\.extra\(|RawSQL\(|cursor\.execute\(f?[\"'].*%\s*[(\w]", CODE, set()),
    # pg_dump, pg_restore and psql, with argument lists.
    # Fixed commands without a shell; no word of a sender is part of them.
    "1.2.5 shells and subprocesses": (
        r"\bsubprocess\b|os\.system|shell\s*=\s*True|os\.popen",
        CODE,
        {"core/files/pdf_pages.py", "emulation_portal/backup/postgres.py"},
    ),
    "1.3.2 code made at run time": (r"(?<![\w.])(?:eval|exec|compile)\(", CODE, set()),
    "1.3.7 templates made of words": (r"Template\((?!s)|from_string\(|Engine\(", CODE, set()),
    "1.2.9 patterns made of input": (r"__i?regex\b", CODE, set()),
    "1.3.6 requests to other hosts": (
        r"^\s*(?:import|from)\s+(?:requests|httpx|aiohttp|urllib3|urllib\.request|http\.client)\b",
        CODE,
        set(),
    ),
    "1.5.2 pickles": (r"\bpickle\b|\bmarshal\b|yaml\.load\(", CODE, set()),
    # The pictures of the demo are the same each time.
    "11.5.1 guessable random numbers": (
        r"^\s*(?:import random|from random)",
        CODE,
        {"emulation_portal/demo/pictures.py", "emulation_portal/demo/scenery.py"},
    ),
    "15.3.3 all fields of a model in a form": (r"fields\s*=\s*[\"']__all__|exclude\s*=\s*[\[(]", CODE, set()),
    "CVE-2025-64459 request data spread into a query": (
        r"(?:filter|exclude|Q|get)\(\*\*(?:request|self\.request|query|data)\b",
        CODE,
        set(),
    ),
    "CVE-2025-32873 slow text tools": (r"striptags|truncatechars_html|truncatewords_html", TRACKED, set()),
    # Unsent words of a form, without private fields (tests/browser/test_form.py); marks of a page's own life.
    "14.3.3 what stays in the browser": (
        r"sessionStorage|localStorage|indexedDB",
        SCRIPTS,
        {"static/js/kept.js", "static/js/start.js", "static/js/autosave.js", "static/js/queue.js", "static/js/ui.js"},
    ),
    "3.4.3 handlers and styles in the page": (
        r"\son(?:click|change|submit|load|input)=|\sstyle=|javascript:",
        TEMPLATES,
        set(),
    ),
    "13.3.1 secrets in the code": (
        r"(?:SECRET_KEY|PASSWORD|password|secret|token)\s*=\s*[\"'][A-Za-z0-9+/_-]{12,}[\"']",
        CODE,
        set(),
    ),
}


@pytest.mark.parametrize("name", list(GATES))
def test_the_code_holds_nothing_of_it_outside_its_list(name: str) -> None:
    pattern, files, allowed = GATES[name]
    wanted = re.compile(pattern, re.MULTILINE)
    found = {str(path.relative_to(ROOT)) for path in files if wanted.search(path.read_text(encoding="utf-8"))}
    assert found - allowed == set()


@pytest.mark.parametrize("name", [name for name, (_p, _f, allowed) in GATES.items() if allowed])
def test_a_list_names_no_file_that_no_longer_needs_it(name: str) -> None:
    pattern, files, allowed = GATES[name]
    wanted = re.compile(pattern, re.MULTILINE)
    assert {str(p.relative_to(ROOT)) for p in files if wanted.search(p.read_text(encoding="utf-8"))} == allowed


def test_messages_between_processes_are_json() -> None:
    assert (settings.CELERY_ACCEPT_CONTENT, settings.CELERY_TASK_SERIALIZER) == (["json"], "json")


def test_passwords_are_hashed_by_argon2id() -> None:
    base = (ROOT / "emulation_portal" / "settings" / "base.py").read_text(encoding="utf-8")
    assert 'PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]' in base


def test_every_package_is_pinned_with_hashes() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        pins = [line for line in lines if line and not line.startswith((" ", "#"))]
        assert [line for line in pins if "==" not in line] == []
        assert sum("--hash=sha256:" in line for line in lines) >= len(pins)
