#!/usr/bin/env python3
"""Weigh the first page that somebody opens with an empty cache: bytes over the wire and requests.

    .venv/bin/python benchmarks/page_weight.py [http://127.0.0.1:8000]

Needs a portal with the demo, as script/server serves it, and Chromium (PORTAL_BROWSER names another one).
"""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

PASSWORD = "thidua-1948"
#: Who opens which page, and the most it may weigh (decisions.md, Numbers).
FIRST_PAGES = [
    ("", "/", 120_000),
    ("", "/guong-dien-hinh/", 120_000),
    ("", "/dang-nhap/", 120_000),
    ("binhnhi", "/ban-lam-viec/", 150_000),
    ("noivu", "/ban-lam-viec/", 150_000),
    ("noivu", "/dien-hinh/", 150_000),
    ("noivu", "/dien-hinh/xet-duyet/", 150_000),
    ("lanhdao", "/bao-cao/", 150_000),
]


@dataclass
class Weight:
    """What one page cost: bytes by kind as they came over the wire, the number of requests, other hosts asked."""

    kinds: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    strangers: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.kinds.values())


def weigh(page: Page, url: str) -> Weight:
    """Open a page with an empty cache and count what comes."""
    weight, kinds = Weight(), {}
    wire = page.context.new_cdp_session(page)

    def asked(event: dict[str, Any]) -> None:
        kinds[event["requestId"]] = event["type"]
        if not event["request"]["url"].startswith((url.partition("//")[0] + "//" + url.split("/")[2], "data:")):
            weight.strangers.append(event["request"]["url"])

    def came(event: dict[str, Any]) -> None:
        weight.requests += 1
        weight.kinds[kinds[event["requestId"]]] += round(event["encodedDataLength"])

    wire.on("Network.requestWillBeSent", asked)
    wire.on("Network.loadingFinished", came)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": False})
    wire.send("Network.clearBrowserCache")
    page.goto(url, wait_until="networkidle")
    wire.detach()
    return weight


def sign_in(context: BrowserContext, home: str, username: str) -> None:
    """Sign in on a page of its own."""
    page = context.new_page()
    page.goto(f"{home}/dang-nhap/")
    page.fill("#id_username", username)
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url(lambda url: "/dang-nhap/" not in url)
    page.close()


def weigh_all(browser: Browser, home: str) -> list[tuple[str, str, int, Weight]]:
    """(who, path, limit, weight) of each first page."""
    found = []
    for who, path, limit in FIRST_PAGES:
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        if who:
            sign_in(context, home, who)
        found.append((who or "khách", path, limit, weigh(context.new_page(), home + path)))
        context.close()
    return found


def table(rows: list[tuple[str, str, int, Weight]]) -> str:
    """The weights as a Markdown table, in kB of 1,000 bytes."""
    kinds = ["Document", "Stylesheet", "Script", "Font", "Image"]
    lines = [
        "| who | page | " + " | ".join(kinds) + " | requests | total kB | limit |",
        "|---" * (len(kinds) + 5) + "|",
    ]
    for who, path, limit, weight in rows:
        parts = " | ".join(f"{weight.kinds[kind] / 1000:.1f}" for kind in kinds)
        lines.append(
            f"| {who} | `{path}` | {parts} | {weight.requests} | {weight.total / 1000:.1f} | {limit / 1000:.0f} |"
        )
    return "\n".join(lines)


def main() -> int:
    """Print the table; 1 when a page is over its limit or asks another host."""
    home = sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:8000"
    path = os.environ.get("PORTAL_BROWSER") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        rows = weigh_all(browser, home)
        browser.close()
    sys.stdout.write(table(rows) + "\n")
    return int(any(weight.total > limit or weight.strangers for _who, _path, limit, weight in rows))


if __name__ == "__main__":
    sys.exit(main())
