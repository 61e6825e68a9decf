"""What comes back after a form could not be taken: every word that was typed, no code that was chosen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.test import RequestFactory
from django.urls import get_resolver

from campaigns.inspection_enums import Verdict
from emulation_portal.posted import is_chosen, is_typed, posted_words, project_forms
from notifications.enums import Rhythm
from notifications.kinds import KINDS

TEMPLATES = Path(settings.BASE_DIR) / "templates"
INPUT = re.compile(r"<(?:button|select|input)\b[^>]*>")
#: A mark here and words in another form.
BOTH = {"answer", "username"}


def base_fields() -> list[tuple[str, str, forms.Field]]:
    assert get_resolver().url_patterns
    return [
        (f"{form.__module__}.{form.__qualname__}", name, field)
        for form in set(project_forms())
        if not form.__module__.startswith("tests.")
        for name, field in getattr(form, "base_fields", {}).items()
    ]


def test_of_every_form_only_what_is_typed_comes_back() -> None:
    fields = base_fields()
    typed = {name for _form, name, field in fields if not is_chosen(field)}
    chosen = {name for _form, name, field in fields if is_chosen(field)}
    assert {"unit_kinds", "addressing", "programme", "level", "parent", "reminders_on"} <= chosen
    secret = {name for name in typed if "password" in name}
    assert [name for name in sorted(typed - secret) if not is_typed(name, "an")] == []
    assert [name for name in sorted(secret) if is_typed(name, "an")] == []
    assert sorted(name for name in chosen - typed if is_typed(name, "12") or is_typed(name, "Xã Bình An")) == []


def test_no_name_is_chosen_in_one_form_and_typed_in_another() -> None:
    kinds: dict[str, set[bool]] = {}
    for _form, name, field in base_fields():
        kinds.setdefault(name, set()).add(is_chosen(field))
    assert sorted(name for name, found in kinds.items() if len(found) > 1) == []


def test_marks_and_buttons_of_the_templates_do_not_come_back() -> None:
    found = set()
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        for form in re.findall(r'<form\b[^>]*method="post".*?</form>', text, re.DOTALL):
            for tag in INPUT.findall(form):
                if tag.startswith("<input") and not re.search(r'type="(?:hidden|radio|checkbox)"', tag):
                    continue
                found |= {re.sub(r"\{\{.*?\}\}", "7", name) for name in re.findall(r'\bname="([^"]+)"', tag)}
    found -= {"7", *BOTH}
    assert len(found) > 10
    assert sorted(name for name in found if is_typed(name, "12")) == []


def test_choices_that_a_form_makes_as_it_is_opened_do_not_come_back() -> None:
    for value in (*Verdict.values, *Rhythm.values):
        assert not is_typed("verdict-12", value)
    assert not [code for code, kind in KINDS.items() if not kind.is_fixed and is_typed(code, Rhythm.values[0])]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("figure-7", "1200"),
        ("unit_3", "12"),
        ("note-7", "Đã họp dân"),
        ("follow-1-due", "12/6/2023"),
        ("phone", "0912"),
    ],
)
def test_what_is_typed_into_such_a_form_comes_back(name: str, value: str) -> None:
    request = RequestFactory().post("/", {name: value, "password": "x", "act": "an"})
    assert posted_words(request) == [{"name": name, "value": value}]
