"""Every page in every state at both widths: axe finds nothing, nothing overflows, all words are Vietnamese."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Browser, BrowserContext

from tests.browser.people import WIDTHS, Person
from tests.browser.scenes import SCENES, WITHOUT_PAGE, Scene

pytestmark = pytest.mark.browser
# No style sheet is fetched anew: the only rule that wants them is about turned telephones, and we never turn a page.
_RUN = "() => axe.run({resultTypes: ['violations'], preload: false}).then(found => found.violations)"


@pytest.fixture(scope="module")
def windows(home: str, chromium: Browser, key_of: Callable[[str], Any]) -> Iterator[Callable[[str], Person]]:
    """One window a person for all scenes, so that fonts and styles are fetched once."""
    contexts: dict[str, BrowserContext] = {}

    def window(username: str) -> Person:
        if username not in contexts:
            key = key_of(username) if username else None
            contexts[username] = chromium.new_context(storage_state=key, locale="vi-VN")
        return Person(contexts[username].new_page(), home)

    yield window
    for context in contexts.values():
        context.close()


def faults(person: Person) -> list[str]:
    """What axe finds on the page, one line for each place."""
    found = person.page.evaluate(_RUN)
    return [f"{fault['id']}: {place['html'][:160]} ({place['target']})" for fault in found for place in fault["nodes"]]


@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_axe_finds_nothing(windows: Callable[[str], Person], scene: Scene) -> None:
    person = windows(scene.who)
    scene.way(person)
    person.page.evaluate(AXE_SCRIPT)
    found = {}
    for width in sorted(WIDTHS, reverse=True):
        person.page.set_viewport_size({"width": width, "height": 800})
        person.look()
        found[width] = faults(person)
    person.page.close()
    assert found == {width: [] for width in WIDTHS}
    assert person.complaints == []


def names(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    """Names of all addresses below some patterns."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space)
        else:
            yield space + str(pattern.name)


def test_every_page_has_a_scene() -> None:
    assert {scene.page for scene in SCENES} - {"error"} == set(names(get_resolver().url_patterns)) - WITHOUT_PAGE
