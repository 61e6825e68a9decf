"""What a person is told about the devices and addresses that used the account."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address

from django.http import HttpRequest
from django.utils.translation import gettext as _

from core.http import client_address

# The first that fits counts: Edge also calls itself Chrome, and Chrome calls itself Safari.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("coc_coc", "Cốc Cốc"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class Origin:
    """Where a request came from: the client's address and its device in words."""

    address: str
    device: str


def origin_of(request: HttpRequest) -> Origin:
    """The origin of a request."""
    return Origin(client_address(request), device_words(request.META.get("HTTP_USER_AGENT", "")))


def device_words(agent: str) -> str:
    """A user agent in words, "Chrome trên Windows"; never any of its own text."""
    browser = next((word for mark, word in _BROWSERS if re.search(re.escape(mark), agent, re.IGNORECASE)), "")
    system = next((word for mark, word in _SYSTEMS if mark in agent), "")
    if browser and system:
        return _("%(browser)s trên %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Thiết bị không rõ")


def masked_address(address: str | None) -> str:
    """An address without its last part: enough to tell home from office, not enough to point at a machine."""
    if not address:
        return ""
    parsed = ip_address(address)
    if parsed.version == 4:
        return ".".join([*address.split(".")[:3], "*"])
    return ":".join([*parsed.exploded.split(":")[:4], "*"])
