from __future__ import annotations

from django import template
from django.utils.safestring import SafeString, mark_safe

from organizations.devices import masked_address

register = template.Library()
register.filter("masked", masked_address)


@register.simple_tag
def qr_svg(svg: str) -> SafeString:
    """Put a QR code into the page; segno made it of numbers alone, nothing typed stands in it."""
    return mark_safe(svg)
