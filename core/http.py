"""Facts about a request that depend on the proxies before the portal."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the address of the client, as seen by the outermost of our own PROXY_COUNT proxies.

    Each proxy appends the address it was called from; whatever stands further left was written by the
    client itself and is not believed.
    """
    direct = str(request.META.get("REMOTE_ADDR", ""))
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    if settings.PROXY_COUNT == 0 or len(hops) < settings.PROXY_COUNT:
        return _address(direct) or "0.0.0.0"  # noqa: S104 - a placeholder, nothing is bound to it
    return _address(hops[-settings.PROXY_COUNT]) or _address(direct) or "0.0.0.0"  # noqa: S104 - as above


def throttled_address(request: HttpRequest) -> str:
    """The address by which tries are counted: an IPv6 line owns a /64, so all its addresses count as one."""
    return network_of(client_address(request))


def network_of(address: str) -> str:
    """An IPv4 address as it is; of an IPv6 address the first address of its /64."""
    parsed = ip_address(address)
    if parsed.version == 4:
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ip_network(f"{address.partition('%')[0]}/64", strict=False).network_address)


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        return ""
