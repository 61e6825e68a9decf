"""People at a browser: each has a window of their own, and notices whatever a page does wrong."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import APIResponse, ConsoleMessage, Locator, Page, Request, Response

PASSWORD = "thidua-1948"
WIDTHS = (360, 1280)

#: What no Vietnamese page says: words of the machine, of Django or of the browser, and names of fields.
FOREIGN = re.compile(
    r"\b(None|True|False|null|undefined|NaN|Error|Invalid|Required|Submit|Save|Delete|Cancel|Search|Login|Logout|"
    r"Welcome|Loading|Next|Previous|Page|Yes|No|This field|is required|not found|Forbidden|"
    r"full_name|birth_year|birth_date|proposed_by|sub_field|direct_labour|carried_over|consent_\w+|in_review|"
    r"recognised|submitted|returned|rejected|individual|collective|household|new_factor|good_deed)\b|\{\{|\{%|%\(\w+\)s"
)
_MEASURES = """() => ({
    title: document.title,
    text: document.body.innerText,
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    heads: document.querySelectorAll("h1").length,
})"""


def until(happened: Callable[[], object], what: str, seconds: float = 30) -> None:
    """Ask again and again until something has happened, or fail with the words for it."""
    deadline = time.monotonic() + seconds
    pause = 0.05
    while not happened():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(pause)


class Person:
    """Somebody at a browser window; `complaints` gathers what the pages did wrong."""

    def __init__(self, page: Page, home: str) -> None:
        self.page = page
        self.home = home
        self.complaints: list[str] = []
        self.forgiven: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("request", self._watch_host)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        # A page that answers 404 or 403 is noted by the browser too; that is no fault of the page.
        if "Failed to load resource" in message.text and message.location.get("url") == self.page.url:
            return
        if not any(words in message.text for words in self.forgiven):
            self.complaints.append(f"{self.page.url}: {message.type}: {message.text}")

    def forgive(self, words: str) -> None:
        """Let the browser note a fault that the test brings about itself."""
        self.forgiven.append(words)

    def _watch_host(self, request: Request) -> None:
        if request.url.startswith("http") and urlsplit(request.url).netloc != urlsplit(self.home).netloc:
            self.complaints.append(f"{self.page.url}: reached for {request.url}")

    def go(self, path: str) -> Response:
        """Open an address of the portal and look at the page."""
        answer = self.page.goto(self.home + path)
        assert answer is not None
        self.look()
        return answer

    def look(self) -> None:
        """Note what no page may have: overflow, no title, foreign words, not exactly one h1."""
        seen = self.page.evaluate(_MEASURES)
        if seen["overflow"] > 0:
            self.complaints.append(f"{self.page.url}: {seen['overflow']} px wider than the window")
        if " – " not in seen["title"] or not seen["title"].partition(" – ")[0].strip():
            self.complaints.append(f"{self.page.url}: title is “{seen['title']}”")
        if seen["heads"] != 1:
            self.complaints.append(f"{self.page.url}: {seen['heads']} h1")
        for found in FOREIGN.finditer(seen["text"] + seen["title"]):
            around = seen["text"][max(0, found.start() - 30) : found.end() + 30]
            self.complaints.append(f"{self.page.url}: “{found[0]}” in “{around}”")

    def press(self, name: str | re.Pattern[str], role: str = "button", within: Locator | None = None) -> None:
        """Press a button or link that leads to another page, and look at that page."""
        place = within or self.page.locator("main")
        target = place.get_by_role(role, name=name, exact=isinstance(name, str)).first  # type: ignore[arg-type]
        with self.page.expect_navigation():
            target.click()
        self.look()

    def press_where(self, words: str) -> None:
        """Press the first link of the main part whose own words or row name something."""
        links = self.page.locator("main").get_by_role("link")
        rows = self.page.locator("main :is(li, tr, article)").filter(has_text=words).get_by_role("link")
        with self.page.expect_navigation():
            links.filter(has_text=words).or_(rows).first.click()
        self.look()

    def fill(self, **values: str) -> None:
        """Fill fields by the name that the form gives them; `__` stands for `-`."""
        for name, value in values.items():
            self.page.locator(f"#id_{name.replace('__', '-')}").fill(value)

    def sign_in(self, username: str) -> None:
        """Sign in by the form."""
        self.go("/dang-nhap/")
        self.fill(username=username, password=PASSWORD)
        self.press("Đăng nhập")

    def sign_out(self) -> None:
        """Sign out by the menu, which phones fold away."""
        fold = self.page.locator(".menu-toggle summary")
        if fold.is_visible():
            fold.click()
        self.page.locator(".user-menu summary").click()
        self.press("Đăng xuất", within=self.page.locator(".user-panel"))

    def fetch(self, path: str) -> APIResponse:
        """Ask for an address with this person's cookies, without showing it."""
        return self.page.request.get(self.home + path)

    def says(self, words: str | re.Pattern[str]) -> None:
        """Wait until the main part of the page says these words."""
        expect(self.page.locator("main")).to_contain_text(words)

    def does_not_say(self, words: str) -> None:
        """Wait until the main part of the page does not say these words."""
        expect(self.page.locator("main")).not_to_contain_text(words)
