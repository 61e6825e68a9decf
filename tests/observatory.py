"""Mozilla Observatory's published rules as far as they can be judged from one answer (scoring of 2024).

Start at 100, take penalties; bonuses count only from 90 on. What needs a second request from outside (the
redirect from http) is asked for by the tests themselves. Subresource Integrity gives its bonus only where
scripts come from elsewhere, so here it is neutral.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

HALF_A_YEAR = 15_768_000
GRADES = ((100, "A+"), (90, "A"), (85, "A-"), (80, "B+"), (70, "B"), (65, "B-"), (60, "C+"), (50, "C"), (0, "F"))
SAFE_REFERRER = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
SECRET_COOKIE = re.compile(r"sess|csrf", re.IGNORECASE)
DANGEROUS = ("'unsafe-inline'", "'unsafe-eval'", "data:", "http:", "https:", "*")


@dataclass
class Score:
    """The points of one answer and what gave or took them."""

    penalties: dict[str, int] = field(default_factory=dict)
    bonuses: dict[str, int] = field(default_factory=dict)

    @property
    def points(self) -> int:
        """100 less penalties; bonuses only for who has 90 without them."""
        bare = max(0, 100 - sum(self.penalties.values()))
        return bare + sum(self.bonuses.values()) if bare >= 90 else bare

    @property
    def grade(self) -> str:
        """The letter of the points."""
        return next(letter for least, letter in GRADES if self.points >= least)


def directives(policy: str) -> dict[str, list[str]]:
    """Return a content security policy as names and sources."""
    parts = [part.split() for part in policy.split(";") if part.strip()]
    return {part[0].lower(): part[1:] for part in parts}


def score(response: Any, *, https: bool = True) -> Score:
    """Judge one answer."""
    found = Score()
    _judge_policy(found, response.headers.get("Content-Security-Policy", ""))
    _judge_cookies(found, response.cookies)
    _judge_transport(found, response.headers.get("Strict-Transport-Security", ""), https=https)
    _judge_plain(found, response.headers)
    return found


def _judge_policy(found: Score, policy: str) -> None:
    rules = directives(policy)
    if not rules:
        found.penalties["csp missing"] = 25
        return
    scripts = rules.get("script-src", rules.get("default-src", ["*"]))
    objects = rules.get("object-src", rules.get("default-src", ["*"]))
    if set(scripts) & set(DANGEROUS) or set(objects) & {"*", "http:", "https:"}:
        found.penalties["csp unsafe script or object"] = 20
    elif set(rules.get("style-src", rules.get("default-src", []))) & {"'unsafe-inline'"}:
        return
    elif rules.get("default-src") == ["'none'"]:
        found.bonuses["csp default-src none"] = 10
    else:
        found.bonuses["csp without unsafe"] = 5


def _judge_cookies(found: Score, cookies: Any) -> None:
    lax = True
    for cookie in cookies.values():
        secret = bool(SECRET_COOKIE.search(cookie.key))
        if not cookie["secure"]:
            found.penalties[f"cookie {cookie.key} without Secure"] = 40 if secret else 20
        if secret and not cookie["httponly"]:
            found.penalties[f"cookie {cookie.key} without HttpOnly"] = 30
        if cookie["samesite"].lower() not in ("lax", "strict"):
            lax = False
    if cookies and lax:
        found.bonuses["cookies with SameSite"] = 5


def _judge_transport(found: Score, header: str, *, https: bool) -> None:
    age = re.search(r"max-age=(\d+)", header)
    if not https or not age:
        found.penalties["no HSTS"] = 20
    elif int(age.group(1)) < HALF_A_YEAR:
        found.penalties["HSTS below six months"] = 10
    elif "preload" in header:
        found.bonuses["HSTS preload"] = 5


def _judge_plain(found: Score, headers: Any) -> None:
    ancestors = directives(headers.get("Content-Security-Policy", "")).get("frame-ancestors")
    if ancestors == ["'none'"]:
        found.bonuses["frames refused by policy"] = 5
    elif headers.get("X-Frame-Options", "").upper() not in ("DENY", "SAMEORIGIN"):
        found.penalties["no protection against frames"] = 20
    if headers.get("X-Content-Type-Options") != "nosniff":
        found.penalties["no nosniff"] = 5
    referrer = [word.strip() for word in headers.get("Referrer-Policy", "").split(",") if word.strip()]
    if referrer and referrer[-1] in SAFE_REFERRER:
        found.bonuses["private referrer"] = 5
    elif referrer:
        found.penalties["loose referrer"] = 5
    if headers.get("Access-Control-Allow-Origin") == "*":
        found.penalties["readable from everywhere"] = 50
    resource = headers.get("Cross-Origin-Resource-Policy", "")
    if resource in ("same-origin", "same-site"):
        found.bonuses["own resources only"] = 10
    elif resource == "cross-origin":
        found.penalties["resources for everybody"] = 5
