"""What a printed paper says of the log, and what can be proved with it later."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.audit import current_head, record
from core.audit.models import AuditEvent, AuditHead, EventKind
from models_registry.enums import State
from tests.factories import World

Browse = Callable[[str], Client]
PAPERS = [
    ("officer", "/dien-hinh/{pk}/bien-nhan/"),
    ("officer", "/dien-hinh/{pk}/"),
    ("reviewer", "/dien-hinh/{pk}/"),
    ("reviewer", "/dien-hinh/{pk}/phien-ban/1/"),
    ("leader", "/bao-cao/"),
]
_HEAD = re.compile(r'class="print-only meta paper-foot">.*Đầu chuỗi nhật ký: (\S+)\.</p>')


def head_on(page: str) -> str:
    found = _HEAD.search(page)
    assert found
    return found[1]


@pytest.mark.parametrize(("who", "path"), PAPERS)
def test_a_paper_carries_the_head_of_the_log_for_one_query(world: World, browse: Browse, who: str, path: str) -> None:
    world.exemplar(State.RECOGNISED)
    exemplar = world.exemplar(State.SUBMITTED)
    client, where = browse(who), path.format(pk=exemplar.pk)
    client.get(where)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(where).content.decode()
    assert head_on(page) == str(current_head())
    assert sum("core_audithead" in query["sql"] for query in queries) == 1


def test_who_printed_it_and_when_stand_beside(world: World, browse: Browse, stand_on: Callable) -> None:
    page = browse("officer").get(f"/dien-hinh/{world.exemplar(State.SUBMITTED).pk}/bien-nhan/").content.decode()
    assert f"người in: {world.officer.full_name}." in page


@pytest.mark.parametrize("path", ["/", "/guong-dien-hinh/", "/dien-hinh/"])
def test_screens_do_not_ask_for_it(world: World, browse: Browse, path: str) -> None:
    client = browse("officer")
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert "paper-foot" not in client.get(path).content.decode()
    assert sum("core_audithead" in query["sql"] for query in queries) == 0


def test_the_words_of_a_paper_prove_a_cut_log(world: World, browse: Browse, capsys) -> None:
    """security.md 1.4: a cut tail is found by a head that was printed, and by nothing else."""
    exemplar = world.exemplar(State.SUBMITTED)
    head = head_on(browse("officer").get(f"/dien-hinh/{exemplar.pk}/bien-nhan/").content.decode())
    record(kind=EventKind.ACCOUNT, action="later")
    call_command("verify_audit", head=head)
    assert capsys.readouterr().out.startswith("Nhật ký nguyên vẹn")
    number = int(head.partition(":")[0])
    AuditEvent.objects.filter(number__gte=number)._raw_delete("default")
    last = AuditEvent.objects.order_by("number").last()
    AuditHead.objects.update(number=last.number if last else 0, digest=last.digest if last else "0" * 64)
    with pytest.raises(CommandError):
        call_command("verify_audit", head=head)
