"""What a first visit costs, and that nobody else is asked for anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from benchmarks.page_weight import FIRST_PAGES, weigh

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("who", "path", "limit"), FIRST_PAGES)
def test_a_first_page_is_light_and_asks_no_other_host(
    chromium: Any, key_of: Callable[[str], Any], home: str, who: str, path: str, limit: int
) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, storage_state=key_of(who) if who else None)
    weight = weigh(context.new_page(), home + path)
    context.close()
    assert weight.strangers == []
    assert weight.requests >= 4
    assert weight.total <= limit, dict(weight.kinds)
