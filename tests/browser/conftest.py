"""One real script/server for all browser tests, one Chromium, and people who sit before it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.browser.people import PASSWORD, Person
from tests.emulation_portal.test_server import Server, left_of

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAX_WAIT = 10_000


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Weigh and print pages first, whatever the order of the rest: records of other tests would change both."""
    items.sort(key=lambda item: not any(f"browser/{name}.py" in item.nodeid for name in ("test_weight", "test_print")))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The portal as an operator starts it; when all is done, TERM must leave nothing behind."""
    running = Server(tmp_path_factory.mktemp("portal") / "data", {})
    running.wait_until_well(seconds=180)
    yield running
    family = running.children()
    assert len(family) >= 4
    assert running.end() == 0
    assert left_of(family) == set()


@pytest.fixture(scope="session")
def home(server: Server) -> str:
    """Address of the portal, without a slash at the end."""
    return f"http://127.0.0.1:{server.port}"


@pytest.fixture(scope="session")
def data_dir(server: Server) -> Path:
    """Data folder of the running portal."""
    return server.log.parent


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of the machine."""
    path = os.environ.get("PORTAL_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("no Chromium; .ci/run installs it")
    expect.set_options(timeout=MAX_WAIT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def key_of(home: str, chromium: Browser) -> Callable[[str], Any]:
    """Cookies of a person who has signed in once for all tests; such a person must never sign out."""
    keys: dict[str, Any] = {}

    def key(username: str) -> Any:
        if username not in keys:
            context = chromium.new_context()
            page = context.new_page()
            page.goto(f"{home}/dang-nhap/")
            page.fill("#id_username", username)
            page.fill("#id_password", PASSWORD)
            page.press("#id_password", "Enter")
            page.wait_for_url(lambda url: "/dang-nhap/" not in url)
            keys[username] = context.storage_state()
            context.close()
        return keys[username]

    return key


@pytest.fixture
def meet(home: str, chromium: Browser, key_of: Callable[[str], Any]) -> Iterator[Callable[..., Person]]:
    """Seat a person before a window: meet("noivu", width=360); afterwards no page may have given cause to complain."""
    contexts: list[BrowserContext] = []
    people: list[Person] = []

    def seat(username: str = "", *, width: int = 1280, script: bool = True) -> Person:
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            java_script_enabled=script,
            storage_state=key_of(username) if username else None,
        )
        context.set_default_timeout(MAX_WAIT)
        contexts.append(context)
        people.append(Person(context.new_page(), home))
        return people[-1]

    yield seat
    for context in contexts:
        context.close()
    complaints = "\n".join(line for person in people for line in person.complaints)
    assert complaints == ""


@pytest.fixture
def sit_beside(home: str) -> Callable[[Person], Person]:
    """Open a second tab in the window of a person."""

    def open_tab(person: Person) -> Person:
        return Person(person.page.context.new_page(), home)

    return open_tab
