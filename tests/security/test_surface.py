"""True of all addresses: each form asks for its token, no cache keeps what is private, nothing else is served."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from core.access_table import POST, all_rows
from models_registry.enums import State
from tests.factories import World
from tests.test_access import ALL_NAMES, POST_ONLY, address

Browse = Callable[[str], Client]
#: Calendar programs read this one; it makes no session and says itself how long it may be kept.
NO_SESSION = {"notifications:calendar_feed"}


def test_every_form_of_every_address_asks_for_its_token(world: World) -> None:
    """ASVS 3.5.1: refused for the token and for nothing else."""
    exemplar, found = world.exemplar(State.RETURNED), {}
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.interior_head, "django.contrib.auth.backends.ModelBackend")
    written = [row.name for row in all_rows() if row.methods & POST]
    for name in written:
        answer = client.post(address(name, exemplar.pk), {"full_name": "x"})
        if (answer.status_code, "403_csrf.html" in {t.name for t in answer.templates}) != (403, True):
            found[name] = answer.status_code
    assert (len(written) > 100, found) == (True, {})


@pytest.mark.parametrize("who", ["officer", "interior_head", "administrator"])
def test_no_answer_after_signing_in_is_kept_by_a_cache(world: World, browse: Browse, who: str) -> None:
    """ASVS 14.3.2: pages, files, redirects and refusals alike."""
    exemplar, client = world.exemplar(State.RECOGNISED), browse(who)
    kept = {}
    for name in sorted(set(ALL_NAMES) - POST_ONLY - NO_SESSION - {"healthz"}):
        said = client.get(address(name, exemplar.pk)).headers.get("Cache-Control", "")
        if "no-store" not in said or "public" in said:
            kept[name] = said
    assert kept == {}


@pytest.mark.parametrize(
    "path",
    ["/.git/config", "/.env", "/manage.py", "/var/portal.sqlite3", "/media/", "/static/", "/static/../manage.py"]
    + ["/static/%2e%2e/manage.py", "/admin/", "/__debug__/", "/phpmyadmin/", "/server-status", "/docs/operations.md"],
)
def test_nothing_beside_the_addresses_of_the_table_is_served(db: None, path: str) -> None:
    """ASVS 13.4.1, 13.4.3."""
    answer = Client().get(path)
    assert (answer.status_code, [t.name for t in answer.templates][:1]) == (404, ["404.html"])
